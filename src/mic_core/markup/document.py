"""A whole page of HTML: one file with its style, that loads nothing and runs nothing."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from mic_core.fields import Bind, Each, Found, is_a, refuse, sound
from mic_core.markup.html import Html, element, escape, joined
from mic_core.markup.style import PAGE_STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Looks(Protocol):
    """Anything that shows itself as HTML."""

    def html(self) -> Html:
        """How it looks."""
        ...


Part = Html | str | Looks
"""What stands on a page: HTML, a text whose empty lines part paragraphs, or what shows itself."""


@attrs.frozen
class _Shown:
    """The shape of what can stand on a page, or with `text` of a text alone."""

    text: bool = False

    @property
    def rule(self) -> str:
        return "must be text" if self.text else "must be HTML, text, or something with html()"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ is {bind(str)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str):
            return str.__str__(value)
        shows = not self.text and _shows_itself(value)
        return value if shows else refuse(found, path, self.rule, value)


def _shows_itself(value: object) -> bool:
    if is_a(value, Html):
        return True
    return not isinstance(value, type) and callable(getattr(value, "html", None))


_HEADING, _PARTS = _Shown(text=True), Each(_Shown(), "what stands on a page")


@attrs.frozen(init=False)
class Section:
    """A heading and what stands under it; a page lists its sections at the top.

    Raises InvariantError for what cannot stand there.

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
        """The heading with what stands under it. O(characters)."""
        return joined([element("h2", self.heading), *map(_shown, self.parts)])


def page(title: str, *parts: Part) -> str:
    """A complete HTML document: a title, then each part on a card of its own, texts between them.

    It needs no other file and no network, runs no script, follows light and dark, and tells the
    browser to load nothing. Sections are linked from the top. The same parts give the same
    characters. Raises InvariantError for what cannot stand there. O(characters).

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
    if isinstance(part, str):
        return element("div", _shown(part), class_="lead")
    return element("section", _shown(part), class_="card", id=f"part-{place}")


def _head(title: str) -> Iterable[str]:
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


def _shown(part: Part) -> Html:
    if isinstance(part, Html):
        return part
    return joined(_paragraphs(part)) if isinstance(part, str) else part.html()


def _paragraphs(text: str) -> Iterator[Html]:
    """Each stretch of lines between empty ones as a paragraph."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield element("p", " ".join(lines))
            lines = []
