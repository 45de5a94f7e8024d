"""Status tables: every status can be reached, none is a trap, and flags name known ones."""

from datetime import UTC
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.model import TABLES, StatusTable, Transition
from mic_core.model.status import (
    ApplicationStatus,
    EditionStatus,
    EnrollmentStatus,
    SessionStatus,
    Status,
)

ALL = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
STATED = {
    "application": ApplicationStatus,
    "edition": EditionStatus,
    "enrollment": EnrollmentStatus,
    "session": SessionStatus,
}


def reached(table: StatusTable, start: str) -> set[str]:
    """All statuses that can follow one, near or far, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        after = set(table.follows[waiting.pop()]) - found
        found |= after
        waiting += sorted(after)
    return found


@ALL
def test_every_status_can_be_reached(table: StatusTable) -> None:
    """From the usual beginning or another, a life can come to every status."""
    found = {status for start in table.initial for status in reached(table, start)}
    assert found == set(table.statuses)


@ALL
def test_every_life_can_end(table: StatusTable) -> None:
    """From every status a terminal one can be reached."""
    assert table.terminal
    for status in table.statuses:
        assert reached(table, status) & table.terminal


@ALL
def test_every_life_can_succeed_from_its_usual_beginning(table: StatusTable) -> None:
    """The usual beginning, and it alone or with others, leads to a success."""
    assert table.success
    assert reached(table, table.initial[0]) & table.success


@ALL
def test_tables_are_closed(table: StatusTable) -> None:
    """Each part of a table names statuses of that table, each once."""
    known = set(table.statuses)
    assert len(known) == len(table.statuses)
    assert set(table.follows) == known
    for part in (table.initial, table.occupies_seat, table.success, *table.follows.values()):
        assert set(part) <= known
        assert len(set(part)) == len(part)
    assert all(status not in after for status, after in table.follows.items())


@ALL
def test_tables_bear_their_kind(table: StatusTable) -> None:
    """A table stands under the kind of thing that it is about, with the statuses of its type."""
    assert TABLES[table.kind] is table
    assert table.statuses == get_args(STATED[table.kind])


def test_what_follows_what() -> None:
    """The tables say what the words of the house say."""
    follows = {kind: dict(table.follows) for kind, table in TABLES.items()}
    assert follows["application"] == {
        "draft": ("submitted", "withdrawn"),
        "submitted": ("shortlisted", "withdrawn"),
        "shortlisted": ("withdrawn",),
        "withdrawn": (),
    }
    assert follows["edition"] == {
        "draft": ("cancelled", "open"),
        "open": ("cancelled", "completed"),
        "completed": (),
        "cancelled": (),
    }
    assert follows["session"] == {"planned": ("cancelled", "held"), "held": (), "cancelled": ()}
    assert follows["enrollment"] == {
        "requested": ("cancelled", "enrolled", "offered", "waitlisted", "withdrawn"),
        "waitlisted": ("cancelled", "enrolled", "offered", "withdrawn"),
        "offered": ("cancelled", "declined", "enrolled", "expired", "waitlisted"),
        "enrolled": (
            "cancelled", "completed", "incomplete", "suspended", "transferred", "withdrawn",
        ),
        "suspended": ("cancelled", "enrolled", "incomplete", "transferred", "withdrawn"),
        "completed": (),
        "incomplete": (),
        "withdrawn": (),
        "transferred": (),
        "cancelled": (),
        "declined": (),
        "expired": (),
    }  # fmt: skip


def test_flags() -> None:
    """The statuses that take a seat, that are a success, and the initial and terminal ones."""
    assert TABLES["enrollment"].occupies_seat == {"offered", "enrolled", "suspended"}
    assert {kind: table.success for kind, table in TABLES.items()} == {
        "application": {"shortlisted"},
        "edition": {"completed"},
        "enrollment": {"completed"},
        "session": {"held"},
    }
    assert {kind: table.initial for kind, table in TABLES.items()} == {
        "application": ("draft", "submitted"),
        "edition": ("draft", "open", "completed", "cancelled"),
        "enrollment": ("requested", "enrolled"),
        "session": ("planned", "held", "cancelled"),
    }
    assert TABLES["enrollment"].terminal == {
        "completed", "incomplete", "withdrawn", "transferred", "cancelled", "declined", "expired",
    }  # fmt: skip
    assert not TABLES["session"].occupies_seat


@ALL
def test_diagrams_show_each_step_once(table: StatusTable) -> None:
    """A diagram has one line for each beginning, each step and each end."""
    lines = table.diagram.splitlines()
    assert lines[0] == "stateDiagram-v2"
    arcs = [tuple(line.strip().split(" --> ")) for line in lines[1:]]
    steps = [(before, after) for before in table.statuses for after in table.follows[before]]
    begins = [("[*]", status) for status in table.initial]
    ends = [(status, "[*]") for status in table.statuses if status in table.terminal]
    assert arcs == begins + steps + ends


def test_tables_cannot_be_changed() -> None:
    """The tables are data that nobody can edit in place."""
    with pytest.raises(TypeError):
        TABLES["session"] = TABLES["edition"]  # type: ignore[index]  # what it refuses
    with pytest.raises(TypeError):
        TABLES["session"].follows["held"] = ()  # type: ignore[index]  # what it refuses


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_a_transition_takes_any_status_of_its_kind(kind: str, data: st.DataObject) -> None:
    """Both statuses of a transition are of the table of its subject, legal or not."""
    known = TABLES[kind].statuses
    before = data.draw(st.none() | st.sampled_from(known))
    after = data.draw(st.sampled_from(known))
    made = Transition(
        id="t", subject=f"{kind}:x", before=before, after=after,
        effective_at=data.draw(st.datetimes(timezones=st.just(UTC))),
    )  # fmt: skip
    assert (made.before, made.after) == (before, after)


def test_a_status_is_one_of_any_table() -> None:
    """The shape of a status in a transition takes the statuses of all kinds, each once."""
    words = get_args(Status)[1].words
    assert set(words) == {status for table in TABLES.values() for status in table.statuses}
    assert len(set(words)) == len(words)
