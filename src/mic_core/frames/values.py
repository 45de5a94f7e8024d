"""Values that occur several times: sums and multisets of the amounts of distinct rows."""

from mic_core.impact.aggregation.columns import MILLION, TRUE, UNKNOWN, ColumnShape
from mic_core.impact.aggregation.states import SumState, ValuesState, ValueSummary, sum_state
from mic_core.impact.currencies import CURRENCY

RowsByValue = dict[int, dict[int | None, int]]
"""For each truth, how often each value occurs; None is a value that is not known."""


def label_millionths(column: ColumnShape, label: int | None, *, lacks_currency: bool) -> int | None:
    """A label in whole millionths; None for an amount of money that lacks its currency."""
    if label and lacks_currency and column.unit == CURRENCY:
        return None
    return label * MILLION if column.kind == "whole" and label is not None else label


def sum_of(values: RowsByValue, least: int | None) -> SumState:
    """The sum of values, each as often as it occurs."""
    whole, none = SumState(), list[int | None]()
    for truth, counts in values.items():
        for value, n in counts.items():
            certain, possible = ([value], none) if truth == TRUE else (none, [value])
            one = sum_state(certain, possible, least)
            whole = whole.merge(
                SumState(
                    one.total * n, None if one.low is None else one.low * n,
                    None if one.high is None else one.high * n, one.n * n, one.unknown * n,
                )
            )  # fmt: skip
    return whole


def multiset_of(values: RowsByValue, summary: ValueSummary) -> ValuesState:
    """The multiset of values, certain and possible, and the number of those not known."""
    known, possible = (
        sorted(value for value, n in values[truth].items() if value is not None for _ in range(n))
        for truth in (TRUE, UNKNOWN)
    )
    missing, perhaps = (values[truth].get(None, 0) for truth in (TRUE, UNKNOWN))
    return ValuesState(summary, (*known,), (*possible,), missing, perhaps)
