"""The agenda as HTML: grids drawn to the scale of time, with the same sessions as a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

from mic_core.chrono import Period
from mic_core.chrono.months import day_text
from mic_core.findings import Report, Titles, notice_of
from mic_core.markup import (
    Html,
    Inside,
    Tone,
    badge,
    element,
    html_notices,
    html_table,
    html_timegrid,
    joined,
    note,
    truncation_note,
)
from mic_core.scheduling.views.grid import (
    CenterGrid,
    Marks,
    View,
    citation_of,
    grids_of,
    hues_of,
    marks_of,
    times,
    with_marks,
)
from mic_core.scheduling.views.items import AgendaItem, idle_weeks, week_of
from mic_core.wording import count_text

_MOST_EDITIONS = 24  # in the legend


def agenda_html(
    items: Sequence[AgendaItem],
    unplaced: Sequence[AgendaItem],
    period: Period | None,
    *,
    report: Report | None,
    view: View,
    names: bool,
    most: int,
    portfolio: Titles | None = None,
) -> Html:
    """The grids or the list, the sessions without a slot, and the findings. O(n log n)."""
    marks = marks_of(report.findings if report is not None else ())
    parts: list[Inside] = [
        placed_html(items, period, marks, view=view, names=names, most=most),
        _unplaced(unplaced, marks, most=most, names=names),
    ]
    if report is not None:
        shown = [*items[: max(0, most)], *unplaced]
        parts.append(_findings(shown, report, portfolio, names=names))
    return joined(parts)


def placed_html(
    items: Sequence[AgendaItem],
    period: Period | None,
    marks: Marks,
    *,
    view: View,
    names: bool,
    most: int,
) -> Html:
    """The grids and the list of the first items, or the list alone. O(n log n)."""
    shown = items[: max(0, most)]
    listed = _list(shown, marks, names=names)
    if not items:
        parts: list[Inside] = [element("p", f"Nothing takes place: {period or 'at any time'}.")]
    elif view == "list":
        parts = [listed]
    else:
        hues = hues_of(shown)
        drawn = [with_marks(each, marks) for each in shown]
        grids = grids_of(drawn, view=view, hues=hues, names=names)
        label = f"The same as a list ({count_text(len(shown), 'session')})"
        parts = [_legend(shown, hues, names=names), *_weeks(shown, grids, period)]
        parts.append(element("details", element("summary", label), listed))
    return joined([*parts, truncation_note(len(shown), len(items), "sessions")])


def _weeks(
    items: Iterable[AgendaItem], grids: Iterable[CenterGrid], period: Period | None
) -> Iterator[Html]:
    """The grids of each center, with a sentence for each run of idle weeks."""
    begin = period.start if period is not None else None
    end = period.end if period is not None else None
    first = {each.center_id: each.week for each in reversed(list(items))}
    for center_id, together in groupby(grids, attrgetter("center_id")):
        after = week_of(begin) if begin is not None else first[center_id]
        for each in together:
            yield from _idle_html(after, each.week)
            yield html_timegrid(each.grid)
            after = each.week + 1
        if end is not None:
            yield from _idle_html(after, week_of(end - timedelta(days=1)) + 1)


def _idle_html(first: int, after: int) -> Iterator[Html]:
    for sentence in idle_weeks(first, after):
        yield element("p", sentence, class_="idle-weeks")


def _legend(items: Sequence[AgendaItem], hues: Mapping[str, int], *, names: bool) -> Html | None:
    """The legend: the color of each edition; each block names its edition too."""
    if not hues:
        return None
    texts = {each.edition_id: each.edition_text(names=names) for each in items}
    entries = [
        element("li", texts[id], class_=f"hue-{hue}")
        for id, hue in list(hues.items())[:_MOST_EDITIONS]
    ]
    if len(hues) > _MOST_EDITIONS:
        entries.append(element("li", f"and {len(hues) - _MOST_EDITIONS:,} more"))
    if any(each.edition_id is None for each in items):
        entries.append(element("li", "no edition", class_="hue-none"))
    return element("ul", *entries, class_="legend", aria_label="Editions")


def when(item: AgendaItem) -> str:
    """The time of a session in words.

    >>> lost = AgendaItem(session_id="s", title="", center_id="", center="", start=None, end=None,
    ...     minutes=60, room=None, mode="online", edition_id=None, status="planned")
    >>> when(lost)
    'no slot'
    """
    if item.start is None or item.end is None:
        return "no slot"
    return f"{day_text(item.start.date())} {times(item, item.start, item.end, year=True)}"


def _list(items: Sequence[AgendaItem], marks: Marks, *, names: bool) -> Html:
    several = len({each.center_id for each in items}) > 1
    headers = ["when", "session", "where", "edition", "given by", "status", "id"]
    rows: list[list[Inside]] = [
        [
            when(each), each.title, _place_text(each, several=several),
            each.edition_text(names=names),
            ", ".join(each.who(names=names)), each.status, element("code", each.session_id),
        ]
        for each in items
    ]  # fmt: skip
    if marks:
        headers.append("findings")
        rows = [
            [*row, _badges(marks.get(each.session_id, ()))]
            for row, each in zip(rows, items, strict=True)
        ]
    return html_table(rows, headers, caption="Sessions in the order of time", most=len(rows))


def _place_text(item: AgendaItem, *, several: bool) -> str:
    return f"{item.where}, {item.center}" if several else item.where


def _badges(marks: Iterable[tuple[str, Tone]]) -> Html:
    return joined(badge(word, tone) for word, tone in marks)


def _unplaced(items: Sequence[AgendaItem], marks: Marks, *, most: int, names: bool) -> Html | None:
    if not items:
        return None
    rows = [
        (each.title, each.minutes, each.edition_text(names=names), element("code", each.session_id),
         _badges(marks.get(each.session_id, ())))
        for each in items
    ]  # fmt: skip
    headers = ("session", "length (minutes)", "edition", "id", "findings" if marks else "")
    return html_table(rows, headers, caption="Without a slot", most=most)


def _findings(
    items: Iterable[AgendaItem], report: Report, portfolio: Titles | None, *, names: bool
) -> Html:
    """The findings of a report about the sessions shown, and the number of the others."""
    shown = {citation_of(each) for each in items}
    about = [each for each in report.findings if shown & set(each.subjects)]
    notices = [notice_of(each, portfolio, names=names) for each in about]
    nothing = "No finding is about these sessions."
    found = html_notices(notices, caption="Findings about these sessions", nothing=nothing)
    others = len(report.findings) - len(about)
    count = "1 other finding is" if others == 1 else f"{others:,} other findings are"
    return joined([found, note(f"{count} not about these sessions.") if others else None])
