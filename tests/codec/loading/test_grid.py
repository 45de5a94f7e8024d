"""Tables of every kind: dicts, rows of databases, cursors, and the dataframes of four libraries."""

import csv
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mic_core import InvariantError, MicError
from mic_core.codec.loading.grid import columns_in
from tests.codec.loading.loads import load
from tests.impact.boostcamps import CENTER, PROGRAM, TABLES, load_boostcamps

ROWS: list[dict[str, Any]] = [{"a": "1", "b": "x"}, {"a": "2", "b": None}]
COLUMNS = {"a": ["1", "2"], "b": ["x", None]}


class Frame:
    """As a lazy frame is: the rows are collected, and have `asDict`."""

    class Row(dict[str, Any]):
        """A row of such a frame."""

        def asDict(self) -> dict[str, Any]:  # noqa: N802  # as PySpark has it
            return dict(self)

    def collect(self) -> list[Any]:
        return [Frame.Row(**row) for row in ROWS]


class Split:
    """As pandas is: a frame that is asked for its columns and rows."""

    def __init__(self, *headers: str) -> None:
        self.headers = headers

    def to_dict(self, orient: str) -> dict[str, Any]:
        assert orient == "split"
        return {"columns": [*self.headers], "data": [["1", "x"], ["2", None]]}


class Indexed(Split):
    """The same with the first column as its index."""

    class Index:
        """An index with a name."""

        names = ("a",)

    index = Index()

    def reset_index(self) -> Split:
        return Split("a", "b")


class Empty(Split):
    """The same without rows."""

    def to_dict(self, orient: str) -> dict[str, Any]:
        return {**super().to_dict(orient), "data": []}


class Wrapped:
    """As narwhals is: the frame of another library within."""

    def to_native(self) -> Any:
        return ROWS


class Raising:
    """A table that breaks down when it is read."""

    def __iter__(self) -> Any:
        message = "Ada Lovelace"
        raise RuntimeError(message)


class Endless:
    """A table whose rows are another such table, and so on."""

    def collect(self) -> Any:
        return Endless()


def cursor() -> sqlite3.Cursor:
    return sqlite3.connect(":memory:").execute("select '1' as a, 'x' as b union select '2', null")


class Named(NamedTuple):
    """As some libraries of databases make rows."""

    a: str
    b: str | None


def named() -> list[Named]:
    return [Named("1", "x"), Named("2", None)]


def mapped() -> list[Any]:
    base = sqlite3.connect(":memory:")
    base.row_factory = sqlite3.Row
    return base.execute("select '1' as a, 'x' as b union select '2', null").fetchall()


@pytest.mark.parametrize(
    "table",
    [
        *(ROWS, COLUMNS, iter(ROWS), Frame(), Wrapped(), Split("a", "b"), Indexed()),
        *(cursor(), named(), mapped()),
    ],
)
def test_all_kinds_of_tables_are_columns(table: object) -> None:
    """Rows, columns, cursors and frames are read by what they offer."""
    grid = columns_in("t", table)
    assert (dict(grid.columns), grid.rows, grid.ragged) == (COLUMNS, 2, ())


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "duckdb", "narwhals"])
def test_dataframes_load_as_their_csv_files_do(library: str, shared_data: Path) -> None:
    """The Boostcamps read by a library of dataframes are the same portfolio as rows of text."""
    module: Any = pytest.importorskip(library)
    pandas: Any = pytest.importorskip("pandas")
    folder = shared_data / "boostcamps"

    def read(name: str) -> Any:
        path = str(folder / f"{name}.csv")
        match library:
            case "pandas":
                return module.read_csv(path)
            case "polars":
                return module.scan_csv(path, infer_schema_length=None)
            case "pyarrow":
                return pytest.importorskip("pyarrow.csv").read_csv(path)
            case "duckdb":
                return module.read_csv(path, all_varchar=True)
            case _:
                return module.from_native(pandas.read_csv(path))

    tables = {name: read(name) for name in TABLES}
    loaded = load_boostcamps(folder)
    from mic_core import from_tables

    other = from_tables(tables, center=CENTER, program=PROGRAM)
    assert other.portfolio == loaded.portfolio
    assert other.report.counts == loaded.report.counts


def test_a_frame_with_one_name_twice_is_refused() -> None:
    """A column would be lost without a word."""
    with pytest.raises(InvariantError):
        load({"attendance": Split("session", "session")})


def test_an_empty_frame_has_its_columns() -> None:
    """No row is lost where there is none, and headers are known."""
    grid = columns_in("t", Empty("a", "b"))
    assert (dict(grid.columns), grid.rows) == ({"a": [], "b": []}, 0)


def test_rows_may_have_different_keys() -> None:
    """A key that a row lacks is a missing cell of it, also where the numbers of keys agree."""
    assert dict(columns_in("t", [{"a": 1, "b": 2}, {"a": 3, "c": 4}]).columns) == {
        "a": [1, 3], "b": [2, None], "c": [None, 4],
    }  # fmt: skip
    assert dict(columns_in("t", [{"a": 1}, {"b": 2, "a": 3}]).columns) == {
        "a": [1, 3],
        "b": [None, 2],
    }


def test_cells_beyond_the_headers_are_noticed() -> None:
    """A row of a CSV file with more cells than headers is ragged; one with fewer is filled."""
    grid = columns_in("t", csv.DictReader(["a,b", "1,2,3", "4"]))
    assert grid.ragged == (0,)
    assert dict(grid.columns) == {"a": ["1", "4"], "b": ["2", None]}


@pytest.mark.parametrize(
    "table",
    [
        5,
        None,
        "abc",
        b"abc",
        [5],
        Raising(),
        {"a": [1], "b": []},
        {"a": "text"},
        {"a": 5},
        {1: [1], "1": [2]},
    ],
)
def test_other_values_are_no_tables(table: object) -> None:
    """The table is named in an error without what is in it."""
    with pytest.raises(InvariantError, match=r"tables\.t: must be rows") as caught:
        columns_in("t", table)
    assert caught.value.__context__ is None or "Ada" not in str(caught.value)


def test_the_end_of_the_stack_is_no_error_of_a_table() -> None:
    """Exhaustion is raised as it is."""
    with pytest.raises(RecursionError):
        columns_in("t", Endless())


def test_no_table_is_a_portfolio_of_center_and_program() -> None:
    """An empty load is no error."""
    assert len(load({}).portfolio) == 2
    assert load({"attendance": []}).report.ok
    with pytest.raises(MicError):
        load(None)
