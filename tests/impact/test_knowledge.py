"""Knowledge over time: measures as of any instant are a naive recount of what was known then."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mic_core import (
    Attendance,
    Center,
    Deal,
    Identity,
    Money,
    Noun,
    Organization,
    Person,
    Portfolio,
    Retraction,
    Session,
    Slot,
    Support,
    dumps,
    loads,
    measure,
    what_changed,
)

BEGIN = datetime(2014, 9, 1, 12, tzinfo=UTC)
IDS = ("V1", "V2", "E1", "I2")
Status = Literal["present", "partial", "absent"]
PRESENCE = {"present": 0, "partial": 1, "absent": 2}


def _session(number: int) -> Session:
    slot = Slot(BEGIN + timedelta(days=number), BEGIN + timedelta(days=number, hours=2))
    return Session(id=f"s-{number}", center_id="mic", title="S", length=slot.length, slot=slot)


FIXED: tuple[Noun, ...] = (
    Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels"),
    *(_session(number) for number in range(3)),
    *(Person(id=f"p-{number}", name="P") for number in range(4)),
    *(Organization(id=f"o-{n}", name="O", kind="venture", country="BE") for n in range(3)),
)


class Knowledge(RuleBasedStateMachine):
    """Facts are recorded, corrected, merged, taken back; reports are asked for at any instant."""

    @initialize()
    def begin(self) -> None:
        """A center with sessions, persons and ventures."""
        self.portfolio = Portfolio.of(*FIXED)
        self.now = BEGIN
        self.log: list[tuple[datetime, Any]] = []
        self.made = 0

    def _record(self, noun: Any) -> None:
        self.now += timedelta(hours=7)
        self.portfolio = self.portfolio.record(noun, recorded_at=self.now)
        self.log.append((self.now, noun))

    def _id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}-{self.made}"

    @rule(session=st.integers(0, 2), person=st.integers(0, 3), status=st.sampled_from([*PRESENCE]))
    def attend(self, session: int, person: int, status: Status) -> None:
        """Somebody is at a session, perhaps recorded late, perhaps twice."""
        self._record(
            Attendance(
                id=self._id("a"), session_id=f"s-{session}", person_id=f"p-{person}", status=status
            )
        )

    @rule(organization=st.integers(0, 2), day=st.integers(0, 40))
    def support(self, organization: int, day: int) -> None:
        """A venture is coached."""
        self._record(
            Support(
                id=self._id("u"), kind="coaching", enterprise_id=f"o-{organization}",
                provider_id="mic", on=date(2014, 8, 1) + timedelta(days=day),
            )
        )  # fmt: skip

    @rule(organization=st.integers(0, 2), day=st.integers(0, 40), amount=st.integers(1, 9))
    def lend(self, organization: int, day: int, amount: int) -> None:
        """A venture gets a loan."""
        self._record(
            Deal(
                id=self._id("d"), organization_id=f"o-{organization}", kind="loan",
                on=date(2014, 8, 1) + timedelta(days=day),
                amount=Money(amount=Decimal(amount), currency="EUR"),
            )
        )  # fmt: skip

    @rule(kind=st.sampled_from(["person", "organization"]), one=st.integers(0, 3),
          other=st.integers(0, 3))  # fmt: skip
    def merge(self, kind: str, one: int, other: int) -> None:
        """Two records turn out to be of one person or venture."""
        letter, most = ("p", 3) if kind == "person" else ("o", 2)
        low, high = sorted((min(one, most), min(other, most)))
        if low < high:
            self._record(
                Identity(
                    id=self._id("i"),
                    kept=f"{kind}:{letter}-{low}",
                    merged=f"{kind}:{letter}-{high}",
                )
            )

    @rule(data=st.data(), status=st.sampled_from([*PRESENCE]))
    def correct(self, data: st.DataObject, status: Status) -> None:
        """A presence is recorded again with another status."""
        known = [each for each in _known(self.log, self.now) if isinstance(each, Attendance)]
        if known:
            old = data.draw(st.sampled_from(known))
            self._record(
                Attendance(
                    id=old.id, session_id=old.session_id, person_id=old.person_id, status=status
                )
            )

    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """A fact, or an identity, is taken back."""
        known = _known(self.log, self.now)
        if known:
            fact = data.draw(st.sampled_from(known))
            kind = type(fact).__name__.lower()
            self._record(Retraction(id=self._id("r"), subject=f"{kind}:{fact.id}"))

    @rule(hours=st.integers(0, 400))
    def report_of_the_past(self, hours: int) -> None:
        """A report of any instant is a recount of what was known then, also from a document."""
        at = min(BEGIN + timedelta(hours=hours), self.now)
        for portfolio in (self.portfolio, loads(dumps(self.portfolio))):
            assert _measured(portfolio, at) == _recount(self.log, at)

    @rule(hours=st.integers(0, 400))
    def difference(self, hours: int) -> None:
        """Each figure that differs is told, and the facts that are told are the difference."""
        at = min(BEGIN + timedelta(hours=hours), self.now)
        before, after = _recount(self.log, at), _recount(self.log, self.now)
        changes = {
            each.indicator.id: each for each in what_changed(self.portfolio, at, self.now, IDS)
        }
        for id in IDS:
            if before[id] != after[id]:
                told = changes[id]
                assert (told.before.value or 0, told.after.value or 0) == (before[id], after[id])
        if "V1" in changes and not any(isinstance(each, Identity) for _, each in self.log):
            told = changes["V1"]
            ids, old = (_facts(self.log, moment) for moment in (self.now, at))
            assert {*told.new, *told.late, *told.due} == ids - old
            assert {*told.gone} == old - ids

    @invariant()
    def report_of_today(self) -> None:
        """The present report is a recount as well."""
        assert _measured(self.portfolio, self.now) == _recount(self.log, self.now)


def _measured(portfolio: Portfolio, at: datetime) -> dict[str, Any]:
    card = measure(portfolio, IDS, as_of=at)
    return {each.indicator.id: each.value or 0 for each in card}


def _known(log: list[tuple[datetime, Any]], at: datetime) -> list[Any]:
    """The facts known at an instant: the last value of each id, without those taken back."""
    found: dict[tuple[str, str], Any] = {}
    for moment, each in log:
        if moment > at:
            break
        if isinstance(each, Retraction):
            kind, _, id = each.subject.partition(":")
            found.pop((kind, id), None)
        else:
            found[type(each).__name__.lower(), each.id] = each
    return [*found.values()]


def _kept(log: list[tuple[datetime, Any]], at: datetime, kind: str) -> dict[str, str]:
    """One id for all those that identities connect."""
    names: dict[str, str] = {}
    for each in _known(log, at):
        if isinstance(each, Identity) and each.merged.startswith(kind):
            one, other = (
                names.get(id, id)
                for id in (each.kept.partition(":")[2], each.merged.partition(":")[2])
            )
            names = {id: one if end == other else end for id, end in names.items()}
            names |= {one: one, other: one}
    return names


def _end(names: dict[str, str], id: str) -> str:
    return names.get(id, id)


def _visits(log: list[tuple[datetime, Any]], at: datetime) -> list[Attendance]:
    """The records that count as visits: one of most presence for each person and session."""
    links = _kept(log, at, "person")
    best: dict[tuple[str, str], Attendance] = {}
    known = [each for each in _known(log, at) if isinstance(each, Attendance)]
    for each in sorted(known, key=lambda one: one.id):
        key = each.session_id, _end(links, each.person_id)
        if key not in best or PRESENCE[each.status] < PRESENCE[best[key].status]:
            best[key] = each
    return [each for each in best.values() if each.status != "absent"]


def _facts(log: list[tuple[datetime, Any]], at: datetime) -> set[str]:
    """All records of those who were present, cited; several of one presence as well."""
    known = [each for each in _known(log, at) if isinstance(each, Attendance)]
    here = {(each.session_id, each.person_id) for each in known if each.status != "absent"}
    return {f"attendance:{each.id}" for each in known if (each.session_id, each.person_id) in here}


def _recount(log: list[tuple[datetime, Any]], at: datetime) -> dict[str, Any]:
    persons, ventures = _kept(log, at, "person"), _kept(log, at, "organization")
    known, visits = _known(log, at), _visits(log, at)
    first: dict[str, date] = {}
    for each in known:
        if isinstance(each, Support):
            id = _end(ventures, each.enterprise_id)
            first[id] = min(each.on, first.get(id, each.on))
    deals = [
        (_end(ventures, each.organization_id), each) for each in known if isinstance(each, Deal)
    ]
    return {
        "V1": len(visits),
        "V2": len({_end(persons, each.person_id) for each in visits}),
        "E1": len(first),
        "I2": sum(each.amount.amount for id, each in deals if id in first and first[id] <= each.on),
    }


TestKnowledge = Knowledge.TestCase
TestKnowledge.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
