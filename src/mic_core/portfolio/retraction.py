"""The effect of retractions on the current values: a soft delete, undone by a later record.

A subject is retracted from the instant of its retraction until a value of its id is recorded at a
later one. Meanwhile neither it nor its transitions are current; the transitions wait here, so that
a subject that is revived has the history that it had.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from mic_core.ids import cite, split
from mic_core.model import Noun, Retraction, Transition
from mic_core.portfolio.table import Table

CurrentTables = Mapping[str, Table[Any]]
"""The current values by kind."""

Retracted = Mapping[str, tuple[Transition, ...]]
"""The subjects that are retracted, cited, each with the transitions that went with it."""

NewRows = Mapping[str, Mapping[str, Noun]]
"""Values recorded together, by kind and id."""

_EMPTY: Table[Any] = Table()


def with_retractions(
    tables: CurrentTables, retracted: Retracted, rows: NewRows
) -> tuple[dict[str, Table[Any]], Retracted]:
    """The current values, and the subjects retracted, after values of one instant.

    Retractions among the values win over other values of that instant. O(log n) amortized for each
    value and each transition of a retracted subject.
    """
    after, out = dict(tables), dict(retracted)
    for kind, fresh in rows.items():
        if kind != "retraction":
            _revive(after, out, kind, fresh)
            after[kind] = after.get(kind, _EMPTY).with_rows({**fresh})
    _hide(after, out, cast("Mapping[str, Transition]", rows.get("transition", {})))
    retractions = cast("Mapping[str, Retraction]", rows.get("retraction", {}))
    after["retraction"] = after.get("retraction", _EMPTY).with_rows({**retractions})
    for each in retractions.values():
        _take_back(after, out, each.subject)
    return {kind: table for kind, table in after.items() if table.size}, out


def _revive(
    tables: dict[str, Table[Any]],
    retracted: dict[str, tuple[Transition, ...]],
    kind: str,
    ids: Iterable[str],
) -> None:
    """End the retractions of what is recorded again; its transitions are current again."""
    for id in ids:
        waiting = retracted.pop(cite(kind, id), None)
        if waiting is not None:
            ended = tables["retraction"].where("subject", cite(kind, id))
            tables["retraction"] = tables["retraction"].without(each.id for each in ended)
            known = tables.get("transition", _EMPTY)
            tables["transition"] = known.with_rows({each.id: each for each in waiting})


def _hide(
    tables: dict[str, Table[Any]],
    retracted: dict[str, tuple[Transition, ...]],
    fresh: Mapping[str, Transition],
) -> None:
    """Let fresh transitions of retracted subjects wait; only a log made by hand has such."""
    hidden = [each for each in fresh.values() if each.subject in retracted]
    for each in hidden:
        others = (one for one in retracted[each.subject] if one.id != each.id)
        retracted[each.subject] = (*others, each)
    if hidden:
        tables["transition"] = tables["transition"].without(each.id for each in hidden)


def _take_back(
    tables: dict[str, Table[Any]], retracted: dict[str, tuple[Transition, ...]], subject: str
) -> None:
    """Make a subject, and its transitions, not current."""
    kind, id = split(subject)
    if kind in tables:
        tables[kind] = tables[kind].without([id])
    transitions: list[Transition] = tables.get("transition", _EMPTY).where("subject", subject)
    if transitions:
        tables["transition"] = tables["transition"].without(each.id for each in transitions)
    retracted[subject] = (*retracted.get(subject, ()), *transitions)
    if kind == "transition":  # it may wait with a subject that is retracted itself
        for home, waiting in retracted.items():
            retracted[home] = tuple(each for each in waiting if each.id != id)
