"""Figures that observations state: sums, parts, attribution, targets, conditions."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mic_core import (
    Center,
    Edition,
    Indicator,
    Noun,
    Observation,
    Period,
    Portfolio,
    Target,
    stated,
    where,
)
from tests.impact.camp import (
    CAMP,
    CENTER,
    SIXTH,
    YEAR,
    custom,
    one,
)

JOBS = Indicator(
    id="jobs", title="Jobs", unit="jobs", kind="outcome", measure=stated(), source="the center"
)


def stated_of(id: str, value: str, period: Period, **more: Any) -> Observation:
    given: dict[str, Any] = {
        "subject": "center:mic", "indicator_id": "jobs", "unit": "jobs", "evidence": "documented",
        "source": "the center", **more,
    }  # fmt: skip
    return Observation(id=id, value=Decimal(value), period=period, **given)


def test_stated_numbers_have_targets_and_attribution() -> None:
    """Two halves of a year add up, half of one attributed; progress is that of the value."""
    first = Period(date(2014, 1, 1), date(2014, 7, 1))
    second = Period(date(2014, 7, 1), date(2015, 1, 1))
    target = Target(
        id="t", indicator_id="jobs", scope=("mic",), period=YEAR, value=Decimal(50),
        baseline=Decimal(10),
    )  # fmt: skip
    claim = stated_of("o-4", "99", YEAR, claim="99 jobs")
    wrong = stated_of("o-5", "7", YEAR, unit="persons")
    old = stated_of("o-6", "7", YEAR, version="0")
    corrected = stated_of("o-7", "1", first, corrects="o-1")
    portfolio = Portfolio.of(
        CENTER, JOBS, target, stated_of("o-1", "100", first), corrected, claim, wrong, old,
        stated_of("o-2", "29", second, attribution=Decimal("0.5")),
    )  # fmt: skip
    for scope in (None, "mic", "center:mic"):
        result = one(portfolio, "jobs", period=YEAR, scope=scope)
        assert (result.value, result.status) == (30, "measured")
        assert result.attributed is not None
        assert result.attributed.value == Fraction(31, 2)
        assert result.aim is not None
        assert (result.aim.progress, result.aim.to_date) == (Fraction(1, 2), 50)
    assert result.explain(portfolio).facts == ("observation:o-2", "observation:o-7")
    assert one(portfolio, "jobs").aim is None
    assert one(portfolio, "jobs").explain(portfolio).facts == result.explain(portfolio).facts


def test_parts_of_a_scope_bound_the_number_of_the_whole() -> None:
    """Numbers of editions add where the center states none, and bound it where it does."""
    parts = [
        stated_of(f"o-{n}", "20", YEAR, subject=subject)
        for n, subject in enumerate(("edition:camp-6", "edition:camp-7"))
    ]
    seventh = Edition(
        id="camp-7", program_id="camp", center_id="mic", number=7, period=SIXTH.period
    )
    nouns: tuple[Noun, ...] = (CENTER, CAMP, SIXTH, seventh, JOBS, *parts)
    assert one(Portfolio.of(*nouns), "jobs", period=YEAR, scope="mic").value == 40
    whole = stated_of("o-9", "30", YEAR)
    result = one(Portfolio.of(*nouns, whole), "jobs", period=YEAR, scope="mic")
    assert (result.value, result.least, result.most) == (30, 30, 40)
    assert one(Portfolio.of(*nouns, whole), "jobs", period=YEAR, scope="camp-6").value == 20
    person = stated_of("o-8", "1", YEAR, subject="person:p")
    assert one(Portfolio.of(CENTER, JOBS, person), "jobs", period=YEAR).value == 1


def test_conditions_hold_for_stated_numbers_too() -> None:
    """A condition on evidence or method selects observations; unknown ones only bound."""
    kinds = (("verified", "audit"), ("documented", None), ("claimed", "survey"))
    halves = [
        stated_of(f"o-{n}", "10", Period.month(2014, n), evidence=evidence, method=method)
        for n, (evidence, method) in enumerate(kinds, start=1)
    ]
    portfolio = Portfolio.of(CENTER, *halves)
    audited = custom(stated(where("method", "==", "audit")), id="jobs", unit="jobs")
    assert one(portfolio, audited).value == 10
    strong = custom(stated(), id="jobs", unit="jobs", minimum_evidence="documented")
    assert one(portfolio, strong).value == 20
    nothing = custom(stated(where("color", "known")), id="jobs", unit="jobs")
    assert one(portfolio, nothing).reason is not None
    by_year = one(portfolio, audited, by="year")
    assert (by_year.status, by_year.reason) == (
        "refused", "a stated number cannot be broken down by year"
    )  # fmt: skip


def test_a_number_that_is_too_fine_is_refused() -> None:
    """A stated value of more than six decimals is refused by name, not rounded."""
    fine = stated_of("o", "0.0000001", YEAR)
    result = one(Portfolio.of(CENTER, JOBS, fine), "jobs")
    assert result.reason == "observation:o: the value has more than six decimals; round it"


def test_several_scopes_are_parts() -> None:
    """Of two scopes asked for together neither is the whole: their numbers add, open above."""
    other = Center(id="mons", name="Mons", country="BE", time_zone="Europe/Brussels")
    numbers = [stated_of(f"o-{id}", "5", YEAR, subject=f"center:{id}") for id in ("mic", "mons")]
    portfolio = Portfolio.of(CENTER, other, JOBS, *numbers)
    for scope in (("mic", "mons"), None):
        result = one(portfolio, "jobs", period=YEAR, scope=scope)
        assert (result.value, result.most) == (10, None)
