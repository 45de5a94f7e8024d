"""Variants of built-in indicators: the fine print of a definition as named parameters.

Funders agree on an indicator and differ in its fine print: from how many hours on an enterprise was
supported, how long it is new, how staff is averaged. A variant is the built-in indicator with other
conditions or columns; its version names the parameters, so that figures of two variants never add.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

import attrs

from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import is_a
from mic_core.impact.aggregation.columns import GRADES
from mic_core.impact.indicators import INDICATORS
from mic_core.model import Indicator, Measure
from mic_core.model.expressions.measures import Where, where

Parameter = str | int | Decimal
_Change = Callable[[Any, Any], Measure]


@attrs.frozen(kw_only=True)
class FinePrint:
    """A parameter of indicators: its meaning, its default in words, and the values it takes.

    `choices` are the words that it takes; empty: it takes a number of at least 0, in `unit`.
    """

    about: str
    default: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    indicators: tuple[str, ...]
    _change: _Change = attrs.field(repr=False, eq=False, alias="change")

    def problem(self, name: str, value: object) -> Problem | None:
        """The reason why a value is none of this parameter."""
        if self.choices:
            if is_a(value, str) and value in self.choices:
                return None
            return Problem(path=name, rule=f"must be one of {', '.join(self.choices)}")
        whole = self.unit != "hours"
        known = any(is_a(value, kind) for kind in (str, int, Decimal)) and not is_a(value, bool)
        try:
            number = Decimal(str(value)) if known else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or number < 0 or (whole and number % 1):
            kind = "whole number" if whole else "number"
            return Problem(path=name, rule=f"must be a {kind} of {self.unit}, 0 or more")
        return None

    def applied(self, measure: Measure, value: Parameter) -> Measure:
        """The measure with a value of this parameter."""
        changed: Measure = self._change(measure, value)
        return changed


def _with(measure: Any, *conditions: Where) -> Any:
    """A measure with conditions, in place of those on the same columns."""
    columns = {each.column for each in conditions}
    kept = [each for each in measure.where if each.column not in columns]
    return attrs.evolve(measure, where=(*kept, *conditions))


def _hours(measure: Any, value: Any) -> Any:
    return _with(measure, where("hours_to_date", ">=", str(Decimal(str(value)))))


def _new(measure: Any, value: Any) -> Any:
    return _with(measure, where("age_months", "<", int(Decimal(str(value)))))


def _created(measure: Any, value: Any) -> Any:
    return _with(measure, where("months_to_foundation", "<=", int(Decimal(str(value)))))


def _asked(measure: Any, value: Any) -> Any:
    return _with(measure, where("horizon", "==", value))


def _founders(measure: Any, value: Any) -> Any:
    return _with(measure, where("founders_counted", "==", value == "counted"))


def _staff(measure: Any, value: Any) -> Any:
    mean = "mean_" if value == _MEANS else ""
    return attrs.evolve(measure, before=f"{mean}staff_before", after=f"{mean}staff_after")


def _cost(measure: Any, value: Any) -> Any:
    others = [each for each in measure.top.where if each.column != "is_public"]
    public = [where("is_public", "==", (True,))] if value == "public" else []
    return attrs.evolve(measure, top=attrs.evolve(measure.top, where=(*others, *public)))


def _aged(operator: Any) -> _Change:
    def change(measure: Any, value: Any) -> Any:
        condition = where("age", operator, int(Decimal(str(value))))
        kept = [each for each in measure.where if (each.column, each.op) != ("age", operator)]
        return attrs.evolve(measure, where=(*kept, condition))

    return change


_MEANS = "12-month averages"
_PARTICIPANTS = tuple(id for id in INDICATORS if id == "P2" or id.startswith("P1"))

FINE_PRINT: Mapping[str, FinePrint] = MappingProxyType(
    {
        "minimum_hours": FinePrint(
            about="an enterprise counts from the support on with which its hours reach this many",
            default="no minimum", unit="hours", indicators=("E1", "E1-smes", "E3"),
            change=_hours,
        ),
        "new_for_months": FinePrint(
            about="an enterprise is new for so many months from its foundation", default="36",
            unit="months", indicators=("E4",), change=_new,
        ),
        "created_within_months": FinePrint(
            about="an enterprise was created if it was founded within so many months of its first "
            "support", default="no limit", unit="months", indicators=("E5",), change=_created,
        ),
        "from_age": FinePrint(
            about="the youngest age at first entry, in calendar years", default="no limit",
            unit="years", indicators=_PARTICIPANTS, change=_aged(">="),
        ),
        "below_age": FinePrint(
            about="the age at first entry, in calendar years, from which on nobody counts",
            default="no limit", unit="years", indicators=_PARTICIPANTS, change=_aged("<"),
        ),
        "horizon": FinePrint(
            about="the time after leaving at which the status is asked for",
            default="4 weeks for P8, 6 months for P9", choices=("4 weeks", "6 months", "12 months"),
            indicators=("P8", "P9"), change=_asked,
        ),
        "staff": FinePrint(
            about="staff of annual figures, or its average over the 12 months before the first "
            "support and after the last one", default="annual figures",
            choices=("annual figures", _MEANS), indicators=("J1", "J2", "J5"), change=_staff,
        ),
        "founders": FinePrint(
            about="only figures of which it is known that founders are counted, or are not",
            default="as recorded", choices=("counted", "not counted"),
            indicators=("J1", "J2", "J3", "J4", "J5"), change=_founders,
        ),
        "cost": FinePrint(
            about="all costs, or those that public bodies bear",
            default="public for C2, total for the others", choices=("total", "public"),
            indicators=("C1", "C2", "C3"), change=_cost,
        ),
    }
)  # fmt: skip
"""The parameters of built-in indicators, by name. Each indicator has `minimum_evidence` as well."""


def variant(id: str, **parameters: Parameter) -> Indicator:
    """A built-in indicator with other fine print, under the same id.

    Parameters are those of `FINE_PRINT`, and `minimum_evidence`, a grade. Recorded, it takes the
    place of the built-in one. Its version and its definition name the parameters. Raises NotFound
    for an id that no built-in indicator has, InvariantError for a parameter or a value that it does
    not take.

    >>> three = variant("E3", minimum_hours=12)
    >>> three.version, three.measure.where[-1]
    ('1 (minimum_hours=12)', Where(column='hours_to_date', op='>=', value=('12',)))
    """
    if not is_a(id, str) or id not in INDICATORS:
        msg = "no built-in indicator has that id"
        raise NotFound(msg)
    known = INDICATORS[id]
    problems = [
        problem
        for name, value in parameters.items()
        if (problem := _problem(id, name, value)) is not None
    ]
    if problems:
        raise InvariantError("variant", problems)
    measure = known.measure
    for name, value in sorted(parameters.items()):
        if name in FINE_PRINT:
            measure = FINE_PRINT[name].applied(measure, value)
    words = ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()))
    if not words:
        return known
    minimum: Any = parameters.get("minimum_evidence", known.minimum_evidence)
    return attrs.evolve(
        known, measure=measure, minimum_evidence=minimum, version=f"{known.version} ({words})",
        definition=f"{known.definition} With {words}.",
    )  # fmt: skip


def _problem(id: str, name: str, value: object) -> Problem | None:
    if name == "minimum_evidence":
        if is_a(value, str) and value in GRADES:
            return None
        return Problem(path=name, rule=f"must be one of {', '.join(GRADES)}")
    found = FINE_PRINT.get(name)
    if found is None or id not in found.indicators:
        names = [each for each, one in FINE_PRINT.items() if id in one.indicators]
        rule = f"must be a parameter of {id}: {', '.join([*names, 'minimum_evidence'])}"
        return Problem(path=name, rule=rule)
    return found.problem(name, value)
