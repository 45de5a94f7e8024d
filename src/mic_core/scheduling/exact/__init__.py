"""Exact search: proves whether activities can all be placed."""
