"""Claims beside what the data supports."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.impact.claims import Verdict, claims, verdict_on
from mic_core.impact.counts import Bounds
from mic_core.model import (
    Attendance,
    Center,
    Deal,
    Edition,
    Headcount,
    Indicator,
    Money,
    Noun,
    Observation,
    Organization,
    Partnership,
    Program,
    Session,
    Support,
    Target,
    distinct,
    share,
    stated,
    where,
)
from mic_core.model.impact import Relation
from mic_core.portfolio import Portfolio

ZONE = "Europe/Brussels"
HOUR = timedelta(hours=1)
YEAR = Period.year(2014)


def claim(unit: str, value: int, subject: str = "center:mic", id: str = "o") -> Observation:
    """A claim of at least a number."""
    return Observation(
        id=id, subject=subject, claim="said so", period=YEAR, value=Decimal(value), unit=unit,
        relation="at_least", evidence="claimed", source="an article",
    )  # fmt: skip


FACTS: tuple[Noun, ...] = (
    Center(id="mic", name="MIC Brussels", country="BE", time_zone=ZONE),
    Organization(id="v", name="V", kind="venture", country="BE"),
    Organization(id="big", name="B", kind="large", country="US"),
    Partnership(
        id="1", organization_id="big", supports=("mic",), role="sponsor", period=Period()
    ),
    Program(id="boostcamp", title="Boostcamp", kind="bootcamp"),
    *(
        Edition(
            id=f"b{n}", program_id="boostcamp", center_id="mic", number=n, period=period
        )
        for n, period in (
            (5, Period.month(2014, 3)), (6, Period.month(2014, 9)), (7, Period.month(2015, 3)),
            (8, Period()),
        )
    ),
    Session(
        id="s", center_id="mic", title="S", length=HOUR,
        slot=Slot.at("2014-09-10", "18:00", HOUR, ZONE),
    ),
    Attendance(id="a", session_id="s", person_id="p", status="present"),
    Headcount(id="h", session_id="s", n=40, basis="counted"),
    Support(id="x", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 9, 1)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "subject", "counted"),
    [
        ("visitors", "center:mic", Bounds(40, 40)),
        ("SMEs", "center:mic", Bounds(1, 1)),
        ("participants", "program:boostcamp", Bounds(0, 0)),
        ("editions", "program:boostcamp", Bounds(2, 2)),
        ("centers", "organization:big", Bounds(1, 1)),
        ("centers", "center:mic", Bounds(1, 1)),
        ("jobs", "center:mic", None),
        ("visitors", "person:p", None),
        ("visitors", "organization:v", None),
        ("visitors", "center:gone", None),
    ],
)
def test_the_unit_says_what_is_counted(unit: str, subject: str, counted: Bounds | None) -> None:
    """Each unit counts in the subject; an organization stands for what it supports as a partner."""
    (found,) = claims(Portfolio.of(*FACTS, claim(unit, 7, subject))).claims
    assert found.counted == counted
    assert (found.verdict == "not counted here") == (counted is None)


AT_LEAST, ABOUT, EXACTLY, AT_MOST = "at_least", "about", "exactly", "at_most"


@pytest.mark.parametrize(
    ("relation", "least", "most", "verdict"),
    [
        (AT_LEAST, 100, 100, "supported"),
        (AT_LEAST, 99, 500, "not contradicted"),
        (AT_MOST, 90, 100, "supported"),
        (AT_MOST, 100, 101, "not contradicted"),
        (AT_MOST, 101, 101, "contradicted"),
        (EXACTLY, 100, 100, "supported"),
        (EXACTLY, 99, 99, "not contradicted"),
        (EXACTLY, 99, 100, "not contradicted"),
        (EXACTLY, 101, 101, "contradicted"),
        (EXACTLY, 100, None, "not contradicted"),
        (ABOUT, 90, 110, "supported"),
        (ABOUT, 89, 110, "not contradicted"),
        (ABOUT, 90, 111, "not contradicted"),
        (ABOUT, 111, 111, "contradicted"),
    ],
)
def test_a_claim_of_one_hundred_is_judged(
    relation: Relation, least: int, most: int | None, verdict: Verdict
) -> None:
    """A count supports or contradicts a claim only where incomplete data allows it."""
    assert verdict_on(relation, Decimal(100), Bounds(least, most)) == verdict


@given(
    st.sampled_from(("at_least", "at_most", "exactly", "about")),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 20),
    st.integers(1, 20),
)
def test_more_facts_never_clear_a_contradiction(
    relation: Relation, value: int, least: int, spread: int, more: int
) -> None:
    """Once contradicted by what is known, a claim stays contradicted when more becomes known."""
    if verdict_on(relation, Decimal(value), Bounds(least, least + spread)) == "contradicted":
        later = Bounds(least + more, least + more + spread)
        assert verdict_on(relation, Decimal(value), later) == "contradicted"


def test_targets_stand_beside_claims() -> None:
    """A target is held against the count of its indicator's unit; one without indicator is not."""
    indicator = Indicator(
        id="i", title="2 boost camps a year", unit="editions", kind="output",
        measure=distinct("editions", "edition_id"), source="an article",
    )  # fmt: skip
    target = Target(id="t", indicator_id="i", scope=("boostcamp",), period=YEAR, value=Decimal(2))
    lost = Target(id="u", indicator_id="gone", scope=("mic",), period=YEAR, value=Decimal(1))
    measured = Observation(
        id="m", subject="center:mic", indicator_id="i", period=YEAR, value=Decimal(2),
        unit="editions", evidence="verified", source="a report",
    )  # fmt: skip
    found, gone = claims(Portfolio.of(*FACTS, indicator, target, lost, measured)).claims
    assert (gone.subject, gone.verdict) == ("target:u", "not counted here")
    assert gone.reason == "no indicator has that id; record one"
    assert (found.subject, found.verdict, found.said) == (
        "target:t", "supported", "target: 2 boost camps a year"
    )  # fmt: skip


def test_rows_and_text_put_the_claim_beside_the_count() -> None:
    """Each row has the value claimed and the bounds counted; the text says both in words."""
    found = claims(Portfolio.of(*FACTS, claim("visitors", 6000), claim("jobs", 50, id="z")))
    first, second = found.rows()
    assert (first["value"], first["least"], first["most"]) == ("6000", 40, 40)
    assert (second["least"], second["most"]) == (None, None)
    line = str(found).splitlines()[2]
    assert [cell.strip() for cell in line.split("│")] == [
        "said so", "at least 6,000 visitors", "40", "not contradicted"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        (Period(), "always"),
        (Period(None, date(2014, 9, 1)), "until 2014-08-31"),
        (Period(date(2014, 9, 1)), "from 2014-09-01"),
        (Period.month(2014, 9), "2014-09-01 to 2014-09-30"),
    ],
)
def test_a_row_has_the_days_of_iso_8601(period: Period, shown: str) -> None:
    """A row is data, so its period has dates that programs read."""
    portfolio = Portfolio.of(attrs.evolve(claim("visitors", 3), period=period))
    assert [row["period"] for row in claims(portfolio).rows()] == [shown]


def test_a_claim_may_name_its_indicator() -> None:
    """A claim is measured by the indicator it names, built-in or recorded, as of an instant."""
    named = attrs.evolve(claim("persons", 40), indicator_id="V2")
    (found,) = claims(Portfolio.of(*FACTS, named)).claims
    assert (found.counted, found.verdict) == (Bounds(40, 40), "supported")
    unknown = attrs.evolve(named, indicator_id="nothing")
    (found,) = claims(Portfolio.of(*FACTS, unknown)).claims
    assert found.verdict == "not counted here"
    own = Indicator(
        id="V2", title="Half", unit="share", kind="output", source="us",
        measure=share("visits", having=where("person_id", "known")),
    )  # fmt: skip
    portfolio = Portfolio.of(*FACTS, named, own)
    (found,) = claims(portfolio).claims
    assert found.counted == Bounds(Fraction(1, 40), Fraction(1, 40))
    assert claims(portfolio).rows()[0]["least"] == 0.025
    early = datetime(2000, 1, 1, tzinfo=UTC)
    (found,) = claims(Portfolio.of(*FACTS, claim("persons", 1)), as_of=early).claims
    assert found.verdict == "not counted here"


def test_a_falling_target_is_a_claim_of_at_most() -> None:
    """The target of an indicator that should fall is reached from above; built-in ones too."""
    cost = Target(id="t", indicator_id="C1", scope=("mic",), period=YEAR, value=Decimal(100))
    visits = Target(id="u", indicator_id="V1", scope=("mic",), period=YEAR, value=Decimal(40))
    falling, rising = claims(Portfolio.of(*FACTS, cost, visits)).claims
    assert (falling.relation, falling.verdict) == ("at_most", "not counted here")
    assert (rising.relation, rising.verdict) == ("at_least", "supported")


@pytest.mark.parametrize(("least", "verdict"), [(6000, "not contradicted"), (6001, "supported")])
def test_more_than_is_not_at_least(least: int, verdict: Verdict) -> None:
    """Exactly 6,000 visitors do not support a claim of more than 6,000."""
    assert verdict_on("more_than", Decimal(6000), Bounds(least, None)) == verdict


def test_what_is_not_counted_has_a_reason() -> None:
    """A claim without an indicator, or without a figure, says why; in text, HTML and rows."""
    jobs = Indicator(
        id="jobs", title="Jobs", unit="jobs", kind="outcome", measure=stated(), source="us"
    )
    twin = attrs.evolve(jobs, id="twin")
    broken = attrs.evolve(jobs, id="broken", unit="things", measure=distinct("visits", "color"))
    said = [claim("jobs", 50, "center:mic"), claim("things", 50, "center:mic")]

    def reasons(*nouns: Noun) -> list[str | None]:
        found = claims(Portfolio.of(*FACTS, *nouns))
        return [each.reason for each in found.claims]

    assert reasons(said[0]) == ["no indicator has its unit; record one that says what it means"]
    assert reasons(said[0], jobs) == ["jobs is unknown"]
    assert reasons(said[0], jobs, twin) == ["several indicators have its unit; let it name one"]
    assert reasons(said[1], broken) == ["visits has no column color"]
    assert reasons(claim("visitors", 1, "person:p")) == ["its subject is no scope of facts"]
    assert reasons(claim("visitors", 1, "center:gone")) == ["its subject is not known"]
    found = claims(Portfolio.of(*FACTS, said[0], jobs))
    assert found.rows()[0]["reason"] == "jobs is unknown"
    assert "not counted here: jobs is unknown" in " ".join(str(found).split())
    assert "jobs is unknown</span>" in str(found.html())


def test_amounts_in_several_currencies_are_no_one_figure() -> None:
    """A claim about money of two currencies is not counted, and says so."""
    loans = [
        Deal(id=f"l-{n}", organization_id="v", on=date(2014, 9, 5), kind="loan",
             amount=Money(amount=Decimal(9), currency=currency))
        for n, currency in enumerate(("EUR", "USD"))
    ]  # fmt: skip
    raised = attrs.evolve(claim("EUR", 5, "center:mic"), indicator_id="I2")
    (found,) = claims(Portfolio.of(*FACTS, *loans, raised)).claims
    assert found.reason == "its amounts are in several currencies"
