"""Linking: the linear relations between the numbers of scorecards, as linked cells.

Margins and their cells, periods and scopes within others, conditions that select a part: the
difference of any two of them can be worked out by subtraction, so that it is a cell of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

import attrs

from mic_core.impact.aggregation.columns import Label
from mic_core.impact.aggregation.facts import PERIOD_UNITS
from mic_core.impact.disclosure.linked_cells import LinkedCells
from mic_core.impact.disclosure.quantities import Family, PrintedNumber

Need = Callable[[PrintedNumber, int], int | None]
"""The value that must be possible for a number; None where it is not sensitive."""

_Labels = frozenset[tuple[str, Label]]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def canonical(quantity: PrintedNumber) -> PrintedNumber:
    """The same number without labels of months, quarters, years and days: within their period.

    The cell of a month is the figure of that month.
    """
    for unit, label in sorted(quantity.labels, key=str):
        days = _days_of(unit, label) if unit in PERIOD_UNITS else None
        if days is not None:
            first, last = quantity.days
            within = (max(first, days[0]), min(last, days[1]))
            labels = quantity.labels - {(unit, label)}
            return canonical(attrs.evolve(quantity, days=within, labels=labels))
    return quantity


def _days_of(unit: str, label: Label) -> tuple[int, int] | None:
    """The days of a label of a calendar unit; None where it is unknown."""
    if isinstance(label, date):
        return label.toordinal(), label.toordinal() + 1
    if not isinstance(label, str):
        return None
    year, _, rest = label.partition("-")
    if unit == "week":
        monday = date.fromisocalendar(int(year), int(rest[1:]), 1).toordinal()
        return monday, monday + 7
    size = _MONTHS[unit]
    place = {"month": rest, "quarter": rest[1:], "year": "1"}[unit]
    month = (int(place) - 1) * size + 1
    after = (int(year) * 12 + month - 1) + size
    last = date(after // 12, after % 12 + 1, 1).toordinal()
    return date(int(year), month, 1).toordinal(), last


@attrs.define(eq=False)
class Linking:
    """The cells, relations and figures found up to now; see `LinkedCells`."""

    need: Need
    places: dict[PrintedNumber, int] = attrs.field(factory=dict[PrintedNumber, int])
    values: list[int] = attrs.field(factory=list[int])
    quantities: list[PrintedNumber] = attrs.field(factory=list[PrintedNumber])
    needs: dict[int, int] = attrs.field(factory=dict[int, int])
    relations: list[dict[int, int]] = attrs.field(factory=list[dict[int, int]])
    pairs: set[tuple[int, int]] = attrs.field(factory=set[tuple[int, int]])
    printed: set[int] = attrs.field(factory=set[int])

    def cell(self, quantity: PrintedNumber, value: int) -> int:
        """The cell of a printed number; another one where it has another value elsewhere."""
        known = canonical(quantity)
        place = self.places.get(known)
        if place is None or self.values[place] != value:
            place = self._add(known, value)
            self.places.setdefault(known, place)
        self.printed.add(place)
        return place

    def _add(self, quantity: PrintedNumber, value: int) -> int:
        place = len(self.values)
        self.values.append(value)
        self.quantities.append(quantity)
        need = self.need(quantity, value)
        if need is not None:
            self.needs[place] = need
        return place

    def _difference(
        self, whole: int, parts: Iterable[int], like: PrintedNumber | None = None
    ) -> None:
        """Relate a number to parts of it; what is left, if anything may be, is a cell.

        Parts that are more than the whole overlap: what is counted twice is then a cell that needs
        no protection. `like` is the quantity of the rest, if it has a name.
        """
        listed = [*parts]
        rest = self.values[whole] - sum(self.values[each] for each in listed)
        quantity = self.quantities[whole]
        relation = {whole: -1, **dict.fromkeys(listed, 1)}
        place = None if like is None else self.places.get(like)
        if place is None or self.values[place] != rest:
            place = len(self.values)
            self.values.append(abs(rest))
            self.quantities.append(quantity if like is None else like)
            if like is not None:
                self.places.setdefault(like, place)
            need = self.need(quantity, rest) if rest > 0 and quantity.is_count else None
            if need is not None:
                self.needs[place] = need
        relation[place] = 1 if rest >= 0 else -1
        self.relations.append(relation)

    def relate_margins(self, cells: Mapping[PrintedNumber, int]) -> None:
        """Relate the numbers of one scorecard that differ in their labels alone."""
        groups: defaultdict[PrintedNumber, dict[frozenset[str], dict[_Labels, int]]]
        groups = defaultdict(lambda: defaultdict(dict))
        for quantity, place in cells.items():
            whole = attrs.evolve(quantity, labels=frozenset())
            names = frozenset(name for name, _ in quantity.labels)
            groups[whole][names][quantity.labels] = place
        for by_names in groups.values():
            for coarse in by_names:
                finer = [each for each in by_names if coarse < each]
                for fine in finer:
                    if not any(other < fine for other in finer):
                        self._relate(coarse, by_names[coarse], by_names[fine])

    def _relate(
        self, names: frozenset[str], wholes: Mapping[_Labels, int], parts: Mapping[_Labels, int]
    ) -> None:
        children: defaultdict[_Labels, list[int]] = defaultdict(list)
        for labels, place in parts.items():
            children[frozenset(each for each in labels if each[0] in names)].append(place)
        for labels, whole in wholes.items():
            here = children[labels]
            if not here or whole in here:
                continue
            self.pairs |= {(each, whole) for each in here}
            total = sum(self.values[each] for each in here)
            if total == self.values[whole]:
                self.relations.append({whole: -1, **dict.fromkeys(here, 1)})
                continue
            self._difference(whole, here)
            if total > self.values[whole] and self.quantities[whole].is_count:
                for each in here:
                    self._difference(whole, [each])

    def relate_parts(self) -> None:
        """Relate each printed number to the largest numbers of which it is a part."""
        families: defaultdict[tuple[Family, _Labels], list[int]] = defaultdict(list)
        for place in sorted(self.printed):
            quantity = self.quantities[place]
            families[quantity.family, quantity.labels].append(place)
        for places in families.values():
            self._relate_nested(places)

    def _relate_nested(self, places: Sequence[int]) -> None:
        found = self.quantities
        wholes = {
            each: [other for other in places if found[each].is_part_of(found[other])]
            for each in places
        }
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for part, above in wholes.items():
            covering = [
                each for each in above
                if not any(found[other].is_part_of(found[each]) for other in above)
            ]  # fmt: skip
            for whole in covering:
                is_new = (part, whole) not in self.pairs
                if is_new and self.values[part] <= self.values[whole]:
                    self._difference(whole, [part], self._remainder(whole, part))
                    parts[whole].append(part)
        for whole, several in parts.items():
            for group in _disjoint(found[whole], [(each, found[each]) for each in several]):
                if sum(self.values[each] for each in group) <= self.values[whole]:
                    self._difference(whole, group)

    def _remainder(self, whole: int, part: int) -> PrintedNumber | None:
        """The quantity of the rest of a period, where numbers of periods add up."""
        outer, inner = self.quantities[whole], self.quantities[part]
        if not outer.is_additive or attrs.evolve(outer, days=inner.days) != inner:
            return None
        (first, last), (start, end) = outer.days, inner.days
        if first == start:
            return attrs.evolve(outer, days=(end, last))
        return attrs.evolve(outer, days=(first, start)) if last == end else None

    def linked(self, figures: Sequence[Sequence[int]], pinned: frozenset[int]) -> LinkedCells:
        """The cells as a problem of suppression; figures of fewer labels are the dearer ones."""
        printing = {cell for cells in figures for cell in cells}
        floors: list[int | None] = []
        for place, quantity in enumerate(self.quantities):
            least = 1 if place in printing and self.values[place] > 0 else 0
            floors.append(None if quantity.is_signed else least)
        return LinkedCells(
            values=self.values, needs=self.needs, floors=floors, relations=self.relations,
            figures=figures, pinned=pinned,
            weights=[
                min((9 - len(self.quantities[cell].labels) for cell in cells), default=0)
                for cells in figures
            ],
        )  # fmt: skip


def _disjoint(whole: PrintedNumber, parts: Iterable[tuple[int, PrintedNumber]]) -> list[list[int]]:
    """Groups of parts that share no unit: one more condition each, on different values."""
    by_column: defaultdict[str, list[tuple[int, frozenset[Any]]]] = defaultdict(list)
    for place, quantity in parts:
        more = quantity.where - whole.where
        if len(more) == 1 and attrs.evolve(quantity, where=whole.where) == whole:
            (condition,) = more
            if condition.op in {"==", "in"}:
                by_column[condition.column].append((place, frozenset(condition.value)))
    return [
        [place for place, _ in listed] for listed in by_column.values()
        if len(listed) > 1 and not any(a & b for (_, a), (_, b) in combinations(listed, 2))
    ]  # fmt: skip
