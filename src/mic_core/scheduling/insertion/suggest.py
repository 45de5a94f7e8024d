"""Suggest: the placements that are open to one session, the best first."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from heapq import nsmallest
from itertools import product
from typing import Any

import attrs

from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError
from mic_core.fields import Found, Maybe, Whole
from mic_core.findings import Fact, Finding, Policy, in_order
from mic_core.ids import cite
from mic_core.markup import MOST_ROWS, Html, html_table, joined, note, notebook, table
from mic_core.model import Assignment, Noun
from mic_core.portfolio import Portfolio
from mic_core.rules import Function, Rule
from mic_core.scheduling.evaluation.compare import CostChange
from mic_core.scheduling.evaluation.score import LEVELS
from mic_core.scheduling.insertion.insertion_costs import Added, forbidden, total
from mic_core.scheduling.insertion.placements import Options, StartSet, lead_of
from mic_core.scheduling.insertion.question import Inquiry, inquiry
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.timetable import Timetable, is_placed


@attrs.frozen(kw_only=True)
class Suggestion:
    """A placement that no hard rule forbids, and what it is worth.

    `unplaced`, `hard`, `medium` and `soft` are how much more of each the timetable would cost than
    now, below 0 for less; `by_rule` are the rules whose cost differs. `changes` are the rows to
    keep: the session with slot, room and a new revision if it moves, and an assignment for a
    trainer who is chosen; none where it stands there already. `replaces` is the session as it was.
    `findings` are what rules then find about it: an error among them is one that was there before.
    `room_id` of None: it needs none. `trainer_id` of None: nobody is to be chosen.
    """

    session_id: str
    slot: Slot
    room_id: str | None = None
    trainer_id: str | None = None
    unplaced: int = 0
    hard: int = 0
    medium: int = 0
    soft: int = 0
    by_rule: tuple[CostChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Noun, ...] = attrs.field(default=(), repr=False)
    replaces: tuple[Noun, ...] = attrs.field(default=(), repr=False)

    def row(self) -> dict[str, Fact]:
        """The suggestion as a flat row; times as local ISO 8601 texts."""
        return {
            "session": self.session_id,
            "start": self.slot.start.isoformat(),
            "end": self.slot.end.isoformat(),
            "room": self.room_id,
            "trainer": self.trainer_id,
            "unplaced": self.unplaced,
            "hard": self.hard,
            "medium": self.medium,
            "soft": self.soft,
        }

    def __str__(self) -> str:
        """Where and when, and what it changes in the cost."""
        named = [_when(self.slot)]
        named += [cite("room", self.room_id)] if self.room_id is not None else []
        named += [cite("person", self.trainer_id)] if self.trainer_id is not None else []
        costs = f"{self.hard:+} hard, {self.medium:+} medium, {self.soft:+} soft"
        return f"{', '.join(named)}: {costs}"


def _when(slot: Slot) -> str:
    """A slot on the clocks of its center, which need not be named."""
    return str(slot).removesuffix(f" {slot.zone}")


@attrs.frozen(kw_only=True)
class Suggestions:
    """The suggestions for a session, the best first; of all that are `free`, those asked for."""

    session_id: str
    free: int
    offered: tuple[Suggestion, ...]

    def __len__(self) -> int:
        return len(self.offered)

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.offered)

    def __getitem__(self, place: int) -> Suggestion:
        return self.offered[place]

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each suggestion."""
        return tuple(each.row() for each in self.offered)

    @property
    def _summary(self) -> str:
        about = cite("session", self.session_id)
        return f"{about}: {self.free:,} placements are free, {len(self.offered)} are shown"

    def _cells(self) -> Iterator[tuple[str, ...]]:
        for each in self.offered:
            costs = (each.hard, each.medium, each.soft)
            why = ", ".join(f"{one.code} {one.after - one.before:+}" for one in each.by_rule)
            yield (
                _when(each.slot),
                each.room_id or "",
                each.trainer_id or "",
                *(f"{cost:+}" if cost else "0" for cost in costs),
                why,
            )

    def __str__(self) -> str:
        """A line for each, with what it changes in the cost and by which rules."""
        rows = [*self._cells()]
        return f"{self._summary}\n\n{table(rows, _HEADERS)}" if rows else self._summary

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The suggestions as a table, the best first."""
        shown = html_table(self._cells(), _HEADERS, caption="Suggestions", most=most)
        return joined([note(self._summary), shown if self.offered else None])

    def _repr_html_(self) -> str:
        return notebook(self.html())


_HEADERS = ("slot", "room", "trainer", "hard", "medium", "soft", "because of")


def suggest(
    of: Portfolio | Timetable,
    session_id: str,
    *,
    most: int | None = 5,
    window: Period | None = None,
    step: timedelta = STEP,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
) -> Suggestions:
    """The best placements of one session while all others stay, whether it is placed or not.

    A placement is a start in the `window` (local days), by default the period of its edition, at a
    whole number of `step` after midnight on the clocks of its center; a room of the center; and a
    trainer of its module, where nobody leads it yet. A session that has a slot and lacks a room
    keeps the slot; one that has a room and lacks a slot keeps the room. Offered is what no hard
    rule forbids: none would cost more than if the session stood nowhere. Where it stands now may
    be among it. Ranked by what the timetable would cost, then by time, room and trainer; at `most`
    so many, None for all. Besides a portfolio its timetable will do, where several are asked for.

    Raises NotFound for an unknown session, and InvariantError for a session that is cancelled,
    held or has presence, and for what `plan` refuses. O(memberships + rooms times trainers) sets
    of starts, a call of a rule that is a function for each placement that others leave, and one
    check of the rules around the session for each that is offered; n log n over n free for all.

    >>> from datetime import UTC, date, datetime
    >>> from mic_core.samples import brussels_2014
    >>> known = brussels_2014().as_of(datetime(2014, 11, 1, tzinfo=UTC))
    >>> week = Period.days(date(2014, 11, 10), date(2014, 11, 14))
    >>> best = suggest(known, "b6-marketing-3", window=week, step=timedelta(hours=1))
    >>> print(best.free, best[0])
    108 Mon 10 Nov 2014 09:00-12:00, room:auditorium: +0 hard, +0 medium, +0 soft
    """
    found: Found = []
    limit = Maybe(Whole()).settle(most, "most", found)
    try:
        asked = inquiry(
            "suggest", of, session_id, window=window, step=step, rules=rules, policy=policy
        )
    except InvariantError as error:
        raise InvariantError("suggest", [*found, *error.problems]) from None
    if found:
        raise InvariantError("suggest", found)
    # A function is asked about one placement at a time, so only about what other rules leave.
    slow = {line.key for line in asked.hard if isinstance(line.term, Function)}
    quick = [line for line in asked.hard if line.key not in slow]
    hours = asked.options.hours.only(_any(_open(Added(asked.options, quick))))
    costs = Added(attrs.evolve(asked.options, hours=hours), asked.lines)
    places = [*_ranked(costs, limit if isinstance(limit, int) else None)]
    return Suggestions(
        session_id=session_id,
        free=sum(starts.bit_count() for starts in _open(costs).values()),
        offered=tuple(_suggestions(asked, costs, places)),
    )


_Choice = tuple[str | None, str | None]
_Place = tuple[int, str | None, str | None]
"""The place of a start, a room, and a trainer."""


def _open(costs: Added) -> dict[_Choice, StartSet]:
    """The starts that no hard rule forbids, by room and trainer."""
    choices = product(costs.options.rooms, costs.options.trainers)
    every = costs.options.hours.all
    return {each: every & ~_any(forbidden(costs.by_rule(*each))) for each in choices}


def _any(starts: Mapping[Any, StartSet]) -> StartSet:
    found = 0
    for each in starts.values():
        found |= each
    return found


def _ranked(costs: Added, most: int | None) -> Iterator[_Place]:
    """The open placements, the cheapest first: of each room and trainer no more than are wanted."""
    hours = costs.options.hours
    held: list[tuple[int, int, str, str, _Place]] = []
    for (room, trainer), left in _open(costs).items():
        levels = total(costs.by_rule(room, trainer))
        by_cost = {cost: starts & left for cost, starts in levels.items()}
        by_cost[0] = left & ~_any(by_cost)
        wanted = most
        for cost in sorted(by_cost):
            places = cells_in(by_cost[cost])[:wanted]
            held += [
                (cost, hours.instants[at], room or "", trainer or "", (at, room, trainer))
                for at in places
            ]
            wanted = None if wanted is None else wanted - len(places)
    ranked = sorted(held) if most is None else nsmallest(most, held)
    return (each[-1] for each in ranked)


def _suggestions(asked: Inquiry, costs: Added, places: list[_Place]) -> Iterator[Suggestion]:
    """The suggestions of some placements."""
    now = asked.standing()
    # Who stays where it is changes nothing, even as the copy of another that no rule minds there.
    here = [now if _stays(costs.options, place) else costs.at(*place) for place in places]
    changed = {key for each in here for key in {*each, *now} if each.get(key, 0) != now.get(key, 0)}
    before = asked.before(changed)
    taken = {each.id for each in asked.options.timetable.portfolio.all(Assignment)}
    for place, adds in zip(places, here, strict=True):
        by_rule = tuple(
            CostChange(
                code=code,
                level=LEVELS[level],
                before=before[level, code],
                after=before[level, code] + adds.get((level, code), 0) - now.get((level, code), 0),
            )
            for level, code in sorted(changed)
            if adds.get((level, code), 0) != now.get((level, code), 0)
        )
        yield _suggestion(costs, place, by_rule, taken)


def _stays(options: Options, place: _Place) -> bool:
    start, room, trainer = place
    return trainer is None and options.standing(start, room) is options.session


def _suggestion(
    costs: Added, place: _Place, by_rule: tuple[CostChange, ...], taken: set[str]
) -> Suggestion:
    options = costs.options
    session, (start, room, trainer) = options.session, place
    after = options.standing(start, room)
    changes: list[Noun] = [after] if after is not session else []
    if trainer is not None:
        changes.append(lead_of(session.id, trainer, taken))
    more = {
        level: sum(each.after - each.before for each in by_rule if each.level == level)
        for level in LEVELS
    }
    return Suggestion(
        session_id=session.id,
        slot=options.slot(start),
        room_id=room,
        trainer_id=trainer,
        unplaced=int(not is_placed(after)) - int(not is_placed(session)),
        **more,
        by_rule=by_rule,
        findings=in_order(finding for _, finding in costs.findings(start, room, trainer)),
        changes=tuple(changes),
        replaces=(session,),
    )
