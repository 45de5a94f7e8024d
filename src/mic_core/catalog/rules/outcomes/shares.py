"""Rules of proportions: attribution of outcomes to partners, and progress towards targets."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mic_core.catalog.period_sums import decimal_text, highest
from mic_core.chrono import Period
from mic_core.ids import cite
from mic_core.model import Attribution, Target
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_ALWAYS = Period()


def _excess_attributions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_subject: dict[str, list[Attribution]] = {}
    for each in portfolio.all(Attribution):
        by_subject.setdefault(each.subject, []).append(each)
    for subject, parts in by_subject.items():
        had, day = highest((each.period or _ALWAYS, each.share) for each in parts)
        if had > 1:
            names = tuple(cite("attribution", each.id) for each in parts)
            facts: Facts = {
                "subject": subject, "had": decimal_text(had), "needed": "1",
                "day": f"on {day}" if day is not None else "from the beginning",
            }  # fmt: skip
            yield Breach(subjects=names, path="share", facts=facts)


ATTRIBUTED_OVER_WHOLE = PortfolioRule(
    entry=Entry(
        code="attributed-over-whole",
        level="hard",
        law="The shares of one outcome that are attributed to partners add up to no more than 1 on "
        "any day.",
        why="Two partners would report the same job as theirs.",
        source="arithmetic",
        sentence="{subjects}: their shares of {subject} add up to {had} {day}",
        mend="correct the shares, or the periods over which they hold",
    ),
    find=_excess_attributions,
)
"""Attributed shares add up to at most 1."""


def _still_targets(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Target):
        baseline = each.baseline or Decimal(0)
        if each.value == baseline:
            facts: Facts = {"had": f"{each.value:f}", "needed": "another value"}
            yield Breach(subjects=(cite("target", each.id),), path="value", facts=facts)


TARGET_AT_BASELINE = PortfolioRule(
    entry=Entry(
        code="target-at-baseline",
        level="medium",
        law="A target is another value than its baseline, which is 0 where none is stated.",
        why="There is no way from one to the other, so progress on it is not defined.",
        source="the definition of progress",
        sentence="{subjects} aims at {had}, which is its baseline",
        mend="state the baseline, or another target",
    ),
    find=_still_targets,
)
"""A target differs from its baseline."""

SHARE_RULES: tuple[PortfolioRule, ...] = (ATTRIBUTED_OVER_WHOLE, TARGET_AT_BASELINE)
"""The rules of this module."""
