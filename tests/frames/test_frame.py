"""Frames: tidy columns in each engine, their schema, and tables that somebody hands in."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Center,
    FactTables,
    InvariantError,
    MissingExtra,
    Portfolio,
    coded_tables,
    fact_schema,
    frame,
    frame_tables,
    measure,
)
from mic_core.frames import engines
from mic_core.frames.labels import joined_values, label_of, split_values
from mic_core.impact.tables.build import facts_of
from mic_core.impact.tables.shapes import TABLE_SHAPES, VISITS_SHAPE
from mic_core.model import count, distinct, latest, ratio, share, stated, total, where
from mic_core.samples import brussels_2014
from tests.frames.installed import INSTALLED, LIKES, figures
from tests.impact.camp import AT, custom

VISITS: list[dict[str, Any]] = [
    {"fact": "a:1", "person_id": "ada", "status": "present", "day": date(2014, 9, 10)},
    {"fact": "a:2", "person_id": "bob", "status": "absent", "day": None},
    {"fact": "a:3", "person_id": None, "status": "present", "day": date(2014, 10, 1)},
]


def polars() -> Any:
    """The library polars."""
    return pytest.importorskip("polars", reason="polars is not installed")


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.parametrize("table", sorted(TABLE_SHAPES))
def test_tables_survive_every_engine(name: str, table: str) -> None:
    """Days, decimals, flags and several values come back from an engine as they went in."""
    season = brussels_2014()
    tidy = frame_tables({table: frame(season, table, like=LIKES[name](), as_of=AT)})
    rows = sorted(tidy.table(table).rows(), key=str)
    assert rows == sorted(facts_of(season, AT).table(table).rows(), key=str)


@pytest.mark.parametrize("name", INSTALLED)
def test_decimals_are_exact(name: str) -> None:
    """Numbers of the sixth decimal, and far beyond a float, are not rounded on the way."""
    amounts = (Decimal("0.000001"), Decimal("12345678901234567.891"), None)
    rows = [
        {"fact": f"c:{n}", "amount": amount, "currency": "EUR", "day": date(1500 + n, 1, 1)}
        for n, amount in enumerate(amounts)
    ]
    tables = FactTables.of({"costs": rows})
    pl = polars()
    schema = {"fact": pl.String, "amount": pl.Decimal(38, 6), "currency": pl.String, "day": pl.Date}
    given_frame: Any = pl.DataFrame(rows, schema=schema)
    if name == "pandas":
        given_frame = LIKES[name]()({key: [row[key] for row in rows] for key in schema})
    elif name == "polars lazy":
        given_frame = given_frame.lazy()
    elif name == "pyarrow":
        given_frame = given_frame.to_arrow()
    elif name == "duckdb":
        given_frame = LIKES[name]().from_arrow(given_frame.to_arrow())
    own = custom(total("costs", "amount"))
    expected = figures(measure(tables, own, as_of=AT))
    assert figures(measure(frame_tables({"costs": given_frame}), own, as_of=AT)) == expected


def test_the_schema_is_a_table_schema() -> None:
    """Each column has a type of the standard; units, lists and personal columns are marked."""
    for name, shape in TABLE_SHAPES.items():
        schema = json.loads(json.dumps(fact_schema(name)))
        assert [each["name"] for each in schema["fields"]] == [each.name for each in shape.columns]
    fields = {each["name"]: each for each in fact_schema("visits")["fields"]}
    assert fields["edition_id"]["type"] == "list"
    assert fields["day"]["type"] == "date"
    assert fields["person_id"]["personal"] is True
    assert fields["minutes"] | {"description": ""} == {
        "name": "minutes", "type": "integer", "description": "", "unit": "minutes",
        "constraints": {"minimum": 0},
    }  # fmt: skip
    with pytest.raises(InvariantError):
        fact_schema("visit")


@given(st.lists(st.text(min_size=1), max_size=4).map(tuple))
def test_several_values_are_one_text(values: tuple[str, ...]) -> None:
    """Any values come back from one text, those with a delimiter too."""
    assert split_values(joined_values(values) or "") == values


def test_columns_are_chosen_by_name() -> None:
    """Only the columns that are named are there; one that the table lacks is refused."""
    found = frame(brussels_2014(), "visits", like=polars().DataFrame, as_of=AT, columns=("day",))
    assert found.columns == ["day"]
    with pytest.raises(InvariantError, match=r"visits\.name"):
        frame(brussels_2014(), "visits", like=polars().DataFrame, as_of=AT, columns=("name",))


def test_without_an_instant_it_is_that_of_the_last_recording() -> None:
    """A portfolio that says when it was recorded needs no instant; another one does."""
    like, later = polars().DataFrame, AT + timedelta(days=9)
    center = brussels_2014().all(Center)[0]
    recorded = brussels_2014().record(attrs.evolve(center, name="New"), recorded_at=later)
    found = frame(recorded, "visits", like=like)
    assert found.equals(frame(recorded, "visits", like=like, as_of=later))
    with pytest.raises(InvariantError, match="as_of"):
        frame(Portfolio.of(), "visits", like=like)


@pytest.mark.parametrize("like", [7, "pandas", dict, object()])
def test_what_is_no_engine_is_refused(like: object) -> None:
    """A frame is asked for by a class, a frame, a connection or a session."""
    with pytest.raises(InvariantError, match="like"):
        frame(brussels_2014(), "visits", like=like, as_of=AT)


@pytest.mark.parametrize(
    ("tables", "path"),
    [
        ([], "tables"), ({"visit": None}, "visit"), ({"visits": 7}, "visits"),
        ({"visits": "columns"}, r"visits\.name"), ({1: None}, "1"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tables: Any, path: str) -> None:
    """Tables are frames by name, with columns of the schema; every other thing is a problem."""
    if tables == {"visits": "columns"}:
        tables = {"visits": polars().DataFrame({"name": ["Ada"]})}
    with pytest.raises(InvariantError, match=path):
        frame_tables(tables)


class _Exhausted(dict[str, Any]):
    """A mapping for which memory does not suffice."""

    def items(self) -> Any:
        raise MemoryError


def test_exhaustion_is_not_hidden() -> None:
    """A mapping whose items take all memory is no wrong argument."""
    with pytest.raises(MemoryError):
        frame_tables(_Exhausted())


def _status(native: Any, measured: Any) -> Any:
    (result,) = measure(frame_tables({"visits": native}), custom(measured), as_of=AT)
    return result


def test_columns_of_another_kind_are_refused_by_name() -> None:
    """An indicator over instants in place of days, lists or wrong grades says so; others run."""
    pl = polars()
    instants = pl.DataFrame({"fact": ["a:1"], "day": [datetime(2014, 9, 10, 18, tzinfo=UTC)]})
    refused = _status(instants, count("visits"))
    assert refused.status == "refused"
    assert "visits.day must hold days" in str(refused.reason)
    lists = pl.DataFrame({"fact": ["a:1"], "topic": [["a", "b"]]})
    assert "visits.topic holds List" in str(
        _status(lists, count("visits", where("topic", "==", "a"))).reason
    )
    assert _status(lists, count("visits")).value == 1
    grades = pl.DataFrame({"fact": ["a:1"], "evidence": ["seen"]})
    assert "grades of evidence" in str(_status(grades, count("visits")).reason)
    fine = pl.DataFrame({"fact": ["a:1"], "minutes": [1.5]})
    assert "whole numbers" in str(_status(fine, total("visits", "minutes")).reason)
    assert _status(fine, stated()).status == "refused"
    costs = pl.DataFrame({"amount": [0.00000001]})
    (result,) = measure(frame_tables({"costs": costs}), custom(total("costs", "amount")), as_of=AT)
    assert "six decimals" in str(result.reason)


def test_too_many_cells_are_refused() -> None:
    """Dimensions whose cells an engine cannot number in 64 bits are refused, and said so."""
    pl = polars()
    n = 3000
    names = ("fact", "session_id", "series_id", "person_id", "center_id", "region")
    many = pl.DataFrame({each: [f"{each}{k}" for k in range(n)] for each in names})
    (result,) = measure(
        frame_tables({"visits": many}), custom(count("visits")), as_of=AT, by=names[:6]
    )
    assert "too many cells" in str(result.reason)


@pytest.mark.parametrize(
    ("column", "value", "label"),
    [
        ("day", "2014-09-10", date(2014, 9, 10)),
        ("day", datetime.fromisoformat("2014-09-10"), date(2014, 9, 10)),
        ("minutes", 90.0, 90), ("person_id", 7, "7"), ("topic", ("a", "b"), ("a", "b")),
        ("heads", Decimal(3), 3), ("evidence", "claimed", "claimed"),
    ],
)  # fmt: skip
def test_values_become_labels(column: str, value: Any, label: Any) -> None:
    """Values are read as engines and readers of CSV write them."""
    shape = VISITS_SHAPE.column(column)
    assert shape is not None
    assert label_of(VISITS_SHAPE, shape, value) == label


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("visits", "day", 7), ("visits", "day", "yesterday"), ("visits", "minutes", True),
        ("visits", "person_id", 1.5), ("sessions", "delivered", 1), ("costs", "amount", True),
        ("costs", "amount", float("inf")), ("costs", "amount", "12"),
    ],
)  # fmt: skip
def test_values_of_another_kind_are_none(table: str, column: str, value: Any) -> None:
    """A value that a column cannot hold is an error that names both."""
    shape = TABLE_SHAPES[table]
    found = shape.column(column)
    assert found is not None
    with pytest.raises(ValueError, match=rf"{table}\.{column}"):
        label_of(shape, found, value)


@pytest.mark.parametrize("name", INSTALLED)
def test_rows_without_columns_are_unknown(name: str) -> None:
    """Missing columns, missing tables and missing values are unknown, as in rows."""
    rows, like = FactTables.of({"visits": VISITS}), LIKES[name]()
    pl = polars()
    native: Any = pl.DataFrame(VISITS)
    if name == "pandas":
        native = like({key: [row[key] for row in VISITS] for key in VISITS[0]})
    elif name == "polars lazy":
        native = native.lazy()
    elif name != "polars":
        arrow = native.to_arrow()
        native = like.from_arrow(arrow) if name == "duckdb" else arrow
    tables = frame_tables({"visits": native})
    measures = (
        count("visits"), distinct("visits", "person_id"),
        distinct("visits", ("person_id", "topic")),
        distinct("visits", "month"), distinct("visits", "mode"), total("visits", "minutes"),
        latest("visits", "heads", "person_id"), count("costs"),
        share("visits", having=where("status", "==", "present"), key="person_id"),
        share("visits", having=where("mode", "==", "online")),
        ratio(count("visits", where("status", "!=", "absent")), distinct("costs", "fact")),
    )  # fmt: skip
    for each in measures:
        for by in ((), ("month",), ("status", "region")):
            expected = figures(measure(rows, custom(each), as_of=AT, by=by))
            assert figures(measure(tables, custom(each), as_of=AT, by=by)) == expected
    (result,) = measure(tables, custom(count("visits")), as_of=AT)
    assert result.explain(tables).facts == ("a:1", "a:2", "a:3")


def test_coded_tables_can_be_explained() -> None:
    """The facts behind a figure of kept columns are those of the portfolio."""
    season = brussels_2014()
    kept = coded_tables(season, like=polars().DataFrame, as_of=AT)
    result = measure(kept, "P5", as_of=AT).get("P5")
    assert result is not None
    assert result.explain(kept) == result.explain(season)


def test_without_narwhals_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library of the extra the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "narwhals.stable.v2", None)
    with pytest.raises(MissingExtra, match=r"mic_core\[frames\]"):
        engines.narwhals()


def test_amounts_of_an_unknown_currency_are_unknown() -> None:
    """An amount without a currency is not known, unless it is 0, as in rows."""
    rows = [
        {"fact": f"d:{n}", "enterprise_id": f"e{n}", "amount": Decimal(amount),
         "currency": currency, "day": date(2014, 1, 1 + n)}
        for n, (amount, currency) in enumerate((("5", "EUR"), ("7", None), ("0", None)))
    ]  # fmt: skip
    native = polars().DataFrame(rows)
    for each in (total("deals", "amount"), latest("deals", "amount", "enterprise_id")):
        for by in ((), ("currency",), ("month",)):
            expected = figures(
                measure(FactTables.of({"deals": rows}), custom(each), as_of=AT, by=by)
            )
            tables = frame_tables({"deals": native})
            assert figures(measure(tables, custom(each), as_of=AT, by=by)) == expected
