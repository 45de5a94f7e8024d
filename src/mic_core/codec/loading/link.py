"""Ids of what a row holds besides its own kind: the person and the session of an attendance."""

from typing import Any

import attrs

from mic_core.codec.loading.build import Loading
from mic_core.codec.loading.places import id_by_start
from mic_core.codec.loading.reading import Values
from mic_core.ids import slug

_REFERENCES = {
    "assignment": {"person": "person_id"},
    "attendance": {"person": "person_id", "session": "session_id"},
    "enrollment": {"person": "person", "organization": "organization", "edition": "edition"},
    "headcount": {"session": "session_id"},
    "membership": {"person": "person_id", "organization": "organization_id"},
    "session": {"edition": "edition_id"},
}
"""For each kind, the field that refers to each embedded kind."""


def linked(load: Loading, tables: tuple[Values, ...]) -> list[Values]:
    """The values of a table and of what it embeds, joined by ids.

    If a row names a person by name only, or a session by its start only, the id is made of these.
    A kind with a table of its own is not read from the rows of others.
    """
    own, *embedded = tables
    kept: list[Values] = []
    for each in embedded:
        field = _REFERENCES[own.kind][each.kind]
        ids = own.columns.get(field)
        if ids is None:
            ids = _made_ids(load, each)
            own = attrs.evolve(own, columns={**own.columns, field: ids})
            own = attrs.evolve(own, labels={**own.labels, field: "+".join(each.labels.values())})
        if load.may_mint(each.kind):
            kept.append(attrs.evolve(each, columns={**each.columns, "id": ids}))
        elif not each.is_implied:
            unread = dict.fromkeys(each.labels.values(), None).keys() - {*own.labels.values(), ""}
            shown = ", ".join(sorted(unread))
            why = "a table holds them" if each.kind in load.given else "none may be made"
            text = f"No {each.kind} is read from {shown}, since {why}."
            load.ledger.assume(own.table, text)
    return [own, *kept]


def _made_ids(load: Loading, values: Values) -> list[Any]:
    """The ids of persons by their names, or of sessions by edition and start."""
    if values.kind != "session":
        names = values.columns.get("name") or [None] * values.count
        return [None if each is None else slug(each) for each in names]
    fields = [field for field in ("edition_id", "start", "day", "time") if field in values.columns]
    memo: dict[tuple[Any, ...], str | None] = {}
    ids: list[Any] = []
    for cells in zip(*(values.columns[field] for field in fields), strict=True):
        if cells not in memo:
            known = zip(fields, cells, strict=True)
            memo[cells] = id_by_start(
                {field: cell for field, cell in known if cell is not None}, load.only_program
            )
        ids.append(memo[cells])
    return ids if fields else [None] * values.count
