"""Money rules: shares and amounts of partners, ownership, and yearly figures."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from mic_core.catalog.period_sums import decimal_text, highest, overlapping_neighbors
from mic_core.chrono import Period
from mic_core.ids import cite
from mic_core.model import Figures, Money, Ownership, Partnership
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_ROUNDING = Fraction(1, 200)
"""Half a percent: shares are often rounded to whole percents, as the law of the rule has it."""


def _excess_shares(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[str, list[Partnership]] = {}
    for each in portfolio.all(Partnership):
        for scope in each.supports if each.share is not None else ():
            by_key.setdefault(scope, []).append(each)
    for scope, partners in by_key.items():
        had, day = highest((each.period, each.share or Decimal(0)) for each in partners)
        if had > 1:
            names = tuple(cite("partnership", each.id) for each in partners)
            facts = {"scope": scope, "had": decimal_text(had), "needed": "1", "day": _on(day)}
            yield Breach(subjects=names, path="share", facts=facts)


def _on(day: object) -> str:
    return f"on {day}" if day is not None else "from the beginning"


SHARES_OVER_WHOLE = PortfolioRule(
    entry=Entry(
        code="shares-over-whole",
        level="hard",
        law="The shares of the partners of one scope add up to no more than 1 on any day.",
        why="There is no more than all of it.",
        source="arithmetic",
        sentence="{subjects}: their shares of {scope} add up to {had} {day}",
        mend="correct the shares, or the periods over which they hold",
    ),
    find=_excess_shares,
)
"""Shares of one scope add up to at most 1."""


def _amounts_by_scope(portfolio: Portfolio) -> Iterator[list[tuple[Partnership, Money]]]:
    """Partnerships with amounts, grouped by scope and period."""
    by_key: dict[tuple[tuple[str, ...], Period], list[tuple[Partnership, Money]]] = {}
    for each in portfolio.all(Partnership):
        if each.amount is not None:
            by_key.setdefault((each.supports, each.period), []).append((each, each.amount))
    yield from by_key.values()


def _mixed_currencies(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for partners in _amounts_by_scope(portfolio):
        had = tuple(sorted({amount.currency for _, amount in partners}))
        if len(had) > 1:
            names = tuple(cite("partnership", each.id) for each, _ in partners)
            yield Breach(subjects=names, path="amount", facts={"had": had, "needed": 1})


MIXED_CURRENCIES = PortfolioRule(
    entry=Entry(
        code="mixed-currencies",
        level="medium",
        law="The amounts of partners for one scope and period are in one currency.",
        why="Amounts of different currencies never add up.",
        source="the definition of money",
        sentence="{subjects} give amounts in {had} for the same scope and period",
        mend="state them in one currency, by the rate of the agreement",
    ),
    find=_mixed_currencies,
)
"""Amounts for one scope and period are in one currency."""


def _disproportionate_shares(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for partners in _amounts_by_scope(portfolio):
        stated = [
            (each, Fraction(each.share), Fraction(amount.amount))
            for each, amount in partners
            if each.share is not None
        ]
        shares, whole = sum(share for _, share, _ in stated), sum(money for _, _, money in stated)
        if len(stated) < 2 or not whole or len({money.currency for _, money in partners}) > 1:
            continue
        for each, share, amount in stated:
            needed = shares * amount / whole
            if abs(share - needed) > _ROUNDING:
                facts = {"had": f"{each.share:f}", "needed": f"{float(needed):.3f}"}
                name = cite("partnership", each.id)
                yield Breach(subjects=(name,), path="share", facts=facts)


SHARE_AGAINST_AMOUNT = PortfolioRule(
    entry=Entry(
        code="share-against-amount",
        level="medium",
        law="Where partners of one scope and period give shares and amounts, both are in the same "
        "proportion, to half a percent of the whole.",
        why="Each partner is told what they carry, once by the one and once by the other.",
        source="arithmetic",
        sentence="{subjects} has a share of {had}; by the amounts it would be {needed}",
        mend="correct the share or the amount",
    ),
    find=_disproportionate_shares,
)
"""Shares are proportional to amounts."""


def _excess_ownership(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[str, list[Ownership]] = {}
    for each in portfolio.all(Ownership):
        by_key.setdefault(each.organization_id, []).append(each)
    for id, owners in by_key.items():
        had, day = highest((each.period, each.capital) for each in owners)
        if had > 1:
            names = tuple(cite("ownership", each.id) for each in owners)
            facts = {
                "organization": cite("organization", id),
                "had": decimal_text(had), "needed": "1", "day": _on(day),
            }  # fmt: skip
            yield Breach(subjects=names, path="capital", facts=facts)


OWNED_OVER_WHOLE = PortfolioRule(
    entry=Entry(
        code="owned-over-whole",
        level="hard",
        law="The parts that owners hold of an organization add up to no more than 1 on any day.",
        why="Its size class depends on who holds how much.",
        source="arithmetic; Recommendation 2003/361/EC, annex, article 3",
        sentence="{subjects}: their parts of {organization} add up to {had} {day}",
        mend="correct the parts, or end what was sold",
    ),
    find=_excess_ownership,
)
"""Parts of owners add up to at most 1."""


def _overlapping_figures(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[str, list[tuple[Period, str]]] = {}
    for each in portfolio.all(Figures):
        name = cite("figures", each.id)
        by_key.setdefault(each.organization_id, []).append((each.period, name))
    for id, figures in by_key.items():
        for one, other in overlapping_neighbors(figures):
            facts: Facts = {"organization": cite("organization", id), "had": 2, "needed": 1}
            yield Breach(subjects=(one, other), path="period", facts=facts)


FIGURES_TWICE = PortfolioRule(
    entry=Entry(
        code="figures-twice",
        level="medium",
        law="The figures of an organization are of years that share no day.",
        why="Staff and turnover of the days in both count twice.",
        source="common practice",
        sentence="{subjects} of {organization} are about periods that overlap",
        mend="correct one of the periods, or record the later figures under the first id",
    ),
    find=_overlapping_figures,
)
"""Figures of an organization have disjoint periods."""

MONEY_RULES: tuple[PortfolioRule, ...] = (
    SHARES_OVER_WHOLE,
    MIXED_CURRENCIES,
    SHARE_AGAINST_AMOUNT,
    OWNED_OVER_WHOLE,
    FIGURES_TWICE,
)
"""The rules of this module."""
