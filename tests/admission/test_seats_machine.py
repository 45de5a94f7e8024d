"""Enrollment, seats and waitlist as a state machine, beside a naive model of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from mic_core import (
    Edition,
    Enrollment,
    IllegalTransition,
    Portfolio,
    Seats,
    StaleProposal,
    Waitlist,
    accept,
    check,
    decline,
    promote,
    request,
    resume,
    status_of,
    suspend,
    withdraw,
)
from tests.admission.season import NOON, PEOPLE, edition, season

HOURS = timedelta(hours=1)
LASTS = 5 * HOURS
START = datetime(2014, 9, 9, 22, tzinfo=NOON.tzinfo)  # midnight in Brussels
HOLD = {"offered", "enrolled", "suspended"}
WAIT = {"requested", "waitlisted"}
EXIT = {"declined", "expired", "withdrawn"}


@attrs.define
class Person:
    """One enrollment in the naive model."""

    id: str
    who: str
    places: int
    mode: str
    asked: datetime
    status: str = "requested"
    ends: datetime | None = None


class SeatsMachine(RuleBasedStateMachine):
    """The verbs against a list of rows, the seats against a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.rows: list[Person] = []
        self.portfolio = season()
        self.seats = {"in_person": 0, "online": 0}
        self.policy = "strict_fifo"
        self.offers = True
        self.peak = {"in_person": 0, "online": 0}

    @initialize(
        site=st.integers(0, 5),
        online=st.integers(0, 2),
        policy=st.sampled_from(["strict_fifo", "best_fit", "lottery", "priority"]),
        offers=st.booleans(),
    )
    def begin(self, site: int, online: int, policy: str, *, offers: bool) -> None:
        self.policy, self.offers = policy, offers
        self.seats = {"in_person": site, "online": online}
        waitlist: Any = Waitlist(rule=policy, seed=7 if policy == "lottery" else None)  # type: ignore[arg-type]
        self.portfolio = season(
            edition(
                seats=Seats(**self.seats), waitlist=waitlist, offer_lasts=LASTS,
                admission="by_offer" if offers else "open",
            )
        )  # fmt: skip

    def keep(self, *proposals: Any) -> None:
        self.portfolio = self.portfolio.record(*proposals, recorded_at=self.now)

    def pick(self, draw: int, statuses: set[str]) -> Person | None:
        found = [row for row in self.rows if row.status in statuses]
        return found[draw % len(found)] if found else None

    @rule(hours=st.integers(1, 4))
    def wait(self, hours: int) -> None:
        self.now += hours * HOURS

    @rule(places=st.integers(1, 3), mode=st.sampled_from(["in_person", "online"]))
    def ask(self, places: int, mode: Any) -> None:
        live = {row.who for row in self.rows if row.status not in EXIT}
        free = [each.id for each in PEOPLE if each.id not in live]
        if free:
            made = request(
                self.portfolio, participant=free[0], into="b6", at=self.now, places=places,
                mode=mode,
            )  # fmt: skip
            self.keep(made)
            id = next(each.id for each in made.changes if isinstance(each, Enrollment))
            self.rows.append(Person(id, free[0], places, mode, self.now))

    @rule(draw=st.integers(0, 99))
    def answer_yes(self, draw: int) -> None:
        row = self.pick(draw, {"offered"})
        if row is None:
            return
        if row.ends is not None and row.ends <= self.now:
            with pytest.raises(IllegalTransition):
                accept(self.portfolio, row.id, at=self.now)
        else:
            self.keep(accept(self.portfolio, row.id, at=self.now))
            row.status = "enrolled"

    @rule(draw=st.integers(0, 99))
    def answer_no(self, draw: int) -> None:
        row = self.pick(draw, {"offered"})
        if row is not None:
            self.keep(decline(self.portfolio, row.id, at=self.now))
            row.status = "declined"

    @rule(draw=st.integers(0, 99))
    def leave(self, draw: int) -> None:
        row = self.pick(draw, {"requested", "waitlisted", "enrolled", "suspended"})
        if row is not None:
            self.keep(withdraw(self.portfolio, row.id, at=self.now))
            row.status = "withdrawn" if row.status in HOLD else "gone"

    @rule(draw=st.integers(0, 99))
    def pause(self, draw: int) -> None:
        row = self.pick(draw, {"enrolled", "suspended"})
        if row is not None:
            verb, row.status = (
                (suspend, "suspended") if row.status == "enrolled" else (resume, "enrolled")
            )
            self.keep(verb(self.portfolio, row.id, at=self.now))

    @rule(more=st.integers(1, 2), mode=st.sampled_from(["in_person", "online"]))
    def raise_seats(self, more: int, mode: str) -> None:
        self.seats[mode] += more
        old = self.portfolio.get(Edition, "b6")
        self.keep(attrs.evolve(old, seats=Seats(**self.seats)))

    def naive(self) -> Iterator[tuple[Person, str]]:
        """The status of each row after a promotion: by a plain loop in the order of the policy."""
        for row in self.rows:
            if row.status == "offered" and row.ends is not None and row.ends <= self.now:
                yield row, "expired"
        gave_back = {row.who for row in self.rows if row.status in EXIT}
        gone = {row.who for row, _ in self._expiring()}
        taken = {"in_person": 0, "online": 0}
        for row in self.rows:
            if row.status in HOLD and row not in [one for one, _ in self._expiring()]:
                taken[row.mode] += row.places
        waiting = [row for row in self.rows if row.status in WAIT]
        if self.policy == "lottery":
            order = {each.enrollment_id: n for n, each in enumerate(self.promotion())}
            waiting.sort(key=lambda row: order[row.id])
        else:
            waiting.sort(key=lambda row: (row.asked, row.id))
        blocked: set[str] = set()
        for row in waiting:
            if row.who in gave_back | gone or (self.now >= START and self.offers):
                continue
            fits = taken[row.mode] + row.places <= self.seats[row.mode]
            if fits and row.mode not in blocked:
                taken[row.mode] += row.places
                yield row, "offered" if self.offers else "enrolled"
            else:
                if self.policy != "best_fit":
                    blocked.add(row.mode)
                if row.status == "requested":
                    yield row, "waitlisted"

    def _expiring(self) -> list[tuple[Person, None]]:
        return [
            (row, None)
            for row in self.rows
            if row.status == "offered" and row.ends is not None and row.ends <= self.now
        ]

    def promotion(self) -> Any:
        return promote(self.portfolio, "b6", at=self.now)

    @rule()
    def fill(self) -> None:
        found = self.promotion()
        expected = {row.id: status for row, status in self.naive()}
        changed = {each.enrollment_id: each.after for each in found if each.before != each.after}
        assert changed == expected
        self.keep(found)
        for row in self.rows:
            row.status = expected.get(row.id, row.status)
            if row.id in expected and row.status == "offered":
                row.ends = min(self.now + LASTS, START)
        again = self.promotion()
        assert again.changes == ()
        assert all(each.after in WAIT for each in again)

    @precondition(lambda self: any(row.status in WAIT for row in self.rows))
    @rule(draw=st.integers(0, 99))
    def stale(self, draw: int) -> None:
        """A promotion made before somebody left, or asked, is refused or still fits."""
        made = self.promotion()
        row = self.pick(draw, WAIT)
        assert row is not None
        self.keep(withdraw(self.portfolio, row.id, at=self.now))
        row.status = "gone"
        mine = [each for each in made if each.enrollment_id == row.id and each.before != each.after]
        if mine:
            with pytest.raises((StaleProposal, IllegalTransition)):
                self.portfolio.record(made, recorded_at=self.now)
        else:
            self.portfolio.record(made, recorded_at=self.now)

    @invariant()
    def statuses_agree(self) -> None:
        for row in self.rows:
            told = "withdrawn" if row.status == "gone" else row.status
            assert status_of(self.portfolio, f"enrollment:{row.id}") == told

    @invariant()
    def seats_are_never_exceeded(self) -> None:
        for mode, most in self.seats.items():
            held = sum(row.places for row in self.rows if row.status in HOLD and row.mode == mode)
            assert held <= most

    def teardown(self) -> None:
        report = check(self.portfolio, as_of=self.now)
        for code in ("over-seats", "seat-twice", "illegal-history"):
            assert not report.of(code)
        values = [*self.portfolio.values()]
        Random(3).shuffle(values)
        shuffled = Portfolio.of(*values)
        assert promote(shuffled, "b6", at=self.now).line == self.promotion().line
        assert self.portfolio.as_of(self.now) == self.portfolio
        assert Portfolio.replay(self.portfolio.log) == self.portfolio


SeatsMachine.TestCase.settings = settings(deadline=None, stateful_step_count=30)
TestSeatsMachine = SeatsMachine.TestCase
