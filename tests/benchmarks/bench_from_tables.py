"""Loading a list of attendances against reading it by hand, in nouns of the same content.

    python tests/benchmarks/bench_from_tables.py [--smoke]

By hand means `csv.DictReader`, one constructor for each row, and `Portfolio.of` for all, without a
report and without a look at what is wrong. Goal: `from_tables` takes at most twice that for
1,000,000 rows, sessions and persons that no table has included.
"""

import csv
import io
from functools import partial
from typing import cast

import ratios

from mic_core import Attendance, Center, LoadedTables, Portfolio, Program, from_tables
from mic_core.model.enrollment import AttendanceStatus

CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
PROGRAM = Program(id="boostcamp", title="Boostcamp", kind="bootcamp")
PERSONS = 400
STATUSES = ("present", "present", "present", "partial", "excused", "absent")


def lines(n: int) -> str:
    """A CSV file of `n` attendances: sessions of 400 persons each, some of them with minutes."""
    rows = [
        f"s-{each // PERSONS},p-{each % PERSONS},{STATUSES[each % 6]},{90 if each % 6 == 3 else ''}"
        for each in range(n)
    ]
    return "\n".join(["session,person,status,minutes", *rows, ""])


def by_hand(text: str) -> Portfolio:
    """The attendances alone, as an app would write it."""
    return Portfolio.of(
        *(
            Attendance(
                id=f"{row['session']}:{row['person']}", session_id=row["session"],
                person_id=row["person"], status=cast("AttendanceStatus", row["status"]),
                minutes=int(row["minutes"]) if row["minutes"] else None,
            )
            for row in csv.DictReader(io.StringIO(text))
        )
    )  # fmt: skip


def loaded(text: str) -> LoadedTables:
    """The same with sessions and persons, and a report on every row."""
    rows = csv.DictReader(io.StringIO(text))
    return from_tables({"attendance": rows}, center=CENTER, program=PROGRAM)


def main() -> list[ratios.Row]:
    """Print the table and return its rows."""
    small = ratios.smoke()
    n, repetitions = (2_000, 2) if small else (1_000_000, 3)
    text = lines(n)
    result = loaded(text)
    assert result.report.ok
    assert result.portfolio.all(Attendance) == by_hand(text).all(Attendance)
    del result
    return ratios.compare(
        f"{n:,} rows of attendances",
        {"by hand": partial(by_hand, text), "from_tables": partial(loaded, text)},
        repetitions=repetitions,
        goals={"from_tables": 2.0},
    )


if __name__ == "__main__":
    main()
