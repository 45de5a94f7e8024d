"""Shapes of times: instants, calendar dates, local times of day, durations, IANA zone names."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files

import attrs

from mic_core.fields.shape import EXHAUSTED, Bind, Found, is_a, nearest_word, refuse


@attrs.frozen
class Instant:
    """Shape of an instant: a datetime with a zone, converted to UTC as its canonical form.

    Refused: naive datetimes, local times in a gap (nonexistent), and instants outside the years
    1 to 9999 in UTC. `fold` selects between the two instants of an ambiguous local time.
    """

    @property
    def rule(self) -> str:
        return "must be a date and time with a zone"

    def test(self, name: str, bind: Bind) -> str:
        in_utc = f"{name}.tzinfo is {bind(UTC)} and not {name}.fold"
        return f"({name}.__class__ is {bind(datetime)} and {in_utc})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, datetime):
            return refuse(found, path, self.rule, value)
        given = plain_datetime(value)
        shown = given.replace(tzinfo=None)
        try:
            offset = given.utcoffset()
            if offset is None:
                mend = "give it a tzinfo, such as datetime.UTC"
                return refuse(found, path, self.rule, value, mend)
            moment = (shown - offset).replace(tzinfo=UTC)
            skipped = moment.astimezone(given.tzinfo).replace(tzinfo=None) != shown
        except OverflowError:
            return refuse(found, path, "must lie between the years 1 and 9999 in UTC", value)
        except EXHAUSTED:
            raise
        except Exception as error:  # noqa: BLE001  # a tzinfo may raise anything
            mend = f"its tzinfo raises {type(error).__name__}: give a zone, such as datetime.UTC"
            return refuse(found, path, self.rule, value, mend)
        if skipped:
            mend = "give a time that they show"
            return refuse(found, path, "must exist in its zone, whose clocks skip it", value, mend)
        return moment


def plain_datetime(moment: datetime) -> datetime:
    """The same date and time as a `datetime` proper; methods that a subclass overrides are unused.

    >>> plain_datetime(datetime(2014, 9, 10, 18, tzinfo=UTC)).isoformat()
    '2014-09-10T18:00:00+00:00'
    """
    return datetime.combine(datetime.date(moment), datetime.timetz(moment))


@attrs.frozen
class Day:
    """Shape of a calendar date, local to the center that it concerns; a datetime is refused."""

    @property
    def rule(self) -> str:
        return "must be a date"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(date)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, datetime):
            return refuse(found, path, self.rule, value, "give its day, local to the center")
        if not is_a(value, date):
            return refuse(found, path, self.rule, value)
        return date.fromordinal(date.toordinal(value))


@attrs.frozen
class Clock:
    """Shape of a local time of day, without zone; its fold is dropped."""

    @property
    def rule(self) -> str:
        return "must be a time of day without a zone"

    def test(self, name: str, bind: Bind) -> str:
        local = f"{name}.tzinfo is None and not {name}.fold"
        return f"({name}.__class__ is {bind(time)} and {local})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, time):
            return refuse(found, path, self.rule, value)
        given = datetime.combine(date.min, value)  # a plain datetime, whatever class `value` has
        if given.tzinfo is not None:
            return refuse(found, path, self.rule, value, "leave its tzinfo out")
        return given.time().replace(fold=0)


@attrs.frozen
class Length:
    """Shape of a duration in elapsed time, from `least` to `most`, both included."""

    least: timedelta = timedelta(microseconds=1)
    most: timedelta = timedelta(days=36_525)  # a century

    @property
    def rule(self) -> str:
        some = self.least == timedelta(microseconds=1)
        least = "above 0" if some else f"of {self.least} or more"
        return f"must be a timedelta {least}, at most {self.most.days} days"

    def test(self, name: str, bind: Bind) -> str:
        low, high = bind(self.least), bind(self.most)
        return f"({name}.__class__ is {bind(timedelta)} and {low} <= {name} <= {high})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, timedelta):
            return refuse(found, path, self.rule, value)
        length = timedelta.__pos__(value)
        if length < self.least:
            return refuse(found, path, self.rule, value, "it is too short")
        if length > self.most:
            return refuse(found, path, self.rule, value, "it is too long")
        return length


@attrs.frozen
class Zone:
    """Shape of the name of an IANA time zone, such as Europe/Brussels.

    Only names that the database lists are valid: no paths, not the machine's own `localtime`, not
    the leap-second zones under `right/` that some systems have.
    """

    @property
    def rule(self) -> str:
        return "must be the name of an IANA time zone"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(is_zone)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_zone(str.__str__(value)):
            return str.__str__(value)
        # Of some 600 names many are alike, so a suggestion needs more likeness than usual.
        near = nearest_word(value, _zones(), 0.75) if _has_zone_syntax(value) else ""
        return refuse(found, path, self.rule, value, near or "write it like Europe/Brussels")


def _has_zone_syntax(value: object) -> bool:
    """True if a value has the syntax of a zone name, unlike a path."""
    syntax = r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}"
    return is_a(value, str) and bool(re.fullmatch(syntax, value))


def is_zone(name: str) -> bool:
    """True if the IANA time zone database lists a name.

    >>> is_zone("Europe/Brussels"), is_zone("localtime")
    (True, False)
    """
    return name in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """All names of the database, as the tzdata package lists them; memoised on first use."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
