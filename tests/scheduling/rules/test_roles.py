"""Waivers of a role: a host may be in two places at once."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.chrono import Period
from mic_core.findings import Policy, Waiver
from mic_core.model import Assignment, Session
from mic_core.model.session import ASSIGNMENT_ROLES
from mic_core.portfolio import Portfolio
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules.overlap import PersonOverlap
from tests.scheduling import worlds
from tests.scheduling.nouns import (
    DAY,
    MIC,
    edition,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
)

ROLES = st.sampled_from(ASSIGNMENT_ROLES)


def policy(*roles: str) -> Policy:
    """Waivers of roles for overlaps of persons."""
    reason = "a host walks from room to room"
    return Policy(
        waivers=tuple(Waiver(code="person-overlap", role=each, reason=reason) for each in roles)
    )


def twice(*parts: Assignment) -> Portfolio:
    """Two sessions at one time, given by the same people."""
    listed = (session("a", "09:00", edition_id="e"), session("b", "09:30", edition_id="e"))
    rooms = (room("r"), room("q"))
    return Portfolio.of(MIC, *rooms, *people("p", "q"), edition(), *listed, *parts)


def part(id: str, of: str, role: str, person: str = "p") -> Assignment:
    """An assignment in a role."""
    return Assignment(id=id, session_id=of, person_id=person, role=role)


@pytest.mark.parametrize(
    ("in_a", "in_b", "roles", "waived_by"),
    [
        (["host"], ["host"], ("host",), ["host"]),
        (["host"], ["lead"], ("host", "lead"), ["host", "lead"]),
        (["host", "lead"], ["host"], ("host",), ["host"]),
        (["host", "lead"], ["lead", "host"], (), []),
        (["host", "host"], ["coach", "lead"], ("host",), ["host"]),
    ],
)
def test_a_role_is_waived_where_it_is_all_that_somebody_does(
    in_a: list[str], in_b: list[str], roles: tuple[str, ...], waived_by: list[str]
) -> None:
    """Who also leads in both sessions cannot be in two places, whatever is waived."""
    parts = [
        part(f"{of}{n}", of, role)
        for of, mine in (("a", in_a), ("b", in_b))
        for n, role in enumerate(mine)
    ]
    portfolio = twice(*parts)
    (found,) = check(portfolio, rules=[PersonOverlap()]).findings
    assert found.fact("roles") == roles
    for role in ASSIGNMENT_ROLES:
        report = check(portfolio, rules=[PersonOverlap()], policy=policy(role))
        assert bool(report.waived) is (role in waived_by)
        assert report.ok is (role in waived_by)


@given(worlds.portfolios(), st.lists(ROLES, min_size=24, max_size=24), ROLES)
def test_a_waived_role_is_as_if_its_assignments_were_not(
    world: Portfolio, drawn: list[str], role: str
) -> None:
    """What is left beside the waived findings is found without all assignments of the role."""
    parts = [attrs.evolve(each, role=drawn[n % 24]) for n, each in enumerate(world.all(Assignment))]
    sessions = [attrs.evolve(each, title=each.id) for each in world.all(Session)]
    others = [
        each for batch in world.log for each in batch.values
        if not isinstance(each, Assignment | Session)
    ]  # fmt: skip
    whole = Portfolio.of(*others, *sessions, *parts)
    without = Portfolio.of(*others, *sessions, *(each for each in parts if each.role != role))
    left = check(whole, rules=[PersonOverlap()], policy=policy(role)).findings
    naive = check(without, rules=[PersonOverlap()]).findings
    assert [each.subjects for each in left] == [each.subjects for each in naive]


def test_waivers_of_other_people_and_of_no_role_are_as_before() -> None:
    """A role narrows a waiver, beside its subjects; without one, the role does not matter."""
    portfolio = twice(part("1", "a", "host"), part("2", "b", "host"))
    host = policy("host").waivers[0]
    for waiver, lifts in (
        (host, True),
        (attrs.evolve(host, subjects=("person:p",)), True),
        (attrs.evolve(host, subjects=("person:q",)), False),
        (attrs.evolve(host, role="coach"), False),
        (attrs.evolve(host, role=None), True),
        (attrs.evolve(host, code="room-overlap"), False),
    ):
        report = check(portfolio, rules=[PersonOverlap()], policy=Policy(waivers=(waiver,)))
        assert report.ok is lifts


def test_a_trainer_who_is_proposed_would_lead() -> None:
    """A finding about a placement with a chosen trainer knows the role that would be recorded."""
    portfolio = Portfolio.of(
        MIC, room("r"), room("q"), *people("p"), program(module("m", trainers=("p",))), edition(),
        session("a", "09:00", edition_id="e"), session("b", module_id="m", edition_id="e"),
        part("1", "a", "host"),
    )  # fmt: skip
    found = why_not(portfolio, "b", slot("09:30"), "q", trainer_id="p", rules=[PersonOverlap()])
    assert [each.fact("roles") for each in found.findings] == [("host", "lead")]


def test_repair_leaves_a_waived_host_where_they_are() -> None:
    """A waived overlap is no violation to be mended; one of leads is."""
    hosts = twice(part("1", "a", "host"), part("2", "b", "host"))
    given_ = {"rules": [PersonOverlap()], "window": Period.days(DAY, DAY)}
    assert repair(hosts, "e", policy=policy("host"), **given_).changes == ()  # type: ignore[arg-type]
    leads = twice(gives("p", "a"), gives("p", "b"))
    assert repair(leads, "e", policy=policy("host"), **given_).changes != ()  # type: ignore[arg-type]
