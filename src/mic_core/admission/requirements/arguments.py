"""Shapes of arguments that are mappings: custom facts by name, and values by id."""

from collections.abc import Mapping
from typing import Any

import attrs

from mic_core.fields import Bind, Found, is_a, refuse


@attrs.frozen
class NamedValues:
    """Shape of a mapping with texts as keys; with `functions`, of functions."""

    functions: bool = False

    @property
    def rule(self) -> str:
        what = "functions" if self.functions else "values"
        return f"must be a mapping of texts to {what}"

    def test(self, name: str, bind: Bind) -> str:
        return "False"

    def settle(self, value: object, path: str, found: Found) -> object:
        given: Any = value
        if not isinstance(value, Mapping):
            return refuse(found, path, self.rule, value)
        held: dict[Any, Any] = dict(given)
        fits = all(is_a(key, str) for key in held)
        if not fits or (self.functions and not all(map(callable, held.values()))):
            return refuse(found, path, self.rule, held)
        return held
