"""Dimensions of participants: columns of the table of participations, and any named characteristic.

A characteristic is taken from the profile of the first enrollment, or else from the attributes of
the person; it is joined to the table as one more column.
"""

from collections.abc import Mapping, Sequence

from mic_core.errors import NotFound
from mic_core.ids import cite
from mic_core.impact.aggregation.columns import ColumnShape, FactColumn, Label, encoded
from mic_core.impact.aggregation.facts import FactTable
from mic_core.impact.tables.shapes import PARTICIPATIONS_SHAPE
from mic_core.model import Enrollment, Person
from mic_core.portfolio import Portfolio


def with_dimensions(table: FactTable, names: Sequence[str], known: Portfolio | None) -> FactTable:
    """The table of participations, with a column for each name that it does not have.

    Raises NotFound for a name that is neither a column or unit of the calendar nor a characteristic
    of anybody in the portfolio; None: there is none. O(n).
    """
    missing = [each for each in names if PARTICIPATIONS_SHAPE.column(each) is None]
    if not missing:
        return table
    profiles, attributes = _characteristics(Portfolio.of() if known is None else known)
    added: dict[str, FactColumn] = {}
    for name in missing:
        everybody = (*profiles.values(), *attributes.values())
        if not any(name in each for each in everybody):
            columns = ", ".join(each.name for each in PARTICIPATIONS_SHAPE.columns)
            msg = (
                f"participations have no such dimension; they have {columns}, units of the "
                "calendar, and the names in profiles of enrollments and attributes of persons"
            )
            raise NotFound(msg)
        facts, persons = (table.columns[each].values() for each in ("fact", "person_id"))
        nothing: Mapping[str, Label] = {}
        values = (
            profiles.get(fact, nothing).get(name, attributes.get(person, nothing).get(name))
            for fact, person in zip(facts, persons, strict=True)
        )
        added[name] = encoded(ColumnShape(name=name, about="", personal=True), values)
    return FactTable(table.shape, table.size, {**table.columns, **added}, table.runs)


def _characteristics(
    known: Portfolio,
) -> tuple[Mapping[str, Mapping[str, Label]], Mapping[str, Mapping[str, Label]]]:
    """The profiles of enrollments by their citation, and the attributes of persons by id."""
    return (
        {
            cite("enrollment", each.id): dict(each.profile)
            for each in known.all(Enrollment) if each.profile
        },
        {each.id: dict(each.attributes) for each in known.all(Person) if each.attributes},
    )  # fmt: skip
