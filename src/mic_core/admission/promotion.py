"""Promotion from the waitlist: the single path to a seat, by the policy of the edition or session.

Offers that ended expire. Then free seats go to those who wait, in the order of the policy. Laws:
the seats of a mode are never exceeded, at any instant; in every order but best_fit nobody is
overtaken who could take a seat; best_fit leaves no place free that somebody waiting fits; a second
promotion at the same instant changes nothing; the order of the input means nothing; nobody who
gave a seat back is offered one again; and no seat makes a clash for its participant.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import attrs

from mic_core.admission.clashes import Diary
from mic_core.admission.persons import enrollments_of, kept_id, organizations_at
from mic_core.admission.proposal import (
    begun_at,
    cited,
    clock_text,
    conflict,
    enrollments_by_target,
    step,
    unused_id,
)
from mic_core.admission.seats import (
    END_OF_TIME,
    HOLDS_SEAT,
    HeldSeat,
    Target,
    held_seats,
    once_each,
    peak,
    seat_changes,
    target_of,
    targets_in,
)
from mic_core.chrono.local import instant, local
from mic_core.errors import InvariantError
from mic_core.fields import Id, Instant, Labels, Maybe, Value, Whole, sound
from mic_core.findings import Finding
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, notebook, table
from mic_core.model import (
    Application,
    Call,
    Decision,
    Edition,
    Enrollment,
    Noun,
    Seats,
    Session,
    Transition,
)
from mic_core.model.program import Waitlist
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.status import status_histories, status_history_of

LineStatus = Literal["enrolled", "offered", "expired", "waitlisted", "requested"]
"""The status of an enrollment after a promotion that looked at it."""

_WAITS = frozenset({"requested", "waitlisted"})
_GIVEN_BACK = frozenset({"declined", "expired", "withdrawn", "transferred", "waitlisted"})
_OVER = frozenset({"completed", "held", "cancelled"})
_NEVER = END_OF_TIME
_MICROSECOND = timedelta(microseconds=1)
_TONES: Mapping[LineStatus, Tone] = {
    "enrolled": "good", "offered": "good", "expired": "warning", "waitlisted": "info",
    "requested": "plain",
}  # fmt: skip
_HEADERS = ("enrollment", "into", "before", "after", "place in line", "why")


@attrs.frozen(kw_only=True)
class PlaceInLine:
    """The result of a promotion for one enrollment: its status, and why it has no seat.

    `before` is None for an enrollment that the promotion makes, from an application. `place` is
    that in line, from 1; None with a seat, or for who cannot get one. `expires_at` is the end of an
    offer on the clock of the center, None: no offer, or one without an end. `reason` says why there
    is no seat; "" for who gets one.
    """

    enrollment_id: str
    participant_id: str
    into: str
    before: str | None
    after: LineStatus
    place: int | None
    expires_at: datetime | None
    reason: str

    @property
    def has_seat(self) -> bool:
        """True if the promotion gives or offers it a seat."""
        return self.after in HOLDS_SEAT


@attrs.frozen(kw_only=True)
class Promotion:
    """A proposal of seats: offers that expire, seats that are given or offered, and who waits.

    `line` holds the enrollments that have no seat, or get one, in the order of the policy.
    `changes` are the nouns to record. `record` refuses it once a seat that it gives is not the
    participant's any more by what is known then.
    """

    at: datetime
    as_of: datetime | None
    line: tuple[PlaceInLine, ...]
    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()
    again: Callable[[Portfolio], "Promotion"] = attrs.field(repr=False, eq=False)

    def __iter__(self) -> Iterator[PlaceInLine]:
        return iter(self.line)

    def __len__(self) -> int:
        return len(self.line)

    @property
    def seated(self) -> tuple[PlaceInLine, ...]:
        """The enrollments that get a seat, or an offer of one, in the order of the policy."""
        return tuple(each for each in self.line if each.has_seat)

    @property
    def waiting(self) -> tuple[PlaceInLine, ...]:
        """The enrollments that stay without a seat, in the order of the policy."""
        return tuple(each for each in self.line if each.after in _WAITS)

    @property
    def expired(self) -> tuple[PlaceInLine, ...]:
        """The enrollments whose offer ended."""
        return tuple(each for each in self.line if each.after == "expired")

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The seats that a promotion would not give any more by what is known now.

        Seats may have been taken, lowered or given to who comes before. The seats and the policy
        are those of the portfolio, also for a simulation. Costs one more promotion.
        """
        now = {each.participant_id: each for each in self.again(portfolio).seated}
        gone = [each for each in self.seated if each.participant_id not in now]
        return tuple(
            conflict(
                "seat-gone",
                f"enrollment:{each.enrollment_id} would not get a seat by what is known now",
                f"enrollment:{each.enrollment_id}",
                mend="promote again",
            )
            for each in gone
        )

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each enrollment in line."""
        return tuple(attrs.asdict(each) for each in self.line)

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                each.enrollment_id, each.into, each.before or "", each.after,
                "" if each.place is None else str(each.place),
                each.reason if each.expires_at is None else f"until {clock_text(each.expires_at)}",
            )
            for each in self.line
        ]  # fmt: skip

    def __str__(self) -> str:
        return table(self._cells(), _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The line as a table, each status in words; of more than `most` the first."""
        rows = [
            (*cells[:3], badge(each.after, _TONES[each.after]), *cells[4:])
            for each, cells in zip(self.line, self._cells(), strict=True)
        ]
        return html_table(rows, _HEADERS, caption="Seats", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def promote(
    portfolio: Portfolio,
    scope: Scope,
    *,
    at: datetime,
    seats: Seats | None = None,
    waitlist: Waitlist | None = None,
    per_organization: int | None = None,
    ranking: Iterable[str] = (),
    again: Iterable[str] = (),
    as_of: datetime | None = None,
) -> Promotion:
    """Expire offers that ended by `at`, and give free seats to those who wait, by the policy.

    `scope` is an id, or several, of what is promoted into: editions, sessions, or the programs,
    series and centers that they belong to. Who is admitted to all gets the seat at once; by offer
    or by call it is offered, until it has lasted `offer_lasts` of elapsed time, and never beyond
    the start. By call those stand in line whose application was accepted, or waitlisted, after
    them; the enrollment of an accepted applicant who has none is part of the proposal. Who finds no
    seat is waitlisted.

    `seats` and `waitlist` replace those of the edition or session, to simulate; the result can be
    recorded only where it fits the real ones. `per_organization` caps the places that an
    organization and its members hold; None: no cap. `ranking` are the ids of participants in the
    order that was decided, for the policy `priority`; others come after, in the order of their
    requests. `again` are the ids of participants who may be offered a seat although they gave one
    back. `as_of` limits what is known; None: all.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be.
    O(n log n) over the enrollments, and the sessions of those who wait.

    >>> from datetime import UTC
    >>> from mic_core.samples import brussels_2014
    >>> len(promote(brussels_2014(), "boostcamp-6", at=datetime(2014, 9, 1, 9, tzinfo=UTC)).seated)
    0
    """
    portfolio, at, seats, waitlist, per_organization, ranked, spared, as_of = sound(
        "promote", portfolio=(portfolio, PORTFOLIO), at=(at, Instant()),
        seats=(seats, Maybe(Value(Seats))), waitlist=(waitlist, Maybe(Value(Waitlist))),
        per_organization=(per_organization, Maybe(Whole())), ranking=(_listed(ranking), _IDS),
        again=(_listed(again), _IDS), as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)

    def promoted(later: Portfolio) -> Promotion:
        return promote(
            later, scope, at=at, per_organization=per_organization, ranking=ranked, again=spared
        )

    run = _Run(known, at, per_organization, ranked, spared)
    for each in targets_in(known, scope):
        changed = attrs.evolve(
            each,
            seats=each.seats if seats is None else seats,
            waitlist=each.waitlist if waitlist is None else waitlist,
        )
        run.fill(changed)
    return Promotion(
        at=at, as_of=as_of, line=tuple(run.line), changes=tuple(run.changes), again=promoted
    )


_IDS = Labels(Id())


def _listed(ids: object) -> object:
    return ids if isinstance(ids, str) or not isinstance(ids, Iterable) else tuple(ids)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def room_for(portfolio: Portfolio, new: Enrollment, at: datetime) -> str | None:
    """The reason why a walk-in finds no seat; None if one is free that nobody waiting could take.

    `new` is an enrollment that the portfolio need not hold; it is judged as the last in line.
    """
    run = _Run(portfolio, at, None, (), ())
    noun = portfolio.find(Edition, new.into)
    target = target_of(portfolio, noun or portfolio.get(Session, new.into))
    run.fill(target, newcomer=new)
    (mine,) = [each for each in run.line if each.enrollment_id == new.id]
    return None if mine.has_seat else mine.reason


class _Waiting:
    """One who waits: the enrollment, its status, its turn, and whether it is made here."""

    __slots__ = ("begun", "enrollment", "is_new", "kept", "status", "tier")

    def __init__(
        self, enrollment: Enrollment, kept: str, status: str, begun: int, tier: int, *, is_new: bool
    ) -> None:
        self.enrollment, self.kept, self.status = enrollment, kept, status
        self.begun, self.tier, self.is_new = begun, tier, is_new


class _Run:
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

    def fill(self, target: Target, newcomer: Enrollment | None = None) -> None:
        """Expire the offers of one edition or session, and fill its seats."""
        mine = enrollments_by_target(self.portfolio).get(target.id, ())
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

    def _expire(self, target: Target, mine: Iterable[Enrollment]) -> list[HeldSeat]:
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
                moment = max(min(ends), instant(last.effective_at))
                ended.append((each, last, local(moment, target.zone)))
            else:
                kept.append(each)
        for each, last, moment in sorted(ended, key=lambda one: one[0].id):
            self.changes.append(
                step(self.portfolio, last.subject, "offered", "expired", moment, self.taken)
            )
            self._line(each, "offered", "expired", None, "the offer ended")
        histories = (self.histories[each.id] for each in kept)
        return [*once_each(self.portfolio, held_seats(kept, histories))]

    def _waiting(self, target: Target, mine: Iterable[Enrollment]) -> list[_Waiting]:
        """The enrollments that wait at the instant, and those that accepted applicants need."""
        tiers = _tiers(self.portfolio, target, self.at)
        found: list[_Waiting] = []
        for each in mine:
            history = self.histories[each.id]
            begun = begun_at(each, history)
            is_known = all(one.effective_at <= self.at for one in history.transitions)
            if history.last in _WAITS and is_known and (begun is None or begun <= self.at):
                kept = kept_id(self.portfolio, each.participant_id)
                tier = (
                    tiers[kept][0] if kept in tiers else (1 if history.last == "waitlisted" else 2)
                )
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

    def _order(self, target: Target) -> Callable[[_Waiting], Any]:
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

    def _closed(self, target: Target) -> str:
        """The reason why nobody gets a seat here at the instant; empty if there is none."""
        status = status_history_of(self.portfolio, target.noun).at(self.at)
        if status in _OVER:
            return f"{cited(target.noun)} is {status}"
        rolling = isinstance(target.noun, Edition) and target.admission == "open"
        limit = target.end if rolling else target.start
        if limit is not None and limit <= self.now:
            return f"{cited(target.noun)} is over" if rolling else f"{cited(target.noun)} has begun"
        return ""

    def _is_open(self, target: Target) -> bool:
        """True if a walk-in can still come: not over, and not cancelled."""
        status = status_history_of(self.portfolio, target.noun).at(self.at)
        return status not in _OVER and (target.end is None or self.now < target.end)

    def _barred(self, target: Target, one: _Waiting, seated: Mapping[str, str]) -> str:
        """The reason why one who waits cannot take any seat here; empty if there is none."""
        if one.kept in seated:
            return f"has enrollment:{seated[one.kept]}"
        if target.admission == "by_call" and one.tier == 2:
            return "was not decided on"
        if one.kept not in self.spared and self._gave_back(target, one.kept):
            return "gave a seat back"
        clash = self.diary.clash(one.enrollment, target.noun)
        return "" if clash is None else f"{clash[0]} is at the time of {clash[1]}"

    def _gave_back(self, target: Target, kept: str) -> bool:
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

    def _seat(self, target: Target, one: _Waiting) -> None:
        after: LineStatus = "enrolled" if target.admission == "open" else "offered"
        expires = _expiry(target, self.now) if after == "offered" else None
        self._begin(one)
        self.changes.append(
            step(
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
                step(self.portfolio, name, one.status, after, self.at, self.taken)
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

    def __init__(self, run: _Run, target: Target, held: Iterable[HeldSeat]) -> None:
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


def _expiry(target: Target, now: int) -> datetime | None:
    """The end of an offer on the clock of the center: elapsed time, and never beyond the start."""
    ends = [] if target.start is None else [target.start]
    if target.offer_lasts is not None:
        ends.append(now + target.offer_lasts // _MICROSECOND)
    try:
        return local(min(ends), target.zone) if ends else None
    except InvariantError:
        return None  # beyond the calendar: it stays open until it is answered


def _tiers(
    portfolio: Portfolio, target: Target, at: datetime
) -> Mapping[str, tuple[int, Application]]:
    """The applicants of the calls of an edition: accepted 0, waitlisted 1, others 2."""
    if target.admission != "by_call":
        return {}
    found: dict[str, tuple[int, Application]] = {}
    statuses = status_histories(portfolio, Application)
    for call in portfolio.where(Call, edition_id=target.id):
        for each in portfolio.where(Application, call_id=call.id):
            made = [
                one
                for one in portfolio.where(Decision, application_id=each.id)
                if one.decided_at <= at
            ]
            last = max(made, key=lambda one: (one.decided_at, one.id), default=None)
            tier = 2 if last is None else _TIER[last.outcome]
            if statuses[each.id].at(at) in {"withdrawn", "draft"}:
                tier = 2
            kept = kept_id(portfolio, each.applicant_id)
            if kept not in found or (tier, each.id) < (found[kept][0], found[kept][1].id):
                found[kept] = tier, each
    return found


_TIER = {"accepted": 0, "waitlisted": 1, "rejected": 2}
