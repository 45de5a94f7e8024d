"""Credentials, costs and follow-ups, as tables."""

from collections.abc import Iterator
from typing import Any

from mic_core.ids import cite
from mic_core.impact.aggregation.facts import FactTable, table_of
from mic_core.impact.tables.places import FactPlace, Places, last_day, united
from mic_core.impact.tables.shapes import COSTS_SHAPE, CREDENTIALS_SHAPE, FOLLOW_UPS_SHAPE
from mic_core.model import Cost, Credential, FollowUp, Organization, Person
from mic_core.portfolio import Portfolio


def credentials(portfolio: Portfolio) -> FactTable:
    """The table of credentials. O(n)."""
    places = Places(portfolio)
    rows = (
        {
            "fact": cite("credential", each.id), "holder_id": places.participant(each.holder_id),
            "person_id": _person(places, each.holder_id),
            "kind": each.kind, "title": each.title, "day": each.issued_on,
            **_where(places, each.earned_in).of_one(),
            "evidence": each.grade or ("documented" if each.evidence else None),
        }
        for each in portfolio.all(Credential)
    )  # fmt: skip
    return table_of(CREDENTIALS_SHAPE, rows)


def _person(places: Places, holder_id: str) -> str | None:
    """The person who holds a credential; None for an organization."""
    id = places.participant(holder_id)
    portfolio = places.portfolio
    is_person = portfolio.find(Person, id) or not portfolio.find(Organization, id)
    return id if is_person else None


def _where(places: Places, scope_id: str | None) -> FactPlace:
    return FactPlace() if scope_id is None else places.scope(scope_id)


def follow_ups(portfolio: Portfolio) -> FactTable:
    """The table of follow-ups. O(n)."""
    places = Places(portfolio)
    rows = (
        {
            "fact": cite("follow_up", each.id),
            "participant_id": places.participant(each.participant_id),
            **_where(places, each.about).of_one(), "day": each.due_on, "status": each.status,
            "evidence": each.evidence,
        }
        for each in portfolio.all(FollowUp)
    )  # fmt: skip
    return table_of(FOLLOW_UPS_SHAPE, rows)


def costs(portfolio: Portfolio) -> FactTable:
    """The table of costs. O(n)."""
    return table_of(COSTS_SHAPE, _cost_rows(portfolio))


def _cost_rows(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    places = Places(portfolio)
    for each in portfolio.all(Cost):
        payer = None if each.payer_id is None else portfolio.find(Organization, each.payer_id)
        yield {
            "fact": cite("cost", each.id),
            **united(map(places.scope, each.scope)),
            "kind": each.kind,
            "day": last_day(each.period),
            "amount": each.amount.amount, "currency": each.amount.currency,
            "in_kind": each.value_in_kind, "payer_id": each.payer_id,
            "is_public": _is_public(each.payer_id, payer),
            "evidence": each.evidence,
        }  # fmt: skip


def _is_public(payer_id: str | None, payer: Organization | None) -> bool | None:
    if payer_id is None:
        return None
    return payer is not None and payer.kind == "public"
