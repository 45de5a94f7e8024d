"""No verb places a session on top of its twin, an equal session that would become its duplicate."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from mic_core.catalog.check import check
from mic_core.chrono import Period, WeeklyHours
from mic_core.findings import Policy
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.solution import Solver
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.search.kernel import Kernel
from mic_core.solvers import CpSat
from tests.scheduling.insertion.days import needs_ortools
from tests.scheduling.nouns import DAY, MIC, flat, module, program, room, session, slot

HOUR = timedelta(hours=1)
TODAY = Period.days(DAY, DAY)
LAB = room("lab", concurrency=3)


# The solver of this library, and CP-SAT where it is installed.
SOLVERS = (Kernel(), pytest.param(CpSat(), marks=needs_ortools))
KINDS: dict[str, tuple[tuple[Noun, ...], dict[str, Any]]] = {
    "room for three": ((LAB,), {}),
    "online": ((), {"mode": "online"}),
    "online with a room": ((LAB,), {"mode": "online", "room_id": "lab"}),
}
"""Places that take twins at once, with the fields of a session that is yet to be placed there."""


def world(*nouns: Noun | list[Session] | tuple[Noun, ...], hours: int = 3) -> Portfolio:
    """The center, open for the first hours of the day, and some nouns."""
    opened = WeeklyHours.parse(f"Mo-Su 00:00-{hours:02}:00")
    return Portfolio.of(attrs.evolve(MIC, opening_hours=opened), *flat(nouns))


def placed(portfolio: Portfolio) -> list[tuple[int, str | None]]:
    """The start and room of each session that has a slot, sorted."""
    found = [each for each in portfolio.all(Session) if each.slot is not None]
    return sorted((each.slot.start.hour, each.room_id) for each in found if each.slot)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_places_twins_apart(solver: Solver, kind: str) -> None:
    """Equal sessions get different starts, also beside one that is placed already."""
    nouns, fields = KINDS[kind]
    waiting = [session(id, None, title="Pitch", **fields) for id in ("a", "b")]
    where: dict[str, Any] = {"room_id": "lab" if nouns else None, **fields}
    there = session("c", "01:00", title="Pitch", **where)
    made = plan(
        world(nouns, waiting, there, hours=3), "mic", window=TODAY, step=HOUR, solver=solver
    )
    assert [start for start, _ in placed(made.portfolio)] == [0, 1, 2]
    assert check(made.portfolio).ok
    assert (made.unplaced, made.score.hard) == ((), 0)
    short = plan(
        world(nouns, waiting, there, hours=2), "mic", window=TODAY, step=HOUR, solver=solver
    )
    assert len(short.unplaced) == 1
    assert short.unplaced[0].free == 0
    assert check(short.portfolio).ok


def test_what_a_module_calls_for_is_placed_at_once() -> None:
    """Sessions that the count of a module calls for are no twins, and share a room for three."""
    waiting = [session(id, None, title="Pitch", module_id="m") for id in ("a", "b")]
    nouns = (LAB, program(module("m", count=2)))
    made = plan(world(nouns, waiting, hours=1), "mic", window=TODAY, step=HOUR)
    assert placed(made.portfolio) == [(0, "lab"), (0, "lab")]
    assert check(made.portfolio).ok


@pytest.mark.parametrize("level", ["warning", "info"])
def test_a_softer_rule_still_costs(level: Any) -> None:
    """Where the policy makes it a wish, twins are placed together only if they must be."""
    policy = Policy(severities=(("duplicate-session", level),))
    waiting = [session(id, None, title="Pitch") for id in ("a", "b")]
    made = plan(world(LAB, waiting, hours=1), "mic", window=TODAY, step=HOUR, policy=policy)
    assert placed(made.portfolio) == [(0, "lab"), (0, "lab")]
    cost = made.score.of("duplicate-session")
    assert (made.score.hard, cost) == (0, 1)
    made = plan(world(LAB, waiting, hours=2), "mic", window=TODAY, step=HOUR, policy=policy)
    assert placed(made.portfolio) == [(0, "lab"), (1, "lab")]


@pytest.mark.parametrize("kind", KINDS)
def test_one_session_is_not_suggested_on_its_twin(kind: str) -> None:
    """`suggest` leaves the start of a twin out, and `why_not` names the rule."""
    nouns, fields = KINDS[kind]
    there: dict[str, Any] = {"room_id": "lab" if nouns else None, **fields}
    one, two = session("a", "01:00", title="Pitch", **there), session("b", title="Pitch", **fields)
    portfolio = world(nouns, one, two)
    best = suggest(portfolio, "b", window=TODAY, step=HOUR)
    assert [each.slot.start.hour for each in best] == [0, 2]
    room_id = there["room_id"]
    here = why_not(portfolio, "b", slot("01:00"), room_id)
    assert [each.code for each in here.findings] == ["duplicate-session"]
    assert here.findings[0].subjects == ("session:a", "session:b")
    assert why_not(portfolio, "b", slot("01:30"), room_id).free == 1
    assert why_not(world(nouns, session("a", "01:00"), two), "b", slot("01:00")).free > 0


def test_what_is_impossible_is_proved() -> None:
    """Two twins and one start: no verb can place both, and one of them can be."""
    waiting = [session(id, None, title="Pitch") for id in ("a", "b")]
    why = explain_infeasible(world(LAB, waiting, hours=1), "mic", window=TODAY, step=HOUR)
    assert why.verdict == "impossible"
    codes = [cause.code for cause in why.conflict_sets[0].causes]
    assert codes == ["duplicate-session", "opening-hours", "window"]
    other = [session("a", None), session("b", None)]
    assert (
        explain_infeasible(world(LAB, other, hours=1), "mic", window=TODAY, step=HOUR).plan
        is not None
    )


def test_check_and_score_agree_about_duplicates() -> None:
    """A session entered three times is one error, which costs two; none of them may stay free."""
    thrice = [session(id, "01:00", title="Pitch", room_id="lab") for id in ("a", "b", "c")]
    portfolio = world(LAB, thrice)
    (finding,) = (each for each in check(portfolio).findings if each.severity == "error")
    assert finding.code == "duplicate-session"
    assert (score(portfolio).hard, score(portfolio).of("duplicate-session")) == (2, 2)
    made = plan(portfolio, "mic", window=TODAY, step=HOUR, free=("a", "b", "c"))
    assert [start for start, _ in placed(made.portfolio)] == [0, 1, 2]


def test_a_repair_places_nothing_on_its_twin() -> None:
    """A session that needs another room does not take the one in which its twin is then."""
    fields: dict[str, Any] = {"title": "Pitch", "expected": 5}
    one = session("a", "00:00", room_id="lab", **fields)
    two = session("b", "02:00", room_id="lab", **fields)
    crowd = session("c", "02:00", room_id="tiny", **fields)
    made = repair(world(LAB, room("tiny", 1), one, two, crowd), "mic", window=TODAY, step=HOUR)
    assert made.report.ok
    assert check(made.portfolio).ok
    assert placed(made.portfolio) == [(0, "lab"), (1, "lab"), (2, "lab")]
