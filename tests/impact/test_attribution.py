"""Attribution, adjustment and contrast: what of a figure is whose doing, and what is not known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Adjustment,
    Attribution,
    Center,
    Deal,
    Figures,
    Indicator,
    InvariantError,
    Money,
    Observation,
    Organization,
    Period,
    Portfolio,
    Result,
    Support,
    adjust,
    attribute,
    change,
    contrast,
    count,
    distinct,
    latest,
    measure,
    protect,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.aggregation.estimate import Estimate
from mic_core.impact.attribution.adjustment import CHAIN
from tests.impact.disclosure.test_protect import indicator, visits

AT = datetime(2014, 12, 31, tzinfo=UTC)
YEAR = Period.year(2014)
JOBS = indicator("jobs", stated(), "job")
EARLY = Period(YEAR.start, date(2014, 7, 1))
LATE = Period(date(2014, 7, 1), YEAR.end)
SHARES = st.integers(0, 100).map(lambda each: Decimal(each) / 100)


CENTER = Center(id="c", name="C", country="BE", time_zone="Europe/Brussels")


def season_of(*nouns: Any) -> Portfolio:
    """A portfolio with a center."""
    return Portfolio.of(CENTER, *nouns)


def said(
    id: str, value: int, subject: str = "center:c", period: Period = YEAR, **more: Any
) -> Observation:
    """A stated number of jobs."""
    return Observation(
        id=id, subject=subject, indicator_id="jobs", period=period, value=Decimal(value),
        unit="job", evidence="documented", source="a test", **more,
    )  # fmt: skip


def part(id: str, subject: str, partner: str, share: Decimal | str, **more: Any) -> Attribution:
    """A share of an outcome."""
    return Attribution(
        id=id, subject=subject, partner_id=partner, share=Decimal(share), source="a test", **more
    )


def factor(kind: Any, value: Decimal | str | None, id: str = "", **more: Any) -> Adjustment:
    """An adjustment of the jobs."""
    return Adjustment(
        id=id or str(kind), indicator_id="jobs", kind=kind, source="a test",
        factor=None if value is None else Decimal(value), **more,
    )  # fmt: skip


def jobs(portfolio: Portfolio) -> Result:
    """The stated jobs of the year."""
    return measure(portfolio, "jobs", period=YEAR, as_of=AT).results[0]


def test_fractional_shares_add_up_with_the_rest() -> None:
    """Partners have their shares of the figure, and nobody has what is left."""
    season = season_of(
        JOBS, said("o", 40), part("a", "indicator:jobs", "cloud", "0.5", evidence="verified"),
        part("b", "indicator:jobs", "bank", "0.25"),
    )  # fmt: skip
    found = attribute(jobs(season), season)
    assert [(each.partner_id, each.figure.value) for each in found] == [
        ("bank", 10), ("cloud", 20), (None, 10),
    ]  # fmt: skip
    cloud = found.get("cloud")
    assert cloud is not None
    assert cloud.evidence == ("verified",)
    assert len(found) == 3
    assert found.rows()[-1]["partner"] is None
    text = f"{found} {found.html()} {found._repr_html_()}"  # pyright: ignore[reportPrivateUsage]
    assert "unattributed" in text
    assert "50 %" in text
    assert "not stated" in text
    assert "impact" not in text.lower()


def test_full_attribution_overlaps() -> None:
    """Under the full policy each partner has all that it contributed to; the overlap is said."""
    season = season_of(
        JOBS, said("o", 40, period=EARLY), said("p", 2, period=LATE),
        part("a", "observation:o", "cloud", "0.5"), part("b", "observation:o", "bank", "0.25"),
        part("c", "observation:o", "none", "0"),
    )  # fmt: skip
    found = attribute(jobs(season), season, policy="full")
    assert [(each.partner_id, each.figure.value) for each in found] == [
        ("bank", 40), ("cloud", 40), (None, 2),
    ]  # fmt: skip
    assert "never add" in str(found)


def test_shares_of_an_observation_go_before_those_of_the_indicator() -> None:
    """An outcome takes the shares of its observation, else of its organization, else of all."""
    season = season_of(
        JOBS, said("o", 10, "organization:acme", EARLY), said("p", 20, "organization:acme", LATE),
        said("q", 40, "project:x"),
        part("a", "observation:o", "cloud", "0.5"), part("b", "organization:acme", "bank", "1"),
        part("c", "indicator:jobs", "region", "0.5"),
    )  # fmt: skip
    found = attribute(jobs(season), season)
    total = sum(each.figure.value or 0 for each in found)
    assert total == jobs(season).value == 70
    assert [(each.partner_id, each.figure.value) for each in found] == [
        ("bank", 20), ("cloud", 5), ("region", 20), (None, 25),
    ]  # fmt: skip
    rest = found.get(None)
    assert rest is not None
    assert (rest.figure.least, rest.figure.most) == (25, None)  # there may be others


def test_shares_above_one_are_refused() -> None:
    """Where the shares of one outcome are more than the whole, the figure is not attributed."""
    season = season_of(
        JOBS, said("o", 40), part("a", "indicator:jobs", "cloud", "0.75"),
        part("b", "indicator:jobs", "bank", "0.5"),
    )  # fmt: skip
    found = attribute(jobs(season), season)
    assert not len(found)
    assert "more than 1" in str(found)
    assert "more than 1" in str(found.html())


def test_shares_hold_in_their_period() -> None:
    """A share holds where its period holds all of the period measured; one of always, always."""
    early = part("a", "indicator:jobs", "cloud", "0.75", period=Period.month(2014, 1))
    season = season_of(JOBS, said("o", 40), early)
    assert [each.partner_id for each in attribute(jobs(season), season)] == [None]
    always = attrs.evolve(jobs(season), period=None)
    assert [each.partner_id for each in attribute(always, season)] == [None]


def test_a_stock_is_attributed_by_its_observation() -> None:
    """The last stock of a period is the outcome, with the shares of its observation."""
    season = season_of(
        JOBS, said("o", 10, period=EARLY, form="stock"), said("p", 8, form="stock"),
        said("q", 8, period=EARLY, form="stock"), part("a", "observation:p", "cloud", "0.5"),
    )  # fmt: skip
    assert [each.figure.value for each in attribute(jobs(season), season)] == [4, 4]


def test_observations_that_overlap_are_refused() -> None:
    """Numbers of one subject over one period do not add, so that neither do their shares."""
    season = season_of(
        JOBS, said("o", 10), said("p", 20), part("a", "observation:o", "cloud", "0.5")
    )
    assert "do not add" in str(attribute(jobs(season), season))


@given(st.lists(SHARES, max_size=4), st.lists(SHARES, max_size=4), st.integers(0, 50))
def test_partners_and_the_rest_add_up(
    first: list[Decimal], second: list[Decimal], value: int
) -> None:
    """Fractional totals and the unattributed rest are the whole, or the shares exceed 1."""
    parts = [
        part(f"{subject}-{n}", f"observation:{subject}", f"p-{n}", share)
        for subject, shares in (("o", first), ("p", second)) for n, share in enumerate(shares)
    ]  # fmt: skip
    season = season_of(
        JOBS, said("o", value, period=EARLY), said("p", 9, period=LATE), *parts
    )  # fmt: skip
    result = jobs(season)
    found = attribute(result, season)
    if max(sum(first), sum(second)) > 1:
        assert found.reason is not None
    else:
        assert sum(each.figure.value or 0 for each in found) == result.value
        assert all(each.figure.least == each.figure.value for each in found)


STAFF = indicator("staff", latest("figures", "staff", "enterprise_id"), "job")


def firms(*more: Any) -> Portfolio:
    """Two enterprises with figures."""
    return Portfolio.of(
        STAFF, CENTER,
        *(Organization(id=id, name=id, kind="venture", country="BE") for id in ("acme", "beta")),
        *(Support(id=id, enterprise_id=id, kind="coaching", provider_id="c", on=date(2013, 5, 1))
          for id in ("acme", "beta")),
        *(Figures(id=id, organization_id=id, period=YEAR, staff=Decimal(n))
          for id, n in (("acme", 8), ("beta", 2))),
        *more,
    )  # fmt: skip


def test_outcomes_of_an_enterprise_are_attributed_by_its_shares() -> None:
    """The figure of an enterprise takes its own shares; that of another one the indicator's."""
    season = firms(part("a", "organization:acme", "cloud", "0.5"))
    (result,) = measure(season, STAFF, as_of=datetime(2016, 1, 1, tzinfo=UTC))
    assert result.value == 10
    found = attribute(result, season)
    assert [(each.partner_id, each.figure.value) for each in found] == [("cloud", 4), (None, 6)]
    by_kind = measure(season, STAFF, by="kind", as_of=datetime(2016, 1, 1, tzinfo=UTC)).results[1]
    assert [each.figure.value for each in attribute(by_kind, season)] == [4, 6]
    by_firm = measure(
        season, STAFF, by="enterprise_id", as_of=datetime(2016, 1, 1, tzinfo=UTC)
    ).results[2]
    assert by_firm.cell == (("enterprise_id", "beta"),)
    assert [each.figure.value for each in attribute(by_firm, season)] == [2]


def test_amounts_of_money_are_attributed_by_currency() -> None:
    """The deals of an enterprise in one currency take its shares."""
    raised = indicator("raised", total("deals", "amount"), "currency")
    season = firms(
        Deal(id="d", organization_id="acme", on=date(2014, 5, 1), kind="equity",
             amount=Money(amount=Decimal(500), currency="EUR")),
        Deal(id="e", organization_id="beta", on=date(2014, 5, 1), kind="equity",
             amount=Money(amount=Decimal(70), currency="USD")),
        part("a", "organization:acme", "cloud", "0.5"),
    )  # fmt: skip
    card = measure(season, raised, as_of=AT)
    assert [[each.figure.value for each in attribute(result, season)] for result in card] == [
        [250, 250], [70],
    ]  # fmt: skip
    supported = indicator("supported", distinct("supports", "enterprise_id"), "enterprise")
    (result,) = measure(season, supported, as_of=AT)
    assert [each.figure.value for each in attribute(result, season)] == [
        Fraction(1, 2), Fraction(3, 2),
    ]  # fmt: skip
    sessions = indicator("sessions", count("sessions"), "session")
    (result,) = measure(season, sessions, as_of=AT)
    assert [each.figure.value for each in attribute(result, season)] == [None]


def test_figures_that_are_no_sums_are_refused() -> None:
    """A share cannot be divided among partners, and has no part to take off."""
    each = indicator("rate", share("visits", having=where("gender", "==", "x")), "share")
    (result,) = measure(visits((4, {"gender": "x"})), each, as_of=AT)
    season = Portfolio.of()
    assert attribute(result, season).reason is not None
    assert adjust(result, season).reason is not None
    better = indicator("b", change("enterprises", "staff_before", "staff_after", summary="median"))
    (result,) = measure(season, better, as_of=AT)
    assert attribute(result, season).reason is not None
    assert "Not adjusted" in str(adjust(result, season))


def test_a_suppressed_figure_is_neither_attributed_nor_adjusted_nor_compared() -> None:
    """What disclosure control withholds stays withheld."""
    (few,) = protect(measure(visits((2, {})), indicator("v", count("visits")), as_of=AT))
    season = Portfolio.of()
    assert attribute(few, season).reason == "the figure is suppressed"
    assert adjust(few, season).reason == "the figure is suppressed"
    assert contrast(few, few).reason == "a figure is suppressed"


def test_a_chain_takes_off_each_factor() -> None:
    """What is left is the product of the rests; drop-off counts once for each year."""
    season = season_of(
        JOBS, said("o", 100), factor("deadweight", "0.5", evidence="documented"),
        factor("displacement", "0.2"), factor("attribution", "0"), factor("drop_off", "0.5"),
    )  # fmt: skip
    found = adjust(jobs(season), season)
    assert found.figure.value == 40
    assert adjust(jobs(season), season, years=2).figure.value == 10
    assert found.missing == ()
    assert len(found) == len([*found]) == 4
    assert found.rows()[0]["value"] == 50
    text = f"{found} {found.html()} {found._repr_html_()}"  # pyright: ignore[reportPrivateUsage]
    assert "impact after adjustment" in text
    assert "documented" in text
    assert "2 years later" in str(adjust(jobs(season), season, years=2))


def test_a_missing_factor_is_not_adjusted_and_an_unknown_one_makes_a_range() -> None:
    """No record takes nothing off and is said so; an unknown factor may be anything."""
    season = season_of(JOBS, said("o", 100), factor("deadweight", None))
    found = adjust(jobs(season), season)
    assert (found.figure.value, found.figure.least, found.figure.most) == (None, 0, 100)
    assert found.missing == ("displacement", "attribution", "drop_off")
    assert "Not adjusted for: displacement, brought about by others, drop-off." in str(found)
    assert "0 % to 100 %" in str(found)
    bare = season_of(JOBS, said("o", 100))
    assert adjust(jobs(bare), bare).figure == jobs(bare).figure
    assert "impact" not in str(adjust(jobs(bare), bare))
    assert "gross, not adjusted" in str(adjust(jobs(bare), bare))


def test_records_of_one_kind_that_differ_make_a_range() -> None:
    """Two studies of one factor leave what each would leave; other periods do not hold."""
    season = season_of(
        JOBS, said("o", 100), factor("deadweight", "0.2", "a"), factor("deadweight", "0.5", "b"),
        factor("deadweight", "0.9", "c", period=Period.month(2014, 1)),
    )  # fmt: skip
    found = adjust(jobs(season), season).figure
    assert (found.value, found.least, found.most) == (None, 50, 80)


@given(
    st.lists(st.one_of(st.none(), SHARES), min_size=4, max_size=4),
    st.integers(0, 4),
    st.integers(0, 50),
)
def test_the_order_of_factors_changes_nothing(
    factors: list[Decimal | None], years: int, value: int
) -> None:
    """All orders leave the same, between nothing and the gross figure, and less each year."""
    season = season_of(
        JOBS, said("o", value),
        *(factor(kind, each) for kind, each in zip(CHAIN, factors, strict=True)),
    )  # fmt: skip
    result = jobs(season)
    found = {
        str(adjust(result, season, years=years, order=order).figure)
        for order in permutations(CHAIN)
    }
    assert len(found) == 1
    figure = adjust(result, season, years=years).figure
    assert figure.least is not None
    assert figure.most is not None
    assert 0 <= figure.least <= figure.most <= value
    if None not in factors:
        rests = [1 - Fraction(each or 0) for each in factors]
        expected = value * rests[0] * rests[1] * rests[2] * rests[3] ** years
        assert figure.value == expected


def test_open_and_negative_bounds_stay_sound() -> None:
    """A figure open above stays open, unless all of it is taken off; a fall stays a fall."""
    season = season_of(JOBS, said("o", 1), factor("deadweight", "1"))
    some = season_of(JOBS, said("o", 1), factor("deadweight", "0.5"))
    open_one = attrs.evolve(
        jobs(season), figure=Estimate(value=Fraction(-4), least=Fraction(-4), most=None, n=1)
    )
    assert adjust(open_one, season).figure.most == 0
    left = adjust(open_one, some).figure
    assert (left.value, left.least, left.most) == (-2, -2, None)
    below = attrs.evolve(open_one, figure=attrs.evolve(open_one.figure, least=None, value=None))
    assert adjust(below, some).figure.least is None


RATE = indicator("rate", share("visits", having=where("gender", "==", "x")), "share")


def rate(yes: int, no: int, each: Indicator = RATE, **more: Any) -> Result:
    """The share of those with gender x."""
    facts = visits((yes, {"gender": "x"}), (no, {"gender": "y"}))
    return measure(facts, each, as_of=AT, **more).results[0]


def test_a_comparison_group_makes_a_difference_and_no_effect() -> None:
    """The difference has both numbers of units, and is never called an effect."""
    found = contrast(rate(6, 4), rate(1, 3))
    assert found.difference == found.least == found.most == Fraction(7, 20)
    assert found.row()["n"] == 10
    assert found.row()["comparison_n"] == 4
    text = f"{found} {found.html()} {found._repr_html_()}"  # pyright: ignore[reportPrivateUsage]
    assert "35 %" in text
    assert "effect" not in text
    assert "difference" in text


def test_only_rates_of_one_unit_and_period_are_compared() -> None:
    """Counts, other units and other periods are refused with the reason."""
    rows = indicator("rows", count("visits"))
    assert "sizes" in (contrast(rate(6, 4, rows), rate(1, 3)).reason or "")
    other = attrs.evolve(RATE, unit="part")
    assert "units" in (contrast(rate(6, 4), rate(1, 3, other)).reason or "")
    later = rate(1, 3, period=Period.month(2014, 1))
    refused = contrast(rate(6, 4), later)
    assert refused.reason == "the periods differ"
    assert "unknown" in str(refused)
    better = indicator(
        "b", change("enterprises", "staff_before", "staff_after", summary="improved"), "share"
    )
    (none,) = measure(Portfolio.of(), better, as_of=AT)
    assert contrast(none, none).difference is None


def test_a_row_calls_nothing_impact() -> None:
    """An indicator of the kind impact is an outcome where nothing is adjusted or compared."""
    each = attrs.evolve(indicator("v", count("visits")), kind="impact")
    assert measure(visits((2, {})), each, as_of=AT).rows()[0]["kind"] == "outcome"


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [
        (attribute, {"result": None}), (attribute, {"policy": "half"}), (adjust, {"years": -1}),
        (adjust, {"order": ("deadweight",)}), (adjust, {"order": 3}), (adjust, {"portfolio": 3}),
    ],
)  # fmt: skip
def test_arguments_that_are_none_are_refused(verb: Any, wrong: dict[str, Any]) -> None:
    """What is no result, policy, number of years or order raises."""
    season = season_of(JOBS, said("o", 1))
    given: dict[str, Any] = {"result": jobs(season), "portfolio": season, **wrong}
    with pytest.raises(InvariantError):
        verb(**given)
    other: Any = season
    with pytest.raises(InvariantError):
        contrast(jobs(season), other)


def test_days_are_not_needed() -> None:
    """A figure of always is adjusted by factors that hold always."""
    season = season_of(JOBS, said("o", 10), factor("deadweight", "0.5"))
    (result,) = measure(season, "jobs", as_of=datetime(2015, 6, 1, tzinfo=UTC))
    assert adjust(result, season).figure.value == 5
