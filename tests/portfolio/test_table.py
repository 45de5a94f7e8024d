"""The cost of growth: rows copied and tables shared are counted, not timed."""

from collections.abc import Callable
from itertools import pairwise
from math import log2
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from mic_core.model import Noun, Person, Room, Session
from mic_core.portfolio import Portfolio, log, table
from mic_core.portfolio.table import Run, Table, append_run
from tests.portfolio.worlds import Naive, few_nouns, hours, key_of, room, session

MANY = 4_096


@given(st.lists(st.integers(1, 100), max_size=60))
def test_runs_at_least_double(sizes: list[int]) -> None:
    """However much is added at a time, runs stay few and copies stay in O(n log n)."""
    runs: tuple[int, ...] = ()
    copied: list[int] = []

    def join(merged: list[int]) -> int:
        copied.append(sum(merged))
        return sum(merged)

    for place, size in enumerate(sizes, start=1):
        runs = append_run(runs, size, int, join)
        assert sum(runs) == sum(sizes[:place])
        assert all(older >= 2 * newer for older, newer in pairwise(runs))
    if sizes:
        total = sum(sizes)
        assert len(runs) <= log2(total) + 1
        # A piece is copied when it comes, and then only into a run at least half as large again.
        assert sum(copied) <= total * (log2(total) / log2(1.5) + 1)


def test_a_run_twice_as_large_is_left_alone() -> None:
    """Just below twice the size a run is merged, at it and above it stays."""
    assert [append_run((size,), 10, int, sum) for size in (19, 20, 21)] == [
        (29,),
        (20, 10),
        (21, 10),
    ]


def _counting(counted: list[int]) -> Callable[[list[Run[Any]]], Run[Any]]:
    join = table._join  # pyright: ignore[reportPrivateUsage]

    def joined(runs: list[Run[Any]]) -> Run[Any]:
        counted.append(sum(len(run.rows) for run in runs))
        return join(runs)

    return joined


def _copied_in_a_loop(n: int) -> tuple[int, int]:
    """The numbers of rows, and of steps of the log, that n records of one fact each copy."""
    rows: list[int] = []
    steps: list[int] = []
    plain = append_run

    def counted(runs: Any, new: Any, size: Any, join: Any) -> Any:
        def joined(merged: Any) -> Any:
            steps.append(sum(map(size, merged)))
            return join(merged)

        return plain(runs, new, size, joined)

    portfolio = Portfolio()
    with (
        mock.patch.object(table, "_join", _counting(rows)),
        mock.patch.object(log, "append_run", counted),
    ):
        for place in range(n):
            portfolio = portfolio.record(room(f"r-{place}"), recorded_at=hours(place))
            assert portfolio.where(Room, id=f"r-{place}")
    assert len(portfolio) == len(portfolio.log) == n
    return sum(rows), sum(steps)


def test_recording_in_a_loop_is_not_quadratic() -> None:
    """Twice as many records copy little more than twice as many rows, and log n times each."""
    once, twice = _copied_in_a_loop(MANY // 2), _copied_in_a_loop(MANY)
    for half, full in zip(once, twice, strict=True):
        assert full <= MANY * (log2(MANY) + 1)
        assert full <= 2.5 * half


def test_one_fact_more_copies_nothing() -> None:
    """Recording one fact into many shares every table of another kind and every row of its own."""
    many = Portfolio.of(
        *(room(f"r-{n}") for n in range(MANY)),
        *(session(f"s-{n}") for n in range(MANY)),
        *(Person(id=f"p-{n}", name="Somebody") for n in range(MANY)),
    )
    assert len(many.where(Session, center_id="mic")) == MANY
    copied: list[int] = []
    with mock.patch.object(table, "_join", _counting(copied)):
        more = many.record(room("r-0", 60), recorded_at=hours(0))
    before, after = many._tables, more._tables  # pyright: ignore[reportPrivateUsage]
    assert copied == []
    assert after["session"] is before["session"]
    assert after["person"] is before["person"]
    assert after["session"].runs[0].indexes.keys() == {"center_id"}
    assert after["room"].runs[0] is before["room"].runs[0]
    assert len(more) == len(many) == 3 * MANY


def test_an_index_is_made_once() -> None:
    """The second look-up of a relation reads no row that it does not yield."""
    rooms = Table[Room]().with_rows({f"r-{n}": room(f"r-{n}", n) for n in range(9)})
    assert [each.id for each in rooms.where("seats", 7)] == ["r-7"]
    index = rooms.runs[0].indexes["seats"]
    assert [each.id for each in rooms.where("seats", 8)] == ["r-8"]
    assert rooms.runs[0].indexes["seats"] is index


@given(st.lists(st.lists(few_nouns(), max_size=4), max_size=12))
def test_a_table_knows_its_size(steps: list[list[Noun]]) -> None:
    """The size of a table is the number of different ids in it, after any additions."""
    rooms: Table[Noun] = Table()
    naive = Naive()
    for place, nouns in enumerate(steps):
        mine = [each for each in nouns if isinstance(each, Room)]
        rows: dict[str, Noun] = {each.id: each for each in mine}
        naive.record(mine, hours(place), None)
        rooms = rooms.with_rows(rows)
        current = naive.current()
        assert rooms.size == len(current) == len(rooms.all())
        assert {key_of(each) for each in rooms.all()} == set(current)
        assert rooms.all() is rooms.all()
