"""Rules about the stretches that make up a day."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from mic_core.errors import InvariantError
from mic_core.model import Session
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.selection import Only
from tests.scheduling.nouns import edition, found, session, told


def day(*hours: str, minutes: int = 60, **fields: Any) -> list[Session]:
    """Sessions of the edition on one day, each from a wall time on."""
    return [
        session(f"s{n}", start, minutes, edition_id="e", **fields) for n, start in enumerate(hours)
    ]


def costs(rule: ScheduleRule, listed: Sequence[Session]) -> list[int]:
    """The cost of each breach."""
    return [each.cost for each in found(rule, edition(), listed)]


def test_a_stretch_of_the_right_length_is_well() -> None:
    """From the least to the most minutes, both included."""
    assert costs(BlockLength(least=60, most=120), day("09:00", "10:00", "14:00")) == []


@pytest.mark.parametrize(("least", "most", "cost"), [(61, None, 1), (0, 119, 1), (61, 119, 2)])
def test_a_stretch_too_short_or_too_long_costs(least: int, most: int | None, cost: int) -> None:
    """Each stretch that does not fit costs one, however many sessions it is made of."""
    rule = BlockLength(least=least, most=most)
    assert costs(rule, day("09:00", "10:00", "14:00")) == [cost]


def test_stretches_are_told() -> None:
    """The finding lists the lengths that do not fit, and what would."""
    listed = day("09:00", "10:00", "14:00")
    assert told(BlockLength(least=90), edition(), listed) == [
        "edition:e has stretches of 60 minutes on Wed 10 Sep 2014, wanted are 90 or more"
    ]
    assert told(BlockLength(least=10, most=50), edition(), listed) == [
        "edition:e has stretches of 120, 60 minutes on Wed 10 Sep 2014, wanted are 10 to 50"
    ]


def test_overlapping_sessions_are_one_stretch() -> None:
    """Sessions that touch or overlap are one block; shared minutes count once."""
    assert costs(BlockLength(most=90), day("09:00", "09:30")) == []
    assert costs(BlockLength(most=89), day("09:00", "09:30")) == [1]


def test_bounds_must_be_in_order() -> None:
    """A block cannot be longer at least than at most."""
    with pytest.raises(InvariantError, match="must not be below"):
        BlockLength(least=60, most=59)
    assert BlockLength(least=60, most=60).most == 60


@pytest.mark.parametrize(
    ("hours", "cost"),
    [
        (["09:00"], 1),
        (["09:00", "10:00"], 0),
        (["09:00", "10:01"], 2),
        (["09:00", "10:00", "14:00"], 1),
        (["09:00", "11:00", "13:00"], 3),
    ],
)
def test_what_stands_alone_costs(hours: list[str], cost: int) -> None:
    """Each session without a neighbor costs one."""
    assert costs(CompactDays(block=60), day(*hours)) == ([cost] if cost else [])


def test_a_lonely_session_is_told() -> None:
    """The finding names the day."""
    assert told(CompactDays(block=60), edition(), day("09:00")) == [
        "edition:e has 1 stretch that stands alone on Wed 10 Sep 2014"
    ]


def test_a_session_longer_than_a_block_stands_by_itself() -> None:
    """A long session needs no neighbor."""
    assert costs(CompactDays(block=60), day("09:00", minutes=61)) == []


@pytest.mark.parametrize(
    ("most", "minutes", "cost"),
    [(0, 0, 2), (1, 0, 1), (2, 0, 0), (3, 0, 0), (0, 60, 1), (0, 120, 0), (0, 119, 1)],
)
def test_long_breaks_cost(most: int, minutes: int, cost: int) -> None:
    """Of a break of one hour and one of two, those that are long and one too many cost."""
    rule = DayBreaks(most=most, minutes=minutes)
    assert costs(rule, day("09:00", "11:00", "14:00")) == ([cost] if cost else [])


def test_breaks_are_told() -> None:
    """The finding counts them."""
    assert told(DayBreaks(most=1), edition(), day("09:00", "11:00", "14:00")) == [
        "edition:e has 2 breaks of more than 0 minutes on Wed 10 Sep 2014, at most 1 are wanted"
    ]


RULES: list[Callable[..., ScheduleRule]] = [
    partial(BlockLength, least=90),
    partial(CompactDays, block=60),
    DayBreaks,
]


@pytest.mark.parametrize("rule", RULES)
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """A session that is not selected fills no gap, and another edition has a day of its own."""
    full = [
        session("a", "09:00", edition_id="e"),
        session("b", "10:00", edition_id="e", kind="talk"),
        session("c", "11:00", edition_id="e"),
    ]
    assert found(rule(), edition(), full) == []
    (breach,) = found(rule(where=Only(kind="training")), edition(), full)
    assert breach.sessions == (0, 2)
    assert found(rule(where=Only(kind="training"), of="person"), edition(), full) == []
    assert rule().entry.severity == "info"
