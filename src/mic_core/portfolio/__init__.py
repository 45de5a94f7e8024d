"""The portfolio: an append-only log of facts, with indexes of their current values."""

from importlib import import_module
from typing import TYPE_CHECKING

from mic_core.portfolio.log import Batch, Recording
from mic_core.portfolio.portfolio import Portfolio
from mic_core.portfolio.record import Proposal

if TYPE_CHECKING:
    from mic_core.portfolio.erasure import erase
    from mic_core.portfolio.scope import Scope, members
    from mic_core.portfolio.slices import Diff, diff, merge, slice
    from mic_core.portfolio.status import status_of, transitions_of

__all__ = [
    "Batch",
    "Diff",
    "Portfolio",
    "Proposal",
    "Recording",
    "Scope",
    "diff",
    "erase",
    "members",
    "merge",
    "slice",
    "status_of",
    "transitions_of",
]

_MODULE_OF = {
    "Diff": "slices",
    "Scope": "scope",
    "diff": "slices",
    "erase": "erasure",
    "members": "scope",
    "merge": "slices",
    "slice": "slices",
    "status_of": "status",
    "transitions_of": "status",
}
"""The module of each name that a portfolio itself does not need."""


def __getattr__(name: str) -> object:
    """Lazy import (PEP 562): what is seldom needed is loaded on first use."""
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    found: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found
