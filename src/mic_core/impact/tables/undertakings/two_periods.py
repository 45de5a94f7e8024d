"""The two-period rule: a size class changes once a ceiling is crossed two periods in a row.

Each ceiling is a flag of its own with its own delay; the class is the smallest one whose flag is
set (Recommendation 2003/361/EC, annex, article 4). Flags are nested at every step: a raw class
within a ceiling is within all larger ones.
"""

from collections.abc import Iterable, Sequence

ClassState = tuple[int, int]
"""The class that holds, and that of the last period by itself, as numbers: 0 is the smallest."""


def next_class(held: int, last: int, now: int) -> int:
    """The class after a period, from that held, and those of the last period and of this one.

    A flag changes where two periods in a row agree; the class is the smallest one still or newly
    kept to. Micro, then two periods of medium: small has been broken in both of them, too.

    >>> next_class(0, 0, 1), next_class(0, 1, 2), next_class(1, 2, 2)
    (0, 1, 2)
    """
    crossing = min(last, now), max(last, now)
    # Flag k is set from the class on; both periods agree on it outside of the two classes.
    return min(max(held, crossing[0]), crossing[1])


def classes_after(
    periods: Sequence[frozenset[int]], *, prior: int | None = None,
    resets: Iterable[int] = (), delay: bool = True,
) -> tuple[frozenset[ClassState], ...]:  # fmt: skip
    """The possible states after each period, of the classes that are possible in each by itself.

    `prior` is the class before the first period; None: the first one decides at once. `resets` are
    the periods that decide at once, since the enterprise was taken over. O(periods).

    >>> [sorted(each) for each in classes_after([frozenset({1}), frozenset({0, 1})], prior=1)]
    [[(1, 1)], [(1, 0), (1, 1)]]
    """
    at_once = frozenset(resets)
    states: frozenset[ClassState] = frozenset()
    if prior is not None:
        states = frozenset({(prior, prior)})
    found: list[frozenset[ClassState]] = []
    for place, possible in enumerate(periods):
        if not states or place in at_once or not delay:
            states = frozenset((now, now) for now in possible)
        else:
            states = frozenset(
                (next_class(held, last, now), now) for held, last in states for now in possible
            )
        found.append(states)
    return (*found,)
