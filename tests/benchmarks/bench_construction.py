"""Checked construction against the same classes made by attrs alone.

    python tests/benchmarks/bench_construction.py [--smoke]

The base is a frozen attrs class with the same fields and defaults and no check at all, made from
the same rows by name. Values are made ready before, so that only construction is timed. Goal: at
most 1.3 times the base for a noun of eight fields (an enrollment), a session and an attendance.
Without a goal: nouns with much text, exact numbers or a profile, a slot, which also computes its
instants, and what it costs to explain a value that is refused.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import ratios

from mic_core.chrono import Slot
from mic_core.errors import InvariantError
from mic_core.fields import fields_of
from mic_core.model import Attendance, Enrollment, Money, Person, Session, Support, Transition

Rows = list[dict[str, Any]]
NOW = datetime(2014, 9, 1, 9, tzinfo=UTC)
GOAL = 1.3


def unchecked(cls: type[Any]) -> type[Any]:
    """A frozen attrs class of the same fields and defaults that checks nothing.

    Derived fields are left out: to compute them is part of what a check costs.
    """
    fields = {
        field.name: attrs.field(default=field.default, type=field.type, kw_only=field.kw_only)
        for field in attrs.fields(cls)
        if field.init
    }
    made: type[Any] = attrs.make_class(
        cls.__name__, fields, frozen=True, slots=True, weakref_slot=False
    )
    return made


def maker(cls: type[Any], rows: Rows) -> Callable[[], list[Any]]:
    """Make a value of each row."""
    return lambda: [cls(**row) for row in rows]


def compared(title: str, cls: type[Any], rows: Rows, *, small: bool, goal: float | None) -> Any:
    """The class against its unchecked twin."""
    checked = f"checked {cls.__name__}"
    return ratios.compare(
        title,
        {"attrs alone": maker(unchecked(cls), rows), checked: maker(cls, rows)},
        repetitions=2 if small else 15,
        goals={} if goal is None else {checked: goal},
    )


def each(n: int, make: Callable[[int], Mapping[str, Any]]) -> Rows:
    """n rows."""
    return [dict(make(place)) for place in range(n)]


def slots(n: int) -> list[Slot]:
    """Slots of two hours, evening after evening."""
    first = Slot.at("2014-09-10", "18:00", timedelta(hours=2), "Europe/Brussels")
    return [first.moved(timedelta(days=place)) for place in range(n)]


def sessions(n: int) -> Rows:
    """Placed sessions with an audience and a topic."""
    evenings = slots(60)
    return each(n, lambda k: {
        "id": f"s-{k}", "center_id": f"c-{k % 9}", "title": "Azure camp", "kind": "training",
        "length": timedelta(hours=2), "slot": evenings[k % 60], "room_id": f"r-{k % 40}",
        "edition_id": f"e-{k % 20}", "audience": (f"e-{k % 20}",), "topics": ("cloud",),
    })  # fmt: skip


def main() -> list[ratios.Row]:
    """Print all tables and return their rows."""
    small = ratios.smoke()
    n = 200 if small else 100_000
    rows: list[ratios.Row] = []
    for title, cls, made in (
        (
            "an enrollment, 8 fields",
            Enrollment,
            each(n, lambda k: {
                "id": f"e-{k}", "participant_id": f"p-{k % 9973}", "into": f"ed-{k % 20}",
                "delegates": (), "places": 1, "mode": "in_person", "profile": (),
                "requested_at": NOW,
            }),
        ),
        (f"a session, {len(fields_of(Session))} fields", Session, sessions(n)),
        (
            "an attendance, 6 fields",
            Attendance,
            each(n, lambda k: {
                "id": f"a-{k}", "session_id": f"s-{k % 997}", "person_id": f"p-{k % 9973}",
                "status": "present", "minutes": k % 180,
            }),
        ),
    ):  # fmt: skip
        rows += compared(title, cls, made, small=small, goal=GOAL)
    return rows + costly(n, small=small) + refused(n, small=small)


def costly(n: int, *, small: bool) -> list[ratios.Row]:
    """Values that are slower to check: texts, exact numbers, pairs, citations, instants."""
    rows: list[ratios.Row] = []
    days = [{"start": slot.start, "end": slot.end} for slot in slots(200)]
    for title, cls, made in (
        (
            "an enrollment with a profile of two",
            Enrollment,
            each(n, lambda k: {
                "id": f"e-{k}", "participant_id": f"p-{k % 9973}", "into": "ed-6",
                "profile": (("age", k % 60), ("origin", "Brussels")), "requested_at": NOW,
            }),
        ),
        (
            "a transition",
            Transition,
            each(n, lambda k: {
                "id": f"t-{k}", "subject": f"enrollment:e-{k}", "before": "requested",
                "after": "enrolled", "effective_at": NOW, "actor": "staff-1",
            }),
        ),
        (
            "a person: three texts",
            Person,
            each(n, lambda k: {
                "id": f"p-{k}", "name": f"Ada Lovelace {k}", "contact": f"ada{k}@example.org",
                "born": date(1915, 12, 10), "region": "Brussels",
            }),
        ),
        (
            "a support: an exact number",
            Support,
            each(n, lambda k: {
                "id": f"u-{k}", "enterprise_id": f"o-{k % 997}", "kind": "coaching",
                "provider_id": "mic", "on": date(2014, 9, 10), "hours": Decimal(k) / 4,
            }),
        ),
        (
            "money: an exact number and little else",
            Money,
            each(n, lambda k: {"amount": Decimal(k) / 4, "currency": "EUR"}),
        ),
        ("a slot, with its instants", Slot, [days[k % 200] for k in range(n)]),
    ):  # fmt: skip
        rows += compared(title, cls, made, small=small, goal=None)
    return rows


def refused(n: int, *, small: bool) -> list[ratios.Row]:
    """A value of which all fields are wrong, against one that is right."""
    right = each(n // 20, lambda k: {
        "id": f"a-{k}", "session_id": "s-1", "person_id": "p-1", "status": "present", "minutes": 9,
    })  # fmt: skip
    wrong: Rows = [dict.fromkeys(row, object()) for row in right]

    def explain() -> None:
        for row in wrong:
            with suppress(InvariantError):
                Attendance(**row)

    return ratios.compare(
        "an attendance of which five fields are wrong",
        {"checked Attendance": maker(Attendance, right), "refused and explained": explain},
        repetitions=2 if small else 7,
    )


if __name__ == "__main__":
    main()
