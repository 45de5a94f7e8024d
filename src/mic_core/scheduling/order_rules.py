"""Rules about the order of sessions: modules after those they require."""

from collections.abc import Iterator

import attrs

from mic_core.ids import cite
from mic_core.rules import Arcs, Entry, Term
from mic_core.scheduling.timetable import Timetable


@attrs.frozen(kw_only=True)
class ModuleOrder:
    """A module starts only after the modules it requires have ended."""

    entry: Entry = Entry(
        code="module-order",
        level="hard",
        law="In an edition, no session of a module starts before the last session of each module "
        "it requires has ended.",
        why="What is built upon must have been taught.",
        source="the program's own prerequisites",
        sentence="{second} of {module} starts before {first} of {required} has ended",
        mend="move {second} after {first}",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """For each edition, each module against each one it requires."""
        held: dict[str, dict[str, list[int]]] = {}
        for n in timetable.placed:
            session = timetable.sessions[n]
            if session.edition_id is not None and session.module_id is not None:
                modules = held.setdefault(session.edition_id, {})
                modules.setdefault(session.module_id, []).append(n)
        for edition in sorted(held):
            yield from _arcs(timetable, held[edition])


def _arcs(timetable: Timetable, held: dict[str, list[int]]) -> Iterator[Arcs]:
    for id in sorted(held):
        module = timetable.modules.get(id)
        for required in module.requires if module is not None else ():
            if required in held and required != id:
                facts = {"module": cite("module", id), "required": cite("module", required)}
                yield Arcs(firsts=held[required], seconds=held[id], facts=facts)
