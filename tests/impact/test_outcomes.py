"""Figures of enterprises, participants, sessions, costs and follow-ups."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mic_core import (
    Attendance,
    Center,
    Cost,
    Credential,
    Deal,
    Edition,
    Employment,
    Enrollment,
    FollowUp,
    Membership,
    Money,
    Organization,
    Period,
    Person,
    Portfolio,
    Session,
    Support,
    Transition,
    count,
    distinct,
    measure,
    ratio,
    total,
)
from mic_core.portfolio import status_of
from tests.impact.camp import (
    AT,
    CAMP,
    CENTER,
    SIXTH,
    VENTURE,
    YEAR,
    a_loan,
    camp,
    custom,
    figures_of,
    one,
    session_on,
    supported,
)


def _numbered(rows: list[Any], start: int) -> Any:
    return enumerate(rows, start)


def test_jobs_are_a_pair_of_before_and_after() -> None:
    """Gross jobs are the rises, net jobs the signed changes, the stock the latest figures."""
    portfolio = supported(VENTURE, figures_of(2013, "2"), figures_of(2015, "5.5"))
    values = {id: one(portfolio, id).value for id in ("J1", "J2", "J3")}
    assert values == {"J1": Fraction(7, 2), "J2": Fraction(7, 2), "J3": Fraction(11, 2)}


def test_a_closed_enterprise_has_lost_its_jobs() -> None:
    """Closed without a successor: no gross jobs, and net the loss of all; taken over: unknown."""
    closed = Organization(
        id="v", name="V", kind="venture", country="BE", founded=date(2013, 1, 1),
        closed_on=date(2014, 12, 1),
    )  # fmt: skip
    portfolio = supported(closed, figures_of(2013, "2", evidence="verified"))
    assert [one(portfolio, id).value for id in ("J1", "J2")] == [0, -2]
    assert one(portfolio, "J2").evidence == (("verified", 1),)
    taken = Organization(
        id="v", name="V", kind="venture", country="BE", closed_on=date(2014, 12, 1),
        successor_id="w",
    )  # fmt: skip
    result = one(supported(taken, figures_of(2013, "2")), "J2")
    assert (result.value, result.status) == (None, "unknown")


def test_a_closed_enterprise_of_unknown_staff_has_created_no_jobs() -> None:
    """Whatever its staff was: the gross figure is 0, the net one is open."""
    closed = Organization(
        id="v", name="V", kind="venture", country="BE", closed_on=date(2014, 6, 1)
    )
    gross, net = (one(supported(closed), id) for id in ("J1", "J2"))
    assert (gross.value, gross.status) == (0, "measured")
    assert (net.value, net.status) == (None, "unknown")


def test_an_enterprise_founded_by_the_program_starts_from_nothing() -> None:
    """Founded after its first support, an enterprise had no staff before it, and was created."""
    born = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2014, 3, 1))
    portfolio = supported(born, figures_of(2015, "3"))
    assert [one(portfolio, id).value for id in ("J1", "E5")] == [3, 1]


def test_figures_that_are_missing_leave_the_sum_open() -> None:
    """Staff after that nobody knows leaves the gross figure open above, and net on both sides."""
    portfolio = supported(VENTURE, figures_of(2013, "2"), figures_of(2015, None))
    gross, net = one(portfolio, "J1"), one(portfolio, "J2")
    assert (gross.value, gross.least, gross.most) == (None, 0, None)
    assert (net.value, net.least, net.most) == (None, None, None)


def _euros(amount: int) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_productivity_is_value_added_for_each_of_the_staff() -> None:
    """Shares improved compare value added by staff, and turnover, before and after."""
    before = figures_of(2013, "2", value_added=_euros(100), turnover=_euros(300))
    after = figures_of(2015, "4", value_added=_euros(300), turnover=_euros(200))
    portfolio = supported(VENTURE, before, after)
    assert [one(portfolio, id).value for id in ("G1", "G2")] == [1, 0]
    idle = supported(VENTURE, before, figures_of(2015, "0", value_added=_euros(300)))
    assert one(idle, "G1").status == "unknown"
    none = supported(VENTURE, figures_of(2013, "2"), after)
    assert one(none, "G1").status == "unknown"


def test_an_amount_that_is_too_fine_is_refused() -> None:
    """An amount of more than six decimals is refused by its fact, not rounded."""
    deal = Deal(
        id="d", organization_id="v", on=date(2015, 1, 1), kind="equity",
        amount=Money(amount=Decimal("0.0000001"), currency="EUR"),
    )  # fmt: skip
    result = one(supported(VENTURE, deal), "I1")
    assert result.reason == "deal:d: amount has more than six decimals; round it"


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
    portfolio = supported(VENTURE, early, *deals)
    results: Any = measure(portfolio, "I1", as_of=AT)
    assert [(each.value, each.unit) for each in results] == [(6, "EUR"), (7, "USD")]
    assert results.results[0].explain(portfolio).facts == ("deal:d-1", "deal:d-3")
    card: Any = measure(portfolio, "I1", by="sector", as_of=AT)
    assert [(each.cell, each.value) for each in card] == [
        ((), 6), ((("sector", None),), 6), ((), 7), ((("sector", None),), 7)
    ]  # fmt: skip
    none = one(supported(VENTURE), "I1")
    assert (none.status, none.unit) == ("unknown", "currency")
    portfolio = supported(VENTURE, a_loan())
    assert one(portfolio, "I1").value == 0


def test_a_fact_belongs_to_every_scope_that_supported_before() -> None:
    """A deal counts for the center that coached before it, not for one that did later."""
    other = Center(id="mons", name="Mons", country="BE", time_zone="Europe/Brussels")
    later = Support(
        id="s-2", enterprise_id="v", kind="coaching", provider_id="mons", on=date(2015, 6, 1)
    )
    portfolio = supported(VENTURE, other, later, a_loan())
    loans = custom(count("deals"))
    assert [one(portfolio, loans, scope=id).value for id in ("mic", "mons")] == [1, None]
    both = one(portfolio, loans, scope=("mic", "mons"))
    assert both.value == 1


def test_persons_in_employment_are_those_who_were_not_before() -> None:
    """Four weeks and six months after leaving, from the profile at entry and later records."""
    job = Employment(id="j", person_id="p", on=date(2014, 10, 10), status="employed")
    portfolio = camp(job, profile={"status": "unemployed"})
    assert one(portfolio, "P8").value == 1
    assert one(portfolio, "P9").figure.most == 1
    later = Employment(id="k", person_id="p", on=date(2015, 4, 1), status="self_employed")
    assert one(camp(job, later, profile={"status": "unemployed"}), "P9").value == 1
    silent = Employment(id="k", person_id="p", on=date(2015, 4, 1), status="unknown")
    assert one(camp(silent, profile={"status": "unemployed"}), "P9").value is None
    assert one(camp(job, profile={"status": "employed"}), "P8").value == 0


def test_participants_are_broken_down_by_their_first_entry() -> None:
    """Gender, age in calendar years, education and region come from profile and person."""
    portfolio = camp(profile={"education": "5-8"})
    for by, label in (("gender", "female"), ("age", 24), ("education", "5-8"),
                      ("region", "Brussels"), ("origin", None), ("month", "2014-09"),
                      ("quarter", "2014-Q3"), ("week", "2014-W36"),
                      ("day", date(2014, 9, 1))):  # fmt: skip
        card: Any = measure(portfolio, "P1", by=by, as_of=AT)
        assert [each.cell for each in card] == [(), ((by, label),)]
        assert card.get("P1", **{by: label}) is card.results[1]
        assert card.get("P1", **{by: "else"}) is None
    assert one(portfolio, "P5").value == 1


def test_delegates_are_persons_of_a_venture() -> None:
    """A venture takes part once, its delegates are two persons; without delegates one, unknown."""
    september = datetime(2014, 9, 1, tzinfo=UTC)
    step = Transition(id="t", subject="enrollment:e", after="enrolled", effective_at=september)
    entry = Enrollment(id="e", participant_id="v", into="camp-6", delegates=("p", "q"), places=2)
    portfolio = Portfolio.of(CENTER, CAMP, SIXTH, VENTURE, entry, step)
    assert [one(portfolio, id).value for id in ("P1", "P2", "E1", "E6")] == [1, 2, 1, 1]
    alone = Enrollment(id="e", participant_id="v", into="camp-6")
    portfolio = Portfolio.of(CENTER, CAMP, SIXTH, VENTURE, alone, step)
    persons = one(portfolio, "P2")
    assert (persons.value, persons.most) == (1, 1)


def test_entries_again_are_one_participation() -> None:
    """Withdrawn and enrolled again in one edition counts once, with the status of the last."""
    again = (
        Enrollment(id="e-2", participant_id="p", into="camp-6"),
        Transition(id="t-9", subject="enrollment:e-2", after="enrolled",
                   effective_at=datetime(2014, 12, 1, tzinfo=UTC)),
    )  # fmt: skip
    portfolio = camp(*again)
    assert one(portfolio, "P1").value == 1
    assert one(portfolio, "P5").status == "undefined"
    assert status_of(portfolio, "enrollment:e") == "completed"
    direct = Portfolio.of(
        CENTER, Person(id="p", name="P"), Enrollment(id="e", participant_id="p", into="gone"),
        Transition(id="t", subject="enrollment:e", after="enrolled",
                   effective_at=datetime(2014, 12, 1, tzinfo=UTC)),
    )  # fmt: skip
    assert one(direct, "P1").value == 1
    assert one(direct, "P1", scope="mic").status == "unknown"


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
    sessions = [session_on(id, n) for n, id in enumerate(("s", "t", "u"), start=1)]
    nowhere = Session(id="w", center_id="mic", title="w", length=timedelta(hours=1))
    portfolio = Portfolio.of(CENTER, *people, *members, *organizations, *visits, *sessions, nowhere)
    assert one(portfolio, "K1").value == 1
    kinds: Any = measure(portfolio, "V2", by="organization_kind", as_of=AT)
    assert [each.value for each in kinds] == [3, 3]


def test_sessions_are_delivered_if_somebody_came() -> None:
    """Held, or with a presence; a cancelled session is never delivered."""
    visit = Attendance(id="a", session_id="t", person_id="p", status="present")
    portfolio = Portfolio.of(
        CENTER, CAMP, SIXTH, session_on("s", 1), session_on("t", 2, edition_id="camp-6"), visit,
        session_on("u", 3, status="cancelled"),
    )  # fmt: skip
    assert one(portfolio, "P3").value == 1
    assert one(portfolio, "P3-editions").value == 1
    open_ended = Edition(id="x", program_id="gone", center_id="mic", number=1, period=Period())
    unended = Portfolio.of(CENTER, open_ended)
    assert one(unended, "P3-editions").value == 0
    assert one(unended, "P3-editions", period=YEAR).status == "measured"


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
    portfolio = camp(cost, private, unsaid, region, VENTURE)
    whole, public = one(portfolio, "C1"), one(portfolio, "C2")
    assert (whole.value, whole.unit, whole.figure.denominator) == (607, "EUR", 1)
    assert (public.value, public.least, public.most) == (500, 500, 507)
    inverse = custom(ratio(distinct("participations", "person_id"), total("costs", "amount")))
    assert one(portfolio, inverse).value == Fraction(1, 607)
    both = custom(ratio(total("costs", "amount"), total("costs", "amount")))
    assert one(portfolio, both).value == 1
    plain = custom(ratio(count("participations"), count("costs")))
    assert one(portfolio, plain).value == Fraction(1, 3)
    assert one(portfolio, "C1", scope="camp-6").value == 500
    found = one(portfolio, "C1").explain(portfolio)
    assert found.facts == ("cost:c", "cost:d", "cost:e", "enrollment:e")


def test_response_counts_follow_ups_that_are_due() -> None:
    """Answered of due follow-ups; later ones are left out by name."""
    asked = [
        FollowUp(id=f"f-{n}", participant_id="p", about=about, due_on=date(2015, n, 1),
                 status=status)
        for n, (status, about) in _numbered(
            [("answered", "camp-6"), ("unreachable", "camp"), ("answered", "mic"),
             ("due", "nothing")], 1)
    ]  # fmt: skip
    late = FollowUp(
        id="g", participant_id="p", about="camp-6", due_on=date(2017, 1, 1), status="due"
    )
    result = one(camp(*asked, late), "Q1")
    assert (result.value, result.n) == (Fraction(1, 2), 4)
    assert result.exclusions == (("not due yet", 1),)


def test_credentials_count_persons_and_awards() -> None:
    """Two certificates of one person, one of an organization, and a badge."""
    issued = [
        Credential(id=f"c-{n}", holder_id=holder, kind=kind, title="T", issued_on=date(2014, 9, n),
                   earned_in=place, evidence=proof)
        for n, (holder, kind, place, proof) in _numbered(
            [("p", "certificate", "camp-6", ("link",)), ("p", "certificate", None, ()),
             ("v", "certificate", "camp", ()), ("p", "badge", "mic", ())], 1)
    ]  # fmt: skip
    portfolio = camp(*issued, VENTURE)
    assert [one(portfolio, id).value for id in ("P7", "P7-awards")] == [1, 3]
    assert one(portfolio, "P7-awards", scope="camp").value == 2
    assert dict(one(portfolio, "P7-awards").evidence) == {None: 2, "documented": 1}
