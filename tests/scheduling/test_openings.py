"""Openings off the step: ends of fixed sessions in shared rooms, days of other time zones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from mic_core import (
    Center,
    Edition,
    Period,
    Portfolio,
    Program,
    Room,
    Session,
    Slot,
    check,
    explain_infeasible,
    plan,
    timetable_of,
)
from mic_core.chrono.local import MINUTE, instant
from mic_core.scheduling.problem.compile import compile_problem
from mic_core.scheduling.problem.time_axis import cells_in

HOUR = 60 * MINUTE

DAY = datetime(2014, 9, 10, tzinfo=UTC)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="UTC")
CAMP = Program(id="camp", title="Camp", kind="training")
EDITION = Edition(
    id="e", program_id="camp", center_id="mic", number=1,
    period=Period.days(DAY.date(), DAY.date()),
)  # fmt: skip


def _fixed(id: str, minute: int, length: timedelta) -> Session:
    slot = Slot(DAY + timedelta(minutes=minute), DAY + timedelta(minutes=minute) + length)
    return Session(id=id, center_id="mic", title=id, length=length, slot=slot, room_id="r")


def _waiting(id: str, length: timedelta, **more: Any) -> Session:
    given: dict[str, Any] = {"center_id": "mic", "edition_id": "e", **more}
    return Session(id=id, title=id, length=length, **given)


def test_a_room_for_two_opens_where_one_of_its_sessions_ends() -> None:
    """With two sessions at once, the third starts at the odd minute at which the first one ends."""
    room = Room(id="r", center_id="mic", name="R", seats=9, concurrency=2)
    long = timedelta(hours=16, minutes=7)
    portfolio = Portfolio.of(
        CENTER, CAMP, EDITION, room, _fixed("a", 0, long), _fixed("b", 0, timedelta(hours=24)),
        _waiting("0", timedelta(hours=7, minutes=53), room_id="r"),
    )  # fmt: skip
    placed = plan(portfolio, "e").portfolio
    slot = placed.get(Session, "0").slot
    assert check(placed).ok
    assert slot is not None
    assert slot.start == DAY + long
    later = attrs.evolve(portfolio.get(Session, "0"), length=timedelta(hours=8))
    crowded = portfolio.record(later, recorded_at=DAY)
    assert explain_infeasible(crowded, "e").verdict == "impossible"


def test_a_day_of_another_zone_may_begin_off_the_step() -> None:
    """On whole hours of UTC a session of a full day in India starts at half past, or not at all."""
    india = Center(id="delhi", name="Delhi", country="IN", time_zone="Asia/Kolkata")
    abroad = Edition(
        id="f", program_id="camp", center_id="delhi", number=2,
        period=Period.days(DAY.date(), DAY.date()),
    )  # fmt: skip
    portfolio = Portfolio.of(
        CENTER, CAMP, EDITION, india, abroad,
        Room(id="r", center_id="mic", name="R"), Room(id="q", center_id="delhi", name="Q"),
        _waiting("m", timedelta(hours=1)),
        _waiting("n", timedelta(hours=24), center_id="delhi", edition_id="f"),
    )  # fmt: skip
    placed = plan(portfolio, "camp", step=timedelta(hours=1)).portfolio
    slot = placed.get(Session, "n").slot
    assert slot is not None
    assert slot.start == DAY - timedelta(hours=5, minutes=30)
    twice = _waiting("o", timedelta(hours=24), center_id="delhi", edition_id="f")
    found = explain_infeasible(
        portfolio.record(twice, recorded_at=DAY), "camp", step=timedelta(hours=1)
    )
    assert found.verdict == "impossible"
    assert {"session:n", "session:o"} <= {
        id for each in found.conflict_sets for id in each.sessions
    }


def test_the_own_window_of_a_session_opens_within_a_wider_one() -> None:
    """Where each session has a window of its own within that of all, it may start with it."""
    room = Room(id="r", center_id="mic", name="R", seats=9)
    portfolio = Portfolio.of(CENTER, CAMP, EDITION, room, _waiting("m", timedelta(hours=1)))
    timetable = timetable_of(portfolio)
    low = instant(DAY)
    windows = {0: (low, low + 10 * HOUR)}
    own = {0: (low + 7 * MINUTE, low + 9 * HOUR)}
    problem = compile_problem(timetable, (), windows, expected_in=own)
    cells = cells_in(problem.domain(0, 0, -1))
    assert low + 7 * MINUTE in {problem.slot(0, cell)[0] for cell in cells}
