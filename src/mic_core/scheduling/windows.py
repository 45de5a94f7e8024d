"""When the sessions of a plan may take place: between which instants each of them."""

from collections.abc import Mapping, Sequence

from mic_core.chrono import Interval, Period
from mic_core.errors import InvariantError
from mic_core.errors import Problem as Wrong
from mic_core.ids import cite
from mic_core.model import Edition
from mic_core.portfolio import Portfolio, Scope
from mic_core.scheduling.extent import extent
from mic_core.scheduling.timetable import Timetable


def windows_of(
    timetable: Timetable, moving: Sequence[int], scope: Scope, window: Period | None
) -> Mapping[int, Interval]:
    """The instants between which each session is to take place, by its number.

    That is the `window` where one is given, else the period of its edition, or else those of all
    editions in the scope, or else its own slot. Raises InvariantError where there is none of them.
    """
    common = [] if window is not None else _periods(timetable.portfolio, scope)
    found: dict[int, Interval] = {}
    missing: list[Wrong] = []
    for n in moving:
        session, slot = timetable.sessions[n], timetable.slots[n]
        own = [] if window is not None else _editions(timetable, n)
        place = timetable.places[n]
        sides = [each.within(place) for each in ([window] if window is not None else own or common)]
        lows = [low for low, _ in sides if low is not None]
        highs = [high for _, high in sides if high is not None]
        if len(lows) == len(sides) == len(highs) and sides:
            found[n] = min(lows), max(highs)
        elif slot is not None:
            found[n] = slot.start_utc, slot.end_utc
        else:
            rule = "must be given, with both ends, where a session has no edition with a period"
            missing.append(Wrong(path="window", rule=rule, had=cite("session", session.id)))
    if missing:
        raise InvariantError("plan", missing)
    return found


def _editions(timetable: Timetable, n: int) -> list[Period]:
    """The period of a session's edition, or else those of the editions that are expected."""
    session = timetable.sessions[n]
    ids = (session.edition_id,) if session.edition_id is not None else session.audience
    editions = [timetable.portfolio.find(Edition, id) for id in ids]
    return [each.period for each in editions if each is not None]


def _periods(portfolio: Portfolio, scope: Scope) -> list[Period]:
    editions = sorted(extent(portfolio, scope, None).editions)
    return [portfolio.get(Edition, id).period for id in editions]
