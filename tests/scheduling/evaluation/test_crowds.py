"""Crowds: many sessions of one slot in one group, and pairs that are never walked."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Exclusive, Group
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.rules.overlap import ParticipantOverlap, RoomOverlap
from mic_core.timetable import SharedMarks, Timetable
from tests.scheduling.nouns import MIC, edition, found, people, program, room, seat, session, table


def crowd(number: int, **fields: Any) -> list[Session]:
    """Different sessions in one room at one hour."""
    made = [session(f"s{n:04}", "09:00", room_id="r") for n in range(number)]
    return [attrs.evolve(each, **fields) for each in made]


def test_a_few_sessions_of_one_slot_are_pairs() -> None:
    """Of four sessions in one room at one hour, each pair is a breach."""
    breaches = found(RoomOverlap(), room(), crowd(4))
    assert [each.cost for each in breaches] == [1] * 6
    assert {len(each.sessions) for each in breaches} == {2}


def test_a_crowd_is_one_breach_with_its_number() -> None:
    """Of more than four, all are one breach; it counts all pairs, and names five sessions."""
    (breach,) = found(RoomOverlap(), room(), crowd(7))
    assert (breach.cost, breach.sessions) == (21, tuple(range(7)))
    assert breach.subjects == (*(f"session:s{n:04}" for n in range(5)), "room:r")
    (finding,) = check(Portfolio.of(MIC, room(), *crowd(7))).of("room-overlap")
    assert finding.fact("had") == 7
    assert finding.message.startswith(
        "session:s0000, session:s0001, session:s0002, session:s0003, session:s0004, 2 more are in "
        "room:r at once, which takes 1"
    )


def test_a_crowd_in_a_room_for_two_names_few() -> None:
    """A breach of a cumulative room holds all sessions and names five of them."""
    (breach,) = found(RoomOverlap(), room(concurrency=2), crowd(8))
    assert (breach.cost, len(breach.sessions)) == (6, 8)
    assert breach.facts["sessions"] == (*(f"session:s{n:04}" for n in range(5)), "3 more")


def test_a_session_beside_a_crowd_is_paired_with_each() -> None:
    """What overlaps a crowd in another slot is a breach with each of its sessions."""
    breaches = found(RoomOverlap(), room(), crowd(5), session("z", "09:30", room_id="r"))
    assert [each.cost for each in breaches] == [10, 1, 1, 1, 1, 1]


def test_duplicates_are_one_finding_and_no_pair_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equal sessions none is a clash, and each is looked at a few times, however many."""
    asked: list[int] = []

    def called(self: SharedMarks, a: int, b: int) -> bool:
        asked.append(a)
        return not set(self.marks(a)).isdisjoint(self.marks(b))

    monkeypatch.setattr(SharedMarks, "__call__", called)
    portfolio = Portfolio.of(MIC, room(), *crowd(500, title="T"))
    (finding,) = check(portfolio, limit=10).findings
    assert (finding.code, finding.fact("had")) == ("duplicate-session", 500)
    assert asked == []


def test_two_classes_of_duplicates_clash_with_each_other() -> None:
    """Sessions of two classes at one place and time are one crowd of the pairs between them."""
    twice = [*crowd(3, title="T"), *(attrs.evolve(each, id=f"x{each.id}", title="U")
                                     for each in crowd(3))]  # fmt: skip
    (breach,) = found(RoomOverlap(), room(), twice)
    assert (breach.cost, len(breach.sessions)) == (9, 6)


def test_sessions_that_share_an_audience_are_no_crowd_of_their_participants() -> None:
    """A pair of an audience is left to its own rule; with another session, all are one crowd."""
    world: tuple[Noun, ...] = (program(), edition("e"), edition("f", number=2), *people("p"))
    seats = (*seat("p", "e"), *seat("p", "f"))
    alike = [session(f"a{n}", "09:00", audience=("e",)) for n in range(9)]
    assert found(ParticipantOverlap(), world, seats, alike) == []
    other = session("b", "09:00", audience=("f",))
    (breach,) = found(ParticipantOverlap(), world, seats, alike, other)
    assert (breach.cost, len(breach.sessions)) == (9, 10)


def test_the_score_of_a_crowd_counts_its_pairs() -> None:
    """A crowd costs as much as its pairs did."""
    assert score(Portfolio.of(MIC, room(), *crowd(9)), rules=(RoomOverlap(),)).hard == 36


def _spared(marks: Sequence[Sequence[int]], a: int, b: int) -> bool:
    return not set(marks[a]).isdisjoint(marks[b])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0, 0, 1, 2, 8]),
            st.sampled_from([30, 30, 30, 60]),
            st.lists(st.integers(0, 3), max_size=2),
        ),
        max_size=14,
    )
)
def test_breaches_are_the_unspared_pairs(each: list[tuple[int, int, list[int]]]) -> None:
    """With marks or a predicate, costs add up to the pairs that overlap and share no mark."""
    listed = [
        session(f"s{n:02}", f"{9 + start // 4:02}:{start % 4 * 15:02}", minutes)
        for n, (start, minutes, _) in enumerate(each)
    ]
    timetable, marks = table(listed), [own for _, _, own in each]
    starts, ends = timetable.starts, timetable.ends
    expected = {
        (a, b)
        for a, b in combinations(range(len(listed)), 2)
        if starts[a] < ends[b] and starts[b] < ends[a] and not _spared(marks, a, b)
    }
    group = Group(label="room:r", sessions=range(len(listed)))
    of_marks = Exclusive(groups=[group], spares=SharedMarks(marks.__getitem__))
    predicate = Exclusive(groups=[group], spares=lambda a, b: _spared(marks, a, b))
    assert _pairs(timetable, predicate) == sorted(expected)
    breaches = [*breaches_of(of_marks, timetable)]
    assert sum(one.cost for one in breaches) == len(expected)
    assert {n for one in breaches for n in one.sessions} == {n for pair in expected for n in pair}
    assert all(_is_pair_or_crowd(timetable, one, expected) for one in breaches)


def _pairs(timetable: Timetable, term: Exclusive) -> list[tuple[int, ...]]:
    return sorted(tuple(sorted(one.sessions)) for one in breaches_of(term, timetable))


def _is_pair_or_crowd(timetable: Timetable, breach: Breach, pairs: set[tuple[int, int]]) -> bool:
    inside = {pair for pair in combinations(sorted(breach.sessions), 2) if pair in pairs}
    if len(breach.sessions) == 2 and breach.cost == 1:
        return len(inside) == 1
    slots = {(timetable.starts[n], timetable.ends[n]) for n in breach.sessions}
    return len(slots) == 1 and breach.cost == len(inside)
