"""The declaration of every field of every noun, as text: renewed by running this file.

    python -m tests.model.declarations

The text is compared in a test. A change of the vocabulary, of a bound or of a default, which
documents and apps rest on, so shows as a change of lines that somebody reads.
"""

from pathlib import Path

from mic_core.fields import Coded, Field, Maybe, Shape, fields_of
from mic_core.fields.declared import shapes_within
from tests.model.outcomes import CLASSES

FILE = Path(__file__).with_name("declarations.txt")
OWN = tuple(cls for cls in CLASSES if cls.__module__.startswith("mic_core.model"))


def written() -> str:
    """One line for each field."""
    return "".join(f"{cls.__name__}.{_told(field)}\n" for cls in OWN for field in fields_of(cls))


def _told(field: Field) -> str:
    parts = [each for each in shapes_within(field.shape) if not isinstance(each, Maybe)]
    kept = ", or None" if isinstance(field.shape, Maybe) else ""
    personal = ", personal" if field.personal else ""
    default = "" if field.required else f"; {field.default!r}"
    return f"{field.name}: {' of '.join(map(_rule, parts))}{kept}{personal}{default}"


def _rule(shape: Shape) -> str:
    rule = shape.rule.removeprefix("must be ").removesuffix(", not blank")
    rule = rule.partition(": 1 to 64 of ")[0]
    return f"{rule} {shape.pattern}" if isinstance(shape, Coded) else rule


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8", newline="\n")
