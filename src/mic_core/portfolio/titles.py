"""Titles and names of entities in place of their citations, in texts for people.

Names of persons are personal, so they are shown only on request. Everything else has a title or a
name that is not personal, or has none and keeps its citation.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from mic_core.ids import ID_PATTERN, split
from mic_core.model import Edition, Module, Noun, Program

Find = Callable[[str, str], Noun | None]
"""The look-up of a noun by its kind and id."""

# Kinds with a name and not a title: a name stands in a sentence without quotation marks.
_NAMED = frozenset({"center", "edition", "organization", "person", "room"})
_CITATION = re.compile(rf"(?<![A-Za-z0-9._:-])[a-z_]+:{ID_PATTERN}")
_END_OF_SENTENCE = ".:-"
"""Characters that may end an id, and end a sentence more often."""


def title_of(
    find: Find, modules: Callable[[], Mapping[str, Module]], citation: str, *, names: bool
) -> str | None:
    """The title or name of a cited entity; None if it has none or is not known.

    An edition goes by the title of its program and its number.
    """
    kind, id = split(citation)
    if kind == "person" and not names:
        return None
    noun = modules().get(id) if kind == "module" else find(kind, id)
    if isinstance(noun, Edition):
        program = find("program", noun.program_id)
        return f"{program.title} {noun.number}" if isinstance(program, Program) else None
    title: str | None = getattr(noun, "title", None) or getattr(noun, "name", None)
    return title


def with_titles(text: str, title: Callable[[str], str | None]) -> str:
    """A text with titles and names in place of the citations of entities that have one.

    Titles are quoted. Where several entities of the text have the same title, each keeps its
    citation beside it. O(characters).

    >>> names = {"session:a": "Pitching", "session:b": "Pitching", "room:lab": "Lab"}
    >>> print(with_titles("session:a is in room:lab", names.get))
    “Pitching” is in Lab
    >>> print(with_titles("session:a and session:b overlap.", names.get))
    “Pitching” (session:a) and “Pitching” (session:b) overlap.
    """
    known: dict[str, str] = {}
    for found in _CITATION.findall(text):
        citation = _as_known(found, title)
        if citation is not None:
            known[citation] = title(citation) or ""
    repeated = {each for each, number in Counter(known.values()).items() if number > 1}

    def shown(found: re.Match[str]) -> str:
        citation = _as_known(found[0], title)
        if citation is None:
            return found[0]
        name = known[citation]
        quoted = name if split(citation)[0] in _NAMED else f"\u201c{name}\u201d"
        beside = f" ({citation})" if name in repeated else ""
        return f"{quoted}{beside}{found[0][len(citation) :]}"

    return _CITATION.sub(shown, text)


def _as_known(found: str, title: Callable[[str], str | None]) -> str | None:
    """The citation within a match that has a title; its last marks may belong to the sentence."""
    while title(found) is None:
        if found[-1] not in _END_OF_SENTENCE:
            return None
        found = found[:-1]
    return found
