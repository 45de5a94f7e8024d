"""`fixes`: generate and test. A drafter proposes changes for a finding; a check verifies each.

A draft is recorded in a copy of the portfolio and checked with the same rules. It is a fix if the
finding is gone, no finding of the same rule about the same subjects is new, and no error is new.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType

import attrs

from mic_core.catalog.check import CATALOG, COUNT, MOMENT, RULE_FAILED, RULES, check
from mic_core.catalog.fixes.corrections import (
    chain_corrections,
    correct_none,
    retract_identity,
    unite_records,
)
from mic_core.catalog.fixes.drafts import Draft
from mic_core.catalog.fixes.fields import cap_minutes, correct_reference, correct_word, renumber
from mic_core.catalog.fixes.places import (
    follow_series,
    give_back_room,
    make_occurrence,
    move_to_room,
    reassign,
)
from mic_core.catalog.fixes.statuses import (
    cancel_enrollment,
    cancel_session,
    close_session,
    complete_edition,
    complete_history,
    expire_offer,
    keep_one,
    open_edition,
    retract_copies,
)
from mic_core.catalog.fixes.times import move_beside, move_into_hours
from mic_core.errors import MicError
from mic_core.fields import Value, sound
from mic_core.findings import Finding, Report
from mic_core.markup import escape
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.rules import Rule
from mic_core.scheduling.ground.ground import Ground, ground_of


@attrs.frozen(kw_only=True)
class Fix:
    """A verified proposal that resolves a finding.

    `changes` are the nouns to record, `replaces` the current ones they rest on, `report` the result
    of a check once they are recorded.
    """

    sentence: str
    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()
    report: Report
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


Drafter = Callable[[Portfolio, Finding, datetime | None], Iterable[Draft]]
"""A generator of candidate changes for a finding, the best first."""


def _chain(*drafters: Drafter) -> Drafter:
    """A drafter that yields the drafts of several drafters in turn."""

    def draft(portfolio: Portfolio, finding: Finding, as_of: datetime | None) -> Iterator[Draft]:
        for each in drafters:
            yield from each(portfolio, finding, as_of)

    return draft


DRAFTERS: Mapping[str, Drafter] = MappingProxyType(
    {
        "audience-overlap": move_beside,
        "cancelled-edition": cancel_session,
        "corrected-twice": chain_corrections,
        "correction-circle": correct_none,
        "dangling-reference": correct_reference,
        "differs-from-series": follow_series,
        "duplicate-session": retract_copies,
        "edition-number": renumber,
        "edition-still-draft": open_edition,
        "edition-still-open": complete_edition,
        "identity-circle": retract_identity,
        "illegal-history": complete_history,
        "merged-twice": retract_identity,
        "minutes-beyond": cap_minutes,
        "missing-occurrence": make_occurrence,
        "misspelt-word": correct_word,
        "occurrence-twice": keep_one,
        "offer-overdue": expire_offer,
        "online-with-room": give_back_room,
        "opening-hours": move_into_hours,
        "participant-overlap": move_beside,
        "person-overlap": _chain(reassign, move_beside),
        "room-elsewhere": move_to_room,
        "room-features": move_to_room,
        "room-overlap": _chain(move_to_room, move_beside),
        "room-seats": move_to_room,
        "same-organization": unite_records,
        "same-person": unite_records,
        "seat-in-cancelled": cancel_enrollment,
        "seats-beyond-room": move_to_room,
        "session-still-planned": close_session,
        "stray-occurrence": cancel_session,
        "unavailability": move_to_room,
        "unqualified-trainer": reassign,
        "unplaced": move_to_room,
    }
)
"""The drafter of each rule code; findings of other rules need a decision by people."""

_ALL = 10**9
"""A limit of findings for each rule that no portfolio reaches: verification needs all findings."""


def fixes(
    portfolio: Portfolio,
    finding: Finding,
    *,
    as_of: datetime | None = None,
    rules: Iterable[Rule] = CATALOG,
    most: int = 5,
) -> tuple[Fix, ...]:
    """Verified proposals that resolve a finding, the best first.

    Each one was recorded in a copy and checked by the same rules at the same instant: the finding
    is gone, no finding of its rule about the same subjects is new, and no error is new. At most
    `most` are returned; none for a finding that the rules do not make now, or that only people can
    decide. Raises InvariantError for invalid arguments. Costs one check for each draft.

    >>> from datetime import timedelta
    >>> from mic_core.model import Attendance, Session
    >>> evening = Session(id="s", center_id="mic", title="Pitch", length=timedelta(hours=3))
    >>> known = Portfolio.of(
    ...     evening,
    ...     Attendance(id="a", session_id="s", person_id="p", status="present", minutes=200),
    ... )
    >>> (beyond,) = check(known).of("minutes-beyond")
    >>> print(*fixes(known, beyond))
    count 180 minutes in attendance:a
    """
    portfolio, finding, as_of, rules, most = sound(
        "fixes",
        portfolio=(portfolio, PORTFOLIO),
        finding=(finding, Value(Finding)),
        as_of=(as_of, MOMENT),
        rules=(rules, RULES),
        most=(most, COUNT),
    )
    drafter = DRAFTERS.get(finding.code)
    if drafter is None:
        return ()
    return tuple(islice(verified_fixes(drafter, portfolio, finding, as_of, rules), most))


def verified_fixes(
    drafter: Drafter,
    portfolio: Portfolio,
    finding: Finding,
    as_of: datetime | None,
    rules: Iterable[Rule],
) -> Iterator[Fix]:
    """The drafts of a drafter that resolve a finding, in order. Lazy: one check for each draft."""
    before = check(portfolio, as_of=as_of, rules=rules, limit=_ALL)
    if _identity(finding) not in map(_identity, before.findings):
        return
    moment = _record_instant(portfolio, as_of)
    for draft in drafter(portfolio, finding, as_of):
        try:
            after = portfolio.record(draft, recorded_at=moment)
        except MicError:
            continue  # an illegal transition, or a noun that is not there
        report = check(after, as_of=as_of, rules=rules, limit=_ALL)
        if _is_improvement(finding, before, report):
            yield Fix(
                sentence=draft.sentence,
                changes=draft.changes,
                replaces=draft.replaces,
                report=report,
                ground=_ground(portfolio, draft, rules, as_of, report),
            )


def _ground(
    portfolio: Portfolio,
    draft: Draft,
    rules: Iterable[Rule],
    as_of: datetime | None,
    report: Report,
) -> Ground:
    """The ground of a fix, by the rules that did not break down."""
    broken = {each.fact("rule") for each in report.of(RULE_FAILED.code)}
    judging = [each for each in rules if each.entry.code not in broken]
    return ground_of("fixes", portfolio, draft.changes, judging, as_of=as_of)


def _record_instant(portfolio: Portfolio, as_of: datetime | None) -> datetime:
    """The earliest instant, not before `as_of`, at which new facts can be recorded."""
    moments = [batch.recorded_at for batch in portfolio.log[-1:] if batch.recorded_at is not None]
    given = [as_of] if as_of is not None else []
    return max([*moments, *given, datetime.min.replace(tzinfo=UTC)])


def _identity(finding: Finding) -> object:
    """The identity of a finding apart from its severity, which a policy may have changed."""
    return finding.code, finding.subjects, finding.path, finding.facts


def _is_improvement(finding: Finding, before: Report, after: Report) -> bool:
    """True if the finding is gone, with no new one about its subjects and no new error.

    Errors are compared without their facts: one that merely gets other numbers is not new.
    """
    known = {_identity(each) for each in before.findings}
    errors = {
        (each.code, each.subjects, each.path)
        for each in before.findings
        if each.severity == "error"
    }
    subjects = set(finding.subjects)
    for each in after.findings:
        if each.code == finding.code and not subjects.isdisjoint(each.subjects):
            if _identity(each) == _identity(finding) or _identity(each) not in known:
                return False
        elif each.severity == "error" and (each.code, each.subjects, each.path) not in errors:
            return False
    return True
