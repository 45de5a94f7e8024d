"""Recurrence rules over local dates: a subset of RFC 5545 on which implementations agree.

Parts of a rule that calendars interpret differently, or that have no effect on dates, are refused
by name with the reason. A rule has no time of day and no duration: these belong to the series, and
their meaning at a change of clocks to `mic_core.chrono.local`.
"""

from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING, Annotated, Literal, cast

import attrs

from mic_core.checked import checked
from mic_core.chrono.months import LONGEST_MONTHS, WEEKDAYS, Weekday, matching_days, split_weekday
from mic_core.chrono.rulestring import LINES, PARTS, read_lines
from mic_core.chrono.yeardays import DaySelection, most_days
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import Coded, Day, Found, Labels, Whole, is_a, refuse
from mic_core.fields.times import plain_datetime

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

Frequency = Literal["daily", "weekly", "monthly", "yearly"]

_Weekdays = Annotated[
    tuple[str, ...],
    Labels(
        Coded(
            rf"(?:-?[1-5])?(?:{'|'.join(WEEKDAYS)})",
            "a weekday such as MO, or numbered such as 2TU or -1FR",
        ),
        most=77,
    ),
]
_MonthDays = Annotated[tuple[int, ...], Labels(Whole(least=-31, most=31), most=62)]
_YearDays = Annotated[tuple[int, ...], Labels(Whole(least=-366, most=366), most=366)]
# Calendars disagree on weeks -52 and -53: a week of 52 may be meant, or the first of the next year.
_Weeks = Annotated[tuple[int, ...], Labels(Whole(least=-51, most=53), most=104)]
_Months = Annotated[tuple[int, ...], Labels(Whole(least=1, most=12), most=12)]
_Dates = Annotated[tuple[date, ...], Labels(Day(), most=10_000)]


def _one_end(count: int | None, until: date | None) -> Problem | None:
    """Law: COUNT and UNTIL exclude each other."""
    if count is None or until is None:
        return None
    rule = "must not be given together with a count: RFC 5545 allows one of them"
    return Problem(path="until", rule=rule, mend="keep one of the two")


def _no_day_zero(month_days: tuple[int, ...]) -> Problem | None:
    """Law: day 0 of a month does not exist."""
    if 0 not in month_days:
        return None
    rule = "must be days from 1 to 31, or from -31 to -1 counted from the end of the month"
    return Problem(path="month_days", rule=rule, had="0", mend="leave 0 out")


def _no_number_zero(
    year_days: tuple[int, ...], weeks: tuple[int, ...], positions: tuple[int, ...]
) -> Problem | None:
    """Law: days of a year, weeks and positions in a set are counted from 1, or from -1 back."""
    for path, numbers in (("year_days", year_days), ("weeks", weeks), ("positions", positions)):
        if 0 in numbers:
            rule = "must be counted from 1, or from -1 backwards from the end"
            return Problem(path=path, rule=rule, had="0", mend="leave 0 out")
    return None


def _positions_in_a_set(
    positions: tuple[int, ...],
    weekdays: tuple[str, ...],
    month_days: tuple[int, ...],
    months: tuple[int, ...],
    year_days: tuple[int, ...],
    weeks: tuple[int, ...],
) -> Problem | None:
    """Law: positions select from a set of days that another part makes."""
    if positions and not (weekdays or month_days or months or year_days or weeks):
        rule = "must not stand alone: RFC 5545 takes positions from the days of another part"
        return Problem(path="positions", rule=rule, mend="name the weekdays, or leave it out")
    return None


def _weeks_name_days(
    frequency: Frequency,
    weeks: tuple[int, ...],
    weekdays: tuple[str, ...],
    month_days: tuple[int, ...],
    year_days: tuple[int, ...],
) -> Problem | None:
    """Law: a rule that selects weeks also selects days, without ordinals of weekdays."""
    if not weeks:
        return None
    if any(split_weekday(each)[0] for each in weekdays):
        rule = "must have no numbers in a rule with weeks: RFC 5545 forbids it"
        return Problem(path="weekdays", rule=rule, mend="leave the numbers out, or the weeks")
    if frequency == "daily" or weekdays or month_days or year_days:
        return None
    rule = "must be named with weeks: calendars disagree on whether all seven days are meant"
    return Problem(path="weekdays", rule=rule, mend="name them, such as BYDAY=MO")


def _numbers_within_months(frequency: Frequency, weekdays: tuple[str, ...]) -> Problem | None:
    """Law: a daily or weekly rule selects weekdays without ordinals."""
    if frequency in {"daily", "weekly"} and any(split_weekday(each)[0] for each in weekdays):
        rule = f"must have no numbers in a {frequency} rule: a number counts within a month"
        mend = "a second Tuesday repeats monthly: FREQ=MONTHLY;BYDAY=2TU"
        return Problem(path="weekdays", rule=rule, mend=mend)
    return None


def _weekly_names_weekdays(
    frequency: Frequency,
    weekdays: tuple[str, ...],
    month_days: tuple[int, ...],
    year_days: tuple[int, ...],
) -> Problem | None:
    """Law: a weekly rule that selects days of the month or year also selects weekdays."""
    if frequency == "weekly" and (month_days or year_days) and not weekdays:
        span, other = ("month", "FREQ=MONTHLY with BYMONTHDAY")
        if not month_days:
            span, other = ("year", "FREQ=YEARLY with BYYEARDAY")
        rule = f"must be named in a weekly rule with days of the {span}: calendars disagree"
        return Problem(path="weekdays", rule=rule, mend=f"name them, or use {other}")
    return None


def _one_kind_of_weekday(weekdays: tuple[str, ...]) -> Problem | None:
    """Law: either all weekdays have an ordinal within the month, or none has."""
    kinds = {split_weekday(each)[0] != 0 for each in weekdays}
    if len(kinds) < 2:
        return None
    rule = "must be all numbered or all plain: calendars disagree on a mixture"
    return Problem(path="weekdays", rule=rule, mend="number all, or make two series")


def _yearly_names_months(
    frequency: Frequency,
    weekdays: tuple[str, ...],
    month_days: tuple[int, ...],
    months: tuple[int, ...],
    year_days: tuple[int, ...],
    weeks: tuple[int, ...],
    positions: tuple[int, ...],
) -> Problem | None:
    """Law: a yearly rule that selects days also selects months, weeks, days or positions."""
    numbered = any(split_weekday(each)[0] for each in weekdays)
    if (year_days or weeks or positions) and not numbered:
        return None
    if frequency == "yearly" and (weekdays or month_days) and not months:
        rule = "must be named in a yearly rule that picks days: calendars disagree on the rest"
        return Problem(path="months", rule=rule, mend="name the months, or use a monthly rule")
    return None


def _satisfiable(
    frequency: Frequency,
    weekdays: tuple[str, ...],
    month_days: tuple[int, ...],
    months: tuple[int, ...],
    year_days: tuple[int, ...],
    weeks: tuple[int, ...],
    positions: tuple[int, ...],
    week_start: Weekday,
) -> Problem | None:
    """Law: some date matches; tried on every kind of month and year, by length and weekday."""
    if 0 in (*month_days, *year_days, *weeks, *positions):
        return None
    given = {"month_days": month_days, "year_days": year_days, "weeks": weeks}
    path = next((name for name, part in given.items() if part), "positions")
    mend = "change the days, the weekdays or the months"
    rule = "must leave at least one date that exists, such as not 30 February"
    if (year_days or weeks) and not positions:
        selection = DaySelection(months, weeks, year_days, month_days, weekdays, week_start)
        if not most_days(selection, monthly=False):
            return Problem(path=path, rule=rule, mend=mend)
    elif positions:
        selection = DaySelection(months, weeks, year_days, month_days, weekdays, week_start)
        most = _most_in_a_set(frequency, selection)
        if most < min(map(abs, positions)):
            rule = f"must leave at least one date: a set of this rule has at most {most}"
            return Problem(path="positions", rule=rule, mend="name positions within the set")
    elif month_days and not _fits_a_month(months, weekdays, month_days):
        return Problem(path=path, rule=rule, mend=mend)
    return None


def _fits_a_month(
    months: tuple[int, ...], weekdays: tuple[str, ...], month_days: tuple[int, ...]
) -> bool:
    """True if some kind of month has the days; each weekday is up to five times in some month."""
    for month, first, short in product(months or range(1, 13), range(7), (0, 1)):
        length = LONGEST_MONTHS[month] - (short if month == 2 else 0)
        if matching_days(first, length, weekdays, month_days):
            return True
    return False


def _most_in_a_set(frequency: Frequency, selection: DaySelection) -> int:
    """The most days of which BYSETPOS selects in a period of a rule; the start may supply one."""
    if frequency == "daily":
        return min(1, most_days(selection, monthly=False))
    if frequency == "weekly":
        return min(max(1, len(selection.weekdays)), most_days(selection, monthly=False))
    if selection.weekdays or selection.month_days or selection.year_days or selection.weeks:
        return most_days(selection, monthly=frequency == "monthly")
    return 1 if frequency == "monthly" else max(1, len(selection.months))


@checked(
    _one_end,
    _no_day_zero,
    _no_number_zero,
    _positions_in_a_set,
    _weeks_name_days,
    _numbers_within_months,
    _weekly_names_weekdays,
    _one_kind_of_weekday,
    _yearly_names_months,
    _satisfiable,
)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Recurrence:
    """A recurrence rule (RRULE, EXDATE, RDATE of RFC 5545) on local dates, without its start.

    `interval` is the step in days, weeks, months or years (INTERVAL). `weekdays` are MO to SU
    (BYDAY); in monthly and yearly rules they may have an ordinal (2TU is the second Tuesday, -1FR
    the last Friday of a month), without one they mean every such day of the month. `month_days` are
    1 to 31, or -1 for the last day of a month (BYMONTHDAY); a month without that day is skipped. If
    both are empty, the start supplies the day. `months` are 1 to 12 (BYMONTH); if empty, a yearly
    rule uses the month of the start, any other all months. `year_days` are 1 to 366, or -1 for the
    last day of a year (BYYEARDAY). `weeks` are the weeks of a year, 1 to 53, or -1 for the last
    (BYWEEKNO); week 1 has at least four days of its year, and the days of a week that lie in
    another year are selected too. In daily and weekly rules, all five filter the days.
    `positions` (BYSETPOS) select, of the days of each day, week, month or year, the first (1), the
    last (-1) and so on; the first week begins at the start. `week_start` (WKST) has an effect on
    `weeks`, and on weekly rules with an `interval` above 1 or `positions`.

    `count` is the number of occurrences, excluded ones included (COUNT, None: no limit); `until`
    the last possible date (UNTIL, None: no limit). `excluded` dates (EXDATE) are removed, also if
    they are `extra` dates (RDATE). The start is an occurrence only if it matches the rule.

    Raises InvariantError with all problems. Source: RFC 5545, sections 3.3.10 and 3.8.5.

    >>> evenings = Recurrence(frequency="weekly", weekdays=("WE",), count=10)
    >>> str(evenings)
    'FREQ=WEEKLY;COUNT=10;BYDAY=WE'
    >>> Recurrence(frequency="yearly", months=(2,), month_days=(30,))
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Recurrence: 1 problem
      month_days: must leave at least one date that exists, such as not 30 February; \
change the days, the weekdays or the months
    """

    frequency: Frequency
    interval: Annotated[int, Whole(least=1, most=9_999)] = 1
    weekdays: _Weekdays = ()
    month_days: _MonthDays = ()
    months: _Months = ()
    year_days: _YearDays = ()
    weeks: _Weeks = ()
    positions: _YearDays = ()
    week_start: Weekday = "MO"
    count: Annotated[int, Whole(least=1, most=1_000_000, unit="occurrences")] | None = None
    until: date | None = None
    excluded: _Dates = ()
    extra: _Dates = ()

    @classmethod
    def parse(cls, text: str, start: datetime | date | None = None) -> "Recurrence":
        """Parse the value of an RRULE, such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH`.

        Also read are content lines: `RRULE:`, `RDATE:` and `EXDATE:`; RDATE alone adds to the
        start. Strict: upper case, each part once, no part about times of day.

        `UNTIL`, RDATE and EXDATE are dates, or have times if `start` has the time of day and the
        zone of the series: an UNTIL becomes the last date whose occurrence it allows, the others
        must be at that time of day. Raises ParseError that names each refused part, the reason, and
        a replacement; InvariantError for another start.

        >>> Recurrence.parse("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20141231").weekdays
        ('-1FR',)
        >>> from mic_core.chrono.local import zone
        >>> start = datetime(2014, 9, 10, 18, tzinfo=zone("Europe/Brussels"))
        >>> print(Recurrence.parse("RRULE:FREQ=WEEKLY;UNTIL=20141231T225959Z", start=start))
        FREQ=WEEKLY;UNTIL=20141231
        >>> Recurrence.parse("FREQ=HOURLY;COUNT=3")
        Traceback (most recent call last):
        mic_core.errors.ParseError: recurrence: 1 problem
          FREQ: must be one of DAILY, WEEKLY, MONTHLY, YEARLY: a rule says on which dates; \
had HOURLY; give each time of day its own series
        """
        fields = read_lines(text, start)
        try:
            return cls(**fields)
        except InvariantError as error:
            problems = [_renamed(problem) for problem in error.problems]
        raise ParseError("recurrence", problems)

    def rruleset(self, start: datetime) -> "rruleset":
        """Convert to a `rruleset` of dateutil, excluded and extra dates included.

        `start` supplies the local start date, the time of day and the zone of all occurrences; it
        may be naive. Iterate lazily: dateutil enumerates from the start, and a rule without end
        runs for very long. dateutil also returns nonexistent local times, and the first of
        ambiguous ones; `occurrences` with `mic_core.chrono.local` has a policy for both.

        Raises InvariantError for a start that is no datetime or has a fraction of a second, which
        dateutil does not support, and for a rule with week 52 or 53, whose days in January dateutil
        confuses. Loads dateutil on first use.

        >>> evenings = Recurrence(frequency="weekly", count=3, excluded=(date(2014, 9, 17),))
        >>> [str(moment) for moment in evenings.rruleset(datetime(2014, 9, 10, 18))]
        ['2014-09-10 18:00:00', '2014-09-24 18:00:00']
        """
        start = _whole_second(start)
        if not {52, 53}.isdisjoint(self.weeks):
            refused = "must not have week 52 or 53 here: dateutil confuses their days in January"
            mend = "name the last week of each year as -1, or use `occurrences`"
            raise InvariantError("rruleset", [Problem(path="weeks", rule=refused, mend=mend)])
        from dateutil.rrule import rruleset, rrulestr  # noqa: PLC0415  # seldom needed

        # dateutil needs UNTIL in the zone of the start, which the text of a rule cannot express.
        text = str(attrs.evolve(self, until=None))
        rule = cast("rrule", rrulestr(text, dtstart=start.replace(fold=0)))
        if self.until is not None:
            rule = rule.replace(until=_at(self.until, start))
        found = rruleset()
        found.rrule(rule)
        for day in self.extra:
            found.rdate(_at(day, start))
        for day in self.excluded:
            found.exdate(_at(day, start))
        return found

    def __str__(self) -> str:
        """The rule in the canonical RRULE notation, without its excluded and extra dates."""
        weekdays = sorted(self.weekdays, key=lambda each: split_weekday(each)[::-1])
        parts = [
            f"FREQ={self.frequency.upper()}",
            f"INTERVAL={self.interval}" if self.interval != 1 else "",
            f"COUNT={self.count}" if self.count is not None else "",
            f"UNTIL={self.until.isoformat().replace('-', '')}" if self.until is not None else "",
            f"BYMONTH={','.join(map(str, self.months))}" if self.months else "",
            f"BYWEEKNO={','.join(map(str, self.weeks))}" if self.weeks else "",
            f"BYYEARDAY={','.join(map(str, self.year_days))}" if self.year_days else "",
            f"BYMONTHDAY={','.join(map(str, self.month_days))}" if self.month_days else "",
            f"BYDAY={','.join(weekdays)}" if weekdays else "",
            f"BYSETPOS={','.join(map(str, self.positions))}" if self.positions else "",
            f"WKST={self.week_start}" if self.week_start != "MO" else "",
        ]
        return ";".join(part for part in parts if part)


def _whole_second(start: object) -> datetime:
    """Validate the start for dateutil: a datetime without microseconds."""
    found: Found = []
    if is_a(start, datetime):
        moment = plain_datetime(start)
        if not moment.microsecond:
            return moment
        rule = "must be a whole second: dateutil drops what is less"
        refuse(found, "start", rule, start, "replace(microsecond=0)")
    else:
        refuse(found, "start", "must be a local date and time", start)
    raise InvariantError("rruleset", found)


def _at(day: date, start: datetime) -> datetime:
    """A date at the time of day of the start, in its zone."""
    return start.replace(day.year, day.month, day.day, fold=0)


def _renamed(problem: Problem) -> Problem:
    """The same problem, with the part of the RRULE as its path instead of the field."""
    field, bracket, rest = problem.path.partition("[")
    return attrs.evolve(problem, path=(PARTS | LINES)[field] + bracket + rest)
