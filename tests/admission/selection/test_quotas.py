"""The cut by places and quotas against the best of all lists."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.admission.selection.quotas import Kind, cut

KINDS = st.lists(st.frozensets(st.integers(0, 2)), max_size=8)

LEAST = st.lists(st.integers(0, 4), min_size=3, max_size=3)


def best(kinds: Sequence[Kind], places: int, least: Sequence[int]) -> tuple[set[int], list[int]]:
    """The list of all lists that meets the quotas best, earlier ones first, and ranks best."""
    lists = list(combinations(range(len(kinds)), min(places, len(kinds))))

    def served(chosen: Sequence[int]) -> list[int]:
        counts = [sum(quota in kinds[each] for each in chosen) for quota in range(len(least))]
        return [min(have, want) for have, want in zip(counts, least, strict=True)]

    most = max(served(each) for each in lists)
    chosen = min(each for each in lists if served(each) == most)
    return set(chosen), [want - have for want, have in zip(least, most, strict=True)]


@given(
    kinds=KINDS, places=st.integers(0, 8), least=st.lists(st.integers(0, 4), min_size=3, max_size=3)
)
def test_the_cut_is_the_best_list(kinds: list[Kind], places: int, least: list[int]) -> None:
    """Of all lists that meet the quotas as far as possible, the one of the best ranks is taken."""
    found = cut(kinds, places, least)
    chosen, lacking = best(kinds, places, least)
    assert found.taken == chosen
    assert list(found.lacking) == lacking


@given(
    kinds=KINDS, places=st.integers(0, 8), least=st.lists(st.integers(0, 4), min_size=3, max_size=3)
)
def test_a_quota_is_named_where_it_made_the_difference(
    kinds: list[Kind], places: int, least: list[int]
) -> None:
    """Applicants in despite their rank count for the quota that is named, and nobody else."""
    found = cut(kinds, places, least)
    assert found.for_quota.keys() == {each for each in found.taken if each >= places}
    assert all(quota in kinds[number] for number, quota in found.for_quota.items())


@pytest.mark.parametrize("places", [0, 3])
def test_without_applicants_everything_lacks(places: int) -> None:
    """Nobody is taken, and each quota lacks all that it needs."""
    found = cut([], places, [2])
    assert (found.taken, found.lacking) == (frozenset(), (2,))


def test_one_applicant_counts_for_several_quotas() -> None:
    """Somebody who counts for both quotas spares a place, which the best rank gets."""
    kinds = [frozenset[int](), frozenset({0}), frozenset({1}), frozenset({0, 1})]
    assert cut(kinds, 2, [1, 1]).taken == {0, 3}
