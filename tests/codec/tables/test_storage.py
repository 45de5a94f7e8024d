"""Portfolios in tables: only new rows are written, and only the part that is needed is loaded."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from mic_core.codec import from_rows, load_scope, table_schema, to_row, to_rows
from mic_core.codec.tables.columns import noun_class
from mic_core.codec.tables.rows import Cells, Row
from mic_core.codec.tables.storage import Fetch
from mic_core.errors import InvariantError, MicError, NotFound, ParseError
from mic_core.model import Center, Module, Person, Program, Room, Session
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio import Batch, Portfolio, erase, slice
from mic_core.samples import brussels_2014
from tests.codec.tables.oracle import TABLES, database, everything, in_memory, in_sqlite, save
from tests.strategies import nouns, portfolios

T1 = datetime(2014, 9, 10, 8, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)
LAB = Room(id="r", center_id="c", name="Lab", seats=40)
ROOM: Row = {**to_row(LAB), "recorded_at": "2014-09-10T08:00:00Z", "recorded_by": "desk"}
CENTER = Center(id="c", name="MIC", country="BE", time_zone="Europe/Brussels")
HISTORIES = portfolios() | portfolios(coherent=True, sessions=2, persons=3)


def _storable(portfolio: Portfolio) -> bool:
    """Whether no id has two values at one instant."""
    keys = [
        (type(noun), noun.id, batch.recorded_at) for batch in portfolio.log for noun in batch.values
    ]
    return len(set(keys)) == len(keys)


@given(HISTORIES)
def test_a_history_comes_back_from_its_rows(portfolio: Portfolio) -> None:
    """Rows hold the whole log, through JSON, unless two values share an id and an instant."""
    if _storable(portfolio):
        rows = to_rows(portfolio)
        assert from_rows(json.loads(json.dumps(rows))) == portfolio
        assert to_rows(portfolio, since=portfolio) == {}
    else:
        with pytest.raises(InvariantError, match="must have one value at each instant"):
            to_rows(portfolio)


@given(HISTORIES.filter(_storable))
def test_a_history_comes_back_from_a_database(portfolio: Portfolio) -> None:
    """Tables made from the schema, their types enforced, hold what was written."""
    with closing(database()) as opened:
        save(opened, to_rows(portfolio))
        assert from_rows(everything(opened)) == portfolio


@given(HISTORIES.filter(_storable), st.lists(nouns(), max_size=4), st.data())
def test_only_what_was_recorded_is_written(
    before: Portfolio, items: list[Any], data: DataObject
) -> None:
    """Records one after the other, at equal instants too, are new rows on top of the old ones."""
    last = max((batch.recorded_at for batch in before.log if batch.recorded_at), default=T1)
    later = st.sampled_from([timedelta(), timedelta(hours=1)])
    with closing(database()) as opened:
        save(opened, to_rows(before))
        for item in items:
            last = min(last + data.draw(later), datetime.max.replace(tzinfo=UTC))
            try:
                after = before.record(item, recorded_at=last, actor="desk")
            except MicError:  # a transition that fits nothing, for instance
                continue
            rows = to_rows(after, since=before)
            assert sum(map(len, rows.values())) == (after != before)
            save(opened, rows)
            before = after
        assert from_rows(everything(opened)) == before


def test_a_second_value_at_one_instant_takes_the_place_of_the_first() -> None:
    """What was superseded within an instant is written over, by whoever was told of no other."""
    first = Portfolio.of(CENTER).record(LAB, recorded_at=T1)
    bigger = attrs.evolve(LAB, seats=60)
    second = first.record(bigger, recorded_at=T1, actor="lea")
    (row,) = to_rows(second, since=first)["room"]
    assert (row["seats"], row["recorded_at"], row["recorded_by"]) == (
        60,
        ROOM["recorded_at"],
        "lea",
    )
    with closing(database()) as opened:
        save(opened, to_rows(first))
        save(opened, to_rows(second, since=first))
        assert from_rows(everything(opened)) == second


def test_a_value_that_returns_is_a_row_of_its_own() -> None:
    """What is recorded again after something else came between is new at its instant."""
    first = Portfolio.of(LAB)
    second = first.record(attrs.evolve(LAB, seats=60), recorded_at=T1)
    third = second.record(LAB, recorded_at=T1)
    (row,) = to_rows(third, since=second)["room"]
    assert (row["seats"], row["recorded_at"]) == (40, ROOM["recorded_at"])
    assert to_rows(third.record(LAB, recorded_at=T2), since=third) == {}


def test_what_is_erased_is_written_again() -> None:
    """The rows that an erasure empties are among those to write, at all instants."""
    ada = Person(id="p", name="Ada Lovelace")
    before = Portfolio.of(ada, CENTER).record(attrs.evolve(ada, region="X"), recorded_at=T1)
    after = erase(before, "p")
    rows = to_rows(after, since=before)
    assert [len(rows["person"]), *rows] == [2, "person"]
    with closing(database()) as opened:
        save(opened, to_rows(before))
        save(opened, rows)
        assert from_rows(everything(opened)) == after


def test_what_is_lost_is_refused() -> None:
    """A portfolio that does not go on from the loaded one would leave rows behind."""
    before = Portfolio.of(LAB, CENTER)
    with pytest.raises(InvariantError, match="to_rows: 1 problem\n  room:r: must still hold all"):
        to_rows(Portfolio.of(CENTER), since=before)


def test_two_values_at_one_instant_are_refused() -> None:
    """Two values under one id, by whomever, have one place in a table."""
    twins = Portfolio.replay(
        Batch(recorded_at=T1, actor=actor, values=(attrs.evolve(LAB, seats=seats),))
        for actor, seats in (("a", 1), ("b", 2))
    )
    with pytest.raises(InvariantError, match="room:r: must have one value at each instant"):
        to_rows(twins)
    with pytest.raises(InvariantError, match="to_rows: 2 problems"):
        to_rows(3, since=4)  # type: ignore[arg-type]  # no portfolios


def test_what_has_always_been_known_has_the_first_instant() -> None:
    """A key cannot be NULL, so the first instant of the year 1 says "always"; NULL is read too."""
    (row,) = to_rows(Portfolio.of(LAB))["room"]
    assert (row["recorded_at"], row["recorded_by"]) == ("0001-01-01T00:00:00Z", None)
    for always in ("0001-01-01T00:00:00Z", None, datetime.min.replace(tzinfo=UTC)):
        assert from_rows({"room": [{**row, "recorded_at": always}]}) == Portfolio.of(LAB)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            {"room": [ROOM, {**ROOM, "seats": "x"}]},
            r"rows: 1 problem\n  room\[1\]\.seats: must be a",
        ),
        ({"room": [{**ROOM, "recorded_at": "x"}]}, r"room\[0\]\.recorded_at: must be an instant"),
        ({"room": [{**ROOM, "recorded_by": "a b"}]}, r"room\[0\]\.recorded_by: must be an id"),
        ({"room": [{**ROOM, "recorded_by": 1, "name": 1}]}, "rows: 2 problems"),
        ({"room": [to_row(LAB)]}, r"room\[0\]\.recorded_at: must be given"),
        ({"room": [7]}, r"room\[0\]: must be a row"),
        ({"room": ["id"]}, r"room\[0\]: must be a row"),
        ({"room": [{**ROOM, "x": 1}], "person": [{**ROOM}]}, "rows: 5 problems"),
    ],
)
def test_wrong_rows_are_told_with_their_places(rows: Any, message: str) -> None:
    """All rows of all kinds are judged at once, each told by its kind and place."""
    with pytest.raises(ParseError, match=message):
        from_rows(rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (None, "rows: must be a mapping of kinds to rows; had nothing"),
        ([ROOM], "rows: must be a mapping of kinds to rows; had a list of 1"),
        ({"rooms": []}, "kind: must be one of .* did you mean room"),
        ({3: []}, "must be a mapping|kind: must be one of"),
        ({"room": 3}, "room: must be rows, in a list or the like; had a whole number"),
        ({"room": None}, "room: must be rows"),
    ],
)
def test_what_are_no_rows_by_kind_is_refused(rows: Any, message: str) -> None:
    """Rows come under the names of kinds, in anything that yields them."""
    with pytest.raises(InvariantError, match=message):
        from_rows(rows)


def test_problems_are_told_up_to_a_bound() -> None:
    """Of a table full of wrong rows, the first thousand problems are told."""
    with pytest.raises(ParseError) as caught:
        from_rows({"room": [{**ROOM, "seats": -1, "name": ""}] * 700})
    assert len(caught.value.problems) == 1000


# Loading a scope


def _scopes(portfolio: Portfolio) -> list[Any]:
    """Everything in a portfolio that is a scope, singly, as a citation, and together."""
    named = [
        (kind, noun.id)
        for kind in SCOPE_KINDS
        for noun in portfolio.values()
        if kind == type(noun).__name__.lower()
    ]
    ids = [id for _, id in named]
    return [*ids, *(f"{kind}:{id}" for kind, id in named), tuple(ids[:3])] if ids else []


def _slice_or_error(portfolio: Portfolio, scope: Any) -> Any:
    try:
        return slice(portfolio, scope)
    except NotFound as error:
        return str(error)


def _loaded_or_error(scope: Any, fetch: Fetch) -> Any:
    try:
        return load_scope(scope, fetch)
    except NotFound as error:
        return str(error)


@given(HISTORIES.filter(_storable), st.data())
def test_a_loaded_scope_is_the_slice_of_the_whole(portfolio: Portfolio, data: DataObject) -> None:
    """From lists and from a database alike, a scope is loaded as `slice` cuts it."""
    scope = data.draw(st.sampled_from([*_scopes(portfolio), "nowhere", "center:none", ()]))
    expected = _slice_or_error(portfolio, scope)
    assert _loaded_or_error(scope, in_memory(to_rows(portfolio))) == expected
    with closing(database()) as opened:
        save(opened, to_rows(portfolio))
        assert _loaded_or_error(scope, in_sqlite(opened)) == expected


@pytest.mark.parametrize("scope", _scopes(brussels_2014())[:12])
def test_the_season_is_loaded_by_parts(scope: str) -> None:
    """Each center, program and edition of a real season is loaded as it is sliced."""
    season = brussels_2014()
    assert load_scope(scope, in_memory(to_rows(season))) == slice(season, scope)


def test_what_a_module_was_part_of_is_loaded() -> None:
    """A session of a module needs the program that lists it, even if no edition says so."""
    module = Module(id="m", title="Pitch", length=timedelta(hours=1))
    program = Program(id="g", title="Boostcamp", kind="bootcamp", modules=(module,))
    other = attrs.evolve(program, id="h", modules=(attrs.evolve(module, id="mm"),))
    session = Session(
        id="s", center_id="c", title="Pitch", length=timedelta(hours=1), module_id="m"
    )
    whole = Portfolio.of(CENTER, program, other, session)
    loaded = load_scope("s", in_memory(to_rows(whole)))
    assert loaded == slice(whole, "s")
    assert [each.id for each in loaded.all(Program)] == ["g"]


def test_no_id_is_asked_for_twice() -> None:
    """Calls are few: each column is asked for an id once, whatever leads to it."""
    asked: list[tuple[str, str, str]] = []
    rows = to_rows(brussels_2014())

    def fetch(kind: str, column: str, ids: tuple[str, ...]) -> Iterable[Cells]:
        assert list(ids) == sorted(set(ids))
        asked.extend((kind, column, id) for id in ids)
        return in_memory(rows)(kind, column, ids)

    load_scope("boostcamp-6", fetch)
    assert len(set(asked)) == len(asked)
    searched = {
        (table.kind, column.name)
        for table in table_schema()
        for column in table.columns
        if column.searched or column.name == "id"
    }
    assert {(kind, column) for kind, column, _ in asked} <= searched


def test_every_search_may_yield_too_much() -> None:
    """A function that returns whole tables is slow, and right."""
    season = brussels_2014()
    rows = to_rows(season)
    assert load_scope("boostcamp-6", lambda kind, _, __: rows.get(kind, [])) == slice(
        season, "boostcamp-6"
    )


def test_what_a_part_was_once_counts() -> None:
    """A session that has moved to another center is loaded with both."""
    session = Session(id="s", center_id="c", title="Pitch", length=timedelta(hours=1))
    moved = attrs.evolve(session, center_id="d")
    whole = Portfolio.of(CENTER, attrs.evolve(CENTER, id="d"), session)
    whole = whole.record(moved, recorded_at=T1)
    assert load_scope("c", in_memory(to_rows(whole))) == slice(whole, "c") == whole


@pytest.mark.parametrize(
    ("scope", "error", "message"),
    [
        ("x", NotFound, "no center, program, edition, series or session has that id"),
        ("x y; DROP TABLE room", NotFound, "no center"),
        ("room:r", NotFound, "no center"),
        (3, InvariantError, "scope: must be an id, or a tuple of ids"),
        (None, InvariantError, "scope: must be an id, or a tuple of ids"),
    ],
)
def test_unknown_scopes_are_refused(scope: Any, error: Any, message: str) -> None:
    """What no table holds is not found, and what is no id is not even asked for."""
    with pytest.raises(error, match=message):
        load_scope(scope, in_memory(to_rows(Portfolio.of(LAB, CENTER))))


def _nothing(_kind: str, _column: str, _ids: tuple[str, ...]) -> None:
    """A function that forgets to return what it has read."""


@pytest.mark.parametrize(
    ("fetch", "message"),
    [
        (None, "fetch: must be a function"),
        (len, "fetch: must take a kind, a column and a tuple of ids"),
        (noun_class, "fetch: must take a kind, a column and a tuple of ids"),
        (_nothing, "center: must be rows, in a list or the like; had nothing"),
    ],
)
def test_what_cannot_fetch_is_refused(fetch: Any, message: str) -> None:
    """A function of other arguments, or one that returns no rows, is told as such."""
    with pytest.raises(InvariantError, match=message):
        load_scope("c", fetch)


def test_a_function_without_a_signature_may_fetch() -> None:
    """Functions that are not written in Python may hide what they take; they are called."""

    class Hidden:
        @property
        def __signature__(self) -> object:
            raise ValueError

        def __call__(self, kind: str, column: str, ids: tuple[str, ...]) -> Iterable[Cells]:
            return in_memory(to_rows(Portfolio.of(CENTER)))(kind, column, ids)

    hidden: Any = Hidden()
    assert load_scope("c", hidden) == Portfolio.of(CENTER)


def test_errors_of_the_database_are_not_caught() -> None:
    """What the function of an app raises comes out as it is."""
    with closing(sqlite3.connect(":memory:")) as opened, pytest.raises(sqlite3.OperationalError):
        load_scope("c", in_sqlite(opened))


def test_wrong_rows_are_told_while_loading() -> None:
    """A row that cannot be read is told with its kind and place among those fetched."""
    wrong: Any = {"center": [{**to_rows(Portfolio.of(CENTER))["center"][0], "country": "Belgium"}]}
    with pytest.raises(ParseError, match=r"center\[0\]\.country: must be a country code"):
        load_scope("c", in_memory(wrong))


def test_rows_without_an_id_are_told_while_loading() -> None:
    """A row whose id is none is read, and refused, like any other."""
    for id in (None, 3, [1]):
        rows: Any = [{**to_rows(Portfolio.of(CENTER))["center"][0], "id": id}]

        def fetch(_kind: str, _column: str, _ids: tuple[str, ...], found: Any = rows) -> Any:
            return found

        with pytest.raises(ParseError, match=r"center\[0\]\.id: must be"):
            load_scope("c", fetch)


def test_tables_are_those_of_the_kinds() -> None:
    """The tables that rows are written to are those that the schema describes."""
    assert set(to_rows(brussels_2014())) <= set(TABLES)
