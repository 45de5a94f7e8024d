"""Programs that nobody can enter, against a search through all orders of entry."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Edition,
    Leaf,
    Period,
    Portfolio,
    Program,
    Requirement,
    all_of,
    any_of,
    check,
    n_of,
    not_,
)
from mic_core.admission.requirements.circles import unattainable_programs
from tests.admission.camp import leaf

IDS: tuple[str, ...] = ("a", "b", "c", "d")
LEAVES = st.sampled_from(
    [
        *(leaf("completed_program", "==", each) for each in (*IDS, "elsewhere")),
        leaf("entered_program", "in", "a", "b"), leaf("completed_edition", "==", "a-1"),
        leaf("completed_edition", "==", "unknown"), leaf("completed_program", "known"),
        leaf("age", ">=", 18),
    ]
)  # fmt: skip
TREES = st.recursive(
    LEAVES.map(all_of),
    lambda parts: (
        st.builds(not_, parts)
        | st.builds(all_of, parts, LEAVES)
        | st.builds(any_of, parts, LEAVES)
        | st.builds(lambda *each: n_of(2, *each), parts, LEAVES, LEAVES)
    ),
    max_leaves=5,
)


def offered(eligibility: dict[str, Requirement | None]) -> Portfolio:
    """Programs with their requirements for entry, and one edition of the first."""
    edition = Edition(id="a-1", program_id="a", center_id="mic", number=1, period=Period())
    programs = [
        Program(id=id, title=id, kind="training", eligibility=each)
        for id, each in eligibility.items()
    ]
    return Portfolio.of(edition, *programs)


def may_hold(node: Requirement | Leaf, done: Iterable[str], *, wanted: bool = True) -> bool:
    """True if a tree may be met (or not met) by somebody who can have done some programs."""
    if isinstance(node, Leaf):
        known = {"a-1": "a"}
        if not wanted or node.op == "known" or node.fact == "age":
            return True
        names = [str(each) for each in node.value]
        if node.fact.endswith("edition"):
            names = [known.get(each, each) for each in names]
        return any(each in done or each not in IDS for each in names)
    many = sum(may_hold(each, done, wanted=wanted) for each in node.parts)
    if node.rule == "not_":
        return may_hold(node.parts[0], done, wanted=not wanted)
    least = {"all_of": len(node.parts), "any_of": 1}.get(node.rule, node.n or 0)
    return many >= (least if wanted else len(node.parts) - least + 1)


@given(trees=st.lists(st.none() | TREES, min_size=4, max_size=4))
def test_unattainable_is_what_no_order_of_entry_reaches(trees: list[Requirement | None]) -> None:
    """Somebody enters program after program while one can be entered; the rest is unattainable."""
    eligibility = dict(zip(IDS, trees, strict=True))
    done: list[str] = []
    for _ in IDS:
        done += [
            id
            for id, tree in eligibility.items()
            if id not in done and (tree is None or may_hold(tree, done))
        ]
    found = unattainable_programs(offered(eligibility))
    assert found.keys() == set(IDS) - set(done)
    assert all(set(needed) <= found.keys() and needed for needed in found.values())


def test_check_reports_a_circle() -> None:
    """A program that requires itself is an error, with the programs that it waits for."""
    circle = offered({"a": all_of(leaf("completed_edition", "==", "a-1"))})
    (found,) = [each for each in check(circle).findings if each.code == "unattainable-program"]
    assert (found.subjects, found.fact("needed")) == (("program:a",), ("program:a",))
