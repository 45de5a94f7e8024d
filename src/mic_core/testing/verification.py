"""Assertions on the findings of one rule for a few nouns, for tests of a rule."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import attrs

from mic_core.catalog.check import MOMENT, RuleShape
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Many, Text, Whole, sound
from mic_core.findings import Finding, in_order
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.record import Item, nouns_in
from mic_core.rules import Breach, PortfolioRule, Rule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.timetable import timetable_of

_MOMENT = timedelta(microseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC) - _MOMENT


def verify(rule: Rule) -> "Verification":
    """Return a verification of one rule: add nouns with `given`, then call `holds` or `finds`.

    Works for rules of the catalog and for functions that `rule` decorates. No other rule is
    evaluated, so references may dangle, and a case needs only the nouns that the rule reads. Raises
    InvariantError for a value that is not a rule, such as a class of rules.

    >>> from datetime import timedelta
    >>> from mic_core.chrono import Slot
    >>> from mic_core.model import Room, Session
    >>> from mic_core.scheduling.rules import RoomOverlap
    >>> slot = Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels")
    >>> one, other = (
    ...     Session(id=id, center_id="c", title=id, slot=slot, length=slot.length, room_id="r")
    ...     for id in ("pitch", "visit")
    ... )
    >>> room = Room(id="r", center_id="c", name="Montoyer", seats=40)
    >>> verify(RoomOverlap()).given(room, one).holds()
    >>> verify(RoomOverlap()).given(room, one, other).holds()
    Traceback (most recent call last):
    AssertionError: room-overlap was to find nothing, and found 1:
      error room-overlap: session:pitch, session:visit are in room:r at once, which takes 1; \
they overlap by 180 minutes; move one of them, or give it another room
    """
    (rule,) = sound("verify", rule=(rule, RuleShape()))
    return Verification(rule=rule)


@attrs.frozen(kw_only=True)
class Verification:
    """A rule with the portfolio and the instant for which it is evaluated.

    A frozen value: `given` and `at` return new ones, so that cases can share a beginning.
    """

    rule: Rule
    portfolio: Portfolio = Portfolio()
    as_of: datetime | None = None

    def given(self, *items: Item | Portfolio) -> "Verification":
        """Return the same with more nouns, proposals or portfolios.

        Nouns are recorded after the last batch of the portfolios; without any dated batch they have
        always been known, and several values under one id are all kept. Raises InvariantError for
        anything else.
        """
        logs = [self.portfolio.log, *(each.log for each in items if isinstance(each, Portfolio))]
        batches = [batch for log in logs for batch in log]
        nouns = nouns_in(each for each in items if not isinstance(each, Portfolio))
        moments = [each.recorded_at for each in batches if each.recorded_at is not None]
        after = min(max(moments), _LAST) + _MOMENT if moments else None
        added = Batch(recorded_at=after, values=nouns)
        return attrs.evolve(self, portfolio=Portfolio.replay([*batches, added]))

    def at(self, as_of: datetime) -> "Verification":
        """Return the same at an instant, which rules that depend on time need.

        Raises InvariantError for an instant without a zone.
        """
        (as_of,) = sound("verify", at=(as_of, MOMENT))
        return attrs.evolve(self, as_of=as_of)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the rule, sorted.

        Raises InvariantError if the rule needs an instant and none was given, and any exception of
        the rule itself.
        """
        entry = self.rule.entry
        if entry.timed and self.as_of is None:
            needed = f"must be told for {entry.code}, which looks at the time"
            raise InvariantError("verify", [Problem(path="at", rule=needed, mend="add .at(...)")])
        return in_order(each.finding(entry, entry.severity) for each in self._breaches())

    def _breaches(self) -> Iterable[Breach]:
        if isinstance(self.rule, PortfolioRule):
            return self.rule.find(self.portfolio, self.as_of)
        return conflicts(self.rule, timetable_of(self.portfolio))

    def holds(self) -> None:
        """Raise AssertionError with the findings, unless there are none."""
        __tracebackhide__ = True
        found = self.findings
        if found:
            raise AssertionError(self._message("nothing", found))

    def finds(self, count: int) -> tuple[Finding, ...]:
        """Return the findings; raises AssertionError with them unless their number is `count`.

        Raises InvariantError for a count below 0, and for a flag.
        """
        __tracebackhide__ = True
        (count,) = sound("verify", count=(count, Whole()))
        found = self.findings
        if len(found) != count:
            raise AssertionError(self._message(str(count), found))
        return found

    def finds_on(self, *subjects: str) -> tuple[Finding, ...]:
        """Return the findings that cite an entity, or several at once.

        Each is named by its id, or cited as `kind:id`. Raises AssertionError with all findings if
        none cites all of them, and InvariantError if no entity is named.
        """
        __tracebackhide__ = True
        (subjects,) = sound("verify", subjects=(subjects, _SUBJECTS))
        if not subjects:
            named, mend = "must name at least one entity", "to count all findings, ask finds"
            raise InvariantError("verify", [Problem(path="subjects", rule=named, mend=mend)])
        found = self.findings
        about = tuple(each for each in found if all(_cites(each, name) for name in subjects))
        if not about:
            raise AssertionError(self._message(f"something on {' and '.join(subjects)}", found))
        return about

    def _message(self, expected: str, found: tuple[Finding, ...]) -> str:
        code, law = self.rule.entry.code, self.rule.entry.law
        if not found:
            return f"{code} was to find {expected}, and found nothing; its law: {law}"
        lines = "\n".join(f"  {finding}" for finding in found)
        return f"{code} was to find {expected}, and found {len(found)}:\n{lines}"


_SUBJECTS = Many(Text(most=130, least=0), most=1000)


def _cites(finding: Finding, name: str) -> bool:
    return any(name in (each, each.partition(":")[2]) for each in finding.subjects)
