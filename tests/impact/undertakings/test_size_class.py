"""Size classes: the worked cases of the sources, and each rule by itself."""

from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from mic_core.chrono import Period
from mic_core.impact.tables.undertakings.size_class import SizeClass, size_class
from mic_core.impact.tables.undertakings.two_periods import classes_after
from tests.impact.undertakings.firms import (
    ON,
    euros,
    firm,
    known,
    person,
    stake,
    year,
)


def size(*values: Any, of: str = "a", **more: Any) -> SizeClass:
    """The size class of a firm among some values."""
    asked: dict[str, Any] = {"on": ON, **more}
    return size_class(known(*values), of, **asked)


@pytest.mark.parametrize(("figures", "expected"), [
    (("9.9", 2, 5), "micro"), ((10, 1, 1), "small"), ((9, "2.01", "2.0"), "micro"),
    ((9, "2.01", "2.01"), "small"), (("49.5", 10, 99), "small"), ((49, 11, 11), "medium"),
    (("249.9", 50, 100), "medium"), ((249, 60, 43), "medium"), ((249, 60, "43.01"), "large"),
    ((250, 1, 1), "large"), ((8, 30, "1.5"), "micro"), ((5, 60, 43), "medium"),
])  # fmt: skip
def test_thresholds(figures: Any, expected: str) -> None:
    """Staff is below its ceiling, and one of the two amounts of money is within its own."""
    assert size(firm("a"), year("a", *figures)).size == expected


_FIGURES = (year("a", 8, "1.2", "0.9"), year("b", 40, 6, 5), year("c", 30, 4, 3),
            year("d", 100, 20, 15))  # fmt: skip
_FIRMS = (*map(firm, "abcd"),)


def total_of(found: SizeClass) -> tuple[float, float]:
    """The staff and turnover of a group."""
    assert found.totals["staff"][0] == found.totals["staff"][1]
    return float(found.totals["staff"][0]), float(found.totals["turnover"][0] / 1_000_000)


def test_partners_on_both_sides() -> None:
    """Partners above and below count pro rata (User Guide, example 1)."""
    found = size(*_FIRMS, *_FIGURES, stake("b", "a", "0.25"), stake("a", "c", "0.33"),
                 stake("a", "d", "0.49"))  # fmt: skip
    assert found.size == "medium"
    assert found.basis == "partner"
    assert total_of(found) == (76.9, 13.82)


def test_linked_on_both_sides() -> None:
    """Linked enterprises count in full (User Guide, example 2)."""
    found = size(*_FIRMS, *_FIGURES, stake("b", "a", "0.6"), stake("a", "c", "0.51"),
                 stake("a", "d", "1"))  # fmt: skip
    assert found.basis == "linked"
    assert total_of(found) == (178, 31.2)


def test_exempt_investors() -> None:
    """A university and an institutional investor are no partners (User Guide, example 4)."""
    found = size(
        *_FIRMS, *_FIGURES, stake("b", "a", "0.25", holder="university"), stake("c", "a", "0.3"),
        stake("d", "a", "0.25", holder="institutional"),
    )  # fmt: skip
    assert found.size == "small"
    assert total_of(found) == (17, 2.4)
    assert found.exempt == ("b-a", "d-a")


def test_linked_investors_lose_their_exemption() -> None:
    """Investors that are linked to each other with a majority count in full (example 5)."""
    found = size(
        *_FIRMS, *_FIGURES, stake("b", "a", "0.25", holder="university"), stake("c", "a", "0.25"),
        stake("d", "a", "0.3", holder="public_investment"), stake("b", "d", "0.6"),
    )  # fmt: skip
    assert found.size == "medium"
    assert total_of(found) == (155.5, 28.2)


def test_the_two_period_rule_has_nested_flags() -> None:
    """Every sequence of up to six classes agrees with three flags, each delayed by itself."""
    checked = 0
    for length in range(1, 7):
        for prior, *classes in product(range(4), repeat=length + 1):
            flags = [prior <= k for k in range(3)]
            last = prior
            states = classes_after([frozenset({each}) for each in classes], prior=prior)
            for now, state in zip(classes, states, strict=True):
                flags = [(now <= k) if (now <= k) == (last <= k) else flags[k] for k in range(3)]
                assert flags == sorted(flags)
                assert state == {(3 - sum(flags), now)}
                last = now
            checked += 1
    assert checked == 21_840


@pytest.mark.parametrize(("prior", "classes", "expected"), [
    (2, (3, 2, 3, 3, 2, 2), (2, 2, 2, 3, 3, 2)), (0, (1, 2, 2), (0, 1, 2)),
])  # fmt: skip
def test_worked_sequences(prior: int, classes: Any, expected: Any) -> None:
    """A class changes once a ceiling was crossed in two periods in a row."""
    states = classes_after([frozenset({each}) for each in classes], prior=prior)
    assert tuple(held for state in states for held, _ in state) == expected


def test_years_in_a_row() -> None:
    """A year above the ceiling changes nothing, the second one does."""
    years = [year("a", staff, 1, 1, of=of) for staff, of in ((240, 2012), (255, 2013), (260, 2014))]
    assert size(firm("a"), *years, on=date(2014, 2, 1)).size == "medium"
    found = size(firm("a"), *years)
    assert found.size == "large"
    assert [each.held for each in found.periods] == [("medium",), ("medium",), ("large",)]


def test_leaving_a_group() -> None:
    """A firm that leaves a group has its own class at once, or after two periods by policy."""
    values = (
        firm("a"), firm("b"),
        stake("b", "a", "1", period=Period(date(2000, 1, 1), date(2013, 1, 1))),
        *(year("a", 20, 3, 3, of=of) for of in (2011, 2012, 2013, 2014)),
        *(year("b", 400, 90, 90, of=of) for of in (2011, 2012, 2013, 2014)),
    )  # fmt: skip
    at_once = {of: size(*values, on=date(of, 6, 1)).size for of in (2012, 2013, 2014, 2015)}
    assert at_once == {2012: "large", 2013: "small", 2014: "small", 2015: "small"}
    later = {
        of: size(*values, on=date(of, 6, 1), take_over="two_periods").size
        for of in (2012, 2013, 2014, 2015)
    }
    assert later == {2012: "large", 2013: "large", 2014: "large", 2015: "small"}


def test_unknown_figures_leave_classes_open() -> None:
    """A missing figure leaves all classes possible that it may bring about, and is named."""
    found = size(firm("a"), year("a", 9, 3, None))
    assert (found.size, found.possible) == ("undetermined", ("micro", "small"))
    assert found.missing == ("balance sheet of organization:a",)
    assert found.is_sme is True
    assert size(firm("a"), year("a", 9, 1, None)).size == "micro"
    assert size(firm("a")).possible == ("micro", "small", "medium", "large")


def test_public_control() -> None:
    """A quarter in public hands makes no SME, also through firms that public bodies control."""
    city = firm("city", kind="public")
    base = (firm("a"), city, firm("b"), year("a", 5, 1, 1), year("b", 5, 1, 1))
    direct = size(*base, stake("city", "a", "0.25", holder="public_body"))
    assert (direct.size, direct.public) == ("large", Fraction(1, 4))
    below = size(*base, stake("city", "a", "0.24", holder="public_body"))
    assert below.size == "micro"
    through = size(*base, stake("city", "b", "0.51", holder="public_body"), stake("b", "a", "0.25"))
    assert through.size == "large"
    jointly = size(
        *base, stake("city", "a", "0.15", holder="public_body"),
        stake("state", "a", "0.1", holder="public_body"), firm("state", kind="public"),
    )  # fmt: skip
    assert jointly.size == "large"


def test_public_firms_that_are_linked_are_not_exempt() -> None:
    """A university that public bodies control is exempt, until a majority links it to the firm."""
    base = (
        firm("city", kind="public"), *map(firm, "abc"), year("a", 5, 1, 1), year("b", 2, 0, 0),
        year("c", 1, 0, 0), stake("city", "b", "0.8", holder="public_body"),
        stake("b", "a", "0.4", holder="university"), stake("c", "a", "0.2"),
    )  # fmt: skip
    alone = size(*base)
    assert (alone.size, alone.public, alone.exempt) == ("micro", 0, ("b-a",))
    linked = size(*base, stake("b", "c", "0.6"))
    assert (linked.size, linked.public, linked.exempt) == ("large", 1, ())


@pytest.mark.parametrize(("facts", "classes"), [
    ({"budget": euros(9), "inhabitants": 4999}, ("micro",)),
    ({"budget": euros(10), "inhabitants": 4999}, ("large",)),
    ({"inhabitants": 4999}, ("micro", "large")),
    ({"budget": euros(9)}, ("micro", "large")),
    ({"inhabitants": 5000}, ("large",)),
])  # fmt: skip
def test_local_authorities(facts: Any, classes: Any) -> None:
    """A small local authority is exempt; one of unknown size leaves open if it is."""
    town = firm("town", kind="public", **facts)
    found = size(firm("a"), town, year("a", 5, 1, 1),
                 stake("town", "a", "0.4", holder="local_authority"))  # fmt: skip
    assert found.possible == classes


@pytest.mark.parametrize(("invested", "classes"), [
    (("0.6", "0.6"), ("micro",)), (("0.65", "0.6"), ("medium",)),
    (("0.6", None), ("micro", "small", "medium")), (("1.3", None), ("medium",)),
])  # fmt: skip
def test_business_angels(invested: Any, classes: Any) -> None:
    """Business angels are exempt below 1,250,000 euros of all of them in the enterprise."""
    angels = [
        stake(id, "a", "0.26", holder="business_angel", invested=euros(amount))
        for id, amount in zip("bc", invested, strict=True)
    ]
    found = size(*map(firm, "abc"), *angels, year("a", 5, 1, 1), year("b", 100, 9, 9),
                 year("c", 100, 9, 9))  # fmt: skip
    expected = ("micro", "medium") if len(classes) == 3 else classes
    assert found.possible == expected


def test_persons_on_adjacent_markets() -> None:
    """A person links the enterprises that it controls on one market or adjacent ones."""

    def found(a: Any, b: Any, adjacent: Any = ()) -> SizeClass:
        return size(
            firm("a", markets=a), firm("b", markets=b), person("p"), year("a", 8, 1, 1),
            year("b", 45, 1, 1), stake("p", "a", "0.6", holder="person"),
            stake("p", "b", "0.8", holder="person"), adjacent_markets=adjacent,
        )  # fmt: skip

    assert found(("food",), ("food", "drinks")).size == "medium"
    assert found(("food",), ("software",)).size == "micro"
    assert found(("food",), ("farming",), [("farming", "food")]).size == "medium"
    unknown = found(("food",), ())
    assert unknown.possible == ("micro", "medium")
    assert unknown.missing == (
        "the markets of organization:a and organization:b, which the same persons control",
    )
