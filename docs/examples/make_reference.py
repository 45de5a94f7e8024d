"""Write the page that describes every module, docs/reference.md: `python make_reference.py`."""

import ast
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mic_core"

INTRODUCTION = """# Reference

The names that an application uses are importable from `mic_core` itself and loaded on first use.
Here each stands under the module that defines it, from the ground up.
"""

ORDER = (
    *(
        "errors",
        "ids",
        "fields",
        "checked",
        "findings",
        "markup",
        "chrono",
        "model",
        "portfolio",
        "timetable",
    ),
    *("rules", "scheduling", "impact", "admission", "cohorts", "catalog", "codec"),
    *("formats", "frames", "solvers", "samples", "testing"),
)
"""The parts of the package, lower ones first; a part that does not exist is passed over."""


def page() -> str:
    """The whole page."""
    modules = [name for name in _modules() if _defines(name)]
    modules.sort(key=lambda name: (ORDER.index(name.split(".")[1]), name))
    parts = groupby(modules, key=lambda name: name.split(".")[1])
    return "\n".join([INTRODUCTION, *(_section(part, list(held)) for part, held in parts)])


def _section(part: str, modules: list[str]) -> str:
    """One part of the package with its modules."""
    described = [f".. automodule:: {name}\n   :members:\n" for name in modules]
    return "\n".join([f"## {part}\n", "```{eval-rst}", "\n".join(described) + "```\n"])


def _modules() -> list[str]:
    """The dotted names of the modules below the face."""
    paths = [path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py")]
    names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if "." in name]


def _defines(name: str) -> bool:
    """Whether a module defines a public class or function itself."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(path.read_text("utf-8"))
    return any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        for node in tree.body
    )


if __name__ == "__main__":
    path = Path(__file__).parents[1] / "reference.md"
    path.write_text(page(), encoding="utf-8", newline="\n")
