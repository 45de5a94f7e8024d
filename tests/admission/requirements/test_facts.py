"""Facts of requirements: each fact of persons and organizations, attendance with its bounds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from mic_core import (
    FACTS,
    Consent,
    Credential,
    Figures,
    Headcount,
    Identity,
    Noun,
    Period,
    Person,
    all_of,
    cohort,
    judge,
    n_of,
)
from mic_core.admission.requirements.judge import TruthValue
from tests.admission.camp import ON, leaf, seen, session, verdict, world

# Facts


@pytest.mark.parametrize(
    ("who", "fact", "op", "value", "expected"),
    [
        ("ada", "age", "==", 18, "met"), ("bob", "age", ">=", 18, "unknown"),
        ("venture", "age", "<", 3, "met"), ("venture", "age", "<", 2, "not met"),
        ("ada", "born_on", "<", "1996-03-01", "met"), ("ada", "gender", "==", "f", "met"),
        ("ada", "region", "==", "Brussels", "met"), ("venture", "region", "==", "Wallonia", "met"),
        ("ada", "kind", "==", "person", "met"), ("venture", "kind", "==", "venture", "met"),
        ("venture", "sector", "==", "software", "met"),
        ("ada", "sector", "known", None, "not met"),
        ("venture", "country", "!=", "BE", "not met"),
        ("venture", "legal_form", "known", None, "met"),
        ("venture", "founded_on", ">=", "2012-01-02", "not met"),
        ("venture", "closed_on", "known", None, "not met"),
        ("venture", "market", "==", "FR", "met"), ("venture", "market", "==", "US", "not met"),
        ("venture", "staff", ">=", 1, "unknown"), ("ada", "role", "==", "founder", "met"),
        ("ada", "role", "==", "student", "not met"), ("venture", "role", "known", None, "not met"),
        ("ada", "organization", "==", "venture", "met"),
        ("ada", "organization_kind", "==", "venture", "met"),
        ("ada", "completed_edition", "==", "boostcamp-6", "met"),
        ("ada", "completed_program", "==", "boostcamp", "met"),
        ("venture", "completed_program", "==", "boostcamp", "not met"),
        ("venture", "entered_program", "==", "boostcamp", "met"),
        ("bob", "entered_edition", "==", "boostcamp-6", "met"),
        ("ada", "credential", "==", "Pitcher", "not met"), ("ada", "consent", "==", "x", "not met"),
        ("ada", "attribute:driver", "==", True, "met"),
        ("ada", "attribute:level", ">=", 4, "not met"),
        ("ada", "attribute:language", "==", "fr", "met"),
        ("ada", "attribute:language", "==", 3, "unknown"),
        ("ada", "attribute:language", "known", None, "met"),
        ("ada", "attribute:other", "==", 1, "unknown"),
        ("venture", "attribute:x", "==", 1, "unknown"),
        ("ada", "answer:team", ">=", 3, "met"), ("ada", "answer:none", "known", None, "not met"),
    ],
)  # fmt: skip
def test_facts_of_a_participant(
    who: str, fact: str, op: str, value: Any, expected: TruthValue
) -> None:
    """Each fact of a person and an organization, known or not, meets what it should."""
    tree = leaf(fact, op, *([] if value is None else [value]))
    assert verdict(tree, who, answers={"team": 4}) == expected


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("who", ["ada", "bob", "venture"])
def test_every_fact_can_be_asked_of_everybody(name: str, who: str) -> None:
    """A fact that such participants do not have is unknown, or holds no value."""
    assert verdict(leaf(name, "known"), who) in {"met", "not met", "unknown"}


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(2014, 2, 28), 17),
        (date(2014, 3, 1), 18),
        (date(1996, 2, 29), 0),
        (date(1990, 1, 1), 0),
    ],
)
def test_age_is_in_completed_years(on: date, age: int) -> None:
    """Somebody born on 29 February is a year older on 1 March, and never less than zero."""
    assert verdict(leaf("age", "==", age), on=on) == "met"


def test_credentials_are_valid_at_the_day() -> None:
    """A credential counts from its issue up to the day before it expires, merged records too."""
    badge = Credential(
        id="c", holder_id="ada-2", kind="badge", title="Pitcher", issued_on=date(2014, 9, 1),
        expires_on=date(2014, 10, 1),
    )  # fmt: skip
    same = Identity(id="i", kept="person:ada", merged="person:ada-2")
    tree = all_of(leaf("credential", "==", "Pitcher"), leaf("credential_kind", "==", "badge"))
    days = [date(2014, 8, 31), date(2014, 9, 1), date(2014, 9, 30), date(2014, 10, 1)]
    found = [verdict(tree, "ada-2", badge, same, on=on) for on in days]
    assert found == ["not met", "met", "met", "not met"]


def test_the_last_consent_counts() -> None:
    """A consent holds until it is withdrawn, whatever way its purpose is written."""
    given_, back = (
        Consent(
            id=f"c-{status}", person_id="ada", purpose=purpose, text_version="1", status=status,  # type: ignore[arg-type]
            at=at,
        )
        for purpose, status, at in (
            ("Follow-up", "granted", datetime(2014, 9, 1, 9, tzinfo=UTC)),
            ("follow_up", "withdrawn", datetime(2014, 10, 1, 9, tzinfo=UTC)),
        )
    )  # fmt: skip
    tree = leaf("consent", "==", "follow_up")
    days = [date(2014, 8, 31), date(2014, 9, 1), date(2014, 9, 30), date(2014, 10, 1)]
    found = [verdict(tree, "ada", given_, back, on=on) for on in days]
    assert found == ["not met", "met", "met", "not met"]
    assert verdict(leaf("consent", "==", "Follow-up"), "ada", given_) == "met"


def test_staff_is_that_of_the_last_period_over() -> None:
    """Figures of a period that is not over do not count yet; fractions are exact."""
    figures = [
        Figures(id=f"f-{year}", organization_id=owner, period=Period.year(year), staff=staff)
        for year, staff, owner in (
            (2012, Decimal("9.5"), "venture"), (2013, Decimal("9.9"), "old-venture"),
            (2014, Decimal(50), "venture"),
        )
    ]  # fmt: skip
    same = Identity(id="i", kept="organization:venture", merged="organization:old-venture")
    for wanted, expected in (("9.9", "met"), ("9.8", "not met")):
        assert verdict(leaf("staff", "<=", wanted), "venture", *figures, same) == expected
    on = date(2015, 1, 1)
    assert verdict(leaf("staff", "==", 50), "venture", *figures, on=on) == "met"


# Attendance


def test_no_record_is_no_absence() -> None:
    """Sessions without a record leave the number open between bounds."""
    records = [seen(1, "ada"), seen(2, "ada", "partial", 30), seen(3, "ada", "absent")]
    judged = judge(world(*records), leaf("sessions_attended", ">=", 3), "ada", on=ON)
    (part,) = judged.leaves()
    assert judged.verdict == "unknown"
    assert [part.low, part.high, part.short] == [2, 3, 1]
    assert str(judged) == str(part) == "sessions_attended >= 3: unknown, by 1 session"
    assert verdict(leaf("sessions_attended", ">=", 2), "ada", *records) == "met"
    assert verdict(leaf("sessions_attended", ">=", 4), "ada", *records) == "not met"
    for op, value, expected in (
        ("==", 3, "unknown"), ("==", 4, "not met"), ("!=", 2, "unknown"), ("!=", 4, "met"),
        ("in", 1, "not met"), ("in", 2, "unknown"), ("known", None, "unknown"), ("<", 3, "unknown"),
    ):  # fmt: skip
        tree = leaf("sessions_attended", op, *([] if value is None else [value]))
        assert verdict(tree, "ada", *records) == expected


def test_the_share_is_of_the_sessions_at_which_somebody_was_expected() -> None:
    """Three of four are attended; nothing expected is unknown, and walk-ins do not count."""
    records = [seen(1, "ada"), seen(2, "ada"), seen(3, "ada", "excused"), seen(4, "ada")]
    judged = judge(
        world(*records), leaf("attendance_share", ">=", "0.8"), "ada", on=ON, scope="boostcamp-6"
    )
    (part,) = judged.leaves()
    assert judged.verdict == "not met"
    assert [part.low, part.high] == [Fraction(3, 4), Fraction(3, 4)]
    assert part.shortage == "by 5 points of percentage"
    assert verdict(leaf("attendance_share", ">", 0), "ada", on=date(2014, 9, 30)) == "unknown"
    walk_in = Person(id="dee", name="Dee")
    assert verdict(leaf("attendance_share", ">", 0), "dee", walk_in, seen(1, "dee")) == "unknown"
    assert verdict(leaf("sessions_attended", "==", 1), "dee", walk_in, seen(1, "dee")) == "met"


def test_the_share_is_the_rate_of_the_cohort() -> None:
    """The bounds of the share are those of the rate of attendance of a person in the cohort."""
    season = world(seen(1, "ada"), seen(2, "ada", "absent"), seen(1, "bob"))
    at = datetime(2014, 12, 31, tzinfo=UTC)
    rows = cohort(season, "boostcamp-6", as_of=at).attendance.by_person
    (rate,) = [each.counts.rate for each in rows if each.person_id == "ada"]
    (part,) = judge(season, leaf("attendance_share", ">", 0), "ada", on=ON).leaves()
    assert [part.low, part.high] == [rate.least, rate.most]


def test_minutes_are_bounded_by_the_length() -> None:
    """A presence that was not measured lasts up to the session; a measured one is exact."""
    records = [
        seen(1, "ada", "partial", 30), seen(2, "ada", "present", None), seen(3, "ada", "absent"),
        seen(4, "ada", "excused"),
    ]  # fmt: skip
    (part,) = judge(world(*records), leaf("minutes_attended", ">=", 200), "ada", on=ON).leaves()
    assert part.verdict == "not met"
    assert [part.low, part.high, part.short] == [30, 150, 170]


def test_modules_are_attended_or_completed() -> None:
    """A module is attended by one of its sessions, and completed by as many as it counts."""
    records = [seen(1, "ada"), seen(2, "ada", "absent")]
    assert verdict(leaf("attended_module", "==", "pitching"), "ada", *records) == "met"
    assert verdict(leaf("completed_module", "==", "pitching"), "ada", *records) == "not met"
    assert verdict(leaf("completed_module", "==", "model"), "ada", *records) == "unknown"
    both = [seen(1, "ada"), seen(2, "ada")]
    assert verdict(leaf("completed_module", "==", "pitching"), "ada", *both) == "met"
    tree = n_of(2, *(leaf("attended_session", "==", f"s-{each}") for each in range(1, 4)))
    assert verdict(tree, "ada", *both) == "met"
    assert verdict(tree, "ada", *records) == "unknown"


def test_a_venture_attends_through_its_delegates() -> None:
    """A session counts once one delegate was there, and is missed once all are known to be away."""
    records = [seen(1, "bob", "absent"), seen(1, "cy"), seen(2, "bob", "absent"), seen(3, "cy")]
    (part,) = judge(world(*records), leaf("sessions_attended", ">=", 1), "venture", on=ON).leaves()
    assert [part.low, part.high] == [2, 4]
    more = [*records, seen(2, "cy", "excused")]
    (part,) = judge(world(*more), leaf("sessions_attended", ">=", 1), "venture", on=ON).leaves()
    assert [part.low, part.high] == [2, 3]


def test_attendance_is_that_of_the_scope_up_to_the_day() -> None:
    """Later sessions and those of other scopes do not count; planned ones are not delivered."""
    other = session(5, edition_id=None)
    planned = session(6, status="planned")
    records = [*(seen(each, "ada") for each in (1, 2, 5)), seen(3, "ada", "absent"),
               seen(4, "ada", "absent")]  # fmt: skip
    nameless = Headcount(id="h", session_id="s-1", n=30, basis="counted")
    more: tuple[Noun, ...] = (*records, other, planned, nameless)
    tree = leaf("sessions_attended", "==", 3)
    assert verdict(tree, "ada", *more) == "met"
    assert verdict(tree, "ada", *more, scope="boostcamp-6") == "not met"
    assert verdict(leaf("sessions_attended", "==", 1), "ada", *more, on=date(2014, 10, 1)) == "met"
    assert verdict(leaf("sessions_attended", "==", 3), "ada", *more, on=date.max) == "met"
