"""The fields that a table of each kind may have: the columns of its schema, and shorter forms.

The columns are those of `table_schema`, under their own names or without the `_id` of a reference.
Shorter forms are what lists in use have: the first and last day of a period, a local start with
minutes, a status with its instant, a column for the instant of each status.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import attrs

from mic_core.codec.explain import text_form_of
from mic_core.codec.loading.cells import (
    Parse,
    parse_any,
    parse_citation,
    parse_clock,
    parse_date,
    parse_decimal,
    parse_flag,
    parse_free,
    parse_hours,
    parse_id,
    parse_ids,
    parse_length,
    parse_list,
    parse_moment,
    parse_text,
    parse_whole,
    parse_word,
)
from mic_core.codec.tables.columns import storages_of
from mic_core.codec.text import DATE, INSTANT, LENGTH, NUMBER, TIME, TextForm
from mic_core.fields import (
    Choice,
    Coded,
    Flag,
    Id,
    Labels,
    OpenChoice,
    Ref,
    Shape,
    Subject,
    Text,
    Whole,
    Zone,
)
from mic_core.model import NOUNS, TABLES

_BY_FORM: Mapping[TextForm, Parse] = {
    DATE: parse_date,
    INSTANT: parse_moment,
    LENGTH: parse_length,
    NUMBER: parse_decimal,
    TIME: parse_clock,
}


@attrs.frozen
class FieldForm:
    """The form of a field of a table: its parser, and other names under which it may be found."""

    parse: Parse
    aliases: tuple[str, ...] = ()


_PERIOD: Mapping[str, FieldForm] = {
    "first_day": FieldForm(parse_date, ("start_date", "from")),
    "last_day": FieldForm(parse_date, ("end_date", "to")),
    "days": FieldForm(parse_whole, ()),
}
_STATUS: Mapping[str, FieldForm] = {"status_at": FieldForm(parse_moment, ())}
ENROLLMENT_STATUSES = TABLES["enrollment"].statuses
_SHORT: Mapping[str, Mapping[str, FieldForm]] = {
    "edition": _STATUS,
    "session": {
        "start": FieldForm(parse_moment, ("starts_at", "start_time", "begin")),
        "end": FieldForm(parse_moment, ("ends_at", "end_time")),
        "day": FieldForm(parse_date, ("date",)),
        "time": FieldForm(parse_clock, ()),
        "minutes": FieldForm(parse_length, ("duration",)),
        "hours": FieldForm(parse_hours, ()),
        **_STATUS,
    },
    "enrollment": {
        "person": FieldForm(parse_id, ("person_id",)),
        "organization": FieldForm(parse_id, ("organization_id",)),
        "edition": FieldForm(parse_id, ("edition_id",)),
        "session": FieldForm(parse_id, ("session_id",)),
        "status": FieldForm(parse_word, ()),
        "effective_at": FieldForm(parse_moment, ()),
        "reason": FieldForm(parse_text, ()),
        "actor": FieldForm(parse_id, ()),
        **{f"{status}_at": FieldForm(parse_moment, ()) for status in ENROLLMENT_STATUSES},
    },
}
"""The shorter forms of some kinds, in the words of lists in use."""

EMBEDDED: Mapping[str, tuple[str, ...]] = {
    "assignment": ("person",),
    "attendance": ("person", "session"),
    "enrollment": ("person", "organization", "edition"),
    "headcount": ("session",),
    "membership": ("person", "organization"),
    "session": ("edition",),
}
"""The kinds whose fields a row may hold besides its own, as `person.name` in a list of persons."""

_FREE = {"person": "attributes", "enrollment": "profile"}
"""The field of free characteristics, each of which may have a column: `profile.gender`."""

_WORDS: Mapping[str, tuple[str, ...]] = {"attendance": ("attendances",), "person": ("people",)}
_ENDINGS = ("", "s")


@cache
def kinds_by_name() -> Mapping[str, str]:
    """The kind of each name that a table may have: singular or plural."""
    names: dict[str, str] = {}
    for kind in NOUNS:
        plurals = (f"{kind[:-1]}ies",) if kind.endswith("y") else ()
        for name in (*(kind + each for each in _ENDINGS), *plurals, *_WORDS.get(kind, ())):
            names[name] = kind
    return MappingProxyType(names)


def free_field(kind: str) -> str | None:
    """The field of free characteristics of a kind; None where it has none."""
    return _FREE.get(kind)


def form_of(kind: str, field: str) -> FieldForm | None:
    """The form of a field; `profile.anything` and `person.name` are fields too; None: no field."""
    own = fields_of_kind(kind).get(field)
    if own is not None:
        return own
    begin, _, rest = field.partition(".")
    if rest and begin == free_field(kind):
        return FieldForm(parse_free)
    if begin in EMBEDDED.get(kind, ()) and rest != "id":
        return form_of(begin, rest)
    return None


@cache
def fields_of_kind(kind: str) -> Mapping[str, FieldForm]:
    """The fields of a kind by name, those of its shorter forms first."""
    columns = {
        cell.column: cell.shape for storage in storages_of(NOUNS[kind]) for cell in storage.cells
    }
    fields = {**_SHORT.get(kind, {}), **(_PERIOD if "period_start" in columns else {})}
    for column, shape in columns.items():
        if column not in fields:
            fields[column] = FieldForm(_parser(shape), _aliases(kind, column))
    return MappingProxyType(fields)


def _aliases(kind: str, column: str) -> tuple[str, ...]:
    if column == "id":
        return (kind, f"{kind}_id")
    return (column.removesuffix("_id"),) if column.endswith("_id") else ()


def _parser(shape: Shape) -> Parse:
    form = text_form_of(shape)
    if form is not None:
        return _BY_FORM[form]
    match shape:
        case Id() | Ref():
            return parse_id
        case Subject():
            return parse_citation
        case Choice() | OpenChoice():
            return parse_word
        case Whole():
            return parse_whole
        case Flag():
            return parse_flag
        case Text() | Coded() | Zone():
            return parse_text
        case Labels(Ref()):
            return parse_ids
        case Labels(Text()):
            return parse_list
        case _:
            return parse_any
