"""Explanations: without the facts behind it a figure is the identity of its measure."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    INDICATORS,
    Attendance,
    Enrollment,
    Headcount,
    Identity,
    Organization,
    Person,
    Portfolio,
    Retraction,
    Support,
    Transition,
    measure,
)
from mic_core.samples import brussels_2014
from mic_core.testing import portfolios
from tests.impact.camp import CAMP, CENTER, SIXTH, VENTURE, figures_of, one, session_on, supported

LATE = datetime(9000, 1, 1, tzinfo=UTC)


def without(portfolio: Portfolio, facts: tuple[str, ...]) -> Portfolio:
    """The portfolio after these facts were taken back."""
    undone = [Retraction(id=f"undo-{n}", subject=fact) for n, fact in enumerate(facts)]
    return portfolio.record(*undone, recorded_at=LATE)


def is_identity(portfolio: Portfolio, id: str) -> bool:
    """True if nothing certain is left once the facts of each result are taken back."""
    card: Any = measure(portfolio, id, as_of=LATE)
    facts = tuple({fact for each in card for fact in each.explain(portfolio).facts})
    left: Any = measure(without(portfolio, facts), id, as_of=LATE)
    return all(each.value in {None, 0} and each.n == 0 for each in left)


@given(portfolios(), st.sampled_from(sorted(INDICATORS)))
def test_without_its_facts_a_figure_is_the_identity(portfolio: Portfolio, id: str) -> None:
    """For any coherent portfolio and built-in indicator nothing certain is left."""
    assert is_identity(portfolio, id)


@pytest.mark.parametrize("id", INDICATORS)
def test_the_season_is_explained(id: str) -> None:
    """Each figure of the season of 2014 is gone without its facts."""
    assert is_identity(brussels_2014(), id)


def test_all_supports_and_figures_are_behind_jobs() -> None:
    """Without the first support the second one would still be followed by jobs."""
    later = Support(
        id="t", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 2, 1)
    )
    portfolio = supported(VENTURE, later, figures_of(2013, "2"), figures_of(2015, "5.5"))
    result = one(portfolio, "J1")
    assert result.explain(portfolio).facts == (
        "figures:f-v-2013", "figures:f-v-2015", "support:s", "support:t",
    )  # fmt: skip
    assert is_identity(portfolio, "J1")


def test_all_records_of_one_presence_are_behind_it() -> None:
    """Two records of one person, a count of all heads, and a second, smaller count."""
    portfolio = Portfolio.of(
        CENTER, session_on("s", 9), *(Person(id=id, name=id) for id in "pq"),
        *(Attendance(id=f"a-{id}", session_id="s", person_id=id, status="present") for id in "pq"),
        Identity(id="i", kept="person:p", merged="person:q"),
        *(Headcount(id=f"h-{n}", session_id="s", n=n, basis="counted") for n in (1, 0)),
    )  # fmt: skip
    result = one(portfolio, "V1")
    assert result.value == 1
    assert result.explain(portfolio).facts == (
        "attendance:a-p", "attendance:a-q", "headcount:h-0", "headcount:h-1",
    )  # fmt: skip
    assert is_identity(portfolio, "V1")
    more = portfolio.record(
        Headcount(id="h-9", session_id="s", n=9, basis="counted"), recorded_at=LATE
    )
    assert one(more, "V1", as_of=LATE).value == 9
    assert is_identity(more, "V1")


def test_all_entries_are_behind_a_participation() -> None:
    """Entering again is the same participation; both enrollments are behind it, and its support."""
    september = datetime(2014, 9, 1, tzinfo=UTC)
    portfolio = Portfolio.of(
        CENTER, CAMP, SIXTH, Organization(id="v", name="V", kind="venture", country="BE"),
        *(Enrollment(id=id, participant_id="v", into="camp-6") for id in ("e", "f")),
        *(Transition(id=f"t-{id}", subject=f"enrollment:{id}", before=None, after="enrolled",
                     effective_at=september) for id in ("e", "f")),
    )  # fmt: skip
    for id in ("P1", "E1"):
        assert one(portfolio, id).explain(portfolio).facts == ("enrollment:e", "enrollment:f")
        assert is_identity(portfolio, id)


def test_amounts_are_exact() -> None:
    """A figure of the figures is gone with them."""
    portfolio = supported(VENTURE, figures_of(2015, "5.5"))
    assert one(portfolio, "J3").value == Decimal("5.5")
    assert is_identity(portfolio, "J3")
