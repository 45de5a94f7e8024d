"""Changes of figures between two instants, with their reasons: new, late, corrected facts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.fields import Instant, sound
from mic_core.ids import split
from mic_core.impact.aggregation.estimate import NOTHING, Estimate, number
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.measuring import Indicators, measure
from mic_core.impact.scorecard import Result
from mic_core.markup import MOST_ROWS, Html, html_table, notebook, table
from mic_core.model import Indicator
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO

Days = Mapping[str, date | None]
"""The day of each fact behind a figure."""

_HEADERS = ("indicator", "before", "after", "new", "late", "corrected", "gone", "due")


@attrs.frozen(kw_only=True)
class FigureChange:
    """A figure at two instants, and the facts that made the difference, cited as kind:id.

    `new` facts happened after the first instant; `late` ones before it, and were recorded after;
    `corrected` ones were recorded again; `gone` ones were retracted, or count no longer; `due` ones
    were known before, and count since. `currency` is that of a figure of money.
    """

    indicator: Indicator
    currency: str | None = None
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
                "indicator": each.indicator.id, "currency": each.currency,
                "before": number(each.before.value),
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
        " ".join(filter(None, (each.indicator.id, each.indicator.title, each.currency))),
        str(each.before), str(each.after),
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
    rates: ExchangeRates | None = None,
) -> FigureChanges:
    """The figures that differ between two instants of knowledge, with the facts that explain it.

    Arguments as in `measure`. Figures whose value and bounds are the same are left out. Raises
    NotFound and InvariantError as `measure` does. O(n) over the facts for each indicator.

    >>> from datetime import UTC
    >>> early, late = datetime(2014, 10, 1, tzinfo=UTC), datetime(2014, 11, 1, tzinfo=UTC)
    >>> len(what_changed(Portfolio.of(), early, late))
    0
    """
    sound(
        "what_changed", portfolio=(portfolio, PORTFOLIO), before=(before, Instant()),
        after=(after, Instant()),
    )  # fmt: skip
    # Each keeps its tables, for its figures and the explanations of all of them.
    then, now = portfolio.as_of(before), portfolio.as_of(after)
    sides = [
        {
            (each.indicator.id, each.currency): each
            for each in measure(
                known, indicators, period=period, as_of=moment, scope=scope, rates=rates
            )
        }
        for known, moment in ((then, before), (now, after))
    ]
    pairs = (_both_sides(key, *sides) for key in dict.fromkeys((*sides[0], *sides[1])))
    found = (_change(then, now, *pair) for pair in pairs if pair is not None)
    return FigureChanges(changes=(*found,))


_Side = Mapping[tuple[str, str | None], Result]


def _both_sides(
    key: tuple[str, str | None], before: _Side, after: _Side
) -> tuple[Result, Result] | None:
    """A figure on both sides; None if it is the same, or was not an indicator on one of them.

    An amount in a currency that one side has not is nothing there.
    """
    old, new = before.get(key), after.get(key)
    if old is None and new is not None and key[1] is not None:
        old = _nothing_of(new, before)
    if new is None and old is not None and key[1] is not None:
        new = _nothing_of(old, after)
    if old is None or new is None or old.figure == new.figure:
        return None
    return old, new


def _nothing_of(other: Result, side: _Side) -> Result | None:
    """A figure of no facts in the currency of another; None where its indicator was not known."""
    known = (each for (id, _), each in side.items() if id == other.indicator.id)
    here = next(known, None)
    if here is None:
        return None
    return attrs.evolve(here, currency=other.currency, figure=NOTHING, status="unknown")


def _change(then: Portfolio, now: Portfolio, old: Result, new: Result) -> FigureChange:
    was, known = old.explain(then).days, new.explain(now).days
    last = old.window.today if old.window is not None else date.min
    by_reason: dict[str, list[str]] = {
        each: [] for each in ("new", "late", "corrected", "gone", "due")
    }
    for fact in sorted(was.keys() | known.keys()):
        reason = _reason(fact, was, known, then, now, last)
        if reason is not None:
            by_reason[reason].append(fact)
    facts: dict[str, Any] = {reason: (*found,) for reason, found in by_reason.items()}
    return FigureChange(
        indicator=new.indicator, currency=new.currency, before=old.figure, after=new.figure, **facts
    )


def _reason(
    fact: str, was: Days, known: Days, then: Portfolio, now: Portfolio, last: date
) -> str | None:
    """The reason for which a fact makes a difference; None if it is the same on both sides.

    `last` is the last day that was over at the first instant.
    """
    if fact not in known:
        return "gone"
    before = then.find(*split(fact))
    if fact in was:
        return None if before == now.find(*split(fact)) else "corrected"
    if before is not None:
        return "due"
    day = known[fact]
    return "late" if day is not None and day <= last else "new"
