"""Aggregation states: mergeable summaries of facts, from which figures are evaluated last.

Each state is a value of a commutative monoid: `merge` unites the states of parts, and `estimate`
turns the united state into a figure with bounds. Finished figures have no `merge`, so that nobody
adds distinct counts or averages ratios. Sums and counts merge over disjoint facts; keys, stocks and
stated numbers also over overlapping ones.

The figure is the value that certainly holds, its bounds hold what is possible (interval semantics
of incomplete data): unknown facts widen the bounds and are never taken for zero.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import attrs

from mic_core.impact.aggregation.columns import FALSE, MILLION, TRUE, UNKNOWN
from mic_core.impact.aggregation.estimate import Certainty, Estimate, counted, divided, whole
from mic_core.impact.aggregation.kaplan_meier import LivesState
from mic_core.impact.aggregation.stated import StatedState

UnitKey = tuple[Any, ...]
"""The labels of the columns that identify one unit."""


@attrs.frozen
class CountState:
    """A count of disjoint rows: those that certainly count, and those that may as well."""

    certain: int = 0
    possible: int = 0

    def merge(self, other: "CountState") -> "CountState":
        """The count of both, which share no row."""
        return CountState(self.certain + other.certain, self.possible + other.possible)

    def estimate(self) -> Estimate:
        """The rows that count."""
        return counted(self.certain, self.certain + self.possible, self.possible)


@attrs.frozen
class Crowd:
    """Heads without a name at one place and time, and all heads there with the known ones."""

    anonymous: int
    heads: int
    is_certain: bool


@attrs.frozen
class KeyState:
    """A set of keys for a distinct count: the certain, the possible, and crowds without keys.

    Keys are codes of `labels`, so that a state costs no more than its set; states of other labels
    are translated when they merge. Crowds are kept by the fact that counted them.
    """

    certain: frozenset[int] = frozenset()
    possible: frozenset[int] = frozenset()
    crowds: Mapping[str, Crowd] = attrs.field(factory=dict[str, Crowd])
    labels: Sequence[Any] = ()

    def keys(self) -> frozenset[Any]:
        """The keys that certainly count."""
        return frozenset(map(self.labels.__getitem__, self.certain))

    def merge(self, other: "KeyState") -> "KeyState":
        """The union; a key in both counts once."""
        crowds = {**self.crowds, **other.crowds}
        labels, certain, possible = self.labels, other.certain, other.possible
        if labels is not other.labels:
            labels = (*dict.fromkeys((*labels, *other.labels)),)
            place = {label: code for code, label in enumerate(labels)}
            certain = frozenset(place[other.labels[code]] for code in certain)
            possible = frozenset(place[other.labels[code]] for code in possible)
        return KeyState(self.certain | certain, self.possible | possible, crowds, labels)

    def estimate(self) -> Estimate:
        """The number of different keys.

        At least the known ones and the largest certain crowd; at most all known and possible ones
        and every anonymous head, as if each were another one.
        """
        crowds = self.crowds.values()
        return KeyCountState(
            len(self.certain), len(self.possible - self.certain),
            sum(each.anonymous for each in crowds),
            max((each.heads for each in crowds if each.is_certain), default=0),
        ).estimate()  # fmt: skip


@attrs.frozen
class KeyCountState:
    """The numbers of keys, as an engine counts them: the keys stay there, so that it has no merge.

    `known` keys certainly count, `possible` are others that may; `anonymous` heads have no key, and
    `largest` is the largest crowd that certainly counts.
    """

    known: int = 0
    possible: int = 0
    anonymous: int = 0
    largest: int = 0

    def estimate(self) -> Estimate:
        """The number of different keys, as of a set of keys."""
        certain = max(self.known, self.largest)
        most = max(self.known + self.possible + self.anonymous, certain)
        return counted(certain, most, self.possible + self.anonymous)


@attrs.frozen
class SumState:
    """A sum over disjoint rows in whole millionths, and how far unknown ones may move it.

    `low` and `high` are the sums of what may be added below and above zero; None where an unknown
    amount leaves that side open.
    """

    total: int = 0
    low: int | None = 0
    high: int | None = 0
    n: int = 0
    unknown: int = 0

    def merge(self, other: "SumState") -> "SumState":
        """The sum of both, which share no row."""
        return SumState(
            self.total + other.total, _open_sum(self.low, other.low),
            _open_sum(self.high, other.high), self.n + other.n, self.unknown + other.unknown,
        )  # fmt: skip

    def estimate(self) -> Estimate:
        """The sum of the known amounts."""
        least = None if self.low is None else whole(self.total + self.low)
        most = None if self.high is None else whole(self.total + self.high)
        value = None if not self.n and self.unknown else whole(self.total)
        return Estimate(value=value, least=least, most=most, n=self.n, unknown=self.unknown)


def _open_sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def sum_state(certain: Iterable[int | None], possible: Iterable[int | None], least: int | None
              ) -> SumState:  # fmt: skip
    """The sum of amounts that count and of those that may; `least` bounds an unknown amount.

    >>> sum_state([5, None], [2, -3], least=0)
    SumState(total=5, low=-3, high=None, n=1, unknown=3)
    """
    total = n = unknown = 0
    low: int | None = 0
    high: int | None = 0
    for amount in certain:
        if amount is None:
            unknown += 1
            low, high = (None if least is None or low is None else low + least), None
        else:
            total += amount
            n += 1
    for amount in possible:
        unknown += 1
        if amount is None:
            low, high = (None if least is None or low is None else low + min(least, 0)), None
        elif amount < 0:
            low = None if low is None else low + amount
        else:
            high = None if high is None else high + amount
    return SumState(total, low, high, n, unknown)


Units = Mapping[UnitKey, tuple[int, int]]
"""For each unit, the truth values of belonging to the whole and to the part of a share."""

Tallies = Mapping[tuple[int, int], int]
"""The number of units for each pair of truth values."""


@attrs.frozen
class ShareState:
    """A numerator and a denominator: for each unit, if it is in the whole and in the part.

    `rows` counts units without a key by their two truth values; `nameless` counts rows of which the
    key is not known, so that they may belong to any unit or to a new one.
    """

    units: Units = attrs.field(factory=dict[UnitKey, tuple[int, int]])
    rows: Tallies = attrs.field(factory=dict[tuple[int, int], int])
    nameless: Tallies = attrs.field(factory=dict[tuple[int, int], int])

    def merge(self, other: "ShareState") -> "ShareState":
        """Both: a unit is in the whole, or the part, if one of its rows is."""
        units = dict(self.units)
        for key, (inside, part) in other.units.items():
            known = units.get(key, (FALSE, FALSE))
            units[key] = (max(known[0], inside), max(known[1], part))
        return ShareState(
            units, _tallied(self.rows, other.rows), _tallied(self.nameless, other.nameless)
        )

    def estimate(self) -> Estimate:
        """The part of the whole: x/n, at most with the unknown ones in the part as well."""
        counts = Counter(self.rows)
        counts.update(self.units.values())
        sure, maybe = counts[TRUE, TRUE], counts[TRUE, UNKNOWN]
        known = sure + maybe + counts[TRUE, FALSE]
        # Units that may be in the whole: in the part, perhaps in it, or not in it.
        inside, either = counts[UNKNOWN, TRUE], counts[UNKNOWN, UNKNOWN]
        outside = counts[UNKNOWN, FALSE]
        unnamed = sum(self.nameless.values())
        good = sum(n for (_, part), n in self.nameless.items() if part != FALSE)
        bad = sum(n for (_, part), n in self.nameless.items() if part != TRUE)
        unknown = maybe + inside + either + outside + unnamed
        least = _extreme(
            sure, known + either + outside + bad, Fraction(1) if inside + good else None
        )
        top, base = sure + maybe + inside + either, known + inside + either
        # A row without a key turns a unit outside of the part into one inside, where there is one.
        turned = min(good, base - top)
        most = _extreme(
            top + turned, base, Fraction(1) if good else Fraction(0) if outside + bad else None
        )
        figure: dict[str, Any] = {"least": least, "most": most, "unknown": unknown}
        if not known:
            certainty: Certainty = "unknown" if unknown else "undefined"
            return Estimate(
                value=None, numerator=Fraction(0), denominator=Fraction(0), n=0,
                certainty=certainty, **figure,
            )  # fmt: skip
        value = None if not sure and maybe == known else Fraction(sure, known)
        return Estimate(
            value=value, numerator=Fraction(sure), denominator=Fraction(known), n=known, **figure
        )


def _extreme(part: int, whole: int, otherwise: Fraction | None) -> Fraction | None:
    """A share at its extreme; `otherwise` where the whole is empty unless a unit joins it."""
    return Fraction(part, whole) if whole else otherwise


def _tallied(one: Tallies, other: Tallies) -> Tallies:
    counts = Counter(one)
    counts.update(other)
    return counts


ValueSummary = Literal["median", "gains", "net", "improved"]


@attrs.frozen
class ValuesState:
    """A multiset of values, of which a summary is evaluated last.

    `certain` and `possible` are sorted values in whole millionths; `missing` rows count and have no
    value, `missing_possible` may count and have none. A gain is at least 0.
    """

    summary: ValueSummary
    certain: tuple[int, ...] = ()
    possible: tuple[int, ...] = ()
    missing: int = 0
    missing_possible: int = 0

    def merge(self, other: "ValuesState") -> "ValuesState":
        """The union of both multisets, which share no row."""
        return ValuesState(
            self.summary,
            (*sorted(self.certain + other.certain),),
            (*sorted(self.possible + other.possible),),
            self.missing + other.missing,
            self.missing_possible + other.missing_possible,
        )

    def estimate(self) -> Estimate:
        """The summary of the known values."""
        match self.summary:
            case "median":
                return self._median()
            case "improved":
                return self._improved()
            case _:
                return self._sum()

    def _unknown(self) -> int:
        return len(self.possible) + self.missing + self.missing_possible

    def _sum(self) -> Estimate:
        floor = 0 if self.summary == "gains" else None
        certain: list[int | None] = [*self.certain, *[None] * self.missing]
        possible: list[int | None] = [*self.possible, *[None] * self.missing_possible]
        if floor == 0:
            certain = [each if each is None else max(0, each) for each in certain]
            possible = [each if each is None else max(0, each) for each in possible]
        return sum_state(certain, possible, floor).estimate()

    def _improved(self) -> Estimate:
        rows = {
            (TRUE, TRUE): sum(each > 0 for each in self.certain),
            (TRUE, FALSE): sum(each <= 0 for each in self.certain),
            (TRUE, UNKNOWN): self.missing,
            (UNKNOWN, TRUE): sum(each > 0 for each in self.possible),
            (UNKNOWN, FALSE): sum(each <= 0 for each in self.possible),
            (UNKNOWN, UNKNOWN): self.missing_possible,
        }
        return ShareState(rows=rows).estimate()

    def _median(self) -> Estimate:
        n, unknown = len(self.certain), self._unknown()
        least, most = (self._extreme_median(side) for side in (1, -1))
        if not n:
            certainty: Certainty = "unknown" if unknown else "undefined"
            return Estimate(
                value=None, least=least, most=most, n=0, unknown=unknown, certainty=certainty
            )
        value = median_of(self.certain)
        return Estimate(value=value, least=least, most=most, n=n, unknown=unknown)

    def _extreme_median(self, side: int) -> Fraction | None:
        """The least median (side 1), or the greatest (side -1), that unknown rows leave possible.

        None where unknown values leave it open. Values that may count are added from the extreme
        inwards while each still moves the median: after that, none can.
        """
        free = self.missing + self.missing_possible
        values = [side * each for each in (self.certain if side == 1 else self.certain[::-1])]
        if not values and not free and not self.possible:
            return None
        for each in sorted(side * each for each in self.possible):
            if values and each >= _middle(values, free):
                break
            insort(values, each)
        middle = _middle(values, free)
        return None if middle == -_OPEN else Fraction(side) * middle / MILLION


_OPEN = 10**40
"""Beyond any number in whole millionths: stands for an unknown value."""


def _middle(values: Sequence[int], below: int) -> Fraction:
    """The median of sorted values and of as many unknown ones below all of them."""
    n = len(values) + below

    def at(place: int) -> int:
        return values[place - below] if place >= below else -_OPEN

    low, high = at((n - 1) // 2), at(n // 2)
    return Fraction(-_OPEN) if low == -_OPEN else Fraction(low + high, 2)


def median_of(values: Sequence[int]) -> Fraction:
    """The median of sorted whole millionths: the middle one, or the mean of the two there.

    >>> median_of((1_000_000, 2_000_000))
    Fraction(3, 2)
    """
    return _middle(values, 0) / MILLION


@attrs.frozen(order=True)
class StockEntry:
    """One value of a stock: its day, the fact that states it, and the amount in millionths."""

    day: date
    fact: str
    amount: int | None
    is_certain: bool


@attrs.frozen
class StockState:
    """The dated values of each key, of which the latest counts.

    `nameless` values have no known key: each may be that of another unit, or of any known one.
    """

    entries: Mapping[UnitKey, frozenset[StockEntry]] = attrs.field(
        factory=dict[UnitKey, frozenset[StockEntry]]
    )
    nameless: frozenset[StockEntry] = frozenset()

    def merge(self, other: "StockState") -> "StockState":
        """The values of both; an entry in both is one."""
        entries = dict(self.entries)
        for key, more in other.entries.items():
            entries[key] = entries.get(key, frozenset()) | more
        return StockState(entries, self.nameless | other.nameless)

    def estimate(self) -> Estimate:
        """The sum of the latest values; later ones that may count widen the bounds."""
        found = [_latest_of(entries) for entries in self.entries.values()]
        whole = SumState()
        for each in found:
            whole = whole.merge(each)
        # A value without a key may add a unit, or take the place of the greatest known value.
        greatest = max((each.total + (each.high or 0) for each in found), default=0)
        low, high = whole.low or 0, whole.high
        for entry in self.nameless:
            amount = entry.amount
            low -= max(0, greatest - (0 if amount is None else max(0, amount)))
            high = None if high is None or amount is None else high + max(0, amount)
        low = max(low, -whole.total)
        unknown = whole.unknown + len(self.nameless)
        return SumState(whole.total, low, high, whole.n, unknown).estimate()


def _latest_of(entries: frozenset[StockEntry]) -> SumState:
    """The latest certain value of one key; later ones that may count widen it."""
    latest = sorted(entries, key=_recent, reverse=True)
    certain = next((each for each in latest if each.is_certain), None)
    later = latest[: latest.index(certain)] if certain else latest
    amounts = [each.amount for each in (*later, *([certain] if certain else []))]
    known = [each for each in amounts if each is not None]
    is_known = len(known) == len(amounts)
    high = max(0, *known) if is_known else None
    if certain is None or certain.amount is None:
        return SumState(0, 0, high, 0, 1)
    base = certain.amount
    low = min(known) - base if is_known else -base
    return SumState(base, low, None if high is None else high - base, 1, int(len(amounts) > 1))


def _recent(entry: StockEntry) -> tuple[date, str]:
    return entry.day, entry.fact


@attrs.frozen
class RatioState:
    """Two states whose figures are divided last."""

    top: "MeasureState"
    bottom: "MeasureState"

    def merge(self, other: "RatioState") -> "RatioState":
        """Both, side by side."""
        return RatioState(merged(self.top, other.top), merged(self.bottom, other.bottom))

    def estimate(self) -> Estimate:
        """The ratio of the figures of both sides."""
        return divided(self.top.estimate(), self.bottom.estimate())


MeasureState = (
    CountState | KeyState | KeyCountState | SumState | ShareState | ValuesState | StockState
    | StatedState | LivesState | RatioState
)  # fmt: skip


def merged(one: MeasureState, other: MeasureState) -> MeasureState:
    """The state of the facts of both; raises TypeError for states of different measures."""
    if type(one) is not type(other) or isinstance(one, KeyCountState):
        msg = "states of different measures cannot be merged, nor counts without their keys"
        raise TypeError(msg)
    return one.merge(other)  # type: ignore[arg-type]  # of one class, as tested above
