"""Duck typing of tables: rows of text, database rows and dataframes as columns of plain cells.

No library of dataframes is imported. A table is recognized by the methods that its kind has:
`to_native` of narwhals, `to_pylist` of Arrow, `to_dicts` of Polars, `to_dict` of pandas, `collect`
of a lazy or distributed frame, `fetchall` with `description` or `columns` of a cursor or a
relation; all else is iterated.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any, cast

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import EXHAUSTED, is_a

ColumnCells = list[Any]
"""The cells of one column, one for each row."""

_RULE = "must be rows by column, a dataframe, or a mapping of columns"


@attrs.frozen(eq=False)
class TableGrid:
    """A table by columns: the header of each with its cells, and the number of rows.

    `ragged` are the numbers of rows with more cells than there are headers.
    """

    columns: Mapping[str, ColumnCells]
    rows: int
    ragged: tuple[int, ...] = ()


def columns_in(name: str, table: object) -> TableGrid:
    """The columns of a table of any kind; raises InvariantError for what is no table.

    O(rows times columns). A one-shot iterator, such as a reader of CSV, is read to its end.
    """
    try:
        grid = _columns(_plain(table))
    except EXHAUSTED:
        raise
    except Exception:  # noqa: BLE001  # a foreign table may raise anything, perhaps with its texts
        grid = None
    if grid is None:
        raise InvariantError("from_tables", [Problem(path=f"tables.{name}", rule=_RULE)])
    return grid


def _plain(table: object) -> object:
    """Rows or columns of built-in types, from whatever offers them."""
    for name in ("to_native", "to_pylist", "to_dicts"):
        method = _method(table, name)
        if method is not None:
            return _plain(method())
    if _method(table, "to_dict") is not None:
        return _pandas_columns(table)
    collect = _method(table, "collect")
    if collect is not None:
        return _plain(collect())
    fetch = _method(table, "fetchall")
    if fetch is not None:
        listed = _cursor_names(table)
        return [dict(zip(listed, row, strict=True)) for row in fetch()]
    return table


def _method(table: object, name: str) -> Any:
    """A method of the class of a value; None where it has none."""
    return getattr(table, name) if callable(getattr(type(table), name, None)) else None


def _pandas_columns(table: Any) -> dict[str, ColumnCells]:
    """The columns of a pandas dataframe, those of an index with a name included."""
    named = getattr(getattr(table, "index", None), "names", ())
    if any(name is not None for name in named):
        table = table.reset_index()
    listed = table.to_dict(orient="split")
    names = cast("list[object]", listed["columns"])
    columns: list[ColumnCells] = [[] for _ in names]
    if listed["data"]:
        columns = [list(cells) for cells in zip(*listed["data"], strict=True)]
    return dict(zip(_distinct(names), columns, strict=True))


def _cursor_names(table: Any) -> list[str]:
    described = getattr(table, "description", None)
    names = [each[0] for each in described] if described else [*table.columns]
    return _distinct(names)


def _distinct(names: Iterable[object]) -> list[str]:
    """Headers as texts; a repeated one is refused, since one of its columns would be lost."""
    texts = [str(each) for each in names]
    if len(set(texts)) < len(texts):
        raise ValueError
    return texts


def _columns(table: object) -> TableGrid | None:
    if isinstance(table, Mapping):
        return _from_columns(cast("Mapping[object, Any]", table))
    if is_a(table, str) or is_a(table, bytes) or not hasattr(type(table), "__iter__"):
        return None
    rows = [*cast("Iterable[Any]", table)]
    dicts = rows if set(map(type, rows)) <= {dict} else [_row(each) for each in rows]
    return _from_rows(dicts)


def _from_columns(table: Mapping[object, Any]) -> TableGrid | None:
    """A mapping of columns, all of one length."""
    columns = {header: [*cells] for header, cells in table.items() if not is_a(cells, str)}
    lengths = {len(cells) for cells in columns.values()}
    if len(lengths) > 1 or len(columns) < len(table):
        return None
    return TableGrid(
        dict(zip(_distinct(columns), columns.values(), strict=True)), max(lengths, default=0)
    )


def _row(row: Any) -> dict[Any, Any]:
    """A row of a database as a dict: a mapping, a row with `keys`, or one with `asDict`."""
    named = _method(row, "asDict") or _method(row, "_asdict")
    return named() if named is not None else dict(row)


def _from_rows(rows: Sequence[dict[Any, Any]]) -> TableGrid:
    """Rows as columns. `csv.DictReader` keeps cells beyond the headers under the key None."""
    headers: dict[Any, None] = dict.fromkeys(rows[0]) if rows else {}
    if len(headers) > 1 and set(map(len, rows)) == {len(headers)} and None not in headers:
        # Rows of one length that all have the keys of the first have no others.
        with suppress(KeyError):
            cells = zip(*map(itemgetter(*headers), rows), strict=True)
            return TableGrid(
                dict(zip(_distinct(headers), map(list, cells), strict=True)), len(rows)
            )
    headers = dict.fromkeys(key for row in rows for key in row if key is not None)
    columns = {
        text: [row.get(header) for row in rows]
        for text, header in zip(_distinct(headers), headers, strict=True)
    }
    ragged = tuple(n for n, row in enumerate(rows) if None in row)
    return TableGrid(columns, len(rows), ragged)
