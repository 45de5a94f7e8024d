"""Scheduling: timetables, the rules that bind them, where they break, and what that costs."""

from mic_core.scheduling.agenda import Agenda, AgendaItem, agenda
from mic_core.scheduling.availability_rules import Preferences, Unavailability
from mic_core.scheduling.compare import Change, Comparison, CostChange, compare
from mic_core.scheduling.conflicts import broken, conflicts
from mic_core.scheduling.day_rules import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.function_rule import Answer, FunctionRule, rule
from mic_core.scheduling.hours_rules import Closures, EditionPeriod, OpeningHours, PreferredTimes
from mic_core.scheduling.load_rules import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.order_rules import MinGap, ModuleOrder, Travel
from mic_core.scheduling.overlap_rules import (
    DUPLICATE_SESSION,
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.room_rules import RoomElsewhere, RoomFeatures, RoomSeats
from mic_core.scheduling.score import RuleScore, Score, is_placed, score
from mic_core.scheduling.selection import Only
from mic_core.scheduling.spread_rules import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)
from mic_core.scheduling.standard import SCHEDULE_RULES
from mic_core.scheduling.timetable import Timetable, timetable_of

__all__ = [
    "DUPLICATE_SESSION",
    "SCHEDULE_RULES",
    "Agenda",
    "AgendaItem",
    "Answer",
    "AudienceOverlap",
    "BlockLength",
    "Change",
    "Closures",
    "CompactDays",
    "Comparison",
    "CostChange",
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
    "RuleScore",
    "SameDay",
    "SameRoom",
    "SameTime",
    "Score",
    "SpreadOverWeeks",
    "Timetable",
    "Travel",
    "Unavailability",
    "WorkDay",
    "agenda",
    "broken",
    "compare",
    "conflicts",
    "is_placed",
    "rule",
    "score",
    "timetable_of",
]
