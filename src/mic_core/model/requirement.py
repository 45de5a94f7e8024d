"""What somebody must meet: a tree of conditions over stated facts."""

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
    """One condition on one named fact, for instance `sessions_attended >= 8`.

    `value` is a tuple of one; several for `in`; empty for `known`, which asks only that the fact
    is known.

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
"""How deep requirements nest: more than people follow, and few enough for any program."""


def _is_shallow(parts: "tuple[Requirement | Leaf, ...]") -> Problem | None:
    """None where the parts nest few enough levels; each is looked at once a level."""
    level = parts
    for _ in range(1, MOST_LEVELS):
        below = {
            id(part): part for each in level if type(each) is Requirement for part in each.parts
        }
        level = (*below.values(),)
        if not any(type(each) is Requirement for each in level):
            return None
    rule = f"must nest requirements at most {MOST_LEVELS} levels deep"
    return Problem(path="parts", rule=rule, mend="join those of one rule")


@checked(_count_fits, _is_shallow)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Requirement:
    """All, any, some or none of several conditions, each a leaf or a requirement itself.

    Requirements nest at most 60 levels deep.

    >>> print(all_of(Leaf(fact="age", op=">=", value=(18,)), not_(Leaf(fact="banned", op="known"))))
    all of (age >= 18; not (banned known))
    """

    rule: Literal["all_of", "any_of", "n_of", "not_"]
    parts: Annotated[
        "tuple[Requirement | Leaf, ...]", Many(Either(lambda: (Leaf, Requirement)), 1, 1000)
    ]
    n: Annotated[int, Whole(least=1)] | None = None

    def __str__(self) -> str:
        word = {"all_of": "all of", "any_of": "any of", "n_of": f"{self.n} of", "not_": "not"}
        return f"{word[self.rule]} ({'; '.join(map(str, self.parts))})"


def all_of(*parts: Requirement | Leaf) -> Requirement:
    """A requirement that is met when each part is."""
    return Requirement(rule="all_of", parts=parts)


def any_of(*parts: Requirement | Leaf) -> Requirement:
    """A requirement that is met when at least one part is."""
    return Requirement(rule="any_of", parts=parts)


def n_of(n: int, *parts: Requirement | Leaf) -> Requirement:
    """A requirement that is met when at least n parts are."""
    return Requirement(rule="n_of", parts=parts, n=n)


def not_(part: Requirement | Leaf) -> Requirement:
    """A requirement that is met when its part is not."""
    return Requirement(rule="not_", parts=(part,))
