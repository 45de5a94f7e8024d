"""Exact answers: whether some activities can all be placed, with a placement or a proof."""

from mic_core.scheduling.exact.search import Settled, settle
from mic_core.scheduling.exact.stage import judged
from mic_core.scheduling.exact.witness import Placed, holds

__all__ = ["Placed", "Settled", "holds", "judged", "settle"]
