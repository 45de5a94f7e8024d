"""The public face: one table, which people, programs and type checkers see alike."""

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import mic_core

TREE = ast.parse(Path(mic_core.__file__).read_text("utf-8"))


def _table() -> dict[str, str]:
    """Each public name and its module, as the package loads them."""
    for node in TREE.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_NAMES_IN":
            listed: dict[str, str] = ast.literal_eval(node.value)
            return {name: module for module, names in listed.items() for name in names.split()}
    raise LookupError("_NAMES_IN")


def _seen_by_type_checkers() -> dict[str, str]:
    """Each public name and its module, as type checkers see them."""
    (block,) = (node for node in TREE.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert all(alias.asname is None for node in imports for alias in node.names)
    return {
        alias.name: (node.module or "").removeprefix("mic_core.")
        for node in imports
        for alias in node.names
    }


def test_type_checkers_see_what_is_loaded() -> None:
    """The imports for type checkers name the modules that the table names."""
    assert _seen_by_type_checkers() == _table()


def test_all_is_the_table() -> None:
    """`__all__` and `dir` list the table and the version, nothing else."""
    assert set(mic_core.__all__) == {*_table(), "__version__"}
    assert len(mic_core.__all__) == len(set(mic_core.__all__))
    assert dir(mic_core) == sorted(mic_core.__all__)


def _rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as linters sort them."""
    return 0 if name.isupper() else 1 if name[0].isupper() else 2, name


def test_the_table_is_sorted() -> None:
    """A name is found, and added, in one place: modules in order, and names within each."""
    table = _table()
    modules = list(dict.fromkeys(table.values()))
    assert modules == sorted(modules)
    for module in modules:
        names = [name for name, home in table.items() if home == module]
        assert names == sorted(names, key=_rank)


@pytest.mark.parametrize(("name", "module"), _table().items())
def test_a_public_name_is_the_one_of_its_module(name: str, module: str) -> None:
    """What the face hands out is the very object that its module defines."""
    expected: object = getattr(import_module(f"mic_core.{module}"), name)
    for _ in ("on first use", "kept"):
        assert getattr(mic_core, name) is expected


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does on any module."""
    with pytest.raises(AttributeError, match="'mic_core' has no attribute 'Portfollio'"):
        _ = getattr(mic_core, "Portfollio")  # noqa: B009  # a type checker must not see it


def test_the_version_stands_in_one_place() -> None:
    """The installed package is of the version that the face states."""
    assert mic_core.__version__ == version("mic_core")


def test_the_package_is_typed() -> None:
    """What is installed tells type checkers that its annotations count."""
    assert Path(mic_core.__file__).with_name("py.typed").exists()


def test_importing_the_face_loads_nothing_else() -> None:
    """Nothing outside the standard library is loaded before a name is used."""
    code = (
        "import sys; before = set(sys.modules); import mic_core;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before}"
        " - sys.stdlib_module_names)"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["mic_core"]


def _loaded(code: str) -> set[str]:
    """The modules that some code loads in a new interpreter."""
    script = f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"
    shown = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(shown.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import mic_core; mic_core.Room(id='r', center_id='c', name='Lab', seats=40)",
        (
            "import mic_core; mic_core.loads("
            '\'{"format": "mic_core.portfolio", "schema": 2, "batches": []}\')'
        ),
        "import mic_core; mic_core.Portfolio.of()",
    ],
)
def test_a_first_value_loads_neither_pages_nor_digests(code: str) -> None:
    """What nouns, documents and portfolios do not need is loaded by its first use only."""
    slow = {
        "base64", "calendar", "hashlib", "html", "mic_core.codec.schema",
        "mic_core.codec.tables.columns", "mic_core.findings", "mic_core.markup",
        "mic_core.portfolio.slices",
    }  # fmt: skip
    assert slow.isdisjoint(_loaded(code))


@pytest.mark.parametrize("package", ["mic_core.codec", "mic_core.portfolio"])
def test_a_package_offers_all_its_names(package: str) -> None:
    """Names that are loaded on first use are there, and no others."""
    module = import_module(package)
    assert all(getattr(module, name) is not None for name in module.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = module.nothing
