"""Courses with registrations by day, dirty cells and withdrawals, against a count of the rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mic_core import Enrollment, FieldSource, check, cohort
from tests.codec.loading.loads import assumed, load

FIRST, DAYS = date(2013, 10, 1), 60  # a Tuesday: the first week has six days
AS_OF = datetime(2014, 6, 1, tzinfo=UTC)
WORDS = {"Pass": "completed", "Distinction": "completed", "Fail": "incomplete"}
EDITION = ("module", "run")
STUDENTS = st.lists(
    st.fixed_dictionaries(
        {
            "result": st.sampled_from(("Pass", "Fail", "Withdrawn", "Distinction")),
            "in": st.one_of(st.just("?"), st.integers(-40, 20).map(str)),
            "out": st.one_of(st.just(""), st.just("?"), st.integers(-60, 70).map(str)),
            "sex": st.sampled_from(("F", "M", "?")),
        }
    ),
    max_size=12,
)
COLUMNS: dict[str, Any] = {
    "courses": {
        "table": "editions", "edition": EDITION, "days": "length",
        "first_day": FieldSource(column="run", words={"2013J": FIRST.isoformat()}),
        "status": FieldSource(default="completed"),
    },
    "results": {
        "table": "enrollments", "edition": EDITION, "person": "student",
        "status": FieldSource(column="result", words=WORDS), "profile": {"gender": "sex"},
    },
    "registrations": {
        "table": "enrollments", "edition": EDITION, "person": "student",
        "enrolled_at": FieldSource(column="in", days_since_start=True),
        "withdrawn_at": FieldSource(column="out", days_since_start=True),
    },
}  # fmt: skip


def day_of(cell: str) -> int | None:
    """A cell of days, None where it stands for nothing."""
    return None if cell in {"", "?"} else int(cell)


def is_contradictory(row: dict[str, str]) -> bool:
    """True if a student left and was judged, or left before having come."""
    entered, left = day_of(row["in"]), day_of(row["out"])
    if left is None:
        return False
    return row["result"] != "Withdrawn" or (entered is not None and left < entered)


@given(STUDENTS)
def test_courses_are_what_a_count_of_the_rows_finds(students: list[dict[str, str]]) -> None:
    """Completion, retention by week, contradictions and small cells agree with naive counts."""
    keyed = [
        {**row, "student": str(n), "module": "AAA", "run": "2013J"}
        for n, row in enumerate(students)
    ]
    shared = ("student", "module", "run")
    tables = {
        "courses": [{"module": "AAA", "run": "2013J", "length": str(DAYS)}],
        "results": [{key: row[key] for key in (*shared, "result", "sex")} for row in keyed],
        "registrations": [{key: row[key] for key in (*shared, "in", "out")} for row in keyed],
    }
    loaded = load(tables, columns=COLUMNS, missing=("?",))
    assert loaded.report.ok
    assert len(loaded.portfolio.all(Enrollment)) == len(keyed)
    wrong = check(loaded.portfolio, as_of=AS_OF).of("illegal-history")
    assert {each.subjects[0] for each in wrong} == {
        f"enrollment:AAA-2013J:{row['student']}" for row in keyed if is_contradictory(row)
    }
    undated = [row for row in keyed if row["result"] == "Withdrawn" and day_of(row["out"]) is None]
    assert assumed(loaded, "The status withdrawn without an instant") == len(undated)
    if not any(map(is_contradictory, keyed)) and keyed:
        _compare(loaded.portfolio, keyed)


def _compare(portfolio: Any, rows: list[dict[str, str]]) -> None:
    """Compare a cohort with counts of rows that do not contradict themselves."""
    found = cohort(portfolio, "AAA-2013J", as_of=AS_OF)
    counts = found.completion["AAA-2013J"]
    results = [row["result"] for row in rows]
    assert counts.completed == results.count("Pass") + results.count("Distinction")
    assert (counts.incomplete, counts.left) == (results.count("Fail"), results.count("Withdrawn"))
    weeks: list[tuple[int, int]] = []
    monday = FIRST - timedelta(days=FIRST.weekday())
    last = FIRST + timedelta(days=DAYS - 1)
    while monday <= last:
        monday += timedelta(days=7)
        ahead = (monday - FIRST).days
        seats = [_seat(row) for row in rows]
        had = [seat for seat in seats if seat[0] < ahead]
        weeks.append((sum(seat[1] is None or seat[1] >= ahead for seat in had), len(had)))
    kept = found.retention["AAA-2013J"].kept
    assert [None if each is None else (*each,) for each in kept] == weeks
    split = cohort(portfolio, "AAA-2013J", as_of=AS_OF, by="gender", minimum=3).split
    by_sex = {cell.cell[0][1]: cell for cell in split.cells if cell.cell}
    for sex in {row["sex"] for row in rows}:
        many = sum(row["sex"] == sex for row in rows)
        assert by_sex[None if sex == "?" else sex].is_hidden is (many < 3)


def _seat(row: dict[str, str]) -> tuple[int, int | None]:
    """The days on which a student came and left; None: not before the end."""
    entered, left = day_of(row["in"]), day_of(row["out"])
    if left is None and row["result"] == "Withdrawn":
        left = DAYS
    if entered is None:
        entered = min(0, left if left is not None else 0)
    return entered, left
