"""What came of it: head counts, and claims beside what the data supports."""

from mic_core.impact.claims import COUNTERS, Claim, Claims, Verdict, claims
from mic_core.impact.counts import Bounds, HeadCount, head_count

__all__ = [
    "COUNTERS",
    "Bounds",
    "Claim",
    "Claims",
    "HeadCount",
    "Verdict",
    "claims",
    "head_count",
]
