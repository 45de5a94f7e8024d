"""The page of a plan, in HTML and SVG: weeks as grids, unplaced sessions, costs and findings."""

from collections.abc import Iterator, Sequence

from mic_core.findings import Report
from mic_core.markup import Html, Inside, badge, cited_below, element, html_table, joined
from mic_core.scheduling.evaluation.score import Score, costs_table, level_badges
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.views.agenda import Agenda
from mic_core.scheduling.views.arguments import Look
from mic_core.scheduling.views.grid import marks_of
from mic_core.scheduling.views.html import placed_html
from mic_core.scheduling.views.svg import Remark, agenda_svg, few
from mic_core.wording import count_text


def plan_html(
    agenda: Agenda,
    unplaced: Sequence[Unplaced],
    report: Report,
    score: Score,
    *,
    placed: int,
    changed: int,
    look: Look,
) -> Html:
    """The page in HTML: sessions placed and changed, weeks, unplaced ones, costs and findings."""
    numbers = [f"{count_text(placed, 'session')} placed"]
    numbers += [f"{count_text(changed, 'session')} changed"] if changed else []
    badges = [*map(badge, numbers), *level_badges(score)]
    marks = marks_of(report.findings)
    return joined(
        [
            element("ul", *(element("li", each) for each in badges), class_="counts"),
            placed_html(
                agenda.items, None, marks, view=look.view, names=look.names, most=look.most
            ),
            _left_out(agenda, unplaced, look.most),
            costs_table(score),
            report.html(agenda.portfolio, names=look.names, most=look.most),
        ]
    )


def plan_svg(
    agenda: Agenda,
    unplaced: Sequence[Unplaced],
    score: Score,
    look: Look,
) -> str:
    """The page as one SVG image: weeks, then unplaced sessions and the total score in words."""
    lines: list[Remark] = [
        (f"Not placed: {title} [{', '.join(ids)}]: {why}.", "warning")
        for title, ids, why in _reasons(agenda, unplaced)
    ]
    remarks: list[Remark] = [*few(lines), (f"Score: {score.total}.", "plain")]
    return agenda_svg(agenda.items, remarks, look, agenda.portfolio)


def _left_out(agenda: Agenda, unplaced: Sequence[Unplaced], most: int) -> Html | None:
    """The table of unplaced sessions; sessions that share title and reason are one row."""
    rows: list[tuple[Inside, ...]] = [
        (title, len(ids), element("div", why, class_="wide"), cited_below(ids))
        for title, ids, why in _reasons(agenda, unplaced)
    ]
    if not rows:
        return None
    headers = ("session", "sessions", "what stood in the way", "ids")
    return html_table(rows, headers, caption="Not placed", most=most)


def _reasons(
    agenda: Agenda, unplaced: Sequence[Unplaced]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The unplaced sessions as (title, ids, reason), one for each title with its reason."""
    titles = {each.session_id: each.title for each in (*agenda.items, *agenda.unplaced)}
    why = {each.session_id: "nobody asked for a place" for each in agenda.unplaced}
    why.update({each.session_id: each.why for each in unplaced})
    alike: dict[tuple[str, str], list[str]] = {}
    for id in sorted(why):
        alike.setdefault((titles.get(id, id), why[id]), []).append(id)
    for (title, reason), ids in alike.items():
        yield title, tuple(ids), reason
