"""The portfolio: an append-only log of facts, with indexes of their current values."""

from mic_core.portfolio.erasure import erase
from mic_core.portfolio.log import Batch
from mic_core.portfolio.portfolio import Portfolio
from mic_core.portfolio.record import Proposal
from mic_core.portfolio.scope import Scope, members
from mic_core.portfolio.slices import Diff, diff, merge, slice
from mic_core.portfolio.status import status_of, transitions_of

__all__ = [
    "Batch",
    "Diff",
    "Portfolio",
    "Proposal",
    "Scope",
    "diff",
    "erase",
    "members",
    "merge",
    "slice",
    "status_of",
    "transitions_of",
]
