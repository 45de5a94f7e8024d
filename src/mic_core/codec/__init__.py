"""Portfolios as JSON documents: strict to read, canonical to write.

`loads` and `dumps` read and write whole portfolios, and `json_schema` tells other programs what a
document holds. `converter` makes a cattrs converter, for apps that exchange single nouns or hold
them in classes of their own; cattrs is loaded only then.

A document is an object of `format`, `schema` and `batches`; a batch is an object of `recorded_at`
and `actor`, where known, and of lists of rows under their kinds:

    {"format": "mic_core.portfolio", "schema": 2, "batches": [
      {"recorded_at": "2014-09-10T16:00:00Z", "actor": "desk", "attendance": [
        {"id": "a-1", "session_id": "s-1", "person_id": "p-17", "status": "present"}]}]}
"""

from typing import TYPE_CHECKING

from mic_core.codec.document import dumps, loads
from mic_core.codec.limits import Limits
from mic_core.codec.schema import json_schema

if TYPE_CHECKING:
    from mic_core.codec.embed import converter

__all__ = ["Limits", "converter", "dumps", "json_schema", "loads"]


def __getattr__(name: str) -> object:
    """Load cattrs, and what needs it, on first use."""
    if name != "converter":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    from mic_core.codec.embed import converter  # noqa: PLC0415  # slow to load, seldom needed

    globals()[name] = converter
    return converter
