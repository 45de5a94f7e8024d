"""After an erasure nothing personal of a person is left, and everything that counts is."""

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.codec import dumps, loads
from mic_core.errors import InvariantError, NotFound
from mic_core.fields import Field, Value, Whole, fields_of
from mic_core.impact.counts import head_count
from mic_core.model import (
    KINDS,
    NOUNS,
    Application,
    Attendance,
    Decision,
    Employment,
    Enrollment,
    Identity,
    Membership,
    Noun,
    Organization,
    Person,
    Retraction,
    Review,
    Transition,
)
from mic_core.portfolio import Batch, Portfolio, erase, merge
from mic_core.portfolio.erasure import ERASED, UNKNOWN, _empty  # pyright: ignore[reportPrivateUsage]
from mic_core.samples import brussels_2014
from tests.portfolio.worlds import ACTORS, hours, key_of, session

CANARY = "canary"
"""Part of everything personal that is drawn here."""

PEOPLE = ("ada", "bob")


def tell(who: str, what: str) -> str:
    """A personal text about somebody that can be found again."""
    return f"{CANARY}-{who}-{what}"


def _profiles(who: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [(), {tell(who, "key"): tell(who, "value")}, {"sector": tell(who, "it")}]
    )


@st.composite
def facts(draw: st.DrawFn) -> Noun:
    """One of the facts about two persons and a venture, with personal texts in every place."""
    who = draw(st.sampled_from([*PEOPLE, "oh-chef"]))
    n = draw(st.integers(0, 1))
    subject = draw(st.sampled_from([f"enrollment:e-{who}", f"application:a-{who}", "session:s-1"]))
    some = draw(st.booleans())
    text = tell(who, "text")
    match draw(st.sampled_from(sorted(KINDS[each] for each in _DRAWN))):
        case "person":
            who = draw(st.sampled_from(PEOPLE))
            text = tell(who, "text")
            return Person(
                id=who, name=tell(who, f"name-{n}"), contact=text if some else None,
                born=date(1815, 12, 10), gender=text, region=text, attributes=draw(_profiles(who)),
            )  # fmt: skip
        case "organization":
            return Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE")
        case "enrollment":
            return Enrollment(
                id=f"e-{who}", participant_id=who, into="s-1", profile=draw(_profiles(who)),
                delegates=("ada",) if who == "oh-chef" else (),
            )  # fmt: skip
        case "application":
            answers = draw(_profiles(who))
            return Application(id=f"a-{who}", call_id="c", applicant_id=who, answers=answers)
        case "decision":
            return Decision(
                id=f"d-{who}-{n}", application_id=f"a-{who}", outcome="accepted",
                decided_at=hours(0), reasons=(text, "fits") if some else (),
            )  # fmt: skip
        case "transition":
            after = "held" if subject == "session:s-1" else "withdrawn"
            about = "session" if subject == "session:s-1" else who
            return Transition(
                id=f"t-{about}-{n}-{subject[:1]}", subject=subject, after=after,
                effective_at=hours(0), reason=tell(about, "reason") if some else None,
            )  # fmt: skip
        case "attendance":
            return Attendance(id=f"at-{who}", session_id="s-1", person_id=who, status="present")
        case "review":
            return Review(id=f"r-{n}", application_id=f"a-{who}", reviewer_id="bob")
        case _:
            return Membership(
                id="m", person_id="ada", organization_id="oh-chef", role="founder", period=Period()
            )


_DRAWN = (
    Person, Organization, Enrollment, Application, Decision, Transition, Attendance, Review,
    Membership,
)  # fmt: skip
_FRAME: tuple[Noun, ...] = (
    session("s-1"),
    Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE"),
    *(Person(id=who, name=tell(who, "name")) for who in PEOPLE),
    *(Application(id=f"a-{who}", call_id="c", applicant_id=who) for who in (*PEOPLE, "oh-chef")),
    *(Enrollment(id=f"e-{who}", participant_id=who, into="s-1") for who in (*PEOPLE, "oh-chef")),
)


def worlds() -> st.SearchStrategy[Portfolio]:
    """Histories of such facts, superseded, repeated and twice under one id."""
    batch = st.builds(
        Batch,
        recorded_at=st.integers(0, 2).map(hours),
        actor=st.sampled_from(ACTORS),
        values=st.lists(facts(), max_size=6).map(tuple),
    )
    return st.lists(batch, max_size=3).map(
        lambda drawn: Portfolio.replay([Batch(values=_FRAME), *drawn])
    )


@given(worlds())
def test_no_trace_is_left(portfolio: Portfolio) -> None:
    """No document has anything ever recorded about a person, and all else is as it was."""
    erased = erase(portfolio, "ada")
    text = dumps(erased)
    assert f"{CANARY}-ada" not in text
    for who in ("bob", "oh-chef", "session"):
        assert text.count(f"{CANARY}-{who}") == dumps(portfolio).count(f"{CANARY}-{who}")
    assert loads(text) == erased


@given(worlds())
def test_what_counts_stays(portfolio: Portfolio) -> None:
    """Ids, batches, statuses and heads are those from before."""
    erased = erase(portfolio, "ada")
    assert head_count(erased) == head_count(portfolio)
    assert len(erased) == len(portfolio)
    assert [(each.recorded_at, each.actor) for each in erased.log] == [
        (each.recorded_at, each.actor) for each in portfolio.log
    ]
    for before, after in zip(portfolio.log, erased.log, strict=True):
        assert set(map(key_of, after.values)) == set(map(key_of, before.values))
    for old, new in zip(portfolio.values(), erased.values(), strict=True):
        cls: Any = type(old)
        for field in fields_of(cls):
            if not field.personal:
                assert getattr(new, field.name) == getattr(old, field.name)


@given(worlds(), st.integers(-1, 3))
def test_erasing_once_is_enough(portfolio: Portfolio, hour: int) -> None:
    """Again, in another order, together, or of an earlier state: it is the same."""
    erased = erase(portfolio, "ada")
    assert erase(erased, "ada") == erased
    both = erase(erased, "bob")
    assert both == erase(erase(portfolio, "bob"), "ada") == erase(portfolio, PEOPLE)
    assert f"{CANARY}-bob" not in dumps(both)
    assert erase(portfolio, ()) == portfolio
    then = erased.as_of(hours(hour))
    assert f"{CANARY}-ada" not in dumps(then)
    assert [*map(key_of, then.values())] == [*map(key_of, portfolio.as_of(hours(hour)).values())]


def test_a_season_counts_the_same_without_a_person() -> None:
    """Everybody in the sample can be erased, and the season still counts as it did."""
    season = brussels_2014()
    persons = season.all(Person)
    erased = erase(season, tuple(person.id for person in persons))
    assert head_count(erased) == head_count(season)
    text = dumps(erased)
    assert [person.name for person in persons if f'"{person.name}"' in text] == []
    assert {person.name for person in erased.all(Person)} == {ERASED}


def test_an_erased_person_looks_like_an_unknown_one() -> None:
    """A name says so, and everything else is what it is where nothing is known."""
    ada = Person(
        id="ada", name="Ada", contact="ada@example.org", born=date(1815, 12, 10), gender="f",
        region="London", attributes=(("field", "analysis"),),
    )  # fmt: skip
    assert erase(Portfolio.of(ada), "ada") == Portfolio.of(Person(id="ada", name="erased"))


def test_a_seat_that_changed_hands_is_erased_where_it_was_hers() -> None:
    """An enrollment loses its values about her, keeps those about him, and its reasons go."""
    hers, his = (
        Enrollment(id="e", participant_id=who, into="s-1", profile=(("sector", tell(who, "it")),))
        for who in PEOPLE
    )
    left = Transition(
        id="t", subject="enrollment:e", after="requested", effective_at=hours(0), reason="ill"
    )
    portfolio = Portfolio.of(*_FRAME[:4], hers, left).record(his, recorded_at=hours(1))
    erased = erase(portfolio, "ada")
    assert erased.get(Enrollment, "e") == his
    assert erased.as_of(hours(0)).get(Enrollment, "e").profile == ()
    assert erased.get(Transition, "t").reason is None


def test_what_was_erased_does_not_come_back() -> None:
    """Merging with a copy from before is refused, and names whom it concerns."""
    portfolio = Portfolio.of(*_FRAME)
    with pytest.raises(InvariantError) as caught:
        merge(portfolio, erase(portfolio, "ada"))
    assert [problem.path for problem in caught.value.problems] == ["person:ada"]


@pytest.mark.parametrize(
    ("who", "named"),
    [("eve", "person:eve"), ("oh-chef", "person:oh-chef"), ("Ada Lovelace", "a person of that id")],
)
def test_only_a_person_is_erased(who: str, named: str) -> None:
    """Somebody who is not there, also one of several, is refused, and no name is quoted."""
    for asked in (who, ("ada", who)):
        with pytest.raises(NotFound) as caught:
            erase(Portfolio.of(*_FRAME), asked)
        assert str(caught.value) == f"{named} is not in the portfolio; correct the id"


def test_a_citation_is_no_id() -> None:
    """A citation instead of an id is refused with the advice to give the id alone."""
    portfolio = Portfolio.of(*_FRAME)
    with pytest.raises(NotFound) as caught:
        erase(portfolio, "person:ada")
    assert str(caught.value) == (
        "person:person:ada is not in the portfolio; give the id alone, without person:"
    )
    with pytest.raises(NotFound, match="give the id alone, without person:"):
        portfolio.get(Person, "person:ada")


@pytest.mark.parametrize("asked", [3, None, ("ada", 3), [["ada"]], b"ada"])
def test_what_is_no_id_is_no_person(asked: Any) -> None:
    """The persons to erase are given as an id, or as several."""
    with pytest.raises(InvariantError, match="erase: 1 problem\n  person: must be an id, or a"):
        erase(Portfolio.of(*_FRAME), asked)


def test_a_position_is_erased() -> None:
    """A position on the labor market is personal: it becomes unknown, and its date stays."""
    position = Employment(
        id="m", person_id="ada", on=date(2014, 9, 10), status="unemployed",
        hours_share=Decimal("0.5"),
    )  # fmt: skip
    assert "unemployed" not in repr(position)
    erased = erase(Portfolio.of(*_FRAME, position), "ada").get(Employment, "m")
    assert (erased.status, erased.hours_share, erased.on) == ("unknown", None, position.on)


def test_all_records_of_a_person_are_erased_together() -> None:
    """An identity that holds says whose the other record is; one that was taken back does not."""
    records = [Person(id=id, name=tell("ada", id)) for id in ("ada", "ada-2", "ada-3", "bob")]
    chain = (
        Identity(id="i-1", kept="person:ada", merged="person:ada-2", reason=tell("ada", "why")),
        Identity(id="i-2", kept="person:ada-2", merged="person:ada-3"),
        Identity(id="i-3", kept="person:bob", merged="person:ada-3", reason=tell("ada", "bob")),
        Identity(id="i-4", kept="person:ada-3", merged="person:ada"),
    )
    known = Portfolio.of(*records, *chain)
    known = known.record(Retraction(id="r", subject="identity:i-3"), recorded_at=hours(1))
    for id in ("ada", "ada-2", "ada-3"):
        erased = erase(known, id)
        assert [each.name for each in erased.all(Person)] == [
            ERASED, ERASED, ERASED, tell("ada", "bob"),
        ]  # fmt: skip
        assert erased.get(Identity, "i-1").reason is None
        assert erase(erased, id) == erased
        assert tell("ada", "why") not in dumps(erased)
    assert erase(known, "bob").get(Person, "ada-3").name == tell("ada", "ada-3")


def test_every_personal_field_can_be_erased() -> None:
    """Each noun is made by its own fields alone, so no personal one is hidden inside a value."""
    personal: set[str] = set()
    nouns: dict[str, Any] = {**NOUNS}
    for kind, noun in nouns.items():
        for field in fields_of(noun):
            if field.personal:
                personal.add(f"{kind}.{field.name}")
                assert _empty(field) in {ERASED, UNKNOWN, None, ()}
            elif isinstance(field.shape, Value) and attrs.has(field.shape.type):
                assert not any(inner.personal for inner in fields_of(field.shape.type))
    assert {"person.name", "enrollment.profile", "decision.reasons"} <= personal


def test_a_declaration_that_cannot_be_erased_is_a_mistake() -> None:
    """A personal field that must hold something other than text is refused in development."""
    field = Field(
        name="age", shape=Whole(), required=True, default=None, personal=True, positional=False
    )
    with pytest.raises(TypeError, match=r"^age is personal and cannot be left out, "):
        _empty(field)
