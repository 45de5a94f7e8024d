"""The state of a partial schedule: placements, feasibility tests, and delta evaluation of moves.

Every state that is reached by allowed placements is feasible: bounds, resources and strict terms
hold, and activities may be unplaced. `total` is kept by deltas, so a move costs no more than the
terms of the moved activities.
"""

from collections.abc import Iterable, Sequence

from mic_core.scheduling.problem.problem import GroupMembership, Placement, PlanningProblem
from mic_core.scheduling.state.costs import CountTerms, DayPatterns, GroupTerms
from mic_core.scheduling.state.occupancy import Occupancy
from mic_core.scheduling.state.precedence import PairwiseGaps, Precedences

PlacementStep = tuple[int, Placement | None]
"""An activity and its new placement; None takes it out."""

Graded = CountTerms | DayPatterns | GroupTerms | Precedences
Changing = Graded | PairwiseGaps


def can_join_group(membership: GroupMembership, activity: int) -> bool:
    """True if an activity belongs to a group, or can join one by a choice."""
    return bool(membership.fixed[activity]) or (
        membership.by is not None and membership.counted[activity]
    )


class State:
    """A partial schedule of a problem with the state of all its terms.

    `at` is the placement of each activity, None if it has none. `total` is the cost of the graded
    terms less that of the empty schedule. `graded`, `strict_counts`, `strict_gaps` and
    `strict_orders` list, by activity, the terms that it can belong to; `changing` is all of them.
    """

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        number = len(problem.activities)
        self.at: list[Placement | None] = [None] * number
        self.total = 0
        self.space = Occupancy(problem)
        self.cells = [each.cells for each in problem.activities]
        self.form = [each.form for each in problem.activities]
        self.resources = [each.resources for each in problem.activities]
        self.orders = [Precedences(problem, each) for each in problem.orders]
        self.pairwise_gaps = [PairwiseGaps(problem, each) for each in problem.pairwise_gaps]
        self.counts = [CountTerms(each) for each in problem.counts]
        self.patterns = [DayPatterns(each) for each in problem.patterns]
        self.group_terms = [GroupTerms(problem, each) for each in problem.group_terms]
        everything = range(number)
        graded: list[CountTerms | DayPatterns | GroupTerms] = [
            *(each for each in self.counts if each.count.weight), *self.patterns, *self.group_terms,
        ]  # fmt: skip
        strict = [each for each in self.counts if not each.count.weight]
        self.strict_counts = [
            [c for c in strict if can_join_group(c.count.membership, a)] for a in everything
        ]
        self.strict_gaps = [
            [p for p in self.pairwise_gaps if can_join_group(p.gap.membership, a)]
            for a in everything
        ]
        self.strict_orders: list[list[Precedences]] = [[] for _ in everything]
        self.graded: list[list[Graded]] = [
            [each for each in graded if can_join_group(each.membership, a)] for a in everything
        ]
        for order in self.orders:
            for a in order.firsts | order.seconds:
                (self.graded if order.order.weight else self.strict_orders)[a].append(order)
        self.changing: list[list[Changing]] = [
            [
                *self.graded[a],
                *self.strict_counts[a],
                *self.strict_orders[a],
                *self.strict_gaps[a],
            ]
            for a in everything
        ]

    # Feasibility

    def needs(self, activity: int, at: Placement) -> tuple[int, ...]:
        """The resources that an activity occupies in a placement."""
        form, problem = self.form[activity], self.problem
        rooms = problem.room_needs[form][at.room]
        return (*self.resources[activity], *rooms, *problem.trainer_needs[form][at.trainer])

    def allows(self, activity: int, at: Placement) -> bool:
        """True if resources and strict terms allow a placement, one in the activity's domain.

        The activity is unplaced.
        """
        space = self.space
        window = space.windows[self.cells[activity]][at.start]
        if any(space.full[resource] & window for resource in self.needs(activity, at)):
            return False
        start, end = self.problem.slot(activity, at.start)
        return not (
            any(True for order in self.strict_orders[activity]
                for _ in order.rivals(activity, start, end))
            or any(True for gap in self.strict_gaps[activity]
                   for _ in gap.rivals(activity, at))
            or any(counts.excess(activity, at) > 0 for counts in self.strict_counts[activity])
        )  # fmt: skip

    def blockers(self, activity: int, at: Placement, weights: Sequence[int]) -> set[int] | None:
        """The activities to remove so that a placement from the domain of an activity is allowed.

        Where there is a choice, the lightest are taken, by `weights`. None if fixed sessions forbid
        the placement.
        """
        found: set[int] = set()
        cells = self.cells[activity]
        for resource in self.needs(activity, at):
            if self.space.crowded(resource, at.start, cells):
                return None
            found.update(self.space.holders(resource, at.start, cells, weights))
        start, end = self.problem.slot(activity, at.start)
        for order in self.strict_orders[activity]:
            found.update(order.rivals(activity, start, end))
        for gap in self.strict_gaps[activity]:
            found.update(gap.rivals(activity, at))
        # A gap to a fixed session n yields ~n, and fixed sessions cannot be removed.
        if found and min(found) < 0:
            return None
        for counts in self.strict_counts[activity]:
            rivals = counts.rivals(activity, at, weights)
            if rivals is None:
                return None
            found |= rivals
        return found

    # Costs

    def unary(self, activity: int, at: Placement | None) -> int:
        """The unary cost of a placement: of its start and room, whatever else is placed."""
        if at is None:
            return 0
        problem, form = self.problem, self.form[activity]
        times, rooms = problem.time_costs[activity], problem.room_costs[activity]
        cost = times[at.start] if times is not None else 0
        cost += rooms[at.room] if rooms is not None else 0
        for by, choice in (
            (problem.room_time_costs[form], at.room),
            (problem.trainer_time_costs[form], at.trainer),
        ):
            if choice in by:
                cost += by[choice][at.start]
        return cost

    def delta(self, activity: int, new: Placement | None) -> int:
        """The change of the total if an activity gets another placement, or none."""
        old = self.at[activity]
        return (
            self.unary(activity, new)
            - self.unary(activity, old)
            + sum(each.delta(activity, old, new) for each in self.graded[activity])
        )

    # Changes

    def place(self, activity: int, at: Placement, delta: int | None = None) -> None:
        """Place an unplaced activity; `delta` is the change of the total, if known already."""
        self.total += self.delta(activity, at) if delta is None else delta
        cells = self.cells[activity]
        for resource in self.needs(activity, at):
            self.space.take(resource, activity, at.start, cells)
        for each in self.changing[activity]:
            each.change(activity, at, 1)
        self.at[activity] = at

    def remove(self, activity: int, delta: int | None = None) -> Placement | None:
        """Take an activity out and return its placement, None if it had none."""
        at = self.at[activity]
        if at is None:
            return None
        self.total += self.delta(activity, None) if delta is None else delta
        cells = self.cells[activity]
        for resource in self.needs(activity, at):
            self.space.leave(resource, activity, at.start, cells)
        for each in self.changing[activity]:
            each.change(activity, at, -1)
        self.at[activity] = None
        return at

    def apply(self, steps: Iterable[PlacementStep]) -> None:
        """Move several activities: take all out first, so that they can exchange placements."""
        wanted = list(steps)
        for activity, _ in wanted:
            self.remove(activity)
        for activity, at in wanted:
            if at is not None:
                self.place(activity, at)

    def placed(self) -> tuple[Placement | None, ...]:
        """The placements of all activities."""
        return tuple(self.at)

    def restore(self, placed: Iterable[Placement | None]) -> None:
        """Go to another allowed schedule; only activities that differ are moved."""
        changed = [(activity, at) for activity, at in enumerate(placed) if at != self.at[activity]]
        self.apply(changed)
