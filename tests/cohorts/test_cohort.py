"""Cohorts: ventures, entries again, bookings, pools, and the stages of the funnel."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from mic_core import (
    Application,
    Assignment,
    Call,
    Credential,
    Deal,
    Decision,
    Edition,
    Employment,
    Enrollment,
    FollowUp,
    Identity,
    Indicator,
    Membership,
    Money,
    Noun,
    Observation,
    Organization,
    Period,
    Person,
    Session,
    Slot,
    measure,
    share,
    where,
)
from mic_core.cohorts.cohort import Cohort
from mic_core.cohorts.counting import NO, YES
from mic_core.cohorts.rates import KeptOf
from tests.cohorts.camp_nouns import AT, asked, at, edition, enrolled, portfolio, seen, session


def test_a_venture_is_one_participant_and_its_delegates_are_persons() -> None:
    """The cohort counts the venture once, attendance counts each delegate."""
    venture = Organization(id="v", name="V", kind="venture", country="BE")
    found = asked(
        edition(), venture, session("s", 2), enrolled("v", delegates=("ada", "bob"), places=2),
        seen("s", "ada"), seen("s", "bob", "absent"),
    )  # fmt: skip
    counts = found.completion["camp-1"]
    assert (counts.cohort, counts.persons) == (1, 2)
    assert (found.attendance["camp-1"].attended, found.attendance["camp-1"].expected) == (1, 2)
    assert found.retention["camp-1"].kept == (KeptOf(1, 1),) * 4


def test_a_venture_without_delegates_comes_through_its_people() -> None:
    """Of its people the record of most presence holds, and none of them is a walk-in."""
    venture = Organization(id="v", name="V", kind="venture", country="BE")
    people = [
        Membership(id=f"m-{each}", organization_id="v", person_id=each, role="founder",
                   period=Period()) for each in ("ada", "bob", "cy")
    ]  # fmt: skip
    found = asked(
        edition(), venture, *people, session("s", 2), session("r", 3), enrolled("v"),
        enrolled("dan"), seen("s", "dan", "absent"), seen("r", "dan", "absent"),
        seen("s", "ada", "absent"), seen("s", "bob", "partial"),
    )  # fmt: skip
    counts = found.attendance["camp-1"]
    assert (counts.attended, counts.absent, counts.unknown, counts.expected) == (1, 2, 1, 4)
    assert found.attendance.walk_ins == ()
    assert found.completion["camp-1"].persons == 1
    assert found.attendance.by_person[1].participant_id == "v"
    assert "v" in found.attendance.svg().source


def test_entries_again_are_one_participation() -> None:
    """Who left and came back is kept again; in between the seat was not kept."""
    found = asked(
        edition(), enrolled("ada", "camp-1", ("withdrawn", 9)),
        enrolled("ada", "camp-1", ("completed", 27), day=16),
    )  # fmt: skip
    assert found.retention["camp-1"].kept == (
        KeptOf(1, 1), KeptOf(0, 1), KeptOf(1, 1), KeptOf(1, 1),
    )  # fmt: skip
    assert (found.completion["camp-1"].cohort, found.completion["camp-1"].completed) == (1, 1)


def test_leaving_and_coming_back_within_a_week_keeps_the_seat() -> None:
    """Retention looks at the end of a week only."""
    found = asked(
        edition(), enrolled("ada", "camp-1", ("withdrawn", 2)), enrolled("ada", day=3),
        enrolled("bob", "camp-1", ("withdrawn", 10)),
        enrolled("bob", "camp-1", ("withdrawn", 12), day=11),
    )  # fmt: skip
    assert found.retention["camp-1"].kept[:2] == (KeptOf(2, 2), KeptOf(1, 2))


def test_who_left_at_once_was_in_the_cohort() -> None:
    """A seat taken and given up at one instant counts in the cohort, and is never kept."""
    found = asked(edition(), enrolled("ada", "camp-1", ("withdrawn", 1)), enrolled("bob"))
    assert found.completion["camp-1"].left == 1
    assert found.retention["camp-1"].kept[0] == KeptOf(1, 2)
    assert found.funnel["camp-1"]["enrolled"].part == 2


def test_two_records_of_one_person_are_one() -> None:
    """A merged record counts with the one that is kept, in cohort and attendance."""
    same = Identity(id="i", kept="person:ada", merged="person:ada-2")
    found = asked(
        edition(), same, session("s", 2), enrolled("ada"), enrolled("ada-2", day=2),
        seen("s", "ada-2"),
    )  # fmt: skip
    assert found.completion["camp-1"].cohort == 1
    assert found.attendance["camp-1"].attended == found.attendance["camp-1"].expected == 1


def test_a_delegate_of_two_ventures_is_expected_once() -> None:
    """A person has one chair in a session, however many ventures the person stands for."""
    ventures = [
        Organization(id=each, name=each, kind="venture", country="BE") for each in ("v", "w")
    ]
    found = asked(
        edition(), *ventures, session("s", 2), enrolled("v", delegates=("ada",)),
        enrolled("w", delegates=("ada",), day=2), seen("s", "ada"),
    )  # fmt: skip
    assert found.attendance["camp-1"].expected == 1
    assert found.completion["camp-1"].cohort == 2


def test_the_invited_and_the_team_are_no_walk_ins() -> None:
    """A walk-in is neither expected nor invited nor assigned."""
    found = asked(
        edition(), session("s", 2, audience=("guest",)), Person(id="guest", name="G"),
        Assignment(id="x", session_id="s", person_id="lead"), seen("s", "guest"),
        seen("s", "lead"), seen("s", "zoe"), seen("s", "yan", "absent"),
    )  # fmt: skip
    assert found.attendance.walk_ins == (("s", ("zoe",)),)
    assert found.attendance.all_walk_ins == 1


def test_a_joint_session_counts_for_each_edition() -> None:
    """Each edition expects its own; a walk-in of both is one presence in the sum."""
    found = asked(
        edition(), edition(2), session("s", 2, audience=("camp-2",)), enrolled("ada"),
        enrolled("bob", "camp-2"), seen("s", "ada"), seen("s", "zoe"),
    )  # fmt: skip
    assert [each.walk_ins for each in found.attendance.editions] == [1, 1]
    assert found.attendance.all_walk_ins == 1
    assert (found.attendance.pooled.attended, found.attendance.pooled.unknown) == (1, 1)


def test_sessions_booked_directly_count_one_by_one() -> None:
    """A session that somebody booked is an operation of wider scopes, and not of an edition's."""
    nouns = (
        edition(), session("talk", 3, of="camp-1"), enrolled("ada", "talk"), enrolled("bob"),
        seen("talk", "ada"), seen("talk", "bob", "absent"),
    )  # fmt: skip
    found = asked(*nouns)
    assert [(each.id, each.kind, each.title) for each in found.operations] == [
        ("camp-1", "edition", "Camp 1"), ("talk", "session", "TALK"),
    ]  # fmt: skip
    assert found.attendance["talk"].attended == 1
    assert found.attendance["camp-1"].absent == 1
    assert found.retention["talk"].kept == (KeptOf(1, 1),)
    assert found.completion["talk"].open == 1
    alone = asked(*nouns, scope="camp-1")
    assert [each.id for each in alone.operations] == ["camp-1"]
    assert [each.id for each in asked(*nouns, scope="talk").operations] == ["talk"]
    assert [each.id for each in asked(*nouns, scope="mic").operations] == ["camp-1", "talk"]
    assert [each.id for each in asked(*nouns, scope=None).operations] == ["camp-1", "talk"]


def test_a_booked_session_without_a_slot_has_no_weeks() -> None:
    """It is listed with its participants, and is not due."""
    plain = Session(id="talk", center_id="mic", title="Talk", length=timedelta(hours=1))
    found = asked(plain, enrolled("ada", "talk"), scope="talk")
    (operation,) = found.operations
    assert (operation.first, operation.weeks, operation.left_out) == (None, None, "has no last day")
    assert found.retention["talk"].kept == ()
    assert found.completion["talk"].cohort == 1
    assert "No edition has a first day." in found.svg().source


def test_cohorts_not_due_and_cancelled_are_left_out_by_name() -> None:
    """The pool holds editions that are over; all holds the running ones, with bounds."""
    found = asked(
        edition(), edition(2, date(2014, 10, 6)), edition(3, status="cancelled"),
        enrolled("ada", "camp-1", ("completed", 28)), enrolled("bob", "camp-1", ("incomplete", 28)),
        enrolled("cy", "camp-2", day=36), enrolled("dan", "camp-3", ("cancelled", 2)),
    )  # fmt: skip
    assert found.left_out == (
        ("Camp 3", "cancelled"), ("Camp 2", "not due until Sun 2 Nov 2014"),
    )  # fmt: skip
    assert (found.completion.pooled.completed, found.completion.pooled.cohort) == (1, 2)
    assert str(found.completion.all.rate) == "1 to 2 of 4 (25 to 50 %)"
    assert found.retention.pooled == (KeptOf(3, 3), *(KeptOf(2, 2),) * 3)
    assert found.retention.not_due == ((), *(("Camp 2",),) * 3)
    assert found.retention.left_out == (("Camp 3", "cancelled"),)
    text = str(found.retention)
    assert "Not in the pool of the weeks that are still to come: Camp 2." in text
    assert "Left out: Camp 3 (cancelled)." in text
    assert "cancelled" in found.svg().source


def test_pooled_differs_from_the_mean_of_cohorts() -> None:
    """Pooled, a large cohort weighs more; in the mean, each weighs the same."""
    many = [enrolled(f"p{each}", "camp-1", ("withdrawn", 3)) for each in range(9)]
    found = asked(edition(), edition(2), *many, enrolled("ada", "camp-2", ("completed", 28)))
    assert found.retention.pooled[0] == KeptOf(1, 10)
    assert found.retention.mean[0] == Fraction(1, 2)
    assert found.completion.pooled.rate.least == Fraction(1, 10)
    assert found.completion.mean == (Fraction(1, 2), Fraction(1, 2))
    *_, everything, pooled, mean = found.rows()
    assert (everything["title"], pooled["title"], mean["title"]) == (
        "all", "pooled, over", "mean, over",
    )  # fmt: skip
    assert (pooled["completion_least"], mean["completion_least"]) == (0.1, 0.5)
    assert (pooled["kept"], pooled["of"], mean["kept_share"]) == (1, 10, 0.5)


def test_an_edition_without_an_end_is_never_over() -> None:
    """Its weeks run on up to the question, and it is in no pool of finished ones."""
    open_end = Edition(id="camp-1", program_id="camp", center_id="mic", number=1,
                       period=Period(date(2014, 9, 1), None), status="open")  # fmt: skip
    found = asked(open_end, enrolled("ada"))
    assert len(found.retention["camp-1"].kept) == 6
    assert found.left_out == (("Camp 1", "has no last day"),)
    assert "Camp 1: 1 enrolled" in found.svg().source


def test_an_edition_without_a_first_day_has_no_weeks() -> None:
    """Its cohort counts; its weeks cannot be numbered."""
    no_start = Edition(id="camp-1", program_id="camp", center_id="mic", number=1,
                       period=Period(None, date(2014, 10, 1)), status="open")  # fmt: skip
    found = asked(no_start, edition(2), enrolled("ada"), session("s", 2), seen("s", "ada"))
    assert found.retention["camp-1"].kept == ()
    assert found.attendance["camp-1"].attended == 1
    assert found.attendance.by_week == ()
    assert "Camp 2: nobody enrolled" in found.svg().source
    alone = asked(no_start, enrolled("ada"), session("s", 2), seen("s", "ada"), scope="camp-1")
    assert "No session was delivered yet." in alone.attendance.svg().source


def test_an_elective_session_can_be_told_apart() -> None:
    """The table of rosters says which sessions are elective, for indicators of one's own."""
    known = portfolio(
        edition(), session("s", 2, elective=True), session("r", 3), enrolled("ada"),
        seen("r", "ada"),
    )  # fmt: skip
    rate = Indicator(
        id="rate", title="Rate", unit="share", kind="output", source="us",
        measure=share(
            "rosters", where("expected", "==", YES), where("elective", "==", NO),
            having=where("status", "in", ("present", "partial")),
        ),
    )  # fmt: skip
    (result,) = measure(known, rate, as_of=AT, scope="camp-1")
    assert result.value == 1
    (half,) = measure(known, rate, as_of=AT, scope="camp-1", by=()).results
    assert half.figure.denominator == 1


def _stages(found: Cohort) -> dict[str, tuple[int, int]]:
    return {
        name: (rate.part, rate.part + rate.unknown) for name, rate in found.funnel["camp-1"].items()
    }


def test_the_funnel_knows_applications_decisions_and_results() -> None:
    """Each stage has its own facts; open and unknown ones are bounds."""
    call = Call(id="call", center_id="mic", edition_id="camp-1", title="Call",
                window=Slot(at(-60), at(-10)))  # fmt: skip

    def application(who: str, *outcomes: Any, **more: Any) -> tuple[Noun, ...]:
        given: dict[str, Any] = {"submitted_at": at(-20), **more}
        return (
            Application(id=f"app-{who}", call_id="call", applicant_id=who, **given),
            *(
                Decision(id=f"d-{who}-{place}", application_id=f"app-{who}", outcome=outcome,
                         decided_at=at(place - 9))
                for place, outcome in enumerate(outcomes)
            ),
        )  # fmt: skip

    result = Indicator(id="sales", title="Sales", unit="piece", kind="outcome", source="us",
                       measure=share("visits", having=where("heads", "known")))  # fmt: skip
    value = Observation(
        id="o", subject="person:hal", value=Decimal(2), indicator_id="sales", unit="piece",
        period=Period.days(date(2014, 10, 1), date(2014, 10, 5)), evidence="verified", source="us",
    )  # fmt: skip
    others = (
        attrs.evolve(value, id="o2", subject="person:ida", period=Period(date(2014, 10, 1), None)),
        attrs.evolve(value, id="o3", subject="center:mic"),
    )
    found = asked(
        call, edition(), result,
        *application("ada", "accepted"), *application("bob", "accepted"),
        *application("cy", "accepted", "rejected"), *application("dan"),
        *application("eve", submitted_at=None), *application("fay", submitted_at=at(60)),
        enrolled("ada", "camp-1", ("completed", 28)), enrolled("gus", "camp-1", ("incomplete", 28)),
        enrolled("hal", "camp-1", ("withdrawn", 9)), enrolled("ida"),
        Enrollment(id="e-late", participant_id="late", into="camp-1", requested_at=at(99)),
        Enrollment(id="e-jo", participant_id="jo", into="camp-1"),
        session("s", 2), seen("s", "ada"), seen("s", "gus", "absent"),
        Credential(id="c", holder_id="ada", kind="certificate", title="C", earned_in="camp-1",
                   issued_on=date(2014, 9, 28)),
        Employment(id="j", person_id="ada", on=date(2014, 10, 1), status="employed"),
        FollowUp(
            id="g", participant_id="ida", about="camp-1", due_on=date(2014, 10, 1), status="asked"
        ),
        FollowUp(id="f", participant_id="gus", about="camp-1", due_on=date(2014, 10, 1),
                 status="answered"),
        value, *others,
    )  # fmt: skip
    stages = _stages(found)
    assert stages == {
        "applied": (8, 8), "accepted": (5, 5), "enrolled": (4, 4), "attended": (1, 3),
        "completed": (1, 2), "credential": (1, 2), "outcome": (2, 3),
    }  # fmt: skip
    running = asked(
        call, edition(days=90), *application("ada"), *application("bob", "accepted"),
        *application("cy", "rejected"), *application("dan", "waitlisted"),
        Enrollment(id="e-jo", participant_id="jo", into="camp-1", requested_at=at(1)),
        enrolled("gus"), enrolled("hal", "camp-1", ("withdrawn", 9)),
    )  # fmt: skip
    stages = _stages(running)
    assert stages == {
        "applied": (7, 7), "accepted": (3, 6), "enrolled": (2, 6), "attended": (0, 5),
        "completed": (0, 5), "credential": (0, 5), "outcome": (0, 6),
    }  # fmt: skip


def test_a_credential_of_the_program_belongs_to_the_edition_entered_last() -> None:
    """Earned in the program, it counts for the edition entered last by that day."""

    def earned(on: date, **more: Any) -> Credential:
        return Credential(
            id=f"c-{on}", holder_id="ada", kind="badge", title="B", issued_on=on, **more
        )

    second = edition(2, date(2014, 9, 15))
    both = (edition(), second, enrolled("ada", "camp-1", ("completed", 14)),
            enrolled("ada", "camp-2", ("completed", 40), day=15))  # fmt: skip

    def credentials(*nouns: Noun) -> list[int]:
        found = asked(*both, *nouns)
        return [found.funnel[id]["credential"].part for id in ("camp-1", "camp-2")]

    assert credentials(earned(date(2014, 9, 10), earned_in="camp")) == [1, 0]
    assert credentials(earned(date(2014, 9, 20), earned_in="camp")) == [0, 1]
    assert credentials(earned(date(2014, 8, 1), earned_in="camp")) == [0, 0]
    assert credentials(earned(date(2014, 9, 20), earned_in="mic")) == [0, 0]
    assert credentials(earned(date(2014, 9, 20))) == [0, 0]
    assert credentials(earned(date(2015, 9, 20), earned_in="camp")) == [0, 0]
    talk = session("talk", 3, of=None)
    assert credentials(talk, earned(date(2014, 9, 20), earned_in="talk")) == [0, 0]


def test_a_deal_of_a_venture_is_an_outcome() -> None:
    """Deals before the entry or after the question are none; unknown employment says nothing."""
    venture = Organization(id="v", name="V", kind="venture", country="BE")

    def deal(on: date) -> Deal:
        return Deal(id=f"d-{on}", organization_id="v", on=on, kind="equity",
                    amount=Money(amount=Decimal(5), currency="EUR"))  # fmt: skip

    def outcome(*nouns: Noun) -> tuple[int, int]:
        rate = asked(edition(), venture, enrolled("v", delegates=("ada",)), *nouns).funnel["camp-1"]
        return rate["outcome"].part, rate["outcome"].unknown

    assert outcome(deal(date(2014, 10, 1))) == (1, 0)
    assert outcome(deal(date(2014, 8, 1)), deal(date(2015, 8, 1))) == (0, 1)
    silent = Employment(id="j", person_id="ada", on=date(2014, 10, 1), status="unknown")
    idle = Employment(id="k", person_id="ada", on=date(2014, 10, 1), status="unemployed")
    assert outcome(silent) == (0, 1)
    assert outcome(silent, idle) == (0, 0)
