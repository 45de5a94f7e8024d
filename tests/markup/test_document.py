"""The page of the season, as its reader makes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.markup.payloads import harm, structure

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "page.py"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The run of the script in an environment, with its output."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as it is made in Brussels."""
    path = tmp_path_factory.mktemp("page") / "season.html"
    result = run(str(path), PYTHONHASHSEED="0", TZ="Europe/Brussels", LC_ALL="C")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    return path.read_text("utf-8")


def test_the_page_shows_the_season(written: str) -> None:
    """Findings, what became of them, week grids, rooms, bars, counts and claims are there."""
    text = structure(written).text
    for each in (
        "3 errors", "room-overlap", "3 moved", "was here before",
        "Week 37 of 2014, 8-14 Sep · Microsoft Innovation Center Brussels",
        "Wed 15 Oct 2014", "14 of 16", "unique visitors", "more than 6,000 visitors",
    ):  # fmt: skip
        assert each in text


def test_the_page_is_alone_and_runs_nothing(written: str) -> None:
    """No script, no event, no address outside, one style, every element closed."""
    read = structure(written)
    assert not harm(written)
    assert "//" not in written
    assert written.count("<style>") == 1
    void = {"meta", "br", "col"}
    opened: dict[str, int] = {}
    for (tag, _), number in read.tags.items():
        if tag not in void:
            opened[tag] = opened.get(tag, 0) + number
    assert opened == dict(read.ends)


def test_the_page_is_small(written: str) -> None:
    """The season fits in two hundred kilobytes."""
    assert len(written.encode()) < 200_000


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "PYTHONIOENCODING": "latin-1"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_the_page_is_the_same_everywhere(
    written: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Neither hash seed nor time zone, locale or encoding changes a byte of it."""
    assert run(str(tmp_path / "x.html"), **environment).returncode == 0
    assert (tmp_path / "x.html").read_text("utf-8") == written


def test_without_a_path_the_script_says_how_it_is_used() -> None:
    """A reader who gives no path is told so, and nothing is written."""
    result = run()
    assert result.returncode == 1
    assert b"usage: python page.py PATH" in result.stderr
