"""The law of stale proposals: a state machine of records, retractions and proposals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mic_core.chrono import Slot
from mic_core.codec.document import dumps, loads
from mic_core.codec.proposals import StoredProposal, dumps_proposal, loads_proposal
from mic_core.errors import MicError, StaleProposal
from mic_core.findings import Finding
from mic_core.model import Availability, Center, Noun, Retraction, Room, Session
from mic_core.portfolio import Portfolio, merge
from mic_core.scheduling.ground.ground import Ground, ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES

HOUR, PLACE = timedelta(hours=1), "Europe/Brussels"
FIRST = Portfolio.of(
    Center(id="mic", name="MIC", country="BE", time_zone=PLACE),
    *(Room(id=id, center_id="mic", name=id, seats=9) for id in ("r", "q")),
    *(Session(id=id, center_id="mic", title=id, length=HOUR) for id in "abc"),
)
SLOTS = [Slot.at("2014-09-10", start, HOUR, PLACE) for start in ("09:00", "09:30", "10:00")]
Values = dict[str, Noun]


@attrs.frozen
class Move:
    """A proposal to put one session somewhere, with its ground."""

    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...]
    ground: Ground

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """What its ground finds."""
        return self.ground.new_conflicts(portfolio, self.changes)


@attrs.frozen
class Made:
    """A proposal with what it moves, as it was proposed and as it was read from JSON."""

    before: Session
    after: Session
    live: Move
    stored: StoredProposal
    clashes: frozenset[str]


def clashes(values: Values, session: Session) -> frozenset[str]:
    """What stands against a session in its place, found by going through everything."""
    slot = session.slot
    assert slot is not None
    found: set[str] = set()
    for each in values.values():
        other = each.slot if isinstance(each, Session | Availability) else None
        if other is None or not (slot.start < other.end and other.start < slot.end):
            continue
        if isinstance(each, Session) and (each.room_id, each.id) == (session.room_id, session.id):
            continue
        if isinstance(each, Session) and each.room_id == session.room_id and each.id != session.id:
            found.add(each.id)
        if isinstance(each, Availability) and each.subject == f"room:{session.room_id}":
            found.add("closed")
    return frozenset(found)


class Proposing(RuleBasedStateMachine):
    """Sessions recorded, retracted, revived and proposed; rooms closed and opened again."""

    def __init__(self) -> None:
        super().__init__()
        self.portfolio = FIRST
        self.values: Values = {each.id: each for each in FIRST.values()}
        self.made: list[Made] = []
        self.now = 0

    def _record(self, noun: Noun) -> None:
        self.portfolio = self.portfolio.record(noun, recorded_at=self._moment())

    def _moment(self) -> datetime:
        return datetime(2014, 9, 1, tzinfo=UTC) + self.now * HOUR

    def _later(self, hours: int) -> None:
        self.now += hours

    @rule(id=st.sampled_from("abc"), at=st.sampled_from(SLOTS), room=st.sampled_from("rq"))
    def place(self, id: str, at: Slot, room: str) -> None:
        """Somebody puts a session somewhere, also one that was taken back."""
        self._later(1)
        moved = Session(
            id=id, center_id="mic", title=id, length=HOUR, slot=at, room_id=room, revision=self.now
        )
        self._record(moved)
        self.values[id] = moved

    @rule(id=st.sampled_from("vw"), at=st.sampled_from(SLOTS), room=st.sampled_from("rq"))
    def close(self, id: str, at: Slot, room: str) -> None:
        """A room is closed for an hour."""
        self._later(1)
        shut = Availability(id=id, subject=f"room:{room}", preference="unavailable", slot=at)
        self._record(shut)
        self.values[id] = shut

    @rule(id=st.sampled_from("abcvw"))
    def take_back(self, id: str) -> None:
        """A session, or the closure of a room, is taken back."""
        self._later(1)
        noun = self.values.get(id)
        if noun is not None:
            kind = "session" if isinstance(noun, Session) else "availability"
            self._record(Retraction(id=f"u-{self.now}", subject=f"{kind}:{id}"))
            del self.values[id]

    @rule(
        id=st.sampled_from("abc"), at=st.sampled_from(SLOTS), room=st.sampled_from("rq"),
        later=st.integers(0, 1),
    )  # fmt: skip
    def propose(self, id: str, at: Slot, room: str, later: int) -> None:
        """A move is proposed, with whatever clashes it has then, and written to JSON."""
        self._later(later)
        before = self.values.get(id)
        if isinstance(before, Session):
            after = attrs.evolve(before, slot=at, room_id=room, revision=before.revision + 1)
            ground = ground_of("plan", self.portfolio, (after,), SCHEDULE_RULES)
            move = Move((after,), (before,), ground)
            stored = loads_proposal(dumps_proposal(move))
            self.made.append(Made(before, after, move, stored, clashes(self.values, after)))

    @rule(data=st.data(), later=st.integers(0, 1))
    def decide(self, data: st.DataObject, later: int) -> None:
        """A proposal is recorded, or refused for what the naive log has against it."""
        if not self.made:
            return
        self._later(later)
        each = data.draw(st.sampled_from(self.made))
        current = self.values.get(each.before.id)
        new = clashes(self.values, each.after) - each.clashes
        fits = current == each.after or (current == each.before and not new)
        given = {"recorded_at": self._moment(), "actor": "desk"}
        results: list[Any] = []
        for proposal in (each.live, each.stored):
            try:
                results.append(self.portfolio.record(proposal, **given))  # type: ignore[arg-type]
            except StaleProposal as error:
                results.append((str(error), error.since))
            except MicError:
                # A session that was taken back at this very instant cannot be recorded at it.
                results.append("refused")
        assert results[0] == results[1]
        if results[0] == "refused":
            return
        assert isinstance(results[0], Portfolio) is fits
        if fits:
            self.portfolio, self.values[each.after.id] = results[0], each.after
        elif current == each.before:
            self._judge_causes(results[0][1], new)

    def _judge_causes(self, since: tuple[str, ...], new: frozenset[str]) -> None:
        """Each new clash with a session cites it; closures cite a record that closes the room."""
        cited = {each.partition(":")[2] for each in since}
        assert cited
        assert cited >= new - {"closed"}
        assert cited <= {*self.values}

    @invariant()
    def is_what_the_naive_log_says(self) -> None:
        """The current values are those of the naive log, also after JSON and a merge."""
        known = {
            each.id: each for each in self.portfolio.values() if not isinstance(each, Retraction)
        }
        assert known == self.values
        assert loads(dumps(self.portfolio)) == self.portfolio
        past = self.portfolio.as_of(self._moment() - 2 * HOUR)
        assert merge(past, self.portfolio) == self.portfolio


_proposing: Any = Proposing
TestProposing: Any = _proposing.TestCase
