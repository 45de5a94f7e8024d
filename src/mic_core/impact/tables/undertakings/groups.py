"""Groups: an enterprise with those linked to it, its partners, and the public control over it.

Recommendation 2003/361/EC, annex, articles 3 and 6. A question that the facts do not settle is
asked with its sentence, and the group is worked out for each answer that is supposed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

import attrs

from mic_core.ids import cite
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.tables.undertakings.holdings import Holding, is_person
from mic_core.impact.tables.undertakings.links import (
    Adjacent,
    Ask,
    Links,
    has_control,
    links,
    on_related_markets,
)
from mic_core.impact.tables.undertakings.schemes import SizeScheme
from mic_core.model import Money, Organization
from mic_core.portfolio import Portfolio

PARTNER_SHARE = Fraction(1, 4)
Tie = Literal["own", "linked", "partner"]

_EXEMPT = frozenset({
    "public_investment", "venture_capital", "business_angel", "university", "institutional",
    "regional_fund", "local_authority",
})  # fmt: skip
"""The kinds of investor that are no partners up to a half: annex, article 3(2)."""


@attrs.frozen(kw_only=True)
class GroupMember:
    """An enterprise whose figures count, and how: by which share, and why.

    `share` is 1 for the enterprise and those linked to it, the greater share of capital or votes
    for partners. `stakes` cite the ownership behind a partnership.
    """

    organization_id: str
    tie: Tie
    share: Fraction
    why: str
    stakes: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class EnterpriseGroup:
    """The members of a group, the enterprise first, and the share that public bodies control."""

    members: tuple[GroupMember, ...]
    public: Fraction
    exempt: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[frozenset[tuple[str, str]], bool]:
        """The relations of a group: a take-over changes them, a larger share does not."""
        return (
            frozenset((each.organization_id, each.tie) for each in self.members),
            self.public >= PARTNER_SHARE,
        )


@attrs.frozen(eq=False, kw_only=True)
class LinkedGroups:
    """The groups of one network on a day, for given answers to its open questions."""

    portfolio: Portfolio
    holdings: Sequence[Holding]
    scheme: SizeScheme
    rates: ExchangeRates | None
    linked: Links
    persons: frozenset[str]
    no_enterprises: frozenset[str]
    day: date

    @classmethod
    def of(
        cls, portfolio: Portfolio, holdings: Sequence[Holding], scheme: SizeScheme,
        rates: ExchangeRates | None, adjacent: Adjacent, ask: Ask, day: date, *,
        with_persons: bool = True,
    ) -> "LinkedGroups":  # fmt: skip
        """Find the links of a network. O(stakes) for each round of the fixed point.

        Without persons those who control several enterprises link none of them, as in the single
        undertaking of de minimis aid.
        """
        persons = frozenset(each.owner for each in holdings if is_person(portfolio, each))
        public = frozenset(each.owner for each in holdings if _is_public(portfolio, each))
        ids = {each.held for each in holdings}
        markets = {
            id: frozenset(known.markets)
            for id in ids if (known := portfolio.find(Organization, id)) is not None
        }  # fmt: skip

        def through_persons(one: str, other: str) -> bool:
            if not with_persons:
                return False
            related = on_related_markets(markets, adjacent, one, other)
            if related is None:
                return ask(
                    f"the markets of {cite('organization', one)} and "
                    f"{cite('organization', other)}, which the same persons control"
                )
            return related

        found = links(holdings, persons, public, through_persons=through_persons)
        return cls(
            portfolio=portfolio, holdings=holdings, scheme=scheme, rates=rates, linked=found,
            persons=persons, no_enterprises=persons | public, day=day,
        )  # fmt: skip

    @cached_property
    def _by_root(self) -> Mapping[str, Sequence[str]]:
        """The linked enterprises by their representative."""
        found: dict[str, list[str]] = {}
        for each, root in sorted(self.linked.roots.items()):
            found.setdefault(root, []).append(each)
        return found

    @cached_property
    def _by_held(self) -> Mapping[str, Sequence[Holding]]:
        """The stakes in each enterprise."""
        found: dict[str, list[Holding]] = {}
        for each in self.holdings:
            found.setdefault(each.held, []).append(each)
        return found

    @cached_property
    def _across(self) -> Mapping[str, Sequence[Holding]]:
        """The stakes of enterprises between two groups, by the representatives of both."""
        found: dict[str, list[Holding]] = {}
        for each in self.holdings:
            holder, held = self.linked.root(each.owner), self.linked.root(each.held)
            if holder != held and each.owner not in self.no_enterprises:
                found.setdefault(holder, []).append(each)
                found.setdefault(held, []).append(each)
        return found

    def group(self, id: str, ask: Ask) -> EnterpriseGroup:
        """The group of an enterprise. O(stakes of the group, and of its holders, and of theirs)."""
        own, by_root = self.linked.root(id), self._by_root
        members = [GroupMember(organization_id=id, tie="own", share=Fraction(1), why="itself")]
        members += [
            GroupMember(
                organization_id=each, tie="linked", share=Fraction(1),
                why=self.linked.reasons[each],
            )
            for each in by_root.get(own, ()) if each != id
        ]  # fmt: skip
        exempt: set[str] = set()
        for root, (share, stakes) in sorted(self._partners(own, ask, exempt).items()):
            tied = {one for each in stakes for one in (each.owner, each.held)}
            members += [
                GroupMember(
                    organization_id=each, tie="partner", share=share,
                    stakes=tuple(sorted(id for stake in stakes for id in stake.ids)),
                    why="a stake of 25 % or more" if each in tied else "linked to a partner",
                )
                for each in by_root.get(root, (root,))
            ]  # fmt: skip
        public = self._public_share(id, ask, exempt)
        return EnterpriseGroup(members=(*members,), public=public, exempt=(*sorted(exempt),))

    def _partners(
        self, own: str, ask: Ask, exempt: set[str]
    ) -> Mapping[str, tuple[Fraction, Sequence[Holding]]]:
        """The groups of which one holds a quarter or more of the other, with the greatest share."""
        sums: dict[tuple[str, str], list[Holding]] = {}
        for each in self._across.get(own, ()):
            if self._is_exempt(each, ask):
                exempt.update(each.ids)
            else:
                sums.setdefault((self.linked.root(each.owner), each.held), []).append(each)
        found: dict[str, tuple[Fraction, Sequence[Holding]]] = {}
        for (holder, held), stakes in sorted(sums.items()):
            other = holder if holder != own else self.linked.root(held)
            # Stakes that sum to more than all are contradictory: `check` reports them.
            share = min(_greater_share(stakes), Fraction(1))
            if share >= PARTNER_SHARE and (other not in found or share > found[other][0]):
                found[other] = share, stakes
        return found

    def _is_exempt(self, stake: Holding, ask: Ask) -> bool:
        """True if an investor is not taken for a partner, nor for public control up to a half."""
        if stake.holder not in _EXEMPT or stake.has_majority:
            return False
        if self.linked.root(stake.owner) == self.linked.root(stake.held):
            return False
        match stake.holder:
            case "business_angel":
                return self._is_below_angels(stake.held, ask)
            case "local_authority":
                return self._is_small(stake.owner, ask)
            case _:
                return True

    def _is_below_angels(self, held: str, ask: Ask) -> bool:
        amounts = [
            amount for each in self._by_held[held]
            if each.holder == "business_angel" for amount in each.invested
        ]  # fmt: skip
        known = [self._in_currency(each) for each in amounts]
        total = sum((each for each in known if each is not None), Fraction(0))
        if total >= Fraction(self.scheme.angels):
            return False
        if None not in known:
            return True
        return not ask(f"the amounts that business angels invested in {cite('organization', held)}")

    def _in_currency(self, amount: Money | None) -> Fraction | None:
        if amount is None:
            return None
        return in_currency(amount, self.scheme.currency, self.rates, self.day)

    def _is_small(self, owner: str, ask: Ask) -> bool:
        known = self.portfolio.find(Organization, owner)
        budget = None if known is None else self._in_currency(known.budget)
        inhabitants = None if known is None else known.inhabitants
        fits = (
            None if budget is None else budget < Fraction(self.scheme.budget),
            None if inhabitants is None else inhabitants < self.scheme.inhabitants,
        )
        if False in fits:
            return False
        if None not in fits:
            return True
        return not ask(f"the budget and the inhabitants of {cite('organization', owner)}")

    def _public_share(self, id: str, ask: Ask, exempt: set[str]) -> Fraction:
        """The greater share of capital or votes that public bodies control, also through firms."""
        above = self._held_above(id)

        def public_stakes(held: str) -> list[Holding]:
            stakes = [
                each for each in above.get(held, ())
                if each.owner in public or _is_public(self.portfolio, each)
            ]  # fmt: skip
            spared = [each for each in stakes if self._is_exempt(each, ask)]
            if held == id:
                exempt.update(one for each in spared for one in each.ids)
            return [each for each in stakes if each not in spared]

        public: set[str] = set()
        while True:
            found = {held for held in above if has_control(public_stakes(held))}
            if found <= public:
                break
            public |= found
        stakes = public_stakes(id)
        return Fraction(1) if has_control(stakes) else min(_greater_share(stakes), Fraction(1))

    def _held_above(self, id: str) -> Mapping[str, Sequence[Holding]]:
        """The stakes in an enterprise, in its holders, in theirs, and so on."""
        above: dict[str, Sequence[Holding]] = {}
        waiting = [id]
        while waiting:
            one = waiting.pop()
            if one not in above:
                above[one] = self._by_held.get(one, ())
                waiting += [each.owner for each in above[one]]
        return above


def _is_public(portfolio: Portfolio, stake: Holding) -> bool:
    """True if a stake is that of a public body, which is no enterprise."""
    if stake.holder in {"public_body", "local_authority"}:
        return True
    owner = portfolio.find(Organization, stake.owner)
    return stake.holder == "enterprise" and owner is not None and owner.kind == "public"


def _greater_share(stakes: Sequence[Holding]) -> Fraction:
    return max(_sum(stakes, "capital"), _sum(stakes, "votes"))


def _sum(stakes: Sequence[Holding], name: str) -> Fraction:
    return sum((getattr(each, name) for each in stakes), Fraction(0))


def in_currency(
    amount: Money, currency: str, rates: ExchangeRates | None, day: date
) -> Fraction | None:
    """An amount in a currency; None where no rate into it is known by a day, unless it is 0."""
    if amount.currency == currency or not amount.amount:
        return Fraction(amount.amount)
    if rates is None or rates.into != currency:
        return None
    factor = rates.factor(amount.currency, day)
    return None if factor is None else Fraction(amount.amount) * factor
