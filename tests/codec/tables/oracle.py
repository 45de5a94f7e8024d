"""What the tests of stored portfolios share: tables in memory and in SQLite, and their queries."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from mic_core.codec import table_schema
from mic_core.codec.tables.columns import TableSchema
from mic_core.codec.tables.rows import Row
from mic_core.codec.tables.storage import Fetch
from mic_core.model import NOUNS

TABLES = {table.kind: table for table in table_schema()}
TYPES = {"integer": "INTEGER", "boolean": "INTEGER"}


def is_json(kind: str, column: str) -> bool:
    """Whether a column holds JSON."""
    return any(each.name == column and each.type == "json" for each in TABLES[kind].columns)


def in_memory(rows: dict[str, list[Row]]) -> Fetch:
    """How a scope is loaded from lists; JSON is searched as mere text, so rows too many come."""

    def fetch(kind: str, column: str, ids: tuple[str, ...]) -> list[Row]:
        listed = rows.get(kind, [])
        if is_json(kind, column):
            return [row for row in listed if any(id in str(row[column]) for id in ids)]
        return [row for row in listed if row[column] in ids]

    return fetch


def _definition(table: TableSchema) -> str:
    columns = [
        f'"{each.name}" {TYPES.get(each.type, "TEXT")}{"" if each.nullable else " NOT NULL"}'
        for each in table.columns
    ]
    key = ", ".join(f'"{name}"' for name in table.primary_key)
    return f'CREATE TABLE "{table.kind}" ({", ".join(columns)}, PRIMARY KEY ({key})) STRICT'


def database() -> sqlite3.Connection:
    """An empty database with a table for each kind, whose types are enforced."""
    opened = sqlite3.connect(":memory:")
    opened.row_factory = sqlite3.Row
    for table in TABLES.values():
        opened.execute(_definition(table))
    return opened


def save(opened: sqlite3.Connection, rows: dict[str, list[Row]]) -> None:
    """Write rows, each in the place of one with the same key."""
    for kind, listed in rows.items():
        names = [each.name for each in TABLES[kind].columns]
        quoted = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join(f":{name}" for name in names)
        statement = f'INSERT OR REPLACE INTO "{kind}" ({quoted}) VALUES ({marks})'
        opened.executemany(statement, listed)


def everything(opened: sqlite3.Connection) -> dict[str, Iterable[Any]]:
    """All rows of all tables, in no particular order."""
    return {kind: opened.execute(f'SELECT * FROM "{kind}"').fetchall() for kind in NOUNS}


def in_sqlite(opened: sqlite3.Connection) -> Fetch:
    """How a scope is loaded from a database."""

    def fetch(kind: str, column: str, ids: tuple[str, ...]) -> list[Any]:
        held = f'"{column}" IN (SELECT value FROM json_each(:ids))'
        if is_json(kind, column):
            within = "atom IN (SELECT value FROM json_each(:ids))"
            held = f'EXISTS (SELECT 1 FROM json_tree("{column}") WHERE {within})'
        statement = f'SELECT * FROM "{kind}" WHERE {held}'
        return opened.execute(statement, {"ids": json.dumps(ids)}).fetchall()

    return fetch
