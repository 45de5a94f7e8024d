"""Self-contained HTML documents: one file with its style sheet, without scripts or requests."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from mic_core.fields import Bind, Each, Found, is_a, refuse, sound
from mic_core.markup.html import Html, element, escape, joined
from mic_core.markup.style import PAGE_STYLE

# Content Security Policy: nothing may be loaded, run or sent; only the inline style applies.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Looks(Protocol):
    """Protocol of values that render themselves as HTML."""

    def html(self) -> Html:
        """The value as a piece of HTML."""
        ...


Part = Html | str | Looks
"""Content of a page: HTML, a text with paragraphs separated by empty lines, or a result."""


@attrs.frozen
class _PartShape:
    """Shape of a part of a page; with `text`, of plain text only."""

    text: bool = False

    @property
    def rule(self) -> str:
        return "must be text" if self.text else "must be HTML, text, or something with html()"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ is {bind(str)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str):
            return str.__str__(value)
        fits = not self.text and _has_html(value)
        return value if fits else refuse(found, path, self.rule, value)


def _has_html(value: object) -> bool:
    """True if a value is HTML or an instance with a method `html`."""
    if is_a(value, Html):
        return True
    return not isinstance(value, type) and callable(getattr(value, "html", None))


_HEADING, _PARTS = _PartShape(text=True), Each(_PartShape(), "what stands on a page")


@attrs.frozen(init=False)
class Section:
    """Section of a page: a heading with parts under it, linked from the contents of the page.

    Raises InvariantError for a heading that is no text, and for parts of other types.

    >>> print(Section("Who came", ["Nobody yet."]).html())
    <h2>Who came</h2><p>Nobody yet.</p>
    """

    heading: str
    parts: tuple[Part, ...]

    def __init__(self, heading: str, parts: Iterable[Part]) -> None:
        settled = sound("Section", heading=(heading, _HEADING), parts=(parts, _PARTS))
        for name, value in zip(("heading", "parts"), settled, strict=True):
            object.__setattr__(self, name, value)

    def html(self) -> Html:
        """The heading, then the parts. O(characters)."""
        return joined([element("h2", self.heading), *map(_rendered, self.parts)])


def page(title: str, *parts: Part) -> str:
    """Render a complete HTML document: a title, each part on a card, texts between the cards.

    The document needs no other file and no network, runs no script, follows the light or dark
    scheme of the browser, and forbids loading anything (Content Security Policy). Two or more
    sections get a table of contents. Deterministic. Raises InvariantError for a title that is no
    text, and for parts of other types. O(characters).

    >>> page("Season", "Nothing yet.").startswith("<!DOCTYPE html>")
    True
    """
    title, parts = sound("page", title=(title, _HEADING), parts=(parts, _PARTS))
    names = {place: each.heading for place, each in enumerate(parts) if isinstance(each, Section)}
    links = [
        element("li", element("a", heading, href=f"#part-{place}"))
        for place, heading in names.items()
    ]
    nav = element("nav", element("ol", *links), aria_label="Contents") if len(links) > 1 else None
    cards = [_card(part, place) for place, part in enumerate(parts)]
    main = element("main", element("header", element("h1", title), nav), *cards)
    return "\n".join([*_head(title), f'<body class="mic">{main}</body>', "</html>", ""])


def _card(part: Part, place: int) -> Html:
    """A part on a card, with an anchor for the table of contents; a text has no card."""
    if isinstance(part, str):
        return element("div", _rendered(part), class_="lead")
    return element("section", _rendered(part), class_="card", id=f"part-{place}")


def _head(title: str) -> Iterable[str]:
    """The lines of the document up to its body."""
    return (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(title)}</title>",
        f"<style>{PAGE_STYLE}</style>",
        "</head>",
    )


def _rendered(part: Part) -> Html:
    """A part as HTML."""
    if isinstance(part, Html):
        return part
    return joined(_paragraphs(part)) if isinstance(part, str) else part.html()


def _paragraphs(text: str) -> Iterator[Html]:
    """Paragraphs of a text: runs of lines separated by empty ones."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield element("p", " ".join(lines))
            lines = []
