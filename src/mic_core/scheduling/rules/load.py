"""Workload limits: sessions per day or week, minutes per day, and the span of a day."""

from collections.abc import Iterator
from datetime import timedelta

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.rules import Bucket, Busy, Entry, Facts, Pattern, Term
from mic_core.scheduling.rules.groups import Of, group_sessions
from mic_core.scheduling.rules.selection import Most, Selects, Unit, Weight
from mic_core.timetable import Timetable

_MINUTE = timedelta(minutes=1)


def _excess(had: int, most: int) -> int:
    return max(0, had - most)


def _units_started(minutes: int, unit: int) -> int:
    """The number of units that some minutes fill in full or in part; 0 for 0 or fewer."""
    return -(-max(0, minutes) // unit)


_MAX_PER_DAY = Entry(
    code="max-per-day",
    level="hard",
    law="A group has at most so many sessions on one day.",
    why="Nobody learns from a fifth workshop in a row.",
    source="common practice; ITC-2019, MaxDayLoad",
    sentence="{group} has {had} sessions on {bucket}, at most {needed} are wanted",
    mend="move one of them to another day",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class MaxPerDay:
    """A group has at most `most` sessions on a local day; costs 1 for each one more."""

    most: Most
    of: Of = "edition"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _MAX_PER_DAY.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Bucket term: the sessions of each day beyond the limit."""
        grouping = group_sessions(timetable, self.of, where=self.where, limit=self.most)
        yield Bucket(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            per="day",
            cost=_excess,
        )


_MAX_PER_WEEK = Entry(
    code="max-per-week",
    level="hard",
    law="A group has at most so many sessions in one week.",
    why="People have work to do between sessions.",
    source="common practice",
    sentence="{group} has {had} sessions in {bucket}, at most {needed} are wanted",
    mend="move one of them to another week",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class MaxPerWeek:
    """A group has at most `most` sessions from Monday to Sunday; costs 1 for each one more."""

    most: Most
    of: Of = "edition"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _MAX_PER_WEEK.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Bucket term: the sessions of each week beyond the limit."""
        grouping = group_sessions(timetable, self.of, where=self.where, limit=self.most)
        yield Bucket(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            per="week",
            cost=_excess,
        )


_DAY_LOAD = Entry(
    code="day-load",
    level="medium",
    law="The sessions of a group on one day last at most so long together.",
    why="A trainer who talks all day is not heard at the end of it.",
    source="ITC-2019, MaxDayLoad",
    sentence="{group} has {had} minutes of sessions on {bucket}, at most {needed} are wanted",
    mend="move one of them to another day",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class DayLoad:
    """The sessions of a group on a local day last at most `most` minutes together.

    Costs 1 for each `unit` minutes beyond the limit, rounded up.
    """

    most: Most
    of: Of = "person"
    unit: Unit = 60
    level: Level = "medium"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _DAY_LOAD.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Bucket term: the minutes of each day beyond the limit."""
        grouping = group_sessions(timetable, self.of, where=self.where, limit=self.most)
        lengths = [session.length // _MINUTE for session in timetable.sessions]
        yield Bucket(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            per="day",
            amount=lengths.__getitem__,
            cost=lambda had, most: _units_started(had - most, self.unit),
        )


_WORK_DAY = Entry(
    code="work-day",
    level="medium",
    law="From the start of its first session to the end of its last, the day of a group is at most "
    "so long.",
    why="Time between sessions is time away from home as well.",
    source="ITC-2019, WorkDay",
    sentence="the sessions of {group} on {day} span {had} minutes, at most {needed} are wanted",
    mend="bring them closer together, or move one to another day",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class WorkDay:
    """The local day of a group spans at most `most` minutes, from first start to last end.

    Costs 1 for each `unit` minutes beyond the limit, rounded up.
    """

    most: Most
    of: Of = "person"
    unit: Unit = 60
    level: Level = "medium"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _WORK_DAY.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Pattern term: the minutes of the day's span beyond the limit."""
        grouping = group_sessions(timetable, self.of, where=self.where, limit=self.most)

        def cost(busy: Busy, most: int) -> int:
            return _units_started(busy[-1][1] - busy[0][0] - most, self.unit)

        def facts(busy: Busy, most: int) -> Facts:
            return {"needed": most, "had": busy[-1][1] - busy[0][0]}

        yield Pattern(
            groups=grouping.groups, axis=grouping.axis, among=grouping.among, cost=cost, facts=facts
        )
