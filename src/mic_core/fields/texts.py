"""Shapes of texts: free texts, ids, references, codes, closed and open vocabularies."""

import re
from collections.abc import Callable
from functools import lru_cache

import attrs

from mic_core.fields.shape import Bind, Found, is_a, nearest_word, refuse
from mic_core.ids import ID_PATTERN, is_id

CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029"
"""Control characters and line separators, as the inside of a regular expression's [...]."""

CONTROLS_BUT_LINES = CONTROLS.replace("\\u001f", "\\u0008\\u000b-\\u001f", 1)
"""The same without line feeds and tabs."""

TURNING = "\\u202a-\\u202e\\u2066-\\u2069"
"""Bidirectional formatting characters: embeddings, overrides, isolates. They affect the text after
the one that holds them (Unicode Standard Annex 9)."""

UNSEEN = (
    "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"
)
"""Invisible characters: spaces, default ignorable code points (Unicode Character Database,
DerivedCoreProperties), the blank Braille pattern, the annotation marks."""

_UNSEEN_BEYOND = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_SURROGATES = "\\ud800-\\udfff"
_BROKEN = re.compile(f"[{CONTROLS}{_SURROGATES}]")
_TURNED = re.compile(f"[{TURNING}]")
_UNSOUND = re.compile(f"[{CONTROLS}{TURNING}{_SURROGATES}]")
_UNSOUND_LINES = re.compile(f"[{CONTROLS_BUT_LINES}{_SURROGATES}]")

has_visible = re.compile(rf"[^\s{UNSEEN}{_UNSEEN_BEYOND}]").search
"""Returns a match of the first visible character; None if the text is blank."""


@attrs.frozen
class Text:
    """Shape of a text of `least` to `most` code points, with a visible character, without controls.

    Control characters and lone surrogates are refused. One line of text, such as a name, is shown
    inline among other text, so bidirectional embeddings, overrides and isolates are refused too:
    they would reorder the text around it. Right-to-left scripts need none of these in a name; the
    marks U+200E, U+200F and U+061C are allowed. Sources: Unicode Technical Report 36 (bidirectional
    text spoofing), Unicode Standard Annex 9 (directional formatting characters).

    `lines` allows line feeds, tabs and bidirectional characters, since such texts are shown as a
    block; `mic_core.markup` replaces these characters. `least=0` allows empty and blank texts.
    """

    most: int = 200
    least: int = 1
    lines: bool = False

    @property
    def rule(self) -> str:
        kind = "text" if self.lines else "one line of text"
        if not self.least:
            return f"must be {kind} of at most {self.most} characters"
        return f"must be {kind} of {self.least} to {self.most} characters, not blank"

    def test(self, name: str, bind: Bind) -> str:
        # Methods of str decide the usual case; regular expressions only see unusual characters.
        visible = f"(not {name}.isspace() if {name}.isascii() else {bind(has_visible)}({name}))"
        not_blank = f"and {visible} " if self.least else ""
        return (
            f"({name}.__class__ is str and {self.least} <= len({name}) <= {self.most} "
            f"{not_blank}and ({name}.isprintable() or not {bind(self._unsound().search)}({name})))"
        )

    def _unsound(self) -> re.Pattern[str]:
        return _UNSOUND_LINES if self.lines else _UNSOUND

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, str):
            return refuse(found, path, self.rule, value)
        text = str.__str__(value)
        if not self.least <= len(text) <= self.most:
            return refuse(found, path, self.rule, text)
        if self.least and not has_visible(text):
            return refuse(found, path, self.rule, text, "it is blank")
        if (_UNSOUND_LINES if self.lines else _BROKEN).search(text):
            rule = "must hold no control characters and no lone surrogates"
            mend = "remove them" if self.lines else "remove them, line breaks included"
            return refuse(found, path, rule, text, mend)
        if not self.lines and _TURNED.search(text):
            rule = "must hold no characters that turn the direction of text, as U+202E does"
            return refuse(found, path, rule, text, "remove U+202A to U+202E and U+2066 to U+2069")
        return text


_ID = "1 to 64 of A-Z a-z 0-9 . _ : - and a letter or digit first"


@attrs.frozen
class Id:
    """Shape of the id of an entity itself, its primary key."""

    @property
    def rule(self) -> str:
        return f"must be an id: {_ID}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(is_id)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_id(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


@attrs.frozen
class IdMemo:
    """Memoisation of `is_id`: a bounded set of texts that are ids, cleared when it is full.

    References repeat the same few ids. Membership in `known` is inlined into generated source: a
    set lookup takes about a seventh of the time of the regular expression.
    """

    capacity: int
    known: set[str] = attrs.field(factory=set[str])

    def admit(self, text: str) -> bool:
        """True if a text is an id, which is then remembered."""
        if not is_id(text):
            return False
        if len(self.known) >= self.capacity:
            self.known.clear()
        self.known.add(text)
        return True


_IDS = IdMemo(1 << 16)  # ids: bounds memory to some MB; any capacity gives right answers


@attrs.frozen(init=False)
class Ref:
    """Shape of a reference: the id of an entity of one of the named kinds, a foreign key."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    @property
    def rule(self) -> str:
        return f"must be the id of {kinds_in_words(self.kinds)}: {_ID}"

    def test(self, name: str, bind: Bind) -> str:
        is_known = f"{name} in {bind(_IDS.known)} or {bind(_IDS.admit)}({name})"
        return f"({name}.__class__ is str and ({is_known}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_id(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


def kinds_in_words(kinds: tuple[str, ...]) -> str:
    """Kinds of entities as an enumeration in English.

    >>> kinds_in_words(("edition", "follow_up", "session"))
    'an edition, a follow up or a session'
    """
    words = [f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', ' ')}" for kind in kinds]
    return " or ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


@attrs.frozen(init=False)
class Subject:
    """Shape of a polymorphic reference: an entity of one of several kinds, cited as `kind:id`."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    @property
    def rule(self) -> str:
        return f"must be kind:id, with kind one of {', '.join(self.kinds)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(self._matcher())}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and self._matcher()(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value, f"write it like {self.kinds[0]}:some-id")

    def _matcher(self) -> Callable[[str], object]:
        return _subject_pattern(self.kinds).fullmatch


@lru_cache
def _subject_pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(kinds)}):{ID_PATTERN}")


@attrs.frozen
class Coded:
    """Shape of a code of a standard, such as ISO 3166-1, given by a regular expression.

    `means` describes the code in the message. Only the syntax is checked, not the list of codes.
    """

    pattern: str
    means: str

    @property
    def rule(self) -> str:
        return f"must be {self.means}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(re.compile(self.pattern).fullmatch)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and re.fullmatch(self.pattern, value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


@attrs.frozen
class Choice:
    """Shape of an enumeration: one of a fixed list of words.

    `former` pairs words that were once used with those that took their place, by which they are
    replaced.
    """

    words: tuple[str, ...]
    former: tuple[tuple[str, str], ...] = ()

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(self.words)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {name} in {bind(frozenset(self.words))})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str):
            word = dict(self.former).get(str.__str__(value), str.__str__(value))
            if word in self.words:
                return word
        return refuse(found, path, self.rule, value, nearest_word(value, self.words))


WORD_PATTERN = "[a-z][a-z0-9_]{0,63}"
"""An open word, as a regular expression: as long as an id at most, in the style of enumerations."""

_is_open_word = re.compile(WORD_PATTERN).fullmatch


@attrs.frozen
class OpenChoice:
    """Shape of an open vocabulary: any lowercase word, with a documented list of usual ones.

    No rule depends on such a word, so a word beyond the list is valid. A word that is nearly one of
    the list is a finding of `check`, not an error here.
    """

    words: tuple[str, ...]

    @property
    def rule(self) -> str:
        return (
            "must be a word of 1 to 64 of a-z 0-9 _, a letter first, "
            f"as {', '.join(self.words[:-1])} or {self.words[-1]}"
        )

    def test(self, name: str, bind: Bind) -> str:
        is_listed = f"{name} in {bind(frozenset(self.words))}"
        return f"({name}.__class__ is str and ({is_listed} or {bind(_is_open_word)}({name})))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and _is_open_word(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value, nearest_word(value, self.words))
