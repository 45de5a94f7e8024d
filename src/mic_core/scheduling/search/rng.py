"""Chance that is the same for the same seed on every machine and version of Python.

Words of 32 bits are read off an extendable hash of the seed and a counter; no generator of the
standard library is asked, whose methods may change.
"""

from collections.abc import MutableSequence, Sequence
from hashlib import shake_128
from struct import unpack
from typing import TypeVar

T = TypeVar("T")

BATCH = 4096
"""How many words are made at once."""


class Chance:
    """A stream of words of 32 bits.

    >>> Chance(0).below(100) == Chance(0).below(100)
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._block = 0
        self._words: tuple[int, ...] = ()
        self._next = 0

    def batch(self) -> tuple[int, ...]:
        """The next 4,096 words that nobody has had yet."""
        key = f"mic_core:{self.seed}:{self._block}".encode("ascii")
        self._block += 1
        return unpack(f"<{BATCH}I", shake_128(key).digest(4 * BATCH))

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, and without, a bound of at most 2**32."""
        if self._next == len(self._words):
            self._words, self._next = self.batch(), 0
        word = self._words[self._next]
        self._next += 1
        return word * bound >> 32

    def one_of(self, items: Sequence[T]) -> T:
        """One of some items, which are not empty."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in any order."""
        order = list(items)
        self.shuffle(order)
        return order

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put items in any order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def bit(self, mask: int, size: int) -> int:
        """A member of a set of numbers below `size`, which is not empty: the next from anywhere."""
        at = self.below(size)
        above = mask >> at
        if above:
            return at + (above & -above).bit_length() - 1
        return (mask & -mask).bit_length() - 1
