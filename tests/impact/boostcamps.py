"""Three Boostcamps from the CSV files of the shared data, as nouns, written out by hand."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mic_core import (
    Attendance,
    Center,
    Edition,
    Enrollment,
    Headcount,
    Indicator,
    Noun,
    Observation,
    Period,
    Person,
    Portfolio,
    Program,
    Session,
    Slot,
    Target,
    Transition,
    stated,
)

BRUSSELS = ZoneInfo("Europe/Brussels")


def boostcamps(folder: Path) -> Portfolio:
    """The portfolio of the CSV files, and the target of 50 jobs in 2014."""
    return Portfolio.of(
        Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels"),
        Program(id="boostcamp", title="Boostcamp", kind="accelerator"),
        *_editions(folder), *_enrollments(folder), *_presence(folder), *_jobs(folder),
    )  # fmt: skip


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.csv").open(newline="") as lines:
        return [*csv.DictReader(lines)]


def _days(row: dict[str, Any]) -> Period:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    return Period.days(first, last)


def _editions(folder: Path) -> Iterator[Noun]:
    for row in _rows(folder, "editions"):
        yield Edition(
            id=row["edition"], program_id="boostcamp", center_id="mic", number=int(row["number"]),
            period=_days(row), status=row["status"],
        )  # fmt: skip
    for row in _rows(folder, "sessions"):
        start = datetime.fromisoformat(row["start"]).replace(tzinfo=BRUSSELS)
        length = timedelta(minutes=int(row["minutes"]))
        end = (start.astimezone(UTC) + length).astimezone(BRUSSELS)
        yield Session(
            id=row["session"], center_id="mic", title=row["session"], edition_id=row["edition"],
            length=length, slot=Slot(start, end), status=row["status"],
        )  # fmt: skip


def _enrollments(folder: Path) -> Iterator[Noun]:
    last: dict[str, str] = {}
    for number, row in enumerate(_rows(folder, "enrollments")):
        id = row["enrollment"]
        if id not in last:
            yield Enrollment(id=id, participant_id=row["person"], into=row["edition"])
        yield Transition(
            id=f"t-{number}", subject=f"enrollment:{id}", before=last.get(id), after=row["status"],
            effective_at=datetime.fromisoformat(row["effective_at"]),
        )  # fmt: skip
        last[id] = row["status"]


def _presence(folder: Path) -> Iterator[Noun]:
    rows = _rows(folder, "attendance")
    for number, row in enumerate(rows):
        yield Attendance(
            id=f"a-{number}", session_id=row["session"], person_id=row["person"],
            status=row["status"], minutes=int(row["minutes"]) if row["minutes"] else None,
        )  # fmt: skip
    for person in sorted({row["person"] for row in [*rows, *_rows(folder, "enrollments")]}):
        yield Person(id=person, name=person)
    for row in _rows(folder, "headcounts"):
        yield Headcount(
            id=f"h-{row['session']}", session_id=row["session"], n=int(row["n"]), basis=row["basis"]
        )


def _jobs(folder: Path) -> Iterator[Noun]:
    yield Indicator(
        id="jobs-enabled", title="Jobs enabled", unit="jobs", kind="outcome", measure=stated(),
        source="the center",
    )  # fmt: skip
    yield Target(
        id="jobs-2014",
        indicator_id="jobs-enabled",
        scope=("mic",),
        period=Period.year(2014),
        value=Decimal(50),
    )
    for row in _rows(folder, "jobs"):
        evidence: Any = {"surveyed": "self_reported"}.get(row["evidence"], row["evidence"])
        yield Observation(
            id=row["id"], subject="center:mic", indicator_id="jobs-enabled", period=_days(row),
            value=Decimal(row["jobs"]), unit="jobs", evidence=evidence, source="the center",
            attribution=Decimal(row["attribution"]) if row["attribution"] else None,
        )  # fmt: skip
