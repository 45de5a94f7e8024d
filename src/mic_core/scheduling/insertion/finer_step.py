"""The finer step at which one session would find a feasible start, where the step leaves none.

No free placement on the step grid and its openings is no proof: terms that no calendar states, such
as patterns of a day or functions of users, may allow a start between them.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import product

import attrs

from mic_core.chrono import Interval
from mic_core.chrono.local import MINUTE
from mic_core.rules import Function
from mic_core.scheduling.insertion.insertion_costs import (
    InsertionCosts,
    RuleTerm,
    forbidden_starts,
)
from mic_core.scheduling.insertion.placements import Options, StartSet, start_times
from mic_core.scheduling.problem.time_axis import days_and_minutes
from mic_core.timetable import is_placed
from mic_core.wording import count_text

FINER_STEPS = tuple(timedelta(minutes=each) for each in (30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1))
"""The steps that are tried in place of one that is too coarse: the divisors of an hour."""

_MOST_MINUTES = 1_000_000
"""The most minutes of a window that are tried: two years; bounds the memory."""

_MOST_CALLS = 20_000
"""The most placements for which functions of users are called: about a second."""


def finer_step(
    options: Options, hard: Sequence[RuleTerm], window: Interval, step: timedelta
) -> timedelta | None:
    """The coarsest step below `step` at which a placement is free; None if none was found.

    Every minute of the window is tried, functions of users only where few minutes are left to
    them. O(minutes of the window) for each set of starts.
    """
    session, low, high = options.session, *window
    if (session.slot is not None and not is_placed(session)) or high - low > _MOST_MINUTES * MINUTE:
        return None
    place = options.timetable.places[options.number]
    times = start_times(place, window, timedelta(minutes=1), session.length)
    every = attrs.evolve(options, times=times)
    quick = [each for each in hard if not isinstance(each.term, Function)]
    left = attrs.evolve(every, times=times.only(_free_starts(every, quick)))
    if len(quick) < len(hard):
        if left.size > _MOST_CALLS:
            return None
        left = attrs.evolve(left, times=left.times.only(_free_starts(left, hard)))
    minutes = {*days_and_minutes(left.times.instants, place)[1]}
    finer = (each for each in FINER_STEPS if each < step)
    return next(
        (each for each in finer if any(not minute % (each.seconds // 60) for minute in minutes)),
        None,
    )


def _free_starts(options: Options, hard: Iterable[RuleTerm]) -> StartSet:
    """The starts at which some room and trainer is forbidden by no hard term."""
    costs, found = InsertionCosts(options, hard), 0
    for room, trainer in product(options.rooms, options.trainers):
        left = options.times.all
        for starts in forbidden_starts(costs.by_rule(room, trainer)).values():
            left &= ~starts
        found |= left
    return found


def at_finer_step(step: timedelta | None) -> str:
    """The clause that names a finer step as a mend; "" for None."""
    if step is None:
        return ""
    return f"; with a step of {step_in_words(step)} some would be free"


def step_in_words(step: timedelta) -> str:
    """A step in minutes.

    >>> step_in_words(timedelta(minutes=5)), step_in_words(timedelta(minutes=1))
    ('5 minutes', '1 minute')
    """
    return count_text(step // timedelta(minutes=1), "minute")
