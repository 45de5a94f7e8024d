"""A naive model for CP-SAT: can some activities be placed while some causes hold? An oracle."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any

import attrs
import pytest

from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import Barrier, CountTerm, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in

Causes = Collection[Cause]


def can_all_stand(problem: PlanningProblem, asked: Iterable[int], causes: Causes) -> bool:
    """True if CP-SAT places all these activities under these causes alone.

    The problem must have been compiled wide, so that its cells follow each other without gaps.
    """
    cp_model: Any = pytest.importorskip("ortools.sat.python.cp_model")
    oracle = _Oracle(problem, frozenset(causes), cp_model.CpModel(), cp_model)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2  # sums over days are seen at once
    solver.parameters.max_time_in_seconds = 60
    oracle.add(sorted(asked))
    status = solver.solve(oracle.model)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
    return bool(status != cp_model.INFEASIBLE)


@attrs.define(eq=False)
class _Oracle:
    problem: PlanningProblem
    causes: frozenset[Cause]
    model: Any
    cp: Any
    starts: dict[int, Any] = attrs.field(factory=dict[int, Any])
    picks: dict[int, dict[tuple[int, int], Any]] = attrs.field(
        factory=dict[int, dict[tuple[int, int], Any]]
    )

    def add(self, asked: list[int]) -> None:
        """All that holds for the activities asked about."""
        for activity in asked:
            self._activity(activity)
        self._resources()
        for order in self.problem.orders:
            if not order.weight and Cause(order.code, order.label) in self.causes:
                for first in set(order.firsts) & set(asked):
                    for second in set(order.seconds) & set(asked):
                        end = self._instant(first) + self.problem.activities[first].length
                        self.model.add(end + order.gap <= self._instant(second))
        for count in self.problem.counts:
            if not count.weight:
                self._count(count)
        self._aparts()

    def _kept(self, barriers: Iterable[Barrier]) -> int:
        mask = -1
        for each in barriers:
            if Cause(each.code, each.label) in self.causes:
                mask &= each.starts
        return mask

    def _activity(self, activity: int) -> None:
        problem, each = self.problem, self.problem.activities[activity]
        bad = {r for code, rooms in each.unsuited if Cause(code) in self.causes for r in rooms}
        every = {*each.rooms, *(room for _, rooms in each.unsuited for room in rooms)}
        start = self.starts[activity] = self.model.new_int_var(0, problem.axis.size, "")
        picks = self.picks[activity] = {}
        for room in sorted(every - bad):
            for trainer in each.trainers:
                mask = each.steps & self._kept(each.barriers)
                mask &= self._kept(problem.room_barriers[each.form].get(room, ()))
                mask &= self._kept(problem.trainer_barriers[each.form].get(trainer, ()))
                pick = picks[room, trainer] = self.model.new_bool_var("")
                self._inside(start, mask, pick)
        self.model.add_exactly_one(picks.values())

    def _inside(self, start: Any, mask: int, literal: Any) -> None:
        domain = _domain(self.cp, mask)
        self.model.add_linear_expression_in_domain(start, domain).only_enforce_if(literal)

    def _instant(self, activity: int) -> Any:
        grid = self.problem.axis.grid
        offset = self.problem.activities[activity].offset
        return grid.low + grid.unit * self.starts[activity] + offset

    def _uses(self, activity: int) -> Mapping[int, list[Any]]:
        """The resources that an activity may hold, with the choices that make it do so."""
        problem, each = self.problem, self.problem.activities[activity]
        found: dict[int, list[Any]] = {}
        for (room, trainer), pick in self.picks[activity].items():
            needs = {
                *each.resources,
                *problem.room_needs[each.form][room],
                *problem.trainer_needs[each.form][trainer],
            }
            for resource in needs:
                found.setdefault(resource, []).append(pick)
        return found

    def _resources(self) -> None:
        held: dict[int, list[Any]] = {}
        for activity, start in self.starts.items():
            cells = self.problem.activities[activity].cells
            for resource, picks in self._uses(activity).items():
                uses = self.model.new_bool_var("")
                self.model.add(uses == sum(picks))
                span = self.model.new_optional_fixed_size_interval_var(start, cells, uses, "")
                held.setdefault(resource, []).append((span, 1))
        for resource, spans in held.items():
            each = self.problem.resources[resource]
            if Cause(each.code, each.label) in self.causes:
                stay = [
                    (self.model.new_fixed_size_interval_var(cell, 1, ""), count)
                    for cell, count in enumerate(each.base or ())
                    if count
                ]
                both = [*spans, *stay]
                demands = [demand for _, demand in both]
                self.model.add_cumulative([span for span, _ in both], demands, each.limit)

    def _count(self, count: CountTerm) -> None:
        """The literals of each group and bucket, and the sums that are allowed."""
        held: dict[tuple[int, int], list[tuple[Any, int]]] = {}
        for activity, start in self.starts.items():
            parts: dict[int, int] = {}
            for cell, bucket in enumerate(count.buckets[activity] if count.buckets else ()):
                parts[bucket] = parts.get(bucket, 0) | 1 << cell
            for (room, trainer), pick in self.picks[activity].items():
                for group in count.membership.groups(activity, room, trainer):
                    cause = Cause(count.code, count.membership.labels[group])
                    if cause not in self.causes:
                        continue
                    if count.buckets is None and room >= 0:
                        parts = {room: -1 & ((1 << self.problem.axis.size) - 1)}
                    inside: list[Any] = []
                    for bucket, mask in parts.items():
                        literal = self.model.new_bool_var("")
                        self._inside(start, mask, literal)
                        self.model.add_implication(literal, pick)
                        inside.append(literal)
                        held.setdefault((group, bucket), []).append(
                            (literal, count.amounts[activity] // COUNTED)
                        )
                    if inside:
                        self.model.add(sum(inside) == pick)
        for group in {group for group, _ in held}:
            self._allowed(count, group, {b: v for (g, b), v in held.items() if g == group})

    def _allowed(
        self, count: CountTerm, group: int, held: dict[int, list[tuple[Any, int]]]
    ) -> None:
        limit = count.membership.limits[group]
        base = {bucket: value for (g, bucket), value in count.base.items() if g == group}
        if count.distinct:
            used: list[Any] = []
            for _, literals in ((b, v) for b, v in held.items() if b not in base):
                any_of = self.model.new_bool_var("")
                self.model.add_max_equality(any_of, [literal for literal, _ in literals])
                used.append(any_of)
            most = range(len(base), len(base) + len(used) + 1)
            fine = [number for number in most if not number or count.cost(number, limit) <= 0]
            self._one_of(len(base) + sum(used), fine)
            return
        for bucket, literals in held.items():
            start = base.get(bucket, 0) // COUNTED
            total = start + sum(amount for _, amount in literals)
            fine = [
                value for value in range(start, total + 1)
                if value == start or count.cost(value, limit) <= 0
            ]  # fmt: skip
            self._one_of(start + sum(amount * each for each, amount in literals), fine)

    def _one_of(self, expression: Any, values: list[int]) -> None:
        domain = self.cp.Domain.from_values(values)
        self.model.add_linear_expression_in_domain(expression, domain)

    def _aparts(self) -> None:
        """Pairs of a group either overlap, where that is allowed, or keep their distance."""
        for apart in self.problem.pairwise_gaps:
            for a in self.starts:
                for b in self.starts:
                    groups = {*apart.membership.fixed[a]} & {*apart.membership.fixed[b]}
                    causes = {Cause(apart.code, apart.membership.labels[g]) for g in groups}
                    if a < b and not causes.isdisjoint(self.causes):
                        self._pair(apart.clash, apart.reach, a, b)

    def _pair(self, clash: Any, reach: int, a: int, b: int) -> None:
        one, other = (self.problem.activities[each] for each in (a, b))
        starts = self._instant(a), self._instant(b)
        ends = starts[0] + one.length, starts[1] + other.length
        ways = [self.model.new_bool_var("") for _ in range(3)]
        gap = _gap(partial(clash, one.number, other.number), reach)
        self.model.add(ends[0] + gap <= starts[1]).only_enforce_if(ways[0])
        self.model.add(ends[1] + gap <= starts[0]).only_enforce_if(ways[1])
        self.model.add(starts[0] < ends[1]).only_enforce_if(ways[2])
        self.model.add(starts[1] < ends[0]).only_enforce_if(ways[2])
        if clash(one.number, other.number, -1):
            self.model.add(ways[2] == 0)
        self.model.add_at_least_one(ways)


@lru_cache(maxsize=10_000)  # most sessions share their starts, and each set is asked about often
def _domain(cp: Any, mask: int) -> Any:
    """The cells of a mask, as CP-SAT knows them."""
    return cp.Domain.from_values(cells_in(mask))


def _gap(clash: Any, reach: int) -> int:
    """The least distance that is no clash."""
    low, high = 0, reach
    while low < high:
        middle = (low + high) // 2
        if clash(middle):
            low = middle + 1
        else:
            high = middle
    return low
