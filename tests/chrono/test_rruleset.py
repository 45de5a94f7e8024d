"""Rules as dateutil has them, for apps that use it: the same dates, on any clocks."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Recurrence, occurrences, zone
from mic_core.errors import InvariantError
from tests.chrono.test_expansion import STARTS, rules

CLOCKS: list[tzinfo | None] = [None, UTC, zone("Europe/Brussels"), zone("Australia/Lord_Howe")]
OFFSETS = st.lists(st.integers(-50, 700), max_size=6)
TIMES = st.times().map(lambda clock: clock.replace(microsecond=0))


@given(rules(), STARTS, OFFSETS, OFFSETS, TIMES, st.sampled_from(CLOCKS))
def test_the_dates_are_those_of_occurrences(
    rule: Recurrence,
    day: date,
    excluded: list[int],
    extra: list[int],
    clock: time,
    place: tzinfo | None,
) -> None:
    """On any clocks, each date that the rule has comes once, in order, at the time of the start."""
    changed = attrs.evolve(
        rule,
        excluded=tuple(day + timedelta(days=offset) for offset in excluded),
        extra=tuple(day + timedelta(days=offset) for offset in extra),
    )
    last = day + timedelta(days=900)
    until = datetime.combine(last, clock, place)
    moments = takewhile(
        lambda moment: moment <= until, changed.rruleset(datetime.combine(day, clock, place))
    )
    expected = occurrences(changed, day, (date(2011, 1, 1), last))
    assert [*moments] == [datetime.combine(each, clock, place) for each in expected]


def test_of_a_time_shown_twice_the_first_is_meant() -> None:
    """A start at the second 02:30 of a day goes on at 02:30, and excluded dates are found."""
    brussels = zone("Europe/Brussels")
    rule = Recurrence(frequency="daily", count=3, excluded=(date(2014, 10, 27),))
    start = datetime(2014, 10, 26, 2, 30, tzinfo=brussels, fold=1)
    assert [str(moment) for moment in rule.rruleset(start)] == [
        "2014-10-26 02:30:00+02:00",
        "2014-10-28 02:30:00+01:00",
    ]


def test_a_rule_without_dates_left_is_empty() -> None:
    """A rule all of whose dates are excluded ends, and yields nothing."""
    rule = Recurrence(frequency="yearly", count=2, excluded=(date(2014, 1, 1), date(2015, 1, 1)))
    assert [*rule.rruleset(datetime(2014, 1, 1))] == []  # noqa: DTZ001  # naive is allowed


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (date(2014, 9, 10), "start: must be a local date and time; had a date"),
        ("2014-09-10", "start: must be a local date and time; had text of 10 characters"),
        (datetime(2014, 9, 10, 18, 0, 0, 1, UTC), "start: must be a whole second"),
    ],
)
def test_a_start_that_dateutil_would_change_is_refused(start: Any, message: str) -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(InvariantError, match=message):
        Recurrence(frequency="daily").rruleset(start)


@pytest.mark.parametrize("week", [52, 53])
def test_weeks_that_dateutil_confuses_are_refused(week: int) -> None:
    """dateutil takes 1 January 1994 for week 53 instead of 52, so it gets no such rule."""
    rule = Recurrence.parse(f"FREQ=YEARLY;BYWEEKNO={week};BYDAY=SA")
    with pytest.raises(InvariantError, match="weeks: must not have week 52 or 53 here"):
        rule.rruleset(datetime(1994, 1, 1))  # noqa: DTZ001  # naive is allowed
    assert (
        date(1994, 1, 1)
        in occurrences(rule, date(1994, 1, 1), (date(1994, 1, 1), date(1994, 1, 1)))
    ) == (week == 52)


def test_dateutil_is_loaded_only_then() -> None:
    """A rule that is read, written and answered does not load dateutil."""
    code = (
        "import sys; from datetime import date\n"
        "from mic_core.chrono import Recurrence, occurrences\n"
        "occurrences(Recurrence.parse('FREQ=DAILY;COUNT=3'), date(2014, 9, 10));"
        "sys.exit('dateutil' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
