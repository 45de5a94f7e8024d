"""Calendar grid layout: time intervals as blocks in columns, to the scale of time.

Overlapping blocks of a column get lanes by greedy interval partitioning: in order of start, each
takes the first free lane, so the lanes are as few as possible. Idle hours are cut out of the axis.
Grids that belong together share one scale: the same hours at the same height, and columns of the
same width. All lengths are integers in tenths of a rem; `timegrid_html` and `timegrid_svg` draw
them.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import attrs

from mic_core.markup.style import Tone

PAUSE_HEIGHT = 16
"""Height of an idle gap in the axis, of any length, in tenths of a rem: one line of text."""

_HOUR, _DAY = 60, 24 * 60  # minutes
_PAUSE = 3  # hours: the shortest idle gap that is cut out
# Heights in tenths of a rem, chosen by eye: a line of text in a block takes about 16.
_SMALLEST, _TALLEST = 34, 84  # limits of an hour
_READABLE, _NOTE = 52, 16  # wanted for a block with time, title and a line; and for each note
_TALL = 900  # wanted limit of a grid: about a screen and a half
_TALL_OF_MANY = 600  # and of each of several grids on one scale: about a screen
_LEAST = 16  # least height of a block: one line


@attrs.frozen(kw_only=True, repr=False)
class Block:
    """A half-open time interval in a column: from `start` to `end`, in minutes since midnight.

    An `end` above 1440 lies on the next day. `column` is an index into the headers. `time` is the
    interval in words, `rest` holds lines below the title, `id` the id of the entity ("" for none).
    `hue` is the color of its group (0 to 5, None for none). `notes` are words with their tones at
    the top of the block, `remarks` those below the title. `gone` marks a block that was removed.
    """

    column: int
    start: int
    end: int
    time: str
    title: str
    rest: tuple[str, ...] = ()
    id: str = ""
    hue: int | None = None
    notes: tuple[tuple[str, Tone], ...] = ()
    remarks: tuple[tuple[str, Tone], ...] = ()
    gone: bool = False

    @property
    def wrong(self) -> bool:
        """True if one of its notes is an error."""
        return any(tone == "error" for _, tone in self.notes)


@attrs.frozen(kw_only=True)
class Placed:
    """A block with its lane, an index below `lanes`, the number of lanes in its cluster.

    `start` and `end` are minutes as drawn: short blocks are drawn long enough to be read.
    """

    block: Block
    start: int
    end: int
    lane: int
    lanes: int


@attrs.frozen(kw_only=True)
class Scale:
    """The scale of a calendar grid: the height of an hour, the shown hours, the lanes of columns.

    `hour` is in tenths of a rem; `busy_hours` are half-open intervals of hours, in order, without
    the idle gaps between them; `lanes` are the number of lanes of each column, at least one.
    """

    hour: int
    busy_hours: tuple[tuple[int, int], ...]
    lanes: tuple[int, ...]


@attrs.frozen(kw_only=True, slots=False, repr=False)
class TimeGrid:
    """A calendar grid: blocks in columns under headers, with its layout computed on first use.

    `scale` of None means the smallest one for its own blocks; see `on_one_scale`.
    """

    caption: str
    headers: tuple[str, ...]
    blocks: tuple[Block, ...]
    scale: Scale | None = None

    @cached_property
    def hour(self) -> int:
        """Height of an hour in tenths of a rem: every block is readable, within the limits."""
        return self.scale.hour if self.scale is not None else _hour_height(self.blocks)

    @cached_property
    def placed(self) -> tuple[tuple[Placed, ...], ...]:
        """The blocks of each column, with lanes where they overlap."""
        columns: list[list[Block]] = [[] for _ in self.headers]
        for block in self.blocks:
            columns[block.column].append(block)
        return tuple(side_by_side(each, _least_minutes(self.hour)) for each in columns)

    @cached_property
    def lanes(self) -> tuple[int, ...]:
        """Number of lanes of each column, at least one."""
        if self.scale is not None:
            return self.scale.lanes
        return tuple(max((each.lanes for each in column), default=1) for column in self.placed)

    @cached_property
    def busy_hours(self) -> tuple[tuple[int, int], ...]:
        """Half-open intervals of hours that are shown, in order; idle gaps between are cut out."""
        if self.scale is not None:
            return self.scale.busy_hours
        return _busy_hours(self.blocks, _least_minutes(self.hour))

    @cached_property
    def axis(self) -> tuple[tuple[int, str], ...]:
        """Grid lines with their labels: the top of each, and its hour or the idle gap it begins."""
        lines: list[tuple[int, str]] = []
        top = 0
        for n, (first, last) in enumerate(self.busy_hours):
            if n:
                pause = f"{hour_label(self.busy_hours[n - 1][1])} to {hour_label(first)}"
                lines.append((top, f"{pause}: nothing"))
                top += PAUSE_HEIGHT
            lines += [
                (top + self.hour * (hour - first), hour_label(hour)) for hour in range(first, last)
            ]
            top += self.hour * (last - first)
        return tuple(lines)

    @cached_property
    def height(self) -> int:
        """Height of the whole grid, in tenths of a rem."""
        hours = sum(last - first for first, last in self.busy_hours)
        return self.hour * hours + PAUSE_HEIGHT * (len(self.busy_hours) - 1)

    def top(self, minutes: int) -> int:
        """Distance of a minute within the shown hours from the top, in tenths of a rem."""
        pauses = sum(minutes > _HOUR * last for _, last in self.busy_hours)
        before = sum(last - first for first, last in self.busy_hours[:pauses])
        since = minutes - _HOUR * self.busy_hours[pauses][0]
        return self.hour * before + PAUSE_HEIGHT * pauses + self.hour * since // _HOUR


def on_one_scale(grids: Iterable[TimeGrid]) -> tuple[TimeGrid, ...]:
    """The grids with the same hours at the same height, and columns of the same width.

    A column is as wide as its most crowded counterpart, among the grids with as many columns.
    O(n log n) over all blocks.

    >>> early = Block(column=0, start=540, end=600, time="", title="a")
    >>> late = Block(column=0, start=600, end=660, time="", title="b")
    >>> alone = [TimeGrid(caption="", headers=("",), blocks=(each,)) for each in (early, late)]
    >>> [each.busy_hours for each in on_one_scale(alone)]
    [((9, 11),), ((9, 11),)]
    """
    alone = tuple(grids)
    blocks = [block for grid in alone for block in grid.blocks]
    hour = _hour_height(blocks, _TALL if len(alone) < 2 else _TALL_OF_MANY)
    busy_hours = _busy_hours(blocks, _least_minutes(hour))
    lanes: dict[int, tuple[int, ...]] = {}
    for grid in alone:
        own = attrs.evolve(grid, scale=Scale(hour=hour, busy_hours=busy_hours, lanes=()))
        crowds = tuple(max((each.lanes for each in column), default=1) for column in own.placed)
        known = lanes.get(len(crowds), crowds)
        lanes[len(crowds)] = tuple(map(max, known, crowds))
    return tuple(
        attrs.evolve(
            grid, scale=Scale(hour=hour, busy_hours=busy_hours, lanes=lanes[len(grid.headers)])
        )
        for grid in alone
    )


def _least_minutes(hour: int) -> int:
    """The least length of a block as drawn, in minutes, rounded up."""
    return -(-_LEAST * _HOUR // hour)


def _hour_height(blocks: Sequence[Block], tall: int = _TALL) -> int:
    """Height of an hour in tenths of a rem: every block is readable, within the limits."""
    wanted = (
        (_READABLE + _NOTE * len(each.notes + each.remarks))
        * _HOUR
        // max(1, each.end - each.start)
        for each in blocks
    )
    first = min((each.start for each in blocks), default=0)
    hours = (max((each.end for each in blocks), default=0) - first) // _HOUR
    most = min(_TALLEST, tall // max(1, hours))
    return max(_SMALLEST, min(most, max(wanted, default=_SMALLEST)))


def _busy_hours(blocks: Iterable[Block], least: int) -> tuple[tuple[int, int], ...]:
    """The hours of blocks that are drawn at least `least` minutes long, without idle gaps."""
    spans = sorted(
        (each.start // _HOUR, -(-max(each.end, each.start + least) // _HOUR)) for each in blocks
    )
    joined = [spans[0] if spans else (9, 17)]  # an empty grid shows office hours
    for first, last in spans[1:]:
        begin, end = joined[-1]
        if first - end < _PAUSE:
            joined[-1] = begin, max(end, last)
        else:
            joined.append((first, last))
    return tuple(joined)


def side_by_side(blocks: Iterable[Block], least: int) -> tuple[Placed, ...]:
    """Greedy interval partitioning: the blocks of a column by start, overlapping ones in lanes.

    Blocks are drawn at least `least` minutes long. A cluster (blocks connected by overlaps) has one
    number of lanes. O(n log n + n x lanes).

    >>> both = [Block(column=0, start=0, end=90, time="", title=name) for name in "ab"]
    >>> [(each.lane, each.lanes) for each in side_by_side(both, 15)]
    [(0, 2), (1, 2)]
    """
    ordered = sorted(blocks, key=lambda each: (each.start, -each.end, each.id, each.gone))
    placed: list[Placed] = []
    cluster: list[tuple[Block, int, int]] = []  # block, end as drawn, lane
    ends: list[int] = []  # of each lane of the cluster
    for block in ordered:
        if ends and block.start >= max(ends):
            placed += _place_cluster(cluster, len(ends))
            cluster, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= block.start), len(ends))
        end = max(block.end, block.start + least)
        ends[lane : lane + 1] = [end]  # replaces the end of the lane, or appends a new lane
        cluster.append((block, end, lane))
    return (*placed, *_place_cluster(cluster, len(ends)))


def _place_cluster(cluster: Sequence[tuple[Block, int, int]], lanes: int) -> list[Placed]:
    """The blocks of a cluster, now that its number of lanes is known."""
    return [
        Placed(block=block, start=block.start, end=end, lane=lane, lanes=lanes)
        for block, end, lane in cluster
    ]


def hour_label(hour: int) -> str:
    """Label of an hour of the axis; hours from 24 on are marked as of the next day.

    >>> hour_label(9), hour_label(25)
    ('09:00', '01:00 +1')
    """
    later = f" +{hour * _HOUR // _DAY}" if hour >= _DAY // _HOUR else ""
    return f"{hour % 24:02}:00{later}"
