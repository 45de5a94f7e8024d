"""Available slots and periods without hours, as bounds of domains in every verb."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from mic_core.catalog.check import check
from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Availability, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from tests.scheduling.nouns import MIC, edition, gives, people, room, session, slot

WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
OPEN = attrs.evolve(MIC, opening_hours=WeeklyHours.parse("Mo-Fr 09:00-18:00"))
WORLD: tuple[Noun, ...] = (
    OPEN, room(), *people("ann"), gives("ann", "s"), edition("e", WEEK),
    session("s", edition_id="e"),
)  # fmt: skip
STEP = timedelta(minutes=30)


def only(subject: str) -> tuple[Availability, ...]:
    """A Wednesday and two hours of a Friday, at which alone a subject is available."""
    return (
        Availability(
            id="day", subject=subject, preference="available",
            period=Period.days(date(2014, 9, 10), date(2014, 9, 10)),
        ),
        Availability(
            id="slot", subject=subject, preference="available",
            slot=slot("09:00", 120, day="2014-09-12"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("subject", ["person:ann", "room:r", "session:s"])
def test_all_verbs_agree_where_somebody_is_available_on_days_only(subject: str) -> None:
    """Suggestions, explanations, plans and checks allow the same starts of a session."""
    known = Portfolio.of(*WORLD, *only(subject))
    found = suggest(known, "s", step=STEP, most=None)
    # The Wednesday has 17 starts of an hour from 09:00 to 17:00, the Friday three until 10:00.
    assert found.free == 20
    assert {each.slot.start.date().day for each in found} == {10, 12}
    for start, free in (("09:00", 1), ("10:00", 1), ("10:30", 0)):
        when = slot(start, day="2014-09-12")
        why = why_not(known, "s", when, "r")
        assert why.free == free
        placed = attrs.evolve(known.get(Session, "s"), slot=when, room_id="r")
        report = check(known.record(placed, recorded_at=datetime(2014, 9, 1, tzinfo=UTC)))
        assert [each.facts for each in report.of("unavailability")] == [
            each.facts for each in why.findings
        ]
        assert len(report.of("unavailability")) == 1 - free
    made = plan(known, "e", step=STEP)
    assert made.unplaced == ()
    assert made.report.ok
    assert explain_infeasible(known, "e", step=STEP).verdict == "possible"


def test_no_verb_places_a_session_outside_of_all_available_days() -> None:
    """Available years later alone, a person is never available, and each verb says so."""
    later = Availability(
        id="later", subject="person:ann", preference="available",
        slot=slot("09:00", day="2030-09-10"),
    )  # fmt: skip
    known = Portfolio.of(*WORLD, later)
    assert suggest(known, "s").free == 0
    assert why_not(known, "s").rules[0].code == "unavailability"
    assert [each.session_id for each in plan(known, "e").unplaced] == ["s"]
    assert explain_infeasible(known, "e").verdict == "impossible"
