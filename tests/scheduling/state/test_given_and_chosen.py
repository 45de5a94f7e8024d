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
    """The starts of two sessions after a Kempe chain of the first to the start of the second."""
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


def test_a_chain_moves_the_session_that_chose_the_assigned_person() -> None:
    """Ann cannot lead both sessions in one hour, so they exchange their starts."""
    assert moved(0) == (1, 0)


def test_a_chain_leaves_the_session_of_another_trainer() -> None:
    """A session led by Bob does not conflict with the one that Ann is assigned to."""
    assert moved(1) == (1, 1)
