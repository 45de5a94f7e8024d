"""Nothing reaches outside: no file, clock, chance, environment, and no answer depends on them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
GUARDED = Path(__file__).with_name("guarded.py")


def _watched(*arguments: str) -> dict[str, Any]:
    """What a run that is watched tells."""
    command = [sys.executable, str(GUARDED), *arguments]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    told: dict[str, Any] = json.loads(shown)
    return told


def test_no_example_reaches_outside() -> None:
    """Every example of every pure module, and a whole story, stay within their arguments."""
    told = _watched()
    assert told["error"] == ""
    assert told["reached"] == []
    assert told["examples"] > 200


def test_what_reaches_outside_is_noticed() -> None:
    """The guards see the clock, chance, the environment, files, sockets, programs and streams."""
    told = _watched("--prove")
    assert told["error"] == ""
    expected = {
        "_locale.setlocale", "date.today", "datetime.now", "open", "os.environ", "posix.urandom",
        "random.random", "socket.__new__", "stream.write", "subprocess.Popen", "time.sleep",
        "time.time",
    }  # fmt: skip
    assert expected <= set(told["reached"])


DIGEST = """
import sys
from datetime import UTC, datetime
import mic_core
from mic_core.samples import brussels_2014, network
season, centers, now = brussels_2014(), network(7, centers=2), datetime(2014, 12, 1, tzinfo=UTC)
edition = centers.all(mic_core.Edition)[0].id
plan = mic_core.plan(centers, edition, free=edition, iterations=200)
shown = [
    mic_core.dumps(season),
    mic_core.dumps(centers),
    f"{plan}{plan.changes}",
    *(f"{each}{each!r}{each._repr_html_()}" for each in (
        mic_core.check(season, as_of=now),
        mic_core.agenda(season),
        mic_core.head_count(season),
        mic_core.claims(season),
    )),
    str(mic_core.score(season)),
]
sys.stdout.buffer.write(chr(10).join(shown).encode())
"""


@pytest.fixture(scope="module")
def shown() -> bytes:
    """What a machine in Brussels shows."""
    return _shown("0", "Europe/Brussels", "C.UTF-8")


def _shown(seed: str, clocks: str, language: str) -> bytes:
    environment = {"PYTHONHASHSEED": seed, "TZ": clocks, "LC_ALL": language, "LANG": language}
    command = [sys.executable, "-c", DIGEST]
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


@pytest.mark.parametrize(
    ("seed", "clocks", "language"),
    [
        ("1", "UTC", "fr_BE.UTF-8"),
        ("2014", "Asia/Kathmandu", "tr_TR.UTF-8"),
        ("random", "America/St_Johns", "C"),
        ("random", "Pacific/Apia", "POSIX"),
    ],
)
def test_every_machine_shows_the_same_bytes(
    seed: str, clocks: str, language: str, shown: bytes
) -> None:
    """Documents, reports, agendas and counts are the same for any hash seed, zone and locale."""
    assert len(shown) > 10_000
    assert _shown(seed, clocks, language) == shown
