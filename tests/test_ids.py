"""Ids, kinds and citations."""

from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import InvariantError
from mic_core.ids import ID_PATTERN, cite, is_id, kind_of, slug, split
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


ANY_TEXT = st.text(st.characters(), max_size=300) | st.text("aA\u00e9e\u0301 -._:/", max_size=4)
"""Texts with lone surrogates, and short ones that are alike."""


@given(ANY_TEXT)
def test_a_slug_is_an_id_and_stays(text: str) -> None:
    """A slug is an id of at most 64 characters, the same each time, and its own slug."""
    made = slug(text)
    assert is_id(made)
    assert slug(text) == made
    assert slug(made) == made


@given(st.from_regex(ID_PATTERN, fullmatch=True))
def test_an_id_is_its_own_slug(id: str) -> None:
    """An id is left as it is."""
    assert slug(id) == id


@given(st.lists(ANY_TEXT, unique=True, max_size=30))
def test_different_texts_have_different_slugs(texts: list[str]) -> None:
    """Two texts share no slug, unless one of them is the very slug of the other."""
    others = [text for text in texts if not is_id(text)]
    assert len({slug(text) for text in others}) == len(others)
    kept = [text for text in texts if is_id(text)]
    assert len({slug(text) for text in kept}) == len(kept)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", "4oymiquy7qobjgx3"),
        ("Ada Lovelace", "ada-lovelace-oz2aefqxcwizapg3"),
        ("ada lovelace", "ada-lovelace-c57ylx2xvujb2wvk"),
        (" fosdem/2008/ ", "fosdem-2008-wk65lri255gmpl35"),
        ("\u00c9t\u00e9 \u00e0 Li\u00e8ge", "ete-a-liege-eodi2irphavqncxz"),
        ("E\u0301te\u0301 a\u0300 Lie\u0300ge", "ete-a-liege-4f5q5ur6ui3fkqvf"),
        ("\u65e5\u672c", "z4vl6dc34mtmxerk"),
        ("\ud800", "sgtidomykvp3i5kh"),
        ("x" * 65, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-su34l7prebec67ky"),
        ("a" * 46 + " b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-3cfouwfez47kv3by"),
        ("https://example.org/s?id=7#top", "https-example-org-s-id-7-top-fjmcoap6teiwco47"),
    ],
)
def test_slugs_are_the_same_in_every_release(text: str, made: str) -> None:
    """Slugs that an app has stored are found again: they are part of the interface."""
    assert slug(text) == made


@pytest.mark.parametrize(
    "text", [None, 7, b"ada", ["ada"], Mock(spec=str)], ids=lambda each: type(each).__name__
)
def test_only_a_text_has_a_slug(text: Any) -> None:
    """A number or a list is refused, in words of this library."""
    with pytest.raises(InvariantError, match="slug: 1 problem\n  text: must be a text"):
        slug(text)


def test_a_long_text_costs_only_its_digest() -> None:
    """A million accents, whose order takes Unicode a quadratic time, are not sorted."""
    assert slug("\u0301\u0316" * 500_000) != slug("\u0316\u0301" * 500_000)
