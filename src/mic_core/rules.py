"""The form of a rule: a catalog entry, with a query on the portfolio or terms on the timetable.

A portfolio rule yields breaches. A schedule rule is declarative: it returns terms (constraints, or
penalty functions) and never a delta. `check` evaluates the terms, a solver compiles them, `repair`
and the explanations read them; one definition serves all. Either kind of rule is a small frozen
value.

Sessions are numbers in a timetable. Instants are microseconds since 1970 in UTC. A cost is a whole
number, 0 where the term is satisfied. A hard rule forbids any positive cost; another rule adds its
weight times the cost to the score of its level.

The groups and spans of a term list sessions without a slot as well, since a plan may place them.
The cost is that of the sessions with a slot, and with a room where the term concerns rooms.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from string import Formatter
from typing import Annotated, Literal, Protocol, Self, TypeGuard, TypeVar

import attrs

from mic_core.checked import checked
from mic_core.chrono import Interval, Slot
from mic_core.chrono.months import with_days_in_words
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Called, Id, Text
from mic_core.findings import SEVERITY_OF, Fact, Finding, Level, Severity
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.timetable import Timetable
from mic_core.wording import agree

Facts = Mapping[str, Fact]
"""The facts of a breach by name: `needed`, `had`, and the others that its sentence names."""


_Text = Annotated[str, Text(most=2000, lines=True)]


def _check_templates(sentence: str, mend: str) -> Problem | None:
    for path, text in (("sentence", sentence), ("mend", mend)):
        if fact_names(text) is None:
            wrong = "must have names between { and }, and these two doubled elsewhere"
            return Problem(path=path, rule=wrong)
    return None


def fact_names(template: str) -> frozenset[str] | None:
    """The names of the facts in a template; None for a text that is no template.

    Only plain names: an attribute, an index, a conversion or a format could fail for some facts.

    >>> sorted(fact_names("{subjects} has {had}")), fact_names("{had.real}"), fact_names("{had")
    (['had', 'subjects'], None, None)
    """
    try:
        parts = [part[1:] for part in Formatter().parse(template)]
    except ValueError:
        return None
    fields = [part for part in parts if part[0] is not None]
    if not all(name and name.isidentifier() and not (spec or how) for name, spec, how in fields):
        return None
    return frozenset(name for name, _, _ in fields if name)


@checked(_check_templates)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Entry:
    """The catalog entry of a rule: its code, level, and texts for people.

    `law` states the rule in one sentence, `why` gives the reason, `source` the origin. `sentence`
    is the template that explains a breach: `{subjects}` and `{name of a fact}` are replaced by
    their values. `mend` is the template for a way to resolve it. A `timed` rule is judged as of an
    instant and skipped without one. Raises InvariantError for a code that is no id, an unknown
    level, and for texts that are blank or no templates.
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
        """The severity of a breach unless a policy sets another."""
        return SEVERITY_OF[self.level]

    def at(self, level: Level) -> "Entry":
        """The same entry at a level."""
        return self if level == self.level else attrs.evolve(self, level=level)


@attrs.frozen(kw_only=True)
class Breach:
    """One violation of a rule: the subjects, the field, the facts, and the cost.

    `subjects` are citations, `kind:id`; `path` is the field, "" for none. `sessions` are the
    numbers of all sessions that take part in a breach of a schedule rule.
    """

    subjects: tuple[str, ...]
    path: str = ""
    facts: Facts = attrs.field(factory=dict[str, Fact])
    cost: int = 1
    sessions: tuple[int, ...] = ()

    def finding(self, entry: Entry, severity: Severity) -> Finding:
        """The finding for this breach, with the texts of the entry filled in."""
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
            message=agree(entry.sentence, self.facts).format_map(words),
            mend=agree(entry.mend, self.facts).format_map(words),
        )


def _words(fact: Fact) -> str:
    if isinstance(fact, tuple):
        return ", ".join(map(_words, fact))
    return with_days_in_words(fact) if isinstance(fact, str) else str(fact)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class PortfolioRule:
    """A rule on the portfolio: `find` yields its breaches, as of an instant if there is one."""

    entry: Entry
    find: Annotated[Callable[[Portfolio, datetime | None], Iterable[Breach]], Called()]


Axis = Literal["session", "room", "person"]
"""The membership of groups: fixed lists of sessions, or variable by room or by assigned person.

On the axes `room` and `person` membership follows the plan: a session joins the group whose label
is its `room:id` or `person:id`, if it is in `among` of the term; None means all sessions. There is
a group for every room, and for every person who is assigned or qualifies as a trainer, unless the
rule has no limit for it."""

Per = Literal["day", "week", "time", "room"]
"""The buckets in which sessions are counted: the local day or week (from Monday) on which they
start in their center, the local time of day at which they start, in minutes, or the room."""


@attrs.frozen(kw_only=True)
class Group:
    """A group of sessions, cited as `label`, with a limit whose meaning depends on the term.

    `sessions` are the numbers of its members, ascending; on the axes `room` and `person` they are
    the members in the timetable as recorded, and a plan may change them. `about` are further
    citations, for instance of the edition of a module. On the axis `session`, several groups may
    have one label.
    """

    label: str
    sessions: Sequence[int]
    limit: int = 1
    about: tuple[str, ...] = ()


IntervalQuery = Callable[[int, int], Iterable[Interval]]
"""A query for the intervals of a calendar between two instants, half-open."""


@attrs.frozen(kw_only=True)
class Span:
    """Sessions with the calendar that they must lie within, cited as `label`.

    `intervals` returns the intervals of the calendar between `low` and `high`, sorted and disjoint;
    it may clip them to this window or exceed it.
    """

    label: str
    sessions: Sequence[int]
    intervals: IntervalQuery


@attrs.frozen(kw_only=True)
class Within:
    """Calendar term: each session lies within one interval of each of its spans.

    Costs 1 for each session and span where it does not. `facts` explains a violation by number,
    slot, and label of the span.
    """

    spans: Sequence[Span]
    axis: Axis = "session"
    among: Collection[int] | None = None
    facts: Callable[[int, Slot, str], Facts]


@attrs.frozen(kw_only=True)
class Suits:
    """Unary term on session and room: `cost` judges a number and a room's id, `facts` explains.

    `by_start` returns the term for the starts of a session between two instants, both included: in
    order, each first start with the term that holds from it on. `by_start` of None: starts do not
    matter. `key` returns all that a session's costs depend on beside the room: sessions of one key
    cost the same in each room. `key` of None: each session is judged by itself.
    """

    sessions: Sequence[int]
    cost: Callable[[int, str], int]
    facts: Callable[[int, str], Facts]
    by_start: Callable[[int, int, int], Iterable[tuple[int, "Suits"]]] | None = None
    key: Callable[[int], Hashable] | None = None


Joining = tuple[Group, Sequence[Interval] | None]
"""A group, and the intervals of starts at which a session would be in it; None: at any start."""


@attrs.frozen(kw_only=True)
class Exclusive:
    """Resource term: at most `limit` sessions of a group overlap at any moment.

    A limit of 1 makes the group a disjunctive resource, which costs 1 for each overlapping pair. A
    larger limit makes it a cumulative resource, which costs 1 for each session beyond the limit in
    each maximal clique: a set of sessions that run at one moment and is no subset of another one.
    `spares` is true for pairs that may overlap; with it, all limits are 1. With `same_start` only
    sessions of one start exclude each other: the sessions of a group last equally long, its limit
    is 1, and each session beyond the first at one start costs 1.

    `joins` returns the groups that a session would be in if it were moved into a room (None: none),
    each with the starts at which it would (None: any). `joins` of None: the groups that list it.
    `facts` explains a violation further, by the label of its group and the numbers of its sessions.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    spares: Callable[[int, int], bool] | None = None
    same_start: bool = False
    joins: Callable[[int, str | None], Iterable[Joining]] | None = None
    facts: Callable[[str, tuple[int, ...]], Facts] | None = None


@attrs.frozen(kw_only=True)
class Apart:
    """Disjunctive time lag: between two sessions of a group lie at least `gap` microseconds.

    Costs 1 for each pair that is too close but does not overlap; overlaps are left to other rules.
    `gap` is at most `most` for any pair.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    gap: Callable[[int, int], int]
    most: int


@attrs.frozen(kw_only=True)
class Arcs:
    """Precedence term: each second session starts at least `gap` after every first one has ended.

    Costs 1 for each second session that starts too early. `gap` is a minimum time lag in
    microseconds.
    """

    firsts: Sequence[int]
    seconds: Sequence[int]
    gap: int = 0
    facts: Facts = attrs.field(factory=dict[str, Fact])


@attrs.frozen(kw_only=True)
class Bucket:
    """Counting term: `cost` judges the sum in each bucket of a group, and the limit of the group.

    A session adds `amount`, or 1 where that is None; it does not depend on the plan. A bucket
    without a session costs nothing.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    per: Per
    amount: Callable[[int], int] | None = None
    cost: Callable[[int, int], int]


@attrs.frozen(kw_only=True)
class Distinct:
    """Distinct-values term: `cost` judges the number of buckets of a group, and its limit.

    A group without a placed session costs nothing.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    per: Per
    cost: Callable[[int, int], int]


Busy = tuple[tuple[int, int], ...]
"""The busy intervals of a local day, in minutes from 0: half-open, sorted and disjoint."""


@attrs.frozen(kw_only=True)
class Pattern:
    """Daily pattern term: `cost` judges the busy intervals of a group on a day, and its limit.

    Sessions that touch or overlap are one interval. A session counts for the day on which it starts
    in its center, from its local start minute for its elapsed minutes, so that it may go beyond
    1440; seconds are rounded outwards. A day without sessions costs nothing. `facts` explains a
    cost.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    cost: Callable[[Busy, int], int]
    facts: Callable[[Busy, int], Facts]


FunctionScope = Literal["session", "pair", "group-day", "group-month", "group", "timetable"]
"""The argument of a black-box function; the narrower the scope, the faster a plan is made."""


def part_of(scope: FunctionScope, day: int) -> int:
    """The part of a group that a function judges on a day: the day, its month, or 0 for all days.

    Days are ordinals counted from 1 January 1; months are numbered `year * 12 + month - 1`.

    >>> part_of("group-month", date(2014, 9, 10).toordinal()) == 2014 * 12 + 8
    True
    """
    if scope == "group-month":
        first = date.fromordinal(day)
        return first.year * 12 + first.month - 1
    return day if scope == "group-day" else 0


@attrs.frozen(kw_only=True)
class Function:
    """Black-box term: a user's function of a session, a pair, a group, or its day or month.

    `cost` gets at least one session, with slots and rooms as placed, in the order of time and id. A
    pair within several groups is judged in each. A day or month is the local one in which a session
    starts in its center. `facts` explains a cost. The scope `timetable` has one group.

    `refuse_leads` raises InvariantError if the cost depends on the leads of some sessions; a verb
    that chooses them calls it with the pairs of session and person among which it chooses. None:
    it depends on none.
    """

    groups: Sequence[Group]
    axis: Axis = "session"
    among: Collection[int] | None = None
    scope: FunctionScope
    cost: Callable[[tuple[Session, ...]], int]
    facts: Callable[[tuple[Session, ...]], Facts]
    refuse_leads: Callable[[Sequence[tuple[str, str]]], None] | None = None


Term = Within | Suits | Exclusive | Apart | Arcs | Bucket | Distinct | Pattern | Function
"""A constraint or penalty function of a schedule rule."""


class ScheduleRule(Protocol):
    """A rule on the timetable, stated as terms."""

    @property
    def entry(self) -> Entry:
        """The entry of the rule in the catalog."""
        ...

    @property
    def weight(self) -> int:
        """The weight of one unit of cost in the score of its level; 1 or more."""
        ...

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The terms of the rule over the sessions of a timetable, placed or not."""
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


class AnswerError(InvariantError):
    """Invalid answer of a rule; its problems are texts of this library, so verbs may show them."""


def require_instant(
    find: Callable[[Portfolio, datetime], Iterable[Breach]],
) -> Callable[[Portfolio, datetime | None], Iterable[Breach]]:
    """Decorator for the query of a timed rule: no breaches without an instant."""

    def find_as_of(portfolio: Portfolio, as_of: datetime | None) -> Iterable[Breach]:
        return () if as_of is None else find(portfolio, as_of)

    return find_as_of


def is_rule(value: object) -> TypeGuard[Rule]:
    """True if a value has the form of a rule; a class of rules has not.

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
