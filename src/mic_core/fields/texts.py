"""The shapes of texts: free texts, ids, references, codes and choices."""

import re
from collections.abc import Callable
from functools import lru_cache

import attrs

from mic_core.fields.shape import Bind, Found, is_a, nearest_word, refuse
from mic_core.ids import ID_PATTERN, is_id

CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029"
"""Control characters and separators of lines, as a regular expression has them between brackets."""

CONTROLS_BUT_LINES = CONTROLS.replace("\\u001f", "\\u0008\\u000b-\\u001f", 1)
"""The same without line feeds and tabs."""

TURNING = "\\u202a-\\u202e\\u2066-\\u2069"
"""Characters that turn the direction of what follows, beyond the text that holds them."""

UNSEEN = (
    "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"
)
"""Spaces and characters that show nothing: those that Unicode calls default ignorable (Unicode
Character Database, DerivedCoreProperties), the blank Braille pattern, the annotation marks."""

_UNSEEN_BEYOND = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_SURROGATES = "\\ud800-\\udfff"
_BROKEN = re.compile(f"[{CONTROLS}{_SURROGATES}]")
_TURNED = re.compile(f"[{TURNING}]")
_UNSOUND = re.compile(f"[{CONTROLS}{TURNING}{_SURROGATES}]")
_UNSOUND_LINES = re.compile(f"[{CONTROLS_BUT_LINES}{_SURROGATES}]")

is_seen = re.compile(rf"[^\s{UNSEEN}{_UNSEEN_BEYOND}]").search
"""Match the first character that shows anything; no match where a text is blank."""


@attrs.frozen
class Text:
    """Text that shows something, free of control characters and lone surrogates.

    One line of text, such as a name, is shown amid other text. So it holds no character that
    embeds, overrides or isolates a direction either: it would turn what stands around it, wherever
    an app shows it. Scripts from right to left need none of these in a name; the marks U+200E,
    U+200F and U+061C stay. Sources: Unicode Technical Report 36 on bidirectional text spoofing,
    Unicode Standard Annex 9 on directional formatting characters. `lines` allows line feeds, tabs
    and these characters: such texts stand by themselves, and the looks of this library replace
    what would turn others.

    `least=0` allows the empty and the blank text.
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
        seen = f"(not {name}.isspace() if {name}.isascii() else {bind(is_seen)}({name}))"
        filled = f"and {seen} " if self.least else ""
        return (
            f"({name}.__class__ is str and {self.least} <= len({name}) <= {self.most} "
            f"{filled}and ({name}.isprintable() or not {bind(self._unsound().search)}({name})))"
        )

    def _unsound(self) -> re.Pattern[str]:
        return _UNSOUND_LINES if self.lines else _UNSOUND

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, str):
            return refuse(found, path, self.rule, value)
        text = str.__str__(value)
        if not self.least <= len(text) <= self.most:
            return refuse(found, path, self.rule, text)
        if self.least and not is_seen(text):
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
    """The id of an entity, unique among those of its kind."""

    @property
    def rule(self) -> str:
        return f"must be an id: {_ID}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(is_id)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_id(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


_MOST_KNOWN = 1 << 16
_known: set[str] = set()  # texts that are ids: the same few are referred to again and again


def _admitted(text: str) -> bool:
    """Whether a text is an id; it is then known, for a while."""
    if not is_id(text):
        return False
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known.add(text)
    return True


@attrs.frozen(init=False)
class Ref:
    """The id of an entity of one of the named kinds."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    @property
    def rule(self) -> str:
        return f"must be the id of {listed(self.kinds)}: {_ID}"

    def test(self, name: str, bind: Bind) -> str:
        known = f"{name} in {bind(_known)} or {bind(_admitted)}({name})"
        return f"({name}.__class__ is str and ({known}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_id(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


def listed(kinds: tuple[str, ...]) -> str:
    """Kinds as a sentence names them.

    >>> listed(("edition", "follow_up", "session"))
    'an edition, a follow up or a session'
    """
    words = [f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', ' ')}" for kind in kinds]
    return " or ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


@attrs.frozen(init=False)
class Subject:
    """An entity of one of several kinds, cited as `kind:id`."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    @property
    def rule(self) -> str:
        return f"must be kind:id, with kind one of {', '.join(self.kinds)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(self._fits())}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and self._fits()(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value, f"write it like {self.kinds[0]}:some-id")

    def _fits(self) -> Callable[[str], object]:
        return _subject_pattern(self.kinds).fullmatch


@lru_cache
def _subject_pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(kinds)}):{ID_PATTERN}")


@attrs.frozen
class Coded:
    """Text after a pattern that the world has fixed, such as a country code."""

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
    """One of a fixed list of words."""

    words: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(self.words)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {name} in {bind(frozenset(self.words))})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and str.__str__(value) in self.words:
            return str.__str__(value)
        return refuse(found, path, self.rule, value, nearest_word(value, self.words))
