"""Conversion between local time in an IANA time zone and instants.

When the UTC offset of a zone changes, some local times are nonexistent (in the gap), some are
ambiguous (in the fold). Nothing here guesses: the caller states a policy for both. An instant is a
number of microseconds since 1970-01-01T00:00Z, because aware datetimes of one zone compare and
subtract by local time, which is wrong around a change of offset (PEP 495).

The offset of a local day without a change is memoised (`midnight`), so most conversions are
integer arithmetic.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, get_args, overload
from zoneinfo import ZoneInfo

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Clock, Day, Found, Zone, describe, is_a, sound

Nonexistent = Literal["refuse", "skip", "later", "earlier"]
"""Policy for a nonexistent local time: an error; no time; the time shifted forward by the length of
the gap (as in RFC 5545, section 3.3.5); or shifted back by it."""

Ambiguous = Literal["refuse", "first", "second"]
"""Policy for an ambiguous local time: an error, or its first or second instant."""

DAY_MICROSECONDS = 86_400_000_000
"""Microseconds in a day of 24 hours."""

MINUTE = 60_000_000
"""Microseconds in a minute."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WALL = datetime(1970, 1, 1)  # noqa: DTZ001  # compared with naive datetimes only
_LAST_ORDINAL = date.max.toordinal()
_ZERO = timedelta(0)
_MICROSECOND = timedelta(microseconds=1)
_ZONE, _DAY_SHAPE, _CLOCK = Zone(), Day(), Clock()
_NONEXISTENT, _AMBIGUOUS = Choice(get_args(Nonexistent)), Choice(get_args(Ambiguous))


def zone(name: str) -> ZoneInfo:
    """The time zone with a name in the IANA time zone database.

    Only names that the database lists are valid: no paths, not the machine's own `localtime`, not
    the leap-second zones under `right/` that some systems have. Raises InvariantError for any
    other name, with the most similar one as a hint.

    >>> zone("Europe/Brussels")
    zoneinfo.ZoneInfo(key='Europe/Brussels')
    >>> zone("Europe/Brussel")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: time zone: 1 problem
      must be the name of an IANA time zone; had text of 14 characters; \
did you mean Europe/Brussels?
    """
    found: Found = []
    known = _ZONE.settle(name, "", found)
    if found:
        raise InvariantError("time zone", found)
    return ZoneInfo(str(known))


def instant(moment: datetime) -> int:
    """The instant of an aware datetime, in microseconds since the epoch.

    Accepts zones of the IANA database and UTC, and honors `fold`. A nonexistent time is converted
    with the offset that `fold` selects (PEP 495); check `exists` first if that matters. Raises
    InvariantError for a naive datetime and for a fixed UTC offset. O(1), offsets are memoised.

    >>> instant(datetime(2014, 9, 10, 18, tzinfo=zone("Europe/Brussels")))
    1410364800000000
    """
    place = _named_zone(moment.tzinfo)
    opening = midnight(place, moment.toordinal())
    if opening is None:
        wall = moment.replace(tzinfo=None) - _EPOCH_WALL
        return (wall - (moment.utcoffset() or _ZERO)) // _MICROSECOND
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return opening + seconds * 1_000_000 + moment.microsecond


def local(us: int, place: tzinfo) -> datetime:
    """The local time of an instant in a time zone, with `fold` set for the second of two.

    `us` is in microseconds since the epoch. Inverse of `instant` for local times that exist.
    Raises InvariantError for a fixed UTC offset, and outside the years 1 to 9999.

    >>> local(1_410_364_800_000_000, zone("Europe/Brussels")).isoformat()
    '2014-09-10T18:00:00+02:00'
    """
    named = _named_zone(place)
    try:
        return (_EPOCH + timedelta(microseconds=us)).astimezone(named)
    except OverflowError:
        rule = "must lie between the years 1 and 9999"
        problem = Problem(path="", rule=rule, had="a whole number beyond them")
        raise InvariantError("instant", [problem]) from None


def exists(moment: datetime) -> bool:
    """True unless a local time is nonexistent, that is, in a gap of its zone.

    Raises InvariantError for a naive datetime and for a fixed UTC offset. O(1).

    >>> exists(datetime(2014, 3, 30, 2, 30, tzinfo=zone("Europe/Brussels")))
    False
    """
    place = _named_zone(moment.tzinfo)
    return midnight(place, moment.toordinal()) is not None or _gap_length(moment) <= _ZERO


def has_day(day: date, place: tzinfo) -> bool:
    """True if the clocks of a place ever show a date; a change of the date line can skip one.

    Raises InvariantError for a fixed offset. O(1).

    >>> [has_day(date(2011, 12, each), zone("Pacific/Apia")) for each in (29, 30, 31)]
    [True, False, True]
    """
    # One jump covers a skipped day from its first to its last moment.
    first, last = (datetime.combine(day, each, place) for each in (time.min, time.max))
    return exists(first) or exists(last)


def _is_word(word: object, choice: Choice) -> bool:
    """True if a value is one of the words of an enumeration, as a plain str."""
    return type(word) is str and word in choice.words


@overload
def resolve(
    day: date,
    clock: time,
    place: tzinfo,
    *,
    nonexistent: Literal["refuse", "later", "earlier"] = "refuse",
    ambiguous: Ambiguous = "refuse",
) -> datetime: ...


@overload
def resolve(
    day: date,
    clock: time,
    place: tzinfo,
    *,
    nonexistent: Nonexistent,
    ambiguous: Ambiguous = "refuse",
) -> datetime | None: ...


def resolve(
    day: date,
    clock: time,
    place: tzinfo,
    *,
    nonexistent: Nonexistent = "refuse",
    ambiguous: Ambiguous = "refuse",
) -> datetime | None:
    """Resolve a local date and time in a zone, by stated policies for gap and fold.

    None only if the time is nonexistent and `nonexistent` is "skip". `clock` is a time without a
    zone; its `fold` is ignored in favor of the policy. Raises InvariantError if a policy "refuse"
    applies, with both candidates as a hint, for a fixed UTC offset, and for arguments of other
    types. O(1).

    >>> brussels = zone("Europe/Brussels")
    >>> resolve(date(2014, 9, 10), time(18), brussels).isoformat()
    '2014-09-10T18:00:00+02:00'
    >>> resolve(date(2014, 3, 30), time(2, 30), brussels, nonexistent="later").isoformat()
    '2014-03-30T03:30:00+02:00'
    >>> resolve(date(2014, 10, 26), time(2, 30), brussels)
    Traceback (most recent call last):
    mic_core.errors.InvariantError: local time: 1 problem
      must occur once, but the clocks of Europe/Brussels show 2014-10-26 02:30:00 twice; \
take 2014-10-26T02:30:00+02:00 (ambiguous="first") or 2014-10-26T02:30:00+01:00 ("second")
    """
    # Inline tests of the usual case; `sound` is slower, and explains what is wrong.
    if not (
        type(day) is date
        and type(clock) is time
        and clock.tzinfo is None
        and not clock.fold
        and _is_word(nonexistent, _NONEXISTENT)
        and _is_word(ambiguous, _AMBIGUOUS)
    ):
        day, clock, nonexistent, ambiguous = sound(
            "local time",
            day=(day, _DAY_SHAPE),
            clock=(clock, _CLOCK),
            nonexistent=(nonexistent, _NONEXISTENT),
            ambiguous=(ambiguous, _AMBIGUOUS),
        )
    wall = datetime.combine(day, clock, _named_zone(place, "place"))
    if midnight(place, wall.toordinal()) is not None:
        return wall
    gap = _gap_length(wall)
    if gap == _ZERO:
        return wall
    if gap < _ZERO:
        return _resolve_ambiguous(wall, ambiguous)
    return _resolve_nonexistent(wall, nonexistent)


def moments(
    days: Iterable[date],
    clock: time,
    place: tzinfo,
    *,
    nonexistent: Nonexistent = "refuse",
    ambiguous: Ambiguous = "refuse",
) -> Iterator[datetime]:
    """Resolve one time of day on several dates: a weekly 18:00 stays 18:00 when the offset changes.

    With `nonexistent="skip"`, dates on which the time does not exist are omitted. Lazy; otherwise
    like `resolve`.

    >>> days = [date(2014, 10, 22), date(2014, 10, 29)]
    >>> [str(moment) for moment in moments(days, time(18), zone("Europe/Brussels"))]
    ['2014-10-22 18:00:00+02:00', '2014-10-29 18:00:00+01:00']
    """
    for day in days:
        moment = resolve(day, clock, place, nonexistent=nonexistent, ambiguous=ambiguous)
        if moment is not None:
            yield moment


def _resolve_ambiguous(wall: datetime, ambiguous: Ambiguous) -> datetime:
    """Apply the policy for a local time in a fold."""
    first, second = wall, wall.replace(fold=1)
    if ambiguous == "first":
        return first
    if ambiguous == "second":
        return second
    shown = wall.replace(tzinfo=None)
    problem = Problem(
        path="",
        rule=f"must occur once, but the clocks of {wall.tzinfo} show {shown} twice",
        mend=f'take {first.isoformat()} (ambiguous="first") or {second.isoformat()} ("second")',
    )
    raise InvariantError("local time", [problem])


def _resolve_nonexistent(wall: datetime, nonexistent: Nonexistent) -> datetime | None:
    """Apply the policy for a local time in a gap."""
    if nonexistent == "skip":
        return None
    later, earlier = around_gap(wall)
    if nonexistent == "later":
        return later
    if nonexistent == "earlier":
        return earlier
    shown = wall.replace(tzinfo=None)
    problem = Problem(
        path="",
        rule=f"must occur, but the clocks of {wall.tzinfo} skip {shown}",
        mend=f'take {later.isoformat()} (nonexistent="later") or {earlier.isoformat()} ("earlier")',
    )
    raise InvariantError("local time", [problem])


def around_gap(wall: datetime) -> tuple[datetime, datetime]:
    """A nonexistent local time shifted forward, and back, by the length of its gap.

    >>> gap = datetime(2014, 3, 30, 2, 30, tzinfo=zone("Europe/Brussels"))
    >>> [moment.isoformat() for moment in around_gap(gap)]
    ['2014-03-30T03:30:00+02:00', '2014-03-30T01:30:00+01:00']
    """
    # With the offset before the gap, a time in it resolves after the gap, and vice versa (PEP 495).
    place = wall.tzinfo or UTC
    later, earlier = (wall.replace(fold=fold).astimezone(UTC).astimezone(place) for fold in (0, 1))
    return later, earlier


def _gap_length(moment: datetime) -> timedelta:
    """The change of offset around a local time: positive in a gap, negative in a fold, else 0."""
    before = moment.replace(fold=0).utcoffset() or _ZERO
    after = moment.replace(fold=1).utcoffset() or _ZERO
    return after - before


@lru_cache(maxsize=2**14)
def midnight(place: tzinfo, ordinal: int) -> int | None:
    """The instant of 00:00 of a local day, if the UTC offset is constant on that day; else None.

    `ordinal` is a date ordinal. The offset is constant if it is the same at both midnights, for
    both values of fold. Two changes that cancel out within a day would be missed, but no zone has
    them: the closest two in the database are 6.9 days apart, and a test reads them all. Memoised:
    16,384 entries are 45 years of days of one zone; any size gives right answers.
    """
    if ordinal == _LAST_ORDINAL:
        return None  # the next midnight does not exist
    midnights = [datetime.fromordinal(ordinal + ahead).replace(tzinfo=place) for ahead in (0, 1)]
    offsets = {each.replace(fold=fold).utcoffset() for each in midnights for fold in (0, 1)}
    if len(offsets) > 1:
        return None
    offset = offsets.pop() or _ZERO
    return (ordinal - _EPOCH_WALL.toordinal()) * DAY_MICROSECONDS - offset // _MICROSECOND


def _named_zone(place: tzinfo | None, path: str = "") -> tzinfo:
    """Validate a zone: returns UTC or a ZoneInfo with a name, otherwise raises InvariantError."""
    if place is UTC:
        return UTC
    if is_a(place, ZoneInfo) and place.key:
        return place
    given: object = place
    had = "no zone" if place is None else describe(place)
    if isinstance(given, tzinfo):
        had = "another kind of zone, such as a fixed offset"
    problem = Problem(
        path=path,
        rule="must lie in a zone of the IANA time zone database",
        had=had,
        mend='name one, as in zone("Europe/Brussels"): an offset does not say when clocks change',
    )
    raise InvariantError("local time", [problem])
