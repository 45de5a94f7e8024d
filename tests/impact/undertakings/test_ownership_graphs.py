"""Ownership graphs: every small one against the rules, each applied naively one after the other."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.impact.tables.undertakings.size_class import size_class
from mic_core.model import Ownership
from mic_core.portfolio import Portfolio
from tests.impact.undertakings.firms import ON, firm, person, stake, year

Stakes = Mapping[tuple[str, str], Decimal]
FIRMS = "abc"
_STAFF = {"a": 7, "b": 40, "c": 300}


def linked(stakes: Stakes, people: str = "") -> dict[str, set[str]]:
    """The group of each firm: groups merge while the votes of one are a majority in a firm."""
    groups = {each: {each} for each in FIRMS}

    def merge(one: str, other: str) -> bool:
        if groups[one] is groups[other]:
            return False
        both = groups[one] | groups[other]
        for each in both:
            groups[each] = both
        return True

    is_new = True
    while is_new:
        is_new = False
        for held in FIRMS:
            for owner in FIRMS:
                votes = sum(stakes.get((each, held), Decimal(0)) for each in groups[owner])
                own = stakes.get((owner, held), Decimal(0))
                if own and votes > Decimal("0.5") and merge(owner, held):
                    is_new = True
        for one in people:
            controlled: set[str] = set()
            for _ in FIRMS:
                controlled = {
                    held
                    for held in FIRMS
                    if stakes.get((one, held))
                    and stakes[one, held]
                    + sum(
                        stakes.get((each, held), Decimal(0))
                        for each in FIRMS
                        if groups[each] & controlled
                    )
                    > Decimal("0.5")
                }
            for first in controlled:
                for second in controlled:
                    is_new = merge(first, second) or is_new
    return groups


def naive_members(stakes: Stakes, people: str = "") -> dict[str, Fraction]:
    """The firms that count for the first one, each with its share."""
    groups = linked(stakes, people)
    own = groups["a"]
    shares = dict.fromkeys(own, Fraction(1))
    for other in FIRMS:
        if other in own:
            continue
        theirs = groups[other]
        ties = [
            sum(stakes.get((owner, held), Decimal(0)) for owner in owners)
            for owners, firms in ((own, theirs), (theirs, own))
            for held in firms
        ]
        if max(ties) >= Decimal("0.25"):
            shares[other] = min(Fraction(max(ties)), Fraction(1))
    return shares


def found_members(stakes: Stakes, people: str = "") -> dict[str, Fraction]:
    """The members of the group of the first firm, by the library."""
    known = Portfolio.of(
        *(firm(each, markets=("food",)) for each in FIRMS), *map(person, people),
        *(
            stake(owner, held, str(share), holder="person" if owner in people else "enterprise")
            for (owner, held), share in stakes.items()
        ),
        *(year(id, staff, 1, 1) for id, staff in _STAFF.items()),
    )  # fmt: skip
    found = size_class(known, "a", on=ON)
    shares = {each.organization_id: each.share for each in found.members}
    assert found.totals["staff"][0] == sum(share * _STAFF[id] for id, share in shares.items())
    return shares


def graphs() -> Iterator[Stakes]:
    """Every graph of three firms, each stake none, below a quarter, a partner's, or a majority."""
    pairs = [*permutations(FIRMS, 2)]
    for shares in product(("0", "0.2", "0.3", "0.6"), repeat=len(pairs)):
        yield {pair: Decimal(each) for pair, each in zip(pairs, shares, strict=True) if each != "0"}


def test_all_graphs_of_three_firms() -> None:
    """All 4,096 graphs, contradictory ones too, have the members that the rules say."""
    wrong = [each for each in graphs() if found_members(each) != naive_members(each)]
    assert wrong == []


_shares = st.sampled_from(["0", "0", "0.2", "0.3", "0.45", "0.6"])


@given(st.lists(_shares, min_size=10, max_size=10))
def test_graphs_with_persons(shares: list[str]) -> None:
    """A person who controls firms on one market links them, also through firms it controls."""
    pairs = [*permutations(FIRMS, 2), *(("p", each) for each in FIRMS), ("q", "a")]
    stakes = {pair: Decimal(each) for pair, each in zip(pairs, shares, strict=True) if each != "0"}
    assert found_members(stakes, "pq") == naive_members(stakes, "pq")


@given(st.permutations([("b", "a", "0.3"), ("c", "a", "0.3"), ("c", "b", "0.6")]))
def test_order_does_not_matter(order: list[tuple[str, str, str]]) -> None:
    """The order of records changes nothing."""
    stakes = {(owner, held): Decimal(share) for owner, held, share in order}
    assert found_members(stakes) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize(("more", "members"), [
    ({}, {"a": 1, "b": Fraction(3, 10), "c": Fraction(3, 10)}),
    ({"acting_with": ("c",)}, {"a": 1, "b": 1, "c": 1}),
    ({"controls": True}, {"a": 1, "b": 1, "c": Fraction(3, 10)}),
    ({"votes": Decimal("0.51")}, {"a": 1, "b": 1, "c": Fraction(3, 10)}),
    ({"votes": Decimal("0.4")}, {"a": 1, "b": Fraction(2, 5), "c": Fraction(3, 10)}),
])  # fmt: skip
def test_control_without_capital(more: dict[str, object], members: dict[str, Fraction]) -> None:
    """Agreements, control and votes link; partners count by the greater of capital and votes."""
    stakes: list[Ownership] = [stake("b", "a", "0.3", **more), stake("c", "a", "0.3")]
    known = Portfolio.of(*map(firm, FIRMS), *stakes)
    found = size_class(known, "a", on=ON)
    assert {each.organization_id: each.share for each in found.members} == members


def test_persons_who_act_jointly() -> None:
    """A group of persons acting jointly links the firms that it controls; two strangers do not."""

    def members(acting: tuple[str, ...]) -> set[str]:
        stakes = [
            stake(one, held, "0.3", holder="person", acting_with=acting if one == "p" else ())
            for one in "pq"
            for held in "ab"
        ]
        firms = (firm(each, markets=("food",)) for each in "ab")
        found = size_class(Portfolio.of(*firms, *map(person, "pq"), *stakes), "a", on=ON)
        return {each.organization_id for each in found.members}

    assert members(("q",)) == {"a", "b"}
    assert members(()) == {"a"}
