"""A Boostcamp of four sessions, whose participants are judged."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from mic_core import (
    Attendance,
    Center,
    Edition,
    Enrollment,
    Leaf,
    Membership,
    Module,
    Noun,
    Organization,
    Period,
    Person,
    Portfolio,
    Program,
    Requirement,
    Session,
    Slot,
    Transition,
    judge,
)
from mic_core.admission.requirements.judge import TruthValue

ON = date(2014, 12, 19)
"""The last day of the Boostcamp."""

HOUR = timedelta(hours=1)


def leaf(fact: str, op: str, *value: Any) -> Leaf:
    """A leaf."""
    return Leaf(fact=fact, op=op, value=value)  # type: ignore[arg-type]


def session(number: int, **more: Any) -> Session:
    """A session of the sixth Boostcamp, held on a day of October 2014."""
    fields: dict[str, Any] = {
        "id": f"s-{number}", "center_id": "mic", "title": f"Session {number}", "length": 2 * HOUR,
        "slot": Slot.at(f"2014-10-{number:02}", "18:00", 2 * HOUR, "Europe/Brussels"),
        "edition_id": "boostcamp-6", "status": "held", **more,
    }  # fmt: skip
    return Session(**fields)


def seen(
    number: int, person: str, status: str = "present", minutes: int | None = 120
) -> Attendance:
    """A record of attendance."""
    return Attendance(
        id=f"{person}-{number}-{status}", session_id=f"s-{number}", person_id=person,
        status=status, minutes=minutes if status in {"present", "partial"} else None,  # type: ignore[arg-type]
    )  # fmt: skip


def _enrolled(id: str, participant: str, *statuses: str, **more: Any) -> list[Noun]:
    """An enrollment on 1 September 2014, which may be completed on 1 December."""
    steps = ["requested", *statuses]
    return [
        Enrollment(id=id, participant_id=participant, into="boostcamp-6", **more),
        *(
            Transition(
                id=f"{id}-{turn}", subject=f"enrollment:{id}", before=before, after=after,
                effective_at=datetime(2014, 12 if after == "completed" else 9, 1, 9, tzinfo=UTC),
            )
            for turn, (before, after) in enumerate(pairwise(steps))
        ),
    ]  # fmt: skip


def world(*more: Noun) -> Portfolio:
    """A Boostcamp of four sessions, with Ada who completed it and a venture with two delegates."""
    modules = (
        Module(id="pitching", title="Pitching", count=2, length=2 * HOUR),
        Module(id="model", title="Model", length=2 * HOUR),
    )
    return Portfolio.of(
        Center(id="mic", name="Center", country="BE", time_zone="Europe/Brussels"),
        Program(id="boostcamp", title="Boostcamp", kind="bootcamp", modules=modules),
        Edition(
            id="boostcamp-6", program_id="boostcamp", center_id="mic", number=6,
            period=Period.days(date(2014, 9, 10), ON),
        ),
        session(1, module_id="pitching"), session(2, module_id="pitching"),
        session(3, module_id="model"), session(4, elective=True),
        Person(
            id="ada", name="Ada", born=date(1996, 2, 29), gender="f", region="Brussels",
            attributes=(("driver", True), ("level", 3), ("language", "fr")),
        ),
        Person(id="bob", name="Bob"), Person(id="cy", name="Cy"),
        Organization(
            id="venture", name="Venture", kind="venture", country="BE", region="Wallonia",
            founded=date(2012, 1, 1), sector="software", legal_form="srl", markets=("BE", "FR"),
        ),
        Membership(
            id="m-1", person_id="ada", organization_id="venture", role="founder",
            period=Period(date(2012, 1, 1)),
        ),
        Membership(
            id="m-2", person_id="ada", organization_id="unknown", role="student",
            period=Period(None, date(2014, 1, 1)),
        ),
        *_enrolled("e-ada", "ada", "enrolled", "completed"),
        *_enrolled("e-venture", "venture", "enrolled", places=2, delegates=("bob", "cy")),
        *more,
    )  # fmt: skip


_DEFAULTS: dict[str, Any] = {"on": ON}


def verdict(tree: Requirement | Leaf, who: str = "ada", *more: Noun, **options: Any) -> TruthValue:
    """The verdict on a requirement at the end of the Boostcamp."""
    return judge(world(*more), tree, who, **{**_DEFAULTS, **options}).verdict
