"""What is offered in a coherent portfolio: centers, programs, editions, series and sessions."""

from datetime import UTC, time, timedelta

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
class Run:
    """An edition with its place and its sessions."""

    edition: Edition
    place: Place
    sessions: tuple[Session, ...]


def place(growing: Growing, sizes: Sizes) -> Place:
    """Draw a center with its rooms."""
    name = growing.draw(zones())
    near = growing.draw(st.sampled_from(CHANGES[name]))
    center = growing.add(
        Center,
        time_zone=st.just(name),
        opening_hours=st.none() | weekly_hours(),
        closures=st.just(()),
    )
    home = st.just(center.id)
    rooms = [growing.add(Room, center_id=home) for _ in range(_count(growing, sizes.rooms))]
    clocks = UTC if name == "UTC" else zone(name)
    return Place(center.id, clocks, instant(near), tuple(room.id for room in rooms))


def _count(growing: Growing, most: int) -> int:
    return growing.draw(st.integers(0, most))


def program(growing: Growing) -> Program:
    """Draw a program whose modules require only those before them."""
    modules: list[Module] = []
    for _ in range(_count(growing, 2)):
        modules.append(
            growing.module(
                requires=subsets([each.id for each in modules], 2),
                trainers=growing.some("person"),
                length=QUARTERS,
                count=st.integers(1, 3),
            )
        )
    return growing.add(Program, modules=st.just(tuple(modules)))


def run(growing: Growing, home: Place, of: Program, sizes: Sizes) -> Run:
    """Draw an edition that its program and its center have, and sessions within its period."""
    day = home.day
    around = Period(day - timedelta(days=60), day + timedelta(days=60))
    edition = growing.add(
        Edition,
        program_id=st.just(of.id),
        center_id=st.just(home.center_id),
        period=st.sampled_from((around, Period())),
        application_window=st.none() | slots(str(home.clocks)),
        status=st.sampled_from(("open", "draft")),
    )
    growing.walk(cite("edition", edition.id), edition.status, home)
    sessions = [
        _session(growing, home, edition, of) for _ in range(_count(growing, sizes.sessions))
    ]
    return Run(edition, home, tuple(sessions))


def _session(growing: Growing, home: Place, edition: Edition, of: Program) -> Session:
    module = growing.draw(st.sampled_from((None, *of.modules)))
    length = growing.draw(QUARTERS) if module is None else module.length
    return session(
        growing,
        home,
        near(growing, home, length) if growing.draw(_MOSTLY) else None,
        length=st.just(length),
        edition_id=st.just(edition.id),
        module_id=st.just(None if module is None else module.id),
        audience=st.sampled_from(((), (edition.id,))),
        series_id=st.none(),
        original_start=st.none(),
    )


def near(growing: Growing, home: Place, length: timedelta) -> Slot:
    """Draw a slot within a week of the instant of a place, most within some hours of it."""
    quarters = growing.draw(st.integers(-24, 24) | st.integers(-7 * 96, 7 * 96))
    start = home.near + quarters * QUARTER
    end = start + length // timedelta(microseconds=1)
    return Slot(local(start, home.clocks), local(end, home.clocks))


def session(
    growing: Growing, home: Place, slot: Slot | None, **fields: st.SearchStrategy[object]
) -> Session:
    """Draw a session of a center, in one of its rooms or none; what is placed may be held."""
    made = growing.add(
        Session,
        center_id=st.just(home.center_id),
        slot=st.just(slot),
        room_id=st.sampled_from((None, *home.rooms)),
        status=st.just("planned"),
        **fields,
    )
    if slot is not None:
        growing.walk(cite("session", made.id), made.status, home)
    return made


def series(growing: Growing, home: Place) -> None:
    """Draw a weekly series around a change of clocks, and sessions of its first occurrences.

    They keep to their occurrences or lie a quarter of an hour later.
    """
    rule = Recurrence(frequency="weekly", count=growing.draw(st.integers(1, 3)))
    length = growing.draw(QUARTERS)
    made = growing.add(
        Series,
        center_id=st.just(home.center_id),
        recurrence=st.just(rule),
        first_on=st.just(home.day - timedelta(days=7)),
        starts_at=st.sampled_from((time(18), time(2, 30), time(23, 30))),
        length=st.just(length),
        room_id=st.sampled_from((None, *home.rooms)),
    )
    days = occurrences(rule, made.first_on)[: _count(growing, 3)]
    starts = moments(days, made.starts_at, home.clocks, nonexistent="later", ambiguous="first")
    for start in starts:
        later = growing.draw(st.sampled_from((timedelta(), timedelta(minutes=15))))
        slot = Slot(start, local(instant(start) + length // timedelta(microseconds=1), home.clocks))
        session(
            growing,
            home,
            slot.moved(later),
            length=st.just(length),
            edition_id=st.none(),
            module_id=st.none(),
            audience=growing.some("person", "organization"),
            series_id=st.just(made.id),
            original_start=st.just(start),
        )
