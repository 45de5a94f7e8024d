"""The discrete time axis: cells of one length, numbered without gaps; sets of cells are bitsets.

A raw grid divides the planning window into units; their length is the greatest divisor of the step
that puts all starts on the grid. The axis keeps only the units that some session can cover, in
runs: maximal intervals of adjacent units. A set of cells is an int in which bit t means cell t, so
an intersection, union or shift handles many cells in one machine word. Invariant: cells adjacent on
the axis are adjacent in time, or a run begins between them; no activity crosses the beginning of a
run.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, tzinfo
from functools import cached_property
from math import gcd

import attrs

from mic_core.chrono import Interval
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, exists, instant, local, midnight
from mic_core.timetable import clock


@attrs.frozen
class Grid:
    """The raw grid: `size` units of `unit` microseconds from `low` on; bit g of a set is unit g."""

    low: int
    unit: int
    size: int

    def starts_within(self, intervals: Iterable[Interval], length: int) -> int:
        """The units at which an activity of a length can start to lie within one interval.

        O(intervals + size).

        >>> bin(Grid(low=0, unit=10, size=8).starts_within([(5, 45), (60, 79)], 20))
        '0b110'
        """
        low, unit, last = self.low, self.unit, self.size - 1
        # Ranges are filled in bytes: to shift and join whole numbers costs O(size) for each.
        octets = bytearray(self.size // 8 + 1)
        for start, end in intervals:
            first = max(0, -((low - start) // unit))
            after = min(last, (end - length - low) // unit) + 1
            if first < after:
                _fill(octets, first, after)
        return int.from_bytes(octets, "little")


def grid_of(
    places: Iterable[tzinfo], window: Interval, step: int, openings: Iterable[int] = ()
) -> tuple[Grid, list[int]]:
    """The grid of the starts of all time zones, and the set of starts in each zone.

    Starts are the instants at which the local clock shows a whole number of steps since midnight,
    the first one of those shown twice. The `openings` are further instants that lie on the grid.
    O(zones times days), times steps on days of a clock change.
    """
    low, high = window
    # The unit divides the step and the offset of each zone, so that all starts lie on one grid.
    starts = [_starts(place, low, high, step) for place in places]
    unit = gcd(step, *(each - low for each in openings))
    for each in starts:
        for first, _ in each:
            unit = gcd(unit, first - low)
    grid = Grid(low, unit, max(0, (high - low) // unit))
    return grid, [_mask(grid, each, step // unit) for each in starts]


def _starts(place: tzinfo, low: int, high: int, step: int) -> list[tuple[int, int]]:
    """The starts around a window as progressions: the first instant, and how many, a step apart.

    A day without a clock change is one progression.
    """
    first, last = local(low, place).toordinal() - 1, local(high, place).toordinal() + 1
    found: list[tuple[int, int]] = []
    for ordinal in range(max(first, 1), min(last, date.max.toordinal()) + 1):
        opening = midnight(place, ordinal)
        if opening is not None:
            found.append((opening, -(-DAY_MICROSECONDS // step)))
            continue
        found += [(at, 1) for _, at in minutes_of_changed_day(place, ordinal, step // MINUTE)]
    return found


def minutes_of_changed_day(place: tzinfo, ordinal: int, stride: int) -> Iterator[tuple[int, int]]:
    """Every `stride`-th local minute of a day with a clock change, with its instant.

    Skipped minutes are left out; of a minute shown twice the instant is the first.
    """
    day = date.fromordinal(ordinal)
    for minute in range(0, DAY_MICROSECONDS // MINUTE, stride):
        wall = datetime.combine(day, time(*divmod(minute, 60)), place)
        if exists(wall):
            yield minute, instant(wall)


def _mask(grid: Grid, starts: list[tuple[int, int]], stride: int) -> int:
    """The units of some progressions of starts, `stride` units apart."""
    longest = max((count for _, count in starts), default=0)
    # The pattern of a day without a clock change is made once; single starts have a count of 1.
    pattern = sum(1 << stride * each for each in range(longest))
    mask = 0
    for first, count in starts:
        place = (first - grid.low) // grid.unit
        bits = pattern if count == longest else 1
        mask |= bits << place if place >= 0 else bits >> -place
    return mask & ((1 << grid.size) - 1)


def every_nth(size: int, stride: int) -> int:
    """The set of every `stride`-th of `size` units, from the first on.

    >>> bin(every_nth(8, 3))
    '0b1001001'
    """
    mask, count = 1, 1
    while count * stride < size:
        mask |= mask << count * stride
        count *= 2
    return mask & ((1 << size) - 1)


def covered_cells(starts: int, cells: int) -> int:
    """The cells that an activity of a length in cells can cover, from the set of its starts.

    Doubling the reach of each shift takes O(log cells) shifts.

    >>> bin(covered_cells(0b1000001, 3))
    '0b111000111'
    """
    done = 1
    while done < cells:
        more = min(done, cells - done)
        starts |= starts << more
        done += more
    return starts


def _fill(octets: bytearray, first: int, after: int) -> None:
    """Set the bits from the first to the one before `after` in a little-endian bitset."""
    low, high = first >> 3, (after - 1) >> 3
    head, tail = 0xFF << (first & 7) & 0xFF, 0xFF >> (7 - (after - 1 & 7))
    if low == high:
        octets[low] |= head & tail
        return
    octets[low] |= head
    octets[high] |= tail
    octets[low + 1 : high] = b"\xff" * (high - low - 1)


@attrs.frozen(eq=False, slots=False)
class TimeAxis:
    """The axis: the units kept of a grid, as runs of (first unit, number of cells), in order."""

    grid: Grid
    runs: tuple[tuple[int, int], ...]

    @cached_property
    def instants(self) -> tuple[int, ...]:
        """The beginning of each cell, in microseconds since 1970."""
        low, unit = self.grid.low, self.grid.unit
        return tuple(
            low + (first + place) * unit for first, count in self.runs for place in range(count)
        )

    @cached_property
    def run_of(self) -> tuple[int, ...]:
        """The index of the run of each cell."""
        return tuple(run for run, (_, count) in enumerate(self.runs) for _ in range(count))

    @cached_property
    def heads(self) -> int:
        """The set of the first cells of all runs."""
        mask, place = 0, 0
        for _, count in self.runs:
            mask |= 1 << place
            place += count
        return mask

    @property
    def size(self) -> int:
        """The number of cells."""
        return len(self.instants)

    def to_cells(self, raw: int) -> int:
        """A set of units as a set of cells; units that were left out are dropped. O(size)."""
        # Runs are cut out of the binary text: to shift the whole number costs O(size) for each.
        size = self.grid.size
        shown = f"{raw & ((1 << size) - 1):0{size}b}"[::-1]
        kept = "".join([shown[first : first + count] for first, count in self.runs])
        return int(kept[::-1] or "0", 2)

    def cell(self, at: int) -> int | None:
        """The cell in which an instant lies; None if its unit was left out. O(log n)."""
        cell = bisect_right(self.instants, at) - 1
        return cell if cell >= 0 and at < self.instants[cell] + self.grid.unit else None

    def lattice(self, every: int) -> int:
        """The set of every `every`-th cell, counted from the beginning of each run."""
        mask, place = 0, 0
        for _, count in self.runs:
            for offset in range(0, count, every):
                mask |= 1 << place + offset
            place += count
        return mask


def axis_of(grid: Grid, used: int) -> TimeAxis:
    """The axis of the units in a set. O(runs)."""
    runs: list[tuple[int, int]] = []
    at = 0
    while used:
        # The lowest set bit ends the gap, the lowest clear bit after it ends the run.
        gap = (used & -used).bit_length() - 1
        used >>= gap
        at += gap
        count = (~used & (used + 1)).bit_length() - 1
        runs.append((at, count))
        used >>= count
        at += count
    return TimeAxis(grid, tuple(runs))


def cells_in(mask: int) -> list[int]:
    """The members of a set of cells, in order.

    A search in the binary text: to clear the lowest bit would copy the int for each member.

    >>> cells_in(0b10110)
    [1, 2, 4]
    """
    shown = f"{mask:b}"[::-1]
    found: list[int] = []
    place = shown.find("1")
    while place >= 0:
        found.append(place)
        place = shown.find("1", place + 1)
    return found


def days_and_minutes(instants: Sequence[int], place: tzinfo) -> tuple[Sequence[int], Sequence[int]]:
    """The local day (ordinal, 1 is 1 January 1) and minute of the day at instants, given in order.

    The clock is read once a day, and for each instant on a day with a clock change.
    """
    days: list[int] = []
    minutes: list[int] = []
    for day, first, after, opening in day_runs(instants, place):
        days += [day] * (after - first)
        minutes += [(at - opening) // MINUTE for at in instants[first:after]]
    return days, minutes


def start_instants(place: tzinfo, window: Interval, step: int) -> list[int]:
    """The instants within a window at which local clocks show whole steps since midnight, in order.

    Of an hour that clocks show twice the first counts; hours that they skip are left out. `step`
    is in microseconds. O(starts).
    """
    low, high = window
    found = [
        first + step * n for first, count in _starts(place, low, high, step) for n in range(count)
    ]
    return found[bisect_left(found, low) : bisect_left(found, high)]


def mask_of(cells: Iterable[int], size: int) -> int:
    """The set of some cells of an axis of `size` cells; the inverse of `cells_in`. O(size).

    >>> bin(mask_of([0, 3], 5))
    '0b1001'
    """
    # Bits are set in bytes first: to shift and join whole numbers would cost O(size) for each cell.
    octets = bytearray(size // 8 + 1)
    for cell in cells:
        octets[cell >> 3] |= 1 << (cell & 7)
    return int.from_bytes(octets, "little")


def day_runs(instants: Sequence[int], place: tzinfo) -> Iterator[tuple[int, int, int, int]]:
    """Runs of instants, given in order, that lie on one local day.

    Each run is its day (counted from 1 January 1), its first index, the index after its last, and
    the instant from which local clocks count the time of its members. O(days), and instants on days
    on which clocks change.
    """
    first = 0
    while first < len(instants):
        at = instants[first]
        day, minute = clock(at, place)
        opening = midnight(place, day)
        if opening is not None and opening <= at:
            after = bisect_left(instants, opening + DAY_MICROSECONDS, first)
        else:
            # Clocks change on this day, or do not go as far: each instant is read for itself.
            opening, after = at - minute * MINUTE, first + 1
        yield day, first, after, opening
        first = after
