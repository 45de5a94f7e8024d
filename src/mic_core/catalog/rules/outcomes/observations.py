"""Observation rules: corrections, cumulative series, versions of definitions, response counts."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from mic_core.catalog.rules.outcomes.chains import chain_circles
from mic_core.ids import cite
from mic_core.model import Indicator, Observation
from mic_core.model.impact import uncorrected
from mic_core.portfolio import Portfolio
from mic_core.portfolio.log import ALWAYS
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_RISING = ("exactly", "at_least", "more_than")
"""The relations that say that a value is no less than stated."""

_CEILING = ("exactly", "at_most")
"""The relations that say that a value is no more than stated."""


def _corrections(portfolio: Portfolio) -> Iterator[tuple[Observation, Observation]]:
    """Each correction with the observation that it corrects; unknown ones are left out."""
    for each in portfolio.all(Observation):
        corrected = each.corrects and portfolio.find(Observation, each.corrects)
        if corrected:
            yield each, corrected


def _correction_circles(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    corrects = {
        each.id: (each.corrects,)
        for each in portfolio.all(Observation)
        if each.corrects is not None
    }
    for circle in chain_circles(corrects):
        names = tuple(cite("observation", id) for id in circle)
        yield Breach(subjects=names, path="corrects", facts={"needed": 0, "had": len(circle)})


CORRECTION_CIRCLE = PortfolioRule(
    entry=Entry(
        code="correction-circle",
        level="hard",
        law="No observation corrects itself, directly or through others.",
        why="Each of them is replaced, and none is left to count.",
        source="the definition of a correction",
        sentence="{subjects}: the corrections lead in a circle",
        mend="let the one that holds correct the others, and be corrected by none",
    ),
    find=_correction_circles,
)
"""Corrections form no circle."""


def _corrections_of_another(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    pairs = [*_corrections(portfolio)]
    first = first_recorded(portfolio) if pairs else {}
    for each, corrected in pairs:
        fields = [
            name
            for name in ("subject", "indicator_id")
            if getattr(each, name) != getattr(corrected, name)
        ]
        if first[corrected.id] > first[each.id]:
            fields.append("recorded_at")
        if fields:
            names = (cite("observation", each.id), cite("observation", corrected.id))
            facts: Facts = {
                "correction": names[0], "corrected": names[1], "had": tuple(fields), "needed": (),
            }  # fmt: skip
            yield Breach(subjects=names, path="corrects", facts=facts)


def first_recorded(portfolio: Portfolio) -> dict[str, datetime]:
    """When each observation was first recorded. O(n) over the log."""
    first: dict[str, datetime] = {}
    for batch in portfolio.log:
        for value in batch.values:
            if isinstance(value, Observation):
                first.setdefault(value.id, batch.recorded_at or ALWAYS)
    return first


CORRECTION_OF_ANOTHER = PortfolioRule(
    entry=Entry(
        code="correction-of-another",
        level="medium",
        law="A correction has the subject and the indicator of what it corrects, and is not "
        "recorded before it.",
        why="The corrected value no longer counts, and what takes its place is no better.",
        source="the definition of a correction",
        sentence="{correction} corrects {corrected}, and does not fit it in {had}",
        mend="name the observation that it corrects, or take the wrong one back by a retraction",
    ),
    find=_corrections_of_another,
)
"""A correction is about the same thing, and no older."""


def _twice_corrected(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_id: dict[str, list[str]] = {}
    for each, corrected in _corrections(portfolio):
        by_id.setdefault(corrected.id, []).append(cite("observation", each.id))
    for id, names in by_id.items():
        if len(names) > 1:
            facts: Facts = {
                "corrected": cite("observation", id), "needed": 1, "had": len(names),
            }  # fmt: skip
            yield Breach(subjects=tuple(names), path="corrects", facts=facts)


CORRECTED_TWICE = PortfolioRule(
    entry=Entry(
        code="corrected-twice",
        level="medium",
        law="An observation is corrected by one other.",
        why="Both take its place, and the value counts twice.",
        source="the definition of a correction",
        sentence="{subjects} all correct {corrected}",
        mend="let the later one correct the earlier one",
    ),
    find=_twice_corrected,
)
"""An observation has one correction."""


def _falling_series(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    versions = {each.id: each.version for each in portfolio.all(Indicator)}
    series: dict[object, list[Observation]] = {}
    for each in uncorrected(portfolio.all(Observation)):
        if each.form == "cumulative" and each.indicator_id is not None:
            version = each.version or versions.get(each.indicator_id)
            key = (
                each.subject, each.indicator_id, version, each.tally, each.unit, each.period.start,
            )  # fmt: skip
            series.setdefault(key, []).append(each)
    for values in series.values():
        values.sort(key=lambda each: (_last_day(each), each.id))
        for earlier, later in _falls(values):
            names = (cite("observation", earlier.id), cite("observation", later.id))
            facts: Facts = {
                "earlier": names[0], "later": names[1],
                "needed": f"{earlier.value:f}", "had": f"{later.value:f}",
            }  # fmt: skip
            yield Breach(subjects=names, path="value", facts=facts)


def _last_day(each: Observation) -> date:
    return each.period.end or date.max


def _falls(values: list[Observation]) -> Iterator[tuple[Observation, Observation]]:
    """Each value of a series below the highest one that ended before it, with that one. O(n)."""
    highest: Observation | None = None
    waiting: list[Observation] = []  # those of the present last day
    for each in values:
        if waiting and _last_day(waiting[0]) != _last_day(each):
            known = [highest, *waiting] if highest is not None else waiting
            highest, waiting = max(known, key=_floor), []
        if each.relation in _RISING:
            waiting.append(each)
        if highest is not None and each.relation in _CEILING:
            strictly = highest.relation == "more_than"
            if each.value < highest.value or (strictly and each.value == highest.value):
                yield highest, each


def _floor(each: Observation) -> tuple[Decimal, bool]:
    return each.value, each.relation == "more_than"


CUMULATIVE_FALLS = PortfolioRule(
    entry=Entry(
        code="cumulative-falls",
        level="medium",
        law="A cumulative value of one subject, indicator, version and unit, counted from one day "
        "on, does not fall.",
        why="All since the beginning cannot become less: one is wrong, or is not cumulative.",
        source="the definition of a cumulative series",
        sentence="{later} says {had}, and {earlier} had {needed} before",
        mend="record a correction of the wrong one, or another form, such as stock",
    ),
    find=_falling_series,
)
"""A cumulative series does not fall."""


def _mixed_versions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    present = {each.id: each.version for each in portfolio.all(Indicator)}
    first: dict[str, dict[str, str]] = {}
    for each in uncorrected(portfolio.all(Observation)):
        version = each.version or present.get(each.indicator_id or "")
        if each.indicator_id is not None and version is not None:
            known = first.setdefault(each.indicator_id, {})
            known.setdefault(version, cite("observation", each.id))
    for id, versions in first.items():
        if len(versions) > 1:
            facts: Facts = {
                "indicator": cite("indicator", id), "had": tuple(sorted(versions)), "needed": 1,
            }  # fmt: skip
            yield Breach(subjects=tuple(versions.values()), path="version", facts=facts)


MIXED_DEFINITIONS = PortfolioRule(
    entry=Entry(
        code="mixed-definitions",
        level="soft",
        law="All observations of an indicator are of one version of its definition.",
        why="Values of two definitions never add up, so part of them is left out of each total.",
        source="the definition of an indicator",
        sentence="{subjects} are of different versions of {indicator}: {had}",
        mend="restate the earlier ones by the present definition, or report the versions apart",
    ),
    find=_mixed_versions,
)
"""Observations of an indicator share one version."""


def _more_than_due(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Observation):
        if each.n is not None and each.due is not None and each.n > each.due:
            name = cite("observation", each.id)
            yield Breach(subjects=(name,), path="n", facts={"had": each.n, "needed": each.due})


MORE_THAN_DUE = PortfolioRule(
    entry=Entry(
        code="more-than-due",
        level="hard",
        law="No more units stand behind an observation than were due.",
        why="A response rate above all of them has lost count.",
        source="arithmetic",
        sentence="{subjects} rests on {had} units, and {needed} were due",
        mend="correct the number of units, or of those that were due",
    ),
    find=_more_than_due,
)
"""The number of units is at most the number due."""

OBSERVATION_RULES: tuple[PortfolioRule, ...] = (
    CORRECTION_CIRCLE,
    CORRECTION_OF_ANOTHER,
    CORRECTED_TWICE,
    CUMULATIVE_FALLS,
    MIXED_DEFINITIONS,
    MORE_THAN_DUE,
)
"""The rules of this module."""
