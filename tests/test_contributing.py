"""The page for contributors names the packages and files that there are, in their true order."""

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import FrameType

import pytest

import mic_core
from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Center, Edition, Module, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules import SCHEDULE_RULES, MaxPerDay

ROOT = Path(__file__).parents[1]
PACKAGE = Path(mic_core.__file__).parent
PAGE = (ROOT / "docs" / "contributing.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
LAYERS = {
    each["containers"][0]: each["layers"]
    for each in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    if each["type"] == "layers"
}


def _paths(text: str) -> list[str]:
    """The files and folders that a text names, in its order."""
    return re.findall(r"`([\w./]+(?:\.py|/))`", text)


def _section(title: str) -> str:
    """The part of the page under a heading of the second level."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _rows(text: str) -> list[str]:
    """The first cell of each row of the tables in a text that names a file or a folder."""
    return re.findall(r"^\| `([\w./]+)` \|", text, re.MULTILINE)


@pytest.mark.parametrize("text", [PAGE, GLOSSARY], ids=["contributing", "glossary"])
def test_every_path_exists(text: str) -> None:
    """Each file and folder that is named is in the package or in the repository."""
    paths = _paths(text)
    assert paths
    missing = [each for each in paths if not ((PACKAGE / each).exists() or (ROOT / each).exists())]
    assert missing == []


def test_every_package_is_on_the_map() -> None:
    """Each package, and each file beside packages, has one row of the map."""
    expected = {
        path.relative_to(PACKAGE).as_posix() + ("/" if path.is_dir() else "")
        for folder in (PACKAGE, PACKAGE / "scheduling")
        for path in folder.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } | {
        f"{path.parent.relative_to(PACKAGE).as_posix()}/"
        for path in PACKAGE.rglob("__init__.py")
        if path.parent != PACKAGE
    }
    rows = _rows(_section("The map"))
    assert len(rows) == len(set(rows))
    assert set(rows) == {each for each in expected if not each.endswith("__init__.py")}


@pytest.mark.parametrize("container", ["mic_core", "mic_core.scheduling"])
def test_the_map_is_in_the_order_of_the_layers(container: str) -> None:
    """The rows of the map stand from the upper to the lower layers of the import contracts."""
    below = "".join(f"{name}/" for name in container.split(".")[1:])
    level = {
        name.strip("() "): place
        for place, layer in enumerate(LAYERS[container])
        for name in layer.split("|")
    }
    rows = [each for each in _rows(_section("The map")) if each.startswith(below)]
    names = [each.removeprefix(below).removesuffix(".py").rstrip("/") for each in rows]
    places = [level[name] for name in names if name in level]
    assert len(places) > 10
    assert places == sorted(places)


def _entered(call: FrameType) -> Iterator[str]:
    """The file of a call, if it is one of the package."""
    path = Path(call.f_code.co_filename)
    if path.is_relative_to(PACKAGE):
        yield path.relative_to(PACKAGE).as_posix()


def test_a_plan_enters_the_files_in_the_order_of_the_page() -> None:
    """A plan calls into each file that the page lists, and for the first time in that order."""
    listed = re.findall(
        r"^\d+\. `([\w./]+)`", _section("`plan`, from the verb to the result"), re.MULTILINE
    )
    center = Center(
        id="c", name="C", country="BE", time_zone="Europe/Brussels",
        opening_hours=WeeklyHours.parse("Mo-Fr 09:00-18:00"),
    )  # fmt: skip
    hour, window = timedelta(hours=1), Period.days(date(2014, 10, 20), date(2014, 10, 21))
    modules = (
        Module(id="a", title="A", length=hour),
        Module(id="b", title="B", length=hour, requires=("a",)),
    )
    portfolio = Portfolio.of(
        center,
        Room(id="r", center_id="c", name="R", seats=9),
        Program(id="p", title="P", kind="training", modules=modules),
        Edition(id="e", program_id="p", center_id="c", number=1, period=window),
        *(
            Session(
                id=f"s-{n}", center_id="c", title=f"S {n}", length=hour, edition_id="e",
                module_id=module,
            )
            for n, module in enumerate("aab")
        ),
    )  # fmt: skip
    entered: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            entered.update(dict.fromkeys(_entered(frame)))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        made = plan(
            portfolio, "e", rules=(*SCHEDULE_RULES, MaxPerDay(most=1, of="edition", level="soft"))
        )
    finally:
        sys.setprofile(before)
    assert made.unplaced == ()
    order = list(entered)
    assert [each for each in listed if each not in entered] == []
    assert listed == sorted(listed, key=order.index)
    assert 20 <= len(listed) <= 30
