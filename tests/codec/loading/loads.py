"""Shared by the tests of loading: a center, a program, and loads with both."""

from typing import Any

from mic_core import Center, LoadedTables, Program, RowProblem, from_tables

CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
PROGRAM = Program(id="camp", title="Camp", kind="bootcamp")


def load(tables: Any, **options: Any) -> LoadedTables:
    """The tables of the center and program of the tests."""
    return from_tables(tables, center=CENTER, program=PROGRAM, **options)


def problems(loaded: LoadedTables) -> list[tuple[str, int, str]]:
    """The table, row and column of each problem."""
    return [(each.table, each.row, each.column) for each in loaded.report.problems]


def only(loaded: LoadedTables) -> RowProblem:
    """The one problem of a load."""
    (problem,) = loaded.report.problems
    return problem


def assumed(loaded: LoadedTables, part: str) -> int:
    """The number of times that something was assumed whose text holds a part."""
    return sum(each.times for each in loaded.report.assumptions if part in each.text)
