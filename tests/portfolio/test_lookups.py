"""Finding things in a portfolio."""

import copy
import pickle
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.codec import dumps
from mic_core.errors import InvariantError, NotFound
from mic_core.model import (
    NOUNS,
    Credential,
    Leaf,
    Module,
    Noun,
    Organization,
    Person,
    Program,
    Room,
    Session,
    all_of,
    not_,
)
from mic_core.portfolio import Batch, Portfolio, diff, erase, merge, slice, status_of
from tests.portfolio.worlds import (
    HOUR,
    MORNING,
    batches,
    by_key,
    few_nouns,
    histories,
    hours,
    recorded,
    room,
    session,
)

NAIVE = datetime(2014, 9, 10)  # noqa: DTZ001  # a time without a zone


@given(recorded())
def test_what_is_there_is_found(portfolio: Portfolio) -> None:
    """Each current value is found by its class and by its kind, and is in the list of its kind."""
    values = list(portfolio.values())
    assert len(portfolio) == len(values) == len(by_key(values))
    assert bool(portfolio) == bool(values)
    for value in values:
        assert portfolio.find(type(value), value.id) is value
        assert portfolio.get(type(value), value.id) is value
        assert value in portfolio.all(type(value))
    for kind, noun in NOUNS.items():
        assert portfolio.find(kind, "nobody") is portfolio.find(noun, "nobody") is None
        found = portfolio.all(noun)
        assert [each.id for each in found] == sorted(each.id for each in found)
        assert all(type(each) is noun for each in found)
    assert portfolio.find("sort", "a") is None


@given(histories())
def test_values_come_in_one_order(portfolio: Portfolio) -> None:
    """Values are listed by kind and then by id, as in documents."""
    assert list(by_key(portfolio.values())) == sorted(by_key(portfolio.values()))
    for batch in portfolio.log:
        keys = [*by_key(batch.values)]
        assert keys == sorted(keys)


@given(recorded(), st.integers(0, 3), st.sampled_from(["beamer", "stage", "sofa"]))
def test_relations_are_looked_up(portfolio: Portfolio, seats: int, feature: str) -> None:
    """`where` finds what a search through everything finds, whichever field comes first."""
    rooms = portfolio.all(Room)
    with_seats = tuple(each for each in rooms if each.seats == seats)
    with_feature = tuple(each for each in rooms if feature in each.features)
    both = tuple(each for each in with_seats if each in with_feature)
    assert portfolio.where(Room, seats=seats) == with_seats
    assert portfolio.where(Room, features=feature) == with_feature
    assert portfolio.where(Room, seats=seats, features=feature) == both
    assert portfolio.where(Room, features=feature, seats=seats) == both
    assert portfolio.where(Room) == rooms


def test_an_index_forgets_what_was_superseded() -> None:
    """After a change, the old relation is gone and the new one is found, indexed before or not."""
    portfolio = Portfolio.of(session("s-1", room_id="r-1"), session("s-2", room_id="r-1"))
    assert len(portfolio.where(Session, room_id="r-1")) == 2
    moved = session("s-2", room_id="r-2")
    later = portfolio.record(moved, recorded_at=MORNING)
    assert [each.id for each in later.where(Session, room_id="r-1")] == ["s-1"]
    assert later.where(Session, room_id="r-2") == (moved,)
    assert len(portfolio.where(Session, room_id="r-1")) == 2


def test_a_value_that_a_field_holds_twice_is_one_hit() -> None:
    """A row is found once, however often its field holds what is looked for."""
    credential = Credential(
        id="c", holder_id="p", kind="badge", title="Cloud", issued_on=MORNING.date(),
        evidence=("exam", "exam"),
    )  # fmt: skip
    assert Portfolio.of(credential).where(Credential, evidence="exam") == (credential,)


def test_no_relation_at_all_is_a_value_too() -> None:
    """Rows without a value in a field are found by None."""
    placed, unplaced = session("s-1", room_id="r-1"), session("s-2")
    assert Portfolio.of(placed, unplaced).where(Session, room_id=None) == (unplaced,)


def test_a_field_that_is_not_there_is_refused() -> None:
    """An unknown field names the fields that there are, and quotes nothing; also on no rows."""
    with pytest.raises(NotFound) as caught:
        Portfolio().where(Room, ada="Lovelace", seats=40)
    assert str(caught.value) == (
        "room has no such field; it has center_id, concurrency, features, id, name, seats"
    )


@pytest.mark.parametrize("ask", [Portfolio.all, Portfolio.where])
def test_parts_of_nouns_are_not_kept_by_themselves(
    ask: Callable[[Portfolio, Any], object],
) -> None:
    """A class that has no rows of its own is refused in words of this library."""
    with pytest.raises(NotFound, match=r"^a portfolio keeps no Module under an id of its own; "):
        ask(Portfolio(), Module)
    with pytest.raises(NotFound, match=r"^a portfolio keeps no Module under an id of its own; "):
        Portfolio().find(cast("type[Room]", Module), "m")
    with pytest.raises(NotFound, match=r"^a portfolio keeps no Module under an id of its own; "):
        Portfolio().where(cast("type[Room]", Module), title="Pitch")


@pytest.mark.parametrize(
    ("id", "named"), [("r-2", "room:r-2"), ("Ada Lovelace", "a room of that id")]
)
def test_what_is_missing_is_named_if_it_can_be(id: str, named: str) -> None:
    """A text that cannot be an id is not quoted, since it may be a name."""
    with pytest.raises(NotFound) as caught:
        Portfolio.of(room("r-1")).get(Room, id)
    wanted = f"{named} is not in the portfolio; record it first, or correct the id"
    assert str(caught.value) == wanted


def test_modules_are_found_across_programs() -> None:
    """Modules are found by id; where two programs share one, the last program wins."""
    shared, own = (Module(id=id, title="Pitch", length=HOUR) for id in ("m-1", "m-2"))
    other = Module(id="m-1", title="Marketing", length=HOUR)
    portfolio = Portfolio.of(
        Program(id="a", title="A", kind="bootcamp", modules=(shared, own)),
        Program(id="b", title="B", kind="bootcamp", modules=(other,)),
    )
    assert portfolio.modules() == {"m-1": other, "m-2": own}
    assert portfolio.modules() is portfolio.modules()


@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_batches_and_values_means_nothing(given: list[Batch], draw: Any) -> None:
    """A log in any order is the same portfolio, look-ups and text of it included."""
    mixed: list[Batch] = []
    for batch in given:
        values = list(batch.values)
        draw.shuffle(values)
        mixed.append(Batch(recorded_at=batch.recorded_at, actor=batch.actor, values=tuple(values)))
    draw.shuffle(mixed)
    one, other = Portfolio.replay(given), Portfolio.replay(mixed)
    assert one == other
    assert hash(one) == hash(other)
    assert list(one.values()) == list(other.values())
    assert repr(one) == repr(other)


@given(st.lists(few_nouns(), max_size=6))
def test_of_is_what_has_always_been_known(nouns: list[Noun]) -> None:
    """All different values are kept, in one batch without an instant, and none besides."""
    portfolio = Portfolio.of(*nouns)
    kept = [value for batch in portfolio.log for value in batch.values]
    assert set(kept) == set(nouns)
    assert len(kept) == len(set(nouns))
    assert portfolio.log == Portfolio.of(*reversed(nouns)).log
    assert [(each.recorded_at, each.actor) for each in portfolio.log] == [(None, None)][
        : len(nouns)
    ]


def test_of_true_and_one_the_same_is_kept_in_any_order() -> None:
    """Free values that are equal count as one value, and it is always the same one of them."""
    flag, number = (Person(id="p", name="Ada", attributes=(("new", it),)) for it in (True, 1))
    one, other = Portfolio.of(flag, number), Portfolio.of(number, flag)
    assert flag == number
    assert dumps(one) == dumps(other)
    assert len(one.log[0].values) == 1
    assert one.get(Person, "p").attributes[0][1] is other.get(Person, "p").attributes[0][1]


@given(histories())
def test_copies_are_equal(portfolio: Portfolio) -> None:
    """A pickled or copied portfolio is equal to the original, and finds the same."""
    for twin in (
        pickle.loads(pickle.dumps(portfolio)),
        copy.copy(portfolio),
        copy.deepcopy(portfolio),
        Portfolio.replay(portfolio.log),
    ):
        assert twin == portfolio
        assert hash(twin) == hash(portfolio)
        assert list(twin.values()) == list(portfolio.values())


@given(histories(), histories())
def test_equal_means_the_same_log(one: Portfolio, other: Portfolio) -> None:
    """Two portfolios are equal if their logs are, and never equal something else."""
    assert (one == other) == (one.log == other.log)
    assert (hash(one) == hash(other)) or one != other
    assert one != one.log


def test_nothing_is_false_and_short() -> None:
    """An empty portfolio is false, empty batches make no history, and its look tells so."""
    empty = Portfolio.replay([Batch(values=()), Batch(recorded_at=hours(3), values=())])
    assert (len(empty), bool(empty), repr(empty), empty.log) == (0, False, "Portfolio()", ())
    assert empty == Portfolio() == Portfolio.of()
    assert empty.record(room(), recorded_at=MORNING).log[0].recorded_at == MORNING


def test_a_portfolio_shows_how_much_it_holds() -> None:
    """The look of a portfolio counts its kinds, in order, and shows nothing personal."""
    ada = Person(id="p", name="Ada Lovelace")
    portfolio = Portfolio.of(room("r-1"), room("r-2")).record(ada, recorded_at=MORNING)
    assert repr(portfolio) == "Portfolio(person: 1, room: 2)"
    assert "Ada" not in repr(portfolio.log)


@pytest.mark.parametrize("wrong", ["room", None, [room()], Room, HOUR])
def test_only_nouns_make_a_portfolio(wrong: Any) -> None:
    """A value that is no noun is refused with its index, and is not quoted."""
    with pytest.raises(InvariantError) as caught:
        Portfolio.of(room(), wrong)
    assert [problem.path for problem in caught.value.problems] == ["[1]"]
    with pytest.raises(InvariantError) as caught:
        Batch(values=(room(), wrong))
    problems = [(each.path, each.rule) for each in caught.value.problems]
    assert problems == [("values[1]", "must be a noun")]


@pytest.mark.parametrize(
    ("fields", "path", "rule"),
    [
        ({"values": room()}, "values", "must be a tuple of nouns"),
        (
            {"values": (), "recorded_at": NAIVE},
            "recorded_at",
            "must be a date and time with a zone",
        ),
        ({"values": (), "actor": ""}, "actor", "must be an id"),
    ],
)
def test_a_batch_without_meaning_is_refused(fields: dict[str, Any], path: str, rule: str) -> None:
    """A batch holds a tuple of nouns, an instant with a zone and an actor with an id."""
    with pytest.raises(InvariantError) as caught:
        Batch(**fields)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert problem.rule.startswith(rule)


def test_values_that_differ_deep_inside_are_two() -> None:
    """Two programs under one id that differ in a condition alone are kept, in one order."""
    young, old = (
        Program(
            id="g", title="G", kind="bootcamp",
            eligibility=all_of(not_(Leaf(fact="age", op="<", value=(age,)))),
        )
        for age in (18, 21)
    )  # fmt: skip
    assert Portfolio.of(old, young).log[0].values == (young, old)
    assert Portfolio.of(old, young, old) == Portfolio.of(young, old)


def test_a_batch_takes_a_list() -> None:
    """A list of nouns becomes a tuple."""
    assert Batch(values=cast("Any", [room()])) == Batch(values=(room(),))


def test_a_portfolio_is_made_by_its_verbs() -> None:
    """Nouns handed to the class itself are refused, since only `of` and `replay` sort them in."""
    made: Any = Portfolio
    with pytest.raises(TypeError):
        made(Organization(id="o", name="Oh-Chef", kind="venture", country="BE"))


@pytest.mark.parametrize("held", [["a"], {"a": 1}, {"a"}])
def test_a_value_that_no_field_can_have_is_refused(held: Any) -> None:
    """Lists, mappings and sets stand in no field, so nothing can be looked up by them."""
    for fields in ({"name": held}, {"id": room().id, "name": held}):
        with pytest.raises(InvariantError) as caught:
            Portfolio.of(room()).where(Room, **fields)
        (problem,) = caught.value.problems
        assert (problem.path, problem.rule) == ("name", "must be a value that a field can have")


class Proxy:
    """A value of an app that is not there, and whose errors hold personal data."""

    def __hash__(self) -> int:
        raise LookupError("Ada Lovelace")


class Hostile(type):
    """The class of classes that cannot be hashed."""

    def __hash__(cls) -> int:
        raise LookupError("Ada Lovelace")


def test_what_a_value_raises_is_not_chained() -> None:
    """The traceback of a refused look-up holds neither the value nor what it raised."""
    foreign: Any = Hostile("Foreign", (), {})
    unreadable: Any = type("Ada Lovelace", (), {})
    portfolio = Portfolio.of(room())
    for look in (
        lambda: portfolio.where(Room, name=Proxy()),
        lambda: portfolio.where(Room, id=room().id, name=Proxy()),
        lambda: portfolio.where(foreign, name="x"),
        lambda: portfolio.all(foreign),
        lambda: portfolio.find(foreign, "x"),
        lambda: portfolio.get(unreadable, "x"),
        lambda: portfolio.history(foreign, "x"),
    ):
        with pytest.raises((InvariantError, NotFound)) as caught:
            look()
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
        assert "Ada" not in str(caught.value)


@pytest.mark.parametrize("wrong", [3, None, ["r"], b"r", object()])
def test_an_id_is_a_text_and_a_noun_is_a_class(wrong: Any) -> None:
    """Each look-up refuses a value that is no id or no noun; a text may name a kind."""
    for look in (Portfolio().find, Portfolio().get):
        with pytest.raises(InvariantError, match="id: must be an id"):
            look(Room, wrong)
        with pytest.raises(NotFound, match="under an id of its own; give a noun, such as Room"):
            look(wrong, "r")
    for listed in (Portfolio().all, Portfolio().where):
        with pytest.raises(NotFound, match="a portfolio keeps no"):
            listed(wrong)
    named: Any = "room"
    with pytest.raises(NotFound, match="a portfolio keeps no text of 4 characters under an id"):
        Portfolio().get(named, "r")


@pytest.mark.parametrize("wrong", [3, "x", None, [3], [Portfolio()]])
def test_a_log_is_made_of_batches(wrong: Any) -> None:
    """A value that is no batch, or yields none, leads to no portfolio."""
    with pytest.raises(InvariantError, match=r"batches(\[0\])?: must be"):
        Portfolio.replay(wrong)


def test_only_portfolios_are_merged_and_compared() -> None:
    """Each argument that is no portfolio is told by its name and place."""
    wrong: Any = "p"
    cases: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: merge(Portfolio(), wrong), "portfolios[1]"),
        (lambda: diff(Portfolio(), wrong), "after"),
        (lambda: slice(wrong, "c"), "portfolio"),
        (lambda: erase(wrong, "p"), "portfolio"),
        (lambda: status_of(wrong, "session:s"), "portfolio"),
    )
    for asked, path in cases:
        with pytest.raises(InvariantError) as caught:
            asked()
        assert [each.path for each in caught.value.problems] == [path]


class Silent:
    """A proposal that does not say what it changes."""

    @property
    def changes(self) -> tuple[object, ...]:
        raise LookupError


def test_a_proposal_that_does_not_answer_is_none() -> None:
    """An item whose `changes` raise is no proposal, and is refused."""
    wrong: Any = Silent()
    with pytest.raises(InvariantError, match=r"\[0\]: must be a noun, or a proposal"):
        Portfolio.of(wrong)
