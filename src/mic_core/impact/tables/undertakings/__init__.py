"""Undertakings: enterprises with those that they are linked to, their size class and their aid."""
