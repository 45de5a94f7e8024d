"""JSON Schema (draft 2020-12) of documents, derived from the declarations of fields.

Every document that `loads` accepts without converting it is valid under the schema. The converse
does not hold: only `loads` checks laws between fields, dates and zones that exist, decimals of more
than 28 digits, numbers that are integers only after rounding to a float, duplicate keys, blank
texts made of invisible characters beyond U+FFFF, and the depth and size of a document.
"""

import inspect
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.chrono.hours import DAY_NAMES, LONGEST_HOURS
from mic_core.chrono.months import WEEKDAYS
from mic_core.chrono.rulestring import MOST_CHARACTERS
from mic_core.codec.descriptions import DESCRIPTIONS
from mic_core.codec.explain import RULE_KEYS, reject_shape, text_form_of
from mic_core.codec.explain_document import FORMAT, SCHEMA
from mic_core.codec.text import DATE, INSTANT, LENGTH, MOMENT, NUMBER, TIME
from mic_core.codec.write import json_of
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Choice,
    Coded,
    Day,
    Either,
    Field,
    Flag,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    OpenChoice,
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
    tag_of,
    tagged_union,
)
from mic_core.fields.numbers import MOST_WHOLE
from mic_core.fields.texts import CONTROLS, CONTROLS_BUT_LINES, TURNING, UNSEEN, WORD_PATTERN
from mic_core.ids import ID_PATTERN
from mic_core.model import NOUNS, Leaf, Requirement

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(cls: type[Any] | None = None) -> Schema:
    """The JSON Schema of portfolio documents, or of one class, as JSON-serialisable data.

    Draft 2020-12. `cls` is a noun or a class of values within nouns, for apps that exchange these
    alone; None means whole documents. `$defs` holds every class by its name, with its docstring as
    the description. Personal fields are marked with `"x-personal": true`; `x-references` lists the
    kinds that an id may refer to, `x-unit` is the unit of a number. Computed anew on each call.
    Raises InvariantError for other classes.

    >>> room = json_schema()["$defs"]["Room"]
    >>> room["required"]
    ['id', 'center_id', 'name']
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
    """The schema of a document and of its batches, around the rows."""
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
    """The schema of an object without additional properties."""
    names = list(required)
    return {
        "type": "object",
        "properties": properties,
        **({"required": names} if names else {}),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    """A reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def _whole_text(pattern: str) -> str:
    """An anchored pattern; in Python, `$` alone would also match before a final line feed."""
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
    """Definitions of the text forms of values without a JSON type, and of ids."""
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
    """A rule as a sentence."""
    return f"{rule[0].upper()}{rule[1:]}."


def _class(cls: Any) -> Schema:
    """The schema of a class."""
    text, sentences = _documentation(cls)
    about = {"title": cls.__name__, "description": text}
    if cls is WeeklyHours:
        return {**about, "type": "string", "maxLength": LONGEST_HOURS, "pattern": _hours()}
    if cls is Recurrence:
        return {**about, "anyOf": _recurrences()}
    if cls is Requirement:
        return {**about, "anyOf": _requirements()}
    fields = fields_of(cls)
    properties = {field.name: _field(field, sentences) for field in fields}
    required = [field.name for field in fields if field.required]
    if (tag := tag_of(cls)) is not None:
        properties = {tag[0]: {"const": tag[1]}, **properties}
        required = [tag[0], *required]
    return {**about, **_object(properties, required)}


def _field(field: Field, sentences: list[str]) -> Schema:
    """The schema of a field; its description is every sentence that names it."""
    mine = [f"{each.rstrip(';.')}." for each in sentences if f"`{field.name}`" in each]
    schema: Schema = {"description": " ".join(mine)} if mine else {}
    schema |= _shape(field.shape)
    if field.personal:
        schema["x-personal"] = True
    if not field.required:
        schema["default"] = json.loads(json_of(field.shape)(field.default))
    return schema


def docstrings() -> dict[str, str]:
    """The docstrings of the classes that the schema describes, a paragraph a line, no examples."""
    classes = sorted(classes_within(*NOUNS.values()), key=lambda each: each.__name__)
    return {each.__name__: _paragraphs(inspect.getdoc(each) or "") for each in classes}


def _paragraphs(docstring: str) -> str:
    paragraphs = docstring.partition(">>>")[0].strip().split("\n\n")
    return "\n".join(" ".join(each.split()) for each in paragraphs)


def _documentation(cls: type[Any]) -> tuple[str, list[str]]:
    """The docstring of a class without its examples: its first paragraph, and all sentences."""
    paragraphs = DESCRIPTIONS[cls.__name__].replace("None", "null").split("\n")
    # A clause on null stays with the field that it belongs to.
    return paragraphs[0], re.split(r"(?<=\.) |(?<=;) (?!null)", " ".join(paragraphs))


def _shape(shape: Shape) -> Schema:
    """The schema of the JSON form of a shape."""
    form = text_form_of(shape)
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
        case Choice(words, former):
            return {"enum": [*words, *(word for word, _ in former)]}
        case OpenChoice(words):
            pattern = _whole_text(WORD_PATTERN)
            return {"type": "string", "pattern": pattern, "examples": [*words]}
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
    """The schema of a shape made of other shapes."""
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
        case Either() if tagged_union(shape)[0]:
            return {"anyOf": [_ref(cls.__name__) for cls in shape.types()]}
        case _:
            return reject_shape(shape)


def _text(shape: Text) -> Schema:
    """The length of a text in code points, a visible character, no control characters."""
    controls = CONTROLS_BUT_LINES if shape.lines else CONTROLS + TURNING
    lines = "\\u0009\\u000a" if shape.lines else ""
    visible = f"[^{UNSEEN}{lines}]"
    least = {"minLength": shape.least, "pattern": visible} if shape.least else {}
    return {**least, "maxLength": shape.most, "not": {"pattern": f"[{controls}]"}}


def _bounds(shape: Shape) -> Schema:
    """Bounds of a value written as text, if a regular expression can express them."""
    match shape:
        case Number(Decimal() as least, most) if least == 0:
            # No minus sign, except before a zero.
            not_negative = {"pattern": "^(?!-(?!0(?:\\.0+)?$))"}
            if most == 1:
                at_most_1 = {"pattern": "^-?(?:0(?:\\.[0-9]+)?|1(?:\\.0+)?)$"}
                return {**not_negative, "allOf": [at_most_1]}
            return not_negative
        case Length(least) if least:
            return {"not": {"pattern": "^[^1-9]*$"}}  # some digit is not zero
        case _:
            return {}


def _hours() -> str:
    """Regular expression of the notation of weekly hours."""
    day, clock = f"(?:{'|'.join(DAY_NAMES)})", "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
    days = f"{day}(?:-{day})?(?:,{day}(?:-{day})?)*"
    times = f"{clock}-(?:{clock}|24:00)"
    part = f"\\s*{days}(?: \\s*{times}(?:\\s*,\\s*{times})*)?\\s*"
    return f"^(?:\\s*24/7\\s*|\\s*closed\\s*|{part}(?:;{part})*)(?:;\\s*)?$"


def _recurrences() -> list[Schema]:
    """The two forms of a recurrence: the text of a rule, or an object that adds dates to it."""
    days = f"[+-]?[0-9]{{0,2}}(?:{'|'.join(WEEKDAYS)})"
    values = {
        "FREQ": "(?:DAILY|WEEKLY|MONTHLY|YEARLY)",
        "INTERVAL": "[0-9]{1,9}",
        "COUNT": "[0-9]{1,9}",
        "UNTIL": "[0-9]{8}",
        "BYMONTH": "[0-9]{1,2}(?:,[0-9]{1,2})*",
        "BYMONTHDAY": "[+-]?[0-9]{1,2}(?:,[+-]?[0-9]{1,2})*",
        "BYYEARDAY": "[+-]?[0-9]{1,3}(?:,[+-]?[0-9]{1,3})*",
        "BYWEEKNO": "[+-]?[0-9]{1,2}(?:,[+-]?[0-9]{1,2})*",
        "BYSETPOS": "[+-]?[0-9]{1,3}(?:,[+-]?[0-9]{1,3})*",
        "BYDAY": f"{days}(?:,{days})*",
        "WKST": f"(?:{'|'.join(WEEKDAYS)})",
    }
    part = f"(?:{'|'.join(f'{name}={value}' for name, value in values.items())})"
    pattern = _whole_text(f"(?=(?:.*;)?FREQ=){part}(?:;{part})*")
    rule: Schema = {"type": "string", "maxLength": MOST_CHARACTERS, "pattern": pattern}
    dates = _shape(Labels(Day(), most=10_000))
    return [rule, _object({"rule": rule, "excluded": dates, "extra": dates}, ["rule"])]


def _requirements() -> list[Schema]:
    """The four forms of a requirement: an object whose key is the operator."""
    part = {"anyOf": [_ref(cls.__name__) for cls in (Leaf, Requirement)]}
    parts = {"type": "array", "items": part, "minItems": 1, "maxItems": 1000}
    forms: list[Schema] = []
    for rule, key in RULE_KEYS.items():
        properties: Schema = {key: part if rule == "not_" else parts}
        if rule == "n_of":
            properties["n"] = _shape(Whole(least=1))
        forms.append(_object(properties, properties))
    return forms
