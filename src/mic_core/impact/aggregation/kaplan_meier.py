"""Kaplan-Meier estimator: the share that survives a time, from lives that are partly observed.

Lives may enter late (left truncation) and be cut off (right censoring). A life is at risk after its
entry, up to and on the day it is left; at one time deaths come before cut-offs. E. L. Kaplan and
P. Meier, JASA 53 (1958); all shares are exact.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import exp, log, sqrt
from typing import NamedTuple

import attrs

from mic_core.impact.aggregation.estimate import Estimate

MONTH = 31
"""Steps of a month of the calendar: times are 31 for each month and 1 for each day over, so that
the anniversaries of all lives fall on one number, and every life keeps the order of its days."""

_Z = 1.959963984540054
"""The quantile of the standard normal distribution for a confidence of 95 %."""


class Life(NamedTuple):
    """An observed life: the times of entry and of leaving, and if it ended in death.

    A life that is lost was last seen when it was left: what became of it is not known.
    """

    entered: int
    left: int
    has_died: bool
    is_lost: bool = False


@attrs.frozen
class SurvivalStep:
    """A time at which some lives end: those at risk, the deaths, and the share that survives it.

    `variance` is that of Greenwood; None where nobody survives.
    """

    time: int
    at_risk: int
    deaths: int
    share: Fraction
    variance: Fraction | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval on the scale of log(-log), which stays within 0 and 1.

        None where it is not defined: before the first death, and once nobody survives.
        """
        return log_log_interval(self.share, self.variance)


def log_log_interval(share: Fraction, variance: Fraction | None) -> tuple[float, float] | None:
    """The 95 % interval of a survival share on the log(-log) scale; None where not defined.

    >>> log_log_interval(Fraction(1, 2), Fraction(1, 40))
    (0.183605591, 0.753174077)
    """
    if variance is None or not variance or not 0 < share < 1:
        return None
    error = sqrt(variance / share**2) / -log(share)
    low, high = (float(share) ** exp(sign * _Z * error) for sign in (1, -1))
    return round(low, 9), round(high, 9)


def at_risk(lives: Mapping[Life, int], time: int) -> int:
    """The lives at risk at a time: entered before it, and left on it or later."""
    return sum(n for each, n in lives.items() if each.entered < time <= each.left)


def kaplan_meier(lives: Mapping[Life, int]) -> tuple[SurvivalStep, ...]:
    """The steps of the curve, one for each time of a death. O(n log n).

    >>> steps = kaplan_meier({Life(0, 5, True): 1, Life(0, 7, False): 1, Life(0, 9, True): 1})
    >>> [(each.time, each.at_risk, str(each.share)) for each in steps]
    [(5, 3, '2/3'), (9, 1, '0')]
    """
    changes: Counter[int] = Counter()
    deaths: Counter[int] = Counter()
    for each, n in lives.items():
        if each.entered < each.left:
            changes[each.entered] += n
            changes[each.left] -= n
            if each.has_died:
                deaths[each.left] += n
    found: list[SurvivalStep] = []
    share, spread = Fraction(1), Fraction(0)
    here = 0
    entries = sorted(changes)
    place = 0
    for time in sorted(deaths):
        # All changes before this time have taken effect; those on it come after its deaths.
        while place < len(entries) and entries[place] < time:
            here += changes[entries[place]]
            place += 1
        dead = deaths[time]
        share *= Fraction(here - dead, here)
        if here > dead:
            spread += Fraction(dead, here * (here - dead))
        variance = share * share * spread if share else None
        found.append(SurvivalStep(time, here, dead, share, variance))
    return (*found,)


def step_at(steps: Sequence[SurvivalStep], time: int) -> SurvivalStep | None:
    """The last step up to a time; None before the first death."""
    past = [each for each in steps if each.time <= time]
    return past[-1] if past else None


def share_at(lives: Mapping[Life, int], time: int) -> Fraction:
    """The share that survives a time."""
    step = step_at(kaplan_meier(lives), time)
    return Fraction(1) if step is None else step.share


def last_observed(lives: Iterable[Life]) -> int:
    """The last time at which any life is at risk; 0 without one."""
    return max((each.left for each in lives if each.entered < each.left), default=0)


def worst_case(lives: Mapping[Life, int]) -> dict[Life, int]:
    """The lives as if all that were lost had died when they were last seen."""
    return _as_if(lives, lambda life: Life(life.entered, life.left, has_died=True))


def best_case(lives: Mapping[Life, int]) -> dict[Life, int]:
    """The lives as if all that were lost had outlived every other one."""
    end = max((each.left for each in lives), default=0) + 1
    return _as_if(lives, lambda life: Life(life.entered, end, has_died=False))


def _as_if(lives: Mapping[Life, int], changed: Callable[[Life], Life]) -> dict[Life, int]:
    found: Counter[Life] = Counter()
    for each, n in lives.items():
        found[changed(each) if each.is_lost else each] += n
    return found


@attrs.frozen
class LivesState:
    """A multiset of lives, of which the share that survives a time is evaluated last.

    `certain` and `possible` count alike lives; `unknown` lives have a time that is not known.
    """

    time: int
    certain: Mapping[Life, int] = attrs.field(factory=dict[Life, int])
    possible: Mapping[Life, int] = attrs.field(factory=dict[Life, int])
    unknown: int = 0

    def merge(self, other: "LivesState") -> "LivesState":
        """The union of both, which share no life."""
        return LivesState(
            self.time, Counter(self.certain) + Counter(other.certain),
            Counter(self.possible) + Counter(other.possible), self.unknown + other.unknown,
        )  # fmt: skip

    def estimate(self) -> Estimate:
        """The share of Kaplan-Meier, within the cases of all lost lives dead, and all alive.

        Unknown where no life was observed for so long, unless nobody survives before.
        """
        n = sum(self.certain.values())
        lost = sum(count for each, count in self.certain.items() if each.is_lost)
        unknown = lost + sum(self.possible.values()) + self.unknown
        if not n:
            is_open = bool(unknown)
            return Estimate(
                value=None, least=Fraction(0) if is_open else None,
                most=Fraction(1) if is_open else None, n=0, unknown=unknown,
            )  # fmt: skip
        value = share_at(self.certain, self.time)
        if self.unknown:
            least, most = Fraction(0), Fraction(1)
        else:
            least = self._extreme(worst_case(self.certain), worst_case(self.possible), worst=True)
            most = self._extreme(best_case(self.certain), best_case(self.possible), worst=False)
        is_observed = last_observed(self.certain) >= self.time or not value
        if not is_observed:
            return Estimate(value=None, least=Fraction(0), most=most, n=n, unknown=unknown)
        return Estimate(
            value=value, least=min(least, value), most=max(most, value), n=n, unknown=unknown
        )

    def _extreme(
        self, certain: Mapping[Life, int], possible: Mapping[Life, int], *, worst: bool
    ) -> Fraction:
        """The share where of the lives that may count those do that make it least, or greatest.

        Each time has its own choice, so that the bound holds for any of them.
        """
        share = Fraction(1)
        deaths, other_deaths = _deaths(certain), _deaths(possible)
        for time in sorted({*deaths, *other_deaths}):
            if time > self.time:
                break
            here, dead = at_risk(certain, time), deaths[time]
            if worst:
                here, survive = here + other_deaths[time], here - dead
            else:
                more = at_risk(possible, time) - other_deaths[time]
                here, survive = here + more, here + more - dead
            share *= Fraction(survive, here) if here else 1
        return share


def _deaths(lives: Mapping[Life, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for each, n in lives.items():
        if each.has_died and each.entered < each.left:
            found[each.left] += n
    return found
