"""How the fields of values are declared: once, as annotations.

A noun writes `seats: Annotated[int, Whole(least=0, unit="places")]`, or an alias of it. From that
one declaration come the check at construction, the explanation when it fails, the JSON reading and
writing, JSON Schema, test strategies and the redaction of personal fields.

Every shape offers two things: `test`, the source of an expression that is true only of a value
that is already in its canonical form, and `settle`, which brings a value into that form or says
what is wrong. `settle` is the definition; `test` may only ever be narrower.
"""

from mic_core.fields.arguments import Each, sound
from mic_core.fields.containers import Called, Either, Labels, Many, Maybe, Pairs, Scalar, Value
from mic_core.fields.declared import Field, classes_within, fields_of, shape_of
from mic_core.fields.numbers import Flag, Number, Whole
from mic_core.fields.shape import (
    PERSONAL,
    Bind,
    Found,
    Personal,
    Shape,
    describe,
    is_a,
    nearest_word,
    refuse,
    settle_safely,
)
from mic_core.fields.texts import Choice, Coded, Id, Ref, Subject, Text
from mic_core.fields.times import Clock, Day, Instant, Length, Zone

__all__ = [
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
    "classes_within",
    "describe",
    "fields_of",
    "is_a",
    "nearest_word",
    "refuse",
    "settle_safely",
    "shape_of",
    "sound",
]
