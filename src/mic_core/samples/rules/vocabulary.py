"""Examples of the timetable rules that a user adds to the catalog, each with its arguments."""

from collections.abc import Mapping
from typing import Any

from mic_core.chrono import WeeklyHours
from mic_core.model import Noun, Session
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    R2,
    assignment,
    center,
    edition,
    module,
    person,
    program,
    session,
)
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.order import MinGap, Travel
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)

_ADA = person("ada")


def _of_camp(*starts: str, minutes: int = 60, **more: Any) -> tuple[Noun, ...]:
    """A camp with its sessions, of one hour each unless it is said how long."""
    return (MIC, edition("camp-6"), *_sessions(*starts, minutes=minutes, **more))


def _sessions(*starts: str, minutes: int = 60, **more: Any) -> tuple[Session, ...]:
    fields = {"edition_id": "camp-6", **more}
    return tuple(session(f"s-{n}", start, minutes, **fields) for n, start in enumerate(starts, 1))


def _of_module(*starts: str, **more: Any) -> tuple[Noun, ...]:
    """The sessions of one module of a camp."""
    taught = program("camp", modules=(module("pitching"),))
    return (taught, *_of_camp(*starts, module_id="pitching", **more))


def _of_ada(*starts: str, minutes: int = 60) -> tuple[Noun, ...]:
    """The sessions that one person gives."""
    given = tuple(assignment(f"a-{n}", session_id=f"s-{n}") for n in range(1, len(starts) + 1))
    return (MIC, _ADA, *_sessions(*starts, minutes=minutes, edition_id=None), *given)


def _in_rooms(*rooms: str) -> tuple[Noun, ...]:
    """Sessions of one module on days that follow each other, in these rooms."""
    held = tuple(
        session(f"s-{n}", f"2014-09-1{n} 18:00", module_id="pitching", room_id=room)
        for n, room in enumerate(rooms)
    )
    return (MIC, R1, R2, *held)


def _journey(second: str, **more: Any) -> tuple[Noun, ...]:
    """A person with a session in Brussels until nine, and one in Namur."""
    return (
        MIC, center("namur"), _ADA, assignment("a-1"), assignment("a-2", session_id="s-2"),
        session("s-1", "2014-09-10 18:00"), session("s-2", second, center_id="namur", **more),
    )  # fmt: skip


LOADS: Mapping[str, Examples] = {
    "max-per-day": Examples(
        rule=MaxPerDay(most=2),
        firing=fires(
            "A camp that wants two sessions a day has three.",
            _of_camp("2014-09-10 09:00", "2014-09-10 11:00", "2014-09-10 13:00"),
        ),
        silent=example(
            "A camp has three sessions on three days.",
            _of_camp("2014-09-10 09:00", "2014-09-11 09:00", "2014-09-12 09:00"),
        ),
        boundary=example(
            "A camp has two sessions on a day, and one after midnight.",
            _of_camp("2014-09-10 09:00", "2014-09-10 11:00", "2014-09-11 00:00"),
        ),
    ),
    "max-per-week": Examples(
        rule=MaxPerWeek(most=1),
        firing=fires(
            "A camp that wants one session a week has two, on Monday and on Sunday.",
            _of_camp("2014-09-15 09:00", "2014-09-21 09:00"),
        ),
        silent=example(
            "A camp has one session a week.", _of_camp("2014-09-10 09:00", "2014-09-17 09:00")
        ),
        boundary=example(
            "A camp has a session on Sunday and one on Monday.",
            _of_camp("2014-09-14 09:00", "2014-09-15 09:00"),
        ),
    ),
    "day-load": Examples(
        rule=DayLoad(most=120),
        firing=fires(
            "A trainer who wants two hours a day gives three.",
            _of_ada("2014-09-10 09:00", "2014-09-10 11:00", "2014-09-10 13:00"),
        ),
        silent=example(
            "A trainer gives one hour on each of three days.",
            _of_ada("2014-09-10 09:00", "2014-09-11 09:00", "2014-09-12 09:00"),
        ),
        boundary=example(
            "A trainer gives exactly two hours on a day.",
            _of_ada("2014-09-10 09:00", "2014-09-10 13:00"),
        ),
    ),
    "work-day": Examples(
        rule=WorkDay(most=300),
        firing=fires(
            "A trainer is in the center from nine to half past two.",
            _of_ada("2014-09-10 09:00", "2014-09-10 13:30"),
        ),
        silent=example(
            "A trainer is in the center for an hour a day.",
            _of_ada("2014-09-10 09:00", "2014-09-11 13:30"),
        ),
        boundary=example(
            "A trainer is in the center from nine to two.",
            _of_ada("2014-09-10 09:00", "2014-09-10 13:00"),
        ),
    ),
    "block-length": Examples(
        rule=BlockLength(least=60, most=120),
        firing=fires(
            "A camp sits for three hours without a break.",
            _of_camp("2014-09-10 09:00", "2014-09-10 10:00", "2014-09-10 11:00"),
        ),
        silent=example(
            "A camp sits for an hour, and again in the afternoon.",
            _of_camp("2014-09-10 09:00", "2014-09-10 14:00"),
        ),
        boundary=example(
            "A camp sits for exactly two hours without a break.",
            _of_camp("2014-09-10 09:00", "2014-09-10 10:00"),
        ),
    ),
    "compact-days": Examples(
        rule=CompactDays(block=60),
        firing=fires("A camp comes for a single hour.", _of_camp("2014-09-10 09:00")),
        silent=example("A camp has nothing placed yet.", _of_camp()),
        boundary=example(
            "A camp comes for two hours, one right after the other.",
            _of_camp("2014-09-10 09:00", "2014-09-10 10:00"),
        ),
    ),
    "day-breaks": Examples(
        rule=DayBreaks(most=0, minutes=60),
        firing=fires(
            "A camp waits two hours between its sessions.",
            _of_camp("2014-09-10 09:00", "2014-09-10 12:00"),
        ),
        silent=example(
            "A camp has its sessions on two days.",
            _of_camp("2014-09-10 09:00", "2014-09-11 12:00"),
        ),
        boundary=example(
            "A camp waits exactly one hour between its sessions.",
            _of_camp("2014-09-10 09:00", "2014-09-10 11:00"),
        ),
    ),
    "min-gap": Examples(
        rule=MinGap(minutes=30),
        firing=fires(
            "A camp has a quarter of an hour between two sessions.",
            _of_camp("2014-09-10 09:00", "2014-09-10 10:15"),
        ),
        silent=example(
            "A camp has a night between two sessions.",
            _of_camp("2014-09-10 09:00", "2014-09-11 09:00"),
        ),
        boundary=example(
            "A camp has exactly half an hour between two sessions.",
            _of_camp("2014-09-10 09:00", "2014-09-10 10:30"),
        ),
    ),
    "travel": Examples(
        rule=Travel(minutes={("mic", "namur"): 60}),
        firing=fires(
            "A trainer has 59 minutes for a journey of an hour.", _journey("2014-09-10 21:59")
        ),
        silent=example(
            "A trainer gives the second session online.",
            _journey("2014-09-10 21:00", mode="online"),
        ),
        boundary=example(
            "A trainer has exactly an hour for a journey of an hour.",
            _journey("2014-09-10 22:00"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

PATTERNS: Mapping[str, Examples] = {
    "min-days": Examples(
        rule=MinDays(least=2),
        firing=fires(
            "Both sessions of a module are on one day.",
            _of_module("2014-09-10 09:00", "2014-09-10 14:00"),
        ),
        silent=example("A module has no session placed yet.", _of_module()),
        boundary=example(
            "The two sessions of a module are on two days.",
            _of_module("2014-09-10 09:00", "2014-09-11 09:00"),
        ),
    ),
    "spread-over-weeks": Examples(
        rule=SpreadOverWeeks(least=2),
        firing=fires(
            "Both sessions of a module are in one week.",
            _of_module("2014-09-10 09:00", "2014-09-12 09:00"),
        ),
        silent=example("A module has no session placed yet.", _of_module()),
        boundary=example(
            "The sessions of a module are on Sunday and Monday.",
            _of_module("2014-09-14 09:00", "2014-09-15 09:00"),
        ),
    ),
    "same-day": Examples(
        rule=SameDay(),
        firing=fires(
            "The two parts of a module are on two days.",
            _of_module("2014-09-10 09:00", "2014-09-11 09:00"),
        ),
        silent=example("A module has one part.", _of_module("2014-09-10 09:00")),
        boundary=example(
            "One part is in the first minute of a day, the other one ends with it.",
            _of_module("2014-09-10 00:00", "2014-09-10 23:00"),
        ),
    ),
    "different-days": Examples(
        rule=DifferentDays(),
        firing=fires(
            "Two parts of a module are on one day.",
            _of_module("2014-09-10 09:00", "2014-09-10 14:00"),
        ),
        silent=example(
            "Two parts of a module are a week apart.",
            _of_module("2014-09-10 09:00", "2014-09-17 09:00"),
        ),
        boundary=example(
            "One part ends at midnight, when the other one begins.",
            _of_module("2014-09-10 23:00", "2014-09-11 00:00"),
        ),
    ),
    "same-time": Examples(
        rule=SameTime(),
        firing=fires(
            "A camp begins at six on one day and at seven on another.",
            _of_camp("2014-09-10 18:00", "2014-09-17 19:00"),
        ),
        silent=example("A camp has one session.", _of_camp("2014-09-10 18:00")),
        boundary=example(
            "A camp begins at six before and after the clocks change.",
            _of_camp("2014-10-22 18:00", "2014-10-29 18:00"),
        ),
    ),
    "same-room": Examples(
        rule=SameRoom(),
        firing=fires("The sessions of a module are in two rooms.", _in_rooms("r-1", "r-2")),
        silent=example("The sessions of a module are in one room.", _in_rooms("r-1", "r-1")),
        boundary=example(
            "A module has one session, in one of two rooms.", _in_rooms("r-1")
        ),
    ),
    "room-stability": Examples(
        rule=RoomStability(),
        firing=fires("A module moves to another room.", _in_rooms("r-1", "r-2", "r-1")),
        silent=example("A module stays in its room.", _in_rooms("r-1", "r-1", "r-1")),
        boundary=example("A module has one session, and one room.", _in_rooms("r-2")),
    ),
    "preferred-times": Examples(
        rule=PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 18:00-21:00")),
        firing=fires(
            "A session begins a minute before the preferred hours.",
            _of_camp("2014-09-10 17:59"),
        ),
        silent=example("A session has no slot yet.", MIC, session("s-1")),
        boundary=example(
            "A session fills the preferred hours of its day.",
            _of_camp("2014-09-10 18:00", minutes=180),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
