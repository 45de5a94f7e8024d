"""Tests of wording: grammatical number after counts, and sentences joined as clauses."""

import pytest

from mic_core.errors import Problem
from mic_core.findings import Finding
from mic_core.rules import Breach, Entry
from mic_core.wording import agree, clause, count_text, unit_text


@pytest.mark.parametrize(
    ("template", "one", "two"),
    [
        ("{n} persons were there", "{n} person was there", "{n} persons were there"),
        ("{n} more seats", "{n} more seat", "{n} more seats"),
        ("at most {n} are wanted", "at most {n} are wanted", "at most {n} are wanted"),
        ("{n} stretches that stand alone", "{n} stretch that stands alone",
         "{n} stretches that stand alone"),
        ("{{n}} days of {m} days", "{{n}} days of {m} days", "{{n}} days of {m} days"),
    ],
)  # fmt: skip
def test_a_noun_agrees_with_the_number_before_it(template: str, one: str, two: str) -> None:
    """After 1 a noun and its verb are singular; other templates stay as they are."""
    assert agree(template, {"n": 1}) == one
    assert agree(template, {"n": 2}) == two
    assert agree(template, {"n": "1"}) == two
    assert count_text(1, "problem") == "1 problem"


def test_a_unit_agrees_with_its_number() -> None:
    """One of a unit is singular: jobs, companies; abbreviations and other words stay."""
    assert unit_text(1, "jobs") == "job"
    assert unit_text(1, "companies") == "company"
    assert [unit_text(1, each) for each in ("FTE", "EUR", "status", "s")] == [
        "FTE", "EUR", "status", "s",
    ]  # fmt: skip
    assert unit_text(0, "jobs") == "jobs"


def test_a_finding_of_one_seat_is_singular() -> None:
    """The message and the mend of a breach agree with its facts."""
    entry = Entry(
        code="few-seats", level="hard", law="Seats suffice.", why="x", source="x",
        sentence="{subjects} has {had} seats", mend="add {needed} seats",
    )  # fmt: skip
    made = Breach(subjects=("room:r",), facts={"had": 1, "needed": 2}).finding(entry, "error")
    assert str(made) == "error few-seats: room:r has 1 seat; add 2 seats"


def test_a_full_stop_does_not_stand_before_a_semicolon() -> None:
    """A law with a full stop is a clause where a mend follows, and a sentence where none does."""
    law = "Sessions start on the hour."
    found = Finding(code="x", severity="error", subjects=(), message=law, mend="place it otherwise")
    assert str(found) == "error x: Sessions start on the hour; place it otherwise"
    assert str(Finding(code="x", severity="error", subjects=(), message=law)).endswith("hour.")
    assert str(Problem(path="a", rule="must be so.", had="1")) == "a: must be so; had 1"
    assert clause("and so on...") == "and so on..."
