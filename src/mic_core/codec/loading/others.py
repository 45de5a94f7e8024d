"""Persons, organizations and all other nouns of a load, and those made for ids."""

from collections.abc import Iterable

from mic_core.codec.loading.build import Loading, RowGroup, columns_of, minted_id, set_period
from mic_core.codec.loading.reading import Values
from mic_core.ids import cite
from mic_core.impact.indicators import INDICATORS
from mic_core.model import (
    Enrollment,
    Indicator,
    Observation,
    Organization,
    Person,
    stated,
)


def load_people(load: Loading, tables: Iterable[Values]) -> None:
    """Add the persons and organizations of tables; who has no name is called by the id."""
    for values in tables:
        for group in load.groups(values):
            cells = group.cells
            if "id" in cells and "name" not in cells:
                cells["name"] = cells["id"]
                load.ledger.assume(
                    values.table, "A person or organization without a name is called by the id."
                )
            if "id" not in cells and "name" in cells:
                cells["id"] = minted_id(values.table, cells, 0)
            if values.kind == "organization":
                _set_organization(load, group)
            load.add(group)


def _set_organization(load: Loading, group: RowGroup) -> None:
    cells = group.cells
    for field, usual in (("kind", "venture"), ("country", load.centers[load.only_center].country)):
        if field not in cells:
            cells[field] = usual
            text = f"An organization without a {field} has {usual} as its {field}."
            load.ledger.assume(group.values.table, text)


def load_others(load: Loading, tables: Iterable[Values]) -> None:
    """Add the nouns of all other kinds, each row by the columns of its schema."""
    for values in tables:
        types = columns_of(values.kind)
        for group in load.groups(values):
            cells = group.cells
            if "period_start" in types:
                set_period(load, group)
            if "center_id" in types:
                cells.setdefault("center_id", load.only_center)
            if values.kind == "observation":
                cells.setdefault("subject", cite("center", load.only_center))
                cells.setdefault("source", f"table {values.table}"[:500])
            if "id" in cells:
                load.add(group)
                continue
            # Rows without an id may be equal and yet be two things, such as two costs of a day.
            content = dict(cells)
            for times, row in enumerate(group.rows):
                id = minted_id(values.table, content, times)
                load.add(RowGroup(values, (row,), {**content, "id": id}, group.origins))


def mint_people(load: Loading, table: str) -> None:
    """Add a person, called by the id, for each id of a person that no table explains."""
    if not load.may_mint("person"):
        return
    known = {each.id for each in load.nouns if isinstance(each, Person | Organization)}
    named: set[str] = set()
    for each in load.nouns:
        if isinstance(each, Enrollment):
            named.update((each.participant_id, *each.delegates))
        else:
            person = getattr(each, "person_id", None)
            named |= set() if person is None else {person}
    fresh = sorted(named - known)
    load.nouns.extend([Person(id=id, name=id) for id in fresh])
    load.ledger.assume(table, "Persons were made of ids, which are their names.", len(fresh))


def mint_indicators(load: Loading) -> None:
    """Add a stated indicator for each id that observations name and that nobody defines."""
    if not load.may_mint("indicator"):
        return
    units: dict[str, str] = {}
    for each in load.nouns:
        id = each.indicator_id if isinstance(each, Observation) else None
        if id is not None and isinstance(each, Observation) and id not in INDICATORS:
            units[id] = min(each.unit, units.get(id, each.unit))
    for id, unit in sorted(units.items()):
        load.nouns.append(
            Indicator(
                id=id, title=id.replace("-", " ").replace("_", " ").capitalize(), unit=unit,
                kind="outcome", measure=stated(), source="the observations that state it",
            )
        )  # fmt: skip
    load.ledger.assume("tables", "Indicators were made of ids: outcomes, as stated.", len(units))
