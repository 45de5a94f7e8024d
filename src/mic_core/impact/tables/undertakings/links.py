"""Links: enterprises that a majority connects, found as a fixed point over the ownership graph.

Recommendation 2003/361/EC, annex, article 3(3): a majority of votes, the right to appoint a
majority of the board, a dominant influence, a majority by agreement with other holders, and the
same through a natural person or a group of them on one market or adjacent ones. Linked holders vote
as one, so that each link may bring about another one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import attrs

from mic_core.impact.tables.identities import connected
from mic_core.impact.tables.undertakings.holdings import Holding

HALF = Fraction(1, 2)
Markets = Mapping[str, frozenset[str]]
"""The markets of each enterprise; empty: not known."""

Adjacent = Collection[frozenset[str]]
"""The pairs of markets of which one is directly up- or downstream of the other."""

Ask = Callable[[str], bool]
"""The answer that is supposed to an open question, which is a sentence."""


@attrs.frozen(eq=False)
class Links:
    """The groups of linked enterprises: the representative of each enterprise in more than one.

    `reasons` says why an enterprise is linked, by its id.
    """

    roots: Mapping[str, str]
    reasons: Mapping[str, str]

    def root(self, id: str) -> str:
        """The representative of the group of an enterprise: itself where it stands alone."""
        return self.roots.get(id, id)


def links(
    holdings: Sequence[Holding], persons: Collection[str], public: Collection[str], *,
    through_persons: Callable[[str, str], bool],
) -> Links:  # fmt: skip
    """The links of a graph. O(stakes) for each round, of which there are at most its depth.

    `persons` are holders who are natural persons and `public` holders that are public bodies: both
    are no enterprises. `through_persons` says if two enterprises that the same persons control are
    linked.
    """
    by_held: dict[str, list[Holding]] = {}
    for each in holdings:
        by_held.setdefault(each.held, []).append(each)
    edges: list[tuple[str, str]] = []
    reasons: dict[str, str] = {}
    known = Links({}, reasons)
    while True:
        found = _new_edges(by_held, known, persons, public, through_persons)
        fresh = [
            (one, other, why) for one, other, why in found if known.root(one) != known.root(other)
        ]
        if not fresh:
            return known
        for one, other, why in fresh:
            edges.append((one, other))
            reasons.setdefault(other, why)
            reasons.setdefault(one, why)
        known = Links(connected(edges), reasons)


def _new_edges(
    by_held: Mapping[str, Sequence[Holding]], known: Links, persons: Collection[str],
    public: Collection[str], through_persons: Callable[[str, str], bool],
) -> list[tuple[str, str, str]]:  # fmt: skip
    found: list[tuple[str, str, str]] = []
    for held, stakes in by_held.items():
        enterprises = [
            each for each in stakes if each.owner not in persons and each.owner not in public
        ]
        for group, why in _majorities(enterprises, stakes, known, persons, public):
            found += [(owner, held, why) for owner in group]
    for controlled in _by_persons(by_held, known, persons):
        for one, other in combinations(controlled, 2):
            if known.root(one) != known.root(other) and through_persons(one, other):
                found.append((one, other, f"the same persons control {one} and {other}"))
    return found


def _majorities(
    enterprises: Sequence[Holding], stakes: Sequence[Holding], known: Links,
    persons: Collection[str], public: Collection[str],
) -> Iterable[tuple[list[str], str]]:  # fmt: skip
    """The groups of enterprises that have a majority in one enterprise, alone or jointly."""
    groups: dict[str, list[Holding]] = {}
    for each in enterprises:
        groups.setdefault(known.root(each.owner), []).append(each)
    alone = {root: has_control(group) for root, group in groups.items()}
    for root, group in groups.items():
        if alone[root]:
            yield [each.owner for each in group], "a majority of votes, or control"
    for group in _acting(stakes, known.root):
        members = [each for each in group if each.owner not in persons and each.owner not in public]
        roots = {known.root(each.owner) for each in members}
        # One that has the majority alone needs no agreement, which then links nobody else.
        if len(roots) > 1 and not any(alone[root] for root in roots) and has_control(group):
            yield [each.owner for each in members], "a majority of votes by agreement"


def has_control(group: Iterable[Holding]) -> bool:
    """True if stakes that count as one make a majority of votes, or one of them controls."""
    known = [*group]
    return (
        any(each.controls for each in known)
        or sum((each.votes for each in known), Fraction(0)) > HALF
    )


def _acting(stakes: Sequence[Holding], root: Callable[[str], str]) -> list[list[Holding]]:
    """The holders of one enterprise who act jointly; linked ones act as one."""
    here = {each.owner for each in stakes}
    pairs = [(each.owner, other) for each in stakes for other in sorted(each.acting_with & here)]
    pairs += [(each.owner, f"/{root(each.owner)}") for each in stakes]
    groups: dict[str, list[Holding]] = {}
    components = connected(pairs)
    for each in stakes:
        groups.setdefault(components[each.owner], []).append(each)
    return [each for each in groups.values() if len(each) > 1]


def _by_persons(
    by_held: Mapping[str, Sequence[Holding]], known: Links, persons: Collection[str]
) -> list[list[str]]:
    """The enterprises that the same persons control, alone or acting jointly, as lists."""
    controllers: dict[str, frozenset[str]] = {}
    while True:
        found = {
            held: people for held, stakes in by_held.items()
            if held not in controllers
            and (people := _controlling(stakes, known, persons, controllers))
        }  # fmt: skip
        if not found:
            break
        controllers |= found
    groups: dict[frozenset[str], list[str]] = {}
    for people in set(controllers.values()):
        # A person of a group that acts jointly counts with the group.
        groups[people] = sorted(id for id, known in controllers.items() if known <= people)
    return sorted(groups.values())


def _controlling(
    stakes: Sequence[Holding], known: Links, persons: Collection[str],
    controllers: Mapping[str, frozenset[str]],
) -> frozenset[str]:  # fmt: skip
    """The persons who control an enterprise: one alone, or a group acting jointly; else nobody."""
    by_root = {known.root(id): people for id, people in controllers.items()}
    people_here = [each for each in stakes if each.owner in persons]
    groups = [*([each] for each in people_here), *_acting(people_here, str)]
    for group in groups:
        people = frozenset(each.owner for each in group)
        theirs = [
            each for each in stakes
            if each.owner not in persons
            and (by_root.get(known.root(each.owner)) or frozenset({""})) <= people
        ]  # fmt: skip
        if has_control([*group, *theirs]):
            return people
    return frozenset()


def on_related_markets(markets: Markets, adjacent: Adjacent, one: str, other: str) -> bool | None:
    """True if two enterprises are on one market or adjacent ones; None where nobody knows.

    >>> known = {"a": frozenset({"food"}), "b": frozenset({"software"}), "c": frozenset()}
    >>> on_related_markets(known, [], "a", "b"), on_related_markets(known, [], "a", "c")
    (False, None)
    """
    first, second = markets.get(one, frozenset()), markets.get(other, frozenset())
    if not first or not second:
        return None
    return any(a == b or frozenset({a, b}) in adjacent for a in first for b in second)
