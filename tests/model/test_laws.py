"""The laws of each noun: where they fire, where they are silent, and where the bound lies."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.model import (
    Attendance,
    Availability,
    Credential,
    Enrollment,
    Leaf,
    Module,
    Observation,
    Ownership,
    Program,
    Requirement,
    Review,
    Session,
    Transition,
    Waitlist,
    all_of,
    any_of,
    not_,
)
from mic_core.model.expressions.requirement import MOST_LEVELS

NOW = datetime(2014, 9, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLOT = Slot.at("2014-09-10", "18:00", HOUR, "Europe/Brussels")
LONG_NIGHT = Slot.at("2014-10-26", "01:30", timedelta(hours=2), "Europe/Brussels")
YEAR = Period.year(2014)
HOURS = WeeklyHours.parse("Mo-Fr 09:00-18:00")
SCORES = (("team", Decimal(7)),)
LEAF = Leaf(fact="age", op="known")


def module(id: str = "m-1", **fields: Any) -> Module:
    """A module of some id."""
    return Module(id=id, title="Pitching", length=HOUR, **fields)


def program(*modules: Module) -> Program:
    """A program of some modules."""
    return Program(id="p", title="Boostcamp", kind="bootcamp", modules=modules)


def session(length: timedelta = HOUR, **fields: Any) -> Session:
    """A session of one hour."""
    return Session(id="s", center_id="c", title="Pitch", length=length, **fields)


def availability(**fields: Any) -> Availability:
    """When a person is away."""
    return Availability(id="a", subject="person:p", preference="unavailable", **fields)


def enrollment(**fields: Any) -> Enrollment:
    """A venture's place in an edition."""
    return Enrollment(id="e", participant_id="o", into="ed", **fields)


def transition(subject: str = "enrollment:e", **fields: Any) -> Transition:
    """A step of something."""
    return Transition(id="t", subject=subject, effective_at=NOW, **fields)


def review(**fields: Any) -> Review:
    """A review of an application."""
    return Review(id="r", application_id="a", reviewer_id="p", **fields)


def attendance(**fields: Any) -> Attendance:
    """A person at a session, or not."""
    return Attendance(id="a", session_id="s", person_id="p", **fields)


def credential(**fields: Any) -> Credential:
    """A certificate of 10 September."""
    issued = date(2014, 9, 10)
    return Credential(
        id="c", holder_id="p", kind="certificate", title="Azure", issued_on=issued, **fields
    )


def observation(**fields: Any) -> Observation:
    """A value of 6,000 visitors."""
    common: dict[str, Any] = {"evidence": "claimed", "source": "the press", "unit": "visitor"}
    return Observation(
        id="o", subject="center:c", period=YEAR, value=Decimal(6000), **common, **fields
    )


def ownership(**fields: Any) -> Ownership:
    """A quarter of an organization."""
    quarter = Decimal("0.25")
    return Ownership(id="w", capital=quarter, holder="enterprise", period=YEAR, **fields)


FIRING: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
    (
        module,
        (),
        {"requires": ("m-0", "m-1")},
        "requires: must name other modules; leave itself out",
    ),
    (
        program,
        (module(), module("m-2"), module()),
        {},
        "modules: must have different ids; rename one of them",
    ),
    (Waitlist, (), {"rule": "lottery"}, "seed: must be given for a lottery, and only then"),
    (Waitlist, (), {"seed": 0}, "seed: must be given for a lottery, and only then"),
    (
        session,
        (),
        {"slot": SLOT, "length": HOUR + timedelta(microseconds=1)},
        "slot: must last as long as `length` says; change one of the two",
    ),
    (
        session,
        (),
        {"slot": LONG_NIGHT},
        "slot: must last as long as `length` says; change one of the two",
    ),
    (session, (), {"original_on": NOW.date()}, "original_on: must come with a series_id"),
    (availability, (), {}, "slot: must be either one slot, or hours or a period; give one"),
    (
        availability,
        (),
        {"slot": SLOT, "hours": HOURS},
        "slot: must be either one slot, or hours or a period; give one",
    ),
    (
        availability,
        (),
        {"slot": SLOT, "period": YEAR},
        "slot: must be either one slot, or hours or a period; give one",
    ),
    (
        enrollment,
        (),
        {"delegates": ("p-1", "p-2")},
        "places: must be at least the number of delegates; had 1",
    ),
    (
        transition,
        (),
        {"after": "held"},
        (
            "after: must be one of requested, waitlisted, offered, enrolled, suspended, completed, "
            "incomplete, withdrawn, transferred, cancelled, declined, expired for enrollment; "
            "had text of 4 characters"
        ),
    ),
    (
        transition,
        ("session:s",),
        {"before": "draft", "after": "held"},
        "before: must be one of planned, held, cancelled for session; had text of 5 characters",
    ),
    (
        transition,
        ("application:a",),
        {"after": "enrolled", "before": "enrolled"},
        (
            "after: must be one of draft, submitted, shortlisted, withdrawn for application; "
            "had text of 8 characters"
        ),
    ),
    (
        transition,
        (),
        {"after": "enrolled", "expires_at": NOW},
        "expires_at: must be None unless a seat is offered",
    ),
    (
        review,
        (),
        {"recused": True, "scores": SCORES},
        (
            "scores: must be empty where the reviewer is recused; leave them out, or take the "
            "review as one"
        ),
    ),
    (
        attendance,
        (),
        {"status": "absent", "minutes": 1},
        "minutes: must be 0 or None for somebody who was not there; had 1",
    ),
    (
        attendance,
        (),
        {"status": "excused", "minutes": 90},
        "minutes: must be 0 or None for somebody who was not there; had 90",
    ),
    (
        credential,
        (),
        {"expires_on": date(2014, 9, 10)},
        "expires_on: must be after issued_on",
    ),
    (observation, (), {}, "indicator_id: must be given, or else a claim; give one"),
    (
        ownership,
        (),
        {"owner_id": "o", "organization_id": "o"},
        "owner_id: must be another than the organization held",
    ),
    (
        Leaf,
        (),
        {"fact": "age", "op": "known", "value": (1,)},
        "value: must hold no values; had 1 values",
    ),
    (
        Leaf,
        (),
        {"fact": "age", "op": ">="},
        "value: must hold one value, or several for in; had 0 values",
    ),
    (
        Leaf,
        (),
        {"fact": "age", "op": "==", "value": (1, 2)},
        "value: must hold one value, or several for in; had 2 values",
    ),
    (
        Leaf,
        (),
        {"fact": "age", "op": "in"},
        "value: must hold one value, or several for in; had 0 values",
    ),
    (
        Requirement,
        (),
        {"rule": "n_of", "parts": (LEAF,)},
        "n: must be given for n_of, and only then",
    ),
    (
        Requirement,
        (),
        {"rule": "all_of", "parts": (LEAF,), "n": 1},
        "n: must be given for n_of, and only then",
    ),
    (
        Requirement,
        (),
        {"rule": "n_of", "parts": (LEAF,), "n": 2},
        "n: must not exceed the number of parts; had 2",
    ),
    (
        Requirement,
        (),
        {"rule": "not_", "parts": (LEAF, LEAF)},
        "parts: must be one for not_; had 2 parts",
    ),
]

SILENT: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (module, (), {"requires": ("m-0", "m-2")}),
    (module, (), {"requires": ("m-10", "m-11")}),
    (program, (), {}),
    (program, (module(), module("m-2")), {}),
    (Waitlist, (), {"rule": "lottery", "seed": 0}),
    (Waitlist, (), {"rule": "priority"}),
    (session, (), {}),
    (session, (), {"slot": SLOT}),
    (session, (), {"slot": LONG_NIGHT, "length": timedelta(hours=2)}),
    (session, (), {"original_on": NOW.date(), "series_id": "x"}),
    (session, (), {"series_id": "x"}),
    (availability, (), {"slot": SLOT}),
    (availability, (), {"hours": HOURS}),
    (availability, (), {"period": YEAR}),
    (availability, (), {"period": YEAR, "hours": WeeklyHours()}),
    (enrollment, (), {}),
    (enrollment, (), {"delegates": ("p-1", "p-2"), "places": 2}),
    (enrollment, (), {"places": 3}),
    (transition, (), {"after": "enrolled"}),
    (transition, (), {"before": "enrolled", "after": "requested"}),
    (transition, ("session:a:b",), {"before": "held", "after": "cancelled"}),
    (transition, ("edition:e",), {"before": "draft", "after": "open"}),
    (transition, ("application:a",), {"before": "draft", "after": "submitted"}),
    (transition, (), {"after": "offered", "expires_at": NOW}),
    (transition, (), {"after": "offered"}),
    (review, (), {"recused": True}),
    (review, (), {"scores": SCORES}),
    (review, (), {"scores": SCORES, "recused": False}),
    (attendance, (), {"status": "absent", "minutes": 0}),
    (attendance, (), {"status": "excused"}),
    (attendance, (), {"status": "present", "minutes": 1}),
    (attendance, (), {"status": "partial", "minutes": 90}),
    (credential, (), {}),
    (credential, (), {"expires_on": date(2014, 9, 11)}),
    (observation, (), {"indicator_id": "V1"}),
    (observation, (), {"claim": "visitors"}),
    (ownership, (), {"owner_id": "o", "organization_id": "p"}),
    (Leaf, (), {"fact": "age", "op": "known"}),
    (Leaf, (), {"fact": "age", "op": "==", "value": (False,)}),
    (Leaf, (), {"fact": "age", "op": "in", "value": (1,)}),
    (Leaf, (), {"fact": "age", "op": "in", "value": (1, 2)}),
    (Requirement, (), {"rule": "n_of", "parts": (LEAF, LEAF), "n": 2}),
    (Requirement, (), {"rule": "n_of", "parts": (LEAF, LEAF), "n": 1}),
    (Requirement, (), {"rule": "any_of", "parts": (LEAF,)}),
    (Requirement, (), {"rule": "all_of", "parts": (LEAF, LEAF)}),
    (Requirement, (), {"rule": "not_", "parts": (LEAF,)}),
]


@pytest.mark.parametrize(("make", "parts", "fields", "message"), FIRING)
def test_laws_fire(make: Any, parts: tuple[Any, ...], fields: dict[str, Any], message: str) -> None:
    """Fields that contradict each other are refused, with the one law that they break."""
    with pytest.raises(InvariantError) as refusal:
        make(*parts, **fields)
    assert [str(each) for each in refusal.value.problems] == [message]


@pytest.mark.parametrize(("make", "parts", "fields"), SILENT)
def test_laws_are_silent(make: Any, parts: tuple[Any, ...], fields: dict[str, Any]) -> None:
    """Fields that agree are taken, also right at the bound."""
    made = make(*parts, **fields)
    assert {name: getattr(made, name) for name in fields} == fields


def test_every_noun_with_laws_is_here() -> None:
    """Each class that has laws stands in both tables."""
    lawful = {"Availability", "Attendance", "Credential", "Enrollment", "Leaf", "Module"}
    lawful |= {"Observation", "Ownership", "Program", "Requirement", "Review", "Session"}
    firing = {make.__name__.lower() for make, _, _, _ in FIRING}
    silent = {make.__name__.lower() for make, _, _ in SILENT}
    assert firing == silent == {name.lower() for name in lawful} | {"transition", "waitlist"}


def _nested(levels: int) -> Requirement:
    """A chain of nested requirements with a number of levels."""
    made = all_of(LEAF)
    for _ in range(levels - 1):
        made = all_of(LEAF, made)
    return made


def test_requirements_nest_so_deep_and_no_deeper() -> None:
    """A tree that no program could follow is refused when it is made."""
    deepest = _nested(MOST_LEVELS)
    assert (deepest.levels, deepest.nodes) == (60, 120)
    for make in (all_of, any_of, not_):
        with pytest.raises(InvariantError) as caught:
            make(deepest)
        assert str(caught.value.problems[0]) == (
            "parts: must nest requirements at most 60 levels deep; join those of one rule"
        )
    assert (hash(deepest), repr(deepest)) == (hash(_nested(60)), repr(_nested(60)))


def _doubled(levels: int) -> Requirement:
    """A requirement whose two parts are one object, on each of a number of levels."""
    made = all_of(LEAF)
    for _ in range(levels - 1):
        made = all_of(made, made)
    return made


def test_a_shared_part_counts_wherever_it_is() -> None:
    """A part in two places is printed twice, so that few objects cannot make an endless text."""
    doubled = _doubled(12)
    assert doubled.nodes == 2**12 + 2**11 - 1
    assert len(str(doubled)) > 2**11 * len(str(LEAF))
    assert (doubled == _doubled(12), hash(doubled) == hash(_doubled(12))) == (True, True)
    with pytest.raises(InvariantError) as caught:
        all_of(doubled, doubled)
    assert str(caught.value.problems[0]) == (
        "parts: must make a tree of at most 10000 nodes, shared parts counted in each place; "
        "had 12287 nodes"
    )


def test_a_tree_has_as_many_nodes_and_no_more() -> None:
    """The largest tree is made; a leaf of several values is as many nodes."""
    leaf = Leaf(fact="age", op="in", value=tuple(range(1000)))
    nine = tuple(attrs.evolve(leaf, fact=f"age_{n}") for n in range(9))
    ages = tuple(Leaf(fact=f"age_{n}", op="known") for n in range(1000))
    assert any_of(*ages[:998], all_of(*nine)).nodes == 10_000
    with pytest.raises(InvariantError, match="had 10001 nodes"):
        any_of(*ages[:999], all_of(*nine))


@pytest.mark.parametrize("status", ["held", "ofered", ""])
def test_a_status_that_no_table_knows(status: str) -> None:
    """An unknown word is refused by itself, with the nearest one where there is any."""
    with pytest.raises(InvariantError) as refusal:
        transition(before=status, after="offerd")
    told = [(each.path, each.mend) for each in refusal.value.problems]
    assert ("after", "did you mean offered?") in told
    assert (("before", "") in told) is (status == "")


def test_a_near_status_of_the_same_kind_is_offered() -> None:
    """A status of another kind is answered with the one that was likely meant."""
    with pytest.raises(InvariantError, match=r"for enrollment; .*; did you mean waitlisted\?"):
        transition(after="shortlisted")
