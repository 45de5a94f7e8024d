"""Survival curves of a portfolio: take-overs, loss to follow-up, late entry, seats, indicators."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.impact.lifetimes.survival import SurvivalCurves, survival
from mic_core.impact.measuring import measure
from mic_core.impact.tables.build import FactTables
from mic_core.impact.tables.lives import calendar_time
from mic_core.model import (
    Center,
    Deal,
    Edition,
    Enrollment,
    Figures,
    FollowUp,
    Indicator,
    Money,
    Program,
    Support,
    Transition,
    surviving,
    where,
)
from mic_core.portfolio import Portfolio
from tests.impact.undertakings.firms import firm, person, year

AT = datetime(2016, 1, 1, 12, tzinfo=UTC)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")


def helped(id: str, on: date = date(2012, 1, 1)) -> Support:
    """Advice to a firm."""
    return Support(id=f"s-{id}", enterprise_id=id, kind="advice", provider_id="mic", on=on)


def curves(*values: Any, **more: Any) -> SurvivalCurves:
    """The survival of enterprises among some values, as of the start of 2016."""
    return survival(Portfolio.of(CENTER, *values), as_of=AT, **more)


def share(found: SurvivalCurves, months: int) -> Fraction | None:
    """The share at a horizon."""
    (one,) = [each for each in found.whole.horizons if each.months == months]
    return one.figure.value


def test_shares_at_horizons() -> None:
    """A firm that closes on the very anniversary has not survived the year."""
    found = curves(
        firm("a", closed_on=date(2013, 1, 1)), firm("b", closed_on=date(2013, 1, 2)), firm("c"),
        firm("d"), *map(helped, "abcd"), horizons=(11, 12, 13, 47, 48, 60),
    )  # fmt: skip
    assert [share(found, months) for months in (11, 12, 13, 47, 48)] == [
        1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 2), Fraction(1, 2),
    ]  # fmt: skip
    assert share(found, 60) is None
    assert found.whole.horizons[1].at_risk == 4
    assert found.whole.horizons[1].variance == Fraction(3, 64)


def test_a_take_over_survives() -> None:
    """The life of a firm goes on in the one that took it over, until that one closes."""
    taken = firm("a", closed_on=date(2012, 6, 1), successor_id="b")
    assert share(curves(taken, firm("b"), helped("a")), 12) == 1
    closed = firm("b", closed_on=date(2013, 6, 1))
    found = curves(taken, closed, helped("a"))
    assert (share(found, 12), share(found, 24)) == (1, 0)
    circle = firm("b", closed_on=date(2013, 6, 1), successor_id="a")
    assert curves(taken, circle, helped("a")).whole.lives == 1


def test_loss_to_follow_up_bounds_the_share() -> None:
    """A firm that cannot be reached is cut off when it was last seen, and bounds the share."""
    lost = FollowUp(
        id="f", participant_id="a", about="mic", due_on=date(2013, 6, 1), status="unreachable"
    )
    values = (firm("a"), firm("b"), *map(helped, "ab"))
    found = curves(*values, lost, year("a", 3, of=2012))
    assert found.whole.lost == 1
    (one, *_) = [each for each in found.whole.horizons if each.months == 24]
    assert (one.figure.value, one.figure.least, one.figure.most) == (1, Fraction(1, 2), 1)
    assert "1 lost" in str(found)
    money = Money(amount=1, currency="EUR")  # type: ignore[arg-type]  # a whole number is taken
    seen = Deal(id="d", organization_id="a", on=date(2014, 1, 1), kind="grant", amount=money)
    answered = FollowUp(
        id="g", participant_id="a", about="mic", due_on=date(2014, 1, 1), status="answered"
    )
    for sign in (seen, answered):
        assert curves(*values, lost, sign).whole.lost == 0


def test_figures_show_a_firm_alive_by_staff_or_turnover_of_a_closed_period() -> None:
    """A firm is seen in figures with staff or turnover; empty ones and open periods show none."""
    lost = FollowUp(
        id="f", participant_id="a", about="mic", due_on=date(2015, 6, 1), status="unreachable"
    )

    def last_seen(*signs: Figures) -> int:
        (life,) = curves(firm("a"), helped("a"), lost, *signs).whole.observed
        assert life.is_lost
        return life.left

    assert last_seen() == 0
    assert last_seen(year("a", 3, of=2013)) == calendar_time(date(2012, 1, 1), date(2013, 12, 31))
    assert last_seen(year("a", None, 1, of=2013)) == last_seen(year("a", 3, of=2013))
    assert last_seen(year("a", 0, of=2013)) == last_seen(year("a", None, None, 9, of=2013)) == 0
    assert last_seen(year("a", 3, period=Period(date(2013, 1, 1), None))) == 0


def test_time_since_foundation_has_late_entry() -> None:
    """Firms are at risk from their first support on, so that older ones do not count before it."""
    old = firm("a", founded=date(2009, 1, 1), closed_on=date(2012, 7, 1))
    young = firm("b", founded=date(2011, 10, 1))
    unknown = firm("c")
    found = curves(old, young, *map(helped, "ab"), origin="foundation", horizons=(12, 42))
    assert [each.at_risk for each in found.whole.horizons] == [1, 2]
    assert share(found, 42) == Fraction(1, 2)
    found = curves(old, young, unknown, *map(helped, "abc"), origin="foundation", horizons=(42,))
    assert found.whole.unknown == 1
    assert found.whole.horizons[0].figure.least == 0
    assert "1 more of which a time is not known" in str(found)


def test_later_foundation_is_late_entry_too() -> None:
    """A firm founded after its first support is at risk from its foundation on."""
    found = curves(firm("a", founded=date(2013, 1, 1)), helped("a"), horizons=(6, 18))
    assert [each.at_risk for each in found.whole.horizons] == [0, 1]


def test_groups_have_curves_of_their_own() -> None:
    """Each value of a dimension has a curve, those of unknown ones last."""
    found = curves(firm("a", sector="food"), firm("b"), *map(helped, "ab"), by="sector",
                   horizons=(12,))  # fmt: skip
    assert [each.title for each in found.groups] == ["all", "food", "unknown"]
    assert [row["lives"] for row in found.rows()] == [2, 1, 1]
    drawn = found.html().source
    assert drawn.count("<svg") == 1
    assert "at risk" in drawn
    assert "No comparison group" in found.explain()[-1]
    assert "<svg" in notebook_of(found)


def test_nobody_is_observed_yet() -> None:
    """Without any life there is a table without figures, and no curve."""
    found = curves()
    assert share(found, 12) is None
    assert "No life is observed yet." in found.svg().source


def notebook_of(found: Any) -> str:
    """What a notebook shows of a value."""
    return str(found._repr_html_())


def _seats() -> list[Any]:
    edition = Edition(
        id="e", program_id="p", number=1, center_id="mic",
        period=Period(date(2014, 9, 1), date(2015, 3, 1)),
    )  # fmt: skip
    program = Program(id="p", title="Boostcamp", kind="bootcamp", organizer_id="mic")
    entered = datetime(2014, 9, 1, 9, tzinfo=UTC)
    people: list[Any] = [program, edition]
    for id, left in (("ada", None), ("bob", (2014, 11, 15)), ("eve", (2014, 10, 1))):
        people += [person(id), Enrollment(id=f"n-{id}", participant_id=id, into="e")]
        people.append(Transition(
            id=f"t-{id}", subject=f"enrollment:n-{id}", before="requested", after="enrolled",
            effective_at=entered, actor="desk",
        ))  # fmt: skip
        if left is not None:
            when = datetime(*left, 9, tzinfo=UTC)
            people.append(Transition(
                id=f"u-{id}", subject=f"enrollment:n-{id}", before="enrolled", after="withdrawn",
                effective_at=when, actor="desk",
            ))  # fmt: skip
    return people


def test_seats_survive_until_they_are_given_up() -> None:
    """Leaving early ends a seat; the end of the edition cuts it off."""
    found = curves(*_seats(), of="seats", horizons=(1, 2, 3, 6, 7))
    assert [share(found, each) for each in (1, 2, 3, 6, 7)] == [
        Fraction(2, 3), Fraction(2, 3), Fraction(1, 3), Fraction(1, 3), None,
    ]  # fmt: skip
    assert "given up" not in str(found)
    assert "Survival of seats" in found.svg().source


def _indicator(value: Any) -> Indicator:
    return Indicator(
        id="still", title="Still active", unit="share", kind="outcome", measure=value, source="us"
    )


def test_the_measure_of_survival() -> None:
    """An indicator of survival has the share of the curve, its cells, and its facts."""
    values = (firm("a", closed_on=date(2012, 7, 1), sector="food"), firm("b"), *map(helped, "ab"))
    known = Portfolio.of(CENTER, *values)
    card = measure(known, _indicator(surviving("enterprise_lives", months=12)), as_of=AT,
                   by="sector")  # fmt: skip
    assert [(each.cell, each.figure.value) for each in card] == [
        ((), Fraction(1, 2)), ((("sector", "food"),), 0), ((("sector", None),), 1),
    ]  # fmt: skip
    (whole, *_) = card
    assert whole.explain(known).facts == ("support:s-a", "support:s-b")
    food = surviving("enterprise_lives", where("sector", "==", "food"), months=12)
    (found,) = measure(known, _indicator(food), as_of=AT)
    assert (found.figure.value, found.figure.most, found.status) == (0, Fraction(1, 2), "partial")


@pytest.mark.parametrize("fields", [
    {"left": "sector"}, {"entered": "nothing"}, {"ended": "left"}, {"lost_to_follow_up": "gone"},
])  # fmt: skip
def test_columns_that_hold_no_lives_are_refused(fields: Any) -> None:
    """Times are numbers and endings are flags; a measure of others is refused with a reason."""
    lives = surviving("enterprise_lives", months=1, **fields)
    (found,) = measure(Portfolio.of(), _indicator(lives), as_of=AT)
    assert found.status == "refused"


def test_tables_that_are_handed_in() -> None:
    """Rows of lives are enough, without a portfolio; nobody is lost where no column says so."""
    rows = [{"fact": f"support:{n}", "entered": 0, "left": 31 * n, "has_ended": n < 3,
             "is_lost": False, "sector": "food"} for n in (1, 2, 3, 4)]  # fmt: skip
    tables = FactTables.of({"enterprise_lives": rows})
    found = survival(tables, as_of=AT, horizons=(2, 3), where=where("sector", "==", "food"))
    assert [share(found, each) for each in (2, 3)] == [Fraction(1, 2), Fraction(1, 2)]
    one = surviving("enterprise_lives", months=2, lost_to_follow_up=None, entered=None)
    (result,) = measure(tables, _indicator(one), as_of=AT)
    assert result.figure.value == Fraction(1, 2)


@pytest.mark.parametrize("wrong", [
    {"of": "people"}, {"origin": "birth"}, {"of": "seats", "origin": "foundation"},
    {"horizons": ()}, {"horizons": (0,)}, {"horizons": 3}, {"by": "nothing"}, {"where": 3},
])  # fmt: skip
def test_wrong_questions_are_refused(wrong: Any) -> None:
    """Each argument that makes no sense is named."""
    with pytest.raises(InvariantError):
        curves(**wrong)


def test_the_calendar_counts_months_then_days() -> None:
    """Every anniversary falls on a multiple of 31, whatever the length of the months."""
    assert calendar_time(date(2012, 2, 29), date(2013, 2, 28)) in {11 * 31 + 30, 12 * 31}
    assert calendar_time(date(2012, 1, 31), date(2012, 3, 31)) == 62
    assert calendar_time(date(2012, 1, 31), date(2012, 1, 1)) == 0
