"""Exhausted stack or memory, and interrupts: raised as they are, never blamed on a rule."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from inspect import stack
from traceback import format_exception
from typing import Any, NoReturn

import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.chrono import Period, available, overlapping
from mic_core.errors import InvariantError
from mic_core.model import Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule, RuleSet
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules.custom import rule
from tests.scheduling.nouns import DAY, MIC, edition, room, session

SOME = Portfolio.of(
    MIC, room("r", 5), room("q"), edition(),
    session("a", "09:00", room_id="r", edition_id="e", expected=9),
    session("b", "09:30", room_id="r", edition_id="e"), session("c", edition_id="e"),
)  # fmt: skip
DAYS = Period.days(DAY, DAY)
NEW_YEAR = datetime(2014, 1, 1, tzinfo=UTC)

VERBS: dict[str, Callable[[Any], object]] = {
    "check": lambda rules: check(SOME, rules=rules),
    "score": lambda rules: score(SOME, rules),
    "suggest": lambda rules: suggest(SOME, "c", rules=rules, window=DAYS),
    "why_not": lambda rules: why_not(SOME, "c", rules=rules, window=DAYS),
    "plan": lambda rules: plan(SOME, "e", rules=rules, window=DAYS),
}

LIMITS = [RecursionError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit]


def raising(error: type[BaseException]) -> Callable[..., NoReturn]:
    """A function that raises an error with a text."""

    def break_down(*_: object) -> NoReturn:
        raise error("Ada Lovelace")

    return break_down


def find_with(broken: Callable[..., NoReturn]) -> PortfolioRule:
    """A rule about the portfolio that breaks down after its first finding."""

    def find(*_: object) -> Iterator[Breach]:
        yield Breach(subjects=())
        broken()

    entry = Entry(
        code="mine", level="hard", law="l", why="w", source="s", sentence="it is so", mend="m"
    )
    return PortfolioRule(entry=entry, find=find)


@pytest.mark.parametrize("error", LIMITS)
@pytest.mark.parametrize("verb", VERBS)
def test_limits_of_the_process_pass_through(verb: str, error: type[BaseException]) -> None:
    """A rule that runs out of stack or memory, or is interrupted, ends the verb as it ended."""
    broken = raising(error)
    house: dict[str, Any] = {"law": "It works.", "code": "mine", "level": "hard"}
    rules: list[Any] = [rule(**house)(broken), rule(**house, given=broken)(len)]
    rules += [find_with(broken)] if verb == "check" else []
    for each in rules:
        with pytest.raises(error) as raised:
            VERBS[verb]([each])
        assert type(raised.value) is error


@pytest.mark.parametrize(
    "error", [ZeroDivisionError, KeyError, type("Ada Lovelace", (Exception,), {})]
)
@pytest.mark.parametrize("verb", VERBS)
def test_what_a_rule_raises_is_named_by_its_type_alone(verb: str, error: type[Exception]) -> None:
    """Neither the error of a verb nor a finding holds the exception, its text or an odd name."""
    own = rule("mine", "hard", law="It works.")(raising(error))
    if verb == "check":
        shown = str(check(SOME, rules=[own, find_with(raising(error))]))
    else:
        with pytest.raises(InvariantError) as raised:
            VERBS[verb]([own])
        assert raised.value.__cause__ is raised.value.__context__ is None
        shown = "".join(format_exception(raised.value))
    assert "Ada" not in shown
    assert (error.__name__ if error.__name__ != "Ada Lovelace" else "something else") in shown


def test_an_error_of_ours_that_a_rule_raises_is_named_by_its_type_too() -> None:
    """Its text would be the text of a rule, so the problems that it lists are not taken over."""

    def refuse(_: Session) -> NoReturn:
        raise InvariantError("Ada", [])

    own = rule("mine", "hard", law="It works.")(refuse)
    with pytest.raises(InvariantError, match="must come to an answer; had InvariantError in mine"):
        score(SOME, [own])
    assert check(SOME, rules=[own]).findings[0].fact("had") == "InvariantError"


def _outcome(call: Callable[[], object], left: int) -> object:
    """The outcome of a call with a number of frames left on the stack."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(stack()) + left)
    try:
        return call()
    except RecursionError:
        return None
    except TypeError as error:
        # CPython compares slots in C, and says so where that runs out of frames.
        assert "layout differs" in str(error)
        return None
    finally:
        sys.setrecursionlimit(usual)


def _one_more(_: Session) -> int:
    return 1


def test_near_the_recursion_limit_a_check_is_right_or_none() -> None:
    """With any number of frames left, `check` finds what it always finds, or runs out of them."""
    own = rule("mine", "soft", law="It works.")(_one_more)
    rules = RuleSet("MINE", (*CATALOG, own))

    def fresh() -> object:
        return check(Portfolio.of(*SOME.log[0].values), rules=rules)

    usual = fresh()
    outcomes = [_outcome(fresh, left) for left in range(12, 160)]
    assert usual in outcomes
    assert None in outcomes
    assert all(each is None or each == usual for each in outcomes)


class Weak(tzinfo):
    """A zone that runs out of memory."""

    def utcoffset(self, _: datetime | None) -> Any:
        raise MemoryError


class Deep:
    """A value whose hash, comparison and attributes run out of stack."""

    def __hash__(self) -> int:
        raise RecursionError

    def __lt__(self, other: object) -> bool:
        raise RecursionError

    def __getattr__(self, name: str) -> object:
        raise RecursionError


def weak() -> tzinfo:
    """A zone that exhausts the memory."""
    zone: Any = Weak
    made: tzinfo = zone()
    return made


Call = Callable[[Any], object]
EXHAUSTING: list[tuple[Call, type[BaseException]]] = [
    (lambda deep: SOME.find(Room, deep), RecursionError),
    (lambda deep: SOME.where(Session, title=deep), RecursionError),
    (lambda deep: SOME.record(deep, recorded_at=NEW_YEAR), RecursionError),
    (lambda deep: overlapping([deep, deep], [1, 2]).__next__(), RecursionError),
    (lambda deep: available([deep], within=(0, 1)), RecursionError),
    (lambda _: check(SOME, rules=(raising(MemoryError)() for _ in "a")), MemoryError),
    (lambda _: check(SOME, as_of=NEW_YEAR.replace(tzinfo=weak())), MemoryError),
]


@pytest.mark.parametrize(("call", "error"), EXHAUSTING)
def test_values_that_exhaust_the_process_are_no_wrong_values(
    call: Call, error: type[BaseException]
) -> None:
    """An argument that exhausts stack or memory when it is looked at is not refused as wrong."""
    with pytest.raises(error):
        call(Deep())


def test_a_rule_that_exhausts_the_stack_while_it_makes_its_terms_is_not_blamed() -> None:
    """An exhaustion that a rule raises while its terms are made goes through as well."""

    def deep(_: Session) -> bool:
        raise RecursionError

    own = rule("mine", "hard", law="It ends.", where=deep)(_one_more)
    with pytest.raises(RecursionError):
        score(SOME, rules=[own])
