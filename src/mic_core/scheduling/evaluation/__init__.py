"""Evaluation: constraint violations of a timetable, its cost, and the difference of two."""
