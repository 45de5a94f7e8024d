"""Validation by `record`: all or nothing, and never silently."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.rules.references import DUPLICATE_ID
from mic_core.errors import InvariantError, StaleProposal
from mic_core.fields import Id, Maybe, fields_of
from mic_core.findings import Finding
from mic_core.model import NOUNS, Noun, Retraction, Room, Session
from mic_core.portfolio import Batch, Portfolio
from tests.portfolio.worlds import (
    ACTORS,
    MORNING,
    few_nouns,
    hours,
    key_of,
    recorded,
    refused,
    room,
    session,
)

NAIVE = datetime(2014, 9, 10)  # noqa: DTZ001  # a time without a zone


@attrs.frozen(kw_only=True)
class Proposed:
    """A proposal with its changes and the values that it rests on."""

    changes: tuple[Any, ...] = ()
    replaces: tuple[Any, ...] = ()


@attrs.frozen
class Advised:
    """A proposal that rests on nothing."""

    changes: tuple[Noun, ...]


# Facts


@given(recorded(), st.lists(few_nouns(), max_size=4, unique_by=key_of), st.sampled_from(ACTORS))
def test_recording_twice_is_recording_once(
    portfolio: Portfolio, nouns: list[Noun], actor: str | None
) -> None:
    """The second time nothing is new, whoever says it and whenever."""
    once = portfolio.record(*nouns, recorded_at=hours(5), actor=actor)
    assert once.record(*nouns, recorded_at=hours(6), actor="somebody") is once
    assert all(once.find(*key_of(noun)) == noun for noun in nouns)


@given(recorded(), st.lists(few_nouns(), max_size=4, unique_by=key_of), st.data())
def test_the_order_of_facts_means_nothing(
    portfolio: Portfolio, nouns: list[Noun], data: st.DataObject
) -> None:
    """Facts recorded together are one batch, in whatever order and grouping they come."""
    mixed = data.draw(st.permutations(nouns))
    cut = data.draw(st.integers(0, len(mixed)))
    one = portfolio.record(*nouns, recorded_at=hours(5))
    assert one == portfolio.record(*mixed, recorded_at=hours(5))
    assert one == portfolio.record(Advised(tuple(mixed[:cut])), *mixed[cut:], recorded_at=hours(5))
    one_by_one = portfolio
    for noun in mixed:
        one_by_one = one_by_one.record(noun, recorded_at=hours(5))
    assert one == one_by_one


def test_no_noun_is_a_proposal() -> None:
    """No noun has a field that would make it look like a proposal."""
    nouns: dict[str, Any] = {**NOUNS}
    for noun in nouns.values():
        assert not {"changes", "replaces"} & {field.name for field in fields_of(noun)}


def test_nothing_recorded_is_nothing_changed() -> None:
    """A record of nothing, or of a proposal without changes, leaves no trace."""
    portfolio = Portfolio.of(room())
    assert portfolio.record(recorded_at=MORNING) is portfolio
    assert portfolio.record(Proposed(), recorded_at=MORNING) is portfolio


def test_time_never_goes_backwards() -> None:
    """Just before the last record is refused; at its instant and later are taken."""
    portfolio = Portfolio().record(room(seats=1), recorded_at=hours(1), actor="desk")
    just_before = hours(1) - timedelta(microseconds=1)
    error = refused(portfolio, InvariantError, room(seats=2), recorded_at=just_before)
    assert [str(each) for each in error.problems] == [
        "recorded_at: must not lie before what was recorded last"
    ]
    for moment, actor in ((hours(1), "desk"), (hours(2), None)):
        later = portfolio.record(room(seats=2), recorded_at=moment, actor=actor)
        assert later.get(Room, "r-1").seats == 2


@pytest.mark.parametrize(
    ("given", "path", "rule"),
    [
        ({"recorded_at": None}, "recorded_at", "must be a date and time with a zone"),
        (
            {"recorded_at": NAIVE},
            "recorded_at",
            "must be a date and time with a zone",
        ),
        ({"actor": ""}, "actor", Maybe(Id()).rule),
        ({"actor": "Ada Lovelace"}, "actor", Maybe(Id()).rule),
        ({"actor": 3}, "actor", Maybe(Id()).rule),
    ],
)
def test_when_and_who_must_be_told_right(given: dict[str, Any], path: str, rule: str) -> None:
    """An instant has a zone and an actor is an id; neither is quoted, even if nothing is new."""
    portfolio = Portfolio.of(room())
    error = refused(portfolio, InvariantError, room(), **given)
    assert error.subject == "Portfolio"
    assert [(each.path, each.rule) for each in error.problems] == [(path, rule)]
    assert "Ada" not in str(error)


def test_all_that_is_wrong_with_a_record_is_told_at_once() -> None:
    """A time before the last one and a bad actor are two problems of one error."""
    portfolio = Portfolio().record(room(), recorded_at=hours(1))
    error = refused(portfolio, InvariantError, recorded_at=hours(0), actor="no id")
    assert [each.path for each in error.problems] == ["recorded_at", "actor"]


@pytest.mark.parametrize("wrong", ["room", None, 7, [room()], Room, Portfolio.of(room())])
def test_only_facts_are_recorded(wrong: Any) -> None:
    """An item that is neither a noun nor a proposal is refused with its index and a mend."""
    error = refused(
        Portfolio.of(room()), InvariantError, room(seats=2), wrong, Proposed(changes=(wrong,))
    )
    assert error.subject == "Portfolio"
    assert [each.path for each in error.problems] == ["[1]", "[2].changes[0]"]
    assert {each.rule for each in error.problems} == {
        "must be a noun, or a proposal with `changes`"
    }
    assert {each.mend for each in error.problems} == {
        "record what a verb proposes, not a report or a measure"
    }
    assert all(each.had for each in error.problems)


def test_changes_are_a_tuple() -> None:
    """Something with other `changes` is no proposal."""
    error = refused(Portfolio(), InvariantError, Advised([room()]))  # type: ignore[arg-type]
    assert [each.path for each in error.problems] == ["[0]"]


def test_one_id_takes_one_value_at_a_time() -> None:
    """Two values under one id are refused, all such ids at once; the same value twice is one."""
    error = refused(
        Portfolio(),
        InvariantError,
        Advised((room("r-2", 1), room("r-1", 1))),
        room("r-3", 1),
        room("r-2", 3),
        room("r-1", 4),
        room("r-2", 5),
    )
    assert error.subject == "Portfolio"
    assert [str(each) for each in error.problems] == [
        f"room:{id}: must be recorded with one value at a time; leave one of them out"
        for id in ("r-1", "r-2")
    ]
    twice = Portfolio().record(room(), Advised((room(),)), recorded_at=MORNING)
    assert twice == Portfolio().record(room(), recorded_at=MORNING)


def test_naming_one_of_two_values_settles_which_is_right() -> None:
    """Of two values of one id at once, recording either is news, once."""
    one, other = room(seats=1), room(seats=2)
    portfolio = Portfolio.of(one, other, room("r-2"))
    assert portfolio.record(room("r-2"), recorded_at=MORNING) is portfolio
    later = portfolio.record(room("r-2", 3), recorded_at=hours(-1))
    assert later.record(other, recorded_at=MORNING).log[-1].values == (other,)
    for right in (one, other):
        settled = portfolio.record(right, recorded_at=MORNING)
        assert settled.get(Room, "r-1") == right
        assert settled.log[-1].values == (right,)
        assert settled.record(right, recorded_at=hours(1)) is settled
        assert settled.as_of(hours(-1)) == portfolio
    again = Portfolio.replay([*portfolio.log, *Portfolio().record(one, recorded_at=MORNING).log])
    assert again.record(one, recorded_at=hours(1)) is again


def test_two_who_say_the_same_at_once_do_not_disagree() -> None:
    """One value of an id by two actors at one instant needs no settling."""
    log = [Batch(recorded_at=MORNING, actor=actor, values=(room(),)) for actor in ("a", "b")]
    portfolio = Portfolio.replay(log)
    assert portfolio.record(room(), recorded_at=hours(1)) is portfolio
    assert [*DUPLICATE_ID.find(portfolio, None)] == []


def test_check_tells_of_two_values_until_one_is_named() -> None:
    """Two values of an id at once are found, whoever says them, and no more once it is settled."""
    one, other = room(seats=1), room(seats=2)
    by_two = [Batch(actor=actor, values=(each,)) for actor, each in (("a", one), ("b", other))]
    for portfolio in (Portfolio.of(one, other, room("r-2")), Portfolio.replay(by_two)):
        assert [each.subjects for each in DUPLICATE_ID.find(portfolio, None)] == [("room:r-1",)]
        for right in (one, other):
            settled = portfolio.record(right, recorded_at=MORNING)
            assert [*DUPLICATE_ID.find(settled, None)] == []
            assert [*DUPLICATE_ID.find(settled.as_of(hours(-1)), None)] != []


# Proposals

OLD, NEW, ELSEWHERE = (session(room_id=id) for id in ("r-1", "r-2", "r-3"))


def test_a_proposal_is_kept_while_its_ground_holds() -> None:
    """A proposal whose replaced values are current supersedes them."""
    portfolio = Portfolio.of(OLD, room())
    plan = Proposed(changes=(NEW,), replaces=(OLD, room()))
    assert portfolio.record(plan, recorded_at=MORNING).get(Session, "s-1") == NEW


def test_a_proposal_replaces_at_once_what_another_actor_recorded() -> None:
    """A proposal names what it replaces, so nobody overlooked anything."""
    portfolio = Portfolio().record(room(seats=1), recorded_at=MORNING, actor="desk")
    proposed = Proposed(changes=(room(seats=2),), replaces=(room(seats=1),))
    after = portfolio.record(proposed, recorded_at=MORNING, actor="article")
    assert after.log == (Batch(recorded_at=MORNING, actor="article", values=(room(seats=2),)),)


def test_two_actors_do_not_record_one_id_at_once() -> None:
    """Nobody has seen what another records at the same instant, so the second of two is refused."""
    portfolio = Portfolio().record(room(seats=1), room("r-2"), recorded_at=MORNING, actor="desk")
    portfolio = portfolio.record(room("r-3"), recorded_at=MORNING, actor="lea")
    error = refused(portfolio, InvariantError, room(seats=2), recorded_at=MORNING, actor="article")
    assert str(error).splitlines()[1] == (
        "  room:r-1: must not be recorded at the instant at which another actor recorded it; "
        "had a record by desk; load what they recorded, then record a moment later"
    )
    same = portfolio.record(room(seats=1), recorded_at=MORNING, actor="article")
    assert same is portfolio
    nobody = portfolio.record(room(seats=2), recorded_at=MORNING)
    assert nobody.get(Room, "r-1").seats == 2
    named = nobody.record(room(seats=3), recorded_at=MORNING, actor="article")
    assert named.get(Room, "r-1").seats == 3
    later = portfolio.record(room(seats=2), recorded_at=hours(1), actor="article")
    assert [each.actor for each in later.history(Room, "r-1")] == ["desk", "article"]


def test_a_proposal_whose_ground_moved_is_stale() -> None:
    """A proposal is stale if a value that it rests on changed or was never there."""
    moved = Portfolio.of(ELSEWHERE, room())
    error = refused(moved, StaleProposal, Proposed(changes=(NEW,), replaces=(OLD,)))
    assert str(error) == "session:s-1 is not what the proposal replaces; propose again"
    enlarged = Portfolio.of(OLD, room(seats=60))
    error = refused(enlarged, StaleProposal, Proposed(changes=(NEW,), replaces=(OLD, room())))
    assert str(error) == "room:r-1 is not what the proposal replaces; propose again"
    refused(Portfolio.of(room()), StaleProposal, Proposed(changes=(NEW,), replaces=(OLD,)))
    refused(Portfolio.of(OLD), StaleProposal, Proposed(changes=(NEW,), replaces=(OLD, room())))


def test_a_proposal_recorded_twice_is_kept_once() -> None:
    """The second time it is a no-op, also where its ground has moved since, by it or otherwise."""
    plan = Proposed(changes=(NEW,), replaces=(OLD, room()))
    once = Portfolio.of(OLD, room()).record(plan, recorded_at=MORNING)
    assert once.record(plan, recorded_at=hours(1)) is once
    enlarged = once.record(room(seats=60), recorded_at=hours(1))
    assert enlarged.record(plan, recorded_at=hours(2)) is enlarged


def test_a_proposal_kept_in_part_can_be_kept_whole() -> None:
    """A change that was recorded already does not make the rest stale."""
    other = session("s-2", room_id="r-2")
    plan = Proposed(changes=(NEW, other), replaces=(OLD,))
    part = Portfolio.of(OLD).record(NEW, recorded_at=MORNING)
    assert part.record(plan, recorded_at=hours(1)).find(Session, "s-2") == other
    for moved in (part, part.record(other, recorded_at=MORNING)):
        refused(moved.record(ELSEWHERE, recorded_at=hours(1)), StaleProposal, plan)


def test_a_proposal_supersedes_nothing_that_it_does_not_name() -> None:
    """A proposal is stale if another value was recorded under an id that it adds."""
    error = refused(Portfolio.of(ELSEWHERE), StaleProposal, Proposed(changes=(NEW,)))
    assert str(error) == "session:s-1 is not what the proposal replaces; propose again"
    assert (
        Portfolio().record(Proposed(changes=(NEW,)), recorded_at=MORNING).get(Session, "s-1") == NEW
    )
    advised = Portfolio.of(ELSEWHERE).record(Advised((NEW,)), recorded_at=MORNING)
    assert advised.get(Session, "s-1") == NEW


def test_one_stale_proposal_stops_all() -> None:
    """All is kept or nothing, in whatever order it comes."""
    stale = Proposed(changes=(NEW,), replaces=(OLD,))
    for items in ((room(), stale), (stale, room())):
        error = refused(Portfolio.of(ELSEWHERE), StaleProposal, *items)
        assert str(error) == "session:s-1 is not what the proposal replaces; propose again"


def test_proposals_that_replace_each_other_in_turn_are_one_record() -> None:
    """Of several values of one id the last of the chain is kept, in whatever order they come."""
    first = Proposed(changes=(OLD,))
    second = Proposed(changes=(NEW,), replaces=(OLD,))
    third = Proposed(changes=(ELSEWHERE,), replaces=(NEW,))
    for items in permutations((first, second, third)):
        once = Portfolio.of(room()).record(*items, recorded_at=MORNING)
        assert once.get(Session, "s-1") == ELSEWHERE
        assert once.history("session", "s-1")[-1].value == ELSEWHERE
        assert len(once.history("session", "s-1")) == 1
    assert Portfolio.of(OLD).record(third, second, recorded_at=MORNING).get(Session, "s-1") == (
        ELSEWHERE
    )
    noun_first = Portfolio().record(OLD, second, recorded_at=MORNING)
    assert noun_first.get(Session, "s-1") == NEW


def test_values_that_form_no_chain_are_refused() -> None:
    """Two proposals that replace one value, or each other, leave no single last value."""
    fork = [Proposed(changes=(each,), replaces=(OLD,)) for each in (NEW, ELSEWHERE)]
    circle = [
        Proposed(changes=(NEW,), replaces=(OLD,)),
        Proposed(changes=(OLD,), replaces=(NEW,)),
    ]
    apart = session(room_id="r-4")
    island = [
        *circle,
        Proposed(changes=(ELSEWHERE,), replaces=(session(room_id="r-9"),)),
        Proposed(changes=(apart,), replaces=(ELSEWHERE,)),
    ]
    join = [*circle[:1], Proposed(changes=(NEW,), replaces=(ELSEWHERE,)), OLD, ELSEWHERE]
    for items in (fork, circle, island, join, [OLD, NEW, *fork[1:]]):
        error = refused(Portfolio.of(OLD), InvariantError, *items)
        assert [each.path for each in error.problems] == ["session:s-1"]


def test_two_proposals_that_rest_on_each_other_are_judged_in_turn() -> None:
    """Neither is before the other, so that the first one is judged first."""
    one = Proposed(changes=(room("a"), session("x", room_id="b")))
    two = Proposed(changes=(room("b"), session("y", room_id="a")))
    assert len(Portfolio().record(one, two, recorded_at=MORNING)) == 4


@attrs.frozen
class Judging:
    """A proposal of an app that finds what it is given."""

    changes: Any = (NEW,)
    found: Any = ()

    def new_conflicts(self, portfolio: Portfolio) -> Any:
        """What it was given, for any portfolio."""
        assert portfolio.find(Session, "s-1") != NEW
        return self.found


def test_a_proposal_of_an_app_may_judge_for_itself() -> None:
    """Its findings refuse it, with its own mend or the usual one; other answers mean nothing."""
    finding = Finding(code="own", severity="error", subjects=("room:r",), message="no room")
    error = refused(Portfolio(), StaleProposal, Judging(found=(finding, finding)))
    assert str(error) == "no room; 1 more clash; propose again"
    assert error.since == ()
    mended = attrs.evolve(finding, mend="ask", facts=(("since", ("room:r", 3)),))
    error = refused(Portfolio(), StaleProposal, Judging(found=(mended,)))
    assert (str(error), error.since) == ("no room; ask", ("room:r",))
    assert Portfolio().record(Judging(found=("text",)), recorded_at=MORNING).find(Session, "s-1")


def test_a_stale_proposal_tells_what_was_recorded_instead() -> None:
    """When and by whom a value was recorded or taken back since is told, as far as it is known."""
    plan = Proposed(changes=(NEW,), replaces=(OLD,))
    moved = Portfolio.of(OLD).record(ELSEWHERE, recorded_at=MORNING, actor="desk")
    assert str(refused(moved, StaleProposal, plan)) == (
        "session:s-1 is not what the proposal replaces: it was recorded at 2014-09-10T08:00:00Z "
        "by desk; propose again"
    )
    undo = Retraction(id="u", subject="session:s-1")
    gone = Portfolio.of(OLD).record(undo, recorded_at=MORNING)
    error = refused(gone, StaleProposal, plan)
    assert "it was taken back at 2014-09-10T08:00:00Z; propose again" in str(error)
    assert error.since == ("session:s-1",)
    error = refused(Portfolio(), StaleProposal, plan)
    assert ": it is not in the portfolio; propose again" in str(error)


def test_what_a_proposal_replaces_are_nouns() -> None:
    """A proposal that rests on something else is refused."""
    plan = Proposed(changes=(NEW,), replaces=("s-1",))
    error = refused(Portfolio.of(OLD), InvariantError, plan)
    assert [each.had for each in error.problems] == ["text of 3 characters"]


def test_other_replaces_mean_nothing() -> None:
    """Only a tuple tells what a proposal rests on."""
    plan = Proposed(changes=(NEW,), replaces=None)  # type: ignore[arg-type]
    assert Portfolio.of(ELSEWHERE).record(plan, recorded_at=MORNING).get(Session, "s-1") == NEW
