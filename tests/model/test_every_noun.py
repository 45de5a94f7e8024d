"""Properties of every noun and nested value: validated once and for all, all problems at once."""

import copy
import pickle
import re
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.checked import maker
from mic_core.chrono import Slot
from mic_core.errors import InvariantError
from mic_core.fields import Found, describe, fields_of
from mic_core.testing import values
from tests.budget import one_in
from tests.fields.shapes import hostile, same
from tests.model.outcomes import CLASSES, explained, given_to, named, outcome

ALL = pytest.mark.parametrize("cls", CLASSES, ids=named)
CLASS = st.sampled_from(CLASSES)
MAKERS = {cls: maker(cls) for cls in CLASSES}


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A class, and fields for it of which some are hostile."""
    cls = draw(CLASS)
    fields = given_to(draw(values(cls)))
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=3)):
        fields[name] = draw(hostile())
    return cls, fields


@given(drawn())
def test_the_quick_check_agrees_with_the_explaining_one(case: tuple[Any, dict[str, Any]]) -> None:
    """A constructor makes what the explaining path settles, and raises what that one finds."""
    cls, fields = case
    found, naive = outcome(lambda: cls(**fields)), explained(cls, fields)
    if isinstance(naive, list):
        assert found == naive
    else:
        assert same(found[: len(naive)], naive)
    made = outcome(lambda: MAKERS[cls](*fields.values()))
    assert made == found if isinstance(found, list) else same(made, found)


@given(drawn())
def test_every_faulty_field_is_told_at_once(case: tuple[Any, dict[str, Any]]) -> None:
    """The one error names each field that is wrong by itself, in their order."""
    cls, fields = case
    wrong: list[str] = []
    for field in fields_of(cls):
        mine: Found = []
        field.shape.settle(fields[field.name], field.name, mine)
        wrong += [field.name] if mine else []
    found = outcome(lambda: cls(**fields))
    paths = [each.path for each in found] if isinstance(found, list) else []
    told = dict.fromkeys(re.split(r"[.\[]", path)[0] for path in paths)
    assert list(told)[: len(wrong)] == wrong


@given(CLASS, st.data())
def test_values_are_equal_by_their_fields(cls: Any, data: st.DataObject) -> None:
    """Values made of the same fields are equal and have one hash; others differ."""
    value, other = data.draw(values(cls)), data.draw(values(cls))
    again = cls(**given_to(value))
    assert again == value
    assert hash(again) == hash(value)
    assert value != tuple(given_to(value).values())
    compared = [each.name for each in attrs.fields(cls) if each.eq]
    alike = all(getattr(value, name) == getattr(other, name) for name in compared)
    assert (value == other) is alike


@given(CLASS, st.data())
def test_values_travel(cls: Any, data: st.DataObject) -> None:
    """Copies and pickles equal what was copied, derived fields included."""
    value = data.draw(values(cls))
    copies = [copy.copy(value), copy.deepcopy(value), attrs.evolve(value)]
    pickles = [pickle.dumps(value, protocol) for protocol in (4, 5)]
    for other in [*copies, *map(pickle.loads, pickles)]:
        assert other == value
        assert outcome(lambda: other) == outcome(lambda: value)  # noqa: B023  # called at once


def _blank(cls: Any) -> object:
    """An instance that no constructor has seen."""
    return object.__new__(cls)


class Tampered:
    """Pickles as a value of a class in a state that its constructor has not seen."""

    def __init__(self, cls: Any, state: object) -> None:
        self.cls = cls
        self.state = state

    def __reduce__(self) -> tuple[Any, ...]:
        return _blank, (self.cls,), self.state


def unpickled(cls: Any, state: object) -> Any:
    """The result of unpickling a tampered pickle."""
    return pickle.loads(pickle.dumps(Tampered(cls, state)))


@given(drawn())
def test_tampered_pickles_are_checked(case: tuple[Any, dict[str, Any]]) -> None:
    """A value that the constructor refuses is refused from a pickle too, with the same problems."""
    cls, fields = case
    fields = {name: each for name, each in fields.items() if _pickles(each)}
    fields = {**given_to_least(cls), **fields}
    found, made = outcome(lambda: unpickled(cls, fields)), outcome(lambda: cls(**fields))
    assert found == made if isinstance(made, list) else same(found, made)


def _pickles(value: object) -> bool:
    try:
        return bool(pickle.dumps(value))
    except (TypeError, AttributeError, pickle.PicklingError):
        return False


def given_to_least(cls: Any) -> dict[str, Any]:
    """The fields that have defaults, at these."""
    return {field.name: field.default for field in fields_of(cls) if not field.required}


@ALL
def test_pickles_without_state_are_refused(cls: Any) -> None:
    """A pickle lacks no field that must be given, and holds none that is unknown."""
    required = [field.name for field in fields_of(cls) if field.required]
    states: tuple[object, ...] = ([1], (None, {"id": "a"}), {"lost": 1}, "state")
    for state in states:
        with pytest.raises(InvariantError) as refusal:
            unpickled(cls, state)
        *lacking, stray = map(str, refusal.value.problems)
        assert lacking == [f"{name}: must be given" for name in required]
        known = ", ".join(each.name for each in attrs.fields(cls))
        assert stray == f"must hold, by name, no fields but {known}; had {describe(state)}"


@given(CLASS, st.data())
def test_pickles_of_old_versions_have_defaults(cls: Any, data: st.DataObject) -> None:
    """A pickle that was made before a field with a default existed is read with this default."""
    value = data.draw(values(cls))
    state = given_to(value)
    for name in given_to_least(cls):
        if data.draw(st.booleans()):
            del state[name]
    made = outcome(lambda: cls(**state))
    found = outcome(lambda: unpickled(cls, state))
    assert found == made if isinstance(made, list) else same(found, made)


def test_pickles_that_lost_an_hour_are_refused() -> None:
    """Before protocol 4, Python drops which of two equal wall times is meant: that is noticed."""
    slot = Slot.at("2014-10-26", "01:30", timedelta(hours=2), "Europe/Brussels")
    assert pickle.loads(pickle.dumps(slot, 4)) == slot
    with pytest.raises(InvariantError) as refusal:
        pickle.loads(pickle.dumps(slot, 3))
    assert [str(each) for each in refusal.value.problems] == [
        "end_utc: must follow from the other fields; pickle with protocol 4 or later"
    ]


@one_in(2)
@given(drawn())
def test_evolving_checks(case: tuple[Any, dict[str, Any]]) -> None:
    """A value with some fields changed is made or refused as if it were made anew."""
    cls, fields = case
    sound = outcome(lambda: cls(**fields))
    if not isinstance(sound, list):
        value = cls(**fields)
        for name in list(fields)[:3]:
            changed = {**given_to(value), name: None}
            made = outcome(lambda: cls(**changed))  # noqa: B023  # called at once
            found = outcome(lambda: attrs.evolve(value, **{name: None}))  # noqa: B023  # as above
            assert found == made if isinstance(made, list) else same(found, made)


@given(CLASS, st.data())
def test_values_are_frozen(cls: Any, data: st.DataObject) -> None:
    """No field of a value can be set or deleted, and none can be added."""
    value = data.draw(values(cls))
    for name in [*given_to(value), "another"]:
        with pytest.raises(AttributeError):
            setattr(value, name, None)
        with pytest.raises(AttributeError):
            delattr(value, name)
    assert not hasattr(value, "__dict__")


@ALL
def test_defaults_are_canonical(cls: Any) -> None:
    """A default is what settling it gives, since constructors do not check it again."""
    for field in fields_of(cls):
        if not field.required:
            found: Found = []
            settled = field.shape.settle(field.default, field.name, found)
            assert found == []
            assert same(settled, field.default)


@ALL
def test_nothing_extends_a_value(cls: Any) -> None:
    """A class of values has no subclasses: they could hold what is not checked."""
    with pytest.raises(TypeError, match=f"Mine cannot extend {cls.__name__}: hold one in it"):
        type("Mine", (cls,), {})


@ALL
def test_every_class_says_what_it_is(cls: Any) -> None:
    """A docstring of a class of values begins with a sentence."""
    assert (cls.__doc__ or "").strip().partition("\n\n")[0].endswith((".", "counts it", ":"))
