"""Support for users' tests: Hypothesis strategies for every value, and `verify` for one rule.

`verify` evaluates a rule for a few nouns and needs nothing more. The strategies need Hypothesis,
which is in the extra `testing`; if both are installed, `from_type` of Hypothesis knows every noun,
every value and portfolios, without an import from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mic_core.errors import MissingExtra

if TYPE_CHECKING:
    from mic_core.testing.classes import measures, nouns, requirements, values
    from mic_core.testing.coherent.seasons import seasons_to_plan
    from mic_core.testing.declared import ids, texts
    from mic_core.testing.histories import portfolios
    from mic_core.testing.times import periods, recurrences, slots, weekly_hours, zones
    from mic_core.testing.verification import Verification, verify

_MODULE_OF = {
    "Verification": "verification",
    "ids": "declared",
    "measures": "classes",
    "nouns": "classes",
    "periods": "times",
    "portfolios": "histories",
    "recurrences": "times",
    "requirements": "classes",
    "seasons_to_plan": "coherent.seasons",
    "slots": "times",
    "texts": "declared",
    "values": "classes",
    "verify": "verification",
    "weekly_hours": "times",
    "zones": "times",
}
"""The module of each public name."""

__all__ = [
    "Verification",
    "ids",
    "measures",
    "nouns",
    "periods",
    "portfolios",
    "recurrences",
    "requirements",
    "seasons_to_plan",
    "slots",
    "texts",
    "values",
    "verify",
    "weekly_hours",
    "zones",
]


def __getattr__(name: str) -> object:
    """Load a name on first use, and Hypothesis only with a strategy."""
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    try:
        home = import_module(f"{__name__}.{_MODULE_OF[name]}")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingExtra("testing", "hypothesis") from None
    found: object = getattr(home, name)
    globals()[name] = found
    return found
