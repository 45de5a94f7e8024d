"""What is asked about one session: where it could stand, and the rules that judge that."""

from collections.abc import Iterable
from datetime import timedelta

import attrs

from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Found, Id, Maybe, Value
from mic_core.findings import Policy
from mic_core.ids import cite
from mic_core.model import Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.insertion.insertion_costs import Added, Line, RuleKey, cost_of, lines_of
from mic_core.scheduling.insertion.placements import Options, options_of, standing_now
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.scheduling.scope import status_now
from mic_core.timetable import Timetable, timetable_of


@attrs.frozen(eq=False, kw_only=True)
class Inquiry:
    """The options of a session, and the terms that judge them: those of it and all others.

    `lines` take it for no twin of any other, wherever it is put: a place that is only free because
    it makes a session the copy of another is none.
    """

    options: Options
    lines: tuple[Line, ...]
    rules: tuple[ScheduleRule, ...]
    policy: Policy

    @property
    def hard(self) -> tuple[Line, ...]:
        """The terms that forbid."""
        return tuple(line for line in self.lines if line.level == "hard")

    def before(self, keys: Iterable[RuleKey]) -> dict[RuleKey, int]:
        """What rules cost as things are, by level and code."""
        now = self._now()
        return {
            key: cost_of((each for each in now if each.key == key), self._table) for key in keys
        }

    def standing(self) -> dict[RuleKey, int]:
        """What the session adds to each rule where it stands now."""
        present = standing_now(self.options)
        if present is None:
            return {}
        if self._now() is self.lines:
            return Added(present, self.lines).at(0, self.options.session.room_id, None)
        keys = {line.key for line in self.lines}
        without = _without(self._table, self.options.number)
        costs = {
            key: cost_of((each for each in self.lines if each.key == key), without) for key in keys
        }
        return {key: cost - costs[key] for key, cost in self.before(keys).items()}

    @property
    def _table(self) -> Timetable:
        return self.options.timetable

    def _now(self) -> tuple[Line, ...]:
        """The terms as things are, with the session as a twin if it is one."""
        if _is_twin(self._table, self.options.number):
            return lines_of(self.rules, self._table, self.policy)
        return self.lines


def inquiry(
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
) -> Inquiry:
    """The settled question of a verb about one session that is still to take place.

    Raises NotFound for an unknown session, room or person, and InvariantError for arguments that
    cannot be, and for a session that is cancelled, held, or has presence. O(sessions).
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
    # Plain texts, whatever a class of texts makes of its own.
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
    _still_to_come(verb, timetable, session)
    n = timetable.numbers[session_id]
    within = (0, 0)
    if slot is None:
        scope, step = (session_id,), given.step
        within = windows_of(timetable, (n,), scope, given.window, step=step, verb=verb)[n]
    options = options_of(timetable, n, within, given.step, slot=slot, room_id=room_id)
    if trainer_id is not None:
        options = _led_by(verb, options, trainer_id)
    if slot is not None and options.hours.length != session.length // timedelta(microseconds=1):
        rule = "must last as long as the session"
        raise InvariantError(verb, [Problem(path="slot", rule=rule, had=str(slot.length))])
    asked = guard_rules(verb, given.rules)
    base = _without(timetable, n) if _is_twin(timetable, n) else timetable
    return Inquiry(
        options=options,
        lines=lines_of(asked, base, given.policy),
        rules=asked,
        policy=given.policy,
    )


def _still_to_come(verb: str, timetable: Timetable, session: Session) -> None:
    """Refuse a session whose place is a matter of history."""
    status = status_now(timetable.portfolio, session)
    if status != "planned":
        rule = "must be a session that is still to take place"
        mend = "correct its slot, if that is wrong" if status == "held" else "plan another one"
        raise InvariantError(verb, [Problem(path="session_id", rule=rule, had=status, mend=mend)])


def _led_by(verb: str, options: Options, trainer_id: str) -> Options:
    """The options with one of the trainers who may be chosen."""
    if trainer_id not in options.trainers:
        rule = "must be a trainer of its module, who has no part in it, where nobody leads it yet"
        had = cite("person", trainer_id)
        raise InvariantError(verb, [Problem(path="trainer_id", rule=rule, had=had)])
    return attrs.evolve(options, trainers=(trainer_id,))


def _is_twin(timetable: Timetable, n: int) -> bool:
    """Whether a session was entered twice."""
    return any(n in members for members in timetable.duplicates)


def _without(timetable: Timetable, n: int) -> Timetable:
    """A timetable in which a session has no place."""
    return timetable.put(n, attrs.evolve(timetable.sessions[n], slot=None, room_id=None))
