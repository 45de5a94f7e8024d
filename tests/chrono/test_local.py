"""Wall time and instants against the slow definition through UTC."""

import struct
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from importlib.resources import files
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import gettz
from hypothesis import example, given
from hypothesis import strategies as st

from mic_core.chrono.local import exists, instant, local, moments, resolve, zone
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError

ZONES = (
    "Europe/Brussels",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Moscow",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Caracas",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Gaza",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
)
BRUSSELS = ZoneInfo("Europe/Brussels")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLACES = st.sampled_from([UTC, *map(ZoneInfo, ZONES)])
# The years 1900 to 2099.
WALLS = st.datetimes(datetime.fromordinal(693_596), datetime.fromordinal(766_645))


@st.composite
def near_changes(draw: st.DrawFn) -> datetime:
    """Wall times, half of them within a day of a change of clocks in their zone."""
    place = draw(PLACES)
    wall = draw(WALLS)
    for _ in range(12):  # halve the way to a change of offset in the year that follows, if any
        if not draw(st.booleans()):
            break
        ahead = wall + timedelta(days=200)
        before, after = (moment.replace(tzinfo=place).utcoffset() for moment in (wall, ahead))
        if before == after:
            break
        low, high = wall, ahead
        while high - low > timedelta(minutes=20):
            middle = low + (high - low) / 2
            if middle.replace(tzinfo=place).utcoffset() == before:
                low = middle
            else:
                high = middle
        wall = low + timedelta(minutes=draw(st.integers(-1500, 1500)))
    return wall.replace(tzinfo=place, fold=draw(st.integers(0, 1)))


@given(near_changes())
def test_instants_equal_the_way_through_utc(moment: datetime) -> None:
    """An instant is the exact distance of the same moment in UTC from the epoch."""
    slow = (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    assert instant(moment) == slow


@given(st.integers(-(2**51), 2**52), PLACES)
def test_local_and_instant_are_inverse(us: int, place: tzinfo) -> None:
    """The local time of an instant converts back to that instant, fold included."""
    assert instant(local(us, place)) == us


@given(near_changes())
def test_wall_times_exist_when_they_come_back_from_utc(moment: datetime) -> None:
    """A wall time exists exactly if the way to UTC and back leaves it alone."""
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    assert exists(moment) == (back.replace(tzinfo=None) == moment.replace(tzinfo=None))
    assert exists(back)


@given(near_changes())
@example(datetime(2011, 12, 30, 12, tzinfo=ZoneInfo("Pacific/Apia")))
@example(datetime(2014, 4, 6, 1, 45, tzinfo=ZoneInfo("Australia/Lord_Howe")))
def test_policies_against_the_definition(moment: datetime) -> None:
    """Each policy gives the moment that reading the wall time with a known offset gives."""
    day, clock, place = moment.date(), moment.time(), moment.tzinfo
    assert place is not None
    plain = moment.replace(fold=0)
    first, second = plain.astimezone(UTC), plain.replace(fold=1).astimezone(UTC)
    if not exists(moment):
        assert resolve(day, clock, place, nonexistent="skip") is None
        later = resolve(day, clock, place, nonexistent="later")
        earlier = resolve(day, clock, place, nonexistent="earlier")
        assert (later.astimezone(UTC), earlier.astimezone(UTC)) == (first, second)
        wall = moment.replace(tzinfo=None)
        assert earlier.replace(tzinfo=None) < wall < later.replace(tzinfo=None)
        assert later.tzinfo is earlier.tzinfo is place
        with pytest.raises(InvariantError) as refusal:
            resolve(day, clock, place, ambiguous="first")
        mend = refusal.value.problems[0].mend
        assert later.isoformat() in mend
        assert earlier.isoformat() in mend
    elif first != second:
        one = resolve(day, clock, place, ambiguous="first")
        two = resolve(day, clock, place, ambiguous="second")
        assert (one.astimezone(UTC), two.astimezone(UTC)) == (first, second)
        assert first < second
        with pytest.raises(InvariantError) as refusal:
            resolve(day, clock, place, nonexistent="skip")
        mend = refusal.value.problems[0].mend
        assert one.isoformat() in mend
        assert two.isoformat() in mend
    else:
        only = resolve(day, clock, place)
        assert only.astimezone(UTC) == first
        assert (only.date(), only.time(), only.fold) == (day, clock.replace(fold=0), 0)


@pytest.mark.parametrize(("nonexistent", "hours"), [("skip", []), ("later", [3]), ("earlier", [1])])
def test_brussels_skips_an_hour_in_spring(
    nonexistent: Literal["skip", "later", "earlier"], hours: list[int]
) -> None:
    """At 02:30 on 30 March 2014 the three policies leave out, postpone and advance a session."""
    days = [date(2014, 3, 30)]
    found = list(moments(days, time(2, 30), BRUSSELS, nonexistent=nonexistent))
    assert [moment.hour for moment in found] == hours


def test_brussels_transitions_from_2014_to_2037() -> None:
    """Each year the last Sunday of March lacks an hour and that of October has one twice."""
    for year in range(2014, 2038):
        march, october = (
            date(year, month, 31) - timedelta(days=date(year, month, 31).isoweekday() % 7)
            for month in (3, 10)
        )
        assert not exists(datetime.combine(march, time(2, 30), BRUSSELS))
        assert exists(datetime.combine(march, time(3), BRUSSELS))
        early = resolve(october, time(2, 30), BRUSSELS, ambiguous="first")
        late = resolve(october, time(2, 30), BRUSSELS, ambiguous="second")
        assert instant(late) - instant(early) == 3_600_000_000


def test_a_weekly_evening_stays_an_evening() -> None:
    """A course at 18:00 stays at 18:00 across the change of clocks of 26 October 2014."""
    days = [date(2014, 10, 22) + timedelta(weeks=week) for week in range(3)]
    found = list(moments(days, time(18), BRUSSELS))
    assert [moment.hour for moment in found] == [18, 18, 18]
    gaps = [instant(later) - instant(sooner) for sooner, later in pairwise(found)]
    assert gaps == [169 * 3_600_000_000, 168 * 3_600_000_000]


def test_instants_at_the_ends_of_time() -> None:
    """The first and the last datetimes there are have instants, even where UTC has no date."""
    first, last = datetime.min.replace(tzinfo=BRUSSELS), datetime.max.replace(tzinfo=BRUSSELS)
    assert instant(datetime.min.replace(tzinfo=UTC)) - instant(first) == 1_050_000_000
    assert instant(datetime.max.replace(tzinfo=UTC)) - instant(last) == 3_600_000_000
    assert exists(first)
    assert exists(last)
    assert resolve(date.max, time(1), BRUSSELS) == datetime.combine(date.max, time(1), BRUSSELS)
    with pytest.raises(InvariantError, match="between the years 1 and 9999"):
        local(instant(first), BRUSSELS)
    with pytest.raises(InvariantError, match="between the years 1 and 9999"):
        local(10**30, UTC)


@pytest.mark.parametrize(
    "place", [None, timezone(timedelta(hours=2)), gettz("Europe/Brussels")], ids=str
)
def test_only_named_zones_have_instants(place: tzinfo | None) -> None:
    """A naive time and an offset without a zone are refused, and a named zone is asked for."""
    moment = datetime(2014, 9, 10, 18, tzinfo=place)
    with pytest.raises(InvariantError, match="name one, as in zone"):
        instant(moment)
    with pytest.raises(InvariantError, match="name one, as in zone"):
        exists(moment)
    if place is not None:
        with pytest.raises(InvariantError, match="name one, as in zone"):
            resolve(date(2014, 9, 10), time(18), place)
        with pytest.raises(InvariantError, match="name one, as in zone"):
            local(0, place)


def test_a_zone_read_from_a_file_without_a_name_is_refused() -> None:
    """A zone that cannot be named again cannot be kept."""
    with files("tzdata").joinpath("zoneinfo", "Europe", "Brussels").open("rb") as data:
        nameless = ZoneInfo.from_file(data)
    with pytest.raises(InvariantError, match="database"):
        instant(datetime(2014, 9, 10, 18, tzinfo=nameless))


def test_a_clock_with_a_zone_is_refused() -> None:
    """A time of day that brings its own zone contradicts the place."""
    with pytest.raises(InvariantError, match="clock: must be a time of day without a zone"):
        resolve(date(2014, 9, 10), time(18, tzinfo=UTC), BRUSSELS)


@pytest.mark.parametrize("name", ZONES)
def test_zones_are_found_by_name(name: str) -> None:
    """A name of the database gives its zone, and always the same one."""
    assert zone(name).key == name
    assert zone(name) is zone(name)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("Europe/Brussel", "did you mean Europe/Brussels?"),
        ("europe/brussels", "did you mean Europe/Brussels?"),
        ("Nowhere", "write it like Europe/Brussels"),
        ("localtime", "write it like Europe/Brussels"),
        ("right/UTC", "write it like Europe/Brussels"),
        ("../Europe/Brussels", "write it like Europe/Brussels"),
        ("/etc/localtime", "write it like Europe/Brussels"),
        ("Europe/../Brussels", "write it like Europe/Brussels"),
        ("Europe/Brussels\n", "write it like Europe/Brussels"),
        ("Europe\x00", "write it like Europe/Brussels"),
        ("", "write it like Europe/Brussels"),
        ("A" * 5000, "write it like Europe/Brussels"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_other_names_are_refused(name: str, mend: str) -> None:
    """A name that the database does not list is refused without a look at the disk."""
    with pytest.raises(InvariantError) as refusal:
        zone(name)
    problem = refusal.value.problems[0]
    assert (problem.had, problem.mend) == (f"text of {len(name)} characters", mend)


def test_no_zone_changes_its_clocks_twice_in_a_day() -> None:
    """The memo of steady days rests on changes lying days apart, in every zone there is."""
    root = files("tzdata").joinpath("zoneinfo")
    for name in files("tzdata").joinpath("zones").read_text(encoding="ascii").split():
        changes = _changes(root.joinpath(*name.split("/")).read_bytes())
        assert all(later - sooner > 2 * 86_400 for sooner, later in pairwise(changes)), name


def _changes(data: bytes) -> tuple[int, ...]:
    """The moments of change in a compiled zone, in its second part, after RFC 8536."""

    def counts(at: int) -> tuple[int, ...]:
        return struct.unpack(">6I", data[at + 20 : at + 44])

    isut, isstd, leap, changes, types, chars = counts(0)
    second = 44 + changes * 5 + types * 6 + chars + leap * 8 + isstd + isut
    many = counts(second)[3]
    return struct.unpack(f">{many}q", data[second + 44 : second + 44 + 8 * many])


def test_a_time_that_clocks_skip_is_named_with_its_neighbors() -> None:
    """The error names the zone, the time on its clocks, and both times that they show."""
    brussels = zone("Europe/Brussels")
    wall = datetime(2014, 3, 30, 2, 30, fold=1, tzinfo=brussels)
    around = ("2014-03-30T03:30:00+02:00", "2014-03-30T01:30:00+01:00")
    skipped = "must occur, but the clocks of Europe/Brussels skip 2014-03-30 02:30:00"
    with pytest.raises(InvariantError) as caught:
        resolve(wall.date(), wall.time(), brussels)
    mend = f'take {around[0]} (nonexistent="later") or {around[1]} ("earlier")'
    assert str(caught.value.problems[0]) == f"{skipped}; {mend}"
    with pytest.raises(InvariantError) as caught:
        Slot(wall, wall + timedelta(hours=2))
    mend = f"give {around[0]} or {around[1]} on these clocks"
    assert str(caught.value.problems[0]) == f"start: {skipped}; {mend}"
