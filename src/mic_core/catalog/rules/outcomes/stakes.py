"""Ownership rules: the votes in an organization as a whole, circles of majority stakes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import attrs

from mic_core.catalog.period_sums import decimal_text, highest
from mic_core.catalog.rules.outcomes.chains import chain_circles
from mic_core.chrono import Period
from mic_core.ids import cite
from mic_core.impact.tables.undertakings.holdings import Holding, Network, holdings_on, networks
from mic_core.model import Ownership
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_ALWAYS = Period()


def _excess_votes(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[str, list[Ownership]] = {}
    for each in portfolio.all(Ownership):
        by_key.setdefault(each.organization_id, []).append(each)
    for id, owners in by_key.items():
        had, day = highest(
            (each.period, each.capital if each.votes is None else each.votes) for each in owners
        )
        # Votes that nobody states are those of the capital, which has a rule of its own.
        if had > 1 and any(each.votes is not None for each in owners):
            names = tuple(cite("ownership", each.id) for each in owners)
            facts: Facts = {
                "organization": cite("organization", id), "had": decimal_text(had), "needed": "1",
                "day": _from(day),
            }  # fmt: skip
            yield Breach(subjects=names, path="votes", facts=facts)


def _from(day: date | None) -> str:
    return f"on {day}" if day is not None else "from the beginning"


VOTES_OVER_WHOLE = PortfolioRule(
    entry=Entry(
        code="votes-over-whole",
        level="hard",
        law="The shares of votes that holders have in an organization add up to no more than 1 on "
        "any day; a holder without stated votes has those of the capital.",
        why="Two holders would have the majority at once, and link it to two groups.",
        source="arithmetic; Recommendation 2003/361/EC, annex, article 3",
        sentence="{subjects}: their votes in {organization} add up to {had} {day}",
        mend="correct the votes, or state them where they differ from the capital",
    ),
    find=_excess_votes,
)
"""Votes of holders add up to at most 1."""


def _majority_circles(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for network in networks(portfolio):
        known: set[tuple[str, ...]] = set()
        for day, holdings in _states(network):
            by_arc = {(each.held, each.owner): each for each in holdings if each.has_majority}
            for circle in _circles([*by_arc]):
                if circle in known:
                    continue
                known.add(circle)
                arcs = zip(circle, (*circle[1:], circle[0]), strict=True)
                ids = [id for arc in arcs for id in by_arc[arc].ids]
                facts: Facts = {
                    "organizations": tuple(cite("organization", id) for id in circle),
                    "day": _from(day), "needed": 0, "had": len(circle),
                }  # fmt: skip
                names = tuple(cite("ownership", id) for id in ids)
                yield Breach(subjects=names, path="owner_id", facts=facts)


def _states(network: Network) -> Iterator[tuple[date | None, Sequence[Holding]]]:
    """The stakes of a network before all days of change, and from each of these on.

    Nothing where the stakes of all times form no circle even if they held at once, which spares
    nearly every network the days. O(stakes) then, else O(stakes) for each day.
    """
    at_once = Network(tuple(attrs.evolve(each, period=_ALWAYS) for each in network.stakes), ())
    all_times = holdings_on(at_once, date.min)
    if _circles([(each.held, each.owner) for each in all_times if each.has_majority]):
        yield None, holdings_on(network, date.min)
        for day in network.days:
            yield day, holdings_on(network, day)


def _circles(arcs: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    owners: dict[str, list[str]] = {}
    for held, owner in arcs:
        owners.setdefault(held, []).append(owner)
    return [*chain_circles(owners)]


MAJORITY_CIRCLE = PortfolioRule(
    entry=Entry(
        code="majority-circle",
        level="medium",
        law="No organizations have the majority of votes in each other in a circle on any day.",
        why="Each is controlled by one that it controls, so that nobody is at the head of the "
        "group.",
        source="Recommendation 2003/361/EC, annex, article 3",
        sentence="{subjects}: {organizations} hold majorities in each other in a circle {day}",
        mend="correct the holder of one of the stakes, or end what was sold",
    ),
    find=_majority_circles,
)
"""Majority stakes form no circle."""

STAKE_RULES: tuple[PortfolioRule, ...] = (VOTES_OVER_WHOLE, MAJORITY_CIRCLE)
"""The rules of this module."""
