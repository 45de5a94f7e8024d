"""Draw the picture of the first page: `python make_index.py`, into docs/examples/index.html.

The example of docs/index.md is run, so the page shows the output of the code that it prints.
"""

import re
from pathlib import Path
from typing import Any

from mic_core.markup import Html, notebook

INDEX = Path(__file__).parents[1] / "index.md"
PICTURE = Path(__file__).with_name("index.html")


def picture() -> str:
    """The picture that the example makes, with its style sheet."""
    names: dict[str, Any] = {}
    for block in re.findall(
        r"^```python\n(.*?)^```$", INDEX.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        exec(block, names)  # noqa: S102  # our own page
    made: Html = names["picture"]
    return f"{notebook(made)}\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
