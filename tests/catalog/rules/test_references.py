"""Rules about references: that they lead somewhere, to one thing, and not in a circle."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.catalog.rules.references import (
    AMBIGUOUS_REFERENCE,
    CYCLIC_PREREQUISITE,
    DANGLING_REFERENCE,
    DUPLICATE_ID,
    ILLEGAL_HISTORY,
    cycles,
)
from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.model import (
    KINDS,
    TABLES,
    Noun,
    Organization,
    Person,
    Program,
    Retraction,
    Transition,
)
from mic_core.model.references import references
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.log import key_of
from mic_core.rules import PortfolioRule
from mic_core.samples import brussels_2014
from tests.budget import one_in
from tests.scheduling.nouns import (
    MIC,
    edition,
    gives,
    module,
    people,
    program,
    room,
    seat,
    session,
)
from tests.strategies import portfolios


def of(rule: PortfolioRule, *nouns: Noun) -> tuple[Finding, ...]:
    """The findings of one rule among some nouns."""
    return check(Portfolio.of(*nouns), rules=[rule]).findings


def test_what_leads_nowhere_is_named() -> None:
    """The finding says in which field, of which kind, and which id."""
    (found,) = of(DANGLING_REFERENCE, MIC, room(), session("a", room_id="r", edition_id="gone"))
    assert (found.subjects, found.path) == (("session:a",), "edition_id")
    assert found.message == "session:a: edition_id names gone, but no edition has that id"
    assert of(DANGLING_REFERENCE, MIC, room(), session("a", room_id="r")) == ()


def test_an_id_of_another_kind_is_no_answer() -> None:
    """A room of the name of the edition does not make the edition."""
    assert len(of(DANGLING_REFERENCE, MIC, room("e"), session("a", edition_id="e"))) == 1


def test_modules_are_found_in_programs() -> None:
    """A module belongs to the program that holds it."""
    one = session("a", module_id="m")
    assert len(of(DANGLING_REFERENCE, MIC, one)) == 1
    assert of(DANGLING_REFERENCE, MIC, one, program(module("m"))) == ()


@one_in(2)
@given(portfolio=portfolios())
def test_every_reference_is_followed(portfolio: Portfolio) -> None:
    """Each reference of each value is found if and only if nothing bears its id."""
    held = {key_of(value) for value in portfolio.values()}
    held |= {("module", id) for id in portfolio.modules()}
    naive = sorted(
        (*key_of(value), each.path, each.id)
        for value in portfolio.values()
        for each in references(value)
        if not isinstance(value, Retraction)
        and not any((kind, each.id) in held for kind in each.kinds)
    )
    found = DANGLING_REFERENCE.find(portfolio, None)
    assert naive == sorted(
        (*each.subjects[0].split(":", 1), each.path, each.facts["had"]) for each in found
    )


FIRM = Organization(id="p", name="P", kind="venture", country="BE")


def test_an_id_of_a_person_and_of_an_organization_is_ambiguous() -> None:
    """An ambiguous participant is not resolved; the finding names both kinds."""
    nouns: tuple[Noun, ...] = (MIC, edition("e"), *people("p"), *seat("p", "e"))
    (found,) = of(AMBIGUOUS_REFERENCE, *nouns, FIRM)
    assert {"person:p", "organization:p"} < set(found.subjects)
    assert found.path == "participant_id"
    assert of(AMBIGUOUS_REFERENCE, *nouns) == ()


def test_an_id_of_two_kinds_that_nobody_names_is_fine() -> None:
    """Ids are unique among their kind only."""
    assert of(AMBIGUOUS_REFERENCE, *people("p"), FIRM, gives("p", "s")) == ()


def test_two_values_under_one_id_are_found() -> None:
    """Different values of one instant; the same value twice is one."""
    assert of(DUPLICATE_ID, room("r", 3), room("r", 3)) == ()
    (found,) = of(DUPLICATE_ID, room("r", 3), room("r", 4))
    moment = datetime(2014, 9, 1, tzinfo=UTC)
    batches = [
        Batch(recorded_at=moment, actor=actor, values=(room("r", seats),))
        for actor, seats in (("a", 3), ("b", 4), ("c", 3))
    ]
    (again,) = check(Portfolio.replay(batches), rules=[DUPLICATE_ID]).findings
    assert again.message == "room:r: one id, 2 values"
    assert found.message == "room:r: one id, 2 values"


def test_a_later_value_supersedes_an_earlier_one() -> None:
    """A later record under an id is a change, not a duplicate."""
    batches = [
        Batch(recorded_at=datetime(2014, 9, day, tzinfo=UTC), values=(room("r", day),))
        for day in (1, 2)
    ]
    assert check(Portfolio.replay(batches), rules=[DUPLICATE_ID]).findings == ()


def test_a_module_of_two_programs_is_found() -> None:
    """Ids of modules are unique among all programs."""
    one, other = (
        Program(id=id, title=id, kind="bootcamp", modules=(module("m"),)) for id in ("p", "q")
    )
    (found,) = of(DUPLICATE_ID, one, other)
    assert found.subjects == ("module:m", "program:p", "program:q")
    assert of(DUPLICATE_ID, one) == ()


def test_modules_that_require_each_other_are_found() -> None:
    """A circle is one finding; what merely leads to it is in none."""
    circle = (
        module("a", requires=("b",)),
        module("b", requires=("c",)),
        module("c", requires=("a",)),
        module("d", requires=("a", "gone")),
    )
    (found,) = of(CYCLIC_PREREQUISITE, program(*circle))
    assert found.subjects == ("module:a", "module:b", "module:c")
    assert found.message == "module:a and module:b and module:c require each other in a circle"
    assert of(CYCLIC_PREREQUISITE, program(*circle[:2])) == ()


NODES = "abcdef"
GRAPHS = st.dictionaries(
    st.sampled_from(NODES),
    st.lists(st.sampled_from(NODES), max_size=4, unique=True).map(tuple),
).map(lambda arcs: {node: arcs.get(node, ()) for node in NODES})


def reach(follows: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    """All nodes that a node leads to."""
    seen: set[str] = set()
    waiting = list(follows[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += follows[node]
    return seen


@given(follows=GRAPHS)
def test_circles_are_the_sets_that_lead_to_one_another(
    follows: dict[str, tuple[str, ...]],
) -> None:
    """Two nodes are in one circle if and only if each leads to the other."""
    leads = {node: reach(follows, node) for node in follows}
    naive = {
        frozenset(
            each for each in NODES if each == node or (each in leads[node] and node in leads[each])
        )
        for node in NODES
    }
    found = [frozenset(circle) for circle in cycles(follows)]
    assert len(found) == len(set(found))
    assert set(found) == {circle for circle in naive if len(circle) > 1}


def test_a_circle_may_lie_behind_what_leads_to_it() -> None:
    """A node that leads into a cycle is not in it, however far away the search began."""
    follows = {"r": ("a",), "a": ("b",), "b": ("c", "x"), "c": ("d",), "d": ("b",), "x": ()}
    assert [set(each) for each in cycles(follows)] == [{"b", "c", "d"}]
    larger = {**follows, "c": ("d", "a")}
    assert [set(each) for each in cycles(larger)] == [{"a", "b", "c", "d"}]


def test_a_long_chain_needs_no_depth() -> None:
    """A hundred thousand modules in a row, and back to the first, are one circle."""
    size = 100_000
    follows = {str(n): (str((n + 1) % size),) for n in range(size)}
    (circle,) = cycles(follows)
    assert len(circle) == size


def step(n: int, before: str | None, after: str, **fields: Any) -> Transition:
    """The n-th step of a session."""
    at = datetime(2014, 9, n, tzinfo=UTC)
    values: dict[str, Any] = {"subject": "session:a", **fields}
    return Transition(id=f"t{n}", before=before, after=after, effective_at=at, **values)


@pytest.mark.parametrize(
    ("steps", "paths"),
    [
        ([], []),
        ([step(1, "planned", "held")], []),
        ([step(1, None, "planned"), step(2, "planned", "cancelled")], []),
        ([step(1, "held", "cancelled")], ["before"]),
        ([step(1, "planned", "held"), step(2, "held", "planned")], ["after"]),
        ([step(1, "planned", "held"), step(2, None, "planned")], ["before"]),
        ([step(1, "planned", "cancelled"), step(2, "planned", "held")], ["before"]),
    ],
)
def test_histories_follow_their_table(steps: list[Transition], paths: list[str]) -> None:
    """Each step starts where the one before it ended, and leads where the table leads."""
    found = of(ILLEGAL_HISTORY, MIC, session("a"), *steps)
    assert [each.path for each in found] == paths
    assert all("session:a" in each.subjects for each in found)


def test_an_illegal_step_says_what_would_be_legal() -> None:
    """The finding names the status, what was said, and what may follow."""
    (found,) = of(ILLEGAL_HISTORY, MIC, session("a", status="held"), step(1, "held", "planned"))
    assert found.message == "session:a is held and is said to have become planned"
    assert found.fact("needed") == TABLES["session"].follows["held"]


def test_a_history_of_what_is_not_there_is_left_to_references() -> None:
    """Nobody can judge the steps of something unknown."""
    assert of(ILLEGAL_HISTORY, MIC, step(1, "held", "planned")) == ()


@given(
    path=st.lists(st.sampled_from(TABLES["enrollment"].statuses), min_size=1, max_size=5),
)
def test_a_walk_through_the_table_is_legal_step_by_step(path: list[str]) -> None:
    """Of any walk exactly the steps that the table does not have are found."""
    enrollment, _ = seat("p", "e")
    subject = f"enrollment:{enrollment.id}"
    steps: list[Transition] = []
    wrong = 0
    status = "requested"
    for n, after in enumerate(path, 1):
        steps.append(step(n, status, after, subject=subject))
        wrong += after not in TABLES["enrollment"].follows[status]
        status = after
    found = of(ILLEGAL_HISTORY, MIC, edition("e"), *people("p"), enrollment, *steps)
    assert len(found) == wrong


SEASON = tuple(brussels_2014().values())
ORGANIZATIONS = tuple(each.id for each in SEASON if isinstance(each, Organization))


@given(st.sets(st.integers(0, len(SEASON) - 1)), st.sets(st.sampled_from(ORGANIZATIONS)))
@one_in(4)
def test_sets_of_ids_find_what_a_walk_over_references_finds(
    left_out: set[int], named_twice: set[str]
) -> None:
    """What dangles, and what is ambiguous, is what each reference by itself says."""
    people = [Person(id=id, name="Ada") for id in sorted(named_twice)]
    kept = [each for n, each in enumerate(SEASON) if n not in left_out]
    portfolio = Portfolio.of(*kept, *people)
    ids = {(KINDS[type(each)], each.id) for each in portfolio.values()}
    ids |= {("module", id) for id in portfolio.modules()}
    dangling: set[tuple[str, str]] = set()
    ambiguous: set[tuple[str, str]] = set()
    for value in portfolio.values():
        name = cite(KINDS[type(value)], value.id)
        for each in references(value):
            known = sum((kind, each.id) in ids for kind in each.kinds)
            dangling |= {(name, each.path)} if known == 0 else set()
            ambiguous |= {(name, each.path)} if known > 1 else set()
    for rule, expected in ((DANGLING_REFERENCE, dangling), (AMBIGUOUS_REFERENCE, ambiguous)):
        breaches = [*rule.find(portfolio, None)]
        assert {(each.subjects[0], each.path) for each in breaches} == expected
        assert len(breaches) == len(expected)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from([None, "x", "y"]), st.sampled_from("ab"),
            st.integers(0, 2),
        )
    )
)  # fmt: skip
def test_contested_ids_are_those_of_the_last_instant(
    facts: list[tuple[int, str | None, str, int]],
) -> None:
    """An id has as many values as were recorded under it at its last instant, if it is current."""
    batches: list[Batch] = []
    latest: dict[str, tuple[int, set[int]]] = {}
    for hour, actor, id, seats in facts:
        fact = room(id, seats) if seats else Retraction(id=f"r-{id}-{hour}", subject=f"room:{id}")
        at = datetime(2014, 9, 10, hour, tzinfo=UTC)
        batches.append(Batch(recorded_at=at, actor=actor, values=(fact,)))
        if seats:
            last, values = latest.get(id, (hour, set[int]()))
            if hour >= last:
                latest[id] = hour, {seats} | (values if hour == last else set[int]())
    portfolio = Portfolio.replay(batches)
    found = {each.subjects[0]: each.facts["had"] for each in DUPLICATE_ID.find(portfolio, None)}
    assert found == {
        f"room:{id}": len(values)
        for id, (_, values) in latest.items()
        if len(values) > 1 and portfolio.find("room", id) is not None
    }
