"""Facts: the fact tables of a portfolio as of an instant, each built on first use and kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

import attrs

from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.impact.aggregation.cells import CellKey
from mic_core.impact.aggregation.facts import FactTable, table_of
from mic_core.impact.aggregation.group_by import Selection, TableMeasure, Window, states
from mic_core.impact.aggregation.states import MeasureState
from mic_core.impact.aggregation.survey import Survey
from mic_core.impact.currencies import ExchangeRates, with_one_currency
from mic_core.impact.tables.deliveries import (
    SessionRows,
    editions,
    meetings,
    session_rows,
    sessions,
)
from mic_core.impact.tables.enterprises import (
    Reach,
    Supported,
    annual_figures,
    deals,
    enterprises,
    reach_of,
    supported,
    supports,
)
from mic_core.impact.tables.journeys import journeys, stays
from mic_core.impact.tables.lives import enterprise_lives, seat_lives
from mic_core.impact.tables.outcomes import costs, credentials, follow_ups
from mic_core.impact.tables.participations import (
    Participation,
    employment,
    participations,
    participations_of,
)
from mic_core.impact.tables.rosters import rosters
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.impact.tables.visits import visits
from mic_core.model.expressions.measures import Where
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived


@attrs.frozen(eq=False)
class _Source:
    """A portfolio as known at an instant, and the facts that several tables share, found once."""

    portfolio: Portfolio
    as_of: datetime

    @cached_property
    def participations(self) -> tuple[Participation, ...]:
        """The participations begun by the instant."""
        return participations_of(self.portfolio, self.as_of)

    @cached_property
    def supported(self) -> tuple[Supported, ...]:
        """The supports that enterprises received."""
        return supported(self.portfolio, self.participations)

    @cached_property
    def reach(self) -> Reach:
        """The supports of each enterprise."""
        return reach_of(self.supported)

    @cached_property
    def sessions(self) -> SessionRows:
        """The rows of the sessions with a slot."""
        return session_rows(self.portfolio, self.as_of)

    @cached_property
    def visits(self) -> FactTable:
        """The table of visits."""
        return visits(self.portfolio)

    @cached_property
    def rosters(self) -> FactTable:
        """The table of rosters."""
        return rosters(self.portfolio, self.visits, self.sessions, self.as_of)


_BUILDERS: Mapping[str, Callable[[_Source], FactTable]] = MappingProxyType(
    {
        "visits": lambda known: known.visits,
        "participations": lambda known: participations(known.portfolio, known.participations),
        "sessions": lambda known: sessions(known.sessions),
        "editions": lambda known: editions(known.portfolio, known.as_of, known.sessions),
        "supports": lambda known: supports(known.portfolio, known.supported),
        "enterprises": lambda known: enterprises(known.portfolio, known.reach),
        "figures": lambda known: annual_figures(known.portfolio, known.reach),
        "deals": lambda known: deals(known.portfolio, known.reach),
        "credentials": lambda known: credentials(known.portfolio),
        "costs": lambda known: costs(known.portfolio),
        "follow_ups": lambda known: follow_ups(known.portfolio),
        "employment": lambda known: employment(known.portfolio, known.participations),
        "meetings": lambda known: meetings(known.portfolio),
        "journeys": lambda known: journeys(
            known.portfolio, known.participations, known.rosters, known.as_of
        ),
        "stays": lambda known: stays(known.portfolio, known.participations, known.as_of),
        "rosters": lambda known: known.rosters,
        "enterprise_lives": lambda known: enterprise_lives(
            known.portfolio, known.reach, known.as_of
        ),
        "seat_lives": lambda known: seat_lives(known.portfolio, known.participations, known.as_of),
    }
)


class Engine(Protocol):
    """Fact tables that an engine outside of this process has, and aggregates itself."""

    def states(
        self, window: Window, measure: TableMeasure, dimensions: Sequence[str]
    ) -> dict[CellKey, MeasureState]:
        """As `states` of a selection."""
        ...

    def survey(self, window: Window, name: str, conditions: Sequence[Where]) -> Survey:
        """As the survey of a table."""
        ...


@attrs.frozen(eq=False, repr=False)
class FactTables:
    """The fact tables behind measures: of a portfolio as of an instant, or handed in as rows.

    >>> rows = [{"fact": "attendance:a-1", "person_id": "ada", "status": "present", "heads": 1}]
    >>> FactTables.of({"visits": rows}).table("visits")
    FactTable(visits: 1 rows)
    """

    _build: Callable[[str], FactTable]
    _engine: Engine | None = None
    _tables: dict[str, FactTable] = attrs.field(factory=dict[str, FactTable], init=False)

    @classmethod
    def of(cls, tables: dict[str, list[dict[str, Any]]]) -> "FactTables":
        """Fact tables of rows by the name of their table, each a mapping of column names to values.

        Missing columns are unknown. Numbers are given as Decimal, or as whole millionths. Raises
        InvariantError for what is no mapping of names to rows, and for a table or column that is
        not in the schema. O(n).
        """
        problems: list[Problem] = []
        known = _rows_by_table(tables, problems)
        problems += [each for name, rows in known.items() for each in _problems(name, rows)]
        if problems:
            raise InvariantError("FactTables", problems)
        return cls(lambda name: table_of(TABLE_SHAPES[name], known.get(name, ())))

    def states(
        self,
        window: Window,
        measure: TableMeasure,
        dimensions: Sequence[str],
        rates: ExchangeRates | None = None,
    ) -> dict[CellKey, MeasureState]:
        """The states of a measure, found where the tables are: here, or in their engine.

        `rates` convert amounts of money row by row, for which a table of an engine is collected.
        """
        if self._engine is not None and rates is None:
            return self._engine.states(window, measure, dimensions)
        selection = Selection.of(self.table(measure.table), window)
        amounts = with_one_currency(selection.table, rates)
        return states(selection, measure, dimensions, amounts)

    def survey(self, window: Window, name: str, conditions: Sequence[Where]) -> Survey:
        """The survey of a table in a window."""
        if self._engine is not None:
            return self._engine.survey(window, name, conditions)
        return Survey.of(self.table(name), window, conditions)

    def table(self, name: str) -> FactTable:
        """A table by its name; one that an engine has is collected.

        Raises NotFound for one that the schema does not have, and ValueError where an amount has
        more than six decimals, so that it cannot be added exactly.
        """
        if name not in self._tables:
            if name not in TABLE_SHAPES:
                msg = f"there is no such table; there are {', '.join(TABLE_SHAPES)}"
                raise NotFound(msg)
            self._tables[name] = self._build(name)
        return self._tables[name]


def _rows_by_table(tables: object, problems: list[Problem]) -> dict[str, list[Any]]:
    """The rows of each table; what is no dict of names to lists of dicts is a problem."""
    given: Any = tables
    if given.__class__ is not dict:
        rule = "must be a dict of the names of tables to their rows"
        problems.append(Problem(path="tables", rule=rule))
        return {}
    known: dict[str, list[Any]] = {}
    for name, rows in given.items():
        if name.__class__ is not str:
            problems.append(Problem(path="tables", rule="must have names of tables as keys"))
        elif rows.__class__ not in {list, tuple} or any(one.__class__ is not dict for one in rows):
            problems.append(Problem(path=name, rule="must be a list of dicts"))
        else:
            known[name] = [*rows]
    return known


def _problems(name: str, rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    shape = TABLE_SHAPES.get(name)
    if shape is None:
        rule = f"must be one of {', '.join(TABLE_SHAPES)}"
        return [Problem(path=name, rule=rule)]
    known = {each.name for each in shape.columns}
    unknown = sorted({column for row in rows for column in row} - known)
    return [
        Problem(path=f"{name}.{column}", rule="must be a column of the table") for column in unknown
    ]


def facts_of(portfolio: Portfolio, as_of: datetime) -> FactTables:
    """The facts of a portfolio known at an instant, kept with it for the last instant asked."""
    return _last_known(portfolio, as_of).facts


def known_at(portfolio: Portfolio, as_of: datetime) -> Portfolio:
    """The portfolio as known at an instant; of the last instant asked, the one that is kept."""
    return _last_known(portfolio, as_of).portfolio


@attrs.frozen(eq=False)
class _Known:
    """A portfolio as known at an instant, with its facts."""

    as_of: datetime
    portfolio: Portfolio
    facts: FactTables


def _last_known(portfolio: Portfolio, as_of: datetime) -> _Known:
    """The knowledge of an instant, kept with the portfolio for the last one: tables are large."""
    kept = derived(portfolio, _no_knowledge)
    if not kept or kept[0].as_of != as_of:
        source = _Source(portfolio.as_of(as_of), as_of)
        facts = FactTables(lambda name: _BUILDERS[name](source))
        kept[:] = [_Known(as_of, source.portfolio, facts)]
    return kept[0]


def _no_knowledge(_: Portfolio) -> list[_Known]:
    return []
