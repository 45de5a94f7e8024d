"""More stories about rules than the page of rules tells, each with who is cited."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import (
    MIC,
    application,
    at,
    attendance,
    call,
    credential,
    day,
    decision,
    edition,
    enrolled,
    enrollment,
    heads,
    member,
    organization,
    person,
    review,
    session,
    step,
)
from tests.catalog.rules.test_apart import is_several

RULES = {rule.entry.code: rule for rule in CATALOG}
CAMP = edition("camp-6", admission="by_offer")
SPRINT = edition("sprint-1", number=1, admission="by_offer")
EVENING = session("s-1", "2014-09-10 18:00", edition_id="camp-6")
ADA, BO = attendance("w-1"), attendance("w-2", person_id="bo")
ATELIER = organization("atelier")
TICK = timedelta(microseconds=1)


def flat(parts: Iterable[Any]) -> Iterator[Any]:
    """Nouns one by one, those that belong together as well."""
    for each in parts:
        yield from flat(each) if is_several(each) else (each,)


def cited(code: str, *parts: Any, as_of: datetime | None = None) -> list[str]:
    """The first citation of each finding of a rule about some nouns."""
    portfolio = Portfolio.of(*flat(parts))
    found = check(portfolio, as_of=as_of, rules=(RULES[code],)).findings
    assert {each.code for each in found} <= {code}
    return [each.subjects[0] for each in found]


@pytest.mark.parametrize("seat", ["camp-6", "sprint-1", "s-1"])
def test_a_seat_in_anything_that_a_session_belongs_to_will_do(seat: str) -> None:
    """In its edition, in an edition that is invited, or in the session itself."""
    both = session("s-1", "2014-09-10 18:00", edition_id="camp-6", audience=("camp-6", "sprint-1"))
    code = "present-without-seat"
    assert cited(code, MIC, CAMP, SPRINT, both, ADA, enrolled("e-1", into=seat)) == []
    elsewhere = enrolled("e-1", into="other")
    (found,) = check(
        Portfolio.of(MIC, CAMP, SPRINT, both, ADA, *elsewhere), rules=(RULES[code],)
    ).findings
    assert found.fact("editions") == ("edition:camp-6", "edition:sprint-1")


def test_one_open_edition_lets_everybody_in() -> None:
    """One open edition is enough for a session of several editions."""
    both = session("s-1", "2014-09-10 18:00", audience=("camp-6", "sprint-1"))
    fair = edition("sprint-1", number=1, admission="open")
    assert cited("present-without-seat", MIC, CAMP, fair, both, ADA) == []
    assert cited("present-without-seat", MIC, CAMP, SPRINT, both, ADA) == ["attendance:w-1"]


def test_a_venture_sends_whom_it_named_or_else_anybody_of_its_own() -> None:
    """Its people need no seat of their own, unless the enrollment says who comes."""
    staff = (ATELIER, member("m-1"), member("m-2", person_id="bo"))
    rest = (MIC, CAMP, EVENING, ADA, BO, *staff)
    anybody = enrolled("e-1", participant_id="atelier")
    named = enrolled("e-1", participant_id="atelier", delegates=("ada",))
    assert cited("present-without-seat", *rest, anybody) == []
    assert cited("present-without-seat", *rest, named) == ["attendance:w-2"]


def test_who_only_asked_and_withdrew_has_left_nothing() -> None:
    """Presence after leaving is about those who once had a seat."""
    gone = step("enrollment:e-1", "requested", "withdrawn", "2014-09-05 09:00")
    rest = (MIC, CAMP, EVENING, ADA)
    assert cited("present-after-leaving", *rest, enrollment("e-1"), gone) == []
    left = step("enrollment:e-1", "enrolled", "withdrawn", "2014-09-05 09:00")
    assert cited("present-after-leaving", *rest, enrolled("e-1"), left) == ["attendance:w-1"]
    again = enrolled("e-2", "2014-09-06 09:00")
    assert cited("present-after-leaving", *rest, enrolled("e-1"), left, again) == []


def test_who_came_for_a_part_was_there_as_well() -> None:
    """Somebody who is late or leaves early needs a seat like everybody else."""
    part = attendance("w-1", status="partial", minutes=60)
    assert cited("present-without-seat", MIC, CAMP, EVENING, part) == ["attendance:w-1"]
    assert cited("present-without-seat", MIC, CAMP, EVENING, part, enrolled("e-1")) == []


def test_presence_at_what_has_no_slot_yet_is_not_too_early() -> None:
    """Without a slot nothing can be said about the time, whatever else is known."""
    unplaced = session("s-1")
    now = at("2014-09-10 12:00")
    assert cited("present-too-early", MIC, unplaced, ADA, as_of=now) == []
    late = session("s-2", "2014-09-10 12:01")
    more = attendance("w-2", session_id="s-2")
    assert cited("present-too-early", MIC, unplaced, late, ADA, more, as_of=now) == [
        "attendance:w-2"
    ]
    assert cited("present-too-early", MIC, late, more, as_of=at("2014-09-10 12:01")) == []


def test_heads_are_held_against_those_who_came_in_person() -> None:
    """Online attendance is not in a head count, and an estimate counts no heads."""
    online = attendance("w-2", person_id="bo", mode="online")
    rest = (MIC, EVENING, ADA)
    assert cited("heads-below-known", *rest, online, heads("h-1", n=1)) == []
    assert cited("heads-below-known", *rest, BO, heads("h-1", n=1)) == ["headcount:h-1"]
    assert cited("heads-below-known", *rest, BO, heads("h-1", n=1, basis="estimated")) == []
    assert cited("heads-below-known", MIC, EVENING, heads("h-1", n=0)) == []


def test_a_call_is_open_from_its_first_moment_to_before_its_last() -> None:
    """Grace adds to the end; what was not submitted is not late."""
    last = at("2014-06-03 09:00")
    moments = (
        at("2014-06-02 09:00") - TICK, at("2014-06-02 09:00"), last - TICK, last,
        last + timedelta(hours=1) - TICK, last + timedelta(hours=1), None,
    )  # fmt: skip
    asked = tuple(application(f"a-{n}", submitted_at=each) for n, each in enumerate(moments))
    lost = application("a-00", call_id="gone", submitted_at=moments[0])
    outside = [f"application:a-{n}" for n in (0, 3, 4, 5)]
    assert cited("applied-outside", call("call"), lost, asked) == outside
    patient = call("call", grace=timedelta(hours=1))
    assert cited("applied-outside", patient, asked) == [outside[0], outside[3]]


def test_a_decision_at_the_moment_of_submission_is_in_time() -> None:
    """The application comes first, and the same moment will do."""
    asked = application("a-1", submitted_at=at("2014-06-20 12:00"))
    later = application("a-1", submitted_at=at("2014-06-20 12:01"))
    sent = step("application:a-1", "draft", "submitted", "2014-06-02 12:00")
    assert cited("decided-unsubmitted", call("call"), asked, sent, decision("d-1")) == []
    assert cited("decided-unsubmitted", call("call"), later, sent, decision("d-1")) == [
        "application:a-1"
    ]


def test_places_are_held_against_the_last_decision_on_each_that_still_stands() -> None:
    """Withdrawn applications, those of other calls and earlier decisions do not count."""
    few = call("call", places=1)
    asked = tuple(application(f"a-{n}", applicant_id=f"p-{n}") for n in range(3))
    yes = tuple(decision(f"d-{n}", application_id=f"a-{n}") for n in range(3))
    gone = step("application:a-0", "submitted", "withdrawn", "2014-06-25 12:00")
    later = {"application_id": "a-1", "decided_at": at("2014-06-21 12:00")}
    no = decision("c-9", outcome="rejected", **later)
    code = "accepted-over-places"
    assert cited(code, few, asked, yes) == ["call:call"]
    assert cited(code, few, asked, yes, gone) == ["call:call"]
    assert cited(code, few, asked, yes, gone, no) == []
    assert cited(code, call("call"), asked, yes) == []
    assert cited(code, few, asked) == []
    lost = decision("d-5", application_id="gone")
    assert cited(code, few, asked, lost, yes) == ["call:call"]


def test_criteria_are_those_of_the_call_of_the_application() -> None:
    """Reviews of what is not there say nothing; each criterion that is not asked for is told."""
    asked = call("call", criteria=(("team", 2), ("market", 1)))
    known = review("v-1", scores=(("team", 3),))
    other = review("v-2", scores=(("weather", 1), ("team", 1), ("luck", 2)))
    lost = review("v-0", application_id="gone", scores=(("luck", 1),))
    nouns = (asked, application("a-1"), lost, known, other)
    assert cited("unknown-criterion", *nouns) == ["review:v-2"]
    (found,) = check(Portfolio.of(*nouns), rules=(RULES["unknown-criterion"],)).findings
    assert found.fact("had") == ("luck", "weather")
    assert found.fact("needed") == ("market", "team")


def test_a_certificate_of_what_has_no_end_is_never_too_early() -> None:
    """Without a slot, or without an end, there is no last day; others are judged all the same."""
    early = {"issued_on": day("2014-09-09")}
    parts = (
        credential("c-0", earned_in="nothing", **early),
        credential("c-1", earned_in="s-0", **early),
        credential("c-2", earned_in="s-1", **early),
        credential("c-3", earned_in="s-1", issued_on=day("2014-09-10")),
        credential("c-4", earned_in="s-1", kind="badge", **early),
        credential("c-5", **early),
        credential("c-6", earned_in="s-1", kind="award", **early),
    )
    found = cited("credential-too-early", MIC, session("s-0"), EVENING, *parts)
    assert found == ["credential:c-2", "credential:c-6"]


def test_a_certificate_is_earned_by_oneself_as_a_delegate_or_through_ones_people() -> None:
    """A participant who completed, their venture, and its delegates may hold a certificate."""
    done = step("enrollment:e-1", "enrolled", "completed", "2014-12-17 21:00")
    given = tuple(
        credential(f"c-{n}", holder_id=holder, earned_in="camp-6")
        for n, holder in enumerate(("atelier", "ada", "bo", "eve"))
    )
    staff: tuple[Noun, ...] = (ATELIER, member("m-1"), person("ada"), person("bo"), person("eve"))
    code = "credential-unearned"
    venture = enrolled("e-1", participant_id="atelier", delegates=("bo",))
    assert cited(code, MIC, CAMP, venture, done, staff, given) == [
        "credential:c-1", "credential:c-3",
    ]  # fmt: skip
    alone = enrolled("e-1")
    assert cited(code, MIC, CAMP, alone, done, staff, given) == ["credential:c-2", "credential:c-3"]
    assert len(cited(code, MIC, CAMP, alone, staff, given)) == 4


def test_a_certificate_of_a_single_evening_is_asked_about_where_one_can_enroll() -> None:
    """Only certificates of scopes that can be enrolled in are judged, and no badges."""
    given = (
        credential("c-1", earned_in="s-1"), credential("c-2"),
        credential("c-3", earned_in="s-1", kind="badge"),
    )  # fmt: skip
    assert cited("credential-unearned", MIC, EVENING, *given) == []
    assert cited("credential-unearned", MIC, EVENING, *given, enrolled("e-1", into="s-1")) == [
        "credential:c-1"
    ]


def test_a_credential_counts_until_the_day_it_expires_where_it_was_earned() -> None:
    """On the clocks of the center of what it was earned in; without one, those of UTC."""
    ends = {"expires_on": day("2015-06-17")}
    here, anywhere = (
        credential("c-1", earned_in="camp-6", **ends), credential("c-2", **ends),
    )  # fmt: skip
    forever = credential("c-0", earned_in="camp-6")
    midnight = at("2015-06-17 00:00")
    assert cited("credential-expired", MIC, CAMP, forever, here, anywhere, as_of=midnight) == [
        "credential:c-1"
    ]
    later = midnight + timedelta(hours=2)
    assert len(cited("credential-expired", MIC, CAMP, here, anywhere, as_of=later)) == 2
    before = midnight - timedelta(minutes=1)
    assert cited("credential-expired", MIC, CAMP, here, anywhere, as_of=before) == []
