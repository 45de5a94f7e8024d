"""Stated numbers: observations of an indicator, united on the axis of time.

Increments whose periods do not overlap add up: the value is the sum of those within the period that
cover most of its days (weighted interval scheduling), so that no day is counted twice. Two numbers
of a cumulative series that began before the period are the increment between them. A number about
the period as a whole, or about more, bounds the value from above. Days that no number covers leave
it open.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.estimate import Estimate, whole
from mic_core.model.impact import Relation

_FIRST, _LAST = date.min, date.max
_DAY = timedelta(days=1)


@attrs.frozen
class StatedNumber:
    """A stated number: an observation as far as it is evaluated.

    `value` and `attributed` are in whole millionths of the unit: the whole, and the share of it
    that is attributed to the subject. `form` is increment, cumulative or stock. `is_certain` is
    False where a condition on it is unknown. `level` is the depth of the subject: 0 for the
    scope itself, more for its parts, whose numbers add up where the whole has none and else bound
    it.
    """

    fact: str
    subject: str
    period: Period
    value: int
    attributed: int
    relation: Relation = "exactly"
    form: str = "increment"
    is_certain: bool = True
    level: int = 0


@attrs.frozen
class StatedState:
    """A set of stated numbers, and the period and day as of which they are evaluated.

    `period` of None is all time; `today` is the last day that is over.
    """

    statements: frozenset[StatedNumber] = frozenset()
    period: Period = Period()
    today: date = date.max

    def merge(self, other: "StatedState") -> "StatedState":
        """All statements over both periods; one in both is one."""
        return StatedState(
            self.statements | other.statements,
            hull(self.period, other.period),
            max(self.today, other.today),
        )

    def inside(self) -> tuple[StatedNumber, ...]:
        """The increments that lie within the period as a whole, sorted; cumulative ones as well."""
        numbers = (*self._exact_flows(), *self._rises())
        return (*sorted((e for e in numbers if contains(self.period, e.period)), key=_order),)

    def _exact_flows(self) -> list[StatedNumber]:
        return [
            each for each in self.statements
            if each.form != "stock" and each.is_certain and each.relation == "exactly"
        ]  # fmt: skip

    def _series(self) -> list[list[StatedNumber]]:
        """The cumulative numbers of one subject, counted from one day, by their last day."""
        found: dict[tuple[str, date | None], list[StatedNumber]] = {}
        for each in sorted(self._exact_flows(), key=_order):
            if each.form == "cumulative":
                found.setdefault((each.subject, each.period.start), []).append(each)
        return [*found.values()]

    def _rises(self) -> list[StatedNumber]:
        """The increments between two numbers of a cumulative series that began earlier."""
        start, _ = ordinals(self.period)
        return [
            attrs.evolve(
                last, fact=f"{first.fact} {last.fact}", form="increment",
                period=Period(first.period.end, last.period.end),
                value=last.value - first.value, attributed=last.attributed - first.attributed,
            )
            for series in self._series()
            if ordinals(series[0].period)[0] < start and not _falls(series)
            for first, last in pairwise(series)
            if first.period.end != last.period.end
        ]  # fmt: skip

    def falling(self) -> tuple[StatedNumber, ...]:
        """The cumulative numbers about days of the period that are below an earlier one.

        All since the beginning cannot become less, so that one of the two is wrong.
        """
        found = (
            each for series in self._series() for each in _falls(series)
            if each.period.intersection(self.period) is not None
        )  # fmt: skip
        return (*sorted(found, key=_order),)

    def straddling(self) -> tuple[StatedNumber, ...]:
        """The increments that lie only partly in the period, so that they cannot be split."""
        used = {fact for each in self._rises() for fact in each.fact.split()
                if contains(self.period, each.period)}  # fmt: skip
        found = (
            each for each in self.statements
            if each.form != "stock" and each.fact not in used
            and not contains(self.period, each.period)
            and not contains(each.period, self.period)
            and each.period.intersection(self.period) is not None
        )  # fmt: skip
        return (*sorted(found, key=_order),)

    def estimate(self) -> Estimate:
        """The value of the period: the increments within it, or the last stock."""
        stocks = [each for each in self.statements if each.form == "stock"]
        return self._stock(stocks) if stocks else self._flow(attributed=False)

    def attributed(self) -> Estimate:
        """The part of the value that is attributed to the subjects."""
        stocks = [each for each in self.statements if each.form == "stock"]
        return self._stock(stocks) if stocks else self._flow(attributed=True)

    def _flow(self, *, attributed: bool) -> Estimate:
        increments = self.inside()
        top = min((each.level for each in increments), default=0)
        inside = [each for each in increments if each.level == top]
        value = _summed(inside, attributed=attributed)
        # Numbers of parts do not say that there are no other parts.
        is_covered = top == 0 and self._is_covered(inside)
        least = most = value if is_covered else None
        if all(each.value >= 0 for each in self.statements):
            # Days without a number can only add, and a longer period holds at least as much.
            parts = [each for each in increments if each.level > top]
            bounds = [0, value, _summed(parts, attributed=attributed)]
            if not attributed:
                bounds += [each.value for each in self._at_least()]
            least = max(bounds)
            above = [*self._above(), *([value] if is_covered else [])]
            most = max(least, min(above)) if above else None
        if least is not None and inside:
            # Numbers that contradict each other bound the figure on both sides: one is wrong, be it
            # the whole or its parts, or the earlier or later one of a cumulative series that falls.
            doubtful = [least, *self._doubts(), *([value] if is_covered else [])]
            least = min(doubtful)
            most = None if most is None else max(most, *doubtful)
        return Estimate(
            value=whole(value) if inside else None, n=len(inside),
            unknown=max(0, len(self.statements) - len(inside)),
            least=None if least is None else whole(least),
            most=None if most is None else whole(most),
        )  # fmt: skip

    def _doubts(self) -> list[int]:
        """The numbers of each cumulative series within the period that falls."""
        return [
            each.value for series in self._series() for each in series
            if _falls(series) and contains(self.period, series[-1].period)
        ]  # fmt: skip

    def _at_least(self) -> list[StatedNumber]:
        return [
            each for each in self.statements
            if each.relation in {"at_least", "more_than"} and each.is_certain
            and contains(self.period, each.period)
        ]  # fmt: skip

    def _above(self) -> list[int]:
        """Upper bounds of the period: numbers about it as a whole, or about more."""
        return [
            each.value for each in self.statements
            if each.relation in {"exactly", "at_most"} and each.is_certain
            and each.form != "stock" and each.level == 0 and contains(each.period, self.period)
        ]  # fmt: skip

    def _is_covered(self, inside: Iterable[StatedNumber]) -> bool:
        """True if the increments leave no day of the period open that is over."""
        start, end = ordinals(self.period)
        end = min(end, self.today.toordinal() + 1)
        for first, last in sorted(ordinals(each.period) for each in inside):
            if first > start:
                break
            start = max(start, last)
        return start >= end

    def _stock(self, stocks: list[StatedNumber]) -> Estimate:
        """The last stock whose day lies in the period."""
        known = [
            each for each in stocks
            if each.is_certain and each.relation == "exactly" and each.period.end is not None
            and self.period.contains(each.period.end - _DAY)
        ]  # fmt: skip
        if not known:
            return Estimate(value=None, least=None, most=None, n=0, unknown=len(stocks))
        last = max(known, key=lambda each: (each.period.end, _order(each)))
        amount = whole(last.value)
        return Estimate(value=amount, least=amount, most=amount, n=1)


def _falls(series: Sequence[StatedNumber]) -> list[StatedNumber]:
    """The numbers of a cumulative series that are below an earlier one."""
    found: list[StatedNumber] = []
    greatest = series[0].value
    for each in series:
        if each.value < greatest:
            found.append(each)
        greatest = max(greatest, each.value)
    return found


def _summed(numbers: Iterable[StatedNumber], *, attributed: bool) -> int:
    """The sum of numbers of different subjects, each over disjoint periods."""
    by_subject: dict[str, list[tuple[int, int, int]]] = {}
    for each in numbers:
        amount = each.attributed if attributed else each.value
        by_subject.setdefault(each.subject, []).append((*ordinals(each.period), amount))
    return sum(map(disjoint_sum, by_subject.values()))


def disjoint_sum(items: Iterable[tuple[int, int, int]]) -> int:
    """The sum of weights of disjoint intervals that cover most days, of these the greatest sum.

    An item is a start, an end and a weight. Weighted interval scheduling: dynamic programming over
    the ends. O(n log n).

    >>> disjoint_sum([(0, 3, 5), (2, 5, 6), (5, 9, 1)])
    7
    """
    ends: list[int] = []
    best = [(0, 0)]
    for start, end, weight in sorted(items, key=lambda item: (item[1], item[0], item[2])):
        length, amount = best[bisect_right(ends, start)]
        ends.append(end)
        best.append(max(best[-1], (length + end - start, amount + weight)))
    return best[-1][1]


def ordinals(period: Period) -> tuple[int, int]:
    """The ordinals of the first day of a period and of the day after its last."""
    start = _FIRST if period.start is None else period.start
    end = _LAST if period.end is None else period.end
    return start.toordinal(), end.toordinal()


def contains(outer: Period, inner: Period) -> bool:
    """True if a period lies within another as a whole."""
    (first, last), (start, end) = ordinals(outer), ordinals(inner)
    return first <= start and end <= last


def hull(one: Period, other: Period) -> Period:
    """The smallest period that contains two."""
    start = None if one.start is None or other.start is None else min(one.start, other.start)
    end = None if one.end is None or other.end is None else max(one.end, other.end)
    return Period(start, end)


def _order(statement: StatedNumber) -> tuple[int, int, str]:
    return *ordinals(statement.period), statement.fact
