"""Presentation of a portfolio: titles in place of citations, and a summary in numbers.

Names of persons are personal, so they are shown only on request. Everything else has a title or a
name that is not personal, or has none and keeps its citation. The summary holds numbers and periods
alone; findings are not counted in it: `check` looks for them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from mic_core.chrono.months import with_days_in_words
from mic_core.ids import ID_PATTERN, split
from mic_core.markup import Html, element, html_table, joined, table
from mic_core.model import NOUNS, Edition, Module, Noun, Program, Session

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


_HEADERS = ("kind", "facts")
_SUMS = ("facts known now", "recorded", "sessions on local days")

Recorded = tuple[datetime, datetime] | None
"""The first and the last instant at which something was recorded; None without records."""


def summary_text(counts: Mapping[str, int], sessions: Iterable[Session], recorded: Recorded) -> str:
    """The summary as text: lines of sums, and a table of kinds. O(sessions)."""
    lines = [f"{name}: {value}" for name, value in _sums(counts, sessions, recorded)]
    rows = _rows(counts)
    return "\n".join([*lines, "", table(rows, _HEADERS)] if rows else lines)


def summary_html(
    counts: Mapping[str, int], sessions: Iterable[Session], recorded: Recorded
) -> Html:
    """The summary as HTML: sums as a list, and a table of kinds. O(sessions)."""
    sums = [
        part
        for name, value in _sums(counts, sessions, recorded)
        for part in (element("dt", name), element("dd", value))
    ]
    rows = _rows(counts)
    kinds = html_table(rows, _HEADERS, caption="Facts by kind") if rows else None
    return joined([element("dl", *sums), kinds])


def _rows(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The kinds that occur with their numbers, in the order of the model."""
    return [(kind.replace("_", " "), counts[kind]) for kind in NOUNS if counts.get(kind)]


def _sums(
    counts: Mapping[str, int], sessions: Iterable[Session], recorded: Recorded
) -> Iterator[tuple[str, str]]:
    """The lines of the summary, each with its value in words."""
    yield _SUMS[0], f"{sum(counts.values()):,}"
    if recorded is not None:
        yield _SUMS[1], _range(*map(_moment_text, recorded))
    slots = [each.slot for each in sessions if each.slot is not None]
    if slots:
        first = min(each.start.date() for each in slots)
        last = max(each.end.date() for each in slots)
        yield _SUMS[2], _range(*(with_days_in_words(each.isoformat()) for each in (first, last)))


def _moment_text(moment: datetime) -> str:
    return with_days_in_words(moment.replace(microsecond=0).isoformat())


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
