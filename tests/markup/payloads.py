"""Texts that mean harm to HTML, and a reader that tells what is left of them."""

from collections import Counter
from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)//",
    "<SCRIPT SRC=//x.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<body onload=alert(1)>",
    "<math><mtext></mtext></math>",
    "<style>*{display:none}</style>",
    "</style><b>",
    "</title><b>",
    "</td></tr></table><b>",
    "</caption></table>",
    "</text></svg>",
    "</li></ul></div>",
    "<!-- comment -->",
    "--><b>",
    "<!DOCTYPE x>",
    "<![CDATA[x]]>",
    "]]><b>",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "<base href=//x.test>",
    '<meta http-equiv=refresh content="0;url=//x.test">',
    "<link rel=stylesheet href=//x.test>",
    "<form action=//x.test><input>",
    "<details open ontoggle=alert(1)>",
    '"><b>',
    "'><b>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" style="background:url(//x.test)',
    "x;background:url(//x.test)",
    "`onclick=alert(1)`",
    '\\"><b>',
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&#x3c;b&#x3e;",
    "&amp;&unknown;&",
    "&",
    "<",
    ">",
    '"',
    "'",
    "<<<<>>>>",
    "< b >",
    "<b",
    "a\x00b<b>",
    "\x00",
    "a\r\nb",
    "\r\n\r\n<b>",
    "a\tb\x0bc\x0cd",
    "\x1b[2J\x1b[31m",
    "\x7f\x80\x9f",
    "\u202ereversed<b>",
    "\u2066isolated\u2069<b>",
    "\u200e\u200f\u200b\u2060",
    "\ufeff<b>",
    "\ufffe\uffff",
    "\ud800",
    "\udfff<b>",
    "\u2028<b>\u2029",
    "\U0001f680\U0001f469\u200d\U0001f4bb<b>",
    "\uff1cscript\uff1e",
    "\u0130\u0131\ufb03",
    "e" + "\u0301" * 200,
    "革新中心" * 20,
    "مركز الابتكار <b>",
    "{{ 7 * 7 }}{% x %}",
    "${7*7}#{7*7}",
    "%3Cscript%3E",
    "javascript:alert(1)",
    "data:text/html,<b>",
    "W" * 10_000,
    "<b>" * 3_000,
    '"' * 10_000,
    " ",
)


class Structure(HTMLParser):
    """Counts elements with the names of their attributes, and gathers the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.classes: set[str] = set()
        self.ends: Counter[str] = Counter()
        self.other: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag, tuple(name for name, _ in attrs)] += 1
        self.classes |= {each for name, value in attrs if name == "class" for each in [value or ""]}

    def handle_endtag(self, tag: str) -> None:
        self.ends[tag] += 1

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


def structure(html: str) -> Structure:
    """The structure that a browser sees in a piece of HTML."""
    read = Structure()
    read.feed(html)
    read.close()
    return read


def skeleton(html: str) -> tuple[object, ...]:
    """The part of the structure that a hostile text must not change."""
    read = structure(html)
    return read.tags, read.ends, read.classes, read.other


HARMFUL_TAGS = {
    "script", "iframe", "object", "embed", "link", "base", "form", "input", "img", "image", "use",
    "foreignobject", "audio", "video", "math", "template", "animate", "set",
}  # fmt: skip


def harm(html: str) -> set[str]:
    """The elements and attributes in a piece of HTML that could run or load something."""
    tags = structure(html).tags
    elements = {tag for tag, _ in tags if tag in HARMFUL_TAGS}
    attributes = {
        name
        for _, names in tags
        for name in names
        if name.startswith("on") or name in {"src", "srcset", "action", "xlink:href"}
    }
    return elements | attributes
