"""Cooling without the machine's mathematics: who is accepted is decided in whole numbers."""

from functools import cache

GRAIN = 32
"""Into how many steps a change of one temperature is divided."""

_FINE = 96


@cache
def chances() -> tuple[int, ...]:
    """2**32 times e to the power of minus k over 32, for k from 0 until nothing is left.

    >>> chances()[0], chances()[32] * 1000 // 2**32, chances()[-1]
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
def patience() -> tuple[int, ...]:
    """Minus the logarithms of (i + 1/2) / 4096, in parts of 32, for i from 0 to 4095.

    A change is accepted up to the temperature times one of these, picked by chance: that is as
    likely as e to the power of minus the change over the temperature.

    >>> patience()[0], patience()[2048], patience()[-1]
    (288, 22, 0)
    """
    table = chances()
    found: list[int] = []
    k = len(table) - 1
    for i in range(4096):
        while k and table[k] < (2 * i + 1) << 19:
            k -= 1
        found.append(k)
    return tuple(found)


def falling(first: int, last: int, steps: int) -> list[int]:
    """Temperatures from the first to the last, each the same part of the one before.

    >>> falling(1600, 100, 5)
    [1600, 802, 402, 201, 101]
    """
    if steps < 2:
        return [first] * steps
    low, high = 0, 1 << 32
    while low < high:  # the largest ratio of which so many steps do not end above the last
        middle = (low + high + 1) >> 1
        if _after(first, middle, steps - 1) <= last:
            low = middle
        else:
            high = middle - 1
    found = [first << 32]
    for _ in range(steps - 1):
        found.append(found[-1] * low >> 32)
    return [max(1, (each + (1 << 31)) >> 32) for each in found]


def _after(first: int, ratio: int, steps: int) -> int:
    value = first << 32
    for _ in range(steps):
        value = value * ratio >> 32
    return value >> 32
