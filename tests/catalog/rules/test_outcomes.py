"""Rules about outcomes: who is cited at the edges, and the graph search against a naive oracle."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.catalog.rules.outcomes.chains import chain_circles
from mic_core.chrono import Period
from mic_core.model import Attribution, Observation, Retraction
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import (
    MIC,
    at,
    attribution,
    day,
    deal,
    edition,
    enrollment,
    figures,
    identity,
    indicator,
    observation,
    organization,
    person,
    session,
    step,
    support,
    target,
)
from tests.catalog.fixes.tried import offered, said
from tests.catalog.rules.test_stories import cited

MIDNIGHT = at("2014-07-01 00:00")
"""The first instant of the day in Brussels, which is on the day before in UTC."""
CLOSED = organization("atelier", closed_on=day("2014-07-01"))


def jobs(id: str, **more: Any) -> Observation:
    """An observation of jobs."""
    return observation(id, **{"indicator_id": "jobs", **more})


def test_unknown_records_are_dangling_references() -> None:
    """Another rule finds corrections and identities of what is not there; these find nothing."""
    nouns = (
        person("ada"), indicator("jobs"), jobs("o-1", corrects="none"),
        identity("i-1", merged="person:nobody"),
    )  # fmt: skip
    report = check(Portfolio.of(MIC, *nouns))
    had = {(each.subjects, each.path) for each in report.of("dangling-reference")}
    assert had == {(("observation:o-1",), "corrects"), (("identity:i-1",), "merged")}
    assert {each.code for each in report.findings} == {"dangling-reference"}


def test_a_correction_is_not_recorded_before_what_it_corrects() -> None:
    """The later one of the two is known later; what was recorded together is in order."""
    first, second = at("2014-10-01 09:00"), at("2014-10-02 09:00")
    wrong, right = jobs("o-1"), jobs("o-2", corrects="o-1")
    together = Portfolio.of().record(wrong, right, recorded_at=first)
    after = Portfolio.of(wrong).record(right, recorded_at=first)
    before = Portfolio.of().record(right, recorded_at=first).record(wrong, recorded_at=second)
    assert not check(together).of("correction-of-another")
    assert not check(after).of("correction-of-another")
    (found,) = check(before).of("correction-of-another")
    assert found.fact("had") == ("recorded_at",)
    changed = before.record(jobs("o-2", corrects="o-1", value=Decimal(9)), recorded_at=second)
    assert check(changed).of("correction-of-another")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([("exactly", 40), ("at_least", 30)], []),
        ([("at_least", 40), ("exactly", 30)], [("o-0", "o-1")]),
        ([("at_least", 40), ("at_most", 40)], []),
        ([("more_than", 40), ("at_most", 40)], [("o-0", "o-1")]),
        ([("more_than", 40), ("exactly", 41)], []),
        ([("at_most", 40), ("exactly", 30)], []),
        ([("about", 40), ("exactly", 30)], []),
        ([("exactly", 40), ("exactly", 30), ("exactly", 35)], [("o-0", "o-1"), ("o-0", "o-2")]),
        ([("exactly", 40), ("about", 50), ("exactly", 30), ("exactly", 40)], [("o-0", "o-2")]),
    ],
    ids=str,
)
def test_a_cumulative_series_falls_below_its_highest_value(
    values: list[tuple[Any, int]], found: list[tuple[str, str]]
) -> None:
    """A relation bounds a value from below, from above, or not at all."""
    nouns = [
        jobs(
            f"o-{n}", form="cumulative", value=Decimal(value), relation=relation,
            period=Period(day("2012-01-01"), day(f"{2014 + n}-01-01")),
        )
        for n, (relation, value) in enumerate(values)
    ]  # fmt: skip
    report = check(Portfolio.of(*nouns))
    had = [
        (str(each.fact("earlier"))[12:], str(each.fact("later"))[12:])
        for each in report.of("cumulative-falls")
    ]
    assert had == found


def test_series_of_another_kind_do_not_fall() -> None:
    """Another subject, version, tally, unit, beginning or form is another series."""
    high = jobs("o-0", form="cumulative", value=Decimal(40), period=Period(None, day("2013-01-01")))
    others: list[dict[str, Any]] = [
        {"subject": "center:mic-namur"}, {"version": "0"}, {"tally": "net"}, {"unit": "FTE"},
        {"period": Period(day("2012-01-01"))}, {"form": "stock"},
        {"indicator_id": None, "claim": "jobs"}, {"period": Period(None, day("2013-01-01"))},
    ]  # fmt: skip
    low: dict[str, Any] = {"form": "cumulative", "value": Decimal(3), "period": Period()}
    series = [jobs(f"o-{n}", **{**low, **each}) for n, each in enumerate(others, 1)]
    assert not cited("cumulative-falls", indicator("jobs"), high, *series)
    same = jobs("o-9", **{**low, "version": "1"})
    (found,) = check(Portfolio.of(indicator("jobs"), high, same)).of("cumulative-falls")
    assert found.subjects == ("observation:o-0", "observation:o-9")


def test_what_is_corrected_counts_for_nothing() -> None:
    """Neither its unit, its period nor its value is found any more; the correction is judged."""
    wrong = jobs("o-1", unit="FTE", period=Period(day("2013-07-01"), day("2014-07-01")))
    measured = jobs("o-2", value=Decimal(30))
    claim = observation("c-1", claim="jobs", relation="more_than", value=Decimal(30))
    nouns = (MIC, indicator("jobs"), target("t-1"), wrong, measured, claim)
    as_of = at("2014-06-01 09:00")
    found = {each.code for each in check(Portfolio.of(*nouns), as_of=as_of).findings}
    assert found == {
        "observation-unit", "observation-straddles", "observation-too-early", "claim-contradicted",
    }  # fmt: skip
    right = (
        jobs("o-3", corrects="o-1", period=Period.year(2013)),
        jobs("o-4", corrects="o-2", value=Decimal(31), period=Period.year(2013)),
    )
    assert not check(Portfolio.of(*nouns, *right), as_of=as_of).findings


def test_a_mixed_definition_needs_two_known_versions() -> None:
    """Without the indicator the present version is unknown; a corrected value does not count."""
    assert not cited("mixed-definitions", jobs("o-1", version="1"), jobs("o-2"))
    corrected = (jobs("o-1", version="1"), jobs("o-2", version="2", corrects="o-1"))
    assert not cited("mixed-definitions", indicator("jobs", version="2"), *corrected)


ARCS = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefg"), max_size=3), max_size=6
)


@given(ARCS)
def test_circles_are_found_where_there_are_any(arcs: dict[str, list[str]]) -> None:
    """A node lies on a circle if it reaches itself; each circle that is yielded is one."""
    reached = {node: set(arcs.get(node, [])) for node in "abcdefg"}
    for _ in range(7):
        for ahead in reached.values():
            ahead |= {far for near in ahead for far in reached[near]}
    found = [*chain_circles(arcs)]
    assert bool(found) == any(node in ahead for node, ahead in reached.items())
    for circle in found:
        assert circle[0] == min(circle)
        assert len(set(circle)) == len(circle)
        for node, following in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert following in arcs[node]


def test_a_long_chain_needs_no_recursion() -> None:
    """A chain of 50,000 identities is followed to its end."""
    chain = {f"r-{n}": [f"r-{n + 1}"] for n in range(50_000)}
    assert [*chain_circles(chain)] == []
    (circle,) = chain_circles({**chain, "r-50000": ["r-0"]})
    assert len(circle) == 50_001


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10), st.none() | st.integers(0, 6), st.none() | st.integers(7, 12)
        ),
        max_size=5,
    )
)
def test_attributed_shares_add_up_on_each_day(parts: list[tuple[int, Any, Any]]) -> None:
    """A finding is made if the shares of one day add up to more than 1."""
    start = day("2014-01-01")

    def date(n: int | None) -> Any:
        return None if n is None else start + timedelta(days=n)

    nouns: list[Attribution] = [
        attribution(
            f"b-{n}", share=Decimal(tenths) / 10,
            period=None if first is last is None else Period(date(first), date(last)),
        )
        for n, (tenths, first, last) in enumerate(parts)
    ]  # fmt: skip
    sums = [
        sum(
            tenths
            for tenths, first, last in parts
            if (first is None or first <= n) and (last is None or n < last)
        )
        for n in range(-1, 14)
    ]
    report = check(Portfolio.of(*nouns))
    assert bool(report.of("attributed-over-whole")) == (max(sums) > 10)


def test_each_fact_after_the_end_is_cited() -> None:
    """The day is that of the fact; of an enrollment that of its request, or of what it is for."""
    facts = (
        support("p-1"), deal("d-1"), figures("g-1"), figures("g-2", period=Period()),
        figures("g-3", period=Period.year(2015)), session("s-1", "2014-09-10 18:00"),
        session("s-2", "2014-06-30 23:00"), session("s-3"),
        enrollment("e-1", participant_id="atelier", into="s-1"),
        enrollment("e-2", participant_id="atelier", into="s-2"),
        enrollment("e-3", participant_id="atelier", into="s-3"),
        enrollment("e-4", participant_id="atelier", into="nothing"),
        enrollment("e-5", participant_id="ada", into="s-1"),
        enrollment("e-6", participant_id="atelier", into="s-3", requested_at=MIDNIGHT),
        enrollment("e-7", participant_id="atelier", into="nothing", requested_at=MIDNIGHT),
    )  # fmt: skip
    report = check(Portfolio.of(MIC, CLOSED, *facts))
    assert [str(each.fact("fact")) for each in report.of("fact-after-closing")] == [
        "deal:d-1", "enrollment:e-1", "enrollment:e-6", "figures:g-3", "support:p-1",
    ]  # fmt: skip


def test_who_withdrew_did_not_take_part_after_the_end() -> None:
    """Requests that ended without a place are no facts of a life after the end."""
    place = (MIC, CLOSED, edition("camp-6"), enrollment("e-1", participant_id="atelier"))
    assert cited("fact-after-closing", *place)
    for status in ("withdrawn", "declined", "cancelled"):
        gone = step("enrollment:e-1", "requested", status, "2014-07-02 09:00")
        assert not cited("fact-after-closing", *place, gone)


def test_profiles_are_never_quoted() -> None:
    """A finding about a personal value says the name and the words that could be, no more."""
    odd = enrollment("e-1", profile={"status": "xyzzy", "education": True, "gender": "plugh"})
    report = check(Portfolio.of(odd))
    assert len(report.of("profile-word")) == 2
    assert "xyzzy" not in str(report)
    assert "plugh" not in str(report)


def test_targets_may_lie_below_their_baseline() -> None:
    """A falling target is a target; one that equals what there was is none."""
    falling = target("t-1", value=Decimal(10), baseline=Decimal(40))
    assert not cited("target-at-baseline", falling)
    assert cited("target-at-baseline", target("t-1", value=Decimal("5.0"), baseline=Decimal(5)))


def test_records_merged_into_one_thing_are_merged_once() -> None:
    """Records that others connect are one; two that only the record itself connects are not."""
    two = (identity("i-1"), identity("i-2", kept="person:bo"))
    bridge = identity("i-3", kept="person:eve", merged="person:ada")
    assert cited("merged-twice", *two)
    assert cited("merged-twice", *two, bridge)
    assert not cited(
        "merged-twice", *two, bridge, identity("i-4", kept="person:eve", merged="person:bo")
    )
    assert not cited("merged-twice", identity("i-1"), identity("i-2"))
    apart = identity("i-5", kept="person:ada", merged="person:bo")
    assert not cited("merged-twice", *two, apart)


def test_what_is_taken_back_merges_nothing() -> None:
    """A retraction of one of two identities leaves the other one."""
    known = Portfolio.of(person("ada"), person("ada-2"), person("bo"), identity("i-1"))
    twice = known.record(identity("i-2", kept="person:bo"), recorded_at=at("2014-10-01 09:00"))
    back = Retraction(id="r-1", subject="identity:i-2")
    assert check(twice).of("merged-twice")
    assert not check(twice.record(back, recorded_at=at("2014-10-02 09:00"))).findings


def test_contradicting_records_are_mended_in_turn() -> None:
    """Each identity can be taken back; each correction of a circle let go."""
    persons = (person("ada"), person("ada-2", name="Bo"), person("bo", name="Eve"))
    found = offered("merged-twice", *persons, identity("i-1"), identity("i-2", kept="person:bo"))
    assert said(found) == ["take identity:i-1 back", "take identity:i-2 back"]
    circle = (jobs("o-1", corrects="o-2"), jobs("o-2", corrects="o-1"))
    found = offered("correction-circle", MIC, indicator("jobs"), *circle)
    assert said(found) == ["let observation:o-1 correct none", "let observation:o-2 correct none"]


def test_corrections_of_one_value_are_chained() -> None:
    """Each of several corrections corrects the one before it; the first stays as it is."""
    several = [jobs(f"o-{n}", corrects="o-0") for n in (1, 2, 3)]
    (fix,) = offered("corrected-twice", MIC, indicator("jobs"), jobs("o-0"), *several)
    assert [(each.id, each.corrects) for each in fix.changes if isinstance(each, Observation)] == [
        ("o-2", "o-1"), ("o-3", "o-2"),
    ]  # fmt: skip


def test_records_of_one_thing_are_no_longer_suspected() -> None:
    """An identity settles the suspicion, through others too; of another pair it does not."""
    three = [person(id, name=id, contact="ada@example.org") for id in ("p-1", "p-2", "p-3")]
    assert len(cited("same-person", *three)) == 2
    first = identity("i-1", kept="person:p-1", merged="person:p-2")
    assert cited("same-person", *three, first) == ["person:p-2"]
    through = identity("i-2", kept="person:p-1", merged="person:p-3")
    assert not cited("same-person", *three, first, through)
    twins = (organization("o-1"), organization("o-2"))
    assert cited("same-organization", *twins)
    one = identity("i-3", kept="organization:o-1", merged="organization:o-2")
    assert not cited("same-organization", *twins, one)
