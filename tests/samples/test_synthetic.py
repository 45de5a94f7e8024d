"""Networks of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.errors import InvariantError
from mic_core.impact.counts import head_count
from mic_core.model import Assignment, Attendance, Center, Headcount, Room, Session
from mic_core.samples import network

SIZE = st.integers(1, 4)


@given(st.integers(0, 9), SIZE, SIZE, SIZE, SIZE, SIZE, SIZE)
def test_a_network_is_coherent(
    seed: int, centers: int, editions: int, sessions: int, people: int, rooms: int, trainers: int
) -> None:
    """A network of any size has no findings and the given size."""
    portfolio = network(
        seed, centers=centers, editions_per_center=editions, sessions_per_edition=sessions,
        participants_per_edition=people * 5, rooms_per_center=rooms, trainers_per_center=trainers,
    )  # fmt: skip
    assert check(portfolio).findings == ()
    assert len(portfolio.all(Center)) == centers
    assert len(portfolio.all(Room)) == centers * rooms
    assert len(portfolio.all(Session)) == centers * editions * sessions
    assert len(portfolio.all(Attendance)) == centers * editions * sessions * people * 5


def test_the_seed_decides_all() -> None:
    """The same seed gives the same network, another one another."""
    assert network(7, centers=3) == network(7, centers=3)
    assert network(7, centers=3) != network(8, centers=3)


def test_a_large_season_uses_all_rooms_and_trainers() -> None:
    """1,200 sessions in 20 editions keep 40 rooms and 60 trainers busy without a clash."""
    portfolio = network(
        1, centers=1, editions_per_center=20, sessions_per_edition=60, rooms_per_center=40,
        trainers_per_center=60, attendance=False,
    )  # fmt: skip
    assert len(portfolio.all(Session)) == 1200
    assert len({each.room_id for each in portfolio.all(Session)}) == 40
    assert len({each.person_id for each in portfolio.all(Assignment)}) == 60
    assert check(portfolio).findings == ()


def test_without_attendance_nobody_is_counted() -> None:
    """A network that is only planned holds no attendance and no head count."""
    portfolio = network(1, centers=2, attendance=False)
    assert portfolio.all(Attendance) == ()
    assert portfolio.all(Headcount) == ()


def test_some_participants_come_back() -> None:
    """If editions share a room in turn, fewer persons have a seat than there are seats."""
    portfolio = network(
        1, centers=1, editions_per_center=3, rooms_per_center=1, participants_per_edition=20
    )
    assert len(head_count(portfolio).enrolled) == 3 * 20 - 2 * 2


def test_impossible_sizes_are_refused_together() -> None:
    """Every size that is not a whole number of 1 or more is named."""
    with pytest.raises(InvariantError) as caught:
        network(1, centers=0, rooms_per_center=-1, trainers_per_center=True)
    assert [problem.path for problem in caught.value.problems] == [
        "centers",
        "rooms_per_center",
        "trainers_per_center",
    ]
