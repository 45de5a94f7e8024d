"""People rules: consent and membership."""

from collections.abc import Iterator
from datetime import datetime

from mic_core.admission.requirements.holdings import consents_of, plain_purpose
from mic_core.catalog.period_sums import overlapping_neighbors
from mic_core.catalog.rules.impact import center_about
from mic_core.chrono import Period
from mic_core.ids import cite
from mic_core.model import FollowUp, Membership, Person
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

FOLLOW_UP = "follow_up"
"""The purpose of a consent to be asked in follow-ups."""

_CONTACTED = frozenset({"asked", "unreachable"})


def _asked_after_withdrawal(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    consents = consents_of(portfolio)
    for each in portfolio.all(FollowUp):
        given = consents.get((each.participant_id, FOLLOW_UP), ())
        if not given or each.on is None or each.status not in _CONTACTED:
            continue
        place = zone_of(portfolio, center_about(portfolio, each.about))
        before = [one for one in given if day_at(one.at, place) < each.on]
        same_day = any(day_at(one.at, place) == each.on for one in given)
        if before and before[-1].status == "withdrawn" and not same_day:
            last = before[-1]
            names = (cite("follow_up", each.id), cite("consent", last.id))
            facts = {
                "follow_up": names[0], "consent": names[1],
                "had": str(each.on), "needed": str(day_at(last.at, place)),
            }  # fmt: skip
            yield Breach(subjects=names, path="on", facts=facts)


ASKED_WITHOUT_CONSENT = PortfolioRule(
    entry=Entry(
        code="asked-without-consent",
        level="medium",
        law="Nobody is asked a follow-up on a day after they withdrew their consent to it "
        "(purpose `follow_up`) without having given it again.",
        why="Consent can be withdrawn at any time, and then counts for what comes after.",
        source="Regulation (EU) 2016/679, article 7(3)",
        sentence="{follow_up} was asked on {had}; {consent} withdrew the consent on {needed}",
        mend="ask no more, and record what was done about it",
    ),
    find=_asked_after_withdrawal,
)
"""Nobody is asked after the withdrawal of consent."""


def _kept_attributes(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    consents = consents_of(portfolio)
    for each in portfolio.all(Person):
        for name, _value in each.attributes:
            given = consents.get((each.id, plain_purpose(name)))
            if given and given[-1].status == "withdrawn":
                names = (cite("person", each.id), cite("consent", given[-1].id))
                facts = {"had": "withdrawn", "needed": "granted", "consent": names[1]}
                yield Breach(subjects=names, path="attributes", facts=facts)


KEPT_WITHOUT_CONSENT = PortfolioRule(
    entry=Entry(
        code="kept-without-consent",
        level="medium",
        law="A person has no attribute of the name of a purpose for which they withdrew their "
        "consent.",
        why="What was collected under a consent goes with it.",
        source="Regulation (EU) 2016/679, article 17(1)(b)",
        sentence="{subjects}: an attribute is kept whose purpose was withdrawn",
        mend="erase the attribute, or record the consent that still holds",
    ),
    find=_kept_attributes,
)
"""No attribute outlives the consent to it."""


def _overlapping_memberships(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[tuple[str, str, str], list[tuple[Period, str]]] = {}
    for each in portfolio.all(Membership):
        key = (each.person_id, each.organization_id, each.role)
        by_key.setdefault(key, []).append((each.period, cite("membership", each.id)))
    for (person, organization, role), parts in by_key.items():
        for one, other in overlapping_neighbors(parts):
            facts: Facts = {
                "person": cite("person", person), "had": 2, "needed": 1, "role": role,
                "organization": cite("organization", organization),
            }  # fmt: skip
            yield Breach(subjects=(one, other), path="period", facts=facts)


MEMBER_TWICE = PortfolioRule(
    entry=Entry(
        code="member-twice",
        level="soft",
        law="A person is in one role in an organization once at a time.",
        why="They count twice among its people.",
        source="common practice",
        sentence="{subjects}: {person} is {role} of {organization} twice at a time",
        mend="end one of them where the other begins",
    ),
    find=_overlapping_memberships,
)
"""Memberships in one role of one organization do not overlap."""

PEOPLE_RULES: tuple[PortfolioRule, ...] = (
    ASKED_WITHOUT_CONSENT,
    KEPT_WITHOUT_CONSENT,
    MEMBER_TWICE,
)
"""The rules of this module."""
