"""Keeping facts in a portfolio and finding them, against what plain dicts do.

    python tests/benchmarks/bench_record.py [--smoke]

The facts are attendances. The base is one dict of them by id, built or asked, so that a ratio
tells what checks, history, sorting and indexes cost on top of that. A batch costs one pass;
recording in a loop should cost twice as much for twice as many records, whatever the portfolio
holds; a state of the past should cost no more than building the portfolio.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import ratios

from mic_core.model import Attendance
from mic_core.portfolio import Portfolio, merge, slice
from mic_core.samples import network

MORNING = datetime(2014, 9, 10, 8, tzinfo=UTC)
PER_SESSION = 100


def attendances(n: int, first: int = 0) -> list[Attendance]:
    """Attendances of n persons, a hundred to a session."""
    return [
        Attendance(
            id=f"a-{place:07}",
            session_id=f"s-{place // PER_SESSION}",
            person_id=f"p-{place}",
            status="present",
        )
        for place in range(first, first + n)
    ]


def by_id(rows: list[Attendance]) -> dict[str, Attendance]:
    """The baseline: the rows that an application without a portfolio would keep."""
    return {row.id: row for row in rows}


def main() -> list[ratios.Row]:
    """Print all tables and return their rows."""
    small = ratios.smoke()
    n, loop, repetitions = (200, 20, 2) if small else (100_000, 10_000, 7)
    rows = attendances(n)
    many = Portfolio.of(*rows)
    return [
        *batches(rows, many, repetitions),
        *loops(many, loop, repetitions),
        *lookups(rows, many, repetitions),
        *past(rows, repetitions),
        *parts(repetitions, centers=2 if small else 20),
    ]


def batches(rows: list[Attendance], many: Portfolio, repetitions: int) -> list[ratios.Row]:
    """One batch of many facts, into nothing and into as many others."""
    more = attendances(len(rows), first=len(rows))
    return ratios.compare(
        f"a batch of {len(rows):,}",
        {
            "a dict": lambda: by_id(rows),
            "of": lambda: Portfolio.of(*rows),
            "record": lambda: Portfolio().record(*rows, recorded_at=MORNING),
            "record into as many": lambda: many.record(*more, recorded_at=MORNING),
            "record once more": lambda: many.record(*rows, recorded_at=MORNING),
        },
        repetitions=repetitions,
    )


def loops(many: Portfolio, n: int, repetitions: int) -> list[ratios.Row]:
    """Single records in a loop into a portfolio of many."""
    new = attendances(2 * n, first=10**6)

    def recorded(start: Portfolio, rows: list[Attendance]) -> Portfolio:
        portfolio = start
        for place, row in enumerate(rows):
            moment = MORNING + timedelta(seconds=place)
            portfolio = portfolio.record(row, recorded_at=moment)
        return portfolio

    empty = Portfolio()
    return ratios.compare(
        f"single records in a loop, into none and into {len(many):,}",
        {
            f"{n:,} into none": lambda: recorded(empty, new[:n]),
            f"{n:,} into many": lambda: recorded(many, new[:n]),
            f"{2 * n:,} into many": lambda: recorded(many, new),
        },
        repetitions=repetitions,
        goals={f"{n:,} into many": 1.5, f"{2 * n:,} into many": 3.0},
    )


def lookups(rows: list[Attendance], many: Portfolio, repetitions: int) -> list[ratios.Row]:
    """Each fact by its id and each session's facts, from one run of rows and from several."""
    ids = [row.id for row in rows]
    sessions = sorted({row.session_id for row in rows})
    kept, groups = by_id(rows), grouped(rows)
    several = many
    for place, row in enumerate(attendances(1023, first=len(rows))):
        several = several.record(row, recorded_at=MORNING + timedelta(seconds=place))
    found = ratios.compare(
        f"{len(ids):,} look-ups by id",
        {
            "a dict": lambda: [kept.get(id) for id in ids],
            "find": lambda: [many.find(Attendance, id) for id in ids],
            "find after 1,023 records": lambda: [several.find(Attendance, id) for id in ids],
        },
        repetitions=repetitions,
    )

    def where(portfolio: Portfolio) -> Callable[[], object]:
        return lambda: [portfolio.where(Attendance, session_id=id) for id in sessions]

    related = ratios.compare(
        f"{len(sessions):,} look-ups of {PER_SESSION} by relation",
        {
            "sorted from a dict of lists": lambda: [
                sorted(groups[id], key=lambda row: row.id) for id in sessions
            ],
            "where": where(many),
            "where after 1,023 records": where(several),
        },
        repetitions=repetitions,
    )
    return found + related


def grouped(rows: list[Attendance]) -> dict[str, list[Attendance]]:
    """The facts of each session."""
    groups: dict[str, list[Attendance]] = {}
    for row in rows:
        groups.setdefault(row.session_id, []).append(row)
    return groups


def past(rows: list[Attendance], repetitions: int) -> list[ratios.Row]:
    """`as_of` in the middle and at the end of many facts in a hundred batches."""
    portfolio = Portfolio()
    size = len(rows) // 100
    for hour in range(100):
        new = rows[hour * size : (hour + 1) * size]
        portfolio = portfolio.record(*new, recorded_at=MORNING + timedelta(hours=hour))
    log = portfolio.log
    return ratios.compare(
        f"what was known, of {len(rows):,} facts in 100 batches",
        {
            "replay of the log": lambda: Portfolio.replay(log),
            "as_of the middle": lambda: portfolio.as_of(MORNING + timedelta(hours=49)),
            "as_of just before the end": lambda: portfolio.as_of(MORNING + timedelta(hours=98)),
            "as_of the end": lambda: portfolio.as_of(MORNING + timedelta(hours=99)),
        },
        repetitions=repetitions,
        goals={"as_of just before the end": 1.0},
    )


def parts(repetitions: int, *, centers: int) -> list[ratios.Row]:
    """One center out of a network, and the whole together again."""
    whole = network(2014, centers=centers)
    one, two = slice(whole, "center-001"), slice(whole, "center-002")
    return ratios.compare(
        f"parts of a network of {centers} centers, {len(whole):,} values",
        {
            "replay of the log": lambda: Portfolio.replay(whole.log),
            "slice of one center": lambda: slice(whole, "center-001"),
            "merge of two slices": lambda: merge(one, two),
            "merge of a slice and the whole": lambda: merge(one, whole),
        },
        repetitions=repetitions,
    )


if __name__ == "__main__":
    main()
