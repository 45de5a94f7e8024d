"""Each form that values have in documents: what is taken, and what is told of anything else."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.checked import checked
from mic_core.chrono.local import instant, zone
from mic_core.codec import json_schema, text
from mic_core.codec.explain import read_or_raise
from mic_core.codec.fast import rows_reader
from mic_core.codec.parse import fastest_parser
from mic_core.codec.schema import _shape  # pyright: ignore[reportPrivateUsage]
from mic_core.codec.write import writer
from mic_core.errors import InvariantError, ParseError
from mic_core.fields import Found
from mic_core.portfolio import Batch, Portfolio
from tests.codec.documents import holding, outcomes

KNOWN = {"fact": "a", "op": "known"}
TWICE = "2014-10-26T02:30:00+02:00[Europe/Brussels]"
Row = dict[str, Any]


def _room(**more: Any) -> str:
    return holding(room=[{"id": "r", "center_id": "c", "name": "Lab", "seats": 4, **more}])


def _center(**more: Any) -> str:
    row = {"id": "c", "name": "C", "country": "BE", "time_zone": "Europe/Brussels"}
    return holding(center=[row | more])


def _program(**more: Any) -> str:
    return holding(program=[{"id": "g", "title": "G", "kind": "training", **more}])


def _series(recurrence: Any) -> str:
    row = {"id": "w", "center_id": "c", "title": "E", "first_on": "2014-09-03"}
    more = {"length": "PT3H", "starts_at": "18:00", "recurrence": recurrence}
    return holding(series=[row | more])


def _session(**more: Any) -> str:
    return holding(session=[{"id": "s", "center_id": "c", "title": "N", "length": "PT1H", **more}])


def _slot(start: Any, end: Any) -> str:
    return _session(slot={"start": start, "end": end})


def _cost(amount: Any) -> str:
    row: Row = {"id": "k", "kind": "venue", "scope": ["c"], "period": {}}
    return holding(cost=[row | {"amount": {"amount": amount, "currency": "EUR"}}])


def _person(attributes: Any) -> str:
    return holding(person=[{"id": "p", "name": "Ada", "attributes": attributes}])


REFUSED: dict[str, tuple[str, str, str]] = {
    # What is written, the path below the row, and a part of what is said of it.
    "a number that is no text": (_cost(1500.5), "amount.amount", 'written as text, such as "1500'),
    "a number with an exponent": (_cost("1e3"), "amount.amount", "had text of 3 characters"),
    "a number with a zero in front": (_cost("01"), "amount.amount", "must be a decimal number"),
    "a number of 29 digits": (_cost("9" * 29), "amount.amount", "must be a decimal number"),
    "a number in Arabic digits": (_cost("٣"), "amount.amount", "must be a decimal number"),
    "a flag for a number": (_cost(True), "amount.amount", "must be a decimal number"),
    "a number for a flag": (_program(reenroll=1), "reenroll", "must be true or false"),
    "text for a flag": (_program(reenroll="true"), "reenroll", "must be true or false"),
    "a date of another form": (_series({"rule": "FREQ=DAILY", "extra": ["20140910"]}),
        "recurrence.extra[0]", 'written like "2014-09-10"'),
    "a day that does not exist": (_series({"rule": "FREQ=DAILY", "extra": ["2014-02-29"]}),
        "recurrence.extra[0]", "there is no such day"),
    "a clock at 24:00": (_series("FREQ=DAILY").replace("18:00", "24:00"),
        "starts_at", "must be a time of day"),
    "a clock with a zone": (_series("FREQ=DAILY").replace("18:00", "18:00Z"),
        "starts_at", "must be a time of day"),
    "a length in minutes": (_session(length=90), "length", 'written like "PT1H30M"'),
    "a length without parts": (_session(length="PT"), "length", 'written like "PT1H30M"'),
    "a negative length": (_session(length="-PT1H"), "length", 'written like "PT1H30M"'),
    "a length of months": (_session(length="P1M"), "length", 'written like "PT1H30M"'),
    "no length at all": (_session(length="PT0S"), "length", "too short"),
    "a length of centuries": (_session(length="P99999D"), "length", "too long"),
    "a misspelt word": (_session(mode="in-person"), "mode", "did you mean in_person?"),
    "no word": (_session(kind="Talk"), "kind", "did you mean talk?"),
    "a moment in UTC": (_slot("2014-10-26T02:30:00Z", TWICE), "slot.start", "offset and zone"),
    "a moment of no day": (_slot("2014-02-30T00:00:00+01:00[Europe/Brussels]", TWICE),
        "slot.start", "there is no such day"),
    "a moment of no zone": (_slot(TWICE, TWICE.replace("Brussels", "Brussel")),
        "slot.end", "did you mean Europe/Brussels?"),
    "a zone by another path": (_slot(TWICE, TWICE.replace("Europe", "posix/Europe")),
        "slot.end", "must be the name of an IANA time zone"),
    "a wrong offset": (_slot(TWICE, "2014-10-26T03:30:00+02:00[Europe/Brussels]"),
        "slot.end", "at that instant clocks there have +01:00"),
    "a moment that clocks skip": (_slot("2014-03-30T02:30:00+01:00[Europe/Brussels]", TWICE),
        "slot.start", "at that instant clocks there have +02:00"),
    "a moment before the year 1": (_slot("0001-01-01T00:00:00+00:18[Europe/Brussels]", TWICE),
        "slot.start", "between the years 1 and 9999"),
    "a moment after 9999": (_slot(TWICE, "9999-12-31T23:30:00-05:00[America/New_York]"),
        "slot.end", "between the years 1 and 9999"),
    "a slot that ends at once": (_slot(TWICE, TWICE), "slot.end", "must be after start"),
    "a zone of leap seconds": (_center(time_zone="right/Europe/Brussels"),
        "time_zone", "did you mean Europe/Brussels?"),
    "hours that are no text": (_center(opening_hours=5), "opening_hours", "must be text"),
    "hours of no days": (_center(opening_hours="Mo 09:00-10:00; Xx"),
        "opening_hours", "[1] must begin with days of the week"),
    "a rule that is no text": (_series(1), "recurrence", "must be text, or an object of rule"),
    "a rule by the hour": (_series("FREQ=HOURLY"), "recurrence", "FREQ must be one of DAILY"),
    "a rule with dates beside it": (
        _series("RRULE:FREQ=DAILY"), "recurrence", "dates are given as extra and excluded"),
    "no rule": (_series({}), "recurrence.rule", "must be text; had nothing"),
    "an unknown key of a rule": (_series({"rule": "FREQ=DAILY", "exclude": []}),
        "recurrence", "did you mean excluded?"),
    "excluded dates that are text": (_series({"rule": "FREQ=DAILY", "excluded": "2014-09-10"}),
        "recurrence.excluded", "must be a list"),
    "too many dates": (_series({"rule": "FREQ=DAILY", "extra": ["2014-09-10"] * 10_001}),
        "recurrence.extra", "at most 10000 items"),
    "a condition that is a list": (_program(completion=[]), "completion", "one of all_of, any_of"),
    "a condition of nothing": (_program(completion={}), "completion", "one of all_of, any_of"),
    "a condition of two kinds": (_program(completion={"all_of": [KNOWN], "not": KNOWN}),
        "completion", "must be an object with one of all_of, any_of, n_of, not"),
    "parts that are no list": (_program(completion={"all_of": KNOWN}),
        "completion.all_of", "must be a list"),
    "no parts": (_program(completion={"any_of": []}), "completion.any_of", "1 to 1000 items"),
    "too many parts": (_program(completion={"any_of": [KNOWN] * 1001}),
        "completion.any_of", "at most 1000 items; had a list of 1001"),
    "a part that is no condition": (_program(completion={"all_of": [KNOWN, 1]}),
        "completion.all_of[1]", "must be an object with one of"),
    "a negation of nothing": (_program(completion={"not": None}),
        "completion.not", "must be an object with one of"),
    "no number of how many": (_program(completion={"n_of": [KNOWN]}),
        "completion.n", "must be given"),
    "text for how many": (_program(completion={"n_of": [KNOWN], "n": "1"}),
        "completion.n", "must be a whole number"),
    "more than there are": (_program(completion={"n_of": [KNOWN], "n": 2}),
        "completion.n", "must not exceed the number of parts"),
    "a number where none belongs": (_program(completion={"all_of": [KNOWN], "n": 1}),
        "completion", "must hold known keys only"),
    "a fact that is not compared": (_program(completion={"not": {"fact": "a"}}),
        "completion.not.op", "must be given"),
    "a fact compared with a fraction": (
        _program(completion={"all_of": [{"fact": "a", "op": "==", "value": [1.5]}]}),
        "completion.all_of[0].value[0]", "must be text, a whole number, or"),
    "too many features": (_room(features=["f"] * 201), "features", "at most 200 items"),
    "attributes that are a list": (_person([]), "attributes", "must be an object"),
    "an attribute of a fraction": (_person({"a": 1, "b": 1.5}),
        "attributes[1].value", "must be text, a whole number, or"),
    "an attribute of no name": (_person({"": 1}), "attributes[0].name", "1 to 200 characters"),
    "too many attributes": (_person({str(n): n for n in range(1001)}),
        "attributes", "at most 1000 entries"),
    "an attribute twice": (_person({"a": 1, "b": 2}).replace('"b"', '"a"'),
        "attributes", "must name each entry once"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_of_another_form_is_told_exactly_where(name: str) -> None:
    """One thing is wrong, one problem is told, at its path; and the same by any parser."""
    document, path, says = REFUSED[name]
    first, *others = outcomes(document)
    assert isinstance(first, str)
    assert others == [first, first]
    told = first.splitlines()
    assert told[0] == "document: 1 problem"
    kind = document.partition('"batches": [{"')[2].partition('"')[0]
    assert told[1].startswith(f"  $.batches[0].{kind}[0].{path}: ")
    assert says in told[1]
    assert len(told) == 2


def test_a_condition_may_have_as_many_parts_as_that() -> None:
    """A thousand parts are taken, as the class takes them."""
    found = outcomes(_program(completion={"any_of": [KNOWN] * 1000}))
    assert not any(isinstance(each, str) for each in found)


@pytest.mark.parametrize(
    ("reader", "writer_of", "values"),
    [
        (text.read_date, date.isoformat, st.dates()),
        (text.read_time, text.write_time, st.times()),
        (text.read_instant, text.write_instant, st.datetimes(timezones=st.just(UTC))),
        (
            text.read_length,
            text.write_length,
            st.timedeltas(timedelta(), timedelta(days=99_999, hours=23)),
        ),
        (
            text.read_number,
            text.write_number,
            st.decimals(-(10**12), 10**12, places=9).filter(lambda n: not n.is_zero()),
        ),
    ],
    ids=["date", "time", "instant", "length", "number"],
)
@given(data=st.data())
def test_each_text_form_is_read_as_it_is_written(
    reader: Callable[[str], object],
    writer_of: Callable[[Any], str],
    values: st.SearchStrategy[Any],
    data: st.DataObject,
) -> None:
    """The written form of any value is read as that value, and no other text as well."""
    value = data.draw(values)
    written = writer_of(value)
    assert reader(written) == value
    assert written.isascii()
    for wrong in (written + " ", " " + written, written + "\n", written.lower() + "x", ""):
        with pytest.raises(ParseError):
            reader(wrong)


@given(
    st.integers(-62_000_000_000, 253_000_000_000),
    st.sampled_from(["Europe/Brussels", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
)
def test_a_moment_is_read_as_it_is_written(second: int, name: str) -> None:
    """Any moment on any clocks comes back with its zone and its fold."""
    place = UTC if name == "UTC" else zone(name)
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(place)
    back = text.read_moment(text.write_moment(moment))
    assert (instant(back), back.fold, back.tzinfo) == (instant(moment), moment.fold, place)


@pytest.mark.parametrize("name", ["Africa/Monrovia", "Europe/Amsterdam", "Africa/Cairo"])
def test_offsets_with_seconds_are_kept(name: str) -> None:
    """Clocks of old had offsets of odd seconds, which ISO 8601 writes with a second colon."""
    moment = datetime(1900, 6, 1, 12, tzinfo=zone(name))
    assert text.read_moment(text.write_moment(moment)) == moment
    assert text.write_moment(moment).count(":") >= 4


def test_a_negative_length_is_not_written() -> None:
    """No field holds one, but the converter may be handed one."""
    with pytest.raises(InvariantError, match="must not be negative"):
        text.write_length(timedelta(seconds=-1))


def test_times_are_written_as_short_as_can_be() -> None:
    """Seconds are left out where there are none, and lengths use the largest units."""
    assert text.write_time(time(18)) == "18:00"
    assert text.write_time(time(18, 0, 0, 500)) == "18:00:00.000500"
    assert text.write_length(timedelta()) == "PT0S"
    assert text.write_length(timedelta(days=2, hours=3, seconds=1, microseconds=10)) == (
        "P2DT3H1.00001S"
    )
    assert text.write_number(Decimal("1E-7")) == "0.0000001"


@attrs.frozen
class _Unknown:
    """A shape that nobody gave a form in JSON."""

    rule = "must be something else"

    def test(self, name: str, bind: Callable[[object], str]) -> str:
        return f"{name} is {bind(None)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if path or found else None


@checked()
@attrs.frozen(weakref_slot=False)
class _Odd:
    value: Annotated[object, _Unknown()]


def _explained(cls: type[Any]) -> Any:
    return read_or_raise(cls, {"value": 1})


USES: list[Callable[[type[Any]], Any]] = [rows_reader, writer, _explained]


@pytest.mark.parametrize("use", USES)
def test_a_shape_without_a_form_is_a_mistake_in_the_class(use: Callable[[type[Any]], Any]) -> None:
    """A field that no document can hold fails loudly, by the name of its shape."""
    with pytest.raises(TypeError, match=r"_Unknown.* has no form in JSON"):
        use(_Odd)


@checked()
@attrs.frozen(weakref_slot=False)
class _Stated:
    """A class in which None must be stated."""

    value: int | None
    days: tuple[date | None, ...]


@pytest.mark.parametrize("value", [_Stated(None, (None,)), _Stated(7, (date(2014, 9, 10), None))])
def test_none_is_written_where_it_must_be_stated(value: _Stated) -> None:
    """A field without a default is written even if it holds None, and is read again."""
    plain = json.loads(writer(_Stated)(value))
    assert set(plain) == {"days", "value"}
    assert rows_reader(_Stated)([plain]) == [value]
    assert read_or_raise(_Stated, plain) == value
    with pytest.raises(ParseError, match=r"\$\.value: must be given"):
        read_or_raise(_Stated, {"days": []})


def test_without_orjson_the_standard_library_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without orjson, the JSON library of Python is used."""
    monkeypatch.setitem(sys.modules, "orjson", None)
    fastest_parser.cache_clear()
    try:
        parser = fastest_parser()
        assert parser.read(b'{"a": [1, NaN]}')["a"][0] == 1
        assert parser.write({"a": [1]}) == b'{"a":[1]}'
    finally:
        fastest_parser.cache_clear()


def test_a_class_that_no_document_holds() -> None:
    """Only nouns, and values that they hold, have a schema by themselves."""
    other: Any
    for other in (Batch, int, Portfolio, "Room", 3):
        with pytest.raises(InvariantError, match="cls: must be a noun, a class of values"):
            json_schema(other)


def test_a_shape_without_a_form_has_no_schema() -> None:
    """A shape of which documents know nothing is a mistake in a class, for schemas too."""
    with pytest.raises(TypeError, match=r"_Unknown.* has no form in JSON"):
        _shape(_Unknown())
