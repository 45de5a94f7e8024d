"""Precedences and minimum time lags: module order, gaps between sessions, travel times."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.chrono.local import MINUTE
from mic_core.fields import Id, Labels, Whole
from mic_core.findings import Level
from mic_core.ids import cite
from mic_core.rules import Apart, Arcs, Entry, Term
from mic_core.scheduling.rules.groups import Of, group_sessions, select_sessions
from mic_core.scheduling.rules.selection import Minutes, OneOrEach, Selects, Weight
from mic_core.timetable import Timetable

_MODULE_ORDER = Entry(
    code="module-order",
    level="hard",
    law="In an edition, no session of a module starts before the last session of each module "
    "it requires has ended.",
    why="What is built upon must have been taught.",
    source="the program's own prerequisites",
    sentence="{second} of {module} starts {early} minutes too early after {first} of {required}, "
    "which comes before",
    mend="move {second} after {first}",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ModuleOrder:
    """A module starts only after the modules it requires have ended, and `gap` minutes later."""

    gap: Minutes = 0
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _MODULE_ORDER.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Arcs term for each edition, module and required module: a precedence with a lag."""
        chosen = (
            frozenset(select_sessions(timetable, self.where)) if self.where is not None else None
        )
        sessions = {
            (edition, module): [n for n in members if chosen is None or n in chosen]
            for edition, module, members in timetable.sessions_by_module
        }
        for (edition, id), seconds in sessions.items():
            module = timetable.modules.get(id)
            for required in module.requires if module is not None else ():
                if (edition, required) in sessions:
                    yield Arcs(
                        firsts=sessions[edition, required],
                        seconds=seconds,
                        gap=self.gap * MINUTE,
                        facts={
                            "edition": cite("edition", edition),
                            "module": cite("module", id),
                            "required": cite("module", required),
                        },
                    )


_MIN_GAP = Entry(
    code="min-gap",
    level="medium",
    law="Between two sessions of a group there is a break of at least so long.",
    why="People need to eat, and rooms need air.",
    source="ITC-2019, MinGap",
    sentence="{shared} has {had} minutes between {first} and {second}, at least {needed} are "
    "wanted",
    mend="start {second} later",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class MinGap:
    """Between two sessions of a group lie at least `minutes`; costs 1 for each closer pair."""

    minutes: Minutes
    of: Of = "audience"
    level: Level = "medium"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _MIN_GAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Apart term with a constant time lag."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        gap = self.minutes * MINUTE
        yield Apart(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            gap=lambda _, __: gap,
            most=gap,
        )


_Pair = tuple[str, str]

Journeys = int | Mapping[_Pair, int] | tuple[tuple[_Pair, int], ...]
"""Travel times between centers, in minutes: one for all pairs of centers, or one for each pair, in
both directions; other pairs take none."""


_TRAVEL = Entry(
    code="travel",
    level="hard",
    law="Between two sessions of a person in different centers there is time to travel.",
    why="Nobody can leave one city and arrive in another at the same minute.",
    source="common practice; ITC-2019, travel times between rooms",
    sentence="{shared} has {had} minutes from {first} to {second}, the journey takes {needed}",
    mend="start {second} later, or give one of them to somebody else",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Travel:
    """Between sessions of a group in different centers lies at least the travel time.

    Online sessions need none. Costs 1 for each pair that is too close.
    """

    minutes: Annotated[Journeys, OneOrEach(Whole(unit="minutes"), Labels(Id(), least=2, most=2))]
    of: Of = "person"
    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _TRAVEL.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Apart term: the time lag of a pair is the journey between its centers."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        homes = [
            None if session.mode == "online" else session.center_id
            for session in timetable.sessions
        ]
        always = self.minutes if isinstance(self.minutes, int) else 0
        journeys = {} if isinstance(self.minutes, int) else _minutes_by_pair(self.minutes)

        def gap(one: int, other: int) -> int:
            a, b = homes[one], homes[other]
            if a is None or b is None or a == b:
                return 0
            return journeys.get((min(a, b), max(a, b)), always) * MINUTE

        yield Apart(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            gap=gap,
            most=max(journeys.values(), default=always) * MINUTE,
        )


def _minutes_by_pair(
    minutes: Mapping[_Pair, int] | tuple[tuple[_Pair, int], ...],
) -> dict[_Pair, int]:
    pairs = minutes.items() if isinstance(minutes, Mapping) else minutes
    return dict(pairs)
