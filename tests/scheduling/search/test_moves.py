"""Every neighborhood move of a few full plans, against the feasibility tests of the plain state."""

from collections.abc import Iterator

import pytest

from mic_core.findings import Level
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.spread import MinDays, RoomStability, SameDay, SameTime
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.moves import gather_in_room, kempe_chain, shift
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from tests.scheduling.nouns import edition, module, people, program, room, session
from tests.scheduling.planning.test_plan import CENTER, WEEK
from tests.scheduling.search.boards import ANY, anew, books, hourly, standing
from tests.scheduling.search.test_bookkeeping import at_most_two, crowd, network
from tests.scheduling.state.test_corners import MONDAY, Made


def cohorts(count: int = 6, hours: int = 1) -> Portfolio:
    """Cohorts that share nothing but rooms, with trainers of their own to choose from."""
    names = people("ann", "bob", "eve", "ivy")
    modules = (module("m0", trainers=("ann", "bob")), module("m1", trainers=("eve", "ivy")))
    sessions = [
        session(f"{e}-{n}", minutes=60 * hours, edition_id=e, module_id=f"m{place % 2}")
        for place, e in enumerate(("e", "f", "g", "h"))
        for n in range(count)
    ]
    editions = [edition(e, WEEK) for e in ("e", "f", "g", "h")]
    return Portfolio.of(
        CENTER, room("r0"), room("r1"), program(*modules), *names, *editions, *sessions
    )


def softened(level: Level) -> tuple[ScheduleRule, ...]:
    """Rules of all kinds of terms, some of them at a level."""
    return (
        MaxPerDay(most=2), MaxPerDay(most=2, of="person", level=level), RoomSeats(level="soft"),
        MinGap(minutes=60, of="person", level=level), RoomStability(of="module", level=level),
        SameDay(of="audience", level="soft"), CompactDays(block=60, of="edition"),
        MinDays(least=3, of="edition"), RoomStability(of="edition"), SameTime(of="module"),
    )  # fmt: skip


def plans() -> Iterator[tuple[str, Board]]:
    """Full plans in which much stands in the way of much else."""
    strict = (*softened("hard"), DayLoad(most=180, of="person", level="hard", unit=60))
    for name, portfolio, rules in (
        ("network", network(), softened("soft")),
        ("strict", network(2), strict),
        ("crowd", crowd(requires=True), (ModuleOrder(level="soft"), MaxPerDay(most=1))),
        ("full", crowd(requires=False), (Made(term=at_most_two, level="hard"),)),
        ("long", cohorts(2, hours=2), ()),
        ("cohorts", cohorts(), (MaxPerDay(most=2, of="edition"),)),
        ("plain", crowd(requires=False), ()),
    ):
        state = State(hourly(portfolio, WEEK, *rules))
        seed = 9 if name == "strict" else 3  # what comes of it allows a move of each kind
        eject(state, range(len(state.at)), Chance(seed), steps=400)
        yield name, Board(state)


PLANS = dict(plans())
NAMES = pytest.mark.parametrize("name", PLANS)


def copied(name: str) -> Board:
    """A board of its own for a test."""
    return Board(anew(PLANS[name].state))


def targets(board: Board, every: int) -> Iterator[tuple[int, Placement]]:
    """Every `every`-th placement of the placed activities, allowed or not."""
    problem, count = board.problem, 0
    for a in board.placed:
        each = problem.activities[a]
        for start in range(problem.axis.size):
            for place in each.rooms:
                for trainer in each.trainers:
                    count += 1
                    if count % every == 0:
                        yield a, Placement(start, place, trainer)


def plainly(state: State, *steps: tuple[int, Placement]) -> int | None:
    """The change of the total if activities move at once; None if that is not allowed."""
    before, total = state.placed(), state.total
    for a, _ in steps:
        state.remove(a)
    found: int | None = 0
    for a, at in steps:
        if not (state.problem.fits(a, at) and state.allows(a, at)):
            found = None
            break
        state.place(a, at)
    found = None if found is None else state.total - total
    state.restore(before)
    return found


def shares(state: State, a: int, at: Placement) -> bool:
    """True if an activity needs a cumulative resource, for which swaps are not tried."""
    return any(state.problem.resources[each].limit > 1 for each in state.needs(a, at))


def partner(state: State, a: int, at: Placement) -> tuple[int, Placement] | None:
    """The activity of equal length that would swap with another one, and its new placement."""
    own = state.at[a]
    assert own is not None
    apart = abs(own.start - at.start) >= state.cells[a] or own.start == at.start
    for b, theirs in enumerate(state.at):
        alike = state.cells[a] == state.cells[b] and at.trainer == own.trainer
        if b != a and theirs is not None and theirs[:2] == at[:2] and apart and alike:
            return b, Placement(own.start, own.room, theirs.trainer)
    return None


def back(board: Board, before: tuple[Placement | None, ...]) -> None:
    """Undo what was moved."""
    moved = [a for a in board.placed if board.state.at[a] != before[a]]
    for a in moved:
        board.leave(a)
    for a in moved:
        board.shift(a, *(before[a] or Placement(-1)))
    for a in moved:
        board.take(a)


@NAMES
def test_a_shift_is_what_the_plain_state_allows(name: str) -> None:
    """One goes where it may, or two change places, for what that costs; else nothing happens."""
    board = copied(name)
    state, swaps, singles = board.state, 0, 0
    total, kept = state.total, books(anew(state))
    for a, at in targets(board, 1):
        before = state.placed()
        expected = None if at == state.at[a] else plainly(state, (a, at))
        alone = expected is not None
        other = partner(state, a, at)
        if expected is None and other is not None:
            expected = plainly(state, (a, at), other)
        found = shift(board, a, *at, ANY)
        if found is None:
            assert expected is None or (not alone and shares(state, a, at))
            assert state.placed() == before
            continue
        assert found == expected
        moved = [each for each in board.placed if state.at[each] != before[each]]
        assert moved == ([a] if alone else sorted([a, other[0] if other else -1]))
        assert state.at[a] == at
        swaps, singles = swaps + (not alone), singles + alone
        if (swaps + singles) % 20 == 0:
            assert books(state) == books(anew(state))
            assert anew(state).total == total + found
        back(board, before)
        assert shift(board, a, *at, found - 1) is None
        assert state.placed() == before
        assert board.last_delta == found or not alone
    assert swaps > 5
    assert singles > 5
    assert books(state) == kept


def exchanged(state: State, a: int, start: int) -> dict[int, Placement] | None:
    """The new placements of a Kempe chain, found by comparing all activities; None for no chain."""
    own = state.at[a]
    assert own is not None
    cells = state.cells[a]
    if abs(own.start - start) < cells:
        return None
    moving: dict[int, Placement] = {}
    waiting = [a]
    while waiting:
        x = waiting.pop()
        at = state.at[x]
        assert at is not None
        if at.start not in {own.start, start} or state.cells[x] != cells:
            return None
        moving[x] = at._replace(start=own.start + start - at.start)
        needs = {q for q in state.needs(x, moving[x]) if state.problem.resources[q].limit == 1}
        for y, theirs in enumerate(state.at):
            if theirs is not None and y not in moving:
                meets = -state.cells[y] < theirs.start - moving[x].start < cells
                if meets and needs.intersection(state.needs(y, theirs)):
                    waiting.append(y)
    return moving


@NAMES
def test_a_chain_is_what_the_plain_state_allows(name: str) -> None:
    """A Kempe chain moves the connected component, at its cost in the plain state, or nothing."""
    board = copied(name)
    state, sizes = board.state, list[int]()
    total, kept = state.total, books(anew(state))
    for a in board.placed:
        for start in board.starts[a]:
            before = state.placed()
            moving = exchanged(state, a, start)
            expected = None if moving is None else plainly(state, *moving.items())
            found = kempe_chain(board, a, start, ANY)
            if found is None:
                alike = any(board.twins[a] >> b & 1 for b in moving or ())
                assert expected is None or alike
                assert state.placed() == before
                continue
            assert moving is not None
            assert found == expected
            assert [state.at[each] for each in moving] == [*moving.values()]
            assert books(state) == books(anew(state))
            assert anew(state).total == total + found
            back(board, before)
            assert kempe_chain(board, a, start, found - 1) is None
            assert state.placed() == before
            sizes.append(len(moving))
    assert len(set(sizes)) > 1
    assert books(state) == kept


def test_a_chain_that_grows_too_long_is_given_up() -> None:
    """A chain moves at most the number of activities that it is allowed to move."""
    board = copied("network")
    longer: set[int] = set()
    for most in (2, 3):
        for a in board.placed:
            for start in board.starts[a]:
                before = board.state.placed()
                moving = exchanged(board.state, a, start) or {}
                if kempe_chain(board, a, start, ANY, most) is not None:
                    assert len(moving) <= most
                    longer.add(len(moving))
                    back(board, before)
    assert max(longer) == 3


def test_a_chain_does_not_fill_a_room_beyond_its_places() -> None:
    """Two activities of a room for two cannot both move to a start at which it is half full."""
    cohorts = {"x0": ("e",), "x1": ("f",), "y": ("e", "f"), "z": ("g",)}
    sessions = [session(id, audience=audience) for id, audience in cohorts.items()]
    portfolio = Portfolio.of(
        CENTER, room("a"), room("b", concurrency=2), *(edition(e, WEEK) for e in "efg"), *sessions
    )
    made = hourly(portfolio, MONDAY)
    board = standing(made, (0, 1), (0, 1), (1, 0), (1, 1))
    assert exchanged(board.state, 0, 1) == {0: (1, 1, -1), 2: (0, 0, -1), 1: (1, 1, -1)}
    assert kempe_chain(board, 0, 1, ANY) is None
    alone = Portfolio.of(CENTER, room("b", concurrency=2), *(session(id) for id in "xyz"))
    full = standing(hourly(alone, MONDAY), (0, 0), (1, 0), (1, 0))
    assert kempe_chain(full, 0, 1, ANY) is None
    assert kempe_chain(full, 0, 2, ANY) == 0
    free = standing(made, (0, 1), (0, 1), (1, 0), (2, 1))
    assert kempe_chain(free, 0, 1, ANY) == 0
    assert books(free.state) == books(anew(free.state))


@NAMES
def test_a_group_goes_to_one_room_as_the_plain_state_allows(name: str) -> None:
    """Members move to one room at unchanged starts; activities there take the rooms they left."""
    board = copied(name)
    state, made = board.state, 0
    total, kept = state.total, books(anew(state))
    groups = [*board.room_groups, board.placed, board.placed[::-1], board.placed[::2]]
    for group in groups:
        for place in range(len(board.problem.rooms)):
            before = state.placed()
            found = gather_in_room(board, group, place, ANY)
            if found is None:
                assert state.placed() == before
                continue
            after = state.placed()
            moved = {a: at for a, at in enumerate(after) if at is not None and at != before[a]}
            gone = [a for a, at in moved.items() if at.room == place]
            assert gone
            assert set(gone) <= set(group)
            for a, at in moved.items():
                was = before[a]
                assert was is not None
                assert at._replace(room=was.room) == was
                assert a in gone or was.room == place
            assert books(state) == books(anew(state))
            assert anew(state).total == total + found
            back(board, before)
            assert plainly(state, *moved.items()) == found
            assert gather_in_room(board, group, place, found - 1) is None
            assert state.placed() == before
            made += 1
    assert made > 0
    assert books(state) == kept
