"""Tables, bars and notices as HTML: captions, headers with a scope, nothing by color alone."""

from collections.abc import Iterable, Sequence

import attrs

from mic_core.fields import Whole, sound
from mic_core.markup.html import Html, Inside, element, joined
from mic_core.markup.style import Tone

_MOST = Whole()
MOST_ROWS = 1000
"""How many rows a table shows unless told otherwise; what is left out is counted in a note."""


def badge(word: str, tone: Tone = "plain") -> Html:
    """A word that stands out, colored for what it means.

    >>> print(badge("late", "warning"))
    <span class="tag warning">late</span>
    """
    return element("span", word, class_=f"tag {tone}")


def note(text: str) -> Html:
    """A small remark below something.

    >>> print(note("Estimated."))
    <p class="note">Estimated.</p>
    """
    return element("p", text, class_="note")


def truncation_note(shown: int, total: int, what: str) -> Html | None:
    """A remark that only a part is shown, with both numbers; None where all of it is.

    >>> print(truncation_note(1000, 2500, "rows"))
    <p class="note">Shown are the first 1,000 of 2,500 rows.</p>
    """
    return note(f"Shown are the first {shown:,} of {total:,} {what}.") if shown < total else None


def html_table(
    rows: Iterable[Sequence[Inside]],
    headers: Sequence[str],
    *,
    caption: str,
    most: int = MOST_ROWS,
) -> Html:
    """Rows under headers; the first column heads its row, and whole numbers stand to the right.

    Texts are escaped, pieces of HTML are kept. Only the first `most` rows are shown, and a note
    counts the rest. O(characters).

    >>> look = html_table([("Pitching", 3)], ("module", "hours"), caption="Modules")
    >>> '<th scope="row">Pitching</th><td class="number" data-label="hours">3' in look.source
    True
    """
    if type(most) is not int:
        (most,) = sound("html", most=(most, _MOST))
    held = list(rows)
    shown = held[: max(0, most)]
    numeric = [
        bool(held) and all(isinstance(row[place], int) for row in held)
        for place in range(len(headers))
    ]
    classes = ["number" if each else None for each in numeric]
    table = element(
        "table",
        element("caption", caption),
        element(
            "thead",
            element("tr", *map(_column, headers, classes)),
        ),
        element("tbody", *(_row(row, headers, classes) for row in shown)),
        class_="list",
    )
    return joined([framed(table, caption), truncation_note(len(shown), len(held), "rows")])


def framed(table: Html, label: str) -> Html:
    """A frame in which something wide scrolls by itself, also from the keyboard.

    >>> print(framed(element("table"), "Week 37"))
    <div class="frame" role="region" aria-label="Week 37" tabindex="0"><table></table></div>
    """
    return element("div", table, class_="frame", role="region", aria_label=label, tabindex=0)


def _column(header: str, class_: str | None) -> Html:
    return element("th", header, scope="col", class_=class_)


def _row(row: Sequence[Inside], headers: Sequence[str], classes: Sequence[str | None]) -> Html:
    """The cells of a row; each knows its header, for where rows are shown as cards."""
    first, *rest = zip(row, headers, classes, strict=True)
    cells = [
        element("td", cell, class_=class_, data_label=header or None)
        for cell, header, class_ in rest
    ]
    return element("tr", element("th", first[0], scope="row", class_=first[2]), *cells)


def html_bars(
    rows: Iterable[tuple[str, int, int]],
    headers: tuple[str, str, str],
    *,
    caption: str,
    most: int = MOST_ROWS,
) -> Html:
    """For each label how much of a whole a part is: as a bar and, beside it, in numbers.

    A part is never drawn as nothing, nor as everything, unless it is. O(rows).

    >>> look = html_bars([("Kick-off", 12, 16)], ("session", "present", ""), caption="Presence")
    >>> "12 of 16" in look.source, "--part:75.0%;" in look.source
    (True, True)
    """
    drawn = [(label, _bar(part, whole), f"{part:,} of {whole:,}") for label, part, whole in rows]
    name, numbers, drawing = headers
    return html_table(
        drawn, (name, drawing or numbers, numbers if drawing else ""), caption=caption, most=most
    )


def _bar(part: int, whole: int) -> Html:
    filled = part * 1000 // whole if whole > 0 else 0
    if 0 < part < whole:
        filled = min(max(filled, 15), 985)
    filled = min(max(filled, 0), 1000)
    inner = element("span", style=f"--part:{filled // 10}.{filled % 10}%;")
    return element("span", inner, class_="bar", aria_hidden="true")


@attrs.frozen(kw_only=True)
class Notice:
    """One thing that deserves attention: how much, by which rule, what, its mend, about whom."""

    tone: Tone
    word: str
    code: str
    text: str
    mend: str = ""
    about: tuple[str, ...] = ()


def html_notices(
    notices: Iterable[Notice], *, caption: str, nothing: str, most: int = MOST_ROWS
) -> Html:
    """Notices in a table: the word, the rule, the text with its mend, and what it is about.

    `nothing` is said where there are none. Only the first `most` are shown. O(characters).

    >>> print(html_notices([], caption="Findings", nothing="Nothing was found."))
    <p><span class="tag good">Nothing was found.</span></p>
    """
    held = list(notices)
    if not held:
        return element("p", badge(nothing, "good"))
    rows = (
        (
            badge(each.word, each.tone),
            element("code", each.code),
            _told(each),
            cited_below(each.about),
        )
        for each in held
    )
    headers = ("severity", "rule", "what was found", "about")
    return html_table(rows, headers, caption=caption, most=most)


def _told(notice: Notice) -> Html:
    mend = element("span", f"To mend it: {notice.mend}.", class_="mend") if notice.mend else None
    return element("div", element("span", notice.text), mend, class_="wide")


def cited_below(subjects: Sequence[str], most: int = 8) -> Html:
    """Ids, each on a line of its own; of many, the first, and how many more."""
    lines = [element("code", each, class_="about") for each in subjects[:most]]
    more = len(subjects) - len(lines)
    parts: list[Inside] = [part for line in lines for part in (line, element("br"))]
    return joined([*parts, f"and {more:,} more"] if more else parts[:-1])
