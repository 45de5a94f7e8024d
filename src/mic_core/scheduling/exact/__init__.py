"""Exact search: backtracking with propagation places given activities, or proves it impossible."""
