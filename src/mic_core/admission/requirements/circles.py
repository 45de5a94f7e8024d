"""Circles of requirements: programs that wait for each other, found as a least fixpoint."""

from collections.abc import Container, Iterator, Mapping

from mic_core.admission.requirements.judge import TruthValue, combined
from mic_core.model import Edition, Leaf, Program, Requirement
from mic_core.portfolio import Portfolio

_OF_PROGRAMS = frozenset({"completed_program", "entered_program"})
_OF_EDITIONS = frozenset({"completed_edition", "entered_edition"})


def unattainable_programs(portfolio: Portfolio) -> Mapping[str, tuple[str, ...]]:
    """The programs that nobody can ever enter, each with the programs that it waits for, sorted.

    Program by program, all are attainable whose eligibility can be met with the attainable ones,
    whatever else may hold; the rest wait for each other. A program or edition that the portfolio
    does not have may have been completed elsewhere. O(n**2) over programs and leaves at worst.
    """
    homes = {each.id: each.program_id for each in portfolio.all(Edition)}
    open_ones = {
        each.id: each.eligibility for each in portfolio.all(Program) if each.eligibility is not None
    }
    while True:
        attainable = [
            id
            for id, requirement in open_ones.items()
            if _at_best(requirement, open_ones.keys(), homes) != "not met"
        ]
        if not attainable:
            return {
                id: tuple(sorted({*_waits_for(requirement, homes)} & open_ones.keys()))
                for id, requirement in open_ones.items()
            }
        for id in attainable:
            del open_ones[id]


def _at_best(
    node: Requirement | Leaf, closed: Container[str], homes: Mapping[str, str]
) -> TruthValue:
    """The verdict where all is unknown but that some programs cannot be entered."""
    if isinstance(node, Leaf):
        asked = _programs(node, homes)
        return "not met" if asked and all(each in closed for each in asked) else "unknown"
    return combined(node, [_at_best(each, closed, homes) for each in node.parts])


def _programs(leaf: Leaf, homes: Mapping[str, str]) -> tuple[str, ...]:
    """The programs of which one has to be entered for a leaf to be met; none for other leaves."""
    if leaf.op not in {"==", "in"}:
        return ()
    values = tuple(map(str, leaf.value))
    if leaf.fact in _OF_PROGRAMS:
        return values
    if leaf.fact in _OF_EDITIONS:
        return tuple(homes.get(each, "") for each in values)  # no program has the empty id
    return ()


def _waits_for(node: Requirement | Leaf, homes: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, Leaf):
        yield from _programs(node, homes)
    else:
        for part in node.parts:
            yield from _waits_for(part, homes)
