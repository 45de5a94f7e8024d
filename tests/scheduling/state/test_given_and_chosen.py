"""A person may be given to one session and chosen for another: never to both at once."""

from datetime import date, timedelta

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Assignment, Center, Edition, Module, Noun, Person, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.moves import kempe_chain
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of

HOUR = timedelta(hours=1)
DAY = Period.days(date(2014, 10, 27), date(2014, 10, 27))


def problem() -> PlanningProblem:
    """Two hours, two rooms, a session that Ann gives and one that Ann or Bob may give."""
    nouns: list[Noun] = [
        Center(
            id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
            opening_hours=WeeklyHours.parse("Mo-Su 09:00-11:00"),
        ),
        *(Room(id=f"r-{n}", center_id="mic", name="Room", seats=20) for n in range(2)),
        *(Person(id=id, name=id) for id in ("ann", "bob")),
        Program(
            id="p", title="Program", kind="training",
            modules=(Module(id="m", title="M", length=HOUR, trainers=("ann", "bob")),),
        ),
        Edition(id="e", program_id="p", center_id="mic", number=1, period=DAY),
        Session(id="given", center_id="mic", title="Given", length=HOUR),
        Session(
            id="open", center_id="mic", title="Open", length=HOUR, edition_id="e", module_id="m"
        ),
        Assignment(id="a", session_id="given", person_id="ann"),
    ]  # fmt: skip
    timetable = timetable_of(Portfolio.of(*nouns))
    return problem_of(timetable, "mic", rules=SCHEDULE_RULES, window=DAY, step=HOUR)


def moved(trainer: int) -> tuple[int, int]:
    """Where the two start after the first has gone to the hour of the second, if it could."""
    asked = problem()
    state = State(asked)
    state.place(0, Placement(0, 0, -1))
    state.place(1, Placement(1, 1, trainer))
    board = Board(state)
    assert kempe_chain(board, 0, 1, 0) is not None
    placed, again = state.placed(), State(asked)
    for activity, at in enumerate(placed):
        assert at is not None
        assert again.allows(activity, at)
        again.place(activity, at)
    return board.start[0], board.start[1]


def test_who_was_chosen_goes_where_the_one_that_is_given_came_from() -> None:
    """Ann cannot give both in one hour, so the other session makes way."""
    assert moved(0) == (1, 0)


def test_somebody_else_stays() -> None:
    """Bob is in nobody's way."""
    assert moved(1) == (1, 1)
