"""The nouns and verbs of innovation centers, incubators, accelerators and training programs.

Every public name is importable from here and is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mic_core.errors import InvariantError as InvariantError

__version__ = "0.1.0"

_MODULE_OF = {
    "InvariantError": "errors",
}
"""The module inside this package that each public name lives in."""

__all__ = [
    "InvariantError",
    "__version__",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use and keep it."""
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    found: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
