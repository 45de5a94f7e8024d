"""Write the pages of the reference, docs/reference/*.md: `python make_reference.py`.

They list the names that users import, and no others, each by the path by which it is imported. All
else that they say comes from docstrings, when Sphinx reads the pages.
"""

import ast
import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import mic_core

FOLDER = Path(__file__).parents[1] / "reference"
APART = ("holidays", "samples", "solvers", "testing")
"""The packages from which users import themselves; all other names are imported from `mic_core`."""

INDEX = """# Reference

The names that an application imports, on a page for each package of the library. Import them from
`mic_core`, which loads each on first use; those of {apart} from there.

| package | names |
|---|---|
{rows}

```{{toctree}}
:hidden:

{pages}
```
"""

MANY = 20
"""A page of more names than these has a section for each part of its package."""

LONGEST = 100
"""The most characters of source that are shown as the value of a constant."""


class Name(NamedTuple):
    """A public name: its package, the path to import it by, and the module that defines it."""

    package: str
    path: str
    home: str

    @property
    def last(self) -> str:
        """The name without the module that it is imported from."""
        return self.path.rpartition(".")[2]

    @property
    def section(self) -> str:
        """The part of its package that defines it; empty where the package has no parts."""
        return self.home.removeprefix(f"mic_core.{self.package}").strip(".").partition(".")[0]


def pages() -> dict[str, str]:
    """The text of each page, by the name of its file."""
    names = sorted(_names(), key=lambda name: name.package)
    packages = {each: list(held) for each, held in groupby(names, lambda name: name.package)}
    index = INDEX.format(
        apart=", ".join(f"`mic_core.{each}`" for each in APART),
        rows="\n".join(_row(package, held) for package, held in packages.items()),
        pages="\n".join(packages),
    )
    return {"index": index} | {each: _page(each, held) for each, held in packages.items()}


def _names() -> Iterator[Name]:
    """The public names in the order of the face."""
    face: dict[str, str] = vars(mic_core)["_NAMES_IN"]
    for module, names in face.items():
        for name in names.split():
            home = _home(f"mic_core.{module}", name)
            yield Name(module.partition(".")[0], f"mic_core.{name}", home)
    for package in APART:
        module = f"mic_core.{package}"
        for name in import_module(module).__all__:
            yield Name(package, f"{module}.{name}", _home(module, name))


def _home(module: str, name: str) -> str:
    """The module that defines a name that another one may only import."""
    held: object = getattr(import_module(module), name)
    if inspect.isclass(held) or inspect.isfunction(held):
        return held.__module__
    for node in _body(module):
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return _home(str(node.module), name)
    return module


def _body(module: str) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(import_module(module))).body


def _row(package: str, names: list[Name]) -> str:
    """A package in the table of the index."""
    listed = ", ".join(f"`{name.last}`" for name in names)
    return f"| [{package}]({package}.md) | {listed} |"


def _page(package: str, names: list[Name]) -> str:
    """The page of a package."""
    about = f".. automodule:: mic_core.{package}\n   :no-index:\n\n.. py:currentmodule:: mic_core\n"
    if len(names) <= MANY:
        return "\n".join([f"# {package}\n", _block([about, *map(_directive, names)])])
    parts = [f"# {package}\n", _block([about])]
    sections = sorted(names, key=lambda name: name.section)
    for section, held in groupby(sections, lambda name: name.section):
        title = [f"## {section.replace('_', ' ').capitalize()}\n"] if section else []
        parts += [*title, _block(map(_directive, held))]
    return "\n".join(parts)


def _block(directives: Iterable[str]) -> str:
    return "\n".join(["```{eval-rst}", "\n".join(directives) + "```\n"])


def _directive(name: Name) -> str:
    """The directive that describes a public name."""
    held: object = getattr(import_module(name.path.rpartition(".")[0]), name.last)
    if inspect.isfunction(held):
        return f".. autofunction:: {name.path}\n"
    if inspect.isclass(held):
        kind = "exception" if issubclass(held, Exception) else "class"
        return f".. auto{kind}:: {name.path}\n   :members:\n"
    return "\n".join([f".. py:data:: {name.last}", *_constant(name)]) + "\n"


def _constant(name: Name) -> Iterator[str]:
    """The type of a constant or its source, where short, and the docstring below it."""
    body = _body(name.home)
    for node, below in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name.last), annotation=annotation):
                yield f"   :type: {ast.unparse(annotation)}"
            case ast.Assign(targets=[ast.Name(id=name.last)], value=value):
                source = ast.unparse(value)
                yield from [f"   :value: {source}"] if len(source) <= LONGEST else []
            case _:
                continue
        match below:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield from ["", *(f"   {line}" for line in text.splitlines())]
            case _:
                pass


if __name__ == "__main__":
    for page, text in pages().items():
        (FOLDER / f"{page}.md").write_text(text, encoding="utf-8", newline="\n")
