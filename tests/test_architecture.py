"""The rules of the house that no linter knows."""

import ast
import importlib
import re
import runpy
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import mic_core
from mic_core.codec.descriptions import DESCRIPTIONS
from mic_core.codec.schema import docstrings

ROOT = Path(__file__).parents[1]
PACKAGE = Path(mic_core.__file__).parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LONGEST = 500
MOST_MODULES = 13

ENTRIES = {
    ".ci",
    ".git",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "docs",
    "noxfile.py",
    "pyproject.toml",
    "src",
    "tests",
}
# Written in pieces, so that this file may be looked through too.
MACHINE_PATHS = re.compile("/(work|root|home|opt|tmp|Users)" + "/")
# One dependency whose name in code differs from its name on the package index.
DISTRIBUTIONS = {"attr": "attrs", "dateutil": "python-dateutil"}
# A library that several modules of one package know, which is all about it.
HOMES = {"hypothesis": "mic_core.testing"}
# Names that each module may define for itself: type variables.
# Type variables; and the entry point that Hypothesis calls beside the register of a session.
HOMONYMS = {"N", "T", "register"}
# The packages from which users import themselves.
APART = ("holidays", "samples", "solvers", "testing")
# What reads or writes outside, or asks for the machine's own zone or language.
IMPURE = {"breakpoint", "input", "open", "print", "strftime"}


def _modules() -> dict[str, ast.Module]:
    """The modules of the installed package by dotted name."""
    found: dict[str, ast.Module] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("mic_core", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    return found


MODULES = _modules()


def _scripts() -> list[Path]:
    """All Python files of the repository and the package."""
    folders = (PACKAGE, ROOT / "tests", ROOT / "docs")
    return [ROOT / "noxfile.py", *(path for each in folders for path in each.rglob("*.py"))]


def _own_entries() -> list[Path]:
    """What stands at the top of the repository, without what version control ignores."""
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    ignored = [line.strip("/") for line in lines if line and not line.startswith("#")]
    return [
        path for path in ROOT.iterdir() if not any(fnmatch(path.name, each) for each in ignored)
    ]


def _imported(tree: ast.Module) -> set[str]:
    """The top-level names of what a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _importers() -> dict[str, set[str]]:
    """Each third-party import with the modules of the package that import it."""
    importers: dict[str, set[str]] = defaultdict(set)
    for module, tree in MODULES.items():
        for name in _imported(tree) - sys.stdlib_module_names - {"mic_core"}:
            importers[name].add(module)
    return importers


def _defined(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes at the top of a module, without overloads."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if "overload" not in marks:
                yield node


def _public_names(tree: ast.Module) -> set[str]:
    """The names that a module itself defines for others."""
    names = {node.name for node in _defined(tree)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def test_no_file_is_long() -> None:
    """A file holds one theme, in at most 500 lines."""
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in _scripts()}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_no_folder_is_crowded() -> None:
    """A folder of the package holds at most 13 modules, not counting what makes it a package."""
    found = Counter(path.parent for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    counts = {str(folder.relative_to(PACKAGE)): count for folder, count in found.items()}
    assert len(counts) > 10
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_every_public_name_has_a_docstring() -> None:
    """Each module, public function and public class says what it is."""
    silent = [module for module, tree in MODULES.items() if not ast.get_docstring(tree)]
    for module, tree in MODULES.items():
        public = (node for node in _defined(tree) if not node.name.startswith("_"))
        silent += [f"{module}.{node.name}" for node in public if not ast.get_docstring(node)]
    assert silent == []


def test_all_extras_hold_no_dependency_back() -> None:
    """The extra of holidays, which bounds dateutil from above, is in no other extra."""
    extras = PYPROJECT["project"]["optional-dependencies"]
    bounded = {extra for extra, needs in extras.items() if any("<" in each for each in needs)}
    assert bounded == {"holidays"}
    assert not [each for each in extras["all"] if "holidays" in each]


def test_generated_pages_are_up_to_date() -> None:
    """A page made from the package says what its script makes of the package now."""
    docs = ROOT / "docs"
    statuses = runpy.run_path(str(docs / "examples" / "make_statuses.py"))
    assert statuses["page"]() == (docs / "statuses.md").read_text("utf-8")
    limits = runpy.run_path(str(docs / "examples" / "make_limits.py"))
    assert limits["page"]() == (docs / "limits.md").read_text("utf-8")
    for name, text in runpy.run_path(str(docs / "examples" / "make_indicators.py"))[
        "pages"
    ]().items():
        assert text == (docs / f"{name}.md").read_text("utf-8")
    assert docstrings() == DESCRIPTIONS
    reference = runpy.run_path(str(docs / "examples" / "make_reference.py"))
    kept = {path.stem: path.read_text("utf-8") for path in (docs / "reference").iterdir()}
    assert reference["pages"]() == kept


def test_the_reference_lists_what_users_import() -> None:
    """Each public name is described once, and no other."""
    folder = ROOT / "docs" / "reference"
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.md"))
    described = re.findall(r"^\.\. auto(?!module)\w+:: (\S+)", text, re.MULTILINE)
    constants = re.findall(r"^\.\. py:data:: (\S+)", text, re.MULTILINE)
    packages = [f"mic_core.{each}" for each in ("holidays", "samples", "solvers", "testing")]
    apart = {
        f"{each}.{name}" for each in packages for name in importlib.import_module(each).__all__
    }
    face = {f"mic_core.{name}" for name in mic_core.__all__ if name != "__version__"}
    listed = [*described, *(f"mic_core.{each}" for each in constants)]
    assert sorted(listed) == sorted(face | apart)


def test_every_test_states_a_behavior() -> None:
    """Each test has a docstring of at least one whole sentence."""
    silent: list[str] = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                sentence = (ast.get_docstring(node) or "").partition("\n\n")[0]
                if not sentence.endswith("."):
                    silent.append(f"{path.name}:{node.lineno} {node.name}")
    assert silent == []


def test_every_test_can_fail() -> None:
    """Each test asserts, expects an error, or hands over to what does."""
    idle: list[str] = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                parts = list(ast.walk(node))
                calls = (ast.unparse(part.func) for part in parts if isinstance(part, ast.Call))
                if not any(isinstance(part, ast.Assert) for part in parts) and not any(
                    re.search(r"raises|assert|\.(holds|finds|finds_on)$", call) for call in calls
                ):
                    idle.append(f"{path.name}:{node.lineno} {node.name}")
    assert idle == []


def test_the_repository_knows_no_machine() -> None:
    """No file names a path of the machine it was written on."""
    found: list[str] = []
    for entry in _own_entries():
        for path in [entry, *entry.rglob("*")] if entry.name != ".git" else []:
            if path.suffix in {".md", ".py", ".toml", ".json", ".txt", ""} and path.is_file():
                for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                    if MACHINE_PATHS.search(line):
                        found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_the_top_folder_is_tidy() -> None:
    """Nothing stands beside the package, its tests, its documents and their tools."""
    assert {path.name for path in _own_entries()} - ENTRIES == set()


def test_each_third_party_import_has_one_home() -> None:
    """But for attrs, one module, or the package made for it, knows each library not our own."""
    homes = {
        name: {HOMES[name] if each.startswith(f"{HOMES.get(name)}.") else each for each in modules}
        for name, modules in _importers().items()
        if name != "attrs"
    }
    assert {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1} == {}


def test_each_third_party_import_is_declared() -> None:
    """What the package imports is a dependency or an extra of it."""
    project = PYPROJECT["project"]
    extras = [name for each in project["optional-dependencies"].values() for name in each]
    declared = {re.split(r"[\[<>=]", name)[0] for name in [*project["dependencies"], *extras]}
    assert {DISTRIBUTIONS.get(name, name) for name in _importers()} - declared == set()


def test_every_module_has_a_layer() -> None:
    """The layers that import-linter checks name each module of the package."""
    layers: list[str] = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    assert {module.split(".")[1] for module in MODULES if "." in module} - named == set()


def test_the_package_does_not_use_its_own_face() -> None:
    """Modules import each other from where things are defined."""
    users = [
        module
        for module, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "mic_core"
    ]
    assert users == []


def test_nothing_reads_or_writes() -> None:
    """No module opens, prints or asks, nor formats by the machine's language or zone."""
    found: list[str] = []
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                local = name == "astimezone" and not node.args and not node.keywords
                if name in IMPURE or local:
                    found.append(f"{module}:{node.lineno} {name}")
    assert found == []


def test_chance_is_seeded() -> None:
    """Of the random module only `Random` is imported, by one module, and made from a given seed."""
    unseeded: list[str] = []
    users: set[str] = set()
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and any(each.name == "random" for each in node.names):
                unseeded.append(f"{module}:{node.lineno} import random")
            elif isinstance(node, ast.ImportFrom) and node.module == "random":
                users.add(module)
                unseeded += [
                    f"{module} {each.name}" for each in node.names if each.name != "Random"
                ]
            elif (
                isinstance(node, ast.Call) and ast.unparse(node.func) == "Random" and not node.args
            ):
                unseeded.append(f"{module}:{node.lineno} Random()")
    assert unseeded == []
    assert len(users) <= 1


def test_the_gates_run_the_command_of_the_readme() -> None:
    """What a reader is told to type is what is run before a change is taken in."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if "nox -s" in line]
    assert [command.rpartition(" ")[2] for command in commands] == ["demo", "tests"]
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert commands[1] in script


def test_one_word_has_one_meaning() -> None:
    """No two modules define a public name each for a thing of its own, type variables excused."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module, tree in MODULES.items():
        for name in _public_names(tree) - HOMONYMS:
            homes[name].append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def test_no_package_offers_a_name_that_is_one_of_its_modules() -> None:
    """`from a.package import name` means one thing, whatever was imported before."""
    unclear = [
        f"{module}.{name}"
        for module, tree in MODULES.items()
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in (alias.asname or alias.name for alias in node.names)
        if f"{module}.{name}" in MODULES
    ]
    assert unclear == []


def test_no_module_hides_what_its_package_offers() -> None:
    """Whatever is loaded later, the names of a package are what they were."""
    loaded = {name: importlib.import_module(name) for name in MODULES}
    hidden = [
        f"{name}.{offered}"
        for name, module in loaded.items()
        for offered in getattr(module, "__all__", ())
        if isinstance(getattr(module, offered), ModuleType)
    ]
    assert hidden == []
