"""Write the descriptions of the JSON Schema: `python make_descriptions.py`, from the docstrings."""

import json
from importlib.resources import files
from pathlib import Path

from mic_core.codec.schema import docstrings


def text() -> str:
    """The whole file."""
    return json.dumps(docstrings(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    path = Path(str(files("mic_core.codec").joinpath("descriptions.json")))
    path.write_text(text(), encoding="utf-8")
