"""Decisions on applications: the one that stands at an instant."""

from collections.abc import Mapping
from datetime import datetime

from mic_core.model import Decision
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived


def last_decisions(portfolio: Portfolio, at: datetime) -> Mapping[str, Decision]:
    """The last decision on each application by an instant; equal times are ordered by id.

    O(n) over the decisions, which are sorted once for each portfolio.
    """
    known = (each for each in derived(portfolio, _in_order) if each.decided_at <= at)
    return {each.application_id: each for each in known}


def _in_order(portfolio: Portfolio) -> tuple[Decision, ...]:
    return tuple(sorted(portfolio.all(Decision), key=lambda each: (each.decided_at, each.id)))
