"""Time: intervals, opening hours, recurrence, availability and local clocks."""

from mic_core.chrono.hours import WeeklyHours
from mic_core.chrono.occurrences import occurrences
from mic_core.chrono.overlap import crowded, overlapping
from mic_core.chrono.period import Period
from mic_core.chrono.recurrence import Recurrence
from mic_core.chrono.slot import Slot

__all__ = ["Period", "Recurrence", "Slot", "WeeklyHours", "crowded", "occurrences", "overlapping"]
