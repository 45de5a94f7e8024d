"""Coherent portfolios: each noun is drawn after all nouns that it refers to, so none is rejected."""
