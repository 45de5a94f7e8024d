"""The agenda as one image, with lines below its grids."""

import xml.etree.ElementTree as ET

from mic_core.findings import Report
from mic_core.scheduling.views.agenda import agenda
from tests.scheduling.views.test_html import finding, of, session


def test_a_drawing_tells_what_it_leaves_out() -> None:
    """Unplaced sessions, cut ones and findings are lines below, and part of the description."""
    held = agenda(of(session("a"), session("b", "2014-09-17"), session("later", None)))
    report = Report(findings=(finding("day-load", "warning", "a"), finding("x", "info", "z")))
    root = ET.fromstring(held.svg(report=report, most=1).encode())
    lines = [each.text for each in root.iter() if str(each.get("class")).startswith("remark")]
    assert lines == [
        "Shown are the first 1 of 2 sessions.",
        "Without a slot: Title of later [later].",
        "warning: day-load: day-load holds.",
    ]
    assert root[1].text == " ".join(["2 sessions in 1 grid.", *map(str, lines)])
    many = agenda(of(*(session(f"s{n}", None) for n in range(30)))).svg()
    assert "And 6 more of this kind." in many
    assert "Nothing takes place." in many
