"""Funnels: bars of the numbers that reached each stage, with the possible ones beyond."""

from collections.abc import Iterator, Sequence

import attrs

from mic_core.markup.charts.canvas import LABELS, MARGIN, chart, empty_chart, label, row_label
from mic_core.markup.html import Html, element

_WIDE, _TALL, _GAP, _TEXTS = 420, 26, 8, 190  # pixels of the longest bar; a bar; between; texts
_TOP = MARGIN + 32


@attrs.frozen(kw_only=True)
class FunnelStage:
    """A stage: certainly `least` reached it, at most `most`; `text` stands beside the bar."""

    title: str
    least: int
    most: int
    text: str


def svg_funnel(stages: Sequence[FunnelStage], *, title: str, nothing: str) -> Html:
    """Draw a funnel, a bar for each stage, centered; `nothing` is said if no bar has a length.

    The dashed part beyond a bar is what may have reached the stage as well. O(stages).

    >>> stages = [FunnelStage(title="applied", least=9, most=9, text="9")]
    >>> "applied: 9" in svg_funnel(stages, title="Funnel", nothing="").source
    True
    """
    longest = max((each.most for each in stages), default=0)
    if not longest:
        return empty_chart(title, nothing)
    parts = [
        mark for place, each in enumerate(stages)
        for mark in _stage(each, longest, _TOP + place * (_TALL + _GAP))
    ]  # fmt: skip
    return chart(
        parts, title=title, description="; ".join(f"{each.title}: {each.text}" for each in stages),
        width=MARGIN + LABELS + _WIDE + _TEXTS + MARGIN,
        height=_TOP + len(stages) * (_TALL + _GAP) + MARGIN,
    )  # fmt: skip


def _stage(stage: FunnelStage, longest: int, y: int) -> Iterator[Html]:
    tooltip = element("title", f"{stage.title}: {stage.text}")
    left = MARGIN + LABELS
    yield row_label(stage.title, y + 17)
    bars = [("open", stage.most)] if stage.most > stage.least else []
    bars += [("fill-0", stage.least)] if stage.least else []
    for style, number in bars:
        wide = max(2, number * _WIDE // longest)
        x = left + (_WIDE - wide) // 2
        yield element("rect", tooltip, class_=style, x=x, y=y, width=wide, height=_TALL, rx=3)
    yield label(stage.text, left + _WIDE + 12, y + 17, _TEXTS - 12)
