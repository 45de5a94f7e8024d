"""Sets of rules with a name: tuples in all but how they are shown."""

import copy
import pickle

import pytest

from mic_core.catalog.check import CATALOG
from mic_core.rules import RuleSet
from mic_core.scheduling.rules import SCHEDULE_RULES, MaxPerDay, RoomOverlap, RoomSeats

NAMED = RuleSet("ROOMS", (each() for each in (RoomOverlap, RoomSeats)))
PLAIN = (RoomOverlap(), RoomSeats())


def test_a_rule_set_is_shown_by_its_name() -> None:
    """A representation is the name under which users know the rules."""
    assert repr(NAMED) == str(NAMED) == "ROOMS"
    assert repr(CATALOG) == "CATALOG"
    assert repr(SCHEDULE_RULES) == "SCHEDULE_RULES"


def test_a_rule_set_is_a_tuple_of_its_rules() -> None:
    """A rule set equals the plain tuple, has its hash, and is an instance of it."""
    assert isinstance(NAMED, tuple)
    assert NAMED == PLAIN
    assert PLAIN == NAMED
    assert hash(NAMED) == hash(PLAIN)
    assert len({NAMED, PLAIN}) == 1
    assert len(NAMED) == 2
    assert PLAIN[0] in NAMED
    assert RuleSet("OTHER", PLAIN) == NAMED


def test_parts_and_sums_are_plain_tuples() -> None:
    """A tuple made from a rule set has no name and shows its rules."""
    more = MaxPerDay(most=2)
    for made in ((*NAMED, more), NAMED + (more,), NAMED[:1], NAMED * 2):  # noqa: RUF005
        assert type(made) is tuple
    assert NAMED + (more,) == (*PLAIN, more)  # noqa: RUF005
    assert NAMED[1:] == PLAIN[1:]
    assert NAMED[0] is next(iter(NAMED))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_keep_rules_and_name(protocol: int) -> None:
    """A rule set comes out of a pickle as it went in."""
    read: object = pickle.loads(pickle.dumps(SCHEDULE_RULES, protocol))
    assert read == SCHEDULE_RULES
    assert type(read) is type(SCHEDULE_RULES)
    assert repr(read) == "SCHEDULE_RULES"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copies_keep_rules_and_name(copied: object) -> None:
    """Shallow and deep copies are equal and have the name."""
    assert callable(copied)
    made = copied(NAMED)
    assert made == NAMED
    assert repr(made) == "ROOMS"
