"""How Sphinx builds the documentation."""

from mic_core import __version__

project = "mic_core"
author = "mic_core contributors"
project_copyright = "mic_core contributors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
# The documentation is built without a network, so only references to our own names are followed.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!mic_core\.).*"),
    # Nor to type variables and private aliases in signatures.
    (r"py:.*", r"mic_core\..*\.([A-Z]|_\w+)|mic_core\.chrono\.overlap\.GroupKey"),
]

# Modules far apart may have a class of one name each; a link leads to the first of them.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "mic_core"
