"""The form of a rule: its entry in the catalog, and what it says about a portfolio or a timetable.

A rule about the portfolio yields breaches. A rule about the timetable returns terms and never
writes a delta: `check` reads the terms without any state, a solver compiles them once, a repair
follows them, an explanation quotes them. One definition serves them all. Either kind of rule is a
small frozen value.

Sessions are numbers in a timetable. Instants are microseconds since 1970 in UTC; costs are whole
numbers, 0 where all is well. A rule of level hard forbids what costs anything; any other one
adds its weight times the cost to the score of its level.

Terms speak of all sessions of the timetable, those without a slot as well: a plan may place them.
What is read are the sessions that have a slot, wherever rooms matter those that have a room too;
the others cost nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from string import Formatter
from typing import Annotated, Literal, Protocol, Self, TypeGuard, TypeVar

import attrs

from mic_core.checked import checked
from mic_core.chrono import Interval, Slot
from mic_core.errors import Problem
from mic_core.fields import Called, Id, Text
from mic_core.findings import SEVERITY_OF, Fact, Finding, Level, Severity
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.timetable import Timetable

Facts = Mapping[str, Fact]
"""What a breach says it needed and had, and whatever else its sentence names."""


_Text = Annotated[str, Text(most=2000, lines=True)]


def _templates(sentence: str, mend: str) -> Problem | None:
    for path, text in (("sentence", sentence), ("mend", mend)):
        try:
            list(Formatter().parse(text))
        except ValueError:
            wrong = "must have names between { and }, and these two doubled elsewhere"
            return Problem(path=path, rule=wrong)
    return None


@checked(_templates)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Entry:
    """A rule's entry in the catalog.

    `law` is the one sentence that holds where the rule is kept, `why` the reason for it, `source`
    where it comes from. `sentence` explains a breach: `{subjects}` and the names of facts stand
    for their values. `mend` says what would make it go away. A `timed` rule needs to know when it
    is asked. Raises InvariantError for a code that is no id, a level that there is not, and for
    texts that are blank or cannot be filled.
    """

    code: Annotated[str, Id()]
    level: Level
    law: _Text
    why: _Text
    source: _Text
    sentence: _Text
    mend: _Text
    timed: bool = False

    @property
    def severity(self) -> Severity:
        """How bad a breach is unless a policy says otherwise."""
        return SEVERITY_OF[self.level]

    def at(self, level: Level) -> "Entry":
        """The same entry at a level."""
        return self if level == self.level else attrs.evolve(self, level=level)


@attrs.frozen(kw_only=True)
class Breach:
    """One place where a rule is broken: by whom, in which field, the facts behind it, its cost.

    `sessions` are the numbers of all sessions that share in a breach of a schedule rule.
    """

    subjects: tuple[str, ...]
    path: str = ""
    facts: Facts = attrs.field(factory=dict[str, Fact])
    cost: int = 1
    sessions: tuple[int, ...] = ()

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


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class PortfolioRule:
    """A rule that looks at the portfolio as a whole, and at the instant it is asked for."""

    entry: Entry
    find: Annotated[Callable[[Portfolio, datetime | None], Iterable[Breach]], Called()]


Axis = Literal["session", "room", "person"]
"""What decides who is in a group: the sessions themselves, the room they are placed in, or the
persons assigned to them. The last two follow the plan: a solver looks at the label, `room:id` or
`person:id`, and at what the term says it is `among`: None means all sessions. There is a group for
every room, and for every person who is assigned or qualifies as a trainer, unless a rule has no
limit for it."""

Per = Literal["day", "week", "time", "room"]
"""What sessions are counted by: the local day or week (from Monday) on which they start in their
center, the local time of day at which they start there, in whole minutes, or the room."""


@attrs.frozen(kw_only=True)
class Group:
    """Sessions that share something, cited as `label`, and how much of it there is.

    `sessions` are its members, ascending; on the axes `room` and `person` they are those of the
    timetable as it stands, and a plan decides anew. What `limit` bounds is the term's to say.
    `about` is cited beside the label, for instance the edition in which a module is held. On the
    axis `session`, several groups may have one label.
    """

    label: str
    sessions: Sequence[int]
    limit: int = 1
    about: tuple[str, ...] = ()


IntervalQuery = Callable[[int, int], Iterable[Interval]]
"""The intervals of something for a window of time, from its first instant up to its last."""


@attrs.frozen(kw_only=True)
class Span:
    """Sessions that must lie within the intervals of something, cited as `label`.

    `intervals` gives them, sorted and apart, for a window of time from `low` up to `high`, and may
    clip them to it or go beyond it.
    """

    label: str
    sessions: Sequence[int]
    intervals: IntervalQuery


@attrs.frozen(kw_only=True)
class Within:
    """Each session lies within one interval of each span it belongs to; costs 1 where it does not.

    `facts` explains a session, by number and slot, that does not lie within a span of a label.
    """

    spans: Sequence[Span]
    axis: Axis = "session"
    among: Collection[int] | None = None
    facts: Callable[[int, Slot, str], Facts]


@attrs.frozen(kw_only=True)
class Suits:
    """Each session suits its room: `cost` judges a number and a room's id, `facts` explains it."""

    sessions: Sequence[int]
    cost: Callable[[int, str], int]
    facts: Callable[[int, str], Facts]


@attrs.frozen(kw_only=True)
class Exclusive:
    """Within each group no more sessions at once than its limit.

    Costs 1 for each pair that overlaps where the limit is 1, and else for each session too many in
    each crowd: the sessions that run at one moment, more than the limit, where no other moment adds
    to exactly these. `spares` tells of two sessions that they may overlap all the same; where it
    is given, all limits are 1.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    spares: Callable[[int, int], bool] | None = None


@attrs.frozen(kw_only=True)
class Apart:
    """Any two sessions of a group lie apart by at least `gap` of the two, in microseconds.

    A pair that overlaps is left to other rules. Costs 1 for each pair that starts too soon after
    the other ends. No gap is longer than `most`.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    gap: Callable[[int, int], int]
    most: int


@attrs.frozen(kw_only=True)
class Arcs:
    """Each of the second sessions starts at least `gap` after each of the first ones has ended.

    Costs 1 for each of the second sessions that starts too early. `gap` is in microseconds.
    """

    firsts: Sequence[int]
    seconds: Sequence[int]
    gap: int = 0
    facts: Facts = attrs.field(factory=dict[str, Fact])


@attrs.frozen(kw_only=True)
class Bucket:
    """What each group holds in each bucket: `cost` judges the sum, and the limit of the group.

    `amount` says what a session adds, 1 where it is None; it does not depend on the plan. A bucket
    that holds no session costs nothing.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    per: Per
    amount: Callable[[int], int] | None = None
    cost: Callable[[int, int], int]


@attrs.frozen(kw_only=True)
class Distinct:
    """How many buckets each group uses: `cost` judges the number, and the limit of the group.

    A group of which no session is placed costs nothing.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    per: Per
    cost: Callable[[int, int], int]


Busy = tuple[tuple[int, int], ...]
"""The minutes of a local day, from 0, in which something goes on: sorted, apart, each half-open."""


@attrs.frozen(kw_only=True)
class Pattern:
    """When each group is busy on each local day: `cost` judges the minutes, and the group's limit.

    Sessions that touch or overlap are one stretch. A session is busy on the day on which it starts
    in its center, from the minute its clocks show, for as many minutes as it really lasts, so what
    runs past midnight goes on beyond 1440; seconds are rounded outwards. A day without sessions
    costs nothing. `facts` explains what costs.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    cost: Callable[[Busy, int], int]
    facts: Callable[[Busy, int], Facts]


FunctionScope = Literal["session", "pair", "group-day", "group", "timetable"]
"""What a function is asked about, one at a time; the narrower, the faster a plan is made."""


@attrs.frozen(kw_only=True)
class Function:
    """A plain function of placed sessions: of each, each pair, or all, of a group, on one day.

    `cost` gets sessions with their slots and rooms as placed, in the order of time and id; never
    none. A pair within several groups is asked about in each. A day is the local day on which a
    session starts in its center. `facts` explains what costs. The scope `timetable` has one group.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    scope: FunctionScope
    cost: Callable[[tuple[Session, ...]], int]
    facts: Callable[[tuple[Session, ...]], Facts]


Term = Within | Suits | Exclusive | Apart | Arcs | Bucket | Distinct | Pattern | Function
"""What a schedule rule is made of."""


class ScheduleRule(Protocol):
    """A rule about the timetable."""

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        ...

    @property
    def weight(self) -> int:
        """What one unit of cost counts in the score of its level; 1 or more."""
        ...

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """What it asks of that timetable, of sessions without a slot as well."""
        ...


Rule = PortfolioRule | ScheduleRule

Rule_co = TypeVar("Rule_co", bound=Rule, covariant=True)


class RuleSet(tuple[Rule_co, ...]):  # noqa: SLOT001  # a tuple has no room for slots
    """A tuple of rules that is shown by its name, so that signatures with it stay short.

    In all else it is the plain tuple of its rules: equal to it, of the same hash; its slices and
    sums are plain tuples.

    >>> few = RuleSet("FEW", ())
    >>> few, few == (), few + ()
    (FEW, True, ())
    """

    name: str

    def __new__(cls, name: str, rules: Iterable[Rule_co]) -> Self:
        self = super().__new__(cls, rules)
        self.name = name
        return self

    def __getnewargs__(self) -> tuple[str, tuple[Rule_co, ...]]:
        return self.name, tuple(self)  # copies and pickles call `__new__` with these

    def __repr__(self) -> str:
        return self.name


def timed(
    find: Callable[[Portfolio, datetime], Iterable[Breach]],
) -> Callable[[Portfolio, datetime | None], Iterable[Breach]]:
    """What a rule finds that needs an instant: nothing without one."""

    def asked(portfolio: Portfolio, as_of: datetime | None) -> Iterable[Breach]:
        return () if as_of is None else find(portfolio, as_of)

    return asked


def is_rule(value: object) -> TypeGuard[Rule]:
    """Whether something can be asked as a rule; a class of rules cannot.

    >>> is_rule("room-overlap")
    False
    """
    if isinstance(value, PortfolioRule):
        return True
    weight: object = getattr(value, "weight", None)
    return (
        isinstance(getattr(value, "entry", None), Entry)
        and callable(getattr(value, "terms", None))
        and isinstance(weight, int)
        and weight >= 1
    )
