"""Targets: the target of a figure, what of it is due to date, and the progress towards it."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal

from mic_core.chrono import Period
from mic_core.impact.aggregation.estimate import Estimate
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.aggregation.stated import contains, ordinals
from mic_core.impact.scorecard import Aim
from mic_core.model import Center, Indicator, Target
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    Measure,
    StatedMeasure,
    TotalMeasure,
)
from mic_core.portfolio import Portfolio


def aim_of(
    portfolio: Portfolio, indicator: Indicator, window: Window, scope: tuple[str, ...] | None,
    figure: Estimate,
) -> Aim | None:  # fmt: skip
    """The target of an indicator for this scope and period beside its figure; None if none fits.

    The target of that very period, of several the first by id; else targets of which the periods
    fill it without gap or overlap, such as the years of the life of a program: those of a flow add
    up, of a stock the last one holds with the baseline of the first.
    Distinct counts, shares and ratios of several periods have no common target. Where everything is
    measured, a target of all centers fits.
    """
    known = [
        each for each in portfolio.where(Target, indicator_id=indicator.id)
        if _fits(portfolio, each, scope)
    ]  # fmt: skip
    period = Period() if window.period is None else window.period
    found = [each for each in known if each.period == period][:1] or _filling(known, period)
    if not found:
        return None
    rule = _over_time(indicator.measure)
    if len(found) > 1 and rule in {"none", "union"}:
        return None
    is_sum = rule == "sum"
    value = sum((Fraction(each.value) for each in (found if is_sum else found[-1:])), Fraction(0))
    baselines = [_baseline(each) for each in (found if is_sum else found[:1])]
    baseline = sum(baselines, Fraction(0))
    return Aim(
        target=found[-1], targets=(*found,), value=value, baseline=baseline,
        to_date=_to_date(found, window.today) if is_sum or rule == "union" else None,
        progress=progress(figure.value, baseline, value),
        growth=growth(figure.value, baseline) if found[0].baseline is not None else None,
    )  # fmt: skip


def _baseline(target: Target) -> Fraction:
    return Fraction(0) if target.baseline is None else Fraction(target.baseline)


def _over_time(measure: Measure) -> Literal["sum", "union", "last", "none"]:
    """The rule by which the targets of several periods make that of all of them together."""
    match measure:
        case CountMeasure() | TotalMeasure():
            return "sum"
        case ChangeMeasure(summary=summary):
            return "sum" if summary in {"gains", "net"} else "none"
        case StatedMeasure():
            return "sum"
        case LatestMeasure():
            return "last"
        case DistinctMeasure():
            return "union"
        case _:
            return "none"


def _filling(targets: Iterable[Target], period: Period) -> list[Target]:
    """The targets that fill a period one after the other; empty if they leave a gap or overlap."""
    found = sorted(
        (each for each in targets if contains(period, each.period)),
        key=lambda each: (ordinals(each.period), each.id),
    )
    starts = [each.period.start for each in found] + [period.end]
    ends = [period.start] + [each.period.end for each in found]
    return found if starts == ends else []


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


def growth(value: Fraction | None, baseline: Fraction) -> Fraction | None:
    """The change of a value since its baseline, as a share of the baseline.

    None where the value is unknown or the baseline is 0: growth from nothing has no rate.

    >>> growth(Fraction(30), Fraction(40)), growth(Fraction(30), Fraction(0))
    (Fraction(-1, 4), None)
    """
    if value is None or not baseline:
        return None
    return (value - baseline) / abs(baseline)


def _to_date(targets: Iterable[Target], today: date) -> Fraction | None:
    """The part of targets of flows for the days before today; None if a period is open."""
    summed = Fraction(0)
    for each in targets:
        period = each.period
        if period.start is None or period.end is None:
            return None
        length = (period.end - period.start).days
        over = min(max((today - period.start).days, 0), length)
        summed += Fraction(each.value) * over / length
    return summed
