"""The agenda as SVG: its grids as one image, with lines below for all that grids do not show."""

from collections.abc import Iterable, Iterator, Sequence

from mic_core.findings import Titles, notice_of
from mic_core.markup import Tone, svg_document, svg_timegrids
from mic_core.scheduling.views.arguments import Look
from mic_core.scheduling.views.grid import citation_of, grids_of, hues_of, marks_of, with_marks
from mic_core.scheduling.views.items import AgendaItem
from mic_core.wording import count_text

_MOST_REMARKS = 24  # of one kind

Remark = tuple[str, Tone]
"""A line below the grids, and its tone."""


def agenda_svg(
    items: Sequence[AgendaItem],
    remarks: Iterable[Remark],
    arguments: Look,
    portfolio: Titles | None = None,
) -> str:
    """The grids of the items, then remarks, and the findings of a report. O(n log n)."""
    marks = marks_of(arguments.report.findings if arguments.report is not None else ())
    shown = items[: arguments.most]
    hues = hues_of(shown)
    drawn = [with_marks(each, marks) for each in shown]
    grids = [
        each.grid for each in grids_of(drawn, view=arguments.view, hues=hues, names=arguments.names)
    ]
    drawing = f"{count_text(len(items), 'session')} in {count_text(len(grids), 'grid')}."
    below: list[Remark] = [] if items else [("Nothing takes place.", "plain")]
    if len(shown) < len(items):
        below.append((f"Shown are the first {len(shown):,} of {len(items):,} sessions.", "plain"))
    below += [*remarks, *_findings(shown, arguments, portfolio)]
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


def _findings(
    items: Iterable[AgendaItem], arguments: Look, portfolio: Titles | None
) -> Iterator[Remark]:
    """The findings of a report about the sessions shown, the worst first."""
    found = () if arguments.report is None else arguments.report.findings
    subjects = {citation_of(each) for each in items}
    about = [each for each in found if subjects & set(each.subjects)]
    said = (notice_of(each, portfolio, names=arguments.names).text for each in about)
    yield from few([(f"{each.severity}: {each.code}: {text}.", each.severity)
                     for each, text in zip(about, said, strict=True)])  # fmt: skip
