"""The filling of free seats: offers expire, and who waits gets seats in the order of the policy."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from mic_core.admission.clashes import Diary
from mic_core.admission.line import WAITS_FOR_SEAT, LineStatus, PlaceInLine
from mic_core.admission.persons import enrollments_of, kept_id, organizations_at
from mic_core.admission.proposal import (
    cited,
    status_step,
    unused_id,
)
from mic_core.admission.seats import (
    END_OF_TIME,
    HOLDS_SEAT,
    HeldSeat,
    SeatTarget,
    held_seats,
    once_each,
    peak,
    seat_changes,
)
from mic_core.chrono.local import instant, local
from mic_core.errors import InvariantError
from mic_core.impact.tables.decisions import last_decisions
from mic_core.markup import Tone
from mic_core.model import (
    Application,
    Call,
    Edition,
    Enrollment,
    Noun,
    Transition,
)
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import begun_at, status_histories, status_history_of
from mic_core.portfolio.status_history import StatusHistory

_GIVEN_BACK = frozenset({"declined", "expired", "withdrawn", "transferred", "waitlisted"})
_OVER = frozenset({"completed", "held", "cancelled"})
_NEVER = END_OF_TIME
_MICROSECOND = timedelta(microseconds=1)
_TONES: Mapping[LineStatus, Tone] = {
    "enrolled": "good", "offered": "good", "expired": "warning", "waitlisted": "info",
    "requested": "plain",
}  # fmt: skip


class _Waiting:
    """One who waits: the enrollment, its status, its turn, and whether it is made here."""

    __slots__ = ("begun", "enrollment", "is_new", "kept", "status", "tier")

    def __init__(
        self, enrollment: Enrollment, kept: str, status: str, begun: int, tier: int, *, is_new: bool
    ) -> None:
        self.enrollment, self.kept, self.status = enrollment, kept, status
        self.begun, self.tier, self.is_new = begun, tier, is_new


class Filling:
    """One promotion in the making: the changes so far, and the seats given across targets."""

    def __init__(
        self,
        portfolio: Portfolio,
        at: datetime,
        cap: int | None,
        ranking: tuple[str, ...],
        spared: tuple[str, ...],
    ) -> None:
        self.portfolio, self.at, self.now, self.cap = portfolio, at, instant(at), cap
        self.rank = {kept_id(portfolio, id): n for n, id in reversed([*enumerate(ranking)])}
        self.spared = {kept_id(portfolio, id) for id in spared}
        self.histories = status_histories(portfolio, Enrollment)
        self.line: list[PlaceInLine] = []
        self.changes: list[Noun] = []
        self.taken: set[str] = set()
        self.new_ids: set[str] = set()
        self.diary = Diary(portfolio, at)
        self.organizations: dict[str, tuple[str, ...]] = {}

    def fill(self, target: SeatTarget, newcomer: Enrollment | None = None) -> None:
        """Expire the offers of one edition or session, and fill its seats."""
        mine = self.portfolio.where(Enrollment, into=target.id)
        held = self._expire(target, mine)
        free = _Free(self, target, held)
        waiting = self._waiting(target, mine)
        waiting.sort(key=self._order(target))
        if newcomer is not None:
            kept = kept_id(self.portfolio, newcomer.participant_id)
            waiting.append(_Waiting(newcomer, kept, "requested", self.now, 9, is_new=True))
        closed = self._closed(target)
        seated = {kept_id(self.portfolio, each.enrollment.participant_id): each.enrollment.id
                  for each in held if each.end > self.now}  # fmt: skip
        blocked: set[Presence] = set()
        places = 0
        for one in waiting:
            is_newcomer = newcomer is not None and one.enrollment is newcomer
            reason = self._barred(target, one, seated)
            if not reason and closed and not (is_newcomer and self._is_open(target)):
                reason = closed
            never = bool(reason)
            if not reason:
                reason, never = free.why_not(one.enrollment, blocked)
            if not reason:
                seated[one.kept] = one.enrollment.id
                free.take(one.enrollment)
                self.diary.enter(one.enrollment)
                self._seat(target, one)
                continue
            if not never:
                if target.waitlist.rule != "best_fit":
                    blocked.add(one.enrollment.mode)
                places += 1
            self._keep(one, reason, None if never else places)

    def _expire(self, target: SeatTarget, mine: Iterable[Enrollment]) -> list[HeldSeat]:
        """Expire the offers that ended; returns the seats that are held from now on."""
        kept: list[Enrollment] = []
        ended: list[tuple[Enrollment, Transition, datetime]] = []
        for each in mine:
            history = self.histories[each.id]
            last = history.transitions[-1] if history.transitions else None
            if last is None or last.after != "offered" or last.effective_at > self.at:
                kept.append(each)
                continue
            ends = [instant(last.expires_at)] if last.expires_at is not None else []
            ends += [target.start] if target.start is not None else []
            if ends and min(ends) <= self.now:
                end = max(min(ends), instant(last.effective_at))
                ended.append((each, last, local(end, target.zone)))
            else:
                kept.append(each)
        for each, last, moment in sorted(ended, key=lambda one: one[0].id):
            self.changes.append(
                status_step(self.portfolio, last.subject, "offered", "expired", moment, self.taken)
            )
            self._line(each, "offered", "expired", None, "the offer ended")
        histories = (self.histories[each.id] for each in kept)
        return [*once_each(self.portfolio, held_seats(kept, histories))]

    def _waiting(self, target: SeatTarget, mine: Iterable[Enrollment]) -> list[_Waiting]:
        """The enrollments that wait at the instant, and those that accepted applicants need."""
        tiers = _tiers(self.portfolio, target, self.at)
        found: list[_Waiting] = []
        for each in mine:
            history = self.histories[each.id]
            begun = begun_at(each, history)
            is_known = all(one.effective_at <= self.at for one in history.transitions)
            if history.last in WAITS_FOR_SEAT and is_known and (begun is None or begun <= self.at):
                kept = kept_id(self.portfolio, each.participant_id)
                tier = _tier_of(target, tiers.get(kept), history)
                since = _NEVER if begun is None else instant(begun)
                found.append(_Waiting(each, kept, history.last, since, tier, is_new=False))
        for kept, (tier, application) in sorted(tiers.items()):
            if tier < 2 and not any(
                each.into == target.id for each in enrollments_of(self.portfolio, kept)
            ):
                asked = application.submitted_at or self.at
                new = Enrollment(
                    id=unused_id(self.portfolio, Enrollment, target.id, kept, self.new_ids),
                    participant_id=kept, into=target.id, requested_at=min(asked, self.at),
                )  # fmt: skip
                found.append(_Waiting(new, kept, "requested", instant(asked), tier, is_new=True))
        return found

    def _order(self, target: SeatTarget) -> Callable[[_Waiting], Any]:
        """The sort key of the policy: by decision, then by rank, by lot, or by the request."""
        rule, seed = target.waitlist.rule, target.waitlist.seed
        last = len(self.rank)

        def turn(one: _Waiting) -> Any:
            by_policy: int | bytes = 0
            if rule == "priority":
                by_policy = self.rank.get(one.kept, last)
            elif rule == "lottery":
                # A digest is a lot that depends on nobody else in line, nor on their order.
                by_policy = sha256(f"{seed}:{target.id}:{one.kept}".encode()).digest()
            return one.tier, by_policy, one.begun, one.enrollment.id

        return turn

    def _closed(self, target: SeatTarget) -> str:
        """The reason why nobody gets a seat here at the instant; empty if there is none."""
        status = status_history_of(self.portfolio, target.noun).at(self.at)
        if status in _OVER:
            return f"{cited(target.noun)} is {status}"
        rolling = isinstance(target.noun, Edition) and target.admission == "open"
        limit = target.end if rolling else target.start
        if limit is not None and limit <= self.now:
            return f"{cited(target.noun)} is over" if rolling else f"{cited(target.noun)} has begun"
        return ""

    def _is_open(self, target: SeatTarget) -> bool:
        """True if a walk-in can still come: not over, and not cancelled."""
        status = status_history_of(self.portfolio, target.noun).at(self.at)
        return status not in _OVER and (target.end is None or self.now < target.end)

    def _barred(self, target: SeatTarget, one: _Waiting, seated: Mapping[str, str]) -> str:
        """The reason why one who waits cannot take any seat here; empty if there is none."""
        if one.kept in seated:
            return f"has enrollment:{seated[one.kept]}"
        if target.admission == "by_call" and one.tier == 2:
            return "was not decided on"
        if one.kept not in self.spared and self._gave_back(target, one.kept):
            return "gave a seat back"
        clash = self.diary.clash(one.enrollment, target.noun)
        return "" if clash is None else f"{clash[0]} is at the time of {clash[1]}"

    def _gave_back(self, target: SeatTarget, kept: str) -> bool:
        for each in enrollments_of(self.portfolio, kept):
            if each.into == target.id:
                links = [*self.histories[each.id].links()]
                for link in links:
                    if link.status in HOLDS_SEAT and link.transition.after in _GIVEN_BACK:
                        return True
        return False

    def of_organizations(self, participant: str) -> tuple[str, ...]:
        """The organizations that the seats of a participant count for."""
        if participant not in self.organizations:
            found = organizations_at(self.portfolio, participant, self.at)
            self.organizations[participant] = found
        return self.organizations[participant]

    def _seat(self, target: SeatTarget, one: _Waiting) -> None:
        after: LineStatus = "enrolled" if target.admission == "open" else "offered"
        expires = _expiry(target, self.now) if after == "offered" else None
        self._begin(one)
        self.changes.append(
            status_step(
                self.portfolio, cited(one.enrollment), one.status, after, self.at, self.taken,
                expires_at=expires,
            )
        )  # fmt: skip
        before = None if one.is_new else one.status
        self._line(one.enrollment, before, after, None, "", expires)

    def _keep(self, one: _Waiting, reason: str, place: int | None) -> None:
        after: LineStatus = "waitlisted" if one.status == "waitlisted" else "requested"
        # Who can get no seat is not put on a waitlist either: that would be a promise.
        if place is not None and after == "requested":
            self._begin(one)
            after = "waitlisted"
            name = cited(one.enrollment)
            self.changes.append(
                status_step(self.portfolio, name, one.status, after, self.at, self.taken)
            )  # fmt: skip
        self._line(one.enrollment, None if one.is_new else one.status, after, place, reason)

    def _begin(self, one: _Waiting) -> None:
        if one.is_new:
            self.changes.append(one.enrollment)

    def _line(
        self,
        each: Enrollment,
        before: str | None,
        after: LineStatus,
        place: int | None,
        why: str,
        expires: datetime | None = None,
    ) -> None:
        self.line.append(
            PlaceInLine(
                enrollment_id=each.id, participant_id=kept_id(self.portfolio, each.participant_id),
                into=each.into, before=before, after=after, place=place, reason=why,
                expires_at=expires,
            )
        )  # fmt: skip


class _Free:
    """The seats of one target that are free from an instant on, by mode and by organization."""

    def __init__(self, run: Filling, target: SeatTarget, held: Iterable[HeldSeat]) -> None:
        self._run, self._target = run, target
        by_mode: dict[str, list[HeldSeat]] = {"in_person": [], "online": []}
        by_organization: dict[str, list[HeldSeat]] = {}
        for each in held:
            by_mode[each.enrollment.mode].append(each)
            if run.cap is not None:
                for id in run.of_organizations(each.enrollment.participant_id):
                    by_organization.setdefault(id, []).append(each)
        self._taken = {mode: _peak(seats, run.now) for mode, seats in by_mode.items()}
        self._of = {id: _peak(seats, run.now) for id, seats in by_organization.items()}

    def why_not(self, each: Enrollment, blocked: set[Presence]) -> tuple[str, bool]:
        """The reason why an enrollment gets no seat, and whether no free seat would help."""
        cap = self._run.cap
        if cap is not None:
            for id in self._run.of_organizations(each.participant_id):
                had = self._of.get(id, 0)
                if had + each.places > cap:
                    return f"organization:{id} has {had} of {cap} places", True
        seats = self._target.places(each.mode)
        if each.mode in blocked:
            return "others come before", False
        if seats is not None and self._taken[each.mode] + each.places > seats:
            mode = each.mode.replace("_", " ")
            free = max(0, seats - self._taken[each.mode])
            return f"needs {each.places}, {free} of {seats} free {mode}", False
        return "", False

    def take(self, each: Enrollment) -> None:
        """Take the places of an enrollment from now on."""
        self._taken[each.mode] += each.places
        if self._run.cap is not None:
            for id in self._run.of_organizations(each.participant_id):
                self._of[id] = self._of.get(id, 0) + each.places


def _peak(seats: Iterable[HeldSeat], since: int) -> int:
    return peak(seat_changes(seats, since))[0]


def _expiry(target: SeatTarget, now: int) -> datetime | None:
    """The end of an offer on the clock of the center: elapsed time, and never beyond the start."""
    ends = [] if target.start is None else [target.start]
    if target.offer_lasts is not None:
        ends.append(now + target.offer_lasts // _MICROSECOND)
    try:
        return local(min(ends), target.zone) if ends else None
    except InvariantError:
        return None  # beyond the calendar: it stays open until it is answered


def _tiers(
    portfolio: Portfolio, target: SeatTarget, at: datetime
) -> Mapping[str, tuple[int, Application]]:
    """The applicants of the calls of an edition: accepted 0, waitlisted 1, others 2."""
    if target.admission != "by_call":
        return {}
    found: dict[str, tuple[int, Application]] = {}
    statuses, decisions = status_histories(portfolio, Application), last_decisions(portfolio, at)
    for call in portfolio.where(Call, edition_id=target.id):
        for each in portfolio.where(Application, call_id=call.id):
            last = decisions.get(each.id)
            tier = 2 if last is None else _TIER[last.outcome]
            if statuses[each.id].at(at) in {"withdrawn", "draft"}:
                tier = 2
            kept = kept_id(portfolio, each.applicant_id)
            if kept not in found or (tier, each.id) < (found[kept][0], found[kept][1].id):
                found[kept] = tier, each
    return found


def _tier_of(
    target: SeatTarget, decided: tuple[int, Application] | None, history: StatusHistory
) -> int:
    """The tier of an enrollment: 0 without a call; else by the decision, or for who was waitlisted.

    Who was waitlisted without an application, as after a transfer, was decided on by the center.
    """
    if target.admission != "by_call":
        return 0
    if decided is not None:
        return decided[0]
    return 1 if history.last == "waitlisted" else 2


_TIER = {"accepted": 0, "waitlisted": 1, "rejected": 2}
