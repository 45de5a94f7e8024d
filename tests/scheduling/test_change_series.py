"""A series that changes from a day on: both series together hold each date once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.catalog.rules.series import SERIES_RULES
from mic_core.chrono import Period, Recurrence, Slot
from mic_core.chrono.local import zone
from mic_core.errors import InvariantError, NotFound, StaleProposal
from mic_core.model import Center, Headcount, Noun, Room, Series, Session, Transition
from mic_core.portfolio import Portfolio, status_of
from mic_core.scheduling.change_series import SeriesChange, change_series
from mic_core.scheduling.outline import outline
from mic_core.scheduling.series import dates_between

T1, T2, T3 = (datetime(2014, 9, day, tzinfo=UTC) for day in (1, 2, 3))
BRUSSELS = zone("Europe/Brussels")
CENTER = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
SOUTH = Center(id="s", name="South", country="AU", time_zone="Australia/Lord_Howe")
ROOM = Room(id="r-1", center_id="c", name="One", seats=20)
TUESDAYS = Recurrence.parse("FREQ=WEEKLY;COUNT=4")
SERIES = Series(
    id="w", center_id="c", title="Evening", recurrence=TUESDAYS, first_on=date(2014, 9, 9),
    starts_at=time(18), length=timedelta(hours=2), room_id="r-1",
)  # fmt: skip
FROM = date(2014, 9, 20)
"""After two of the four Tuesdays, 9 and 16 September."""


def outlined(*nouns: Noun, series: Series = SERIES) -> Portfolio:
    """A series and its sessions, and more."""
    start = Portfolio.of(CENTER, SOUTH, ROOM, series)
    return start.record(outline(start, "w"), *nouns, recorded_at=T1)


def split(made: SeriesChange) -> tuple[Series, Series]:
    """The series that ends and the one that begins."""
    ended, new = (each for each in made.changes if isinstance(each, Series))
    return ended, new


def fate(made: SeriesChange) -> list[tuple[Any, ...]]:
    """Each subject, and what becomes of it."""
    return [(row["subject"], row["change"]) for row in made.rows()]


def test_another_weekday_ends_one_series_and_begins_another() -> None:
    """The past stays, planned sessions are cancelled, and an outline makes the new ones."""
    known = outlined()
    made = change_series(
        known, "w", from_day=FROM, recurrence=Recurrence.parse("FREQ=WEEKLY;BYDAY=TH;COUNT=2")
    )
    assert fate(made) == [
        ("series:w", "ends"), ("series:w-2014-09-20", "begins"),
        ("session:w-2014-09-23", "cancelled"), ("session:w-2014-09-30", "cancelled"),
    ]  # fmt: skip
    ended, new = split(made)
    assert str(ended.recurrence) == "FREQ=WEEKLY;UNTIL=20140919"
    assert (new.first_on, new.starts_at, new.room_id) == (FROM, time(18), "r-1")
    after = known.record(made, recorded_at=T2)
    assert outline(after, "w").changes == ()
    sessions = outline(after, new.id).sessions
    assert [each.original_on for each in sessions] == [date(2014, 9, 25), date(2014, 10, 2)]
    complete = after.record(*sessions, recorded_at=T3)
    assert check(complete, rules=SERIES_RULES).findings == ()
    assert change_series(complete, new.id, from_day=date(2014, 10, 1)).changes
    assert "FREQ=WEEKLY;COUNT=2;BYDAY=TH" in str(made)
    assert made.rows()[1]["start"] == "2014-09-20T18:00"


def test_the_cancellation_takes_effect_when_the_new_series_begins_or_as_stated() -> None:
    """By default at the local midnight of the day; never before an earlier transition."""
    known = outlined()
    rule = Recurrence.parse("FREQ=WEEKLY;BYDAY=TH")

    def moments(portfolio: Portfolio, as_of: datetime | None) -> list[datetime]:
        made = change_series(portfolio, "w", from_day=FROM, recurrence=rule, as_of=as_of)
        return [each.effective_at for each in made.changes if isinstance(each, Transition)]

    assert moments(known, None) == [datetime(2014, 9, 19, 22, tzinfo=UTC)] * 2
    assert moments(known, T3) == [T3] * 2
    later = datetime(2014, 9, 21, tzinfo=UTC)
    planned = Transition(
        id="w-2014-09-23-cancelled", subject="session:w-2014-09-23", before=None, after="planned",
        effective_at=later,
    )  # fmt: skip
    noted = known.record(planned, recorded_at=T1)
    assert moments(noted, T3) == [later, T3]
    after = noted.record(change_series(noted, "w", from_day=FROM, recurrence=rule), recorded_at=T2)
    assert status_of(after, "session:w-2014-09-23") == "cancelled"
    assert status_of(after, "session:w-2014-09-16") == "planned"


def test_sessions_of_dates_that_stay_go_over_with_their_ids() -> None:
    """Every second week halves what is to come; a session moved on purpose keeps its slot."""
    moved = attrs.evolve(
        outlined().get(Session, "w-2014-09-30"), revision=1, title="Last evening",
        slot=Slot.at("2014-10-01", "10:00", timedelta(hours=2), "Europe/Brussels"),
    )  # fmt: skip
    known = outlined().record(moved, recorded_at=T1)
    made = change_series(known, "w", from_day=FROM, starts_at=time(19), title="Night")
    _, new = split(made)
    assert (new.first_on, str(new.recurrence)) == (date(2014, 9, 23), "FREQ=WEEKLY;COUNT=2")
    after = known.record(made, recorded_at=T2)
    first, second = after.get(Session, "w-2014-09-23"), after.get(Session, "w-2014-09-30")
    assert str(first.slot) == "Tue 23 Sep 2014 19:00-21:00 Europe/Brussels"
    assert (first.title, first.series_id, first.original_on) == (
        "Night", new.id, date(2014, 9, 23),
    )  # fmt: skip
    assert (second.slot, second.title, second.series_id) == (moved.slot, moved.title, new.id)
    assert check(after, rules=SERIES_RULES).findings == ()
    assert outline(after, (new.id, "w")).changes == ()
    longer = change_series(known, "w", from_day=FROM, length=timedelta(hours=3))
    third = known.record(longer, recorded_at=T2).get(Session, "w-2014-09-30")
    assert str(third.slot) == "Wed 1 Oct 2014 10:00-13:00 Europe/Brussels"
    halved = Recurrence.parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=1")
    fortnight = change_series(known, "w", from_day=date(2014, 9, 23), recurrence=halved)
    assert fate(fortnight)[2:] == [
        ("session:w-2014-09-23", "goes over"), ("session:w-2014-09-30", "cancelled"),
    ]  # fmt: skip


def test_a_title_of_its_own_does_not_keep_a_session_from_moving() -> None:
    """An evening under its own title takes the new hour and keeps its title."""
    own = attrs.evolve(outlined().get(Session, "w-2014-09-23"), title="On the cloud")
    known = outlined().record(own, recorded_at=T1)
    made = change_series(known, "w", from_day=FROM, starts_at=time(19), title="Night")
    session = known.record(made, recorded_at=T2).get(Session, own.id)
    assert (session.title, str(session.slot)[16:21]) == ("On the cloud", "19:00")


def test_what_took_place_was_cancelled_or_has_no_date_is_left_alone() -> None:
    """Only planned sessions of dates from the day on are touched."""
    counted = Headcount(id="h", session_id="w-2014-09-23", n=9, basis="counted")
    bare = Session(
        id="x", center_id="c", title="Evening", length=SERIES.length, series_id="w",
    )  # fmt: skip
    known = outlined(counted, bare)
    gone = attrs.evolve(known.get(Session, "w-2014-09-30"), status="cancelled")
    known = known.record(gone, recorded_at=T2)
    made = change_series(known, "w", from_day=FROM, recurrence=Recurrence.parse("FREQ=DAILY"))
    assert fate(made) == [("series:w", "ends"), ("series:w-2014-09-20", "begins")]


def test_another_center_is_another_place_and_zone() -> None:
    """The new series is on the clocks of the other center, and has no room unless one is given."""
    known = outlined()
    made = change_series(known, "w", from_day=FROM, center_id="s")
    assert [change for _, change in fate(made)] == ["ends", "begins", "cancelled", "cancelled"]
    assert split(made)[1].room_id is None
    after = known.record(made, recorded_at=T2)
    first = outline(after, "w-2014-09-20").sessions[0]
    assert str(first.slot) == "Tue 23 Sep 2014 18:00-20:00 Australia/Lord_Howe"
    given_room = change_series(known, "w", from_day=FROM, center_id="s", room_id="r-9")
    assert split(given_room)[1].room_id == "r-9"
    same = change_series(known, "w", from_day=FROM, center_id="c", length=timedelta(hours=1))
    assert split(same)[1].room_id == "r-1"
    assert [change for _, change in fate(same)] == ["ends", "begins", "goes over", "goes over"]


def test_a_new_series_has_an_id_that_is_free() -> None:
    """Ids are cut to what they can be, and numbered where they are taken."""
    taken = attrs.evolve(SERIES, id="w-2014-09-20")
    made = change_series(outlined(taken), "w", from_day=FROM)
    assert split(made)[1].id == "w-2014-09-20-2"
    long = attrs.evolve(SERIES, id="w" * 64)
    made = change_series(Portfolio.of(CENTER, long), long.id, from_day=FROM)
    assert split(made)[1].id == "w" * 53 + "-2014-09-20"
    stem = "w" * 48 + "-cancelled"
    session = Session(
        id="w" * 64, center_id="c", title="Evening", length=SERIES.length, series_id="w",
        original_on=date(2014, 9, 24),
    )  # fmt: skip
    known = outlined(session)
    other = Transition(
        id=stem, subject="session:w-2014-09-09", before="planned", after="held", effective_at=T1
    )
    made = change_series(known.record(other, recorded_at=T1), "w", from_day=FROM)
    assert [each.id for each in made.changes if isinstance(each, Transition)] == [f"{stem}-2"]


def test_a_series_that_has_ended_goes_on_by_extra_dates_or_a_recurrence() -> None:
    """After the last date there is nothing to change, unless one is added or a rule is given."""
    with pytest.raises(InvariantError, match=r"from_day: must not be after the last date"):
        change_series(outlined(), "w", from_day=date(2014, 10, 1))
    made = change_series(
        outlined(), "w", from_day=date(2014, 10, 1), recurrence=Recurrence.parse("FREQ=DAILY")
    )
    assert fate(made) == [("series:w-2014-10-01", "begins")]
    assert made.replaces == (SERIES,)
    days = (date(2014, 9, 1), date(2014, 12, 24))
    more = attrs.evolve(SERIES, recurrence=attrs.evolve(TUESDAYS, extra=days))
    ended, new = split(change_series(outlined(series=more), "w", from_day=date(2014, 10, 1)))
    assert (ended.recurrence.extra, ended.recurrence.count) == (days[:1], 4)
    assert list(dates_between(new, BRUSSELS, date(2014, 1, 1), date(2015, 1, 1))) == [days[1]]


@st.composite
def changing_series(draw: st.DrawFn) -> Series:
    """Series with a count, an end or none, with extra and excluded dates, of every frequency."""
    day = st.dates(date(2014, 1, 1), date(2015, 6, 30))
    text = draw(
        st.sampled_from((
            "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU;WKST=SU", "FREQ=MONTHLY",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR",
            "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31", "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3,6",
            "FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=2;BYMONTH=2,9;BYDAY=2TU",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        ))
    )  # fmt: skip
    end = draw(st.sampled_from(("", ";COUNT=1", ";COUNT=7", ";UNTIL=20141130")))
    rule = attrs.evolve(
        Recurrence.parse(text + end),
        extra=tuple(sorted(draw(st.sets(day, max_size=3)))),
        excluded=tuple(sorted(draw(st.sets(day, max_size=3)))),
    )
    first_on = draw(day | st.sampled_from((date(2014, 1, 31), date(2012, 2, 29))))
    return attrs.evolve(SERIES, recurrence=rule, first_on=first_on)


@given(changing_series(), st.dates(date(2011, 12, 1), date(2020, 3, 1)))
def test_both_series_together_have_each_date_once(series: Series, from_day: date) -> None:
    """The old series has the dates before the day, the new one those from it on, as it was."""
    known = Portfolio.of(CENTER, series)
    window = (date(2011, 1, 1), date(2026, 1, 1))
    before = list(dates_between(series, BRUSSELS, *window))
    try:
        made = change_series(known, "w", from_day=from_day, starts_at=time(19))
    except InvariantError:
        assert not any(day >= from_day for day in before)
        return
    new = next(each for each in made.changes if isinstance(each, Series) and each.id != "w")
    old = known.record(made, recorded_at=T2).get(Series, "w")
    assert list(dates_between(old, BRUSSELS, *window)) == [d for d in before if d < from_day]
    assert list(dates_between(new, BRUSSELS, *window)) == [d for d in before if d >= from_day]


@given(st.dates(date(2014, 9, 1), date(2014, 10, 31)), st.sampled_from(("", "TU", "TU,TH", "FR")))
def test_a_change_that_is_recorded_and_outlined_leaves_nothing_to_find(
    from_day: date, weekdays: str
) -> None:
    """Whatever day it is, no date is missing, made twice, stray or at another hour."""
    series = attrs.evolve(SERIES, recurrence=Recurrence.parse("FREQ=WEEKLY;UNTIL=20141230"))
    known = outlined(series=series)
    rule = Recurrence.parse(f"FREQ=WEEKLY;UNTIL=20141230;BYDAY={weekdays}") if weekdays else None
    made = change_series(known, "w", from_day=from_day, recurrence=rule, starts_at=time(17))
    after = known.record(made, recorded_at=T2)
    complete = after.record(outline(after, "c"), recorded_at=T3)
    assert check(complete, rules=SERIES_RULES).findings == ()
    assert outline(complete, "c", window=Period.year(2014)).changes == ()


def test_a_change_rests_on_what_it_has_seen() -> None:
    """A session that somebody moved in the meantime makes the proposal stale."""
    known = outlined()
    made = change_series(known, "w", from_day=FROM, recurrence=Recurrence.parse("FREQ=DAILY"))
    session = known.get(Session, "w-2014-09-23")
    later = known.record(attrs.evolve(session, expected=9), recorded_at=T2)
    with pytest.raises(StaleProposal, match="w-2014-09-23"):
        later.record(made, recorded_at=T3)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"portfolio": 3}, "portfolio"),
        ({"id": 3}, "id"),
        ({"from_day": "2014-09-09"}, "from_day"),
        ({"from_day": date.min}, "from_day"),
        ({"recurrence": "FREQ=DAILY"}, "recurrence"),
        ({"as_of": datetime(2014, 9, 9)}, "as_of"),  # noqa: DTZ001  # that is what is wrong
        ({"starts_at": "18:00"}, "starts_at"),
        ({"length": timedelta(0)}, "length"),
    ],
)
def test_arguments_that_cannot_be_are_named(wrong: dict[str, Any], path: str) -> None:
    """Each is refused by its name, and so is a series that nobody knows."""
    given_arguments: dict[str, Any] = {
        "portfolio": outlined(), "id": "w", "from_day": FROM, **wrong,
    }  # fmt: skip
    with pytest.raises(InvariantError) as caught:
        change_series(**given_arguments)
    assert [each.path for each in caught.value.problems] == [path]
    with pytest.raises(NotFound):
        change_series(outlined(), "v", from_day=FROM)
