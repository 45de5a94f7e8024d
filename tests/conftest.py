"""What all tests share: how hard properties are tried, and the real data."""

import os
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

# Coverage is measured in the processes of pytest-xdist, but in no Python that a test starts: these
# would take minutes if they were traced.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

# No deadline: a busy machine is no failure.
_ALL = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# dev: plain `pytest` while one works; new examples in each run, and those that failed again first.
settings.register_profile("dev", _ALL, max_examples=50)
# ci: `nox -s tests` and coverage; the same examples in every run.
settings.register_profile("ci", _ALL, max_examples=100, derandomize=True, database=None)
# quick: other environments than the usual; few examples, the same in every run.
settings.register_profile("quick", _ALL, max_examples=20, derandomize=True, database=None)
# nightly: `nox -s nightly`; long searches for what nobody has thought of, new ones in each run.
settings.register_profile("nightly", _ALL, max_examples=5_000)
# `pytest --hypothesis-profile=nightly` chooses another one. A property whose examples cost much
# takes its share of them, `@one_in(5)` of tests/budget.py.
settings.load_profile("dev")


def pytest_sessionfinish() -> None:
    """Write what a process of pytest-xdist has covered while pytest still waits for the process.

    It would write by itself when it exits, but is killed if that takes more than ten seconds.
    """
    measuring = Coverage.current()
    if "PYTEST_XDIST_WORKER" in os.environ and measuring is not None:
        measuring.stop()
        measuring.save()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that is not part of this repository."""
    folder = os.environ.get("MIC_CORE_DATA")
    if not folder:
        pytest.skip("MIC_CORE_DATA names no folder of real data")
    return Path(folder)
