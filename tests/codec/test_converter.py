"""The cattrs converter: as strict as documents, with the same forms, for values of any depth."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from cattrs.errors import ClassValidationError
from hypothesis import given
from hypothesis import strategies as st

import mic_core.codec
from mic_core.chrono import Slot, WeeklyHours, zone
from mic_core.codec import converter
from mic_core.errors import InvariantError, ParseError
from mic_core.model import NOUNS, Money, Noun, Person, Room, Seats
from tests.budget import one_in
from tests.strategies import drawn, nouns

STRICT = converter()
ANY_NOUN: Any = Noun
LAB = Room(id="r", center_id="c", name="Lab", seats=40)
ROW = {"id": "r", "center_id": "c", "name": "Lab", "seats": 40}


@pytest.mark.parametrize("kind", NOUNS)
@one_in(5)
@given(data=st.data())
def test_every_noun_is_structured_as_it_was(kind: str, data: st.DataObject) -> None:
    """A noun is unstructured to JSON data, and structured back to an equal noun."""
    noun = data.draw(drawn(NOUNS[kind]))
    plain = json.loads(json.dumps(STRICT.unstructure(noun)))
    assert STRICT.structure(plain, NOUNS[kind]) == noun


@given(nouns())
def test_a_noun_of_any_kind_tells_its_kind(noun: Noun) -> None:
    """As a noun of any kind, a value carries its kind under a key of its own."""
    plain = STRICT.unstructure(noun, unstructure_as=Noun)
    assert STRICT.structure(plain, ANY_NOUN) == noun


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], r"\$: must be an object; had a list of 0"),
        ({"id": "r"}, r"\$\.noun: must be one of adjustment, .*; had nothing"),
        ({"noun": "rom"}, "did you mean room"),
        ({"noun": 1}, r"\$\.noun: must be one of"),
        ({**ROW, "noun": "room", "seats": "40"}, r"\$\.seats: must be a whole number"),
    ],
)
def test_a_noun_of_no_kind_is_refused(value: Any, message: str) -> None:
    """Without a kind that exists, nothing can be read."""
    with pytest.raises(ParseError, match=message):
        STRICT.structure(value, ANY_NOUN)


@attrs.frozen
class Visit:
    """A class of an app, made of what the converter knows."""

    room: Room
    on: date
    at: time
    moment: datetime
    lasts: timedelta
    paid: Decimal
    hours: WeeklyHours
    slot: Slot
    noun: Noun | None = None
    names: list[str] = attrs.field(factory=list[str])
    pair: tuple[int, str] = (1, "a")
    many: tuple[int, ...] = ()
    ids: frozenset[str] = frozenset()
    tags: AbstractSet[str] = frozenset()
    more: Sequence[int] = ()
    by_day: dict[date, int] = attrs.field(factory=dict[date, int])
    free: Mapping[str, bool] = attrs.field(factory=dict[str, bool])
    share: float = 0.5
    raw: bytes = b""


VISIT = Visit(
    room=LAB,
    on=date(2014, 9, 10),
    at=time(18),
    moment=datetime(2014, 9, 10, 18, tzinfo=zone("Europe/Brussels")),
    lasts=timedelta(hours=3),
    paid=Decimal("1.50"),
    hours=WeeklyHours.parse("Mo-Fr 09:00-18:00"),
    slot=Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels"),
    names=["a"],
    pair=(2, "b"),
    many=(1, 2),
    ids=frozenset({"b", "a"}),
    tags=frozenset({"d", "c"}),
    more=(3,),
    by_day={date(2014, 9, 10): 7},
    free={"vegan": True},
    share=1,
)


def test_classes_of_an_app_come_back() -> None:
    """Values of ours inside of classes of an app have the forms that they have in documents."""
    plain = STRICT.unstructure(VISIT)
    assert plain["room"] == ROW
    assert plain["on"] == "2014-09-10"
    assert plain["at"] == "18:00"
    assert plain["moment"] == "2014-09-10T16:00:00Z"
    assert plain["lasts"] == "PT3H"
    assert plain["paid"] == "1.5"
    assert plain["hours"] == "Mo-Fr 09:00-18:00"
    assert (plain["ids"], plain["tags"]) == (["a", "b"], ["c", "d"])
    assert plain["by_day"] == {"2014-09-10": 7}
    back = STRICT.structure(plain, Visit)
    assert attrs.evolve(back, moment=VISIT.moment) == VISIT
    assert back.moment == VISIT.moment
    assert back.moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("false", bool, r"\$: must be true or false; had text of 5 characters"),
        (1, bool, "must be true or false"),
        (True, int, "must be a whole number; had a flag"),
        (3.0, int, "must be a whole number; had a number"),
        ("3", int, "must be a whole number; had text of 1 characters"),
        (True, float, "must be a number; had a flag"),
        (10**400, float, "must be a number; had a whole number"),
        (1, str, "must be text; had a whole number"),
        ("a", bytes, "must be bytes"),
        ("2014-09-10", datetime, "must be an instant in UTC"),
        ("2014-02-30", date, "there is no such day"),
        ("25:00", time, "must be a time of day"),
        (1.5, Decimal, "must be a decimal number written as text"),
        ("P1Y", timedelta, "must be a duration"),
        ("abc", list[str], r"\$: must be a list; had text of 3 characters"),
        ({"a": 1}, tuple[int, ...], "must be a list; had a mapping of 1"),
        (["a", 1], list[str], r"\$\[1\]: must be text"),
        ([["a"], [1]], list[set[str]], r"\$\[1\]\[0\]: must be text"),
        ([1], tuple[int, str], "must be a list of 2 items; had a list of 1"),
        ([], dict[str, int], r"\$: must be an object; had a list of 0"),
        ({"a": "1"}, dict[str, int], r"\$\[0\]\.value: must be a whole number"),
        ({"x": 1}, dict[date, int], r"\$\[0\]\.name: must be a date that exists"),
        ([{"in_person": "1"}], list[Seats], r"\$\[0\]\.in_person: must be a whole number"),
        ({"in_person": 1, "inperson": 2}, Seats, "did you mean in_person"),
        ({"amount": "1", "currency": "eur"}, Money, r"\$\.currency: must be a currency code"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_nothing_is_converted(value: Any, kind: Any, message: str) -> None:
    """A value that cattrs would coerce is refused, with the path inside the value."""
    with pytest.raises(ParseError, match=message):
        STRICT.structure(value, kind)


def test_collections_of_anything_are_kept() -> None:
    """A list or a mapping that says nothing of its items is taken as it is."""
    assert STRICT.structure([1, "a", None], list) == [1, "a", None]
    assert STRICT.structure({"a": [1]}, dict) == {"a": [1]}
    assert STRICT.structure([1, 2], tuple) == (1, 2)


def test_unknown_keys_of_an_app_are_refused() -> None:
    """Classes of an app are as strict as ours; cattrs gathers what is wrong with them."""
    plain = STRICT.unstructure(VISIT)
    with pytest.raises(ClassValidationError):
        STRICT.structure({**plain, "nmaes": []}, Visit)
    with pytest.raises(ClassValidationError) as caught:
        STRICT.structure({**plain, "room": {**ROW, "seats": -1}}, Visit)
    (error,) = caught.value.exceptions
    assert isinstance(error, ParseError)
    assert [problem.path for problem in error.problems] == ["$.seats"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime(2014, 9, 10, 18), "must be a date and time with a zone"),  # noqa: DTZ001
        (Decimal("NaN"), "must be a decimal number"),
        (timedelta(days=-1), "timedelta"),
    ],
)
def test_what_has_no_form_is_not_written(value: Any, message: str) -> None:
    """A value that could not be read again is refused when it is written."""
    with pytest.raises(InvariantError, match=message):
        STRICT.unstructure(value)


def test_cattrs_is_loaded_with_the_converter_only() -> None:
    """Reading and writing documents does not load cattrs; the converter does."""
    code = (
        "import sys, mic_core.codec as codec; from mic_core.portfolio import Portfolio;"
        "codec.loads(codec.dumps(Portfolio.of()));"
        "assert 'cattrs' not in sys.modules; codec.converter(); assert 'cattrs' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_other_names_do_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package has the names that it lists, and no others."""
    assert sorted(mic_core.codec.__all__) == mic_core.codec.__all__
    monkeypatch.delattr(mic_core.codec, "converter")
    assert mic_core.codec.converter is converter
    with pytest.raises(AttributeError, match="has no attribute 'convertr'"):
        getattr(mic_core.codec, "convertr")  # noqa: B009  # type checkers know it as well


@pytest.mark.parametrize("value", [{3: 3}, {3: 3, "id": "r"}, {None: 1}])
def test_keys_that_are_no_texts(value: Any) -> None:
    """Data that is no JSON, such as an object whose keys are numbers, is reported like all else."""
    with pytest.raises(ParseError, match=r"\$: must be JSON data: objects with texts as keys"):
        converter().structure(value, Room)
    profile = {"id": "p", "name": "Ada", "attributes": {3: 3, "a": 1}}
    with pytest.raises(ParseError, match="must be JSON data"):
        converter().structure(profile, Person)
