"""What differs between two timetables: sessions that moved, rooms, people, and the score."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

import attrs

from mic_core.chrono import Slot
from mic_core.findings import Fact, Level
from mic_core.ids import cite
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Tone,
    badge,
    element,
    html_table,
    joined,
    notebook,
    table,
)
from mic_core.model import Assignment, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.scope import extent
from mic_core.rules import Rule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.evaluation.score import LEVELS, Score, score
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.timetable import is_placed, timetable_of

ChangeKind = Literal["added", "cancelled", "placed", "unplaced", "moved", "re-roomed", "reassigned"]
"""What became of a session. One is placed when it gets all it needs to take place: a slot and,
unless it is online only, a room. One that is placed or unplaced is not said to move or change
rooms besides."""

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

_TONES: Mapping[ChangeKind, Tone] = {
    "added": "good", "cancelled": "warning", "placed": "good", "unplaced": "warning",
    "moved": "info", "re-roomed": "info", "reassigned": "info",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Change:
    """What became of one session: what it had before and after, None for nothing."""

    session_id: str
    kind: ChangeKind
    before: str | None = None
    after: str | None = None


@attrs.frozen(kw_only=True)
class CostChange:
    """What one rule cost before and after."""

    code: str
    level: Level
    before: int
    after: int


@attrs.frozen(kw_only=True)
class Comparison:
    """The changes from one timetable to another, by kind and session, and both scores."""

    changes: tuple[Change, ...]
    before: Score
    after: Score

    def of(self, kind: ChangeKind) -> tuple[str, ...]:
        """The ids of the sessions of which that became."""
        return tuple(each.session_id for each in self.changes if each.kind == kind)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The ids of all sessions of which anything became."""
        return tuple(sorted({each.session_id for each in self.changes}))

    @property
    def by_rule(self) -> tuple[CostChange, ...]:
        """The rules whose cost differs, in the order of levels and codes."""
        keys = {
            (LEVELS.index(each.level), each.code)
            for side in (self.before, self.after)
            for each in side.by_rule
        }
        listed = (
            CostChange(
                code=code,
                level=LEVELS[level],
                before=self.before.of(code, LEVELS[level]),
                after=self.after.of(code, LEVELS[level]),
            )
            for level, code in sorted(keys)
        )
        return tuple(each for each in listed if each.before != each.after)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each change."""
        return tuple(
            {
                "change": each.kind, "session": each.session_id,
                "before": each.before, "after": each.after,
            }
            for each in self.changes
        )  # fmt: skip

    def __str__(self) -> str:
        """How many sessions changed how; the score before and after, by rule where it differs."""
        counts = [f"{len(self.of(kind))} {kind}" for kind in CHANGE_KINDS if self.of(kind)]
        lines = [", ".join(counts) or "no session changed"]
        lines += [f"{each.kind} {each.session_id}: {_told(each)}" for each in self.changes]
        lines += [f"before: {self.before.total}", f"after:  {self.after.total}"]
        rows = [(each.level, each.code, str(each.before), str(each.after)) for each in self.by_rule]
        if rows:
            lines += ["", table(rows, ("level", "rule", "before", "after"))]
        return "\n".join(lines)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """How many sessions changed how, each change, and both scores, by rule where they differ.

        People go by their ids. Of more than `most` changes the first are shown, and a note counts
        them. O(changes).
        """
        if not self.changes:
            counts = element("p", badge("No session changed.", "good"))
        else:
            items = (
                element("li", badge(f"{len(self.of(kind)):,} {kind}", _TONES[kind]))
                for kind in CHANGE_KINDS
                if self.of(kind)
            )
            counts = element("ul", *items, class_="counts")
        return joined([counts, *_changes_html(self.changes, most), *_scores_html(self)])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _changes_html(changes: Sequence[Change], most: int) -> Iterator[Html]:
    rows = (
        (
            element("code", each.session_id),
            badge(each.kind, _TONES[each.kind]),
            each.before or "nothing",
            each.after or "nothing",
        )
        for each in changes
    )
    headers = ("session", "what became of it", "before", "after")
    if changes:
        yield html_table(rows, headers, caption="What changed", most=most)


def _scores_html(found: Comparison) -> Iterator[Html]:
    """What each level costs before and after, and each rule that does not cost the same."""
    names = ("unplaced", *LEVELS)
    sides = zip(names, found.before.levels, found.after.levels, strict=True)
    levels = [(name, before, after, _judged(before, after)) for name, before, after in sides]
    headers = ("level", "before", "after", "difference")
    yield html_table(levels, headers, caption="Score before and after")
    rules = [
        (each.code, each.level, each.before, each.after, _judged(each.before, each.after))
        for each in found.by_rule
    ]
    if rules:
        yield html_table(rows=rules, headers=("rule", *headers), caption="By rule")


def _judged(before: int, after: int) -> Html:
    """By how much a cost differs, and whether that is better, in words."""
    if before == after:
        return badge("the same")
    if after < before:
        return badge(f"{before - after:,} less: better", "good")
    return badge(f"{after - before:,} more: worse", "warning")


def _told(change: Change) -> str:
    sides = (change.before, change.after)
    return " -> ".join("nothing" if side is None else side for side in sides)


def compare(
    before: Portfolio,
    after: Portfolio,
    *,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    scope: Scope | None = None,
) -> Comparison:
    """What became of the sessions of one portfolio in another, and what that is worth.

    Sessions are told by their ids. Those that are cancelled or missing in one of the two are added
    or cancelled. `scope` narrows both scores, as in `score`, and the changes to sessions that lie
    in it before or after; None means everything. Raises NotFound for a scope that one of the two
    does not know, and InvariantError for arguments that cannot be and for a rule that raises.
    O(n log n + breaches) over n sessions.

    >>> print(compare(Portfolio.of(), Portfolio.of()))
    no session changed
    before: 0 unplaced, 0 hard, 0 medium, 0 soft
    after:  0 unplaced, 0 hard, 0 medium, 0 soft
    """
    given = checked_arguments(
        "compare", before=before, after=after, scope=() if scope is None else scope, rules=rules
    )
    asked = guard_rules("compare", given.rules)
    sides = _Side(before), _Side(after)
    ids = {each.id for side in sides for each in extent(side.portfolio, scope, None).sessions}
    changes = (change for id in ids for change in _changes(id, *sides))
    return Comparison(
        changes=tuple(
            sorted(changes, key=lambda each: (CHANGE_KINDS.index(each.kind), each.session_id))
        ),
        before=score(sides[0].timetable, asked, scope),
        after=score(sides[1].timetable, asked, scope),
    )


class _Side:
    """One of two portfolios, with ways to find what a session has."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.timetable = timetable_of(portfolio)
        self.people: dict[str, list[str]] = {}
        for part in portfolio.all(Assignment):
            shown = f"{cite('person', part.person_id)} ({part.role})"
            self.people.setdefault(part.session_id, []).append(shown)

    def session(self, id: str) -> Session | None:
        """A session that is there and not cancelled."""
        n = self.timetable.numbers.get(id)
        return self.timetable.sessions[n] if n is not None else None

    def staff(self, id: str) -> str | None:
        """Who is assigned to a session, in what role; None for nobody."""
        return ", ".join(sorted(self.people.get(id, ()))) or None


def _changes(id: str, before: _Side, after: _Side) -> Iterator[Change]:
    old, new = before.session(id), after.session(id)
    if old is None or new is None:
        if old is not new:
            kind: ChangeKind = "added" if old is None else "cancelled"
            yield Change(session_id=id, kind=kind, before=_where(old), after=_where(new))
        return
    if is_placed(old) is not is_placed(new):
        kind = "placed" if is_placed(new) else "unplaced"
        yield Change(session_id=id, kind=kind, before=_where(old), after=_where(new))
    else:
        if _instants(old.slot) != _instants(new.slot):
            yield Change(session_id=id, kind="moved", before=_text(old.slot), after=_text(new.slot))
        if old.room_id != new.room_id:
            yield Change(session_id=id, kind="re-roomed", before=_room(old), after=_room(new))
    staff = before.staff(id), after.staff(id)
    if staff[0] != staff[1]:
        yield Change(session_id=id, kind="reassigned", before=staff[0], after=staff[1])


def _instants(slot: Slot | None) -> tuple[int, int] | None:
    return (slot.start_utc, slot.end_utc) if slot is not None else None


def _text(slot: Slot | None) -> str | None:
    return str(slot) if slot is not None else None


def _room(session: Session) -> str | None:
    return cite("room", session.room_id) if session.room_id is not None else None


def _where(session: Session | None) -> str | None:
    """Where and when a session is; None where it is not there, or has neither slot nor room."""
    if session is None:
        return None
    parts = (_text(session.slot), _room(session))
    return ", ".join(part for part in parts if part is not None) or None
