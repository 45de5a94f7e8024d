"""What a node can be seen to lack before anything is tried: room for all that shares something."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from mic_core.scheduling.exact.packing import assigned, fill, packed, stretches
from mic_core.scheduling.exact.propagation import Node, Steps
from mic_core.scheduling.problem.problem import Precedence
from mic_core.scheduling.problem.time_axis import covered_cells

MOST_ASSIGNED = 40
"""For how many activities at most it is asked, beside counting, whether each finds a place."""


@attrs.frozen(eq=False, slots=False)
class FeasibilityBounds:
    """Conditions that any way to place what is left must meet."""

    steps: Steps

    @cached_property
    def families(self) -> list[tuple[frozenset[int], list[int]]]:
        """Sets of stores of which each of several places needs one, with these places."""
        kinds: dict[frozenset[int], set[int]] = {}
        for place, options in enumerate(self.steps.stage.options):
            needs = [frozenset(each.needs) for each in options]
            for store in frozenset[int]().union(*needs):
                kinds.setdefault(frozenset((store,)), set())
            common = needs[0].intersection(*needs) if needs else frozenset[int]()
            rest = [each - common for each in needs]
            if all(rest):
                # What differs are rooms, trainers or both; each kind of it is a family of its own.
                for kind in self._kinds(rest):
                    kinds.setdefault(kind, set()).add(place)
        return [
            (kind, [
                place for place, options in enumerate(self.steps.stage.options)
                if any(not kind.isdisjoint(each.needs) for each in options)
            ])
            for kind in sorted(kinds, key=lambda each: (len(each), sorted(each)))
        ]  # fmt: skip

    def _kinds(self, needs: list[frozenset[int]]) -> Iterator[frozenset[int]]:
        """Sets of stores that meet each of several needs: all, and those that never go together."""
        together: dict[int, frozenset[int]] = {}
        everything = frozenset[int]().union(*needs)
        for store in sorted(everything):
            beside = frozenset[int]().union(*(each for each in needs if store in each))
            together[store] = everything - beside | {store}
        for kind in dict.fromkeys(together.values()):
            if all(kind & each for each in needs):
                yield kind
        yield everything

    def lacking(self, node: Node) -> tuple[int, ...] | None:
        """Places that cannot all be filled, as far as this can be seen; None where it cannot."""
        for kind, places in self.families:
            members = [
                place
                for place in places
                if node.starts[place][0:] and self._in_need(node, kind, place)
            ]
            if len(members) > 1 and self._too_much(node, kind, members):
                return tuple(members)
        for number, group, members in self._counted(node):
            if self._too_many(node, number, group, members):
                return tuple(members)
        return None

    def _in_need(self, node: Node, kind: frozenset[int], place: int) -> bool:
        """Whether all that is left to a free place needs one of some stores."""
        options = self.steps.stage.options[place]
        live = [each.needs for each, mask in zip(options, node.starts[place], strict=True) if mask]
        return bool(live) and all(not kind.isdisjoint(needs) for needs in live)

    def _too_much(self, node: Node, kind: frozenset[int], members: list[int]) -> bool:
        """Whether activities last longer together than the cells that they can share."""
        stage = self.steps.stage
        lengths = [stage.cells(place) for place in members]
        demand, supply = sum(lengths), 0
        for store in kind:
            cells = self._cells(node, store, members)
            supply += sum((cells & ~level).bit_count() for level in node.levels[store])
        if demand > supply:
            return True
        if len(kind) > 1 or len(node.levels[next(iter(kind))]) > 1:
            return False
        (store,) = kind
        runs = stretches(self._cells(node, store, members), stage.problem.axis.heads)
        most = fill(lengths, max(count for _, count in runs))
        if sum(most(count) for _, count in runs) < demand:
            return True
        union, shortest = self._union(node, members), min(lengths)
        caps = [cap for caps in self._caps(node, members) for cap in caps]
        if len(packed(union, shortest, len(members), caps)) < len(members):
            return True
        if len(members) > MOST_ASSIGNED:
            return False
        masks = {place: node.union(place) for place in members}
        sets = {first: ((1 << count) - 1) << first for first, count in runs}
        choices = {
            place: [first for first, inside in sets.items() if mask & inside]
            for place, mask in masks.items()
        }
        room = {
            first: len(packed(union & inside, shortest, len(members)))
            for first, inside in sets.items()
        }
        return assigned(choices, room) is not None

    def _cells(self, node: Node, store: int, members: Sequence[int]) -> int:
        """The cells that some activities can cover while they use a store."""
        stage = self.steps.stage
        starts: dict[int, int] = {}
        for place in members:
            cells = stage.cells(place)
            for option, mask in zip(stage.options[place], node.starts[place], strict=True):
                if mask and store in option.needs:
                    starts[cells] = starts.get(cells, 0) | mask
        cover = 0
        for cells, mask in starts.items():
            cover |= covered_cells(mask, cells)
        return cover

    def _union(self, node: Node, members: Sequence[int]) -> int:
        mask = 0
        for place in members:
            mask |= node.union(place)
        return mask

    def _counted(self, node: Node) -> Iterator[tuple[int, int, list[int]]]:
        """The counts and groups that several free places are in, whatever they choose."""
        for number, count in enumerate(self.steps.stage.counts):
            if count.distinct or count.buckets is None:
                continue
            held: dict[int, list[int]] = {}
            for place in node.free:
                for group in count.membership.fixed[self.steps.stage.asked[place]]:
                    held.setdefault(group, []).append(place)
            for group, members in held.items():
                if len(members) > 1:
                    yield number, group, members

    def _left(self, node: Node, number: int, group: int, members: Sequence[int]) -> dict[int, int]:
        """How many of some activities each bucket takes at most, for buckets that they can use."""
        steps, count = self.steps, self.steps.stage.counts[number]
        table, sums = steps.tables[number][group], node.sums[number]
        least = min(count.amounts[steps.stage.asked[place]] for place in members)
        union = self._union(node, members)
        parts = self._buckets(number, members)
        known: dict[int, int] = {}
        found: dict[int, int] = {}
        for bucket, mask in parts.items():
            if mask & union:
                held = sums.get((group, bucket), 0)
                if held not in known:
                    more = 0
                    while more < len(members) and not table[held + (more + 1) * least] > 0:
                        more += 1
                    known[held] = more
                found[bucket] = known[held]
        return found

    def _buckets(self, number: int, members: Sequence[int]) -> dict[int, int]:
        """The starts of any of some activities in each bucket of a count."""
        held = self.steps.parts[number]
        parts = held[members[0]]
        for place in members:
            other = held[place]
            if other is not parts:  # clocks of several zones
                parts = {b: parts.get(b, 0) | other.get(b, 0) for b in {*parts, *other}}
        return parts

    def _caps(self, node: Node, members: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """What counts that hold all of some activities leave to sets of starts."""
        asked = self.steps.stage.asked
        for number, count in enumerate(self.steps.stage.counts):
            if count.distinct or count.buckets is None:
                continue
            shared = set(count.membership.fixed[asked[members[0]]])
            for group in shared.intersection(*(count.membership.fixed[asked[p]] for p in members)):
                left = self._left(node, number, group, members)
                parts = self.steps.parts[number]
                if all(parts[place] is parts[members[0]] for place in members):
                    yield [(parts[members[0]][bucket], more) for bucket, more in left.items()]

    def _too_many(self, node: Node, number: int, group: int, members: list[int]) -> bool:
        """Whether the buckets of a count take fewer than all of some activities."""
        left = self._left(node, number, group, members)
        if sum(left.values()) < len(members):
            return True
        if len(members) > MOST_ASSIGNED:
            return False
        parts = self.steps.parts[number]
        masks = {place: node.union(place) for place in members}
        choices = {
            place: [bucket for bucket in left if mask & parts[place].get(bucket, 0)]
            for place, mask in masks.items()
        }
        return assigned(choices, left) is not None

    def ordered(self, node: Node) -> bool:
        """Close the starts that order leaves no time for; tells whether that changed anything."""
        changed = False
        for order in self.steps.stage.orders:
            firsts = self._free(node, order.firsts)
            seconds = self._free(node, order.seconds)
            if firsts and seconds:
                changed |= self._order(node, order, firsts, seconds)
        return changed

    def _free(self, node: Node, activities: Sequence[int]) -> list[int]:
        where = self.steps.where
        places = [where[each] for each in activities if each in where]
        return [place for place in places if place in node.free and any(node.starts[place])]

    def _order(self, node: Node, order: Precedence, firsts: list[int], seconds: list[int]) -> bool:
        steps, asked = self.steps, self.steps.stage.asked
        changed = False
        ended = self._completed(node, firsts)
        for place in seconds:
            changed |= steps.after(node, asked[place], ended + order.gap)
        masks = [node.union(place) for place in seconds]
        if not all(masks):
            return changed
        latest = [
            steps.slot(place, mask.bit_length() - 1)[0]
            for place, mask in zip(seconds, masks, strict=True)
        ]
        for place in firsts:
            changed |= steps.before(node, asked[place], min(latest) - order.gap)
        return changed

    def _completed(self, node: Node, places: list[int]) -> int:
        """The earliest instant at which all of some free activities can have ended."""
        steps, stage = self.steps, self.steps.stage
        masks = {place: node.union(place) for place in places}
        ends = [
            steps.slot(place, (mask & -mask).bit_length() - 1)[1] for place, mask in masks.items()
        ]
        best = max(ends)
        needs = [set(each.needs) for place in places for each in stage.options[place]]
        single = [each for each in needs[0].intersection(*needs) if len(node.levels[each]) == 1]
        if len(places) < 2 or not single:
            return best
        lengths = {place: stage.problem.activities[stage.asked[place]].length for place in places}
        cells = min(stage.cells(place) for place in places)
        caps = [cap for caps in self._caps(node, places) for cap in caps]
        found = packed(self._union(node, places), cells, len(places), caps)
        instants = stage.problem.axis.instants
        best = max(best, instants[found[-1]] + min(lengths.values()))
        cover = self._cells(node, single[0], places)
        demand = sum(stage.cells(place) for place in places)
        for first, count in stretches(cover):
            if demand <= count:
                return max(best, instants[first + demand - 1] + 1)
            demand -= count
        return best
