"""Measuring a portfolio: figures against plain loops over the nouns, statuses, refusals, scopes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    INDICATORS,
    Attendance,
    Center,
    Cost,
    Credential,
    Deal,
    Edition,
    Employment,
    Enrollment,
    FactTables,
    Figures,
    FollowUp,
    Headcount,
    Indicator,
    InvariantError,
    Measure,
    Membership,
    Money,
    NotFound,
    Observation,
    Organization,
    Period,
    Person,
    Portfolio,
    Program,
    Project,
    Session,
    Slot,
    Support,
    Target,
    Transition,
    change,
    count,
    distinct,
    latest,
    measure,
    median,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.scorecard import Result
from mic_core.impact.validity import measure_problems
from mic_core.portfolio import status_of
from mic_core.portfolio.expected import EXPECTED
from mic_core.portfolio.status import status_histories
from mic_core.samples import brussels_2014
from mic_core.testing import portfolios

AT = datetime(2016, 1, 1, 12, tzinfo=UTC)
YEAR = Period.year(2014)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
CAMP = Program(id="camp", title="Camp", kind="training", organizer_id="mic")
SIXTH = Edition(
    id="camp-6", program_id="camp", center_id="mic", number=6,
    period=Period(date(2014, 9, 1), date(2014, 10, 1)), status="completed",
)  # fmt: skip
VENTURE = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2013, 1, 1))


def _slot(day: int, hour: int = 18) -> Slot:
    start = datetime(2014, 9, day, hour, tzinfo=UTC)
    return Slot(start, start + timedelta(hours=2))


def _session(id: str, day: int, **more: Any) -> Session:
    slot = _slot(day)
    given: dict[str, Any] = {"title": id, "length": slot.length, "slot": slot, **more}
    return Session(id=id, center_id="mic", **given)


def _custom(measured: Measure, **more: Any) -> Indicator:
    given: dict[str, Any] = {
        "id": "own", "title": "Own", "unit": "piece", "kind": "output", "source": "us", **more
    }  # fmt: skip
    return Indicator(measure=measured, **given)


def _one(portfolio: Portfolio | FactTables, indicator: str | Indicator, **how: Any) -> Result:
    (result,) = measure(portfolio, indicator, **{"as_of": AT, **how})
    return result


# Against plain loops over the nouns


def _present(portfolio: Portfolio) -> set[tuple[str, str]]:
    known = portfolio.all(Attendance)
    return {
        (each.session_id, each.person_id) for each in known if each.status in {"present", "partial"}
    }


def _heads(portfolio: Portfolio) -> dict[str, int]:
    heads: dict[str, int] = {}
    for each in portfolio.all(Headcount):
        heads[each.session_id] = max(each.n, heads.get(each.session_id, 0))
    return heads


def _visits(portfolio: Portfolio) -> int:
    known = _present(portfolio)
    by_session: dict[str, int] = {}
    for session, _ in known:
        by_session[session] = by_session.get(session, 0) + 1
    extra = (n - by_session.get(session, 0) for session, n in _heads(portfolio).items())
    return len(known) + sum(max(0, each) for each in extra)


def _visitors(portfolio: Portfolio) -> int:
    known = _present(portfolio)
    crowds = (
        n for session, n in _heads(portfolio).items()
        if n > sum(each == session for each, _ in known)
    )  # fmt: skip
    return max(len({person for _, person in known}), *crowds, 0)


def _entered(portfolio: Portfolio) -> set[Enrollment]:
    histories = status_histories(portfolio, Enrollment)
    return {
        each for each in portfolio.all(Enrollment)
        if any(
            span.status in EXPECTED and (span.start is None or span.start <= LATE)
            for span in histories[each.id].spans()
        )
    }  # fmt: skip


def _participations(portfolio: Portfolio) -> int:
    return len({(each.participant_id, each.into) for each in _entered(portfolio)})


def _enterprises(portfolio: Portfolio) -> int:
    organizations = {each.id for each in portfolio.all(Organization)}
    entered = {each.participant_id for each in _entered(portfolio)} & organizations
    projects = {
        one for each in portfolio.all(Project) if each.period.start is not None
        for one in each.organizations
    }  # fmt: skip
    return len(entered | projects | {each.enterprise_id for each in portfolio.all(Support)})


def _certificates(portfolio: Portfolio) -> int:
    return sum(each.kind == "certificate" for each in portfolio.all(Credential))


LATE = datetime(9000, 1, 1, tzinfo=UTC)
ORACLES: dict[str, Callable[[Portfolio], int]] = {
    "V1": _visits, "V2": _visitors, "P1": _participations, "E1": _enterprises,
    "P7-awards": _certificates,
}  # fmt: skip


@given(portfolios())
def test_figures_are_those_of_plain_loops(portfolio: Portfolio) -> None:
    """Counts over coherent portfolios agree with loops over the nouns; without facts: unknown."""
    for id, oracle in ORACLES.items():
        result = _one(portfolio, id, as_of=LATE)
        assert result.value == (oracle(portfolio) if result.status != "unknown" else None)
        if result.status == "unknown" and not result.figure.unknown:
            assert oracle(portfolio) == 0


@given(portfolios(), st.sampled_from(sorted(INDICATORS)))
def test_every_figure_lies_within_its_bounds(portfolio: Portfolio, id: str) -> None:
    """Value, bounds, cells and facts of every built-in indicator hold together."""
    card = measure(portfolio, id, by="year", as_of=LATE)
    assert card.as_of == LATE
    for each in card:
        assert each.status != "refused"
        if each.value is not None:
            assert each.least is None or each.least <= each.value
            assert each.most is None or each.value <= each.most
        for row in card.rows():
            assert row["indicator"] == id
        facts = each.explain(portfolio)
        assert not set(facts.facts) & set(facts.possible)
        if each.status == "measured" and each.n and not each.cell:
            assert facts.facts


@given(portfolios(), st.sampled_from(["V1", "E1", "P1", "P7-awards", "K1"]))
def test_periods_add_up_or_unite(portfolio: Portfolio, id: str) -> None:
    """Years of a count add to the whole; years of a distinct count bound it from both sides."""
    card = measure(portfolio, id, by="year", as_of=LATE)
    whole = card.get(id)
    assert whole is not None
    parts = [each.value or 0 for each in card if each.cell]
    if whole.value is not None:
        assert max(parts, default=0) <= whole.value <= sum(parts)
        if id in {"V1", "P7-awards", "P1"}:
            assert whole.value == sum(parts)


# Statuses


def test_no_fact_is_unknown_and_no_match_is_zero() -> None:
    """Without a row in scope and period a figure is unknown; rows without a match are 0."""
    empty = _one(Portfolio.of(CENTER), "V1")
    assert (empty.value, empty.status, empty.n) == (None, "unknown", 0)
    portfolio = Portfolio.of(
        CENTER, _session("s", 1), Attendance(id="a", session_id="s", person_id="p", status="absent")
    )
    result = _one(portfolio, "V1", period=YEAR)
    assert (result.value, result.status, result.most) == (0, "measured", 0)
    before = _one(portfolio, "V1", period=Period.year(2013))
    assert before.status == "unknown"
    assert str(result.figure) == "0"


def test_a_share_of_nothing_is_undefined() -> None:
    """0 of 0 is undefined, not 0; a ratio with a side without facts is unknown."""
    running = Portfolio.of(
        CENTER, CAMP, SIXTH, Person(id="p", name="P"),
        Enrollment(id="e", participant_id="p", into="camp-6"),
        Transition(id="t", subject="enrollment:e", after="enrolled",
                   effective_at=datetime(2014, 9, 1, tzinfo=UTC)),
    )  # fmt: skip
    assert _one(running, "P5").status == "undefined"
    assert _one(running, "C1").status == "unknown"


def test_outcomes_before_their_day_are_not_due() -> None:
    """Figures after support are due a year later: before, the indicator is not due."""
    support = Support(
        id="s", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2015, 6, 1)
    )
    result = _one(Portfolio.of(CENTER, VENTURE, support), "J1")
    assert (result.status, result.value) == ("not_due", None)
    assert result.exclusions == (("not due yet", 1),)


def test_evidence_below_the_minimum_is_no_evidence() -> None:
    """With facts of too weak a grade alone a figure is none at this grade."""
    deal = Deal(
        id="d", organization_id="v", on=date(2015, 1, 1), kind="equity",
        amount=Money(amount=Decimal(5), currency="EUR"), evidence="self_reported",
    )  # fmt: skip
    support = Support(
        id="s", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 6, 1)
    )
    portfolio = Portfolio.of(CENTER, VENTURE, deal, support)
    deals = total("deals", "amount")
    strict = _one(portfolio, _custom(deals, minimum_evidence="documented"))
    assert (strict.status, strict.value) == ("none_at_grade", None)
    loose = _one(portfolio, _custom(deals, minimum_evidence="self_reported"))
    assert (loose.value, loose.unit, loose.evidence) == (5, "EUR", (("self_reported", 1),))
    assert [(grade, each.value) for grade, each in loose.at_grade] == [("self_reported", 5)]


def test_unknown_conditions_widen_the_bounds() -> None:
    """An enterprise without a foundation may be new: certain 1, possible 2."""
    other = Organization(id="w", name="W", kind="sme", country="BE")
    supports = (
        Support(id=f"s-{id}", enterprise_id=id, kind="coaching", provider_id="mic",
                on=date(2014, 6, 1)) for id in ("v", "w")
    )  # fmt: skip
    result = _one(Portfolio.of(CENTER, VENTURE, other, *supports), "E4")
    assert (result.value, result.least, result.most, result.status) == (1, 1, 2, "partial")
    assert result.exclusions == (("not known if it counts", 1),)
    assert result.coverage == Fraction(1, 2)


# Enterprises


def _figures(year: int, staff: str | None, organization: str = "v", **more: Any) -> Figures:
    amount = None if staff is None else Decimal(staff)
    return Figures(
        id=f"f-{organization}-{year}", organization_id=organization, period=Period.year(year),
        staff=amount, **more,
    )  # fmt: skip


def _supported(organization: Organization, *more: Any) -> Portfolio:
    support = Support(
        id="s", enterprise_id=organization.id, kind="coaching", provider_id="mic",
        on=date(2014, 1, 1), evidence="documented",
    )  # fmt: skip
    return Portfolio.of(CENTER, organization, support, *more)


def test_jobs_are_a_pair_of_before_and_after() -> None:
    """Gross jobs are the rises, net jobs the signed changes, the stock the latest figures."""
    portfolio = _supported(VENTURE, _figures(2013, "2"), _figures(2015, "5.5"))
    values = {id: _one(portfolio, id).value for id in ("J1", "J2", "J3")}
    assert values == {"J1": Fraction(7, 2), "J2": Fraction(7, 2), "J3": Fraction(11, 2)}


def test_a_closed_enterprise_has_lost_its_jobs() -> None:
    """Closed without a successor: no gross jobs, and net the loss of all; taken over: unknown."""
    closed = Organization(
        id="v", name="V", kind="venture", country="BE", founded=date(2013, 1, 1),
        closed_on=date(2014, 12, 1),
    )  # fmt: skip
    portfolio = _supported(closed, _figures(2013, "2", evidence="verified"))
    assert [_one(portfolio, id).value for id in ("J1", "J2")] == [0, -2]
    assert _one(portfolio, "J2").evidence == (("verified", 1),)
    taken = Organization(
        id="v", name="V", kind="venture", country="BE", closed_on=date(2014, 12, 1),
        successor_id="w",
    )  # fmt: skip
    result = _one(_supported(taken, _figures(2013, "2")), "J2")
    assert (result.value, result.status) == (None, "unknown")


def test_an_enterprise_founded_by_the_program_starts_from_nothing() -> None:
    """Founded after its first support, an enterprise had no staff before it, and was created."""
    born = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2014, 3, 1))
    portfolio = _supported(born, _figures(2015, "3"))
    assert [_one(portfolio, id).value for id in ("J1", "E5")] == [3, 1]


def test_figures_that_are_missing_leave_the_sum_open() -> None:
    """Staff after that nobody knows leaves the gross figure open above, and net on both sides."""
    portfolio = _supported(VENTURE, _figures(2013, "2"), _figures(2015, None))
    gross, net = _one(portfolio, "J1"), _one(portfolio, "J2")
    assert (gross.value, gross.least, gross.most) == (None, 0, None)
    assert (net.value, net.least, net.most) == (None, None, None)


def test_productivity_is_value_added_for_each_of_the_staff() -> None:
    """Shares improved compare value added by staff, and turnover, before and after."""
    euros = lambda n: Money(amount=Decimal(n), currency="EUR")  # noqa: E731
    before = _figures(2013, "2", value_added=euros(100), turnover=euros(300))
    after = _figures(2015, "4", value_added=euros(300), turnover=euros(200))
    portfolio = _supported(VENTURE, before, after)
    assert [_one(portfolio, id).value for id in ("G1", "G2")] == [1, 0]
    idle = _supported(VENTURE, before, _figures(2015, "0", value_added=euros(300)))
    assert _one(idle, "G1").status == "unknown"
    none = _supported(VENTURE, _figures(2013, "2"), after)
    assert _one(none, "G1").status == "unknown"


def test_currencies_stay_apart() -> None:
    """Amounts of two currencies are two results, each with its unit; by dimension as well."""
    deals = [
        Deal(id=f"d-{n}", organization_id="v", on=date(2015, n, 1), kind="equity",
             amount=Money(amount=Decimal(amount), currency=currency))
        for n, (amount, currency) in enumerate([(5, "EUR"), (7, "USD"), (1, "EUR")], start=1)
    ]  # fmt: skip
    early = Deal(
        id="d-0", organization_id="v", on=date(2013, 1, 1), kind="equity",
        amount=Money(amount=Decimal(9), currency="EUR"),
    )  # fmt: skip
    portfolio = _supported(VENTURE, early, *deals)
    results = measure(portfolio, "I1", as_of=AT)
    assert [(each.value, each.unit) for each in results] == [(6, "EUR"), (7, "USD")]
    assert results.results[0].explain(portfolio).facts == ("deal:d-1", "deal:d-3")
    card = measure(portfolio, "I1", by="sector", as_of=AT)
    assert [(each.cell, each.value) for each in card] == [
        ((), 6), ((("sector", None),), 6), ((), 7), ((("sector", None),), 7)
    ]  # fmt: skip
    none = _one(_supported(VENTURE), "I1")
    assert (none.status, none.unit) == ("unknown", "currency")
    portfolio = _supported(VENTURE, attrs_free_deal())
    assert _one(portfolio, "I1").value == 0


def attrs_free_deal() -> Deal:
    """A loan, which is no equity."""
    return Deal(
        id="d", organization_id="v", on=date(2015, 1, 1), kind="loan",
        amount=Money(amount=Decimal(9), currency="EUR"),
    )  # fmt: skip


def test_a_fact_belongs_to_every_scope_that_supported_before() -> None:
    """A deal counts for the center that coached before it, not for one that did later."""
    other = Center(id="mons", name="Mons", country="BE", time_zone="Europe/Brussels")
    later = Support(
        id="s-2", enterprise_id="v", kind="coaching", provider_id="mons", on=date(2015, 6, 1)
    )
    portfolio = _supported(VENTURE, other, later, attrs_free_deal())
    loans = _custom(count("deals"))
    assert [_one(portfolio, loans, scope=id).value for id in ("mic", "mons")] == [1, None]
    both = _one(portfolio, loans, scope=("mic", "mons"))
    assert both.value == 1


# Participants


def _camp(*more: Any, profile: Any = ()) -> Portfolio:
    september = datetime(2014, 9, 1, tzinfo=UTC)
    steps = [(None, "enrolled", september), ("enrolled", "completed", september.replace(day=30))]
    return Portfolio.of(
        CENTER, CAMP, SIXTH,
        Person(id="p", name="P", gender="female", born=date(1990, 12, 31), region="Brussels"),
        Enrollment(id="e", participant_id="p", into="camp-6", profile=profile),
        *(Transition(id=f"t-{n}", subject="enrollment:e", before=before, after=after,
                     effective_at=at) for n, (before, after, at) in enumerate(steps)),  # type: ignore[arg-type]
        *more,
    )  # fmt: skip


def test_persons_in_employment_are_those_who_were_not_before() -> None:
    """Four weeks and six months after leaving, from the profile at entry and later records."""
    job = Employment(id="j", person_id="p", on=date(2014, 10, 10), status="employed")
    portfolio = _camp(job, profile={"status": "unemployed"})
    assert _one(portfolio, "P8").value == 1
    assert _one(portfolio, "P9").figure.most == 1
    later = Employment(id="k", person_id="p", on=date(2015, 4, 1), status="self_employed")
    assert _one(_camp(job, later, profile={"status": "unemployed"}), "P9").value == 1
    silent = Employment(id="k", person_id="p", on=date(2015, 4, 1), status="unknown")
    assert _one(_camp(silent, profile={"status": "unemployed"}), "P9").value is None
    assert _one(_camp(job, profile={"status": "employed"}), "P8").value == 0


def test_participants_are_broken_down_by_their_first_entry() -> None:
    """Gender, age in calendar years, education and region come from profile and person."""
    portfolio = _camp(profile={"education": "5-8"})
    for by, label in (("gender", "female"), ("age", 24), ("education", "5-8"),
                      ("region", "Brussels"), ("origin", None), ("month", "2014-09"),
                      ("quarter", "2014-Q3"), ("week", "2014-W36"), ("day", date(2014, 9, 1))):  # fmt: skip
        card = measure(portfolio, "P1", by=by, as_of=AT)
        assert [each.cell for each in card] == [(), ((by, label),)]
        assert card.get("P1", **{by: label}) is card.results[1]
        assert card.get("P1", **{by: "else"}) is None
    assert _one(portfolio, "P5").value == 1


def test_delegates_are_persons_of_a_venture() -> None:
    """A venture takes part once, its delegates are two persons; without delegates one, unknown."""
    september = datetime(2014, 9, 1, tzinfo=UTC)
    step = Transition(id="t", subject="enrollment:e", after="enrolled", effective_at=september)
    entry = Enrollment(id="e", participant_id="v", into="camp-6", delegates=("p", "q"), places=2)
    portfolio = Portfolio.of(CENTER, CAMP, SIXTH, VENTURE, entry, step)
    assert [_one(portfolio, id).value for id in ("P1", "P2", "E1", "E6")] == [1, 2, 1, 1]
    alone = Enrollment(id="e", participant_id="v", into="camp-6")
    portfolio = Portfolio.of(CENTER, CAMP, SIXTH, VENTURE, alone, step)
    persons = _one(portfolio, "P2")
    assert (persons.value, persons.most) == (1, 1)


def test_entries_again_are_one_participation() -> None:
    """Withdrawn and enrolled again in one edition counts once, with the status of the last."""
    again = (
        Enrollment(id="e-2", participant_id="p", into="camp-6"),
        Transition(id="t-9", subject="enrollment:e-2", after="enrolled",
                   effective_at=datetime(2014, 12, 1, tzinfo=UTC)),
    )  # fmt: skip
    portfolio = _camp(*again)
    assert _one(portfolio, "P1").value == 1
    assert _one(portfolio, "P5").status == "undefined"
    assert status_of(portfolio, "enrollment:e") == "completed"
    direct = Portfolio.of(
        CENTER, Person(id="p", name="P"), Enrollment(id="e", participant_id="p", into="gone"),
        Transition(id="t", subject="enrollment:e", after="enrolled",
                   effective_at=datetime(2014, 12, 1, tzinfo=UTC)),
    )  # fmt: skip
    assert _one(direct, "P1").value == 1
    assert _one(direct, "P1", scope="mic").status == "unknown"


def test_organizations_that_met_are_pairs() -> None:
    """Members of two organizations at one session are one pair, however often they meet."""
    people = [Person(id=id, name=id) for id in ("a", "b", "c")]
    members = [
        Membership(id=f"m-{id}", person_id=id, organization_id=f"o-{id}", role="member",
                   period=Period()) for id in ("a", "b", "c")
    ]  # fmt: skip
    organizations = [
        Organization(id=f"o-{id}", name=id, kind="sme", country="BE") for id in ("a", "b", "c")
    ]
    visits = [
        Attendance(id=f"{s}-{p}", session_id=s, person_id=p, status="present")
        for s, p in (("s", "a"), ("s", "b"), ("t", "a"), ("t", "b"), ("u", "c"))
    ]
    sessions = [_session(id, n) for n, id in enumerate(("s", "t", "u"), start=1)]
    nowhere = Session(id="w", center_id="mic", title="w", length=timedelta(hours=1))
    portfolio = Portfolio.of(CENTER, *people, *members, *organizations, *visits, *sessions, nowhere)
    assert _one(portfolio, "K1").value == 1
    kinds = measure(portfolio, "V2", by="organization_kind", as_of=AT)
    assert [each.value for each in kinds] == [3, 3]


# Sessions, editions, costs, follow-ups


def test_sessions_are_delivered_if_somebody_came() -> None:
    """Held, or with a presence; a cancelled session is never delivered."""
    visit = Attendance(id="a", session_id="t", person_id="p", status="present")
    portfolio = Portfolio.of(
        CENTER, CAMP, SIXTH, _session("s", 1), _session("t", 2, edition_id="camp-6"), visit,
        _session("u", 3, status="cancelled"),
    )  # fmt: skip
    assert _one(portfolio, "P3").value == 1
    assert _one(portfolio, "P3-editions").value == 1
    open_ended = Edition(id="x", program_id="gone", center_id="mic", number=1, period=Period())
    unended = Portfolio.of(CENTER, open_ended)
    assert _one(unended, "P3-editions").value == 0
    assert _one(unended, "P3-editions", period=YEAR).status == "measured"


def test_cost_for_each_is_a_ratio_of_two_tables() -> None:
    """Costs over completions; public costs are those that a public body bears."""
    cost = Cost(
        id="c", scope=("camp-6",), period=YEAR, kind="staff", payer_id="region",
        amount=Money(amount=Decimal(500), currency="EUR"),
    )  # fmt: skip
    private = Cost(
        id="d", scope=("camp",), period=Period(date(2014, 1, 1), None), kind="venue",
        amount=Money(amount=Decimal(100), currency="EUR"), payer_id="v",
    )  # fmt: skip
    unsaid = Cost(
        id="e", scope=("mic",), period=YEAR, kind="venue",
        amount=Money(amount=Decimal(7), currency="EUR"),
    )  # fmt: skip
    region = Organization(id="region", name="R", kind="public", country="BE")
    portfolio = _camp(cost, private, unsaid, region, VENTURE)
    whole, public = _one(portfolio, "C1"), _one(portfolio, "C2")
    assert (whole.value, whole.unit, whole.figure.denominator) == (607, "EUR", 1)
    assert (public.value, public.least, public.most) == (500, 500, 507)
    inverse = _custom(ratio(distinct("participations", "person_id"), total("costs", "amount")))
    assert _one(portfolio, inverse).value == Fraction(1, 607)
    both = _custom(ratio(total("costs", "amount"), total("costs", "amount")))
    assert _one(portfolio, both).value == 1
    plain = _custom(ratio(count("participations"), count("costs")))
    assert _one(portfolio, plain).value == Fraction(1, 3)
    assert _one(portfolio, "C1", scope="camp-6").value == 500
    found = _one(portfolio, "C1").explain(portfolio)
    assert found.facts == ("cost:c", "cost:d", "cost:e", "enrollment:e")


def test_response_counts_follow_ups_that_are_due() -> None:
    """Answered of due follow-ups; later ones are left out by name."""
    asked = [
        FollowUp(id=f"f-{n}", participant_id="p", about=about, due_on=date(2015, n, 1),
                 status=status)  # type: ignore[arg-type]
        for n, (status, about) in enumerate(
            [("answered", "camp-6"), ("unreachable", "camp"), ("answered", "mic"),
             ("due", "nothing")], start=1)
    ]  # fmt: skip
    late = FollowUp(
        id="g", participant_id="p", about="camp-6", due_on=date(2017, 1, 1), status="due"
    )
    result = _one(_camp(*asked, late), "Q1")
    assert (result.value, result.n) == (Fraction(1, 2), 4)
    assert result.exclusions == (("not due yet", 1),)


def test_credentials_count_persons_and_awards() -> None:
    """Two certificates of one person, one of an organization, and a badge."""
    issued = [
        Credential(id=f"c-{n}", holder_id=holder, kind=kind, title="T", issued_on=date(2014, 9, n),
                   earned_in=place, evidence=proof)  # type: ignore[arg-type]
        for n, (holder, kind, place, proof) in enumerate(
            [("p", "certificate", "camp-6", ("link",)), ("p", "certificate", None, ()),
             ("v", "certificate", "camp", ()), ("p", "badge", "mic", ())], start=1)
    ]  # fmt: skip
    portfolio = _camp(*issued, VENTURE)
    assert [_one(portfolio, id).value for id in ("P7", "P7-awards")] == [1, 3]
    assert _one(portfolio, "P7-awards", scope="camp").value == 2
    assert dict(_one(portfolio, "P7-awards").evidence) == {None: 2, "documented": 1}


# Stated numbers


JOBS = Indicator(
    id="jobs", title="Jobs", unit="jobs", kind="outcome", measure=stated(), source="the center"
)


def _stated(id: str, value: str, period: Period, **more: Any) -> Observation:
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
    claim = _stated("o-4", "99", YEAR, claim="99 jobs")
    wrong = _stated("o-5", "7", YEAR, unit="persons")
    old = _stated("o-6", "7", YEAR, version="0")
    corrected = _stated("o-7", "1", first, corrects="o-1")
    portfolio = Portfolio.of(
        CENTER, JOBS, target, _stated("o-1", "100", first), corrected, claim, wrong, old,
        _stated("o-2", "29", second, attribution=Decimal("0.5")),
    )  # fmt: skip
    for scope in (None, "mic", "center:mic"):
        result = _one(portfolio, "jobs", period=YEAR, scope=scope)
        assert (result.value, result.status) == (30, "measured")
        assert result.attributed is not None
        assert result.attributed.value == Fraction(31, 2)
        assert result.aim is not None
        assert (result.aim.progress, result.aim.to_date) == (Fraction(1, 2), 50)
    assert result.explain(portfolio).facts == ("observation:o-2", "observation:o-7")
    assert _one(portfolio, "jobs").aim is None
    assert _one(portfolio, "jobs").explain(portfolio).facts == result.explain(portfolio).facts


def test_parts_of_a_scope_bound_the_number_of_the_whole() -> None:
    """Numbers of editions add where the center states none, and bound it where it does."""
    parts = [
        _stated(f"o-{n}", "20", YEAR, subject=subject)
        for n, subject in enumerate(("edition:camp-6", "edition:camp-7"))
    ]
    seventh = Edition(
        id="camp-7", program_id="camp", center_id="mic", number=7, period=SIXTH.period
    )
    nouns = (CENTER, CAMP, SIXTH, seventh, JOBS, *parts)
    assert _one(Portfolio.of(*nouns), "jobs", period=YEAR, scope="mic").value == 40
    whole = _stated("o-9", "30", YEAR)
    result = _one(Portfolio.of(*nouns, whole), "jobs", period=YEAR, scope="mic")
    assert (result.value, result.least) == (30, 40)
    assert _one(Portfolio.of(*nouns, whole), "jobs", period=YEAR, scope="camp-6").value == 20
    person = _stated("o-8", "1", YEAR, subject="person:p")
    assert _one(Portfolio.of(CENTER, JOBS, person), "jobs", period=YEAR).value == 1


def test_conditions_hold_for_stated_numbers_too() -> None:
    """A condition on evidence or method selects observations; unknown ones only bound."""
    kinds = (("verified", "audit"), ("documented", None), ("claimed", "survey"))
    halves = [
        _stated(f"o-{n}", "10", Period.month(2014, n), evidence=evidence, method=method)
        for n, (evidence, method) in enumerate(kinds, start=1)
    ]
    portfolio = Portfolio.of(CENTER, *halves)
    audited = _custom(stated(where("method", "==", "audit")), id="jobs", unit="jobs")
    assert _one(portfolio, audited).value == 10
    strong = _custom(stated(), id="jobs", unit="jobs", minimum_evidence="documented")
    assert _one(portfolio, strong).value == 20
    nothing = _custom(stated(where("color", "known")), id="jobs", unit="jobs")
    assert _one(portfolio, nothing).reason is not None
    by_year = _one(portfolio, audited, by="year")
    assert (by_year.status, by_year.reason) == (
        "refused", "a stated number cannot be broken down by year"
    )  # fmt: skip


# Targets


def test_targets_of_shares_have_no_part_to_date() -> None:
    """The target of a share is not spread over days; one equal to its baseline has no progress."""
    goals = [
        Target(id="t-1", indicator_id="P5", scope=("mic",), period=YEAR, value=Decimal("0.5")),
        Target(id="t-2", indicator_id="V1", scope=("mic",), period=YEAR, value=Decimal(0)),
        Target(id="t-3", indicator_id="G2", scope=("mic",), period=YEAR, value=Decimal(1)),
    ]
    portfolio = _camp(*goals)
    card = measure(portfolio, ("P5", "V1", "G2"), period=YEAR, as_of=AT)
    aims = [each.aim for each in card]
    assert [each is not None and each.to_date for each in aims] == [None, 0, None]
    assert [each is not None and each.progress for each in aims] == [2, None, None]
    assert _one(portfolio, "V1", period=YEAR, scope="camp-6").aim is None


# Refusals and bad input


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (count("nothing"), "there is no table nothing"),
        (distinct("visits", "color"), "visits has no column color"),
        (total("visits", "color"), "visits has no column color"),
        (total("visits", "status"), "visits.status holds no numbers"),
        (median("deals", "day"), "deals.day holds no numbers"),
        (change("figures", "staff", "kind"), "figures.kind holds no numbers"),
        (latest("figures", "staff", "color"), "figures has no column color"),
        (count("visits", where("color", "known")), "visits has no column color"),
        (count("visits", where("minutes", ">", "many")), "visits.minutes is a whole"),
        (count("visits", where("evidence", ">=", "hearsay")), "is a grade of evidence"),
        (count("deals", where("day", ">", "soon")), "deals.day is a day"),
        (count("deals", where("amount", ">", "lots")), "deals.amount is a number"),
        (count("deals", where("amount", ">", "0.0000001")), "deals.amount is a number"),
        (share("visits", having=where("color", "known")), "visits has no column color"),
        (ratio(count("visits"), count("nothing")), "there is no table nothing"),
    ],
)  # fmt: skip
def test_a_measure_of_what_is_not_there_is_refused(measured: Measure, reason: str) -> None:
    """A table or column that is not there is a refusal with its reason, never a zero."""
    result = _one(Portfolio.of(CENTER), _custom(measured))
    assert result.status == "refused"
    assert result.reason is not None
    assert reason in result.reason
    assert result.explain(Portfolio.of(CENTER)).facts == ()
    assert reason in " ".join(measure_problems(measured))


def test_a_dimension_that_a_table_lacks_is_refused() -> None:
    """Breaking down by a column that the table lacks is refused; calendar units always work."""
    card = measure(brussels_2014(), ("V1", "P7"), by=("session_kind", "month"), as_of=AT)
    assert [each.status for each in card if not each.cell] == ["measured", "refused"]


def test_wrong_arguments_are_refused() -> None:
    """An unknown indicator or scope, an instant without a zone, a wrong period or dimension."""
    with pytest.raises(NotFound, match="no indicator has that id"):
        measure(Portfolio.of(), "V99", as_of=AT)
    with pytest.raises(NotFound, match="has that id"):
        measure(Portfolio.of(), "V1", as_of=AT, scope="nowhere")
    bad: Any = 3
    for arguments in ({"as_of": AT.replace(tzinfo=None)}, {"period": bad}, {"by": bad},
                      {"by": (bad,)}):  # fmt: skip
        with pytest.raises(InvariantError, match="measure"):
            measure(Portfolio.of(), "V1", **{"as_of": AT, **arguments})
    with pytest.raises(InvariantError):
        measure(bad, "V1", as_of=AT)
    with pytest.raises(NotFound):
        measure(Portfolio.of(), [bad], as_of=AT)


def test_a_recorded_indicator_wins() -> None:
    """An indicator recorded under the id of a built-in one takes its place, also in the default."""
    own = _custom(count("editions"), id="V1")
    portfolio = Portfolio.of(CENTER, SIXTH, own)
    assert _one(portfolio, "V1").value == 1
    card = measure(portfolio, as_of=AT)
    assert card.results[0].indicator is own
    assert len(card) == len(INDICATORS)
    assert _one(portfolio, own).value == 1


# Tables that somebody hands in


def test_tables_can_be_handed_in() -> None:
    """Rows in place of a portfolio are measured by the same indicators, scopes by any place."""
    rows = [
        {"fact": "a:1", "person_id": "p", "status": "present", "heads": 1, "day": date(2014, 9, 1),
         "center_id": "mic", "topic": ("cloud", "web"), "program_id": ()},
        {"fact": "a:2", "person_id": "p", "status": "absent", "heads": 1, "center_id": "mons"},
    ]  # fmt: skip
    facts = FactTables.of({"visits": rows})
    assert _one(facts, "V1").value == 1
    assert _one(facts, "V1", scope="mons").value == 0
    assert _one(facts, "V1", period=YEAR).value == 1
    assert _one(facts, "P1").status == "unknown"
    assert _one(facts, _custom(stated())).status == "refused"
    assert _one(facts, "V1").explain(facts).facts == ("a:1",)
    assert _one(facts, _custom(stated())).explain(facts).facts == ()
    topics = measure(facts, "V1", by="topic", as_of=AT)
    assert [each.cell for each in topics][1:] == [(("topic", "cloud"),), (("topic", "web"),)]
    found = topics.results[1].explain(facts)
    assert (found.facts, found.days["a:1"]) == (("a:1",), date(2014, 9, 1))
    with pytest.raises(InvariantError, match="must be one of"):
        FactTables.of({"rooms": []})
    with pytest.raises(InvariantError, match=r"visits\.color"):
        FactTables.of({"visits": [{"color": "red"}]})
    with pytest.raises(NotFound, match="no such table"):
        facts.table("rooms")
    assert repr(facts.table("visits")) == "FactTable(visits: 2 rows)"
    assert [row["status"] for row in facts.table("visits").rows()] == ["present", "absent"]
    assert len(facts.table("visits").columns) == len([*facts.table("visits").columns])
