"""Two published schedules of a real conference, with the clashes that are known to be in them."""

from pathlib import Path

import pytest

from mic_core.catalog.check import check
from mic_core.model import Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.score import score
from tests.fosdem import fosdem


def clashes(portfolio: Portfolio, code: str) -> list[tuple[str, ...]]:
    """The ids of the sessions in each finding of a rule."""
    return [
        tuple(each[8:] for each in finding.subjects if each.startswith("session:"))
        for finding in check(portfolio).of(code)
    ]


@pytest.mark.parametrize(
    ("year", "sessions", "rooms", "people", "minutes"),
    [("2014", 513, 23, 487, 17_985), ("2024", 674, 26, 738, 17_565)],
)
def test_a_schedule_is_read_whole(
    shared_data: Path, year: str, sessions: int, rooms: int, people: int, minutes: int
) -> None:
    """As many sessions, rooms, people and minutes as the file holds come in."""
    portfolio = fosdem(shared_data / "fosdem" / f"{year}.xml")
    held = portfolio.all(Session)
    used = {each.room_id for each in held}
    assert (len(held), len(used), len(portfolio.all(Person))) == (sessions, rooms, people)
    assert used <= {each.id for each in portfolio.all(Room)}
    assert sum(each.slot.minutes for each in held if each.slot is not None) == minutes


def test_the_schedule_of_2014_is_clean(shared_data: Path) -> None:
    """No room holds two sessions at once and nobody gives two."""
    portfolio = fosdem(shared_data / "fosdem" / "2014.xml")
    assert check(portfolio).ok
    assert score(portfolio).feasible


def test_the_schedule_of_2024_has_four_clashes(shared_data: Path) -> None:
    """One room is taken twice by a session that runs late, and two people are in two places."""
    portfolio = fosdem(shared_data / "fosdem" / "2024.xml")
    assert clashes(portfolio, "room-overlap") == [("10826", "10837"), ("10826", "10843")]
    assert clashes(portfolio, "person-overlap") == [("10858", "10862"), ("11167", "11179")]
    report = check(portfolio)
    rooms = [each.fact("shared") for each in report.of("room-overlap")]
    assert rooms == ["room:UB4.136", "room:UB4.136"]
    assert score(portfolio).hard == len(report.findings) == 4
