"""Verbs agree about who is expected: by the start of a session, or by its window while it moves."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule
from mic_core.scheduling.evaluation.compare import compare
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.placements import placed_at
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules.hours import OpeningHours
from mic_core.scheduling.rules.overlap import ParticipantOverlap, RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from tests.scheduling.nouns import DAY, MIC, edition, people, room, session, slot
from tests.scheduling.planning.test_twins import SOLVERS
from tests.scheduling.rules.test_expected import IDS, NINE, changing, seats

HOUR = timedelta(hours=1)
TODAY = Period.days(DAY, DAY)
OPEN = attrs.evolve(MIC, opening_hours=WeeklyHours.parse("Mo-Su 08:00-12:00"))
TEN = NINE + HOUR
RULES: tuple[Rule, ...] = (
    RoomSeats(), ParticipantOverlap(level="hard"), RoomOverlap(level="soft"), OpeningHours(),
)  # fmt: skip


def growing(*sessions: Session, seats_in_room: int = 10) -> Portfolio:
    """Five enrolled until ten o'clock, fifteen from then on, and one room."""
    early = seats("e", IDS[:5], ("enrolled", NINE - 24 * HOUR))
    late = seats("e", IDS[5:], ("enrolled", TEN))
    return Portfolio.of(OPEN, edition(), room(seats=seats_in_room), *early, *late, *sessions)


def test_suggest_and_why_not_judge_each_start() -> None:
    """A room that fits until ten is offered until then, and forbidden by its seats after."""
    portfolio = growing(session("a", None, edition_id="e"))
    best = suggest(portfolio, "a", window=TODAY, step=HOUR)
    assert [each.slot.start.hour for each in best] == [8, 9]
    assert why_not(portfolio, "a", slot("09:59"), "r").free == 1
    (finding,) = why_not(portfolio, "a", slot("10:00"), "r").findings
    assert (finding.code, finding.fact("needed"), finding.fact("had")) == ("room-seats", 15, 10)
    whole = why_not(portfolio, "a", window=TODAY, step=HOUR)
    counted = {each.code: each.placements for each in whole.rules}
    assert (whole.placements, whole.free, counted["room-seats"]) == (24, 2, 14)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda each: type(each).__name__)
def test_a_plan_has_seats_for_the_peak_of_the_window(solver: object) -> None:
    """While a session may move, its room holds all who have a seat at any of its starts."""
    waiting = session("a", None, edition_id="e")
    portfolio = growing(waiting)
    made = plan(portfolio, "e", window=TODAY, step=HOUR, solver=solver)  # type: ignore[arg-type]
    assert [each.session_id for each in made.unplaced] == ["a"]
    assert made.unplaced[0].free == 2
    large = recorded(portfolio, [room("big", 15)])
    made = plan(large, "e", window=TODAY, step=HOUR, solver=solver)  # type: ignore[arg-type]
    assert made.portfolio.get(Session, "a").room_id == "big"
    pinned = growing(session("a", "09:00", edition_id="e"))
    made = plan(pinned, "e", window=TODAY, step=HOUR, solver=solver)  # type: ignore[arg-type]
    assert made.portfolio.get(Session, "a").room_id == "r"
    offered = Portfolio.of(
        OPEN, edition(), room(seats=2), waiting, *seats("e", IDS[:3], ("offered", NINE - HOUR))
    )
    assert plan(offered, "e", window=TODAY, step=HOUR).unplaced
    there = recorded(offered, [session("a", "09:00", edition_id="e", room_id="r")])
    assert score(there).feasible


def test_a_plan_avoids_whoever_is_expected_twice_at_any_start() -> None:
    """Two sessions of one person's two editions get two hours if the second one joins any time."""
    nouns = [
        OPEN, edition("e1"), edition("e2", number=2), room("r1"), room("r2"), *people("p"),
        *seats("e1", ["p"], ("enrolled", NINE - 24 * HOUR)), *seats("e2", ["p"], ("enrolled", TEN)),
    ]  # fmt: skip
    there = session("a", "09:00", edition_id="e1", room_id="r1")
    waiting = session("b", None, edition_id="e2")
    early = attrs.evolve(OPEN, opening_hours=WeeklyHours.parse("Mo-Su 09:00-10:00"))
    portfolio = Portfolio.of(early, *nouns[1:], there, waiting)
    hard = (*RULES[1:], RoomSeats())
    assert plan(portfolio, "e2", window=TODAY, step=HOUR, rules=hard).unplaced
    assert why_not(portfolio, "b", slot("09:00"), "r2", rules=hard).free == 1
    why = explain_infeasible(portfolio, "e2", window=TODAY, step=HOUR, rules=hard)
    assert (why.verdict, why.unexplained) == ("open", ("session:b",))
    always = recorded(portfolio, seats("e2", ["p"], ("enrolled", NINE - 24 * HOUR)))
    why = explain_infeasible(always, "e2", window=TODAY, step=HOUR, rules=hard)
    assert why.verdict == "impossible"
    assert why_not(always, "b", slot("09:00"), "r2", rules=hard).free == 0
    assert plan(Portfolio.of(*nouns, there, waiting), "e2", window=TODAY, rules=hard).score.feasible


def test_what_fails_for_seats_at_some_start_is_not_impossible() -> None:
    """Seats that are too few at all starts are a proof, seats too few at some are none."""
    waiting = session("a", None, edition_id="e")
    for count, verdict in ((4, "impossible"), (5, "open"), (14, "open"), (15, "possible")):
        portfolio = growing(waiting, seats_in_room=count)
        why = explain_infeasible(portfolio, "e", window=TODAY, step=HOUR)
        assert why.verdict == verdict
        assert bool(why.conflict_sets) == (verdict == "impossible")
        assert why.unexplained == (("session:a",) if verdict == "open" else ())


def test_other_reasons_stay_proved() -> None:
    """A closed center is a proof, however many are enrolled when."""
    closed = attrs.evolve(OPEN, closures=(TODAY,))
    portfolio = recorded(growing(session("a", None, edition_id="e")), [closed])
    why = explain_infeasible(portfolio, "e", window=TODAY, step=HOUR)
    assert why.verdict == "impossible"
    codes = {cause.code for each in why.conflict_sets for cause in each.causes}
    assert "closures" in codes
    assert "room-seats" not in codes


def test_a_repair_judges_what_stays_by_its_start() -> None:
    """A session that fits when it begins is left alone; one that does not takes the larger room."""
    early = session("a", "08:00", edition_id="e", room_id="r")
    late = session("b", "10:00", edition_id="e", room_id="r")
    big = room("big", 15)
    made = repair(recorded(growing(early, late), [big]), "e", window=TODAY, step=HOUR)
    assert made.sessions == ("b",)
    assert made.portfolio.get(Session, "b").room_id == "big"
    assert made.report.ok
    assert repair(growing(early), "e", window=TODAY, step=HOUR).changes == ()


STARTS = ("08:30", "09:00", "09:30", "10:00", "10:30", "11:00")


@given(changing(), st.sampled_from([None, *STARTS]), st.sampled_from([("e1",), ("e2",), ()]))
def test_why_not_and_suggest_agree_with_check(
    nouns: list[Noun], now: str | None, audience: tuple[str, ...]
) -> None:
    """A start is free if no hard rule costs more there than without the session, as in `score`."""
    one = session("x", now, audience=audience, room_id="r1" if now else None)
    portfolio = Portfolio.of(*nouns, one)
    without = score(recorded(portfolio, [placed_at(one, None, None)]), RULES)
    for start in STARTS:
        after = score(recorded(portfolio, [placed_at(one, slot(start), "r1")]), RULES)
        free = all(after.of(each.entry.code) <= without.of(each.entry.code) for each in RULES[:2])
        answer = why_not(portfolio, "x", slot(start), "r1", rules=RULES)
        assert answer.free == free
        assert bool(answer.findings) != free
    for each in suggest(portfolio, "x", window=TODAY, step=HOUR, most=9, rules=RULES):
        new = recorded(portfolio, each.changes)
        assert each.by_rule == compare(portfolio, new, rules=RULES).by_rule


def placements(portfolio: Portfolio, ids: Iterable[str]) -> Iterable[Portfolio]:
    """Every portfolio in which these sessions start on the hour in a room, within the hours."""
    choices = product(("08:00", "09:00", "10:00", "11:00"), ("r1", "r2"))
    for chosen in product(choices, repeat=len([*ids])):
        pairs = zip(ids, chosen, strict=True)
        yield recorded(
            portfolio,
            [placed_at(portfolio.get(Session, id), slot(at), room) for id, (at, room) in pairs],
        )


@given(changing(), st.lists(st.sampled_from([("e1",), ("e2",), ("p1",)]), min_size=1, max_size=2))
def test_impossible_means_that_no_other_verb_can(
    nouns: list[Noun], audiences: list[tuple[str, ...]]
) -> None:
    """A plan breaks no hard rule, and what is proved impossible has no placement at all."""
    kept = [OPEN if each.id == "mic" else each for each in nouns]
    ids = [f"x{n}" for n in range(len(audiences))]
    asked = [session(id, None, audience=each) for id, each in zip(ids, audiences, strict=True)]
    portfolio = Portfolio.of(*kept, room("r2", 3), *asked)
    before = score(portfolio, RULES).hard
    made = plan(portfolio, tuple(ids), window=TODAY, step=HOUR, rules=RULES)
    assert made.score.hard <= before
    why = explain_infeasible(portfolio, tuple(ids), window=TODAY, step=HOUR, rules=RULES)
    if why.verdict == "impossible":
        assert all(score(each, RULES).hard > before for each in placements(portfolio, ids))
    if why.plan is not None:
        assert why.plan.score.hard <= before
