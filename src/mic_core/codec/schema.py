"""The JSON Schema of documents, made from the declarations of fields.

What `loads` takes is valid. What the schema cannot say is left to `loads`: laws that relate several
fields, days and zones that exist, numbers of more than 28 digits, those that are whole only once
they are rounded, keys that stand twice, texts that show nothing since all their characters lie
beyond the first 65,536, the depth and size of a document.
"""

import inspect
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.chrono.hours import DAY_NAMES
from mic_core.chrono.months import WEEKDAYS
from mic_core.chrono.rulestring import MOST_CHARACTERS
from mic_core.codec.explain import RULE_KEYS, form_of, undeclared
from mic_core.codec.explain_document import FORMAT, SCHEMA
from mic_core.codec.text import DATE, INSTANT, LENGTH, MOMENT, NUMBER, TIME
from mic_core.codec.write import json_of
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Choice,
    Coded,
    Day,
    Field,
    Flag,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    classes_within,
    describe,
    fields_of,
)
from mic_core.fields.numbers import MOST_WHOLE
from mic_core.fields.texts import CONTROLS, CONTROLS_BUT_LINES, TURNING, UNSEEN
from mic_core.ids import ID_PATTERN
from mic_core.model import NOUNS, Leaf, Requirement

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LONGEST_HOURS = 2_000


def json_schema(cls: type[Any] | None = None) -> Schema:
    """The JSON Schema of a portfolio's document, or of one class, as data to be written as JSON.

    Draft 2020-12. `cls` is a noun or a class of values that nouns hold, for apps that exchange
    these by themselves; None means whole documents. Every class stands under `$defs` by its name,
    described as in its documentation. Personal fields are marked with `"x-personal": true`;
    `x-references` names the kinds of entities that an id may belong to, `x-unit` what a number
    counts. Made anew each time. Raises InvariantError for what documents do not hold.

    >>> room = json_schema()["$defs"]["Room"]
    >>> room["required"]
    ['id', 'center_id', 'name', 'seats']
    >>> room["properties"]["concurrency"]["minimum"]
    1
    """
    if cls is None:
        roots, top = tuple(NOUNS.values()), {"title": "A portfolio of mic_core", **_document()}
    else:
        if all(cls is not each for each in classes_within(*NOUNS.values())):
            rule = "must be a noun, a class of values that nouns hold, or None"
            raise InvariantError("json_schema", [Problem(path="cls", rule=rule, had=describe(cls))])
        roots, top = (cls,), _ref(cls.__name__)
    classes = sorted(classes_within(*roots), key=lambda each: each.__name__)
    definitions = {**_forms(), **{each.__name__: _class(each) for each in classes}}
    return {"$schema": _DIALECT, **top, "$defs": definitions}


def _document() -> Schema:
    """The frame of a document and of its batches."""
    rows = {kind: {"type": "array", "items": _ref(noun.__name__)} for kind, noun in NOUNS.items()}
    about = {"recorded_at": _shape(Maybe(Instant())), "actor": _shape(Maybe(Id()))}
    batch = {"description": "Values that were recorded together, by kind."}
    members = {
        "format": {"const": FORMAT},
        "schema": {"const": SCHEMA},
        "batches": {"type": "array", "items": {**batch, **_object({**about, **rows})}},
    }
    return _object(members, members)


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    listed = list(required)
    return {
        "type": "object",
        "properties": properties,
        **({"required": listed} if listed else {}),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _whole_text(pattern: str) -> str:
    """The pattern of a whole text; Python's `$` would let one line break follow."""
    return f"^(?:{pattern})$(?!\\n)"


_NAMES = {
    DATE: "date",
    INSTANT: "instant",
    LENGTH: "duration",
    MOMENT: "moment",
    NUMBER: "number",
    TIME: "time",
}
_FORMATS = {DATE: "date", INSTANT: "date-time"}


def _forms() -> Schema:
    """Values that JSON has no type for, and ids."""
    forms = {
        name: {
            "type": "string",
            "pattern": _whole_text(form.pattern),
            **({"format": _FORMATS[form]} if form in _FORMATS else {}),
            "description": _sentence(form.rule),
        }
        for form, name in _NAMES.items()
    }
    id = {"type": "string", "pattern": _whole_text(ID_PATTERN), "description": _sentence(Id().rule)}
    return {**forms, "id": id}


def _sentence(rule: str) -> str:
    return f"{rule[0].upper()}{rule[1:]}."


def _class(cls: Any) -> Schema:
    """The form of a value of a class."""
    text, sentences = _documentation(cls)
    about = {"title": cls.__name__, "description": text}
    if cls is WeeklyHours:
        return {**about, "type": "string", "maxLength": _LONGEST_HOURS, "pattern": _hours()}
    if cls is Recurrence:
        return {**about, "anyOf": _recurrences()}
    if cls is Requirement:
        return {**about, "anyOf": _requirements()}
    fields = fields_of(cls)
    properties = {field.name: _field(field, sentences) for field in fields}
    required = [field.name for field in fields if field.required]
    return {**about, **_object(properties, required)}


def _field(field: Field, sentences: list[str]) -> Schema:
    mine = [f"{each.rstrip(';.')}." for each in sentences if f"`{field.name}`" in each]
    schema: Schema = {"description": " ".join(mine)} if mine else {}
    schema |= _shape(field.shape)
    if field.personal:
        schema["x-personal"] = True
    if not field.required:
        schema["default"] = json.loads(json_of(field.shape)(field.default))
    return schema


def _documentation(cls: object) -> tuple[str, list[str]]:
    """What a class says of itself without its examples: the first paragraph, and all sentences."""
    text = (inspect.getdoc(cls) or "").partition(">>>")[0].replace("None", "null")
    paragraphs = [" ".join(each.split()) for each in text.strip().split("\n\n")]
    # A clause on null stays with the field that it belongs to.
    return paragraphs[0], re.split(r"(?<=\.) |(?<=;) (?!null)", " ".join(paragraphs))


def _shape(shape: Shape) -> Schema:
    """What a field of a shape takes."""
    form = form_of(shape)
    if form is not None:
        return {**_ref(_NAMES[form]), **_bounds(shape)}
    match shape:
        case Id():
            return _ref("id")
        case Ref(kinds):
            return {**_ref("id"), "x-references": [*kinds]}
        case Subject(kinds):
            pattern = _whole_text(f"(?:{'|'.join(kinds)}):{ID_PATTERN}")
            return {"type": "string", "pattern": pattern, "x-references": [*kinds]}
        case Text():
            return {"type": "string", **_text(shape)}
        case Coded(pattern):
            return {"type": "string", "pattern": _whole_text(pattern)}
        case Choice(words):
            return {"enum": [*words]}
        case Zone():
            return {"type": "string", "pattern": _whole_text(_ZONE), "x-format": "IANA time zone"}
        case Whole(least, most, unit):
            unit_of = {"x-unit": unit} if unit else {}
            return {"type": "integer", "minimum": least, "maximum": most, **unit_of}
        case Flag():
            return {"type": "boolean"}
        case Scalar():
            return {"anyOf": [_shape(each) for each in _FREE]}
        case _:
            return _composed(shape)


_FREE: tuple[Shape, ...] = (Text(most=2000, least=0, lines=True), Whole(-MOST_WHOLE), Flag())
_ZONE = "[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}"


def _composed(shape: Shape) -> Schema:
    match shape:
        case Maybe(item):
            return {"anyOf": [_shape(item), {"type": "null"}]}
        case Many(item, least, most) | Labels(item, least, most):
            fewest = {"minItems": least} if least else {}
            return {"type": "array", "items": _shape(item), **fewest, "maxItems": most}
        case Pairs(key, value, most):
            return {
                "type": "object",
                "propertyNames": _shape(key),
                "additionalProperties": _shape(value),
                "maxProperties": most,
            }
        case Value(cls):
            return _ref(cls.__name__)
        case _:
            return undeclared(shape)


def _text(shape: Text) -> Schema:
    """Lengths in characters; not blank unless nothing is enough; no control characters."""
    controls = CONTROLS_BUT_LINES if shape.lines else CONTROLS + TURNING
    lines = "\\u0009\\u000a" if shape.lines else ""
    filled = f"[^{UNSEEN}{lines}]"
    least = {"minLength": shape.least, "pattern": filled} if shape.least else {}
    return {**least, "maxLength": shape.most, "not": {"pattern": f"[{controls}]"}}


def _bounds(shape: Shape) -> Schema:
    """What can be said of the bounds of a value that is written as text."""
    match shape:
        case Number(Decimal() as least, most) if least == 0:
            # Zero may be written with a sign.
            below = {"pattern": "^(?!-(?!0(?:\\.0+)?$))"}
            if most == 1:
                return {**below, "allOf": [{"pattern": "^-?(?:0(?:\\.[0-9]+)?|1(?:\\.0+)?)$"}]}
            return below
        case Length(least) if least:
            return {"not": {"pattern": "^[^1-9]*$"}}
        case _:
            return {}


def _hours() -> str:
    """The notation of weekly hours."""
    day, clock = f"(?:{'|'.join(DAY_NAMES)})", "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
    days = f"{day}(?:-{day})?(?:,{day}(?:-{day})?)*"
    times = f"{clock}-(?:{clock}|24:00)"
    part = f"\\s*{days}(?: \\s*{times}(?:\\s*,\\s*{times})*)?\\s*"
    return f"^(?:\\s*24/7\\s*|\\s*closed\\s*|{part}(?:;{part})*)$"


def _recurrences() -> list[Schema]:
    """The text of a rule, or an object that adds dates to it."""
    days = f"[+-]?[0-9]{{0,2}}(?:{'|'.join(WEEKDAYS)})"
    values = {
        "FREQ": "(?:DAILY|WEEKLY|MONTHLY|YEARLY)",
        "INTERVAL": "[0-9]{1,9}",
        "COUNT": "[0-9]{1,9}",
        "UNTIL": "[0-9]{8}",
        "BYMONTH": "[0-9]{1,2}(?:,[0-9]{1,2})*",
        "BYMONTHDAY": "[+-]?[0-9]{1,2}(?:,[+-]?[0-9]{1,2})*",
        "BYDAY": f"{days}(?:,{days})*",
        "WKST": f"(?:{'|'.join(WEEKDAYS)})",
    }
    part = f"(?:{'|'.join(f'{name}={value}' for name, value in values.items())})"
    pattern = _whole_text(f"(?=(?:.*;)?FREQ=){part}(?:;{part})*")
    rule: Schema = {"type": "string", "maxLength": MOST_CHARACTERS, "pattern": pattern}
    dates = _shape(Labels(Day(), most=10_000))
    return [rule, _object({"rule": rule, "excluded": dates, "extra": dates}, ["rule"])]


def _requirements() -> list[Schema]:
    """An object with the parts under the name of the rule."""
    part = {"anyOf": [_ref(cls.__name__) for cls in (Leaf, Requirement)]}
    parts = {"type": "array", "items": part, "minItems": 1, "maxItems": 1000}
    forms: list[Schema] = []
    for rule, key in RULE_KEYS.items():
        properties: Schema = {key: part if rule == "not_" else parts}
        if rule == "n_of":
            properties["n"] = _shape(Whole(least=1))
        forms.append(_object(properties, properties))
    return forms
