"""The portfolio: an immutable value that pairs the log of all facts with indexed current values.

Recorded time (when a fact became known) is the order of the log; world time (when a status took
effect) is in the transitions. Portfolios share structure: a new one copies O(log n) amortized.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import attrs

from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import (
    EXHAUSTED,
    Each,
    Flag,
    Id,
    Instant,
    Maybe,
    Text,
    Value,
    describe,
    fields_of,
    is_a,
    refuse,
    sound,
)
from mic_core.ids import cite
from mic_core.model import KINDS, NOUNS, Module, Noun, Program, Retraction, Session, Transition
from mic_core.portfolio.log import (
    ALWAYS,
    Batch,
    Chunks,
    Key,
    Recording,
    Step,
    append_step,
    batch_at,
    canonical_log,
    id_of,
    instant_of,
    instant_of_last,
    key_of,
    refuse_disputed,
    steps_of,
    steps_until,
    utc_instant,
    values_after,
)
from mic_core.portfolio.record import (
    Item,
    missing,
    new_nouns,
    nouns_in,
    refuse_stale,
    replaced_by,
    values_by_key,
)
from mic_core.portfolio.retraction import Retracted, with_retractions
from mic_core.portfolio.table import Table, field_values

if TYPE_CHECKING:
    from mic_core.portfolio.presentation import Recorded

N = TypeVar("N", bound=Noun)
T = TypeVar("T")
Tables = dict[str, Table[Any]]
"""The current rows of each kind that has any."""

_EMPTY: Table[Any] = Table()


@attrs.frozen(eq=False, repr=False, kw_only=True)
class Portfolio:
    """Everything known about centers, programs and people: a log of batches and its latest state.

    A portfolio is a value: `record` returns a new one that shares all unchanged parts. Two are
    equal if their logs are.

    >>> from mic_core.model import Room
    >>> room = Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)
    >>> portfolio = Portfolio.of(room)
    >>> portfolio.get(Room, "r-1").seats
    40
    >>> bigger = attrs.evolve(room, seats=60)
    >>> later = portfolio.record(bigger, recorded_at=datetime.fromisoformat("2014-09-10T08:00Z"))
    >>> later.get(Room, "r-1").seats, portfolio.get(Room, "r-1").seats
    (60, 40)
    """

    _chunks: Chunks = attrs.field(default=(), alias="chunks")
    _tables: Tables = attrs.field(factory=dict[str, Table[Any]], alias="tables")
    # Keys under which several values are current at once, for `check` to report.
    _twins: frozenset[Key] = attrs.field(default=frozenset[Key](), alias="twins")
    # The subjects that are retracted, cited, each with the transitions that went with it.
    _retracted: Retracted = attrs.field(
        factory=dict[str, "tuple[Transition, ...]"], alias="retracted"
    )
    _memo: dict[object, Any] = attrs.field(factory=dict[object, Any], init=False)

    @classmethod
    def of(cls, *nouns: Noun) -> "Portfolio":
        """A portfolio of facts that have always been known, in any order.

        Two different values under one id are both kept, for `check` to report; look-ups find one
        of them. Raises InvariantError for a value that is not a noun. O(n log n).

        >>> Portfolio.of()
        Portfolio()
        """
        return cls.replay([Batch(values=nouns_in(nouns))])

    @classmethod
    def replay(cls, batches: Iterable[Batch]) -> "Portfolio":
        """The portfolio that a log leads to, its batches in any order.

        An illegal history is kept, for `check` to report. Raises InvariantError for a value that
        is no batch. O(n log n).

        >>> Portfolio.replay(Portfolio.of().log) == Portfolio.of()
        True
        """
        (batches,) = sound("Portfolio", batches=(batches, _BATCHES))
        return cls._after(steps_of(batches))

    @classmethod
    def _after(cls, steps: tuple[Step, ...]) -> "Portfolio":
        return Portfolio()._with_steps(steps, (steps,) if steps else ())

    def _with_steps(self, steps: tuple[Step, ...], chunks: Chunks) -> "Portfolio":
        """The portfolio after further steps; `chunks` are all steps then.

        Tables of kinds without new rows stay the same objects, with their indexes.
        """
        rows, twins = values_after(self._twins, steps)
        if not self._retracted and "retraction" not in rows:
            changed = {
                kind: self._tables.get(kind, _EMPTY).with_rows(fresh)
                for kind, fresh in rows.items()
            }
            return Portfolio(chunks=chunks, tables={**self._tables, **changed}, twins=twins)
        # A retraction ends at a later record, so that the order of the steps matters.
        tables, retracted, twins = self._tables, self._retracted, self._twins
        for step in steps:
            rows, twins = values_after(twins, (step,))
            tables, retracted = with_retractions(tables, retracted, rows)
        twins = frozenset(key for key in twins if _holds(tables, key))
        return Portfolio(chunks=chunks, tables=tables, twins=twins, retracted=retracted)

    @property
    def log(self) -> tuple[Batch, ...]:
        """The log in its canonical form: a batch for each instant and actor, in order.

        Values superseded within their own instant are left out. O(n) on first use.
        """
        if "log" not in self._memo:
            self._memo["log"] = canonical_log(self._chunks)
        return cast("tuple[Batch, ...]", self._memo["log"])

    @property
    def last_recorded_at(self) -> datetime:
        """The instant of the last record; the least one where all has always been known."""
        return instant_of_last(self._chunks)

    # Look-ups

    @overload
    def find(self, noun: type[N], id: str) -> N | None: ...
    @overload
    def find(self, noun: str, id: str) -> Noun | None: ...
    def find(self, noun: type[N] | str, id: str) -> Noun | None:
        """The current value of a kind and id; None where there is none. O(log n) at worst.

        A kind may be given by its name, as in citations; an unknown name finds None. Raises
        NotFound for a class that is no noun, and InvariantError for an id that is no text.
        """
        found: Noun | None
        try:
            kind = noun if isinstance(noun, str) else KINDS[noun]
            found = self._tables.get(kind, _EMPTY).get(id)
        except EXHAUSTED:
            raise
        except Exception:  # noqa: BLE001  # a foreign hash may raise anything; judged below
            found = None
        if found is None:
            _check_key(noun, id)
        return found

    def get(self, noun: type[N], id: str) -> N:
        """The current value of a kind and id; raises NotFound where there is none."""
        kind = _kind(noun)
        found = self.find(noun, id)
        if found is None:
            raise missing(kind, id, "record it first, or correct the id")
        return found

    def all(self, noun: type[N]) -> tuple[N, ...]:
        """All current values of a kind, sorted by id."""
        return cast("tuple[N, ...]", self._tables.get(_kind(noun), _EMPTY).all())

    def where(self, noun: type[N], **fields: object) -> tuple[N, ...]:
        """The current values of a kind that have these values in these fields, sorted by id.

        A field that is a tuple has a value if it contains it. The first field is looked up in an
        index, made on first use: O(k log k) over the k rows that it yields. No fields mean
        all values. Raises NotFound for a field that the noun does not have, and InvariantError for
        a value that no field can have, such as a list.

        >>> from mic_core.samples import brussels_2014
        >>> season = brussels_2014()
        >>> len(season.where(Program, organizer_id="mic-brussels", kind="training"))
        1
        """
        kind = _kind(noun)
        if not _field_names(kind).issuperset(fields):
            names = ", ".join(sorted(_field_names(kind)))
            msg = f"{kind} has no such field; it has {names}"
            raise NotFound(msg)
        if not fields:
            return self.all(noun)
        (path, wanted), *others = fields.items()
        try:
            found: list[N] = self._tables.get(kind, _EMPTY).where(path, wanted)
            for path, wanted in others:
                hash(wanted)
                found = [row for row in found if wanted in field_values(row, path)]
        except EXHAUSTED:
            raise
        except Exception:  # noqa: BLE001, S110  # a foreign value may raise anything; told below
            pass
        else:
            return tuple(sorted(found, key=id_of))
        problems: list[Problem] = []
        refuse(problems, path, "must be a value that a field can have", wanted)
        raise InvariantError("where", problems)  # outside of `except`: that holds the value

    def history(self, noun: type[Noun] | str, id: str) -> tuple[Recording, ...]:
        """The life of one thing: each value recorded under its id, and each retraction of it.

        In the order of the log; among those of one instant the retraction is last. A kind may be
        told by its name, as citations do. Raises NotFound for what was never recorded, and
        InvariantError for an id that is no text. O(n) over the log.

        >>> from mic_core.model import Attendance, Retraction
        >>> seen = Attendance(id="a-2", session_id="s", person_id="p", status="present")
        >>> undo = Retraction(id="r-1", subject="attendance:a-2", reason="sent twice")
        >>> night = datetime.fromisoformat("2014-09-10T20:00Z")
        >>> later = Portfolio.of(seen).record(undo, recorded_at=night, actor="desk")
        >>> later.find(Attendance, "a-2") is None
        True
        >>> for each in later.history(Attendance, "a-2"):
        ...     print(each.recorded_at, each.actor, type(each.value).__name__)
        None None Attendance
        2014-09-10 20:00:00+00:00 desk Retraction
        """
        _check_key(noun, id)
        kind, id = str.__str__(noun) if is_a(noun, str) else _kind(noun), str.__str__(id)
        subject = cite(kind, id)
        found = [
            Recording(recorded_at=batch.recorded_at, actor=batch.actor, value=value)
            for batch in self.log
            for value in batch.values
            if (value.id == id and KINDS[type(value)] == kind)
            or (isinstance(value, Retraction) and value.subject == subject)
        ]
        if not found:
            raise missing(kind, id, "correct the id; it was never recorded")
        found.sort(key=_retractions_last)
        return tuple(found)

    def values(self) -> Iterator[Noun]:
        """All current values, sorted by kind and id."""
        for kind in NOUNS:
            yield from self._tables.get(kind, _EMPTY).all()

    def modules(self) -> dict[str, Module]:
        """The modules of all programs by id; where two share one id, that of the last program."""
        return derived(self, _modules_by_id)

    @property
    def contested(self) -> frozenset[Key]:
        """The kinds and ids under which several values are current at once; see duplicate-id."""
        return self._twins

    @property
    def memo(self) -> dict[object, Any]:
        """The results of functions of this portfolio, kept by `derived`; no part of its value."""
        return self._memo

    # History

    def record(self, *items: Item, recorded_at: datetime, actor: str | None = None) -> "Portfolio":
        """Add new facts, or the changes of a proposal, to the log: all or nothing.

        `recorded_at` is when they became known and never goes backwards; `actor` is the id of the
        person or system that records them, None for nobody. Facts already known change nothing.
        Raises InvariantError for a time before the last record, for two values under one id, also
        of two actors at one instant unless a proposal replaces the first, and for a value that is
        no fact; StaleProposal, IllegalTransition or NotFound where a proposal no
        longer fits.
        Costs one pass over the items and O(log n) amortized each, whatever the portfolio holds; a
        proposal is judged first by its own rules, in O(n log n).
        """
        moment = self._moment(recorded_at, actor)
        values = values_by_key(items)
        refuse_stale(self, items, values, lambda known, nouns: known._plus(moment, actor, nouns))
        new = new_nouns(self, values, self._twins, self._retracted, self._retracted_at(moment))
        if new and actor is not None:
            known = {key for key in map(key_of, new) if self.find(*key) is not None}
            refuse_disputed(self._chunks, moment, actor, known - replaced_by(items))
        return self._plus(moment, actor, new) if new else self

    def _plus(self, moment: datetime, actor: str | None, nouns: tuple[Noun, ...]) -> "Portfolio":
        """The portfolio after one more step, which is not judged."""
        step = (batch_at(moment, actor, nouns),)
        return self._with_steps((step,), append_step(self._chunks, step))

    def _moment(self, recorded_at: datetime, actor: str | None) -> datetime:
        problems: list[Problem] = []
        moment = Instant().settle(recorded_at, "recorded_at", problems)
        if isinstance(moment, datetime) and moment < instant_of_last(self._chunks):
            rule = "must not lie before what was recorded last"
            problems.append(Problem(path="recorded_at", rule=rule))
        Maybe(Id()).settle(actor, "actor", problems)
        if problems:
            raise InvariantError("Portfolio", problems)
        return cast("datetime", moment)

    def _retracted_at(self, moment: datetime) -> frozenset[str]:
        """The subjects retracted at this very instant, which cannot be recorded again at it."""
        if not self._retracted or instant_of_last(self._chunks) < moment:
            return frozenset()
        steps = (step for chunk in reversed(self._chunks) for step in reversed(chunk))
        same: Iterator[Step] = takewhile(lambda step: instant_of(step) == moment, steps)
        values = (value for step in same for batch in step for value in batch.values)
        found = (each.subject for each in values if isinstance(each, Retraction))
        return frozenset(each for each in found if each in self._retracted)

    def as_of(self, instant: datetime) -> "Portfolio":
        """The portfolio as it was known at an instant, that instant included.

        Raises InvariantError for an instant without a zone. O(n) over the n facts known then.
        """
        moment = utc_instant(instant, "instant")
        if moment >= instant_of_last(self._chunks):
            return self
        return Portfolio._after(steps_until(self._chunks, moment))

    def __eq__(self, other: object) -> bool:
        return self.log == other.log if isinstance(other, Portfolio) else NotImplemented

    def __hash__(self) -> int:
        if "hash" not in self._memo:
            self._memo["hash"] = hash(self.log)
        return cast("int", self._memo["hash"])

    def __len__(self) -> int:
        """The number of current values."""
        return sum(table.size for table in self._tables.values())

    def __bool__(self) -> bool:
        return bool(self._tables)

    def __repr__(self) -> str:
        counts = (f"{kind}: {table.size}" for kind, table in sorted(self._tables.items()))
        return f"Portfolio({', '.join(counts)})"

    def title(self, citation: str, *, names: bool = False) -> str | None:
        """The title or name of a cited entity; None if it has none or is not known.

        An edition goes by the title of its program and its number. The name of a person is shown
        only with `names`. Raises InvariantError for a citation that is no text. O(log n).

        >>> from mic_core.samples import brussels_2014
        >>> season = brussels_2014()
        >>> season.title("edition:boostcamp-6"), season.title("person:p-01")
        ('Boostcamp 6', None)
        """
        citation, names = sound("Portfolio", citation=(citation, _ANY_TEXT), names=(names, _NAMES))
        from mic_core.portfolio.presentation import title_of  # noqa: PLC0415  # loads markup

        return title_of(self.find, self.modules, citation, names=names)

    def titled(self, text: str, *, names: bool = False) -> str:
        """A text with titles and names in place of citations, for instance of a finding.

        Titles are quoted; where two entities of the text share one, their citations are beside.
        The names of persons are shown only with `names`. Raises InvariantError for no text.
        O(characters).
        """
        text, names = sound("Portfolio", text=(text, _ANY_TEXT), names=(names, _NAMES))
        from mic_core.portfolio.presentation import with_titles  # noqa: PLC0415  # loads markup

        return with_titles(text, lambda citation: self.title(citation, names=names))

    def __str__(self) -> str:
        """The number of facts of each kind, and the periods they cover; nobody is named."""
        from mic_core.portfolio.presentation import summary_text  # noqa: PLC0415  # loads markup

        return summary_text(*self._summary())

    def _repr_html_(self) -> str:
        from mic_core.markup import notebook  # noqa: PLC0415  # only notebooks need it
        from mic_core.portfolio.presentation import summary_html  # noqa: PLC0415  # loads markup

        return notebook(summary_html(*self._summary()))

    def _summary(self) -> tuple[dict[str, int], tuple[Session, ...], "Recorded"]:
        """The numbers by kind, the sessions, and when something was recorded."""
        steps = (step for chunk in self._chunks for step in chunk)
        first = next((at for at in map(instant_of, steps) if at > ALWAYS), None)
        recorded = None if first is None else (first, instant_of_last(self._chunks))
        counts = {kind: table.size for kind, table in self._tables.items()}
        return counts, self.all(Session), recorded

    def __reduce__(self) -> tuple[Any, ...]:
        return (Portfolio.replay, (self.log,))


def derived(portfolio: Portfolio, compute: Callable[..., T], *arguments: object) -> T:
    """The result of a pure function of a portfolio and further arguments, kept with the portfolio.

    For indexes that several rules share: each is made once, and goes with its portfolio.
    """
    memo, key = portfolio.memo, (compute, *arguments)
    if key not in memo:
        memo[key] = compute(portfolio, *arguments)
    return cast("T", memo[key])


def _modules_by_id(portfolio: Portfolio) -> dict[str, Module]:
    return {each.id: each for one in portfolio.all(Program) for each in one.modules}


def _retractions_last(entry: Recording) -> tuple[datetime, bool]:
    return entry.recorded_at or ALWAYS, isinstance(entry.value, Retraction)


def _holds(tables: Tables, key: Key) -> bool:
    return tables.get(key[0], _EMPTY).get(key[1]) is not None


_ANY_TEXT, _NAMES = Text(most=1_000_000, least=0, lines=True), Flag()
_BATCHES, PORTFOLIO = Each(Value(Batch), "batches"), Value(Portfolio)


def _kind(noun: object) -> str:
    """The kind of a class of nouns; raises NotFound for anything else."""
    # The hash of a class of a foreign metaclass may raise anything; nouns have none.
    kind = KINDS.get(noun) if type(noun) is type else None
    if kind is None:
        # A class made from data may have any name.
        readable = isinstance(noun, type) and noun.__name__.isidentifier()
        name = cast("type", noun).__name__[:40] if readable else describe(noun)
        msg = f"a portfolio keeps no {name} under an id of its own; give a noun, such as Room"
        raise NotFound(msg)
    return kind


def _check_key(noun: object, id: object) -> None:
    """Raise NotFound for neither a noun nor the name of one, InvariantError for a non-text id."""
    if not is_a(noun, str):
        _kind(noun)
    if not is_a(id, str):
        sound("Portfolio", id=(id, Id()))


@cache
def _field_names(kind: str) -> frozenset[str]:
    cls: Any = NOUNS[kind]
    return frozenset(field.name for field in fields_of(cls))
