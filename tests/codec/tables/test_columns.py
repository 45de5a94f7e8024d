"""The tables of nouns: a column for each field or part, with what a database has to know."""

import re
import sqlite3
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.codec import json_schema, table_schema
from mic_core.codec.tables.columns import Column, noun_class
from mic_core.codec.tables.rows import to_row
from mic_core.errors import InvariantError
from mic_core.fields import fields_of
from mic_core.model import NOUNS, Enrollment, Noun, Room
from tests.codec.tables.oracle import TABLES, database
from tests.strategies import nouns


def _column(kind: str, name: str) -> Column:
    (column,) = (each for each in table_schema(kind).columns if each.name == name)
    return column


def test_each_kind_has_a_table() -> None:
    """All tables are those of the kinds, in their order, each the same by itself."""
    assert [table.kind for table in table_schema()] == list(NOUNS)
    for kind, cls in NOUNS.items():
        assert table_schema(kind) == table_schema(cls) == TABLES[kind]


@pytest.mark.parametrize("kind", NOUNS)
def test_names_of_columns_are_plain_and_different(kind: str) -> None:
    """A name needs no escape between double quotes, and is short enough for all databases."""
    names = [column.name for column in TABLES[kind].columns]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z_]{0,62}", name) for name in [kind, *names])
    assert names[-2:] == ["recorded_at", "recorded_by"]
    assert TABLES[kind].primary_key == ("id", "recorded_at")


@pytest.mark.parametrize("kind", NOUNS)
def test_each_field_has_a_column_or_one_for_each_part(kind: str) -> None:
    """No field is forgotten, and what is personal is personal in its columns."""
    names = [column.name for column in TABLES[kind].columns]
    cls: Any = NOUNS[kind]
    for field in fields_of(cls):
        own = [name for name in names if name == field.name or name.startswith(f"{field.name}_")]
        assert own
        assert not field.personal or _column(kind, field.name).personal


@given(nouns())
def test_rows_fit_their_table(noun: Noun) -> None:
    """A row has the columns of its table in their order, of their types, NULL where it may be."""
    kind = next(name for name, cls in NOUNS.items() if cls is type(noun))
    columns, row = TABLES[kind].columns[:-2], to_row(noun)
    assert [column.name for column in columns] == list(row)
    for column in columns:
        cell = row[column.name]
        python: Any = {"integer": int, "boolean": bool}.get(column.type, str)
        assert column.nullable if cell is None else type(cell) is python
        if column.type == "json" and isinstance(cell, str):
            assert cell[0] in "[{"


def test_what_a_column_tells() -> None:
    """Types, defaults, references and marks are those of the declared fields."""
    assert _column("edition", "waitlist_rule") == Column(
        name="waitlist_rule", type="text", default="strict_fifo"
    )
    assert _column("session", "audience") == Column(
        name="audience", type="json", default="[]", searched=True,
        references=("edition", "person", "organization"),
    )  # fmt: skip
    assert _column("session", "elective") == Column(name="elective", type="boolean", default=False)
    assert _column("transition", "subject") == Column(
        name="subject", type="text", searched=True, citations=True,
        references=("application", "edition", "enrollment", "session"),
    )  # fmt: skip
    assert _column("program", "modules").references == ("module", "person")
    assert _column("enrollment", "into").references == ("edition", "session")
    assert _column("person", "born") == Column(
        name="born", type="date", nullable=True, personal=True
    )
    types = {
        ("cost", "amount_amount"): "decimal", ("series", "starts_at"): "time",
        ("series", "length"): "duration", ("session", "slot_start"): "instant",
        ("session", "slot_zone"): "text", ("center", "opening_hours"): "text",
        ("series", "recurrence"): "json", ("session", "seats_given"): "boolean",
        ("room", "seats"): "integer", ("observation", "value"): "decimal",
    }  # fmt: skip
    assert {place: _column(*place).type for place in types} == types
    assert _column("session", "seats_given").nullable
    assert not _column("session", "length").nullable


def test_columns_as_rows() -> None:
    """A schema is shown as a table: a row for each column, with its place in the key."""
    rows = table_schema("room").rows()
    assert rows[1] == {
        "table": "room", "name": "center_id", "type": "text", "nullable": False, "default": None,
        "personal": False, "references": "center", "citations": False, "searched": True,
        "primary_key": False,
    }  # fmt: skip
    assert [row["name"] for row in rows if row["primary_key"]] == ["id", "recorded_at"]


def test_the_schema_of_documents_knows_the_same_defaults() -> None:
    """A field of one column has the default that the JSON Schema states."""
    properties = json_schema(Room)["$defs"]["Room"]["properties"]
    assert properties["concurrency"]["default"] == _column("room", "concurrency").default


def test_words_of_sql_are_names_between_quotes() -> None:
    """Columns such as `into`, `on`, `table` and `column` are names in SQL once they are quoted."""
    opened = database()
    for kind, name in (("enrollment", "into"), ("deal", "on"), ("indicator", "table")):
        assert opened.execute(f'SELECT "{name}" FROM "{kind}"').fetchall() == []
        with pytest.raises(sqlite3.OperationalError, match="syntax error"):
            opened.execute(f"SELECT {name} FROM {kind}")
    opened.close()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("rom", "must be one of adjustment, .*; did you mean room"),
        (int, "must be one of"),
        (3, "must be one of"),
        ([], "must be one of"),
        ("", "must be one of"),
    ],
    ids=str,
)
def test_no_table_of_no_kind(kind: Any, message: str) -> None:
    """What is no kind is refused, with the nearest kind that there is."""
    with pytest.raises(InvariantError, match=message):
        table_schema(kind)


@given(st.sampled_from([*NOUNS]))
def test_a_kind_is_named_or_given_as_its_class(kind: str) -> None:
    """Both ways to tell a kind are one."""
    assert noun_class("test", kind) is noun_class("test", NOUNS[kind]) is NOUNS[kind]
    assert attrs.has(noun_class("test", Enrollment))
