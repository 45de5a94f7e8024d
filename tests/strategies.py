"""Strategies under the names that the tests of this repository call them by."""

from mic_core.testing import nouns, portfolios
from mic_core.testing import values as drawn

__all__ = ["drawn", "nouns", "portfolios"]
