"""Claim checking: each public claim or target beside bounds computed from the data, and a verdict.

The data may be incomplete, so a count is a lower bound and never disproves an `at_least` claim.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

import attrs

from mic_core.chrono import Period
from mic_core.errors import NotFound
from mic_core.fields import Instant, Maybe, sound
from mic_core.ids import cite, split
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.counts import Bounds, head_count
from mic_core.impact.indicators import INDICATORS
from mic_core.impact.measuring import measure
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Quantity,
    Tone,
    badge,
    element,
    html_table,
    joined,
    notebook,
    table,
)
from mic_core.model import Edition, Indicator, Observation, Partnership, Target
from mic_core.model.impact import Relation
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import extent
from mic_core.wording import unit_text

Verdict = Literal["supported", "not contradicted", "contradicted", "not counted here"]

Counter = Callable[[Portfolio, Scope, Period], Bounds]
"""A measure that counts one unit in a scope over a period."""

# The share by which a count may differ from an `about` claim; part of its definition in `claims`.
_TOLERANCE = Decimal("0.1")
_RELATION_WORDS: Mapping[Relation, str] = {
    "exactly": "", "at_least": "at least ", "more_than": "more than ", "at_most": "at most ",
    "about": "about ",
}  # fmt: skip
_HEADERS = ("said", "that is", "in the data", "verdict")
_TONES: Mapping[Verdict, Tone] = {
    "supported": "good", "not contradicted": "info", "contradicted": "error",
    "not counted here": "plain",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Claim:
    """One claim or target with the bounds of the data and the verdict.

    `said` is the claim in words, `relation`, `value` and `unit` the claim as data. `counted` is
    None where it was not counted, for the `reason` given; `source` is the origin of the claim.
    """

    subject: str
    said: str
    relation: Relation
    value: Decimal
    unit: str
    period: Period
    counted: Bounds | None
    verdict: Verdict
    source: str
    reason: str | None = None


@attrs.frozen(kw_only=True)
class Claims:
    """Checked claims in the order of their ids, then checked targets in theirs."""

    claims: tuple[Claim, ...]

    def rows(self) -> tuple[dict[str, str | float | None], ...]:
        """One flat row for each claim; `value` as text, since it may have a fraction."""
        return tuple(
            {
                "subject": each.subject, "said": each.said, "relation": each.relation,
                "value": str(each.value), "unit": each.unit, "period": _dates_of(each.period),
                "least": None if each.counted is None else number(each.counted.least),
                "most": None if each.counted is None else number(each.counted.most),
                "verdict": each.verdict, "reason": each.reason, "source": each.source,
            }
            for each in self.claims
        )  # fmt: skip

    def __str__(self) -> str:
        return table(map(_words, self.claims), _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The claims as a table, each verdict in words; of more than `most` claims the first."""
        shown = [(*_words(each)[:-1], _badge(each)) for each in self.claims]
        return html_table(shown, _HEADERS, caption="What was said beside the data", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _dates_of(period: Period) -> str:
    """The first and the last day as ISO 8601 dates, for a row."""
    last = None if period.end is None else period.end - timedelta(days=1)
    if period.start is None:
        return "always" if last is None else f"until {last}"
    return f"from {period.start}" if last is None else f"{period.start} to {last}"


def _badge(claim: Claim) -> Html:
    """The verdict on a badge, with the reason why nothing was counted below it."""
    word = badge(claim.verdict, _TONES[claim.verdict])
    why = None if claim.reason is None else element("span", claim.reason, class_="mend")
    return joined([word, why])


def _words(claim: Claim) -> tuple[str, str, Quantity | None, str]:
    """The cells of a row: the claim in words and as data, the bounds, and the verdict."""
    value = (
        f"{_RELATION_WORDS[claim.relation]}{claim.value:,f} {unit_text(claim.value, claim.unit)}"
    ).rstrip()
    counted = Quantity(str(claim.counted)) if claim.counted is not None else None
    verdict = claim.verdict if claim.reason is None else f"{claim.verdict}: {claim.reason}"
    return claim.said, value, counted, verdict


def claims(portfolio: Portfolio, *, as_of: datetime | None = None) -> Claims:
    """Check every claim and target against the data of a portfolio.

    Claims are Observations with a text in `claim`; a target is a claim of `at_least` its value, or
    `at_most` where its indicator should fall. A claim is measured by the indicator that it names,
    or else by the one recorded indicator of its unit, or else by `COUNTERS`; `not counted here` is
    the verdict where there is none, or where nothing is known, with the reason. The scope is the
    subject of the claim, or the scope of the target, the period the stated one; an organization as
    the subject means all scopes that it supports as a partner. `as_of` is the instant
    as of which it is judged; None: after all that is known.

    Data can be incomplete, so a count never proves that there was no more. `at_least` and
    `more_than` are `supported` where the least count reaches the value and `not contradicted`
    elsewhere. The other relations are `contradicted` where the least count exceeds the value
    (`about`: by more than a tenth), `supported` where both bounds meet it, and else `not
    contradicted`. Raises InvariantError for values that are no portfolio or instant. O(claims x n).

    >>> claims(Portfolio.of()).rows()
    ()
    """
    sound("claims", portfolio=(portfolio, PORTFOLIO), as_of=(as_of, Maybe(Instant())))
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    moment = _EVER if as_of is None else as_of
    found = [
        _counted(
            known, moment, _indicator_of(known, each), _scope(known, each.subject),
            Claim(
                subject=cite("observation", each.id), said=each.claim, relation=each.relation,
                value=each.value, unit=each.unit, period=each.period, counted=None,
                verdict="not counted here", source=each.source,
            ),
        )
        for each in known.all(Observation)
        if each.claim is not None
    ]  # fmt: skip
    return Claims(claims=(*found, *_target_claims(known, moment)))


_EVER = datetime(9999, 12, 30, tzinfo=UTC)
"""After all that is known: the last day that has a local time in every zone."""


def _indicator_of(portfolio: Portfolio, claim: Observation) -> Indicator | None:
    """The indicator that a claim names, or the one recorded indicator of its unit."""
    if claim.indicator_id is not None:
        named = portfolio.find(Indicator, claim.indicator_id)
        return named or INDICATORS.get(claim.indicator_id)
    found = portfolio.where(Indicator, unit=claim.unit)
    return found[0] if len(found) == 1 else None


def _target_claims(portfolio: Portfolio, as_of: datetime) -> Iterator[Claim]:
    for each in portfolio.all(Target):
        indicator = portfolio.find(Indicator, each.indicator_id)
        indicator = indicator or INDICATORS.get(each.indicator_id)
        title = each.indicator_id if indicator is None else indicator.title
        is_falling = indicator is not None and indicator.direction == "down"
        claim = Claim(
            subject=cite("target", each.id), said=f"target: {title}",
            relation="at_most" if is_falling else "at_least", value=each.value,
            unit="" if indicator is None else indicator.unit, period=each.period, counted=None,
            verdict="not counted here", source="" if indicator is None else indicator.source,
        )  # fmt: skip
        if indicator is None:
            yield attrs.evolve(claim, reason="no indicator has that id; record one")
        else:
            yield _counted(portfolio, as_of, indicator, each.scope, claim)


def _scope(portfolio: Portfolio, subject: str) -> Scope | None:
    """The scope of a claim; None where its subject has none."""
    kind, id = split(subject)
    if kind == "organization":
        partnerships = portfolio.where(Partnership, organization_id=id)
        return tuple(sorted({scope for each in partnerships for scope in each.supports})) or None
    return subject if kind in SCOPE_KINDS else None


def _counted(
    portfolio: Portfolio, as_of: datetime, indicator: Indicator | None, scope: Scope | None,
    claim: Claim,
) -> Claim:  # fmt: skip
    """A claim with its bounds and verdict, or the reason why it cannot be measured."""
    if scope is None:
        return attrs.evolve(claim, reason="its subject is no scope of facts")
    try:
        if indicator is not None:
            found = _measured(portfolio, as_of, indicator, scope, claim.period)
        else:
            counter = COUNTERS.get(claim.unit)
            found = (
                _no_indicator(portfolio, claim.unit) if counter is None
                else counter(portfolio, scope, claim.period)
            )  # fmt: skip
    except NotFound:  # a dangling reference is for `check` to report
        return attrs.evolve(claim, reason="its subject is not known")
    if isinstance(found, str):
        return attrs.evolve(claim, reason=found)
    verdict = verdict_on(claim.relation, claim.value, found)
    return attrs.evolve(claim, counted=found, verdict=verdict)


def _no_indicator(portfolio: Portfolio, unit: str) -> str:
    several = len(portfolio.where(Indicator, unit=unit)) > 1
    if several:
        return "several indicators have its unit; let it name one"
    return "no indicator has its unit; record one that says what it means"


def _measured(
    portfolio: Portfolio, as_of: datetime, indicator: Indicator, scope: Scope, period: Period
) -> Bounds | str:
    """The bounds of an indicator; the reason where it has none that are certain."""
    card = measure(portfolio, indicator, period=period, as_of=as_of, scope=scope)
    (result, *others) = card.results
    if others:
        return "its amounts are in several currencies"
    if result.value is None or result.least is None:
        return result.reason or f"{indicator.id} is {result.status.replace('_', ' ')}"
    return Bounds(_plain(result.least), None if result.most is None else _plain(result.most))


def _plain(value: Fraction) -> int | Fraction:
    return int(value) if value.denominator == 1 else value


def verdict_on(relation: Relation, value: Decimal, counted: Bounds) -> Verdict:
    """The verdict on a claimed value, given bounds of the true count.

    >>> verdict_on("at_least", Decimal(6000), Bounds(412, 560))
    'not contradicted'
    """
    margin = value * _TOLERANCE if relation == "about" else Decimal(0)
    if relation == "at_least":
        return "supported" if counted.least >= value else "not contradicted"
    if relation == "more_than":
        return "supported" if counted.least > value else "not contradicted"
    if counted.least > value + margin:
        return "contradicted"
    if counted.most is None or counted.most > value + margin:
        return "not contradicted"
    met = relation == "at_most" or counted.least >= value - margin
    return "supported" if met else "not contradicted"


def _exact(number: int) -> Bounds:
    return Bounds(number, number)


def _editions(portfolio: Portfolio, scope: Scope, period: Period) -> Bounds:
    """Editions that begin in the period."""
    ids = extent(portfolio, scope, None).editions
    starts = [portfolio.get(Edition, id).period.start for id in ids]
    return _exact(sum(start is not None and period.contains(start) for start in starts))


COUNTERS: Mapping[str, Counter] = MappingProxyType(
    {
        "centers": lambda portfolio, scope, _: _exact(len(extent(portfolio, scope, None).centers)),
        "editions": _editions,
        "participants": lambda portfolio, scope, period: _exact(
            len(head_count(portfolio, scope, period=period).enrolled)
        ),
        "SMEs": lambda portfolio, scope, period: _exact(
            len(head_count(portfolio, scope, period=period).small)
        ),
        "visitors": lambda portfolio, scope, period: (
            head_count(portfolio, scope, period=period).visitors
        ),
    }
)
"""The measure of each unit: `centers` in scope, whatever the period; `editions` that begin in the
period; `participants` who have or had a seat; `SMEs` supported; `visitors` as bounds."""
