"""The claims of the article as observations, and its aims as indicators with targets."""

from datetime import date
from decimal import Decimal

from mic_core.chrono import Period
from mic_core.model import Indicator, Noun, Observation, Target, distinct, stated
from mic_core.model.impact import Relation
from mic_core.samples.brussels_program import CENTER, SIXTH_EDITION_PERIOD

ARTICLE_SOURCE = "Public-private partnerships for Europe's SMEs (Microsoft, SME Week 2014)"
"""The title of the article, as the source of all its claims."""

_UNTIL_THEN = Period(None, date(2014, 10, 6))


def _claim(
    id: str, subject: str, said: str, relation: Relation, value: int, unit: str, period: Period
) -> Observation:
    return Observation(
        id=id, subject=subject, claim=said, period=period, value=Decimal(value), unit=unit,
        relation=relation, evidence="claimed", source=ARTICLE_SOURCE,
    )  # fmt: skip


def claims_of_the_article() -> tuple[Noun, ...]:
    """The public claims as observations, close to their words, and the aims as targets."""
    center = f"center:{CENTER}"
    return (
        _claim(
            "claim-visitors", center, "welcomed more than 6,000 visitors since launch",
            "more_than", 6000, "visitors", _UNTIL_THEN,
        ),
        _claim(
            "claim-smes", center, "supported more than one hundred SMEs",
            "more_than", 100, "SMEs", _UNTIL_THEN,
        ),
        _claim(
            "claim-network", "organization:microsoft", "MICs are in over 100 locations worldwide",
            "more_than", 100, "centers", _UNTIL_THEN,
        ),
        _claim(
            "claim-entrepreneurs", "edition:boostcamp-6",
            "6th edition gathers sixteen entrepreneurs from the region of Brussels",
            "exactly", 16, "participants", SIXTH_EDITION_PERIOD,
        ),
        _claim(
            "claim-jobs", center, "helped creating jobs in the region of Brussels",
            "at_least", 1, "jobs", _UNTIL_THEN,
        ),
        _claim(
            "claim-employment", "organization:european-union",
            "small businesses employ 87 million people across the region",
            "about", 87_000_000, "people employed", _UNTIL_THEN,
        ),
        Indicator(
            id="jobs-enabled", title="50 jobs enabled a year", unit="jobs", kind="impact",
            measure=stated(), source=ARTICLE_SOURCE,
        ),
        Indicator(
            id="boost-camps", title="2 boost camps a year", unit="editions", kind="output",
            measure=distinct("editions", "edition_id"), source=ARTICLE_SOURCE,
        ),
        Target(
            id="target-boost-camps", indicator_id="boost-camps", scope=("boostcamp",),
            period=Period.year(2014), value=Decimal(2),
        ),
        Target(
            id="target-jobs", indicator_id="jobs-enabled", scope=(CENTER,),
            period=Period.year(2014), value=Decimal(50),
        ),
    )  # fmt: skip
