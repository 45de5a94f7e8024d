"""Write docs/indicators.md and docs/tables.md: the built-in indicators and the fact tables."""

from pathlib import Path

from mic_core import FINE_PRINT, INDICATORS, FinePrint, Indicator, Where
from mic_core.impact.aggregation.facts import TableShape
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    DistinctMeasure,
    LatestMeasure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    TotalMeasure,
)
from mic_core.model.expressions.measures import Measure as Tree

DOCS = Path(__file__).parent.parent

_INDICATORS = (
    "`mic.INDICATORS` holds them by id; `mic.measure` evaluates them. A recorded indicator of the "
    "same id takes the place of a built-in one. [Figures that say what they know]"
    "(explanation/impact.md) explains the results. `mic.variant` makes an indicator with other "
    'parameters, such as `variant("E3", minimum_hours=12)`.'
)
_TABLES = (
    "The tables that measures read, built from a portfolio by `mic.measure`, or handed in as "
    "`mic.FactTables.of`. Numbers are whole millionths of their unit, or Decimal where they are "
    "handed in. Personal columns are shown only where a caller names them."
)


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    return {"indicators": _indicators(), "tables": _tables()}


def _indicators() -> str:
    lines = [
        "# Built-in indicators", "",
        _INDICATORS, "",
        *(line for each in INDICATORS.values() for line in _indicator(each)),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def _indicator(each: Indicator) -> list[str]:
    codes = ", ".join(f"{code} ({framework})" for framework, code in each.crosswalk)
    return [
        f"## {each.id}: {each.title}", "",
        f"{each.definition}", "",
        f"- Unit: {each.unit}; kind: {each.kind}; better: {each.direction}.",
        f"- Measure: `{spelled(each.measure)}`.",
        *([f"- By: {', '.join(each.by)}."] if each.by else []),
        *([f"- Crosswalk: {codes}."] if codes else []),
        *(
            f"- Parameter `{name}`: {one.about}{_values_of(one)}; default: {one.default}."
            for name, one in FINE_PRINT.items() if each.id in one.indicators
        ),
        f"- Source: {each.source}.", "",
    ]  # fmt: skip


def spelled(measure: Tree) -> str:
    """A measure as the call that makes it."""
    if isinstance(measure, RatioMeasure):
        return f"ratio({spelled(measure.top)}, {spelled(measure.bottom)})"
    _, word = measure.TAG
    parts: list[str] = [] if word == "stated" else [quoted(getattr(measure, "table", ""))]
    match measure:
        case DistinctMeasure():
            parts.append(columns(measure.key))
        case TotalMeasure() | MedianMeasure():
            parts.append(quoted(measure.column))
        case LatestMeasure():
            parts += [quoted(measure.column), columns(measure.key)]
        case ChangeMeasure():
            parts += [quoted(measure.before), quoted(measure.after)]
        case _:
            pass
    parts += map(condition, measure.where)
    if isinstance(measure, ChangeMeasure):
        parts.append(f"summary={quoted(measure.summary)}")
    if isinstance(measure, ShareMeasure):
        wanted = [condition(each) for each in measure.having]
        parts.append("having=" + (wanted[0] if len(wanted) == 1 else f"({', '.join(wanted)})"))
        parts += [f"key={columns(measure.key)}"] if measure.key else []
    return f"{word}({', '.join(parts)})"


def condition(each: Where) -> str:
    """A condition as the call that makes it."""
    values = [quoted(value) if isinstance(value, str) else repr(value) for value in each.value]
    parts = [quoted(each.column), quoted(each.op)]
    if values:
        parts.append(values[0] if len(values) == 1 else f"({', '.join(values)})")
    return f"where({', '.join(parts)})"


def columns(names: tuple[str, ...]) -> str:
    """Names of columns as an argument."""
    return quoted(names[0]) if len(names) == 1 else f"({', '.join(map(quoted, names))})"


def quoted(text: str) -> str:
    """A text in double quotes."""
    return f'"{text}"'


def _values_of(one: FinePrint) -> str:
    return f" ({', '.join(one.choices)})" if one.choices else f" ({one.unit})"


def _tables() -> str:
    lines = [
        "# Fact tables", "",
        _TABLES, "",
        *(line for each in TABLE_SHAPES.values() for line in _table(each)),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def _table(shape: TableShape) -> list[str]:
    rows = [
        f"| {each.name} | {each.kind}{', many' if each.many else ''} | {each.unit or ''} "
        f"| {'yes' if each.personal else ''} | {each.about} |"
        for each in shape.columns
    ]
    return [
        f"## {shape.name}", "", shape.about, "",
        "| column | kind | unit | personal | about |", "|---|---|---|---|---|", *rows, "",
    ]  # fmt: skip


if __name__ == "__main__":
    for page, text in pages().items():
        (DOCS / f"{page}.md").write_text(text, encoding="utf-8", newline="\n")
