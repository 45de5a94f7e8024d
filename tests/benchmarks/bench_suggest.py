"""Reasons and suggestions for one session of a term, against scoring the whole term once.

    python tests/benchmarks/bench_suggest.py [--smoke]

A term of 1,200 sessions in 40 rooms is planned; a session of three hours has some 420,000
placements on quarters of an hour. Each case asks about ten sessions in turn, so seconds are those
of ten questions. Goal: 0.05 s for a question on one idle core, once the timetable is made, terms of
rules included; 0.5 s in the table. The same from the portfolio, with trainers to choose, in rooms
for two, and with hard rules that look at days or are functions, has no goal.
"""

from collections.abc import Callable, Sequence

import instances
import ratios

from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import WorkDay
from mic_core.timetable import Timetable, timetable_of


@rule("not-too-early", "hard", law="Nothing starts before eight.")
def not_too_early(session: Session) -> bool:
    """True if a session starts before eight."""
    return session.slot is not None and session.slot.start.hour < 8


def planned(**sizes: int) -> Portfolio:
    """A term in which every session is placed."""
    small = {"editions": 2, "sessions": 10, "trainers": 6, "rooms": 4} if ratios.smoke() else {}
    made = plan(
        instances.network(0, **{**small, **sizes}), "mic", rules=instances.NETWORK_RULES,
        iterations=20_000,
    )  # fmt: skip
    assert not made.unplaced
    return made.portfolio


def of_all(
    verb: Callable[..., object],
    of: Portfolio | Timetable,
    rules: Sequence[ScheduleRule] = instances.NETWORK_RULES,
    **more: object,
) -> Callable[[], object]:
    """A question about ten sessions that lie apart."""
    portfolio = of.portfolio if isinstance(of, Timetable) else of
    every = portfolio.all(Session)
    ids = [each.id for each in every[:: -(-len(every) // 10)]]
    return lambda: [verb(of, id, rules=rules, **more) for id in ids]


def one_each(timetable: Timetable) -> Callable[[], object]:
    """Each of ten sessions at its own place, as a click into a calendar does."""
    every = timetable.sessions[:: -(-len(timetable.sessions) // 10)]
    rules = instances.NETWORK_RULES
    return lambda: [
        why_not(timetable, each.id, each.slot, each.room_id, rules=rules) for each in every
    ]


def main() -> list[ratios.Row]:
    """Print a table and return its rows."""
    portfolio = planned()
    timetable = timetable_of(portfolio)
    choosy = timetable_of(planned(trainers=30, choose=3))
    shared = timetable_of(planned(rooms=20, concurrency=2) if not ratios.smoke() else portfolio)
    daily = (*instances.NETWORK_RULES, WorkDay(most=600, of="room", level="hard"))
    cases = {
        "score of the term": lambda: score(timetable, instances.NETWORK_RULES),
        "why_not": of_all(why_not, timetable),
        "why_not, from the portfolio": of_all(why_not, portfolio),
        "why_not, one placement": one_each(timetable),
        "suggest 5": of_all(suggest, timetable),
        "suggest 5, from the portfolio": of_all(suggest, portfolio),
        "suggest 500": of_all(suggest, timetable, most=500),
        "why_not, led already": of_all(why_not, choosy),
        "why_not, rooms for two": of_all(why_not, shared),
        "why_not, a day's pattern by room": of_all(why_not, timetable, daily),
    }
    rows = ratios.compare(
        f"ten of {len(timetable.sessions):,} sessions", cases,
        repetitions=1 if ratios.smoke() else 5,
    )  # fmt: skip
    function = (*instances.NETWORK_RULES, not_too_early)
    id = timetable.sessions[0].id
    few = {
        "why_not": lambda: why_not(timetable, id, rules=instances.NETWORK_RULES),
        "with a function of each placement": lambda: why_not(timetable, id, rules=function),
        "suggest all": lambda: suggest(timetable, id, rules=instances.NETWORK_RULES, most=None),
    }
    return rows + ratios.compare("one session", few, repetitions=1)


if __name__ == "__main__":
    main()
