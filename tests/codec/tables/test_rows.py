"""Nouns as rows: what is written is read as the same, and a wrong row is told cell by cell."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from unittest import mock

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours
from mic_core.codec import from_row, table_schema, to_row
from mic_core.codec.parse import standard_parser
from mic_core.codec.tables import rows
from mic_core.errors import InvariantError, ParseError
from mic_core.model import (
    KINDS,
    NOUNS,
    Availability,
    Call,
    Center,
    Cost,
    Employment,
    Enrollment,
    Money,
    Noun,
    Room,
    Seats,
    Series,
    Session,
)
from tests.strategies import nouns

HOUR = timedelta(hours=1)
NIGHT = Slot(datetime(2014, 10, 26, 0, 30, tzinfo=UTC), datetime(2014, 10, 26, 1, 30, tzinfo=UTC))
LAB = Room(id="r", center_id="c", name="Lab", seats=40)
ROOM = to_row(LAB)
PITCH = Session(
    id="s", center_id="c", title="Pitch", length=HOUR, audience=("a", "b"), seats=Seats(),
    slot=Slot.at("2014-10-26", "02:30", HOUR, "Europe/Brussels", ambiguous="first"),
    fee=Money(amount=Decimal("12.5"), currency="EUR"),
)  # fmt: skip
SESSION = to_row(PITCH)


@pytest.mark.parametrize("kind", NOUNS)
@given(data=st.data())
def test_a_noun_comes_back_from_its_row(kind: str, data: DataObject) -> None:
    """Writing and reading are inverse, through JSON, and whether quick or close."""
    cls: Any = NOUNS[kind]
    noun = data.draw(st.from_type(cls))
    row = json.loads(json.dumps(to_row(noun)))
    assert row == to_row(noun)
    assert from_row(kind, row) == from_row(cls, row) == noun
    with mock.patch.object(rows, "DOUBTS", ()):  # none of the rows needs a closer look
        assert from_row(kind, row) == noun
    assert rows.explain_row(cls, row) == noun
    assert to_row(from_row(kind, row)) == row


@given(nouns())
def test_without_orjson_the_same_is_read(noun: Noun) -> None:
    """The parser of the standard library reads the same nouns."""
    with mock.patch.object(rows, "fastest_parser", standard_parser):
        assert from_row(KINDS[type(noun)], to_row(noun)) == noun


@given(nouns())
def test_booleans_may_be_kept_as_numbers(noun: Noun) -> None:
    """Databases without booleans keep 0 and 1; both are read as the same noun."""
    row = {
        name: int(cell) if isinstance(cell, bool) else cell for name, cell in to_row(noun).items()
    }
    assert from_row(type(noun), row) == noun
    assert rows.explain_row(type(noun), row) == noun


NATIVE: dict[str, Any] = {
    "date": date.fromisoformat, "decimal": Decimal, "instant": datetime.fromisoformat,
    "json": json.loads, "time": time.fromisoformat,
}  # fmt: skip


@given(nouns(), st.sampled_from([UTC, timezone(HOUR)]))
def test_drivers_may_have_types_of_their_own(noun: Noun, zone: timezone) -> None:
    """Datetimes, dates, times, Decimals, lists and dicts are read as the texts they stand for."""
    row: dict[str, Any] = {**to_row(noun)}
    for column in table_schema(KINDS[type(noun)]).columns:
        if row.get(column.name) is not None and column.type in NATIVE:
            cell = NATIVE[column.type](row[column.name])
            # Near the ends of time, no other zone has the moment.
            inner = isinstance(cell, datetime) and 1 < cell.year < 9999
            row[column.name] = cell.astimezone(zone) if inner else cell
    assert from_row(type(noun), row) == noun


@given(nouns(), st.data())
def test_missing_optional_columns_are_their_defaults(noun: Noun, data: DataObject) -> None:
    """Rows from before columns were added read, whether these are missing or None."""
    kind = KINDS[type(noun)]
    row = to_row(noun)
    plain = [
        column for column in table_schema(kind).columns[:-2]
        if column.nullable or column.default is not None
    ]  # fmt: skip
    chosen = data.draw(st.lists(st.sampled_from(plain), max_size=5)) if plain else []
    filled = {**row, **{column.name: column.default for column in chosen}}
    empty = {**row, **{column.name: None for column in chosen}}
    less = {name: cell for name, cell in row.items() if name not in {each.name for each in chosen}}
    found = [_outcome(type(noun), each) for each in (filled, empty, less)]
    assert found[0] == found[1] == found[2]


def _outcome(kind: Any, row: Any) -> Any:
    try:
        return from_row(kind, row)
    except ParseError as error:
        return str(error)


def test_a_value_of_unknown_parts_is_not_no_value() -> None:
    """Seats that nobody counted differ from no seats, and a period without ends from none."""
    none = attrs.evolve(PITCH, seats=None)
    assert SESSION["seats_given"] is True
    assert to_row(none)["seats_given"] is False
    assert {SESSION["seats_in_person"], to_row(none)["seats_in_person"]} == {None}
    always = Availability(id="a", subject="room:r", preference="avoided", period=Period())
    assert from_row("availability", to_row(always)) == always
    older = {name: cell for name, cell in SESSION.items() if name != "seats_given"}
    assert from_row(Session, older) == none
    assert from_row(Session, {**older, "seats_online": 3}) == attrs.evolve(
        PITCH, seats=Seats(online=3)
    )


def test_slots_are_instants_and_a_zone() -> None:
    """The hour that clocks show twice is told by its instants, and databases can compare them."""
    assert (SESSION["slot_start"], SESSION["slot_zone"]) == (
        "2014-10-26T00:30:00Z",
        "Europe/Brussels",
    )
    second = Slot.at("2014-10-26", "02:30", HOUR, "Europe/Brussels", ambiguous="second")
    later = attrs.evolve(PITCH, slot=second)
    assert to_row(later)["slot_start"] == "2014-10-26T01:30:00Z"
    back = from_row(Session, to_row(later))
    assert back.slot is not None
    assert (back.slot.start.fold, back.slot.zone) == (1, "Europe/Brussels")
    call = Call(id="c", center_id="c", title="Call", window=NIGHT)
    assert to_row(call)["window_zone"] == "UTC"
    assert from_row(Call, to_row(call)) == call


def test_what_is_no_noun_is_not_written() -> None:
    """A value that nouns hold, or anything else, has no table."""
    for value in (Seats(), None, "room", Room, [LAB]):
        wrong: Any = value
        with pytest.raises(InvariantError, match="to_row: 1 problem\n  noun: must be a noun"):
            to_row(wrong)


def test_recurrences_are_objects_always() -> None:
    """A driver that parses JSON columns hands over an object, never a bare text."""
    series = Series(
        id="w", center_id="c", title="Evening", recurrence=Recurrence.parse("FREQ=DAILY;COUNT=2"),
        first_on=date(2014, 9, 3), starts_at=time(18), length=HOUR,
    )  # fmt: skip
    row = to_row(series)
    assert row["recurrence"] == '{"rule":"FREQ=DAILY;COUNT=2"}'
    assert from_row(Series, {**row, "recurrence": '"FREQ=DAILY;COUNT=2"'}) == series
    with_dates = attrs.evolve(series.recurrence, excluded=(date(2014, 9, 4),))
    other = attrs.evolve(series, recurrence=with_dates)
    assert from_row(Series, to_row(other)) == other


def test_numbers_beyond_two_are_no_flags() -> None:
    """What equals 1 is not a flag unless it is the whole number or True itself."""
    row = to_row(Cost(
        id="k", scope=("c",), period=Period(), kind="venue", value_in_kind=True,
        amount=Money(amount=Decimal(1), currency="EUR"),
    ))  # fmt: skip
    assert row["value_in_kind"] is True
    assert from_row(Cost, {**row, "value_in_kind": 1}).value_in_kind is True
    assert from_row(Cost, {**row, "value_in_kind": 0}).value_in_kind is False
    assert isinstance(_outcome(Cost, {**row, "value_in_kind": Decimal(1)}), str)


def test_whole_numbers_are_decimals() -> None:
    """A driver that makes whole numbers of decimals is understood, as constructors are."""
    row = to_row(Employment(id="j", person_id="p", on=date(2014, 1, 1), status="employed"))
    assert from_row(Employment, {**row, "hours_share": 1}).hours_share == 1


def test_weekly_hours_are_their_notation() -> None:
    """Hours stand in the notation of maps, not in JSON."""
    center = Center(
        id="c", name="MIC", country="BE", time_zone="Europe/Brussels",
        opening_hours=WeeklyHours.parse("Mo-Fr 09:00-18:00"),
    )  # fmt: skip
    assert to_row(center)["opening_hours"] == "Mo-Fr 09:00-18:00"
    assert from_row(Center, to_row(center)) == center


def test_a_column_may_be_a_word_of_sql() -> None:
    """`into` stays the name of a column, as it is the name of the field."""
    place = Enrollment(id="e", participant_id="p", into="boostcamp-6")
    assert to_row(place)["into"] == "boostcamp-6"
