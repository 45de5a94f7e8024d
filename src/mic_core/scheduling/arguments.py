"""What the verbs of scheduling are given: settled at once, or refused with all that is wrong."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeGuard

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.fields import Found, Length, Maybe, Value, Whole, refuse
from mic_core.findings import SEVERITY_OF, Policy
from mic_core.portfolio import Scope
from mic_core.portfolio.slices import ids_of
from mic_core.rules import Entry, PortfolioRule, Rule
from mic_core.scheduling.problem import STEP, Solver

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_MOST_SEED = 2**53 - 1


@attrs.frozen(kw_only=True)
class Arguments:
    """Settled arguments; those that a verb does not take have their defaults."""

    scope: Scope = ()
    window: Period | None = None
    step: timedelta = STEP
    free: Scope = ()
    rules: tuple[Rule, ...] = ()
    policy: Policy = Policy()
    seed: int = 0
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
    seed: object = 0,
    iterations: object = None,
    solver: object = None,
    on_progress: object = None,
    should_stop: object = None,
) -> Arguments:
    """The arguments of a verb that schedules, in their canonical forms; an iterable is read once.

    `step` is a whole number of minutes from 1 to 1440; `seed` a whole number within plus or minus
    2**53; `iterations` 0 or more, or None. Raises InvariantError with all that is wrong, each by
    the name of its argument. O(rules).

    >>> checked_arguments("plan", step=timedelta(seconds=90), seed="6")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: plan: 2 problems
      step: must be a whole number of minutes from 1 to 1440; had timedelta
      seed: must be a whole number; had text of 1 characters
    """
    found: Found = []
    settled: dict[str, Any] = {
        "scope": ids_of(scope, "scope", found),
        "window": Maybe(Value(Period)).settle(window, "window", found),
        "step": _step(step, found),
        "free": ids_of(free, "free", found),
        "rules": rules_of(rules, "rules", found),
        "policy": Value(Policy).settle(policy, "policy", found),
        "seed": Whole(-_MOST_SEED).settle(seed, "seed", found),
        "iterations": Maybe(Whole()).settle(iterations, "iterations", found),
        "solver": solver,
    }
    if solver is not None and (isinstance(solver, type) or not _has(solver, "solve")):
        refuse(found, "solver", "must be a solver, or None", solver, _made(solver))
    for name, told in (("on_progress", on_progress), ("should_stop", should_stop)):
        if told is not None and not callable(told):
            refuse(found, name, "must be a function, or None", told)
    if found:
        raise InvariantError(verb, found)
    return Arguments(**settled)


def rules_of(rules: object, path: str, found: Found) -> tuple[Rule, ...]:
    """The rules that any iterable gives; what is no rule is added to `found` by its place."""
    if not _is_several(rules):
        mend = "put it into a tuple, even if it is one" if _is_rule(rules) else _made(rules)
        refuse(found, path, "must be rules, as a tuple of them", rules, mend)
        return ()
    held: list[Rule] = []
    for place, rule in enumerate(rules):
        if _is_rule(rule):
            held.append(rule)
        else:
            rule_of = "must be a rule: something with an entry, a weight of 1 or more, and terms"
            refuse(found, f"{path}[{place}]", rule_of, rule, _made(rule))
    return tuple(held)


def _is_several(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable) and not isinstance(value, str)


def _is_rule(value: object) -> TypeGuard[Rule]:
    if isinstance(value, PortfolioRule):
        return True
    entry: object = getattr(value, "entry", None)
    weight: object = getattr(value, "weight", None)
    return (
        not isinstance(value, type)
        and isinstance(entry, Entry)
        and entry.level in SEVERITY_OF
        and _has(value, "terms")
        and isinstance(weight, int)
        and weight >= 1
    )


def _has(value: object, method: str) -> bool:
    return callable(getattr(value, method, None))


def _made(value: object) -> str:
    """What mends a class that stands where one of its values belongs."""
    return "call the class, to make one" if isinstance(value, type) else ""


def _step(step: object, found: Found) -> object:
    whole = Length(_MINUTE, _DAY).settle(step, "step", [])
    if isinstance(whole, timedelta) and not whole % _MINUTE:
        return whole
    return refuse(found, "step", "must be a whole number of minutes from 1 to 1440", step,
                  "" if isinstance(step, timedelta) else "give a timedelta")  # fmt: skip
