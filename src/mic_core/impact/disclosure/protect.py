"""Protecting: disclosure control over a whole scorecard as a last pass before it is published."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil

import attrs

from mic_core.fields import Each, Maybe, Number, Value, Whole, sound
from mic_core.impact.aggregation.estimate import NOTHING
from mic_core.impact.disclosure.contributions import AmountMeasure, contributions
from mic_core.impact.disclosure.linking import Linking
from mic_core.impact.disclosure.quantities import PrintedNumber, printed_by
from mic_core.impact.disclosure.suppression import suppressed_figures
from mic_core.impact.scorecard import Result, Scorecard
from mic_core.impact.tables.build import FactTables, facts_of
from mic_core.impact.validity import tables_of
from mic_core.model.expressions.measures import (
    CountMeasure,
    DistinctMeasure,
    RatioMeasure,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO

OPEN_TABLES = frozenset({"sessions", "editions", "costs"})
"""Fact tables of which the rows tell of the center alone, so that small numbers harm nobody."""

_FEWEST = 3
"""The contributors that an amount needs: of two, each can work out the other."""


def protect(
    scorecard: Scorecard,
    facts: Portfolio | FactTables | None = None,
    *,
    minimum: int = 5,
    dominance: Decimal | None = Decimal("0.1"),
    published: Iterable[Scorecard] = (),
) -> Scorecard:
    """Suppress the figures of a scorecard that would give a person or an enterprise away.

    `minimum` is the smallest count of persons or enterprises that may be printed, 0 apart.
    `dominance` is p of the p % rule, as a share of the largest contribution: an amount is withheld
    if all contributions but the two largest ones are less than it, or if there are fewer than
    three; None: only the latter. `facts` are those that were measured, which name the
    contributions; without them an amount is withheld unless `dominance` is None. `published` are
    scorecards that were published before: their figures are known to everybody.

    Further figures are suppressed so that nobody derives one from totals, differences of cumulative
    figures, parts, shares or ratios. The result has status `suppressed`, and tells neither figure
    nor number of units. Zeros are printed. The arguments appear nowhere in what is returned: keep
    them confidential. Raises InvariantError for arguments that are none. About 1 s for 250 cells.

    >>> from datetime import UTC, datetime
    >>> from mic_core.impact.measuring import measure
    >>> from mic_core.samples import brussels_2014
    >>> card = measure(brussels_2014(), "E1", by="kind", as_of=datetime(2014, 12, 31, tzinfo=UTC))
    >>> for each in protect(card, minimum=4):
    ...     print([label for _, label in each.cell], each.figure, each.status)
    [] 21 measured
    ['sme'] unknown suppressed
    ['university'] unknown suppressed
    ['venture'] 12 measured
    """
    *_, earlier = sound(
        "protect", scorecard=(scorecard, Value(Scorecard)), minimum=(minimum, Whole(least=1)),
        facts=(facts, Value(FactTables) if isinstance(facts, FactTables) else Maybe(PORTFOLIO)),
        dominance=(dominance, Maybe(Number(least=Decimal(0), most=Decimal(1)))),
        published=(published, Each(Value(Scorecard), "scorecards")),
    )  # fmt: skip
    rules = _Rules.of(scorecard, facts, minimum, dominance)
    linking = Linking(rules.need)
    pinned: set[int] = set()
    for card in earlier:
        known: dict[PrintedNumber, int] = {}
        for result in card.results:
            known |= {each: linking.cell(each, value) for each, value in printed_by(card, result)}
        linking.relate_margins(known)
        pinned |= {*known.values()}
    figures: list[tuple[int, ...]] = []
    here: dict[PrintedNumber, int] = {}
    for result in scorecard.results:
        rules.result = result
        cells = {each: linking.cell(each, value) for each, value in printed_by(scorecard, result)}
        figures.append(tuple(cells.values()))
        here |= cells
    linking.relate_margins(here)
    linking.relate_parts()
    linked = linking.linked(figures, frozenset(pinned))
    small = {
        each for each, cells in enumerate(figures) if any(one in linked.needs for one in cells)
    }
    hidden = suppressed_figures(linked) | small
    return attrs.evolve(
        scorecard,
        results=tuple(
            _suppressed(result) if number in hidden else _trimmed(result, minimum)
            for number, result in enumerate(scorecard.results)
        ),
    )


@attrs.define(eq=False)
class _Rules:
    """The rules of primary suppression, and the result of which a number is judged."""

    minimum: int
    dominance: Fraction | None
    facts: FactTables | None
    result: Result | None = None

    @classmethod
    def of(
        cls, card: Scorecard, facts: Portfolio | FactTables | None, minimum: int,
        dominance: Decimal | None,
    ) -> "_Rules":  # fmt: skip
        known = facts_of(facts, card.as_of) if isinstance(facts, Portfolio) else facts
        return cls(minimum, None if dominance is None else Fraction(dominance), known)

    def need(self, quantity: PrintedNumber, value: int) -> int | None:
        """The value that must be possible for a number; None where it is not sensitive.

        Of a count the minimum; of an amount enough above it that nobody knows the largest
        contribution to within the share that the rule names.
        """
        if quantity.table in OPEN_TABLES:
            return None
        if quantity.is_count:
            return self.minimum if 0 < value < self.minimum else None
        if self.result is None:
            return None  # published before, or a rest that nobody prints
        part = Fraction(0) if self.dominance is None else self.dominance
        found = self._contributions(quantity)
        if found is None:
            if self.dominance is None and self.result.n >= _FEWEST:
                return None
            return value + max(1, ceil(part * abs(value)))
        if not found:
            return None
        largest, others = found[0], sum(found[2:])
        if len(found) < _FEWEST:
            return value + max(1, ceil(part * largest))
        missing = ceil(part * largest) - others
        return value + missing if missing > 0 else None

    def _contributions(self, quantity: PrintedNumber) -> tuple[int, ...] | None:
        """The contributions to an amount; None where they are not known."""
        result = self.result
        if result is None or result.window is None or self.facts is None:
            return None
        window = attrs.evolve(result.window, grade=result.indicator.minimum_evidence)
        measure = result.indicator.measure
        sides = (measure.top, measure.bottom) if isinstance(measure, RatioMeasure) else (measure,)
        for side in sides:
            if isinstance(side, AmountMeasure) and frozenset(side.where) == quantity.where:
                return contributions(self.facts, result, side, window)
        return None


def _suppressed(result: Result) -> Result:
    """A result without its figure, and without all that would tell it."""
    aim = result.aim
    return attrs.evolve(
        result, figure=NOTHING, status="suppressed", reason=None, coverage=None, evidence=(),
        at_grade=(), exclusions=(), attributed=None, window=None, as_of=None,
        aim=None if aim is None else attrs.evolve(aim, progress=None, growth=None),
    )  # fmt: skip


def _trimmed(result: Result, minimum: int) -> Result:
    """A result in print, without notes on few facts: these are small counts as well."""
    if tables_of(result.indicator.measure) and OPEN_TABLES.issuperset(
        tables_of(result.indicator.measure)
    ):
        return result

    def is_safe(counts: Iterable[int]) -> bool:
        return all(each == 0 or each >= minimum for each in counts)

    evidence, exclusions = result.evidence, result.exclusions
    return attrs.evolve(
        result,
        evidence=evidence if is_safe(n for _, n in evidence) else (),
        exclusions=exclusions if is_safe(n for _, n in exclusions) else (),
        at_grade=result.at_grade if is_safe(_steps(result)) else (),
    )


def _steps(result: Result) -> Iterable[int]:
    """The counts at each minimum grade of evidence, and how much each is less than the one before.

    A single 1 for figures that are no counts: those of better evidence tell who is left out.
    """
    if all(figure == result.figure for _, figure in result.at_grade):
        return ()
    is_count = isinstance(result.indicator.measure, CountMeasure | DistinctMeasure)
    values = [result.figure.n, *(figure.n for _, figure in result.at_grade)]
    return [*values, *(a - b for a, b in pairwise(values))] if is_count else [1]
