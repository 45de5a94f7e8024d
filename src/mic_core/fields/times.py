"""The shapes of times: moments, days, times of day, lengths, and the names of time zones."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files

import attrs

from mic_core.fields.shape import Bind, Found, is_a, nearest_word, refuse


@attrs.frozen
class Instant:
    """A moment with a zone, kept in UTC: when something was recorded or holds in the world."""

    @property
    def rule(self) -> str:
        return "must be a date and time with a zone"

    def test(self, name: str, bind: Bind) -> str:
        in_utc = f"{name}.tzinfo is {bind(UTC)} and not {name}.fold"
        return f"({name}.__class__ is {bind(datetime)} and {in_utc})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, datetime):
            return refuse(found, path, self.rule, value)
        given = bare(value)
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
        except Exception as error:  # noqa: BLE001  # a tzinfo may raise anything
            mend = f"its tzinfo raises {type(error).__name__}: give a zone, such as datetime.UTC"
            return refuse(found, path, self.rule, value, mend)
        if skipped:
            mend = "give a time that they show"
            return refuse(found, path, "must exist in its zone, whose clocks skip it", value, mend)
        return moment


def bare(moment: datetime) -> datetime:
    """The same date and time as a plain `datetime`, whatever its own class makes of its parts.

    >>> bare(datetime(2014, 9, 10, 18, tzinfo=UTC)).isoformat()
    '2014-09-10T18:00:00+00:00'
    """
    return datetime.combine(datetime.date(moment), datetime.timetz(moment))


@attrs.frozen
class Day:
    """A calendar date, local to the center it concerns."""

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
    """A local time of day, without zone."""

    @property
    def rule(self) -> str:
        return "must be a time of day without a zone"

    def test(self, name: str, bind: Bind) -> str:
        bare = f"{name}.tzinfo is None and not {name}.fold"
        return f"({name}.__class__ is {bind(time)} and {bare})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, time):
            return refuse(found, path, self.rule, value)
        given = datetime.combine(date.min, value)
        if given.tzinfo is not None:
            return refuse(found, path, self.rule, value, "leave its tzinfo out")
        return given.time().replace(fold=0)


@attrs.frozen
class Length:
    """How long something lasts, in exact time."""

    least: timedelta = timedelta(microseconds=1)
    most: timedelta = timedelta(days=36_525)

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
    """The name of an IANA time zone, such as Europe/Brussels.

    Only names that the database itself lists are taken: not paths, not the machine's own
    `localtime`, not the leap-second zones under `right/` that some systems hold.
    """

    @property
    def rule(self) -> str:
        return "must be the name of an IANA time zone"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(is_zone)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) and is_zone(str.__str__(value)):
            return str.__str__(value)
        near = nearest_word(value, _zones(), 0.75) if _has_shape(value) else ""
        return refuse(found, path, self.rule, value, near or "write it like Europe/Brussels")


def _has_shape(value: object) -> bool:
    """Whether a value looks like the name of a zone, and not like a path."""
    shape = r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}"
    return is_a(value, str) and bool(re.fullmatch(shape, value))


def is_zone(name: str) -> bool:
    """Whether a text is a name that the IANA time zone database lists.

    >>> is_zone("Europe/Brussels"), is_zone("localtime")
    (True, False)
    """
    return name in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Every name of the database, as the tzdata package lists them; read once, on first use."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
