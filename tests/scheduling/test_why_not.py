"""Why a session does not stand somewhere: counts by rule, and what is found in one placement."""

from collections.abc import Sequence
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from mic_core.model import Session
from mic_core.rules import ScheduleRule
from mic_core.scheduling import timetable_of
from mic_core.scheduling.suggest import suggest
from mic_core.scheduling.why_not import why_not
from tests.scheduling import placings


@given(placings.questions(), placings.rules())
def test_each_rule_forbids_the_placements_that_break_it(
    asked: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """Counts are those of recording every placement and asking every rule; labels add up to it."""
    portfolio, id, window, step = asked
    why = why_not(portfolio, id, window=window, step=step, rules=rules)
    every = placings.placements(portfolio, id, window, step)
    counts: dict[str, int] = {}
    free = 0
    for nouns in every.values():
        codes = placings.broken(portfolio, id, nouns, rules)
        free += not codes
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    assert (why.placements, why.free) == (len(every), free)
    assert {each.code: each.placements for each in why.rules} == counts
    assert [(each.placements, each.code) for each in why.rules] == sorted(
        ((count, code) for code, count in counts.items()), key=lambda each: (-each[0], each[1])
    )
    for each in why.rules:
        assert each.placements <= sum(count for _, count in each.by)
        assert max(count for _, count in each.by) <= each.placements


@given(placings.questions(), placings.rules(), st.data())
def test_one_placement_is_forbidden_where_it_is_not_suggested(
    asked: placings.Question, rules: Sequence[ScheduleRule], data: st.DataObject
) -> None:
    """What is found names the session and rules it breaks; nothing is found iff it is offered."""
    portfolio, id, window, step = asked
    every = placings.placements(portfolio, id, window, step)
    if not every:
        return
    offered = {
        (each.slot.start.astimezone(UTC), each.room_id, each.trainer_id)
        for each in suggest(portfolio, id, most=None, window=window, step=step, rules=rules)
    }
    table = timetable_of(portfolio)
    for choice in data.draw(st.lists(st.sampled_from(sorted(every, key=repr)), max_size=8)):
        nouns = every[choice]
        session = nouns[0]
        assert isinstance(session, Session)
        why = why_not(table, id, session.slot, choice[1], choice[2], rules=rules)
        assert (why.placements, why.free) == (1, int(choice in offered))
        assert (why.findings == ()) is (choice in offered)
        codes = placings.broken(portfolio, id, nouns, rules)
        assert {each.code for each in why.findings} == codes
        assert all(each.severity == "error" for each in why.findings)
        assert all(f"session:{id}" in each.subjects for each in why.findings)
