"""Credential rules: earned before they are issued, and not expired."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from mic_core.catalog.rules.impact import center_about
from mic_core.ids import cite
from mic_core.model import Credential, Edition, Enrollment, Membership, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.status import status_histories
from mic_core.rules import Breach, Entry, PortfolioRule, require_instant

_AT_THE_END = frozenset({"certificate", "award"})
_DAY = timedelta(days=1)


def _last_day(portfolio: Portfolio, id: str) -> date | None:
    """The last local day of an edition or session; None where that is open or unknown."""
    edition = portfolio.find(Edition, id)
    if edition is not None:
        return None if edition.period.end is None else edition.period.end - _DAY
    session = portfolio.find(Session, id)
    if session is None or session.slot is None:
        return None
    return day_at(session.slot.start, zone_of(portfolio, session.center_id))


def _early_credentials(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Credential):
        if each.earned_in is None or each.kind not in _AT_THE_END:
            continue
        needed = _last_day(portfolio, each.earned_in)
        if needed is not None and each.issued_on < needed:
            facts = {"had": str(each.issued_on), "needed": str(needed), "scope": each.earned_in}
            yield Breach(subjects=(cite("credential", each.id),), path="issued_on", facts=facts)


CREDENTIAL_TOO_EARLY = PortfolioRule(
    entry=Entry(
        code="credential-too-early",
        level="medium",
        law="A certificate or award is issued on the last day of what it was earned in, or later; "
        "badges may come on the way.",
        why="Until then nobody has completed it.",
        source="common practice",
        sentence="{subjects} was issued on {had}; {scope}, where it was earned, ends on {needed}",
        mend="correct the date, or make it a badge",
    ),
    find=_early_credentials,
)
"""A certificate or award follows the end of its edition or session."""


def _completions(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Pairs of an edition or session and each participant who completed it.

    A delegate and the organizations of a participant or delegate count as well.
    """
    homes: dict[str, set[str]] = {}
    for part in portfolio.all(Membership):
        homes.setdefault(part.person_id, set()).add(part.organization_id)
    status = status_histories(portfolio, Enrollment)
    found: set[tuple[str, str]] = set()
    for each in portfolio.all(Enrollment):
        if status[each.id].last == "completed":
            people = (each.participant_id, *each.delegates)
            found.update((each.into, person) for person in people)
            found.update((each.into, home) for person in people for home in homes.get(person, ()))
    return found


def _unearned_certificates(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    completed = _completions(portfolio)
    enrolling = {each.id for each in portfolio.all(Edition)}
    enrolling |= {each.into for each in portfolio.all(Enrollment)}
    for each in portfolio.all(Credential):
        scope = each.earned_in
        if each.kind != "certificate" or scope is None or scope not in enrolling:
            continue
        if (scope, each.holder_id) not in completed:
            facts = {"scope": scope, "holder": each.holder_id, "needed": "completed", "had": None}
            yield Breach(subjects=(cite("credential", each.id),), path="earned_in", facts=facts)


CREDENTIAL_UNEARNED = PortfolioRule(
    entry=Entry(
        code="credential-unearned",
        level="medium",
        law="The holder of a certificate has completed what it was earned in, themselves, as a "
        "delegate, or through their people.",
        why="A certificate says that somebody completed something.",
        source="the definition of a certificate",
        sentence="{subjects} certifies {holder}, who has not completed {scope}",
        mend="record the completion, or take the certificate back",
    ),
    find=_unearned_certificates,
)
"""The holder of a certificate has completed its edition or session."""


def _expired_credentials(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each in portfolio.all(Credential):
        if each.expires_on is not None:
            center = center_about(portfolio, each.earned_in) if each.earned_in else None
            today = day_at(as_of, zone_of(portfolio, center))
            if each.expires_on <= today:
                facts = {"needed": str(each.expires_on), "had": str(today)}
                names = (cite("credential", each.id),)
                yield Breach(subjects=names, path="expires_on", facts=facts)


CREDENTIAL_EXPIRED = PortfolioRule(
    entry=Entry(
        code="credential-expired",
        level="soft",
        law="A credential still counts.",
        why="Who relies on it will want a new one.",
        source="the credential's own end",
        sentence="{subjects} counts no longer since {needed}",
        mend="have it renewed",
        timed=True,
    ),
    find=require_instant(_expired_credentials),
)
"""A credential has not expired."""

CREDENTIAL_RULES: tuple[PortfolioRule, ...] = (
    CREDENTIAL_TOO_EARLY,
    CREDENTIAL_UNEARNED,
    CREDENTIAL_EXPIRED,
)
"""The rules of this module."""
