"""Wall time in a zone: from what a clock on the wall shows to an exact instant and back.

Clocks change: some wall times never occur (they are skipped), some occur twice. Nothing here
guesses; the caller states what a skipped and what a repeated wall time shall mean. An instant is a
whole number of microseconds since 1970-01-01T00:00Z, because aware datetimes of one zone compare
and subtract by wall time, which is wrong around a change of clocks (PEP 495).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, get_args, overload
from zoneinfo import ZoneInfo

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Clock, Day, Found, Zone, describe, is_a, sound

Nonexistent = Literal["refuse", "skip", "later", "earlier"]
"""What a wall time that the clocks skip shall mean: an error; no time at all; the time as far
after the gap as it lies in it (what RFC 5545 asks for); or as far before it."""

Ambiguous = Literal["refuse", "first", "second"]
"""What a wall time that the clocks show twice shall mean: an error, or one of the two."""

DAY_MICROSECONDS = 86_400_000_000
"""Microseconds in a day of 24 hours."""

MINUTE = 60_000_000
"""Microseconds in a minute."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WALL = datetime(1970, 1, 1)  # noqa: DTZ001  # compared with wall times only
_LAST_ORDINAL = date.max.toordinal()
_NOTHING = timedelta(0)
_MICROSECOND = timedelta(microseconds=1)
_ZONE, _DAY_SHAPE, _CLOCK = Zone(), Day(), Clock()
_NONEXISTENT, _AMBIGUOUS = Choice(get_args(Nonexistent)), Choice(get_args(Ambiguous))


def zone(name: str) -> ZoneInfo:
    """The time zone of that name in the IANA time zone database.

    Only names that the database itself lists are taken: not paths, not the machine's own
    `localtime`, not the leap-second zones under `right/` that some systems hold.
    Raises InvariantError for any other name, offering the nearest one.

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
    """The exact instant of an aware datetime, in microseconds since the epoch.

    Takes zones of the IANA database and UTC, and honors `fold`. A wall time that does not exist
    is read with the offset that `fold` asks for, as PEP 495 defines; ask `exists` first where
    that matters. Raises InvariantError for a naive datetime and for a fixed offset.
    O(1): the offset of a day without a change of clocks is remembered.

    >>> instant(datetime(2014, 9, 10, 18, tzinfo=zone("Europe/Brussels")))
    1410364800000000
    """
    place = _named(moment.tzinfo)
    opening = midnight(place, moment.toordinal())
    if opening is None:
        wall = moment.replace(tzinfo=None) - _EPOCH_WALL
        return (wall - (moment.utcoffset() or _NOTHING)) // _MICROSECOND
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return opening + seconds * 1_000_000 + moment.microsecond


def local(us: int, place: tzinfo) -> datetime:
    """What the clocks of a place show at an instant, with `fold` set where they show it twice.

    `us` counts microseconds since the epoch. The inverse of `instant` for wall times that exist.
    Raises InvariantError for a fixed offset, and outside the years 1 to 9999.

    >>> local(1_410_364_800_000_000, zone("Europe/Brussels")).isoformat()
    '2014-09-10T18:00:00+02:00'
    """
    named = _named(place)
    try:
        return (_EPOCH + timedelta(microseconds=us)).astimezone(named)
    except OverflowError:
        rule = "must lie between the years 1 and 9999"
        problem = Problem(path="", rule=rule, had="a whole number beyond them")
        raise InvariantError("instant", [problem]) from None


def exists(moment: datetime) -> bool:
    """Whether the clocks of its zone ever show this wall time.

    Raises InvariantError for a naive datetime and for a fixed offset. O(1).

    >>> exists(datetime(2014, 3, 30, 2, 30, tzinfo=zone("Europe/Brussels")))
    False
    """
    place = _named(moment.tzinfo)
    return midnight(place, moment.toordinal()) is not None or _jump(moment) <= _NOTHING


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
    """The moment at which the clocks of a place show a time on a day, after stated policies.

    None only where that time is skipped and `nonexistent` is "skip". `clock` is a time without a
    zone; its `fold` says nothing here, the policy does. Raises InvariantError where a policy is
    "refuse" and applies, offering the two moments to choose from, for a fixed offset, and for what
    is no day, time of day or policy. O(1).

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
    wall = datetime.combine(day, clock, _named(place, "place"))
    if midnight(place, wall.toordinal()) is not None:
        return wall
    jump = _jump(wall)
    if jump == _NOTHING:
        return wall
    if jump < _NOTHING:
        return _repeated(wall, ambiguous)
    return _skipped(wall, nonexistent)


def moments(
    days: Iterable[date],
    clock: time,
    place: tzinfo,
    *,
    nonexistent: Nonexistent = "refuse",
    ambiguous: Ambiguous = "refuse",
) -> Iterator[datetime]:
    """One time of day on many days: a weekly 18:00 stays 18:00 when the clocks change.

    Days on which the time is skipped are left out under `nonexistent="skip"`. Lazy; otherwise as
    `resolve`.

    >>> days = [date(2014, 10, 22), date(2014, 10, 29)]
    >>> [str(moment) for moment in moments(days, time(18), zone("Europe/Brussels"))]
    ['2014-10-22 18:00:00+02:00', '2014-10-29 18:00:00+01:00']
    """
    for day in days:
        moment = resolve(day, clock, place, nonexistent=nonexistent, ambiguous=ambiguous)
        if moment is not None:
            yield moment


def _repeated(wall: datetime, ambiguous: Ambiguous) -> datetime:
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


def _skipped(wall: datetime, nonexistent: Nonexistent) -> datetime | None:
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
    """The moments as far after, and before, a gap in the clocks as a skipped wall time lies in it.

    >>> gap = datetime(2014, 3, 30, 2, 30, tzinfo=zone("Europe/Brussels"))
    >>> [moment.isoformat() for moment in around_gap(gap)]
    ['2014-03-30T03:30:00+02:00', '2014-03-30T01:30:00+01:00']
    """
    # Read with the offset before the gap a wall time lands after it, and the other way around.
    place = wall.tzinfo or UTC
    later, earlier = (wall.replace(fold=fold).astimezone(UTC).astimezone(place) for fold in (0, 1))
    return later, earlier


def _jump(moment: datetime) -> timedelta:
    """How far the clocks jump over this wall time: above zero skipped, below zero repeated."""
    before = moment.replace(fold=0).utcoffset() or _NOTHING
    after = moment.replace(fold=1).utcoffset() or _NOTHING
    return after - before


@lru_cache(maxsize=2**14)
def midnight(place: tzinfo, ordinal: int) -> int | None:
    """The instant of 00:00 on a local day, or None when the offset changes within that day.

    A change within the day shows at one of its two midnights, before or after a change there:
    two changes that cancel out within one day would hide, and no zone has them (the closest two
    in the database lie 6.9 days apart; a test reads them all).
    """
    if ordinal == _LAST_ORDINAL:
        return None  # there is no midnight after it to compare with
    midnights = [datetime.fromordinal(ordinal + ahead).replace(tzinfo=place) for ahead in (0, 1)]
    offsets = {each.replace(fold=fold).utcoffset() for each in midnights for fold in (0, 1)}
    if len(offsets) > 1:
        return None
    offset = offsets.pop() or _NOTHING
    return (ordinal - _EPOCH_WALL.toordinal()) * DAY_MICROSECONDS - offset // _MICROSECOND


def _named(place: tzinfo | None, path: str = "") -> tzinfo:
    """The place itself when its zone has a name in the database; anything else is refused."""
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
