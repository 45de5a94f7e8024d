"""Requirements: Boolean expression trees over named facts, for eligibility and completion."""

from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import Either, Many, Scalar, Whole
from mic_core.model.vocabulary import Free, Word

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "known"]


def _value_fits(op: str, value: tuple[Free, ...]) -> Problem | None:
    wanted = {"known": 0, "in": len(value) or 1}.get(op, 1)
    if len(value) != wanted:
        rule = f"must hold {'no values' if op == 'known' else 'one value, or several for in'}"
        return Problem(path="value", rule=rule, had=f"{len(value)} values")
    return None


@checked(_value_fits)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Leaf:
    """A comparison of one named fact with a value, for instance `sessions_attended >= 8`.

    `value` is a tuple of one value; several for `in`; none for `known`, which only requires that
    the fact is known.

    >>> print(Leaf(fact="sessions_attended", op=">=", value=(8,)))
    sessions_attended >= 8
    """

    fact: Word
    op: Operator
    value: Annotated[tuple[Free, ...], Many(Scalar(), most=1000)] = ()

    def __str__(self) -> str:
        return " ".join([self.fact, self.op, ", ".join(map(str, self.value))]).rstrip()


def _count_fits(rule: str, parts: tuple[object, ...], n: int | None) -> Problem | None:
    if (rule == "n_of") != (n is not None):
        return Problem(path="n", rule="must be given for n_of, and only then")
    if n is not None and n > len(parts):
        return Problem(path="n", rule="must not exceed the number of parts", had=str(n))
    if rule == "not_" and len(parts) != 1:
        return Problem(path="parts", rule="must be one for not_", had=f"{len(parts)} parts")
    return None


MOST_LEVELS = 60
"""Levels: more than people can follow, few enough for recursive readers and JSON parsers."""

MOST_NODES = 10_000
"""Nodes of a tree: requirements, and leaves, an `in` once for each value. More than anybody writes,
few enough to print and to compare. A shared part counts in each place: it is one object in memory,
but a text of its own wherever it is printed."""


def _levels(part: "Requirement | Leaf") -> int:
    return part.levels if isinstance(part, Requirement) else 0


def _nodes(part: "Requirement | Leaf") -> int:
    return part.nodes if isinstance(part, Requirement) else max(1, len(part.value))


def _is_small(parts: "tuple[Requirement | Leaf, ...]") -> Problem | None:
    """Law: the depth and the size of the tree are limited."""
    if max(map(_levels, parts)) >= MOST_LEVELS:
        rule = f"must nest requirements at most {MOST_LEVELS} levels deep"
        return Problem(path="parts", rule=rule, mend="join those of one rule")
    nodes = 1 + sum(map(_nodes, parts))
    if nodes > MOST_NODES:
        rule = f"must make a tree of at most {MOST_NODES} nodes, shared parts counted in each place"
        return Problem(path="parts", rule=rule, had=f"{nodes} nodes")
    return None


def _extent(
    rule: str, parts: "tuple[Requirement | Leaf, ...]", n: int | None
) -> tuple[int, int] | None:
    """Derived fields: levels and nodes of the tree; None where a law is broken."""
    if _count_fits(rule, parts, n) or _is_small(parts):
        return None
    return 1 + max(map(_levels, parts)), 1 + sum(map(_nodes, parts))


@checked(_count_fits, _is_small, derive=_extent)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Requirement:
    """A requirement: a Boolean combination (all, any, n of, not) of leaves and requirements.

    `rule` is the operator. `parts` are its operands, exactly one for a negation. `n` is the least
    number of parts that must be met, for n_of; None for all other operators. `levels` and
    `nodes` are derived: the depth of the tree, at most 60, and its size, at most 10,000, in
    which a shared part counts in each place and an `in` once for each value.

    >>> print(all_of(Leaf(fact="age", op=">=", value=(18,)), not_(Leaf(fact="banned", op="known"))))
    all of (age >= 18; not (banned known))
    """

    rule: Literal["all_of", "any_of", "n_of", "not_"]
    parts: Annotated[
        "tuple[Requirement | Leaf, ...]", Many(Either(lambda: (Leaf, Requirement)), 1, 1000)
    ]
    n: Annotated[int, Whole(least=1)] | None = None
    levels: int = attrs.field(init=False, repr=False, eq=False)
    nodes: int = attrs.field(init=False, repr=False, eq=False)

    def __str__(self) -> str:
        word = {"all_of": "all of", "any_of": "any of", "n_of": f"{self.n} of", "not_": "not"}
        return f"{word[self.rule]} ({'; '.join(map(str, self.parts))})"


def all_of(*parts: Requirement | Leaf) -> Requirement:
    """Conjunction: a requirement that is met if every part is."""
    return Requirement(rule="all_of", parts=parts)


def any_of(*parts: Requirement | Leaf) -> Requirement:
    """Disjunction: a requirement that is met if at least one part is."""
    return Requirement(rule="any_of", parts=parts)


def n_of(n: int, *parts: Requirement | Leaf) -> Requirement:
    """Threshold: a requirement that is met if at least n parts are."""
    return Requirement(rule="n_of", parts=parts, n=n)


def not_(part: Requirement | Leaf) -> Requirement:
    """Negation: a requirement that is met if its part is not."""
    return Requirement(rule="not_", parts=(part,))
