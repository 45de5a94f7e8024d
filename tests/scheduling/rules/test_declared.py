"""The fields of rules: their order, their defaults, and the values that they refuse."""

from collections.abc import Callable
from functools import partial
from inspect import signature

import pytest

from mic_core.chrono import WeeklyHours
from mic_core.errors import InvariantError
from mic_core.rules import ScheduleRule
from mic_core.scheduling import rules as vocabulary
from mic_core.scheduling.rules.custom import rule
from tests.scheduling.worlds import early

DECLARED = {
    "AudienceOverlap": "level=hard",
    "BlockLength": "least=0 most=None of=audience level=soft",
    "Closures": "level=hard",
    "CompactDays": "block of=audience level=soft",
    "DayBreaks": "most=0 minutes=0 of=audience level=soft",
    "DayLoad": "most of=person unit=60 level=medium",
    "DifferentDays": "of=module level=hard",
    "EditionPeriod": "level=hard",
    "MaxPerDay": "most of=edition level=hard",
    "MaxPerWeek": "most of=edition level=hard",
    "MinDays": "least of=module level=soft",
    "MinGap": "minutes of=audience level=medium",
    "ModuleOrder": "gap=0 level=hard",
    "OpeningHours": "level=hard",
    "ParticipantOverlap": "level=medium",
    "PersonOverlap": "level=hard",
    "Preferences": "level=soft",
    "PreferredTimes": "hours level=soft",
    "RoomElsewhere": "level=hard",
    "RoomFeatures": "level=hard",
    "RoomOverlap": "level=hard",
    "RoomSeats": "level=hard",
    "RoomStability": "of=module level=soft",
    "SameDay": "of=module level=hard",
    "SameRoom": "of=module level=hard",
    "SameTime": "of=edition level=soft",
    "SpreadOverWeeks": "least of=module level=soft",
    "Travel": "minutes of=person level=hard",
    "Unavailability": "level=hard",
    "WorkDay": "most of=person unit=60 level=medium",
}
EIGHT = WeeklyHours.parse("Mo-Fr 08:00-12:00")
HERE = {"hours": EIGHT, "minutes": 30, "most": 3, "least": 2, "block": 60}


def taken(of: Callable[..., object]) -> str:
    """The parameters of a rule, each with its default."""
    return " ".join(
        each.name if each.default is each.empty else f"{each.name}={each.default}"
        for each in signature(of).parameters.values()
    )


@pytest.mark.parametrize("name", DECLARED)
def test_a_rule_takes_what_is_declared(name: str) -> None:
    """Fields, order and defaults are part of the vocabulary; weight and selection are common."""
    made: Callable[..., ScheduleRule] = getattr(vocabulary, name)
    assert taken(made) == f"{DECLARED[name]} weight=1 where=None"
    wanted = {key: HERE[key] for key in DECLARED[name].split() if key in HERE}
    for level, severity in (("hard", "error"), ("medium", "warning"), ("soft", "info")):
        assert made(**wanted, level=level).entry.severity == severity


def test_each_rule_is_declared() -> None:
    """No rule of the house is missing from the list."""
    public = {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    known = {name for name, each in public.items() if hasattr(each, "terms") and callable(each)}
    assert known - {"FunctionRule", "ScheduleRule"} == set(DECLARED)


def test_a_rule_of_ones_own_takes_what_is_declared() -> None:
    """Only the code, the level and the law have to be said."""
    assert taken(rule) == (
        "code level scope=session of=all law why=a rule of the house "
        "source=the organization itself sentence=None mend=place it otherwise "
        "weight=1 where=None given=None facts=()"
    )


WHOLE, MINUTES = "must be a whole number", "must be a whole number of minutes"
SMALL, TEXT = "had a whole number; it is too small", "had text of 6 characters"
FUNCTION = "must be a function of a session"
KINDS = "edition, audience, module, series, person, room, center, all"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("BlockLength", {"least": 60, "most": 59}, "most: must not be below `least`"),
        ("BlockLength", {"least": -1}, f"least: {MINUTES}, 0 or more; {SMALL}"),
        ("MaxPerDay", {"most": -1}, f"most: {WHOLE}, 0 or more; {SMALL}"),
        ("MaxPerDay", {"most": {"e": -1}}, f"most[0].value: {WHOLE}, 0 or more; {SMALL}"),
        ("MinDays", {"least": 0}, f"least: {WHOLE}, 1 or more; {SMALL}"),
        ("MinDays", {"least": {"e": 0}}, f"least[0].value: {WHOLE}, 1 or more; {SMALL}"),
        ("DayLoad", {"most": 60, "unit": 0}, f"unit: {MINUTES}, 1 or more; {SMALL}"),
        ("SameDay", {"weight": 0}, f"weight: {WHOLE}, 1 or more; {SMALL}"),
        ("SameDay", {"level": "strict"}, f"level: must be one of hard, medium, soft; {TEXT}"),
        ("SameDay", {"of": "nobody"}, f"of: must be one of {KINDS}; {TEXT}"),
        (
            "SameDay", {"where": 1},
            f"where: {FUNCTION}, such as Only(...), or None; had a whole number",
        ),
        (
            "PreferredTimes", {"hours": "Mo 08h"},
            f"hours: must be a WeeklyHours; {TEXT}; read it with WeeklyHours.parse",
        ),
    ],
)  # fmt: skip
def test_what_a_rule_refuses_is_told(name: str, given: dict[str, object], told: str) -> None:
    """The field, what it must be, and what it was, without the value itself."""
    with pytest.raises(InvariantError) as raised:
        getattr(vocabulary, name)(**given)
    assert [str(each) for each in raised.value.problems] == [told]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("BlockLength", {"least": 60, "most": 60}), ("MaxPerDay", {"most": 0}),
        ("MaxPerDay", {"most": {"e": 0}}), ("MinDays", {"least": 1}), ("MinGap", {"minutes": 0}),
        ("DayLoad", {"most": 0, "unit": 1}), ("SameDay", {"weight": 1, "where": callable}),
    ],
)  # fmt: skip
def test_what_a_rule_takes_at_least(name: str, given: dict[str, object]) -> None:
    """The smallest that each field may be is taken."""
    made = getattr(vocabulary, name)(**given)
    assert {key: getattr(made, key) for key in given if given[key].__class__ is int}.items() <= (
        given.items()
    )


def test_a_function_of_the_timetable_is_asked_once() -> None:
    """The scope `timetable` has no groups to name."""
    wide = partial(rule, "late", "soft", law="Nobody likes mornings.", scope="timetable")
    assert wide()(early).scope == "timetable"
    with pytest.raises(InvariantError) as raised:
        wide(of="room")(early)
    told = [str(each) for each in raised.value.problems]
    assert told == ["of: must be all where the scope is the timetable"]
