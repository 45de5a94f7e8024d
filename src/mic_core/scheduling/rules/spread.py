"""Spread and stability rules: the number of distinct days, weeks, times and rooms of a group."""

from collections.abc import Iterator

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.rules import Bucket, Distinct, Entry, Per, Term
from mic_core.scheduling.rules.groups import Of, group_sessions
from mic_core.scheduling.rules.selection import Least, Limit, Selects, SessionFilter, Weight
from mic_core.timetable import Timetable


def _shortfall(had: int, least: int) -> int:
    return max(0, least - had)


def _excess_over_one(had: int, _: int) -> int:
    return had - 1


def _min_buckets(
    timetable: Timetable, of: Of, where: SessionFilter, least: Limit, per: Per
) -> Iterator[Distinct]:
    """One Distinct term: the buckets that a group lacks to its lower limit."""
    grouping = group_sessions(timetable, of, where=where, limit=least)
    yield Distinct(
        groups=grouping.groups, axis=grouping.axis, among=grouping.among, per=per, cost=_shortfall
    )


def _one_bucket(timetable: Timetable, of: Of, where: SessionFilter, per: Per) -> Iterator[Distinct]:
    """One Distinct term: the buckets of a group beyond the first."""
    grouping = group_sessions(timetable, of, where=where)
    yield Distinct(
        groups=grouping.groups,
        axis=grouping.axis,
        among=grouping.among,
        per=per,
        cost=_excess_over_one,
    )


_MIN_DAYS = Entry(
    code="min-days",
    level="soft",
    law="The sessions of a group are spread over at least so many days.",
    why="What is taught on one day is forgotten on the next.",
    source="ITC-2007 track 3, soft constraint MinimumWorkingDays",
    sentence="{group} is held on {had} days, at least {needed} are wanted",
    mend="move some of its sessions to other days",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class MinDays:
    """The sessions of a group lie on at least `least` local days; costs 1 for each day missing."""

    least: Least
    of: Of = "module"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _MIN_DAYS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over days."""
        return _min_buckets(timetable, self.of, self.where, self.least, "day")


_SPREAD_OVER_WEEKS = Entry(
    code="spread-over-weeks",
    level="soft",
    law="The sessions of a group are spread over at least so many weeks.",
    why="Founders try out between sessions what they have heard.",
    source="common practice",
    sentence="{group} is held in {had} weeks, at least {needed} are wanted",
    mend="move some of its sessions to other weeks",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SpreadOverWeeks:
    """The sessions of a group lie in at least `least` weeks; costs 1 for each week missing."""

    least: Least
    of: Of = "module"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _SPREAD_OVER_WEEKS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over weeks."""
        return _min_buckets(timetable, self.of, self.where, self.least, "week")


_SAME_DAY = Entry(
    code="same-day",
    level="hard",
    law="The sessions of a group lie on one day.",
    why="What belongs together is not torn apart.",
    source="ITC-2019, SameDays",
    sentence="{group} is held on {had} days: {buckets}",
    mend="move its sessions to one day",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SameDay:
    """The sessions of a group lie on one local day; costs 1 for each further day."""

    of: Of = "module"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _SAME_DAY.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over days."""
        return _one_bucket(timetable, self.of, self.where, "day")


_DIFFERENT_DAYS = Entry(
    code="different-days",
    level="hard",
    law="No two sessions of a group lie on the same day.",
    why="Between two parts there should be a night.",
    source="ITC-2019, DifferentDays",
    sentence="{sessions} of {group} are on one day, {bucket}",
    mend="move all but one of them to other days",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class DifferentDays:
    """The sessions of a group lie on different local days; costs 1 for each more on one day."""

    of: Of = "module"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _DIFFERENT_DAYS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Bucket term: the sessions of each day beyond the first."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        yield Bucket(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            per="day",
            cost=_excess_over_one,
        )


_SAME_TIME = Entry(
    code="same-time",
    level="soft",
    law="The sessions of a group start at one time of day.",
    why="A habit needs no reminder.",
    source="ITC-2019, SameStart",
    sentence="{group} starts at {had} times of day: {buckets}",
    mend="let its sessions start at one time",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SameTime:
    """The sessions of a group start at one local time of day; costs 1 for each further time."""

    of: Of = "edition"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _SAME_TIME.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over times of day."""
        return _one_bucket(timetable, self.of, self.where, "time")


_SAME_ROOM = Entry(
    code="same-room",
    level="hard",
    law="The sessions of a group are in one room.",
    why="What is set up once need not be moved.",
    source="ITC-2019, SameRoom",
    sentence="{group} is in {had} rooms: {buckets}",
    mend="put its sessions into one room",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SameRoom:
    """The sessions of a group are in one room; costs 1 for each further room."""

    of: Of = "module"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _SAME_ROOM.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over rooms."""
        return _one_bucket(timetable, self.of, self.where, "room")


_ROOM_STABILITY = Entry(
    code="room-stability",
    level="soft",
    law="The sessions of a group use few rooms.",
    why="Nobody should have to look for the room again.",
    source="ITC-2007 track 3, soft constraint RoomStability",
    sentence="{group} is in {had} rooms: {buckets}",
    mend="put more of its sessions into one room",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomStability:
    """The sessions of a group stay in one room; costs 1 for each further room."""

    of: Of = "module"
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_STABILITY.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Distinct term over rooms."""
        return _one_bucket(timetable, self.of, self.where, "room")
