"""Enterprises: the support that each received, and the outcomes that follow it.

A fact about an enterprise belongs to every scope that had supported or enrolled it by the day of
the fact; scopes unite and never add, so that an enterprise of two programs counts once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import attrs

from mic_core.chrono.months import months_between, months_later
from mic_core.ids import cite
from mic_core.impact.aggregation.columns import GRADES, MILLION
from mic_core.impact.aggregation.facts import ALSO, FactTable, table_of
from mic_core.impact.aggregation.stated import ordinals
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.participations import Participation
from mic_core.impact.tables.places import FactPlace, Places, last_day, united
from mic_core.impact.tables.shapes import (
    DEALS_SHAPE,
    ENTERPRISES_SHAPE,
    FIGURES_SHAPE,
    SUPPORTS_SHAPE,
)
from mic_core.impact.tables.undertakings.size_class import sizes_of
from mic_core.model import (
    Call,
    Center,
    Deal,
    Edition,
    Figures,
    Money,
    Organization,
    Project,
    Support,
)
from mic_core.portfolio import Portfolio

_DAY = timedelta(days=1)
_NEW = 36
"""Months: an enterprise is new for three years from its foundation (ERDF indicator RCO05)."""

_OUTCOME_DUE = 12
"""Months after the last support at which outcomes are due (ERDF indicator RCR01)."""


@attrs.frozen(kw_only=True)
class Supported:
    """A support of an enterprise: the fact, its days, and the scopes that gave it.

    `also` cites the entries into an operation after the first.
    """

    fact: str
    also: tuple[str, ...] = ()
    enterprise_id: str
    kind: str
    provider_id: str | None
    place: FactPlace
    day: date
    end: date
    hours: Decimal | None = None
    amount: Money | None = None
    evidence: str | None = None


def supported(
    portfolio: Portfolio, participations: Iterable[Participation]
) -> tuple[Supported, ...]:
    """Every support that an enterprise received, sorted by day and fact. O(n log n)."""
    kept = kept_ids(portfolio, "organization")
    entered = _entered(portfolio, participations)
    found = [*_given(portfolio, kept), *entered, *_projects(portfolio, kept)]
    return (*sorted(found, key=lambda each: (each.day, each.fact, each.enterprise_id)),)


def _given(portfolio: Portfolio, kept: Mapping[str, str]) -> Iterator[Supported]:
    for each in portfolio.all(Support):
        known = portfolio.find(Center, each.provider_id) is not None
        place = FactPlace(center_id=each.provider_id) if known else FactPlace()
        yield Supported(
            fact=cite("support", each.id), kind=each.kind,
            enterprise_id=kept.get(each.enterprise_id, each.enterprise_id),
            provider_id=each.provider_id, place=place,
            day=each.on, end=each.on if each.until is None else each.until - _DAY,
            hours=each.hours, amount=each.amount, evidence=each.evidence,
        )  # fmt: skip


def _entered(portfolio: Portfolio, participations: Iterable[Participation]) -> Iterator[Supported]:
    for each in participations:
        enrollment = each.enrollment
        if portfolio.find(Organization, each.participant_id) is None:
            continue
        edition = portfolio.find(Edition, enrollment.into)
        last = each.left_on or each.entered_on
        if edition is not None and each.left_on is None:
            last = last_day(edition.period) or last
        yield Supported(
            fact=cite("enrollment", enrollment.id), also=each.also,
            enterprise_id=each.participant_id, kind="program",
            provider_id=each.place.center_id, place=each.place,
            day=each.entered_on, end=max(last, each.entered_on), evidence="documented",
        )  # fmt: skip


def _projects(portfolio: Portfolio, kept: Mapping[str, str]) -> Iterator[Supported]:
    places = Places(portfolio)
    for each in portfolio.all(Project):
        call = portfolio.find(Call, each.call_id)
        if each.period.start is None:
            continue
        place = FactPlace() if call is None else FactPlace(center_id=call.center_id)
        if call is not None and call.edition_id is not None:
            place = places.operation(call.edition_id)
        end = last_day(each.period) or each.period.start
        for organization in sorted({kept.get(one, one) for one in each.organizations}):
            yield Supported(
                fact=cite("project", each.id), enterprise_id=organization, kind="project",
                provider_id=place.center_id, place=place, day=each.period.start, end=end,
                amount=each.amount if len(each.organizations) == 1 else None,
            )  # fmt: skip


def supports(portfolio: Portfolio, known: Iterable[Supported]) -> FactTable:
    """The table of supports. O(n)."""
    known = [*known]
    sizes = _sizes(portfolio, known)
    rows = (
        {
            "fact": each.fact, ALSO: each.also,
            **enterprise_columns(portfolio, each.enterprise_id),
            **each.place.of_one(),
            "support_kind": each.kind, "provider_id": each.provider_id, "day": each.day,
            "size": sizes.get(each.enterprise_id),
            "founded_on": founded, "is_new": _is_new(founded, each.day),
            "age_months": None if founded is None else months_between(founded, each.day),
            "hours": each.hours, "hours_to_date": to_date,
            **_amount("amount", each.amount), "evidence": each.evidence,
        }
        for each, to_date in zip(known, _hours_to_date(known), strict=True)
        for founded in (_founded(portfolio, each.enterprise_id),)
    )  # fmt: skip
    return table_of(SUPPORTS_SHAPE, rows)


def _sizes(portfolio: Portfolio, known: Iterable[Supported]) -> Mapping[str, str | None]:
    """The size class of each enterprise at its first support, which growth leaves as it is."""
    first: dict[str, date] = {}
    for each in known:
        if portfolio.find(Organization, each.enterprise_id) is not None:
            first.setdefault(each.enterprise_id, each.day)
    return sizes_of(portfolio, first)


def _hours_to_date(known: Iterable[Supported]) -> Iterator[Decimal | None]:
    """The hours of an enterprise up to each support; unknown once those of one are not known."""
    sums: dict[str, Decimal | None] = {}
    for each in known:
        before = sums.get(each.enterprise_id, Decimal(0))
        now = None if before is None or each.hours is None else before + each.hours
        sums[each.enterprise_id] = now
        yield now


def enterprise_columns(portfolio: Portfolio, id: str) -> dict[str, Any]:
    """The columns of an enterprise itself."""
    known = portfolio.find(Organization, id)
    if known is None:
        return {"enterprise_id": id}
    return {
        "enterprise_id": id, "kind": known.kind, "sector": known.sector,
        "country": known.country, "region": known.region,
    }  # fmt: skip


def _founded(portfolio: Portfolio, id: str) -> date | None:
    known = portfolio.find(Organization, id)
    return None if known is None else known.founded


def _is_new(founded: date | None, day: date) -> bool | None:
    return None if founded is None else day < months_later(founded, _NEW)


def _amount(name: str, amount: Money | None) -> dict[str, Any]:
    if amount is None:
        return {name: None, "currency": None}
    return {name: amount.amount, "currency": amount.currency}


Reach = Mapping[str, Sequence[Supported]]
"""The supports of each enterprise, the first one first."""


def reach_of(known: Iterable[Supported]) -> Reach:
    """The supports of each enterprise, of supports sorted by day. O(n)."""
    reach: dict[str, list[Supported]] = {}
    for each in known:
        reach.setdefault(each.enterprise_id, []).append(each)
    return reach


def places_by(known: Iterable[Supported], day: date) -> dict[str, Any]:
    """The scopes that had supported an enterprise by a day."""
    return united(each.place for each in known if each.day <= day)


def annual_figures(portfolio: Portfolio, reach: Reach) -> FactTable:
    """The table of annual figures of supported enterprises. O(n log n)."""
    kept = kept_ids(portfolio, "organization")
    rows = (
        {
            "fact": cite("figures", each.id),
            **enterprise_columns(portfolio, id),
            **places_by(reach[id], day),
            "day": day,
            "staff": each.staff, "founders_counted": each.founders_counted,
            **_amounts_of(each), "evidence": each.evidence,
        }
        for each in portfolio.all(Figures)
        for id in (kept.get(each.organization_id, each.organization_id),)
        for day in (last_day(each.period),)
        if id in reach and day is not None and reach[id][0].day <= day
    )  # fmt: skip
    return table_of(FIGURES_SHAPE, rows)


def _amounts_of(known: Figures) -> dict[str, Any]:
    """Turnover and value added; unknown where they are in several currencies."""
    currencies = _currencies((known,))
    if len(currencies) > 1:
        return {}
    return {
        "turnover": _money(known.turnover), "value_added": _money(known.value_added),
        "currency": min(currencies, default=None),
    }  # fmt: skip


def _money(amount: Money | None) -> Decimal | None:
    return None if amount is None else amount.amount


def _currencies(known: Iterable[Figures | None]) -> set[str]:
    """The currencies of figures."""
    return {
        amount.currency
        for each in known if each is not None
        for amount in (each.turnover, each.value_added) if amount is not None
    }  # fmt: skip


def deals(portfolio: Portfolio, reach: Reach) -> FactTable:
    """The table of deals of supported enterprises, on or after their first support. O(n log n)."""
    kept = kept_ids(portfolio, "organization")
    rows = (
        {
            "fact": cite("deal", each.id),
            **enterprise_columns(portfolio, id),
            **places_by(reach[id], each.on),
            "deal_kind": each.kind, "day": each.on, **_amount("amount", each.amount),
            "evidence": each.evidence,
        }
        for each in portfolio.all(Deal)
        for id in (kept.get(each.organization_id, each.organization_id),)
        if id in reach and reach[id][0].day <= each.on
    )  # fmt: skip
    return table_of(DEALS_SHAPE, rows)


def enterprises(portfolio: Portfolio, reach: Reach) -> FactTable:
    """The table of supported enterprises before and after. O(n log n)."""
    by_enterprise: dict[str, list[Figures]] = {}
    kept = kept_ids(portfolio, "organization")
    for each in portfolio.all(Figures):
        id = kept.get(each.organization_id, each.organization_id)
        by_enterprise.setdefault(id, []).append(each)
    rows = (_pair(portfolio, id, known, by_enterprise.get(id, [])) for id, known in reach.items())
    return table_of(ENTERPRISES_SHAPE, rows)


def _pair(
    portfolio: Portfolio, id: str, known: Sequence[Supported], annual: Sequence[Figures]
) -> dict[str, Any]:
    first, last = known[0], max(each.end for each in known)
    due = months_later(last, _OUTCOME_DUE)
    organization = portfolio.find(Organization, id)
    founded = None if organization is None else organization.founded
    before = _last_before(annual, first.day)
    after = _first_after(annual, last)
    state = _state_on(organization, due)
    created = founded is not None and founded >= first.day
    row: dict[str, Any] = {
        "fact": first.fact,
        ALSO: (
            *(fact for each in known for fact in (each.fact, *each.also) if fact != first.fact),
            *(cite("figures", each.id) for each in (before, after) if each is not None),
        ),
        **enterprise_columns(portfolio, id),
        **places_by(known, due),
        "supported_on": first.day, "day": due, "founded_on": founded,
        "size": _sizes(portfolio, known).get(id),
        "was_created": None if founded is None else created,
        "months_to_foundation": (
            months_between(first.day, founded) if founded is not None and created else None
        ),
        "is_alive": state != "closed",
        **_figures_before(before, is_new=created), **_figures_after(after, state),
        **_means(annual, first.day, last, state, is_new=created),
        "evidence": _weaker(before, after, state),
    }  # fmt: skip
    _leave_out_mixed(row, before, after if state != "closed" else None)
    if row.get("staff_before") is not None and row.get("staff_after") is not None:
        row["staff_kept"] = min(row["staff_before"], row["staff_after"])
    return row


def _leave_out_mixed(row: dict[str, Any], before: Figures | None, after: Figures | None) -> None:
    """Take out values that do not compare: of two currencies, or with and without founders.

    Staff without its founders before, and with them after, says nothing about a change.
    """
    currencies = _currencies((before, after))
    if len(currencies) > 1:
        for name in ("turnover", "productivity"):
            row[f"{name}_before"] = row[f"{name}_after"] = None
    row["currency"] = currencies.pop() if len(currencies) == 1 else None
    counted = {each.founders_counted for each in (before, after) if each is not None}
    row["founders_counted"] = counted.pop() if len(counted) == 1 else None
    if {True, False} <= counted:
        row["staff_before"] = row["staff_after"] = None


def _means(
    annual: Sequence[Figures], first: date, last: date, state: str, *, is_new: bool
) -> dict[str, int | None]:
    """The average staff of the twelve months before the first support, and after the last one."""
    before = _mean_staff(annual, months_later(first, -_OUTCOME_DUE), first)
    since = last + _DAY if last < date.max else last
    after = _mean_staff(annual, since, months_later(since, _OUTCOME_DUE))
    return {
        "mean_staff_before": 0 if before is None and is_new else before,
        "mean_staff_after": 0 if state == "closed" else after,
    }


def _mean_staff(annual: Sequence[Figures], start: date, end: date) -> int | None:
    """The average staff from a day to another in whole millionths, cut off; each day weighs alike.

    Each day has the figures of the shortest period that holds it. Unknown where a day has none, or
    founders are counted in some and not in others. States at a date are no averages.
    """
    known = sorted(
        (
            (ordinals(each.period), each)
            for each in annual
            if each.staff is not None and each.basis != "at_date"
        ),
        key=lambda one: (one[0][1] - one[0][0], one[1].id),
    )
    first, last = start.toordinal(), end.toordinal()
    if first >= last:  # at an end of the calendar
        return None
    edges = {edge for span, _ in known for edge in span if first < edge < last}
    places = sorted({first, last, *edges})
    summed = Decimal(0)
    counted: set[bool | None] = set()
    for since, until in pairwise(places):
        here = next((one for span, one in known if span[0] <= since and until <= span[1]), None)
        if here is None or here.staff is None:
            return None
        summed += here.staff * (until - since)
        counted.add(here.founders_counted)
    return None if {True, False} <= counted else int(summed * MILLION / (last - first))


def _last_before(annual: Iterable[Figures], day: date) -> Figures | None:
    """The figures of the last period that was over by a day."""
    over = [each for each in annual if each.period.end is not None and each.period.end <= day]
    return max(over, key=lambda each: (each.period.end, each.id), default=None)


def _first_after(annual: Iterable[Figures], day: date) -> Figures | None:
    """The figures of the first period that began after a day."""
    begun = [each for each in annual if each.period.start is not None and each.period.start > day]
    return min(begun, key=lambda each: (each.period.start, each.id), default=None)


def _state_on(organization: Organization | None, day: date) -> str:
    """The state of an enterprise on a day: active, closed, or taken over by a successor."""
    if organization is None or organization.closed_on is None or organization.closed_on > day:
        return "active"
    return "closed" if organization.successor_id is None else "taken over"


def _figures_before(known: Figures | None, *, is_new: bool) -> dict[str, Decimal | int | None]:
    if known is None:
        # An enterprise founded after its first support had no staff and no turnover before it.
        nothing = 0 if is_new else None
        return {"staff_before": nothing, "turnover_before": nothing}
    return _measured(known, "before")


def _figures_after(known: Figures | None, state: str) -> dict[str, Decimal | int | None]:
    if state == "closed":
        return {"staff_after": 0, "turnover_after": 0}
    return {} if known is None else _measured(known, "after")


def _measured(known: Figures, when: str) -> dict[str, Decimal | int | None]:
    return {
        f"staff_{when}": known.staff,
        f"turnover_{when}": _money(known.turnover),
        f"productivity_{when}": _productivity(known),
    }


def _productivity(known: Figures) -> int | None:
    """Value added for each of the staff, in whole millionths, cut off; unknown without staff."""
    if known.value_added is None or not known.staff:
        return None
    return int(known.value_added.amount * MILLION / known.staff)


def _weaker(before: Figures | None, after: Figures | None, state: str) -> str | None:
    """The weaker grade of evidence of a pair; unknown where one is."""
    pair = [before] if state == "closed" else [before, after]
    grades = [None if each is None else each.evidence for each in pair]
    known = [each for each in grades if each is not None]
    return min(known, key=GRADES.index) if len(known) == len(grades) else None
