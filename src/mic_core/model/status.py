"""Status tables: finite state machines of the entities that have a status, as data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import attrs

from mic_core.fields import Choice

EditionStatus = Literal["draft", "open", "completed", "cancelled"]
SessionStatus = Literal["planned", "held", "cancelled"]
ApplicationStatus = Literal["draft", "submitted", "shortlisted", "withdrawn"]
EnrollmentStatus = Literal[
    "requested",
    "waitlisted",
    "offered",
    "enrolled",
    "suspended",
    "completed",
    "incomplete",
    "withdrawn",
    "transferred",
    "cancelled",
    "declined",
    "expired",
]
_KINDS = (ApplicationStatus, EditionStatus, EnrollmentStatus, SessionStatus)
Status = Annotated[
    str, Choice(tuple(dict.fromkeys(each for kind in _KINDS for each in get_args(kind))))
]
"""A status of any kind of entity; the status table of the kind limits it further."""


@attrs.frozen(kw_only=True)
class StatusTable:
    """Finite state machine of one kind of entity: states, initial states, legal transitions.

    `initial` are the initial states, the usual one first. `follows` is the transition relation:
    each status with its legal successors; a status without any is terminal. `occupies_seat` and
    `success` are the statuses with these properties.

    >>> TABLES["enrollment"].follows["offered"]
    ('cancelled', 'declined', 'enrolled', 'expired', 'waitlisted')
    """

    kind: str
    statuses: tuple[str, ...]
    initial: tuple[str, ...]
    follows: Mapping[str, tuple[str, ...]]
    occupies_seat: frozenset[str] = frozenset()
    success: frozenset[str] = frozenset()

    @property
    def terminal(self) -> frozenset[str]:
        """The terminal states: statuses without a legal successor."""
        return frozenset(status for status in self.statuses if not self.follows[status])

    @property
    def diagram(self) -> str:
        """The state diagram of the table, in the notation of Mermaid.

        >>> print(TABLES["session"].diagram)
        stateDiagram-v2
            [*] --> planned
            [*] --> held
            [*] --> cancelled
            planned --> cancelled
            planned --> held
            held --> [*]
            cancelled --> [*]
        """
        arcs = [
            *(("[*]", status) for status in self.initial),
            *((before, after) for before in self.statuses for after in self.follows[before]),
            *((status, "[*]") for status in self.statuses if status in self.terminal),
        ]
        lines = [f"    {before} --> {after}" for before, after in arcs]
        return "\n".join(["stateDiagram-v2", *lines])

    @property
    def dot(self) -> str:
        """The state diagram of the table, in the DOT language of Graphviz.

        Statuses that occupy a seat are filled, terminal ones have two borders.

        >>> print(TABLES["session"].dot)
        digraph session {
            rankdir=LR;
            start [shape=point];
            planned [shape=box];
            held [shape=box, peripheries=2];
            cancelled [shape=box, peripheries=2];
            start -> planned;
            start -> held;
            start -> cancelled;
            planned -> cancelled;
            planned -> held;
        }
        """
        nodes = [
            f"{status} [shape=box"
            + (", peripheries=2" if status in self.terminal else "")
            + (", style=filled" if status in self.occupies_seat else "")
            + "];"
            for status in self.statuses
        ]
        arcs = [
            *(f"start -> {status};" for status in self.initial),
            *(f"{each} -> {after};" for each in self.statuses for after in self.follows[each]),
        ]
        lines = ["rankdir=LR;", "start [shape=point];", *nodes, *arcs]
        body = "\n".join(f"    {line}" for line in lines)
        return f"digraph {self.kind} {{\n{body}\n}}"


def _table(
    kind: str,
    statuses: tuple[str, ...],
    arcs: str,
    *,
    initial: tuple[str, ...],
    occupies_seat: tuple[str, ...] = (),
    success: tuple[str, ...] = (),
) -> StatusTable:
    """Build a table from lines of adjacency, such as `offered -> enrolled declined expired`."""
    lines = (line.split(" -> ") for line in arcs.strip().splitlines())
    written = {before.strip(): tuple(sorted(after.split())) for before, after in lines}
    follows = {status: written.get(status, ()) for status in statuses}
    return StatusTable(
        kind=kind,
        statuses=statuses,
        initial=initial,
        follows=MappingProxyType(follows),
        occupies_seat=frozenset(occupies_seat),
        success=frozenset(success),
    )


TABLES: Mapping[str, StatusTable] = MappingProxyType(
    {
        "application": _table(
            "application",
            get_args(ApplicationStatus),
            """
            draft -> submitted withdrawn
            submitted -> shortlisted withdrawn
            shortlisted -> withdrawn
            """,
            initial=("draft", "submitted"),
            success=("shortlisted",),
        ),
        "edition": _table(
            "edition",
            get_args(EditionStatus),
            """
            draft -> open cancelled
            open -> completed cancelled
            """,
            initial=("draft", "open", "completed", "cancelled"),
            success=("completed",),
        ),
        "enrollment": _table(
            "enrollment",
            get_args(EnrollmentStatus),
            """
            requested -> waitlisted offered enrolled withdrawn cancelled
            waitlisted -> offered enrolled withdrawn cancelled
            offered -> waitlisted enrolled declined expired cancelled
            enrolled -> suspended completed incomplete withdrawn transferred cancelled
            suspended -> enrolled incomplete withdrawn transferred cancelled
            """,
            initial=("requested", "enrolled"),
            occupies_seat=("offered", "enrolled", "suspended"),
            success=("completed",),
        ),
        "session": _table(
            "session",
            get_args(SessionStatus),
            """
            planned -> held cancelled
            """,
            initial=("planned", "held", "cancelled"),
            success=("held",),
        ),
    }
)
"""Status table of each kind of entity that has a status."""
