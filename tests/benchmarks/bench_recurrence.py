"""Dates of recurrences against dateutil's sets of rules, near the start and far from it.

    python tests/benchmarks/bench_recurrence.py [--smoke]

The base is what an app that speaks dateutil does: ten years of a weekly series with thirteen
exceptions, on the clocks of Brussels, from an `rruleset`. Ours gives the same moments, but decides
on skipped and repeated times as well. Goals: at most half of it; and a window 25 years after the
start costs what one at the start does, whatever the rule.
"""

from datetime import date, datetime, time, timedelta
from functools import partial

import attrs
import ratios

from mic_core.chrono import Recurrence, occurrences, zone
from mic_core.chrono.local import moments

BRUSSELS = zone("Europe/Brussels")
START = date(2014, 9, 10)
CLOCK = time(18)


def _weekly(years: int) -> Recurrence:
    last = START + timedelta(days=round(365.25 * years))
    holidays = [START + timedelta(weeks=40 * each) for each in range(1, 14)]
    excluded = tuple(day for day in holidays if day <= last)
    return Recurrence(frequency="weekly", until=last, excluded=excluded)


def _ours(rule: Recurrence) -> list[datetime]:
    days = occurrences(rule, START)
    return list(moments(days, CLOCK, BRUSSELS, nonexistent="skip", ambiguous="first"))


def ten_years(*, small: bool) -> list[ratios.Row]:
    """All moments of a series, ours and those of dateutil."""
    rule = _weekly(1 if small else 10)
    start = datetime.combine(START, CLOCK, BRUSSELS)
    assert _ours(rule) == list(rule.rruleset(start))
    return ratios.compare(
        f"{len(_ours(rule))} evenings of a weekly series",
        {
            "dateutil rruleset": lambda: list(rule.rruleset(start)),
            "occurrences at local times": lambda: _ours(rule),
            "occurrences alone": lambda: occurrences(rule, START),
        },
        repetitions=2 if small else 101,
        goals={"occurrences at local times": 0.5, "occurrences alone": 0.5},
    )


def _year(rule: Recurrence, first: date, times: int) -> int:
    window = (first, first + timedelta(days=364))
    return sum(len(occurrences(rule, START, window)) for _ in range(times))


def far_windows(*, small: bool) -> list[ratios.Row]:
    """A year of a rule at its start and 25 years after it."""
    rows: list[ratios.Row] = []
    far = date(2039, 9, 10)
    times = 2 if small else 100
    for text in ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=-1FR"):
        rule = Recurrence.parse(text)
        counted = attrs.evolve(rule, count=20_000)
        rows += ratios.compare(
            f"a year of {text}, {times} times",
            {
                "at the start": partial(_year, rule, START, times),
                "25 years after": partial(_year, rule, far, times),
                "25 years after, counted": partial(_year, counted, far, times),
            },
            repetitions=2 if small else 31,
            goals={"25 years after": 1.1, "25 years after, counted": 1.3},
        )
    return rows


def main() -> list[ratios.Row]:
    """Print all tables and return their rows."""
    small = ratios.smoke()
    return ten_years(small=small) + far_windows(small=small)


if __name__ == "__main__":
    main()
