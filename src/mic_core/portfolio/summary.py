"""Summary of a portfolio: the number of facts of each kind, and the periods they cover.

It names nobody and holds no personal field. Findings are not counted: `check` looks for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from mic_core.chrono.months import with_days_in_words
from mic_core.markup import Html, element, html_table, joined, table
from mic_core.model import NOUNS, Session

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
    """What is summed up, each with its value in words."""
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
