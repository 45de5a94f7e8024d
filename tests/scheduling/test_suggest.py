"""Suggestions for one session: what is offered, ranked, recorded and refused."""

from collections.abc import Sequence
from datetime import UTC

from hypothesis import given

from mic_core.rules import ScheduleRule
from mic_core.scheduling import compare
from mic_core.scheduling.plan import recorded
from mic_core.scheduling.suggest import Suggestion, suggest
from tests.scheduling import placings


def chosen(each: Suggestion) -> placings.Choice:
    """The placement that is suggested."""
    return each.slot.start.astimezone(UTC), each.room_id, each.trainer_id


@given(placings.questions(), placings.rules())
def test_all_that_breaks_no_hard_rule_is_offered(
    asked: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """What is free is what costs no hard rule more when it is recorded than without the session."""
    portfolio, id, window, step = asked
    found = suggest(portfolio, id, most=None, window=window, step=step, rules=rules)
    every = placings.placements(portfolio, id, window, step)
    free = {
        choice
        for choice, nouns in every.items()
        if not placings.broken(portfolio, id, nouns, rules)
    }
    assert {chosen(each) for each in found} == free
    assert found.free == len(found) == len(free)


@given(placings.questions(), placings.rules())
def test_costs_are_those_of_the_recorded_timetable(
    asked: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """What a suggestion changes in the score, rule by rule, is what comparing says of it."""
    portfolio, id, window, step = asked
    for each in suggest(portfolio, id, most=3, window=window, step=step, rules=rules):
        after = recorded(portfolio, each.changes)
        truth = compare(portfolio, after, rules=rules)
        assert each.by_rule == truth.by_rule
        differences = [b - a for a, b in zip(truth.before.levels, truth.after.levels, strict=True)]
        assert [each.unplaced, each.hard, each.medium, each.soft] == differences
