"""Changes of figures between two instants, with their reasons: new, late, corrected facts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.ids import split
from mic_core.impact.aggregation.estimate import Estimate
from mic_core.impact.explanation import Explanation
from mic_core.impact.measuring import Indicators, measure
from mic_core.impact.scorecard import Result, number
from mic_core.markup import MOST_ROWS, Html, html_table, notebook, table
from mic_core.model import Indicator
from mic_core.portfolio import Portfolio, Scope

_HEADERS = ("indicator", "before", "after", "new", "late", "corrected", "gone", "due")


@attrs.frozen(kw_only=True)
class FigureChange:
    """A figure at two instants, and the facts that made the difference, cited as kind:id.

    `new` facts happened after the first instant; `late` ones before it, and were recorded after;
    `corrected` ones were recorded again; `gone` ones were retracted, or count no longer; `due` ones
    were known before, and count since.
    """

    indicator: Indicator
    before: Estimate
    after: Estimate
    new: tuple[str, ...]
    late: tuple[str, ...]
    corrected: tuple[str, ...]
    gone: tuple[str, ...]
    due: tuple[str, ...]


@attrs.frozen(kw_only=True)
class FigureChanges:
    """The figures that differ between two instants, in the order of their indicators."""

    changes: tuple[FigureChange, ...]

    def __iter__(self) -> Iterator[FigureChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each changed figure, with the number of facts by reason."""
        return tuple(
            {
                "indicator": each.indicator.id, "before": number(each.before.value),
                "after": number(each.after.value), "new": len(each.new), "late": len(each.late),
                "corrected": len(each.corrected), "gone": len(each.gone), "due": len(each.due),
            }
            for each in self.changes
        )  # fmt: skip

    def __str__(self) -> str:
        return table([_words(each) for each in self.changes], _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The changes as a table; of more than `most` the first."""
        shown = [_words(each) for each in self.changes]
        return html_table(shown, _HEADERS, caption="What changed", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _words(each: FigureChange) -> tuple[str, ...]:
    return (
        f"{each.indicator.id} {each.indicator.title}", str(each.before), str(each.after),
        *(str(len(facts)) for facts in (each.new, each.late, each.corrected, each.gone, each.due)),
    )  # fmt: skip


def what_changed(
    portfolio: Portfolio,
    before: datetime,
    after: datetime,
    indicators: Indicators = None,
    *,
    period: Period | None = None,
    scope: Scope | None = None,
) -> FigureChanges:
    """The figures that differ between two instants of knowledge, with the facts that explain it.

    Arguments as in `measure`. Figures whose value and bounds are the same are left out. Raises
    NotFound and InvariantError as `measure` does. O(n) over the facts for each indicator.

    >>> from datetime import UTC
    >>> early, late = datetime(2014, 10, 1, tzinfo=UTC), datetime(2014, 11, 1, tzinfo=UTC)
    >>> len(what_changed(Portfolio.of(), early, late))
    0
    """
    sides = [
        {
            each.indicator.id: each
            for each in measure(portfolio, indicators, period=period, as_of=moment, scope=scope)
            if not each.cell and each.currency is None
        }
        for moment in (before, after)
    ]
    found = (
        _change(portfolio, old, sides[1][id], before, after)
        for id, old in sides[0].items()
        if id in sides[1] and old.figure != sides[1][id].figure
    )
    return FigureChanges(changes=(*found,))


def _change(
    portfolio: Portfolio, old: Result, new: Result, before: datetime, after: datetime
) -> FigureChange:
    then, now = portfolio.as_of(before), portfolio.as_of(after)
    earlier, later = old.explain(portfolio), new.explain(portfolio)
    was, known = _all(earlier), _all(later)
    fresh = [each for each in known if each not in was]
    recorded = {each: then.find(*split(each)) is None for each in fresh}
    last = old.window.today if old.window is not None else before.date()
    late = [each for each in fresh if recorded[each] and _is_past(later.days.get(each), last)]
    return FigureChange(
        indicator=new.indicator, before=old.figure, after=new.figure,
        new=tuple(each for each in fresh if recorded[each] and each not in late),
        late=(*late,),
        corrected=tuple(
            each for each in known
            if each in was and then.find(*split(each)) != now.find(*split(each))
        ),
        gone=tuple(each for each in was if each not in known),
        due=tuple(each for each in fresh if not recorded[each]),
    )  # fmt: skip


def _all(explanation: Explanation) -> list[str]:
    return sorted({*explanation.facts, *explanation.possible})


def _is_past(day: Any, last: Any) -> bool:
    return day is not None and day <= last
