"""Size classes: micro, small, medium or large, through the ownership graph and over the years."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import chain, combinations, pairwise
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.chrono.months import months_between
from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Instant, Maybe, Value, is_a, sound
from mic_core.fields.times import Day
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.undertakings.accounts import (
    QUANTITIES,
    GroupAccounts,
    accounts_on,
    figures_of,
    last_closed,
    missing_of,
    possible_classes,
)
from mic_core.impact.tables.undertakings.groups import (
    PARTNER_SHARE,
    EnterpriseGroup,
    GroupMember,
    LinkedGroups,
)
from mic_core.impact.tables.undertakings.holdings import Network, holdings_on, network_of
from mic_core.impact.tables.undertakings.links import Ask
from mic_core.impact.tables.undertakings.schemes import SIZE_SCHEMES, SizeScheme
from mic_core.impact.tables.undertakings.two_periods import classes_after
from mic_core.markup import Html, html_table, joined, note, notebook, table
from mic_core.model import Figures, Organization
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO, derived

TakeOver = Literal["at_once", "two_periods"]
Basis = Literal["autonomous", "partner", "linked"]
Adjacency = Iterable[tuple[str, str]]
"""Pairs of markets of which one is directly upstream or downstream of the other."""

Answers = frozenset[str] | None
"""The open questions to which yes is supposed, so that more figures count; None: all of them."""

UNDETERMINED = "undetermined"
_DAY = timedelta(days=1)
_MOST_QUESTIONS = 5
"""Open questions whose answers are all tried, 32 groups at most; of more, none and all of them."""

_HEADERS = ("organization", "tie", "share", "staff", "turnover", "balance sheet", "figures")


@attrs.frozen(kw_only=True)
class SizePeriod:
    """An accounting period: the classes that it may have by itself, and those that may then hold.

    `at_once` means that the enterprise was taken over, or left a group, so that no second period is
    waited for.
    """

    period: Period | None
    by_itself: tuple[str, ...]
    held: tuple[str, ...]
    at_once: bool = False


@attrs.frozen(kw_only=True)
class SizeClass:
    """The size class of an enterprise on a day, with every step that led to it.

    `size` is a class of the scheme, or undetermined; `possible` are the classes that unknown facts
    leave open, and `missing` says what would settle it. `basis` is autonomous, partner or linked.
    `public` is the share that public bodies control: 25 % or more of it make no SME. `totals` are
    the least and greatest staff, turnover and balance sheet of the group in the last period; None:
    no bound is known. `is_estimate` means that a year that is not closed was estimated.
    """

    organization_id: str
    on: date
    scheme: SizeScheme
    size: str
    possible: tuple[str, ...]
    basis: Basis
    public: Fraction
    accounts: GroupAccounts
    exempt: tuple[str, ...]
    periods: tuple[SizePeriod, ...]
    missing: tuple[str, ...]

    @property
    def members(self) -> tuple[GroupMember, ...]:
        """The enterprises whose figures count, the enterprise itself first."""
        return tuple(each.member for each in self.accounts.lines)

    @property
    def totals(self) -> dict[str, tuple[Fraction, Fraction | None]]:
        """The least and greatest figure of the group by its name; None: no bound is known."""
        return dict(zip(QUANTITIES, self.accounts.totals, strict=True))

    @property
    def is_estimate(self) -> bool:
        """True if a year that is not closed was estimated."""
        return self.accounts.is_estimate

    @property
    def is_sme(self) -> bool | None:
        """True below the last class of the scheme; None where nobody knows."""
        found = {each != self.scheme.above for each in self.possible}
        return found.pop() if len(found) == 1 else None

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each enterprise whose figures count."""
        return tuple(
            {
                "organization_id": each.member.organization_id, "tie": each.member.tie,
                "share": number(each.member.share), "why": each.member.why,
                "figures_id": each.figures_id,
                **{
                    name: number(value)
                    for name, value in zip(QUANTITIES, each.values, strict=True)
                },
                "within": each.within,
            }
            for each in self.accounts.lines
        )  # fmt: skip

    def explain(self) -> tuple[str, ...]:
        """Each step as a sentence: relations, exemptions, public control, figures, periods."""
        return (*self._steps(),)

    def _steps(self) -> Iterator[str]:
        yield f"By {self.scheme.source}, on {self.on.isoformat()}."
        for each in self.accounts.lines[1:]:
            known = each.member
            share = "" if known.tie == "linked" else f" at {_percent(known.share)}"
            yield f"{known.organization_id} is a {known.tie} enterprise{share}: {known.why}."
            if each.within is not None:
                yield f"{known.organization_id} is in the consolidated accounts of {each.within}."
        if self.basis == "autonomous":
            yield "It is autonomous: no enterprise is linked to it or a partner."
        if self.exempt:
            yield f"Exempt investors, not counted: {', '.join(self.exempt)}."
        if self.public:
            control = "which makes no SME" if self.public >= PARTNER_SHARE else "below 25 %"
            yield f"Public bodies control {_percent(self.public)}, {control}."
        for name, (least, most) in self.totals.items():
            open_end = "" if most is not None else " at least, as some are not known"
            yield f"{name.replace('_', ' ')} of the group: {float(least):,.10g}{open_end}."
        for step in self.periods:
            when = "on the day" if step.period is None else f"in {step.period}"
            how = ", at once, as its group changed" if step.at_once else ""
            alone, held = " or ".join(step.by_itself), " or ".join(step.held)
            yield f"{alone} {when}, so that {held} holds{how}."
        if self.is_estimate:
            yield "Figures of a year that is not closed are estimated in good faith."
        if self.missing:
            yield f"To be settled: {'; '.join(self.missing)}."

    def __str__(self) -> str:
        return "\n".join([self._title(), table(self._cells(), _HEADERS), *self._steps()])

    def _title(self) -> str:
        open_ones = f": {' or '.join(self.possible)}" if self.size == UNDETERMINED else ""
        return f"{self.organization_id}: {self.size}{open_ones} ({self.basis})"

    def _cells(self) -> list[tuple[str | None, ...]]:
        return [
            (
                each.member.organization_id, each.member.tie, _percent(each.member.share),
                *(None if value is None else f"{float(value):,.10g}" for value in each.values),
                each.figures_id,
            )
            for each in self.accounts.lines
        ]  # fmt: skip

    def html(self) -> Html:
        """The members with their figures as a table, then each step."""
        return joined([
            html_table(self._cells(), _HEADERS, caption=self._title()), *map(note, self._steps()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.6g} %"


def size_class(
    portfolio: Portfolio,
    organization: Organization | str,
    *,
    on: date,
    as_of: datetime | None = None,
    scheme: SizeScheme | str = "2003/361/EC",
    adjacent_markets: Adjacency = (),
    take_over: TakeOver = "at_once",
    rates: ExchangeRates | None = None,
) -> SizeClass:
    """The size class of an enterprise on a day, from the ownership and the figures recorded.

    `as_of` is the instant of knowledge; None: all that is recorded. `scheme` is a size scheme, or
    the name of one of SIZE_SCHEMES. `adjacent_markets` are pairs of markets, one directly up- or
    downstream of the other, beside which each market is adjacent to itself. `take_over` says if
    joining or leaving a group changes the class at once, or after two periods as a change of
    figures does. `rates` convert amounts in other currencies, which are not known without.

    Figures are those of the last accounts closed by the day, of each year before for the two-period
    rule; those of a group are the ones that it had by the end of each. Raises NotFound for an
    unknown organization or scheme, InvariantError for values that are none. O(stakes and figures of
    its network) for each of its accounting periods.

    >>> from decimal import Decimal
    >>> from mic_core.model import Money
    >>> year = Figures(
    ...     id="f-1", organization_id="oh-chef", period=Period.year(2013), staff=Decimal(9),
    ...     turnover=Money(amount=Decimal(2_100_000), currency="EUR"),
    ... )
    >>> oh_chef = Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE")
    >>> found = size_class(Portfolio.of(oh_chef, year), "oh-chef", on=date(2014, 9, 1))
    >>> found.size, found.possible, found.missing
    ('undetermined', ('micro', 'small'), ('balance sheet of organization:oh-chef',))
    """
    known = known_portfolio("size_class", portfolio, on, as_of, rates)
    wanted = scheme_named(scheme)
    id = known_organization(known, organization)
    adjacent = _pairs(adjacent_markets)
    if take_over not in {"at_once", "two_periods"}:
        problem = Problem(path="take_over", rule="must be at_once or two_periods")
        raise InvariantError("size_class", [problem])
    return class_on(known, id, on, wanted, adjacent, take_over, rates)


def known_portfolio(
    called: str, portfolio: Portfolio, on: date, as_of: datetime | None,
    rates: ExchangeRates | None,
) -> Portfolio:  # fmt: skip
    """The portfolio as known at an instant; raises InvariantError for arguments that are none."""
    sound(
        called, portfolio=(portfolio, PORTFOLIO), on=(on, Day()), as_of=(as_of, Maybe(Instant())),
        rates=(rates, Maybe(Value(ExchangeRates))),
    )  # fmt: skip
    return portfolio if as_of is None else portfolio.as_of(as_of)


def known_organization(portfolio: Portfolio, organization: Organization | str) -> str:
    """The id that is kept of an organization; raises NotFound for one that is not known."""
    id = organization.id if isinstance(organization, Organization) else organization
    known = portfolio.find(Organization, id) if is_a(id, str) else None
    if known is None:
        msg = "no organization has that id"
        raise NotFound(msg)
    return kept_ids(portfolio, "organization").get(known.id, known.id)


def scheme_named(scheme: SizeScheme | str) -> SizeScheme:
    """A size scheme, or the one of a name; raises NotFound for a name that none has."""
    if isinstance(scheme, SizeScheme):
        return scheme
    found = SIZE_SCHEMES.get(scheme) if is_a(scheme, str) else None
    if found is None:
        msg = f"there is no such size scheme; there are {', '.join(SIZE_SCHEMES)}"
        raise NotFound(msg)
    return found


def _pairs(adjacent: Adjacency) -> frozenset[frozenset[str]]:
    pairs = [*adjacent]
    if any(len(each) != 2 or isinstance(each, str) for each in pairs):
        problem = Problem(path="adjacent_markets", rule="must be pairs of markets")
        raise InvariantError("size_class", [problem])
    return frozenset(frozenset(each) for each in pairs)


# Evaluation


@attrs.frozen(kw_only=True)
class _Step:
    """One period with its group, and the classes that it may have by itself."""

    figures: Figures | None
    group: EnterpriseGroup
    accounts: GroupAccounts
    classes: frozenset[int]


@attrs.frozen(eq=False)
class _Groups:
    """The groups of networks by their span of days, kept with the portfolio."""

    portfolio: Portfolio
    scheme: SizeScheme
    adjacent: frozenset[frozenset[str]]
    rates: ExchangeRates | None
    known: dict[tuple[Network, int, Answers], tuple[LinkedGroups, set[str]]] = attrs.field(
        factory=dict[Any, Any]
    )

    def grouping(
        self, network: Network, day: date, answers: Answers
    ) -> tuple[LinkedGroups, set[str]]:
        """The links of a network on a day for supposed answers, with the questions asked."""
        key = network, network.epoch(day), answers
        if key not in self.known:
            asked: set[str] = set()
            found = LinkedGroups.of(
                self.portfolio, holdings_on(network, day), self.scheme, self.rates, self.adjacent,
                _asking(answers, asked), day,
            )  # fmt: skip
            self.known[key] = found, asked
        return self.known[key]


def _asking(answers: Answers, asked: set[str]) -> Ask:
    """Answer open questions as supposed: those named with yes, or all of them alike; note them."""

    def ask(question: str) -> bool:
        asked.add(question)
        return answers is None or question in answers

    return ask


def class_on(
    portfolio: Portfolio, id: str, on: date, scheme: SizeScheme,
    adjacent: frozenset[frozenset[str]] = frozenset(), take_over: TakeOver = "at_once",
    rates: ExchangeRates | None = None,
) -> SizeClass:  # fmt: skip
    """The size class of an organization in a portfolio as it is known; see `size_class`."""
    groups = derived(portfolio, _Groups, scheme, adjacent, rates)
    network = network_of(portfolio, id)
    asked: set[str] = set()
    extremes: list[Answers] = [frozenset(), None]
    first = _walk(groups, network, id, on, extremes[0], asked)
    if asked:  # a yes to one question may raise another one
        _walk(groups, network, id, on, extremes[1], asked)
    alternatives: Sequence[Answers] = extremes if asked else ()
    if 0 < len(asked) <= _MOST_QUESTIONS:
        questions = sorted(asked)
        alternatives = [
            frozenset(each)
            for each in chain.from_iterable(
                combinations(questions, n) for n in range(len(questions) + 1)
            )
        ]
    walks = [_walk(groups, network, id, on, each, set()) for each in alternatives] or [first]
    histories = [_history(each, scheme, take_over) for each in walks]
    classes = frozenset(held for each in histories for held, _ in each[-1][1])
    if len(asked) > _MOST_QUESTIONS:
        classes = frozenset(range(min(classes), max(classes) + 1))
    last = walks[0][-1 if len(walks[0]) == 1 or take_over == "at_once" else -2]
    names = scheme.classes
    possible = tuple(names[each] for each in sorted(classes))
    ties = {each.tie for each in last.group.members}
    missing = (
        *(sorted(asked) if len(possible) > 1 else ()),
        *(
            dict.fromkeys(chain.from_iterable(missing_of(each[-1].accounts) for each in walks))
            if len(possible) > 1 else ()
        ),
    )  # fmt: skip
    if len(possible) > 1 and not missing:
        missing = _missing_before(walks[0])
    return SizeClass(
        organization_id=id, on=on, scheme=scheme,
        size=possible[0] if len(possible) == 1 else UNDETERMINED, possible=possible,
        basis="linked" if "linked" in ties else "partner" if "partner" in ties else "autonomous",
        public=last.group.public if scheme.with_group else Fraction(0),
        accounts=last.accounts, exempt=last.group.exempt if scheme.with_group else (),
        periods=_periods(walks, histories, names), missing=missing,
    )  # fmt: skip


def _missing_before(steps: Sequence[_Step]) -> tuple[str, ...]:
    """The figures that would settle the periods before the last one."""
    found = [
        f"{each} in {step.figures.period}" if step.figures is not None
        else f"{each} in the period without figures"
        for step in steps[:-1] for each in missing_of(step.accounts)
    ]  # fmt: skip
    return (*dict.fromkeys(found),)


def _walk(
    groups: _Groups, network: Network, id: str, on: date, answers: Answers,
    asked: set[str],
) -> tuple[_Step, ...]:  # fmt: skip
    """The group and its accounts in each period, and on the day itself, for supposed answers."""
    portfolio, scheme = groups.portfolio, groups.scheme

    def step(day: date, figures: Figures | None, known_by: date) -> _Step:
        if scheme.with_group:
            grouping, questions = groups.grouping(network, day, answers)
            asked.update(questions)
            group = grouping.group(id, _asking(answers, asked))
            holdings = grouping.holdings
        else:
            own = GroupMember(organization_id=id, tie="own", share=Fraction(1), why="itself")
            group, holdings = EnterpriseGroup(members=(own,), public=Fraction(0)), ()
        accounts = accounts_on(
            portfolio, group.members, holdings, scheme, groups.rates, known_by, figures
        )
        top = len(scheme.ceilings)
        classes = (
            frozenset({top})
            if group.public >= PARTNER_SHARE
            else possible_classes(accounts, scheme)
        )
        return _Step(figures=figures, group=group, accounts=accounts, classes=classes)

    years = _years(portfolio, id, on)
    found: list[_Step] = []
    before: date | None = None
    for end, year in years:
        if before is not None and year.period.start is not None:
            # A year without figures may have had any class.
            gap = months_between(before, max(year.period.start, before))
            found += [step(before - _DAY, None, before)] * min(2, -(-gap // 12))
        # Of the group, the last accounts closed by the day count with the last ones of its own.
        found.append(step(end - _DAY, year, on if year is years[-1][1] else end))
        before = end
    last = years[-1][1] if years else last_closed(portfolio, id, on)
    return (*found, step(on, last, on))


def _years(portfolio: Portfolio, id: str, on: date) -> list[tuple[date, Figures]]:
    """The closed accounting periods of an organization by a day, one record for each end."""
    closed: dict[date, Figures] = {}
    for each in figures_of(portfolio, id):
        end = each.period.end
        if end is not None and end <= on and (not each.estimated or end not in closed):
            closed[end] = each
    return [*closed.items()]


_History = list[tuple[bool, frozenset[tuple[int, int]]]]


def _history(steps: Sequence[_Step], scheme: SizeScheme, take_over: TakeOver) -> _History:
    """For each period if it decided at once, and the states that are then possible.

    The last step is the day itself: it has the figures of the last period again, and counts only
    where the group has changed since.
    """
    changed = [False, *(one.group.shape != other.group.shape for one, other in pairwise(steps))]
    at_once = take_over == "at_once"
    delay = scheme.periods > 1
    resets = {place for place, each in enumerate(changed) if each and at_once}
    states = [*classes_after([each.classes for each in steps], resets=resets, delay=delay)]
    if len(steps) > 1 and not (changed[-1] and at_once):
        states[-1] = states[-2]
    return [(place in resets, each) for place, each in enumerate(states)]


def _periods(
    walks: Sequence[Sequence[_Step]], histories: Sequence[_History], names: Sequence[str]
) -> tuple[SizePeriod, ...]:
    """The periods, with the classes that any of the answers to open questions leaves possible."""
    found: list[SizePeriod] = []
    for place, step in enumerate(walks[0]):
        is_day = place == len(walks[0]) - 1
        if is_day and place and not any(each[place][0] for each in histories):
            continue
        by_itself = {name for each in walks for name in each[place].classes}
        held = {name for each in histories for name, _ in each[place][1]}
        found.append(SizePeriod(
            period=None if is_day or step.figures is None else step.figures.period,
            by_itself=tuple(names[each] for each in sorted(by_itself)),
            held=tuple(names[each] for each in sorted(held)),
            at_once=any(each[place][0] for each in histories),
        ))  # fmt: skip
    return (*found,)


def sizes_of(portfolio: Portfolio, days: Mapping[str, date]) -> dict[str, str | None]:
    """The size class of each enterprise on a day of its own; None where it is undetermined.

    Networks are worked out once for each span of days without a change.
    """
    scheme = SIZE_SCHEMES["2003/361/EC"]
    return {
        id: found.size if (found := class_on(portfolio, id, on, scheme)).size != UNDETERMINED
        else None
        for id, on in days.items()
    }  # fmt: skip
