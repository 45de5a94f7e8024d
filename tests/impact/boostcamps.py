"""Three Boostcamps from the CSV files of the shared data, loaded by `from_tables`."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from mic_core import Center, LoadedTables, Period, Portfolio, Program, Target, from_tables

CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
PROGRAM = Program(id="boostcamp", title="Boostcamp", kind="accelerator")
TABLES = ("editions", "sessions", "enrollments", "attendance", "headcounts", "jobs")


def load_boostcamps(folder: Path) -> LoadedTables:
    """The portfolio of the CSV files, and the report on their rows."""
    tables = {name: list(_rows(folder / f"{name}.csv")) for name in TABLES}
    return from_tables(tables, center=CENTER, program=PROGRAM)


def boostcamps(folder: Path) -> Portfolio:
    """The portfolio of the CSV files, and the target of 50 jobs in 2014."""
    jobs = Target(
        id="jobs-2014", indicator_id="jobs-enabled", scope=("mic",), period=Period.year(2014),
        value=Decimal(50),
    )  # fmt: skip
    at = datetime(2014, 1, 1, tzinfo=UTC)
    return load_boostcamps(folder).portfolio.record(jobs, recorded_at=at)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    return csv.DictReader(path.read_text("utf-8").splitlines())
