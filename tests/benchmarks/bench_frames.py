"""Measuring visitors on dataframe engines against the plain loop over objects.

    python tests/benchmarks/bench_frames.py [--smoke] [--large]

One question, visitors by quarter, program and kind of organization, to columns that are kept in
each engine, beside the loop of `bench_measure` over the same facts as objects. Nothing that an
engine found before is used again. Goals at 1,000,000 visits: at most 0.33 for the fastest engine,
and 1 for each. Below 10,000 visits the objects, asked by `measure`, win or tie. With `--large`
10,000,000 visits follow, made of codes without objects: about ten times the seconds.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import ratios
from bench_measure import AS_OF, BY, asked, by_loop, network

from mic_core.frames.frame import coded_tables
from mic_core.frames.reduction import FrameEngine
from mic_core.frames.tables import EngineTable
from mic_core.impact.measuring import measure
from mic_core.impact.scorecard import Scorecard
from mic_core.impact.tables.build import FactTables

ENGINES = {
    "pandas": ("pandas", "DataFrame"),
    "polars": ("polars", "DataFrame"),
    "polars lazy": ("polars", "LazyFrame"),
    "pyarrow": ("pyarrow", "Table"),
    "duckdb": ("duckdb", "DuckDBPyRelation"),
}
LARGE = 10


def engines() -> Iterator[tuple[str, Any]]:
    """The engines that are installed, each by its class of frames."""
    for name, (module, kind) in ENGINES.items():
        try:
            yield name, getattr(import_module(module), kind)
        except ImportError:
            print(f"{name}: not installed")


def kept(tables: FactTables) -> FrameEngine:
    """The engine behind tables."""
    engine = tables._engine  # pyright: ignore[reportPrivateUsage]
    assert isinstance(engine, FrameEngine)
    return engine


def asked_anew(tables: FactTables) -> Callable[[], Scorecard]:
    """The question to kept columns, without anything that was found before."""

    def run() -> Scorecard:
        anew = FactTables(tables.table, FrameEngine(kept(tables).tables))
        return measure(anew, "V2", by=BY, as_of=AS_OF)

    return run


def larger(tables: FactTables, times: int) -> FactTables:
    """The same visits several times, by other persons each time: their codes are moved."""
    table = kept(tables).tables("visits")
    assert table is not None
    library = import_module("narwhals.stable.v2")
    base = table.coded["person_id"].base
    width = len(table.coded["person_id"].labels)
    parts = [
        table.frame.with_columns((library.col(base) + each * width).alias(base))
        for each in range(times)
    ]
    frame = library.concat(parts)
    frame = frame.collect().lazy() if isinstance(frame, library.LazyFrame) else frame
    coded = dict(table.coded)
    for name, column in coded.items():
        if column.base == base:
            labels = [
                f"{label} {each}" if name == "person_id" else label
                for each in range(times) for label in column.labels
            ]  # fmt: skip
            coded[name] = type(column)(column.shape, base, (), labels)
    many = EngineTable(table.shape, frame, coded)
    return FactTables(tables.table, FrameEngine({"visits": many}.get))


def main() -> list[ratios.Row]:
    """Print tables and return their rows."""
    rows: list[ratios.Row] = []
    sizes = (1_000,) if ratios.smoke() else (3_000, 10_000, 100_000, 1_000_000)
    for n in sizes:
        portfolio = network(n)
        objects = asked(portfolio)
        cases: dict[str, Callable[[], object]] = {
            "plain loop": partial(by_loop, portfolio), "objects, columns built": objects,
        }  # fmt: skip
        found = [(each.cell, each.figure) for each in objects()]
        every: dict[str, FactTables] = {}
        for name, kind in engines():
            every[name] = coded_tables(portfolio, like=kind, as_of=AS_OF)
            cases[name] = asked_anew(every[name])
            assert found == [(each.cell, each.figure) for each in asked_anew(every[name])()], name
        goals = {} if n < 1_000_000 else {**dict.fromkeys(every, 1.0), "polars lazy": 0.33}
        rows += ratios.compare(
            f"{n:,} visits", cases, repetitions=1 if ratios.smoke() else 5, goals=goals
        )
        if "--large" in sys.argv and n == sizes[-1]:
            many: dict[str, Callable[[], object]] = {}
            for name, tables in every.items():
                many[name] = cases[name]
                many[f"{name}, {LARGE} times"] = asked_anew(larger(tables, LARGE))
            rows += ratios.compare(f"{n:,} and {n * LARGE:,} visits", many, repetitions=3)
    return rows


if __name__ == "__main__":
    main()
