"""The checked query of `suggest` and `why_not`: the candidate placements of one session, and terms.

Arguments are validated once, with one error for all that is wrong; then the query holds the terms
of the rules at the levels of the policy, and can evaluate the current placement.
"""

from collections.abc import Iterable
from datetime import timedelta

import attrs

from mic_core.chrono import Interval, Period, Slot
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Found, Id, Maybe, Value
from mic_core.findings import Policy
from mic_core.ids import cite
from mic_core.model import Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.insertion.finer_step import finer_step
from mic_core.scheduling.insertion.insertion_costs import (
    InsertionCosts,
    RuleKey,
    RuleTerm,
    cost_by_rule,
    rule_terms,
)
from mic_core.scheduling.insertion.openings import with_openings
from mic_core.scheduling.insertion.placements import Options, current_placement, options_of
from mic_core.scheduling.problem.candidates import refuse_unseen_leads
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.scheduling.scope import status_now
from mic_core.timetable import Timetable, timetable_of


@attrs.frozen(eq=False, kw_only=True)
class InsertionQuery:
    """The candidate placements of a session, and the terms by which they are evaluated.

    `terms` never treat the session as a duplicate of another one, wherever it is placed: rules
    spare duplicates, so that a placement would count as free only because it makes the session one.
    """

    options: Options
    terms: tuple[RuleTerm, ...]
    rules: tuple[ScheduleRule, ...]
    policy: Policy
    window: Interval
    step: timedelta

    def after(self, instant: int) -> "InsertionQuery":
        """The query without the starts before an instant (microseconds)."""
        low, high = self.window
        if instant <= low:
            return self
        times = self.options.times
        left = times.only(times.between(instant, high))
        options = attrs.evolve(self.options, times=left)
        return attrs.evolve(self, options=options, window=(instant, max(instant, high)))

    def finer_step(self) -> timedelta | None:
        """The coarsest step below that of the query at which a placement is free; None if none."""
        return finer_step(self.options, self.hard, self.window, self.step)

    @property
    def hard(self) -> tuple[RuleTerm, ...]:
        """The terms of hard rules."""
        return tuple(each for each in self.terms if each.level == "hard")

    def current_costs(self, keys: Iterable[RuleKey]) -> dict[RuleKey, int]:
        """The cost of each rule in the timetable as it is now."""
        return cost_by_rule(self._current_terms(), self.options.timetable, keys)

    def current_insertion_costs(self) -> dict[RuleKey, int]:
        """The insertion cost of each rule for the placement that the session has now."""
        present = current_placement(self.options)
        if present is None:
            return {}
        if self._current_terms() is self.terms:
            return InsertionCosts(present, self.terms).at(0, self.options.session.room_id, None)
        # The terms of a duplicate differ from those without it, so both timetables are evaluated.
        keys = {each.key for each in self.terms}
        without = _without_placement(self.options.timetable, self.options.number)
        costs = cost_by_rule(self.terms, without, keys)
        return {key: cost - costs[key] for key, cost in self.current_costs(keys).items()}

    def _current_terms(self) -> tuple[RuleTerm, ...]:
        """The terms for the timetable as it is, with the session as a duplicate if it is one."""
        if _is_duplicate(self.options.timetable, self.options.number):
            return rule_terms(self.rules, self.options.timetable, self.policy)
        return self.terms


def insertion_query(
    verb: str,
    of: Portfolio | Timetable,
    session_id: str,
    *,
    window: Period | None,
    step: timedelta,
    rules: Iterable[Rule],
    policy: Policy,
    slot: Slot | None = None,
    room_id: str | None = None,
    trainer_id: str | None = None,
) -> InsertionQuery:
    """The checked query of a verb about the candidate placements of one planned session.

    Raises NotFound for an unknown session, room or person, and InvariantError for arguments that
    are not valid, and for a session that is cancelled, held, or has presence. O(sessions).
    """
    found: Found = []
    Id().settle(session_id, "session_id", found)
    Maybe(Value(Slot)).settle(slot, "slot", found)
    Maybe(Id()).settle(room_id, "room_id", found)
    Maybe(Id()).settle(trainer_id, "trainer_id", found)
    try:
        given = checked_arguments(verb, of=of, window=window, step=step, rules=rules, policy=policy)
    except InvariantError as error:
        raise InvariantError(verb, [*found, *error.problems]) from None
    if found:
        raise InvariantError(verb, found)
    # Plain texts: a subclass of str could compare or hash otherwise.
    session_id = str.__str__(session_id)
    room_id = None if room_id is None else str.__str__(room_id)
    trainer_id = None if trainer_id is None else str.__str__(trainer_id)
    timetable = of if isinstance(of, Timetable) else timetable_of(of)
    portfolio = timetable.portfolio
    session = portfolio.get(Session, session_id)
    if room_id is not None:
        portfolio.get(Room, room_id)
    if trainer_id is not None:
        portfolio.get(Person, trainer_id)
    _refuse_unless_planned(verb, timetable, session)
    n = timetable.numbers[session_id]
    within = (0, 0)
    if slot is None:
        scope, step = (session_id,), given.step
        within = windows_of(timetable, (n,), scope, given.window, step=step, verb=verb)[n]
    options = options_of(timetable, n, within, given.step, slot=slot, room_id=room_id)
    if trainer_id is not None:
        options = _with_trainer(verb, options, trainer_id)
    if slot is not None and options.times.length != session.length // timedelta(microseconds=1):
        rule = "must last as long as the session"
        raise InvariantError(verb, [Problem(path="slot", rule=rule, had=str(slot.length))])
    guarded = guard_rules(verb, given.rules)
    base = _without_placement(timetable, n) if _is_duplicate(timetable, n) else timetable
    terms = rule_terms(guarded, base, given.policy)
    trainers = [id for id in options.trainers if id is not None]
    refuse_unseen_leads((each.term for each in terms), timetable, [(n, trainers)])
    return InsertionQuery(
        options=with_openings(options, terms, within),
        terms=terms,
        rules=guarded,
        policy=given.policy,
        window=within,
        step=given.step,
    )


def _refuse_unless_planned(verb: str, timetable: Timetable, session: Session) -> None:
    """Raise InvariantError for a session that is no longer to be placed: cancelled or held."""
    status = status_now(timetable.portfolio, session)
    if status != "planned":
        rule = "must be a session that is still to take place"
        mend = "correct its slot, if that is wrong" if status == "held" else "plan another one"
        raise InvariantError(verb, [Problem(path="session_id", rule=rule, had=status, mend=mend)])


def _with_trainer(verb: str, options: Options, trainer_id: str) -> Options:
    """The options restricted to one of their trainers. Raises InvariantError for another one."""
    if trainer_id not in options.trainers:
        rule = "must be a trainer of its module, who has no part in it, where nobody leads it yet"
        had = cite("person", trainer_id)
        raise InvariantError(verb, [Problem(path="trainer_id", rule=rule, had=had)])
    return attrs.evolve(options, trainers=(trainer_id,))


def _is_duplicate(timetable: Timetable, n: int) -> bool:
    """True if the timetable has a session with the same data, entered twice."""
    return any(n in members for members in timetable.duplicates)


def _without_placement(timetable: Timetable, n: int) -> Timetable:
    """The timetable with the session neither in a slot nor in a room."""
    return timetable.put(n, attrs.evolve(timetable.sessions[n], slot=None, room_id=None))
