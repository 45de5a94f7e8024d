"""How Sphinx builds the documentation."""

import pydoc
from typing import TypeVar

from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.inspect import object_description
from sphinx.util.typing import stringify_annotation

import mic_core

project = "mic_core"
author = "mic_core contributors"
project_copyright = "mic_core contributors"
release = version = mic_core.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
# The documentation is built without a network, so only references to our own names are followed.
nitpick_ignore_regex = [(r"py:.*", r"(?!mic_core\.).*")]

html_theme = "furo"
html_title = "mic_core"

UNIONS, RULE_SETS = ("Noun", "Participant", "Rule"), ("CATALOG", "SCHEDULE_RULES")
SPELLED_OUT = {
    stringify_annotation(getattr(mic_core, each), "smart"): f"~mic_core.{each}" for each in UNIONS
} | {object_description(getattr(mic_core, each)): each for each in RULE_SETS}
"""The names of unions and of sets of rules, by how Sphinx spells them out in signatures."""

Shown = TypeVar("Shown")


def leave_unlinked(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, shown: Shown
) -> Shown | None:
    """Show a class in a signature that users do not import; what does not exist is a warning."""
    target = str(node["reftarget"])
    return shown if target.startswith("mic_core.") and pydoc.locate(target) else None


def use_names(
    _app: Sphinx, _what: str, _name: str, _held: object, _options: object, *parts: str | None
) -> tuple[str | None, ...]:
    """Put names into a signature and into what it returns."""
    named: list[str | None] = []
    for part in parts:
        text = part
        for spelled, name in SPELLED_OUT.items():
            text = text and text.replace(spelled, name)
        named.append(text)
    return tuple(named)


def setup(app: Sphinx) -> None:
    """Connect the two functions."""
    app.connect("missing-reference", leave_unlinked)
    app.connect("autodoc-process-signature", use_names)
