"""Identity rules: what is merged into what, as an acyclic graph with one arc from each record."""

from collections.abc import Iterator
from datetime import datetime

from mic_core.catalog.rules.outcomes.chains import chain_circles
from mic_core.ids import cite
from mic_core.impact.tables.identities import connected
from mic_core.model import Identity
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Facts, PortfolioRule


def _identity_circles(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    names: dict[tuple[str, str], str] = {}
    kept: dict[str, list[str]] = {}
    for each in portfolio.all(Identity):
        names.setdefault((each.merged, each.kept), cite("identity", each.id))
        kept.setdefault(each.merged, []).append(each.kept)
    for circle in chain_circles(kept):
        arcs = zip(circle, (*circle[1:], circle[0]), strict=True)
        subjects = tuple(names[arc] for arc in arcs)
        facts: Facts = {"records": circle, "needed": 0, "had": len(circle)}
        yield Breach(subjects=subjects, facts=facts)


IDENTITY_CIRCLE = PortfolioRule(
    entry=Entry(
        code="identity-circle",
        level="hard",
        law="No record is merged into itself through others.",
        why="Nobody can tell which of the records is kept.",
        source="common practice in record linkage",
        sentence="{subjects} merge {records} in a circle",
        mend="take one of the identities back",
    ),
    find=_identity_circles,
)
"""Identities form no circle."""


def _twice_merged(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_merged: dict[str, dict[str, str]] = {}
    for each in portfolio.all(Identity):
        into = by_merged.setdefault(each.merged, {})
        into.setdefault(each.kept, cite("identity", each.id))
    one = connected((merged, *into) for merged, into in by_merged.items() if len(into) == 1)
    for merged, into in by_merged.items():
        if len({one.get(kept, kept) for kept in into}) > 1:
            facts: Facts = {"record": merged, "had": tuple(sorted(into)), "needed": 1}
            yield Breach(subjects=tuple(into.values()), path="merged", facts=facts)


MERGED_TWICE = PortfolioRule(
    entry=Entry(
        code="merged-twice",
        level="medium",
        law="A record is merged into one other, or into several that are recorded as one.",
        why="The two that are kept then count as one, which nobody said.",
        source="common practice in record linkage",
        sentence="{subjects} merge {record} into {had}",
        mend="take one of them back, or record that the two that are kept are one",
    ),
    find=_twice_merged,
)
"""A record has one other that it is merged into."""

IDENTITY_RULES: tuple[PortfolioRule, ...] = (IDENTITY_CIRCLE, MERGED_TWICE)
"""The rules of this module."""
