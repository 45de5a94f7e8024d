"""Who is expected, and who holds a seat, over time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.local import instant
from mic_core.model import TABLES, Enrollment, Transition
from mic_core.portfolio import Portfolio
from mic_core.portfolio.expected import (
    EXPECTED,
    Steps,
    all_within,
    any_within,
    expected_on_site,
    has_been_expected,
    held_on_site,
    seat_spans,
)
from mic_core.portfolio.status import status_histories

START = datetime(2014, 9, 1, tzinfo=UTC)
STATUSES = tuple(TABLES["enrollment"].follows)


def hour(n: int) -> datetime:
    """An hour after the first of September."""
    return START + n * timedelta(hours=1)


def enrollment(id: str, into: str = "e", **fields: object) -> Enrollment:
    """An enrollment of a participant of the same id."""
    return Enrollment(id=id, participant_id=id, into=into, **fields)  # type: ignore[arg-type]


def steps(id: str, *changes: tuple[int, str]) -> list[Transition]:
    """The transitions of an enrollment, by hour and status."""
    return [
        Transition(id=f"{id}-{n}", subject=f"enrollment:{id}", after=after, effective_at=hour(at))
        for n, (at, after) in enumerate(changes)
    ]


def spans(*nouns: Enrollment | Transition) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The hours in which the one enrollment is expected, and those in which it holds a seat."""
    ((place,),) = seat_spans(Portfolio.of(*nouns)).values()

    def hours(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        unit, low = 3_600_000_000, instant(START)
        return [((a - low) // unit, min((b - low) // unit, 99)) for a, b in intervals]

    return hours(place.expected), hours(place.held)


def test_an_offer_holds_a_seat_and_nobody_is_expected_for_it() -> None:
    """Expected are the enrolled and the suspended, from the instant of the change on."""
    one = enrollment("a")
    changes = steps("a", (1, "offered"), (2, "enrolled"), (3, "suspended"), (5, "withdrawn"))
    assert spans(one, *changes) == ([(2, 5)], [(1, 5)])
    assert spans(one, *steps("a", (1, "enrolled"))) == ([(1, 99)], [(1, 99)])
    back = steps("a", (1, "enrolled"), (2, "withdrawn"), (4, "enrolled"), (5, "completed"))
    assert spans(one, *back) == ([(1, 2), (4, 5)], [(1, 2), (4, 5)])
    assert spans(one, *steps("a", (1, "offered"), (2, "declined"))) == ([], [(1, 2)])


def test_who_never_holds_a_seat_has_no_place() -> None:
    """An enrollment that is only asked for, or that was taken back at once, is left out."""
    asked, gone = enrollment("a"), enrollment("b")
    portfolio = Portfolio.of(asked, gone, *steps("b", (1, "enrolled"), (1, "withdrawn")))
    assert seat_spans(portfolio) == {}
    histories = status_histories(portfolio, Enrollment)
    assert [has_been_expected(histories[id]) for id in "ab"] == [False, True]


def test_the_delegates_of_a_venture_come_and_its_places_count() -> None:
    """Delegates are the persons of a place; what it counts for are its places on site."""
    firm = enrollment("v", delegates=("p", "q"), places=3)
    online = enrollment("o", mode="online", places=5)
    portfolio = Portfolio.of(
        firm, online, *steps("v", (1, "enrolled")), *steps("o", (1, "offered"))
    )
    found = {place.enrollment.id: place.persons for place in seat_spans(portfolio)["e"]}
    assert found == {"v": ("p", "q"), "o": ("o",)}
    at = instant(hour(1))
    for into, count in ((("e",), 3), (("x", "e"), 3), ((), 0)):
        assert expected_on_site(portfolio, into).at(at) == count
        assert held_on_site(portfolio, into).at(at) == count
        assert expected_on_site(portfolio, into).at(at - 1) == 0


def test_statuses_are_folded_once() -> None:
    """A portfolio computes them once and returns the same values."""
    portfolio = Portfolio.of(enrollment("a"), *steps("a", (1, "enrolled")))
    assert seat_spans(portfolio) is seat_spans(portfolio)
    assert status_histories(portfolio, Enrollment) is status_histories(portfolio, Enrollment)


changes = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(STATUSES)), max_size=5)


@given(st.lists(st.tuples(changes, st.integers(1, 3), st.sampled_from(["in_person", "online"]))))
def test_counts_are_those_of_each_status_at_each_instant(
    drawn: list[tuple[list[tuple[int, str]], int, str]],
) -> None:
    """Expected and held are, at every instant, what asking each enrollment's status comes to."""
    nouns: list[Enrollment | Transition] = []
    for n, (listed, count, mode) in enumerate(drawn):
        nouns.append(enrollment(f"a{n}", places=count, mode=mode))
        nouns += steps(f"a{n}", *listed)
    portfolio = Portfolio.of(*nouns)
    histories = status_histories(portfolio, Enrollment)
    for statuses, found in (
        (EXPECTED, expected_on_site(portfolio, ("e",))),
        (TABLES["enrollment"].occupies_seat, held_on_site(portfolio, ("e",))),
    ):
        for half in range(-1, 16):
            moment = START + half * timedelta(minutes=30)
            naive = sum(
                each.places
                for each in portfolio.all(Enrollment)
                if each.mode == "in_person" and histories[each.id].at(moment) in statuses
            )
            assert found.at(instant(moment)) == naive


intervals = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda each: (each[0], sum(each)))
)


@given(intervals, st.integers(0, 20), st.integers(0, 9))
def test_step_functions_are_their_values(
    listed: list[tuple[int, int]], low: int, length: int
) -> None:
    """Pieces have the value of each instant, and intervals are judged instant by instant."""
    function = Steps.of((each, 2) for each in listed)
    high = low + length
    pieces = [*function.pieces(low, high)]
    assert pieces[0][0] == low
    for moment in range(low, high + 1):
        value = 2 * sum(start <= moment < end for start, end in listed)
        assert function.at(moment) == value
        assert [count for first, count in pieces if first <= moment][-1] == value
    single = listed[:1]
    inside = [any(a <= each < b for a, b in single) for each in range(low, high + 1)]
    assert any_within(single, low, high) == any(inside)
    assert all_within(single, low, high) == all(inside)
