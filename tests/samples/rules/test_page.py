"""The page of rules: generated, complete, and made of what the rules say."""

import re
import runpy
from pathlib import Path

from mic_core.catalog.check import CATALOG
from mic_core.catalog.rules.seats import OVER_SEATS
from mic_core.samples.rules.page import rules_page
from tests.samples.rules.told import FILE, written

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_up_to_date() -> None:
    """docs/rules.md says what make_rules.py makes of the catalog now."""
    made = runpy.run_path(str(DOCS / "examples" / "make_rules.py"))
    assert made["page"]() == (DOCS / "rules.md").read_text("utf-8")


def test_examples_are_told_what_was_read() -> None:
    """Subjects, field and facts of each finding are those of a written list."""
    assert written().splitlines() == FILE.read_text("utf-8").splitlines()


def test_each_rule_is_on_the_page() -> None:
    """Each rule of the catalog has a section with its law, and a row that leads there."""
    page = rules_page()
    sections = re.findall(r"^### (\S+)$", page, re.MULTILINE)
    assert len(sections) == len(set(sections))
    for rule in CATALOG:
        assert rule.entry.code in sections
        assert f"[{rule.entry.code}](#{rule.entry.code})" in page
        assert page.count(rule.entry.law) >= 2


def test_a_page_of_some_rules() -> None:
    """A page can be made of some rules; what could be added to them stays on it."""
    page = rules_page((OVER_SEATS,))
    assert "a portfolio: 1 rules" in page
    assert "### over-seats" in page
    assert "### max-per-day" in page
    assert "## Calls" not in page
