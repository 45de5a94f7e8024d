"""Time to prove and explain that not all sessions can be placed.

    python tests/benchmarks/bench_infeasible.py [--smoke]

Every kind of impossible problem of the tests, then a Boostcamp of 60 sessions and a term of 1,200
in which a trainer has too little time, or rooms or windows are too small. Goal: seconds, no more.
Seconds are those of the processor, as the machine may be shared.
"""

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import instances

sys.path.insert(0, str(Path(__file__).parents[2]))  # the tests share their problems

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Availability, Edition, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from tests.scheduling.infeasibility.impossible import KINDS, case


def run(name: str, portfolio: Portfolio, rules: Sequence[ScheduleRule], **options: Any) -> None:
    """One line: what it came to, in what time, with sets as sessions and causes."""
    begun = time.process_time()
    found = explain_infeasible(portfolio, "mic", rules=rules, **options)
    spent = time.process_time() - begun
    sets = [
        f"{len(each.sessions)}+{len(each.causes)}{'' if each.minimal else '?'}"
        for each in found.conflict_sets
    ]
    print(
        f"{name:34} {found.verdict:10} {spent:7.2f} s  nodes {found.nodes:6,}  "
        f"shortages {len(found.shortages)}  sets {', '.join(sets) or 'none'}  "
        f"unexplained {len(found.unexplained)}"
    )


def changed(portfolio: Portfolio, *nouns: Availability | Edition | Session) -> Portfolio:
    """The same portfolio with some nouns in place of those of the same ids."""
    gone: set[object] = {(type(each), each.id) for each in nouns}
    kept = [
        value
        for batch in portfolio.log
        for value in batch.values
        if (type(value), getattr(value, "id", None)) not in gone
    ]
    return Portfolio.of(*kept, *nouns)


def hours(portfolio: Portfolio, person: str, text: str) -> Portfolio:
    """A trainer with other hours."""
    said = next(e for e in portfolio.all(Availability) if e.subject == f"person:{person}")
    return changed(portfolio, attrs.evolve(said, hours=WeeklyHours.parse(text)))


def crowd(portfolio: Portfolio, part: str) -> Portfolio:
    """Some sessions with more people than the largest room has seats."""
    some = [attrs.evolve(e, expected=99) for e in portfolio.all(Session) if part in e.id]
    return changed(portfolio, *some)


def until(portfolio: Portfolio, edition: str, last: date) -> Portfolio:
    """An edition that ends sooner."""
    one = portfolio.get(Edition, edition)
    first = min(date(2014, 9, 10), last)
    return changed(portfolio, attrs.evolve(one, period=Period.days(first, last)))


def main() -> None:
    """Small ones of each kind, then large ones."""
    smoke = "--smoke" in sys.argv
    for seed, kind in enumerate(KINDS):
        asked = case(seed)
        run(f"{kind}, {len(asked.portfolio.all(Session))} sessions", asked.portfolio, asked.rules)
    camp, rules = instances.boostcamp(), instances.BOOSTCAMP_RULES
    run("boostcamp as it is", camp, rules)
    run("boostcamp, trainer with 2 h a week", hours(camp, "trainer-2", "Mo 09:00-12:00"), rules)
    run("boostcamp, a module too large", crowd(camp, "pitching"), rules)
    if smoke:
        return
    run("boostcamp in six weeks", until(camp, "edition", date(2014, 10, 24)), rules)
    run("boostcamp in a month", until(camp, "edition", date(2014, 10, 10)), rules)
    term, rules = instances.network(), instances.NETWORK_RULES
    run("term as it is", term, rules)
    run("term, a trainer with 3 h a week", hours(term, "trainer-07", "Mo 09:00-12:00"), rules)
    run("term, a module too large", crowd(term, "module-03-2"), rules)
    run("term, an edition in two weeks", until(term, "edition-05", date(2014, 9, 23)), rules)


if __name__ == "__main__":
    main()
