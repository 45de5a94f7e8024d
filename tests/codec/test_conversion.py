"""Documents of schema 1 are converted as they are read, or refused with the paths of problems."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.local import local, zone
from mic_core.codec import dumps, from_row, loads
from mic_core.codec.explain_document import explain_document
from mic_core.codec.limits import Limits
from mic_core.errors import ParseError
from mic_core.model import (
    Indicator,
    Measure,
    Session,
    count,
    distinct,
    latest,
    median,
    stated,
    total,
    where,
)
from mic_core.portfolio import Portfolio

Row = dict[str, Any]
CENTER: Row = {"id": "c", "name": "Center", "country": "NZ", "time_zone": "Pacific/Auckland"}


def session(**fields: Any) -> Row:
    """A session of a series that began late in the evening, in UTC."""
    usual = {"id": "s", "center_id": "c", "title": "Evening", "length": "PT1H", "series_id": "w"}
    return {**usual, "original_start": "2014-09-09T18:00:00Z", **fields}


def document(*batches: Row, schema: int = 1) -> Row:
    """A document of these batches."""
    return {"format": "mic_core.portfolio", "schema": schema, "batches": list(batches)}


def read_both_ways(tree: Row) -> Portfolio:
    """What both readers make of a document; they agree."""
    quick = loads(json.dumps(tree))
    explained = Portfolio.replay(explain_document(json.loads(json.dumps(tree)), Limits()))
    assert quick == explained
    return quick


def problems(tree: Row) -> list[str]:
    """What is wrong with a document."""
    with pytest.raises(ParseError) as caught:
        loads(json.dumps(tree))
    return [str(each) for each in caught.value.problems]


def test_an_instant_becomes_the_local_date_at_the_center() -> None:
    """Tuesday evening in London is Wednesday morning in Auckland; what is written is schema 2."""
    known = read_both_ways(document({"center": [CENTER], "session": [session()]}))
    assert known.get(Session, "s").original_on == date(2014, 9, 10)
    written = json.loads(dumps(known))
    assert written["schema"] == 2
    assert written["batches"][0]["session"][0]["original_on"] == "2014-09-10"
    assert read_both_ways(written) == known


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)),  # noqa: DTZ001  # made UTC below
    st.sampled_from(("Pacific/Apia", "Europe/Brussels", "America/New_York", "Asia/Kolkata")),
)
def test_each_instant_is_on_its_day(naive: datetime, name: str) -> None:
    """The date is that which the clocks of the center showed."""
    start = naive.replace(microsecond=0, tzinfo=UTC)
    text = start.isoformat().replace("+00:00", "Z")
    tree = document(
        {"center": [{**CENTER, "time_zone": name}], "session": [session(original_start=text)]}
    )
    microseconds = (start - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000
    shown = local(int(microseconds), zone(name)).date()
    assert read_both_ways(tree).get(Session, "s").original_on == shown


def test_a_document_without_occurrences_needs_no_center() -> None:
    """Without an original start, or with none said, there is nothing to look up."""
    plain = session()
    del plain["original_start"]
    for row in (plain, session(original_start=None)):
        assert read_both_ways(document({"session": [row]})).get(Session, "s").original_on is None


def test_the_center_may_be_anywhere_and_is_as_it_was_known_then() -> None:
    """A center that moved its clocks is taken as it was when the session was recorded."""
    west = {**CENTER, "time_zone": "America/New_York"}
    early, late = "2014-01-01T00:00:00Z", "2014-08-01T00:00:00Z"
    tree = document(
        {"recorded_at": late, "session": [session(id="b")]},
        {"session": [session(id="a")]},
        {"recorded_at": late, "center": [CENTER]},
        {"recorded_at": early, "center": [west], "session": [session(id="w")]},
    )
    known = read_both_ways(tree)
    assert [each.original_on for each in known.all(Session)] == [
        date(2014, 9, 9), date(2014, 9, 10), date(2014, 9, 9),
    ]  # fmt: skip


NO_CENTER = (
    "$.batches[0].session[0].original_start: must be converted to a local date, and the document "
    "has no center of the session; add the center, with its time zone"
)
BAD_ZONE = {**CENTER, "time_zone": "Nowhere"}


@pytest.mark.parametrize(
    ("batch", "found"),
    [
        ({"session": [session()]}, [NO_CENTER]),
        ({"center": [CENTER], "session": [session(center_id="d")]}, [NO_CENTER]),
        ({"center": [CENTER], "session": [session(original_start="noon")]}, [".original_start: "]),
        ({"center": [CENTER], "session": [session(original_start=3)]}, [".original_start: must"]),
        (
            {"center": [CENTER], "session": [session(original_start="9999-12-31T23:00:00Z")]},
            [".original_start: must lie within the calendar of its center"],
        ),
        (
            {"center": [CENTER], "session": [session(center_id=3)]},
            [NO_CENTER, ".center_id: must be"],
        ),
        (
            {"center": [BAD_ZONE], "session": [session()]},
            [NO_CENTER, "$.batches[0].center[0].time_zone: must be"],
        ),
        ({"center": [3], "session": [session()]}, [NO_CENTER, "center[0]: must be an object"]),
        (
            {"center": [CENTER], "session": [session(original_on="2014-09-09")]},
            [".original_on: must not be given in schema 1; write original_start"],
        ),
        ({"center": [CENTER], "session": [session(extra=1, title=3)]}, ["known keys", ".title"]),
    ],
)
def test_what_cannot_be_converted_is_refused_by_its_path(batch: Row, found: list[str]) -> None:
    """Each problem names the session, and all others of the document are told as well."""
    told = problems(document(batch))
    assert len(told) == len(found)
    assert all(any(part in each for each in told) for part in found)


def test_each_schema_knows_its_own_key_only() -> None:
    """The old key is unknown in schema 2, and the new one in schema 1, alone as well."""
    new = session(original_on="2014-09-09")
    del new["original_start"]
    assert "known keys only" in problems(document({"session": [session()]}, schema=2))[0]
    assert "must not be given in schema 1" in problems(document({"session": [new]}))[0]


def test_what_is_no_row_is_left_to_the_reader() -> None:
    """Batches, lists and rows of another shape are refused as in any document."""
    broken: tuple[Row, ...] = ({"session": 3}, {"session": [3]}, {"session": [[]]})
    for batch in (*broken, {**broken[0], "recorded_at": 5}):
        assert problems(document(batch))
    assert problems({**document(), "batches": [3]})
    assert problems({**document(), "batches": 3})


def test_a_key_that_stands_twice_is_still_refused() -> None:
    """Neither of two original starts is taken."""
    text = json.dumps(document({"center": [CENTER], "session": [session()]}))
    twice = text.replace('"title"', '"original_start": "2014-09-10T18:00:00Z", "title"')
    with pytest.raises(ParseError, match=r"session\[0\]: must be given once"):
        loads(twice)


# Indicators

VISITORS = distinct("visits", "person_id")
INDICATOR: Row = {"id": "i", "title": "T", "unit": "u", "kind": "output", "source": "s"}


def indicator(schema: int = 1, **fields: Any) -> Row:
    """A document of one indicator in the form of schema 1."""
    return document({"indicator": [{**INDICATOR, **fields}]}, schema=schema)


@pytest.mark.parametrize("schema", [1, 2])
@pytest.mark.parametrize(
    ("fields", "measure"),
    [
        ({"measure": "count", "table": "sessions"}, count("sessions")),
        ({"measure": "count", "table": "visits", "key": "person_id"}, VISITORS),
        (
            {
                "measure": "distinct", "table": "visits", "key": "person_id", "column": None,
                "over_time": "union", "over_units": "state", "partition": True,
            },
            VISITORS,
        ),
        ({"measure": "sum", "table": "deals", "column": "amount"}, total("deals", "amount")),
        ({"measure": "sum", "table": "observations", "column": "value"}, stated()),
        (
            {
                "measure": "median", "table": "figures", "column": "staff", "over_time": "refused",
                "universe": [{"column": "size", "op": "==", "value": "small"}],
            },
            median("figures", "staff", where("size", "==", "small")),
        ),
        (
            {
                "measure": "latest", "table": "figures", "column": "staff",
                "key": "organization_id", "over_time": "last",
            },
            latest("figures", "staff", "organization_id"),
        ),
        ({"measure": {"measure": "stated"}}, stated()),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_indicator_said_is_said_by_its_measure(
    schema: int, fields: Row, measure: Measure
) -> None:
    """Early documents of schema 2 have such indicators too; new ones are left as they are."""
    known = read_both_ways(indicator(schema, **fields)).get(Indicator, "i")
    assert known == Indicator(**INDICATOR, measure=measure)


def test_the_rest_of_an_indicator_is_kept() -> None:
    """Dimensions have another name; what nothing was computed from is fine print."""
    fields: Row = {"measure": "count", "table": "visits", "dimensions": ["gender"]}
    notes: Row = {"timing": "at exit", "baseline": "2013", "definition": "Once each."}
    known = read_both_ways(indicator(**fields, **notes)).get(Indicator, "i")
    assert known.by == ("gender",)
    assert known.definition == "Once each. Measured: at exit. Compared with: 2013."
    plain = read_both_ways(indicator(**fields, timing=None, over_units=None)).get(Indicator, "i")
    assert plain.definition is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"measure": "distinct", "table": "t"}, ["key: must be given"]),
        ({"measure": "sum", "column": "c"}, ["table: must be given"]),
        (
            {"measure": "count", "table": "t", "column": "c"},
            ["column: must not be given with the measure count"],
        ),
        (
            {"measure": "sum", "table": "observations", "column": "value", "key": "k"},
            ["key: must not be given with the measure total"],
        ),
        (
            {"measure": "distinct", "table": "t", "key": "k", "over_time": "sum"},
            ["over_time: must be union or state, as distinct is merged"],
        ),
        (
            {"measure": "count", "table": "t", "over_units": ["sum"], "over_time": "average"},
            ["over_time: must be sum or state", "over_units: must be sum or state"],
        ),
        ({"measure": "ratio", "table": "t"}, ["measure: must say more than ratio"]),
        ({"measure": "paired_change"}, ["measure: must say more than paired_change"]),
        ({"measure": "survival", "key": 3}, ["measure: must say more than survival"]),
        ({"measure": "average"}, ["measure: must be one of count, distinct, sum"]),
        ({"measure": "count", "table": "t", "timing": 3}, ["timing: must be text"]),
        ({"measure": "count", "table": 3}, ["measure.table: must be one line"]),
        ({"measure": "distinct", "table": "t", "key": 3}, ["measure.key[0]: must be one line"]),
        ({"measure": "count", "table": "t", "universe": 3}, ["measure.where: must be a list"]),
        (
            {"measure": "count", "table": "t", "universe": [3, {"column": "a", "op": "=="}]},
            ["measure.where[0]: must be an object", "measure.where[1].value: must hold one value"],
        ),
        ({"table": "t"}, ["must hold known keys only", "measure: must be given"]),
        ({"measure": "ratio", "unit": ""}, ["measure: must say more", "unit: must be one line"]),
    ],
    ids=str,
)
def test_what_is_said_in_no_new_words_is_refused(fields: Row, told: list[str]) -> None:
    """Each problem names the old field; the rest of the indicator is read all the same."""
    for schema in (1, 2):
        had = problems(indicator(schema, **fields))
        assert len(had) == len(told)
        for message, each in zip(sorted(had), sorted(told, key=_place(had)), strict=True):
            assert each in message


def _place(had: list[str]) -> Callable[[str], int]:
    """Where among the sorted messages a part of one is found."""
    return lambda part: next(n for n, each in enumerate(sorted(had)) if part in each)


def test_rows_that_are_no_objects_are_left_to_the_reader() -> None:
    """A list of nothing, or of numbers, is explained as ever."""
    assert problems(document({"indicator": [3]})) == [
        "$.batches[0].indicator[0]: must be an object; had a whole number"
    ]


OLD_ROW: Row = {
    **INDICATOR, "version": "1", "measure": "distinct", "table": "visits", "key": "person_id",
    "column": None, "over_time": "sum", "over_units": "sum", "dimensions": '["gender"]',
    "universe": '[{"column":"status","op":"==","value":"present"}]', "partition": 0,
    "timing": None, "baseline": "2013", "direction": "up",
}  # fmt: skip
"""What `to_row` wrote before measures were trees."""


def test_rows_of_before_are_read() -> None:
    """A table that has got the new columns, or has not, still holds its old ones."""
    new = {"by": None, "minimum_evidence": None, "definition": None, "crosswalk": None}
    with_present = distinct("visits", "person_id", where("status", "==", "present"))
    needed = Indicator(
        **INDICATOR, measure=with_present, by=("gender",), definition="Compared with: 2013."
    )
    for row in (OLD_ROW, {**OLD_ROW, **new}, {**OLD_ROW, "dimensions": ["gender"]}):
        assert from_row("indicator", row) == needed
    assert from_row("indicator", {**OLD_ROW, "dimensions": None}).by == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"key": None}, "key: must be given"),
        ({"over_time": "last"}, "over_time: must be union or state"),
        ({"universe": "[{"}, "universe: must be JSON"),
        ({"measure": "survival"}, "measure: must say more than survival"),
        ({"measure": "sum of it"}, "measure: "),
        ({"titel": 1}, "titel: must be a column of the kind"),
    ],
    ids=str,
)
def test_rows_of_before_are_refused_by_column(fields: Row, message: str) -> None:
    """A problem begins with the old column."""
    with pytest.raises(ParseError, match=message):
        from_row("indicator", {**OLD_ROW, **fields})
