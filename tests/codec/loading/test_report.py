"""The report of a load as text, rows and HTML."""

import pytest

from mic_core import LoadedTables, LoadReport
from tests.codec.loading.loads import load
from tests.markup.payloads import structure

ROWS = [{"session": "s", "person": f"p-{n}", "status": "x", "a\x1bb": ""} for n in range(30)]


def test_a_report_has_counts_problems_and_assumptions() -> None:
    """The first rows are shown, the others counted; all are among the rows of the report."""
    loaded = load({"attendance": [*ROWS, {**ROWS[0], "status": "present"}]})
    lines = str(loaded.report).splitlines()
    assert lines[0] == "attendance: 31 rows, 1 kept, 30 reported"
    assert lines[1].startswith("  attendance[0].status: must be one of present, partial")
    assert lines[21] == "  and 10 more, in `problems`"
    assert lines[22].startswith("assumed, attendance: ")
    assert str(loaded).splitlines()[1] == lines[0]
    assert len(loaded.report.rows()) == 30
    assert loaded.report.rows()[0] == {
        "table": "attendance", "row": 0, "column": "status",
        "what": "text of 1 characters",
        "expected": "must be one of present, partial, excused, absent",
    }  # fmt: skip
    assert not loaded.report.ok


def test_a_report_is_a_table_in_a_notebook() -> None:
    """Problems beyond the most that are shown are counted below the table."""
    loaded = load({"attendance": ROWS})
    text = structure(str(loaded.report.html(most=3))).text
    assert "30 problems" in text
    assert "Shown are the first 3 of 30 problems." in text
    shown = [each._repr_html_() for each in (loaded, loaded.report)]  # pyright: ignore[reportPrivateUsage]
    assert shown[0] == shown[1]
    good = structure(str(load({"rooms": [{"id": "r", "name": "R"}]}).report.html())).text
    assert "All rows were kept." in good
    assert "Assumed" not in good


def test_a_report_is_no_truth_value() -> None:
    """An empty report and a good one are easily confused."""
    with pytest.raises(TypeError, match=r"ask \.ok"):
        bool(LoadReport())
    assert isinstance(load({}), LoadedTables)


def test_headers_cannot_forge_lines() -> None:
    """A control character of a header is shown as a mark."""
    loaded = load({"rooms": [{"id": "r", "name": "R", "x\ny": "1", "se\nats": "x"}]},
                  columns={"rooms": {"seats": "se\nats"}})  # fmt: skip
    assert len(str(loaded.report.problems[0]).splitlines()) == 1
    assert "\n" not in loaded.report.assumptions[0].text
