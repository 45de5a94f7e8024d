"""Hypothesis strategies for every noun, made from the declarations of its fields.

What a declaration allows is drawn, extremes included; where a law ties several fields together,
what was drawn is mended or dropped.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.chrono import Recurrence, Slot, WeeklyHours
from mic_core.chrono.local import instant, local, zone
from mic_core.errors import InvariantError
from mic_core.fields import (
    Choice,
    Clock,
    Coded,
    Day,
    Flag,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    fields_of,
)
from mic_core.model import (
    NOUNS,
    TABLES,
    Availability,
    Leaf,
    Noun,
    Observation,
    Requirement,
    Session,
    Transition,
    Waitlist,
)
from mic_core.portfolio import Batch, Portfolio

Values = SearchStrategy[Any]

ZONES = (
    "Africa/Casablanca", "America/New_York", "America/St_Johns", "Asia/Kolkata",
    "Australia/Lord_Howe", "Europe/Brussels", "Pacific/Apia", "UTC",
)  # fmt: skip
_CHANGES = [
    datetime(2014, 3, 30, 1, tzinfo=UTC),  # Brussels skips an hour
    datetime(2014, 10, 26, 1, tzinfo=UTC),  # and shows one twice
    datetime(2014, 11, 2, 6, tzinfo=UTC),  # as New York does
    datetime(2014, 4, 5, 15, tzinfo=UTC),  # and Lord Howe half an hour
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia skips a day
    datetime(1, 1, 3, tzinfo=UTC),
    datetime(9999, 12, 20, tzinfo=UTC),
]


def texts(most: int, least: int = 1, *, lines: bool = False) -> Values:
    """Texts of any script, mostly short, sometimes as long as can be."""
    letters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029")
    alphabet = letters | st.sampled_from("\n\t") if lines else letters
    short = st.text(alphabet, min_size=least, max_size=min(most, 12))
    awkward = ['"', "\\", "[{,:]}", "\u00e9", "\U0001f680", "a" * most, "\u00e9" * most]
    fitting = [each for each in awkward if least <= len(each) <= most]
    return (short | st.sampled_from(fitting)).filter(lambda text: not least or not text.isspace())


def ids() -> Values:
    """Ids out of a small pool, so that some repeat."""
    few = st.sampled_from(["a", "b", "c", "a.b:c_d-9", "0" * 64])
    return few | st.from_regex("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)


def numbers(least: Decimal | None, most: Decimal | None) -> Values:
    """Decimal numbers of up to 27 digits within bounds."""
    if least is not None and most is not None:
        low, span = least, most - least
        return st.integers(0, 10**9).map(lambda n: low + span * n / 10**9)
    whole = st.integers(0 if least is not None else -(10**27), 10**27) | st.integers(0, 9)
    return st.tuples(whole, st.integers(0, 20)).map(lambda pair: Decimal(pair[0]).scaleb(-pair[1]))


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    """Slots in several zones, mostly near changes of clocks and the ends of the calendar."""
    place = draw(st.sampled_from(ZONES))
    clocks = UTC if place == "UTC" else zone(place)
    quarter = 900_000_000
    near = draw(st.integers(-100, 100)) * quarter + draw(st.sampled_from([0, 0, 1, 1_000_001]))
    start = instant(draw(st.sampled_from(_CHANGES))) + near
    length = draw(st.integers(1, 30) | st.integers(1, 30).map(lambda n: n * quarter))
    return Slot(local(start, clocks), local(start + length, clocks))


def weekly_hours() -> SearchStrategy[WeeklyHours]:
    """Hours of a week, overlapping ones and none included."""
    minute = st.integers(0, 7 * 24 * 60)
    ranges = st.lists(st.tuples(minute, minute).filter(lambda pair: pair[0] < pair[1]), max_size=5)
    return ranges.map(lambda pairs: WeeklyHours(tuple(pairs)))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Rules of each frequency, with and without end and exceptions."""
    frequency = draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"]))
    days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    fields: dict[str, Any] = {"frequency": frequency, "interval": draw(st.integers(1, 9999))}
    if frequency != "daily":
        numbered = ["1MO", "-1FR", "2TU"] if frequency != "weekly" else days
        pool = draw(st.sampled_from([days, numbered]))
        fields["weekdays"] = draw(st.lists(st.sampled_from(pool), max_size=3))
    if frequency in ("monthly", "yearly"):
        fields["month_days"] = draw(st.lists(st.sampled_from([1, 15, 31, -1, -31]), max_size=2))
        fields["months"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    ends = {"count": st.integers(1, 1_000_000), "until": st.dates(), "week_start": st.just("SU")}
    for name in draw(st.sampled_from([[], ["count"], ["until"], ["week_start"]])):
        fields[name] = draw(ends[name])
    dates = st.lists(st.dates(), max_size=2).map(tuple)
    try:
        return Recurrence(**fields, excluded=draw(dates), extra=draw(dates))
    except InvariantError:
        reject()


def requirements() -> SearchStrategy[Requirement]:
    """Trees of conditions up to the depth that documents hold."""

    def combined(parts: Values) -> Values:
        several = st.lists(parts, min_size=1, max_size=3)
        return (
            st.builds(Requirement, rule=st.sampled_from(["all_of", "any_of"]), parts=several)
            | st.builds(Requirement, rule=st.just("n_of"), parts=several, n=st.just(1))
            | st.builds(Requirement, rule=st.just("not_"), parts=st.tuples(parts))
        )

    return combined(st.recursive(drawn(Leaf), combined, max_leaves=6))


def values_of(shape: Shape) -> Values:
    """What a declared field can hold."""
    match shape:
        case Text(most, least, lines):
            return texts(most, least, lines=lines)
        case Id() | Ref():
            return ids()
        case Subject(kinds):
            return st.builds("{}:{}".format, st.sampled_from(kinds), ids())
        case Coded(pattern):
            return st.from_regex(pattern, fullmatch=True)
        case Choice(words):
            return st.sampled_from(words)
        case Flag():
            return st.booleans()
        case Whole(least, most):
            return st.integers(least, most) | st.sampled_from([least, most])
        case Number(least, most):
            return numbers(least, most)
        case Instant():
            return st.datetimes(timezones=st.just(UTC))
        case Day():
            return st.dates()
        case Clock():
            return st.times()
        case Length(least, most):
            minutes = st.integers(1, 3000).map(lambda n: timedelta(minutes=n))
            return minutes | st.timedeltas(least, most)
        case Zone():
            return st.sampled_from(ZONES)
        case Scalar():
            return texts(2000, 0, lines=True) | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
        case Maybe(item):
            return st.none() | values_of(item)
        case Many(item, least) | Labels(item, least):
            return st.lists(values_of(item), min_size=least, max_size=least + 3).map(tuple)
        case Pairs(key, value):
            return st.dictionaries(values_of(key), values_of(value), max_size=3)
        case Value(cls):
            return drawn(cls)
        case _:
            raise TypeError(shape)


def _mend_session(fields: dict[str, Any]) -> None:
    if fields["slot"] is not None:
        fields["length"] = fields["slot"].length
    if fields["series_id"] is None:
        fields["original_start"] = None


def _mend_availability(fields: dict[str, Any]) -> None:
    if fields["slot"] is not None:
        fields["hours"] = fields["period"] = None
    elif fields["hours"] is None and fields["period"] is None:
        fields["hours"] = WeeklyHours()


def _mend_transition(fields: dict[str, Any]) -> None:
    statuses = TABLES[fields["subject"].partition(":")[0]].statuses
    fields["after"] = statuses[len(fields["after"]) % len(statuses)]
    if fields["before"] is not None:
        fields["before"] = statuses[len(fields["before"]) % len(statuses)]
    if fields["after"] != "offered":
        fields["expires_at"] = None


def _mend_observation(fields: dict[str, Any]) -> None:
    fields["claim"] = "more than last year" if fields["indicator_id"] is None else None


def _mend_waitlist(fields: dict[str, Any]) -> None:
    fields["seed"] = 7 if fields["rule"] == "lottery" else None


def _mend_leaf(fields: dict[str, Any]) -> None:
    if fields["op"] == "known":
        fields["value"] = ()
    elif fields["op"] != "in" or not fields["value"]:
        fields["value"] = (*fields["value"], 8)[:1]


_MENDED: dict[type, Callable[[dict[str, Any]], None]] = {
    Availability: _mend_availability,
    Leaf: _mend_leaf,
    Observation: _mend_observation,
    Session: _mend_session,
    Transition: _mend_transition,
    Waitlist: _mend_waitlist,
}

_OWN: dict[type, Callable[[], Values]] = {
    Recurrence: recurrences,
    Requirement: requirements,
    Slot: slots,
    WeeklyHours: weekly_hours,
}


_DRAWN: dict[type[Any], Values] = {}


def drawn(cls: type[Any]) -> Values:
    """Values of a class; fields with a default are often left at it."""
    if cls not in _DRAWN:
        _DRAWN[cls] = _OWN[cls]() if cls in _OWN else _built(cls)
    return _DRAWN[cls]


@st.composite
def _built(draw: st.DrawFn, cls: type[Any]) -> Any:
    fields = {
        field.name: draw(
            values_of(field.shape)
            if field.required
            else st.just(field.default) | values_of(field.shape)
        )
        for field in fields_of(cls)
    }
    if cls in _MENDED:
        _MENDED[cls](fields)
    try:
        return cls(**fields)
    except InvariantError:
        reject()


def nouns() -> SearchStrategy[Noun]:
    """Nouns of every kind."""
    return st.sampled_from(list(NOUNS.values())).flatmap(drawn)


def portfolios(most: int = 6) -> SearchStrategy[Portfolio]:
    """Histories of some batches, recorded by several actors or always known."""
    moments = st.datetimes(timezones=st.just(UTC)) | st.just(datetime(2014, 9, 10, tzinfo=UTC))
    batches = st.builds(
        Batch,
        recorded_at=st.none() | moments,
        actor=st.none() | ids(),
        values=st.lists(nouns(), max_size=most).map(tuple),
    )
    return st.lists(batches, max_size=3).map(Portfolio.replay)
