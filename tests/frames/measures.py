"""Random indicators of users: any measure over any table, with conditions of every operator."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core import Indicator, Measure, Where
from mic_core.impact.aggregation.columns import ColumnShape
from mic_core.impact.aggregation.facts import TableShape
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.model import change, count, distinct, latest, median, ratio, share, total
from tests.impact.camp import custom

_WORDS = ("present", "partial", "person", "completed", "venture", "sme", "workshop", "female")
_GRADES = ("claimed", "self_reported", "documented", "verified")
_DAYS = ("2014-01-01", "2014-09-10", "2015-06-30")


def _values(column: ColumnShape) -> SearchStrategy[Any]:
    if column.name == "evidence":
        return st.sampled_from(_GRADES)
    kinds: dict[str, SearchStrategy[Any]] = {
        "id": st.sampled_from(("a", "b")), "word": st.sampled_from(_WORDS),
        "day": st.sampled_from(_DAYS), "flag": st.booleans(),
        "whole": st.sampled_from((0, 1, 60, 90)), "number": st.sampled_from(("0", "1.5", "1000")),
    }  # fmt: skip
    return kinds[column.kind]


@st.composite
def conditions(draw: DrawFn, shape: TableShape) -> Where:
    """A condition on a column of a table."""
    column = draw(st.sampled_from(shape.columns))
    ordered = ("<", "<=", ">", ">=") if column.kind != "flag" else ()
    op: Any = draw(st.sampled_from(("==", "!=", "in", "known", "unknown", *ordered)))
    if op in {"known", "unknown"}:
        return Where(column=column.name, op=op)
    most = 3 if op == "in" else 1
    return Where(
        column=column.name, op=op,
        value=(*draw(st.lists(_values(column), min_size=1, max_size=most)),),
    )  # fmt: skip


@st.composite
def _simple(draw: DrawFn, shape: TableShape) -> Any:
    where = draw(st.lists(conditions(shape), max_size=2))
    names = [each.name for each in shape.columns]
    numbers = [each.name for each in shape.columns if each.kind in {"whole", "number"}]
    keys = (*draw(st.lists(st.sampled_from([*names, "month"]), min_size=1, max_size=2)),)
    kinds = ["count", "distinct", *(["total", "median", "change", "latest"] if numbers else [])]
    match draw(st.sampled_from(kinds)):
        case "count":
            return count(shape.name, *where)
        case "distinct":
            return distinct(shape.name, (*dict.fromkeys(keys),), *where)
        case "total":
            return total(shape.name, draw(st.sampled_from(numbers)), *where)
        case "median":
            return median(shape.name, draw(st.sampled_from(numbers)), *where)
        case "change":
            before, after = (draw(st.sampled_from(numbers)) for _ in range(2))
            summary: Any = draw(st.sampled_from(("gains", "net", "median", "improved")))
            return change(shape.name, before, after, *where, summary=summary)
        case _:
            keys = (*dict.fromkeys(each for each in keys if each != "month"),) or ("fact",)
            return latest(shape.name, draw(st.sampled_from(numbers)), keys, *where)


@st.composite
def measures(draw: DrawFn) -> tuple[Measure, tuple[str, ...]]:
    """A measure, and dimensions that its tables have."""
    shape = TABLE_SHAPES[draw(st.sampled_from(sorted(TABLE_SHAPES)))]
    names = [*(each.name for each in shape.columns if each.name != "fact"), "month", "year", "week"]
    by = (*dict.fromkeys(draw(st.lists(st.sampled_from(names), max_size=2))),)
    match draw(st.sampled_from(("simple", "simple", "share", "ratio"))):
        case "share":
            where = draw(st.lists(conditions(shape), max_size=1))
            having = (*draw(st.lists(conditions(shape), min_size=1, max_size=2)),)
            key = (*draw(st.lists(st.sampled_from(names[:-3]), max_size=2, unique=True)),)
            return share(shape.name, *where, having=having, key=key), by
        case "ratio":
            return ratio(draw(_simple(shape)), draw(_simple(shape))), by
        case _:
            return draw(_simple(shape)), by


@st.composite
def indicators(draw: DrawFn) -> tuple[Indicator, tuple[str, ...]]:
    """An indicator of a user, and dimensions."""
    measured, by = draw(measures())
    grade = draw(st.none() | st.sampled_from(_GRADES))
    return custom(measured, minimum_evidence=grade), by
