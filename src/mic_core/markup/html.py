"""HTML by construction: elements from an allow list, with all texts escaped.

Allowed are elements and attributes that only display: no script, no event handler, no URL outside
of the document. Inline styles set numeric custom properties only, so no text reaches the CSS.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape as _escaped

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Found, is_a, refuse
from mic_core.markup.style import STYLE
from mic_core.markup.text import Quantity, printable

_TAGS = frozenset(
    "b bdi br caption code col colgroup dd details div dl dt em figcaption figure h1 h2 h3 h4 "
    "header footer li main nav ol p section small span strong summary table tbody td th thead tr "
    "ul a svg g rect line text tspan title desc".split()
)
_VOID = frozenset({"br", "col"})
_SHAPES = frozenset({"rect", "line"})  # SVG is XML: an empty element closes itself
_ATTRIBUTES = frozenset(
    "aria-hidden aria-label class colspan data-label dir height href id lang open role rowspan rx "
    "scope style tabindex title viewBox width x x1 x2 xmlns y y1 y2".split()
)
_STYLE = re.compile(r"(--[a-z]+:-?[0-9]+(\.[0-9]+)?%?;)+")  # numeric custom properties only
_NAMESPACE = "http://www.w3.org/2000/svg"


def _text_source(source: str) -> str:
    """Validate a source: returns it as a plain str, or raises InvariantError."""
    if type(source) is not str:
        found: Found = []
        given: object = source
        if not is_a(given, str):
            refuse(found, "source", "must be text", given, "show it with element or table")
            raise InvariantError("Html", found)
        return str.__str__(given)
    return source


@attrs.frozen(repr=False)
class Html:
    """A fragment of HTML that is safe to insert into a page unescaped.

    Template engines that know `__html__` (Jinja, Django) insert it without escaping; a notebook
    displays it. `element` and the functions built on it return safe fragments; a caller of
    `Html(source)` is responsible for the source.

    >>> Html("<b>6</b>")
    Html(8 characters)
    """

    source: str = attrs.field(converter=_text_source)

    def __str__(self) -> str:
        return self.source

    def __html__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Html({len(self.source):,} characters)"

    def _repr_html_(self) -> str:
        return notebook(self)


Inside = Html | str | int | Quantity | None
"""Content of an element: HTML as it is, text or a number to be escaped, None for nothing."""


def escape(text: str) -> str:
    """Escape a text for use as content or inside a quoted attribute.

    Control and bidirectional formatting characters are replaced as well.

    >>> escape('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return _escaped(printable(text), quote=True)


def element(tag: str, *inside: Inside, **attributes: str | int | None) -> Html:
    """Build an element with its content; texts are escaped, attributes of None are omitted.

    Attributes are given under Python names: `class_`, `aria_label`. Raises InvariantError for
    elements and attributes outside the allow list, a link that leaves the document, and a style
    other than numeric custom properties (`--a:12.5;`). O(characters).

    >>> print(element("b", "R&D", element("br"), class_="x"))
    <b class="x">R&amp;D<br></b>
    """
    named = {_attribute(name): value for name, value in attributes.items() if value is not None}
    problems = [*_problems(tag, named)]
    if problems:
        raise InvariantError("element", problems)
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in named.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    content = "".join(map(_source, inside))
    if tag in _SHAPES and not content:
        return Html(f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{content}</{tag}>")


def _attribute(name: str) -> str:
    """The name of an attribute in HTML; `viewBox` of SVG is the one that keeps its capital."""
    return name if name == "viewBox" else name.rstrip("_").replace("_", "-")


def _source(part: Inside) -> str:
    """The source of a piece of content, escaped unless it is HTML."""
    if isinstance(part, Html):
        return part.source
    return "" if part is None else escape(str(part))


def _problems(tag: str, attributes: dict[str, str | int]) -> Iterator[Problem]:
    """Violations of the allow list by an element."""
    if tag not in _TAGS:
        yield Problem(path="tag", rule="must be an element that only shows something")
    for name, value in attributes.items():
        if name not in _ATTRIBUTES:
            yield Problem(path=name, rule="must be an attribute that only shows something")
        elif name == "href" and not str(value).startswith("#"):
            yield Problem(path=name, rule="must lead to a place in the same document")
        elif name == "xmlns" and value != _NAMESPACE:
            yield Problem(path=name, rule=f"must be {_NAMESPACE}")
        elif name == "style" and not _STYLE.fullmatch(str(value)):
            yield Problem(path=name, rule="must be numbers under names of their own")


def joined(parts: Iterable[Inside]) -> Html:
    """Concatenate pieces of HTML; texts among them are escaped.

    >>> print(joined(["1 < 2", element("br")]))
    1 &lt; 2<br>
    """
    return Html("".join(map(_source, parts)))


def svg_document(shape: Html) -> str:
    """Wrap an SVG element as a standalone document, for a file or an image."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{shape.source}\n'


def notebook(look: Html) -> str:
    """A fragment of HTML together with the style sheet, as `_repr_html_` returns it to a notebook.

    >>> notebook(element("p", "held")).endswith('<div class="mic"><p>held</p></div>')
    True
    """
    return f'<style>{STYLE}</style><div class="mic">{look.source}</div>'


def svg_picture(
    parts: Iterable[Html | None],
    *,
    title: str,
    description: str,
    style: str,
    class_: str,
    width: int,
    height: int,
) -> Html:
    """One self-contained SVG element on a ground, with its own style sheet.

    `description` is for screen readers; "" is none.

    >>> look = svg_picture(
    ...     [], title="Nothing", description="", style="", class_="mic-svg", width=9, height=4
    ... )
    >>> look.source.startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img"')
    True
    """
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else None,
        Html(f"<style>{style}</style>"),
        element("rect", class_="ground", width=width, height=height),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        class_=class_,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
    )
