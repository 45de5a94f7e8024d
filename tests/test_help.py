"""`help` of public names: short enough to read, with types, without the shapes of fields."""

import inspect
import pydoc
from typing import Any

import pytest

import mic_core

FUNCTIONS = [name for name in mic_core.__all__ if inspect.isfunction(getattr(mic_core, name))]
CLASSES = [name for name in mic_core.__all__ if inspect.isclass(getattr(mic_core, name))]
# Their fields hold nouns of any kind, and Python spells each union out: 33 classes.
NOUNS_LISTED = {"Batch", "Diff", "Fix", "Outline", "Plan", "Repair", "Suggestion"}


def test_functions_and_classes_are_covered() -> None:
    """The lists of names to look at hold verbs, nouns and rules."""
    assert {"check", "fixes", "plan", "suggest", "why_not", "repair"} <= set(FUNCTIONS)
    assert {"Session", "Portfolio", "MaxPerDay"} <= set(CLASSES)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_of_a_function_is_a_page(name: str) -> None:
    """The help of a function fits a page or two, and its signature a paragraph."""
    function = getattr(mic_core, name)
    assert len(pydoc.plain(pydoc.render_doc(function))) < 4000
    assert len(str(inspect.signature(function))) < 800


@pytest.mark.parametrize("name", sorted({*CLASSES} - NOUNS_LISTED))
def test_signature_of_a_class_holds_types_only(name: str) -> None:
    """The signature of a class names types and defaults, and no shapes."""
    cls: Any = getattr(mic_core, name)
    try:
        signature = str(inspect.signature(cls))
    except ValueError:  # an exception that leaves its arguments to Python
        assert issubclass(cls, mic_core.MicError)
    else:
        assert len(signature) < 1000
        assert "Annotated" not in signature


@pytest.mark.parametrize("name", ["CATALOG", "SCHEDULE_RULES"])
def test_defaults_are_shown_by_name(name: str) -> None:
    """The rules that verbs go by unless they are given others are a word in their signatures."""
    verbs = [getattr(mic_core, each) for each in FUNCTIONS]
    defaults = [
        each.default for verb in verbs for each in inspect.signature(verb).parameters.values()
    ]
    assert any(each is getattr(mic_core, name) for each in defaults)
    assert repr(getattr(mic_core, name)) == name
