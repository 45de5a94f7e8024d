"""Examples of the rules of the schedule that are in the catalog, and of availability."""

from collections.abc import Mapping
from typing import Any

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Noun, Session
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    assignment,
    availability,
    center,
    day,
    days,
    edition,
    enrolled,
    module,
    person,
    program,
    room,
    session,
    slot,
)

_EVENING, _LATER, _AFTER = "2014-09-10 18:00", "2014-09-10 19:00", "2014-09-10 21:00"
_ADA = person("ada")
_OPEN = center("mic", opening_hours=WeeklyHours.parse("Mo-Fr 08:30-21:30"))
_CLOSED = center("mic", closures=(Period.days(day("2014-11-11"), day("2014-11-11")),))
_CAMP = program("camp", modules=(module("marketing"), module("pitching", requires=("marketing",))))


def _two(second: str, **more: Any) -> tuple[Session, Session]:
    """An evening from six to nine, and another one."""
    return session("s-1", _EVENING, title="One", **more), session("s-2", second, **more)


def _given(second: str) -> tuple[Noun, ...]:
    """Two evenings, both given by the same person."""
    return (MIC, _ADA, *_two(second), assignment("a-1"), assignment("a-2", session_id="s-2"))


def _enrolled_in_both(second: str, *, elective: bool = False) -> tuple[Noun, ...]:
    """One person with seats in two camps, each of which has an evening."""
    return (
        MIC, _ADA, program("camp"), edition("camp-6"), edition("camp-7", number=7),
        enrolled("e-1")[0], enrolled("e-1")[1],
        enrolled("e-2", into="camp-7")[0], enrolled("e-2", into="camp-7")[1],
        session("s-1", _EVENING, edition_id="camp-6"),
        session("s-2", second, edition_id="camp-7", elective=elective),
    )  # fmt: skip


OVERLAPS: Mapping[str, Examples] = {
    "duplicate-session": Examples(
        firing=fires(
            "One evening was entered twice.",
            MIC, session("s-1", _EVENING), session("s-2", _EVENING),
        ),
        silent=example(
            "Two evenings of one title are on two days.",
            MIC, session("s-1", _EVENING), session("s-2", "2014-09-17 18:00"),
        ),
        boundary=example(
            "One of the two was cancelled.",
            MIC, session("s-1", _EVENING), session("s-2", _EVENING, status="cancelled"),
        ),
    ),
    "room-overlap": Examples(
        firing=fires(
            "Two sessions are in one room at once.", MIC, R1, _two(_LATER, room_id="r-1")
        ),
        silent=example(
            "Two sessions at once are in two rooms.",
            MIC, R1, room("r-2"), session("s-1", _EVENING, room_id="r-1"),
            session("s-2", _EVENING, room_id="r-2"),
        ),
        boundary=example(
            "The second session begins at the minute at which the first one ends.",
            MIC, R1, _two(_AFTER, room_id="r-1"),
        ),
    ),
    "person-overlap": Examples(
        firing=fires("A trainer gives two sessions at once.", _given(_LATER)),
        silent=example(
            "A trainer gives one of two sessions.", MIC, _ADA, _two(_LATER), assignment("a-1")
        ),
        boundary=example(
            "The trainer's second session begins at the minute at which the first one ends.",
            _given(_AFTER),
        ),
    ),
    "audience-overlap": Examples(
        firing=fires(
            "A camp is expected at two evenings at once.",
            MIC, edition("camp-6"), _two(_LATER, edition_id="camp-6"),
        ),
        silent=example(
            "One of the two evenings is elective.",
            MIC, edition("camp-6"), session("s-1", _EVENING, edition_id="camp-6"),
            session("s-2", _LATER, edition_id="camp-6", elective=True),
        ),
        boundary=example(
            "The second evening begins at the minute at which the first one ends.",
            MIC, edition("camp-6"), _two(_AFTER, edition_id="camp-6"),
        ),
    ),
    "participant-overlap": Examples(
        firing=fires(
            "Somebody has a seat in two camps that meet at once.", _enrolled_in_both(_LATER)
        ),
        silent=example(
            "The evening of the second camp is elective.",
            _enrolled_in_both(_LATER, elective=True),
        ),
        boundary=example(
            "The second camp begins at the minute at which the first one ends.",
            _enrolled_in_both(_AFTER),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

PLACES: Mapping[str, Examples] = {
    "room-seats": Examples(
        firing=fires(
            "Twenty-one persons are expected in a room of twenty seats.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1", expected=21),
        ),
        silent=example(
            "Twenty-one persons are expected online.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1", expected=21, mode="online"),
        ),
        boundary=example(
            "Twenty persons are expected in a room of twenty seats.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1", expected=20),
        ),
    ),
    "room-features": Examples(
        firing=fires(
            "A session that needs a projector is in a room without one.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1", needs=("projector",)),
        ),
        silent=example(
            "A session that needs nothing is in a room that has nothing.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1"),
        ),
        boundary=example(
            "A session that needs a projector is in a room that has just that.",
            MIC, room("r-1", features=("projector",)),
            session("s-1", _EVENING, room_id="r-1", needs=("projector",)),
        ),
    ),
    "room-elsewhere": Examples(
        firing=fires(
            "A session of Brussels is in a room of Namur.",
            MIC, center("namur"), room("r-1", center_id="namur"),
            session("s-1", _EVENING, room_id="r-1"),
        ),
        silent=example(
            "A session of Brussels is in a room of Brussels.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1"),
        ),
        boundary=example(
            "A session of Brussels has no room yet.", MIC, R1, session("s-1", _EVENING)
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

TIMES: Mapping[str, Examples] = {
    "opening-hours": Examples(
        firing=fires(
            "An evening ends a minute after the center has closed.",
            _OPEN, session("s-1", "2014-09-10 18:31"),
        ),
        silent=example(
            "A center that states no hours is always open.", MIC, session("s-1", "2014-09-13 23:00")
        ),
        boundary=example(
            "An evening ends at the minute at which the center closes.",
            _OPEN, session("s-1", "2014-09-10 18:30"),
        ),
    ),
    "closures": Examples(
        firing=fires(
            "A session is on a day on which the center is closed.",
            _CLOSED, session("s-1", "2014-11-11 18:00"),
        ),
        silent=example(
            "A session is on the day before.", _CLOSED, session("s-1", "2014-11-10 18:00")
        ),
        boundary=example(
            "A session ends at midnight before the day on which the center is closed.",
            _CLOSED, session("s-1", "2014-11-10 21:00"),
        ),
    ),
    "unavailability": Examples(
        firing=fires(
            "A session is in a room that is being painted.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1"),
            availability("paint", period=days("2014-09-08", "2014-09-12")),
        ),
        silent=example(
            "A session is in another room than the one that is being painted.",
            MIC, R1, session("s-1", _EVENING),
            availability("paint", period=days("2014-09-08", "2014-09-12")),
        ),
        boundary=example(
            "A room is painted until the minute at which a session begins.",
            MIC, R1, session("s-1", _EVENING, room_id="r-1"),
            availability("paint", slot=slot("2014-09-10 15:00")),
        ),
    ),
    "preferences": Examples(
        firing=fires(
            "A trainer would rather not work in the evening, and has an evening.",
            MIC, _ADA, session("s-1", _EVENING), assignment("a-1"),
            availability("day", subject="person:ada", preference="avoided", slot=slot(_LATER)),
        ),
        silent=example(
            "A trainer has no wishes.", MIC, _ADA, session("s-1", _EVENING), assignment("a-1")
        ),
        boundary=example(
            "A trainer would rather not work from the minute on at which their session ends.",
            MIC, _ADA, session("s-1", _EVENING), assignment("a-1"),
            availability("day", subject="person:ada", preference="avoided", slot=slot(_AFTER)),
        ),
    ),
    "module-order": Examples(
        firing=fires(
            "Pitching begins while the marketing that it requires is still going on.",
            MIC, _CAMP, edition("camp-6"),
            session("s-1", _EVENING, edition_id="camp-6", module_id="marketing"),
            session("s-2", _LATER, edition_id="camp-6", module_id="pitching"),
        ),
        silent=example(
            "Pitching comes before marketing, in different camps.",
            MIC, _CAMP, edition("camp-6"), edition("camp-7", number=7),
            session("s-1", _EVENING, edition_id="camp-7", module_id="marketing"),
            session("s-2", _LATER, edition_id="camp-6", module_id="pitching"),
        ),
        boundary=example(
            "Pitching begins at the minute at which marketing ends.",
            MIC, _CAMP, edition("camp-6"),
            session("s-1", _EVENING, edition_id="camp-6", module_id="marketing"),
            session("s-2", _AFTER, edition_id="camp-6", module_id="pitching"),
        ),
    ),
    "edition-period": Examples(
        firing=fires(
            "An evening of the camp is on the day before it begins.",
            MIC, edition("camp-6"), session("s-1", "2014-09-09 18:00", edition_id="camp-6"),
        ),
        silent=example(
            "An evening of no camp is at any time.", MIC, session("s-1", "2014-09-09 18:00")
        ),
        boundary=example(
            "The last evening ends at midnight of the last day.",
            MIC, edition("camp-6"), session("s-1", "2014-12-17 21:00", edition_id="camp-6"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

_EVENINGS = WeeklyHours.parse("We 18:00-21:00")

AVAILABILITY: Mapping[str, Examples] = {
    "availability-without-effect": Examples(
        firing=fires(
            "A room has evening hours in autumn, and a slot in January, when it is open anyway; "
            "it is closed on Mondays within a period from a Tuesday to a Sunday.",
            MIC, R1,
            availability(
                "evenings", preference="available", hours=_EVENINGS,
                period=days("2014-09-01", "2014-12-19"),
            ),
            availability("fair", preference="available", slot=slot("2015-01-10 10:00")),
            availability(
                "mondays", hours=WeeklyHours.parse("Mo"), period=days("2014-09-09", "2014-09-14")
            ),
            finds=2,
        ),
        silent=example(
            "A room is available in one slot, and so at no other time.",
            MIC, R1, availability("fair", preference="available", slot=slot("2015-01-10 10:00")),
        ),
        boundary=example(
            "Beside its evening hours, a room has a slot that ends a minute after one of them.",
            MIC, R1,
            availability("evenings", preference="available", hours=_EVENINGS),
            availability("late", preference="available", slot=slot(_EVENING, 181)),
        ),
    ),
}  # fmt: skip
"""By the code of the rule, which is about records and not about sessions."""
