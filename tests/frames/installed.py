"""The engines that are installed, and figures of a scorecard that are compared among them."""

import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import reject

from mic_core import FactTables, Portfolio, Scorecard, coded_tables, frame, frame_tables
from mic_core.impact.tables.build import facts_of
from mic_core.impact.tables.shapes import TABLE_SHAPES
from tests.impact.camp import AT

IS_LONG = "MIC_CORE_ROWS" in os.environ
"""True in the session `frames`, which tries more examples in more ways than each run."""

SHARE = 4 if IS_LONG else 20
"""The share of examples of which each measures all indicators."""

Tables = Callable[[Portfolio], FactTables]


def _class(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(pytest.importorskip(module, reason=f"{module} is not installed"), name)


@cache
def session() -> Any:
    """A session of Spark on this machine, in a zone far from that of the centers."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    zone = builder.config("spark.sql.session.timeZone", "America/Los_Angeles")
    return zone.config("spark.sql.shuffle.partitions", "2").getOrCreate()


@cache
def connection() -> Any:
    """A connection of duckdb of its own."""
    return pytest.importorskip("duckdb", reason="duckdb is not installed").connect()


LIKES: dict[str, Callable[[], Any]] = {
    "pandas": _class("pandas", "DataFrame"),
    "polars": _class("polars", "DataFrame"),
    "polars lazy": _class("polars", "LazyFrame"),
    "pyarrow": _class("pyarrow", "Table"),
    "duckdb": connection,
}
"""What `like` is for each engine; skips where it is not installed."""

INSTALLED = [
    name for name in LIKES if find_spec(name.partition(" ")[0])
    and (name != "duckdb" or find_spec("pyarrow"))
]  # fmt: skip

WAYS = [f"{how} {name}" for name in INSTALLED for how in ("coded", "tidy")]

RANDOM_WAYS = [
    each for each in WAYS if IS_LONG or each in {"tidy pandas", "coded polars", "tidy polars lazy"}
]
"""The ways of the properties: in each run one for each form of tables and kind of engine."""


def tables_in(way: str, portfolio: Portfolio) -> FactTables:
    """The tables of a portfolio, coded or tidy, in an engine."""
    how, _, name = way.partition(" ")
    like = session() if name == "spark" else LIKES[name]()
    if how == "coded":
        return coded_tables(portfolio, like=like, as_of=AT)
    try:
        found = {name: frame(portfolio, name, like=like, as_of=AT) for name in TABLE_SHAPES}
    except ValueError:  # an amount of more than six decimals: there is no such table
        reject()
    return frame_tables(found)


def rows_of(portfolio: Portfolio) -> FactTables:
    """The tables of a portfolio as rows that somebody hands in."""
    facts = facts_of(portfolio, AT)
    try:
        return FactTables.of({name: [*facts.table(name).rows()] for name in TABLE_SHAPES})
    except ValueError:
        reject()


def figures(card: Scorecard) -> list[tuple[Any, ...]]:
    """All of a scorecard that tables decide: targets are of a portfolio alone."""
    return [
        (
            each.indicator.id, each.cell, each.figure, each.status, each.coverage, each.evidence,
            each.at_grade, each.exclusions, each.currency, each.reason,
        )
        for each in card
    ]  # fmt: skip
