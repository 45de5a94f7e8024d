"""The rules of the schedule that hold everywhere unless a caller says otherwise."""

from mic_core.rules import ScheduleRule
from mic_core.scheduling.availability_rules import Preferences, Unavailability
from mic_core.scheduling.hours_rules import Closures, EditionPeriod, OpeningHours
from mic_core.scheduling.order_rules import ModuleOrder
from mic_core.scheduling.overlap_rules import (
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.room_rules import RoomElsewhere, RoomFeatures, RoomSeats

SCHEDULE_RULES: tuple[ScheduleRule, ...] = (
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
)
"""The rules of the schedule that `check`, `score` and a plan go by unless they are given others."""
