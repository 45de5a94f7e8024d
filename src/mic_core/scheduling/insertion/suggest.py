"""The verb `suggest`: the feasible placements of one session, in the order of insertion cost.

Best insertion: all other sessions are fixed. Start sets of hard rules leave the feasible starts of
each room and trainer; of these the cheapest are taken by cost, and only those are evaluated rule by
rule for the reader.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import instant
from mic_core.errors import InvariantError
from mic_core.fields import Found, Instant, Maybe, Whole
from mic_core.findings import Fact, Finding, Policy, Titles, in_order, titled_texts
from mic_core.ids import cite, split
from mic_core.markup import MOST_ROWS, Html, Quantity, html_table, joined, note, notebook, table
from mic_core.model import Assignment, Noun
from mic_core.portfolio import Portfolio
from mic_core.rules import Function, Rule
from mic_core.scheduling.evaluation.compare import CostChange
from mic_core.scheduling.evaluation.score import LEVELS
from mic_core.scheduling.ground.ground import Ground, ground_of
from mic_core.scheduling.ground.premises import broken_premises
from mic_core.scheduling.insertion.best_placements import (
    CandidatePlacement,
    all_placements,
    diverse_placements,
    free_starts,
    union_of,
)
from mic_core.scheduling.insertion.finer_step import at_finer_step
from mic_core.scheduling.insertion.insertion_costs import (
    InsertionCosts,
)
from mic_core.scheduling.insertion.placements import Options, lead_of
from mic_core.scheduling.insertion.question import InsertionQuery, insertion_query
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import GuardedRule
from mic_core.timetable import Timetable, is_placed
from mic_core.wording import agree


@attrs.frozen(kw_only=True)
class Suggestion:
    """A placement that no hard rule forbids, with its difference in cost.

    `unplaced`, `hard`, `medium` and `soft` are the cost of the timetable with this placement less
    its cost now, below 0 for an improvement; `by_rule` are the rules whose cost differs. `changes`
    are the rows to record: the session with slot, room and a new revision if it moves, and an
    assignment of a chosen trainer; none for the placement it has now. `replaces` is the session as
    it was. `findings` are those about the session in this placement: an error among them was there
    before. `room_id` is None if it needs no room, `trainer_id` if no trainer is to be chosen.
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
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

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
        """The placement, and its difference in cost."""
        named = [_when(self.slot)]
        named += [cite("room", self.room_id)] if self.room_id is not None else []
        named += [cite("person", self.trainer_id)] if self.trainer_id is not None else []
        costs = f"{self.hard:+} hard, {self.medium:+} medium, {self.soft:+} soft"
        return f"{', '.join(named)}: {costs}"


def _when(slot: Slot) -> str:
    """The slot in words, without its zone, which is that of the center."""
    return str(slot).removesuffix(f" {slot.zone}")


@attrs.frozen(kw_only=True)
class Suggestions:
    """The best of the `free` placements of a session, in order.

    `finer` is the coarsest step at which placements would be free where none is; None if some are,
    or if no minute was found to help.
    """

    session_id: str
    free: int
    offered: tuple[Suggestion, ...]
    finer: timedelta | None = None

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
        counts = {"free": self.free, "shown": len(self.offered)}
        text = agree("{free} placements are free, {shown} are shown", counts)
        shown = text.format_map({name: f"{count:,}" for name, count in counts.items()})
        return f"{about}: {shown}{at_finer_step(self.finer)}"

    def _shown(
        self, portfolio: Titles | None, *, names: bool
    ) -> tuple[str, list[tuple[str | Quantity, ...]]]:
        """The summary, and the cells of a table."""
        cited = [
            cite(kind, id) if portfolio is not None and id is not None else id or ""
            for each in self.offered
            for kind, id in (("room", each.room_id), ("person", each.trainer_id))
        ]
        texts = titled_texts([self._summary, *cited], portfolio, names=names, about="Suggestions")
        # Without a title, the id alone: the header says of which kind it is.
        shown = [
            split(text)[1] if text and text == citation and portfolio is not None else text
            for text, citation in zip(texts[1:], cited, strict=True)
        ]
        rows = zip(self.offered, shown[::2], shown[1::2], strict=True)
        return texts[0], [_cells(each, room, trainer) for each, room, trainer in rows]

    def text(self, portfolio: Titles | None = None, *, names: bool = False) -> str:
        """A line for each suggestion, with its difference in cost and the rules that make it.

        With a `portfolio`, titles and names take the place of ids; `names` shows those of persons
        too, which are personal. Raises InvariantError for arguments that cannot be.
        """
        summary, rows = self._shown(portfolio, names=names)
        return f"{summary}\n\n{table(rows, _HEADERS)}" if rows else summary

    def __str__(self) -> str:
        return self.text()

    def html(
        self, portfolio: Titles | None = None, *, names: bool = False, most: int = MOST_ROWS
    ) -> Html:
        """The suggestions as a table, the best first; the arguments are those of `text`."""
        summary, rows = self._shown(portfolio, names=names)
        shown = html_table(rows, _HEADERS, caption="Suggestions", most=most)
        return joined([note(summary), shown if self.offered else None])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _cells(each: Suggestion, room: str, trainer: str) -> tuple[str | Quantity, ...]:
    costs = (each.hard, each.medium, each.soft)
    why = ", ".join(f"{one.code} {one.after - one.before:+}" for one in each.by_rule)
    shown = (Quantity(f"{cost:+}" if cost else "0") for cost in costs)
    return (_when(each.slot), room, trainer, *shown, why)


_HEADERS = ("slot", "room", "trainer", "hard", "medium", "soft", "because of")


def suggest(
    of: Portfolio | Timetable,
    session_id: str,
    *,
    most: int | None = 5,
    window: Period | None = None,
    now: datetime | None = None,
    step: timedelta = STEP,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
) -> Suggestions:
    """The feasible placements of one session of least insertion cost, while all others are fixed.

    A placement is a start in the `window` (local days), by default the period of its edition, at a
    whole number of `step` after midnight on the clocks of its center, or at an opening, where an
    interval begins in which it fits (opening hours, availability, the end of a closure or of a
    session in its way); a room of the center; and a trainer of its module, where nobody leads it
    yet. A session that has a slot and lacks a room
    keeps the slot; one that has a room and lacks a slot keeps the room. A placement is feasible if
    no hard rule would cost more than without the session; the current one may be among them. They
    are sorted by the cost of the timetable, then by time, room (rooms without stated seats last)
    and trainer. `most` is the number to return, None for all: beside the cheapest, such that differ
    in day, part of the day and room, where only soft costs are higher. No start lies before `now`;
    None is the last instant at which anything was recorded, unless a `window` is given. The session
    may be placed or not.
    `of` may be the timetable of a portfolio, to reuse it for several sessions.

    Raises NotFound for an unknown session, and InvariantError for a session that is cancelled,
    held or has presence, and for what `plan` refuses. O(memberships + rooms times trainers) sets
    of starts, a call of a rule that is a function for each placement that others leave, and one
    check of the rules around the session for each suggestion; n log n over n free for all.

    >>> from datetime import UTC, date, datetime
    >>> from mic_core.samples import brussels_2014
    >>> known = brussels_2014().as_of(datetime(2014, 11, 1, tzinfo=UTC))
    >>> week = Period.days(date(2014, 11, 10), date(2014, 11, 14))
    >>> best = suggest(known, "b6-marketing-3", window=week, step=timedelta(hours=1))
    >>> print(best.free, best[0])
    120 Mon 10 Nov 2014 08:30-11:30, room:auditorium: +0 hard, +0 medium, +0 soft
    """
    found: Found = []
    limit = Maybe(Whole()).settle(most, "most", found)
    moment = Maybe(Instant()).settle(now, "now", found)
    try:
        query = insertion_query(
            "suggest", of, session_id, window=window, step=step, rules=rules, policy=policy
        )
    except InvariantError as error:
        raise InvariantError("suggest", [*found, *error.problems]) from None
    if found:
        raise InvariantError("suggest", found)
    if isinstance(moment, datetime):
        query = query.after(instant(moment))
    elif window is None:
        query = query.after(instant(query.options.timetable.portfolio.last_recorded_at))
    # A function is called for one placement at a time, so only for starts that other rules leave.
    slow = {each.key for each in query.hard if isinstance(each.term, Function)}
    quick = [each for each in query.hard if each.key not in slow]
    times = query.options.times.only(union_of(free_starts(InsertionCosts(query.options, quick))))
    costs = InsertionCosts(attrs.evolve(query.options, times=times), query.terms)
    places = diverse_placements(costs, limit) if isinstance(limit, int) else all_placements(costs)
    free = sum(starts.bit_count() for starts in free_starts(costs).values())
    return Suggestions(
        session_id=session_id,
        free=free,
        offered=tuple(_suggestions(query, costs, places)),
        finer=None if free else query.finer_step(),
    )


def _suggestions(
    query: InsertionQuery, costs: InsertionCosts, places: list[CandidatePlacement]
) -> Iterator[Suggestion]:
    """The suggestions for some placements, each with the rules whose cost differs from now."""
    now = query.current_insertion_costs()
    # The current placement changes nothing, also for a duplicate, which rules spare as it is now.
    here = [now if _is_current(costs.options, place) else costs.at(*place) for place in places]
    changed = {key for each in here for key in {*each, *now} if each.get(key, 0) != now.get(key, 0)}
    before = query.current_costs(changed)
    portfolio = query.options.timetable.portfolio
    taken = {each.id for each in portfolio.all(Assignment)}
    rules = [each.rule for each in query.rules if isinstance(each, GuardedRule)]
    ground = ground_of("suggest", portfolio, (), rules, query.policy)
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
        yield _suggestion(costs, place, by_rule, taken, ground)


def _is_current(options: Options, place: CandidatePlacement) -> bool:
    """True if a placement is the one that the session has now."""
    start, room, trainer = place
    return trainer is None and options.session_at(start, room) is options.session


def _suggestion(
    costs: InsertionCosts,
    place: CandidatePlacement,
    by_rule: tuple[CostChange, ...],
    taken: set[str],
    ground: Ground,
) -> Suggestion:
    options = costs.options
    session, (start, room, trainer) = options.session, place
    after = options.session_at(start, room)
    changes: list[Noun] = [after] if after is not session else []
    if trainer is not None:
        changes.append(lead_of(session.id, trainer, taken))
    more = {
        level: sum(each.after - each.before for each in by_rule if each.level == level)
        for level in LEVELS
    }
    findings = in_order(finding for _, finding in costs.findings(start, room, trainer))
    return Suggestion(
        session_id=session.id,
        slot=options.slot_at(start),
        room_id=room,
        trainer_id=trainer,
        unplaced=int(not is_placed(after)) - int(not is_placed(session)),
        **more,
        by_rule=by_rule,
        findings=findings,
        changes=tuple(changes),
        replaces=(session,),
        ground=_ground(options.timetable.portfolio, changes, findings, ground),
    )


def _ground(
    portfolio: Portfolio, changes: list[Noun], findings: tuple[Finding, ...], ground: Ground
) -> Ground:
    """The ground of a placement: that of the query, unless it has clashes of its own."""
    clashes = any(each.severity == "error" for each in findings)
    if clashes or any(True for _ in broken_premises(portfolio, portfolio, changes)):
        return ground_of("suggest", portfolio, changes, ground.rules, ground.policy)
    return ground
