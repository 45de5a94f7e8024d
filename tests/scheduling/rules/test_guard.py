"""Rules that break down: told by place and code, not left out."""

from collections.abc import Callable, Iterator
from datetime import date
from traceback import format_exception
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import (
    Apart,
    Bucket,
    Distinct,
    Entry,
    Exclusive,
    Function,
    Group,
    Pattern,
    PortfolioRule,
    ScheduleRule,
    Span,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling.evaluation.compare import compare
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.guard import GuardedRule, guard_rules
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import MIC, edition, room, session
from tests.scheduling.worlds import portfolios
from tests.scheduling.worlds import rules as drawn_rules

ENTRY = Entry(
    code="house-rule", level="soft", law="l", why="w", source="s", sentence="{subjects}", mend="m"
)
DAYS = Period.days(date(2014, 9, 10), date(2014, 9, 11))
BUSY = Portfolio.of(
    MIC, room(), edition("e"),
    session("a", "09:00", room_id="r", edition_id="e"),
    session("b", edition_id="e"),
    session("c", "10:00", room_id="r", edition_id="e"),
    session("d", "09:30", room_id="r", edition_id="e"),
)  # fmt: skip
"""Sessions that touch, that overlap, and that is still to be placed: every function is asked."""

TOGETHER = (Group(label="edition:e", sessions=(0, 1, 2, 3)),)


def broken(*_: Any) -> Any:
    """A function that breaks down."""
    msg = "Ada Lovelace"
    raise ZeroDivisionError(msg)


def lazily(*_: Any) -> Iterator[Any]:
    """A function that breaks down after its first answer."""
    yield (0, 1)
    broken()


def nothing(*_: Any) -> dict[str, Any]:
    """No facts."""
    return {}


TERMS: dict[str, Term] = {
    "within": Within(spans=(Span(label="x", sessions=(0, 2), intervals=broken),), facts=nothing),
    "lazily": Within(spans=(Span(label="x", sessions=(0, 2), intervals=lazily),), facts=nothing),
    "suits": Suits(sessions=(0, 1), cost=broken, facts=nothing),
    "spares": Exclusive(groups=TOGETHER, spares=broken),
    "apart": Apart(groups=TOGETHER, gap=broken, most=10**12),
    "amount": Bucket(groups=TOGETHER, per="day", amount=broken, cost=lambda _n, _limit: 0),
    "bucket": Bucket(groups=TOGETHER, per="day", cost=broken),
    "distinct": Distinct(groups=TOGETHER, per="day", cost=broken),
    "pattern": Pattern(groups=TOGETHER, cost=broken, facts=nothing),
    "function": Function(groups=TOGETHER, scope="group", cost=broken, facts=nothing),
    "facts": Function(groups=TOGETHER, scope="group", cost=lambda _: 1, facts=broken),
}


@attrs.frozen
class HouseRule:
    """A rule of one term."""

    term: Term
    entry: Entry = ENTRY
    weight: int = 1

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The term."""
        yield self.term


@attrs.frozen
class Hopeless:
    """A rule that breaks down before its first term."""

    entry: Entry = ENTRY
    weight: int = 1

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Nothing."""
        return iter(broken())


def told(call: Callable[[], object]) -> str:
    """The one problem that a call ends with; no traceback holds the text of what was raised."""
    with pytest.raises(InvariantError) as raised:
        call()
    assert raised.value.__cause__ is raised.value.__context__ is None
    assert "Ada" not in "".join(format_exception(raised.value))
    return str(raised.value)


HOUSE_RULES: list[ScheduleRule] = [*map(HouseRule, TERMS.values()), Hopeless()]


@pytest.mark.parametrize("house", HOUSE_RULES, ids=[*TERMS, "terms"])
def test_a_rule_that_breaks_down_is_told_by_place_and_code(house: ScheduleRule) -> None:
    """An exception of any function of a rule names the rule in plans, scores and comparisons."""
    rules = (RoomOverlap(), house)
    verbs: dict[str, Callable[[], object]] = {
        "plan": lambda: plan(BUSY, "e", rules=rules, window=DAYS),
        "score": lambda: score(BUSY, rules),
        "compare": lambda: compare(BUSY, BUSY, rules=rules),
    }
    for verb, call in verbs.items():
        assert told(call) == (
            f"{verb}: 1 problem\n  rules[1]: must come to an answer; "
            "had ZeroDivisionError in house-rule; mend the rule, or leave it out"
        )


def test_a_rule_that_answers_what_cannot_be_is_told_too() -> None:
    """The problem that a rule has with its own answer stands below its place."""

    @rule("no-good", "soft", law="It is good.")
    def no_good(_: Session) -> int:
        return -1

    with pytest.raises(InvariantError, match=r"^score: 1 problem\n  rules\[0\]\.cost: must be 0"):
        score(BUSY, (no_good,))


def test_what_is_not_a_rule_may_raise_what_it_likes() -> None:
    """The error of a function that shows progress or stops a search is its own."""
    with pytest.raises(ZeroDivisionError):
        plan(BUSY, "e", window=DAYS, rules=(), on_progress=broken)
    with pytest.raises(ZeroDivisionError):
        plan(BUSY, "e", window=DAYS, rules=(), should_stop=broken)


def test_answering_leaves_rules_about_the_portfolio_out() -> None:
    """Places are those of the rules as given, and what answers already is left as it is."""
    about = PortfolioRule(entry=ENTRY, find=broken)
    held = guard_rules("plan", (about, RoomOverlap()))
    assert [isinstance(each, GuardedRule) and each.path for each in held] == ["rules[1]"]
    assert guard_rules("score", held) == held


@given(portfolios(), drawn_rules())
def test_a_rule_that_answers_is_not_changed(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...]
) -> None:
    """Breaches are the same, in the same order, as those of the rule by itself."""
    timetable = timetable_of(portfolio)
    for plain, held in zip(rules, guard_rules("score", rules), strict=True):
        assert (held.entry, held.weight) == (plain.entry, plain.weight)
        assert list(conflicts(held, timetable)) == list(conflicts(plain, timetable))


def test_spans_that_share_their_intervals_still_do() -> None:
    """A function that several spans share stays one function, so that a plan calls it once."""

    def always(low: int, high: int) -> tuple[tuple[int, int], ...]:
        return ((low, high),)

    def never(_low: int, _high: int) -> tuple[tuple[int, int], ...]:
        return ()

    spans = [
        Span(label=label, sessions=(0,), intervals=intervals)
        for label, intervals in (("x", always), ("y", always), ("z", never))
    ]
    (held,) = guard_rules("plan", (HouseRule(Within(spans=spans, facts=nothing)),))
    (term,) = held.terms(timetable_of(BUSY))
    assert isinstance(term, Within)
    x, y, z = (each.intervals for each in term.spans)
    assert x is y
    assert x is not z
    assert [*x(0, 9)] == [(0, 9)]
