"""Repair: minimal perturbation of a timetable that violates hard rules."""
