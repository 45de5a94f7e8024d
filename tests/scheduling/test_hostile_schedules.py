"""Whatever verbs of scheduling and their looks are given: an answer, or a refusal in our words."""

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import mic_core as mic
from mic_core.scheduling.views.before_after import before_after
from tests.scheduling.nouns import MIC, edition, gives, people, room, session
from tests.test_hostile_arguments import HOSTILE

DAYS = mic.Period.days(date(2014, 9, 10), date(2014, 9, 11))
HELD = mic.Portfolio.of(
    MIC, room(), edition("e", DAYS), *people("ann"), gives("ann", "b"),
    session("a", edition_id="e"), session("b", "09:00", room_id="r", edition_id="e"),
)  # fmt: skip
PLAN = mic.plan(HELD, "e")
BEFORE = mic.agenda(HELD)
CHANGES = before_after(BEFORE, PLAN.agenda)
COMPARED = mic.compare(HELD, PLAN.portfolio)
SOUND: dict[str, Any] = {
    "portfolio": HELD, "of": HELD, "before": HELD, "after": HELD, "scope": "e", "session_id": "a",
}  # fmt: skip

VERBS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        mic.agenda, mic.compare, mic.plan, mic.score, mic.suggest, mic.why_not, mic.repair,
        mic.explain_infeasible,
    )
}  # fmt: skip
LOOKS: dict[str, Callable[..., Any]] = {
    "before_after": before_after,
    "text of an agenda": BEFORE.text, "html of an agenda": BEFORE.html,
    "svg of an agenda": BEFORE.svg, "html of a plan": PLAN.html, "svg of a plan": PLAN.svg,
    "html of changes": CHANGES.html, "svg of changes": CHANGES.svg,
    "html of a comparison": COMPARED.html,
}  # fmt: skip
CALLED = {"on_progress", "should_stop"}
"""Callbacks: a hostile callable as one of them may raise any error."""


@pytest.mark.parametrize("name", [*VERBS, *LOOKS])
def test_hostile_arguments(name: str) -> None:
    """One argument after the other is hostile: there is an answer, or an error that says why."""
    verb = VERBS.get(name) or LOOKS[name]
    names = list(inspect.signature(verb).parameters)
    sound = {each: SOUND[each] for each in names if each in SOUND}
    sound |= {"before": BEFORE, "after": BEFORE} if name == "before_after" else {}
    refused = 0
    for each in names:
        for told, value in HOSTILE.items():
            if each in CALLED and callable(value):
                continue
            try:
                verb(**{**sound, each: value})
            except mic.MicError as error:
                refused += 1
                assert str(error), told
            except Exception as error:
                message = f"{name}({each}: {told}) raised {type(error).__name__}"
                raise AssertionError(message) from error
    assert refused > len(names) * len(HOSTILE) // 2
