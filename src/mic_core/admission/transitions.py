"""Verbs that propose a transition of one enrollment, application, session or edition.

Each judges the status at the instant `at` by the status table, refuses what the table forbids with
the statuses that it allows, and returns a proposal; `record` keeps it. A change lies after all
known changes of its subject: what was recorded by mistake is taken back by a `Retraction` first.
"""

from datetime import datetime
from typing import Any

from mic_core.admission.persons import is_live, live_rivals
from mic_core.admission.proposal import (
    StaleTest,
    StatusProposal,
    cited,
    conflict,
    fits_always,
    local_text,
    status_step,
    unused_id,
)
from mic_core.chrono.local import instant, local
from mic_core.errors import IllegalTransition, InvariantError, NotFound, Problem
from mic_core.fields import Id, Instant, Maybe, Text, sound
from mic_core.ids import split
from mic_core.model import (
    KINDS,
    TABLES,
    Application,
    Edition,
    Enrollment,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.record import missing
from mic_core.portfolio.status import StatusNoun, begun_at, status_histories, status_history_of

_CITED, _AT, _ACTOR = Text(most=200), Instant(), Maybe(Id())
_REASON = Maybe(Text(most=500))
_NOUNS: dict[str, type[StatusNoun]] = {
    "application": Application, "edition": Edition, "enrollment": Enrollment, "session": Session,
}  # fmt: skip


def accept(
    portfolio: Portfolio,
    enrollment: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose that an offered seat is taken: offered becomes enrolled.

    `enrollment` is an id, or is cited as `enrollment:id`; `actor` is the id of the party that acts;
    None: not stated. Raises IllegalTransition for an enrollment that has no offer, or whose offer
    ended by `at`: only `promote` gives seats. Raises NotFound for an unknown enrollment, and
    InvariantError for an `at` before its last change. O(k log k) over its k transitions.
    """
    change = StatusChange("accept", portfolio, enrollment, ("enrollment",), at, actor, reason)
    status, last = change.status, change.last
    legal = tuple(each for each in TABLES["enrollment"].follows[status] if each != "enrolled")
    if status in {"requested", "waitlisted"}:
        mend = "it has no offer; promote gives seats by the policy of the waitlist"
        raise IllegalTransition(change.subject, status, "enrolled", legal, mend)
    if status == "suspended":
        raise IllegalTransition(change.subject, status, "enrolled", legal, "resume it instead")
    if last is not None and last.expires_at is not None and last.expires_at <= change.at:
        ended = local_text(center_time(portfolio, change.subject, last.expires_at))
        mend = f"the offer ended at {ended}; promote lets it expire"
        raise IllegalTransition(change.subject, status, "enrolled", ("expired",), mend)
    return change.to("enrolled")


def decline(
    portfolio: Portfolio,
    enrollment: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose that an offered seat is turned down: offered becomes declined.

    Arguments and errors are those of `accept`.
    """
    return StatusChange("decline", portfolio, enrollment, ("enrollment",), at, actor, reason).to(
        "declined"
    )


def withdraw(
    portfolio: Portfolio,
    subject: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose that a participant withdraws an enrollment, or an applicant an application.

    `subject` is an id, or is cited as `kind:id`. Other arguments and errors are those of `accept`.
    An offer is not withdrawn from, but turned down: see `decline`.
    """
    kinds = ("enrollment", "application")
    return StatusChange("withdraw", portfolio, subject, kinds, at, actor, reason).to("withdrawn")


def suspend(
    portfolio: Portfolio,
    enrollment: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose a pause: enrolled becomes suspended, and the seat is kept.

    Arguments and errors are those of `accept`.
    """
    return StatusChange("suspend", portfolio, enrollment, ("enrollment",), at, actor, reason).to(
        "suspended"
    )


def resume(
    portfolio: Portfolio,
    enrollment: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose the end of a pause: suspended becomes enrolled.

    Arguments and errors are those of `accept`.
    """
    change = StatusChange("resume", portfolio, enrollment, ("enrollment",), at, actor, reason)
    if change.status != "suspended":
        legal = TABLES["enrollment"].follows[change.status]
        mend = "only a suspended enrollment is resumed"
        raise IllegalTransition(change.subject, change.status, "enrolled", legal, mend)
    return change.to("enrolled")


def transfer(
    portfolio: Portfolio,
    enrollment: str,
    *,
    to: str,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose a transfer into another edition or session, where the participant stands in line.

    The enrollment becomes transferred and keeps its history. A new one, with the same delegates,
    places, mode and profile, is requested at the same instant and says where it came from;
    `promote` gives it a seat. `to` is the id of the edition or session. Into an edition that
    admits by a call it is waitlisted at once, since it was decided on before. Other arguments and
    errors are those of `accept`; InvariantError also where the participant has a live enrollment
    there. O(n) over the enrollments of the participant.
    """
    change = StatusChange("transfer", portfolio, enrollment, ("enrollment",), at, actor, reason)
    (to,) = sound("transfer", to=(to, _CITED))
    change.refuse_unless_legal("transferred")
    old = portfolio.get(Enrollment, split(change.subject)[1])
    target = target_noun(portfolio, to)
    if target.id == old.into:
        raise InvariantError("transfer", [Problem(path="to", rule="must be another than before")])
    rivals = [
        id
        for id in live_rivals(portfolio, old.participant_id, target.id, change.at)
        if id != old.id
    ]
    if rivals:
        raise rivalry("transfer", "to", rivals)
    id = unused_id(portfolio, Enrollment, target.id, old.participant_id, set())
    new = Enrollment(
        id=id, participant_id=old.participant_id, into=target.id, delegates=old.delegates,
        places=old.places, mode=old.mode, profile=old.profile, requested_at=change.at,
    )  # fmt: skip
    began = change.step("requested", cited(new), None, f"transferred from {change.subject}")
    steps = [change.step("transferred"), began]
    if isinstance(target, Edition) and target.admission == "by_call":
        steps.append(change.step("waitlisted", cited(new), "requested"))
    return StatusProposal(
        verb="transfer",
        at=change.at,
        sentence=f"transfer {change.subject} into {cited(target)}",
        changes=(new, *steps),
        judge=no_rival(old.participant_id, target.id, change.at, {old.id, new.id}),
    )


def cancel(
    portfolio: Portfolio,
    subject: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose that the center cancels an enrollment, a session or an edition.

    `subject` is an id, or is cited as `kind:id`. With an edition go its planned sessions that no
    other edition attends, and with an edition or a session the live enrollments into them. Other
    arguments and errors are those of `accept`. O(n) over sessions and enrollments.
    """
    kinds = ("enrollment", "session", "edition")
    change = StatusChange("cancel", portfolio, subject, kinds, at, actor, reason)
    change.refuse_unless_legal("cancelled")
    kind, id = split(change.subject)
    steps = [change.step("cancelled")]
    if kind == "enrollment":
        return change.proposal(steps)
    gone = {id}
    if kind == "edition":
        for session in portfolio.where(Session, edition_id=id):
            history = status_history_of(portfolio, session)
            if history.last == "planned" and set(session.audience) <= {id}:
                steps.append(change.step("cancelled", cited(session), "planned"))
                gone.add(session.id)
    histories = status_histories(portfolio, Enrollment)
    for into in sorted(gone):
        live = (
            each
            for each in portfolio.where(Enrollment, into=into)
            if is_live(portfolio, each, change.at)
        )
        steps += [change.step("cancelled", cited(each), histories[each.id].last) for each in live]
    return change.proposal(steps)


def hold(
    portfolio: Portfolio,
    session: str,
    *,
    at: datetime,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose that a session was held: planned becomes held.

    `session` is an id, or is cited as `session:id`. Raises InvariantError for an `at` before the
    session begins. Other arguments and errors are those of `accept`.
    """
    change = StatusChange("hold", portfolio, session, ("session",), at, actor, reason)
    slot = portfolio.get(Session, split(change.subject)[1]).slot
    if slot is not None and change.at < slot.start:
        rule = "must not be before the session begins"
        raise InvariantError("hold", [Problem(path="at", rule=rule, had=change.at.isoformat())])
    return change.to("held")


def center_time(portfolio: Portfolio, enrollment: str, moment: datetime) -> datetime:
    """An instant on the clock of the center that a cited enrollment is into; UTC where none is."""
    into = portfolio.get(Enrollment, split(enrollment)[1]).into
    nouns = (portfolio.find(Edition, into), portfolio.find(Session, into))
    centers = [each.center_id for each in nouns if each is not None]
    return local(instant(moment), zone_of(portfolio, centers[0] if centers else None))


class StatusChange:
    """One change of status in the making: its subject, the status before, and who makes it."""

    def __init__(
        self,
        verb: str,
        portfolio: Portfolio,
        subject: str,
        kinds: tuple[str, ...],
        at: datetime,
        actor: str | None,
        reason: str | None,
    ) -> None:
        self.verb = verb
        self.portfolio, subject, self.at, self.actor, self.reason = sound(
            verb, portfolio=(portfolio, PORTFOLIO), subject=(subject, _CITED), at=(at, _AT),
            actor=(actor, _ACTOR), reason=(reason, _REASON),
        )  # fmt: skip
        noun = _find(self.portfolio, verb, subject, kinds)
        self.subject = cited(noun)
        history = status_history_of(self.portfolio, noun)
        self.status, self._taken = history.last, set[str]()
        self.last: Transition | None = history.transitions[-1] if history.transitions else None
        begun = _begun(noun, history)
        if begun is not None and self.at < begun:
            self._refuse_time("must not be before it was asked for", begun)
        if self.last is not None and self.at < self.last.effective_at:
            rule = f"must not be before {cited(self.last)}, its last change"
            self._refuse_time(rule, self.last.effective_at)

    def _refuse_time(self, rule: str, earliest: datetime) -> None:
        problem = Problem(
            path="at", rule=f"{rule}, at {earliest.isoformat()}", had=self.at.isoformat(),
            mend="take back what was recorded by mistake, or state a later instant",
        )  # fmt: skip
        raise InvariantError(self.verb, [problem])

    def refuse_unless_legal(self, after: str) -> None:
        """Raise IllegalTransition unless the status table lets the status come next."""
        legal = TABLES[split(self.subject)[0]].follows[self.status]
        if after not in legal:
            raise IllegalTransition(self.subject, self.status, after, legal)

    def step(
        self,
        after: str,
        subject: str | None = None,
        before: str | None = "",
        reason: str | None = None,
    ) -> Transition:
        """The transition of a subject, the own one for None, by the actor of the change."""
        return status_step(
            self.portfolio, subject or self.subject, self.status if before == "" else before,
            after, self.at, self._taken, actor=self.actor, reason=reason or self.reason,
        )  # fmt: skip

    def proposal(self, steps: list[Transition]) -> StatusProposal:
        """The proposal of some transitions, the first one that of the subject."""
        more = f", with {len(steps) - 1:,} more" if len(steps) > 1 else ""
        sentence = f"{self.subject}: {steps[0].before} becomes {steps[0].after}{more}"
        return StatusProposal(
            verb=self.verb, at=self.at, sentence=sentence, changes=tuple(steps), judge=fits_always
        )

    def to(self, after: str) -> StatusProposal:
        """The proposal of one transition; raises IllegalTransition where it is not legal."""
        self.refuse_unless_legal(after)
        return self.proposal([self.step(after)])


def _begun(noun: StatusNoun, history: Any) -> datetime | None:
    return begun_at(noun, history) if isinstance(noun, Application | Enrollment) else None


def _find(portfolio: Portfolio, verb: str, subject: str, kinds: tuple[str, ...]) -> StatusNoun:
    """The noun of some kinds that an id or a citation names; raises NotFound for none."""
    kind, separator, id = subject.partition(":")
    keys = [(kind, id)] if separator else [(each, subject) for each in kinds]
    found = [
        noun
        for kind, id in keys
        if kind in kinds and (noun := portfolio.find(_NOUNS[kind], id)) is not None
    ]
    if not found:
        msg = f"{verb}: no {' or '.join(kinds)} of that id is in the portfolio"
        raise NotFound(msg)
    if len(found) > 1:
        several = " or ".join(map(cited, found))
        problem = Problem(path="subject", rule="must name one thing", mend=f"cite {several}")
        raise InvariantError(verb, [problem])
    return found[0]


def target_noun(portfolio: Portfolio, into: str) -> Edition | Session:
    """The edition or session that one can be enrolled into; raises NotFound for neither.

    >>> target_noun(Portfolio.of(), "boostcamp-6")
    Traceback (most recent call last):
    mic_core.errors.NotFound: edition:boostcamp-6 is not in the portfolio; name an edition or a \
session
    """
    kind, separator, id = into.partition(":")
    nouns: dict[str, type[Edition | Session]] = {"edition": Edition, "session": Session}
    for name, noun in nouns.items():
        if (kind == name or not separator) and (
            found := portfolio.find(noun, id if separator else into)
        ) is not None:
            return found
    raise missing("edition", into, "name an edition or a session")


def rivalry(verb: str, path: str, rivals: list[str]) -> InvariantError:
    """The error for a participant who has live enrollments already.

    >>> print(rivalry("request", "participant", ["e-1"]))
    request: 1 problem
      participant: must have one live enrollment at most; had enrollment:e-1; end that one before, \
or let its program admit participants again
    """
    problem = Problem(
        path=path, rule="must have one live enrollment at most",
        had=", ".join(f"{KINDS[Enrollment]}:{id}" for id in rivals[:3]),
        mend="end that one before, or let its program admit participants again",
    )  # fmt: skip
    return InvariantError(verb, [problem])


def no_rival(participant: str, into: str, at: datetime, spared: set[str]) -> StaleTest:
    """The judge of a new enrollment: a rival that was recorded since makes it stale."""

    def judge(portfolio: Portfolio) -> Any:
        rivals = sorted({*live_rivals(portfolio, participant, into, at)} - spared)
        for id in rivals[:1]:
            name = f"{KINDS[Enrollment]}:{id}"
            message = f"{name} is a live enrollment of the participant by now"
            yield conflict("enrolled-by-now", message, name, mend="end that one before")

    return judge
