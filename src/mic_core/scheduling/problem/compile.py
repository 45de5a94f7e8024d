"""Model compilation: from a timetable and the terms of its rules to a `PlanningProblem`.

Each kind of term becomes what it is in scheduling: intervals become start domains, terms of "not
at once" disjunctive or cumulative resources, arcs precedences with time lags, and the rest counting
terms, day patterns, minimum gaps or black-box group terms. Domains are first computed on a raw grid
of time units; the axis then keeps only the units that some activity can cover.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from itertools import chain
from typing import Literal

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.rules import (
    Apart,
    Arcs,
    Bucket,
    Distinct,
    Exclusive,
    Function,
    IntervalQuery,
    Pattern,
    Rule,
)
from mic_core.scheduling.problem.candidates import (
    Candidates,
    candidates_of,
    soft_room_costs,
    weighted_terms,
)
from mic_core.scheduling.problem.counts import Clocks, count_term_of
from mic_core.scheduling.problem.domains import (
    Bound,
    Calendars,
    OneInterval,
    StartMasks,
    activity_classes,
    bounds_of_choices,
    bounds_of_sessions,
    reach_of_classes,
)
from mic_core.scheduling.problem.global_terms import (
    function_term_of,
    pattern_of,
    precedence_of,
    soft_gap_of,
)
from mic_core.scheduling.problem.openings import (
    OpeningSearch,
    kept_openings,
    lattice_unit,
    off_step,
)
from mic_core.scheduling.problem.problem import (
    Activity,
    Barrier,
    CountTerm,
    DayPattern,
    GroupTerm,
    PairwiseGap,
    Placement,
    PlanningProblem,
    Precedence,
    Resource,
)
from mic_core.scheduling.problem.resources import (
    MICROSECOND,
    Chosen,
    fixed_load,
    gap_of,
    has_disjunctive_groups,
    resource_demands,
    soft_exclusive_of,
)
from mic_core.scheduling.problem.time_axis import (
    Grid,
    axis_of,
    cells_in,
    covered_cells,
    every_nth,
    grid_of,
    mask_of,
)
from mic_core.timetable import Timetable

Starts = Literal["clock", "judged", "lattice"]
"""The starts of a problem: whole steps and openings; the same, judged by what they miss of the
lattice; or the lattice, on which a proof holds for starts at any time."""

STEP = timedelta(minutes=15)
"""The usual distance of starts: rooms are booked by quarters of an hour."""


def compile_problem(
    timetable: Timetable,
    rules: Iterable[Rule],
    windows: Mapping[int, Interval],
    *,
    free: Collection[int] = (),
    step: timedelta = STEP,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    wide: bool = False,
    expected_in: Mapping[int, Interval] | None = None,
    certain: bool = False,
    starts: Starts = "clock",
) -> PlanningProblem:
    """The problem of placing the sessions that have a window, each within its own window.

    `windows` are intervals of instants (microseconds since 1970) by the number of the session.
    Sessions in `free` have a current placement and may leave it; others with a slot but no room
    keep the slot; sessions without a window are fixed. `step` is a whole number of minutes, at most
    a day. `starts` are whole steps on local clocks and all openings, or the lattice. Cells that no
    session can cover are left out of the axis; `wide` keeps them, for questions about every start.
    A session that may move counts whoever is expected at any of its starts; if `certain`, only
    those expected at all of them. These starts are in its window in `expected_in`, None: in
    `windows`. O(memberships + masks).
    """
    moving = {
        n: (low, max(low, high - timetable.sessions[n].length // MICROSECOND))
        for n, (low, high) in (windows if expected_in is None else expected_in).items()
        if n in free or timetable.slots[n] is None
    }
    terms = weighted_terms(rules, timetable.moving(moving, certain=certain), policy)
    candidates = candidates_of(timetable, terms, windows, free)
    return _Compiler(candidates, step, expected_in or {}, starts).problem(wide=wide)


class _Compiler:
    """The steps from candidates to a problem, with the tables that they share.

    Lists are indexed by activity, except `forms`, `by_room` and `by_person` (by activity class).
    `clock` holds the units at which an activity may start by its local clock or at an opening, -1
    (all) if pinned.
    """

    def __init__(
        self,
        candidates: Candidates,
        every: timedelta,
        inner: Mapping[int, Interval],
        starts: Starts,
    ) -> None:
        self.candidates, self.step = candidates, every
        self.forms, self.form_of = activity_classes(candidates)
        low = min((each[0] for each in candidates.windows), default=0)
        high = max((each[1] for each in candidates.windows), default=every // MICROSECOND)
        self.known_units: dict[frozenset[int], int] = {}
        self.known_costs: dict[tuple[int, ...], tuple[int, ...] | None] = {}
        self.whole_window = Bound("window", "", 0, OneInterval((low, high)))
        self.calendars = Calendars(low, high)
        self.demands = resource_demands(candidates)
        self.orders: list[tuple[Precedence | None, dict[int, Bound]]] = [
            precedence_of(candidates, each, each.term)
            for each in candidates.terms
            if isinstance(each.term, Arcs)
        ]
        self.bounds = self._bounds()
        rooms, persons = reach_of_classes(candidates, self.form_of, len(self.forms))
        self.by_room = [
            bounds_of_choices(candidates, form, "room", reach)
            for form, reach in zip(self.forms, rooms, strict=True)
        ]
        self.by_person = [
            bounds_of_choices(candidates, form, "person", reach)
            for form, reach in zip(self.forms, persons, strict=True)
        ]
        self.room_index = {id: room for room, id in enumerate(candidates.rooms)}
        self._set_grid(inner, starts)
        self.masks = StartMasks(self.grid, self.forms, self.calendars)

    def _set_grid(self, inner: Mapping[int, Interval], mode: Starts) -> None:
        """The grid, and the units at which each activity may start by its clock or an opening.

        A pinned slot keeps its start, even where that is off the step.
        """
        candidates = self.candidates
        low, high, step = self.calendars.low, self.calendars.high, self.step // MICROSECOND
        zones = [candidates.timetable.places[n] for n in candidates.numbers]
        different = list(dict.fromkeys(zones))
        self.grid, starts = grid_of(different, (low, high), step)
        self.lattice, self.has_all_openings = 0, True
        if mode != "clock":
            self.lattice = lattice_unit(
                candidates, self.calendars, self._strict_queries(inner), self.grid.unit,
                partial(has_disjunctive_groups, self.demands),
            )  # fmt: skip
        if mode == "lattice":
            self.grid = Grid(low, self.lattice, (high - low) // self.lattice)
            self.clock = [-1] * len(zones)
            return
        search = OpeningSearch(
            candidates=candidates, off=off_step(self.calendars, self.grid, starts),
            forms=self.forms, form_of=self.form_of, bounds=self.bounds, by_room=self.by_room,
            by_person=self.by_person, demands=self.demands, inner=inner,
        )  # fmt: skip
        openings = search.find()
        every = frozenset[int]().union(*openings)
        kept = kept_openings(every, self.grid)
        self.has_all_openings = kept == every
        if kept:
            self.grid, starts = grid_of(different, (low, high), step, kept)
        by_zone = dict(zip(different, starts, strict=True))
        self.clock = [
            by_zone[zone] | self._units(own & kept) if pinned is None else -1
            for zone, own, pinned in zip(zones, openings, candidates.pinned, strict=True)
        ]

    def _units(self, instants: frozenset[int]) -> int:
        """The units of the grid at which some instants are, computed once for each set."""
        if instants not in self.known_units:
            low, unit = self.grid.low, self.grid.unit
            units = [(each - low) // unit for each in instants]
            self.known_units[instants] = mask_of(units, self.grid.size) if units else 0
        return self.known_units[instants]

    def _strict_queries(self, inner: Mapping[int, Interval]) -> Iterator[IntervalQuery]:
        """The calendars of all hard bounds, each once, and the windows within the wide one."""
        choices = [by[choice] for by in (*self.by_room, *self.by_person) for choice in by]
        bounds = chain.from_iterable((*self.bounds, *choices))
        strict = {id(each.intervals): each.intervals for each in bounds if not each.weight}
        yield from strict.values()
        yield from map(OneInterval, {*inner.values()})

    def _missed(self, activity: int) -> int:
        """The units of the lattice at which an activity does not start by its clock; -1: any."""
        if self.candidates.pinned[activity] is not None or not self.lattice:
            return 0
        if self.lattice % self.grid.unit:
            return -1
        units = every_nth(self.grid.size, self.lattice // self.grid.unit)
        return units & ~self.clock[activity]

    def _bounds(self) -> list[list[Bound]]:
        """The bounds of each activity that do not depend on its choices, its window first."""
        windows: dict[Interval, Bound] = {}
        found: list[list[Bound]] = []
        for activity, spans in enumerate(bounds_of_sessions(self.candidates)):
            window = self.candidates.windows[activity]
            if window not in windows:
                windows[window] = Bound("window", "", 0, OneInterval(window))
            found.append([windows[window], *spans, *self.demands.bounds[activity]])
        for _, bounds in self.orders:
            for activity, bound in bounds.items():
                found[activity].append(bound)
        return found

    def problem(self, *, wide: bool) -> PlanningProblem:
        """The compiled problem; `wide` keeps the whole grid as its axis."""
        raw = [self._raw(activity) for activity in range(len(self.candidates.numbers))]
        used = (1 << self.grid.size) - 1 if wide else 0
        for mask, form in set(zip(raw, self.form_of, strict=True)):
            used |= covered_cells(mask, self.forms[form].cells(self.grid))
        self.axis = axis_of(self.grid, used)
        self.to_cells = cache(self.axis.to_cells)
        self.clocks = Clocks(self.candidates, self.axis)
        self.buckets = cache(self.clocks.buckets)
        activities = tuple(self._activity(activity, raw[activity]) for activity in range(len(raw)))
        counts, patterns, group_terms, pairwise_gaps = self._graded()
        return PlanningProblem(
            timetable=self.candidates.timetable,
            axis=self.axis,
            activities=activities,
            rooms=self.candidates.rooms,
            persons=self.candidates.persons,
            resources=self._resources(),
            room_needs=self._needs(self.demands.by_room, len(self.candidates.rooms)),
            trainer_needs=self._needs(self.demands.by_person, len(self.candidates.persons)),
            room_barriers=tuple(
                self._barriers(form, self.by_room) for form in range(len(self.forms))
            ),
            trainer_barriers=tuple(
                self._barriers(form, self.by_person) for form in range(len(self.forms))
            ),
            time_costs=tuple(self._time_costs(activity) for activity in range(len(raw))),
            room_time_costs=tuple(
                self._choice_costs(f, self.by_room) for f in range(len(self.forms))
            ),
            trainer_time_costs=tuple(
                self._choice_costs(form, self.by_person) for form in range(len(self.forms))
            ),
            room_costs=soft_room_costs(self.candidates),
            orders=tuple(order for order, _ in self.orders if order is not None),
            pairwise_gaps=tuple(pairwise_gaps),
            counts=tuple(counts),
            patterns=tuple(patterns),
            group_terms=tuple(group_terms),
            windows=self.candidates.windows,
            step=self.step,
            lattice=self.lattice,
            is_exhaustive=self.lattice > 0
            and self.has_all_openings
            and not any(map(self._missed_in_domain, range(len(raw)))),
        )

    def _missed_in_domain(self, activity: int) -> int:
        """The lattice starts that the hard bounds of an activity allow, and its clock does not."""
        return self._behind_bounds(activity, self._missed(activity))

    def _raw(self, activity: int) -> int:
        """The start domain of an activity on the raw grid, before room and trainer are chosen."""
        return self._behind_bounds(activity, self.clock[activity])

    def _behind_bounds(self, activity: int, mask: int) -> int:
        """The starts of a set that the hard bounds of an activity allow."""
        form = self.form_of[activity]
        for bound in self._strict(activity) if mask else ():
            mask &= self.masks.of(form, bound)
            if not mask:
                break
        return mask

    def _strict(self, activity: int) -> Iterable[Bound]:
        """The hard bounds of an activity, also those of the persons assigned to it."""
        yield from (bound for bound in self.bounds[activity] if not bound.weight)
        persons = self.by_person[self.form_of[activity]]
        for person in self.candidates.assigned_persons[activity]:
            yield from (bound for bound in persons.get(person, ()) if not bound.weight)

    def _activity(self, activity: int, raw: int) -> Activity:
        candidates, form = self.candidates, self.form_of[activity]
        pinned = candidates.pinned[activity]
        offset = (pinned.start_utc - self.grid.low) % self.grid.unit if pinned is not None else 0
        starts = self.to_cells(raw)
        return Activity(
            number=candidates.numbers[activity],
            form=form,
            cells=self.forms[form].cells(self.grid),
            length=self.forms[form].length,
            offset=offset,
            starts=starts,
            steps=self.to_cells(self.clock[activity] & self.masks.of(form, self.whole_window)),
            missed=self.to_cells(self._missed(activity)),
            rooms=candidates.room_choices[activity],
            trainers=candidates.trainer_choices[activity],
            persons=candidates.assigned_persons[activity],
            resources=tuple(self.demands.needs[activity]),
            current=self._current(activity, starts),
            barriers=tuple(
                Barrier(bound.code, bound.label, self.to_cells(self.masks.of(form, bound)))
                for bound in self._strict(activity)
            ),
            unsuited=candidates.unsuited[activity],
        )

    def _current(self, activity: int, starts: int) -> Placement | None:
        """The current placement of a session that may move; None if it is outside the model."""
        session = self.candidates.timetable.sessions[self.candidates.numbers[activity]]
        if session.slot is None or self.candidates.pinned[activity] is not None:
            return None
        cell = self.axis.cell(session.slot.start_utc)
        room = self.room_index.get(session.room_id or "", -1)
        fits = cell is not None and self.axis.instants[cell] == session.slot.start_utc
        if cell is None or not fits or not starts >> cell & 1:
            return None
        trainers = self.candidates.trainer_choices[activity]
        if room not in self.candidates.room_choices[activity] or trainers != (-1,):
            return None
        return Placement(cell, room, -1)

    def _barriers(
        self, form: int, bounds: Sequence[Mapping[int, Sequence[Bound]]]
    ) -> dict[int, tuple[Barrier, ...]]:
        """The hard bounds of each room or person, for a class of activities."""
        return {
            choice: tuple(
                Barrier(bound.code, bound.label, self.to_cells(self.masks.of(form, bound)))
                for bound in each
                if not bound.weight
            )
            for choice, each in bounds[form].items()
        }

    def _costs(self, form: int, bounds: Iterable[Bound]) -> tuple[int, ...] | None:
        """The soft cost of a start in each cell; None if no cell costs anything."""
        costs: list[int] | None = None
        for bound in bounds:
            if bound.weight:
                costs = costs or [0] * self.axis.size
                inside = self.to_cells(self.masks.of(form, bound))
                for cell in cells_in(((1 << self.axis.size) - 1) & ~inside):
                    costs[cell] += bound.weight
        return tuple(costs) if costs and any(costs) else None

    def _time_costs(self, activity: int) -> tuple[int, ...] | None:
        form = self.form_of[activity]
        soft = [bound for bound in self.bounds[activity] if bound.weight]
        for person in self.candidates.assigned_persons[activity]:
            soft += [bound for bound in self.by_person[form].get(person, ()) if bound.weight]
        return self._shared_costs(form, tuple(soft)) if soft else None

    def _shared_costs(self, form: int, bounds: tuple[Bound, ...]) -> tuple[int, ...] | None:
        """Costs by start, one tuple for all activities of a class with the same bounds."""
        known = self.known_costs
        key = (form, *map(id, bounds))
        if key not in known:
            known[key] = self._costs(form, bounds)
        return known[key]

    def _choice_costs(
        self, form: int, bounds: Sequence[Mapping[int, Sequence[Bound]]]
    ) -> dict[int, tuple[int, ...]]:
        found = {choice: self._costs(form, each) for choice, each in bounds[form].items()}
        return {choice: costs for choice, costs in found.items() if costs is not None}

    def _needs(
        self, made: Sequence[Chosen], choices: int
    ) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The resources needed with each room or person, by class; the last entry is for none."""
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
            attrs.evolve(each, base=fixed_load(self.axis, self.candidates, fixed))
            if each.limit > 1
            else each
            for each, fixed in zip(self.demands.resources, self.demands.fixed_sessions, strict=True)
        )

    def _graded(
        self,
    ) -> tuple[list[CountTerm], list[DayPattern], list[GroupTerm], list[PairwiseGap]]:
        """The terms that are no bounds, resources or precedences."""
        counts: list[CountTerm] = []
        patterns: list[DayPattern] = []
        group_terms: list[GroupTerm | None] = []
        pairwise_gaps: list[PairwiseGap | None] = [*self.demands.apart]
        candidates = self.candidates
        disjunctive = partial(has_disjunctive_groups, self.demands)
        for each in candidates.terms:
            match each.term:
                case Bucket() | Distinct() as term:
                    count = count_term_of(candidates, each, term, self.buckets)
                    counts += [count] if count is not None else []
                case Pattern() as term:
                    made = pattern_of(
                        candidates,
                        each,
                        term,
                        self.clocks,
                        disjunctive,
                        self.buckets("day"),
                    )
                    if isinstance(made, DayPattern):
                        patterns.append(made)
                    else:
                        group_terms.append(made)
                case Function() as term:
                    group_terms.append(function_term_of(candidates, each, term))
                case Apart() as term if each.hard:
                    pairwise_gaps.append(gap_of(candidates, each, term))
                case Apart() as term:
                    group_terms.append(soft_gap_of(candidates, each, term))
                case Exclusive() as term if not each.hard:
                    group_terms.append(soft_exclusive_of(candidates, each, term, self.axis))
                case _:
                    pass
        found = [each for each in group_terms if each is not None]
        return counts, patterns, found, [each for each in pairwise_gaps if each is not None]
