"""Accounts: the figures of a group in a period as intervals, where unknown ones are left open."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import attrs

from mic_core.chrono.months import months_later
from mic_core.ids import cite
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.undertakings.groups import GroupMember, in_currency
from mic_core.impact.tables.undertakings.holdings import Holding
from mic_core.impact.tables.undertakings.schemes import SizeCeiling, SizeScheme
from mic_core.model import Figures, Money, Organization
from mic_core.portfolio.portfolio import Portfolio, derived

QUANTITIES = ("staff", "turnover", "balance_sheet")
"""The figures that a size class is about, in the order of every vector of them."""

_STALE = 24
"""Months after which accounts say nothing of an enterprise any more: those of the year before are
filed within a year, so that the last approved ones are never older."""

LeastMost = tuple[Fraction, Fraction | None]
"""The least and the greatest value of a figure; None: no bound is known."""


@attrs.frozen(kw_only=True)
class MemberAccounts:
    """The figures of a member of a group in a period, and the share of them that counts.

    A value of None is not known. `figures_id` is the record; None: none. `within` is the member
    whose consolidated accounts hold the figures already; None: they count by themselves.
    """

    member: GroupMember
    figures_id: str | None
    values: tuple[Fraction | None, Fraction | None, Fraction | None]
    is_estimate: bool = False
    within: str | None = None


@attrs.frozen(kw_only=True)
class GroupAccounts:
    """The added figures of a group in a period."""

    lines: tuple[MemberAccounts, ...]
    totals: tuple[LeastMost, LeastMost, LeastMost]

    @property
    def is_estimate(self) -> bool:
        """True if a year that is not closed was estimated."""
        return any(each.is_estimate for each in self.lines)


def figures_of(portfolio: Portfolio, id: str) -> Sequence[Figures]:
    """The figures of an organization with a known end of their period, the first one first."""
    return derived(portfolio, _figures_by_organization).get(id, ())


def _figures_by_organization(portfolio: Portfolio) -> Mapping[str, Sequence[Figures]]:
    kept = kept_ids(portfolio, "organization")
    found: dict[str, list[Figures]] = {}
    for each in portfolio.all(Figures):
        if each.period.end is not None:
            found.setdefault(kept.get(each.organization_id, each.organization_id), []).append(each)
    for known in found.values():
        known.sort(key=lambda each: (each.period.end or date.max, each.consolidated, each.id))
    return found


def last_closed(portfolio: Portfolio, id: str, day: date) -> Figures | None:
    """The last accounts closed by a day, consolidated ones first, else an estimate of the year."""
    known = figures_of(portfolio, id)
    closed = [each for each in known if each.period.end is not None and each.period.end <= day]
    approved = [each for each in closed if not each.estimated]
    running = [
        each for each in known
        if each.estimated and (each.period.start is None or each.period.start <= day)
    ]  # fmt: skip
    return (approved or closed or running or [None])[-1]


def accounts_on(
    portfolio: Portfolio, members: Sequence[GroupMember], holdings: Sequence[Holding],
    scheme: SizeScheme, rates: ExchangeRates | None, day: date, own: Figures | None,
) -> GroupAccounts:  # fmt: skip
    """The accounts of a group by a day; `own` are the figures of the enterprise itself."""
    chosen = {
        each.organization_id: own if each.tie == "own"
        else last_closed(portfolio, each.organization_id, day)
        for each in members
    }  # fmt: skip
    oldest = months_later(day, -_STALE)
    within = _consolidated(chosen, holdings)
    lines: list[MemberAccounts] = []
    for each in members:
        known = chosen[each.organization_id]
        is_stale = known is not None and (known.period.end or date.max) <= oldest
        if each.tie != "own" and is_stale:
            known = None
        values = _closed_values(portfolio, each.organization_id, day)
        if known is not None:
            values = (
                None if known.staff is None else Fraction(known.staff),
                _amount(known.turnover, known, scheme, rates),
                _amount(known.balance_sheet, known, scheme, rates),
            )
        lines.append(MemberAccounts(
            member=each, figures_id=None if known is None else known.id, values=values,
            is_estimate=known is not None and known.estimated,
            within=within.get(each.organization_id),
        ))  # fmt: skip
    first, second, third = (_total(lines, place) for place in range(len(QUANTITIES)))
    return GroupAccounts(lines=(*lines,), totals=(first, second, third))


_Values = tuple[Fraction | None, Fraction | None, Fraction | None]


def _closed_values(portfolio: Portfolio, id: str, day: date) -> _Values:
    """The figures without a record: nothing for one that is closed or not founded, else unknown."""
    known = portfolio.find(Organization, id)
    nothing = Fraction(0)
    if known is not None and known.closed_on is not None and known.closed_on <= day:
        return nothing, nothing, nothing
    return None, None, None


def _amount(
    amount: Money | None, known: Figures, scheme: SizeScheme, rates: ExchangeRates | None
) -> Fraction | None:
    if amount is None:
        return None
    return in_currency(amount, scheme.currency, rates, known.period.end or date.max)


def _consolidated(
    chosen: Mapping[str, Figures | None], holdings: Sequence[Holding]
) -> dict[str, str]:
    """The members that the consolidated accounts of another one hold: those that it controls."""
    if not any(each is not None and each.consolidated for each in chosen.values()):
        return {}
    controlled: dict[str, list[str]] = {}
    for each in holdings:
        if each.has_majority:
            controlled.setdefault(each.owner, []).append(each.held)
    found: dict[str, str] = {}
    for id, known in chosen.items():
        if known is None or not known.consolidated or id in found:
            continue
        waiting = [*controlled.get(id, ())]
        while waiting:
            one = waiting.pop()
            if one != id and one in chosen and one not in found:
                found[one] = id
                waiting += controlled.get(one, ())
    return found


def _total(lines: Sequence[MemberAccounts], place: int) -> LeastMost:
    least = Fraction(0)
    is_open = False
    for each in lines:
        value = each.values[place]
        if each.within is not None:
            continue
        if value is None:
            is_open = True
        else:
            least += each.member.share * value
    return least, None if is_open else least


def possible_classes(accounts: GroupAccounts, scheme: SizeScheme) -> frozenset[int]:
    """The numbers of the classes that the intervals leave possible: all between two of them."""
    lows = tuple(low for low, _ in accounts.totals)
    highs = tuple(high for _, high in accounts.totals)
    return frozenset(range(class_of(lows, scheme), class_of(highs, scheme) + 1))


def class_of(values: tuple[Fraction | None, ...], scheme: SizeScheme) -> int:
    """The number of the class of some figures; None is above any ceiling.

    >>> from mic_core.impact.tables.undertakings.schemes import SIZE_SCHEMES
    >>> class_of((Fraction(9), Fraction(3_000_000), Fraction(2)), SIZE_SCHEMES["2003/361/EC"])
    0
    """
    fits = (place for place, each in enumerate(scheme.ceilings) if _is_within(values, each))
    return next(fits, len(scheme.ceilings))


def _is_within(values: tuple[Fraction | None, ...], ceiling: SizeCeiling) -> bool:
    staff, turnover, balance_sheet = values
    if staff is None or staff >= ceiling.staff:
        return False
    money = (
        (turnover, ceiling.turnover), (balance_sheet, ceiling.balance_sheet),
    )  # fmt: skip
    stated = [(value, most) for value, most in money if most is not None]
    return not stated or any(value is not None and value <= most for value, most in stated)


def missing_of(accounts: GroupAccounts) -> tuple[str, ...]:
    """The figures that are not known and would settle the class, as sentences."""
    return tuple(
        f"{name.replace('_', ' ')} of {cite('organization', each.member.organization_id)}"
        for each in accounts.lines if each.within is None
        for name, value in zip(QUANTITIES, each.values, strict=True) if value is None
    )  # fmt: skip
