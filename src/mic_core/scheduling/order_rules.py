"""Rules about the order of sessions and the time between them."""

from collections.abc import Iterator

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.ids import cite
from mic_core.rules import Arcs, Entry, Term
from mic_core.scheduling.selection import Minutes, Selects, Weight
from mic_core.scheduling.timetable import Timetable

_MINUTE = 60_000_000

_MODULE_ORDER = Entry(
    code="module-order",
    level="hard",
    law="In an edition, no session of a module starts before the last session of each module "
    "it requires has ended.",
    why="What is built upon must have been taught.",
    source="the program's own prerequisites",
    sentence="{second} of {module} starts {had} minutes after {first} of {required} has ended, "
    "at least {needed} are needed",
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
        """For each edition, each module against each one it requires."""
        held = {
            (edition, module): tuple(
                n for n in members if self.where is None or self.where(timetable.sessions[n])
            )
            for edition, module, members in timetable.taught
        }
        for (edition, id), seconds in held.items():
            module = timetable.modules.get(id)
            for required in module.requires if module is not None else ():
                if (edition, required) in held:
                    yield Arcs(
                        firsts=held[edition, required],
                        seconds=seconds,
                        gap=self.gap * _MINUTE,
                        facts={
                            "edition": cite("edition", edition),
                            "module": cite("module", id),
                            "required": cite("module", required),
                        },
                    )
