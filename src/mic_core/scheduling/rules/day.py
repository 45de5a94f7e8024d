"""Daily pattern rules: the length of blocks, isolated blocks, and breaks.

Each rule is a Pattern term over the busy minutes of a group on one local day. A block is a maximal
run of busy minutes.
"""

from collections.abc import Iterator
from itertools import pairwise

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.findings import Level
from mic_core.rules import Busy, Entry, Facts, Pattern, Term
from mic_core.scheduling.rules.groups import Of, group_sessions
from mic_core.scheduling.rules.selection import Minutes, Most, Selects, Weight
from mic_core.timetable import Timetable


def _check_range(least: int, most: int | None) -> Problem | None:
    if most is not None and most < least:
        return Problem(path="most", rule="must not be below `least`")
    return None


_BLOCK_LENGTH = Entry(
    code="block-length",
    level="soft",
    law="Sessions of a group that follow each other without a break last neither too short nor too "
    "long together.",
    why="For half an hour nobody should travel, and for five hours nobody should sit.",
    source="ITC-2019, MaxBlock",
    sentence="{group} has stretches of {had} minutes on {day}, wanted are {needed}",
    mend="join short ones, or put a break into long ones",
)


@checked(_check_range)
@attrs.frozen(kw_only=True, weakref_slot=False)
class BlockLength:
    """A block of a group lasts from `least` to `most` minutes.

    Costs 1 for each block that does not. `most` of None means no upper limit.
    """

    least: Minutes = 0
    most: Minutes | None = None
    of: Of = "audience"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _BLOCK_LENGTH.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Pattern term: the number of blocks of wrong length."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        wanted = f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"

        def cost(busy: Busy, _: int) -> int:
            return len(self._wrong_lengths(busy))

        def facts(busy: Busy, _: int) -> Facts:
            return {"needed": wanted, "had": self._wrong_lengths(busy)}

        yield Pattern(
            groups=grouping.groups, axis=grouping.axis, among=grouping.among, cost=cost, facts=facts
        )

    def _wrong_lengths(self, busy: Busy) -> tuple[int, ...]:
        """The lengths of the blocks that are too short or too long."""
        lengths = (end - start for start, end in busy)
        return tuple(
            each
            for each in lengths
            if each < self.least or (self.most is not None and each > self.most)
        )


_COMPACT_DAYS = Entry(
    code="compact-days",
    level="soft",
    law="No session of a group stands alone on its day, away from all others.",
    why="One does not travel for a single hour, nor wait for the next one.",
    source="ITC-2007 track 3, soft constraint CurriculumCompactness",
    sentence="{group} has {had} stretches that stand alone on {day}",
    mend="move them next to another session",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class CompactDays:
    """Sessions of a group touch another one of the same local day.

    Costs 1 for each isolated block: one of at most `block` minutes, the length of one session.
    """

    block: Minutes
    of: Of = "audience"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _COMPACT_DAYS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Pattern term: the number of isolated blocks."""
        grouping = group_sessions(timetable, self.of, where=self.where)

        def cost(busy: Busy, _: int) -> int:
            return sum(end - start <= self.block for start, end in busy)

        def facts(busy: Busy, limit: int) -> Facts:
            return {"needed": 0, "had": cost(busy, limit)}

        yield Pattern(
            groups=grouping.groups, axis=grouping.axis, among=grouping.among, cost=cost, facts=facts
        )


_DAY_BREAKS = Entry(
    code="day-breaks",
    level="soft",
    law="Between the sessions of a group on one day there are at most so many long breaks.",
    why="Waiting is the most expensive way to spend a day.",
    source="ITC-2019, MaxBreaks",
    sentence="{group} has {had} breaks of more than {minutes} minutes on {day}, at most {needed} "
    "are wanted",
    mend="bring the sessions closer together",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class DayBreaks:
    """On a local day a group has at most `most` breaks of more than `minutes` minutes.

    Costs 1 for each break more.
    """

    most: Most = 0
    minutes: Minutes = 0
    of: Of = "audience"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _DAY_BREAKS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Pattern term: the number of long breaks beyond the limit."""
        grouping = group_sessions(timetable, self.of, where=self.where, limit=self.most)

        def breaks(busy: Busy) -> int:
            pairs = pairwise(busy)
            return sum(after - end > self.minutes for (_, end), (after, _) in pairs)

        def facts(busy: Busy, most: int) -> Facts:
            return {"needed": most, "had": breaks(busy), "minutes": self.minutes}

        yield Pattern(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            cost=lambda busy, most: max(0, breaks(busy) - most),
            facts=facts,
        )
