"""Argument validation of the scheduling verbs: all problems are reported at once, by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

import attrs

from mic_core.chrono import Period
from mic_core.fields import (
    Bind,
    Called,
    Choice,
    Each,
    Either,
    Found,
    Length,
    Maybe,
    Shape,
    Value,
    Whole,
    is_a,
    refuse,
    sound,
)
from mic_core.findings import Policy
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.scope import scope_ids
from mic_core.rules import Rule, is_rule
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.solution import PlanEffort, RepairGoal, Solver
from mic_core.timetable import Timetable


@attrs.frozen(kw_only=True)
class Arguments:
    """Validated arguments in canonical form; those that a verb does not take have defaults."""

    scope: Scope = ()
    window: Period | None = None
    step: timedelta = STEP
    free: Scope = ()
    rules: tuple[Rule, ...] = ()
    policy: Policy = Policy()
    prefer: RepairGoal = "distance"
    seed: int = 0
    effort: PlanEffort = "normal"
    iterations: int | None = None
    solver: Solver | None = None


def checked_arguments(
    verb: str,
    *,
    scope: object = (),
    window: object = None,
    step: object = STEP,
    free: object = (),
    rules: object = (),
    policy: object = Policy(),
    prefer: object = "distance",
    seed: object = 0,
    effort: object = "normal",
    iterations: object = None,
    solver: object = None,
    on_progress: object = None,
    should_stop: object = None,
    **portfolios: object,
) -> Arguments:
    """The validated arguments of a scheduling verb in canonical form; an iterable is read once.

    `step` is a whole number of minutes from 1 to 1440; `seed` a whole number within plus or minus
    2**53 (exact as a JSON number); `iterations` 0 or more, or None. Anything else is a portfolio;
    `of` may be a timetable. Raises InvariantError with every problem under the name of its
    argument. O(rules).

    >>> checked_arguments("plan", step=timedelta(seconds=90), seed="6")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: plan: 2 problems
      step: must be a whole number of minutes from 1 to 1440; had timedelta
      seed: must be a whole number; had text of 1 characters
    """
    given: dict[str, tuple[object, Shape]] = {
        **{name: (each, _portfolio_shape(name)) for name, each in portfolios.items()},
        "scope": (scope, IDS),
        "window": (window, Maybe(Value(Period))),
        "step": (step, _STEP),
        "free": (free, IDS),
        "rules": (rules, _FunctionShape(_RULES.rule, _settle_rules)),
        "policy": (policy, Value(Policy)),
        "prefer": (prefer, Choice(get_args(RepairGoal))),
        "seed": (seed, Whole(1 - 2**53)),
        "effort": (effort, Choice(get_args(PlanEffort))),
        "iterations": (iterations, Maybe(Whole())),
        "solver": (solver, Maybe(_SOLVER)),
        "on_progress": (on_progress, Maybe(Called())),
        "should_stop": (should_stop, Maybe(Called())),
    }
    checked: dict[str, Any] = dict(zip(given, sound(verb, **given), strict=True))
    return Arguments(**{each.name: checked[each.name] for each in attrs.fields(Arguments)})


def _portfolio_shape(name: str) -> Shape:
    return Either(lambda: (Portfolio, Timetable)) if name == "of" else Value(Portfolio)


@attrs.frozen
class _FunctionShape:
    """The shape of an argument that a function settles; no field has it, so it has no source."""

    rule: str
    function: Callable[[object, str, Found], object]

    def test(self, name: str, bind: Bind) -> str:  # pragma: no cover  # no field asks
        return "False"

    def settle(self, value: object, path: str, found: Found) -> object:
        return self.function(value, path, found)


def _settle_rules(rules: object, path: str, found: Found) -> object:
    """The rules of any iterable as a tuple; items that are no rules are added to `found`."""
    if is_rule(rules):
        mend = "put it into a tuple, even if it is one"
        return refuse(found, path, _RULES.rule, rules, mend)
    return _RULES.settle(rules, path, found)


def _settle_rule(value: object, path: str, found: Found) -> object:
    return value if is_rule(value) else refuse(found, path, _RULE.rule, value, _call_hint(value))


def _settle_step(value: object, path: str, found: Found) -> object:
    length = Length(timedelta(minutes=1), timedelta(days=1)).settle(value, path, [])
    if isinstance(length, timedelta) and not length % timedelta(minutes=1):
        return length
    mend = "" if is_a(value, timedelta) else "give a timedelta"
    return refuse(found, path, _STEP.rule, value, mend)


def _settle_solver(value: object, path: str, found: Found) -> object:
    if isinstance(value, type) or not callable(getattr(value, "solve", None)):
        return refuse(found, path, _SOLVER.rule, value, _call_hint(value))
    return value


def _settle_text(value: object, path: str, found: Found) -> object:
    return str.__str__(value) if is_a(value, str) else refuse(found, path, TEXT.rule, value)


def _call_hint(value: object) -> str:
    """The hint for a class given in place of one of its values; "" for anything else."""
    return "call the class, to make one" if isinstance(value, type) else ""


IDS = _FunctionShape("must be an id, or a tuple of ids", scope_ids)
TEXT = _FunctionShape("must be text", _settle_text)
_STEP = _FunctionShape("must be a whole number of minutes from 1 to 1440", _settle_step)
_SOLVER = _FunctionShape("must be a solver", _settle_solver)
_RULE = _FunctionShape(
    "must be a rule: something with an entry, a weight of 1 or more, and terms", _settle_rule
)
_RULES = Each(_RULE, "rules")
