"""What takes place: series, sessions, who leads them, and when anything is available."""

from datetime import date, time, timedelta
from typing import Annotated, Literal

import attrs

from mic_core.checked import Given, checked
from mic_core.chrono import Period, Preference, Recurrence, Slot, WeeklyHours
from mic_core.errors import Problem
from mic_core.fields import Labels, Ref, Subject
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

AssignmentRole = Literal["lead", "assistant", "coach", "speaker", "host", "reviewer"]

_MICROSECOND = timedelta(microseconds=1)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Series:
    """A session that repeats: same title, same local time, after a recurrence.

    The first one is on or after `first_on`; each starts at `starts_at` on the clocks of the
    center, summer and winter, and lasts `length`. `program_id` of None: it belongs to no program.
    `room_id` of None: its room is chosen session by session.

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
    """Something that takes place once: a training, a conference, a coaching hour, a visit.

    `slot` and `room_id` of None mean not placed yet (online, a session needs no room); a slot
    lasts `length`. `edition_id`, `module_id` and `series_id` say what it is part of; None: of none.
    `audience` names the editions and the invited participants who are expected; of an `elective`
    session they choose whether to come. `needs` are features of its room. `seats` of None leaves
    the limit to the room, and `waitlist` is how seats that become free are filled; `expected` is
    how many persons are expected, None where nobody has said. `fee` of None: free of charge.
    `original_on` is the date of its occurrence, local to the center: an occurrence of a series is
    the series and a date. It is written once and stays when the session moves; None: an occurrence
    of none. `revision` counts the changes told to calendars. `status` holds before any transition.

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
    """A person's part in giving a session.

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
    """When a room, person, module or session can or cannot be scheduled.

    `subject` is `kind:id`. Either one `slot`, or weekly `hours` within a `period` (None: at any
    hour, on any day). No record means available; preferred or available closes the rest of its
    period; unavailable wins.

    >>> away = Availability(
    ...     id="ill", subject="person:p-1", preference="unavailable",
    ...     period=Period.days(date(2014, 10, 6), date(2014, 10, 10)),
    ... )
    >>> print(away.period)
    2014-10-06 to 2014-10-10
    """

    id: Identifier
    subject: Annotated[str, Subject("room", "person", "module", "session")]
    hours: WeeklyHours | None = None
    period: Period | None = None
    slot: Slot | None = None
    preference: Preference
