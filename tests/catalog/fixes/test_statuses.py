"""Fixes of statuses: the transition that is missing, when it took effect, what cannot be."""

from datetime import date

import attrs
import pytest

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import fixes
from mic_core.catalog.fixes.statuses import cited_nouns
from mic_core.findings import Finding
from mic_core.model import Edition, Enrollment, Identity, Noun, Transition
from mic_core.portfolio import Portfolio, status_of
from mic_core.samples.rules import examples_of
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    at,
    attendance,
    edition,
    enrolled,
    enrollment,
    person,
    program,
    session,
    step,
)
from tests.catalog.fixes.tried import offered, said

EVENING = "2014-09-10 18:00"

HISTORIES: list[tuple[tuple[Noun, ...], list[str]]] = [
    (
        (enrollment("e-1"), step("enrollment:e-1", "requested", "suspended", EVENING)),
        ["record that enrollment:e-1 became enrolled before transition:e-1-suspended"],
    ),
    (
        (enrollment("e-1"), step("enrollment:e-1", "waitlisted", "enrolled", EVENING)),
        ["let transition:e-1-enrolled start from requested"],
    ),
    (
        (enrollment("e-1"), step("enrollment:e-1", "requested", "expired", EVENING)),
        ["record that enrollment:e-1 became offered before transition:e-1-expired"],
    ),
    (
        (enrollment("e-1"), step("enrollment:e-1", "waitlisted", "completed", EVENING)),
        ["record that enrollment:e-1 became enrolled before transition:e-1-completed"],
    ),
    (
        (
            *enrolled("e-1", EVENING),
            step("enrollment:e-1", "enrolled", "withdrawn", "2014-09-11 09:00"),
            step("enrollment:e-1", "withdrawn", "completed", "2014-09-12 09:00"),
        ),
        [],
    ),
]


@pytest.mark.parametrize(("nouns", "sentences"), HISTORIES)
def test_a_missing_transition_is_offered(nouns: tuple[Noun, ...], sentences: list[str]) -> None:
    """The shortest legal way is recorded, or the start corrected; what is over stays over."""
    base = (MIC, program("camp"), person("ada"), edition("camp-6"))
    assert said(offered("illegal-history", *base, *nouns)) == sentences


def test_a_past_session_was_held_or_cancelled() -> None:
    """A session with attendance was held; without any it may have been cancelled as well."""
    now = at("2014-10-01 09:00")
    evening = session("s-1", EVENING, room_id="r-1")
    held = "record that session:s-1 was held"
    first = offered("session-still-planned", MIC, R1, evening, as_of=now)
    assert said(first) == [held, "cancel session:s-1"]
    known = (MIC, R1, person("ada"), evening, attendance("w-1"))
    assert said(offered("session-still-planned", *known, as_of=now)) == [held]


def test_an_enrollment_is_cancelled_with_its_edition() -> None:
    """It is cancelled when its edition was, or later if it was still changed after that."""
    base = (MIC, program("camp"), person("ada"), edition("camp-6"))
    gone = step("edition:camp-6", "open", "cancelled", "2014-08-01 09:00")
    (fix,) = offered("seat-in-cancelled", *base, gone, *enrolled("e-1"))
    (last,) = fix.changes
    assert isinstance(last, Transition)
    assert last.effective_at == at("2014-09-01 09:00")


def test_without_an_instant_nothing_says_when() -> None:
    """A seat is cancelled at `as_of` if the instant of the edition's cancellation is not known."""
    nouns = (
        MIC, program("camp"), person("ada"), edition("camp-6", status="cancelled"),
        *enrolled("e-1"),
    )  # fmt: skip
    assert offered("seat-in-cancelled", *nouns) == []
    assert said(offered("seat-in-cancelled", *nouns, as_of=at("2014-09-20 09:00"))) == [
        "cancel enrollment:e-1"
    ]


def test_a_transition_is_named_after_what_it_is_about() -> None:
    """Its id is the id of its subject, cut to length, and the status."""
    long = "e" * 54  # the id of its offer is the longest that there can be
    end = at("2014-09-05 12:00")
    offer = step(f"enrollment:{long}", "requested", "offered", "2014-09-01 09:00", expires_at=end)
    found = offered("offer-overdue", enrollment(long), offer, as_of=at("2014-09-10 12:00"))
    assert said(found) == [f"record that the offer of enrollment:{long} expired"]
    assert [each.id for each in found[0].changes] == ["e" * 48 + "-expired"]


def test_what_a_finding_cites_is_found_by_its_kind() -> None:
    """One id of two kinds is two things; what is not there is left out."""
    portfolio = Portfolio.of(MIC, edition("x"), enrollment("x", into="x"))
    names = ("edition:gone", "edition:x", "enrollment:x")
    about = Finding(code="a", severity="info", subjects=names, message="")
    assert cited_nouns(portfolio, about, Edition) == [portfolio.get(Edition, "x")]
    assert cited_nouns(portfolio, about, Enrollment) == [portfolio.get(Enrollment, "x")]
    assert cited_nouns(portfolio, about, Transition) == []


def test_of_one_session_entered_thrice_one_is_kept() -> None:
    """The first that left a trace is kept; the others are named."""
    three = tuple(session(f"s-{n}", EVENING, title="Pitch") for n in (1, 2, 3))
    found = offered("duplicate-session", MIC, three[0], *three[1:])
    assert said(found)[0] == "keep session:s-1 and take back session:s-2 and session:s-3"
    seen = offered(
        "duplicate-session", MIC, *three, person("ada"), attendance("w", session_id="s-2")
    )
    assert said(seen) == ["keep session:s-2 and take back session:s-1 and session:s-3"]


def test_an_edition_is_completed_when_it_ended() -> None:
    """An edition is completed with its last day, or after what was recorded later."""
    nouns = (MIC, program("camp"), edition("camp-6", status="draft"))
    late = step("edition:camp-6", "draft", "open", "2014-12-19 09:00")
    (fix,) = offered("edition-still-open", *nouns, late, as_of=at("2014-12-20 09:00"))
    (done,) = fix.changes
    assert isinstance(done, Transition)
    assert done.effective_at == at("2014-12-19 09:00")
    first = offered("edition-still-draft", *nouns, as_of=at("2014-09-20 09:00"))
    (opened,) = first[0].changes
    assert isinstance(opened, Transition)
    assert opened.effective_at == at("2014-09-10 00:00")


def test_a_record_of_a_fix_changes_the_status() -> None:
    """The status in the sentence of a fix is the status once it is recorded."""
    example = examples_of("offer-overdue").firing
    portfolio = Portfolio.of(*example.nouns)
    assert example.as_of is not None
    (finding,) = check(portfolio, as_of=example.as_of).of("offer-overdue")
    (fix,) = fixes(portfolio, finding, as_of=example.as_of)
    after = portfolio.record(fix, recorded_at=example.as_of)
    assert status_of(after, "enrollment:e-1") == "expired"


def test_records_of_one_person_are_united() -> None:
    """Two records that are probably one become one by an identity, with either of them kept."""
    twice = [attrs.evolve(person("ada"), id=id, born=date(1990, 1, 1)) for id in ("ada", "ada-2")]
    found = offered("same-person", *twice)
    assert said(found) == [
        "say that person:ada-2 is person:ada, which is kept",
        "say that person:ada is person:ada-2, which is kept",
    ]
    (made,) = found[0].changes
    assert made == Identity(id="ada-2-is-ada", kept="person:ada", merged="person:ada-2")
