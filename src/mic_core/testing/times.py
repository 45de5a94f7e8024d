"""Strategies for times: slots, periods, weekly hours, recurrences; many near changes of clocks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours, instant, zone
from mic_core.chrono.hours import WEEK_MINUTES
from mic_core.chrono.local import local
from mic_core.chrono.months import LONGEST_MONTHS, WEEKDAYS

CHANGES: Mapping[str, tuple[datetime, ...]] = {
    "UTC": (datetime(2014, 9, 10, 16, tzinfo=UTC),),
    "Europe/Brussels": (
        datetime(2014, 3, 30, 1, tzinfo=UTC),
        datetime(2014, 10, 26, 1, tzinfo=UTC),
    ),
    "America/New_York": (
        datetime(2014, 3, 9, 7, tzinfo=UTC),
        datetime(2014, 11, 2, 6, tzinfo=UTC),
    ),
    "America/St_Johns": (datetime(2014, 11, 2, 4, 30, tzinfo=UTC),),
    "Australia/Lord_Howe": (datetime(2014, 4, 5, 15, tzinfo=UTC),),
    "Pacific/Apia": (datetime(2011, 12, 30, 10, tzinfo=UTC),),
    "Asia/Kolkata": (datetime(2014, 9, 10, 12, 30, tzinfo=UTC),),
}
"""Zones to draw from, each with instants to draw near: its changes of clocks, if it has any.

Lord Howe changes by half an hour, St John's is half an hour off, Apia once skipped a whole day.
"""

QUARTER = 900_000_000
"""A quarter of an hour in microseconds."""

_ENDS = (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))


def zones() -> SearchStrategy[str]:
    """Names of time zones with different changes of clocks.

    >>> from hypothesis import find
    >>> find(zones(), lambda name: name.startswith("Europe/"))
    'Europe/Brussels'
    """
    return st.sampled_from(tuple(CHANGES))


@st.composite
def slots(draw: DrawFn, place: str | None = None) -> Slot:
    """Slots in a zone, or in several, most near a change of clocks, some near either end of time.

    They last from a microsecond to seven hours and a half, and many run across midnight. `place`
    is the name of a zone; None means any of `zones`.

    >>> from hypothesis import find
    >>> print(find(slots("UTC"), lambda slot: slot.minutes >= 120))
    Wed 10 Sep 2014 16:00-18:00 UTC
    """
    name = place if place is not None else draw(zones())
    clocks = UTC if name == "UTC" else zone(name)
    near = draw(st.sampled_from((*CHANGES.get(name, CHANGES["UTC"]), *_ENDS)))
    begin = instant(near) + draw(st.integers(-6, 6) | st.integers(-100, 100)) * QUARTER
    begin += draw(st.sampled_from((0, 0, 1, 1_000_001)))
    length = draw(st.integers(1, 30).map(lambda n: n * QUARTER) | st.integers(1, 30))
    return Slot(local(begin, clocks), local(begin + length, clocks))


@st.composite
def periods(draw: DrawFn) -> Period:
    """Periods of any length, open on either side or on both."""
    start = draw(st.none() | st.dates(max_value=date.max - timedelta(days=1)))
    after = date.min + timedelta(days=1) if start is None else start + timedelta(days=1)
    return Period(start, draw(st.none() | st.dates(min_value=after)))


def weekly_hours() -> SearchStrategy[WeeklyHours]:
    """Weekly hours: empty ones, spans that overlap or touch, nights, whole days."""
    minute = st.integers(0, WEEK_MINUTES)
    ends = st.tuples(minute, minute).filter(lambda pair: pair[0] != pair[1])
    spans = ends.map(lambda pair: (min(pair), max(pair)))
    return st.lists(spans, max_size=5).map(lambda each: WeeklyHours(tuple(each)))


@st.composite
def recurrences(draw: DrawFn) -> Recurrence:
    """Recurrences of each frequency, with and without an end, excluded and extra dates.

    At least one date matches each of them.
    """
    fields: dict[str, Any] = {"frequency": draw(st.sampled_from(_FREQUENCIES))}
    fields["interval"] = draw(st.just(1) | st.integers(1, 9_999))
    if fields["frequency"] == "weekly":
        fields["weekdays"] = draw(_some(WEEKDAYS))
    elif fields["frequency"] in {"monthly", "yearly"}:
        fields |= draw(_days_of_months(fields["frequency"]))
    ends = {"count": st.integers(1, 1_000_000), "until": st.dates()}
    for name in draw(st.sampled_from(((), ("count",), ("until",)))):
        fields[name] = draw(ends[name])
    fields["week_start"] = draw(st.sampled_from(WEEKDAYS))
    if not any(fields.get(name) for name in ("weekdays", "month_days", "months")):
        fields |= draw(_days_of_years(fields["frequency"]))
    elif draw(st.booleans()):
        fields["positions"] = draw(st.sampled_from(((1,), (-1,), (1, -1))))
    dates = st.lists(st.dates(), max_size=2)
    return Recurrence(**fields, excluded=tuple(draw(dates)), extra=tuple(draw(dates)))


_FREQUENCIES = ("daily", "weekly", "monthly", "yearly")
_NUMBERED = tuple(f"{n}{day}" for n in (1, 2, 5, -1, -5) for day in WEEKDAYS)


def _some(items: tuple[Any, ...]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(items), max_size=3, unique=True).map(tuple)


@st.composite
def _days_of_years(draw: DrawFn, frequency: str) -> dict[str, Any]:
    """Weeks or days of the year, with the weekdays that they need."""
    weekdays = WEEKDAYS if frequency == "weekly" else ()
    if draw(st.booleans()):
        days = st.integers(1, 365) | st.integers(-365, -1)
        return {"weekdays": weekdays, "year_days": tuple(draw(st.lists(days, max_size=2)))}
    weeks = tuple(draw(st.lists(st.integers(1, 52) | st.integers(-51, -1), max_size=2)))
    return {
        "weekdays": weekdays or (draw(_some(WEEKDAYS)) or ("MO",)) * bool(weeks),
        "weeks": weeks,
    }


@st.composite
def _days_of_months(draw: DrawFn, frequency: str) -> dict[str, Any]:
    """Months with either numbered weekdays, or plain weekdays and existing days."""
    least = 1 if frequency == "yearly" else 0
    months = draw(st.lists(st.integers(1, 12), min_size=least, max_size=3))
    if draw(st.booleans()):
        return {"months": tuple(months), "weekdays": draw(_some(_NUMBERED))}
    longest = max((LONGEST_MONTHS[month] for month in months), default=31)
    days = st.integers(1, longest) | st.integers(-longest, -1)
    return {
        "months": tuple(months),
        "weekdays": draw(_some(WEEKDAYS)),
        "month_days": tuple(draw(st.lists(days, max_size=2))),
    }
