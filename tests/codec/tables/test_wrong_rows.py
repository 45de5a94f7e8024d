"""Rows that hold something else: what is wrong is told cell by cell, and never quoted."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from mic_core.chrono import Period, Slot
from mic_core.codec import from_row, to_row
from mic_core.errors import InvariantError, ParseError
from mic_core.model import (
    NOUNS,
    Center,
    Edition,
    Money,
    Noun,
    Person,
    Program,
    Room,
    Seats,
    Session,
)
from tests.strategies import drawn

HOUR = timedelta(hours=1)
LAB = Room(id="r", center_id="c", name="Lab", seats=40)
ROOM = to_row(LAB)
PITCH = Session(
    id="s", center_id="c", title="Pitch", length=HOUR, audience=("a", "b"), seats=Seats(),
    slot=Slot.at("2014-10-26", "02:30", HOUR, "Europe/Brussels", ambiguous="first"),
    fee=Money(amount=Decimal("12.5"), currency="EUR"),
)  # fmt: skip
SESSION = to_row(PITCH)


def _outcome(kind: Any, row: Any) -> Any:
    try:
        return from_row(kind, row)
    except ParseError as error:
        return str(error)


WRONG: dict[str, tuple[str, dict[Any, Any], str]] = {
    "a text for a number": ("room", {"seats": "40"}, "seats: must be a whole number, 0 or more; h"),
    "a flag for a number": ("room", {"seats": True}, "seats: must be a whole number, 0 or more; h"),
    "a float for a number": ("room", {"seats": 40.0}, "seats: must be a whole number, 0 or more"),
    "a number below": ("room", {"seats": -1}, "seats: must be a whole number, 0 or more, or None"),
    "endless digits": ("room", {"seats": 10**5000}, "seats: must be a whole number, 0 or more"),
    "bytes for a text": ("room", {"name": b"Lab"}, "name: must be one line of text"),
    "a list for a text": ("room", {"name": ["Lab"]}, "name: must be one line of text"),
    "a blank text": ("room", {"name": " "}, "name: must be one line of text"),
    "a surrogate": ("room", {"name": "\ud800"}, "name: must hold no control"),
    "no name": ("room", {"name": None}, "name: must be given"),
    "no id": ("room", {"id": None}, "id: must be given"),
    "a bad id": ("room", {"id": "r s"}, "id: must be an id"),
    "a number for an id": ("room", {"id": 5}, "id: must be an id"),
    "an unknown column": ("room", {"seat": 1}, "seat: must be a column of the kind; did you mean "),
    "a column like nothing": ("room", {"zzz": 1}, "zzz: must be a column of the kind"),
    "a column that is no name": ("room", {"Ada Lovelace": 1}, "must hold known columns only"),
    "a column without end": ("room", {"x" * 64: 1}, "must hold known columns only; had a name tha"),
    "a column that is no text": ("room", {3: 1}, "must hold known columns only"),
    "a list that is no JSON": ("room", {"features": "a,b"}, "features: must be JSON; had Expectin"),
    "an empty text for JSON": ("room", {"features": ""}, "features: must be JSON"),
    "JSON cut off": ("room", {"features": '["a"'}, "features: must be JSON"),
    "JSON of another kind": ("room", {"features": '"a"'}, "features: must be a list; had text"),
    "an object for a list": ("room", {"features": "{}"}, "features: must be a list; had a mapping"),
    "a number in a list": ("room", {"features": '["a",1]'}, "features[1]: must be one line of tex"),
    "a blank in a list": ("room", {"features": '["a"," "]'}, "features[1]: must be one line of te"),
    "lists without end": ("room", {"features": "[" * 9**5}, "features: must nest lists and object"),
    "a surrogate in JSON": ("room", {"features": '["\ud800"]'}, "features: must hold no lone"),
    "an escaped surrogate": ("room", {"features": '["\\ud800"]'}, "features[0]: must hold no"),
    "a native list": ("room", {"features": ["a", 1]}, "features[1]: must be one line of text"),
    "a number for JSON": ("room", {"features": 7}, "features: must be a list; had a whole number"),
    "a number for a flag": ("session", {"elective": 2}, "elective: must be true or false, or 1 or"),
    "a text for a flag": ("session", {"elective": "true"}, "elective: must be true or false, or 1"),
    "a float for a flag": ("session", {"elective": 1.0}, "elective: must be true or false, or 1"),
    "an unknown word": (
        "session", {"mode": "onlin"},
        "mode: must be one of .* did you mean online",
    ),
    "a bad length": ("session", {"length": "1 hour"}, "length: must be a duration"),
    "a length of zero": ("session", {"length": "PT0S"}, "length: must be a timedelta above 0"),
    "another length": ("session", {"length": "PT2H"}, "slot_start: must last as long as `length`"),
    "a slot without zone": ("session", {"slot_zone": None}, "slot_zone: must be given"),
    "a slot without end": ("session", {"slot_end": None}, "slot_end: must be given"),
    "a zone that is none": ("session", {"slot_zone": "Europe/Brussel"}, "slot_zone: must be the n"),
    "a number for a zone": ("session", {"slot_zone": 1}, "slot_zone: must be the name of an IANA"),
    "a local time": ("session", {"slot_start": "2014-10-26T00:30:00"}, "slot_start: must be an in"),
    "a naive datetime": ("session", {"slot_start": datetime(2014, 1, 1)}, "slot_start: must be a date and time with a zone"),  # noqa: DTZ001, E501
    "a date for an instant": ("session", {"slot_start": date(2014, 1, 1)}, "slot_start: must be a"),
    "an end before": ("session", {"slot_end": "2014-10-26T00:00:00Z"}, "slot_end: must be after s"),
    "the first moment": (
        "session", {"slot_start": "0001-01-01T00:00:00Z", "slot_zone": "America/Lima"},
        "slot_start: must lie between the years",
    ),
    "half of an amount": ("session", {"fee_currency": None}, "fee_currency: must be given"),
    "a bad currency": ("session", {"fee_currency": "eur"}, "fee_currency: must be a currency code"),
    "a float for a decimal": (
        "session", {"fee_amount": 12.5},
        "fee_amount: .* give a Decimal made from",
    ),
    "no decimal": ("session", {"fee_amount": "1e3"}, "fee_amount: must be a decimal number writte"),
    "not a number": ("session", {"fee_amount": Decimal("NaN")}, "fee_amount: must be a decimal nu"),
    "parts that are not given": ("session", {"seats_given": 0, "seats_online": 3}, "seats_given: "),
    "a flag that is none": ("session", {"seats_given": "yes"}, "seats_given: must be true or fals"),
    "a part below": ("session", {"seats_online": -1}, "seats_online: must be a whole number"),
    "a part of a default": ("edition", {"waitlist_rule": "fifo"}, "waitlist_rule: must be one of"),
    "an end before its start": ("edition", {"period_end": "2000-01-01"}, "period_end: must be aft"),
    "a day that is none": ("edition", {"period_start": "2014-02-30"}, "period_start: must be a da"),
    "a datetime for a date": (
        "edition", {"period_end": datetime(2014, 1, 1, tzinfo=UTC)},
        "period_end: .* local to the center",
    ),
    "a key twice": ("person", {"attributes": '{"a":1,"a":2}'}, "attributes: must name each entry "),
    "a list for pairs": ("person", {"attributes": "[]"}, "attributes: must be an object"),
    "a fraction": ("person", {"attributes": '{"a":1.5}'}, "attributes[0].value: must be text"),
    "NaN": ("person", {"attributes": '{"a":NaN}'}, "attributes[0].value: must be text"),
    "native keys": ("person", {"attributes": {3: 3, "a": 1}}, "must hold plain values"),
    "bad hours": ("center", {"opening_hours": "Mo 9"}, "opening_hours: "),
    "a number for hours": ("center", {"opening_hours": 5}, "opening_hours: must be text"),
    "a bad period in a list": ("center", {"closures": '[{"strt":"2014-01-01"}]'}, "closures[0]"),
    "a bad requirement": ("program", {"completion": "{}"}, "completion: must be an object with on"),
}  # fmt: skip
SOUND: dict[str, Noun] = {
    "room": LAB,
    "session": PITCH,
    "edition": Edition(id="e", program_id="g", center_id="c", number=6, period=Period.year(2014)),
    "person": Person(id="p", name="Ada Lovelace"),
    "center": Center(id="c", name="MIC", country="BE", time_zone="Europe/Brussels"),
    "program": Program(id="g", title="G", kind="bootcamp"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_cells_are_told_under_their_columns(name: str) -> None:
    """Each of these is refused once, at the column that is wrong."""
    kind, cells, message = WRONG[name]
    row: dict[Any, Any] = {**to_row(SOUND[kind]), **cells}
    with pytest.raises(ParseError) as caught:
        from_row(kind, row)
    (problem,) = caught.value.problems
    begin, _, end = message.partition(" .* ")
    assert str(problem).startswith(begin)
    assert end in str(problem)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Several cells, parts of one value among them, are told together, and none is quoted."""
    row: Any = {
        **SESSION, "id": "s s", "title": 5, "slot_start": "soon", "slot_zone": "Nowhere",
        "fee_amount": "much", "fee_currency": "eur", "audience": '["Ada L"]', "nickname": "Ada",
        "length": None,
    }  # fmt: skip
    with pytest.raises(ParseError) as caught:
        from_row("session", row)
    assert caught.value.subject == "Session"
    assert [problem.path for problem in caught.value.problems] == [
        "nickname", "title", "length", "slot_start", "slot_zone", "fee_amount",
        "fee_currency", "id", "audience[0]",
    ]  # fmt: skip
    assert "Ada" not in str(caught.value)


def test_an_empty_row_lacks_what_must_be_given() -> None:
    """Each column without a default is asked for."""
    with pytest.raises(ParseError) as caught:
        from_row("room", {})
    assert [str(problem) for problem in caught.value.problems] == [
        f"{name}: must be given" for name in ("id", "center_id", "name")
    ]


@pytest.mark.parametrize("row", [None, 3, "row", [1], [("id", "r", 3)], Room, object()])
def test_what_is_no_row_is_refused(row: Any) -> None:
    """What holds no cells under names is told as such."""
    with pytest.raises(ParseError, match="Room: 1 problem\n  must be a row"):
        from_row("room", row)


@pytest.mark.parametrize("kind", ["rom", "Room", None, 3, Seats, [], {}])
def test_rows_of_no_kind_are_refused(kind: Any) -> None:
    """Without a kind, no column means anything."""
    with pytest.raises(InvariantError, match="from_row: 1 problem\n  kind: must be one of"):
        from_row(kind, ROOM)


def test_many_unknown_columns_are_told_up_to_a_bound() -> None:
    """Of columns without end, the first hundred are named."""
    with pytest.raises(ParseError) as caught:
        from_row("room", {**ROOM, **{f"more_{n}": n for n in range(500)}})
    assert len(caught.value.problems) == 100


HOSTILE: list[Any] = [
    None, True, False, 0, 1, -1, 2**63, 10**5000, 1.5, float("nan"), float("inf"), "", " ", "x",
    "[]", "{}", "[[]]", '["a"]', '{"a":1}', '{"a":1,"a":1}', "[" * 50_000, '{"a":' * 50_000,
    "null", "1",
    "\0", "\ud800", "\u202ea", b"x", bytearray(b"x"), memoryview(b"x"), [], [[]], {}, {"a": 1},
    datetime(2014, 1, 1), {1: 1}, (),  # noqa: DTZ001
    set[int](), object(), date.min, date.max, time(2),
    datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), timedelta.max, -HOUR,
    Decimal("NaN"), Decimal("sNaN"), Decimal("1E+99"), Decimal("-0"), Room, LAB, "9" * 5000,
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "PT99999999M", "P99999D", "24/7",
    mock.Mock(), mock.MagicMock(), mock.Mock(spec=str), type("Text", (str,), {})("a"),
]  # fmt: skip


@pytest.mark.parametrize("kind", NOUNS)
@given(data=st.data())
def test_any_cell_is_read_or_told(kind: str, data: DataObject) -> None:
    """Whatever a cell holds, there is a noun that is written again, or a ParseError."""
    cls: Any = NOUNS[kind]
    row: dict[str, Any] = {**to_row(data.draw(drawn(cls)))}
    for name in data.draw(st.lists(st.sampled_from([*row]), min_size=1, max_size=3)):
        row[name] = data.draw(st.sampled_from(HOSTILE))
    found = _outcome(kind, row)
    if isinstance(found, str):
        assert found.startswith(f"{cls.__name__}: ")
    else:
        assert from_row(kind, to_row(found)) == found


@pytest.mark.parametrize("cell", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", SOUND)
def test_each_hostile_cell_in_each_column(kind: str, cell: Any) -> None:
    """No column of these kinds lets anything but a noun or a ParseError out."""
    row = to_row(SOUND[kind])
    for name in row:
        found = _outcome(kind, {**row, name: cell})
        assert isinstance(found, str | NOUNS[kind])
