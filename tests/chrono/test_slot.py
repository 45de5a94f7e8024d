"""Slots on clocks that jump, against zoneinfo's own arithmetic in UTC."""

import copy
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from importlib.resources import files
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.local import zone
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError
from tests.chrono.times import PLACES, near_changes

BRUSSELS = zone("Europe/Brussels")
HOUR = timedelta(hours=1)
NOON = datetime(2014, 9, 10, 12, tzinfo=BRUSSELS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LENGTHS = st.integers(1, 100 * 3600 * 10**6).map(lambda us: timedelta(microseconds=us))


def us(moment: datetime) -> int:
    return (moment.astimezone(UTC) - EPOCH) // MICROSECOND


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    """Slots near changes of clocks, from UTC, so that their wall times exist."""
    name, day = draw(near_changes)
    start = datetime.combine(day, time(), UTC) + timedelta(minutes=draw(st.integers(-1440, 1440)))
    place = zone(name)
    return Slot(start.astimezone(place), (start + draw(LENGTHS)).astimezone(place))


@given(slots())
def test_instants_are_those_of_zoneinfo(slot: Slot) -> None:
    """A slot knows its two instants and its zone, whatever the clocks do between them."""
    assert slot.start_utc == us(slot.start)
    assert slot.end_utc == us(slot.end)
    assert slot.zone == str(slot.start.tzinfo)
    assert slot.length == slot.end.astimezone(UTC) - slot.start.astimezone(UTC)
    assert slot.minutes == slot.length // timedelta(minutes=1)
    assert slot.day == slot.start.date()


@given(slots())
def test_copies_are_equal_and_checked(slot: Slot) -> None:
    """Pickles, copies and evolved slots are equal, hash alike and keep their instants."""
    twins: list[Slot] = [
        pickle.loads(pickle.dumps(slot)), copy.copy(slot), copy.deepcopy(slot), attrs.evolve(slot),
    ]  # fmt: skip
    for twin in twins:
        assert twin == slot
        assert hash(twin) == hash(slot)
        assert (twin.start_utc, twin.end_utc, twin.zone) == (
            slot.start_utc, slot.end_utc, slot.zone,
        )  # fmt: skip
        assert str(twin) == str(slot)


@given(slots(), slots())
def test_overlap_and_containment_follow_their_definitions(one: Slot, other: Slot) -> None:
    """Slots overlap when the later start is before the earlier end; zones do not matter."""
    late, early = max(one.start_utc, other.start_utc), min(one.end_utc, other.end_utc)
    assert one.overlaps(other) == (late < early) == other.overlaps(one)
    assert one.contains(other) == ((late, early) == (other.start_utc, other.end_utc))
    assert one.contains(one)


@given(slots(), st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_moving_keeps_the_real_length(slot: Slot, by: timedelta) -> None:
    """A slot moved by a time, or to a moment, lasts as long; moved back it is the same."""
    moved = slot.moved(by)
    assert moved.start_utc - slot.start_utc == by // MICROSECOND
    assert (moved.length, moved.zone) == (slot.length, slot.zone)
    assert moved.moved(-by) == slot
    assert slot.moved(moved.start) == moved


@given(near_changes, st.integers(0, 1439), LENGTHS)
def test_a_slot_at_a_wall_time_shows_it_or_is_refused(
    change: tuple[str, date], minute: int, length: timedelta
) -> None:
    """A slot starts at the wall time asked for and lasts so long, unless the clocks forbid it."""
    name, day = change
    clock = time(*divmod(minute, 60))
    wall = datetime.combine(day, clock, zone(name))
    offsets = {wall.replace(fold=fold).utcoffset() for fold in (0, 1)}
    if len(offsets) > 1:
        with pytest.raises(InvariantError, match="Slot: 1 problem"):
            Slot.at(day, clock, length, name)
    else:
        slot = Slot.at(day.isoformat(), clock.isoformat("minutes"), length, name)
        assert slot == Slot.at(day, clock, length, name)
        assert (slot.start, slot.length) == (wall, length)


@pytest.mark.parametrize("name", PLACES)
def test_subclasses_of_datetime_become_datetimes(name: str) -> None:
    """A datetime of a subclass, such as a pandas Timestamp, is kept as a plain datetime."""

    class Stamp(datetime):
        nanosecond = 7

    place = zone(name)
    slot = Slot(Stamp(2014, 9, 10, 9, tzinfo=place), Stamp(2014, 9, 10, 10, tzinfo=place))
    assert type(slot.start) is type(slot.end) is datetime
    assert slot == Slot.at("2014-09-10", "09:00", HOUR, name)


def test_equality_is_by_instants_and_zone() -> None:
    """The same hours in another zone are another slot, at the same time."""
    here = Slot(NOON, NOON + HOUR)
    there = Slot(
        NOON.astimezone(zone("Europe/Paris")), (NOON + HOUR).astimezone(zone("Europe/Paris"))
    )
    assert here != there
    assert here.contains(there)
    assert there.contains(here)


def test_an_hour_can_pass_while_the_clocks_show_none() -> None:
    """From 02:30 to the second 02:30 on the night of change it is one hour."""
    start = datetime(2014, 10, 26, 2, 30, tzinfo=BRUSSELS)
    slot = Slot(start, start.replace(fold=1))
    assert slot.length == HOUR
    assert str(slot) == "Sun 26 Oct 2014 02:30 (first)-02:30 (second) Europe/Brussels"


@given(st.integers(-90, 90), st.integers(1, 300), st.integers(-90, 90), st.integers(1, 300))
def test_no_two_slots_show_alike(a: int, long: int, b: int, short: int) -> None:
    """Around the hour that is shown twice, different slots of one zone have different texts."""
    change = datetime(2014, 10, 26, 1, tzinfo=UTC)
    slots = {
        Slot(start, start + timedelta(minutes=1)).moved(start.astimezone(BRUSSELS))
        for start in (change + timedelta(minutes=each) for each in (a, b))
    }
    assert len({str(each) for each in slots}) == len(slots)
    ends = {
        Slot(change, change + timedelta(minutes=each)).moved(change.astimezone(BRUSSELS))
        for each in (long, short)
    }
    assert len({str(each) for each in ends}) == len(ends)


@pytest.mark.parametrize(("policy", "shown"), [("first", "02:00"), ("second", "01:00")])
def test_a_time_that_is_shown_twice_says_which(policy: Any, shown: str) -> None:
    """Both showings of an hour are marked, and a slot can be made at either."""
    slot = Slot.at("2014-10-26", "02:30", HOUR / 2, "Europe/Brussels", ambiguous=policy)
    assert str(slot) == f"Sun 26 Oct 2014 02:30 ({policy})-{_end(policy)} Europe/Brussels"
    assert slot.start.isoformat() == f"2014-10-26T02:30:00+{shown}"


def _end(policy: str) -> str:
    return "02:00 (second)" if policy == "first" else "03:00"


def test_advice_about_clocks_fits_the_call() -> None:
    """Each way to make a slot tells what can be done in that very way."""
    for clock, day, name, word in (
        ("02:30", "2014-03-30", "nonexistent", "later"),
        ("02:30", "2014-10-26", "ambiguous", "second"),
    ):
        with pytest.raises(InvariantError) as caught:
            Slot.at(day, clock, HOUR, "Europe/Brussels")
        (problem,) = caught.value.problems
        assert problem.path == "start"
        assert f'({name}="' in problem.mend
        assert f'"{word}"' in problem.mend
        policy: Any = {name: word}
        assert Slot.at(day, clock, HOUR, "Europe/Brussels", **policy).length == HOUR
    with pytest.raises(InvariantError) as caught:
        Slot(GAP, GAP)
    for each in caught.value.problems:
        assert each.mend == (
            "give 2014-03-30T03:30:00+02:00 or 2014-03-30T01:30:00+01:00 on these clocks"
        )
    with pytest.raises(
        InvariantError, match=r"to: .* give 2014-03-30T03:30:00\+02:00 or"
    ) as caught:
        Slot(NOON, NOON + HOUR).moved(GAP)
    assert "nonexistent" not in str(caught.value)


@pytest.mark.parametrize("policy", [{"nonexistent": "skip"}, {"ambiguous": "both"}])
def test_a_policy_that_there_is_not_is_refused(policy: Any) -> None:
    """A slot cannot be skipped; a policy is one of a few words, on whatever day."""
    (name,) = policy
    with pytest.raises(InvariantError, match=f"{name}: must be one of refuse, "):
        Slot.at("2014-09-10", "18:00", HOUR, "Europe/Brussels", **policy)


def test_the_end_of_the_calendar_is_told_where_it_is() -> None:
    """An argument that leads beyond the years 1 to 9999 is reported by its name."""
    last = Slot.at("9999-12-31", "20:00", HOUR, "UTC")
    cases: tuple[tuple[Callable[[], Slot], str], ...] = (
        (lambda: Slot.at("9999-12-31", "23:30", HOUR, "UTC"), "length"),
        (lambda: Slot.at("0001-01-01", "00:00", HOUR, "Europe/Brussels"), "start"),
        (lambda: last.moved(timedelta(days=1)), "to"),
        (lambda: last.moved(last.start + 3 * HOUR + HOUR / 2), "to"),
        (lambda: last.moved(timedelta.max), "to"),
    )
    for asked, path in cases:
        with pytest.raises(InvariantError, match="must lie between the years 1 and 9999") as caught:
            asked()
        assert [each.path for each in caught.value.problems] == [path]


def test_a_zone_that_borrows_a_name_is_not_believed() -> None:
    """Rules of another zone under the name of UTC are read as the zone of that name."""
    data = BytesIO(files("tzdata.zoneinfo.Europe").joinpath("Brussels").read_bytes())
    false = ZoneInfo.from_file(data, key="UTC")
    noon = datetime(2014, 9, 10, 12, tzinfo=false)
    assert Slot(noon, noon + HOUR) == Slot.at("2014-09-10", "12:00", HOUR, "UTC")


def test_wall_times_may_run_backwards() -> None:
    """From 02:45 to the second 02:15 it is half an hour; the other way around is refused."""
    late = datetime(2014, 10, 26, 2, 45, tzinfo=BRUSSELS)
    early = datetime(2014, 10, 26, 2, 15, tzinfo=BRUSSELS)
    assert Slot(late, early.replace(fold=1)).minutes == 30
    with pytest.raises(InvariantError, match="end: must be after start"):
        Slot(early.replace(fold=1), late)


def test_a_fold_that_says_nothing_is_dropped() -> None:
    """A fold on a wall time that is shown once means nothing and is not kept."""
    for day in (date(2014, 9, 10), date(2014, 10, 26)):
        noon = datetime.combine(day, time(12), BRUSSELS)
        slot = Slot(noon.replace(fold=1), noon + HOUR)
        assert slot.start.fold == 0
        assert slot == Slot(noon, noon + HOUR)


def test_zones_are_brought_to_one_object() -> None:
    """Two objects for one zone, or for UTC, are the same zone."""
    other = ZoneInfo.no_cache("Europe/Brussels")
    for start, end in ((other, other), (BRUSSELS, other), (other, BRUSSELS)):
        slot = Slot(NOON.replace(tzinfo=start), (NOON + HOUR).replace(tzinfo=end))
        assert slot.start.tzinfo is slot.end.tzinfo is BRUSSELS
    one = Slot(NOON.replace(tzinfo=UTC), (NOON + HOUR).replace(tzinfo=ZoneInfo("UTC")))
    assert one == Slot.at("2014-09-10", "12:00", HOUR, "UTC")
    assert one.zone == "UTC"


def test_the_ends_of_the_calendar_hold() -> None:
    """The first and last moments of UTC make a slot; beyond them in UTC there is none."""
    everything = Slot(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert everything.end_utc == us(everything.end)
    west, east = zone("America/Toronto"), BRUSSELS
    for start, end in (
        (datetime.min.replace(tzinfo=east), NOON),
        (NOON.astimezone(west), datetime.max.replace(tzinfo=west)),
    ):
        with pytest.raises(InvariantError, match="must lie between the years 1 and 9999 in UTC"):
            Slot(start, end)


def test_slots_that_touch_do_not_overlap() -> None:
    """Noon to one and one to two have no moment in common, whichever is asked."""
    first = Slot(NOON, NOON + HOUR)
    second = first.moved(HOUR)
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert not first.contains(second)
    assert first.overlaps(first.moved(timedelta(minutes=59)))


class Unhashable(tzinfo):
    """As zones of python-dateutil are: with rules of their own, and without a hash."""

    __hash__ = None  # type: ignore[assignment]  # this is how a class says so

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return HOUR

    def dst(self, dt: datetime | None) -> timedelta:
        return HOUR - HOUR

    def tzname(self, dt: datetime | None) -> str:
        return "here"

    def __eq__(self, other: object) -> bool:
        return self is other


def _both(place: tzinfo | None) -> tuple[datetime, datetime]:
    return NOON.replace(tzinfo=place), (NOON + HOUR).replace(tzinfo=place)


GAP = datetime(2014, 3, 30, 2, 30, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((True, "2014-09-10"), ["start: must be a date and time", "end: must be a date and time"]),
        ((NOON.date(), None), ["start: must be a date and time", "end: must be a date and time"]),
        (_both(None), ["give it a tzinfo", "give it a tzinfo"]),
        (_both(timezone(HOUR)), ["does not say when clocks change"] * 2),
        (_both(timezone(timedelta(0), "UTC")), ["does not say when clocks change"] * 2),
        (_both(Unhashable()), ["does not say when clocks change"] * 2),
        ((NOON, NOON), ["end: must be after start"]),
        ((NOON, NOON - MICROSECOND), ["end: must be after start"]),
        ((NOON, (NOON + HOUR).astimezone(UTC)), ["end: must be in the zone of start"]),
        ((GAP, GAP.replace(hour=4)), ["start: must occur.*03:30:00.02:00.*01:30:00.01:00"]),
        ((GAP.replace(hour=1), GAP.replace(fold=1)), ["end: must occur, but the clocks"]),
    ],
)
def test_what_is_no_slot_is_refused(values: tuple[Any, Any], told: list[str]) -> None:
    """All problems of a slot are told at once, and what would mend them."""
    with pytest.raises(InvariantError) as caught:
        Slot(*values)
    assert caught.value.subject == "Slot"
    assert len(caught.value.problems) == len(told)
    for problem, part in zip(caught.value.problems, told, strict=True):
        assert re.search(part, str(problem))


def test_a_zone_that_only_claims_its_name_is_replaced_or_refused() -> None:
    """A zone read from a file counts by its name: a name of the database, or none."""
    tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
    with tokyo.open("rb") as stream:
        posing = ZoneInfo.from_file(stream, key="Europe/Brussels")
    assert Slot(*_both(posing)) == Slot(*_both(BRUSSELS))
    for key in (None, "Europe/Nowhere"):
        with tokyo.open("rb") as stream:
            nameless = ZoneInfo.from_file(stream, key=key)
        with pytest.raises(InvariantError, match="2 problems"):
            Slot(*_both(nameless))


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ((5, 5, 5, 5), ["day", "start", "length", "place"]),
        (("2014-13-01", "25:00", "1 h", "Nowhere"), ["day", "start", "length", "place"]),
        (("2014-09-10", "18:00+02:00", HOUR, "UTC"), ["start"]),
        (("2014-09-10", "24:00", HOUR, "UTC"), ["start"]),
        (("20140910", "18", HOUR, "UTC"), ["day", "start"]),
        (("2014-W37-3", "T18:00", HOUR, "UTC"), ["day", "start"]),
        (("2014-02-29", "18:00:60", HOUR, "UTC"), ["day", "start"]),
        ((datetime(2014, 9, 10, tzinfo=UTC), "18:00", -HOUR, "UTC"), ["day", "length"]),
        (("9999-12-31", "23:30", HOUR, "UTC"), ["length"]),
        (("0001-01-01", "00:00", HOUR, "Europe/Brussels"), ["start"]),
    ],
)
def test_slots_at_nonsense_are_refused(values: tuple[Any, Any, Any, Any], paths: list[str]) -> None:
    """Making a slot from parts tells every part that is wrong, as one error."""
    with pytest.raises(InvariantError) as caught:
        Slot.at(*values)
    assert caught.value.subject == "Slot"
    assert [problem.path for problem in caught.value.problems] == paths


@pytest.mark.parametrize(
    "to", [timedelta.max, timedelta.min, "soon", GAP, NOON.replace(tzinfo=None)]
)
def test_moving_to_nowhere_is_refused(to: Any) -> None:
    """A slot cannot move out of the calendar, into a gap, or to what is no moment."""
    with pytest.raises(InvariantError, match="Slot: 1 problem"):
        Slot(NOON, NOON + HOUR).moved(to)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (NOON, NOON + HOUR, "Wed 10 Sep 2014 12:00-13:00 Europe/Brussels"),
        (
            NOON, NOON + timedelta(days=1),
            "Wed 10 Sep 2014 12:00-Thu 11 Sep 2014 12:00 Europe/Brussels",
        ),
        (NOON, NOON + timedelta(seconds=5), "Wed 10 Sep 2014 12:00-12:00:05 Europe/Brussels"),
        (NOON, NOON + MICROSECOND, "Wed 10 Sep 2014 12:00-12:00:00.000001 Europe/Brussels"),
    ],
)  # fmt: skip
def test_slots_are_written_in_one_way(start: datetime, end: datetime, text: str) -> None:
    """The text of a slot has its day, its hours and its zone, without any locale."""
    assert str(Slot(start, end)) == text


def test_the_order_of_fields_and_hidden_instants() -> None:
    """A slot shows its two moments and nothing that follows from them."""
    slot = Slot(NOON, NOON + HOUR)
    assert repr(slot) == f"Slot(start={NOON!r}, end={NOON + HOUR!r})"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        slot.start = NOON  # type: ignore[misc]  # that it is refused is the point


ANY_OFFSET = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@given(slots(), ANY_OFFSET, ANY_OFFSET)
def test_a_slot_of_instants_is_the_same_under_any_offset(
    slot: Slot, one: timezone, other: timezone
) -> None:
    """The two instants of a slot, written with whichever fixed offsets, make the slot again."""
    assert Slot.of(slot.start.astimezone(one), slot.end.astimezone(other), slot.zone) == slot
    assert Slot.of(slot.start, slot.end, zone=slot.zone) == slot
    in_utc = Slot.of(slot.start, slot.end, zone="UTC")
    assert (in_utc.start_utc, in_utc.end_utc) == (slot.start_utc, slot.end_utc)


def test_an_offset_tells_the_two_showings_of_an_hour_apart() -> None:
    """At 02:30 with +01:00 the clocks of Brussels show that time for the second time."""
    first, second = (datetime.fromisoformat(f"2014-10-26T02:30:00+0{n}:00") for n in (2, 1))
    slot = Slot.of(first, second, zone="Europe/Brussels")
    assert str(slot) == "Sun 26 Oct 2014 02:30 (first)-02:30 (second) Europe/Brussels"
    start, end = _both(Unhashable())
    assert Slot.of(start, end, zone="Europe/Brussels").start.hour == 13


@pytest.mark.parametrize(
    ("start", "end", "name", "told"),
    [
        (NOON.replace(tzinfo=None), None, 3, ["start: must be", "end: must be", "zone: must be"]),
        (NOON, NOON, "UTC", ["end: must be after start"]),
        (NOON, NOON + HOUR, "Europe/Nowhere", ["zone: must be"]),
        (GAP, GAP + HOUR, "UTC", ["start: must exist in its zone, whose clocks skip it"]),
        (datetime.min.replace(tzinfo=timezone(HOUR)), NOON, "UTC", ["start: must lie between"]),
        (
            datetime.min.replace(tzinfo=UTC),
            NOON,
            "America/New_York",
            ["start: must lie between the years 1 and 9999"],
        ),
        (
            NOON,
            datetime.max.replace(tzinfo=UTC),
            "Asia/Tokyo",
            ["end: must lie between the years 1 and 9999"],
        ),
    ],
)
def test_instants_that_make_no_slot_are_refused(
    start: Any, end: Any, name: Any, told: list[str]
) -> None:
    """Naive and nonexistent times, unknown zones and the ends of the calendar are refused."""
    with pytest.raises(InvariantError) as caught:
        Slot.of(start, end, zone=name)
    assert caught.value.subject == "Slot"
    problems = [str(problem) for problem in caught.value.problems]
    assert len(problems) == len(told)
    assert all(part in problem for part, problem in zip(told, problems, strict=True))


def test_the_constructor_names_the_way_for_offsets() -> None:
    """A fixed offset is refused by the constructor, which names `Slot.of`, and taken by that."""
    start, end = _both(timezone(2 * HOUR))
    with pytest.raises(InvariantError, match=r"Slot\.of converts from an offset to a zone"):
        Slot(start, end)
    assert Slot.of(start, end, zone="Europe/Brussels").start.hour == 12


@pytest.mark.parametrize(
    ("clock", "mend"),
    [
        ("9:30", "write the hour with two digits, as in 09:30"),
        ("9:30:15", "write the hour with two digits"),
        ("24:00", "a day ends where the next one begins: give that day and 00:00"),
        ("24:00:00", "give that day and 00:00"),
    ],
)
def test_a_time_that_is_nearly_one_is_explained(clock: str, mend: str) -> None:
    """`9:30` and `24:00` are refused as the start of a slot, each with the form to write."""
    with pytest.raises(InvariantError) as caught:
        Slot.at("2014-09-10", clock, HOUR, "UTC")
    assert [(each.path, each.rule) for each in caught.value.problems] == [
        ("start", "must be a time of day without a zone")
    ]
    assert mend in caught.value.problems[0].mend
