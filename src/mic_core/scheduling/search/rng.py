"""A portable pseudo-random number generator: equal on every machine and version of Python.

Words of 32 bits are read off SHAKE-128 of the seed and a counter. The generator of the standard
library is not used, because its methods may change between versions.
"""

from collections.abc import MutableSequence, Sequence
from hashlib import shake_128
from struct import unpack
from typing import TypeVar

T = TypeVar("T")

BATCH = 4096
"""Words of one hash: enough that the cost of the call is small for each word."""


class Chance:
    """A pseudo-random stream of words of 32 bits, determined by its seed.

    >>> Chance(0).below(100) == Chance(0).below(100)
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._block = 0
        self._words: tuple[int, ...] = ()
        self._next = 0

    def batch(self) -> tuple[int, ...]:
        """The next block of `BATCH` words; no word is returned twice."""
        key = f"mic_core:{self.seed}:{self._block}".encode("ascii")
        self._block += 1
        return unpack(f"<{BATCH}I", shake_128(key).digest(4 * BATCH))

    def below(self, bound: int) -> int:
        """A random int from 0 to `bound` - 1, for a bound of at most 2**32.

        Probabilities differ by at most 2**-32.
        """
        if self._next == len(self._words):
            self._words, self._next = self.batch(), 0
        word = self._words[self._next]
        self._next += 1
        return word * bound >> 32

    def one_of(self, items: Sequence[T]) -> T:
        """A random item; raises IndexError if there is none."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A list of the items in random order."""
        order = list(items)
        self.shuffle(order)
        return order

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Shuffle items in place (Fisher-Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def bit(self, mask: int, size: int) -> int:
        """A member of a nonempty bitset below `size`: the first from a random position, cyclically.

        No list of members is made; members behind a gap are more likely.
        """
        at = self.below(size)
        above = mask >> at
        if above:
            return at + (above & -above).bit_length() - 1
        return (mask & -mask).bit_length() - 1
