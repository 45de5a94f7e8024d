"""The shapes of texts: free texts, ids, references, codes and choices."""

import re
from collections.abc import Callable
from functools import lru_cache

import attrs

from mic_core.fields.shape import Bind, Found, nearest, refuse
from mic_core.ids import ID_PATTERN, is_id

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@attrs.frozen
class Text:
    """Text that is not blank, free of control characters and lone surrogates.

    `lines` allows line feeds and tabs. `least=0` allows the empty and the blank text.
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
        filled = f"and not {name}.isspace() " if self.least else ""
        return (
            f"({name}.__class__ is str and {self.least} <= len({name}) <= {self.most} "
            f"{filled}and ({name}.isprintable() or not {bind(self._unsound())}({name})))"
        )

    def _unsound(self) -> Callable[[str], object]:
        return (_CONTROL_BUT_LINES if self.lines else _CONTROL).search

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, str):
            return refuse(found, path, self.rule, value)
        text = str.__str__(value)
        if not self.least <= len(text) <= self.most:
            return refuse(found, path, self.rule, text)
        if self.least and text.isspace():
            return refuse(found, path, self.rule, text, "it is blank")
        if self._unsound()(text):
            rule = "must hold no control characters and no lone surrogates"
            mend = "remove them" if self.lines else "remove them, line breaks included"
            return refuse(found, path, rule, text, mend)
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
        if isinstance(value, str) and is_id(value):
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
        if isinstance(value, str) and is_id(value):
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
        if isinstance(value, str) and self._fits()(value):
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
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
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
        if isinstance(value, str) and str.__str__(value) in self.words:
            return str.__str__(value)
        return refuse(found, path, self.rule, value, nearest(value, self.words))
