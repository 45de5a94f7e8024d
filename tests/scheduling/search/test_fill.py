"""Unplaced activities take the room of those that the solver takes out to keep a hard rule."""

from datetime import date, timedelta

import pytest

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Center, Edition, Module, Noun, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.spread import MinDays
from mic_core.scheduling.search.kernel import Kernel
from mic_core.timetable import timetable_of

HOUR = timedelta(hours=1)
DAY = Period.days(date(2014, 10, 27), date(2014, 10, 27))


def solved(modules: tuple[str | None, ...], hours: int = 1) -> Solution:
    """The solution of a day of some hours in one room, where a module needs two days in vain."""
    nouns: list[Noun] = [
        Center(
            id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
            opening_hours=WeeklyHours.parse(f"Mo-Su 09:00-{9 + hours:02}:00"),
        ),
        Room(id="room", center_id="mic", name="Room", seats=20),
        Program(
            id="p", title="Program", kind="training",
            modules=(Module(id="m", title="M", length=HOUR),),
        ),
        Edition(id="e", program_id="p", center_id="mic", number=1, period=DAY),
        *(
            Session(
                id=f"s-{n}", center_id="mic", title=f"Session {n}", length=HOUR, module_id=module,
                edition_id="e",
            )
            for n, module in enumerate(modules)
        ),
    ]  # fmt: skip
    rules = (*SCHEDULE_RULES, MinDays(least=2, of="module", level="hard"))
    timetable = timetable_of(Portfolio.of(*nouns))
    return Kernel().solve(problem_of(timetable, "mic", rules=rules, window=DAY, step=HOUR))


@pytest.mark.parametrize("modules", [("m", None), ("m", None, "m", None)])
def test_an_unplaced_session_replaces_one_taken_out(
    modules: tuple[str | None, ...],
) -> None:
    """The session of the module cannot be placed, so the other one gets the only hour."""
    found = solved(modules)
    assert found.placements == (None, Placement(0, 0, -1), *[None] * (len(modules) - 2))
    assert found.cost == 0


def test_a_session_that_would_break_the_rule_again_stays_out() -> None:
    """Sessions of the module alone are all left out, though there is room for them."""
    assert solved(("m", "m"), hours=2).placements == (None, None)


def test_placed_sessions_keep_their_placements() -> None:
    """A placed session keeps its placement when another one is taken out."""
    found = solved(("m", None), hours=2)
    assert found.placements[0] is None
    assert found.placements[1] is not None
