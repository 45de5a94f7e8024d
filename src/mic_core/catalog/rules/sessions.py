"""Session rules: status against time and evidence, placement, seats, and availability."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mic_core.catalog.idle_availability import idle_records
from mic_core.chrono.local import instant
from mic_core.fields import Whole, sound
from mic_core.ids import cite
from mic_core.model import Attendance, Availability, Headcount, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.rules import Breach, Entry, Facts, PortfolioRule, require_instant

_MICROSECOND = timedelta(microseconds=1)
_DAY_MICROSECONDS = timedelta(days=1) // _MICROSECOND

CLOSING_GRACE = timedelta(days=7) // timedelta(microseconds=1)
"""The time after its end in which a session may still be planned, in microseconds: one week, since
registers are handed in weekly."""


def _unclosed_sessions(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if each.slot is None or each.slot.end_utc > instant(as_of) - CLOSING_GRACE:
            continue
        if status[each.id].at(as_of) == "planned":
            facts: Facts = {
                "had": "planned",
                "needed": ("cancelled", "held"),
                "slot": str(each.slot),
            }
            yield Breach(subjects=(cite("session", each.id),), path="status", facts=facts)


SESSION_STILL_PLANNED = PortfolioRule(
    entry=Entry(
        code="session-still-planned",
        level="medium",
        law="Within a week after its end, a session is said to have been held or cancelled.",
        why="Nobody can tell whether it took place, so it is missing from every count.",
        source="the status table of sessions; registers are handed in weekly",
        sentence="{subjects} was planned for {slot} and is neither held nor cancelled",
        mend="record that it was held, with its attendance, or that it was cancelled",
        timed=True,
    ),
    find=require_instant(_unclosed_sessions),
)
"""A past session is held or cancelled."""


def _held_in_future(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if each.slot is None or each.slot.start_utc <= instant(as_of):
            continue
        if status[each.id].at(as_of) == "held":
            facts = {"had": as_of.isoformat(), "needed": str(each.slot)}
            yield Breach(subjects=(cite("session", each.id),), path="status", facts=facts)


HELD_TOO_EARLY = PortfolioRule(
    entry=Entry(
        code="held-too-early",
        level="hard",
        law="No session is said to have been held before it has begun.",
        why="What has not begun has not taken place.",
        source="the order of time",
        sentence="{subjects} is said to have been held, but takes place on {needed}",
        mend="correct its slot, or the status",
        timed=True,
    ),
    find=require_instant(_held_in_future),
)
"""No session is held before it begins."""


def _held_without_evidence(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    traced = {each.session_id for each in portfolio.all(Attendance)}
    traced |= {each.session_id for each in portfolio.all(Headcount)}
    for id, history in status_histories(portfolio, Session).items():
        if history.last == "held" and id not in traced:
            yield Breach(subjects=(cite("session", id),), facts={"had": 0, "needed": 1})


HELD_WITHOUT_TRACE = PortfolioRule(
    entry=Entry(
        code="held-without-trace",
        level="soft",
        law="A session that was held has attendance or a head count.",
        why="Otherwise nobody counts as having been there.",
        source="common practice",
        sentence="{subjects} was held, but nobody wrote down who, or how many, were there",
        mend="record its attendance or a head count",
    ),
    find=_held_without_evidence,
)
"""A held session has attendance or a head count."""


def _unplaced_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if status[each.id].last != "cancelled":
            if each.slot is None:
                path, needed = "slot", "a slot"
            elif each.room_id is None and each.mode != "online":
                path, needed = "room_id", "a room"
            else:
                continue
            facts = {"needed": needed, "had": None}
            yield Breach(subjects=(cite("session", each.id),), path=path, facts=facts)


UNPLACED = PortfolioRule(
    entry=Entry(
        code="unplaced",
        level="soft",
        law="A session that takes place has a slot, and a room where people come to it.",
        why="It is still to be planned.",
        source="the definition of an unplaced session",
        sentence="{subjects} has not been given {needed} yet",
        mend="give it {needed}, or cancel it",
    ),
    find=_unplaced_sessions,
)
"""A session has a slot and, on site, a room."""


def _needless_rooms(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if each.mode != "online" or each.room_id is None:
            continue
        if status[each.id].last != "cancelled":
            room = cite("room", each.room_id)
            name = cite("session", each.id)
            facts = {"had": room, "needed": None, "session": name}
            yield Breach(subjects=(name, room), path="room_id", facts=facts)


ONLINE_WITH_ROOM = PortfolioRule(
    entry=Entry(
        code="online-with-room",
        level="soft",
        law="A session that is online only keeps no room.",
        why="Nobody will be in it, and others could use it.",
        source="common practice",
        sentence="{session} is online and keeps {had}",
        mend="give the room back, or make the session hybrid",
    ),
    find=_needless_rooms,
)
"""An online session has no room."""


def _total_seats(session: Session) -> int | None:
    """All seats of a session, by its mode; None where there is no limit."""
    if session.seats is None:
        return None
    counted = {
        "in_person": (session.seats.in_person,),
        "online": (session.seats.online,),
        "hybrid": (session.seats.in_person, session.seats.online),
    }[session.mode]
    limits = [each for each in counted if each is not None]
    return sum(limits) if len(limits) == len(counted) else None


def _overbooked_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Session):
        had = _total_seats(each)
        if each.expected is not None and had is not None and each.expected > had:
            facts = {"needed": each.expected, "had": had}
            yield Breach(subjects=(cite("session", each.id),), path="expected", facts=facts)


EXPECTED_OVER_SEATS = PortfolioRule(
    entry=Entry(
        code="expected-over-seats",
        level="medium",
        law="No more persons are expected at a session than it has seats.",
        why="Some of them will be turned away.",
        source="arithmetic",
        sentence="{subjects} expects {needed} persons and has {had} seats",
        mend="add seats, or expect fewer",
    ),
    find=_overbooked_sessions,
)
"""Expected persons do not exceed the seats."""


def _excess_seats(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    rooms = {each.id: each for each in portfolio.all(Room)}
    for each in portfolio.all(Session):
        room = rooms.get(each.room_id) if each.room_id is not None else None
        offered = each.seats.in_person if each.seats is not None else None
        had = room.seats if room is not None else None
        if room is not None and offered is not None and had is not None and offered > had:
            names = (cite("session", each.id), cite("room", room.id))
            facts: Facts = {
                "needed": offered,
                "had": had,
                "session": names[0],
                "room": names[1],
            }
            yield Breach(subjects=names, path="seats.in_person", facts=facts)


SEATS_BEYOND_ROOM = PortfolioRule(
    entry=Entry(
        code="seats-beyond-room",
        level="medium",
        law="A session offers no more seats on site than its room has.",
        why="Seats that do not exist will be taken all the same.",
        source="arithmetic",
        sentence="{session} offers {needed} seats on site; {room} has {had}",
        mend="offer {had} seats, or choose a room with {needed}",
    ),
    find=_excess_seats,
)
"""Seats offered on site do not exceed those of the room."""


def _idle_availabilities(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in idle_records(portfolio):
        stated = tuple(_stated_fields(each))
        name = cite("availability", each.id)
        facts: Facts = {
            "record": name,
            "subject": each.subject,
            "had": " ".join((each.preference, ", ".join(str(value) for _, value in stated))),
            "needed": "time that it opens, closes or prefers",
        }
        yield Breach(subjects=(name, each.subject), path=stated[0][0], facts=facts)


def _stated_fields(record: Availability) -> Iterator[tuple[str, object]]:
    """The fields that state the time of a record, with their values; at least one."""
    for field in ("slot", "hours", "period"):
        value = getattr(record, field)
        if value is not None:
            yield field, value


AVAILABILITY_WITHOUT_EFFECT = PortfolioRule(
    entry=Entry(
        code="availability-without-effect",
        level="medium",
        law="Each record of availability opens, closes or prefers some time.",
        why="It was meant to restrict something, and sessions are scheduled as if it were not "
        "there.",
        source="the law of availability: hours close the rest of their period, and slots and "
        "periods close all other time only where no hours are stated",
        sentence="{record} of {subject}, {had}, opens, closes and prefers nothing",
        mend="state as unavailable what is to be closed, correct its hours or its period, or "
        "retract it",
    ),
    find=_idle_availabilities,
)
"""A record of availability has an effect."""


def session_length(days: int = 366) -> PortfolioRule:
    """The rule that no session lasts longer than a number of days, by default a year.

    For sessions that do last longer, give `check` the rule with a greater number in place of the
    one in the catalog, which has the same code. Raises InvariantError for a number below 1.

    >>> from mic_core.catalog.check import CATALOG, check
    >>> others = [each for each in CATALOG if each.entry.code != "session-length"]
    >>> check(Portfolio.of(), rules=[*others, session_length(800)]).ok
    True
    """
    (days,) = sound("session_length", days=(days, Whole(least=1, unit="days")))
    most = days * _DAY_MICROSECONDS

    def longer(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
        for each in portfolio.all(Session):
            lasts = each.length // _MICROSECOND
            if lasts > most:
                facts = {"had": -(-lasts // _DAY_MICROSECONDS), "needed": days}
                yield Breach(subjects=(cite("session", each.id),), path="length", facts=facts)

    return PortfolioRule(
        entry=Entry(
            code="session-length",
            level="medium",
            law="A session lasts a year at most.",
            why="A longer one is a slip of the pen, and takes its room and its people for good.",
            source="common practice",
            sentence="{subjects} lasts {had} days, more than {needed}",
            mend="correct its length, record several sessions, or check it by a greater number",
        ),
        find=longer,
    )


SESSION_LENGTH = session_length()
"""No session lasts longer than a year."""

SESSION_RULES: tuple[PortfolioRule, ...] = (
    SESSION_STILL_PLANNED,
    HELD_TOO_EARLY,
    HELD_WITHOUT_TRACE,
    UNPLACED,
    ONLINE_WITH_ROOM,
    EXPECTED_OVER_SEATS,
    SEATS_BEYOND_ROOM,
    AVAILABILITY_WITHOUT_EFFECT,
    SESSION_LENGTH,
)
"""The rules of this module."""
