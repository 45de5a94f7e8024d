"""Time windows: the instants within which each session of a plan has to lie."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from mic_core.chrono import Interval, Period
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, instant
from mic_core.errors import InvariantError, Problem
from mic_core.ids import cite
from mic_core.model import Edition
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.scope import extent
from mic_core.scheduling.problem.compile import STEP
from mic_core.timetable import Timetable

EARLIEST, LATEST = (
    instant(datetime(year, month, day, tzinfo=UTC))
    for year, month, day in ((1, 1, 3), (9999, 12, 29))
)
"""Instants between which every time zone has a local time that `datetime` can hold."""

MOST_STARTS = 4_000_000
"""The most starts in a window: about a century of quarters of an hour; bounds the memory."""


def windows_of(
    timetable: Timetable,
    moving: Sequence[int],
    scope: Scope,
    window: Period | None,
    *,
    step: timedelta = STEP,
    pinned: Collection[int] = (),
    verb: str = "plan",
) -> Mapping[int, Interval]:
    """The time window of each session, as two instants, by its number.

    It is the given `window`, else the period of the session's edition, else the periods of all
    editions in the scope; these also complete a window that is open on one side. Without any of
    them it is the session's own slot. Sessions `pinned` to a slot have a window around that slot,
    unless the windows then reach too far apart. Raises InvariantError if a session has no window,
    if a window lies outside the range of local clocks, or if it holds more than `MOST_STARTS`.
    """
    open_sided = window is None or window.length is None
    common = _periods(timetable.portfolio, scope) if open_sided else []
    found: dict[int, Interval] = {}
    missing: list[Problem] = []
    for n in moving:
        session, slot = timetable.sessions[n], timetable.slots[n]
        own = _editions(timetable, n) if open_sided else []
        low, high = _sides_of_window(window, own or common, timetable.places[n])
        if low is not None and high is not None:
            found[n] = low, high
        elif slot is not None:
            # From a whole minute on: the unit of the grid divides the distance of all starts to it.
            found[n] = slot.start_utc // MINUTE * MINUTE, slot.end_utc
        else:
            rule = "must be given, with both ends, where a session has no edition with a period"
            missing.append(Problem(path="window", rule=rule, had=cite("session", session.id)))
    problems = missing or [*_excesses(found.values(), step)]
    if problems:
        raise InvariantError(verb, problems)
    near = {**found, **{n: _window_around(timetable, n) for n in pinned}}
    return found if any(_excesses(near.values(), step)) else near


def _window_around(timetable: Timetable, n: int) -> Interval:
    """The window of a pinned slot: from the midnight before it to a day after it.

    The grid counts whole units from the first window on, so a slot has to lie well inside.
    """
    start = timetable.starts[n]
    low = start - start % MINUTE - timetable.minutes[n] * MINUTE
    return low, timetable.ends[n] + DAY_MICROSECONDS


def _sides_of_window(
    window: Period | None, periods: Sequence[Period], place: tzinfo
) -> tuple[int | None, int | None]:
    """The two sides of a window; a side that it lacks is that of all periods together."""
    low, high = (None, None) if window is None else window.within(place)
    sides = [each.within(place) for each in periods]
    lows, highs = [each for each, _ in sides], [each for _, each in sides]
    return _side_of_window(low, lows, min), _side_of_window(high, highs, max)


def _side_of_window(
    own: int | None, sides: Sequence[int | None], widest: Callable[[Iterable[int]], int]
) -> int | None:
    """One side of a window: as given, else the widest of the periods' sides, if all have one."""
    closed = [each for each in sides if each is not None]
    if own is not None or not closed or len(closed) < len(sides):
        return own
    return widest(closed)


def _excesses(windows: Collection[Interval], step: timedelta) -> Iterator[Problem]:
    """The problem of windows that together reach beyond local clocks or hold too many starts."""
    low = min((low for low, _ in windows), default=EARLIEST)
    high = max((high for _, high in windows), default=EARLIEST)
    if low < EARLIEST or high > LATEST:
        rule = "must lie between 0001-01-03 and 9999-12-29, or clocks cannot tell its times"
        yield Problem(path="window", rule=rule, mend="take a window nearer to our days")
    elif (high - low) // (step // timedelta(microseconds=1)) > MOST_STARTS:
        rule = f"must hold at most {MOST_STARTS:,} times to start"
        yield Problem(path="window", rule=rule, mend="take a shorter window, or a longer step")


def _editions(timetable: Timetable, n: int) -> list[Period]:
    """The period of a session's edition, or else those of the editions in its audience."""
    session = timetable.sessions[n]
    ids = (session.edition_id,) if session.edition_id is not None else session.audience
    editions = [timetable.portfolio.find(Edition, id) for id in ids]
    return [each.period for each in editions if each is not None]


def _periods(portfolio: Portfolio, scope: Scope) -> list[Period]:
    """The periods of all editions in a scope."""
    editions = sorted(extent(portfolio, scope, None).editions)
    return [portfolio.get(Edition, id).period for id in editions]
