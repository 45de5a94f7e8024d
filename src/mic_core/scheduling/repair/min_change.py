"""Mending: place the activities that lost their place, so that few others have to leave theirs.

Each activity has a home, where it stands when all is well. One that is away is placed where nobody
has to leave, else where those leave who are away already, else where the fewest leave their homes;
whoever leaves is placed next, at home if that is open again. What went too far is taken back then:
each in turn is put back home, and that is kept if the others find places without one more away.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement
from mic_core.scheduling.repair.conflict_masks import Blocking
from mic_core.scheduling.search.ejection import by_domain_size, lattice_of
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.costs import CountTerms, DayPatterns, GroupTerms
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

HOME = 2
"""What it weighs more to leave a home than to leave another place: that weighs 1, and more with
each time that somebody had to make others leave."""

CALM, BOLD = 24, 8
"""After how many placements that got nowhere one in how many is sought whoever is at home."""

STALL_LIMIT = 600
"""How many placements are sought without fewer waiting before the search for them ends."""

BACK = 12
"""How many placements are sought, at most, to take one back."""

SAMPLES = 6
"""How many placements of a kind are judged before the best of them is taken."""

HARD_THRESHOLD = LEVEL_WEIGHTS["hard"] // 2
"""What costs as much as this breaks a hard rule, or ends a breach of one where it saves that."""

Snapshot = tuple[tuple[Placement | None, ...], frozenset[int]]
EjectionOption = tuple[int, int, Placement, tuple[int, ...]]
"""What a placement weighs, what it costs, where it is, and who has to leave for it."""


OnStep = Callable[[State, int, int], bool]
"""Hears of the state, how many placements were sought, and how many wait; True ends the search."""


@attrs.define(eq=False, kw_only=True)
class Mending:
    """A search for a mend: what is at home, what is away, and what has been learned.

    A `home` starts at -1 where nothing can start at that time. Only those that are `blamed` for a
    breach are taken out for it. Those that `must` leave cannot stay where they were; `steps`
    counts the placements that were sought.
    """

    state: State
    home: Sequence[Placement]
    blamed: frozenset[int]
    chance: Chance
    on_step: OnStep
    steps: int = 0
    stopped: bool = False
    must: frozenset[int] = frozenset()
    away: set[int] = attrs.field(factory=set[int])
    weigh: list[int] = attrs.field(factory=list[int])
    locked: int = -1
    heavy: int = HOME
    blocking: Blocking = attrs.field(init=False)
    lattice: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.blocking = Blocking(self.state)
        self.lattice = lattice_of(self.state.problem) | self.state.problem.axis.heads

    # From the homes on

    def begin(self, order: Iterable[int]) -> None:
        """Put all home that can be, in order; of those that clash, the first ones stay."""
        state, number = self.state, len(self.home)
        state.restore([None] * number)
        self.weigh, self.away = [1] * number, set(range(number))
        self.must = frozenset(a for a, at in enumerate(self.home) if not state.problem.fits(a, at))
        for a in order:
            if a not in self.must and state.allows(a, self.home[a]):
                self.put(a, self.home[a])

    def take_out(self) -> None:
        """Take out, the worst first, whoever breaks hard rules about whole groups."""
        state = self.state
        while state.total >= HARD_THRESHOLD:
            gains = [(state.delta(a, None), a) for a in sorted(self.blamed) if self.breaks(a)]
            if not gains:
                return
            delta, activity = min(gains)
            state.remove(activity, delta)
            self.leave(activity)

    def breaks(self, activity: int) -> bool:
        """Whether an activity shares in the breach of a hard rule that is judged as a whole."""
        at = self.state.at[activity]
        return at is not None and any(each.costs(activity, at) for each in self._grave(activity))

    def _grave(self, activity: int) -> Iterator[CountTerms | DayPatterns | GroupTerms]:
        """The hard rules about an activity that are not strict."""
        for each in self.state.graded[activity]:
            if not isinstance(each, Precedences) and each.weight >= HARD_THRESHOLD:
                yield each

    def leave(self, activity: int) -> None:
        self.away.add(activity)

    def snapshot(self) -> Snapshot:
        """Where all stand, and who is away."""
        return self.state.placed(), frozenset(self.away)

    def restore(self, kept: Snapshot) -> None:
        """Go back to what was met before."""
        self.state.restore(kept[0])
        self.away = set(kept[1])
        self.weigh = [1] * len(self.weigh)

    # Placing

    def fill(self, end: int) -> None:
        """Place all that wait, until so many placements were sought or nothing gets better.

        The state is then the one met on the way in which the fewest waited.
        """
        queue = deque(a for a in by_domain_size(self.state.problem) if self.state.at[a] is None)
        nowhere = since = 0
        best, kept = len(queue), self.snapshot()
        while queue and since < STALL_LIMIT and not self._ends(end, len(queue) + nowhere):
            # A few that put each other out again and again: let those at home weigh nothing once.
            self.heavy = HOME if since < CALM or self.chance.below(BOLD) else 0
            left = self.settle(queue.popleft(), len(self.home))
            if left is None:
                nowhere += 1
            queue.extend(left or ())
            since += 1
            if len(queue) + nowhere < best:
                best, kept, since = len(queue) + nowhere, self.snapshot(), 0
        self.heavy = HOME
        self.restore(kept)

    def place(self, waiting: Iterable[int], end: int, most: int) -> bool:
        """Place those who wait, and who leaves for them, with at most so many away at any time.

        Tells whether all found a place before so many placements were sought.
        """
        queue = deque(waiting)
        while queue:
            if self._ends(end, len(queue)):
                return False
            left = self.settle(queue.popleft(), most - len(self.away))
            if left is None:
                return False
            queue.extend(left)
        return True

    def _ends(self, end: int, waiting: int) -> bool:
        """Count a placement to be sought; tell whether that is one too many."""
        if self.steps >= end or self.stopped:
            return True
        self.steps += 1
        self.stopped = self.on_step(self.state, self.steps, waiting)
        return self.stopped

    def settle(self, activity: int, more: int) -> tuple[int, ...] | None:
        """Place an activity; gives who had to leave, None where there is no place for it.

        At most so many `more` leave their homes.
        """
        state, home = self.state, self.home[activity]
        if activity not in self.must and self.is_open(activity, home):
            self.put(activity, home)
            return ()
        option = self._best(activity, more)
        if option is None:
            return None
        _, _, at, leaving = option
        for other in leaving:
            state.remove(other)
            self.leave(other)
        if leaving:
            self.weigh[activity] += 1
        self.put(activity, at)
        return leaving

    def put(self, activity: int, at: Placement) -> None:
        self.state.place(activity, at)
        if at == self.home[activity]:
            self.away.discard(activity)

    def is_open(self, activity: int, at: Placement) -> bool:
        state = self.state
        return state.allows(activity, at) and state.delta(activity, at) < HARD_THRESHOLD

    def _best(self, activity: int, more: int) -> EjectionOption | None:
        """The placement for which the least has to leave, and of those alike the cheapest."""
        best: EjectionOption | None = None
        weights = [
            weight if other in self.away else weight + self.heavy
            for other, weight in enumerate(self.weigh)
        ]
        for bound, trainer, mask in self._kinds(activity, more):
            if best is not None and bound >= best[0]:
                break
            for start in self._some(mask):
                option = self._option(activity, Placement(start, -1, trainer), more, weights)
                if option is not None and (best is None or option[:2] < best[:2]):
                    best = option
        return best

    def _kinds(self, activity: int, more: int) -> list[tuple[int, int, int]]:
        """Starts with a trainer that weigh about as much, from the lightest on."""
        problem, weigh = self.state.problem, self.weigh
        each = problem.activities[activity]
        found: list[tuple[int, int, int]] = []
        for trainer in each.trainers:
            base = each.starts & problem.trainer_starts[each.form][trainer]
            if self.locked >= 0:
                base &= ~self.blocking.closed(activity, trainer, self.locked)
            layers = self.blocking.layers(activity, trainer, self.away)
            least = sorted(weigh[other] for other, _ in layers.by)
            several = sum(least[:2]) or 2
            for number, homes in enumerate(layers.homes):
                if number > more or not base & homes:
                    continue
                mask, bound = base & homes, number * (self.heavy + 1)
                found.append((bound, trainer, mask & layers.away[0]))
                one = mask & layers.away[1]
                for other, closed in layers.by if one else ():
                    found.append((bound + weigh[other], trainer, one & closed))
                    one &= ~closed
                found.append((bound + 1, trainer, one))
                found.append((bound + several, trainer, mask & layers.away[2]))
        return sorted(each for each in found if each[2])

    def _some(self, mask: int) -> Iterator[int]:
        """A few starts of a set: those right behind something, so that what is left stays whole."""
        axis, found = self.state.problem.axis, 0
        rest = (mask & self.lattice) | (mask & ~((mask << 1) & ~axis.heads))
        while rest and found < SAMPLES:
            start = self.chance.bit(rest, axis.size)
            rest &= ~(1 << start)
            found += 1
            yield start

    def _option(
        self, activity: int, where: Placement, more: int, weights: Sequence[int]
    ) -> EjectionOption | None:
        """The lightest placement at a start, by the room; None where none is allowed."""
        best: EjectionOption | None = None
        for room in self._rooms(activity, where.start):
            at = where._replace(room=room)
            leaving = self.state.blockers(activity, at, weights)
            if leaving is None or self.locked in leaving:
                continue
            if sum(other not in self.away for other in leaving) > more:
                continue
            cost = self._cost(activity, at, leaving)
            if cost >= HARD_THRESHOLD:
                continue
            weight = sum(weights[other] for other in leaving)
            if best is None or (weight, cost) < best[:2]:
                best = weight, cost, at, tuple(sorted(leaving))
        return best

    def _cost(self, activity: int, at: Placement, leaving: Iterable[int]) -> int:
        """What a placement costs once others have left, where that could break a hard rule.

        Else what they leave behind does not matter: they are to be placed again.
        """
        state = self.state
        left = sorted(leaving)
        if not left:
            return state.delta(activity, at)
        if not any(True for _ in self._grave(activity)):
            return 0
        back = [(other, state.remove(other)) for other in left]
        cost = state.delta(activity, at)
        state.apply(back)
        return max(cost, 0)

    def _rooms(self, activity: int, start: int) -> list[int]:
        """The rooms to judge at a start: one that is open, its own if that is, else all.

        Where a hard rule about whole groups looks at rooms, all that are open.
        """
        free = self.open_rooms(activity, start)
        if not free:
            each = self.state.problem.activities[activity]
            starts = self.state.problem.room_starts[each.form]
            return [room for room in each.rooms if starts[room] >> start & 1]
        if any(sees_rooms(each) for each in self._grave(activity)):
            return free
        return free[:1] if free[0] == self.home[activity].room else [self.chance.one_of(free)]

    def open_rooms(self, activity: int, start: int) -> list[int]:
        """The rooms in which nobody has to leave at a start, its own first."""
        problem, space = self.state.problem, self.state.space
        each = problem.activities[activity]
        window = space.windows[each.cells][start]
        starts, needs = problem.room_starts[each.form], problem.room_needs[each.form]
        free = [
            room
            for room in each.rooms
            if starts[room] >> start & 1 and not any(space.full[q] & window for q in needs[room])
        ]
        return sorted(free, key=lambda room: room != self.home[activity].room)

    # Taking back

    def take_back(self, end: int) -> None:
        """Put home, one by one, whoever need not have left, while that leaves fewer away.

        In the end no single one was found that could be taken back, or the steps are spent.
        """
        best, better = self.snapshot(), True
        while better:
            better = False
            for activity in self.chance.shuffled(sorted(best[1] - self.must)):
                if self.steps < end and not self.stopped and activity in best[1]:
                    if self._back(activity, end):
                        best, better = self.snapshot(), True
                    else:
                        self.restore(best)

    def _back(self, activity: int, end: int) -> bool:
        """Put one home, and whoever stood there elsewhere, with fewer away than before."""
        state, at, most = self.state, self.home[activity], len(self.away) - 1
        state.remove(activity)
        leaving = state.blockers(activity, at, [a not in self.away for a in range(len(state.at))])
        if leaving is None:
            return False
        for other in leaving:
            state.remove(other)
            self.leave(other)
        if state.delta(activity, at) >= HARD_THRESHOLD:
            return False
        self.put(activity, at)
        self.locked = activity
        done = len(self.away) <= most and self.place(
            sorted(leaving), min(end, self.steps + BACK), most
        )
        self.locked = -1
        return done


def sees_rooms(judged: CountTerms | DayPatterns | GroupTerms) -> bool:
    """Whether what a rule about whole groups costs may depend on the rooms."""
    if isinstance(judged, GroupTerms) or judged.membership.by == "room":
        return True
    return isinstance(judged, CountTerms) and judged.count.buckets is None
