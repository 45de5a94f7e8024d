"""Repair: the fewest changes that mend a broken timetable (minimal perturbation)."""
