"""A plugin of pytest: the first failure will do, nobody needs the smallest one."""

import pytest
from hypothesis import Phase, settings


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Let Hypothesis stop at what it finds."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutation", settings.default, phases=phases, report_multiple_bugs=False
    )
    settings.load_profile("mutation")
