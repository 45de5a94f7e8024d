"""Fixed sessions of a plan: history, slots without a room, rooms of online sessions."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from mic_core.chrono import Period, Slot
from mic_core.model import Attendance, Headcount, Noun, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.hours import OpeningHours
from mic_core.scheduling.rules.overlap import AudienceOverlap, RoomOverlap
from tests.scheduling.insertion.days import HOUR, ONE, needs_ortools, open_at, planned, stands
from tests.scheduling.nouns import (
    MIC,
    edition,
    gives,
    people,
    program,
    room,
    session,
    slot,
)

NEXT = Period.days(date(2014, 9, 11), date(2014, 9, 11))
LAB = attrs.evolve(MIC, id="lab")


# History

HISTORY: dict[str, tuple[Noun, ...]] = {
    "present": (Attendance(id="x", session_id="a", person_id="ann", status="present"),),
    "missed": (Attendance(id="x", session_id="a", person_id="ann", status="absent"),),
    "counted": (Headcount(id="x", session_id="a", n=5, basis="badge_scans"),),
    "turned": (
        Transition(
            id="x", subject="session:a", before="planned", after="held",
            effective_at=datetime(2014, 9, 10, 20, tzinfo=UTC),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", [*HISTORY, "held", None])
@pytest.mark.parametrize("starts", ["09:00", None])
def test_history_stays_where_it_is_even_if_it_is_free(what: str | None, starts: str | None) -> None:
    """A session that was held, or has attendances or head counts, neither moves nor starts."""
    own = session(
        "a", starts, room_id="r", edition_id="e", status="held" if what == "held" else "planned"
    )
    known: list[Noun] = [room("r"), program(), edition(), *people("ann")]
    center = open_at("Mo-Su 10:00-12:00")
    made = planned(center, *known, own, *HISTORY.get(what or "", ()), scope="e", free="e")
    if what is None:
        assert stands(made, "a") in {("10 10:00", "r"), ("10 11:00", "r")}
    else:
        assert made.portfolio.get(Session, "a") == own
        assert made.changes == ()
        assert made.unplaced == ()


def test_history_without_a_room_is_not_given_one() -> None:
    """A session that was counted keeps its slot and lacks a room; another one gets the room."""
    made = planned(
        MIC, room("r"), session("a", "10:00"), session("b", "10:00"),
        Headcount(id="x", session_id="a", n=5, basis="badge_scans"),
    )  # fmt: skip
    assert stands(made, "a") == ("10 10:00", None)
    assert stands(made, "b") == ("10 10:00", "r")


# Rooms of online sessions

BUSY = session("b", "00:00", 22 * 60, room_id="r")


def test_an_online_session_takes_up_the_room_that_it_has() -> None:
    """It is planned when its room is free, as `suggest` and `explain_infeasible` see it."""
    own = session("a", None, room_id="r", mode="online")
    made = planned(MIC, room("r"), own, BUSY)
    assert stands(made, "a") in {("10 22:00", "r"), ("10 23:00", "r")}
    assert made.report.ok
    known = Portfolio.of(MIC, room("r"), own, BUSY)
    assert suggest(known, "a", window=ONE, step=HOUR).free == 2
    full = attrs.evolve(BUSY, slot=slot("00:00", 24 * 60), length=timedelta(hours=24))
    known = Portfolio.of(MIC, room("r"), own, full)
    assert [each.session_id for each in plan(known, "mic", window=ONE).unplaced] == ["a"]
    assert explain_infeasible(known, "mic", window=ONE).verdict == "impossible"
    assert suggest(known, "a", window=ONE).free == 0


def test_an_online_session_without_a_room_needs_none() -> None:
    """It is planned though all rooms are taken, and gets none."""
    full = attrs.evolve(BUSY, slot=slot("00:00", 24 * 60), length=timedelta(hours=24))
    made = planned(MIC, room("r"), session("a", None, mode="online"), full)
    assert made.unplaced == ()
    assert stands(made, "a")[1] is None


@pytest.mark.parametrize("free", ["mic", ()])
@pytest.mark.parametrize("of", ["lab", "nobody"])
def test_an_online_session_keeps_a_room_of_elsewhere(of: str, free: str) -> None:
    """The room of another center, or one that nobody knows, is kept and held for it alone."""
    rules = (RoomOverlap(), OpeningHours())
    rooms = (room("r"), *([room("l", center_id="lab")] if of == "lab" else []))
    own = session("a", None, room_id="l", mode="online")
    there = session("b", "10:00", room_id="l", center_id="lab")
    made = planned(open_at("Mo-Su 10:00-12:00"), LAB, *rooms, own, there, rules=rules, free=free)
    begins, kept = stands(made, "a")
    assert kept == "l"
    assert begins == "10 11:00" or of == "nobody"
    assert begins is not None


def test_a_session_on_site_does_not_choose_the_room_of_an_online_one() -> None:
    """A room of another center is there for the online session that has it, and nobody else."""
    full = attrs.evolve(BUSY, slot=slot("00:00", 24 * 60), length=timedelta(hours=24))
    own = session("a", None, room_id="l", mode="online")
    made = planned(
        MIC, LAB, room("r"), room("l", center_id="lab"), own, session("c", None), full,
        rules=(RoomOverlap(),),
    )  # fmt: skip
    assert stands(made, "a")[1] == "l"
    assert [each.session_id for each in made.unplaced] == ["c"]


def test_a_repair_leaves_an_online_session_its_room() -> None:
    """An online session that has to move keeps the room that it had."""
    known = Portfolio.of(
        MIC, room("r"), room("q"), *people("ann"),
        session("a", "10:00", room_id="r", mode="online"), gives("ann", "a"),
        session("b", "10:00", room_id="q", status="held"), gives("ann", "b"),
    )  # fmt: skip
    made = repair(known, "mic", window=ONE, step=HOUR)
    (moved,) = made.changes
    assert isinstance(moved, Session)
    assert (moved.id, moved.room_id) == ("a", "r")
    assert moved.slot is not None
    assert moved.slot != known.get(Session, "a").slot


# Slots outside of the window


def test_a_slot_outside_of_the_window_still_gets_a_room() -> None:
    """A session with a slot stays there and gets a room, whatever the window, as is suggested."""
    known = Portfolio.of(MIC, room("r"), session("a", "10:00"), session("b", None))
    made = plan(known, "mic", window=NEXT, step=HOUR)
    assert stands(made, "a") == ("10 10:00", "r")
    assert str(stands(made, "b")[0]).startswith("11 ")
    assert suggest(known, "a", window=NEXT).free == 1
    assert explain_infeasible(known, "mic", window=NEXT).verdict == "possible"


def test_a_slot_outside_of_the_window_tells_what_closes_it() -> None:
    """The rule that forbids its room is named, and never the window."""
    known = Portfolio.of(MIC, room("r", seats=5), session("a", "10:00", expected=50))
    made = plan(known, "mic", window=NEXT)
    assert [str(each) for each in made.unplaced] == [
        "session:a: of 1 placements, room-seats blocks 1"
    ]
    why = explain_infeasible(known, "mic", window=NEXT)
    assert [[each.code for each in one.causes] for one in why.conflict_sets] == [["room-seats"]]


def test_sessions_that_may_move_stay_within_the_window() -> None:
    """A free session leaves its slot for the window, though it has no room yet."""
    known = Portfolio.of(MIC, room("r"), session("a", "10:00"))
    assert str(stands(plan(known, "mic", window=NEXT, free="a"), "a")[0]).startswith("11 ")


@pytest.mark.parametrize("window", [None, NEXT])
@pytest.mark.parametrize("step", [timedelta(minutes=1), HOUR, timedelta(days=1)])
def test_a_slot_at_an_odd_moment_stays_as_it_is(window: Period | None, step: timedelta) -> None:
    """A slot that starts a microsecond late, at the end of a day, is kept with its zone."""
    at = datetime(2014, 9, 10, 21, 59, 59, 1, tzinfo=UTC)
    odd = session("a", Slot(at, at + HOUR))
    made = plan(Portfolio.of(MIC, room("r"), odd), "a", window=window, step=step)
    assert made.unplaced == ()
    assert made.portfolio.get(Session, "a") == attrs.evolve(odd, room_id="r", revision=1)


def test_a_free_slot_at_an_odd_moment_moves_to_a_whole_one() -> None:
    """Without a window, it may move within its own slot, from the whole minute on."""
    at = datetime(2014, 9, 10, 8, 0, 0, 1, tzinfo=UTC)
    odd = session("a", Slot(at, at + HOUR), room_id="r")
    made = plan(Portfolio.of(MIC, room("r"), odd), "a", free="a")
    assert made.portfolio.get(Session, "a").slot == slot("10:00")


def test_a_slot_too_far_from_the_window_is_left_to_it() -> None:
    """A session whose grid would reach over centuries is left out, and others are planned."""
    ancient = session("a", slot("10:00", day="1014-09-10"))
    made = planned(MIC, room("r"), ancient, session("b", None))
    assert [each.session_id for each in made.unplaced] == ["a"]
    assert stands(made, "b")[1] == "r"


# Costs that no program can count


@needs_ortools
@pytest.mark.parametrize("most", [10**19, 10**30])
@pytest.mark.parametrize("whole", [0, 50_000])
def test_costs_beyond_all_count_leave_what_the_kernel_found(most: int, whole: int) -> None:
    """CP-SAT gives the schedule of the kernel, with its true cost, and claims no proof."""
    from mic_core.solvers import CpSat

    @rule("dear", "soft", law="Nothing is too dear.")
    def dear(at: Session) -> int:
        assert at.slot is not None
        return most * (24 - at.slot.start.hour)

    sessions = [session(f"s{n}", None) for n in range(3)]
    rules = (RoomOverlap(), AudienceOverlap(), dear)
    made = planned(MIC, room("r"), *sessions, rules=rules, solver=CpSat(work=1, whole=whole))
    kernel = planned(MIC, room("r"), *sessions, rules=rules, iterations=600 * 3)
    assert made.changes == kernel.changes
    assert made.solution.cost == made.score.soft >= 6 * most
    assert not made.solution.proved


@needs_ortools
def test_costs_that_can_be_counted_are_proved() -> None:
    """With costs of a thousand the same is proved."""
    from mic_core.solvers import CpSat

    @rule("dear", "soft", law="Nothing is too dear.")
    def dear(at: Session) -> int:
        assert at.slot is not None
        return 1_000 * (24 - at.slot.start.hour)

    made = planned(MIC, room("r"), session("s", None), rules=(dear,), solver=CpSat(work=1))
    assert (made.solution.cost, made.solution.proved) == (1_000, True)
