"""Nouns of the schedule: series, sessions, assignments of persons, availabilities."""

from datetime import date, time, timedelta
from typing import Annotated

import attrs

from mic_core.checked import Given, checked
from mic_core.chrono import Period, Preference, Recurrence, Slot, WeeklyHours
from mic_core.errors import Problem
from mic_core.fields import Labels, OpenChoice, Ref, Subject
from mic_core.model.program import Seats, SessionKind, Waitlist
from mic_core.model.status import SessionStatus
from mic_core.model.vocabulary import (
    CenterId,
    Count,
    EditionId,
    Identifier,
    Mode,
    Money,
    PersonId,
    ProgramId,
    RoomId,
    SessionId,
    Title,
    Words,
)

ASSIGNMENT_ROLES = ("lead", "speaker", "coach", "assistant", "host", "reviewer")
"""The usual roles in a session, an open list in the order of an agenda; rules know `lead` only."""

AssignmentRole = Annotated[str, OpenChoice(ASSIGNMENT_ROLES)]

_MICROSECOND = timedelta(microseconds=1)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Series:
    """A recurring session: a recurrence rule with a title, a local time of day and a length.

    `kind` is that of its sessions, a word of an open list.

    `recurrence` is the rule for its dates. `first_on` is its start date, on or after which the
    first occurrence is. `starts_at` is the time of day in the time zone of the center, in summer
    and winter. `length` is the duration of each occurrence. `program_id` of None: it belongs to no
    program. `room_id` of None: rooms are assigned to each session.

    >>> camps = Series(
    ...     id="azure-camps", center_id="mic-brussels", title="Azure camp",
    ...     recurrence=Recurrence.parse("FREQ=WEEKLY;BYDAY=TU"), first_on=date(2014, 9, 2),
    ...     starts_at=time(9, 30), length=timedelta(hours=7),
    ... )
    >>> str(camps.recurrence), camps.room_id
    ('FREQ=WEEKLY;BYDAY=TU', None)
    """

    id: Identifier
    center_id: CenterId
    program_id: ProgramId | None = None
    title: Title
    kind: SessionKind = "training"
    recurrence: Recurrence
    first_on: date
    starts_at: time
    length: timedelta
    room_id: RoomId | None = None
    mode: Mode = "in_person"
    topics: Words = ()


def _slot_has_length(slot: Slot, length: timedelta) -> Problem | None:
    if slot.end_utc - slot.start_utc != length // _MICROSECOND:
        return Problem(
            path="slot", rule="must last as long as `length` says", mend="change one of the two"
        )
    return None


def _has_series(series_id: str | None) -> Problem | None:
    if series_id is None:
        return Problem(path="original_on", rule="must come with a series_id")
    return None


@checked(Given("slot", _slot_has_length), Given("original_on", _has_series))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Session:
    """A session: one training, conference, coaching hour or visit, the activity to schedule.

    `kind` is a word of an open list: a usual kind, or any other lowercase word such as lecture.

    `length` is its duration. `slot` is its time; None: not placed yet. `room_id` is its room; None:
    not placed yet, or online, where it needs none. `edition_id`, `module_id` and `series_id` are
    the ids of what it is part of; None: of none. `audience` holds the ids of editions and invited
    participants who are expected. `elective` means that the audience may choose whether to attend.
    `needs` are features that its room must have. `seats` is its capacity; None: that of the room.
    `waitlist` is the policy for free seats. `expected` is the number of persons expected; None: not
    stated. `fee` is per person; None: free of charge. `original_on` is the date of its occurrence,
    local to the center: an occurrence of a series is the series and a date. It is written once and
    stays when the session moves; None: an occurrence of none. `revision` is the number of changes
    sent to calendars. `status` is the initial status, before any transition.

    >>> pitch = Session(
    ...     id="pitch-1", center_id="mic-brussels", title="The art of pitching", kind="workshop",
    ...     length=timedelta(hours=3), audience=("boostcamp-6",),
    ...     slot=Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels"),
    ... )
    >>> print(pitch.slot, pitch.status, pitch.audience)
    Wed 10 Sep 2014 18:00-21:00 Europe/Brussels planned ('boostcamp-6',)
    >>> attrs.evolve(pitch, length=timedelta(hours=2))
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Session: 1 problem
      slot: must last as long as `length` says; change one of the two
    """

    id: Identifier
    center_id: CenterId
    title: Title
    kind: SessionKind = "training"
    length: timedelta
    slot: Slot | None = None
    room_id: RoomId | None = None
    edition_id: EditionId | None = None
    module_id: Annotated[str, Ref("module")] | None = None
    series_id: Annotated[str, Ref("series")] | None = None
    original_on: date | None = None
    audience: Annotated[tuple[str, ...], Labels(Ref("edition", "person", "organization"))] = ()
    seats: Seats | None = None
    waitlist: Waitlist = Waitlist()
    expected: Count | None = None
    mode: Mode = "in_person"
    topics: Words = ()
    needs: Words = ()
    elective: bool = False
    fee: Money | None = None
    revision: Count = 0
    status: SessionStatus = "planned"


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Assignment:
    """An assignment of a person to a session as trainer, coach, speaker, host or the like.

    `role` is a word of an open list. Rules depend on `lead` only: who leads must qualify.

    >>> Assignment(id="a-1", session_id="pitch-1", person_id="p-1", role="coach").role
    'coach'
    """

    id: Identifier
    session_id: SessionId
    person_id: PersonId
    role: AssignmentRole = "lead"


def _says_when(
    hours: WeeklyHours | None, period: Period | None, slot: Slot | None
) -> Problem | None:
    if (slot is None) == (hours is None and period is None):
        return Problem(
            path="slot", rule="must be either one slot, or hours or a period", mend="give one"
        )
    return None


@checked(_says_when)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Availability:
    """A stated availability of a room, person, module or session.

    `subject` is cited as `kind:id`. Either one `slot` is given, or weekly `hours` (None: all hours)
    within a `period` (None: all days). `preference` is preferred, available, avoided or
    unavailable. Without any record, a subject is available. Preferred and available hours close
    the rest of their period; available slots and periods without hours add to them. A subject
    without such hours is available only in its available slots and periods, if it has any.
    Preferred slots and periods are wishes: they open and close nothing. Unavailable takes
    precedence over all others. Hours and periods are on the clocks of the center where the subject
    is needed.

    >>> away = Availability(
    ...     id="ill", subject="person:p-1", preference="unavailable",
    ...     period=Period.days(date(2014, 10, 6), date(2014, 10, 10)),
    ... )
    >>> print(away.period)
    Mon 6 Oct 2014 to Fri 10 Oct 2014
    """

    id: Identifier
    subject: Annotated[str, Subject("room", "person", "module", "session")]
    hours: WeeklyHours | None = None
    period: Period | None = None
    slot: Slot | None = None
    preference: Preference
