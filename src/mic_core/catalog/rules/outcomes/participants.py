"""Participant rules: the life of organizations, and the reserved names of profiles at entry."""

from collections.abc import Iterator
from datetime import date, datetime

from mic_core.ids import cite
from mic_core.model import (
    PROFILE_WORDS,
    Deal,
    Edition,
    Enrollment,
    Figures,
    Organization,
    Session,
    Support,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, slot_at_center, zone_of
from mic_core.portfolio.status import status_history_of
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_OVER = frozenset({"withdrawn", "transferred", "cancelled", "declined", "expired"})
"""The statuses of an enrollment after which the organization does not take part."""


def _closed_before_founded(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Organization):
        founded, closed = each.founded, each.closed_on
        if closed is not None and founded is not None and closed < founded:
            facts: Facts = {"had": str(closed), "needed": str(founded)}
            name = cite("organization", each.id)
            yield Breach(subjects=(name,), path="closed_on", facts=facts)


CLOSED_BEFORE_FOUNDED = PortfolioRule(
    entry=Entry(
        code="closed-before-founded",
        level="hard",
        law="An organization is not closed before it is founded.",
        why="Its age and its survival would be negative.",
        source="the order of time",
        sentence="{subjects} is closed on {had} and founded on {needed}",
        mend="correct one of the two dates",
    ),
    find=_closed_before_founded,
)
"""An organization closes after its foundation."""


def _dated_facts(portfolio: Portfolio, id: str) -> Iterator[tuple[str, date | None]]:
    """The facts about an organization: the citation and the first day; None: unknown."""
    for support in portfolio.where(Support, enterprise_id=id):
        yield cite("support", support.id), support.on
    for deal in portfolio.where(Deal, organization_id=id):
        yield cite("deal", deal.id), deal.on
    for figures in portfolio.where(Figures, organization_id=id):
        yield cite("figures", figures.id), figures.period.start
    for enrollment in portfolio.where(Enrollment, participant_id=id):
        if status_history_of(portfolio, enrollment).last not in _OVER:
            yield cite("enrollment", enrollment.id), _entry_day(portfolio, enrollment)


def _entry_day(portfolio: Portfolio, enrollment: Enrollment) -> date | None:
    """The local day of the request; where that is not recorded, the first day of what it is for."""
    edition = portfolio.find(Edition, enrollment.into)
    session = portfolio.find(Session, enrollment.into)
    if enrollment.requested_at is not None:
        home = edition or session
        place = zone_of(portfolio, home.center_id if home is not None else None)
        return day_at(enrollment.requested_at, place)
    if edition is not None:
        return edition.period.start
    if session is None or session.slot is None:
        return None
    return slot_at_center(portfolio, session, session.slot).day


def _facts_after_closing(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Organization):
        if each.closed_on is None or each.successor_id is not None:
            continue
        organization = cite("organization", each.id)
        for name, day in _dated_facts(portfolio, each.id):
            if day is not None and day >= each.closed_on:
                facts: Facts = {
                    "fact": name, "organization": organization,
                    "had": str(day), "needed": str(each.closed_on),
                }  # fmt: skip
                yield Breach(subjects=(name, organization), facts=facts)


FACT_AFTER_CLOSING = PortfolioRule(
    entry=Entry(
        code="fact-after-closing",
        level="medium",
        law="An organization that is closed, and has no successor, is not supported or enrolled, "
        "has no deals and no figures from that day on.",
        why="It counts among the enterprises reached, and no longer exists.",
        source="the order of time",
        sentence="{fact} is of {had}; {organization} was closed on {needed}",
        mend="correct the date, name the successor, or say which organization it was",
    ),
    find=_facts_after_closing,
)
"""Nothing happens to an organization after its end."""


def _unlisted_words(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Enrollment):
        for name, value in each.profile:
            words = PROFILE_WORDS.get(name, ())
            if words and value not in words:
                # The value is personal: the finding says the name only.
                facts: Facts = {"name": name, "needed": words, "had": "another value"}
                yield Breach(subjects=(cite("enrollment", each.id),), path="profile", facts=facts)


PROFILE_WORD = PortfolioRule(
    entry=Entry(
        code="profile-word",
        level="medium",
        law="A profile holds the listed words under its reserved names: `status` a position on the "
        "labor market, `education` a level of ISCED.",
        why="What is written in another way is in no group of a report on participants.",
        source="Regulation (EU) 2021/1057, annex I; ISCED 2011",
        sentence="{subjects}: {name} in the profile is none of {needed}",
        mend="write one of the words, or leave the characteristic out if it is not known",
    ),
    find=_unlisted_words,
)
"""Reserved names of a profile have listed words."""

PARTICIPANT_RULES: tuple[PortfolioRule, ...] = (
    CLOSED_BEFORE_FOUNDED,
    FACT_AFTER_CLOSING,
    PROFILE_WORD,
)
"""The rules of this module."""
