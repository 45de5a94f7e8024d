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
    quota for each of those who are in only because of one. O(n), and a cover problem for each kind
    of applicant, exponential in the number of quotas at worst.

    >>> rest, walloon = frozenset(), frozenset({0})
    >>> sorted(cut([rest, rest, rest, walloon], places=2, least=[1]).taken)
    [0, 3]
    """
    pool = Counter(kinds)
    places = min(places, len(kinds))
    needs, plan = _feasible(pool, places, tuple(least))
    lacking = tuple(want - have for want, have in zip(least, needs, strict=True))
    taken: set[int] = set()
    for_quota: dict[int, int] = {}
    closed: set[Kind] = set()
    left = places
    for number, kind in enumerate(kinds):
        pool[kind] -= 1
        if not left or kind in closed:
            continue
        rest = _served(needs, kind)
        if plan.get(kind):
            plan[kind] -= 1
        elif sum(plan.values()) == left:
            other = _cover(pool, rest, left - 1)
            if other is None:
                # Later lists are parts of those of now: none has room for this kind any more.
                closed.add(kind)
                continue
            plan = other
        taken.add(number)
        if number >= places:
            # Once somebody was passed over, every place that is left serves a need.
            for_quota[number] = min(quota for quota in kind if needs[quota])
        needs, left = rest, left - 1
    return Cut(frozenset(taken), for_quota, lacking)


def _served(needs: Needs, kind: Kind) -> Needs:
    """The needs after one applicant of a kind was taken."""
    return tuple(max(0, need - (quota in kind)) for quota, need in enumerate(needs))


def _feasible(pool: Mapping[Kind, int], places: int, least: Needs) -> tuple[Needs, "Cover"]:
    """The needs that can be met together, of earlier quotas first, and a plan that meets them."""
    needs: Needs = (0,) * len(least)
    plan: Cover = {}
    for quota, want in enumerate(least):
        low, high = 0, want
        while low < high:
            middle = (low + high + 1) // 2
            tried = (*needs[:quota], middle, *needs[quota + 1 :])
            found = _cover(pool, tried, places)
            if found is None:
                high = middle - 1
            else:
                low, plan, needs = middle, found, tried
    return needs, plan


Cover = dict[Kind, int]
"""The number of applicants of each kind, among those that are left, with which needs are met."""


def _cover(pool: Mapping[Kind, int], needs: Needs, places: int) -> Cover | None:
    """A cover that meets all needs with no more applicants than places; None if there is none.

    A depth-first search over the kinds, those of most quotas first, with lower bounds and a memo of
    what failed.
    """
    kinds = sorted((each for each in pool if each and pool[each]), key=_most_quotas_first)
    failed: dict[tuple[int, Needs], int] = {}

    def search(depth: int, needs: Needs, left: int) -> Cover | None:
        if not any(needs):
            return {}
        if depth == len(kinds) or max(needs) > left:
            return None
        kind = kinds[depth]
        # No kind that follows serves more needs at once than this one.
        if sum(needs) > left * len(kind) or failed.get((depth, needs), -1) >= left:
            return None
        most = min(pool[kind], max(needs[quota] for quota in kind), left)
        for many in range(most, -1, -1):
            rest = tuple(max(0, need - many * (quota in kind)) for quota, need in enumerate(needs))
            found = search(depth + 1, rest, left - many)
            if found is not None:
                return {kind: many, **found}
        failed[depth, needs] = left
        return None

    return search(0, needs, places)


def _most_quotas_first(kind: Kind) -> tuple[int, list[int]]:
    return -len(kind), sorted(kind)
