"""Size classes: schemes, accounts of a group, gaps in the years, what is shown, what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from mic_core.chrono import Period
from mic_core.errors import InvariantError, NotFound
from mic_core.impact.currencies import ExchangeRate, ExchangeRates
from mic_core.impact.indicators import INDICATORS
from mic_core.impact.measuring import measure
from mic_core.impact.tables.undertakings.headroom import headroom
from mic_core.impact.tables.undertakings.schemes import SIZE_SCHEMES, SizeCeiling, SizeScheme
from mic_core.impact.tables.undertakings.size_class import SizeClass, size_class
from mic_core.model import Center, Identity, Money, Ownership, Support
from mic_core.portfolio import Portfolio
from tests.impact.undertakings.firms import ON, firm, known, person, stake, year


def size(*values: Any, **more: Any) -> SizeClass:
    """The size class of the firm a among some values."""
    asked: dict[str, Any] = {"on": ON, **more}
    return size_class(known(*values), "a", **asked)


def test_what_is_shown() -> None:
    """Text, HTML and rows hold the members, and each step is a sentence."""
    found = size(
        firm("a"), firm("b"), firm("c"), firm("city", kind="public"), firm("uni"),
        year("a", 8, 1, 1), year("b", 5, 1, None), year("c", 10, 1, 1, consolidated=True),
        stake("b", "a", "0.3"), stake("c", "b", "0.6"), stake("city", "a", "0.1",
        holder="public_body"), stake("uni", "a", "0.3", holder="university"),
    )  # fmt: skip
    text = str(found)
    assert text.startswith("a: small (partner)")
    for part in (
        "b is a partner enterprise at 30 %: a stake of 25 % or more.",
        "c is a partner enterprise at 30 %: linked to a partner.",
        "b is in the consolidated accounts of c.",
        "Exempt investors, not counted: uni-a.",
        "Public bodies control 10 %, below 25 %.",
        "staff of the group: 11.",
    ):
        assert part in text, part
    assert [row["within"] for row in found.rows()] == [None, "c", None]
    assert "<table" in found.html().source
    assert "<table" in str(found._repr_html_())
    alone = size(firm("a"))
    assert "It is autonomous" in str(alone)
    assert "To be settled: staff of organization:a" in str(alone)
    assert str(alone).startswith("a: undetermined: micro or small or medium or large (autonomous)")
    assert alone.is_sme is None
    public = size(firm("a"), firm("p", kind="public"), stake("p", "a", "0.5"), year("a", 1, 1, 1))
    assert "Public bodies control 50 %, which makes no SME." in public.explain()


def test_estimates_count_where_nothing_is_closed() -> None:
    """A new firm has estimated figures of its running year, and that is said."""
    running = year("a", 4, 1, 1, of=2015, estimated=True)
    found = size(firm("a"), running)
    assert (found.size, found.is_estimate) == ("micro", True)
    assert "estimated in good faith" in str(found)
    closed = size(firm("a"), year("a", 60, 1, 1), running)
    assert (closed.size, closed.is_estimate) == ("medium", False)


def test_a_year_without_figures_leaves_the_rule_open() -> None:
    """What a missing year may have done to the two-period rule stays possible."""
    found = size(firm("a"), year("a", 5, 1, 1, of=2012), year("a", 20, 1, 1, of=2014))
    assert found.possible == ("micro", "small")
    assert found.missing == tuple(
        f"{name} of organization:a in the period without figures"
        for name in ("staff", "turnover", "balance sheet")
    )
    unknown = size(firm("a"), year("a", None, 1, 1, of=2013), year("a", 20, 1, 1))
    assert unknown.possible == ("micro", "small", "medium", "large")
    assert unknown.missing == (
        "staff of organization:a in Tue 1 Jan 2013 to Tue 31 Dec 2013",
    )  # fmt: skip


def test_figures_of_an_open_period_decide_nothing() -> None:
    """Figures of a period without a known end are no accounts that were ever closed."""
    endless = year("a", 300, 60, 50, period=Period(date(2014, 1, 1), None))
    assert size(firm("a"), endless).possible == ("micro", "small", "medium", "large")
    assert size(firm("a"), endless, year("a", 5, 1, 1, of=2013)).size == "micro"


@pytest.mark.parametrize("more", [
    (), (stake("b", "a", "0.6"),), (stake("b", "a", "0.6"), stake("b", "c", "0.1")),
])  # fmt: skip
@pytest.mark.parametrize("is_consolidated", [False, True])
def test_consolidated_accounts_hold_controlled_firms_only(
    more: tuple[Ownership, ...], *, is_consolidated: bool
) -> None:
    """Consolidated accounts hold the firms that a member controls, once in a circle of stakes."""
    found = size(
        *map(firm, "abc"), year("a", 5, 1, 1, consolidated=True),
        year("b", 20, 1, 1, consolidated=is_consolidated), year("c", 100, 1, 1),
        stake("a", "b", "0.6"), stake("a", "c", "0.3"), *more,
    )  # fmt: skip
    within = {row["organization_id"]: row["within"] for row in found.rows()}
    assert within == {"a": None, "b": "a", "c": None}
    shares = sum((each.capital for each in more if each.organization_id == "c"), Decimal("0.3"))
    assert found.totals["staff"] == (5 + 100 * Fraction(shares), 5 + 100 * Fraction(shares))


def test_accounts_of_others() -> None:
    """Accounts of a closed partner are nothing, old ones unknown; currencies need a rate."""
    base = (firm("a"), year("a", 8, 1, 1), stake("b", "a", "0.3"))
    assert size(*base, firm("b", closed_on=date(2014, 1, 1))).size == "micro"
    old = size(*base, firm("b"), year("b", 9, 1, 1, of=2011))
    assert old.size == "undetermined"
    dollars = Money(amount=Decimal(1_000_000), currency="USD")
    foreign = attrs.evolve(year("b", 5, None, 50), turnover=dollars)
    rate = ExchangeRate(base="EUR", quote="USD", on=date(2010, 1, 1), value=Decimal(2), source="x")
    rates = ExchangeRates(into="EUR", rates=(rate,))
    assert size(*base, firm("b"), foreign).possible == ("micro", "small", "medium")
    found = size(*base, firm("b"), foreign, rates=rates)
    assert (found.size, found.totals["turnover"][0]) == ("micro", 1_150_000)
    other = ExchangeRates(into="USD", rates=(rate,))
    assert size(*base, firm("b"), foreign, rates=other).size == "undetermined"


def test_schemes_are_values() -> None:
    """Staff alone decides by Eurostat, and a scheme of one's own is taken as it is."""
    big = (firm("a"), firm("b"), year("a", 8, 900, 900), stake("b", "a", "1"))
    assert size(*big, scheme="Eurostat").size == "micro"
    assert size(*big, scheme=SIZE_SCHEMES["Eurostat"]).scheme.version == "2008"
    research = SizeScheme(
        id="hmrc", version="2008", source="HMRC CIRD91700",
        ceilings=(SizeCeiling(name="sme", staff=500, turnover=Decimal(100)),),
    )  # fmt: skip
    years = [year("a", staff, 0, 0, of=of) for staff, of in ((480, 2012), (510, 2013), (520, 2014))]
    sizes = [size(firm("a"), *years, on=date(of, 2, 1), scheme=research).size
             for of in (2013, 2014, 2015)]  # fmt: skip
    assert sizes == ["sme", "sme", "large"]
    twice = SizeCeiling(name="x", staff=1)
    with pytest.raises(InvariantError):
        SizeScheme(id="x", version="1", source="x", ceilings=(twice, twice))


def test_many_open_questions_leave_a_range() -> None:
    """Of more open questions than are tried one by one, all between the extremes is possible."""
    ids = [f"f{n}" for n in range(7)]
    values = [firm("a", markets=("x",)), person("p"), stake("p", "a", "1", holder="person"),
              year("a", 5, 1, 1)]  # fmt: skip
    for id in ids:
        values += [firm(id), stake("p", id, "1", holder="person"), year(id, 40, 1, 1)]
    found = size(*values)
    assert found.possible == ("micro", "small", "medium", "large")


def test_one_and_the_same_firm() -> None:
    """Records of one firm count as one, with stakes of several records added."""
    twice = Identity(id="i", kept="organization:a", merged="organization:a-2")
    parts: list[Ownership] = [
        stake("b", "a-2", "0.3", id="s-1"),
        stake("b", "a", "0.3", id="s-2", holder="university"),
        stake("a", "a-2", "0.1"),
        stake("b", "a", "0.1", id="s-3", period=Period(None, date(2001, 1, 1))),
    ]
    found = size(firm("a"), firm("a-2"), firm("b"), *parts, twice, year("a-2", 5, 1, 1),
                 year("b", 100, 1, 1))  # fmt: skip
    assert (found.basis, found.size) == ("linked", "medium")
    mixed = size(firm("a"), firm("b"), year("a", 1, 1, 1), stake("b", "a", "0.2", id="m-1"),
                 stake("b", "a", "0.2", id="m-2", holder="public_body"))  # fmt: skip
    assert mixed.size == "large"


def test_knowledge_of_an_instant() -> None:
    """Facts recorded later do not change what was known."""
    late = datetime(2015, 5, 1, tzinfo=UTC)
    then = Portfolio.of(firm("a"), year("a", 5, 1, 1)).record(
        stake("b", "a", "1"), firm("b"), year("b", 500, 90, 90), recorded_at=late, actor="desk"
    )
    early = datetime(2015, 4, 1, tzinfo=UTC)
    assert size_class(then, firm("a"), on=ON, as_of=early).size == "micro"
    assert size_class(then, "a", on=ON).size == "large"


@pytest.mark.parametrize(("wrong", "error"), [
    ({"scheme": "IFC"}, NotFound), ({"scheme": 3}, NotFound), ({"take_over": "never"},
    InvariantError), ({"adjacent_markets": ["ab"]}, InvariantError), ({"on": "today"},
    InvariantError),
])  # fmt: skip
def test_wrong_questions_are_refused(wrong: Any, error: type[Exception]) -> None:
    """Each argument that makes no sense is named."""
    with pytest.raises(error):
        size(firm("a"), **wrong)
    with pytest.raises(NotFound):
        size_class(known(), "a", on=ON)


def test_indicators_use_the_class_at_first_support() -> None:
    """Enterprises supported are broken down by their size at first support, which stays."""
    center = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
    helped = [
        Support(id=f"s-{id}-{on.year}", enterprise_id=id, kind="advice", provider_id="mic", on=on)
        for id in ("a", "b", "gone") for on in (date(2014, 6, 1), date(2016, 6, 1))
    ]  # fmt: skip
    season = known(center, firm("a"), firm("b"), *helped, year("a", 5, 1, 1, of=2013),
                   year("a", 60, 1, 1, of=2014), year("a", 60, 1, 1, of=2015))  # fmt: skip
    card = measure(season, INDICATORS["E1"], as_of=datetime(2017, 1, 1, tzinfo=UTC), by="size")
    assert {each.cell: each.figure.value for each in card} == {
        (): 3, (("size", None),): 2, (("size", "micro"),): 1,
    }  # fmt: skip


def test_headroom_before_the_ceiling_applies() -> None:
    """A day before the ceiling applies is said to be, and all of the ceiling is left."""
    found = headroom(known(firm("a")), "a", on=date(2020, 1, 1))
    assert "after that day" in str(found)
    assert found.state("FR").headroom == Fraction(300_000)
    assert "<table" in str(found._repr_html_())
