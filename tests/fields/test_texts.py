"""Texts, ids, references, codes and choices: what is taken, and what is said of the rest."""

import sys
import unicodedata

import pytest

from mic_core.fields import Choice, Coded, Id, OpenChoice, Ref, Shape, Subject, Text, texts
from mic_core.markup import printable
from tests.fields.shapes import Color, Word, compiled, same, settled, told

LINE = "field: must be one line of text of 1 to 5 characters, not blank"
UNSOUND = "field: must hold no control characters and no lone surrogates"
ID = "1 to 64 of A-Z a-z 0-9 . _ : - and a letter or digit first"
COUNTRY = Coded("[A-Z]{2}", "a country code of two capitals (ISO 3166-1)")
MODE = Choice(("in_person", "online", "hybrid"))
KIND = OpenChoice(("talk", "training", "visit"))
WORD = "must be a word of 1 to 64 of a-z 0-9 _, a letter first, as talk, training or visit"


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Text(5), "a"),
        (Text(5), "12345"),
        (Text(5), "\u00e9\U0001f680\u200f"),
        (Text(5, lines=True), "\u00e9\n\u202e"),
        (Text(5), " a "),
        (Text(5, lines=True), "a\n\tb"),
        (Text(5, 0), ""),
        (Text(5, 0), "  "),
        (Text(5, 2), "ab"),
        (Id(), "a"),
        (Id(), "0" * 64),
        (Id(), "A.b_c:d-9"),
        (Ref("person"), "p-17"),
        (Subject("edition", "room"), "room:a:b"),
        (COUNTRY, "BE"),
        (MODE, "online"),
        (KIND, "talk"),
        (KIND, "hackathon"),
        (KIND, "demo_day_2"),
        (KIND, "a"),
        (KIND, "a" * 64),
    ],
)
def test_texts_that_fit_are_kept(shape: Shape, value: str) -> None:
    """A text within all bounds passes the quick test and stays as it is."""
    assert compiled(shape)(value)
    assert settled(shape, value) == (value, [])


@pytest.mark.parametrize(
    ("shape", "value", "canonical"),
    [
        (Text(5), Word("abc"), "abc"),
        (Text(5), Color.RED, "red"),
        (Id(), Word("a"), "a"),
        (Ref("person"), Word("p-1"), "p-1"),
        (Subject("room"), Word("room:r"), "room:r"),
        (COUNTRY, Word("BE"), "BE"),
        (MODE, Word("online"), "online"),
        (Choice(("red", "blue")), Color.RED, "red"),
        (KIND, Word("hackathon"), "hackathon"),
        (KIND, Color.RED, "red"),
    ],
)
def test_texts_of_other_classes_become_plain(shape: Shape, value: str, canonical: str) -> None:
    """A text of a class of its own, such as a member of an enumeration, is kept as plain text."""
    result, found = settled(shape, value)
    assert same(result, canonical)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        (Text(5), "", f"{LINE}; had text of 0 characters"),
        (Text(5), "123456", f"{LINE}; had text of 6 characters"),
        (Text(5), "   ", f"{LINE}; had text of 3 characters; it is blank"),
        (Text(5), None, f"{LINE}; had nothing"),
        (Text(5), 7, f"{LINE}; had a whole number"),
        (Text(5), b"abc", f"{LINE}; had bytes"),
        (Text(5), ["a"], f"{LINE}; had a list of 1"),
        (
            Text(5, lines=True),
            "",
            "field: must be text of 1 to 5 characters, not blank; had text of 0 characters",
        ),
        (
            Text(5, 0),
            "123456",
            "field: must be one line of text of at most 5 characters; had text of 6 characters",
        ),
        (
            Text(5, 2),
            "a",
            (
                "field: must be one line of text of 2 to 5 characters, not blank; "
                "had text of 1 characters"
            ),
        ),
        (Id(), "", f"field: must be an id: {ID}; had text of 0 characters"),
        (Id(), "-a", f"field: must be an id: {ID}; had text of 2 characters"),
        (Id(), "a" * 65, f"field: must be an id: {ID}; had text of 65 characters"),
        (Id(), "a\n", f"field: must be an id: {ID}; had text of 2 characters"),
        (Id(), "\u0661", f"field: must be an id: {ID}; had text of 1 characters"),
        (Id(), 7, f"field: must be an id: {ID}; had a whole number"),
        (
            Ref("person", "organization"),
            "a b",
            f"field: must be the id of a person or an organization: {ID}; had text of 3 characters",
        ),
        (
            Ref("center"),
            None,
            f"field: must be the id of a center: {ID}; had nothing",
        ),
        (
            Subject("edition", "room"),
            "person:p-1",
            (
                "field: must be kind:id, with kind one of edition, room; "
                "had text of 10 characters; "
                "write it like edition:some-id"
            ),
        ),
        (
            Subject("edition", "room"),
            7,
            (
                "field: must be kind:id, with kind one of edition, room; had a whole number; "
                "write it like edition:some-id"
            ),
        ),
        (
            COUNTRY,
            "Belgium",
            "field: must be a country code of two capitals (ISO 3166-1); had text of 7 characters",
        ),
        (
            COUNTRY,
            7,
            "field: must be a country code of two capitals (ISO 3166-1); had a whole number",
        ),
        (
            MODE,
            "in-person",
            (
                "field: must be one of in_person, online, hybrid; had text of 9 characters; "
                "did you mean in_person?"
            ),
        ),
        (MODE, "", "field: must be one of in_person, online, hybrid; had text of 0 characters"),
        (MODE, True, "field: must be one of in_person, online, hybrid; had a flag (True or False)"),
        (MODE, ["online"], "field: must be one of in_person, online, hybrid; had a list of 1"),
        (KIND, "Training", f"field: {WORD}; had text of 8 characters; did you mean training?"),
        (KIND, "", f"field: {WORD}; had text of 0 characters"),
        (KIND, "2nd", f"field: {WORD}; had text of 3 characters"),
        (KIND, "_x", f"field: {WORD}; had text of 2 characters"),
        (KIND, "demo day", f"field: {WORD}; had text of 8 characters"),
        (KIND, "caf\u00e9", f"field: {WORD}; had text of 4 characters"),
        (KIND, "z\n", f"field: {WORD}; had text of 2 characters"),
        (KIND, "a" * 65, f"field: {WORD}; had text of 65 characters"),
        (KIND, None, f"field: {WORD}; had nothing"),
    ],
)
def test_other_texts_are_refused(shape: Shape, value: object, message: str) -> None:
    """An invalid text is reported with the rule, the shape that was found, and a hint."""
    assert not compiled(shape)(value)
    assert told(shape, value) == [message]


@pytest.mark.parametrize(
    "letter",
    ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\r", "\x1f", "\x7f", "\x85", "\x9f", "\u2028",
     "\u2029",
     "\ud800", chr(0xDFFF)],
    ids=lambda letter: f"{ord(letter):04x}",
)  # fmt: skip
@pytest.mark.parametrize("lines", [False, True])
def test_control_characters_are_refused(letter: str, lines: bool) -> None:
    """No control character, separator of lines or half of a pair gets into a text."""
    mend = "remove them" if lines else "remove them, line breaks included"
    shape = Text(5, lines=lines)
    assert not compiled(shape)(f"a{letter}")
    assert told(shape, f"a{letter}") == [f"{UNSOUND}; had text of 2 characters; {mend}"]


@pytest.mark.parametrize(
    "letter",
    [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))],
    ids=lambda letter: f"{ord(letter):04x}",
)
def test_one_line_turns_no_direction(letter: str) -> None:
    """A name with a character that embeds, overrides or isolates a direction is refused.

    In several lines it is taken, and replaced where such a text is shown.
    """
    assert not compiled(Text(5))(f"a{letter}")
    assert told(Text(5), f"a{letter}") == [
        (
            "field: must hold no characters that turn the direction of text, as U+202E does; had "
            "text of 2 characters; remove U+202A to U+202E and U+2066 to U+2069"
        )
    ]
    assert told(Text(5, lines=True), f"a{letter}") == []
    assert printable(f"a{letter}") == "a\ufffd"


@pytest.mark.parametrize("text", ["\u200b", "\u2060\ufeff", "\u3164 \u115f", "\u2800", "\U000e0041",
    "\u00ad\u200d", "\ufe0f", "\u00a0\u3000"])  # fmt: skip
def test_a_text_must_show_something(text: str) -> None:
    """Spaces and characters that show nothing are as good as no text, unless that is allowed."""
    for lines in (False, True):
        assert not compiled(Text(9, lines=lines))(text)
        (problem,) = told(Text(9, lines=lines), text)
        assert problem.endswith("; it is blank")
        assert told(Text(9, 0, lines=lines), text) == []
        assert told(Text(9, lines=lines), f"{text}a") == []


def test_what_shows_nothing_is_what_unicode_ignores() -> None:
    """Of all characters that Unicode names, none of format shows; all letters but fillers do."""
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) == "Zs" or letter.isspace():
            assert not texts.has_visible(letter)
        elif unicodedata.category(letter)[0] in "LNPS" and not texts.has_visible(letter):
            assert letter in "\u115f\u1160\u3164\uffa0\u2800"
    assert texts.has_visible("\u0301\u0600\U0001f680")


@pytest.mark.parametrize("letter", ["\t", "\n"])
def test_only_texts_of_several_lines_take_breaks(letter: str) -> None:
    """Line feeds and tabs are refused in one line and taken in several."""
    assert told(Text(5), f"a{letter}b") != []
    assert told(Text(5, lines=True), f"a{letter}b") == []


def test_letters_that_only_look_odd_are_kept() -> None:
    """A character that is no control is valid: no-break spaces, marks, private letters."""
    assert told(Text(), "e\u0301\u00a0\u200b\ue000\U000f0000\ufeff") == []


def test_the_memo_of_ids_is_bounded() -> None:
    """Ids are remembered up to the capacity; then all are forgotten, and no other text ever is."""
    memo = texts.IdMemo(2)
    assert memo.admit("a")
    assert memo.admit("b")
    assert not memo.admit("no id")
    assert memo.known == {"a", "b"}
    assert memo.admit("c")
    assert memo.known == {"c"}


def test_references_are_remembered() -> None:
    """An id that passed the quick test once passes it again, as the same id of any kind."""
    for kind in ("person", "room"):
        test = compiled(Ref(kind))
        assert test("a-remembered-id")
        assert test("a-remembered-id")
        assert not test("no id")


def test_no_text_is_known_that_is_no_id() -> None:
    """A text of a class of its own is not taken for an equal id that is known."""
    test = compiled(Ref("person"))
    assert test("p-17")
    assert not test(Word("p-17"))


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("room",), "a room"),
        (("edition",), "an edition"),
        (("person", "organization"), "a person or an organization"),
        (("application", "follow_up", "session"), "an application, a follow up or a session"),
    ],
)
def test_kinds_are_listed(kinds: tuple[str, ...], words: str) -> None:
    """A rule names the kinds that a reference may lead to, as a sentence does."""
    assert texts.kinds_in_words(kinds) == words
