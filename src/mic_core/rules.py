"""The form of a rule: its entry in the catalog, and what it says about a portfolio or a timetable.

A rule about the portfolio yields breaches. A rule about the timetable returns terms, which `check`
reads, a solver compiles and a repair follows: one definition for all three. Either is a small
frozen value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

import attrs

from mic_core.chrono import Slot
from mic_core.findings import SEVERITY_OF, Fact, Finding, Level, Severity
from mic_core.portfolio import Portfolio

if TYPE_CHECKING:
    from mic_core.scheduling.timetable import Timetable


@attrs.frozen(kw_only=True)
class Entry:
    """A rule's entry in the catalog.

    `law` is the one sentence that holds where the rule is kept, `why` the reason for it, `source`
    where it comes from. `sentence` explains a breach: `{subjects}` and the names of facts stand
    for their values. `mend` says what would make it go away. A `timed` rule needs to know when it
    is asked.
    """

    code: str
    level: Level
    law: str
    why: str
    source: str
    sentence: str
    mend: str
    timed: bool = False

    @property
    def severity(self) -> Severity:
        """How bad a breach is unless a policy says otherwise."""
        return SEVERITY_OF[self.level]


@attrs.frozen(kw_only=True)
class Breach:
    """One place where a rule is broken: by whom, in which field, and the facts behind it."""

    subjects: tuple[str, ...]
    path: str = ""
    facts: Mapping[str, Fact] = attrs.field(factory=dict)

    def finding(self, entry: Entry, severity: Severity) -> Finding:
        """The finding of a rule of that entry, at that severity."""
        subjects = tuple(sorted(set(self.subjects)))
        words = {name: _words(fact) for name, fact in self.facts.items()}
        words["subjects"] = " and ".join(subjects)
        words["path"] = self.path
        return Finding(
            code=entry.code,
            severity=severity,
            subjects=subjects,
            path=self.path,
            facts=tuple(sorted(self.facts.items())),
            message=entry.sentence.format_map(words),
            mend=entry.mend.format_map(words),
        )


def _words(fact: Fact) -> str:
    return ", ".join(map(_words, fact)) if isinstance(fact, tuple) else str(fact)


@attrs.frozen(kw_only=True)
class PortfolioRule:
    """A rule that looks at the portfolio as a whole, and at the instant it is asked for."""

    entry: Entry
    find: Callable[[Portfolio, datetime | None], Iterable[Breach]]


Facts = Mapping[str, Fact]


@attrs.frozen(kw_only=True)
class Unary:
    """Each session by itself: its slot, its room, or both.

    `judge` gets the number of a session, its slot and its room's id, and returns the facts of the
    breach, or None where all is well. It may be asked about placements that are not made yet.
    """

    sessions: Sequence[int]
    judge: Callable[[int, Slot, str | None], Facts | None]
    reads: Literal["slot", "room", "both"]
    cites: Callable[[int, str | None], tuple[str, ...]] | None = None


@attrs.frozen(kw_only=True)
class Group:
    """Sessions that share something which can be in `capacity` of them at once."""

    label: str
    sessions: Sequence[int]
    capacity: int = 1


@attrs.frozen(kw_only=True)
class Exclusive:
    """Within each group no more sessions at once than its capacity.

    `by_room` tells that the groups are rooms, so that membership follows the placement. `spares`
    tells of two sessions that they may overlap all the same.
    """

    groups: Sequence[Group]
    by_room: bool = False
    spares: Callable[[int, int], bool] | None = None


@attrs.frozen(kw_only=True)
class Arcs:
    """Each of the first sessions ends before each of the second ones starts."""

    firsts: Sequence[int]
    seconds: Sequence[int]
    facts: Facts


Term = Unary | Exclusive | Arcs
"""What a schedule rule is made of."""


class ScheduleRule(Protocol):
    """A rule about the timetable."""

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        ...

    def terms(self, timetable: "Timetable") -> Iterator[Term]:
        """What it asks of that timetable."""
        ...


Rule = PortfolioRule | ScheduleRule
