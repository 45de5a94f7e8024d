"""The portfolio: everything that is known, when it became known, and quick ways to find it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar, cast, overload

import attrs

from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Instant, fields_of
from mic_core.ids import cite, is_id
from mic_core.model import KINDS, NOUNS, Module, Noun, Program
from mic_core.portfolio.log import (
    Batch,
    Chunks,
    Step,
    canonical,
    instant_of,
    last_instant,
    sorted_values,
    steps_of,
    with_step,
)
from mic_core.portfolio.record import Item, news, nouns_in
from mic_core.portfolio.table import Table

N = TypeVar("N", bound=Noun)

_EMPTY: Table[Any] = Table()


@attrs.frozen(eq=False, repr=False)
class Portfolio:
    """Everything known about centers, programs and people, as a log of batches and its latest state.

    A portfolio is a value: `record` returns a new one and shares all that did not change.

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

    _chunks: Chunks = ()
    _tables: dict[str, Table[Any]] = attrs.field(factory=dict)
    _memo: dict[str, Any] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, *nouns: Noun) -> "Portfolio":
        """A portfolio of facts that have always been known, in any order.

        Two different values under one id are both kept, for `check` to report. O(n log n).
        """
        return cls.replay([Batch(values=nouns_in(nouns))])

    @classmethod
    def replay(cls, batches: Iterable[Batch]) -> "Portfolio":
        """The portfolio that a log leads to; an illegal history is kept, for `check` to report."""
        chunks: Chunks = ()
        tables: dict[str, Table[Any]] = {}
        for step in steps_of(batches):
            ordered = tuple(
                attrs.evolve(batch, values=sorted_values(batch.values)) for batch in step
            )
            chunks = with_step(chunks, ordered)
            tables = _with_values(tables, ordered)
        return cls(chunks, tables)

    @property
    def log(self) -> tuple[Batch, ...]:
        """The history in its canonical form: a batch for each instant and actor, in order."""
        if "log" not in self._memo:
            self._memo["log"] = canonical(self._chunks)
        return cast("tuple[Batch, ...]", self._memo["log"])

    # Looking things up

    @overload
    def find(self, noun: type[N], id: str) -> N | None: ...
    @overload
    def find(self, noun: str, id: str) -> Noun | None: ...
    def find(self, noun: type[N] | str, id: str) -> Noun | None:
        """The current value of a kind and id; None where there is none. O(log n) at worst."""
        kind = noun if isinstance(noun, str) else KINDS[noun]
        return cast("Noun | None", self._tables.get(kind, _EMPTY).get(id))

    def get(self, noun: type[N], id: str) -> N:
        """The current value of a kind and id; raises NotFound where there is none."""
        found = self.find(noun, id)
        if found is None:
            named = cite(KINDS[noun], id) if is_id(id) else f"a {KINDS[noun]} of that id"
            msg = f"{named} is not in the portfolio"
            raise NotFound(msg)
        return found

    def all(self, noun: type[N]) -> tuple[N, ...]:
        """All current values of a kind, sorted by id."""
        return cast("tuple[N, ...]", self._tables.get(KINDS[noun], _EMPTY).all())

    def where(self, noun: type[N], **fields: object) -> tuple[N, ...]:
        """The current values whose fields have these values, or contain them, sorted by id.

        The first field is looked up in an index, made when first asked for: O(k log k) over the k
        rows that it yields. Raises NotFound for a field that the noun does not have.
        """
        (first, value), *others = fields.items()
        known = {field.name for field in fields_of(noun)}
        if not known.issuperset(fields):
            msg = f"{KINDS[noun]} has no field {', '.join(sorted(set(fields) - known))}"
            raise NotFound(msg)
        rows: Iterator[N] = self._tables.get(KINDS[noun], _EMPTY).where(first, value)
        found = [row for row in rows if all(_holds(row, *other) for other in others)]
        return tuple(sorted(found, key=lambda row: row.id))

    def values(self) -> Iterator[Noun]:
        """All current values, sorted by kind and id."""
        for kind in NOUNS:
            yield from self._tables.get(kind, _EMPTY).all()

    def modules(self) -> dict[str, Module]:
        """The modules of all programs by id; where two share one id, that of the last program."""
        if "modules" not in self._memo:
            programs = self.all(Program)
            self._memo["modules"] = {each.id: each for one in programs for each in one.modules}
        return cast("dict[str, Module]", self._memo["modules"])

    # Keeping history

    def record(
        self, *items: Item, recorded_at: datetime, actor: str | None = None
    ) -> "Portfolio":
        """Keep new facts, or what a verb proposes, all or nothing.

        Facts already known change nothing. Raises InvariantError where `recorded_at` lies before
        the last record, where two values share an id, or for something that is not a fact;
        StaleProposal, IllegalTransition or NotFound where a proposal no longer fits. Costs one
        pass over the items plus O(log n) amortized each, whatever the portfolio holds.
        """
        moment = self._moment(recorded_at, actor)
        new = news(self, items)
        if not new:
            return self
        step = (Batch(recorded_at=moment, actor=actor, values=sorted_values(new)),)
        return Portfolio(with_step(self._chunks, step), _with_values(self._tables, step))

    def _moment(self, recorded_at: datetime, actor: str | None) -> datetime:
        problems: list[Problem] = []
        moment = Instant().settle(recorded_at, "recorded_at", problems)
        if isinstance(moment, datetime) and moment < last_instant(self._chunks):
            rule = "must not lie before what was recorded last"
            problems.append(Problem(path="recorded_at", rule=rule))
        if actor is not None and not is_id(actor):
            problems.append(Problem(path="actor", rule="must be an id, or None"))
        if problems:
            raise InvariantError("Portfolio", problems)
        return cast("datetime", moment)

    def as_of(self, instant: datetime) -> "Portfolio":
        """What was known at an instant, that instant included. O(n log n)."""
        problems: list[Problem] = []
        moment = Instant().settle(instant, "instant", problems)
        if problems:
            raise InvariantError("Portfolio", problems)
        known = cast("datetime", moment)
        return Portfolio.replay(batch for batch in self.log if instant_of(batch) <= known)

    def __eq__(self, other: object) -> bool:
        return self.log == other.log if isinstance(other, Portfolio) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.log)

    def __len__(self) -> int:
        """How many current values there are."""
        return sum(len(table.rows()) for table in self._tables.values())

    def __bool__(self) -> bool:
        return bool(self._tables)

    def __repr__(self) -> str:
        counts = (f"{kind}: {len(table.rows())}" for kind, table in sorted(self._tables.items()))
        return f"Portfolio({', '.join(counts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Portfolio.replay, (self.log,))


def _with_values(tables: dict[str, Table[Any]], step: Step) -> dict[str, Table[Any]]:
    """Tables in which the values of a step are the current ones; untouched kinds are shared."""
    by_kind: dict[str, dict[str, Noun]] = {}
    for batch in step:
        for value in batch.values:
            by_kind.setdefault(KINDS[type(value)], {})[value.id] = value
    added = {kind: tables.get(kind, _EMPTY).with_rows(rows) for kind, rows in by_kind.items()}
    return {**tables, **added}


def _holds(row: object, field: str, value: object) -> bool:
    held = getattr(row, field)
    return value in held if isinstance(held, tuple) else held == value
