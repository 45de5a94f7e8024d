"""Writing and reading nouns as rows against attrs with json, and against whole documents.

    python tests/benchmarks/bench_rows.py [--smoke]

The nouns are sessions with slots and audiences, and attendances. attrs.asdict and json is what an
app would write by hand: it makes nested data, converts times by a default function, and reads
nothing back. Goals: a row takes no longer than that, and reading a row no longer than twice the
reading of the same noun in a document, whose parser is written in C.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import attrs
import ratios

from mic_core.chrono import Slot
from mic_core.codec import dumps, from_row, load_scope, loads, to_row, to_rows
from mic_core.model import KINDS, Attendance, Center, Noun, Session
from mic_core.portfolio import Portfolio


def sessions(n: int) -> list[Noun]:
    """Sessions of an hour on days of a year, each for two editions."""
    hour = timedelta(hours=1)
    return [
        Session(
            id=f"s-{each}", center_id="c", title="Evening", length=hour, audience=("e-1", "e-2"),
            slot=Slot.at(_day(each), "18:00", hour, "Europe/Brussels"),
        )
        for each in range(n)
    ]  # fmt: skip


def _day(each: int) -> date:
    return date(2014, 1, 1) + timedelta(days=each % 365)


def attendances(n: int) -> list[Noun]:
    """Attendances of 400 persons."""
    return [
        Attendance(id=f"a-{each}", session_id="s-1", person_id=f"p-{each % 400}", status="present")
        for each in range(n)
    ]


def _by_hand(nouns: list[Noun]) -> list[str]:
    rows: list[Any] = list(map(attrs.asdict, nouns))
    return [json.dumps(row, default=str) for row in rows]


def _rows(nouns: list[Noun]) -> list[Any]:
    return list(map(to_row, nouns))


def _nouns(rows: list[tuple[str, Any]]) -> list[Noun]:
    return [from_row(kind, row) for kind, row in rows]


def main() -> list[ratios.Row]:
    """Print the tables and return their rows."""
    small = ratios.smoke()
    n, repetitions = (50, 2) if small else (20_000, 7)
    found: list[ratios.Row] = []
    for name, nouns in (("sessions", sessions(n)), ("attendances", attendances(n))):
        portfolio = Portfolio.of(*nouns)
        text = dumps(portfolio).encode()
        rows = [(KINDS[type(noun)], to_row(noun)) for noun in nouns]
        assert _nouns(rows) == nouns
        found += ratios.compare(
            f"writing {n:,} {name}",
            {
                "attrs.asdict and json": partial(_by_hand, nouns),
                "to_row": partial(_rows, nouns),
                "dumps": partial(dumps, portfolio),
            },
            repetitions=repetitions,
            goals={"to_row": 1.0},
        )
        found += ratios.compare(
            f"reading {n:,} {name}",
            {"loads": partial(loads, text), "from_row": partial(_nouns, rows)},
            repetitions=repetitions,
            goals={"from_row": 2.0},
        )
    return [*found, *_record(n, repetitions)]


def _record(n: int, repetitions: int) -> list[ratios.Row]:
    """Finding the rows of one more batch, and loading a center, with all that belongs to it."""
    center = Center(id="c", name="MIC", country="BE", time_zone="Europe/Brussels")
    before = Portfolio.of(center, *sessions(n))
    at = datetime(2014, 9, 10, tzinfo=UTC)
    after = before.record(attrs.evolve(center, name="MIC Brussels"), recorded_at=at)
    tables = to_rows(after)
    assert len(to_rows(after, since=before)["center"]) == 1

    def fetch(kind: str, column: str, ids: tuple[str, ...]) -> list[Any]:
        held = set(ids)
        return [row for row in tables.get(kind, []) if row[column] in held]

    return ratios.compare(
        f"a center of {n:,} sessions",
        {
            "to_rows of all": partial(to_rows, after),
            "to_rows since": partial(to_rows, after, since=before),
            "load_scope": partial(load_scope, "c", fetch),
        },
        repetitions=repetitions,
    )


if __name__ == "__main__":
    main()
