"""Interval algebra, local time, opening hours, recurrence sets (RFC 5545), working days."""

from mic_core.chrono.availability import (
    Interval,
    Intervals,
    Preference,
    Standing,
    Statement,
    available,
    complement,
    difference,
    intersection,
    intervals_of,
    slots_of,
    union,
)
from mic_core.chrono.expansion import occurrences
from mic_core.chrono.hours import WeeklyHours
from mic_core.chrono.local import Ambiguous, Nonexistent, exists, instant, resolve, zone
from mic_core.chrono.overlap import crowded, overlapping
from mic_core.chrono.period import Period
from mic_core.chrono.recurrence import Recurrence
from mic_core.chrono.slot import Slot
from mic_core.chrono.workdays import add_working_days, is_working_day, working_days_between

__all__ = [
    "Ambiguous",
    "Interval",
    "Intervals",
    "Nonexistent",
    "Period",
    "Preference",
    "Recurrence",
    "Slot",
    "Standing",
    "Statement",
    "WeeklyHours",
    "add_working_days",
    "available",
    "complement",
    "crowded",
    "difference",
    "exists",
    "instant",
    "intersection",
    "intervals_of",
    "is_working_day",
    "occurrences",
    "overlapping",
    "resolve",
    "slots_of",
    "union",
    "working_days_between",
    "zone",
]
