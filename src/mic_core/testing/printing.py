"""Pretty-printing of values as code that runs, for the failing examples of Hypothesis.

A printed example is an expression of public names. These imports evaluate it:
`import datetime, zoneinfo`, `from decimal import Decimal` and `import mic_core as mic`.

Hypothesis looks for a method `_repr_pretty_`, which IPython knows as well. Fields that are personal
are written out only for Hypothesis, whose values are drawn; anybody else gets the usual `repr`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from hypothesis.vendor.pretty import RepresentationPrinter

from mic_core.chrono import Slot, WeeklyHours
from mic_core.errors import MicError
from mic_core.fields import fields_of
from mic_core.portfolio import Batch, Portfolio

_FACE = import_module("mic_core")
"""The module of all public names, which is above this one."""

Argument = tuple[str, object]
"""The name of an argument, empty if it is given by position, and its value."""


def print_as_code(value: object, printer: Any, cycle: object) -> None:
    """Print a value as an expression; the method `_repr_pretty_` of every class with a strategy."""
    if not isinstance(printer, RepresentationPrinter):
        printer.text(repr(value))
        return
    _ = cycle  # values are trees
    match value:
        case Portfolio():
            _print_portfolio(value, printer)
        case Slot() if _slot_of(value) is not None:
            _print_call(printer, "mic.Slot.at", _slot_of(value) or ())
        case WeeklyHours() if WeeklyHours.parse(str(value)) == value:
            _print_call(printer, "mic.WeeklyHours.parse", [("", str(value))])
        case _:
            _print_call(printer, _name(value.__class__), _arguments(value.__class__, value))


def _name(cls: type[Any]) -> str:
    public = getattr(_FACE, cls.__name__, None) is cls
    return f"mic.{cls.__name__}" if public else cls.__name__


def _arguments(cls: type[Any], value: Any) -> list[Argument]:
    """The fields of a value that differ from their defaults, personal ones included."""
    found = [(each, getattr(value, each.name)) for each in fields_of(cls)]
    return [(each.name, held) for each, held in found if each.required or held != each.default]


def _slot_of(slot: Slot) -> list[Argument] | None:
    """The arguments of `Slot.at` for a slot; None where its texts cannot tell it."""
    clock = slot.start.time()
    if clock.microsecond:
        return None
    written = clock.isoformat() if clock.second else f"{clock:%H:%M}"
    length = timedelta(microseconds=slot.end_utc - slot.start_utc)
    arguments: list[object] = [slot.start.date().isoformat(), written, length, slot.zone]
    options: dict[str, Any] = {}
    if slot.start.utcoffset() != slot.start.replace(fold=1 - slot.start.fold).utcoffset():
        options = {"ambiguous": "second" if slot.start.fold else "first"}
    try:
        made = Slot.at(arguments[0], written, length, slot.zone, **options)  # type: ignore[arg-type]
    except MicError:
        return None
    return [("", each) for each in arguments] + [*options.items()] if made == slot else None


def _print_call(printer: RepresentationPrinter, name: str, arguments: Iterable[Argument]) -> None:
    """Print a call, with one argument a line where it is too long for one."""
    with printer.group(indent=4, open=f"{name}(", close=""):
        empty = True
        for label, value in arguments:
            if not empty:
                printer.text(",")
            printer.breakable("" if empty else " ")
            printer.text(f"{label}=" if label else "")
            printer.pretty(value)
            empty = False
    printer.text(")")


def _print_portfolio(portfolio: Portfolio, printer: RepresentationPrinter) -> None:
    """Print the facts always known, and a call of `record` for each later batch.

    A history that `record` would refuse or change is printed as its log.
    """
    first, *later = _with_first(portfolio.log)
    rebuilt = Portfolio.of(*first.values)
    try:
        for each in later:
            rebuilt = rebuilt.record(*each.values, **_when(each))
    except MicError:
        rebuilt = Portfolio()
    if rebuilt == portfolio:
        _print_call(printer, "mic.Portfolio.of", [("", each) for each in first.values])
        for each in later:
            nouns: list[Argument] = [("", noun) for noun in each.values]
            _print_call(printer, ".record", [*nouns, *_when(each).items()])
    else:
        _print_call(printer, "mic.Portfolio.replay", [("", [*portfolio.log])])


def _with_first(log: tuple[Batch, ...]) -> tuple[Batch, ...]:
    """A log that begins with the facts always known by nobody in particular, or with none."""
    if log and log[0].recorded_at is None and log[0].actor is None:
        return log
    return (Batch(values=()), *log)


_ALWAYS = datetime.min.replace(tzinfo=UTC)


def _when(batch: Batch) -> dict[str, Any]:
    """The arguments of `record` for a batch, beside its values."""
    when = {"recorded_at": batch.recorded_at or _ALWAYS}
    return when if batch.actor is None else when | {"actor": batch.actor}
