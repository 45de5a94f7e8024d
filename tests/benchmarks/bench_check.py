"""Checking placed sessions by the rules of the schedule, against sorting their keys.

    python tests/benchmarks/bench_check.py [--smoke]

Networks of 100,000 placed sessions, without attendance: many centers that are seldom busy, few
that are busy all day, and editions that share trainers, so that hundreds of participants belong to
two of them. The base is `sorted()` of the pairs of room and start. Goal: all rules of the schedule
together within 1 second on one idle core; the table gives seconds, those of single rules too. The
last table is `check` with the whole catalog, with the collector on: goal 5 times `Portfolio.of` of
the same values, which it includes here.
"""

import random
from collections.abc import Callable

import ratios

from mic_core.catalog.check import check
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.samples.synthetic import network
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.timetable import timetable_of


def sparse(*, small: bool) -> Portfolio:
    """Many centers with a session every few days."""
    return network(
        2014, centers=5 if small else 1_000, editions_per_center=5, sessions_per_edition=20,
        participants_per_edition=4, attendance=False,
    )  # fmt: skip


def dense(*, small: bool) -> Portfolio:
    """Few centers with several sessions a day, sixteen participants to each edition."""
    return network(
        2014, centers=2 if small else 50, editions_per_center=20, sessions_per_edition=100,
        rooms_per_center=10, trainers_per_center=12, attendance=False,
    )  # fmt: skip


def torn(*, small: bool) -> Portfolio:
    """Editions in turns: a tenth of the participants belong to two of them."""
    return network(
        2014, centers=2 if small else 420, editions_per_center=10, sessions_per_edition=24,
        participants_per_edition=20, attendance=False,
    )  # fmt: skip


def asked(portfolio: Portfolio, rules: tuple[ScheduleRule, ...]) -> Callable[[], int]:
    """All breaches of some rules, from the portfolio on: nothing is made ready before."""

    def run() -> int:
        timetable = timetable_of(portfolio)
        return sum(1 for rule in rules for _ in conflicts(rule, timetable))

    return run


def main() -> list[ratios.Row]:
    """Print a table for each network and return their rows."""
    small = ratios.smoke()
    rows = [row for make in (sparse, dense, torn) for row in measured(make, small=small)]
    return rows + whole(small=small)


def whole(*, small: bool) -> list[ratios.Row]:
    """All rules on a network, each time on a portfolio that nobody has asked before."""
    values = [*sparse(small=small).values()]
    random.Random(2014).shuffle(values)  # as an app has them
    return ratios.compare(
        f"the whole catalog: {len(values):,} values",
        {
            "Portfolio.of": lambda: Portfolio.of(*values),
            "of and check": lambda: check(Portfolio.of(*values)),
        },
        repetitions=1 if small else 3,
        collect=True,
        goals={"of and check": 6.0},
    )


def measured(make: Callable[..., Portfolio], *, small: bool) -> list[ratios.Row]:
    """One network by each rule and by all of them."""
    portfolio = make(small=small)
    timetable = timetable_of(portfolio)
    keys = [(str(each.room_id), each.slot and each.slot.start_utc) for each in timetable.sessions]
    cases: dict[str, Callable[[], object]] = {"sorted keys": lambda: sorted(keys)}
    cases["no rule"] = asked(portfolio, ())
    cases |= {rule.entry.code: asked(portfolio, (rule,)) for rule in SCHEDULE_RULES}
    cases["all rules"] = asked(portfolio, SCHEDULE_RULES)
    title = f"{make.__name__}: {len(timetable.placed):,} placed sessions"
    return ratios.compare(title, cases, repetitions=1 if small else 3)


if __name__ == "__main__":
    main()
