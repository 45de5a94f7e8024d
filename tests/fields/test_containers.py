"""Lists, labels, pairs, values within values: what is taken, and what is said of the rest."""

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import WeeklyHours
from mic_core.fields import (
    Either,
    Id,
    Labels,
    Many,
    Maybe,
    Pairs,
    Scalar,
    Shape,
    Text,
    Value,
    Whole,
)
from mic_core.model import Leaf, Requirement, Seats
from tests.fields.shapes import Level, Row, Word, compiled, same, settled, told

LEAF = Leaf(fact="age", op="known")
SIZE = Pairs(Text(3), Whole(1, 9), 2)
PAIRS = ": must be a mapping, or pairs with different names, of at most 2 entries"
EITHER = Either(lambda: (Leaf, Requirement))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Many(Whole()), ()),
        (Many(Whole(), 1, 2), (7,)),
        (Many(Whole(), 1, 2), (7, 7)),
        (Many(Labels(Text())), (("a",), ())),
        (Labels(Text()), ()),
        (Labels(Text(), 1), ("a",)),
        (Labels(Text(), 0, 2), ("a", "b")),
        (Labels(Whole()), (0, 9)),
        (SIZE, ()),
        (SIZE, (("a", 1),)),
        (SIZE, (("a", 1), ("b", 9))),
        (Maybe(Text()), None),
        (Maybe(Text()), "a"),
        (Value(Seats), Seats(in_person=1)),
        (EITHER, LEAF),
        (Many(EITHER), (LEAF, Requirement(rule="not_", parts=(LEAF,)))),
        (Scalar(), "two\nlines"),
        (Scalar(), ""),
        (Scalar(), True),
        (Scalar(), -(2**53) + 1),
        (Scalar(), 2**53 - 1),
    ],
)
def test_canonical_values_are_kept(shape: Shape, value: object) -> None:
    """A value in canonical form passes the fast test and stays unchanged."""
    assert compiled(shape)(value)
    result, found = settled(shape, value)
    assert same(result, value)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "canonical"),
    [
        (Many(Text()), ["b", "a", "b"], ("b", "a", "b")),
        (Many(Text()), Row(("a",)), ("a",)),
        (Many(Text()), (Word("a"),), ("a",)),
        (Labels(Text()), ["b", "a", "b"], ("a", "b")),
        (Labels(Text()), ("b", "a"), ("a", "b")),
        (Labels(Text()), {"b", "a"}, ("a", "b")),
        (Labels(Text()), frozenset({"a"}), ("a",)),
        (Labels(Text()), [Word("a"), "a"], ("a",)),
        (Labels(Text(), 0, 3), ["a", "a", "b"], ("a", "b")),
        (SIZE, {"b": 2, "a": 1}, (("a", 1), ("b", 2))),
        (SIZE, MappingProxyType({"a": 1}), (("a", 1),)),
        (SIZE, [["b", 2], ("a", Level.HIGH)], (("a", 3), ("b", 2))),
        (
            Pairs(Text(), Scalar()),
            {"a": True, "b": 1, "c": "1"},
            (("a", True), ("b", 1), ("c", "1")),
        ),
        (Maybe(Labels(Text())), ["a"], ("a",)),
        (Scalar(), Word("a"), "a"),
        (Scalar(), Level.HIGH, 3),
    ],
)
def test_values_become_canonical(shape: Shape, value: object, canonical: object) -> None:
    """Lists become tuples, labels are sorted and kept once, pairs are sorted by name."""
    assert not compiled(shape)(value)
    result, found = settled(shape, value)
    assert same(result, canonical)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "messages"),
    [
        (
            Many(Text()),
            "ab",
            [
                (
                    ": must be a tuple or list of at most 100000 items; had text of 2 characters; "
                    "put it into a tuple, even if it is one"
                )
            ],
        ),
        (Many(Whole(), 1, 2), (), [": must be a tuple or list of 1 to 2 items; had a tuple of 0"]),
        (
            Many(Whole(), 1, 2),
            [1, 2, 3],
            [": must be a tuple or list of 1 to 2 items; had a list of 3"],
        ),
        (Many(Whole()), {1}, [": must be a tuple or list of at most 100000 items; had a set of 1"]),
        (
            Many(Whole(1, 9)),
            (1, True, 0),
            [
                "[1]: must be a whole number, from 1 to 9; had a flag (True or False)",
                "[2]: must be a whole number, from 1 to 9; had a whole number; it is too small",
            ],
        ),
        (
            Many(Many(Whole(1, 9))),
            ((1,), (1, 0)),
            ["[1][1]: must be a whole number, from 1 to 9; had a whole number; it is too small"],
        ),
        (
            Labels(Id(), 2),
            ["a", "a"],
            [": must be a tuple, list or set of 2 to 100000 different items; had a list of 2"],
        ),
        (
            Labels(Id(), 0, 2),
            ["a", "b", "c"],
            [": must be a tuple, list or set of at most 2 different items; had a list of 3"],
        ),
        (
            Labels(Id()),
            {"a": 1},
            [
                (
                    ": must be a tuple, list or set of at most 100000 different items; "
                    "had a mapping of 1"
                )
            ],
        ),
        (
            Labels(Text(2)),
            ["a", "", 7],
            [
                (
                    "[1]: must be one line of text of 1 to 2 characters, not blank; "
                    "had text of 0 characters"
                ),
                "[2]: must be one line of text of 1 to 2 characters, not blank; had a whole number",
            ],
        ),
        (
            Labels(Text(2)),
            {"a", "", 7, "abc"},
            [
                ": must be one line of text of 1 to 2 characters, not blank; had a whole number",
                (
                    ": must be one line of text of 1 to 2 characters, not blank; "
                    "had text of 0 characters"
                ),
                (
                    ": must be one line of text of 1 to 2 characters, not blank; "
                    "had text of 3 characters"
                ),
            ],
        ),
        (
            SIZE,
            "a",
            [(f"{PAIRS}; had text of 1 characters")],
        ),
        (
            SIZE,
            ("ab",),
            [(f"{PAIRS}; had a tuple of 1")],
        ),
        (
            SIZE,
            (("a", 1, 2),),
            [(f"{PAIRS}; had a tuple of 1")],
        ),
        (
            SIZE,
            {("a", 1)},
            [(f"{PAIRS}; had a set of 1")],
        ),
        (
            SIZE,
            {"a": 1, "b": 2, "c": 3},
            [(f"{PAIRS}; had a mapping of 3")],
        ),
        (
            SIZE,
            (("a", 1), ("a", 2)),
            [(f"{PAIRS}; had a tuple of 2; name each entry once")],
        ),
        (
            SIZE,
            {"": 0, "b": 1},
            [
                (
                    "[0].name: must be one line of text of 1 to 3 characters, not blank; "
                    "had text of 0 characters"
                ),
                (
                    "[0].value: must be a whole number, from 1 to 9; had a whole number; "
                    "it is too small"
                ),
            ],
        ),
        (
            Maybe(Text(3)),
            "",
            [
                (
                    ": must be one line of text of 1 to 3 characters, not blank, or None; "
                    "had text of 0 characters"
                )
            ],
        ),
        (
            Maybe(Text(3)),
            "\x00",
            [
                (
                    ": must hold no control characters and no lone surrogates; "
                    "had text of 1 characters; "
                    "remove them, line breaks included"
                )
            ],
        ),
        (
            Maybe(Labels(Text(3))),
            ["", "a"],
            [
                (
                    "[0]: must be one line of text of 1 to 3 characters, not blank; "
                    "had text of 0 characters"
                )
            ],
        ),
        (Value(Seats), {"in_person": 1}, [": must be a Seats; had a mapping of 1"]),
        (Value(Seats), Seats, [": must be a Seats; had type"]),
        (Value(Seats), "16", [": must be a Seats; had text of 2 characters"]),
        (
            Value(WeeklyHours),
            "Mo-Fr 09:00-18:00",
            [
                (
                    ": must be a WeeklyHours; had text of 17 characters; "
                    "read it with WeeklyHours.parse"
                )
            ],
        ),
        (Value(WeeklyHours), 9, [": must be a WeeklyHours; had a whole number"]),
        (
            Labels(Id()),
            "a",
            [
                (
                    ": must be a tuple, list or set of at most 100000 different items; "
                    "had text of 1 characters; put it into a tuple, even if it is one"
                )
            ],
        ),
        (EITHER, Seats(), [": must be one of Leaf, Requirement; had Seats"]),
        (Scalar(), 1.5, [": must be text, a whole number, or True or False; had a number (float)"]),
        (Scalar(), None, [": must be text, a whole number, or True or False; had nothing"]),
        (
            Scalar(),
            2**53,
            [
                (
                    ": must be a whole number; had a whole number; it is too large: "
                    "9007199254740991 is the most"
                )
            ],
        ),
        (
            Scalar(),
            "a" * 2001,
            [": must be text of at most 2000 characters; had text of 2001 characters"],
        ),
    ],
)
def test_other_values_are_refused(shape: Shape, value: object, messages: list[str]) -> None:
    """Each part that does not fit is told with its place, all at once."""
    assert not compiled(shape)(value)
    assert told(shape, value) == [f"field{message}" for message in messages]


def test_long_lists_are_not_looked_through() -> None:
    """A list longer than allowed is refused as a whole, however much is wrong within."""
    assert len(told(Many(Whole(), most=3), [None] * 1000)) == 1
    assert len(told(Labels(Whole(), most=3), [None] * 1000)) == 1


@given(st.lists(st.text("ab \x00", max_size=2), max_size=6))
def test_labels_are_a_sorted_set(texts: list[str]) -> None:
    """The canonical form of labels is the sorted set of the texts, from a list or from a set."""
    naive = tuple(sorted(set(texts)))
    sound = all(text.strip() and "\x00" not in text for text in texts)
    for value in (texts, tuple(texts), set(texts), frozenset(texts)):
        result, found = settled(Labels(Text(2)), value)
        assert result == (naive if sound else None)
        assert bool(found) is not sound
    assert compiled(Labels(Text(2)))(tuple(texts)) is (sound and tuple(texts) == naive)


@given(st.lists(st.tuples(st.text("ab", max_size=2), st.integers(0, 10)), max_size=4))
def test_pairs_are_a_sorted_mapping(pairs: list[tuple[str, int]]) -> None:
    """The canonical form of pairs is the sorted mapping, if no name is repeated."""
    shape = Pairs(Text(2), Whole(1, 9))
    naive = tuple(sorted(dict(pairs).items()))
    sound = all(name and 1 <= number <= 9 for name, number in pairs)
    once = len(dict(pairs)) == len(pairs)
    assert settled(shape, pairs)[0] == (naive if sound and once else None)
    fits = compiled(shape)(tuple(pairs))
    assert fits is (sound and once and tuple(pairs) == naive)


def test_paths_into_sets_do_not_depend_on_their_order() -> None:
    """As the order of a set differs from run to run, its problems are told without a place."""
    value: Any = {f"{n}\x00" for n in range(20)}
    assert len({message.partition(":")[0] for message in told(Labels(Text()), value)}) == 1
