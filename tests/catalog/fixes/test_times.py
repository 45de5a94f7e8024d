"""Fixes of times: right beside what is in the way, and into the opening hours."""

from datetime import UTC, datetime, timedelta

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import fixes
from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.samples import brussels_2014
from mic_core.samples.rules.nouns import MIC, center, edition, program, session
from tests.catalog.fixes.tried import assert_helps, offered, said

CAMP = (program("camp"), edition("camp-6"))
OPEN = center("mic", opening_hours=WeeklyHours.parse("Mo-Fr 12:00-14:00, 18:00-21:30"))


def test_one_of_two_moves_beside_the_other() -> None:
    """The shortest moves come first; each is right after, or right before, the other session."""
    one = session("s-1", "2014-09-10 18:00", edition_id="camp-6")
    other = session("s-2", "2014-09-10 19:00", 60, edition_id="camp-6", title="Other")
    found = offered("audience-overlap", MIC, *CAMP, one, other)
    assert said(found) == [
        "move session:s-1 to Wed 10 Sep 2014 16:00-19:00 Europe/Brussels",
        "move session:s-1 to Wed 10 Sep 2014 20:00-23:00 Europe/Brussels",
        "move session:s-2 to Wed 10 Sep 2014 17:00-18:00 Europe/Brussels",
        "move session:s-2 to Wed 10 Sep 2014 21:00-22:00 Europe/Brussels",
    ]
    (moved,) = found[0].changes
    assert isinstance(moved, Session)
    assert (moved.length, moved.revision) == (one.length, 1)


def test_a_time_that_is_taken_is_not_offered() -> None:
    """Right before a session may be another one; then only the time after is left."""
    evening = [
        session("s-0", "2014-09-10 17:00", 60, edition_id="camp-6", title="First"),
        session("s-1", "2014-09-10 18:00", 60, edition_id="camp-6", title="Second"),
        session("s-2", "2014-09-10 18:30", 60, edition_id="camp-6", title="Third"),
    ]
    found = offered("audience-overlap", MIC, *CAMP, *evening)
    assert said(found) == [
        "move session:s-2 to Wed 10 Sep 2014 19:00-20:00 Europe/Brussels",
        "move session:s-1 to Wed 10 Sep 2014 19:30-20:30 Europe/Brussels",
    ]


def test_a_session_moves_into_the_opening_hours() -> None:
    """The nearest opening hours that are long enough come first, within a day."""
    found = offered("opening-hours", OPEN, session("s-1", "2014-09-10 19:30"))
    assert said(found) == [
        "move session:s-1 to Wed 10 Sep 2014 18:30-21:30 Europe/Brussels",
        "move session:s-1 to Thu 11 Sep 2014 18:00-21:00 Europe/Brussels",
    ]


def test_the_nearest_hours_come_first_whichever_day_they_are_of() -> None:
    """Hours just as long as the session will do; what is earlier may be farther away."""
    found = offered("opening-hours", OPEN, session("s-1", "2014-09-10 10:30", 120))
    assert said(found) == [
        "move session:s-1 to Wed 10 Sep 2014 12:00-14:00 Europe/Brussels",
        "move session:s-1 to Wed 10 Sep 2014 18:00-20:00 Europe/Brussels",
        "move session:s-1 to Tue 9 Sep 2014 19:30-21:30 Europe/Brussels",
        "move session:s-1 to Tue 9 Sep 2014 12:00-14:00 Europe/Brussels",
    ]


def test_the_calendar_has_an_end() -> None:
    """A session is not moved beyond the last day there is."""
    last = Slot(datetime(9999, 12, 31, 20, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))
    home = center("mic", time_zone="UTC")
    two = [
        session(f"s-{n}", slot=last.moved(timedelta(minutes=n)), edition_id="camp-6", title=f"{n}")
        for n in (0, 1)
    ]
    camps = (program("camp"), edition("camp-6", period=Period()))
    found = offered("audience-overlap", home, *camps, *two)
    assert said(found) == [
        "move session:s-0 to Fri 31 Dec 9999 17:01-20:01 UTC",
        "move session:s-1 to Fri 31 Dec 9999 17:00-20:00 UTC",
    ]


def test_each_slip_of_the_season_could_have_been_mended() -> None:
    """For each error in the plan of October, and each of them alone, there is a fix."""
    then = datetime(2014, 10, 5, 19, tzinfo=UTC)
    known: Portfolio = brussels_2014().as_of(then)
    errors = check(known, as_of=then).findings
    assert [each.code for each in errors] == ["opening-hours", "person-overlap", "room-overlap"]
    for finding in errors:
        found = fixes(known, finding, as_of=then)
        assert found
        for fix in found:
            assert_helps(known, finding, fix, then)
            assert len(fix.report.findings) == len(errors) - 1
