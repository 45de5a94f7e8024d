"""A large table: joins of pyarrow keep no order beyond some 100,000 rows, and need none here."""

import os
from fractions import Fraction

import pytest
from bench_measure import AS_OF, BY, by_loop, network

from mic_core import Portfolio, coded_tables, frame, frame_tables, measure
from tests.frames.installed import INSTALLED, LIKES

ROWS = int(os.environ.get("MIC_CORE_ROWS", "3000"))
"""Rows of the table: 1,000,000 in the session `frames`."""


def _whole(portfolio: Portfolio) -> Fraction | None:
    (result,) = measure(portfolio, "V2", as_of=AS_OF)
    return result.value


@pytest.mark.parametrize("name", INSTALLED)
def test_a_large_table_agrees(name: str) -> None:
    """Visitors by quarter, program and kind of organization are those of a plain loop."""
    network_of = network(ROWS)
    like = LIKES[name]()
    expected = by_loop(network_of)
    columns = ("fact", "day", "program_id", "organization_kind", "person_id", "status", "evidence")
    tidy = frame(network_of, "visits", like=like, as_of=AS_OF, columns=columns)
    for tables in (
        coded_tables(network_of, like=like, as_of=AS_OF), frame_tables({"visits": tidy}),
    ):  # fmt: skip
        card = measure(tables, "V2", by=BY, as_of=AS_OF)
        cells = {tuple(label for _, label in each.cell): each.value for each in card}
        assert cells.pop(()) == _whole(network_of)
        assert cells == expected
