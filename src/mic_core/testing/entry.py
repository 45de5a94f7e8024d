"""The Hypothesis entry point: registers a strategy for every public value with `from_type`."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mic_core.checked import watch
from mic_core.findings import Finding, Report
from mic_core.impact.tables.build import FactTables
from mic_core.markup import Section
from mic_core.model import NOUNS
from mic_core.portfolio import Batch, Portfolio
from mic_core.rules import Breach, ScheduleRule

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_OWN: dict[type[Any], str] = {
    Batch: "batches",
    Breach: "breaches",
    FactTables: "fact_tables",
    Finding: "findings",
    Report: "reports",
    ScheduleRule: "schedule_rules",
    Section: "sections",
}
"""Classes with a strategy in `results`, by its name."""


def register() -> None:
    """Register strategies of nouns, other checked values, findings and portfolios with Hypothesis.

    The entry point `hypothesis` of this package calls it. Cheap: a strategy is made when a test
    first needs it, and a class is registered when its module is loaded.

    >>> register()
    >>> from hypothesis import find, strategies as st
    >>> from mic_core.model import Seats
    >>> find(st.from_type(Seats), lambda seats: seats.online is not None)
    Seats(online=0)
    """
    watch(_register)
    for cls in (*NOUNS.values(), *_OWN, Portfolio):
        _register(cls)


def _register(cls: type[Any]) -> None:
    # Imported here: if this module is loaded first, Hypothesis imports it to find `register`.
    from hypothesis import strategies as st  # noqa: PLC0415

    st.register_type_strategy(cls, partial(_strategy, cls))
    setattr(cls, "_repr_pretty_", _print)  # noqa: B010  # a type checker need not know of it


def _print(value: object, printer: object, cycle: object) -> None:
    """Print a value as code that runs; how Hypothesis shows a failing example."""
    from mic_core.testing.printing import print_as_code  # noqa: PLC0415  # on the first failure

    print_as_code(value, printer, cycle)


def _strategy(cls: type[Any], _: object) -> "SearchStrategy[Any]":
    """The strategy of a class, made on first use."""
    # Imported here: Hypothesis calls `register` while a module of this package may import it.
    from mic_core.testing import results  # noqa: PLC0415
    from mic_core.testing.classes import values  # noqa: PLC0415
    from mic_core.testing.histories import portfolios  # noqa: PLC0415

    if cls in _OWN:
        made: SearchStrategy[Any] = getattr(results, _OWN[cls])()
        return made
    return portfolios() if cls is Portfolio else values(cls)
