"""Each kind of measure on each engine, over the facts of a season and over rows of unknowns."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mic_core import FactTables, Period, Portfolio, Project, SurvivalMeasure, frame_tables, measure
from mic_core.frames import engines
from mic_core.model import change, count, distinct, latest, median, share, total, where
from mic_core.samples import brussels_2014
from tests.frames.installed import INSTALLED, LIKES, WAYS, figures, tables_in
from tests.impact.camp import AT, custom

HEADS: list[dict[str, Any]] = [
    {"fact": "a:1", "person_id": "ada", "status": "present", "mode": "online", "heads": 1,
     "minutes": 60, "evidence": "verified", "day": date(2014, 9, 10)},
    {"fact": "a:2", "person_id": None, "status": None, "mode": None, "heads": 7, "crowd": 9,
     "minutes": None, "evidence": "claimed", "day": date(2014, 9, 11)},
    {"fact": "a:3", "person_id": "ada", "status": "absent", "mode": None, "heads": 1,
     "minutes": 90, "evidence": None, "day": date(2014, 10, 1)},
]  # fmt: skip
ENTERPRISES: list[dict[str, Any]] = [
    {"fact": f"e:{n}", "enterprise_id": f"e{n}", "day": date(2014, 1, 1 + n), "currency": currency,
     "staff_before": before, "staff_after": after, "turnover_before": before,
     "turnover_after": after}
    for n, (before, after, currency) in enumerate(
        (
            (Decimal(1), Decimal("2.5"), "EUR"), (None, Decimal(3), "EUR"),
            (Decimal(2), Decimal("1.5"), None), (None, Decimal(0), "EUR"),
        )
    )
]  # fmt: skip


LIVES: list[dict[str, Any]] = [
    {"fact": f"l:{n}", "entered": 0, "left": left, "has_ended": ended, "is_lost": False,
     "left_on": date(2014, 1, 1 + n)}
    for n, (left, ended) in enumerate(((3000, True), (3000, True), (9000, False), (None, True)))
]  # fmt: skip


@pytest.mark.parametrize("name", [each for each in INSTALLED if each in {"pandas", "polars"}])
def test_survival_agrees(name: str) -> None:
    """Lives are counted by their times and ends; one of unknown time is unknown, as in rows."""
    rows = FactTables.of({"enterprise_lives": LIVES})
    like = LIKES[name]()
    native = like({key: [each[key] for each in LIVES] for key in LIVES[0]})
    tables = frame_tables({"enterprise_lives": native})
    for lost in ("is_lost", None):
        own = custom(
            SurvivalMeasure(table="enterprise_lives", months=3, lost_to_follow_up=lost),
            unit="share",
        )
        expected = figures(measure(rows, own, as_of=AT))
        assert figures(measure(tables, own, as_of=AT)) == expected


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_one_fact_are_several_unknowns(way: str) -> None:
    """A project of two partners is two supports: their unknown kinds may be two kinds."""
    portfolio = Portfolio.of(
        Project(id="p", call_id="c", title="P", organizations=("a", "b"),
                period=Period(date(2014, 1, 1)))
    )  # fmt: skip
    own = custom(distinct("supports", "kind"))
    found = figures(measure(tables_in(way, portfolio), own, as_of=AT))
    assert found == figures(measure(portfolio, own, as_of=AT))
    assert found[0][2].most == 2


@pytest.mark.parametrize("way", WAYS)
def test_each_kind_of_measure_agrees(way: str) -> None:
    """Sums, medians, keys of several columns and conditions on nameless heads agree by cell."""
    season = brussels_2014()
    tables = tables_in(way, season)
    in_person = where("mode", "==", "in_person")
    for each in (
        total("visits", "minutes"), median("sessions", "minutes"),
        distinct("visits", "person_id"), distinct("visits", "gender"),
        distinct("visits", ("person_id", "topic")), distinct("visits", "person_id", in_person),
        distinct("visits", "person_id", where("status", "==", "nowhere")),
        share("visits", having=in_person, key="person_id"),
        share("visits", having=where("status", "==", "present")),
    ):  # fmt: skip
        for grade in (None, "documented", "verified"):
            for by in ((), ("month", "gender"), ("topic",)):
                own = custom(each, minimum_evidence=grade)
                expected = figures(measure(season, own, by=by, as_of=AT))
                assert figures(measure(tables, own, by=by, as_of=AT)) == expected


def test_whole_numbers_are_in_their_unit() -> None:
    """Medians, changes and stocks of whole numbers are those numbers, as their sums are."""
    rows = FactTables.of({"visits": HEADS})
    for each, value in (
        (median("visits", "minutes"), 75), (total("visits", "minutes"), 150),
        (change("visits", "heads", "crowd"), 2), (latest("visits", "heads", "fact"), 9),
    ):  # fmt: skip
        (result,) = measure(rows, custom(each), as_of=AT)
        assert result.value == value


@pytest.mark.parametrize("name", [each for each in INSTALLED if each in {"pandas", "polars"}])
def test_unknowns_agree(name: str) -> None:
    """Nameless heads, unknown conditions, currencies and values count as in rows."""
    rows = FactTables.of({"visits": HEADS, "enterprises": ENTERPRISES})
    frames = {
        "visits": {key: [each.get(key) for each in HEADS] for key in HEADS[1]},
        "enterprises": {key: [each[key] for each in ENTERPRISES] for key in ENTERPRISES[0]},
    }
    like = LIKES[name]()
    tables = frame_tables({table: like(columns) for table, columns in frames.items()})
    online = where("mode", "==", "online")
    for each in (
        count("visits", online), distinct("visits", "person_id"),
        distinct("visits", "person_id", online), median("visits", "minutes"),
        share("visits", having=online, key="person_id"), total("visits", "minutes"),
        latest("visits", "heads", "person_id"), change("visits", "heads", "crowd"),
        change("enterprises", "staff_before", "staff_after"),
        change("enterprises", "staff_before", "staff_after", summary="gains"),
        change("enterprises", "turnover_before", "turnover_after", summary="median"),
        median("enterprises", "turnover_after"), total("enterprises", "turnover_after"),
    ):  # fmt: skip
        for grade in (None, "documented"):
            for by in ((), ("month",)):
                own = custom(each, minimum_evidence=grade)
                expected = figures(measure(rows, own, by=by, as_of=AT))
                assert figures(measure(tables, own, by=by, as_of=AT)) == expected


def _taken(_: Any, rows: tuple[Any, ...]) -> tuple[Any, ...]:
    return ("connection", *rows)


def _always(_: Any) -> bool:
    return True


def _name_of(frame: Any) -> Any:
    return frame.name


def _returning(value: Any) -> Any:
    def method(*_: Any) -> Any:
        return value

    return method


class _Rows:
    """Rows in memory that remember where they were placed."""

    def __init__(self, place: tuple[Any, ...] = ("memory",)) -> None:
        self.place = place

    def lazy(self, *engine: str, **session: Any) -> "_Rows":
        return _Rows((*engine, *session.values()))

    def to_native(self) -> tuple[Any, ...]:
        return self.place


def _native(module: str, **members: Any) -> Any:
    """An object of a class of a library that may not be installed."""
    return type("Native", (), {"__module__": module, **members})()


def test_rows_are_placed_where_the_user_is() -> None:
    """A connection and a session get the rows; a class of duckdb has its default connection."""
    rows = _Rows()
    taken = _native("_duckdb", from_arrow=_taken)
    assert engines.placed_as(rows, taken) == ("connection", "memory")
    assert engines.placed_as(rows, type(taken)) == ("duckdb",)
    assert engines.placed_as(rows, _native("_duckdb")) == ("duckdb",)
    session = _native("pyspark.sql.session")
    assert engines.placed_as(rows, session) == ("pyspark", session)
    of_session = _native("pyspark.sql.dataframe", sparkSession=session)
    assert engines.placed_as(rows, of_session) == ("pyspark", session)
    assert engines.placed_as(rows, _native("pyarrow.lib")) == ("memory",)


def test_small_frames_go_to_the_session_of_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small frame is joined in the connection or the session that a query belongs to."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    monkeypatch.setattr(engines, "is_lazy", _always)
    monkeypatch.setattr(engines, "engine_of", _name_of)
    found = polars.DataFrame({"a": [1]})
    relation = _native("_duckdb", query=_returning(found))
    query = _native("narwhals", name="duckdb", to_native=_returning(relation))
    assert engines.in_engine_of(_Rows(), query).to_native() is found
    spark = _native("pyspark.sql.dataframe", sparkSession="session")
    query = _native("narwhals", name="pyspark", to_native=_returning(spark))
    assert engines.in_engine_of(_Rows(), query).to_native() == ("pyspark", "session")
