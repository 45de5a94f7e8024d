"""Completion, credentials and exams: who completes, who lacks what, prizes, renewal, pass rates."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from mic_core import (
    Assessment,
    Credential,
    Edition,
    Enrollment,
    Identity,
    Leaf,
    Portfolio,
    StaleProposal,
    Transition,
    all_of,
    assess,
    award,
    check,
    check_in,
    complete,
    completions,
    expiring,
    pass_rate,
    renew,
    status_of,
    suspend,
    transitions_of,
)
from tests.admission.season import NOON, PROGRAM, after, edition, refusal, season, session
from tests.admission.test_attendance import enrolled

DAY = timedelta(days=1)
END = NOON + 100 * DAY
RULE = all_of(Leaf(fact="sessions_attended", op=">=", value=(1,)))


def ended() -> Portfolio:
    """A program that asks for one session: p1 came, p2 was absent, of p3 nothing is known."""
    known = season(
        edition(), session("s1", edition_id="b6"), *enrolled(1), *enrolled(2), *enrolled(3)
    )
    known = after(known, attrs.evolve(PROGRAM, completion=RULE))
    came = check_in(known, session="s1", person="p1", at=NOON)
    missed = check_in(known, session="s1", person="p2", at=NOON, status="absent")
    return after(known, came, missed)


def test_who_completes_and_who_lacks_what() -> None:
    """Met is completed; not met is incomplete when one closes; unknown stays for people."""
    known = ended()
    found = completions(known, "b6", at=END)
    assert [(each.participant_id, each.verdict, each.after) for each in found] == [
        ("p1", "met", "completed"), ("p2", "not met", "enrolled"), ("p3", "unknown", "enrolled"),
    ]  # fmt: skip
    assert [each.lacks for each in found] == [
        (), ("sessions_attended >= 1: not met, by 1 session",),
        ("sessions_attended >= 1: unknown, by 1 session",),
    ]  # fmt: skip
    closed = completions(known, "edition:b6", at=END, close=True)
    assert [each.after for each in closed] == ["completed", "incomplete", "enrolled"]
    then = after(known, closed)
    assert status_of(then, "enrollment:e2") == "incomplete"
    assert [each.enrollment_id for each in completions(then, "b6", at=END)] == ["e3"]
    before = completions(known, "b6", at=END, as_of=NOON - DAY)
    assert [each.verdict for each in before] == ["open", "open", "open"]
    assert len(found) == len(found.rows()) == 3
    assert "by 1 session" in str(found)
    assert "not met" in found._repr_html_()  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(StaleProposal):
        after(after(known, suspend(known, "e1", at=END)), closed)


def test_a_suspended_participant_is_not_completed() -> None:
    """A suspended participant resumes before; a requirement that is met changes nothing."""
    known = ended()
    known = after(known, suspend(known, "e1", at=NOON + DAY))
    assert [each.after for each in completions(known, "b6", at=END, close=True)] == [
        "suspended", "incomplete", "enrolled",
    ]  # fmt: skip
    assert "IllegalTransition" in refusal(known, complete, "e1", at=END)


def test_one_enrollment_is_completed() -> None:
    """By the rule, by an override with actor and reason, or not at all."""
    known = ended()
    assert status_of(after(known, complete(known, "e1", at=END)), "enrollment:e1") == "completed"
    text = refusal(known, complete, "e2", at=END, actor="staff")
    assert "sessions_attended >= 1: not met, by 1 session" in text
    assert "override" in text
    assert "unknown" in refusal(known, complete, "enrollment:e3", at=END)
    forced = complete(known, "e2", at=END, actor="staff", reason="came to every other one")
    then = after(known, forced)
    assert transitions_of(then, "enrollment:e2")[-1].actor == "staff"
    left = complete(known, "e3", at=END, outcome="incomplete")
    assert status_of(after(known, left), "enrollment:e3") == "incomplete"
    wrong: Any = {"outcome": "perfect"}
    assert "InvariantError" in refusal(known, complete, "e1", at=END, **wrong)
    assert "IllegalTransition" in refusal(then, complete, "e2", at=END)


def test_without_a_requirement_the_trainers_decide() -> None:
    """Nothing is proposed for all; one enrollment is completed by who says so."""
    known = season(edition(), session("talk"), *enrolled(1), *enrolled(2, into="talk"))
    found = completions(known, "b6", at=END, close=True)
    assert [(each.verdict, each.lacks) for each in found] == [("open", ())]
    assert found.changes == ()
    assert complete(known, "e1", at=END).changes
    assert complete(known, "e2", at=END).changes


def test_an_edition_is_completed() -> None:
    """An open edition becomes completed, once."""
    known = season(edition())
    then = after(known, complete(known, "b6", at=END))
    assert status_of(then, "edition:b6") == "completed"
    assert "IllegalTransition" in refusal(then, complete, "edition:b6", at=END)


def test_a_custom_fact_is_a_part_of_completion() -> None:
    """A predicate of the caller answers a leaf of the requirement."""
    known = season(edition(), *enrolled(1))
    needs = all_of(Leaf(fact="has_demo", op="==", value=(True,)))
    known = after(known, attrs.evolve(PROGRAM, completion=needs))
    found = completions(known, "b6", at=END, predicates={"has_demo": lambda _: True})
    assert [each.after for each in found] == ["completed"]
    assert complete(known, "e1", at=END, predicates={"has_demo": lambda _: True}).changes


def test_credentials_are_awarded_once() -> None:
    """Everybody who completed gets one; asked again, nobody gets a second one."""
    known = ended()
    known = after(known, completions(known, "b6", at=END))
    made = award(known, "b6", title="Bootcamp", at=END, lasts=365 * DAY)
    (first,) = made.changes
    assert isinstance(first, Credential)
    assert (first.holder_id, first.issued_on) == ("p1", date(2014, 12, 10))
    assert first.expires_on == date(2015, 12, 10)
    then = after(known, made)
    assert award(then, "edition:b6", title="Bootcamp", at=END).changes == ()
    assert award(then, "b6", title="Bootcamp", at=END + 400 * DAY).changes != ()
    prize = award(then, "b6", title="First prize", at=END, holders=("v1", "v1"), kind="award")
    assert [each.id for each in prize.changes] == ["b6-v1-award"]
    after(then, prize)
    assert "NotFound" in refusal(then, award, "b6", title="Prize", at=END, holders=("v99",))
    assert "NotFound" in refusal(then, award, "b9", title="Prize", at=END)
    wrong: Any = ({"kind": "cup"}, {"lasts": 0 * DAY}, {"title": ""}, {"holders": (3,)})
    for bad in wrong:
        named: Any = {"title": "Prize", "at": END, "holders": (), **bad}
        assert "InvariantError" in refusal(then, award, "b6", **named)


def test_a_credential_is_renewed() -> None:
    """The new one follows the end of the old one, or its own day once that has passed."""
    old = Credential(
        id="c", holder_id="p1", kind="certificate", title="Cloud", issued_on=date(2014, 1, 1),
        expires_on=date(2015, 1, 1), earned_in="b6",
    )  # fmt: skip
    twice = Identity(id="i", kept="person:p1", merged="person:p2")
    known = season(edition(), old, twice, attrs.evolve(old, id="never", title="x", expires_on=None))
    early = renew(known, "credential:c", at=END, lasts=365 * DAY)
    assert early.changes[0].expires_on == date(2016, 1, 1)  # type: ignore[union-attr]
    late = renew(known, "c", at=END + 365 * DAY, lasts=10 * DAY)
    assert late.changes[0].expires_on == date(2015, 12, 20)  # type: ignore[union-attr]
    then = after(known, early)
    assert "credential:c-renewed" in refusal(then, renew, "c", at=END, lasts=DAY)
    assert "expires" in refusal(known, renew, "never", at=END, lasts=DAY)
    assert "issued" in refusal(known, renew, "c", at=NOON - 999 * DAY, lasts=DAY)
    assert "NotFound" in refusal(known, renew, "none", at=END, lasts=DAY)
    outside = attrs.evolve(old, id="d", holder_id="p4", earned_in=None)
    assert renew(after(known, outside), "d", at=END, lasts=DAY).changes
    window: dict[str, Any] = {"on": date(2015, 1, 1), "until": date(2015, 1, 2)}
    assert [each.id for each in expiring(known, **window)] == ["c"]
    assert expiring(then, **window) == ()
    assert expiring(known, on=date(2014, 1, 1), until=date(2015, 1, 1)) == ()
    shorter = attrs.evolve(old, id="z", expires_on=date(2014, 6, 1))
    assert [each.id for each in expiring(after(known, shorter), **window)] == ["c"]
    assert expiring(then, **window, as_of=NOON - DAY)[0].id == "c"


def test_a_certification_has_a_pass_rate() -> None:
    """Persons who passed of those who sat; attempts are counted, and who was not assessed."""
    exam = session("exam", kind="exam", edition_id="b6")
    known = season(
        edition(), exam, session("s1", "12:00", edition_id="b6"), *enrolled(1), *enrolled(2),
        *enrolled(3), *enrolled(4), Identity(id="i", kept="person:p1", merged="person:p9"),
    )  # fmt: skip
    assert pass_rate(known, "b6").share is None
    for person, passed in (("p1", False), ("p9", True), ("p2", True), ("p3", False)):
        known = after(
            known,
            assess(known, session="exam", person=person, passed=passed, at=NOON, score=7),
            check_in(known, session="exam", person=person, at=NOON),
        )
    found = pass_rate(known, "b6")
    assert (found.passed, found.sat, found.first, found.attempts) == (2, 3, 1, 4)
    assert (found.unassessed, found.bounds) == (1, (2, 3))
    assert found.share == pytest.approx(2 / 3)
    assert str(found) == "2 of 3 passed, 1 in the first attempt; 1 not assessed"
    absent = after(known, check_in(known, session="exam", person="p4", at=NOON, status="absent"))
    assert str(pass_rate(absent, "b6")) == "2 of 3 passed, 1 in the first attempt"
    given: dict[str, Any] = {"session": "exam", "passed": True, "at": NOON}
    assert "was there" in refusal(absent, assess, person="p4", **given)
    assert "NotFound" in refusal(known, assess, person="p99", **given)
    assert "InvariantError" in refusal(known, assess, person="p1", **{**given, "passed": 3})
    assert [each.attempt for each in known.where(Assessment, person_id="p1")] == [1, 2]
    assert pass_rate(known, "b6", as_of=NOON - DAY).sat == 0
    assert not check(known, as_of=NOON).of("dangling-reference")
    assert isinstance(known.get(Edition, "b6"), Edition)
    assert known.find(Enrollment, "e1") is not None
    assert known.all(Transition) != ()
