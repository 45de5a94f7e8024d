"""Engines: dataframe libraries and databases behind one interface, that of narwhals.

The extra `frames` is imported here alone, on first use. Queries keep to a portable dialect: joins,
whole numbers that are added, distinct rows and group-by with the number of rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from mic_core.errors import InvariantError, MissingExtra, Problem

EAGER = ("pandas", "polars", "pyarrow")
"""Engines of which frames hold their rows in memory; polars has lazy frames as well."""

LAZY = ("polars", "duckdb", "pyspark")
"""Engines of which frames are queries, run when their rows are collected."""

_LIKE = Problem(
    path="like",
    rule="must be a class of frames, a frame, a connection of duckdb or a session of Spark",
)
_ENGINES = "must be a frame of pandas, polars, pyarrow, duckdb or PySpark"


def narwhals() -> Any:
    """The stable interface of narwhals. Raises MissingExtra where it is not installed."""
    try:
        import narwhals.stable.v2 as library  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtra("frames", "narwhals") from None
    return library


def opened(name: str, native: object, problems: list[Problem]) -> Any:
    """The frame of an engine; what is none, or one of another engine, is a problem."""
    frame = narwhals().from_native(native, pass_through=True)
    engine = engine_of(frame)
    if engine not in (LAZY if is_lazy(frame) else EAGER):
        problems.append(Problem(path=name, rule=_ENGINES, had=type(native).__name__))
    return frame


def engine_of(frame: Any) -> str:
    """The name of the engine of a frame; empty for what is none."""
    return str(getattr(getattr(frame, "implementation", None), "value", "")).lower()


def is_lazy(frame: Any) -> bool:
    """True if a frame is a query that has not been run."""
    return isinstance(frame, narwhals().LazyFrame)


def collected(frame: Any) -> Any:
    """The rows of a frame in memory."""
    return frame.collect() if is_lazy(frame) else frame


def rows_of_frame(frame: Any, names: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    """The rows of a frame, as plain values; None where one is missing. O(rows)."""
    found = collected(frame.select(*names))
    return zip(*(_plain(found.get_column(name).to_list()) for name in names), strict=True)


def _plain(values: list[Any]) -> list[Any]:
    return [None if _is_missing(each) else each for each in values]


def _is_missing(value: Any) -> bool:
    """True for None and the marks of a missing value: NaN, NaT, and pandas.NA, which has no truth.

    >>> _is_missing(float("nan")), _is_missing(0)
    (True, False)
    """
    try:
        return value is None or bool(value != value)  # noqa: PLR0124  # NaN differs from itself
    except TypeError:
        return True


def numbered(like: Any, codes: Sequence[int], name: str) -> Any:
    """A frame in memory with one column of whole numbers, of the engine that collects `like`."""
    library = narwhals()
    backend = engine_of(like)
    backend = backend if backend in EAGER else "pyarrow"
    return library.from_dict({name: codes}, {name: library.Int64()}, backend=backend)


def with_digits(frame: Any, digits: Sequence[int], name: str) -> Any:
    """A frame in memory with one more column of whole numbers."""
    library = narwhals()
    column = library.new_series(name, digits, library.Int64(), backend=frame.implementation)
    return frame.with_columns(column)


def in_engine_of(small: Any, frame: Any) -> Any:
    """A small frame in memory, where a frame can be joined with it: in its engine and session."""
    library = narwhals()
    if not is_lazy(frame):
        return small
    match engine_of(frame):
        case "duckdb":
            # A relation does not tell its connection, but its queries run there: they find the
            # rows by the name of this variable.
            small_rows = small.to_native()  # noqa: F841  # pyright: ignore[reportUnusedVariable]
            return library.from_native(frame.to_native().query("frame", "SELECT * FROM small_rows"))
        case "pyspark":
            return small.lazy("pyspark", session=frame.to_native().sparkSession)
        case _:
            return small.lazy()


def engine_like(like: Any) -> str:
    """The engine of a class, frame, connection or session; raises InvariantError for others."""
    kind = like if isinstance(like, type) else type(like)
    name = kind.__module__.partition(".")[0].lstrip("_")
    if name not in {*EAGER, "duckdb", "pyspark"} or (name == "pyspark" and like is kind):
        raise InvariantError("frame", [_LIKE])
    return name


def placed_as(rows: Any, like: Any) -> Any:
    """The native frame of rows in memory, in the engine and the session of `like`."""
    kind: type = like if isinstance(like, type) else type(like)
    match engine_like(like):
        case "polars" if kind.__name__ == "LazyFrame":
            return rows.lazy().to_native()
        case "duckdb" if like is not kind and hasattr(like, "from_arrow"):
            connection: Any = like
            return connection.from_arrow(rows.to_native())
        case "duckdb":
            return rows.lazy("duckdb").to_native()
        case "pyspark":
            session = getattr(like, "sparkSession", like)
            return rows.lazy("pyspark", session=session).to_native()
        case _:
            return rows.to_native()


def raise_any(where: str, problems: Sequence[Problem]) -> None:
    """Raise InvariantError if there is any problem."""
    if problems:
        raise InvariantError(where, [*problems])
