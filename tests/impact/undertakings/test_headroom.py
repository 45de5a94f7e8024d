"""De minimis headroom: rolling years, legal rights, single undertakings, member states."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.errors import NotFound
from mic_core.impact.tables.undertakings.headroom import Headroom, headroom
from mic_core.impact.tables.undertakings.size_class import size_class
from mic_core.model import Center, Money, Support
from tests.impact.undertakings.firms import firm, known, person, stake

ON = date(2026, 5, 4)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")


def aid(id: str, to: str, amount: Any, on: date = date(2025, 1, 1), **more: Any) -> Support:
    """A grant in euros."""
    money = None if amount is None else Money(amount=amount, currency="EUR")
    given_: dict[str, Any] = {
        "id": id, "enterprise_id": to, "kind": "grant", "provider_id": "mic", "on": on,
        "amount": money, **more,
    }  # fmt: skip
    return Support(**given_)


def room(*values: Any, of: str = "a", on: date = ON, **more: Any) -> Headroom:
    """The headroom of a firm."""
    return headroom(known(CENTER, *values), of, on=on, **more)


@pytest.mark.parametrize(("on", "left"), [
    (date(2023, 5, 4), 300_000), (date(2023, 5, 5), 200_000), (date(2026, 5, 4), 200_000),
    (date(2026, 5, 5), 300_000),
])  # fmt: skip
def test_years_roll(on: date, left: int) -> None:
    """Aid counts from the day of the legal right up to the day three years before, exclusive."""
    found = room(firm("a"), aid("g", "a", 100_000, date(2020, 1, 1), granted_on=on))
    assert found.state("BE").headroom == left


def test_a_single_undertaking_has_one_ceiling() -> None:
    """Linked enterprises share a ceiling; partners, persons' other firms and owners of old not."""
    found = room(
        *map(firm, "abcde"), person("p"), aid("g", "b", 50_000), aid("h", "c", 10_000),
        aid("i", "d", 5_000), aid("j", "e", 100), stake("b", "a", "0.6"), stake("c", "a", "0.3"),
        stake("p", "a", "0.1", holder="person"), stake("p", "d", "1", holder="person"),
        stake("e", "a", "1", period=Period(date(2000, 1, 1), date(2020, 1, 1))),
    )  # fmt: skip
    assert found.undertaking == ("a", "b")
    assert found.state("BE").granted == 50_000


def test_persons_make_no_single_undertaking() -> None:
    """Firms that one person controls are linked in a size class, and apart in their aid."""
    values = (
        firm("a", markets=("food",)), firm("b", markets=("food",)), person("p"),
        stake("p", "a", "0.6", holder="person"), stake("p", "b", "1", holder="person"),
        aid("g", "a", 10_000), aid("h", "b", 50_000),
    )  # fmt: skip
    found = room(*values)
    assert (found.undertaking, found.state("BE").granted) == (("a",), 10_000)
    assert "One undertaking: a." in found.explain()
    assert size_class(known(CENTER, *values), "a", on=ON).basis == "linked"


def test_aid_of_a_firm_taken_over_counts() -> None:
    """The aid of a firm that was taken over counts for its successor from then on."""
    old = firm("b", closed_on=date(2025, 6, 1), successor_id="a")
    values = (firm("a"), old, aid("g", "b", 50_000))
    assert room(*values).state("BE").granted == 50_000
    assert room(*values, on=date(2025, 5, 31)).state("BE").granted == 0


def test_member_states_are_apart() -> None:
    """Each member state has a ceiling of its own; aid of unknown ones may be that of any."""
    found = room(
        firm("a"), firm("paris", country="FR"), person("p"), aid("g", "a", 40_000),
        aid("h", "a", 290_000, provider_id="paris"),
    )  # fmt: skip
    assert [(each.country, each.headroom) for each in found.states] == [
        ("BE", 260_000), ("FR", 10_000),
    ]  # fmt: skip
    unclear = room(firm("a"), person("p"), aid("g", "a", 40_000, provider_id="p"))
    assert unclear.state("BE").unknown == unclear.state("NL").unknown == ("support:g",)


def test_unknown_amounts_bound_the_headroom() -> None:
    """A support without an amount is listed, and the headroom is no exact figure."""
    found = room(firm("a"), aid("g", "a", 40_000), aid("h", "a", None))
    assert found.rows() == ({
        "country": "BE", "granted": 40_000, "currency": "EUR", "unknown": 1,
        "headroom_most": 260_000, "headroom": None,
    },)  # fmt: skip
    assert "of unknown amount or state: support:h" in str(found)
    assert "support:g" in found.html().source
    assert room(firm("a"), aid("h", "a", None), kinds=("space",)).state("BE").unknown == ()


def test_unknown_organizations_are_refused() -> None:
    """There is no headroom of an organization that is not known."""
    with pytest.raises(NotFound):
        room(firm("a"), of="b")


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 10**6)), max_size=8),
       st.integers(0, 1500))  # fmt: skip
def test_headroom_depends_on_the_years_alone(grants: list[tuple[int, int]], day: int) -> None:
    """Headroom is the ceiling less all aid of the years, and splitting a grant changes nothing."""
    start = date(2024, 1, 1).toordinal()
    on = date.fromordinal(start + day)
    days = [(date.fromordinal(start + when), amount) for when, amount in grants]
    whole = [aid(f"g-{n}", "a", amount, when) for n, (when, amount) in enumerate(days)]
    halves = [
        aid(f"g-{n}-{part}", "a", value, when) for n, (when, amount) in enumerate(days)
        for part, value in enumerate((amount // 2, amount - amount // 2))
    ]  # fmt: skip
    after = date(on.year - 3, on.month, min(on.day, 28) if on.month == 2 else on.day)
    expected = Fraction(300_000) - sum(amount for when, amount in days if after < when <= on)
    assert room(firm("a"), *whole, on=on).state("BE").headroom == expected
    assert room(firm("a"), *halves, on=on).state("BE").headroom == expected
