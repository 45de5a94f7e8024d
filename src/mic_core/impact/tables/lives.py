"""Lives: how long supported enterprises were active, and how long participants kept seats.

Times are in steps of the calendar (`MONTH` for each whole month, 1 for each day over). An
enterprise that was taken over lives on in its successor. One that follow-ups cannot reach is lost
on the last day on which a fact shows it alive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mic_core.chrono.months import months_between, months_later
from mic_core.ids import cite
from mic_core.impact.aggregation.facts import ALSO, FactTable, table_of
from mic_core.impact.aggregation.kaplan_meier import MONTH
from mic_core.impact.tables.enterprises import Reach, Supported, enterprise_columns, places_by
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.journeys import LEFT_EARLY
from mic_core.impact.tables.participations import Participation
from mic_core.impact.tables.places import Places, last_day
from mic_core.impact.tables.shapes import ENTERPRISE_LIVES_SHAPE, SEAT_LIVES_SHAPE
from mic_core.model import Deal, Edition, Figures, FollowUp, Organization
from mic_core.portfolio import Portfolio

_DAY = timedelta(days=1)


def calendar_time(start: date, day: date) -> int:
    """The steps from a day to another: 31 for each whole month, 1 for each day over; at least 0.

    >>> calendar_time(date(2014, 1, 15), date(2015, 1, 15)) == 12 * MONTH
    True
    """
    if day <= start:
        return 0
    months = months_between(start, day)
    return MONTH * months + (day - months_later(start, months)).days


# Enterprises


def enterprise_lives(portfolio: Portfolio, reach: Reach, as_of: datetime) -> FactTable:
    """The table of the lives of supported enterprises, as of an instant. O(n log n)."""
    places = Places(portfolio)
    signs = _signs_of_life(portfolio, reach)
    silent = _unreachable(portfolio)
    rows = (
        _life(portfolio, id, known, today, signs, silent)
        for id, known in reach.items()
        for today in (places.day_at(as_of, known[0].place.center_id),)
    )
    return table_of(ENTERPRISE_LIVES_SHAPE, rows)


def _life(
    portfolio: Portfolio, id: str, known: Sequence[Supported], today: date,
    signs: Mapping[str, Sequence[date]], silent: Mapping[str, Sequence[date]],
) -> dict[str, Any]:  # fmt: skip
    first = known[0]
    chain = successors(portfolio, id)
    last = portfolio.find(Organization, chain[-1])
    founded = None if (own := portfolio.find(Organization, id)) is None else own.founded
    start = first.day if founded is None else max(first.day, founded)
    closed = None if last is None else last.closed_on
    has_closed = closed is not None and closed <= today
    left = closed if has_closed and closed is not None else today
    seen = max((day for one in chain for day in signs.get(one, ()) if day <= today), default=start)
    unreached = [day for one in chain for day in silent.get(one, ()) if seen < day <= today]
    is_lost = not has_closed and bool(unreached)
    left = max(seen, start) if is_lost else max(left, start)
    return {
        "fact": first.fact, ALSO: tuple(each.fact for each in known[1:]),
        **enterprise_columns(portfolio, id), **places_by(known, first.day),
        "day": first.day, "founded_on": founded, "left_on": left,
        "entered": calendar_time(first.day, start), "left": calendar_time(first.day, left),
        "age_entered": None if founded is None else calendar_time(founded, start),
        "age_left": None if founded is None else calendar_time(founded, left),
        "has_ended": has_closed, "is_lost": is_lost, "evidence": "documented",
    }  # fmt: skip


def successors(portfolio: Portfolio, id: str) -> tuple[str, ...]:
    """An organization, the one that took its activity over, and so on; a circle ends the chain."""
    kept = kept_ids(portfolio, "organization")
    chain = [id]
    while True:
        known = portfolio.find(Organization, chain[-1])
        if known is None or known.successor_id is None:
            return (*chain,)
        after = kept.get(known.successor_id, known.successor_id)
        if after in chain:
            return (*chain,)
        chain.append(after)


def _signs_of_life(portfolio: Portfolio, reach: Reach) -> dict[str, list[date]]:
    """The days on which a fact shows an organization alive: support, figures, deals, answers."""
    kept = kept_ids(portfolio, "organization")
    found: dict[str, list[date]] = {id: [each.day for each in known] for id, known in reach.items()}

    def see(id: str, day: date | None) -> None:
        if day is not None:
            found.setdefault(kept.get(id, id), []).append(day)

    for figures in portfolio.all(Figures):
        if figures.staff or figures.turnover is not None:
            see(figures.organization_id, last_day(figures.period))
    for deal in portfolio.all(Deal):
        see(deal.organization_id, deal.on)
    for answer in portfolio.all(FollowUp):
        if answer.status == "answered":
            see(answer.participant_id, answer.on or answer.due_on)
    return found


def _unreachable(portfolio: Portfolio) -> dict[str, list[date]]:
    """The days on which a follow-up found nobody, by participant."""
    kept = kept_ids(portfolio, "organization")
    found: dict[str, list[date]] = {}
    for each in portfolio.all(FollowUp):
        if each.status == "unreachable":
            id = kept.get(each.participant_id, each.participant_id)
            found.setdefault(id, []).append(each.on or each.due_on)
    return found


# Seats


def seat_lives(portfolio: Portfolio, known: Iterable[Participation], as_of: datetime) -> FactTable:
    """The table of the times for which participants kept their seats, as of an instant. O(n)."""
    return table_of(SEAT_LIVES_SHAPE, _seats(portfolio, known, as_of))


def _seats(
    portfolio: Portfolio, known: Iterable[Participation], as_of: datetime
) -> Iterator[dict[str, Any]]:
    places = Places(portfolio)
    for each in known:
        today = places.day_at(as_of, each.place.center_id)
        edition = portfolio.find(Edition, each.enrollment.into)
        end = None if edition is None else last_day(edition.period)
        has_left = each.status in LEFT_EARLY and each.left_on is not None
        # A seat without any end is kept until the edition is over, or until now.
        left = each.left_on or min(today, today if end is None else end + _DAY)
        yield {
            "fact": cite("enrollment", each.enrollment.id), ALSO: each.also,
            "participation_id": each.id, "participant_id": each.participant_id,
            **each.place.of_one(), "day": each.entered_on, "left_on": max(left, each.entered_on),
            "entered": 0, "left": calendar_time(each.entered_on, left),
            "has_ended": has_left, "is_lost": False, "evidence": "documented",
        }  # fmt: skip
