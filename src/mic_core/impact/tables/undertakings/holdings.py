"""Holdings: the ownership graph on a day, cut into the networks that stakes connect.

A network holds every organization and person that stakes connect over all time, so that a question
costs no more than the network. Stakes that begin or end are the only days on which it changes: the
answers between two of them are kept.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import attrs

from mic_core.impact.tables.identities import connected, kept_ids
from mic_core.model import Money, Organization, Ownership, Person
from mic_core.portfolio.portfolio import Portfolio, derived


@attrs.frozen(kw_only=True)
class Holding:
    """The stake of one holder in an enterprise on a day: shares of several records are added.

    `ids` are those of the records, `invested` their amounts of money, of which None is not known.
    """

    ids: tuple[str, ...]
    owner: str
    held: str
    capital: Fraction
    votes: Fraction
    holder: str
    controls: bool
    invested: tuple[Money | None, ...]
    acting_with: frozenset[str]

    @property
    def has_majority(self) -> bool:
        """True if the holder alone controls the enterprise."""
        return self.controls or self.votes > Fraction(1, 2)


@attrs.frozen(eq=False)
class Network:
    """The stakes that are connected over all time, and the days on which they change."""

    stakes: tuple[Ownership, ...]
    days: tuple[date, ...]

    def epoch(self, day: date) -> int:
        """The number of the span of days without a change that a day lies in."""
        return bisect_right(self.days, day)


_ALONE = Network((), ())


def network_of(portfolio: Portfolio, id: str) -> Network:
    """The network of an organization; an empty one where nobody holds it, or is held by it."""
    return derived(portfolio, _networks).get(id, _ALONE)


def networks(portfolio: Portfolio) -> tuple[Network, ...]:
    """All networks with a stake, in the order of their first stakes by id."""
    found = dict.fromkeys(derived(portfolio, _networks).values())
    return tuple(sorted(found, key=lambda each: each.stakes[0].id))


def _networks(portfolio: Portfolio) -> dict[str, Network]:
    kept = _kept(portfolio)
    stakes = [
        attrs.evolve(
            each, owner_id=kept.get(each.owner_id, each.owner_id),
            organization_id=kept.get(each.organization_id, each.organization_id),
            acting_with=tuple(sorted({kept.get(one, one) for one in each.acting_with})),
        )
        for each in portfolio.all(Ownership)
        if kept.get(each.owner_id, each.owner_id)
        != kept.get(each.organization_id, each.organization_id)
    ]  # fmt: skip
    roots = connected(
        (each.organization_id, each.owner_id, *each.acting_with) for each in stakes
    )  # fmt: skip
    by_root: dict[str, list[Ownership]] = {}
    for each in sorted(stakes, key=lambda one: one.id):
        by_root.setdefault(roots[each.organization_id], []).append(each)
    networks = {
        root: Network(
            (*known,),
            (*sorted({
                day for each in known for day in (each.period.start, each.period.end)
                if day is not None
            }),),
        )
        for root, known in by_root.items()
    }  # fmt: skip
    return {id: networks[root] for id, root in roots.items()}


def _kept(portfolio: Portfolio) -> Mapping[str, str]:
    """The ids of records that are kept, by those merged into them."""
    return {**kept_ids(portfolio, "person"), **kept_ids(portfolio, "organization")}


def holdings_on(network: Network, day: date) -> tuple[Holding, ...]:
    """The stakes of a network on a day, one for each pair of holder and held. O(stakes)."""
    pairs: dict[tuple[str, str], list[Ownership]] = {}
    for each in network.stakes:
        start, end = each.period.start, each.period.end
        if (start is None or start <= day) and (end is None or day < end):
            pairs.setdefault((each.owner_id, each.organization_id), []).append(each)
    return tuple(
        Holding(
            ids=tuple(each.id for each in known), owner=owner, held=held,
            capital=sum((Fraction(each.capital) for each in known), Fraction(0)),
            votes=sum(
                (Fraction(each.capital if each.votes is None else each.votes) for each in known),
                Fraction(0),
            ),
            # Of several records, the kind that exempts from nothing counts.
            holder=_kind_of({each.holder for each in known}),
            controls=any(each.controls for each in known),
            invested=tuple(each.invested for each in known),
            acting_with=frozenset(one for each in known for one in each.acting_with) - {owner},
        )
        for (owner, held), known in sorted(pairs.items())
    )  # fmt: skip


def _kind_of(kinds: set[str]) -> str:
    if len(kinds) == 1:
        return min(kinds)
    return "public_body" if "public_body" in kinds else "enterprise"


def is_person(portfolio: Portfolio, holding: Holding) -> bool:
    """True if a holder is a natural person, who is no enterprise."""
    if portfolio.find(Person, holding.owner) is not None:
        return True
    return holding.holder == "person" and portfolio.find(Organization, holding.owner) is None
