"""Coherent portfolios: each noun is drawn after all that it refers to, so no draw is rejected."""
