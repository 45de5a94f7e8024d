"""Declarative field schemas: one annotation per field, from which all validation is derived.

A noun declares `seats: Annotated[int, Whole(least=0, unit="places")]`, or an alias of it. That one
declaration drives validation on construction, error messages, the JSON codec, JSON Schema,
Hypothesis strategies and the redaction of personal fields.

A shape (the schema of one value) has two methods: `settle` validates a value and converts it to
its canonical form, or reports problems; `test` generates the source of a fast expression that is
true only of canonical values. `settle` is the definition; `test` may reject more, never less.
"""

from mic_core.fields.arguments import Each, sound
from mic_core.fields.containers import Called, Either, Labels, Many, Maybe, Pairs, Scalar, Value
from mic_core.fields.declared import (
    Field,
    classes_within,
    fields_of,
    shape_of,
    tag_of,
    tagged_union,
)
from mic_core.fields.numbers import Flag, Number, Whole
from mic_core.fields.shape import (
    EXHAUSTED,
    PERSONAL,
    Bind,
    Found,
    Personal,
    Shape,
    binder,
    describe,
    is_a,
    nearest_word,
    refuse,
    settle_safely,
)
from mic_core.fields.texts import Choice, Coded, Id, OpenChoice, Ref, Subject, Text
from mic_core.fields.times import Clock, Day, Instant, Length, Zone

__all__ = [
    "EXHAUSTED",
    "PERSONAL",
    "Bind",
    "Called",
    "Choice",
    "Clock",
    "Coded",
    "Day",
    "Each",
    "Either",
    "Field",
    "Flag",
    "Found",
    "Id",
    "Instant",
    "Labels",
    "Length",
    "Many",
    "Maybe",
    "Number",
    "OpenChoice",
    "Pairs",
    "Personal",
    "Ref",
    "Scalar",
    "Shape",
    "Subject",
    "Text",
    "Value",
    "Whole",
    "Zone",
    "binder",
    "classes_within",
    "describe",
    "fields_of",
    "is_a",
    "nearest_word",
    "refuse",
    "settle_safely",
    "shape_of",
    "sound",
    "tag_of",
    "tagged_union",
]
