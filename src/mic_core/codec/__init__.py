"""Portfolios as JSON documents and as rows of tables: strict to read, canonical to write.

`loads` and `dumps` read and write whole portfolios; `json_schema` describes the format for other
programs. `converter` returns a cattrs converter, for apps that exchange single nouns or nest them
in classes of their own; cattrs is imported only then.

`table_schema`, `to_rows`, `from_rows` and `load_scope` keep a portfolio in the tables of an app,
which reads and writes these itself; `to_row` and `from_row` do so for one noun.

A document is an object of `format`, `schema` and `batches`; a batch is an object of `recorded_at`
and `actor`, where known, and of lists of rows under their kinds:

    {"format": "mic_core.portfolio", "schema": 2, "batches": [
      {"recorded_at": "2014-09-10T16:00:00Z", "actor": "desk", "attendance": [
        {"id": "a-1", "session_id": "s-1", "person_id": "p-17", "status": "present"}]}]}
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mic_core.codec.document import dumps, loads
from mic_core.codec.limits import Limits

if TYPE_CHECKING:
    from mic_core.codec.embed import converter
    from mic_core.codec.schema import json_schema
    from mic_core.codec.tables.columns import Column, TableSchema, table_schema
    from mic_core.codec.tables.rows import from_row, to_row
    from mic_core.codec.tables.storage import from_rows, load_scope, to_rows

__all__ = [
    "Column",
    "Limits",
    "TableSchema",
    "converter",
    "dumps",
    "from_row",
    "from_rows",
    "json_schema",
    "load_scope",
    "loads",
    "table_schema",
    "to_row",
    "to_rows",
]


_MODULE_OF = {
    "Column": "tables.columns",
    "TableSchema": "tables.columns",
    "converter": "embed",
    "from_row": "tables.rows",
    "from_rows": "tables.storage",
    "json_schema": "schema",
    "load_scope": "tables.storage",
    "table_schema": "tables.columns",
    "to_row": "tables.rows",
    "to_rows": "tables.storage",
}
"""The module of each name that reading and writing a document does not need."""


def __getattr__(name: str) -> object:
    """Lazy import (PEP 562): tables, the schema, and cattrs are loaded on first use."""
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    found: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found
