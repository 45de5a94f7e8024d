"""The agenda as SVG: its grids as one image, with lines below for all that grids do not show."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from mic_core.findings import Report
from mic_core.markup import Tone, svg_document, svg_timegrids
from mic_core.scheduling.views.arguments import Look
from mic_core.scheduling.views.grid import citation_of, grids_of, hues_of, marks_of, with_marks
from mic_core.scheduling.views.items import AgendaItem
from mic_core.wording import count_text

_MOST_REMARKS = 24  # of one kind

Remark = tuple[str, Tone]
"""A line below the grids, and its tone."""


def agenda_svg(items: Sequence[AgendaItem], remarks: Iterable[Remark], arguments: Look) -> str:
    """The grids of the items, then remarks, and the findings of a report. O(n log n)."""
    marks = marks_of(arguments.report.findings if arguments.report is not None else ())
    shown = items[: arguments.most]
    hues = hues_of(shown)
    grids = [
        grid
        for _, members in groupby(shown, attrgetter("center_id"))
        for _, grid in grids_of(
            [with_marks(each, marks) for each in members],
            view=arguments.view,
            hues=hues,
            names=arguments.names,
        )
    ]
    drawing = f"{count_text(len(items), 'session')} in {count_text(len(grids), 'grid')}."
    below: list[Remark] = [] if items else [("Nothing takes place.", "plain")]
    if len(shown) < len(items):
        below.append((f"Shown are the first {len(shown):,} of {len(items):,} sessions.", "plain"))
    below += [*remarks, *_findings(shown, arguments.report)]
    described = " ".join([drawing, *(text for text, _ in below)])
    return svg_document(
        svg_timegrids(grids, title=arguments.title, description=described, remarks=below)
    )


def without_slot(items: Iterable[AgendaItem]) -> Iterator[Remark]:
    """The lines of sessions without a slot; of many, the first."""
    return few(
        [(f"Without a slot: {each.title} [{each.session_id}].", "warning") for each in items]
    )


def few(lines: Sequence[Remark]) -> Iterator[Remark]:
    """The first of many lines, and the number of the others."""
    yield from lines[:_MOST_REMARKS]
    more = len(lines) - _MOST_REMARKS
    if more > 0:
        yield f"And {more:,} more of this kind.", lines[_MOST_REMARKS][1]


def _findings(items: Iterable[AgendaItem], report: Report | None) -> Iterator[Remark]:
    """The findings of a report about the sessions shown, the worst first."""
    if report is None:
        return
    subjects = {citation_of(each) for each in items}
    about = [each for each in report.findings if subjects & set(each.subjects)]
    yield from few([(f"{each.severity}: {each.code}: {each.message}.", each.severity)
                     for each in about])  # fmt: skip
