"""The items of an agenda: sessions on the clocks of their centers, and weeks in words."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from mic_core.chrono.local import instant
from mic_core.chrono.months import MONTH_NAMES
from mic_core.ids import cite
from mic_core.model import Assignment, Center, Person, Room, Session
from mic_core.model.session import ASSIGNMENT_ROLES
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import slot_at_center

_RANKS = {role: rank for rank, role in enumerate(ASSIGNMENT_ROLES)}


@attrs.frozen(kw_only=True)
class AgendaItem:
    """One session as the agenda shows it, on the clocks of its center.

    `start` and `end` are None without a slot. `room` is the room's name, None without a room.
    `people` are pairs of id and name of the persons who give the session; names are kept out of
    texts, rows and the repr. `edition` is the title of the edition, None where it is not known.
    """

    session_id: str
    title: str
    center_id: str
    center: str
    start: datetime | None
    end: datetime | None
    minutes: int
    room: str | None
    mode: str
    edition_id: str | None
    status: str
    people: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    edition: str | None = None

    @property
    def week(self) -> int:
        """The week in which it starts, counted from 1 January 1; 0 without a slot."""
        return week_of(self.start.date()) if self.start is not None else 0

    @property
    def order(self) -> tuple[str, int, int, str]:
        """The sort key: center, time, id."""
        start = instant(self.start) if self.start is not None else 0
        return self.center_id, self.week, start, self.session_id

    @property
    def where(self) -> str:
        """The room in words, also if it needs none or has none yet."""
        return self.room or ("online" if self.mode == "online" else "no room yet")

    def who(self, *, names: bool = False) -> tuple[str, ...]:
        """The persons who give it, by their ids, or with `names` by their names."""
        return tuple(name if names else id for id, name in self.people)

    def edition_text(self, *, names: bool = False) -> str:
        """The edition by its id, or with `names` by its title; empty for none."""
        return (self.edition if names else None) or self.edition_id or ""


def item_of(portfolio: Portfolio, session: Session, status: str) -> AgendaItem:
    """The agenda item of a session. O(assignments of the session).

    An unknown center or room goes by its id.
    """
    slot = session.slot and slot_at_center(portfolio, session, session.slot)
    center = portfolio.find(Center, session.center_id)
    room = portfolio.find(Room, session.room_id) if session.room_id is not None else None
    return AgendaItem(
        session_id=session.id,
        title=session.title,
        center_id=session.center_id,
        center=center.name if center is not None else session.center_id,
        start=slot.start if slot is not None else None,
        end=slot.end if slot is not None else None,
        minutes=session.length // timedelta(minutes=1),
        room=room.name if room is not None else session.room_id,
        mode=session.mode,
        edition_id=session.edition_id,
        edition=edition_title(portfolio, session.edition_id),
        status=status,
        people=tuple(_people(portfolio, session.id)),
    )


def edition_title(portfolio: Portfolio, id: str | None) -> str | None:
    """The title of an edition; None for none, or for one that the portfolio does not know."""
    return portfolio.title(cite("edition", id)) if id is not None else None


def _people(portfolio: Portfolio, session_id: str) -> Iterator[tuple[str, str]]:
    """The persons of a session with their names, each once, sorted by their first role.

    Roles beyond the usual ones come after these, in alphabetical order.
    """
    assignments = portfolio.where(Assignment, session_id=session_id)
    last = len(_RANKS)
    ordered = sorted(
        assignments, key=lambda each: (_RANKS.get(each.role, last), each.role, each.person_id)
    )
    for id in dict.fromkeys(each.person_id for each in ordered):
        person = portfolio.find(Person, id)
        yield cite("person", id), person.name if person is not None else cite("person", id)


def week_of(day: date) -> int:
    """Weeks since the first day of the calendar, which is a Monday.

    >>> week_of(date(1, 1, 7)), week_of(date(1, 1, 8))
    (0, 1)
    """
    return (day.toordinal() - 1) // 7


def first_day(week: int) -> date:
    """The Monday of a week.

    >>> first_day(week_of(date(2014, 9, 10)))
    datetime.date(2014, 9, 8)
    """
    return date.fromordinal(7 * week + 1)


def _last_day(week: int) -> date:
    return date.fromordinal(min(7 * week + 7, date.max.toordinal()))


def week_name(week: int) -> str:
    """The ISO 8601 name of a week.

    >>> week_name(week_of(date(2014, 12, 30)))
    'Week 1 of 2015'
    """
    year, number, _ = first_day(week).isocalendar()
    return f"Week {number} of {year}"


def week_title(week: int, center: str) -> str:
    """The title of a week: its number, its days, its center.

    >>> week_title(week_of(date(2014, 9, 10)), "MIC Brussels")
    'Week 37 of 2014, 8-14 Sep · MIC Brussels'
    """
    return f"{week_name(week)}, {day_range(first_day(week), _last_day(week))} · {center}"


def idle_weeks(first: int, after: int) -> Iterator[str]:
    """The sentence that weeks from `first` up to, and without, `after` are idle; none if empty.

    >>> list(idle_weeks(week_of(date(2014, 9, 10)), week_of(date(2014, 9, 17))))
    ['Week 37 of 2014 (8-14 Sep): nothing takes place.']
    """
    if first < after:
        last = after - 1
        weeks = week_name(first) if first == last else f"{week_name(first)} to {week_name(last)}"
        yield f"{weeks} ({day_range(first_day(first), _last_day(last))}): nothing takes place."


def day_range(first: date, last: date) -> str:
    """A range of days in words, without repeating month or year.

    >>> day_range(date(2014, 9, 8), date(2014, 9, 14))
    '8-14 Sep'
    >>> day_range(date(2014, 9, 29), date(2014, 10, 5))
    '29 Sep - 5 Oct'
    """
    end = f"{last.day} {MONTH_NAMES[last.month - 1]}"
    if first.year != last.year:
        begin = f"{first.day} {MONTH_NAMES[first.month - 1]} {first.year}"
        return f"{begin} - {end} {last.year}"
    if first.month != last.month:
        return f"{first.day} {MONTH_NAMES[first.month - 1]} - {end}"
    return f"{first.day}-{end}"


def iso(moment: datetime | None) -> str | None:
    """A moment on local clocks as ISO 8601 text, to the minute; None for None."""
    return None if moment is None else moment.isoformat(timespec="minutes")
