"""Step curves: shares over numbered steps, with the numbers at risk in a table below."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from mic_core.markup.charts.canvas import (
    FONT,
    LABELS,
    LINE,
    MARGIN,
    chart,
    empty_chart,
    label,
    row_label,
)
from mic_core.markup.html import Html, element
from mic_core.markup.measure import regular_width
from mic_core.markup.style import HUES

_STEP_LEAST, _STEP_MOST, _WIDTH = 30, 90, 620  # pixels of a step, and of all steps if few
_TALL = 220  # pixels from 0 to 100 %
_TOP = MARGIN + 36


@attrs.frozen(kw_only=True)
class Curve:
    """A curve of shares, one for each step from the first on, each with its number at risk.

    A share of None is not known: the curve has a gap there. The `main` curve is bold, and is drawn
    over the others.
    """

    title: str
    shares: tuple[Fraction | None, ...]
    at_risk: tuple[int | None, ...]
    main: bool = False


def svg_curves(
    curves: Sequence[Curve], *, title: str, steps: str, share: str, at_risk: str, nothing: str
) -> Html:
    """Draw step curves from 0 to 100 %, with a row of numbers at risk for each curve that is named.

    `steps`, `share` and `at_risk` name the axes and the numbers; `nothing` is said without any
    step. Up to six curves beside the main one have a color and a row; more are drawn faint, and
    only the main one has a row. O(curves x steps).

    >>> one = Curve(title="all", shares=(Fraction(1, 2),), at_risk=(4,), main=True)
    >>> drawn = svg_curves([one], title="", steps="week", share="kept", at_risk="of", nothing="")
    >>> "all, week 1: 50 % of 4" in drawn.source
    True
    """
    number = max((len(each.shares) for each in curves), default=0)
    if not number:
        return empty_chart(title, nothing)
    rest = [each for each in curves if not each.main]
    named = rest if len(rest) <= HUES else []
    rows = [*((each, str(hue)) for hue, each in enumerate(named)),
            *((each, "ink") for each in curves if each.main)]  # fmt: skip
    step = max(_STEP_LEAST, min(_STEP_MOST, _WIDTH // number))
    left = MARGIN + LABELS
    axes = _Axes(left, step, number)
    below = _TOP + _TALL + 52
    height = below + LINE * (len(rows) + 1) + MARGIN
    faint = [] if named else [(each, "none") for each in rest]
    # A label such as 104 needs room: of many steps every second, or fewer, has one.
    every = 1 + 40 // step
    parts = [
        *_grid(axes, share, steps, every),
        *(mark for each, _ in faint for mark in _curve(each, axes, "none faint", steps)),
        *(
            mark for each, hue in rows
            for mark in _curve(each, axes, f"{hue} bold" if each.main else hue, steps)
        ),
        label(at_risk, MARGIN, below, LABELS - 10, "muted"),
        *(
            mark for place, (each, hue) in enumerate(rows, 1)
            for mark in _row(each, hue, axes, below + LINE * place, every)
        ),
    ]  # fmt: skip
    text = "; ".join(_words(each, steps) for each, _ in rows)
    return chart(
        parts, title=title, description=f"{share} by {steps}. {text}",
        width=left + max(step * number, 300) + 2 * MARGIN, height=height,
    )  # fmt: skip


@attrs.frozen
class _Axes:
    left: int
    step: int
    number: int

    def y(self, share: Fraction) -> int:
        """The vertical coordinate of a share."""
        return _TOP + _TALL - int(share * _TALL)


def _grid(axes: _Axes, share: str, steps: str, every: int) -> Iterator[Html]:
    right = axes.left + axes.step * axes.number
    yield label(share, MARGIN, _TOP + 4, LABELS - 60, "muted")
    for percent in (0, 25, 50, 75, 100):
        y = axes.y(Fraction(percent, 100))
        yield element(
            "line", class_="axis" if not percent else None, x1=axes.left, x2=right, y1=y, y2=y
        )
        yield element("text", f"{percent} %", class_="muted end", x=axes.left - 8, y=y + 4)
    y = _TOP + _TALL + 20
    yield label(steps, MARGIN, y, LABELS - 60, "muted")
    for place in range(0, axes.number, every):
        x = axes.left + axes.step * place + axes.step // 2
        yield element("text", place + 1, class_="muted middle", x=x, y=y)


def _curve(curve: Curve, axes: _Axes, style: str, steps: str) -> Iterator[Html]:
    """The steps of a curve: a horizontal line for each share, vertical ones between neighbors."""
    before: int | None = None
    for place, share in enumerate(curve.shares):
        if share is None:
            before = None
            continue
        x, y = axes.left + axes.step * place, axes.y(share)
        if before is not None and before != y:
            yield element("line", class_=f"step hue-{style}", x1=x, x2=x, y1=before, y2=y)
        tooltip = element("title", _point(curve, place, steps))
        yield element(
            "line", tooltip, class_=f"step hue-{style}", x1=x, x2=x + axes.step, y1=y, y2=y
        )
        before = y


def _point(curve: Curve, place: int, steps: str) -> str:
    share, at_risk = curve.shares[place], curve.at_risk[place]
    shown = "not known" if share is None else f"{float(100 * share):.0f} %"
    of = "" if at_risk is None else f" of {at_risk:,}"
    return f"{curve.title}, {steps} {place + 1}: {shown}{of}"


def _row(curve: Curve, hue: str, axes: _Axes, y: int, every: int) -> Iterator[Html]:
    """The numbers at risk of a curve, below its steps, with its color before its name."""
    yield element("rect", class_=f"fill-{hue}", x=MARGIN, y=y - 9, width=10, height=10, rx=2)
    style = "strong" if curve.main else None
    yield row_label(curve.title, y, style, indent=16)
    for place in range(0, len(curve.at_risk), every):
        number = curve.at_risk[place]
        x = axes.left + axes.step * place + axes.step // 2
        text = "" if number is None else f"{number:,}"
        wide = regular_width(text) * FONT // 1000
        # Numbers wider than their column would run into each other.
        if wide <= axes.step * every:
            yield element("text", text, class_=f"middle {style or ''}".strip(), x=x, y=y)


def _words(curve: Curve, steps: str) -> str:
    """The last known point of a curve, for screen readers."""
    known = [place for place, share in enumerate(curve.shares) if share is not None]
    return _point(curve, known[-1], steps) if known else f"{curve.title}: not known"
