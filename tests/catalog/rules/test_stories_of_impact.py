"""More stories about what came of it, about money and about people, each with who is cited."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mic_core.catalog.rules.impact import center_about, center_of
from mic_core.chrono import Period, Recurrence
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import (
    MIC,
    at,
    center,
    consent,
    day,
    days,
    edition,
    euros,
    figures,
    follow_up,
    indicator,
    member,
    observation,
    ownership,
    partnership,
    person,
    program,
    series,
    session,
    target,
)
from tests.catalog.rules.test_stories import cited

YEAR = Period.year(2014)
WEEKLY: dict[str, Any] = {"recurrence": Recurrence(frequency="weekly"), "starts_at": time(18)}
MINUTE = timedelta(minutes=1)


def test_what_happens_at_a_center_is_about_it() -> None:
    """Editions, series and sessions name their center, programs who organizes them."""
    portfolio = Portfolio.of(
        MIC, edition("e"), series("r", **WEEKLY), session("s"), program("p", organizer_id="lab"),
        program("q"),
    )  # fmt: skip
    kinds = {"edition": "e", "series": "r", "session": "s", "program": "p", "center": "mic"}
    had = {kind: center_of(portfolio, kind, id) for kind, id in kinds.items()}
    assert had == {**dict.fromkeys(kinds, "mic"), "program": "lab"}
    assert center_of(portfolio, "program", "q") is None
    assert center_of(portfolio, "person", "ada") is None
    about = [center_about(portfolio, id) for id in ("e", "r", "s", "p", "q", "mic", "x")]
    assert about == ["mic", "mic", "mic", "lab", "q", "mic", "x"]


def test_units_are_those_of_the_indicator() -> None:
    """An observation without an indicator, or of an unknown one, may have any unit."""
    jobs = indicator("i", unit="jobs")
    fine = (
        observation("o-1", indicator_id="i"), observation("o-2", unit="FTE", claim="jobs"),
        observation("o-3", unit="FTE", indicator_id="gone"),
    )  # fmt: skip
    wrong = observation("o-4", unit="FTE", indicator_id="i")
    assert cited("observation-unit", MIC, jobs, fine, wrong) == ["observation:o-4"]


@pytest.mark.parametrize(
    ("period", "fires"),
    [
        (YEAR, False), (days("2014-02-01", "2014-03-01"), False),
        (days("2013-12-31", "2015-01-01"), False), (Period.year(2015), False),
        (days("2013-12-31", "2014-12-30"), True), (days("2014-01-02", "2015-01-01"), True),
    ],
)  # fmt: skip
def test_an_observation_is_within_around_or_outside_of_a_target(
    period: Period, *, fires: bool
) -> None:
    """Only what shares a part with the period of the target, and has another part outside."""
    one = observation("o-1", indicator_id="jobs", period=period)
    others = (
        observation("o-0", period=period, claim="x"),
        observation("o-2", indicator_id="x", period=period),
        observation("o-3", subject="center:lab", indicator_id="jobs", period=period),
    )  # fmt: skip
    wide = target("t-1", scope=("lab-2", "mic"))
    assert cited("observation-straddles", MIC, wide, others, one) == ["observation:o-1"] * fires


def test_an_observation_ends_today_at_the_latest() -> None:
    """On the clocks of the center that it is about; claims may speak of what is to come."""
    today = days("2014-09-01", "2014-09-10")
    mine = {"period": today, "indicator_id": "jobs"}
    early = at("2014-09-10 00:00") - MINUTE
    nouns = (
        MIC, center("lab", time_zone="Asia/Tokyo"), observation("o-0", period=today, claim="soon"),
        observation("o-1", **mine), observation("o-2", subject="center:lab", **mine),
    )  # fmt: skip
    code = "observation-too-early"
    assert cited(code, *nouns, as_of=early) == ["observation:o-1"]
    assert cited(code, *nouns, as_of=early + MINUTE) == []
    endless = observation("o-3", period=Period(day("2014-01-01"), None), indicator_id="jobs")
    assert cited(code, *nouns, endless, as_of=early + MINUTE) == ["observation:o-3"]


@pytest.mark.parametrize(
    ("relation", "claimed", "wrong"),
    [
        ("exactly", 40, False), ("exactly", 41, True), ("exactly", 39, True),
        ("at_least", 40, False), ("at_least", 41, True), ("at_least", 39, False),
        ("at_most", 40, False), ("at_most", 39, True), ("at_most", 41, False),
        ("about", 44, False), ("about", 45, True), ("about", 37, False), ("about", 36, True),
    ],
)  # fmt: skip
def test_a_claim_is_held_against_what_was_measured(
    relation: str, claimed: int, *, wrong: bool
) -> None:
    """Of the same thing, unit and period; 40 were measured, and about allows a tenth."""
    said = {"relation": relation, "value": Decimal(claimed), "claim": "jobs"}
    others = (
        observation("c-0", unit="FTE", **said), observation("c-2", subject="center:lab", **said),
        observation("c-1", period=Period.year(2013), **said),
        observation("m-0", value=Decimal(1), relation="at_least", indicator_id="jobs"),
    )  # fmt: skip
    claim, measured = observation("c-9", **said), observation("m-1", indicator_id="jobs")
    expected = ["observation:c-9"] * wrong
    assert cited("claim-contradicted", others, measured, claim) == expected


def test_targets_of_one_indicator_scope_and_period_are_one() -> None:
    """The order of a scope means nothing; another indicator, scope or period is another target."""
    one = target("t-1", scope=("a", "b"))
    others = (
        target("t-2", scope=("a",)), target("t-3", scope=("a", "b"), indicator_id="x"),
        target("t-4", scope=("a", "b"), period=Period.year(2015)),
    )  # fmt: skip
    assert cited("target-twice", one, others) == []
    assert cited("target-twice", others, one, target("t-5", scope=("b", "a"))) == ["target:t-1"]


def test_a_follow_up_is_overdue_the_day_after_in_its_center() -> None:
    """On the clocks of the center of what it is about; what was asked is not due any more."""
    late = at("2015-06-18 00:00")
    asked = follow_up("f-1", status="asked", on=day("2015-06-17"))
    there = follow_up("f-2", about="camp-7")
    nouns = (MIC, center("lab", time_zone="Asia/Tokyo"), edition("camp-6"), asked, there)
    far = edition("camp-7", center_id="lab", number=7)
    code = "follow-up-overdue"
    assert cited(code, *nouns, far, follow_up("f-3"), as_of=late - MINUTE) == ["follow_up:f-2"]
    assert cited(code, *nouns, follow_up("f-3"), as_of=late) == ["follow_up:f-3"]


def shared(id: str, share: str | None, **fields: Any) -> Any:
    """A partnership with a share."""
    return partnership(id, share=None if share is None else Decimal(share), **fields)


def test_shares_of_one_scope_are_no_more_than_the_whole_on_any_day() -> None:
    """Periods that only touch share no day, and each scope is a whole of its own."""
    code = "shares-over-whole"
    half = shared("a", "0.6")
    rest = (shared("n", None), shared("o", "0.9", supports=("lab",)))
    assert cited(code, half, shared("b", "0.4"), rest) == []
    assert cited(code, rest, half, shared("b", "0.41")) == ["partnership:a"]
    assert cited(code, rest, half, shared("b", "0.41", period=Period.year(2015))) == []
    both = shared("c", "0.2", supports=("mic", "lab"))
    assert cited(code, rest, half, both) == ["partnership:c"]


def test_shares_and_amounts_are_compared_where_both_are_given() -> None:
    """At least two partners, of one currency, to half a percent of the whole."""
    code = "share-against-amount"
    one = shared("a", "0.75", amount=euros(3000))
    silent = shared("s", None, amount=euros(500))
    assert cited(code, one) == []
    assert cited(code, one, shared("b", "0.25", amount=euros(1000)), silent) == []
    near = shared("b", "0.255", amount=euros(1000))
    assert cited(code, one, near, silent) == []
    far = shared("b", "0.27", amount=euros(1000))
    assert cited(code, one, far, silent) == ["partnership:a", "partnership:b"]
    assert cited(code, one, shared("b", "0.27", amount=euros(1000, "USD"))) == []
    assert cited(code, one, shared("b", "0.27")) == []
    equal = shared("a", "0.5", amount=euros(10))
    assert cited(code, equal, shared("b", "0.51", amount=euros(10))) == []
    both = ["partnership:a", "partnership:b"]
    assert cited(code, equal, shared("b", "0.5101", amount=euros(10))) == both
    nothing = (shared("c", "0.5", amount=euros(0)), shared("d", "0.4", amount=euros(0)))
    assert cited(code, *nothing) == []
    assert cited(code, one, shared("b", "0.9", amount=euros(1), period=Period.year(2015))) == []


def test_partners_of_one_scope_and_period_speak_of_one_currency() -> None:
    """The order of a scope means nothing; other scopes and periods may have another."""
    dollars = {"amount": euros(5, "USD")}
    one = partnership("a", amount=euros(5), supports=("mic", "lab"))
    code = "mixed-currencies"
    assert cited(code, one, partnership("b", supports=("lab", "mic"), **dollars)) == [
        "partnership:a"
    ]
    others = (
        partnership("c", **dollars), partnership("e", supports=("mic", "lab")),
        partnership("d", supports=("mic", "lab"), period=Period.year(2015), **dollars),
    )  # fmt: skip
    assert cited(code, one, others) == []
    assert cited(code, one, partnership("b", amount=euros(9), supports=("lab", "mic"))) == []


def test_owners_of_one_organization_hold_no_more_than_all_of_it() -> None:
    """On any day, and each organization is a whole of its own."""
    code = "owned-over-whole"
    one = ownership("a")
    other = ownership("o", organization_id="other", capital=Decimal(1))
    assert cited(code, other, one, ownership("b", capital=Decimal("0.4"))) == []
    more = {"capital": Decimal("0.41")}
    assert cited(code, other, one, ownership("b", **more)) == ["ownership:a"]
    sold = ownership("a", period=Period(None, day("2014-06-01")))
    later = ownership("b", period=Period(day("2014-06-01"), None), **more)
    assert cited(code, other, sold, later) == []


def test_figures_of_one_organization_share_no_day() -> None:
    """Years that follow each other are well, so are those of others."""
    code = "figures-twice"
    nouns = (
        figures("a"),
        figures("b", period=Period.year(2015)),
        figures("c", organization_id="x"),
    )
    assert cited(code, nouns) == []
    assert cited(code, nouns, figures("d", period=days("2014-12-31", "2014-12-31"))) == [
        "figures:a"
    ]


def test_who_withdrew_is_not_asked_from_the_next_day_on() -> None:
    """The last word before that day counts; on the day itself nobody can tell what came first."""
    code = "asked-without-consent"
    yes = consent("c-1", at=at("2014-09-10 18:00"))
    no = consent("c-2", status="withdrawn", at=at("2015-06-01 18:00"), purpose="Follow-Up")
    again = consent("c-3", at=at("2015-06-16 18:00"))
    same_day = consent("c-4", at=at("2015-06-17 08:00"))
    asked = follow_up("f-1", status="asked", on=day("2015-06-17"))
    nouns = (MIC, edition("camp-6"), asked)
    assert cited(code, *nouns) == []
    assert cited(code, *nouns, yes) == []
    assert cited(code, *nouns, yes, no) == ["consent:c-2"]
    assert cited(code, *nouns, yes, no, again) == []
    assert cited(code, *nouns, yes, no, same_day) == []
    early = follow_up("f-1", status="asked", on=day("2015-06-01"))
    assert cited(code, MIC, edition("camp-6"), early, yes, no) == []
    before = follow_up("f-1", status="asked", on=day("2015-05-31"))
    assert cited(code, MIC, edition("camp-6"), before, yes, no) == []
    gone = follow_up("f-1", status="unreachable", on=day("2015-06-17"))
    assert cited(code, MIC, edition("camp-6"), gone, yes, no) == ["consent:c-2"]
    answered = follow_up("f-1", status="answered", on=day("2015-06-17"))
    other = consent("c-5", person_id="bo", status="withdrawn", at=at("2015-06-01 18:00"))
    assert cited(code, MIC, edition("camp-6"), answered, yes, no) == []
    assert cited(code, *nouns, yes, other) == []


def test_an_attribute_goes_with_the_consent_of_its_name() -> None:
    """The last word for that purpose counts, however the two are spelled."""
    code = "kept-without-consent"
    ada = person("ada", attributes={"gender": "f", "Dietary needs": "none"})
    no = consent("c-1", purpose="dietary-needs", status="withdrawn")
    again = consent("c-2", purpose="dietary needs", at=at("2014-09-11 18:00"))
    assert cited(code, person("bo"), ada, no) == ["consent:c-1"]
    assert cited(code, ada, no, again) == []
    assert cited(code, ada, consent("c-3", purpose="photos", status="withdrawn")) == []
    assert cited(code, ada) == []


def test_a_person_is_in_one_role_once_at_a_time() -> None:
    """Other roles, organizations and times are others."""
    one = member("m-1", period=YEAR)
    others = (
        member("m-2", role="employee", period=YEAR), member("m-4", person_id="bo", period=YEAR),
        member("m-3", organization_id="x", period=YEAR), member("m-5", period=Period.year(2015)),
    )  # fmt: skip
    assert cited("member-twice", one, others) == []
    assert cited("member-twice", one, others, member("m-6", period=Period.year(2015))) == [
        "membership:m-5"
    ]


def test_the_clocks_of_nowhere_are_those_of_utc() -> None:
    """Days are those of UTC if no known center is named."""
    lone = follow_up("f-1", about="nothing", due_on=day("2015-06-17"))
    late = datetime(2015, 6, 18, tzinfo=UTC)
    assert cited("follow-up-overdue", lone, as_of=late - MINUTE) == []
    assert cited("follow-up-overdue", lone, as_of=late) == ["follow_up:f-1"]
