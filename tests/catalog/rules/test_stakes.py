"""Ownership rules: votes on each day, and circles of majority stakes against a naive oracle."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.chrono import Period
from mic_core.model import Ownership
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import day, identity, organization, ownership
from tests.catalog.rules.test_stories import RULES, cited

SALE = day("2014-06-01")
BEFORE, AFTER = Period(None, SALE), Period(SALE, None)


def firm_stake(owner: str, held: str, **more: Any) -> Ownership:
    """A stake of an organization in another one, named by both."""
    more = {"owner_id": owner, "organization_id": held, "holder": "enterprise", **more}
    return ownership(f"{owner}-{held}", **more)


def test_votes_add_up_to_no_more_than_all() -> None:
    """On any day, with those of the capital where none are stated, and never for capital alone."""
    code = "votes-over-whole"
    one, all_votes = ownership("a"), {"capital": Decimal("0.1"), "votes": Decimal("0.41")}
    assert cited(code, one, ownership("b", **all_votes)) == ["ownership:a"]
    assert cited(code, one, ownership("b", **{**all_votes, "votes": Decimal("0.4")})) == []
    assert cited(code, one, ownership("b")) == []
    assert cited(code, one, ownership("b", organization_id="other", **all_votes)) == []
    sold = ownership("a", period=BEFORE)
    assert cited(code, sold, ownership("b", period=AFTER, **all_votes)) == []
    report = check(
        Portfolio.of(sold, ownership("b", **all_votes), ownership("c", period=AFTER)),
        rules=(RULES[code],),
    )
    assert [dict(each.facts)["had"] for each in report.findings] == ["1.01"]


def test_majorities_in_a_circle_hold_at_one_time() -> None:
    """Stakes that follow each other are no circle; one that begins later makes it from then on."""
    code = "majority-circle"
    three = (firm_stake("a", "b"), firm_stake("b", "c"), firm_stake("c", "a", period=AFTER))
    (found,) = check(Portfolio.of(*three), rules=(RULES[code],)).findings
    assert found.subjects == ("ownership:a-b", "ownership:b-c", "ownership:c-a")
    assert "in a circle on Sun 1 Jun 2014" in found.message
    assert cited(code, firm_stake("a", "b", period=BEFORE), three[1:]) == []
    assert cited(code, three, firm_stake("x", "y"), firm_stake("y", "x")) == [
        "ownership:a-b", "ownership:x-y",
    ]  # fmt: skip


def test_majorities_are_those_of_votes_or_control() -> None:
    """Half of the votes is no majority, control without any is one, and records are added up."""
    code = "majority-circle"
    one = firm_stake("a", "b")
    half = Decimal("0.5")
    assert cited(code, one, firm_stake("b", "a", votes=half)) == []
    assert cited(code, one, firm_stake("b", "a", votes=half, controls=True)) == ["ownership:a-b"]
    parts = (
        ownership(f"p-{n}", owner_id="b", organization_id="a", capital=Decimal("0.3"))
        for n in (1, 2)
    )
    assert cited(code, one, *parts) == ["ownership:a-b"]


def test_records_of_one_firm_close_a_circle() -> None:
    """Two records that are recorded as one firm stand in one place of a circle."""
    code = "majority-circle"
    values = (*map(organization, ("a", "a-2", "b")), firm_stake("a", "b"), firm_stake("b", "a-2"))
    assert cited(code, values) == []
    same = identity("i", kept="organization:a", merged="organization:a-2")
    assert cited(code, values, same) == ["ownership:a-b"]


_DAYS = st.integers(0, 6)
_stakes = st.lists(
    st.tuples(
        st.sampled_from([*permutations("abcd", 2)]), st.sampled_from(["0.3", "0.5", "0.6"]), _DAYS,
        _DAYS,
    ),
    max_size=9,
)  # fmt: skip


@given(_stakes)
def test_circles_are_those_of_a_naive_search(
    drawn: list[tuple[tuple[str, str], str, int, int]],
) -> None:
    """A circle is found if, on any day, each of some firms has the majority in the next one."""
    start = date(2014, 1, 1)
    spans = [(pair, share, first, first + more + 1) for pair, share, first, more in drawn]
    stakes = tuple(
        ownership(
            f"o-{n}", owner_id=owner, organization_id=held, capital=Decimal(share),
            holder="enterprise",
            period=Period(start + timedelta(first), start + timedelta(end)),
        )
        for n, ((owner, held), share, first, end) in enumerate(spans)
    )  # fmt: skip

    def has_circle(now: int) -> bool:
        votes: dict[tuple[str, str], Decimal] = {}
        for pair, share, first, end in spans:
            if first <= now < end:
                votes[pair] = votes.get(pair, Decimal(0)) + Decimal(share)
        return any(
            all(votes.get(arc, 0) > Decimal("0.5") for arc in pairwise((*order, order[0])))
            for size in (2, 3, 4) for order in permutations("abcd", size)
        )  # fmt: skip

    found = cited("majority-circle", stakes)
    assert bool(found) == any(map(has_circle, range(14)))
    assert found == cited("majority-circle", stakes[::-1])
