"""Figures of three Boostcamps with answers that were computed elsewhere."""

import json
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from mic_core import Period, measure
from tests.impact.boostcamps import boostcamps

AS_OF = datetime.fromisoformat("2014-11-03T09:00:00+00:00")


def test_boostcamps_have_the_answers_that_pandas_gives(shared_data: Path) -> None:
    """Persons by month, visitors with nameless heads, and jobs against the target agree."""
    portfolio = boostcamps(shared_data / "boostcamps")
    answers = json.loads((shared_data / "boostcamps" / "answers.json").read_text())
    card = measure(portfolio, "V2", by="month", as_of=AS_OF)
    by_month = answers["unique_by_month"]
    seen = {dict(each.cell).get("month", "all"): each for each in card}
    assert seen.keys() == by_month.keys()
    for month, figure in seen.items():
        visitors = answers["visitors_by_month"].get(month, by_month[month])
        assert figure.value == visitors
    jobs = answers["jobs_2014"]
    (result,) = measure(portfolio, "jobs-enabled", period=Period.year(2014), as_of=AS_OF)
    assert result.value == Fraction(Decimal(jobs["sum"]))
    assert result.attributed is not None
    assert result.aim is not None
    assert result.attributed.value == Fraction(Decimal(jobs["attributed"]))
    assert result.aim.progress == Fraction(Decimal(jobs["share"]))
    assert round(float(result.aim.to_date or 0), 2) == float(jobs["pro_rata_target"])
    assert result.exclusions == (("lies only partly in the period", len(jobs["left_out"])),)
    assert (result.status, result.most) == ("partial", None)
    (completion,) = measure(portfolio, "P5", as_of=AS_OF)
    known = answers["completion"]["all"]
    assert completion.figure.numerator == known["completed"]
    assert completion.figure.denominator == known["cohort"] - known["open"]
    (participants,) = measure(portfolio, "P1", as_of=AS_OF)
    assert participants.value == known["cohort"]
