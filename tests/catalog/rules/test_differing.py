"""Sessions that stayed behind a change of their series, and how each is mended."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import pytest

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import fixes
from mic_core.catalog.rules.series import SERIES_RULES
from mic_core.chrono import Recurrence, Slot
from mic_core.findings import Finding
from mic_core.model import Center, Headcount, Noun, Room, Series, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.scheduling.outline import outline

T1, T2, T3 = (datetime(2014, 9, day, tzinfo=UTC) for day in (1, 2, 3))
CENTER = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
ROOMS = (
    Room(id="r-1", center_id="c", name="One", seats=20),
    Room(id="r-2", center_id="c", name="Two", seats=20),
)
SERIES = Series(
    id="w", center_id="c", title="Evening", recurrence=Recurrence.parse("FREQ=WEEKLY;COUNT=3"),
    first_on=date(2014, 9, 9), starts_at=time(18), length=timedelta(hours=2), room_id="r-1",
)  # fmt: skip
FIRST = "w-2014-09-09"


def outlined(series: Series = SERIES) -> Portfolio:
    """A series of three evenings and their sessions."""
    start = Portfolio.of(CENTER, *ROOMS, series)
    return start.record(outline(start, "w"), recorded_at=T1)


def changed(known: Portfolio, at: datetime = T2, **fields: Any) -> Portfolio:
    """The series as it is, with other fields from an instant on."""
    return known.record(attrs.evolve(known.get(Series, "w"), **fields), recorded_at=at)


def found(portfolio: Portfolio) -> tuple[Finding, ...]:
    """The sessions that differ from their series."""
    report = check(portfolio, rules=SERIES_RULES)
    assert {each.code for each in report.findings} <= {"differs-from-series"}
    return report.of("differs-from-series")


def test_another_hour_makes_no_new_sessions() -> None:
    """All sessions are still those of their dates; each that is planned is said to differ."""
    after = changed(outlined(), starts_at=time(19))
    findings = found(after)
    assert [each.subjects for each in findings] == [
        (f"session:w-2014-09-{day}",) for day in ("09", "16", "23")
    ]
    assert findings[0].path == "slot"
    assert findings[0].severity == "info"
    assert findings[0].message == (
        f"session:{FIRST} has Tue 9 Sep 2014 18:00 Europe/Brussels, where series:w has "
        "Tue 9 Sep 2014 19:00 Europe/Brussels"
    )
    assert outline(after, "w").changes == ()


def test_a_session_is_moved_or_was_moved_on_purpose() -> None:
    """Both fixes end the finding of that session, and leave those of the others."""
    after = changed(outlined(), starts_at=time(19))
    first, *others = found(after)
    move, keep = fixes(after, first)
    assert str(move) == f"move session:{FIRST} to 19:00"
    assert str(keep) == f"keep session:{FIRST} as it is: it was moved on purpose"
    moved = after.record(move, recorded_at=T3)
    assert str(moved.get(Session, FIRST).slot) == "Tue 9 Sep 2014 19:00-21:00 Europe/Brussels"
    kept = after.record(keep, recorded_at=T3)
    assert kept.get(Session, FIRST).slot == after.get(Session, FIRST).slot
    assert list(found(moved)) == list(found(kept)) == others


@pytest.mark.parametrize("fix", [0, 1])
@pytest.mark.parametrize("at", [T2, T3])
def test_a_purpose_lasts_until_the_series_changes_again(fix: int, at: datetime) -> None:
    """A session that was revised for one change has not been revised for the next one."""
    after = changed(outlined(), starts_at=time(19))
    settled = after.record(fixes(after, found(after)[0])[fix], recorded_at=at)
    assert len(found(settled)) == 2
    again = changed(settled, datetime(2014, 9, 4, tzinfo=UTC), starts_at=time(20))
    assert len(found(again)) == 3


def test_a_move_of_one_session_is_on_purpose_if_it_is_a_revision() -> None:
    """A plan or a repair counts a revision; without one, the session is asked about."""
    known = outlined()
    session = known.get(Session, FIRST)
    moved = attrs.evolve(session, slot=Slot.at("2014-09-11", "10:00", session.length, "UTC"))
    (unclear,) = found(known.record(moved, recorded_at=T2))
    assert unclear.subjects == (f"session:{FIRST}",)
    back = fixes(known.record(moved, recorded_at=T2), unclear)[0]
    assert str(back) == f"move session:{FIRST} to Tue 9 Sep 2014 18:00"
    assert found(known.record(attrs.evolve(moved, revision=1), recorded_at=T2)) == ()


def test_a_purpose_outlasts_changes_of_other_fields() -> None:
    """A session moved on purpose takes a new title and length, and keeps its start."""
    known = outlined()
    session = known.get(Session, FIRST)
    moved = attrs.evolve(
        session, slot=Slot.at("2014-09-11", "10:00", session.length, "UTC"), revision=1
    )
    after = changed(
        known.record(moved, recorded_at=T2), T3, title="Night", length=timedelta(hours=3)
    )
    finding = found(after)[0]
    assert finding.fact("fields") == ("length", "title")
    kept = after.record(fixes(after, finding)[0], recorded_at=T3).get(Session, FIRST)
    assert str(kept.slot) == "Thu 11 Sep 2014 10:00-13:00 UTC"
    assert kept.title == "Night"
    again = found(changed(after, T3, starts_at=time(19)))[0]
    assert again.fact("fields") == ("slot", "length", "title")


def test_an_unrelated_record_is_no_purpose() -> None:
    """A session that is recorded again at the old hour for another reason still differs."""
    after = changed(outlined(), starts_at=time(19))
    more = attrs.evolve(after.get(Session, FIRST), expected=12)
    assert len(found(after.record(more, recorded_at=T3))) == 3


def test_another_length_room_and_title_are_taken_over() -> None:
    """One fix settles all in which a session stayed behind, with the hour."""
    after = changed(
        outlined(), starts_at=time(19), length=timedelta(minutes=90), room_id="r-2", title="Night"
    )
    finding = found(after)[0]
    assert finding.fact("fields") == ("slot", "room_id", "length", "title")
    assert finding.fact("had") == (
        "2014-09-09 18:00 Europe/Brussels", "r-1", "120 minutes", "Evening",
    )  # fmt: skip
    fix = fixes(after, finding)[0]
    assert str(fix) == (
        f"move session:{FIRST} to 19:00 and let it last 90 minutes and put it into room:r-2 and "
        "give it the title of its series"
    )
    session = after.record(fix, recorded_at=T3).get(Session, FIRST)
    assert (session.room_id, session.title) == ("r-2", "Night")
    assert str(session.slot) == "Tue 9 Sep 2014 19:00-20:30 Europe/Brussels"
    assert session.original_on == date(2014, 9, 9)


def test_a_length_alone_keeps_the_start() -> None:
    """The sentence names only what changes, and a session without a slot may lack one still."""
    after = changed(outlined(), length=timedelta(minutes=90))
    fix = fixes(after, found(after)[0])[0]
    assert str(fix) == f"let session:{FIRST} last 90 minutes"
    session = after.record(fix, recorded_at=T3).get(Session, FIRST)
    assert str(session.slot) == "Tue 9 Sep 2014 18:00-19:30 Europe/Brussels"
    bare = attrs.evolve(after.get(Session, FIRST), slot=None, room_id=None)
    unplaced = after.record(bare, recorded_at=T3)
    finding = found(unplaced)[0]
    assert finding.fact("fields") == ("length",)
    placed = unplaced.record(fixes(unplaced, finding)[0], recorded_at=T3).get(Session, FIRST)
    assert (placed.slot, placed.length) == (None, timedelta(minutes=90))


def test_a_session_out_of_its_room_is_put_back() -> None:
    """No room where the series has one differs; a series without a room leaves it open."""
    known = outlined()
    after = known.record(attrs.evolve(known.get(Session, FIRST), room_id=None), recorded_at=T2)
    (finding,) = found(after)
    assert finding.fact("had") == ("no room",)
    assert str(fixes(after, finding)[0]) == f"put session:{FIRST} into room:r-1"
    assert found(changed(after, room_id=None)) == ()


def test_a_title_of_its_own_is_kept() -> None:
    """Only a title that the series had before is outdated."""
    known = outlined()
    own = attrs.evolve(known.get(Session, FIRST), title="Evening on the cloud")
    after = changed(known.record(own, recorded_at=T2), title="Night")
    assert [each.subjects for each in found(after)] == [
        ("session:w-2014-09-16",), ("session:w-2014-09-23",),
    ]  # fmt: skip


def test_another_zone_of_the_center_keeps_the_dates() -> None:
    """In Lisbon 18:00 is another instant; no occurrence is missing, and each planned one moves."""
    after = outlined().record(attrs.evolve(CENTER, time_zone="Europe/Lisbon"), recorded_at=T2)
    findings = found(after)
    assert len(findings) == 3
    assert outline(after, "w").changes == ()
    fix = fixes(after, findings[0])[0]
    assert str(fix) == f"move session:{FIRST} to 18:00"
    moved = after.record(fix, recorded_at=T3).get(Session, FIRST)
    assert str(moved.slot) == "Tue 9 Sep 2014 18:00-20:00 Europe/Lisbon"


def test_what_took_place_was_cancelled_or_lost_its_date_is_silent() -> None:
    """History and cancelled sessions keep their hour; a stray session is told of as such."""
    cancelled = Transition(
        id="t", subject=f"session:{FIRST}", before="planned", after="cancelled", effective_at=T1
    )
    counted = Headcount(id="h", session_id="w-2014-09-16", n=9, basis="counted")
    known = outlined().record(cancelled, counted, recorded_at=T1)
    after = changed(known, starts_at=time(19))
    assert [each.subjects for each in found(after)] == [("session:w-2014-09-23",)]
    excluded = attrs.evolve(SERIES.recurrence, excluded=(date(2014, 9, 23),))
    lost = check(changed(after, T3, recurrence=excluded), rules=SERIES_RULES)
    assert [each.code for each in lost.findings] == ["stray-occurrence"]


def test_a_slot_beyond_the_calendar_is_not_offered() -> None:
    """On the last evening there is, only the purpose can be noted."""
    last = attrs.evolve(SERIES, recurrence=Recurrence.parse("FREQ=DAILY;COUNT=1"),
                        first_on=date(9999, 12, 31), starts_at=time(12))  # fmt: skip
    after = changed(outlined(last), starts_at=time(22, 30))
    (finding,) = found(after)
    assert [str(each) for each in fixes(after, finding)] == [
        "keep session:w-9999-12-31 as it is: it was moved on purpose"
    ]


def test_weeks_before_the_last_one_held_are_not_missed() -> None:
    """A weekday that is changed in place calls for no dates of the past, only for those to come."""
    known: list[Noun] = [
        Transition(
            id=f"t-{day}", subject=f"session:w-2014-09-{day}", before="planned", after="held",
            effective_at=T1,
        )
        for day in ("09", "16")
    ]  # fmt: skip
    held = outlined().record(*known, recorded_at=T1)
    thursdays = Recurrence.parse("FREQ=WEEKLY;COUNT=3;BYDAY=TH")
    after = changed(held, recurrence=thursdays)
    missing = check(after, rules=SERIES_RULES).of("missing-occurrence")
    assert [each.fact("day") for each in missing] == ["2014-09-18"]
    assert [each.id for each in outline(after, "w").sessions] == ["w-2014-09-18", "w-2014-09-25"]
