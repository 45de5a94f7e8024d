"""Write the descriptions of the JSON Schema: `python make_descriptions.py`, then `ruff format`."""

import json
from pathlib import Path
from textwrap import wrap

from mic_core.codec import schema

HEAD = '''"""Descriptions of the JSON Schema: docstrings of classes, which `python -OO` drops.

Made by `docs/examples/make_descriptions.py`; a test compares them.
"""

DESCRIPTIONS = {
'''


def text() -> str:
    """The source of the whole module."""
    return HEAD + "".join(entry(*each) for each in schema.docstrings().items()) + "}\n"


def entry(name: str, description: str) -> str:
    """One description, in lines of a string."""
    paragraphs = description.splitlines(keepends=True)
    lines = [line for each in paragraphs for line in _lines(each)]
    literals = "".join(f"        {json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    return f"    {json.dumps(name)}: (\n{literals}    ),\n"


def _lines(paragraph: str) -> list[str]:
    return wrap(paragraph, 84, drop_whitespace=False, replace_whitespace=False)


if __name__ == "__main__":
    path = Path(schema.__file__).with_name("descriptions.py")
    path.write_text(text(), encoding="utf-8")
