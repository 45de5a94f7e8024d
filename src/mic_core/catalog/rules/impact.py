"""Impact rules: units and periods of observations, targets, claims, follow-ups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from mic_core.ids import cite, split
from mic_core.model import (
    Edition,
    FollowUp,
    Indicator,
    Observation,
    Program,
    Series,
    Session,
    Target,
)
from mic_core.model.impact import Relation, uncorrected
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.rules import Breach, Entry, Facts, PortfolioRule, require_instant

# The share by which a measured value may differ from an `about` claim, as the law states.
_ABOUT = Decimal("0.1")
_DAY = timedelta(days=1)


def center_of(portfolio: Portfolio, kind: str, id: str) -> str | None:
    """The id of the center of an entity; None where it has none or is unknown."""
    match portfolio.find(kind, id):
        case Edition(center_id=center) | Series(center_id=center) | Session(center_id=center):
            return center
        case Program(organizer_id=organizer):
            return organizer
        case _:
            return id if kind == "center" else None


def center_about(portfolio: Portfolio, id: str) -> str:
    """The id of the center of a scope; the id itself where no entity of it has a center."""
    kinds = ("edition", "session", "series", "program")
    found = (center_of(portfolio, kind, id) for kind in kinds)
    return next((center for center in found if center is not None), id)


def _wrong_units(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    units = {each.id: each.unit for each in portfolio.all(Indicator)}
    for each in uncorrected(portfolio.all(Observation)):
        needed = units.get(each.indicator_id) if each.indicator_id is not None else None
        if needed is not None and each.unit != needed:
            facts = {
                "had": each.unit, "needed": needed,
                "indicator": cite("indicator", each.indicator_id or ""),
            }  # fmt: skip
            yield Breach(subjects=(cite("observation", each.id),), path="unit", facts=facts)


OBSERVATION_UNIT = PortfolioRule(
    entry=Entry(
        code="observation-unit",
        level="medium",
        law="An observation of an indicator is in the indicator's unit.",
        why="Values of different units add up to nothing.",
        source="the indicator's definition",
        sentence="{subjects} is in {had}; {indicator} is measured in {needed}",
        mend="convert the value, or choose another indicator",
    ),
    find=_wrong_units,
)
"""An observation is in the unit of its indicator."""


def _straddling_observations(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    targets: dict[tuple[str, str], list[Target]] = {}
    for target in portfolio.all(Target):
        for scope in target.scope:
            targets.setdefault((target.indicator_id, scope), []).append(target)
    for each in uncorrected(portfolio.all(Observation)):
        scope = split(each.subject)[1]
        for target in targets.get((each.indicator_id or "", scope), ()):
            shared = each.period.intersection(target.period)
            if shared is not None and shared not in (each.period, target.period):
                names = (cite("observation", each.id), cite("target", target.id))
                facts = {
                    "observation": names[0], "target": names[1],
                    "had": str(each.period), "needed": str(target.period),
                }  # fmt: skip
                yield Breach(subjects=names, path="period", facts=facts)


OBSERVATION_STRADDLES = PortfolioRule(
    entry=Entry(
        code="observation-straddles",
        level="soft",
        law="An observation lies within the period of a target for it, covers it, or lies outside.",
        why="Nobody can tell how much of it counts towards the target.",
        source="common practice",
        sentence="{observation} is about {had}, which is partly within the period of {target}, "
        "{needed}",
        mend="split the observation where the target begins or ends",
    ),
    find=_straddling_observations,
)
"""An observation does not straddle the bounds of a target's period."""


def _future_observations(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each in uncorrected(portfolio.all(Observation)):
        if each.indicator_id is None:
            continue  # a claim may be about the future
        today = day_at(as_of, zone_of(portfolio, center_of(portfolio, *split(each.subject))))
        last = each.period.end
        if last is None or last - _DAY > today:
            facts = {"had": str(each.period), "needed": str(today)}
            yield Breach(subjects=(cite("observation", each.id),), path="period", facts=facts)


OBSERVATION_TOO_EARLY = PortfolioRule(
    entry=Entry(
        code="observation-too-early",
        level="medium",
        law="What an indicator is observed to be lies in the past, or ends today.",
        why="A value of days to come is a forecast or a target.",
        source="the order of time",
        sentence="{subjects} is about {had}, and it is {needed} only",
        mend="correct the period, or record a target",
        timed=True,
    ),
    find=require_instant(_future_observations),
)
"""An observation of an indicator is about the past."""


def _contradicts(relation: Relation, claimed: Decimal, measured: Decimal) -> bool:
    match relation:
        case "at_least":
            return measured < claimed
        case "more_than":
            return measured <= claimed
        case "at_most":
            return measured > claimed
        case "about":
            return abs(measured - claimed) > abs(claimed) * _ABOUT
        case _:
            return measured != claimed


def _contradicted_claims(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    measured: dict[object, list[Observation]] = {}
    for each in uncorrected(portfolio.all(Observation)):
        if each.claim is None and each.relation == "exactly":
            measured.setdefault((each.subject, each.unit, each.period), []).append(each)
    for each in uncorrected(portfolio.all(Observation)):
        known = measured.get((each.subject, each.unit, each.period), [])
        for one in known if each.claim is not None else []:
            if _contradicts(each.relation, each.value, one.value):
                facts = {
                    "claim": cite("observation", each.id), "measured": cite("observation", one.id),
                    "needed": f"{each.relation.replace('_', ' ')} {each.value:f} {each.unit}",
                    "had": f"{one.value:f}",
                }  # fmt: skip
                names = (str(facts["claim"]), str(facts["measured"]))
                yield Breach(subjects=names, path="value", facts=facts)


CLAIM_CONTRADICTED = PortfolioRule(
    entry=Entry(
        code="claim-contradicted",
        level="medium",
        law="What is claimed in public agrees with what was measured of the same thing over the "
        "same period; 'about' allows a tenth.",
        why="Somebody will hold the two side by side.",
        source="common practice",
        sentence="{claim} says {needed}; {measured} says {had}",
        mend="correct the claim, or explain the measurement",
    ),
    find=_contradicted_claims,
)
"""A claim agrees with a measurement of the same subject, unit and period."""


def _repeated_targets(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[object, list[Target]] = {}
    for each in portfolio.all(Target):
        key = (each.indicator_id, each.scope, each.period)
        by_key.setdefault(key, []).append(each)
    for targets in by_key.values():
        if len(targets) > 1:
            names = tuple(cite("target", each.id) for each in targets)
            facts: Facts = {
                "indicator": cite("indicator", targets[0].indicator_id),
                "needed": 1, "had": len(targets),
            }  # fmt: skip
            yield Breach(subjects=names, facts=facts)


TARGET_TWICE = PortfolioRule(
    entry=Entry(
        code="target-twice",
        level="medium",
        law="An indicator has one target for a scope and period.",
        why="Nobody can tell which of the two was reached.",
        source="common practice",
        sentence="{subjects} are {had} targets of {indicator} for one scope and period",
        mend="record the one that holds under one id, and give the other another period",
    ),
    find=_repeated_targets,
)
"""A target is unique by indicator, scope and period."""


def _overdue_follow_ups(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each in portfolio.all(FollowUp):
        if each.status == "due":
            today = day_at(as_of, zone_of(portfolio, center_about(portfolio, each.about)))
            if each.due_on < today:
                facts = {"needed": str(each.due_on), "had": str(today)}
                yield Breach(subjects=(cite("follow_up", each.id),), path="status", facts=facts)


FOLLOW_UP_OVERDUE = PortfolioRule(
    entry=Entry(
        code="follow-up-overdue",
        level="medium",
        law="A follow-up is asked by the day it is due.",
        why="The later it is asked, the fewer answer, and the less they remember.",
        source="common practice",
        sentence="{subjects} was due on {needed} and has not been asked",
        mend="ask it, or record that they cannot be reached",
        timed=True,
    ),
    find=require_instant(_overdue_follow_ups),
)
"""A follow-up is not overdue."""

IMPACT_RULES: tuple[PortfolioRule, ...] = (
    OBSERVATION_UNIT,
    OBSERVATION_STRADDLES,
    OBSERVATION_TOO_EARLY,
    CLAIM_CONTRADICTED,
    TARGET_TWICE,
    FOLLOW_UP_OVERDUE,
)
"""The rules of this module."""
