"""Variants of indicators: the fine print of a definition as named parameters."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    FINE_PRINT,
    INDICATORS,
    Attendance,
    Employment,
    Figures,
    Identity,
    InvariantError,
    Membership,
    NotFound,
    Organization,
    Period,
    Person,
    Portfolio,
    Support,
    dumps,
    loads,
    measure,
    variant,
)
from mic_core.impact.tables.build import facts_of
from mic_core.impact.validity import measure_problems
from mic_core.model.participant import OrganizationKind
from tests.impact.camp import AT, CENTER, VENTURE, camp, figures_of, one, session_on, supported


def helped(id: str, day: date, hours: str | None) -> Support:
    """Hours of coaching of the venture."""
    return Support(
        id=id, enterprise_id="v", kind="coaching", provider_id="mic", on=day,
        hours=None if hours is None else Decimal(hours),
    )  # fmt: skip


def test_a_minimum_of_support_is_reached_by_the_sum_of_hours() -> None:
    """Seven and five hours are the twelve that are asked for, with the second support."""
    hours = [helped("a", date(2014, 3, 1), "7"), helped("b", date(2015, 3, 1), "5")]
    portfolio = Portfolio.of(CENTER, VENTURE, *hours)
    twelve = variant("E3", minimum_hours=12)
    years = [one(portfolio, twelve, period=Period.year(year)).value for year in (2014, 2015)]
    assert years == [0, 1]
    assert one(portfolio, variant("E3", minimum_hours="12.5")).value == 0
    silent = Portfolio.of(CENTER, VENTURE, helped("a", date(2014, 3, 1), None), *hours[1:])
    result = one(silent, twelve)
    assert (result.value, result.most, result.status) == (None, 1, "unknown")


def test_newness_is_a_parameter() -> None:
    """Fourteen months after its foundation an enterprise is new for three years, not for one."""
    new = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2012, 11, 1))
    portfolio = supported(new)
    assert one(portfolio, "E4").value == 1
    assert one(portfolio, variant("E4", new_for_months=12)).value == 0
    old = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2011, 1, 1))
    assert one(supported(old), "E4").value == 0  # three years to the day


def test_creation_has_a_horizon() -> None:
    """Founded 18 months after its first support is created, but not within a year."""
    born = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2015, 7, 1))
    portfolio = supported(born)
    assert one(portfolio, "E5").value == 1
    for months, value in ((12, 0), (18, 1)):
        assert one(portfolio, variant("E5", created_within_months=months)).value == value
    before = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2012, 1, 1))
    assert one(supported(before), variant("E5", created_within_months=12)).value == 0


def months_of(first: date, staff: list[int]) -> list[Figures]:
    """Figures of single months, one after the other."""
    found: list[Figures] = []
    year, month = first.year, first.month
    for number in staff:
        start = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append(
            Figures(
                id=f"m-{start}",
                organization_id="v",
                period=Period(start, date(year, month, 1)),
                staff=Decimal(number),
            )
        )
    return found


def test_staff_is_averaged_over_twelve_months() -> None:
    """Of monthly figures the average of the year before counts, and of the year after."""
    before = months_of(date(2013, 1, 1), [2] * 12)
    after = months_of(date(2014, 1, 1), [2, *[5] * 12])
    portfolio = supported(VENTURE, *before, *after)
    jobs = one(portfolio, variant("J1", staff="12-month averages"))
    # The year after the support of 1 January lasts from the 2nd to the 1st of January.
    days = 30 * 2 + 334 * 5 + 5
    assert jobs.value == Decimal(int(Decimal(days) * 10**6 / 365)) / 10**6 - 2
    gap = [each for each in (*before, *after) if each.id != "m-2014-06-01"]
    assert one(supported(VENTURE, *gap), variant("J1", staff="12-month averages")).value is None
    at_date = figures_of(2013, "2", basis="at_date")
    assert one(
        supported(VENTURE, at_date, *after), variant("J1", staff="12-month averages")
    ).value is None  # fmt: skip
    closed = Organization(
        id="v", name="V", kind="venture", country="BE", closed_on=date(2014, 6, 1)
    )
    assert one(supported(closed, *before), variant("J2", staff="12-month averages")).value == -2


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 14), st.integers(0, 9)), max_size=5))
def test_an_average_weighs_each_day_alike(spans: list[tuple[int, int, int]]) -> None:
    """The average is that of a loop over days, each with the figures of the shortest period."""
    months = [date(2012 + n // 12, n % 12 + 1, 1) for n in range(40)]
    known = [
        Figures(
            id=f"f{n}", organization_id="v", period=Period(months[start], months[start + long]),
            staff=Decimal(staff),
        )
        for n, (start, long, staff) in enumerate(spans)
    ]  # fmt: skip
    summed: Decimal | None = Decimal(0)
    for ordinal in range(date(2013, 1, 1).toordinal(), date(2014, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        here: list[Any] = [each for each in known if each.period.contains(day)]
        chosen = min(
            here, key=lambda each: (each.period.end - each.period.start, each.id), default=None
        )
        summed = None if chosen is None or summed is None else summed + chosen.staff
    portfolio = supported(VENTURE, *known)
    (row,) = facts_of(portfolio, AT).table("enterprises").rows()
    expected = None if summed is None else int(summed * 10**6 / 365)
    assert row["mean_staff_before"] == expected


def test_founders_are_counted_or_not() -> None:
    """A figure of which nobody knows if founders are counted only widens the bounds."""
    pair = [figures_of(2013, "2", founders_counted=True), figures_of(2015, "3")]
    counted = variant("J1", founders="counted")
    assert one(supported(VENTURE, *pair), counted).status == "unknown"
    same = [
        figures_of(year, staff, founders_counted=True) for year, staff in ((2013, "2"), (2015, "5"))
    ]
    assert one(supported(VENTURE, *same), counted).value == 3
    assert one(supported(VENTURE, *same), variant("J3", founders="not counted")).value == 0


def test_jobs_maintained_are_the_smaller_number() -> None:
    """Of five jobs, then three, three are maintained; of two, then four, two."""
    for before, after, kept in (("5", "3", 3), ("2", "4", 2)):
        portfolio = supported(VENTURE, figures_of(2013, before), figures_of(2015, after))
        assert one(portfolio, "J4").value == kept
        created, net = one(portfolio, "J1").value, one(portfolio, "J2").value
        assert created == max(0, net)
        assert kept + created == Decimal(after)


def test_the_horizon_of_employment() -> None:
    """Twelve months after leaving is a horizon of its own."""
    job = Employment(id="j", person_id="p", on=date(2015, 10, 1), status="employed")
    portfolio = camp(job, profile={"status": "unemployed"})
    assert one(portfolio, variant("P9", horizon="12 months")).value == 1
    assert one(portfolio, "P9").value is None


def test_ages_are_in_calendar_years() -> None:
    """Somebody born on the last day of 1990 is 24 all year in 2014."""
    portfolio = camp()
    assert one(portfolio, variant("P1", from_age=24, below_age=25)).value == 1
    assert one(portfolio, variant("P1", from_age=25)).value == 0
    assert one(portfolio, "P1-young").value == 1
    assert one(portfolio, "P1-older").value == 0
    assert one(portfolio, variant("P1-young", from_age=25)).value == 0


def test_costs_are_total_or_public() -> None:
    """The variants of both are those of each other."""
    assert variant("C1", cost="public").measure == INDICATORS["C2"].measure
    assert variant("C2", cost="total").measure == INDICATORS["C1"].measure


def test_a_variant_names_its_fine_print() -> None:
    """The version and the definition name the parameters; without any it is the built-in one."""
    strict = variant("J1", founders="counted", minimum_evidence="verified")
    assert strict.version == "1 (founders=counted, minimum_evidence=verified)"
    assert strict.minimum_evidence == "verified"
    assert str(strict.definition).endswith("With founders=counted, minimum_evidence=verified.")
    assert variant("J1") == INDICATORS["J1"]
    recorded = Portfolio.of(CENTER, strict)
    assert loads(dumps(recorded)) == recorded


@pytest.mark.parametrize(
    ("id", "parameters"),
    [
        ("E3", {"minimum_hours": -1}), ("E3", {"minimum_hours": "many"}),
        ("E3", {"minimum_hours": True}), ("E3", {"minimum_hours": "NaN"}),
        ("E4", {"new_for_months": "1.5"}), ("V1", {"minimum_hours": 1}),
        ("J1", {"founders": "perhaps"}), ("J1", {"minimum_evidence": "rumor"}),
        ("J1", {"unheard_of": 1}),
    ],
)  # fmt: skip
def test_wrong_fine_print_is_refused(id: str, parameters: Any) -> None:
    """An unknown parameter, or a value that it does not take, is one clear error."""
    with pytest.raises(InvariantError, match="must be"):
        variant(id, **parameters)


def test_an_unknown_indicator_has_no_variant() -> None:
    """Variants are of built-in indicators."""
    with pytest.raises(NotFound):
        variant("X9")


@pytest.mark.parametrize("name", FINE_PRINT)
def test_every_parameter_makes_valid_measures(name: str) -> None:
    """Each parameter of each of its indicators makes a measure that can be computed."""
    known = FINE_PRINT[name]
    assert known.indicators
    for id in known.indicators:
        for value in known.choices or (7,):
            given_: Any = {name: value}
            assert measure_problems(variant(id, **given_).measure) == ()


@pytest.mark.parametrize("day", [date.min, date.max])
def test_staff_at_an_end_of_the_calendar_has_no_average(day: date) -> None:
    """The twelve months before the first day of the calendar hold no day."""
    support = Support(id="s", enterprise_id="v", kind="coaching", provider_id="mic", on=day)
    portfolio = Portfolio.of(CENTER, VENTURE, support, figures_of(2013, "2"))
    result = one(
        portfolio, variant("J1", staff="12-month averages"),
        as_of=datetime(9999, 12, 30, tzinfo=UTC),
    )  # fmt: skip
    assert result.value is None


def test_persons_of_two_organizations_are_of_both_kinds() -> None:
    """Memberships of merged records count for the one that is kept; unknown ones have no kind."""
    kinds: tuple[OrganizationKind, ...] = ("venture", "sme", "venture")
    portfolio = camp(
        session_on("s", 9),
        *(Organization(id=f"o{n}", name="O", kind=kind, country="BE")
          for n, kind in enumerate(kinds)),
        *(Membership(id=f"m{n}", person_id=f"p{n % 2}", organization_id=f"o{n}", role="member",
                     period=Period()) for n in range(4)),
        *(Person(id=f"p{n}", name="P") for n in range(2)),
        Identity(id="i", kept="person:p0", merged="person:p1"),
        Attendance(id="a", session_id="s", person_id="p0", status="present"),
        Attendance(id="b", session_id="s", person_id="p", status="present"),
    )  # fmt: skip
    card = measure(portfolio, "V2", by="organization_kind", as_of=AT)
    cells = {each.cell[0][1]: each.value for each in card if each.cell}
    assert cells == {"venture": 1, "sme": 1, None: 1}


def test_people_of_one_organization_recorded_twice_do_not_meet() -> None:
    """Two records of one enterprise, each with a member present, are no pair of organizations."""
    portfolio = camp(
        session_on("s", 9),
        *(Organization(id=id, name="O", kind="sme", country="BE") for id in ("o", "o-2")),
        *(Person(id=id, name="P") for id in ("a", "b")),
        *(Membership(id=f"m-{person}", person_id=person, organization_id=id, role="member",
                     period=Period()) for person, id in (("a", "o"), ("b", "o-2"))),
        *(Attendance(id=f"at-{id}", session_id="s", person_id=id, status="present")
          for id in ("a", "b")),
    )  # fmt: skip
    assert one(portfolio, "K1").value == 1
    same = Identity(id="i", kept="organization:o", merged="organization:o-2")
    assert one(portfolio.record(same, recorded_at=AT), "K1").value is None
