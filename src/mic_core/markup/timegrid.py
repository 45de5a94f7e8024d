"""Stretches of time in columns: what takes place, drawn to the scale of time."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import attrs

from mic_core.markup.style import Tone

PAUSE_HEIGHT = 16
"""How tall a pause is drawn, however long it is, in tenths of a line unit."""

_HOUR, _DAY = 60, 24 * 60
_PAUSE = 3  # hours of nothing that are left out
_SMALLEST, _TALLEST = 34, 84  # of an hour, in tenths of a line unit
_READABLE, _NOTE = 52, 16  # how tall a block, and each of its notes, should be, in tenths
_TALL = 900  # how tall a grid should be at most, in tenths
_LEAST = 16  # what a block is tall at least, in tenths


@attrs.frozen(kw_only=True, repr=False)
class Block:
    """What takes a stretch of time in a column: from `start` to `end`, in minutes of its day.

    The day's midnight is 0; an `end` of more than 1440 lies on the next day. `time` tells the
    stretch in words, `rest` holds the lines below the title, `id` is what it is called elsewhere.
    `hue` tells its group (0 to 5, None for none). `notes` are words with their tones that stand
    above all else, `remarks` those below the title; `gone` marks what is no longer there.
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
        """Whether one of its notes is an error."""
        return any(tone == "error" for _, tone in self.notes)


@attrs.frozen(kw_only=True)
class Placed:
    """A block with its lane among those that it shares its time with.

    `start` and `end` are as drawn: short ones are drawn long enough to be read.
    """

    block: Block
    start: int
    end: int
    lane: int
    lanes: int


@attrs.frozen(kw_only=True, slots=False, repr=False)
class TimeGrid:
    """Columns under headers with blocks in them, and the hours in which something takes place."""

    caption: str
    headers: tuple[str, ...]
    blocks: tuple[Block, ...]

    @cached_property
    def hour(self) -> int:
        """How tall an hour is, in tenths of a line unit: so that most blocks can be read."""
        asked = (
            (_READABLE + _NOTE * len(each.notes + each.remarks))
            * _HOUR
            // max(1, each.end - each.start)
            for each in self.blocks
        )
        first = min((each.start for each in self.blocks), default=0)
        hours = (max((each.end for each in self.blocks), default=0) - first) // _HOUR
        most = min(_TALLEST, _TALL // max(1, hours))
        return max(_SMALLEST, min(most, max(asked, default=_SMALLEST)))

    @cached_property
    def placed(self) -> tuple[tuple[Placed, ...], ...]:
        """The blocks of each column, side by side where they share time."""
        least = -(-_LEAST * _HOUR // self.hour)
        columns: list[list[Block]] = [[] for _ in self.headers]
        for block in self.blocks:
            columns[block.column].append(block)
        return tuple(side_by_side(each, least) for each in columns)

    @cached_property
    def lanes(self) -> tuple[int, ...]:
        """How many lanes each column needs: at least one."""
        return tuple(max((each.lanes for each in column), default=1) for column in self.placed)

    @cached_property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """The hours in use, from and up to; long pauses between them are left out."""
        drawn = (each for column in self.placed for each in column)
        spans = sorted((each.start // _HOUR, -(-each.end // _HOUR)) for each in drawn)
        joined = [spans[0] if spans else (9, 17)]
        for first, last in spans[1:]:
            begin, end = joined[-1]
            if first - end < _PAUSE:
                joined[-1] = begin, max(end, last)
            else:
                joined.append((first, last))
        return tuple(joined)

    @cached_property
    def axis(self) -> tuple[tuple[int, str], ...]:
        """Where a line is drawn across, and what stands at it: an hour, or that nothing is."""
        lines: list[tuple[int, str]] = []
        top = 0
        for place, (first, last) in enumerate(self.stretches):
            if place:
                pause = f"{on_the_hour(self.stretches[place - 1][1])} to {on_the_hour(first)}"
                lines.append((top, f"{pause}: nothing"))
                top += PAUSE_HEIGHT
            lines += [(top + self.hour * n, on_the_hour(first + n)) for n in range(last - first)]
            top += self.hour * (last - first)
        return tuple(lines)

    @cached_property
    def height(self) -> int:
        """How tall all hours and pauses are together, in tenths of a line unit."""
        hours = sum(last - first for first, last in self.stretches)
        return self.hour * hours + PAUSE_HEIGHT * (len(self.stretches) - 1)

    def top(self, minutes: int) -> int:
        """Where a minute in use lies below the first hour, in tenths of a line unit."""
        pauses = sum(minutes > _HOUR * last for _, last in self.stretches)
        before = sum(last - first for first, last in self.stretches[:pauses])
        since = minutes - _HOUR * self.stretches[pauses][0]
        return self.hour * before + PAUSE_HEIGHT * pauses + self.hour * since // _HOUR


def side_by_side(blocks: Iterable[Block], least: int) -> tuple[Placed, ...]:
    """Blocks of one column in the order of time, each in a lane that no other is in meanwhile.

    Blocks are drawn `least` minutes long at least. Those that hang together by shared time have
    the same number of lanes. O(n log n + n x lanes).

    >>> both = [Block(column=0, start=0, end=90, time="", title=name) for name in "ab"]
    >>> [(each.lane, each.lanes) for each in side_by_side(both, 15)]
    [(0, 2), (1, 2)]
    """
    ordered = sorted(blocks, key=lambda each: (each.start, -each.end, each.id, each.gone))
    placed: list[Placed] = []
    together: list[tuple[Block, int, int]] = []  # with its drawn end and its lane
    ends: list[int] = []  # of each lane
    for block in ordered:
        if ends and block.start >= max(ends):
            placed += _settled(together, len(ends))
            together, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= block.start), len(ends))
        end = max(block.end, block.start + least)
        ends[lane : lane + 1] = [end]
        together.append((block, end, lane))
    return (*placed, *_settled(together, len(ends)))


def _settled(together: Sequence[tuple[Block, int, int]], lanes: int) -> list[Placed]:
    return [
        Placed(block=block, start=block.start, end=end, lane=lane, lanes=lanes)
        for block, end, lane in together
    ]


def on_the_hour(hour: int) -> str:
    """An hour of the axis in words; what lies past midnight says so.

    >>> on_the_hour(9), on_the_hour(25)
    ('09:00', '01:00 +1')
    """
    later = f" +{hour * _HOUR // _DAY}" if hour >= _DAY // _HOUR else ""
    return f"{hour % 24:02}:00{later}"
