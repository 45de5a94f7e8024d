"""Laws of figures: distinct counts, ratios, jobs, stocks, evidence, against plain recounts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core import (
    Center,
    FactTables,
    Figures,
    Organization,
    Period,
    Portfolio,
    Support,
    count,
    distinct,
    latest,
    measure,
    ratio,
    share,
    total,
    where,
)
from mic_core.impact.aggregation.columns import GRADES
from tests.impact.camp import CENTER, custom, one

LATE = datetime(2030, 1, 1, tzinfo=UTC)
MONTHS = [Period.month(2014, n) for n in range(1, 7)]
VISITS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("abcde"), st.sampled_from(GRADES)), max_size=12
)


def visits_of(found: list[tuple[int, str, str]]) -> FactTables:
    """Visits by month, person and grade of evidence."""
    rows = [
        {"fact": f"attendance:{n}", "day": date(2014, month + 1, 5), "person_id": person,
         "status": "present", "heads": 1, "evidence": grade}
        for n, (month, person, grade) in enumerate(found)
    ]  # fmt: skip
    return FactTables.of({"visits": rows})


def figure(source: Any, indicator: Any, **how: Any) -> Any:
    """The value of one figure, 0 where nothing is known."""
    return one(source, indicator, **{"as_of": LATE, **how}).value or Fraction(0)


@given(VISITS)
def test_new_keys_of_each_period_add_up_to_the_cumulative_count(found: list[Any]) -> None:
    """A distinct count since the beginning never falls, and rises by those seen first."""
    facts, before = visits_of(found), Fraction(0)
    for n, month in enumerate(MONTHS):
        now = figure(facts, "V2", period=Period(MONTHS[0].start, month.end))
        seen = {person for place, person, _ in found if place < n}
        new = {person for place, person, _ in found if place == n} - seen
        assert now - before == len(new)
        before = now
    assert before == figure(facts, "V2")


@given(VISITS, st.permutations("abcde"))
def test_names_of_keys_do_not_matter(found: list[Any], names: list[str]) -> None:
    """Other ids of the same persons, and another order of the rows, change no figure."""
    other = dict(zip("abcde", names, strict=True))
    renamed = [(month, other[person], grade) for month, person, grade in reversed(found)]
    for id in ("V1", "V2", "Q2"):
        one_, two = (one(visits_of(each), id, as_of=LATE) for each in (found, renamed))
        assert (one_.figure, one_.status) == (two.figure, two.status)


@given(VISITS)
def test_better_evidence_never_raises_a_count(found: list[Any]) -> None:
    """At each higher minimum grade a count or distinct count is at most that of the lower one."""
    for measured in (count("visits"), distinct("visits", "person_id")):
        values = [
            figure(visits_of(found), custom(measured, minimum_evidence=grade)) for grade in GRADES
        ]
        assert values == sorted(values, reverse=True)
        result = one(visits_of(found), custom(measured), as_of=LATE)
        assert {grade: each.value for grade, each in result.at_grade} == {
            grade: value for grade, value in zip(GRADES, values, strict=True)
            if any(each == grade for _, _, each in found)
        }  # fmt: skip


PARTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5)


@given(PARTS)
def test_a_ratio_is_pooled_and_never_averaged(parts: list[tuple[int, int]]) -> None:
    """Sum over sum, between the least and the greatest part; a part of 0 for 0 does not move it."""
    rows = [
        {"fact": f"support:{n}", "day": date(2014, n + 1, 5), "hours": Decimal(top),
         "amount": Decimal(bottom), "currency": "EUR", "enterprise_id": "v"}
        for n, (top, bottom) in enumerate(parts)
    ]  # fmt: skip
    measured = custom(ratio(total("supports", "hours"), total("supports", "amount")))
    tops, bottoms = (sum(each[side] for each in parts) for side in (0, 1))
    result = one(FactTables.of({"supports": rows}), measured, as_of=LATE)
    if not bottoms:
        assert (result.value, result.status) == (None, "undefined")
        return
    assert result.value == Fraction(tops, bottoms)
    if all(bottom for _, bottom in parts):
        each = [Fraction(top, bottom) for top, bottom in parts]
        assert min(each) <= result.value <= max(each)
    nothing = {**rows[0], "fact": "support:x", "hours": Decimal(0), "amount": Decimal(0)}
    more = one(FactTables.of({"supports": [*rows, nothing]}), measured, as_of=LATE)
    assert more.value == result.value


@given(VISITS)
def test_cells_with_the_unknown_one_add_up_to_the_whole(found: list[Any]) -> None:
    """Visits by month are a partition; persons by month overlap."""
    facts = visits_of(found)
    for id, is_partition in (("V1", True), ("V2", False)):
        card: Any = measure(facts, id, by="month", as_of=LATE)
        whole, *cells = [each.value or 0 for each in card]
        assert max(cells, default=0) <= whole <= sum(cells)
        assert not is_partition or whole == sum(cells)


STAFF = st.lists(
    st.tuples(
        st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)), st.booleans(),
        st.sets(st.sampled_from(("mic", "mons")), min_size=1),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def grown(found: list[Any]) -> Portfolio:
    """Enterprises by staff before, staff after (None: closed), supported by one center or two."""
    nouns: list[Any] = [
        CENTER, Center(id="mons", name="Mons", country="BE", time_zone="Europe/Brussels")
    ]  # fmt: skip
    for n, (before, after, is_twice, centers) in enumerate(found):
        closed = date(2014, 6, 1) if after is None else None
        nouns.append(
            Organization(id=f"v{n}", name="V", kind="venture", country="BE", closed_on=closed)
        )
        nouns += [
            Support(id=f"s{n}-{center}-{again}", enterprise_id=f"v{n}", kind="coaching",
                    provider_id=center, on=date(2014, 1, 1))
            for center in centers for again in range(1 + is_twice)
        ]  # fmt: skip
        nouns += [
            Figures(id=f"f{n}-{year}", organization_id=f"v{n}", period=Period.year(year),
                    staff=Decimal(staff))
            for year, staff in ((2013, before), (2015, after)) if staff is not None
        ]  # fmt: skip
    return Portfolio.of(*nouns)


@given(STAFF)
def test_gross_jobs_are_net_jobs_and_losses(found: list[Any]) -> None:
    """Gross is at least 0 and net; the difference is what was lost."""
    portfolio = grown(found)
    gross, net, kept = (figure(portfolio, id) for id in ("J1", "J2", "J4"))
    pairs = [(before, after or 0) for before, after, _, _ in found]
    assert gross == sum(max(0, after - before) for before, after in pairs)
    assert net == sum(after - before for before, after in pairs)
    assert gross - net == sum(max(0, before - after) for before, after in pairs)
    assert kept == sum(min(before, after) for before, after in pairs)
    assert gross >= max(0, net)
    closed = grown([*found, (3, None, False, {"mic"})])
    assert (figure(closed, "J1"), figure(closed, "J2")) == (gross, net - 3)


@given(STAFF)
def test_an_enterprise_of_two_centers_counts_once_for_both(found: list[Any]) -> None:
    """Jobs and enterprises of both are at most the sum; each enterprise counts once."""
    portfolio = grown(found)
    jobs = sum(max(0, (after or 0) - before) for before, after, _, _ in found)
    for id, expected in (("J1", jobs), ("E1", len(found))):
        both = figure(portfolio, id, scope=("mic", "mons"))
        parts = [figure(portfolio, id, scope=center) for center in ("mic", "mons")]
        assert both == expected
        assert max(parts) <= both <= sum(parts)
        assert figure(portfolio, id) == both


@given(STAFF, st.integers(0, 3), st.sampled_from(("mic", "mons")))
def test_supporting_again_changes_no_number_of_enterprises(
    found: list[Any], number: int, center: str
) -> None:
    """One more support of a supported enterprise, by whatever center, adds nothing."""
    assume(number < len(found))
    portfolio = grown(found)
    again = Support(
        id="again", enterprise_id=f"v{number}", kind="grant", provider_id=center,
        on=date(2014, 3, 1),
    )  # fmt: skip
    more = portfolio.record(again, recorded_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert figure(more, "E1") == figure(portfolio, "E1")
    by_kind = [figure(more, id) for id in ("E2", "E3")]
    assert by_kind[0] == 1  # overlapping subsets: the sum may exceed the whole
    assert max(by_kind) <= figure(more, "E1") <= sum(by_kind)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from("vw"), st.integers(0, 9)), max_size=8),
    st.integers(0, 5), st.integers(0, 5),
)  # fmt: skip
def test_a_stock_is_that_of_any_period_with_its_last_value(
    found: list[Any], early: int, late: int
) -> None:
    """Where both periods hold the last value of each enterprise, they have one stock."""
    rows = [
        {"fact": f"figures:{n}", "day": date(2014, month + 1, 5), "enterprise_id": id,
         "staff": Decimal(staff)}
        for n, (month, id, staff) in enumerate(found)
    ]  # fmt: skip
    stock = custom(latest("figures", "staff", "enterprise_id"))
    early, late = min(early, late), max(early, late)
    last = {id: max(month for month, other, _ in found if other == id) for _, id, _ in found}
    assume(all(month >= late for month in last.values()))
    facts = FactTables.of({"figures": rows})
    values = [
        figure(facts, stock, period=Period(MONTHS[start].start, MONTHS[-1].end))
        for start in (early, late)
    ]
    assert values[0] == values[1]


@given(VISITS)
def test_a_share_is_of_its_whole(found: list[Any]) -> None:
    """Numerator over denominator, recounted; each person is in the part once."""
    measured = share("visits", having=where("evidence", ">=", "documented"), key="person_id")
    result = one(visits_of(found), custom(measured), as_of=LATE)
    persons = {person for _, person, _ in found}
    good = {person for _, person, grade in found if GRADES.index(grade) >= 2}
    if persons:
        assert result.value == Fraction(len(good), len(persons))
        assert (result.figure.numerator, result.figure.denominator) == (len(good), len(persons))
    else:
        assert (result.value, result.status) == (None, "unknown")
