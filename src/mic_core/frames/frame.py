"""Frame: the facts of a portfolio as a dataframe of the user, and measures over dataframes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mic_core.errors import InvariantError, Problem
from mic_core.fields import EXHAUSTED, Choice, Instant, Maybe, is_a, sound
from mic_core.frames.engines import EAGER, engine_like, narwhals, opened, placed_as, raise_any
from mic_core.frames.labels import DELIMITER, plain_value
from mic_core.frames.reduction import FrameEngine
from mic_core.frames.tables import EngineTable
from mic_core.impact.aggregation.columns import ColumnShape, FactColumn
from mic_core.impact.aggregation.facts import FactTable
from mic_core.impact.tables.build import FactTables, facts_of
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO


def frame(
    portfolio: Portfolio,
    table: str,
    *,
    like: Any,
    as_of: datetime | None = None,
    columns: Iterable[str] | None = None,
) -> Any:
    """The facts of one table of a portfolio as a frame of an engine, with tidy columns.

    `like` says which: a class such as `pandas.DataFrame`, `polars.LazyFrame` or `pyarrow.Table`, or
    any frame; a connection of duckdb, or a session of Spark. `as_of` of None is the instant at
    which something was recorded last. `columns` of None are all of them, personal ones included.

    Days are dates (of pandas at midnight, without a zone), numbers are decimals in their unit,
    several values of one field are one text with `;` between them; `fact_schema` has the types.

    Raises InvariantError for arguments that are none, NotFound for an unknown table, MissingExtra
    without narwhals. O(n).
    """
    facts = _facts(portfolio, as_of).table(table)
    shapes = _chosen(facts, columns)
    values = {
        each.name: [plain_value(each, label) for label in facts.columns[each.name].values()]
        for each in shapes
    }
    return placed_as(_in_memory(engine_like(like), shapes, values), like)


def coded_tables(portfolio: Portfolio, *, like: Any, as_of: datetime | None = None) -> FactTables:
    """The facts of a portfolio as whole numbers in frames of an engine, for many questions.

    Each row holds small codes; labels stay here, once each. `like` and `as_of` are as of `frame`.
    Each table is built on first use, in O(n). The result goes to `measure`.
    """
    facts = _facts(portfolio, as_of)
    engine = engine_like(like)
    kept: dict[str, EngineTable] = {}

    def built(name: str) -> EngineTable:
        if name not in kept:
            kept[name] = _coded(facts.table(name), engine, like)
        return kept[name]

    return FactTables(facts.table, FrameEngine(built))


def frame_tables(tables: Mapping[str, Any]) -> FactTables:
    """Fact tables of frames by the name of their table, wherever these came from, for `measure`.

    Frames are of pandas, polars (eager or lazy), pyarrow, duckdb or PySpark, and have columns of
    the documented tables; missing columns are unknown. Days may be dates or texts such as
    2014-09-10, numbers any finite ones in their unit. The frames must not change afterwards. Their
    engine joins, and finds distinct rows; figures are the same as of the facts as objects.

    Raises InvariantError for what is no frame, and for a table or column that is not in the schema.

    `mic.measure(mic.frame_tables({"visits": visits}), ("V2",), as_of=now)` counts visitors.
    """
    problems: list[Problem] = []
    known: dict[str, EngineTable] = {}
    for given, native in _pairs(tables):
        name: Any = Choice(tuple(TABLE_SHAPES)).settle(given, "tables", problems)
        shape = TABLE_SHAPES.get(name) if is_a(name, str) else None
        if shape is None:
            continue
        opened_frame = opened(name, native, problems)
        if problems:
            continue
        known[name] = EngineTable(shape, opened_frame)
        names = {each.name for each in shape.columns}
        problems += [
            Problem(path=f"{name}.{each}", rule="must be a column of the table")
            for each in sorted({*opened_frame.collect_schema().names()} - names)
        ]
    raise_any("frame_tables", problems)

    def read(name: str) -> FactTable:
        return known[name].read() if name in known else FactTables.of({}).table(name)

    return FactTables(read, FrameEngine(known.get))


def _pairs(tables: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The names and frames of a mapping; raises InvariantError for anything else."""
    try:
        pairs = [(name, native) for name, native in tables.items()]
    except EXHAUSTED:
        raise
    except Exception:  # noqa: BLE001  # a foreign mapping may raise anything
        pairs = None
    if pairs is None:
        rule = "must be a mapping of names to frames"
        raise InvariantError("frame_tables", [Problem(path="tables", rule=rule)])
    return pairs


def fact_schema(table: str) -> dict[str, Any]:
    """The Table Schema of a table as `frame` writes it, ready for JSON.

    After the standard of Frictionless Data (Data Package v2). Units and personal columns have
    properties of their own. Raises InvariantError for an unknown table.

    >>> [each["name"] for each in fact_schema("meetings")["fields"]][:3]
    ['fact', 'pair_id', 'session_id']
    """
    (table,) = sound("fact_schema", table=(table, Choice(tuple(TABLE_SHAPES))))
    shape = TABLE_SHAPES[table]
    fields = [_field(each) for each in shape.columns]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": shape.name,
        "description": shape.about,
        "missingValues": [""],
        "fields": fields,
    }


_TYPES = {"id": "string", "word": "string", "day": "date", "flag": "boolean", "whole": "integer",
          "number": "number"}  # fmt: skip


def _field(column: ColumnShape) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind]}
    if column.many:
        found |= {"type": "list", "itemType": "string", "delimiter": DELIMITER}
    found["description"] = column.about
    if column.unit is not None:
        found["unit"] = column.unit
    if column.least is not None:
        found["constraints"] = {"minimum": column.least}
    if column.personal:
        found["personal"] = True
    return found


def _facts(portfolio: Portfolio, as_of: datetime | None) -> FactTables:
    sound("frame", portfolio=(portfolio, PORTFOLIO), as_of=(as_of, Maybe(Instant())))
    if as_of is not None:
        return facts_of(portfolio, as_of)
    recorded = [each.recorded_at for each in portfolio.log if each.recorded_at is not None]
    if not recorded:
        rule = "must be given, since nothing says when it was recorded"
        raise InvariantError("frame", [Problem(path="as_of", rule=rule)])
    return facts_of(portfolio, recorded[-1])


def _chosen(table: FactTable, columns: Iterable[str] | None) -> list[ColumnShape]:
    shapes = [*table.shape.columns]
    if columns is None:
        return shapes
    wanted = [*columns]
    known = {each.name: each for each in shapes}
    problems = [
        Problem(path=f"{table.shape.name}.{each}", rule="must be a column of the table")
        for each in wanted
        if each not in known
    ]
    raise_any("frame", problems)
    return [known[each] for each in wanted]


def _in_memory(engine: str, shapes: list[ColumnShape], values: Mapping[str, list[Any]]) -> Any:
    """A frame in memory of declared types: an empty or unknown column would have none."""
    library = narwhals()
    if engine == "pandas":
        # Of objects first: whole numbers and flags with missing values would become floats.
        native = library.from_dict({"": list[int]()}, backend="pandas").to_native()
        types = {each.name: _PANDAS[each.kind] for each in shapes}
        return library.from_native(type(native)(values, dtype=object).astype(types))
    types = {
        "id": library.String(), "word": library.String(), "day": library.Date(),
        "flag": library.Boolean(), "whole": library.Int64(), "number": library.Decimal(38, 6),
    }  # fmt: skip
    backend = engine if engine in EAGER else "pyarrow"
    return library.from_dict(
        values, {each.name: types[each.kind] for each in shapes}, backend=backend
    )


_PANDAS = {"id": "string", "word": "string", "day": "datetime64[us]", "flag": "boolean",
           "whole": "Int64", "number": "object"}  # fmt: skip


def _coded(table: FactTable, engine: str, like: Any) -> EngineTable:
    """A table of codes: one column for each base, under a name that no column of a table has."""
    columns: dict[str, FactColumn] = {}
    codes: dict[str, list[int]] = {}
    for name, column in table.columns.items():
        base = f"codes of {column.base}"
        codes.setdefault(base, [*column.codes])
        columns[name] = FactColumn(column.shape, base, (), column.labels)
    library = narwhals()
    backend = engine if engine in EAGER else "pyarrow"
    rows = library.from_dict(codes, dict.fromkeys(codes, library.Int64()), backend=backend)
    return EngineTable(table.shape, library.from_native(placed_as(rows, like)), columns)
