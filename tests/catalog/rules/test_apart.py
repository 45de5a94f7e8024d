"""Portfolios that have nothing to do with each other: a rule finds in all what it finds in each."""

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

import attrs
import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.findings import Finding
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES, Example, Examples

ALL = {code: trio for theme in THEMES.values() for code, trio in theme.items()}
RULES = {rule.entry.code: rule for rule in CATALOG}


NAMING = re.compile(
    "id|.*_id|about|acting_with|audience|corrects|delegates|earned_in|into|investors|kept|merged|"
    "organizations|requires|scope|subject|supports|trainers"
)
"""Fields that hold ids, or texts like `kind:id`."""
OTHERS = {
    "same-person",  # looks at what people are called, not at ids
    "same-organization",
    "travel",  # names centers itself
    "observation-unit",  # its unit is also an id
    "unattainable-program",  # requirements hold ids as plain values
}
CITED = re.compile("([a-z]+:)([A-Za-z0-9._-]+)")


def fields(value: Any) -> dict[str, Any]:
    """The fields of an attrs value, by name."""
    declared: tuple[attrs.Attribute[Any], ...] = getattr(value, "__attrs_attrs__", ())
    return {each.name: getattr(value, each.name) for each in declared if each.init}


def is_several(value: object) -> TypeGuard[tuple[Any, ...]]:
    """True if a value is a tuple."""
    return isinstance(value, tuple)


def ids_in(value: Any, *, naming: bool = False) -> Iterator[str]:
    """All ids that nouns have, name or cite."""
    for each in value if is_several(value) else ():
        yield from ids_in(each, naming=naming)
    if isinstance(value, str) and naming:
        yield value.rpartition(":")[2]
    for name, part in fields(value).items():
        yield from ids_in(part, naming=NAMING.fullmatch(name) is not None)


def marked(value: Any, ids: frozenset[str], mark: str) -> Any:
    """The same text, or several, with another id for each of some ids."""
    if is_several(value):
        return tuple(marked(each, ids, mark) for each in value)
    if not isinstance(value, str):
        return value
    if value in ids:
        return f"{mark}{value}"
    return CITED.sub(lambda m: f"{m[1]}{mark}{m[2]}" if m[2] in ids else m[0], value)


def renamed(value: Any, ids: frozenset[str], mark: str) -> Any:
    """The same nouns under other ids, wherever these are named or cited."""
    if is_several(value):
        return tuple(renamed(each, ids, mark) for each in value)
    changes: dict[str, Any] = {
        name: (marked if NAMING.fullmatch(name) else renamed)(part, ids, mark)
        for name, part in fields(value).items()
    }
    return attrs.evolve(value, **changes) if changes else value


def found(code: str, nouns: tuple[Noun, ...], example: Example) -> tuple[Finding, ...]:
    """The findings of a rule among nouns."""
    rule = ALL[code].rule or RULES[code]
    return check(Portfolio.of(*nouns), as_of=example.as_of, rules=(rule,)).findings


def parts(trio: Examples) -> Iterator[tuple[str, Example]]:
    """The three examples and the first once more, where they are judged at one moment."""
    for mark, each in zip(
        "dcba", (trio.firing, trio.silent, trio.boundary, trio.firing), strict=True
    ):
        if each.as_of == trio.firing.as_of:
            yield mark, each


@pytest.mark.parametrize("code", [code for code in ALL if code not in OTHERS])
def test_examples_side_by_side_are_told_what_each_is(code: str) -> None:
    """Under ids of their own, in any order, examples neither hide nor add anything."""
    together: list[Noun] = []
    told: list[tuple[object, ...]] = []
    for mark, example in parts(ALL[code]):
        ids = frozenset(ids_in(example.nouns))
        together += renamed(example.nouns, ids, f"{mark}.")
        told += [
            (
                each.severity,
                marked(each.subjects, ids, f"{mark}."),
                each.path,
                tuple((name, marked(fact, ids, f"{mark}.")) for name, fact in each.facts),
            )
            for each in found(code, example.nouns, example)
        ]
    for nouns in (together, together[::-1]):
        findings = found(code, tuple(nouns), ALL[code].firing)
        had = [(each.severity, each.subjects, each.path, each.facts) for each in findings]
        assert sorted(map(repr, had)) == sorted(map(repr, told))
