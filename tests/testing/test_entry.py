"""The Hypothesis entry point: `from_type` knows every value, in any order of imports."""

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest
from hypothesis import strategies as st

import mic_core.testing
from mic_core.errors import MissingExtra
from mic_core.fields import classes_within
from mic_core.findings import Finding, Policy, Report
from mic_core.ids import is_id
from mic_core.model import NOUNS, Noun, Session, Transition
from mic_core.portfolio import Batch, Portfolio
from mic_core.testing.entry import register
from tests.testing.examples import examples


def _run(code: str) -> str:
    """The output of a fresh Python."""
    shown = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    return shown.stdout.strip()


def test_the_entry_point_is_installed() -> None:
    """The installed package has the entry point of Hypothesis."""
    found = {each.value for each in entry_points(group="hypothesis") if each.name == "mic_core"}
    assert found == {"mic_core.testing.entry:register"}


@pytest.mark.parametrize(
    "first",
    [
        "import hypothesis",
        "import mic_core",
        "import mic_core.model",
        "import mic_core.testing",
        "from mic_core.testing import portfolios",
        "import mic_core.testing.entry",
        "import mic_core.testing.coherent",
    ],
)
def test_from_type_draws_nouns(first: str) -> None:
    """A user's test draws nouns with `from_type` and imports nothing of ours but the nouns."""
    code = f"""
{first}
from hypothesis import given, settings, strategies as st
from mic_core.model import Edition

@settings(max_examples=5, database=None)
@given(st.from_type(Edition))
def test(edition):
    assert type(edition) is Edition
    print("drawn")

test()
"""
    assert set(_run(code).split()) == {"drawn"}


def test_registering_makes_no_strategy() -> None:
    """Importing Hypothesis loads the nouns and what registers them, but makes no strategy yet."""
    code = """
import sys, hypothesis
print(*sorted(name for name in sys.modules if name.startswith("mic_core.testing.")))
"""
    assert _run(code) == "mic_core.testing.entry"


CLASSES: dict[str, Any] = {cls.__name__: cls for cls in classes_within(*NOUNS.values(), Policy)}


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
def test_every_class_is_known(cls: Any) -> None:
    """Hypothesis draws every noun and every value by its type."""
    register()
    assert {type(each) for each in examples(st.from_type(cls), 10)} == {cls}


def test_every_public_class_is_known() -> None:
    """In a fresh Python Hypothesis draws every public class of values, and warns of nothing."""
    code = """
import attrs, mic_core
from hypothesis import given, settings, strategies as st

def tried(cls):
    @settings(max_examples=4, database=None, deadline=None, derandomize=True)
    @given(st.from_type(cls))
    def draw(value):
        assert type(value) is cls and repr(value), cls

    draw()

public = [*map(mic_core.__getattr__, mic_core._MODULE_OF)]
classes = [each for each in public if isinstance(each, type) and attrs.has(each)]
for cls in classes:
    tried(cls)
print(len(classes) > 80)
"""
    assert _run(code) == "True"


def test_what_is_drawn_shows_itself_shortly() -> None:
    """A strategy is named for its class: whole descriptions would fill pages, and warn."""
    of_any_kind: Any = Noun
    for cls in (Session, Transition, Batch, Report, of_any_kind):
        strategy = st.from_type(cls)
        held = getattr(strategy, "wrapped_strategy", strategy)
        assert max(len(repr(strategy)), len(repr(held))) < 10_000, cls


def test_who_recorded_a_batch_is_an_id_or_nobody() -> None:
    """Batches are drawn with actors that are ids, and with none."""
    found = examples(st.from_type(Batch), 50)
    assert {each.actor is None for each in found} == {True, False}
    assert all(each.actor is None or is_id(each.actor) for each in found)


def test_reports_hold_what_rules_find() -> None:
    """Findings are drawn with facts of each sort, and reports with what was waived and skipped."""
    found = examples(st.from_type(Finding), 100)
    kinds = {type(fact) for each in found for _, fact in each.facts}
    assert kinds == {str, int, bool, tuple, type(None)}
    assert all(list(each.subjects) == sorted(each.subjects) for each in found)
    reports = examples(st.from_type(Report), 50)
    for part in ("findings", "waived", "skipped", "cut"):
        assert {bool(getattr(each, part)) for each in reports} == {True, False}
    assert all(str(each) and each.html().source for each in reports)


def test_portfolios_are_known() -> None:
    """Hypothesis draws portfolios, and nouns of any kind, by their types."""
    assert {type(each) for each in examples(st.from_type(Portfolio), 10)} == {Portfolio}
    of_any_kind: Any = Noun
    found = examples(st.from_type(of_any_kind), 50)
    kinds: set[Any] = {type(each) for each in found}
    assert kinds <= set(NOUNS.values())
    assert len(kinds) > 5


def test_strategies_are_handed_out() -> None:
    """Every name that the package lists is there, and loaded once."""
    for name in mic_core.testing.__all__:
        assert getattr(mic_core.testing, name) is getattr(mic_core.testing, name)


def test_an_unknown_strategy() -> None:
    """A misspelt name fails as it does on any module."""
    with pytest.raises(AttributeError, match=r"'mic_core.testing' has no attribute 'rooms'"):
        _ = getattr(mic_core.testing, "rooms")  # noqa: B009  # a type checker must not see it


def test_without_hypothesis() -> None:
    """Without Hypothesis, rules can still be verified."""
    code = """
import sys
sys.modules["hypothesis"] = None
from mic_core.testing import verify
print(verify.__name__)
"""
    assert _run(code) == "verify"


def test_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hypothesis, a strategy raises MissingExtra with the command to install it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "mic_core.testing.times")
    monkeypatch.delitem(vars(mic_core.testing), "slots", raising=False)
    with pytest.raises(MissingExtra, match=r"pip install 'mic_core\[testing\]'"):
        _ = mic_core.testing.slots


def test_another_missing_module_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that fails for another reason is not taken for a missing extra."""
    monkeypatch.setitem(vars(mic_core.testing)["_MODULE_OF"], "broken", "no_such_module")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = getattr(mic_core.testing, "broken")  # noqa: B009  # there is no such name
