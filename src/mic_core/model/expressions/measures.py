"""Measures: value trees that say how an indicator is computed from the rows of fact tables.

A measure names a table, what of it to aggregate, and conditions on its rows. It holds no number and
no function, so that it is compared, stored and translated to any engine. Conditions are part of the
measure, so that the two sides of a ratio may stand on different tables.
"""

from typing import Annotated, ClassVar, Literal

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import Either, Labels, Many, Scalar, Text, Value
from mic_core.model.vocabulary import Free, Positive, Word

ColumnOperator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "known", "unknown"]
Summary = Literal["gains", "net", "median", "improved"]
Keys = Annotated[tuple[str, ...], Labels(Text(most=200), least=1, most=10)]

_VALUELESS = ("known", "unknown")


def _values_fit(op: str, value: tuple[Free, ...]) -> Problem | None:
    wanted = 0 if op in _VALUELESS else len(value) or 1 if op == "in" else 1
    if len(value) == wanted:
        return None
    rule = "must hold no values" if op in _VALUELESS else "must hold one value, or several for in"
    return Problem(path="value", rule=rule, had=f"{len(value)} values")


@checked(_values_fit)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Where:
    """A condition on a column of a fact table, which selects rows; three-valued where unknown.

    `value` is a tuple of one value; several for `in`; none for `known` and `unknown`. Numbers with
    a fraction and dates are written as text: "0.5", "2014-09-10".

    >>> print(Where(column="status", op="in", value=("present", "partial")))
    status in present, partial
    """

    column: Word
    op: ColumnOperator
    value: Annotated[tuple[Free, ...], Many(Scalar(), most=1000)] = ()

    def __str__(self) -> str:
        return " ".join([self.column, self.op, ", ".join(map(str, self.value))]).rstrip()


Conditions = Annotated[tuple[Where, ...], Many(Value(Where), most=50)]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class CountMeasure:
    """A count of the rows of a table for which all conditions hold; heads where rows weigh."""

    TAG: ClassVar = ("measure", "count")

    table: Word
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class DistinctMeasure:
    """A distinct count: the number of different keys among the rows for which conditions hold.

    `key` holds the columns that together identify one unit, such as a person.
    """

    TAG: ClassVar = ("measure", "distinct")

    table: Word
    key: Keys
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class TotalMeasure:
    """A sum of a column of numbers over the rows for which all conditions hold."""

    TAG: ClassVar = ("measure", "total")

    table: Word
    column: Word
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ShareMeasure:
    """A proportion: of the rows or keys that meet `where`, the share that also meets `having`.

    `key` holds the columns that identify one unit, which meets `having` if one of its rows does;
    empty: each row is a unit.
    """

    TAG: ClassVar = ("measure", "share")

    table: Word
    having: Annotated[tuple[Where, ...], Many(Value(Where), least=1, most=50)]
    where: Conditions = ()
    key: Annotated[tuple[str, ...], Labels(Text(most=200), most=10)] = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class MedianMeasure:
    """A median of a column of numbers over the rows for which all conditions hold."""

    TAG: ClassVar = ("measure", "median")

    table: Word
    column: Word
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ChangeMeasure:
    """A paired change: the difference of two columns of one row, before and after.

    `summary` is gains (rises are summed, falls count as 0: a gross figure), net (rises and falls
    are summed), median (of the differences) or improved (the share of rows that rose).
    """

    TAG: ClassVar = ("measure", "change")

    table: Word
    before: Word
    after: Word
    summary: Summary = "net"
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class LatestMeasure:
    """A stock: the sum, over keys, of the latest value of each within the period.

    `key` holds the columns that identify one unit, such as an enterprise.
    """

    TAG: ClassVar = ("measure", "latest")

    table: Word
    column: Word
    key: Keys
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SurvivalMeasure:
    """A survival share (Kaplan-Meier): the lives in a table that last longer than some months.

    `left` and `entered` are columns of times, `ended` that of the flag of death and
    `lost_to_follow_up` that of lives of which the end is not known. An `entered` of None: all from
    the start; a `lost_to_follow_up` of None: none.
    """

    TAG: ClassVar = ("measure", "survival")

    table: Word
    months: Positive
    left: Word = "left"
    entered: Word | None = "entered"
    ended: Word = "has_ended"
    lost_to_follow_up: Word | None = "is_lost"
    where: Conditions = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class StatedMeasure:
    """A stated number: the observations that were recorded under the indicator itself.

    Increments in one unit and definition whose periods do not overlap add up; every other one only
    bounds the value.
    """

    TAG: ClassVar = ("measure", "stated")

    where: Conditions = ()


Addend = (
    CountMeasure
    | DistinctMeasure
    | TotalMeasure
    | MedianMeasure
    | ChangeMeasure
    | LatestMeasure
    | StatedMeasure
)
"""A measure that can be a side of a ratio."""

_ADDENDS = (
    CountMeasure, DistinctMeasure, TotalMeasure, MedianMeasure, ChangeMeasure, LatestMeasure,
    StatedMeasure,
)  # fmt: skip


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RatioMeasure:
    """A ratio of two measures, of one table or of two; 0 divided by 0 is undefined."""

    TAG: ClassVar = ("measure", "ratio")

    top: Annotated[Addend, Either(lambda: _ADDENDS)]
    bottom: Annotated[Addend, Either(lambda: _ADDENDS)]


Measure = Addend | ShareMeasure | SurvivalMeasure | RatioMeasure
"""The measure of an indicator: the way in which it is computed."""

MEASURES: dict[str, type[Measure]] = {
    "count": CountMeasure, "distinct": DistinctMeasure, "total": TotalMeasure,
    "share": ShareMeasure, "median": MedianMeasure, "change": ChangeMeasure,
    "latest": LatestMeasure, "survival": SurvivalMeasure, "stated": StatedMeasure,
    "ratio": RatioMeasure,
}  # fmt: skip
"""The classes of measures by the word that names them in JSON."""


def where(column: str, op: ColumnOperator, value: Free | tuple[Free, ...] = ()) -> Where:
    """A condition on a column: one value, a tuple of values for `in`, none for `known`.

    >>> where("minutes", ">=", 90)
    Where(column='minutes', op='>=', value=(90,))
    """
    return Where(column=column, op=op, value=value if isinstance(value, tuple) else (value,))


def count(table: str, *conditions: Where) -> CountMeasure:
    """A count of the rows that meet all conditions.

    >>> count("sessions", where("status", "==", "held")).table
    'sessions'
    """
    return CountMeasure(table=table, where=conditions)


def distinct(table: str, key: str | tuple[str, ...], *conditions: Where) -> DistinctMeasure:
    """A distinct count of the keys of the rows that meet all conditions.

    >>> distinct("visits", "person_id", where("status", "in", ("present", "partial"))).key
    ('person_id',)
    """
    return DistinctMeasure(table=table, key=_columns(key), where=conditions)


def total(table: str, column: str, *conditions: Where) -> TotalMeasure:
    """A sum of a column over the rows that meet all conditions."""
    return TotalMeasure(table=table, column=column, where=conditions)


def share(
    table: str,
    *conditions: Where,
    having: Where | tuple[Where, ...],
    key: str | tuple[str, ...] = (),
) -> ShareMeasure:
    """The proportion of the rows, or keys, meeting all conditions that also meet `having`.

    >>> share("participations", having=where("status", "==", "completed")).having[0].value
    ('completed',)
    """
    wanted = having if isinstance(having, tuple) else (having,)
    return ShareMeasure(table=table, where=conditions, having=wanted, key=_columns(key))


def median(table: str, column: str, *conditions: Where) -> MedianMeasure:
    """A median of a column over the rows that meet all conditions."""
    return MedianMeasure(table=table, column=column, where=conditions)


def change(
    table: str, before: str, after: str, *conditions: Where, summary: Summary = "net"
) -> ChangeMeasure:
    """A paired change from one column to another over the rows that meet all conditions."""
    return ChangeMeasure(table=table, before=before, after=after, where=conditions, summary=summary)


def latest(
    table: str, column: str, key: str | tuple[str, ...], *conditions: Where
) -> LatestMeasure:
    """A stock: the latest value of each key, summed, over the rows that meet all conditions."""
    return LatestMeasure(table=table, column=column, key=_columns(key), where=conditions)


def surviving(
    table: str,
    *conditions: Where,
    months: int,
    left: str = "left",
    entered: str | None = "entered",
    ended: str = "has_ended",
    lost_to_follow_up: str | None = "is_lost",
) -> SurvivalMeasure:
    """The share of the lives that meet all conditions that lasts longer than some months.

    >>> surviving("enterprise_lives", months=36).months
    36
    """
    return SurvivalMeasure(
        table=table, months=months, left=left, entered=entered, ended=ended,
        lost_to_follow_up=lost_to_follow_up, where=conditions,
    )  # fmt: skip


def stated(*conditions: Where) -> StatedMeasure:
    """The observations recorded under the indicator, added where they add up."""
    return StatedMeasure(where=conditions)


def ratio(top: Addend, bottom: Addend) -> RatioMeasure:
    """A ratio of two measures.

    >>> jobs = ratio(total("costs", "amount"), distinct("visits", "person_id"))
    >>> jobs.bottom.table
    'visits'
    """
    return RatioMeasure(top=top, bottom=bottom)


def _columns(key: str | tuple[str, ...]) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)
