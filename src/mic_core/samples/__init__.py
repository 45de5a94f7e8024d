"""Sample portfolios: a complete season in Brussels, and synthetic networks of any size."""

from mic_core.samples.brussels import brussels_2014
from mic_core.samples.synthetic import network

__all__ = ["brussels_2014", "network"]
