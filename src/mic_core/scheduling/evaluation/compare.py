"""The difference of two timetables: a change for each session that differs, and both scores.

Sessions are matched by their ids, so that no search is needed.
"""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from mic_core.fields import Flag, sound
from mic_core.findings import Fact, Level
from mic_core.ids import cite
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Inside,
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
from mic_core.scheduling.evaluation.changes import (
    CHANGE_KINDS,
    ChangeKind,
    SessionState,
    change_badge,
    change_numbers,
    change_numbers_html,
    kinds_of_change,
)
from mic_core.scheduling.evaluation.score import LEVELS, Score, score
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.timetable import is_placed, timetable_of


@attrs.frozen(kw_only=True)
class Change:
    """One change of one session: its kind, and its slot, room or people before and after in words.

    `before` and `after` are None where there is nothing; they cite rooms and people by their ids.
    `title` is the title of the session. `named` are `before` and `after` with the names of rooms
    and people; they are kept out of texts, rows and the repr.
    """

    session_id: str
    kind: ChangeKind
    before: str | None = None
    after: str | None = None
    title: str = ""
    named: tuple[str | None, str | None] = attrs.field(default=(None, None), repr=False)


@attrs.frozen(kw_only=True)
class CostChange:
    """The cost of one rule before and after."""

    code: str
    level: Level
    before: int
    after: int


@attrs.frozen(kw_only=True)
class Comparison:
    """The changes from one timetable to another, sorted by kind and session, and both scores."""

    changes: tuple[Change, ...]
    before: Score
    after: Score

    def of(self, kind: ChangeKind) -> tuple[str, ...]:
        """The ids of the sessions with a change of that kind."""
        return tuple(each.session_id for each in self.changes if each.kind == kind)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The ids of all sessions that differ."""
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
        """The number of changes by kind, each change, and both scores; rules where they differ."""
        lines = [change_numbers(each.kind for each in self.changes) or "no session changed"]
        lines += [f"{each.kind} {each.session_id}: {_arrow(each)}" for each in self.changes]
        lines += [f"before: {self.before.total}", f"after:  {self.after.total}"]
        rows = [(each.level, each.code, each.before, each.after) for each in self.by_rule]
        if rows:
            lines += ["", table(rows, ("level", "rule", "before", "after"))]
        return "\n".join(lines)

    def html(self, *, names: bool = False, most: int = MOST_ROWS) -> Html:
        """The number of changes by kind, each change, and both scores, by rule where they differ.

        Rooms and people go by their ids, with `names` by their names. Of more than `most` changes
        the first are shown, and a note counts them. Raises InvariantError for arguments that are
        not valid. O(changes).
        """
        (names,) = sound("html", names=(names, _NAMES))
        if not self.changes:
            counts = element("p", badge("No session changed.", "good"))
        else:
            counts = change_numbers_html(each.kind for each in self.changes)
        return joined(
            [counts, *_changes_html(self.changes, most, names=names), *_scores_html(self)]
        )

    def _repr_html_(self) -> str:
        return notebook(self.html())


_NAMES = Flag()


def _changes_html(changes: Sequence[Change], most: int, *, names: bool) -> Iterator[Html]:
    def row(change: Change) -> tuple[Inside, ...]:
        before, after = change.named if names else (change.before, change.after)
        id = element("code", change.session_id)
        return change.title, change_badge(change.kind), before or "nothing", after or "nothing", id

    headers = ("session", "what became of it", "before", "after", "id")
    if changes:
        yield html_table(map(row, changes), headers, caption="What changed", most=most)


def _scores_html(found: Comparison) -> Iterator[Html]:
    """The cost of each level before and after, and of each rule whose cost differs."""
    names = ("unplaced", *LEVELS)
    sides = zip(names, found.before.levels, found.after.levels, strict=True)
    levels = [(name, before, after, _difference(before, after)) for name, before, after in sides]
    headers = ("level", "before", "after", "difference")
    yield html_table(levels, headers, caption="Score before and after")
    rules = [
        (each.code, each.level, each.before, each.after, _difference(each.before, each.after))
        for each in found.by_rule
    ]
    if rules:
        yield html_table(rows=rules, headers=("rule", *headers), caption="By rule")


def _difference(before: int, after: int) -> Html:
    """The difference of two costs, better or worse in words."""
    if before == after:
        return badge("the same")
    if after < before:
        return badge(f"{before - after:,} less: better", "good")
    return badge(f"{after - before:,} more: worse", "warning")


def _arrow(change: Change) -> str:
    sides = (change.before, change.after)
    return " -> ".join("nothing" if side is None else side for side in sides)


def compare(
    before: Portfolio,
    after: Portfolio,
    *,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    scope: Scope | None = None,
) -> Comparison:
    """The difference of two portfolios: the changes of their sessions, and both scores.

    Sessions are matched by their ids. A session that is cancelled or missing in one of the two is
    added or cancelled. `scope` narrows both scores, as in `score`, and the changes to sessions
    that lie in it before or after; None means everything. Raises NotFound for a scope that one of
    the two does not know, and InvariantError for arguments that are not valid and for a rule that
    raises. O(n log n + breaches) over n sessions.

    >>> print(compare(Portfolio.of(), Portfolio.of()))
    no session changed
    before: 0 unplaced, 0 hard, 0 medium, 0 soft
    after:  0 unplaced, 0 hard, 0 medium, 0 soft
    """
    given = checked_arguments(
        "compare", before=before, after=after, scope=() if scope is None else scope, rules=rules
    )
    guarded = guard_rules("compare", given.rules)
    sides = _Side(before), _Side(after)
    ids = {each.id for side in sides for each in extent(side.portfolio, scope, None).sessions}
    changes = (change for id in ids for change in _changes(id, *sides))
    return Comparison(
        changes=tuple(
            sorted(changes, key=lambda each: (CHANGE_KINDS.index(each.kind), each.session_id))
        ),
        before=score(sides[0].timetable, guarded, scope),
        after=score(sides[1].timetable, guarded, scope),
    )


class _Side:
    """One of the two portfolios, with look-ups by the id of a session."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.timetable = timetable_of(portfolio)
        self.people: dict[str, list[str]] = {}
        for part in portfolio.all(Assignment):
            shown = f"{cite('person', part.person_id)} ({part.role})"
            self.people.setdefault(part.session_id, []).append(shown)

    def session(self, id: str) -> Session | None:
        """The session, None where it is missing or cancelled."""
        n = self.timetable.numbers.get(id)
        return self.timetable.sessions[n] if n is not None else None

    def state(self, id: str) -> SessionState | None:
        """The state of a session, None where it does not take place."""
        session = self.session(id)
        if session is None:
            return None
        slot = session.slot
        return SessionState(
            is_placed=is_placed(session),
            instants=(slot.start_utc, slot.end_utc) if slot is not None else (),
            room=session.room_id,
            people=self.staff(id),
        )

    def staff(self, id: str) -> str | None:
        """The persons assigned to a session with their roles, in words; None for nobody."""
        return ", ".join(sorted(self.people.get(id, ()))) or None

    def named(self, text: str | None) -> str | None:
        """A text with the names of rooms and people in place of citations."""
        return None if text is None else self.portfolio.titled(text, names=True)

    def text(self, id: str, kind: ChangeKind) -> str | None:
        """The slot, room or people that a change is about, in words; None for nothing."""
        session = self.session(id)
        if kind == "reassigned":
            return self.staff(id)
        if session is None:
            return None
        slot = str(session.slot) if session.slot is not None else None
        room = cite("room", session.room_id) if session.room_id is not None else None
        parts = (slot if kind != "re-roomed" else None, room if kind != "moved" else None)
        return ", ".join(part for part in parts if part is not None) or None


def _changes(id: str, before: _Side, after: _Side) -> Iterator[Change]:
    sides = before, after
    titles = (each.session(id) for each in reversed(sides))
    title = next((each.title for each in titles if each is not None), "")
    for kind in kinds_of_change(before.state(id), after.state(id)):
        first, last = (each.text(id, kind) for each in sides)
        named = before.named(first), after.named(last)
        yield Change(session_id=id, kind=kind, before=first, after=last, title=title, named=named)
