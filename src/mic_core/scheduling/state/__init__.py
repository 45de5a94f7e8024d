"""State: a partial schedule with counters that are updated move by move."""
