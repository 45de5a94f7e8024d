"""Quotas: the best list of accepted applications that leaves every quota its places.

A list in the order of ranks is read once; an application is taken if the quotas can still be met
with the places that are left. So the result is the lexicographically best list that meets them. An
applicant may count for several quotas; whether the rest can be met is a small cover problem over
the kinds of applicants, solved exactly.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import attrs

Kind = frozenset[int]
"""The numbers of the quotas that an applicant counts for."""

Needs = tuple[int, ...]
"""The places that each quota still needs."""


@attrs.frozen(eq=False, repr=False)
class Cut:
    """The result of a cut: who is taken, who of them only for a quota, and what quotas lack."""

    taken: frozenset[int]
    for_quota: Mapping[int, int]
    lacking: Needs


def cut(kinds: Sequence[Kind], places: int, least: Sequence[int]) -> Cut:
    """Take applicants, given in the order of their ranks, within places and by quotas.

    `kinds` are the quotas of each applicant, `least` the number of places that each quota needs.
    Quotas that cannot be met are met as far as possible, earlier ones first. `for_quota` names a
    quota for each of those who are in only because of one. O(n c) over n applicants, where c is the
    cost of a cover problem, exponential in the number of quotas at worst.

    >>> rest, walloon = frozenset(), frozenset({0})
    >>> sorted(cut([rest, rest, rest, walloon], places=2, least=[1]).taken)
    [0, 3]
    """
    pool = Counter(kinds)
    places = min(places, len(kinds))
    needs = _feasible(pool, places, tuple(least))
    lacking = tuple(want - have for want, have in zip(least, needs, strict=True))
    taken: set[int] = set()
    for_quota: dict[int, int] = {}
    left = places
    for number, kind in enumerate(kinds):
        pool[kind] -= 1
        rest = _served(needs, kind)
        if left and _is_met(pool, rest, left - 1):
            taken.add(number)
            if number >= places:
                # Once somebody was passed over, every place that is left serves a need.
                for_quota[number] = min(quota for quota in kind if needs[quota])
            needs, left = rest, left - 1
    return Cut(frozenset(taken), for_quota, lacking)


def _served(needs: Needs, kind: Kind) -> Needs:
    """The needs after one applicant of a kind was taken."""
    return tuple(max(0, need - (quota in kind)) for quota, need in enumerate(needs))


def _feasible(pool: Mapping[Kind, int], places: int, least: Needs) -> Needs:
    """The needs that can be met together: of earlier quotas first, each as far as possible."""
    needs = [0] * len(least)
    for quota, want in enumerate(least):
        low, high = 0, want
        while low < high:
            middle = (low + high + 1) // 2
            tried = (*needs[:quota], middle, *needs[quota + 1 :])
            if _is_met(pool, tried, places):
                low = middle
            else:
                high = middle - 1
        needs[quota] = low
    return tuple(needs)


def _is_met(pool: Mapping[Kind, int], needs: Needs, places: int) -> bool:
    """True if some applicants of a pool, no more than places, meet all needs."""
    if max(needs, default=0) > places:
        return False
    for quota, need in enumerate(needs):
        if need and sum(many for kind, many in pool.items() if quota in kind) < need:
            return False
    # One applicant for each need is enough, and exact where nobody counts for two quotas.
    if sum(needs) <= places:
        return True
    shared = {quota for kind in pool if len(kind) > 1 and pool[kind] for quota in kind}
    alone = sum(need for quota, need in enumerate(needs) if quota not in shared)
    rest = tuple(need if quota in shared else 0 for quota, need in enumerate(needs))
    return alone + _least_cover(pool, rest) <= places


def _least_cover(pool: Mapping[Kind, int], needs: Needs) -> int:
    """The least number of applicants of a pool that meets all needs; a large one if none does.

    A dynamic program over the kinds of applicants: the least number for each state of needs.
    """
    states: dict[Needs, int] = {needs: 0}
    for kind in sorted(pool, key=sorted):
        if not pool[kind]:
            continue
        best = dict(states)
        for state, cost in states.items():
            after = state
            most = max((state[quota] for quota in kind), default=0)
            for more in range(1, min(pool[kind], most) + 1):
                after = _served(after, kind)
                if cost + more < best.get(after, _NEVER):
                    best[after] = cost + more
        states = best
    return states.get((0,) * len(needs), _NEVER)


_NEVER = 2**53
"""More applicants than any call has."""
