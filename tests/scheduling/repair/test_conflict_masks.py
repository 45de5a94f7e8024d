"""Conflict masks against a plain comparison of times."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Center, Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.conflict_masks import ConflictMasks
from mic_core.scheduling.repair.min_change import first_cells, last_cells
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.state.occupancy import clear_starts
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import edition, module, program, room, session

NUMBER = 6
HALF = timedelta(minutes=30)
PER_DAY = 8
"""Starts of half an hour on each of two days of four hours."""


def problem() -> PlanningProblem:
    """Six sessions of an hour in one edition: two of a module, two of the next, two of none."""
    days = Period.days(date(2014, 9, 10), date(2014, 9, 11))
    nouns: list[Noun] = [
        Center(
            id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
            opening_hours=WeeklyHours.parse("Mo-Su 09:00-13:00"),
        ),
        room("r"), edition("e", days), program(module("m1"), module("m2", requires=("m1",))),
        *(
            session(f"s{n}", edition_id="e", module_id=("m1", "m2", None)[n // 2])
            for n in range(NUMBER)
        ),
    ]  # fmt: skip
    rules = (*SCHEDULE_RULES, MaxPerDay(most=3, of="edition", level="hard"))
    return problem_of(timetable_of(Portfolio.of(*nouns)), "e", rules=rules, step=HALF)


def in_the_way(mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """True if two sessions (number, start) overlap, or are in the wrong order."""
    (n, start), (other, begin) = mine, theirs
    if abs(start - begin) < 2:
        return True
    before, after = (n // 2, other // 2) == (0, 1), (n // 2, other // 2) == (1, 0)
    return (before and begin < start) or (after and start < begin)


@given(
    st.lists(st.integers(0, 2 * PER_DAY - 1), min_size=NUMBER, max_size=NUMBER),
    st.frozensets(st.integers(0, NUMBER - 1)),
    st.integers(0, NUMBER - 1),
)
def test_sets_of_starts_tell_how_many_would_have_to_leave(
    wanted: list[int], away: frozenset[int], asked: int
) -> None:
    """The layers count overlaps and wrong orders at each start, and one conflict on a full day."""
    posed = problem()
    state = State(posed)
    stands: dict[int, int] = {}
    for n, start in enumerate(wanted):
        at = Placement(start, 0)
        if n != asked and state.problem.fits(n, at) and state.allows(n, at):
            state.place(n, at)
            stands[n] = start
    layers = ConflictMasks(state).layers(asked, -1, away)
    for start in cells_in(posed.activities[asked].starts):
        closing = {n for n, at in stands.items() if in_the_way((asked, start), (n, at))}
        day = {n for n, at in stands.items() if at // PER_DAY == start // PER_DAY}
        home = max(len(closing - away), int(len(day - away) >= 3))
        gone = max(len(closing & away), int(len(day) >= 3 > len(day - away)))
        assert [mask >> start & 1 for mask in layers.original] == [
            min(home, 3) == number for number in range(4)
        ]
        assert [mask >> start & 1 for mask in layers.displaced] == [
            min(gone, 2) == number for number in range(3)
        ]
        named = {other for other, mask in layers.by if mask >> start & 1}
        assert named == closing & away


@given(st.lists(st.integers(0, 2**12 - 1), max_size=3), st.integers(1, 5))
def test_a_start_is_open_where_none_of_its_cells_is_taken(full: list[int], cells: int) -> None:
    """A start is open exactly if each of its cells is."""
    found = clear_starts(full, cells)
    for start in range(12):
        span = ((1 << cells) - 1) << start
        assert found >> start & 1 == (not any(each & span for each in full))


@given(st.integers(0, 2**20), st.integers(0, 4))
def test_the_first_and_the_last_cells_of_a_set(mask: int, most: int) -> None:
    """The first and the last members, up to the number that is wanted."""
    cells = cells_in(mask)
    assert first_cells(mask, most) == cells[:most]
    assert last_cells(mask, most) == cells[::-1][:most]
