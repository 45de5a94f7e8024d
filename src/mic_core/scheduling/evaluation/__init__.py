"""Evaluation: constraint violations of a timetable, its cost, and comparison of two."""
