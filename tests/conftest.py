"""What all tests share: how hard properties are tried, and the real data."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadline: a busy machine is no failure.
_ALL = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", _ALL, max_examples=50)
settings.register_profile("ci", _ALL, max_examples=100, derandomize=True, database=None)
settings.register_profile("quick", _ALL, max_examples=20, derandomize=True, database=None)
settings.register_profile("nightly", _ALL, max_examples=5_000)
# `pytest --hypothesis-profile=nightly` chooses another one.
settings.load_profile("dev")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that is not part of this repository."""
    folder = os.environ.get("MIC_CORE_DATA")
    if not folder:
        pytest.skip("MIC_CORE_DATA names no folder of real data")
    return Path(folder)
