"""Cohorts of the Boostcamps against answers computed elsewhere, and random ones against SQL."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given

from mic_core import Portfolio, measure
from mic_core.cohorts.attendance import AttendanceCounts
from mic_core.cohorts.cohort import Cohort, cohort
from mic_core.cohorts.completion import CompletionCounts
from mic_core.cohorts.rates import KeptOf
from tests.cohorts.camps import INSTANTS, camps
from tests.cohorts.recount import recount
from tests.impact.boostcamps import boostcamps

AS_OF = datetime.fromisoformat("2014-11-03T09:00:00+00:00")
LEFT = {"withdrawn", "cancelled", "transferred", "declined", "expired"}


def _ratio(part: int, of: int) -> str:
    return f"{part}/{of}"


def _attendance(counts: AttendanceCounts) -> dict[str, Any]:
    known = counts.expected - counts.unknown
    assert counts.rate.of_known == Fraction(counts.attended, known)
    return {
        "attended": counts.attended, "excused": counts.excused, "absent": counts.absent,
        "unknown": counts.unknown, "expected": counts.expected,
        "least": _ratio(counts.rate.part, counts.rate.of),
        "most": _ratio(counts.rate.part + counts.rate.unknown, counts.rate.of),
        "of_known": _ratio(counts.attended, known),
    }  # fmt: skip


def _completion(counts: CompletionCounts, *, persons: bool = False) -> dict[str, Any]:
    return {
        "cohort": counts.cohort, **({"persons": counts.persons} if persons else {}),
        "completed": counts.completed, "incomplete": counts.incomplete, "left": counts.left,
        "open": counts.open, "least": _ratio(counts.completed, counts.cohort),
        "most": _ratio(counts.completed + counts.open, counts.cohort),
    }  # fmt: skip


def _pairs(weeks: Iterable[KeptOf | None]) -> list[list[int] | None]:
    return [None if each is None else [*each] for each in weeks]


def test_boostcamps_have_the_answers_that_pandas_gives(shared_data: Path) -> None:
    """Attendance, walk-ins, retention, activity and completion agree with all known answers."""
    portfolio = boostcamps(shared_data / "boostcamps")
    answers = json.loads((shared_data / "boostcamps" / "answers.json").read_text())
    found = cohort(portfolio, "boostcamp", as_of=AS_OF)
    ids = [each.id for each in found.operations]
    assert {
        **{id: _attendance(found.attendance[id]) for id in ids},
        "all": _attendance(found.attendance.pooled),
    } == answers["attendance"]
    assert {id: [*persons] for id, persons in found.attendance.walk_ins} == answers["walk_ins"]
    kept: dict[str, Any] = {id: _pairs(found.retention[id].kept) for id in ids}
    assert {**kept, "pooled": _pairs(found.retention.pooled)} == answers["seat_retention"]
    assert {
        id: [None if each is None else [*each] for each in found.retention[id].active] for id in ids
    } == answers["active"]
    assert {
        **{id: _completion(found.completion[id]) for id in ids},
        "all": _completion(found.completion.all, persons=True),
    } == answers["completion"]
    assert found.left_out == (("Boostcamp 6", "not due until Fri 14 Nov 2014"),)


@given(camps(), INSTANTS)
def test_cohorts_equal_a_recount_in_sql(portfolio: Portfolio, as_of: datetime) -> None:
    """Retention, activity, attendance, walk-ins and completion are those that SQL counts."""
    found, wanted = cohort(portfolio, "camp", as_of=as_of), recount(portfolio, as_of)
    assert _told(found) == wanted


@given(camps(), INSTANTS)
def test_figures_of_a_cohort_agree_with_each_other(portfolio: Portfolio, as_of: datetime) -> None:
    """Cells add up to the whole, nobody is lost, bounds hold, and indicators count the same."""
    found = cohort(portfolio, "camp", as_of=as_of, by="gender")
    counts = [each.counts for each in found.split.cells if each.counts is not None]
    assert sum(each.cohort for each in counts) == found.completion.all.cohort
    assert sum(each.completed for each in counts) == found.completion.all.completed
    present = [each.attendance for each in found.split.cells if each.attendance is not None]
    assert sum(present, AttendanceCounts()) == found.attendance.pooled
    assert sum((each.counts for each in found.attendance.by_person), AttendanceCounts()) == (
        found.attendance.pooled
    )
    for each in found.retention.editions:
        weeks = [kept for kept in each.kept if kept is not None]
        assert all(0 <= kept.kept <= kept.of for kept in weeks)
        assert [kept.of for kept in weeks] == sorted(kept.of for kept in weeks)
        if weeks and each.operation.weeks_over == each.operation.weeks:
            assert weeks[-1].of <= found.completion[each.operation.id].cohort
    for rate in (found.attendance.pooled.rate, found.completion.all.rate):
        if rate.least is not None and rate.most is not None and rate.interval is not None:
            assert 0 <= rate.interval[0] <= rate.least <= rate.most <= rate.interval[1] <= 1
    stages = dict(found.funnel.all)
    assert stages["enrolled"].part == found.completion.all.cohort
    assert stages["completed"].part == found.completion.all.completed
    (participants,) = measure(portfolio, "P1", as_of=as_of, scope="camp")
    assert (participants.value or 0) == found.completion.all.cohort


def _told(found: Cohort) -> dict[str, list[tuple[Any, ...]]]:
    """The figures of a cohort in the form of the recount."""
    weeks = sorted(found.retention.editions, key=lambda each: each.operation.id)
    walk_ins = [(id, person) for id, persons in found.attendance.walk_ins for person in persons]
    statuses = Counter[tuple[str, str]]()
    for each in found.completion.editions:
        for name in ("completed", "incomplete", "left", "open"):
            statuses[each.operation.id, name] += getattr(each.counts, name)
    return {
        "retention": [
            (each.operation.id, week, *(kept or ())) for each in weeks
            for week, kept in enumerate(each.kept, 1)
        ],
        "active": [
            (each.operation.id, week, *active) for each in weeks
            for week, active in enumerate(each.active, 1) if active is not None
        ],
        "attendance": [
            (row.edition_id, row.counts.attended, row.counts.excused, row.counts.absent,
             row.counts.unknown)
            for row in sorted(found.attendance.editions, key=lambda each: each.edition_id)
            if row.counts.expected
        ],
        "walk_ins": sorted(walk_ins),
        "completion": sorted((id, name, n) for (id, name), n in statuses.items() if n),
    }  # fmt: skip
