"""Schedules over years: memory is linear in the cells of the axis."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mic_core.chrono import Period, Slot
from mic_core.model import Center, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.state.occupancy import ShiftedWindows, windows_of_cells

HOUR = timedelta(hours=1)
FIRST = datetime(2009, 7, 8, tzinfo=UTC)
YEARS = timedelta(days=1_095)


def world(length: timedelta) -> Portfolio:
    """A long session and a short one, which clash in one room."""
    fields: dict[str, Any] = {"center_id": "c", "room_id": "r"}
    return Portfolio.of(
        Center(id="c", name="C", country="BE", time_zone="UTC"),
        Room(id="r", center_id="c", name="R"),
        Session(id="a", title="A", length=length, slot=Slot(FIRST, FIRST + length), **fields),
        Session(id="b", title="B", length=HOUR, slot=Slot(FIRST, FIRST + HOUR), **fields),
    )


@pytest.mark.parametrize("cells", [1, 3, 70])
def test_windows_of_a_long_axis_are_those_of_a_short_one(cells: int) -> None:
    """A window is the same set of cells whether it was listed or is made when asked for."""
    listed, shifted = windows_of_cells(cells, 100), windows_of_cells(cells, 1_000_000)
    assert isinstance(shifted, ShiftedWindows)
    assert [listed[start] for start in range(100)] == [shifted[start] for start in range(100)]


def test_a_session_of_three_years_is_repaired() -> None:
    """One of two sessions that clash for three years finds no place, and memory stays small."""
    tracemalloc.start()
    repaired = repair(world(YEARS), "c")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(repaired.unplaced) == 1
    assert peak < 100 * 2**20


def test_a_window_of_three_years_is_planned() -> None:
    """Two short sessions find a place in three years, and memory stays small."""
    tracemalloc.start()
    window = Period(date(2009, 1, 1), date(2012, 1, 1))
    planned = plan(world(HOUR), "c", free="c", window=window)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert planned.unplaced == ()
    assert peak < 100 * 2**20
