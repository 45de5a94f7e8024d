"""From a timetable and the terms of its rules to a problem in whole numbers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.rules import Apart, Arcs, Bucket, Distinct, Exclusive, Function, Pattern, Rule, Suits
from mic_core.scheduling.problem.candidates import Candidates, candidates_of, weighted_terms
from mic_core.scheduling.problem.counts import Clocks, count_term_of
from mic_core.scheduling.problem.domains import (
    ActivityClass,
    Bound,
    activity_classes,
    bounds_of_choices,
    bounds_of_sessions,
)
from mic_core.scheduling.problem.global_terms import (
    function_term_of,
    pattern_of,
    precedence_of,
    soft_gap_of,
)
from mic_core.scheduling.problem.problem import (
    Activity,
    Barrier,
    CountTerm,
    DayPattern,
    GroupMembership,
    GroupTerm,
    PairwiseGap,
    Placement,
    PlanningProblem,
    Precedence,
    Resource,
)
from mic_core.scheduling.problem.resources import (
    Chosen,
    ResourceDemands,
    fixed_load,
    gap_of,
    resource_demands,
    soft_exclusive_of,
)
from mic_core.scheduling.problem.time_axis import Grid, axis_of, cells_in, covered_cells, grid_of
from mic_core.timetable import Timetable

STEP = timedelta(minutes=15)


def compile_problem(
    timetable: Timetable,
    rules: Iterable[Rule],
    windows: Mapping[int, Interval],
    *,
    free: Collection[int] = (),
    step: timedelta = STEP,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    wide: bool = False,
) -> PlanningProblem:
    """The problem of placing the sessions that have a window, each within its own.

    `windows` are instants by the number of the session. Sessions in `free` start from where they
    stand and may move; others that have a slot but no room keep the slot; all other sessions stay.
    `step` is a whole number of minutes, at most a day. Cells in which no
    session can take place are left out; `wide` keeps them, for whoever asks about every start.
    O(memberships + masks).
    """
    cast = candidates_of(timetable, weighted_terms(rules, timetable, policy), windows, free)
    return _Compiler(cast, step).problem(wide=wide)


@attrs.define(eq=False)
class _StartMasks:
    """Sets of units by form and intervals, each made once."""

    grid: Grid
    forms: Sequence[ActivityClass]
    _known: dict[tuple[int, int], int] = attrs.field(factory=dict[tuple[int, int], int])
    _intervals: dict[int, tuple[Interval, ...]] = attrs.field(
        factory=dict[int, tuple[Interval, ...]]
    )
    _bounds: list[Bound] = attrs.field(factory=list[Bound])  # keeps ids from being used again

    def of(self, form: int, bound: Bound) -> int:
        """The starts of a form that a bound leaves."""
        key = form, id(bound.intervals)
        if key not in self._known:
            if key[1] not in self._intervals:
                high = self.grid.low + self.grid.size * self.grid.unit
                self._intervals[key[1]] = tuple(bound.intervals(self.grid.low, high))
                self._bounds.append(bound)
            self._known[key] = self.forms[form].fits(self.grid, self._intervals[key[1]])
        return self._known[key]


class _Compiler:
    """The steps from parts to a problem, with what they share."""

    def __init__(self, cast: Candidates, every: timedelta) -> None:
        self.cast, self.step = cast, every
        step = every // timedelta(microseconds=1)
        self.forms, self.form_of = activity_classes(cast)
        low = min((each[0] for each in cast.windows), default=0)
        high = max((each[1] for each in cast.windows), default=step)
        places = [cast.timetable.places[n] for n in cast.numbers]
        different = list(dict.fromkeys(places))
        self.grid, starts = grid_of(different, (low, high), step)
        by_place = dict(zip(different, starts, strict=True))
        # A slot that stays is where it is, whatever the step.
        self.clock = [
            by_place[place] if pinned is None else -1
            for place, pinned in zip(places, cast.pinned, strict=True)
        ]
        self.whole = Bound("window", "", 0, _Window((low, high)))
        self.masks = _StartMasks(self.grid, self.forms)
        self.claims = resource_demands(cast)
        self.orders: list[tuple[Precedence | None, dict[int, Bound]]] = [
            precedence_of(cast, each, each.term)
            for each in cast.asked
            if isinstance(each.term, Arcs)
        ]
        self.bounds = self._bounds()
        self.by_room = [bounds_of_choices(cast, form, "room") for form in self.forms]
        self.by_person = [bounds_of_choices(cast, form, "person") for form in self.forms]

    def _bounds(self) -> list[list[Bound]]:
        """All bounds of each activity that do not depend on choices, its window first."""
        windows: dict[Interval, Bound] = {}
        found: list[list[Bound]] = []
        for place, spans in enumerate(bounds_of_sessions(self.cast)):
            window = self.cast.windows[place]
            if window not in windows:
                windows[window] = Bound("window", "", 0, _Window(window))
            own = [windows[window], *spans, *self.claims.bounds[place]]
            own += [bounds[place] for _, bounds in self.orders if place in bounds]
            found.append(own)
        return found

    def problem(self, *, wide: bool) -> PlanningProblem:
        """The problem itself."""
        raw = [self._raw(place) for place in range(len(self.cast.numbers))]
        used = (1 << self.grid.size) - 1 if wide else 0
        for mask, form in set(zip(raw, self.form_of, strict=True)):
            used |= covered_cells(mask, self.forms[form].cells(self.grid))
        self.axis = axis_of(self.grid, used)
        self.squeezed = cache(self.axis.squeezed)
        self.clocks = Clocks(self.cast, self.axis)
        self.buckets = cache(self.clocks.buckets)
        activities = tuple(self._activity(place, raw[place]) for place in range(len(raw)))
        counts, patterns, group_terms, pairwise_gaps = self._graded()
        return PlanningProblem(
            timetable=self.cast.timetable,
            axis=self.axis,
            activities=activities,
            rooms=self.cast.rooms,
            persons=self.cast.persons,
            resources=self._resources(),
            room_needs=self._needs(self.claims.by_room, len(self.cast.rooms)),
            trainer_needs=self._needs(self.claims.by_person, len(self.cast.persons)),
            room_barriers=tuple(
                self._barriers(form, self.by_room) for form in range(len(self.forms))
            ),
            trainer_barriers=tuple(
                self._barriers(form, self.by_person) for form in range(len(self.forms))
            ),
            time_costs=tuple(self._time_costs(place) for place in range(len(raw))),
            room_time_costs=tuple(
                self._choice_costs(f, self.by_room) for f in range(len(self.forms))
            ),
            trainer_time_costs=tuple(
                self._choice_costs(form, self.by_person) for form in range(len(self.forms))
            ),
            room_costs=self._room_costs(),
            orders=tuple(order for order, _ in self.orders if order is not None),
            pairwise_gaps=tuple(pairwise_gaps),
            counts=tuple(counts),
            patterns=tuple(patterns),
            group_terms=tuple(group_terms),
            windows=self.cast.windows,
            step=self.step,
        )

    def _raw(self, place: int) -> int:
        """The units at which an activity can start, whatever its room and chosen trainer."""
        form = self.form_of[place]
        mask = self.clock[place]
        for bound in self._strict(place):
            mask &= self.masks.of(form, bound)
            if not mask:
                break
        return mask

    def _strict(self, place: int) -> Iterable[Bound]:
        yield from (bound for bound in self.bounds[place] if not bound.weight)
        persons = self.by_person[self.form_of[place]]
        for person in self.cast.given[place]:
            yield from (bound for bound in persons.get(person, ()) if not bound.weight)

    def _activity(self, place: int, raw: int) -> Activity:
        cast, form = self.cast, self.form_of[place]
        pinned = cast.pinned[place]
        offset = (pinned.start_utc - self.grid.low) % self.grid.unit if pinned is not None else 0
        starts = self.squeezed(raw)
        return Activity(
            number=cast.numbers[place],
            form=form,
            cells=self.forms[form].cells(self.grid),
            length=self.forms[form].length,
            offset=offset,
            starts=starts,
            steps=self.squeezed(self.clock[place] & self.masks.of(form, self.whole)),
            rooms=cast.room_choices[place],
            trainers=cast.trainer_choices[place],
            persons=cast.given[place],
            resources=tuple(self.claims.needs[place]),
            current=self._current(place, starts),
            barriers=tuple(
                Barrier(bound.code, bound.label, self.squeezed(self.masks.of(form, bound)))
                for bound in self._strict(place)
            ),
            unsuited=cast.unsuited[place],
        )

    def _current(self, place: int, starts: int) -> Placement | None:
        """Where a session stands that may move, if it could be put there."""
        session = self.cast.timetable.sessions[self.cast.numbers[place]]
        if session.slot is None or self.cast.pinned[place] is not None:
            return None
        cell = self.axis.cell(session.slot.start_utc)
        known = {id: room for room, id in enumerate(self.cast.rooms)}
        room = known.get(session.room_id or "", -1)
        fits = cell is not None and self.axis.instants[cell] == session.slot.start_utc
        if cell is None or not fits or not starts >> cell & 1:
            return None
        trainers = self.cast.trainer_choices[place]
        if room not in self.cast.room_choices[place] or trainers != (-1,):
            return None
        return Placement(cell, room, -1)

    def _barriers(
        self, form: int, bounds: Sequence[Mapping[int, Sequence[Bound]]]
    ) -> dict[int, tuple[Barrier, ...]]:
        """What holds for each room or person and activities of a form."""
        return {
            choice: tuple(
                Barrier(bound.code, bound.label, self.squeezed(self.masks.of(form, bound)))
                for bound in each
                if not bound.weight
            )
            for choice, each in bounds[form].items()
        }

    def _costs(self, form: int, bounds: Iterable[Bound]) -> tuple[int, ...] | None:
        """What starting in each cell costs; None where that is nothing anywhere."""
        costs: list[int] | None = None
        for bound in bounds:
            if bound.weight:
                costs = costs or [0] * self.axis.size
                inside = self.squeezed(self.masks.of(form, bound))
                for cell in cells_in(((1 << self.axis.size) - 1) & ~inside):
                    costs[cell] += bound.weight
        return tuple(costs) if costs and any(costs) else None

    def _time_costs(self, place: int) -> tuple[int, ...] | None:
        form = self.form_of[place]
        soft = [bound for bound in self.bounds[place] if bound.weight]
        for person in self.cast.given[place]:
            soft += [bound for bound in self.by_person[form].get(person, ()) if bound.weight]
        return self._shared_costs(form, tuple(soft)) if soft else None

    def _shared_costs(self, form: int, bounds: tuple[Bound, ...]) -> tuple[int, ...] | None:
        """Costs made once for all activities of a form with the same bounds."""
        known: dict[tuple[int, ...], tuple[int, ...] | None] = self.__dict__.setdefault("_made", {})
        key = (form, *map(id, bounds))
        if key not in known:
            known[key] = self._costs(form, bounds)
        return known[key]

    def _choice_costs(
        self, form: int, bounds: Sequence[Mapping[int, Sequence[Bound]]]
    ) -> dict[int, tuple[int, ...]]:
        found = {choice: self._costs(form, each) for choice, each in bounds[form].items()}
        return {choice: costs for choice, costs in found.items() if costs is not None}

    def _room_costs(self) -> tuple[tuple[int, ...] | None, ...]:
        """What each room costs each activity, beside forbidding; the last entry is for none."""
        cast = self.cast
        costs: list[list[int] | None] = [None] * len(cast.numbers)
        for each in cast.asked:
            if each.hard or not isinstance(each.term, Suits):
                continue
            for n in each.term.sessions:
                place = cast.activity.get(n, -1)
                if place < 0:
                    continue
                own = costs[place] or [0] * (len(cast.rooms) + 1)
                for room in cast.room_choices[place]:
                    if room >= 0:
                        own[room] += each.weight * each.term.cost(n, cast.rooms[room])
                costs[place] = own
        return tuple(tuple(each) if each and any(each) else None for each in costs)

    def _needs(
        self, made: Sequence[Chosen], choices: int
    ) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The resources of each room or person, by form; the last entry is for none."""
        return tuple(
            tuple(
                tuple(
                    by[choice]
                    for by, counted in made
                    if counted[self.form_of.index(form)] and choice in by
                )
                for choice in (*range(choices), -1)
            )
            for form in range(len(self.forms))
        )

    def _resources(self) -> tuple[Resource, ...]:
        return tuple(
            attrs.evolve(each, base=fixed_load(self.axis, self.cast, fixed))
            if each.limit > 1
            else each
            for each, fixed in zip(self.claims.resources, self.claims.fixed_sessions, strict=True)
        )

    def _graded(
        self,
    ) -> tuple[list[CountTerm], list[DayPattern], list[GroupTerm], list[PairwiseGap]]:
        """All terms that are neither bounds, resources nor order."""
        counts: list[CountTerm] = []
        patterns: list[DayPattern] = []
        group_terms: list[GroupTerm | None] = []
        pairwise_gaps: list[PairwiseGap | None] = [*self.claims.apart]
        cast = self.cast
        for each in cast.asked:
            match each.term:
                case Bucket() | Distinct() as term:
                    count = count_term_of(cast, each, term, self.buckets)
                    counts += [count] if count is not None else []
                case Pattern() as term:
                    made = pattern_of(
                        cast, each, term, self.clocks, self._clear, self.buckets("day")
                    )
                    if isinstance(made, DayPattern):
                        patterns.append(made)
                    else:
                        group_terms.append(made)
                case Function() as term:
                    group_terms.append(function_term_of(cast, each, term))
                case Apart() as term if each.hard:
                    pairwise_gaps.append(gap_of(cast, each, term))
                case Apart() as term:
                    group_terms.append(soft_gap_of(cast, each, term))
                case Exclusive() as term if not each.hard:
                    group_terms.append(soft_exclusive_of(cast, each, term, self.axis))
                case _:
                    pass
        found = [each for each in group_terms if each is not None]
        return counts, patterns, found, [each for each in pairwise_gaps if each is not None]

    def _clear(self, membership: GroupMembership) -> bool:
        """Whether no two sessions of a group can ever overlap, because they share a resource."""
        return has_disjunctive_groups(self.claims, membership)


def has_disjunctive_groups(claims: ResourceDemands, membership: GroupMembership) -> bool:
    """Whether each group lies within a resource that holds one session at a time."""
    single = {place for place, each in enumerate(claims.resources) if each.limit == 1}
    if membership.by is not None:
        made = claims.by_room if membership.by == "room" else claims.by_person
        labels = {
            claims.resources[each].label
            for by, _ in made
            for each in by.values()
            if each in single and claims.covers[each] is None
        }
        return labels.issuperset(membership.labels)
    members: dict[int, list[int]] = {}
    for place, groups in enumerate(membership.fixed):
        for group in groups:
            members.setdefault(group, []).append(place)
    return all(
        len(held) + len(membership.fixed_sessions[group]) < 2
        or any(
            set(membership.fixed_sessions[group]) <= (claims.covers[each] or frozenset())
            for each in single.intersection(*(claims.needs[place] for place in held))
        )
        for group, held in members.items()
    )


@attrs.frozen
class _Window:
    """A window as the intervals of a bound."""

    interval: Interval

    def __call__(self, low: int, high: int) -> tuple[Interval, ...]:
        return (self.interval,)
