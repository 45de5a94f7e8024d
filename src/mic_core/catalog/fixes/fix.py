"""What could be done about a finding: changes that were tried and found to help."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType

import attrs

from mic_core.catalog.check import CATALOG, COUNT, MOMENT, RULES, check
from mic_core.catalog.fixes.drafts import Draft
from mic_core.catalog.fixes.fields import cap_minutes, near_reference, renumber
from mic_core.catalog.fixes.places import make_occurrence, no_room, other_person, other_room
from mic_core.catalog.fixes.statuses import (
    cancel_enrollment,
    cancel_session,
    close_session,
    complete_edition,
    complete_history,
    expire_offer,
    keep_one,
    open_edition,
)
from mic_core.catalog.fixes.times import after_or_before, into_hours
from mic_core.errors import MicError
from mic_core.fields import Value, sound
from mic_core.findings import Finding, Report
from mic_core.markup import escape
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.rules import Rule


@attrs.frozen(kw_only=True)
class Fix:
    """One way to make a finding go away, to be recorded as it is.

    `changes` are the rows to record, `replaces` what they were made from, `report` what a check
    finds once they are recorded.
    """

    sentence: str
    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()
    report: Report

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


Drafter = Callable[[Portfolio, Finding, datetime | None], Iterable[Draft]]
"""What could be tried about a finding, the best first."""


def _first_of(*drafters: Drafter) -> Drafter:
    """What each of several drafters has to offer, in turn."""

    def draft(portfolio: Portfolio, finding: Finding, as_of: datetime | None) -> Iterator[Draft]:
        for each in drafters:
            yield from each(portfolio, finding, as_of)

    return draft


DRAFTERS: Mapping[str, Drafter] = MappingProxyType(
    {
        "audience-overlap": after_or_before,
        "cancelled-edition": cancel_session,
        "dangling-reference": near_reference,
        "duplicate-session": keep_one,
        "edition-number": renumber,
        "edition-still-draft": open_edition,
        "edition-still-open": complete_edition,
        "illegal-history": complete_history,
        "minutes-beyond": cap_minutes,
        "missing-occurrence": make_occurrence,
        "occurrence-twice": keep_one,
        "offer-overdue": expire_offer,
        "online-with-room": no_room,
        "opening-hours": into_hours,
        "participant-overlap": after_or_before,
        "person-overlap": _first_of(other_person, after_or_before),
        "room-elsewhere": other_room,
        "room-features": other_room,
        "room-overlap": _first_of(other_room, after_or_before),
        "room-seats": other_room,
        "seat-in-cancelled": cancel_enrollment,
        "seats-beyond-room": other_room,
        "session-still-planned": close_session,
        "stray-occurrence": cancel_session,
        "unavailability": other_room,
        "unqualified-trainer": other_person,
        "unplaced": other_room,
    }
)
"""What is tried, by the code of the rule; all other findings ask for a decision."""

_ALL = 10**9


def fixes(
    portfolio: Portfolio,
    finding: Finding,
    *,
    as_of: datetime | None = None,
    rules: Iterable[Rule] = CATALOG,
    most: int = 5,
) -> tuple[Fix, ...]:
    """Ways to make a finding go away that were tried on the portfolio, the best first.

    Each one is recorded in a copy and checked anew by the same rules at the same instant: the
    finding is gone, none of its kind about the same things has come instead, and there is no error
    that was not there before. At most `most` are given; none for a finding that the rules do not
    make now, or that only a person can decide. Raises InvariantError for arguments that cannot be.
    Costs a check for each way that is tried.

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
    portfolio, finding, as_of, asked, most = sound(
        "fixes",
        portfolio=(portfolio, PORTFOLIO),
        finding=(finding, Value(Finding)),
        as_of=(as_of, MOMENT),
        rules=(rules, RULES),
        most=(most, COUNT),
    )
    before = check(portfolio, as_of=as_of, rules=asked, limit=_ALL)
    drafter = DRAFTERS.get(finding.code)
    if drafter is None or _key(finding) not in map(_key, before.findings):
        return ()
    moment = _moment(portfolio, as_of)

    def tried() -> Iterator[Fix]:
        for draft in drafter(portfolio, finding, as_of):
            try:
                after = portfolio.record(draft, recorded_at=moment)
            except MicError:
                continue  # history does not allow it
            report = check(after, as_of=as_of, rules=asked, limit=_ALL)
            if _helps(finding, before, report):
                yield Fix(
                    sentence=draft.sentence,
                    changes=draft.changes,
                    replaces=draft.replaces,
                    report=report,
                )

    return tuple(islice(tried(), most))


def _moment(portfolio: Portfolio, as_of: datetime | None) -> datetime:
    """An instant at which the portfolio can be recorded in."""
    moments = [batch.recorded_at for batch in portfolio.log[-1:] if batch.recorded_at is not None]
    asked = [as_of] if as_of is not None else []
    return max([*moments, *asked, datetime.min.replace(tzinfo=UTC)])


def _key(finding: Finding) -> object:
    """What a finding is, whatever a policy made of its severity."""
    return finding.code, finding.subjects, finding.path, finding.facts


def _helps(finding: Finding, before: Report, after: Report) -> bool:
    known = {_key(each) for each in before.findings}
    errors = {
        (each.code, each.subjects, each.path)
        for each in before.findings
        if each.severity == "error"
    }
    subjects = set(finding.subjects)
    for each in after.findings:
        if each.code == finding.code and not subjects.isdisjoint(each.subjects):
            if _key(each) == _key(finding) or _key(each) not in known:
                return False
        elif each.severity == "error" and (each.code, each.subjects, each.path) not in errors:
            return False
    return True
