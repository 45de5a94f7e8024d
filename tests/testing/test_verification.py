"""One rule, a few nouns, and what is said where it finds something else than was expected."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from mic_core.chrono import Slot
from mic_core.errors import InvariantError
from mic_core.model import Noun, Person, Room, Session
from mic_core.model.program import SessionKind
from mic_core.portfolio import Batch, Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.testing import verify

SLOT = Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels")
ROOM = Room(id="r", center_id="c", name="Montoyer", seats=40)
NOW = datetime(2014, 9, 11, tzinfo=UTC)


def _session(id: str, slot: Slot = SLOT, kind: SessionKind = "pitch") -> Session:
    """A session in the one room."""
    return Session(
        id=id, center_id="c", title=id, kind=kind, slot=slot, length=slot.length, room_id="r"
    )


A, B = _session("a"), _session("b:1")
AFTER = _session("z", SLOT.moved(timedelta(hours=3)))


def _nameless(portfolio: Portfolio, as_of: datetime | None) -> Iterable[Breach]:
    for each in portfolio.all(Person):
        if each.contact is None:
            yield Breach(subjects=(f"person:{each.id}",), facts={"had": str(as_of)})


REACHABLE = PortfolioRule(
    entry=Entry(
        code="reachable", level="soft", law="Everybody can be reached.", why="a test",
        source="a test", sentence="{subjects} cannot be reached at {had}", mend="ask", timed=True,
    ),
    find=_nameless,
)  # fmt: skip


@rule("no-late-pitch", "medium", law="A pitch ends by nine in the evening.")
def no_late_pitch(session: Session) -> bool:
    """A rule of a user."""
    slot = session.slot
    return slot is not None and session.kind == "pitch" and slot.end.hour > 21


@rule("broken", "hard", law="It is broken.")
def broken(_: Session) -> bool:
    """A rule that breaks down."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("rule", "had"),
    [(RoomOverlap, "call the class, to make one"), ("room-overlap", "had text"), (None, "nothing")],
)
def test_only_a_rule_is_verified(rule: Any, had: str) -> None:
    """The class of a rule, its code and nothing at all are refused at once, each in its words."""
    with pytest.raises(InvariantError, match=rf"rule: must be a rule.*{had}"):
        verify(rule)


@pytest.mark.parametrize("count", [-1, True, False, 1.0, "1", None])
def test_a_count_that_can_never_be_is_refused(count: Any) -> None:
    """No rule finds fewer than none, or a flag: a test that says so has a slip in it."""
    with pytest.raises(InvariantError, match="count: must be a whole number, 0 or more"):
        verify(RoomOverlap()).given(ROOM, A, B).finds(count)


def test_something_must_be_found_on_somebody() -> None:
    """Findings on nobody in particular would be any findings: that is refused."""
    case = verify(RoomOverlap()).given(ROOM, A, B)
    with pytest.raises(InvariantError, match="subjects: must name at least one entity"):
        case.finds_on()
    wrong: Any = 3
    with pytest.raises(InvariantError, match=r"subjects\[1\]: must be one line of text"):
        case.finds_on("a", wrong)
    with pytest.raises(InvariantError, match="at: must be a date and time with a zone"):
        case.at(wrong)


def test_a_rule_holds() -> None:
    """A rule that finds nothing holds, at the boundary too, and finds none."""
    verify(RoomOverlap()).given(ROOM, A).holds()
    verify(RoomOverlap()).given(ROOM, A, AFTER).holds()
    assert verify(RoomOverlap()).finds(0) == ()


def test_a_rule_finds() -> None:
    """The findings are returned."""
    (finding,) = verify(RoomOverlap()).given(ROOM, A, B, AFTER).finds(1)
    assert (finding.code, finding.severity) == ("room-overlap", "error")
    assert finding.fact("minutes") == 180


@pytest.mark.parametrize("names", [("a",), ("session:a",), ("b:1", "r"), ("session:b:1", "a")])
def test_a_rule_finds_on(names: tuple[str, ...]) -> None:
    """Findings are found by the ids that they cite, with and without kind."""
    case = verify(RoomOverlap()).given(ROOM, A, B, AFTER)
    assert case.finds_on(*names) == case.findings


@pytest.mark.parametrize("names", [("z",), ("a", "z"), ("1",), ("room:a",), ("",)])
def test_nothing_is_found_on_others(names: tuple[str, ...]) -> None:
    """The error for an entity that no finding cites, alone or with another, has the findings."""
    case = verify(RoomOverlap()).given(ROOM, A, B, AFTER)
    with pytest.raises(AssertionError) as error:
        case.finds_on(*names)
    told = str(error.value).splitlines()
    assert told[0] == f"room-overlap was to find something on {' and '.join(names)}, and found 1:"
    assert told[1:] == [f"  {case.findings[0]}"]


def test_what_was_found_instead_is_told() -> None:
    """The error for a wrong count has every finding, or the law if there is none."""
    case = verify(RoomOverlap()).given(ROOM, A, B, _session("c"))
    lines = "\n".join(f"  {each}" for each in case.findings)
    with pytest.raises(AssertionError) as error:
        case.finds(1)
    assert str(error.value) == f"room-overlap was to find 1, and found 3:\n{lines}"
    with pytest.raises(AssertionError) as error:
        case.holds()
    assert str(error.value) == f"room-overlap was to find nothing, and found 3:\n{lines}"
    with pytest.raises(AssertionError) as error:
        verify(RoomOverlap()).given(ROOM, A).finds(2)
    law = RoomOverlap().entry.law
    assert str(error.value) == f"room-overlap was to find 2, and found nothing; its law: {law}"


def test_rules_made_of_functions() -> None:
    """A function that `rule` made a rule is tried like any other, at its boundary as well."""
    late = _session("late", SLOT.moved(timedelta(hours=1)))
    verify(no_late_pitch).given(A).holds()
    verify(no_late_pitch).given(attrs.evolve(late, kind="talk")).holds()
    verify(no_late_pitch).given(A, late).finds_on("late")
    (finding,) = verify(no_late_pitch).given(A, late).finds(1)
    assert finding.message == "session:late: A pitch ends by nine in the evening."


def test_what_a_rule_raises_is_not_hidden() -> None:
    """A rule that breaks down does so in the test, with its own error."""
    with pytest.raises(ZeroDivisionError):
        verify(broken).given(A).holds()


def test_a_timed_rule_needs_an_instant() -> None:
    """A rule that looks at the time is not taken to hold where nobody said when."""
    case = verify(REACHABLE).given(Person(id="p", name="Ada Lovelace"))
    with pytest.raises(InvariantError, match=r"at: must be told for reachable.*add .at"):
        case.holds()
    (finding,) = case.at(NOW).finds(1)
    assert finding.fact("had") == str(NOW)


def test_no_personal_value_is_told() -> None:
    """Messages cite ids, never names."""
    case = verify(REACHABLE).given(Person(id="p", name="Ada Lovelace")).at(NOW)
    with pytest.raises(AssertionError) as error:
        case.holds()
    assert "person:p" in str(error.value)
    assert "Ada" not in str(error.value) + repr(case)


@attrs.frozen
class Move:
    """A proposal with one session."""

    changes: tuple[Noun, ...]


def test_proposals_and_portfolios_are_given() -> None:
    """A case is made of nouns, of proposals and of portfolios, in several steps."""
    begun = verify(RoomOverlap()).given(Portfolio.of(ROOM), Portfolio.of(A))
    begun.given(Move((B,))).finds(1)
    begun.given(Move((AFTER,)), AFTER).holds()
    begun.holds()


def test_nouns_come_after_a_history() -> None:
    """Nouns given beside a portfolio with a history supersede its last values."""
    moved = attrs.evolve(B, slot=AFTER.slot)
    history = Portfolio.replay(
        [Batch(values=(ROOM, A)), Batch(recorded_at=NOW, actor="desk", values=(B,))]
    )
    verify(RoomOverlap()).given(history).finds(1)
    verify(RoomOverlap()).given(history.record(moved, recorded_at=NOW + timedelta(1))).holds()
    later = history.record(ROOM, moved, recorded_at=NOW + timedelta(1))
    verify(RoomOverlap()).given(later, B).finds(1)
    last = datetime.max.replace(tzinfo=UTC)
    verify(RoomOverlap()).given(history.record(moved, recorded_at=last), A).holds()


def test_only_nouns_are_given() -> None:
    """Something that is no noun is refused, by its place."""
    report: object = "a report"
    with pytest.raises(InvariantError, match=r"\[1\]: must be a noun"):
        verify(RoomOverlap()).given(ROOM, report)  # type: ignore[arg-type]  # that is the mistake
