"""Drawing of centers, programs, editions, series and sessions of a coherent portfolio."""

from datetime import UTC, time, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

from mic_core.chrono import Period, Recurrence, Slot, instant, occurrences, zone
from mic_core.chrono.local import local, moments
from mic_core.ids import cite
from mic_core.model import Center, Edition, Module, Program, Room, Series, Session
from mic_core.testing.growing import Growing, Place, Sizes, subsets
from mic_core.testing.times import CHANGES, QUARTER, slots, weekly_hours, zones

QUARTERS = st.integers(1, 16).map(lambda n: timedelta(minutes=15 * n))
"""Lengths of sessions, up to four hours."""

_MOSTLY = st.sampled_from((False, True, True))


@attrs.frozen
class EditionOffer:
    """A drawn edition with its center and its sessions."""

    edition: Edition
    place: Place
    sessions: tuple[Session, ...]


def place(growing: Growing, sizes: Sizes) -> Place:
    """Draw a center with its rooms."""
    name = growing.draw(zones())
    near = growing.draw(st.sampled_from(CHANGES[name]))
    center = growing.add(
        Center,
        time_zone=name,
        opening_hours=st.none() | weekly_hours(),
        closures=(),
    )
    rooms = growing.several(lambda: growing.add(Room, center_id=center.id), sizes.rooms)
    clocks = UTC if name == "UTC" else zone(name)
    return Place(center.id, clocks, instant(near), tuple(room.id for room in rooms))


def draw_program(growing: Growing) -> Program:
    """Draw a program whose modules require only those before them."""
    modules: list[Module] = []

    def add_module() -> None:
        before = [each.id for each in modules]
        made = growing.module(
            requires=subsets(before, 2),
            trainers=growing.some("person"),
            length=QUARTERS,
            count=st.integers(1, 3),
        )
        modules.append(made)

    growing.several(add_module, 2)
    return growing.add(Program, modules=tuple(modules))


def run(growing: Growing, home: Place, of: Program, sizes: Sizes) -> EditionOffer:
    """Draw an edition of a program in a center, and sessions within its period."""
    day = home.day
    around = Period(day - timedelta(days=60), day + timedelta(days=60))
    edition = growing.add(
        Edition,
        program_id=of.id,
        center_id=home.center_id,
        period=st.sampled_from((around, Period())),
        application_window=st.none() | slots(str(home.clocks)),
        status=st.sampled_from(("open", "draft")),
    )
    growing.add_transitions(cite("edition", edition.id), edition.status, home)
    sessions = growing.several(lambda: _session(growing, home, edition, of), sizes.sessions)
    return EditionOffer(edition, home, tuple(sessions))


def _session(growing: Growing, home: Place, edition: Edition, of: Program) -> Session:
    module = growing.draw(st.sampled_from((None, *of.modules)))
    length = growing.draw(QUARTERS) if module is None else module.length
    return draw_session(
        growing,
        home,
        near(growing, home, length) if growing.draw(_MOSTLY) else None,
        length=length,
        edition_id=edition.id,
        module_id=None if module is None else module.id,
        audience=st.sampled_from(((), (edition.id,))),
        series_id=None,
        original_on=None,
    )


def near(growing: Growing, home: Place, length: timedelta) -> Slot:
    """Draw a slot within a week of the instant of a center, many within the hour after it."""
    quarters = growing.draw(st.integers(0, 3) | st.integers(-24, 24) | st.integers(-7 * 96, 7 * 96))
    start = home.near + quarters * QUARTER
    end = start + length // timedelta(microseconds=1)
    return Slot(local(start, home.clocks), local(end, home.clocks))


def draw_session(growing: Growing, home: Place, slot: Slot | None, **fields: Any) -> Session:
    """Draw a session of a center, in one of its rooms or none; one with a slot may be held."""
    made = growing.add(
        Session,
        center_id=home.center_id,
        slot=slot,
        room_id=st.sampled_from((None, *home.rooms)),
        status="planned",
        **fields,
    )
    if slot is not None:
        growing.add_transitions(cite("session", made.id), made.status, home)
    return made


def draw_series(growing: Growing, home: Place) -> None:
    """Draw a weekly series around a change of clocks, and sessions of its first occurrences.

    Each session lies at its occurrence or a quarter of an hour later.
    """
    rule = Recurrence(frequency="weekly", count=growing.draw(st.integers(1, 3)))
    length = growing.draw(QUARTERS)
    made = growing.add(
        Series,
        center_id=home.center_id,
        recurrence=rule,
        first_on=home.day - timedelta(days=7),
        starts_at=st.sampled_from((time(18), time(2, 30), time(23, 30))),
        length=length,
        room_id=st.sampled_from((None, *home.rooms)),
    )
    days = occurrences(rule, made.first_on)
    starts = moments(days, made.starts_at, home.clocks, nonexistent="later", ambiguous="first")
    due = zip(days, starts, strict=True)

    def add_occurrence() -> None:
        day, start = next(due)
        later = growing.draw(st.sampled_from((timedelta(), timedelta(minutes=15))))
        slot = Slot(start, local(instant(start) + length // timedelta(microseconds=1), home.clocks))
        draw_session(
            growing,
            home,
            slot.moved(later),
            length=length,
            edition_id=None,
            module_id=None,
            audience=growing.some("person", "organization"),
            series_id=made.id,
            original_on=day,
        )

    growing.several(add_occurrence, len(days))
