"""The schema mapping: for each field of a table, the columns and the words it is read from."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

import attrs

from mic_core.checked import checked
from mic_core.codec.loading.cells import parse_date, parse_moment
from mic_core.codec.loading.fields import (
    EMBEDDED,
    FieldForm,
    fields_of_kind,
    form_of,
    free_field,
    kinds_by_name,
)
from mic_core.codec.loading.grid import TableGrid
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Found,
    Labels,
    Many,
    Maybe,
    Pairs,
    Scalar,
    Text,
    is_a,
    nearest_word,
    refuse,
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class FieldSource:
    """The source of a field: a column, its words in ours, its marks of a missing value.

    `column` is a header; None: no column, so that every row has `default`. `columns` are several
    instead, whose texts are joined by dashes. `words` pairs the texts
    of the table with those meant. `missing` are texts that stand for nothing, besides those of
    the load. `default` is the value where there is none. `days_since_start` means that the cells
    are whole numbers of days since the first day of the edition, negative before it. `opaque`
    means that an id is only a digest of the text, for texts that are names of persons.

    >>> FieldSource(column="final_result", words={"Pass": "completed", "Fail": "incomplete"})
    FieldSource(column='final_result', words=(('Fail', 'incomplete'), ('Pass', 'completed')))
    """

    column: Annotated[str | None, Maybe(Text(most=1000, lines=True))] = None
    columns: Annotated[tuple[str, ...], Many(Text(most=1000, lines=True))] = ()
    words: Annotated[
        tuple[tuple[str, str | int | bool], ...] | Mapping[str, str | int | bool],
        Pairs(Text(most=1000, lines=True), Scalar()),
    ] = ()
    missing: Annotated[tuple[str, ...], Labels(Text(most=1000, least=0, lines=True))] = ()
    default: Annotated[str | int | bool | None, Maybe(Scalar())] = None
    days_since_start: bool = False
    opaque: bool = False


FieldSpec = str | tuple[str, ...] | FieldSource | None
"""A column, several whose texts are joined by dashes, a source in full, or None: not read."""

TableSpec = Mapping[str, FieldSpec | Mapping[str, FieldSpec]]
"""The sources of the fields of one table, and under `table` the kind of its rows."""


@attrs.frozen
class BoundField:
    """A field of a table bound to its columns: headers, source and form."""

    headers: tuple[str, ...]
    source: FieldSource
    form: FieldForm

    @property
    def label(self) -> str:
        """The headers as problems name them."""
        return "+".join(self.headers)


@attrs.frozen(eq=False)
class BoundTable:
    """A table with its kind and the bound fields; `unread` are the headers that no field reads.

    `implied` are the embedded kinds of which only a name is read, from the column of the id.
    """

    name: str
    kind: str
    grid: TableGrid
    fields: Mapping[str, BoundField]
    unread: tuple[str, ...]
    implied: tuple[str, ...] = ()


_PRESETS: Mapping[str, tuple[str, Mapping[str, FieldSpec]]] = {
    "jobs": (
        "observation",
        {
            "value": "jobs",
            "indicator_id": FieldSource(default="jobs-enabled"),
            "unit": FieldSource(default="jobs"),
        },
    ),
}
"""Tables in use that are no kind: the kind of their rows, and the sources of their fields."""


def bind_table(name: str, grid: TableGrid, spec: TableSpec, found: Found) -> BoundTable | None:
    """Bind the fields of a table to its columns; None after appending what does not fit.

    A field without a source of its own is read from the column of its name, or of one of the other
    names it has; headers are compared without case, spaces and punctuation.
    """
    flat = dict(_flat(spec, name, found))
    given = flat.pop("table", None)
    preset, usual = _PRESETS.get(given if isinstance(given, str) else name, ("", {}))
    wanted = preset or (given if isinstance(given, str) else name)
    kind = kinds_by_name().get(_plain_header(wanted))
    if kind is None:
        rule = "must be named after what it holds, or have a kind under `table` in `columns`"
        mend = nearest_word(wanted, kinds_by_name())
        found.append(Problem(path=f"tables.{name}", rule=rule, mend=mend))
        return None
    if usual:
        flat = {**{k: v for k, v in usual.items() if _usable(v, grid)}, **flat}
    before = len(found)
    bound = {
        field: each
        for field, one in flat.items()
        if (each := _bound(name, kind, field, one, grid, found)) is not None
    }
    if len(found) > before:
        return None
    known = {_canonical(kind, field): each for field, each in bound.items()}
    skipped = {_canonical(kind, field) for field, one in flat.items() if one is None}
    taken = {header for each in known.values() for header in each.headers}
    fields = {**known, **_found_by_name(kind, grid, {*known, *skipped}, taken)}
    read = {header for each in fields.values() for header in each.headers}
    unread = tuple(header for header in grid.columns if header not in read)
    fields, implied = _with_names(kind, fields)
    return BoundTable(
        name=name, kind=kind, grid=grid, fields=fields, unread=unread, implied=implied
    )


_NAMED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "assignment": {"person_id": ("person", "name")},
    "attendance": {"person_id": ("person", "name"), "session_id": ("session", "title")},
    "enrollment": {"person": ("person", "name"), "organization": ("organization", "name")},
    "headcount": {"session_id": ("session", "title")},
    "membership": {"person_id": ("person", "name"), "organization_id": ("organization", "name")},
}
"""For each kind, the fields with ids of others, with the kind and the name of each of these."""


def _with_names(
    kind: str, fields: dict[str, BoundField]
) -> tuple[dict[str, BoundField], tuple[str, ...]]:
    """The fields with names of others, which are the texts of their ids if nothing else is."""
    implied: list[str] = []
    for field, (named, part) in _NAMED.get(kind, {}).items():
        name, form = f"{named}.{part}", form_of(named, part)
        if field in fields and name not in fields and form is not None:
            if not any(each.startswith(f"{named}.") for each in fields):
                implied.append(named)
            fields[name] = BoundField(fields[field].headers, fields[field].source, form)
    return fields, tuple(implied)


def _usable(spec: FieldSpec, grid: TableGrid) -> bool:
    return not isinstance(spec, str) or spec in grid.columns


def _flat(spec: TableSpec, name: str, found: Found) -> Iterator[tuple[str, Any]]:
    """The sources by field; those within a mapping, or a tuple of characteristics, by `a.b`."""
    for field, one in spec.items():
        path = f"columns.{name}"
        if not is_a(field, str):
            refuse(found, path, "must be sources by the names of fields", field)
        elif isinstance(one, Mapping):
            inner = cast("Mapping[Any, Any]", one)
            yield from ((f"{field}.{key}", each) for key, each in inner.items())
        elif field in {"profile", "attributes"} and isinstance(one, tuple):
            names = cast("tuple[object, ...]", one)
            yield from ((f"{field}.{_plain_header(str(each))}", each) for each in names)
        else:
            yield field, one


def _bound(
    name: str, kind: str, field: str, spec: object, grid: TableGrid, found: Found
) -> BoundField | None:
    """A field bound to what its source names; None for None, and after appending a problem."""
    path = f"columns.{name}.{field}"
    form = form_of(kind, _canonical(kind, field))
    if form is None:
        mend = nearest_word(field, _names(kind))
        found.append(Problem(path=path, rule=f"must be a field of {kind}", mend=mend))
        return None
    if spec is None:
        return None
    source, headers = _source_of(spec)
    if source is None:
        refuse(found, path, "must be a column, a tuple of columns or a FieldSource", spec)
        return None
    if source.days_since_start and form.parse not in {parse_date, parse_moment}:
        rule = "must be a field of dates or instants, where days since the start are given"
        found.append(Problem(path=path, rule=rule))
        return None
    lost = [header for header in headers if header not in grid.columns]
    if lost and grid.rows:
        rule = "must name columns of the table"
        found.append(Problem(path=path, rule=rule, mend=nearest_word(lost[0], grid.columns)))
        return None
    return BoundField(headers=() if lost else headers, source=source, form=form)


def _source_of(spec: object) -> tuple[FieldSource | None, tuple[str, ...]]:
    """The source and the headers of a field; None for what is no source."""
    if isinstance(spec, FieldSource):
        return spec, (*spec.columns, *(() if spec.column is None else (spec.column,)))
    listed = cast("tuple[object, ...]", spec) if isinstance(spec, tuple) else (spec,)
    headers = tuple(each for each in listed if isinstance(each, str))
    return FieldSource() if headers and len(headers) == len(listed) else None, headers


def _names(kind: str) -> Iterator[str]:
    for field, form in fields_of_kind(kind).items():
        yield from (field, *form.aliases)


def _canonical(kind: str, field: str) -> str:
    """The name of a field, where one of its other names is given."""
    begin, dot, rest = field.partition(".")
    if dot and begin in EMBEDDED.get(kind, ()):
        return f"{begin}.{_canonical(begin, rest)}"
    fields = fields_of_kind(kind)
    if field in fields:
        return field
    return next((name for name, form in fields.items() if field in form.aliases), field)


_LOOSE: Mapping[str, Mapping[str, str]] = {
    "attendance": {
        "name": "person.name", "start": "session.start", "starts_at": "session.start",
        "day": "session.day", "date": "session.day", "time": "session.time",
        "end": "session.end", "edition": "session.edition_id", "edition_id": "session.edition_id",
        "title": "session.title", "session_title": "session.title",
        "session_minutes": "session.minutes",
    },
    "enrollment": {"name": "person.name"},
}  # fmt: skip
"""Columns in lists of persons that are about the person or the session of a row."""


def _found_by_name(
    kind: str, grid: TableGrid, known: set[str], taken: set[str]
) -> dict[str, BoundField]:
    """The fields that have a column of their name, or of one of their other names."""
    headers: dict[str, str] = {}
    for each in grid.columns:
        if each not in taken:
            headers.setdefault(_plain_header(each), each)
    fields: dict[str, BoundField] = {}
    names = {each: (each, *form.aliases) for each, form in fields_of_kind(kind).items()}
    for field, name in _LOOSE.get(kind, {}).items():
        names[name] = (*names.get(name, ()), field)
    for field, own in names.items():
        header: str | None = next((headers[each] for each in own if each in headers), None)
        form = form_of(kind, field)
        if header is not None and field not in known and form is not None:
            fields[field] = BoundField(headers=(header,), source=FieldSource(), form=form)
            headers = {each: one for each, one in headers.items() if one != header}
    prefix = free_field(kind)
    for free in headers.values():
        begin, _, rest = free.strip().partition(".")
        form = form_of(kind, f"{prefix}.{rest}") if rest and begin == prefix else None
        if form is not None and f"{prefix}.{rest}" not in known:
            fields[f"{prefix}.{rest}"] = BoundField((free,), FieldSource(), form)
    return fields


def _plain_header(header: str) -> str:
    """A header in small letters, other characters as underscores; also without a BOM."""
    return re.sub("[^a-z0-9]+", "_", header.lower()).strip("_")


def checked_specs(columns: object, tables: Mapping[str, object]) -> dict[str, TableSpec]:
    """The sources of each table; raises InvariantError for tables that there are not."""
    found: Found = []
    if columns is None:
        return {}
    if not isinstance(columns, Mapping):
        refuse(found, "columns", "must map tables to sources of their fields", columns)
        raise InvariantError("from_tables", found)
    specs = {**cast("Mapping[str, Any]", columns)}
    for name, spec in specs.items():
        if name not in tables:
            mend = nearest_word(name, tables)
            path = f"columns.{name}" if is_a(name, str) else "columns"
            found.append(Problem(path=path, rule="must be a table of the load", mend=mend))
        elif not isinstance(spec, Mapping):
            refuse(found, f"columns.{name}", "must map fields to their sources", spec)
    if found:
        raise InvariantError("from_tables", found)
    return specs
