"""The vocabulary: every noun of the house with its fields, the words of its choices, and money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import model
from mic_core.chrono import Slot
from mic_core.errors import InvariantError
from mic_core.fields import Choice, OpenChoice, fields_of
from mic_core.fields.declared import shapes_within
from mic_core.model import (
    NOUNS,
    Leaf,
    Money,
    Noun,
    Requirement,
    Seats,
    all_of,
    any_of,
    n_of,
    not_,
)
from tests.model.declarations import FILE, OWN, written
from tests.model.outcomes import CLASSES, named

# Words that other houses use for the same things.
BANNED = {
    "account", "attendee", "batch", "check_in", "checkin", "class", "cohort", "contact_id",
    "curriculum", "engagement", "event", "facility", "instructor", "lesson", "occurrence", "party",
    "precondition", "registration", "round", "stage", "submission", "talk", "venue",
}  # fmt: skip


def test_declarations_are_as_they_were_read() -> None:
    """Every field has the shape, the bounds and the default that stand in the written list."""
    assert written().splitlines() == FILE.read_text("utf-8").splitlines()


def test_every_noun_has_an_id_first() -> None:
    """A noun is kept under an id, which is its first field."""
    assert {fields_of(noun)[0].name for noun in NOUNS.values()} == {"id"}


@pytest.mark.parametrize("cls", OWN, ids=named)
def test_fields_are_given_by_name(cls: Any) -> None:
    """No field of a noun, or of a value in one, is given by its place."""
    assert not any(field.positional for field in fields_of(cls))


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_one_word_for_one_thing(cls: Any) -> None:
    """No field and no class bears a word for which the house has another one."""
    assert {cls.__name__.lower(), *(field.name for field in fields_of(cls))} & BANNED == set()


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_choices_are_words(cls: Any) -> None:
    """The words of a choice are different, small, and written in one way; operators aside."""
    for field in fields_of(cls):
        for shape in shapes_within(field.shape):
            if isinstance(shape, Choice | OpenChoice) and field.name not in {"op", "week_start"}:
                assert len(set(shape.words)) == len(shape.words) > 1
                assert all(word.rstrip("_").isidentifier() for word in shape.words)
                assert all(word == word.lower() for word in shape.words)


def test_kinds_that_stay_closed_have_a_rest() -> None:
    """Kinds of support, deals and costs are closed lists that end in `other`."""
    for cls in (model.Support, model.Deal, model.Cost):
        (shape,) = (field.shape for field in fields_of(cls) if field.name == "kind")
        assert isinstance(shape, Choice)
        assert shape.words[-1] == "other"


@pytest.mark.parametrize("kind", ["training", "hackathon", "demo_day"])
def test_kinds_and_roles_are_open(kind: str) -> None:
    """A word beyond the documented list is a kind of session or program, and a role."""
    assert model.Program(id="p", title="P", kind=kind).kind == kind
    hour = timedelta(hours=1)
    assert model.Module(id="m", title="M", kind=kind, length=hour).kind == kind
    assert model.Session(id="s", center_id="c", title="S", kind=kind, length=hour).kind == kind
    assert model.Assignment(id="a", session_id="s", person_id="p", role=kind).role == kind


def test_labels_have_up_to_two_hundred_characters() -> None:
    """Topics, features and names of regions are as long as titles may be."""
    room = model.Room(id="r", center_id="c", name="n" * 200, features=("f" * 200,))
    assert room.features == ("f" * 200,)
    with pytest.raises(InvariantError, match="features"):
        model.Room(id="r", center_id="c", name="R", features=("f" * 201,))


def test_the_seats_of_a_room_may_be_unstated() -> None:
    """A room without seats has None, which is not stated, and not zero."""
    assert model.Room(id="r", center_id="c", name="R").seats is None
    assert model.Room(id="r", center_id="c", name="R", seats=0).seats == 0


def test_a_session_of_length_zero_is_refused() -> None:
    """The message says that the length is too short, for a session and for a slot."""
    with pytest.raises(InvariantError, match=r"length: must be a timedelta above 0.*too short"):
        model.Session(id="s", center_id="c", title="S", length=timedelta())
    with pytest.raises(InvariantError, match=r"length: must be a timedelta above 0.*too short"):
        Slot.at("2014-09-10", "18:00", timedelta(), "Europe/Brussels")


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_times_bear_their_names(cls: Any) -> None:
    """A field that ends in `_at` is an instant or a time of day, one that ends in `_on` a date."""
    kinds = {field.name: {type(each).__name__ for each in shapes_within(field.shape)}
             for field in fields_of(cls)}  # fmt: skip
    for name, shapes in kinds.items():
        if name.endswith("_at"):
            assert shapes & {"Instant", "Clock"}
        elif name.endswith("_on") or name == "on":
            assert "Day" in shapes
        elif name.endswith("_id"):
            assert "Ref" in shapes


def test_the_union_holds_every_noun() -> None:
    """`Noun` is the union of just the classes that have a kind."""
    assert set(get_args(Noun)) == set(NOUNS.values())
    assert len(NOUNS) == 39


def test_all_names_are_exported() -> None:
    """Each class can be had from the model itself."""
    assert {cls.__name__ for cls in OWN} <= set(model.__all__)
    assert model.__all__ == sorted(
        model.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(model, name) for name in model.__all__)


ADULT = Leaf(fact="age", op=">=", value=(18,))
MEMBER = Leaf(fact="member", op="known")


@pytest.mark.parametrize(
    ("requirement", "text"),
    [
        (ADULT, "age >= 18"),
        (MEMBER, "member known"),
        (Leaf(fact="origin", op="in", value=("BE", "FR", True)), "origin in BE, FR, True"),
        (all_of(ADULT, MEMBER), "all of (age >= 18; member known)"),
        (any_of(ADULT), "any of (age >= 18)"),
        (n_of(2, ADULT, MEMBER, MEMBER), "2 of (age >= 18; member known; member known)"),
        (not_(all_of(ADULT)), "not (all of (age >= 18))"),
    ],
)
def test_requirements_are_told(requirement: Requirement | Leaf, text: str) -> None:
    """A requirement reads as a phrase."""
    assert str(requirement) == text


def test_requirements_are_combined() -> None:
    """The functions make what the class makes."""
    assert all_of(ADULT, MEMBER) == Requirement(rule="all_of", parts=(ADULT, MEMBER))
    assert any_of(ADULT, MEMBER) == Requirement(rule="any_of", parts=(ADULT, MEMBER))
    assert n_of(1, ADULT, MEMBER) == Requirement(rule="n_of", parts=(ADULT, MEMBER), n=1)
    assert not_(ADULT) == Requirement(rule="not_", parts=(ADULT,))
    with pytest.raises(InvariantError, match="parts: must be a tuple or list of 1 to 1000 items"):
        all_of()
    with pytest.raises(InvariantError, match="n: must not exceed the number of parts; had 3"):
        n_of(3, ADULT, MEMBER)
    with pytest.raises(InvariantError, match=r"n: must be a whole number, 1 or more, or None"):
        n_of(0, ADULT)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
)
def test_money_is_equal_by_its_amount(amount: Decimal) -> None:
    """Money of equal amounts is equal and shown alike, however the amounts were written."""
    one = Money(amount=amount, currency="EUR")
    other = Money(amount=amount.quantize(Decimal("0.0001")), currency="EUR")
    assert one == other
    assert repr(one) == repr(other)
    assert one != Money(amount=amount, currency="USD")


def test_codes_are_capitals() -> None:
    """A currency and a country are written as their standards write them."""
    assert Money(amount=Decimal(1), currency="EUR").currency == "EUR"
    made = model.Organization(id="o", name="Oh-Chef", kind="venture", country="BE")
    assert made.country == "BE"


@pytest.mark.parametrize("currency", ["EU", "EURO", "eur", "E1R", "", "\u20ac\u20ac\u20ac"])
def test_currencies_are_codes(currency: str) -> None:
    """A currency is three capitals."""
    with pytest.raises(InvariantError, match="currency: must be a currency code of three capitals"):
        Money(amount=Decimal(1), currency=currency)


@pytest.mark.parametrize("country", ["B", "BEL", "be", "B1", "", "\u0411\u0415"])
def test_countries_are_codes(country: str) -> None:
    """A country is two capitals."""
    with pytest.raises(InvariantError, match="country: must be a country code of two capitals"):
        model.Organization(id="o", name="Oh-Chef", kind="venture", country=country)


def test_no_seat_is_a_number_too() -> None:
    """Zero seats are a limit; None is none."""
    assert Seats(in_person=0) != Seats()
    assert repr(Seats(online=0)) == "Seats(online=0)"
