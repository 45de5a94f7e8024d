"""Scheduling: timetables, the rules that bind them, where they break, and what that costs."""

from mic_core.scheduling.agenda import Agenda, AgendaItem, agenda
from mic_core.scheduling.availability_rules import Preferences, Unavailability
from mic_core.scheduling.conflicts import broken, conflicts
from mic_core.scheduling.hours_rules import Closures, EditionPeriod, OpeningHours, PreferredTimes
from mic_core.scheduling.order_rules import ModuleOrder
from mic_core.scheduling.overlap_rules import (
    DUPLICATE_SESSION,
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.room_rules import RoomElsewhere, RoomFeatures, RoomSeats
from mic_core.scheduling.selection import Only
from mic_core.scheduling.timetable import Timetable, timetable_of

__all__ = [
    "DUPLICATE_SESSION",
    "Agenda",
    "AgendaItem",
    "AudienceOverlap",
    "Closures",
    "EditionPeriod",
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
    "Timetable",
    "Unavailability",
    "agenda",
    "broken",
    "conflicts",
    "timetable_of",
]
