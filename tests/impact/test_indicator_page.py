"""The page of built-in indicators spells measures that mean what is measured."""

import runpy
from pathlib import Path
from typing import Any

import pytest

import mic_core
from mic_core import INDICATORS, Indicator

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "make_indicators.py"
MAKERS = (
    "change",
    "count",
    "distinct",
    "latest",
    "median",
    "ratio",
    "share",
    "stated",
    "total",
    "where",
)
SPELLED: Any = runpy.run_path(str(SCRIPT))["spelled"]


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda each: each.id)
def test_a_measure_is_spelled_as_the_call_that_makes_it(indicator: Indicator) -> None:
    """The text of a measure on the page, run as Python, is the measure."""
    names = {name: getattr(mic_core, name) for name in MAKERS}
    assert eval(SPELLED(indicator.measure), names) == indicator.measure  # our own page
