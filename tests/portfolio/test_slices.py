"""A slice holds what a question about a scope needs, and whatever that refers to."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.rules.references import AMBIGUOUS_REFERENCE, DANGLING_REFERENCE, DUPLICATE_ID
from mic_core.chrono import Period, Recurrence, Slot
from mic_core.codec import load_scope, to_rows
from mic_core.errors import NotFound
from mic_core.ids import split
from mic_core.impact.counts import head_count
from mic_core.model import (
    Adjustment,
    Application,
    Assignment,
    Attendance,
    Attribution,
    Availability,
    Call,
    Center,
    Consent,
    Cost,
    Credential,
    Deal,
    Decision,
    Edition,
    Employment,
    Enrollment,
    Figures,
    FollowUp,
    Headcount,
    Identity,
    Indicator,
    Membership,
    Module,
    Money,
    Noun,
    Observation,
    Organization,
    Ownership,
    Partnership,
    Person,
    Program,
    Project,
    Retraction,
    Review,
    Room,
    Series,
    Session,
    Support,
    Target,
    Transition,
    stated,
)
from mic_core.portfolio import Portfolio, Scope, members, merge, slice
from mic_core.samples import brussels_2014, network
from tests.budget import one_in
from tests.codec.tables.oracle import in_memory
from tests.portfolio.worlds import HOUR, by_key, hours, room, session

RULES = (DANGLING_REFERENCE, AMBIGUOUS_REFERENCE, DUPLICATE_ID)


@cache
def sample(name: str) -> Portfolio:
    """A sample, made once."""
    return brussels_2014() if name == "brussels" else network(7, centers=3)


def _scopes(name: str) -> Iterator[Scope]:
    for kind in (Center, Program, Edition, Session):
        ids = [each.id for each in sample(name).all(kind)]
        yield from ids[:3]
        yield tuple(ids[:2])
    yield from (f"series:{each}" for each in ("it-camp-evenings",) if name == "brussels")


CASES = [(name, scope) for name in ("brussels", "network") for scope in _scopes(name)]


def _found(portfolio: Portfolio) -> list[object]:
    return [breach for rule in RULES for breach in rule.find(portfolio, None)]


@pytest.mark.parametrize(("name", "scope"), CASES)
def test_a_slice_of_a_sound_portfolio_is_sound(name: str, scope: Scope) -> None:
    """No reference dangles in a slice, now or at any instant before; it is part of the whole."""
    whole = sample(name)
    part = slice(whole, scope)
    assert _found(whole) == []
    assert 0 < len(part) < len(whole)
    for batch in part.log:
        then = part if batch.recorded_at is None else part.as_of(batch.recorded_at)
        assert _found(then) == []
    assert merge(part, whole) == merge(whole, part) == whole
    assert slice(part, scope) == part
    assert set(members(part, scope)) == set(members(whole, scope))


@pytest.mark.parametrize(("name", "scope"), CASES)
def test_a_slice_counts_as_the_whole_does(name: str, scope: Scope) -> None:
    """Heads in a scope are the same in the slice of it."""
    assert head_count(slice(sample(name), scope), scope) == head_count(sample(name), scope)


def _world() -> Portfolio:
    """One edition with one session, a venture and its founder, another edition, and strangers."""
    period = Period.days(date(2014, 9, 10), date(2014, 12, 15))
    return Portfolio.of(
        Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels"),
        Program(
            id="boostcamp", title="Boostcamp", kind="bootcamp",
            modules=(Module(id="m-1", title="Pitch", length=HOUR),),
        ),
        Program(id="other", title="Other", kind="bootcamp"),
        Edition(id="b6", program_id="boostcamp", center_id="mic", number=6, period=period),
        Edition(id="b7", program_id="other", center_id="mic", number=7, period=period),
        session("s-1", edition_id="b6", room_id="r-1", module_id="m-1"),
        session("s-2", edition_id="b7", room_id="r-2"),
        session("s-3", audience=("b6",)),
        room("r-1"), room("r-2"), room("r-3"),
        Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE"),
        Organization(id="fund", name="Fund", kind="large", country="BE"),
        Person(id="ada", name="Ada"), Person(id="bob", name="Bob"),
        Enrollment(id="e-1", participant_id="oh-chef", into="b6", delegates=("ada",)),
        Transition(
            id="t-1", subject="enrollment:e-1", before=None, after="enrolled",
            effective_at=hours(0),
        ),
        Attendance(id="a-1", session_id="s-1", person_id="ada", status="present"),
        Attendance(id="a-2", session_id="s-2", person_id="bob", status="present"),
        Membership(
            id="ms-1", person_id="ada", organization_id="fund", role="employee", period=Period()
        ),
        Figures(id="f-1", organization_id="oh-chef", period=period),
        Figures(id="f-2", organization_id="fund", period=period),
        *(
            Consent(
                id=f"c-{person}", person_id=person, purpose="photos", text_version="1",
                status="granted", at=hours(0),
            )
            for person in ("ada", "bob")
        ),
        Observation(
            id="o-1", subject="organization:oh-chef", claim="grew", period=period, value=Decimal(1),
            unit="jobs", evidence="claimed", source="press",
        ),
    )  # fmt: skip


def _cited(nouns: Portfolio) -> set[str]:
    return {f"{kind}:{id}" for kind, id in by_key(nouns.values())}


def test_a_slice_follows_what_belongs_and_what_is_named() -> None:
    """Parts, their participants and what is about those come along; strangers do not."""
    assert _cited(slice(_world(), "b6")) == {
        "center:mic", "program:boostcamp", "edition:b6", "session:s-1", "session:s-3", "room:r-1",
        "organization:oh-chef", "organization:fund", "person:ada", "enrollment:e-1",
        "transition:t-1", "attendance:a-1", "membership:ms-1", "figures:f-1", "consent:c-ada",
        "observation:o-1",
    }  # fmt: skip


def _all_that_belongs() -> Iterator[tuple[Scope, Noun]]:
    """Of each kind that can belong to something, one, with a scope that it belongs to."""
    day, euro = date(2014, 9, 10), Money(amount=Decimal(1), currency="EUR")
    period = Period.days(day, date(2014, 12, 15))
    for scope in ("mic", "boostcamp", "b6", "weekly", "s-1"):
        yield (
            scope,
            Partnership(
                id="x", organization_id="fund", supports=(scope,), role="funder", period=period
            ),
        )
        yield (
            scope,
            Target(id="x", indicator_id="i", scope=("b7", scope), period=period, value=Decimal(1)),
        )
        yield scope, Cost(id="x", scope=(scope,), period=period, kind="venue", amount=euro)
        yield (
            scope,
            Credential(
                id="x", holder_id="bob", kind="badge", title="Cloud", issued_on=day, earned_in=scope
            ),
        )
        yield scope, FollowUp(id="x", participant_id="bob", about=scope, due_on=day, status="due")
    for scope in ("b6", "s-1"):
        yield scope, Enrollment(id="x", participant_id="bob", into=scope)
    for subject, scope in (("session:s-1", "b6"), ("edition:b6", "b6"), ("person:ada", "s-1")):
        if subject == "edition:b6":
            yield scope, Transition(id="x", subject=subject, after="open", effective_at=hours(0))
        else:
            yield scope, Availability(id="x", subject=subject, period=period, preference="avoided")
    yield "mic", Series(
        id="x", center_id="mic", title="Talk", recurrence=Recurrence.parse("FREQ=WEEKLY"),
        first_on=day, starts_at=time(18), length=HOUR,
    )  # fmt: skip
    yield "boostcamp", Series(
        id="x", center_id="mic", program_id="boostcamp", title="Talk", first_on=day,
        recurrence=Recurrence.parse("FREQ=WEEKLY"), starts_at=time(18), length=HOUR,
    )  # fmt: skip
    yield "weekly", session("x", series_id="weekly")
    yield "mic", session("x")
    yield "b6", session("x", edition_id="b6")
    yield "b6", session("x", audience=("b6",))
    yield "mic", Program(id="x", title="X", kind="bootcamp", organizer_id="mic")
    yield (
        "boostcamp",
        Edition(id="x", program_id="boostcamp", center_id="other", number=1, period=period),
    )
    yield "mic", Edition(id="x", program_id="other", center_id="mic", number=1, period=period)
    yield "mic", Support(id="x", enterprise_id="fund", kind="advice", provider_id="mic", on=day)
    window = Slot.at("2014-09-10", "18:00", HOUR, "Europe/Brussels")
    yield "mic", Call(id="x", center_id="mic", title="Call", window=window)
    yield "b6", Call(id="x", center_id="other", edition_id="b6", title="Call", window=window)
    yield "mic", Application(id="x", call_id="c", applicant_id="bob")
    yield (
        "mic",
        Project(id="x", call_id="c", title="Project", organizations=("fund",), period=period),
    )
    yield "mic", Review(id="x", application_id="a", reviewer_id="bob")
    yield "mic", Decision(id="x", application_id="a", outcome="accepted", decided_at=hours(0))
    yield "s-1", Assignment(id="x", session_id="s-1", person_id="bob")
    yield "s-1", Attendance(id="x", session_id="s-1", person_id="bob", status="present")
    yield "s-1", Headcount(id="x", session_id="s-1", n=1, basis="counted")
    yield (
        "s-1",
        Membership(id="x", person_id="ada", organization_id="fund", role="member", period=period),
    )
    yield (
        "s-1",
        Consent(
            id="x",
            person_id="ada",
            purpose="photos",
            text_version="1",
            status="granted",
            at=hours(0),
        ),
    )
    yield "s-1", Employment(id="x", person_id="ada", on=day, status="student")
    yield "b6", Ownership(
        id="x", owner_id="bob", organization_id="oh-chef", capital=Decimal(1), holder="person",
        period=period,
    )  # fmt: skip
    yield "b6", Figures(id="x", organization_id="oh-chef", period=period)
    yield "b6", Support(id="x", enterprise_id="oh-chef", kind="advice", provider_id="fund", on=day)
    yield "b6", Deal(id="x", organization_id="oh-chef", on=day, kind="equity", amount=euro)
    for holder in ("ada", "oh-chef"):
        yield "b6", FollowUp(id="x", participant_id=holder, about="other", due_on=day, status="due")
        yield "b6", Credential(id="x", holder_id=holder, kind="badge", title="Cloud", issued_on=day)


@pytest.mark.parametrize(("scope", "noun"), [*_all_that_belongs()])
def test_whatever_belongs_comes_along(scope: Scope, noun: Noun) -> None:
    """Each kind of part of a scope, or of record about a participant in it, is in its slice."""
    window = Slot.at("2014-09-10", "18:00", HOUR, "Europe/Brussels")
    frame = Portfolio.of(
        Center(id="lone", name="Lone", country="BE", time_zone="Europe/Brussels"),
        Call(id="c", center_id="mic", title="Call", window=window),
        Application(id="a", call_id="c", applicant_id="bob"),
        Series(
            id="weekly", center_id="other", title="Talk", starts_at=time(18), length=HOUR,
            recurrence=Recurrence.parse("FREQ=WEEKLY"), first_on=date(2014, 9, 10),
        ),
    )  # fmt: skip
    world = merge(_world(), frame).record(noun, recorded_at=hours(1))
    assert slice(world, scope).find(type(noun), "x") == noun
    assert slice(world, "lone").find(type(noun), "x") is None


def _with_identities() -> Portfolio:
    """A person of the edition in three records, with what is known under another one of them."""
    records = [Person(id=id, name=id) for id in ("ada-0", "ada-2", "stranger")]
    facts = (
        Identity(id="i-1", kept="person:ada-0", merged="person:ada"),
        Identity(id="i-2", kept="person:ada-0", merged="person:ada-2"),
        Identity(id="i-3", kept="person:bob", merged="person:stranger"),
        Employment(id="w-2", person_id="ada-2", on=date(2015, 1, 1), status="employed"),
        Indicator(
            id="jobs", title="Jobs", unit="jobs", kind="impact", measure=stated(), source="x"
        ),
        Target(
            id="t", indicator_id="jobs", scope=("b6",), period=Period.year(2014), value=Decimal(1)
        ),
        Attribution(
            id="b-1", subject="indicator:jobs", partner_id="fund", share=Decimal(1), source="x"
        ),
        Attribution(
            id="b-2", subject="observation:o-1", partner_id="fund", share=Decimal(1), source="x"
        ),
        Observation(
            id="o-2",
            subject="center:other",
            claim="grew",
            period=Period.year(2014),
            value=Decimal(0),
            unit="jobs",
            evidence="claimed",
            source="press",
            corrects="o-1",
        ),
        Adjustment(id="d-1", indicator_id="jobs", kind="deadweight", source="x"),
        Adjustment(id="d-2", indicator_id="none", kind="deadweight", source="x"),
    )
    return merge(_world(), Portfolio.of(*records, *facts))


def test_all_records_of_a_participant_come_along() -> None:
    """Identities are followed to their ends, so that a person counts once in the slice as well."""
    world = _with_identities()
    had = _cited(slice(world, "b6")) - _cited(slice(_world(), "b6"))
    assert had == {
        "person:ada-0", "person:ada-2", "identity:i-1", "identity:i-2", "employment:w-2",
        "indicator:jobs", "target:t", "attribution:b-1", "attribution:b-2", "adjustment:d-1",
        "observation:o-2",
    }  # fmt: skip
    assert slice(slice(world, "b6"), "b6") == slice(world, "b6")
    assert load_scope("b6", in_memory(to_rows(world))) == slice(world, "b6")


@pytest.mark.parametrize("subject", ["identity:i-1", "membership:ms-1", "employment:w-2"])
def test_what_was_taken_back_stays_so_in_a_slice(subject: str) -> None:
    """The retraction of a record about a participant comes along with it."""
    back = Retraction(id="r-1", subject=subject)
    world = _with_identities().record(back, recorded_at=hours(1))
    part = slice(world, "b6")
    assert part.find(Retraction, "r-1") == back
    assert part.find(*split(subject)) is None
    assert load_scope("b6", in_memory(to_rows(world))) == part


def test_a_module_brings_its_program() -> None:
    """A session of another program's module is kept with that program."""
    borrowed = Module(id="m-9", title="Cloud", length=HOUR)
    program = Program(id="it-camp", title="IT camp", kind="training", modules=(borrowed,))
    taught = session("s-1", edition_id="b6", module_id="m-9")
    world = _world().record(program, taught, recorded_at=hours(1))
    assert slice(world, "b6").find(Program, "it-camp") == program


def test_an_id_is_meant_before_a_citation() -> None:
    """An id that looks like a citation of another entity means the entity of that id."""
    center = Center(id="edition:b6", name="MIC", country="BE", time_zone="Europe/Brussels")
    world = _world().record(center, recorded_at=hours(1))
    assert members(world, "edition:b6") == (("center", "edition:b6"),)


def test_a_slice_of_a_center_holds_its_rooms() -> None:
    """All rooms of a center are parts of it, also empty ones."""
    assert {"room:r-1", "room:r-2", "room:r-3"} <= _cited(slice(_world(), "mic"))


def test_several_scopes_are_sliced_together() -> None:
    """The slice of two scopes unites the slices of each."""
    world = _world()
    both = slice(world, ("b6", "edition:b7"))
    assert both == merge(slice(world, "b6"), slice(world, "b7"))


def test_what_once_belonged_is_kept() -> None:
    """A session that moved away, and the room it moved from, are in the slice with their past."""
    world = _world()
    moved = session("s-1", edition_id="b7", room_id="r-3")
    later = world.record(moved, recorded_at=hours(1))
    part = slice(later, "b6")
    assert part.get(Session, "s-1") == moved
    assert {each.id for each in part.all(Room)} == {"r-1", "r-3"}
    assert _found(part.as_of(hours(1) - timedelta(microseconds=1))) == []
    assert part.as_of(hours(0)).get(Session, "s-1").edition_id == "b6"


@st.composite
def changes(draw: st.DrawFn) -> list[Noun]:
    """Sessions that move between editions, rooms and modules, and people who come and go."""
    edition, place = st.sampled_from(["b6", "b7", None]), st.sampled_from(["r-1", "r-2", None])
    sessions = st.builds(
        session,
        st.sampled_from(["s-1", "s-2", "s-4"]),
        edition_id=edition,
        room_id=place,
        audience=st.sampled_from([(), ("b6",), ("ada",), ("b7", "bob")]),
    )
    seats = st.builds(
        Enrollment,
        id=st.just("e-1"),
        participant_id=st.sampled_from(["ada", "bob", "oh-chef"]),
        into=st.sampled_from(["b6", "b7", "s-1"]),
    )
    return draw(st.lists(sessions | seats, max_size=3, unique_by=lambda noun: noun.id))


@one_in(2)
@given(st.lists(changes(), max_size=4), st.sampled_from(["b6", "b7", "mic", "s-1", "other"]))
def test_slices_are_sound_at_any_time(drawn: list[list[Noun]], scope: str) -> None:
    """No instant of a slice has a dangling reference, wherever entities moved."""
    whole = _world()
    for hour, nouns in enumerate(drawn):
        whole = whole.record(*nouns, recorded_at=hours(hour))
    part = slice(whole, scope)
    assert merge(part, whole) == whole
    assert slice(part, scope) == part
    for hour in range(-1, len(drawn)):
        assert _found(whole.as_of(hours(hour))) == []
        assert _found(part.as_of(hours(hour))) == []


def test_a_true_dangling_reference_stays_one() -> None:
    """A reference that dangles in the full portfolio dangles in the slice, and does no harm."""
    world = _world().record(session("s-1", edition_id="b6", room_id="gone"), recorded_at=hours(1))
    assert len(_found(slice(world, "b6"))) == 1


def test_a_scope_names_what_is_there() -> None:
    """A scope is an id, or kind:id, of five kinds; each entity is named once."""
    world = _world()
    assert members(world, "b6") == members(world, "edition:b6") == (("edition", "b6"),)
    assert members(world, ("b6", "mic", "edition:b6")) == (("edition", "b6"), ("center", "mic"))
    assert members(world, ()) == ()
    assert slice(world, ()) == Portfolio()


def test_an_id_of_two_kinds_means_both() -> None:
    """An id of both a program and an edition means both, unless it is cited with its kind."""
    world = _world()
    twin = attrs.evolve(world.get(Program, "other"), id="b6")
    both = world.record(twin, recorded_at=hours(1))
    assert members(both, "b6") == (("program", "b6"), ("edition", "b6"))
    assert members(both, "program:b6") == (("program", "b6"),)


LONG = "x" * 64


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("b8", "b8"),
        ("room:r-1", "room:r-1"),
        ("r-1", "r-1"),
        ("program:b6", "program:b6"),
        (("b6", "b8"), "b8"),
        (f"session:{LONG}", f"session:{LONG}"),
        (LONG * 2, "text of 128 characters"),
        ("Ada Lovelace", "text of 12 characters"),
        ("b6\x1b[2J", "text of 6 characters"),
        ("", "text of 0 characters"),
        (":", "text of 1 characters"),
    ],
)
def test_an_unknown_scope_is_refused(scope: Scope, told: str) -> None:
    """An unknown id is named; of a text that is no id only the length is told."""
    for ask in (members, slice):
        with pytest.raises(NotFound) as caught:
            ask(_world(), scope)
        wanted = (
            "is not in the portfolio: no center, program, edition, series or session has that id"
        )
        assert str(caught.value) == f"{told} {wanted}"
