"""Accessible HTML tables, bars and notices: captions, scoped headers, no meaning by color alone."""

from collections.abc import Iterable, Sequence

import attrs

from mic_core.fields import Whole, sound
from mic_core.markup.html import Html, Inside, element, joined
from mic_core.markup.style import Tone
from mic_core.markup.text import Quantity, are_numbers
from mic_core.wording import clause

_MOST = Whole()
MOST_ROWS = 1000
"""Default limit on the rows of a table, which keeps pages small; a note counts the rest."""


def badge(word: str, tone: Tone = "plain") -> Html:
    """A word on a badge, colored by its meaning.

    >>> print(badge("late", "warning"))
    <span class="tag warning">late</span>
    """
    return element("span", word, class_=f"tag {tone}")


def note(text: str) -> Html:
    """A remark in small print.

    >>> print(note("Estimated."))
    <p class="note">Estimated.</p>
    """
    return element("p", text, class_="note")


def truncation_note(shown: int, total: int, what: str) -> Html | None:
    """A remark that a list is truncated, with both numbers; None if it is complete.

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
    """Render an HTML table; the first cell of a row is its header, numbers are right-aligned.

    Texts are escaped, HTML is kept. Only the first `most` rows are shown, and a note counts the
    rest. O(characters).

    >>> look = html_table([("Pitching", 3)], ("module", "hours"), caption="Modules")
    >>> '<th scope="row">Pitching</th><td class="number" data-label="hours">3' in look.source
    True
    """
    if type(most) is not int:
        (most,) = sound("html", most=(most, _MOST))
    body = list(rows)
    shown = body[: max(0, most)]
    classes = [
        "number" if are_numbers(row[n] for row in body) else None for n in range(len(headers))
    ]
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
    return joined([framed(table, caption), truncation_note(len(shown), len(body), "rows")])


def framed(table: Html, label: str) -> Html:
    """A container in which a wide table scrolls horizontally, also by keyboard (`tabindex`).

    >>> print(framed(element("table"), "Week 37"))
    <div class="frame" role="region" aria-label="Week 37" tabindex="0"><table></table></div>
    """
    return element("div", table, class_="frame", role="region", aria_label=label, tabindex=0)


def _column(header: str, class_: str | None) -> Html:
    """The header cell of a column."""
    return element("th", header, scope="col", class_=class_)


def _row(row: Sequence[Inside], headers: Sequence[str], classes: Sequence[str | None]) -> Html:
    """A table row; each cell repeats its header, which narrow layouts show before the value."""
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
    """Render a bar chart as a table: label, bar of `part` relative to `whole`, both numbers.

    Rows are `(label, part, whole)`. Headers are those of label, numbers and bar; an empty header
    of the bar uses that of the numbers. A proper part is never drawn empty or full. O(rows).

    >>> look = html_bars([("Kick-off", 12, 16)], ("session", "present", ""), caption="Presence")
    >>> "12 of 16" in look.source, "--part:75.0%;" in look.source
    (True, True)
    """
    drawn = [
        (label, _bar(part, whole), Quantity(f"{part:,} of {whole:,}"))
        for label, part, whole in rows
    ]
    name, numbers, drawing = headers
    return html_table(
        drawn, (name, drawing or numbers, numbers if drawing else ""), caption=caption, most=most
    )


def _bar(part: int, whole: int) -> Html:
    """One bar; its filled part is computed in thousandths, in integers."""
    filled = part * 1000 // whole if whole > 0 else 0
    if 0 < part < whole:
        filled = min(max(filled, 15), 985)  # 1.5 %: less is not visible on a narrow bar
    filled = min(max(filled, 0), 1000)
    inner = element("span", style=f"--part:{filled // 10}.{filled % 10}%;")
    return element("span", inner, class_="bar", aria_hidden="true")


_GAUGE = (200, 12)
"""Width and height of a gauge, in CSS pixels."""

_SLIVER = 3
"""CSS pixels: a proper part is never drawn thinner, and never so near to the end."""


def gauge(
    reached: int, *, possible: tuple[int, int] = (0, 0), due: int | None = None, title: str
) -> Html:
    """Render a bar as inline SVG, in thousandths of its length, with its title in words.

    `possible` are the ends of a lighter part for what is not certain, `due` is the place of a mark.
    Places below 0 and above 1000 are clipped to the ends. A proper part is never drawn empty or
    full.

    >>> look = gauge(500, due=750, title="Half of the way").source
    >>> '<rect class="reached" width="100"' in look, "<title>Half of the way</title>" in look
    (True, True)
    """
    long, tall = _GAUGE
    start, end = (_pixels(place) for place in possible)
    mark = None
    if due is not None:
        mark = element("rect", class_="due", x=min(_pixels(due), long - 2), width=2, height=tall)
    return element(
        "svg",
        element("title", title),
        element("rect", class_="track", width=long, height=tall, rx=tall // 2),
        element("rect", class_="possible", x=start, width=end - start, height=tall, rx=tall // 2),
        element("rect", class_="reached", width=_pixels(reached), height=tall, rx=tall // 2),
        mark,
        class_="gauge", role="img", width=long, height=tall, viewBox=f"0 0 {long} {tall}",
    )  # fmt: skip


def _pixels(place: int) -> int:
    """A place on a gauge, from thousandths to pixels."""
    long, _ = _GAUGE
    if 0 < place < 1000:
        return min(max(place * long // 1000, _SLIVER), long - _SLIVER)
    return 0 if place <= 0 else long


@attrs.frozen(kw_only=True)
class Notice:
    """One diagnostic to display: severity in a word, code of the rule, message, fix, subjects.

    `mend` is the proposed fix, "" if there is none; `about` holds the citations of the subjects,
    `titles` their titles in the same order, "" for none; () means none at all.
    """

    tone: Tone
    word: str
    code: str
    text: str
    mend: str = ""
    about: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def html_notices(
    notices: Iterable[Notice], *, caption: str, nothing: str, most: int = MOST_ROWS
) -> Html:
    """Render notices as a table: severity, rule, message with its fix, subjects.

    `nothing` is the message if there are none. Only the first `most` are shown. O(characters).

    >>> print(html_notices([], caption="Findings", nothing="Nothing was found."))
    <p><span class="tag good">Nothing was found.</span></p>
    """
    listed = list(notices)
    if not listed:
        return element("p", badge(nothing, "good"))
    rows = (
        (
            badge(each.word, each.tone),
            element("code", each.code),
            _message(each),
            cited_below(each.about, titles=each.titles),
        )
        for each in listed
    )
    headers = ("severity", "rule", "what was found", "about")
    return html_table(rows, headers, caption=caption, most=most)


def _message(notice: Notice) -> Html:
    """The message of a notice, with its fix below."""
    mend = (
        element("span", f"To mend it: {clause(notice.mend)}.", class_="mend")
        if notice.mend
        else None
    )
    return element("div", element("span", notice.text), mend, class_="wide")


def cited_below(subjects: Sequence[str], most: int = 8, *, titles: Sequence[str] = ()) -> Html:
    """Citations on one line each, below their titles; beyond `most`, a count of the rest."""
    named = [*titles, *[""] * (len(subjects) - len(titles))]
    lines = [
        joined(
            [each and element("span", each, class_="name"), element("code", one, class_="about")]
        )
        for one, each in zip(subjects[:most], named, strict=False)
    ]
    more = len(subjects) - len(lines)
    parts: list[Inside] = [part for line in lines for part in (line, element("br"))]
    return joined([*parts, f"and {more:,} more"] if more else parts[:-1])
