"""Plans of one day on whole hours, and the starts of sessions in them."""

from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import attrs
import pytest

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Center, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.planning.proposal import Plan
from tests.scheduling.nouns import DAY, MIC

HOUR = timedelta(hours=1)
ONE = Period.days(DAY, DAY)
needs_ortools = pytest.mark.skipif(find_spec("ortools") is None, reason="an extra")


def open_at(hours: str) -> Center:
    """The center with opening hours."""
    return attrs.evolve(MIC, opening_hours=WeeklyHours.parse(hours))


def stands(made: Plan, id: str) -> tuple[str | None, str | None]:
    """The local start and the room of a session in a plan."""
    found = made.portfolio.get(Session, id)
    return (None if found.slot is None else f"{found.slot.start:%d %H:%M}", found.room_id)


def planned(*nouns: Noun, scope: str = "mic", **options: Any) -> Plan:
    """The plan of one day on whole hours."""
    asked: dict[str, Any] = {"window": ONE, "step": HOUR, **options}
    return plan(Portfolio.of(*nouns), scope, **asked)
