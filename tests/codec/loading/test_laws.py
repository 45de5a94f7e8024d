"""Laws of loading, on tables as people keep them, tried against a count by hand."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import Attendance, Enrollment, ParseError, Person
from tests.codec.loading.loads import load

SESSIONS, PERSONS = ("s-1", "s-2", "", "Évening 1"), ("ada", "ben", "?", "Jo Vermeulen")
STATUSES = ("present", "Partial", " absent ", "excused", "", "here")
MINUTES = ("", "90", "90.0", "-1", "x7q", "?", "1e3")
ROWS = st.fixed_dictionaries(
    {
        "session": st.sampled_from(SESSIONS),
        "person": st.sampled_from(PERSONS),
        "status": st.sampled_from(STATUSES),
        "minutes": st.sampled_from(MINUTES),
    }
)
LISTS = st.lists(ROWS, max_size=12)
DAYS = ("2014-09-01", "2014-13-01", "", "?", "2014-10-26T02:30", "2014-09-20T10:00+02:00")
STEPS = st.fixed_dictionaries(
    {
        "edition": st.sampled_from(("e-1", "e-2", "")),
        "person": st.sampled_from(PERSONS),
        "status": st.sampled_from(("enrolled", "withdrawn", "Completed", "", "gone")),
        "effective_at": st.sampled_from(DAYS),
        "enrolled_at": st.sampled_from(DAYS),
    }
)
EDITIONS = [
    {"edition": "e-1", "first_day": "2014-09-01", "last_day": "2014-09-30"},
    {"edition": "e-2", "first_day": "", "last_day": ""},
]


def is_right(row: dict[str, str]) -> bool:
    """True if a row of a list can be read, told without any code of the package."""
    status = row["status"].strip().lower()
    if not row["session"] or row["person"] == "?" or status not in {
        "present", "partial", "excused", "absent",
    }:  # fmt: skip
        return False
    if row["minutes"] in {"", "?"}:
        return True
    return row["minutes"] in {"90", "90.0"} and status in {"present", "partial"}


def meant(row: dict[str, str]) -> tuple[str, str, str, str]:
    """The facts of a right row: rows with the same facts are repeats."""
    minutes = row["minutes"].replace("?", "").replace(".0", "")
    return row["session"], row["person"], row["status"].strip().lower(), minutes


@given(LISTS)
def test_rows_are_kept_or_reported(rows: list[dict[str, str]]) -> None:
    """Each row of a list is one attendance, or has a problem, or repeats another; none is lost."""
    loaded = load({"attendance": rows}, missing=["?"])
    (count,) = loaded.report.counts
    right = [meant(row) for row in rows if is_right(row)]
    assert len(loaded.portfolio.all(Attendance)) == len(set(right)) == count.kept
    assert count.rows == len(rows) == count.kept + count.reported
    reported = {each.row for each in loaded.report.problems}
    assert len(reported) == count.reported
    assert {n for n, row in enumerate(rows) if not is_right(row)} <= reported


@given(LISTS, st.lists(STEPS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_tables_changes_nothing(
    rows: list[dict[str, str]], steps: list[dict[str, str]], chance: Any
) -> None:
    """Shuffled rows and tables are the same portfolio, with as many rows kept."""
    tables = {"attendance": rows, "enrollments": steps, "editions": EDITIONS}
    shuffled = {name: chance.sample(held, len(held)) for name, held in reversed(tables.items())}
    loaded, other = load(tables, missing=["?"]), load(shuffled, missing=["?"])
    assert loaded.portfolio == other.portfolio
    kept = {each.table: each.kept for each in loaded.report.counts}
    assert kept == {each.table: each.kept for each in other.report.counts}


@given(LISTS, st.lists(STEPS, max_size=8))
def test_columns_are_read_as_rows_are(
    rows: list[dict[str, str]], steps: list[dict[str, str]]
) -> None:
    """A mapping of columns is the same portfolio and the same report as its rows."""
    tables = {"attendance": rows, "enrollments": steps}
    columns = {
        name: {header: [row[header] for row in held] for header in (held or [{}])[0]}
        for name, held in tables.items()
    }
    loaded, other = load(tables), load(columns)
    assert loaded.portfolio == other.portfolio
    assert loaded.report == other.report


@given(LISTS, st.lists(STEPS, max_size=8))
def test_a_strict_load_raises_all_problems_or_is_the_lenient_one(
    rows: list[dict[str, str]], steps: list[dict[str, str]]
) -> None:
    """If a row is not kept, one error has every problem of the report."""
    tables = {"attendance": rows, "enrollments": steps, "editions": EDITIONS}
    loaded = load(tables)
    if loaded.report.ok:
        assert load(tables, strict=True) == loaded
    else:
        with pytest.raises(ParseError) as caught:
            load(tables, strict=True)
        assert caught.value.problems == tuple(each.problem for each in loaded.report.problems)


@given(LISTS, st.lists(STEPS, max_size=8))
def test_no_report_quotes_a_cell(rows: list[dict[str, str]], steps: list[dict[str, str]]) -> None:
    """Names, minutes and statuses of rows are in no text of the report."""
    marked = [{**row, "name": "Zyx Qwv", "minutes": "Vwq"} for row in rows]
    loaded = load(
        {"attendance": marked, "enrollments": [{**row, "reason": "Wqz"} for row in steps]}
    )
    shown = "".join(
        [str(loaded.report), repr(loaded.report), str(loaded.report.html()), str(loaded)]
    )
    assert not re.search("Zyx|Qwv|Vwq|Wqz|Vermeulen", shown)


@given(st.lists(STEPS, max_size=10))
def test_each_step_of_a_log_is_kept_or_reported(steps: list[dict[str, str]]) -> None:
    """Enrollments come of the rows that were kept, and of no others; each has its participant."""
    loaded = load({"enrollments": steps, "editions": EDITIONS}, missing=["?"])
    count = loaded.report.counts[0]
    assert count.rows == len(steps) == count.kept + count.reported
    reported = {each.row for each in loaded.report.problems if each.table == "enrollments"}
    assert len(reported) == count.reported
    kept = [row for n, row in enumerate(steps) if n not in reported]
    enrollments = loaded.portfolio.all(Enrollment)
    assert {each.into for each in enrollments} == {row["edition"] for row in kept}
    names = {person.id: person.name for person in loaded.portfolio.all(Person)}
    assert {(names[each.participant_id], each.into) for each in enrollments} == {
        (row["person"], row["edition"]) for row in kept
    }
