"""Simulated annealing (Kirkpatrick et al., 1983) among feasible schedules, in integer arithmetic.

Random moves are accepted with the Metropolis probability e**(-change / temperature), and the
temperature falls geometrically. Instead of comparing that probability with a random number u for
each change, the search draws the limit -ln(u) * temperature first and accepts every change up to
it: so a move can be given up as soon as it costs more. Logarithms come from an integer table, so
results are equal on every machine. One move costs O(terms of the moved activities).
"""

from collections.abc import Callable
from functools import cache

import attrs

from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.moves import LONGEST_CHAIN, gather_in_room, kempe_chain, shift
from mic_core.scheduling.search.rng import Chance

TEMPERATURES = 240
"""Temperature levels of a long run: a tuning value, see tests/benchmarks/bench_plan.py."""

SCALE = 1024
"""Temperatures are ints in parts of 1/1024 of one unit of cost."""

LEVEL_MOVES = 50
"""The fewest moves at one temperature: a short run has fewer levels."""

SAMPLED_MOVES = 2_000
"""Moves evaluated to measure the first temperature; they are not counted as tried moves."""

MOVES_TO_BE_HOT = 2_000
"""Moves per activity from which on a run begins at its full first temperature."""

REJECT_ALL = -(1 << 99)
"""A limit below every change of cost: a move is evaluated and never made."""

MOST_SAMPLED = 500_000
"""Half a unit of level medium, in units of soft: greater changes do not count as worsening."""


@attrs.frozen
class Heat:
    """The parameters of simulated annealing: first and last temperature, and the mix of moves.

    `hot` is the first temperature in parts of 1/256 of the mean worsening of a sampled move, `cold`
    the last one in parts of 1/1024 of one unit of cost. `chains` and `rooms` are the shares, in
    parts of 1/256, of Kempe chains and of moves of a group to one room; the rest are shifts. Chains
    of more than `longest_chain` activities are given up.

    `rooms` is tuned on four instances of ITC-2007 track 3 and shuffled variants, with 600 and 1,000
    moves per activity: 48 parts end 11 % below 4 in sum for a fifth more time; 80 are no surer.
    """

    hot: int = 128
    cold: int = 128
    chains: int = 160
    rooms: int = 48
    longest_chain: int = LONGEST_CHAIN


@attrs.define(eq=False)
class Annealing:
    """One annealing run on a board, with its incumbent, its cost, and the moves tried so far."""

    board: Board
    chance: Chance
    heat: Heat = Heat()
    best: Placements = ()
    best_cost: int = 0
    done: int = 0

    def run(self, budget: int, on_level: Callable[[int, int], bool]) -> int:
        """Try `budget` moves, leave the state at the incumbent, and return how many were tried.

        `on_level` is called after each temperature with the moves tried and the incumbent's cost;
        the run ends early if it returns True, or if the incumbent reaches the lower bound.
        """
        state = self.board.state
        self.best, self.best_cost = state.placed(), state.total
        movable = [a for a in self.board.placed if self._is_movable(a)]
        if not movable or budget <= 0:
            return 0
        first = self._first_temperature(movable, min(SAMPLED_MOVES, budget), budget // len(movable))
        cold = self.heat.cold
        levels = min(TEMPERATURES, max(1, budget // LEVEL_MOVES))
        for level, temperature in enumerate(temperatures(max(first, cold), cold, levels)):
            upto = budget * (level + 1) // levels
            self._run_level(movable, temperature, upto - self.done)
            if on_level(self.done, self.best_cost) or self.best_cost == self.board.problem.floor:
                break
        if state.total > self.best_cost:
            state.restore(self.best)
        return self.done

    def _is_movable(self, a: int) -> bool:
        """True if an activity has more than one placement in its domain."""
        each = self.board.problem.activities[a]
        return len(self.board.starts[a]) > 1 or len(each.rooms) > 1 or len(each.trainers) > 1

    def _first_temperature(self, movable: list[int], tries: int, each_gets: int) -> int:
        """The first temperature: in proportion to the mean worsening of sampled moves.

        With few moves for each activity it is lower in proportion, since a run that begins hot
        would end before it is cold.
        """
        board, chance = self.board, self.chance
        found: list[int] = []

        for _ in range(tries):
            a = chance.one_of(movable)
            own = board.problem.activities[a]
            start, room = chance.one_of(board.starts[a]), chance.one_of(own.rooms)
            board.last_delta = 0
            shift(board, a, start, room, board.trainer[a], REJECT_ALL)
            if 0 < board.last_delta < MOST_SAMPLED:
                found.append(board.last_delta)
        mean = SCALE * sum(found) // len(found) if found else SCALE
        time = min(MOVES_TO_BE_HOT, each_gets)
        return mean * self.heat.hot * time // (256 * MOVES_TO_BE_HOT)

    def _group_and_room(self, group: list[int], word: int) -> tuple[list[int], int]:
        """A room, and the members of a group to move there: all, or those in one of its rooms."""
        board = self.board
        one = group[word % len(group)]
        rooms = board.problem.activities[one].rooms
        room = rooms[(word >> 8) % len(rooms)]
        if word >> 16 & 1:
            return group, room
        return [a for a in group if board.room[a] == board.room[one]], room

    def _run_level(self, movable: list[int], temperature: int, moves: int) -> None:
        """Try moves at one temperature.

        `word * n >> 32` is a random index below n for a random word of 32 bits: a multiplication
        is cheaper than a remainder. Local names spare attribute look-ups.
        """
        board, state, activities = self.board, self.board.state, self.board.problem.activities
        starts, trainers, rooms = board.starts, board.trainer, board.room
        table, chance = acceptance_table(), self.chance
        chains, number, groups = self.heat.chains, len(movable), self.board.room_groups
        longest = self.heat.longest_chain
        rooms_too = chains + (self.heat.rooms if groups else 0)
        left = moves
        while left > 0:
            turns = min(left, 800)  # a move reads at most 5 of the 4,096 words of a batch
            left -= turns
            words = iter(chance.batch())
            for _ in range(turns):
                pick = next(words)
                # Units: table in 1/32, temperature in 1/1024, so 15 bits of fraction.
                limit = table[next(words) >> 20] * temperature >> 15
                a = movable[pick * number >> 32]
                mine = starts[a]
                start = mine[next(words) * len(mine) >> 32]
                kind = next(words)
                if kind & 255 < chains:
                    delta = kempe_chain(board, a, start, limit, longest)
                elif kind & 255 < rooms_too:
                    group = groups[pick * len(groups) >> 32]
                    delta = gather_in_room(board, *self._group_and_room(group, kind >> 8), limit)
                else:
                    each = activities[a]
                    # Of 8 shifts 2 keep the start, 4 change start and room, 2 keep the room; an odd
                    # choice draws a trainer as well.
                    choice = kind >> 8 & 7
                    room, trainer = rooms[a], trainers[a]
                    if choice < 6:
                        room = each.rooms[(kind >> 16) * len(each.rooms) >> 16]
                        if choice < 2:
                            start = board.start[a]
                    if len(each.trainers) > 1 and choice & 1:
                        trainer = each.trainers[(next(words) >> 8) % len(each.trainers)]
                    delta = shift(board, a, start, room, trainer, limit)
                if delta:
                    state.total += delta
                    if state.total < self.best_cost:
                        self.best_cost, self.best = state.total, state.placed()
        self.done += moves


GRAIN = 32
"""Logarithms are ints in parts of 1/32."""

_FINE = 96
"""Bits of the fraction of intermediate exponentials: errors stay far below the 32 bits kept."""


@cache
def exponentials() -> tuple[int, ...]:
    """The table of 2**32 * e**(-k/32), rounded down, for k from 0 until that is 0.

    >>> exponentials()[0], exponentials()[32] * 1000 // 2**32, exponentials()[-1]
    (4294967296, 367, 0)
    """
    one = 1 << _FINE
    term = total = one
    for k in range(1, 24):  # the series of e**(-1/32); its 24th term is below 2**-96
        term //= GRAIN * k
        total += term if k % 2 == 0 else -term
    found = [one]
    while found[-1] >> (_FINE - 32):
        found.append(found[-1] * total >> _FINE)
    return tuple(each >> (_FINE - 32) for each in found)


@cache
def acceptance_table() -> tuple[int, ...]:
    """The table of -ln((i + 1/2) / 4096), in parts of 1/32 and rounded down, for i from 0 to 4095.

    A random entry times the temperature is an exponential variate: it exceeds a change of cost with
    the Metropolis probability e**(-change / temperature).

    >>> acceptance_table()[0], acceptance_table()[2048], acceptance_table()[-1]
    (288, 22, 0)
    """
    table = exponentials()
    found: list[int] = []
    k = len(table) - 1
    for i in range(4096):
        while k and table[k] < (2 * i + 1) << 19:
            k -= 1
        found.append(k)
    return tuple(found)


def temperatures(first: int, last: int, steps: int) -> list[int]:
    """Geometric cooling: temperatures from the first to the last, in a constant ratio.

    The ratio has 32 bits of fraction and is found by bisection.

    >>> temperatures(1600, 100, 5)
    [1600, 802, 402, 201, 101]
    """
    if steps < 2:
        return [first] * steps
    low, high = 0, 1 << 32
    while low < high:  # the largest ratio that does not end above the last
        middle = (low + high + 1) >> 1
        if _decayed(first, middle, steps - 1) <= last:
            low = middle
        else:
            high = middle - 1
    found = [first << 32]
    for _ in range(steps - 1):
        found.append(found[-1] * low >> 32)
    return [max(1, (each + (1 << 31)) >> 32) for each in found]


def _decayed(first: int, ratio: int, steps: int) -> int:
    """The temperature after some steps of a ratio with 32 bits of fraction."""
    value = first << 32
    for _ in range(steps):
        value = value * ratio >> 32
    return value >> 32
