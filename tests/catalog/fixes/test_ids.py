"""Fixes of ids and of what is made: which id is meant, and what a new session is called."""

from datetime import date, time, timedelta
from typing import Any

import attrs
import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.catalog.fixes.drafts import Draft
from mic_core.catalog.fixes.fix import fixes, verified_fixes
from mic_core.catalog.rules.seats import OVER_SEATS
from mic_core.chrono import Recurrence
from mic_core.errors import InvariantError
from mic_core.model import Attendance, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES
from mic_core.samples.rules.nouns import MIC, attendance, edition, program, room, session, step
from mic_core.samples.rules.page import rules_page
from tests.catalog.fixes.tried import offered, said


def test_a_short_id_is_near_as_well() -> None:
    """An id of one letter is offered for one that was typed twice."""
    found = offered("dangling-reference", MIC, room("a"), session("s-1", room_id="aa"))
    assert said(found)[0] == "let session:s-1 name a as its room_id"


def test_of_several_ids_the_others_stay() -> None:
    """The id in the middle is replaced or taken away, its neighbors are left."""
    camps = [edition(f"camp-{n}", number=n) for n in (5, 6, 7)]
    invited = session("s-1", audience=("camp-5", "camp-5x", "camp-7"))
    found = offered("dangling-reference", MIC, program("camp"), *camps, invited)
    made = [each.changes[0].audience for each in found if isinstance(each.changes[0], Session)]
    assert made == [("camp-5", "camp-6", "camp-7"), ("camp-5", "camp-7")]


def test_a_session_made_for_a_series_is_named_after_it() -> None:
    """The id is that of the series, cut to length, and the day."""
    id = "x" * 60
    weekly = Series(
        id=id, center_id="mic", title="Evening", recurrence=Recurrence(frequency="weekly"),
        first_on=date(2014, 9, 9), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    made = (
        session(
            f"s-{n}", series_id=id, length=weekly.length,
            original_on=date(2014, 9, day),
        )
        for n, day in enumerate((9, 23))
    )  # fmt: skip
    (fix,) = offered("missing-occurrence", MIC, weekly, *made)
    assert str(fix) == f"make a session of series:{id} on Tue 16 Sep 2014"
    assert [each.id for each in fix.changes] == ["x" * 50 + "-2014-09-16"]


def test_what_no_history_allows_is_passed_over() -> None:
    """A draft that cannot be recorded does not keep others from being tried."""
    example = next(theme for theme in THEMES.values() if "minutes-beyond" in theme)
    portfolio = Portfolio.of(*example["minutes-beyond"].firing.nouns)
    (finding,) = check(portfolio).of("minutes-beyond")

    def drafter(*_: object) -> list[Draft]:
        old = (portfolio.get(Attendance, "w-1"),)
        never = step("session:nowhere", "planned", "held", "2014-09-10 18:00")
        capped = attendance("w-1", minutes=1)
        return [
            Draft(sentence="never", changes=(never,), replaces=old),
            Draft(sentence="cap it", changes=(capped,), replaces=old),
        ]

    found = verified_fixes(drafter, portfolio, finding, None, CATALOG)
    assert said(list(found)) == ["cap it"]


def test_what_is_no_finding_is_told_in_the_name_of_the_verb() -> None:
    """The error says which verb was asked."""
    wrong: Any = "a finding"
    with pytest.raises(InvariantError, match=r"^fixes: 1 problem\n  finding: "):
        fixes(Portfolio.of(), wrong)


def test_a_law_with_a_bar_does_not_break_the_table_of_the_page() -> None:
    """A bar within a cell is escaped, below the table it stands as it is."""
    barred = attrs.evolve(OVER_SEATS, entry=attrs.evolve(OVER_SEATS.entry, law="One | other."))
    page = rules_page((barred,))
    assert r"| error | One \| other. |" in page
    assert "*error*. One | other." in page
