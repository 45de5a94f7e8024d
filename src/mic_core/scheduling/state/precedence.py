"""Incremental precedences and minimum gaps: sorted lists of the placed ends and starts.

A precedence "all firsts before each second" is decided by the last end of the firsts alone, so its
cost is one binary search, and a strict one is broken by the activities beyond a threshold.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator

from mic_core.scheduling.problem.problem import PairwiseGap, Placement, PlanningProblem, Precedence


class Precedences:
    """The state of a precedence: sorted ends of its firsts and starts of its seconds.

    Entries are (instant, activity), -1 for a fixed session; ends include the time lag. Strict terms
    list no fixed sessions: start domains exclude what these forbid.
    """

    def __init__(self, problem: PlanningProblem, order: Precedence) -> None:
        self.problem, self.order = problem, order
        self.firsts, self.seconds = frozenset(order.firsts), frozenset(order.seconds)
        self.ends: list[tuple[int, int]] = []
        if order.weight and order.ended is not None:
            self.ends.append((order.ended + order.gap, -1))
        self.starts: list[tuple[int, int]] = (
            [(start, -1) for start in order.begins] if order.weight else []
        )

    def cost(self) -> int:
        """The weighted number of seconds that start before the last first has ended."""
        if not self.ends:
            return 0
        return self.order.weight * bisect_left(self.starts, (self.ends[-1][0], -2))

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Add an activity at a placement (sign 1) or take it out (-1)."""
        start, end = self.problem.slot(activity, at.start)
        if activity in self.firsts:
            _change(self.ends, (end + self.order.gap, activity), sign)
        if activity in self.seconds:
            _change(self.starts, (start, activity), sign)

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """The change of cost if an activity moves; found by moving it and back again."""
        before = self.cost()
        if old is not None:
            self.change(activity, old, -1)
        if new is not None:
            self.change(activity, new, 1)
        after = self.cost()
        if new is not None:
            self.change(activity, new, -1)
        if old is not None:
            self.change(activity, old, 1)
        return after - before

    def rivals(self, activity: int, start: int, end: int) -> Iterator[int]:
        """The placed activities that conflict with a start and end of an activity, if strict."""
        if activity in self.seconds:
            for late, other in reversed(self.ends):
                if late <= start:
                    break
                yield other
        if activity in self.firsts:
            for early, other in self.starts:
                if early >= end + self.order.gap:
                    break
                yield other


def _change(entries: list[tuple[int, int]], item: tuple[int, int], sign: int) -> None:
    """Insert an entry into a sorted list (sign 1) or remove it (-1)."""
    if sign > 0:
        insort(entries, item)
    else:
        del entries[bisect_left(entries, item)]


class PairwiseGaps:
    """The state of a strict minimum gap: the placed sessions of each group in order of time.

    Entries of `lines` are (start, end, activity); a fixed session n is entered as ~n, so it is
    negative. `longest` is the length of the longest session, in microseconds: it bounds how far
    back a conflict can start.
    """

    def __init__(self, problem: PlanningProblem, gap: PairwiseGap) -> None:
        self.problem, self.gap = problem, gap
        timetable = problem.timetable
        self.lines: list[list[tuple[int, int, int]]] = [
            sorted((timetable.starts[n], timetable.ends[n], ~n) for n in members)
            for members in gap.membership.fixed_sessions
        ]
        self.longest = max(
            [each.length for each in problem.activities]
            + [end - start for line in self.lines for start, end, _ in line],
            default=0,
        )

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Add an activity at a placement (sign 1) or take it out (-1)."""
        item = (*self.problem.slot(activity, at.start), activity)
        for group in self.gap.membership.groups(activity, at.room, at.trainer):
            line = self.lines[group]
            if sign > 0:
                insort(line, item)
            else:
                del line[bisect_left(line, item)]

    def rivals(self, activity: int, at: Placement) -> Iterator[int]:
        """The conflicting activities of a placement; a fixed session n is returned as ~n."""
        start, end = self.problem.slot(activity, at.start)
        number = self.problem.activities[activity].number
        reach = self.gap.reach
        for group in self.gap.membership.groups(activity, at.room, at.trainer):
            line = self.lines[group]
            for place in range(bisect_left(line, (start - self.longest - reach,)), len(line)):
                first, last, other = line[place]
                if first >= end + reach:
                    break
                if other != activity and self._clash(number, (start, end), other, (first, last)):
                    yield other

    def _clash(
        self, number: int, own: tuple[int, int], other: int, theirs: tuple[int, int]
    ) -> bool:
        """True if two sessions clash: the term gets the earlier first, and the time between."""
        against = ~other if other < 0 else self.problem.activities[other].number
        if own < theirs:
            return self.gap.clash(number, against, theirs[0] - own[1])
        return self.gap.clash(against, number, own[0] - theirs[1])
