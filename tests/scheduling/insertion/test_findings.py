"""Findings of a suggestion, where a rule asks about sessions one by one or by twos."""

import pytest

from mic_core.rules import FunctionScope
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from tests.scheduling.insertion.test_suggest import HOUR, WEEK, world
from tests.scheduling.nouns import session
from tests.scheduling.worlds import early


@pytest.mark.parametrize(
    ("scope", "subjects"),
    [("session", [("session:x",)]), ("pair", [("session:a", "session:x")])],
)
def test_a_function_is_cited_about_the_session_alone(
    scope: FunctionScope, subjects: list[tuple[str, ...]]
) -> None:
    """Of early sessions, only what has to do with the one that is suggested is found."""
    other = session("a", "09:00", mode="online")
    shy = rule("early", "soft", law="Nobody likes mornings.", scope=scope)(early)
    offered = suggest(
        world(other, session("x")), "x", window=WEEK, step=HOUR, rules=(*SCHEDULE_RULES, shy),
        most=None,
    )  # fmt: skip
    first = next(each for each in offered if each.slot.start.hour == 9)
    found = [each.subjects for each in first.findings if each.code == "early"]
    assert found == subjects
