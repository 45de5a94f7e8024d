"""Rules about sessions at the same time."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.model import (
    Assignment,
    Enrollment,
    Noun,
    Organization,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules.overlap import (
    DUPLICATE_SESSION,
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.rules.selection import Only
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import (
    edition,
    found,
    gives,
    people,
    room,
    seat,
    session,
    subjects,
    told,
    worlds,
)

IN_ROOM = (
    session("a", "09:00", room_id="r"),
    session("b", "09:30", room_id="r"),
    session("c", "10:00", room_id="r"),
)


def test_two_sessions_in_one_room_clash() -> None:
    """A finding names both and the room, with the minutes they share."""
    breaches = found(RoomOverlap(), room(), IN_ROOM)
    assert subjects(breaches) == [
        ["room:r", "session:a", "session:b"],
        ["room:r", "session:b", "session:c"],
    ]
    assert [each.facts["minutes"] for each in breaches] == [30, 30]
    assert [each.cost for each in breaches] == [1, 1]
    assert told(RoomOverlap(), room(), IN_ROOM[:2]) == [
        "session:a, session:b are in room:r at once, which takes 1; they overlap by 30 minutes"
    ]


def test_sessions_that_touch_do_not_clash() -> None:
    """One that ends at ten and one that starts at ten share a room in peace."""
    assert found(RoomOverlap(), room(), IN_ROOM[0], IN_ROOM[2]) == []


def test_sessions_without_a_slot_do_not_clash() -> None:
    """A session without a slot overlaps no other one."""
    assert found(RoomOverlap(), room(), IN_ROOM[0], session("b", None, room_id="r")) == []


def test_a_room_that_nobody_knows_is_no_room() -> None:
    """Sessions in a room that is not there do not clash; references are another rule's."""
    assert found(RoomOverlap(), IN_ROOM) == []


def test_a_room_takes_as_many_as_its_concurrency() -> None:
    """Two in a room for two are well; three are one too many, in one crowd."""
    lab = room("lab", concurrency=2)
    three = [session(id, "09:00", room_id="lab") for id in "abc"]
    assert found(RoomOverlap(), lab, three[:2]) == []
    (crowd,) = found(RoomOverlap(), lab, three)
    assert (crowd.facts["needed"], crowd.facts["had"], crowd.cost) == (2, 3, 1)
    assert crowd.sessions == (0, 1, 2)


def test_a_crowd_costs_each_one_too_many() -> None:
    """Four sessions in a room for two are two too many."""
    four = [session(id, "09:00", room_id="lab") for id in "abcd"]
    assert [each.cost for each in found(RoomOverlap(), room("lab", concurrency=2), four)] == [2]


def test_one_session_entered_twice_does_not_clash_with_itself() -> None:
    """A duplicate is told apart from a clash, and still clashes with others."""
    twice = [session(id, "09:00", room_id="r", title="Pitch") for id in ("a", "b")]
    other = session("c", "09:30", room_id="r")
    assert found(RoomOverlap(), room(), twice) == []
    assert len(found(RoomOverlap(), room(), twice, other)) == 2
    (breach,) = found(DUPLICATE_SESSION, room(), twice, other)
    assert breach.subjects == ("session:a", "session:b")
    assert (breach.facts["had"], breach.facts["needed"], breach.cost) == (2, 1, 1)
    assert told(DUPLICATE_SESSION, twice) == [
        "session:a, session:b are one session entered 2 times"
    ]


def test_nobody_gives_two_sessions_at_once() -> None:
    """A trainer in two rooms at once is a clash; one after the other is not."""
    parts = [gives("t", id) for id in "abc"]
    breaches = found(PersonOverlap(), IN_ROOM, parts)
    assert subjects(breaches) == [
        ["person:t", "session:a", "session:b"],
        ["person:t", "session:b", "session:c"],
    ]
    assert found(PersonOverlap(), IN_ROOM[0], IN_ROOM[2], parts) == []
    assert (
        "person:t is assigned to session:a, session:b at once"
        in told(PersonOverlap(), IN_ROOM, parts)[0]
    )


def test_two_parts_in_one_session_are_no_clash() -> None:
    """A person with two roles in a session is in it once."""
    parts = [gives("t", "a"), gives("t", "a", role="host")]
    assert found(PersonOverlap(), IN_ROOM[0], parts) == []


def test_an_edition_is_not_expected_twice() -> None:
    """Sessions of one edition, or with one audience, clash unless one of them is elective."""
    one = session("a", "09:00", edition_id="e")
    two = session("b", "09:30", audience=("e",))
    assert subjects(found(AudienceOverlap(), edition(), one, two)) == [
        ["edition:e", "session:a", "session:b"]
    ]
    chosen = session("b", "09:30", audience=("e",), elective=True)
    assert found(AudienceOverlap(), edition(), one, chosen) == []
    assert found(AudienceOverlap(), edition(), one, session("b", "10:00", audience=("e",))) == []


def test_an_invited_participant_is_not_expected_twice() -> None:
    """An invited participant is cited by kind: a person, or an organization."""
    both = [session(id, "09:00", audience=("x",)) for id in ("a", "b")]
    (person,) = subjects(found(AudienceOverlap(), people("x"), both))
    assert person == ["person:x", "session:a", "session:b"]
    firm = Organization(id="x", name="X", kind="venture", country="BE")
    assert subjects(found(AudienceOverlap(), firm, both))[0][0] == "organization:x"


def test_an_audience_takes_the_place_of_the_edition() -> None:
    """Two halves of an edition in two rooms do not clash."""
    halves = [session(id, "09:00", edition_id="e", audience=(id,)) for id in ("x", "y")]
    assert found(AudienceOverlap(), edition(), people("x", "y"), halves) == []


TWO = (edition("e1"), edition("e2", number=2), people("p"), seat("p", "e1"), seat("p", "e2"))


def test_a_participant_of_two_editions_is_not_expected_twice() -> None:
    """A person with seats in two editions cannot be at both at once."""
    both = (session("a", "09:00", edition_id="e1"), session("b", "09:30", edition_id="e2"))
    assert subjects(found(ParticipantOverlap(), *TWO, both)) == [
        ["person:p", "session:a", "session:b"]
    ]
    assert found(ParticipantOverlap(), *TWO[:-1], both) == []
    later = session("b", "10:00", edition_id="e2")
    assert found(ParticipantOverlap(), *TWO, both[0], later) == []
    free = session("b", "09:30", edition_id="e2", elective=True)
    assert found(ParticipantOverlap(), *TWO, both[0], free) == []


def test_a_participant_is_left_to_the_audience_where_it_is_shared() -> None:
    """Sessions with one audience are the edition's clash, not each participant's."""
    both = [session(id, "09:00", audience=("e1", "e2")) for id in ("a", "b")]
    assert found(ParticipantOverlap(), *TWO, both) == []
    assert len(found(AudienceOverlap(), *TWO, both)) == 2


def test_one_session_entered_twice_expects_nobody_twice() -> None:
    """A duplicate with its own list of participants is no clash of theirs."""
    both = [session(id, "09:00", title="Pitch") for id in ("a", "b")]
    assert found(ParticipantOverlap(), people("p"), both, seat("p", "a"), seat("p", "b")) == []


def test_the_delegates_of_a_venture_are_expected() -> None:
    """A venture sends its delegates; without any it is not known who comes."""
    firm = Organization(id="v", name="V", kind="venture", country="BE")
    both = (session("a", "09:00", edition_id="e1"), session("b", "09:00", edition_id="e2"))
    seats = [seat("v", id, delegates=("p",)) for id in ("e1", "e2")]
    assert subjects(found(ParticipantOverlap(), *TWO[:3], firm, both, *seats))[0][0] == "person:p"
    unknown = [seat("v", id) for id in ("e1", "e2")]
    assert found(ParticipantOverlap(), *TWO[:3], firm, both, *unknown) == []


def test_an_invitation_counts_like_a_seat() -> None:
    """An invitation to one session and a seat in an edition clash."""
    both = (session("a", "09:00", edition_id="e1"), session("b", "09:30", audience=("p",)))
    assert len(found(ParticipantOverlap(), TWO[0], people("p"), seat("p", "e1"), both)) == 1


def test_a_seat_in_a_single_session_counts_like_one_in_an_edition() -> None:
    """A seat in an edition and one in a session of its own clash."""
    both = (session("a", "09:00", edition_id="e1"), session("s", "09:30"))
    nouns = (TWO[0], people("p"), seat("p", "e1"))
    assert len(found(ParticipantOverlap(), *nouns, seat("p", "s"), both)) == 1
    assert found(ParticipantOverlap(), *nouns, both) == []
    alone = (session("s", "09:00"), session("t", "09:30"))
    seats = (seat("p", "s"), seat("p", "t"))
    assert len(found(ParticipantOverlap(), people("p"), *seats, alone)) == 1


def test_a_seat_in_what_is_not_held_brings_nobody_anywhere() -> None:
    """An enrollment into something without sessions is no second cohort."""
    both = (session("a", "09:00", edition_id="e1"), session("b", "09:30", edition_id="e1"))
    assert found(ParticipantOverlap(), *TWO, seat("p", "x"), both) == []


@pytest.mark.parametrize("rule", [RoomOverlap, PersonOverlap, AudienceOverlap, ParticipantOverlap])
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """A rule about talks does not see a workshop."""
    both = [
        session("a", "09:00", room_id="r", edition_id="e1", kind="talk"),
        session("b", "09:00", room_id="r", audience=("p",), kind="workshop"),
        session("c", "09:00", room_id="r", edition_id="e1", kind="talk"),
    ]
    world = (*TWO, room(), both, [gives("t", id) for id in "abc"], seat("p", "b"), seat("p", "a"))
    every = found(rule(), *world)
    talks = found(rule(where=Only(kind="talk")), *world)
    assert every
    assert {each.sessions for each in talks} == {
        each.sessions for each in every if 1 not in each.sessions
    }


def _together(a: Session, b: Session) -> bool:
    return (
        a.slot is not None
        and b.slot is not None
        and a.slot.start_utc < b.slot.end_utc
        and b.slot.start_utc < a.slot.end_utc
    )


def _twins(timetable: Timetable, a: Session, b: Session) -> bool:
    """The plain definition of duplicates, by comparing two sessions."""
    ignored = {"id", "revision", "status", "slot"}
    names = [each.name for each in attrs.fields(Session) if each.name not in ignored]
    if a.slot is None or b.slot is None:
        return False
    instants = (a.slot.start_utc, a.slot.end_utc) == (b.slot.start_utc, b.slot.end_utc)
    parts = [
        {(p.person_id, p.role) for p in timetable.portfolio.where(Assignment, session_id=each.id)}
        for each in (a, b)
    ]
    called = {
        cohort: [
            each
            for each in timetable.sessions
            if each.module_id == a.module_id and cohort in (*each.audience, each.edition_id or "")
        ]
        for cohort in (*a.audience, a.edition_id or "")
        if cohort or not a.audience
    }
    return (
        instants
        and parts[0] == parts[1]
        and all(getattr(a, name) == getattr(b, name) for name in names)
        and (a.module_id is None or all(len(each) > 1 for each in called.values()))
    )


def _pairs(timetable: Timetable, breaches: Sequence[Breach]) -> list[tuple[str, ...]]:
    return sorted(
        (str(each.facts["shared"]), *sorted(timetable.sessions[n].id for n in each.sessions))
        for each in breaches
    )


@given(nouns=worlds())
def test_all_pairs_are_found(nouns: list[Noun]) -> None:
    """Each overlap rule finds what comparing every session with every other one finds."""
    timetable = timetable_of(Portfolio.of(*nouns))
    pairs = [
        (a, b)
        for a, b in combinations(timetable.sessions, 2)
        if _together(a, b) and not _twins(timetable, a, b)
    ]
    gives_of = {(part.person_id, part.session_id) for part in nouns if isinstance(part, Assignment)}
    rooms = [("room:r1", a.id, b.id) for a, b in pairs if a.room_id == b.room_id == "r1"]
    persons = [
        (f"person:{id}", a.id, b.id)
        for a, b in pairs
        for id in ("p1", "p2", "p3")
        if {(id, a.id), (id, b.id)} <= gives_of
    ]
    audiences = [
        (f"{'person' if id == 'p1' else 'edition'}:{id}", a.id, b.id)
        for a, b in pairs
        if not a.elective and not b.elective
        for id in ("e1", "e2", "p1")
        if id in (a.audience or (a.edition_id,)) and id in (b.audience or (b.edition_id,))
    ]
    twice = {
        (a.id, b.id) for a, b in combinations(timetable.sessions, 2) if _twins(timetable, a, b)
    }
    entered = [
        pair
        for each in conflicts(DUPLICATE_SESSION, timetable)
        for pair in combinations([timetable.sessions[n].id for n in each.sessions], 2)
    ]
    assert sorted(entered) == sorted(twice)
    in_one = [each for each in conflicts(RoomOverlap(), timetable) if each.facts["needed"] == 1]
    assert _pairs(timetable, in_one) == sorted(rooms)
    assert _pairs(timetable, list(conflicts(PersonOverlap(), timetable))) == sorted(persons)
    assert _pairs(timetable, list(conflicts(AudienceOverlap(), timetable))) == sorted(audiences)


@given(nouns=worlds())
def test_all_torn_participants_are_found(nouns: list[Noun]) -> None:
    """Each person who is expected at two sessions at once through different cohorts is found."""
    timetable = timetable_of(Portfolio.of(*nouns))
    seats = {(each.participant_id, each.into) for each in nouns if isinstance(each, Enrollment)}

    def expected(person: str, one: Session) -> bool:
        audience = one.audience or (one.edition_id,)
        return person in audience or any((person, id) in seats for id in (*audience, one.id))

    torn = [
        (f"person:{person}", a.id, b.id)
        for a, b in combinations(timetable.sessions, 2)
        if _together(a, b) and not _twins(timetable, a, b) and not a.elective and not b.elective
        if not set(a.audience or (a.edition_id or "a",)) & set(b.audience or (b.edition_id or "b",))
        for person in ("p1", "p2", "p3")
        if expected(person, a) and expected(person, b)
    ]
    assert _pairs(timetable, list(conflicts(ParticipantOverlap(), timetable))) == sorted(torn)


@given(nouns=worlds())
def test_all_crowds_are_found(nouns: list[Noun]) -> None:
    """In a room for several, crowds are the largest sets at one moment that are too many."""
    timetable = timetable_of(Portfolio.of(*nouns))
    naive: set[tuple[int, ...]] = set()
    for id, most in (("r2", 2), ("r3", 3)):
        members = [
            n
            for n, each in enumerate(timetable.sessions)
            if each.room_id == id and each.slot is not None
        ]
        at_once = {
            frozenset(
                n
                for n in members
                if timetable.starts[n] <= timetable.starts[moment] < timetable.ends[n]
            )
            for moment in members
        }
        naive |= {
            tuple(sorted(crowd))
            for crowd in at_once
            if len(crowd) > most and not any(crowd < other for other in at_once)
        }
    crowds = [
        tuple(sorted(each.sessions))
        for each in conflicts(RoomOverlap(), timetable)
        if each.facts["needed"] != 1
    ]
    assert sorted(crowds) == sorted(naive)


@pytest.mark.parametrize("rule", [AudienceOverlap, ParticipantOverlap])
def test_what_is_elective_clashes_with_nothing_whatever_is_selected(
    rule: Callable[..., ScheduleRule],
) -> None:
    """Of the selected sessions those count that nobody is free to leave out."""
    wanted = ("e", "e") if rule is AudienceOverlap else ("e", "f")
    nouns = (edition("e"), edition("f", number=2), people("p"), seat("p", "e"), seat("p", "f"))

    def both(**fields: Any) -> list[Session]:
        made = [session(f"s{n}", "09:00", audience=(id,)) for n, id in enumerate(wanted)]
        other = session("t", "09:00", audience=(wanted[0],), **fields)
        return [*made, other]

    chosen = rule(where=Only(kind="training"))
    talk = both(kind="talk", elective=True)
    assert subjects(found(chosen, *nouns, talk)) == subjects(found(chosen, *nouns, talk[:2]))
    assert len(found(chosen, *nouns, both(elective=True))) == 1
    assert len(found(chosen, *nouns, both(kind="talk"))) == 1
    free = [*both(elective=True)[1:], session("u", "09:00", audience=("e",), kind="talk")]
    assert found(chosen, *nouns, free) == []
