"""Observed numbers: the observations of an indicator as stated numbers, by subject and period."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

import attrs

from mic_core.chrono import Period
from mic_core.ids import cite, split
from mic_core.impact.aggregation.cells import CellKey
from mic_core.impact.aggregation.columns import (
    FALSE,
    GRADES,
    TRUE,
    ColumnShape,
    FactColumn,
    millionths,
    truths,
)
from mic_core.impact.aggregation.facts import TooFineError
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.aggregation.stated import StatedNumber, StatedState
from mic_core.model import Center, Indicator, Observation
from mic_core.model.expressions.measures import StatedMeasure, Where
from mic_core.model.impact import uncorrected
from mic_core.portfolio import Portfolio
from mic_core.portfolio.scope import members

_COLUMNS = ("evidence", "method", "source", "tally", "form", "relation", "unit", "subject")
_LEVELS = {"center": 1, "program": 2, "edition": 3, "series": 3, "session": 4}
_LAST_LEVEL = 5


def stated_states(
    portfolio: Portfolio, indicator: Indicator, measure: StatedMeasure, window: Window,
    dimensions: Sequence[str], scope: tuple[str, ...] | None,
) -> Mapping[CellKey, StatedState]:  # fmt: skip
    """The stated numbers of an indicator in a window, as one state under the empty key.

    Observations of another unit or definition version, corrected ones, and those below the grade
    of the window are left out. Raises ValueError with the reason where dimensions are asked for, a
    condition is on no column of observations, or gross and net numbers would be added.
    """
    if dimensions:
        msg = f"a stated number cannot be broken down by {', '.join(dimensions)}"
        raise ValueError(msg)
    known = observations_of(portfolio, indicator, window.grade)
    within = [each for each in known if _in_scope(portfolio, each, window)]
    whole = _whole_subjects(portfolio, scope)
    found = [
        (each, number) for each in within
        if (number := _number(each, measure.where)) is not None
    ]  # fmt: skip
    if {"gross", "net"} <= {each.tally for each, _ in found}:
        msg = "gross and net numbers do not add; a condition on tally takes one of them"
        raise ValueError(msg)
    numbers = frozenset(
        attrs.evolve(number, level=0 if each.subject in whole else _level(each))
        for each, number in found
    )
    period = Period() if window.period is None else window.period
    return {(): StatedState(numbers, period, window.today)}


def observations_of(
    portfolio: Portfolio, indicator: Indicator, grade: str | None = None
) -> list[Observation]:
    """The observations of an indicator that hold, sorted by id.

    No claim, none in another unit or of another definition, none that another one corrects.
    """
    return [
        each for each in _uncorrected(portfolio, indicator)
        if each.unit == indicator.unit and each.version in {None, indicator.version}
        and (grade is None or GRADES.index(each.evidence) >= GRADES.index(grade))
    ]  # fmt: skip


def _uncorrected(portfolio: Portfolio, indicator: Indicator) -> list[Observation]:
    found = uncorrected(portfolio.where(Observation, indicator_id=indicator.id))
    return [each for each in found if each.claim is None]


def surveyed(
    portfolio: Portfolio, indicator: Indicator, window: Window
) -> tuple[Counter[str | None], int, tuple[tuple[str, int], ...]]:
    """The observations about a scope and days of a period, by grade, and what is left out of them.

    Also their number, of all grades.
    """
    period = Period() if window.period is None else window.period
    here = [
        each for each in _uncorrected(portfolio, indicator)
        if each.period.intersection(period) is not None
        and _in_scope(portfolio, each, window)
    ]  # fmt: skip
    one_unit = [each for each in here if each.unit == indicator.unit]
    known = [each for each in one_unit if each.version in {None, indicator.version}]
    grade = 0 if window.grade is None else GRADES.index(window.grade)
    eligible = [each for each in known if GRADES.index(each.evidence) >= grade]
    exclusions = (
        ("in another unit", len(here) - len(one_unit)),
        ("of another definition", len(one_unit) - len(known)),
        (f"evidence below {window.grade}", len(known) - len(eligible)),
    )
    evidence: Counter[str | None] = Counter(each.evidence for each in eligible)
    return evidence, len(known), tuple(each for each in exclusions if each[1])


def _whole_subjects(portfolio: Portfolio, scope: tuple[str, ...] | None) -> frozenset[str]:
    """The subject that is the scope itself: what one id names; of everything the only center."""
    if scope is None:
        centers = portfolio.all(Center)
        return frozenset(cite("center", each.id) for each in centers if len(centers) == 1)
    if len(scope) > 1:
        return frozenset()
    return frozenset(cite(kind, id) for kind, id in members(portfolio, scope))


def _level(each: Observation) -> int:
    return _LEVELS.get(split(each.subject)[0], _LAST_LEVEL)


def _in_scope(portfolio: Portfolio, each: Observation, window: Window) -> bool:
    """True if the subject of an observation lies in the scope: is named, or is part of it."""
    if window.places is None:
        return True
    kind, id = split(each.subject)
    if id in window.places.get(f"{kind}_id", ()):
        return True
    noun = portfolio.find(kind, id)
    return any(getattr(noun, name, None) in ids for name, ids in window.places.items() if ids)


def _number(each: Observation, conditions: Sequence[Where]) -> StatedNumber | None:
    truth = TRUE
    for condition in conditions:
        if condition.column not in _COLUMNS:
            msg = f"observations have no column {condition.column}; they have {', '.join(_COLUMNS)}"
            raise ValueError(msg)
        shape = ColumnShape(name=condition.column, about="")
        label = getattr(each, condition.column)
        truth &= truths(FactColumn(shape, condition.column, (0,), (label,)), condition)[0]
    if truth == FALSE:
        return None
    value, share = _amount(each, each.value), each.attribution
    attributed = value if share is None else _amount(each, each.value * share)
    return StatedNumber(
        fact=cite("observation", each.id), subject=each.subject, period=each.period, value=value,
        attributed=attributed, relation=each.relation, form=each.form, is_certain=truth == TRUE,
    )  # fmt: skip


def _amount(each: Observation, value: Decimal) -> int:
    try:
        return millionths(value)
    except ValueError as error:
        msg = f"{cite('observation', each.id)}: the value {error}; round it"
        raise TooFineError(msg) from None
