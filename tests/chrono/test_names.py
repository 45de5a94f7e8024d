"""The names that the package of time offers, and the cost of its import."""

import subprocess
import sys

from mic_core import chrono


def test_names_are_sorted_and_there() -> None:
    """Each name that is offered exists, once and in order."""
    assert chrono.__all__ == sorted(set(chrono.__all__))
    assert [name for name in chrono.__all__ if not hasattr(chrono, name)] == []


def test_importing_time_does_not_load_dateutil() -> None:
    """Neither dateutil nor cattrs is loaded until something needs it."""
    code = (
        "import sys, mic_core.chrono; "
        "sys.exit(any(name in sys.modules for name in ('dateutil', 'cattrs')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
