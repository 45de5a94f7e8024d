"""Merging unites what is the same, adds what is apart, and refuses what contradicts itself."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core.errors import InvariantError
from mic_core.impact.counts import head_count
from mic_core.model import NOUNS, Attendance, Noun, Person, Room
from mic_core.portfolio import Batch, Diff, Portfolio, diff, merge
from mic_core.samples import brussels_2014, network
from tests.portfolio.worlds import (
    MORNING,
    batches,
    by_key,
    few_nouns,
    histories,
    hours,
    key_of,
    recorded,
    room,
    session,
)


def _part(portfolio: Portfolio, kinds: set[str]) -> Portfolio:
    """The values of some kinds, with their history."""
    return Portfolio.replay(
        Batch(
            recorded_at=batch.recorded_at,
            actor=batch.actor,
            values=tuple(each for each in batch.values if key_of(each)[0] in kinds),
        )
        for batch in portfolio.log
    )


KINDS_DRAWN: tuple[str, ...] = ("organization", "person", "room")


@given(histories(), st.lists(st.sets(st.sampled_from(KINDS_DRAWN)), max_size=3))
def test_parts_merge_into_the_whole(portfolio: Portfolio, cuts: list[set[str]]) -> None:
    """Any parts that cover a portfolio, overlapping or not, make it again, in any order."""
    parts = [_part(portfolio, kinds) for kinds in cuts]
    rest = _part(portfolio, set(KINDS_DRAWN) - set[str]().union(*cuts))
    assert merge(*parts, rest) == merge(rest, *reversed(parts)) == portfolio
    assert merge(portfolio, portfolio) == merge(portfolio) == portfolio
    assert merge(portfolio, Portfolio()) == portfolio


@given(histories(), st.integers(-1, 4))
def test_an_earlier_state_merges_into_the_later_one(portfolio: Portfolio, hour: int) -> None:
    """A later history does not contradict the state at an earlier instant."""
    then = portfolio.as_of(hours(hour))
    assert merge(then, portfolio) == merge(portfolio, then) == portfolio


@given(recorded(), st.lists(few_nouns(), max_size=3, unique_by=key_of), few_nouns())
def test_two_that_went_on_apart_merge_if_they_touched_different_things(
    portfolio: Portfolio, nouns: list[Noun], other: Noun
) -> None:
    """Each side's news come together, unless both changed the same."""
    assume(all(key_of(each) != key_of(other) for each in nouns))
    one = portfolio.record(*nouns, recorded_at=hours(5))
    two = portfolio.record(other, recorded_at=hours(6))
    assert merge(one, two) == merge(two, one) == one.record(other, recorded_at=hours(6))


def test_nothing_merges_into_nothing() -> None:
    """No portfolios at all make an empty one."""
    assert merge() == Portfolio()


def test_disjoint_portfolios_add_up() -> None:
    """Values and heads of two networks without a common id are those of both."""
    one, other = brussels_2014(), _part(network(3, centers=2), set(NOUNS) - {"program"})
    both = merge(one, other)
    assert len(both) == len(one) + len(other)
    assert len(both.log) == len(one.log) + len(other.log)
    assert by_key(both.values()) == by_key(one.values()) | by_key(other.values())
    total = head_count(both)
    assert total == head_count(one) | head_count(other)
    assert len(total.visits) == len(head_count(one).visits) + len(head_count(other).visits)


def _refused(*portfolios: Portfolio) -> list[str]:
    """The ids for which merging is refused, in every order of the portfolios."""
    paths: list[list[str]] = []
    for order in (portfolios, portfolios[::-1]):
        with pytest.raises(InvariantError) as caught:
            merge(*order)
        assert caught.value.subject == "Portfolio"
        assert {problem.mend for problem in caught.value.problems} == {
            "give one of the two another id"
        }
        paths.append([problem.path for problem in caught.value.problems])
        assert {problem.rule for problem in caught.value.problems} == {
            "must have one history in all portfolios"
        }
    assert paths[0] == paths[1]
    return paths[0]


def test_two_things_of_one_name_do_not_unite() -> None:
    """The Boostcamp of Brussels and that of another network are two programs under one id."""
    assert _refused(brussels_2014(), network(3, centers=2)) == ["program:boostcamp"]


def test_all_contradictions_are_told_at_once() -> None:
    """Each id under which two portfolios say different things is listed, sorted."""
    one = Portfolio.of(room("r-2", 1), room("r-1", 1), room("r-3", 1), Person(id="p", name="Ada"))
    two = Portfolio.of(room("r-2", 2), room("r-1", 2), room("r-3", 1), Person(id="p", name="Bob"))
    assert _refused(one, two) == ["person:p", "room:r-1", "room:r-2"]
    assert _refused(Portfolio.of(room("r-4")), one, two) == ["person:p", "room:r-1", "room:r-2"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param([(None, None, 1)], [(0, None, 2)], id="two values at two instants"),
        pytest.param([(0, None, 1)], [(1, None, 1)], id="the same value at different instants"),
        pytest.param([(0, "a", 1)], [(0, "b", 1)], id="the same value by different actors"),
        pytest.param([(0, None, 1), (1, None, 2)], [(0, None, 1), (2, None, 3)], id="two sequels"),
        pytest.param(
            [(0, None, 1), (2, None, 2)], [(0, None, 1), (1, None, 3), (2, None, 2)], id="a gap"
        ),
        pytest.param([(0, "a", 1)], [(0, "a", 1), (0, "b", 2)], id="two values at one instant"),
    ],
)  # fmt: skip
def test_contradictions_in_time_are_refused(
    one: list[tuple[int | None, str | None, int]], two: list[tuple[int | None, str | None, int]]
) -> None:
    """Of two histories of one id, one must begin with all of the other."""
    assert _refused(*map(_rooms, (one, two))) == ["room:r-1"]


def _rooms(entries: list[tuple[int | None, str | None, int]]) -> Portfolio:
    return Portfolio.replay(
        Batch(
            recorded_at=None if hour is None else hours(hour),
            actor=actor,
            values=(room(seats=seats),),
        )
        for hour, actor, seats in entries
    )


@given(batches(), batches(), batches())
def test_merging_is_commutative_and_associative(
    a: list[Batch], b: list[Batch], c: list[Batch]
) -> None:
    """However three portfolios are put together, they are the same one, or are refused."""
    one, two, three = map(Portfolio.replay, (a, b, c))
    try:
        whole = merge(one, two, three)
    except InvariantError as error:
        subjects = {problem.path for problem in error.problems}
        assert _refused(one, two, three) == sorted(subjects)
    else:
        assert merge(three, one, two) == whole
        assert merge(merge(one, two), three) == merge(one, merge(two, three)) == whole


# What differs


@given(histories(), histories())
def test_what_differs_leads_from_one_to_the_other(before: Portfolio, after: Portfolio) -> None:
    """Taking away what is removed and adding the rest gives the other state; and back."""
    old, new = by_key(before.values()), by_key(after.values())
    found = diff(before, after)
    taken = {key: value for key, value in old.items() if value not in found.removed}
    assert taken | by_key(found.added) | by_key(then for _, then in found.changed) == new
    assert all(old[key_of(value)] != then for value, then in found.changed)
    assert all(key_of(value) == key_of(then) for value, then in found.changed)
    back = diff(after, before)
    assert (back.added, back.removed) == (found.removed, found.added)
    assert back.changed == tuple((then, value) for value, then in found.changed)
    for nouns in (found.added, found.removed, tuple(then for _, then in found.changed)):
        assert [*map(key_of, nouns)] == sorted(map(key_of, nouns))


@given(histories(), histories())
def test_nothing_differs_if_the_present_is_the_same(one: Portfolio, other: Portfolio) -> None:
    """Only what holds now is compared, not how it came about."""
    assert (diff(one, other) == Diff()) == (list(one.values()) == list(other.values()))
    assert diff(one, one) == Diff()


def test_the_rows_of_a_difference_name_fields() -> None:
    """A row for each field that changed, and one for what came or went, without values."""
    before = Portfolio.of(Person(id="p", name="Ada"), room("r-1"), room("r-2", 40), session("s-1"))
    attendance = Attendance(id="a", session_id="s-1", person_id="p", status="present")
    after = Portfolio.of(
        Person(id="p", name="Bob"), room("r-2", 60, ("stage",)), session("s-1"), attendance
    )
    assert diff(before, after).rows() == (
        {"change": "added", "subject": "attendance:a", "field": ""},
        {"change": "changed", "subject": "person:p", "field": "name"},
        {"change": "changed", "subject": "room:r-2", "field": "seats"},
        {"change": "changed", "subject": "room:r-2", "field": "features"},
        {"change": "removed", "subject": "room:r-1", "field": ""},
    )


def test_a_difference_over_time_is_one_of_two_states() -> None:
    """The changes since an instant are the difference to the state then."""
    portfolio = Portfolio.of(room(seats=1)).record(room(seats=2), recorded_at=MORNING)
    before = portfolio.as_of(MORNING - timedelta(microseconds=1))
    assert diff(before, portfolio) == Diff(changed=((room(seats=1), room(seats=2)),))
    assert portfolio.get(Room, "r-1").seats == 2
