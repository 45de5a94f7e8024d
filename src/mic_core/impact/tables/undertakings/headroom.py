"""De minimis headroom: the aid that a single undertaking may still receive in a member state.

Regulation (EU) 2023/2831: a ceiling for each single undertaking and member state over any three
years, rolling back from the day; aid counts from the day on which the legal right to it arises, not
from that of payment.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import attrs

from mic_core.checked import checked
from mic_core.chrono.months import months_later
from mic_core.fields import Coded, Text, Value, sound
from mic_core.ids import cite
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.undertakings.groups import LinkedGroups, in_currency
from mic_core.impact.tables.undertakings.holdings import holdings_on, network_of
from mic_core.impact.tables.undertakings.schemes import SIZE_SCHEMES
from mic_core.impact.tables.undertakings.size_class import known_organization, known_portfolio
from mic_core.markup import Html, html_table, joined, note, notebook, table
from mic_core.model import Center, Organization, Support
from mic_core.model.vocabulary import Amount, Identifier, Positive, Word
from mic_core.portfolio import Portfolio

_HEADERS = ("member state", "granted", "not known", "headroom at most")


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class AidCeiling:
    """A ceiling of de minimis aid: an amount for each single undertaking over some years.

    `since` is the day on which it began to apply, `source` a citation.
    """

    id: Identifier
    version: Word
    amount: Amount
    currency: Annotated[str, Coded("[A-Z]{3}", "a currency code of three capitals (ISO 4217)")]
    years: Positive
    since: date
    source: Annotated[str, Text(most=500)]


DE_MINIMIS = AidCeiling(
    id="de-minimis", version="2023", amount=Decimal(300_000), currency="EUR", years=3,
    since=date(2024, 1, 1), source="Regulation (EU) 2023/2831, article 3",
)  # fmt: skip
"""The ceiling of general de minimis aid since 2024: 300,000 euros over three years."""


@attrs.frozen(kw_only=True)
class StateAid:
    """The aid of one member state within the years, and the headroom that it leaves.

    `granted` is the known aid, `unknown` cites the supports of which the amount, or the member
    state, is not known: with any of them the headroom is at most the stated one. `facts` cites the
    supports that were added. A headroom below zero is none: aid above the ceiling.
    """

    country: str
    granted: Fraction
    headroom: Fraction
    facts: tuple[str, ...]
    unknown: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Headroom:
    """The de minimis headroom of a single undertaking on a day, by member state.

    `undertaking` are the enterprises that count as one, the one that was named first. `after` is
    the day before the years begin: aid of that day does not count any more, that of `on` does.
    """

    organization_id: str
    on: date
    after: date
    ceiling: AidCeiling
    undertaking: tuple[str, ...]
    states: tuple[StateAid, ...]

    def state(self, country: str) -> StateAid:
        """The aid of a member state; all of the ceiling is left where it granted nothing."""
        for each in self.states:
            if each.country == country:
                return each
        unknown = tuple(sorted({
            fact for each in self.states for fact in each.unknown if each.country == ""
        }))  # fmt: skip
        return StateAid(
            country=country, granted=Fraction(0), headroom=Fraction(self.ceiling.amount), facts=(),
            unknown=unknown,
        )  # fmt: skip

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each member state."""
        return tuple(
            {
                "country": each.country or None, "granted": number(each.granted),
                "currency": self.ceiling.currency, "unknown": len(each.unknown),
                "headroom_most": number(each.headroom),
                "headroom": None if each.unknown else number(each.headroom),
            }
            for each in self.states
        )  # fmt: skip

    def explain(self) -> tuple[str, ...]:
        """Each step as a sentence: the undertaking, the years, the aid that counts."""
        return (*self._steps(),)

    def _steps(self) -> Iterator[str]:
        yield (
            f"By {self.ceiling.source}: {self.ceiling.amount:,f} {self.ceiling.currency} over "
            f"{self.ceiling.years} years, after {self.after.isoformat()} up to "
            f"{self.on.isoformat()}, by the day of the legal right."
        )
        if self.on < self.ceiling.since:
            yield f"The ceiling applies since {self.ceiling.since.isoformat()}, after that day."
        yield f"One undertaking: {', '.join(self.undertaking)}."
        for each in self.states:
            name = each.country or "member state not known"
            if each.facts:
                yield f"{name}: {', '.join(each.facts)}."
            if each.unknown:
                yield f"{name}, of unknown amount or state: {', '.join(each.unknown)}."

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._steps()])

    def _cells(self) -> list[tuple[str | int | None, ...]]:
        return [
            (
                each.country or "not known", f"{float(each.granted):,.10g}", len(each.unknown),
                f"{float(each.headroom):,.10g}",
            )
            for each in self.states
        ]  # fmt: skip

    def html(self) -> Html:
        """The member states as a table, then each step."""
        caption = f"De minimis headroom of {self.organization_id}, {self.ceiling.currency}"
        return joined([
            html_table(self._cells(), _HEADERS, caption=caption), *map(note, self._steps()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def headroom(
    portfolio: Portfolio,
    organization: Organization | str,
    *,
    on: date,
    as_of: datetime | None = None,
    ceiling: AidCeiling = DE_MINIMIS,
    kinds: Collection[str] | None = None,
    rates: ExchangeRates | None = None,
) -> Headroom:
    """The de minimis aid that an enterprise may still receive on a day, by member state.

    Each recorded support is aid of the member state of its provider, in the amount recorded, from
    the day of the legal right to it. It counts for the single undertaking: the enterprise with all
    those that it is linked to, though not through persons, and the firms that they took over.
    `kinds` are the kinds of support that are de minimis aid; None: all. `rates` convert other
    currencies. Supports without an amount, or of an unknown member state, are listed, so that the
    headroom is then only an upper bound.

    `as_of` is the instant of knowledge; None: all that is recorded. Raises NotFound for an unknown
    organization, InvariantError for values that are none. O(stakes and supports).

    >>> oh_chef = Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE")
    >>> headroom(Portfolio.of(oh_chef), "oh-chef", on=date(2026, 5, 4)).state("BE").headroom
    Fraction(300000, 1)
    """
    known = known_portfolio("headroom", portfolio, on, as_of, rates)
    sound("headroom", ceiling=(ceiling, Value(AidCeiling)))
    id = known_organization(known, organization)
    undertaking = _single_undertaking(known, id, on)
    after = months_later(on, -12 * ceiling.years)
    kept = kept_ids(known, "organization")
    sums: dict[str, Fraction] = {}
    facts: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    members = {*undertaking}
    for each in known.all(Support):
        day = each.granted_on or each.on
        is_theirs = kept.get(each.enterprise_id, each.enterprise_id) in members
        if not is_theirs or not after < day <= on or (kinds is not None and each.kind not in kinds):
            continue
        country = _country_of(known, each.provider_id)
        amount = None
        if each.amount is not None:
            amount = in_currency(each.amount, ceiling.currency, rates, day)
        sums.setdefault(country, Fraction(0))
        if amount is None or not country:
            unknown.setdefault(country, []).append(cite("support", each.id))
        else:
            sums[country] += amount
            facts.setdefault(country, []).append(cite("support", each.id))
    nowhere = unknown.get("", [])
    sums.setdefault(known.get(Organization, id).country, Fraction(0))
    states = tuple(
        StateAid(
            country=country, granted=granted, headroom=Fraction(ceiling.amount) - granted,
            facts=tuple(sorted(facts.get(country, ()))),
            # Aid of an unknown member state may be that of any.
            unknown=tuple(sorted({*unknown.get(country, ()), *nowhere})),
        )
        for country, granted in sorted(sums.items())
    )  # fmt: skip
    return Headroom(
        organization_id=id, on=on, after=after, ceiling=ceiling, undertaking=undertaking,
        states=states,
    )  # fmt: skip


def _country_of(portfolio: Portfolio, provider: str) -> str:
    """The member state of a provider; "" where nobody knows."""
    for kind in (Center, Organization):
        found = portfolio.find(kind, provider)
        if found is not None:
            return found.country
    return ""


def _single_undertaking(portfolio: Portfolio, id: str, on: date) -> tuple[str, ...]:
    """The enterprises that are one undertaking: linked ones, and those that they took over."""
    kept = kept_ids(portfolio, "organization")
    taken = [
        (kept.get(each.id, each.id), kept.get(each.successor_id, each.successor_id))
        for each in portfolio.all(Organization)
        if each.successor_id is not None and (each.closed_on is None or each.closed_on <= on)
    ]  # fmt: skip
    members = [id]
    seen = {id}
    for one in members:
        network = network_of(portfolio, one)
        grouping = LinkedGroups.of(
            portfolio, holdings_on(network, on), SIZE_SCHEMES["2003/361/EC"], None, (),
            lambda _: False, on, with_persons=False,
        )  # fmt: skip
        root = grouping.linked.root(one)
        found = [other for other, same in grouping.linked.roots.items() if same == root]
        found += [old for old, new in taken if new == one]
        members += [each for each in sorted(found) if each not in seen]
        seen.update(found)
    return (id, *sorted(seen - {id}))
