"""Schedule rules: the constraints on a timetable, and the tuple of the default ones."""

from mic_core.rules import RuleSet, ScheduleRule
from mic_core.scheduling.rules.availability import Preferences, Unavailability
from mic_core.scheduling.rules.custom import Answer, FunctionRule, rule
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import Closures, EditionPeriod, OpeningHours, PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder, Travel
from mic_core.scheduling.rules.overlap import (
    DUPLICATE_SESSION,
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.rules.rooms import RoomElsewhere, RoomFeatures, RoomSeats
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)

__all__ = [
    "DUPLICATE_SESSION",
    "SCHEDULE_RULES",
    "Answer",
    "AudienceOverlap",
    "BlockLength",
    "Closures",
    "CompactDays",
    "DayBreaks",
    "DayLoad",
    "DifferentDays",
    "EditionPeriod",
    "FunctionRule",
    "MaxPerDay",
    "MaxPerWeek",
    "MinDays",
    "MinGap",
    "ModuleOrder",
    "Only",
    "OpeningHours",
    "ParticipantOverlap",
    "PersonOverlap",
    "Preferences",
    "PreferredTimes",
    "RoomElsewhere",
    "RoomFeatures",
    "RoomOverlap",
    "RoomSeats",
    "RoomStability",
    "SameDay",
    "SameRoom",
    "SameTime",
    "SpreadOverWeeks",
    "Travel",
    "Unavailability",
    "WorkDay",
    "rule",
]

SCHEDULE_RULES: tuple[ScheduleRule, ...] = RuleSet(
    "SCHEDULE_RULES",
    (
        DUPLICATE_SESSION,
        RoomOverlap(),
        PersonOverlap(),
        AudienceOverlap(),
        ParticipantOverlap(),
        RoomSeats(),
        RoomFeatures(),
        RoomElsewhere(),
        OpeningHours(),
        Closures(),
        Unavailability(),
        Preferences(),
        ModuleOrder(),
        EditionPeriod(),
    ),
)
"""The schedule rules that `check`, `score` and `plan` use by default."""
