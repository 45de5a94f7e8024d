"""Local search among what is allowed: random moves, accepted the less the worse and the later."""

from collections.abc import Callable
from functools import cache

import attrs

from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.moves import LONGEST_CHAIN, gather_in_room, kempe_chain, shift
from mic_core.scheduling.search.rng import Chance

TEMPERATURES = 240
"""How many temperatures there are between the first and the last."""

SCALE = 1024
"""Temperatures are kept in parts of one unit of cost."""

MOVES_TO_BE_HOT = 2_000
"""So many moves for each activity let a search begin as hot as it should."""

REJECT_ALL = -(1 << 99)
"""A limit that no change keeps."""

MOST_SAMPLED = 500_000
"""Changes above this are of a level that no temperature reaches."""


@attrs.frozen
class Heat:
    """How a search is run: from which to which temperature, in which mix of moves.

    `hot` is in parts of 256 of the mean worsening of a move, `cold` in parts of 1024 of one unit
    of cost. `chains` and `rooms` are shares of the moves in parts of 256; the rest are single.
    Chains of more than `longest_chain` activities are given up.
    """

    hot: int = 128
    cold: int = 128
    chains: int = 160
    rooms: int = 4
    longest_chain: int = LONGEST_CHAIN


@attrs.define(eq=False)
class Annealing:
    """A search on a board."""

    board: Board
    chance: Chance
    heat: Heat = Heat()
    best: Placements = ()
    least: int = 0
    done: int = 0

    def run(self, budget: int, on_level: Callable[[int, int], bool]) -> int:
        """Try so many moves and leave the state at the best that was met; gives how many were made.

        `on_level` hears how many were tried and the least cost, and may stop by answering True.
        """
        state = self.board.state
        self.best, self.least = state.placed(), state.total
        movable = [a for a in self.board.standing if self._is_free(a)]
        if not movable or budget <= 0:
            return 0
        first = self._first(movable, min(2_000, budget), budget // len(movable))
        cold = self.heat.cold
        levels = min(TEMPERATURES, max(1, budget // 50))
        for level, temperature in enumerate(temperatures(max(first, cold), cold, levels)):
            upto = budget * (level + 1) // levels
            self._level(movable, temperature, upto - self.done)
            if on_level(self.done, self.least) or self.least == self.board.problem.floor:
                break
        if state.total > self.least:
            state.restore(self.best)
        return self.done

    def _is_free(self, a: int) -> bool:
        each = self.board.problem.activities[a]
        return len(self.board.starts[a]) > 1 or len(each.rooms) > 1 or len(each.trainers) > 1

    def _first(self, movable: list[int], tries: int, each_gets: int) -> int:
        """The first temperature, after the mean of how much a move makes it worse.

        Where there is little time for each activity, a search that begins hot does not get cold.
        """
        board, chance = self.board, self.chance
        found: list[int] = []

        for _ in range(tries):
            a = chance.one_of(movable)
            own = board.problem.activities[a]
            start, room = chance.one_of(board.starts[a]), chance.one_of(own.rooms)
            board.seen = 0
            shift(board, a, start, room, board.trainer[a], REJECT_ALL)
            if 0 < board.seen < MOST_SAMPLED:
                found.append(board.seen)
        mean = SCALE * sum(found) // len(found) if found else SCALE
        time = min(MOVES_TO_BE_HOT, each_gets)
        return mean * self.heat.hot * time // (256 * MOVES_TO_BE_HOT)

    def _family(self, group: list[int], word: int) -> tuple[list[int], int]:
        """A group, or those of it that share a room, and a room for it."""
        board = self.board
        one = group[word % len(group)]
        rooms = board.problem.activities[one].rooms
        room = rooms[(word >> 8) % len(rooms)]
        if word >> 16 & 1:
            return group, room
        return [a for a in group if board.room[a] == board.room[one]], room

    def _level(self, movable: list[int], temperature: int, moves: int) -> None:
        """Moves at one temperature."""
        board, state, activities = self.board, self.board.state, self.board.problem.activities
        starts, trainers, rooms = board.starts, board.trainer, board.room
        table, chance = acceptance_table(), self.chance
        chains, number, groups = self.heat.chains, len(movable), self.board.families
        longest = self.heat.longest_chain
        rooms_too = chains + (self.heat.rooms if groups else 0)
        left = moves
        while left > 0:
            turns = min(left, 800)
            left -= turns
            words = iter(chance.batch())
            for _ in range(turns):
                pick = next(words)
                limit = table[next(words) >> 20] * temperature >> 15
                a = movable[pick * number >> 32]
                mine = starts[a]
                start = mine[next(words) * len(mine) >> 32]
                kind = next(words)
                if kind & 255 < chains:
                    delta = kempe_chain(board, a, start, limit, longest)
                elif kind & 255 < rooms_too:
                    group = groups[pick * len(groups) >> 32]
                    delta = gather_in_room(board, *self._family(group, kind >> 8), limit)
                else:
                    each = activities[a]
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
                    if state.total < self.least:
                        self.least, self.best = state.total, state.placed()
        self.done += moves


GRAIN = 32
"""Into how many steps a change of one temperature is divided."""


_FINE = 96


@cache
def exponentials() -> tuple[int, ...]:
    """2**32 times e to the power of minus k over 32, for k from 0 until nothing is left.

    >>> exponentials()[0], exponentials()[32] * 1000 // 2**32, exponentials()[-1]
    (4294967296, 367, 0)
    """
    one = 1 << _FINE
    term = total = one
    for k in range(1, 24):  # e to the power of minus 1/32, by its series
        term //= GRAIN * k
        total += term if k % 2 == 0 else -term
    found = [one]
    while found[-1] >> (_FINE - 32):
        found.append(found[-1] * total >> _FINE)
    return tuple(each >> (_FINE - 32) for each in found)


@cache
def acceptance_table() -> tuple[int, ...]:
    """Minus the logarithms of (i + 1/2) / 4096, in parts of 32, for i from 0 to 4095.

    A change is accepted up to the temperature times one of these, picked by chance: that is as
    likely as e to the power of minus the change over the temperature.

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
    """Temperatures from the first to the last, each the same part of the one before.

    >>> temperatures(1600, 100, 5)
    [1600, 802, 402, 201, 101]
    """
    if steps < 2:
        return [first] * steps
    low, high = 0, 1 << 32
    while low < high:  # the largest ratio of which so many steps do not end above the last
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
    value = first << 32
    for _ in range(steps):
        value = value * ratio >> 32
    return value >> 32
