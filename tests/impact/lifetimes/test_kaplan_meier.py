"""Kaplan-Meier: a published example, laws on random cohorts, and states that merge."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mic_core.impact.aggregation.kaplan_meier import (
    Life,
    LivesState,
    at_risk,
    best_case,
    kaplan_meier,
    share_at,
    worst_case,
)

# Remission of leukemia under 6-mercaptopurine: Freireich et al., Blood 21 (1963).
_TREATED = [
    *((each, True) for each in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((each, False) for each in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]


def test_the_published_example() -> None:
    """The curve of Freireich's treated group is the one of the textbooks, errors included."""
    steps = kaplan_meier(Counter(Life(0, time, died) for time, died in _TREATED))
    assert [(each.time, each.at_risk, each.deaths) for each in steps] == [
        (6, 21, 3), (7, 17, 1), (10, 15, 1), (13, 12, 1), (16, 11, 1), (22, 7, 1), (23, 6, 1),
    ]  # fmt: skip
    shares = [round(float(each.share), 4) for each in steps]
    assert shares == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [round(float(each.variance or 0) ** 0.5, 4) for each in steps]
    assert errors == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    low, high = steps[0].interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.6197, 0.9516)


def _life(entered: int, length: int, *, has_died: bool, is_lost: bool) -> Life:
    return Life(entered, entered + length, has_died, is_lost and not has_died)


_lives = st.builds(
    _life, st.integers(0, 6), st.integers(0, 12), has_died=st.booleans(), is_lost=st.booleans()
)
_cohorts = st.lists(_lives, max_size=12).map(Counter)


def naive_share(lives: Counter[Life], time: int) -> Fraction:
    """The product over all times, each counted anew."""
    share = Fraction(1)
    for now in range(1, time + 1):
        here = [each for each in lives.elements() if each.entered < now <= each.left]
        dead = [each for each in here if each.has_died and each.left == now]
        if here:
            share *= Fraction(len(here) - len(dead), len(here))
    return share


@settings(max_examples=10 * settings().max_examples)
@given(_cohorts, st.integers(1, 20))
def test_cohorts_are_within_their_worst_and_best_bounds(lives: Counter[Life], time: int) -> None:
    """Every share is the naive product, falls with time, and lies within its bounds."""
    share = share_at(lives, time)
    assert share == naive_share(lives, time)
    assert 0 <= share_at(lives, time + 1) <= share <= 1
    assert share_at(worst_case(lives), time) <= share <= share_at(best_case(lives), time)
    assert all(each.at_risk == at_risk(lives, each.time) for each in kaplan_meier(lives))
    figure = LivesState(time, lives).estimate()
    if figure.value is not None:
        assert figure.least is not None
        assert figure.most is not None
        assert figure.least <= figure.value == share <= figure.most


@given(st.lists(st.tuples(st.integers(1, 9), st.just(True)), min_size=1), st.integers(1, 9))
def test_without_censoring_it_is_the_empirical_share(
    times: list[tuple[int, bool]], time: int
) -> None:
    """Of lives observed to their end, the share that lasts longer is simply counted."""
    lives = Counter(Life(0, left, died) for left, died in times)
    assert share_at(lives, time) == Fraction(sum(left > time for left, _ in times), len(times))


@given(_cohorts, _cohorts, _cohorts, st.integers(1, 20))
def test_states_merge_in_any_order(
    one: Counter[Life], other: Counter[Life], maybe: Counter[Life], time: int
) -> None:
    """Merged states are the state of all lives, and possible lives keep within the bounds."""
    first, second = LivesState(time, one), LivesState(time, other, maybe)
    assert first.merge(second) == second.merge(first)
    assert first.merge(second) == LivesState(time, one + other, maybe)
    bounds = first.merge(second).estimate()
    for chosen in (Counter[Life](), maybe, Counter(dict(list(maybe.items())[:2]))):
        figure = LivesState(time, one + other + chosen).estimate().value
        if figure is not None and one + other:
            assert bounds.least is not None
            assert bounds.most is not None
            assert bounds.least <= figure <= bounds.most


@pytest.mark.parametrize(("lives", "value"), [
    ([Life(0, 5, has_died=False)], None),
    ([Life(0, 5, has_died=True)], 0),
    ([Life(0, 12, has_died=False)], 1),
    ([], None),
])  # fmt: skip
def test_nothing_is_said_beyond_observation(lives: list[Life], value: int | None) -> None:
    """A horizon that nobody was observed for is unknown, unless nobody survives before."""
    assert LivesState(12, Counter(lives)).estimate().value == value


def test_lives_of_unknown_time_leave_all_open() -> None:
    """A life of which a time is not known may move the share anywhere."""
    figure = LivesState(12, Counter([Life(0, 12, has_died=False)]), unknown=1).estimate()
    assert (figure.value, figure.least, figure.most) == (1, 0, 1)
    assert LivesState(12, unknown=1).estimate().most == 1
