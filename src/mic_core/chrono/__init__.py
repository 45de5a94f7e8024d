"""Time: intervals, opening hours, recurrence, availability and local clocks."""
