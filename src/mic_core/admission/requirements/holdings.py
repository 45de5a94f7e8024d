"""Credentials, consents and memberships of a participant on a day; merged records are one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.places import Places
from mic_core.model import Consent, Credential, Figures, Membership, Organization
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived


def valid_credentials(portfolio: Portfolio, holder_id: str, on: date) -> tuple[Credential, ...]:
    """The credentials of a participant that are valid on a day, sorted by id.

    Those of records that are merged into the participant's own are among them. O(k log k) over the
    credentials of the portfolio, once, and of the participant.
    """
    held = derived(portfolio, _credentials).get(Places(portfolio).participant(holder_id), ())
    return tuple(
        each
        for each in held
        if each.issued_on <= on and (each.expires_on is None or on < each.expires_on)
    )


def _credentials(portfolio: Portfolio) -> Mapping[str, Sequence[Credential]]:
    places = Places(portfolio)
    found: dict[str, list[Credential]] = {}
    for each in portfolio.all(Credential):
        found.setdefault(places.participant(each.holder_id), []).append(each)
    return found


def plain_purpose(purpose: str) -> str:
    """A purpose of consent in normal form: `Follow-up` is `follow_up`."""
    return purpose.casefold().replace("-", "_").replace(" ", "_")


def consents_of(portfolio: Portfolio) -> Mapping[tuple[str, str], Sequence[Consent]]:
    """The consents of each person for each purpose, in the order of time. O(n log n)."""
    by_key: dict[tuple[str, str], list[Consent]] = {}
    for each in sorted(portfolio.all(Consent), key=lambda each: (each.at, each.id)):
        by_key.setdefault((each.person_id, plain_purpose(each.purpose)), []).append(each)
    return by_key


def _consented(portfolio: Portfolio) -> Mapping[str, Sequence[Consent]]:
    """The consents of each person in the order of time, those of merged records included."""
    kept = kept_ids(portfolio, "person")
    found: dict[str, list[Consent]] = {}
    for each in sorted(portfolio.all(Consent), key=lambda each: (each.at, each.id)):
        found.setdefault(kept.get(each.person_id, each.person_id), []).append(each)
    return found


def consented(portfolio: Portfolio, person_id: str, instant: datetime) -> tuple[str, ...]:
    """The purposes whose last consent by an instant was granted, as written and in normal form."""
    last: dict[str, Consent] = {}
    for each in derived(portfolio, _consented).get(person_id, ()):
        if each.at <= instant:
            last[plain_purpose(each.purpose)] = each
    granted = [each.purpose for each in last.values() if each.status == "granted"]
    return distinct_words([*granted, *map(plain_purpose, granted)])


def memberships_on(portfolio: Portfolio, person_id: str, on: date) -> tuple[Membership, ...]:
    """The memberships of a person on a day, sorted by id."""
    known = derived(portfolio, _memberships).get(person_id, ())
    return tuple(each for each in known if each.period.contains(on))


def _memberships(portfolio: Portfolio) -> Mapping[str, Sequence[Membership]]:
    kept = kept_ids(portfolio, "person")
    found: dict[str, list[Membership]] = {}
    for each in portfolio.all(Membership):
        found.setdefault(kept.get(each.person_id, each.person_id), []).append(each)
    return found


def organizations(portfolio: Portfolio, person_id: str, on: date) -> tuple[str, ...]:
    """The ids of the organizations that a person belongs to on a day, sorted."""
    kept = kept_ids(portfolio, "organization")
    ids = (each.organization_id for each in memberships_on(portfolio, person_id, on))
    return distinct_words(kept.get(id, id) for id in ids)


def organization_kinds(portfolio: Portfolio, person_id: str, on: date) -> tuple[str, ...]:
    """The kinds of the organizations that a person belongs to on a day, sorted."""
    ids = organizations(portfolio, person_id, on)
    known = (portfolio.find(Organization, id) for id in ids)
    return distinct_words(each.kind for each in known if each is not None)


def last_staff(portfolio: Portfolio, organization_id: str, on: date) -> Figures | None:
    """The figures with the staff of an organization for its last period over on a day."""
    kept = kept_ids(portfolio, "organization")
    ids = [organization_id, *sorted(id for id, end in kept.items() if end == organization_id)]
    over = [
        (each.period.end, each.id, each)
        for id in ids
        for each in portfolio.where(Figures, organization_id=id)
        if each.staff is not None and each.period.end is not None and each.period.end <= on
    ]
    return max(over)[2] if over else None


def distinct_words(words: Iterable[str]) -> tuple[str, ...]:
    """Different words, sorted."""
    return tuple(sorted(set(words)))
