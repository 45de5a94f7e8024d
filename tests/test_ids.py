"""Ids, kinds and citations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.ids import ID_PATTERN, cite, is_id, kind_of, split
from mic_core.model import KINDS, NOUNS

FIRST = "abcxyzABCXYZ0189"


@pytest.mark.parametrize("text", ["a", "Z", "0", "a.b_c:d-9", "a" * 64, "9" * 64, "a-", "a:"])
def test_ids(text: str) -> None:
    """Up to 64 letters and digits of ASCII, with points and dashes after the first."""
    assert is_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "-a", ".a", "_a", ":a", " a", "a b", "a" * 65, "a\n", "a/b", "\u00e9", "\u0430", "\u0661",
     "a\x00", "\ud800"],
)  # fmt: skip
def test_other_texts_are_no_ids(text: str) -> None:
    """A text that is empty, long or odd, or that looks like another id, is no id."""
    assert not is_id(text)


@given(st.text(FIRST + "._:- /\u00e9", max_size=70))
def test_ids_against_a_naive_look(text: str) -> None:
    """The pattern takes just what a look at each letter takes."""
    naive = 1 <= len(text) <= 64 and text[0] in FIRST and set(text) <= set(FIRST + "._:-")
    assert bool(is_id(text)) is naive


@given(st.sampled_from(sorted(NOUNS)), st.from_regex(ID_PATTERN, fullmatch=True))
def test_citations_split_into_what_they_cite(kind: str, id: str) -> None:
    """Taking a citation apart gives back its kind and id, colons in the id included."""
    assert split(cite(kind, id)) == (kind, id)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Room", "room"),
        ("FollowUp", "follow_up"),
        ("ABTest", "abtest"),
        ("Part2Go", "part2go"),
        ("OneTwoThree", "one_two_three"),
    ],
)
def test_kinds_are_written_small(name: str, kind: str) -> None:
    """A kind is the name of its noun in small letters, words joined by underscores."""
    assert kind_of(type(name, (), {})) == kind


def test_each_noun_has_its_kind() -> None:
    """Kinds and nouns lead to each other, in alphabetical order."""
    assert list(NOUNS) == sorted(NOUNS)
    assert {kind: noun for noun, kind in KINDS.items()} == NOUNS
    assert all(kind_of(noun) == kind for kind, noun in NOUNS.items())
