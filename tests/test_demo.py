"""The demo, as its reader runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mic_core.markup import width

DEMO = Path(__file__).parents[1] / "docs" / "examples" / "demo.py"


def run(**environment: str) -> bytes:
    """What the demo prints in that environment."""
    result = subprocess.run(
        [sys.executable, "-W", "error", str(DEMO)],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    assert result.stderr == b""
    return result.stdout


@pytest.fixture(scope="module")
def printed() -> bytes:
    """What the demo prints in Brussels."""
    return run(PYTHONHASHSEED="0", TZ="Europe/Brussels", LC_ALL="C")


def test_the_demo_shows_the_season_in_one_hundred_columns(printed: bytes) -> None:
    """Week grids, findings, counts, a scorecard and claims are there, and no line is too wide."""
    text = printed.decode()
    assert "Week 37 of 2014, 8-14 Sep" in text
    assert "room-overlap (error)" in text
    assert "unique visitors" in text
    assert "needs 1, 0 of 16 free" in text
    assert "until 2014-09-" in text
    assert "78 to 474" in text
    assert "80.2 %" in text
    assert "365 attendances are known by name, one less than the 366 before" in " ".join(
        text.split()
    )
    assert "the same as ever: True" in " ".join(text.split())
    assert "more than 6,000 visitors" in text
    assert max(map(width, text.splitlines())) <= 100


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "PYTHONIOENCODING": "latin-1"},
        {"PYTHONHASHSEED": "1", "TZ": "Europe/Brussels", "COLUMNS": "40"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_the_demo_prints_the_same_bytes_everywhere(
    printed: bytes, environment: dict[str, str]
) -> None:
    """Neither hash seed nor time zone, locale, encoding or terminal changes a byte of it."""
    assert run(**environment) == printed
