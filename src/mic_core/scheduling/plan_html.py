"""How a plan looks: its weeks drawn, what it leaves out and why, what it costs, what rules find."""

from collections.abc import Iterator, Sequence

from mic_core.findings import Report
from mic_core.markup import Html, Inside, Tone, badge, element, html_table, joined
from mic_core.scheduling.agenda import Agenda
from mic_core.scheduling.agenda_grid import View, marks_of
from mic_core.scheduling.agenda_html import placed_html
from mic_core.scheduling.agenda_svg import Remark, agenda_svg, counted, few
from mic_core.scheduling.score import Score
from mic_core.scheduling.unplaced import Unplaced


def plan_html(
    agenda: Agenda,
    unplaced: Sequence[Unplaced],
    report: Report,
    score: Score,
    *,
    changed: int,
    view: View,
    names: bool,
    most: int,
) -> Html:
    """What changes in numbers, then the weeks, what is left out, the costs and the findings."""
    left: Tone = "warning" if score.unplaced else "good"
    badges = [
        badge(f"{counted(changed, 'session')} changed", "plain"),
        badge(f"{score.unplaced:,} not placed", left),
    ]
    marks = marks_of(report.findings)
    return joined(
        [
            element("ul", *(element("li", each) for each in badges), class_="counts"),
            placed_html(agenda.items, None, marks, view=view, names=names, most=most),
            _left_out(agenda, unplaced, most),
            element("h3", "What it costs"),
            score.html(),
            element("h3", "What the rules find"),
            report.html(most=most),
        ]
    )


def plan_svg(
    agenda: Agenda,
    unplaced: Sequence[Unplaced],
    report: Report,
    score: Score,
    *,
    title: str,
    view: View,
    names: bool,
    most: int,
) -> str:
    """The weeks as one image; below them what is left out, the costs and the findings."""
    lines: list[Remark] = [
        (f"Not placed: {named} [{id}]: {why}.", "warning")
        for named, id, why in _reasons(agenda, unplaced)
    ]
    remarks: list[Remark] = [*few(lines), (f"Score: {score.total}.", "plain")]
    return agenda_svg(
        agenda.items, remarks, title=title, report=report, view=view, names=names, most=most
    )


def _left_out(agenda: Agenda, unplaced: Sequence[Unplaced], most: int) -> Html | None:
    """What is not placed, and what stood in the way of each."""
    rows: list[tuple[Inside, ...]] = [
        (named, element("div", why, class_="wide"), element("code", id))
        for named, id, why in _reasons(agenda, unplaced)
    ]
    if not rows:
        return None
    return html_table(rows, ("session", "why", "id"), caption="Not placed", most=most)


def _reasons(agenda: Agenda, unplaced: Sequence[Unplaced]) -> Iterator[tuple[str, str, str]]:
    """The title and the id of each session that is not placed, and what stood in the way."""
    known = {each.session_id: each.title for each in (*agenda.items, *agenda.unplaced)}
    asked = {each.session_id for each in unplaced}
    for each in unplaced:
        yield known.get(each.session_id, ""), each.session_id, each.why
    for item in agenda.unplaced:
        if item.session_id not in asked:
            yield item.title, item.session_id, "nobody asked for its place"
