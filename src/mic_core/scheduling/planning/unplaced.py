"""Unplaced sessions, each with the number of its placements that every hard rule blocks."""

from collections.abc import Collection, Iterator, Sequence

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.ids import cite
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.insertion.insertion_costs import rule_terms
from mic_core.scheduling.insertion.openings import with_openings
from mic_core.scheduling.insertion.placements import options_of
from mic_core.scheduling.insertion.why_not import count_blocks
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.timetable import timetable_of


@attrs.frozen(kw_only=True)
class Unplaced:
    """A session for which no place was found, with the reasons.

    `rules` is how many of its `placements` (start, room, trainer) each rule blocks; several may
    block one. The `free` ones are blocked by none: a search that was stopped left them, or a hard
    term forbids them, of a group or of those expected at any start of a session that may move.

    >>> print(Unplaced(session_id="s", placements=40, free=0, rules=(("room-overlap", 40),)))
    session:s: of 40 placements, room-overlap blocks 40
    """

    session_id: str
    placements: int
    free: int
    rules: tuple[tuple[str, int], ...]

    @property
    def why(self) -> str:
        """The reasons in words, the rule that blocks most first."""
        if not self.placements:
            return "there is no room, or no time to start"
        most = sorted(self.rules, key=lambda rule: (-rule[1], rule[0]))
        parts = [f"{code} blocks {count:,}" for code, count in most]
        if self.free:
            parts.append(f"{self.free:,} are open")
        return f"of {self.placements:,} placements, {', '.join(parts)}"

    def __str__(self) -> str:
        return f"{cite('session', self.session_id)}: {self.why}"


def explain_unplaced(
    problem: PlanningProblem,
    solution: Solution,
    after: Portfolio,
    rules: Sequence[ScheduleRule],
    policy: Policy,
    roomless: Collection[int] = (),
) -> Iterator[Unplaced]:
    """The unplaced sessions of a solution, explained against the portfolio with all changes.

    Also the `roomless` ones, by number, which have a slot and found no room. O(unplaced sessions
    times placements).
    """
    # A session pinned to its slot has no other start, so its window is empty.
    windows: dict[int, Interval] = {}
    windows.update(dict.fromkeys(roomless, (0, 0)))
    for activity in solution.unplaced:
        windows[problem.activities[activity].number] = problem.windows[activity]
    if not windows:
        return
    timetable = timetable_of(after)
    hard = [line for line in rule_terms(rules, timetable, policy) if line.level == "hard"]
    for number in sorted(windows):
        options = options_of(timetable, number, windows[number], problem.step)
        why = count_blocks(with_openings(options, hard, windows[number]), hard)
        yield Unplaced(
            session_id=why.session_id,
            placements=why.placements,
            free=why.free,
            rules=tuple((each.code, each.placements) for each in why.rules),
        )
