"""Each notebook runs, and its page shows what it gives."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
MADE: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "examples" / "make_notebooks.py"))
NAMES: list[str] = MADE["notebook_names"]()
# Needs of a notebook besides the core, by its name: libraries, and the folder of real data.
NEEDS: dict[str, tuple[str, ...]] = {"boostcamp-season": ("pandas", "narwhals")}
ON_REAL_DATA = {"accelerator-batches", "boostcamp-season"}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_what_its_notebook_gives(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code, all that it prints and each picture are those of a run now."""
    for library in NEEDS.get(name, ()):
        pytest.importorskip(library)
    if name in ON_REAL_DATA:
        monkeypatch.setenv("MIC_CORE_DATA", str(request.getfixturevalue("shared_data")))
    monkeypatch.chdir(os.getcwd())  # a notebook may change the folder  # noqa: PTH109
    page = (ROOT / "docs" / "notebooks" / f"{name}.md").read_text("utf-8")
    assert MADE["notebook_page"](name) == page


def test_cells_are_told_apart_by_their_marks() -> None:
    """Text loses its comment signs, empty cells are left out, titles of cells are allowed."""
    source = "# %% [markdown]\n# # Title\n#\n# Text.\n\n# %% first\na = 1\n\n# %%\n"
    cells = [tuple(each) for each in MADE["notebook_cells"](source)]
    assert cells == [("# Title\n\nText.", True), ("a = 1", False)]
