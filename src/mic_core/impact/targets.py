"""Targets: the target of a figure, what of it is due to date, and the progress towards it."""

from datetime import date
from fractions import Fraction

from mic_core.impact.aggregation.estimate import Estimate
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.scorecard import Aim
from mic_core.model import Center, Indicator, Target
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    LatestMeasure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
)
from mic_core.portfolio import Portfolio

_NO_FLOW = (LatestMeasure, MedianMeasure, RatioMeasure, ShareMeasure)


def aim_of(
    portfolio: Portfolio, indicator: Indicator, window: Window, scope: tuple[str, ...] | None,
    figure: Estimate,
) -> Aim | None:  # fmt: skip
    """The target of an indicator for this scope and period beside its figure; None if none fits.

    Where everything is measured, a target of all centers fits. Of several the first by id.
    """
    for each in portfolio.where(Target, indicator_id=indicator.id):
        if each.period == window.period and _fits(portfolio, each, scope):
            value = Fraction(each.value)
            baseline = Fraction(0) if each.baseline is None else Fraction(each.baseline)
            return Aim(
                target=each, value=value, baseline=baseline,
                to_date=_to_date(indicator, each, window.today),
                progress=progress(figure.value, baseline, value),
            )  # fmt: skip
    return None


def _fits(portfolio: Portfolio, target: Target, scope: tuple[str, ...] | None) -> bool:
    if scope is not None:
        return {each.rpartition(":")[2] for each in scope} == set(target.scope)
    return {each.id for each in portfolio.all(Center)} <= set(target.scope)


def progress(value: Fraction | None, baseline: Fraction, target: Fraction) -> Fraction | None:
    """The way from baseline to target that a value has come; works for falling targets as well.

    None where the value is unknown, or the target equals its baseline. Below 0 and above 1 too.

    >>> progress(Fraction(30), Fraction(40), Fraction(20))
    Fraction(1, 2)
    """
    if value is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline)


def _to_date(indicator: Indicator, target: Target, today: date) -> Fraction | None:
    """The part of a target of flows for the days before today; None if that means nothing."""
    measure, period = indicator.measure, target.period
    is_share = isinstance(measure, ChangeMeasure) and measure.summary in {"median", "improved"}
    if isinstance(measure, _NO_FLOW) or is_share or period.start is None or period.end is None:
        return None
    length = (period.end - period.start).days
    over = min(max((today - period.start).days, 0), length)
    return Fraction(target.value) * over / length
