"""Slots: half-open time intervals in a time zone, the interval type of this library."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import attrs

from mic_core.checked import checked
from mic_core.chrono.local import (
    MINUTE,
    Ambiguous,
    around_gap,
    exists,
    instant,
    local,
    midnight,
    resolve,
    zone,
)
from mic_core.chrono.months import day_text
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Bind,
    Choice,
    Clock,
    Day,
    Found,
    Instant,
    Length,
    Value,
    Zone,
    is_a,
    refuse,
    settle_safely,
    sound,
)
from mic_core.fields.times import plain_datetime

_MICROSECOND = timedelta(microseconds=1)
_LEAST, _MOST = (  # instants, in microseconds since the epoch
    instant(each.replace(tzinfo=UTC))
    for each in (datetime.min, datetime.max)  # noqa: DTZ901  # bounds
)
_NTH: tuple[Ambiguous, Ambiguous] = ("first", "second")
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_CLOCK = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_ALMOST_CLOCKS = (
    (re.compile("[0-9]:[0-5][0-9](?::[0-5][0-9])?"), "write the hour with two digits, as in 09:30"),
    (re.compile("24:00(?::00)?"), "a day ends where the next one begins: give that day and 00:00"),
)
"""Forms of a time of day that are refused, with the mend of each."""
_DAY, _CLOCK, _LENGTH, _ZONE, _INSTANT = Day(), Clock(), Length(), Zone(), Instant()


@attrs.frozen
class Local:
    """Shape of a local time in a named zone: an aware datetime that exists there.

    Its canonical form has the one object of its zone (or UTC) and no needless `fold`.
    """

    @property
    def rule(self) -> str:
        return "must be a date and time in a zone of the IANA time zone database"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(datetime)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, datetime):
            return refuse(found, path, self.rule, value)
        given = plain_datetime(value)
        if given.tzinfo is None:
            mend = 'give it a tzinfo: zone("Europe/Brussels")'
            return refuse(found, path, self.rule, value, mend)
        try:
            wall = given.replace(tzinfo=_canonical_zone(given.tzinfo))
        except InvariantError as error:
            found += [attrs.evolve(each, path=path) for each in error.problems]
            return None
        if not exists(wall):
            later, earlier = around_gap(wall)
            shown = wall.replace(tzinfo=None, fold=0)
            rule = f"must occur, but the clocks of {wall.tzinfo} skip {shown}"
            mend = f"give {later.isoformat()} or {earlier.isoformat()} on these clocks"
            found.append(Problem(path=path, rule=rule, mend=mend))
            return None
        moment = wall if _is_ambiguous(wall) else wall.replace(fold=0)
        if not _LEAST <= instant(moment) <= _MOST:
            return refuse(found, path, "must lie between the years 1 and 9999 in UTC", moment)
        return moment


def _canonical_zone(given: tzinfo) -> tzinfo:
    """The one object for a zone; a fixed offset is refused: it has no rule for changes of clocks.

    One object per zone lets `is` compare zones.
    """
    if given is UTC:
        return UTC
    if is_a(given, ZoneInfo) and given.key:
        return UTC if given.key == "UTC" else zone(given.key)
    rule = "must be in a zone of the IANA time zone database"
    mend = (
        'name one, as in zone("Europe/Brussels"): an offset does not say when clocks change; '
        "Slot.of converts from an offset to a zone"
    )
    had = "another kind of zone, such as a fixed offset"
    raise InvariantError("Slot", [Problem(path="", rule=rule, had=had, mend=mend)])


@lru_cache(maxsize=1024)
def _zone_name(place: ZoneInfo) -> str | None:
    """The name of a zone if it is the one object for that name; None for any other object."""
    try:
        return place.key if place is zone(place.key) else None
    except InvariantError:
        return None


def _one_zone(start: datetime, end: datetime) -> Problem | None:
    """Law: both ends are in the same zone."""
    if start.tzinfo is not end.tzinfo:
        rule = "must be in the zone of start"
        return Problem(path="end", rule=rule, mend="convert it with astimezone")
    return None


def _ends_after_start(start: datetime, end: datetime) -> Problem | None:
    """Law: the interval is not empty."""
    if instant(end) <= instant(start):
        return Problem(path="end", rule="must be after start")
    return None


def _instants(start: datetime, end: datetime) -> tuple[int, int, str] | None:
    """Derived fields: both instants and the name of the zone; None for the slow path.

    Hot: called for every slot that is constructed, so the arithmetic of `instant` is inlined.
    """
    place = start.tzinfo
    if place is not end.tzinfo:
        return None
    # Only a ZoneInfo is looked up in the memo: zones of other libraries may not be hashable.
    name = _zone_name(place) if place.__class__ is ZoneInfo else "UTC" if place is UTC else None
    if name is None or place is None:
        return None
    day, last_day = start.toordinal(), end.toordinal()
    opening = midnight(place, day)
    closing = opening if day == last_day else midnight(place, last_day)
    if opening is None or closing is None:
        return _exact_instants(start, end, name)
    if start.fold or end.fold:
        return None
    first = opening + (
        (start.hour * 3600 + start.minute * 60 + start.second) * 1_000_000 + start.microsecond
    )
    last = closing + (
        (end.hour * 3600 + end.minute * 60 + end.second) * 1_000_000 + end.microsecond
    )
    return (first, last, name) if _LEAST <= first < last <= _MOST else None


def _exact_instants(start: datetime, end: datetime, name: str) -> tuple[int, int, str] | None:
    """The same on days with a change of offset, where local times may be in a gap or fold."""
    if not all(exists(each) and (_is_ambiguous(each) or not each.fold) for each in (start, end)):
        return None
    first, last = instant(start), instant(end)
    return (first, last, name) if _LEAST <= first < last <= _MOST else None


def _is_ambiguous(moment: datetime) -> bool:
    """True if a local time that exists is in a fold, so that it has two instants."""
    return instant(moment.replace(fold=0)) != instant(moment.replace(fold=1))


@checked(_one_zone, _ends_after_start, derive=_instants)
@attrs.frozen(weakref_slot=False)
class Slot:
    """A half-open time interval in one time zone: from `start` up to and excluding `end`.

    Both are aware datetimes in the same zone of the IANA database, or in UTC; nonexistent local
    times are refused. Derived are the instants `start_utc` and `end_utc`, in microseconds since
    the epoch, and `zone`, the name of the zone. Slots are equal if these three are.

    >>> pitch = Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels")
    >>> print(pitch)
    Wed 10 Sep 2014 18:00-21:00 Europe/Brussels
    >>> pitch.minutes
    180
    """

    start: Annotated[datetime, Local()] = attrs.field(eq=False)
    end: Annotated[datetime, Local()] = attrs.field(eq=False)
    start_utc: int = attrs.field(init=False, repr=False)
    end_utc: int = attrs.field(init=False, repr=False)
    zone: str = attrs.field(init=False, repr=False)

    @classmethod
    def at(
        cls,
        day: date | str,
        start: time | str,
        length: timedelta,
        place: str,
        *,
        nonexistent: Literal["refuse", "later", "earlier"] = "refuse",
        ambiguous: Ambiguous = "refuse",
    ) -> "Slot":
        """Construct a slot from a local date, a local time and a duration in elapsed time.

        `place` is the name of a zone. Texts are parsed as `YYYY-MM-DD` and `HH:MM` or `HH:MM:SS`.
        `nonexistent` and `ambiguous` are policies for a start in a gap or fold, as in `resolve`.
        Raises InvariantError with all problems; for a start that a policy refuses, with both
        candidates as a hint.

        >>> hour = timedelta(hours=1)
        >>> print(Slot.at("2014-10-26", "02:30", hour, "Europe/Brussels", ambiguous="first"))
        Sun 26 Oct 2014 02:30 (first)-02:30 (second) Europe/Brussels
        """
        found: Found = []
        settle_safely(_NONEXISTENT, nonexistent, "nonexistent", found)
        settle_safely(_AMBIGUOUS, ambiguous, "ambiguous", found)
        on = _DAY.settle(_parsed(day, _ISO_DAY, date.fromisoformat), "day", found)
        clock = _settle_clock(start, found)
        lasting = _LENGTH.settle(length, "length", found)
        named = _ZONE.settle(place, "place", found)
        if (
            not found
            and isinstance(on, date)
            and isinstance(clock, time)
            and isinstance(lasting, timedelta)
            and isinstance(named, str)
        ):
            with _errors_of_slot("start"):
                where = zone(named)
                first = resolve(on, clock, where, nonexistent=nonexistent, ambiguous=ambiguous)
            with _errors_of_slot("length"):
                last = _add_elapsed(first, lasting)
            return cls(first, last)
        raise InvariantError("Slot", found)

    @classmethod
    def of(cls, start: datetime, end: datetime, zone: str) -> "Slot":
        """Construct a slot from two instants, converted to the local time of a zone.

        For times of other systems: `start` and `end` are aware datetimes of any zone, also with a
        fixed offset, not necessarily the same; `zone` is the name of a zone. Raises InvariantError
        with all problems: of naive and of nonexistent local times, and outside the years 1 to 9999.

        >>> start = datetime.fromisoformat("2014-09-10T16:00:00+00:00")
        >>> end = datetime.fromisoformat("2014-09-10T21:00:00+02:00")
        >>> print(Slot.of(start, end, zone="Europe/Brussels"))
        Wed 10 Sep 2014 18:00-21:00 Europe/Brussels
        """
        found: Found = []
        first = settle_safely(_INSTANT, start, "start", found)
        last = settle_safely(_INSTANT, end, "end", found)
        named = settle_safely(_ZONE, zone, "zone", found)
        if isinstance(first, datetime) and isinstance(last, datetime) and isinstance(named, str):
            with _errors_of_slot("start"):
                opening = _in_zone(first, named)
            with _errors_of_slot("end"):
                closing = _in_zone(last, named)
            return cls(opening, closing)
        raise InvariantError("Slot", found)

    @property
    def length(self) -> timedelta:
        """Duration in elapsed time, which a change of clocks does not affect."""
        return timedelta(microseconds=self.end_utc - self.start_utc)

    @property
    def minutes(self) -> int:
        """Duration in minutes of elapsed time, rounded down."""
        return (self.end_utc - self.start_utc) // MINUTE

    @property
    def day(self) -> date:
        """The local date of the start."""
        return self.start.date()

    def overlaps(self, other: "Slot") -> bool:
        """True if two slots have an instant in common; adjacent slots have none."""
        _require_slot(other)
        return self.start_utc < other.end_utc and other.start_utc < self.end_utc

    def contains(self, other: "Slot") -> bool:
        """True if another slot is a subset of this one."""
        _require_slot(other)
        return self.start_utc <= other.start_utc and other.end_utc <= self.end_utc

    def moved(self, to: datetime | timedelta) -> "Slot":
        """The slot shifted to a new start, or by a duration; the elapsed length is kept.

        A new start brings its own zone. Raises InvariantError for a nonexistent start, and outside
        the years 1 to 9999.

        >>> lesson = Slot.at("2014-10-25", "18:00", timedelta(hours=2), "Europe/Brussels")
        >>> print(lesson.moved(timedelta(days=1)))
        Sun 26 Oct 2014 17:00-19:00 Europe/Brussels
        >>> print(lesson.moved(lesson.start + timedelta(days=1)))
        Sun 26 Oct 2014 18:00-20:00 Europe/Brussels
        """
        found: Found = []
        with _errors_of_slot("to"):
            start = (
                _add_elapsed(self.start, timedelta.__pos__(to))
                if is_a(to, timedelta)
                else settle_safely(Local(), to, "to", found)
            )
            if isinstance(start, datetime):
                return Slot(start, _add_elapsed(start, self.length))
        raise InvariantError("Slot", found)

    def __str__(self) -> str:
        """Date, local times and zone; of an ambiguous time, "first" or "second"."""
        last = _clock_text(self.end)
        if self.end.date() != self.start.date():
            last = f"{day_text(self.end)} {last}"
        return f"{day_text(self.start)} {_clock_text(self.start)}-{last} {self.zone}"


_NONEXISTENT, _AMBIGUOUS, _SLOT = (
    Choice(("refuse", "later", "earlier")),
    Choice(("refuse", *_NTH)),
    Value(Slot),
)


def _require_slot(other: object) -> None:
    """Raise InvariantError for a value that is no slot."""
    if type(other) is not Slot:
        sound("Slot", other=(other, _SLOT))


def _settle_clock(given: object, found: Found) -> object:
    """The time of day that a slot starts at; a text that nearly is one is refused with its mend."""
    for form, mend in _ALMOST_CLOCKS:
        if is_a(given, str) and form.fullmatch(given):
            return refuse(found, "start", _CLOCK.rule, given, mend)
    return _CLOCK.settle(_parsed(given, _ISO_CLOCK, time.fromisoformat), "start", found)


def _parsed(given: object, form: re.Pattern[str], reader: Callable[[str], object]) -> object:
    """The value of a text in a form; anything else as it is, for `settle` to refuse.

    The form is matched first, since versions of Python differ in the ISO 8601 that they accept,
    such as 24:00.
    """
    try:
        return reader(given) if is_a(given, str) and form.fullmatch(given) else given
    except ValueError:
        return given


def _add_elapsed(moment: datetime, by: timedelta) -> datetime:
    """Add elapsed time to a local time, in its zone; `datetime + timedelta` adds wall time."""
    return local(instant(moment) + by // _MICROSECOND, moment.tzinfo or UTC)


def _in_zone(moment: datetime, name: str) -> datetime:
    """The local time of an instant in the zone of a name."""
    return local(instant(moment), zone(name))


@contextmanager
def _errors_of_slot(path: str) -> Generator[None]:
    """Context that turns errors about local times into errors of an argument of the slot."""
    try:
        yield
    except InvariantError as error:
        problems = [attrs.evolve(each, path=path) for each in error.problems]
        raise InvariantError("Slot", problems) from None


def _clock_text(moment: datetime) -> str:
    """A time of day in digits, with seconds only if there are any."""
    exact = moment.second or moment.microsecond
    shown = moment.time().isoformat("auto" if exact else "minutes")
    return f"{shown} ({_NTH[moment.fold]})" if _is_ambiguous(moment) else shown
