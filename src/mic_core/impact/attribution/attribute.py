"""Attribution: a figure divided among the partners who brought it about, by a declared policy."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.fields import Choice, Value, sound
from mic_core.ids import cite
from mic_core.impact.aggregation.estimate import Estimate, number, whole
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.aggregation.stated import StatedNumber, contains, ordinals
from mic_core.impact.currencies import CURRENCY
from mic_core.impact.observed import stated_states
from mic_core.impact.scorecard import Result, shown
from mic_core.impact.tables.build import FactTables, facts_of, known_at
from mic_core.markup import Cell, Html, Quantity, html_table, joined, note, notebook, table
from mic_core.model import Attribution
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    Measure,
    StatedMeasure,
    TotalMeasure,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO

AttributionPolicy = Literal["fractional", "full"]
POLICIES: tuple[AttributionPolicy, ...] = ("fractional", "full")
"""The policies of attribution: shares that add up to the whole, or each partner with all of it."""

_HEADERS = ("partner", "figure", "part", "evidence")
_OVERLAP = "Each partner reports all that it contributed to: these figures overlap and never add."


@attrs.frozen(kw_only=True)
class AttributedPart:
    """The part of a figure that is attributed to one partner; of nobody where `partner_id` is None.

    `evidence` holds the grades of the shares, the weakest first; None is not stated.
    """

    partner_id: str | None
    figure: Estimate
    evidence: tuple[str | None, ...] = ()


@attrs.frozen(kw_only=True)
class AttributedFigure:
    """A figure by partner: under the policy `fractional` the parts and the rest add up to it.

    Under `full` each partner has all outcomes that it contributed to; these overlap. `reason` says
    why a figure is not attributed; None: it is.
    """

    result: Result
    policy: AttributionPolicy
    parts: tuple[AttributedPart, ...] = ()
    reason: str | None = None

    def __iter__(self) -> Iterator[AttributedPart]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def get(self, partner_id: str | None) -> AttributedPart | None:
        """The part of a partner, or with None the rest that is attributed to nobody."""
        return next((each for each in self.parts if each.partner_id == partner_id), None)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each part, the rest last with None as its partner."""
        return tuple(
            {
                "indicator": self.result.indicator.id, "policy": self.policy,
                "partner": each.partner_id, "value": number(each.figure.value),
                "least": number(each.figure.least), "most": number(each.figure.most),
            }
            for each in self.parts
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([self._title, table(self._cells(), _HEADERS), *self._notes])

    def html(self) -> Html:
        """The parts as a table, with what is to be known of the policy below it."""
        look = html_table(self._cells(), _HEADERS, caption=self._title)
        return joined([look, *(note(each) for each in self._notes)])

    def _repr_html_(self) -> str:
        return notebook(self.html())

    @property
    def _title(self) -> str:
        indicator = self.result.indicator
        return f"{indicator.id} {indicator.title}, {self.policy} attribution"

    @property
    def _notes(self) -> list[str]:
        found = [] if self.reason is None else [f"Not attributed: {self.reason}."]
        return [*found, *([_OVERLAP] if self.policy == "full" and not found else [])]

    def _cells(self) -> list[tuple[Cell, ...]]:
        unit, all_of_it = self.result.unit, self.result.value
        return [
            (
                "unattributed" if each.partner_id is None else each.partner_id,
                Quantity(f"{each.figure} {unit}"),
                None if not all_of_it or each.figure.value is None
                else Quantity(shown(each.figure.value / all_of_it, "share")),
                ", ".join("not stated" if grade is None else grade for grade in each.evidence)
                or None,
            )
            for each in self.parts
        ]  # fmt: skip


@attrs.frozen(eq=False)
class _Outcome:
    """A part of a figure of which the shares are recorded together, and who may be its subject."""

    subjects: tuple[str, ...]
    figure: Estimate


_NONE: Sequence[Attribution] = ()


class _Refusal(Exception):  # caught in this module; the figure is returned with this reason
    """The reason why a figure cannot be attributed."""


def attribute(
    result: Result, portfolio: Portfolio, *, policy: AttributionPolicy = "fractional"
) -> AttributedFigure:
    """Divide a figure among partners by the recorded attributions of its outcomes.

    The shares of an outcome are those recorded for its observation, else for its organization or
    project, else for the indicator. They hold if their period holds all of the period measured.
    What nobody is recorded for is unattributed. A figure is refused where the shares of an outcome
    add up to more than 1, and where it is no sum of outcomes: a share, a median, a ratio. Raises
    InvariantError for arguments that are none. O(facts).

    >>> from datetime import UTC, datetime
    >>> from mic_core.impact.measuring import measure
    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> (jobs,) = measure(season, "E1", as_of=datetime(2014, 12, 31, tzinfo=UTC))
    >>> [(each.partner_id, str(each.figure)) for each in attribute(jobs, season)]
    [(None, '21')]
    """
    sound(
        "attribute", result=(result, Value(Result)), portfolio=(portfolio, PORTFOLIO),
        policy=(policy, Choice(POLICIES)),
    )  # fmt: skip
    try:
        parts = _parts(result, portfolio, policy)
    except _Refusal as refusal:
        return AttributedFigure(result=result, policy=policy, reason=str(refusal))
    return AttributedFigure(result=result, policy=policy, parts=parts)


def _parts(
    result: Result, portfolio: Portfolio, policy: AttributionPolicy
) -> tuple[AttributedPart, ...]:
    if result.window is None or result.as_of is None:
        reason = f"the figure is {result.status}"
        raise _Refusal(reason)
    known, facts = known_at(portfolio, result.as_of), facts_of(portfolio, result.as_of)
    shares = _shares(known, result)
    amounts: defaultdict[str | None, list[tuple[Fraction, Estimate]]] = defaultdict(list)
    evidence: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for outcome in _outcomes(result, known, facts, result.window, shares):
        found = next((shares[each] for each in outcome.subjects if each in shares), _NONE)
        by_partner: defaultdict[str, Fraction] = defaultdict(Fraction)
        for each in found:
            by_partner[each.partner_id] += Fraction(each.share)
            evidence[each.partner_id].add(each.evidence)
        rest = 1 - sum(by_partner.values(), Fraction(0))
        if rest < 0:
            reason = f"the shares of {found[0].subject} add up to more than 1"
            raise _Refusal(reason)
        if policy == "full":
            by_partner = defaultdict(
                Fraction, {each: Fraction(1) for each, share in by_partner.items() if share}
            )
            rest = Fraction(0 if by_partner else 1)
        for partner, share in by_partner.items():
            amounts[partner].append((share, outcome.figure))
        amounts[None].append((rest, outcome.figure))
    partners = sorted(each for each in amounts if each is not None)
    return tuple(
        AttributedPart(
            partner_id=each, figure=_summed(amounts[each]),
            evidence=(*sorted(evidence[each], key=str),),
        )
        for each in (*partners, None)
    )  # fmt: skip


def _summed(weighted: Sequence[tuple[Fraction, Estimate]]) -> Estimate:
    """The sum of shares of figures; a bound that is open stays open unless its share is 0."""

    def added(values: Sequence[tuple[Fraction, Fraction | None]]) -> Fraction | None:
        known = [share * value for share, value in values if value is not None]
        is_open = any(share for share, value in values if value is None)
        return None if is_open else sum(known, Fraction(0))

    return Estimate(
        value=added([(share, each.value) for share, each in weighted]),
        least=added([(share, each.least) for share, each in weighted]),
        most=added([(share, each.most) for share, each in weighted]),
        n=sum(each.n for share, each in weighted if share),
    )


def _shares(portfolio: Portfolio, result: Result) -> Mapping[str, list[Attribution]]:
    """The attributions that hold for all of the period measured, by subject."""
    measured = Period() if result.period is None else result.period
    found: defaultdict[str, list[Attribution]] = defaultdict(list)
    for each in portfolio.all(Attribution):
        if each.period is None or contains(each.period, measured):
            found[each.subject].append(each)
    return found


def _outcomes(
    result: Result, portfolio: Portfolio, facts: FactTables, window: Window,
    shares: Mapping[str, list[Attribution]],
) -> list[_Outcome]:  # fmt: skip
    """The outcomes that add up to a figure: of observations, of enterprises, or it as one."""
    measure = result.indicator.measure
    if not _is_sum(measure):
        reason = "a share, a median or a ratio is no sum of outcomes"
        raise _Refusal(reason)
    everywhere = cite("indicator", result.indicator.id)
    window = attrs.evolve(window, grade=result.indicator.minimum_evidence)
    one = _Outcome((everywhere,), result.figure)
    listed = (
        _observed(result, portfolio, window, everywhere)
        if isinstance(measure, StatedMeasure)
        else _by_enterprise(result, facts, window, everywhere)
    )
    of_parts = {subject for each in listed for subject in each.subjects[:-1]}
    if not of_parts & shares.keys():
        return [one]
    total = _summed([(Fraction(1), each.figure) for each in listed])
    if total.value != result.value:
        reason = "its outcomes overlap or are not all known one by one, so that shares do not add"
        raise _Refusal(reason)
    # Outcomes that nobody knows of yet are attributed to nobody.
    more = Estimate(
        value=Fraction(0), least=_less(result.least, total.least),
        most=_less(result.most, total.most), n=0,
    )  # fmt: skip
    return [*listed, _Outcome((), more)]


def _less(bound: Fraction | None, known: Fraction | None) -> Fraction | None:
    return None if bound is None or known is None else bound - known


def _is_sum(measure: Measure) -> bool:
    if isinstance(measure, ChangeMeasure):
        return measure.summary in {"gains", "net"}
    return isinstance(
        measure, CountMeasure | DistinctMeasure | TotalMeasure | LatestMeasure | StatedMeasure
    )


def _observed(
    result: Result, portfolio: Portfolio, window: Window, everywhere: str
) -> list[_Outcome]:
    """The observations that make a stated figure."""
    measure: Any = result.indicator.measure
    (state,) = stated_states(portfolio, result.indicator, measure, window, (), None).values()
    stocks = [
        each for each in state.statements
        if each.form == "stock" and whole(each.value) == result.value
    ]  # fmt: skip
    inside = state.inside()
    top = min((each.level for each in inside), default=0)
    flows = [each for each in inside if each.level == top]
    return [
        _Outcome((each.fact, each.subject, everywhere), _exactly(whole(each.value)))
        for each in (sorted(stocks, key=_last_day)[-1:] if stocks else flows)
    ]


def _last_day(each: StatedNumber) -> tuple[int, str]:
    return ordinals(each.period)[1], each.fact


def _exactly(value: Fraction) -> Estimate:
    return Estimate(value=value, least=value, most=value, n=1)


def _by_enterprise(
    result: Result, facts: FactTables, window: Window, everywhere: str
) -> list[_Outcome]:
    """The figure of each enterprise; empty where the table does not name them."""
    measure: Any = result.indicator.measure
    if facts.table(measure.table).shape.column("enterprise_id") is None:
        return []
    cell = dict(result.cell)
    if result.currency is not None:
        cell[CURRENCY] = result.currency
    names = [each for each in cell if each != "enterprise_id"]
    found = facts.states(window, measure, ("enterprise_id", *names), result.rates)
    outcomes: list[_Outcome] = []
    for key, state in found.items():
        labels = dict(zip(("enterprise_id", *names), key, strict=False))
        if key and all(labels[name] == label for name, label in cell.items()):
            id = labels["enterprise_id"]
            own = () if id is None else (cite("organization", str(id)),)
            outcomes.append(_Outcome((*own, everywhere), state.estimate()))
    return outcomes
