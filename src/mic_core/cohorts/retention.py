"""Retention: of those with a seat by the end of a week, how many still had it, week by week."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from mic_core.cohorts.counting import QUERIES, YES, CountQuery, Counts
from mic_core.cohorts.explaining import (
    CohortExplanation,
    Definitions,
    LeftOut,
    PortfolioOrTables,
    facts_that,
)
from mic_core.cohorts.operations import Operation, titles_of_others
from mic_core.cohorts.rates import KeptOf, share_text
from mic_core.errors import NotFound
from mic_core.impact.aggregation.estimate import number
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.curves import Curve, svg_curves
from mic_core.model.expressions.measures import where

_HEADERS = ("cohort", "week", "kept", "kept, %", "mean, %", "active", "active, %")
_DEFINITIONS: Definitions = (
    ("cohort", "participants who were ever enrolled in the edition; re-entries are one"),
    (
        "week",
        ("an ISO week, counted from that of the first day, by the clocks of the center; it is "
        "reported once it is over"),
    ),
    (
        "kept",
        ("of the cohort that had a seat by the end of the week, those who had not left early: "
        "withdrawn, cancelled, transferred, declined or expired"),
    ),
    (
        "active",
        ("persons who attended a session at which they were expected, of the persons expected in "
        "that week; none without a delivered session"),
    ),
    ("pooled", "the cohorts whose week is over, added up: large ones weigh more"),
    ("mean of cohorts", "the mean of their shares: each cohort weighs the same"),
)  # fmt: skip


@attrs.frozen(kw_only=True)
class OperationWeeks:
    """The retention of one operation, with a value for each week that is over.

    A value of `kept` is None where the cell is hidden, of `active` also where no session was
    delivered.
    """

    operation: Operation
    kept: tuple[KeptOf | None, ...]
    active: tuple[KeptOf | None, ...]

    @property
    def has_cohort(self) -> bool:
        """True if somebody had a seat by the end of a week that is over."""
        return any(each is None or each.of for each in self.kept)


@attrs.frozen(kw_only=True)
class Retention:
    """Retention by week: of each edition, and pooled over those whose week is over.

    `active` are the persons who attended, pooled; `mean` is the mean share of the cohorts. For each
    week, `not_due` has the titles of the editions that have such a week and whose week is not over
    yet. `left_out` are editions in no pool; `hidden` those of a cohort below the minimum.
    """

    editions: tuple[OperationWeeks, ...]
    pooled: tuple[KeptOf | None, ...]
    active: tuple[KeptOf | None, ...]
    mean: tuple[Fraction | None, ...]
    not_due: tuple[tuple[str, ...], ...]
    left_out: LeftOut = ()
    hidden: tuple[str, ...] = ()
    as_of: datetime = attrs.field(repr=False)

    def __getitem__(self, id: str) -> OperationWeeks:
        """The retention of an edition by its id; raises NotFound for one that is not shown."""
        for each in self.editions:
            if each.operation.id == id:
                return each
        msg = "no edition of that id is shown here"
        raise NotFound(msg)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each edition and week; those of the pool come last, without an id."""
        return (*(
            {
                "edition_id": id, "title": title, "week": week,
                "kept": None if kept is None else kept.kept,
                "of": None if kept is None else kept.of, "share": number(_share(kept)),
                "active": None if active is None else active.kept,
                "expected": None if active is None else active.of,
                "mean_of_cohorts": number(mean),
            }
            for id, title, week, kept, active, mean in self._lines()
        ),)  # fmt: skip

    def _lines(
        self,
    ) -> Iterator[tuple[str | None, str, int, KeptOf | None, KeptOf | None, Fraction | None]]:
        for each in self.editions:
            for week, (kept, active) in enumerate(zip(each.kept, each.active, strict=True), 1):
                yield each.operation.id, each.operation.title, week, kept, active, None
        pool = zip(self.pooled, self.active, self.mean, strict=True)
        for week, (kept, active, mean) in enumerate(pool, 1):
            yield None, "pooled", week, kept, active, mean

    def explain(self, facts: PortfolioOrTables | None = None) -> CohortExplanation:
        """The definitions, and of a portfolio the enrollments that were kept and those that left.

        `facts` of the explanation are the first enrollments of participants who never left early,
        `possible` those of all others.
        """
        found = CohortExplanation(definitions=_DEFINITIONS, left_out=self.left_out)
        if facts is None or self.hidden:
            return found
        here = [each.operation.id for each in self.editions]
        first, never = where("is_first", "==", YES), where("until_week", "unknown")
        every = facts_that(facts, "stays", here, (first,), self.as_of)
        kept = facts_that(facts, "stays", here, (never,), self.as_of)
        left = (*sorted({*every} - {*kept}),)
        return attrs.evolve(found, facts=kept, possible=left)

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._remarks()])

    def _cells(self) -> list[tuple[str | int | Quantity | None, ...]]:
        idle = {each.operation.id for each in self.editions if not each.has_cohort}
        return [
            (
                title, week, _words(kept), Quantity(share_text(_share(kept))),
                Quantity(share_text(mean)), _words(active), Quantity(share_text(_share(active))),
            )
            for id, title, week, kept, active, mean in self._lines() if id not in idle
        ]  # fmt: skip

    def _remarks(self) -> Iterator[str]:
        """The names of the editions that are left out, with the reason."""
        idle = [each.operation.title for each in self.editions if not each.has_cohort]
        if idle:
            yield f"Without anybody enrolled in a week that is over: {', '.join(idle)}."
        waiting = ", ".join(dict.fromkeys(title for each in self.not_due for title in each))
        if waiting:
            yield f"Not in the pool of the weeks that are still to come: {waiting}."
        if self.left_out:
            yield f"Left out: {'; '.join(f'{title} ({why})' for title, why in self.left_out)}."
        if self.hidden:
            yield f"Hidden, as the cohort is too small: {', '.join(self.hidden)}."

    def svg(self) -> Html:
        """The retention curves, with the numbers of the cohort by week below."""
        curves = [
            Curve(
                title=each.operation.title, shares=(*map(_share, each.kept),),
                at_risk=tuple(None if kept is None else kept.of for kept in each.kept),
            )
            for each in self.editions if each.has_cohort
        ]  # fmt: skip
        pool = Curve(
            title="pooled", shares=(*map(_share, self.pooled),), main=True,
            at_risk=tuple(None if kept is None else kept.of for kept in self.pooled),
        )  # fmt: skip
        return svg_curves(
            [*curves, pool] if len(curves) != 1 else [attrs.evolve(curves[0], main=True)],
            title="Retention", steps="week", share="seat kept", at_risk="had a seat by then",
            nothing="No week is over yet.",
        )  # fmt: skip

    def html(self) -> Html:
        """The curves, then the numbers as a table."""
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption="Retention by week"),
            *map(note, self._remarks()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _share(kept: KeptOf | None) -> Fraction | None:
    return None if kept is None else kept.share


def _words(kept: KeptOf | None) -> Quantity:
    return Quantity("" if kept is None else str(kept))


# Evaluation


def retention_of(
    count: CountQuery, operations: Sequence[Operation], shown: Sequence[Operation], minimum: int,
    as_of: datetime,
) -> Retention:  # fmt: skip
    """The retention of some operations; those not `shown` are in the pool only. O(cells)."""
    stays = _by_operation(count(QUERIES["stays"]))
    expected, active = count(QUERIES["expected persons"]), count(QUERIES["active persons"])
    ids = {each.id for each in shown}
    every = [
        OperationWeeks(
            operation=each, kept=kept_by_week(stays.get(each.id, ()), each.weeks_over),
            active=tuple(
                KeptOf(active.get((each.id, week), 0), expected[each.id, week])
                if (each.id, week) in expected else None
                for week in range(1, each.weeks_over + 1)
            ),
        )
        for each in operations
    ]  # fmt: skip
    pool = [each for each in every if each.operation.status != "cancelled"]
    weeks = range(max((len(each.kept) for each in pool if each.has_cohort), default=0))
    reached = [[each for each in pool if len(each.kept) > week] for week in weeks]
    return Retention(
        editions=tuple(_masked(each, minimum) for each in every if each.operation.id in ids),
        pooled=tuple(
            _hide(_sum(each.kept[week] for each in reached[week]), minimum) for week in weeks
        ),
        active=tuple(
            _hide(_sum(each.active[week] for each in reached[week]), minimum) for week in weeks
        ),
        mean=tuple(
            _mean_shown([_hide(each.kept[week], minimum) for each in reached[week]])
            for week in weeks
        ),
        not_due=tuple(
            tuple(
                each.operation.title for each in pool
                if len(each.kept) <= week and _has_week(each.operation, week + 1)
            )
            for week in weeks
        ),
        left_out=tuple(
            (each.title, str(each.left_out)) for each in operations if each.status == "cancelled"
        ),
        hidden=titles_of_others(operations, shown), as_of=as_of,
    )  # fmt: skip


Stay = tuple[int | None, int | None, bool, int]
"""The week of an entry, that of leaving early, if it is the first stay, and how many there are."""


def _by_operation(stays: Counts) -> Mapping[str, Sequence[Stay]]:
    found: dict[str, list[Stay]] = {}
    for key, n in stays.items():
        id, since, until, is_first = key
        found.setdefault(str(id), []).append(stay_of(since, until, is_first, n))
    return found


def stay_of(since: Any, until: Any, is_first: Any, n: int) -> Stay:
    """A stay from the labels of a grouped count."""
    return since, until, bool(is_first), n


def kept_by_week(stays: Iterable[Stay], weeks: int) -> tuple[KeptOf, ...]:
    """The retention of each week up to a number of weeks. O(stays + weeks).

    >>> kept_by_week([(1, None, True, 2), (1, 2, True, 1), (2, None, True, 1)], 2)
    (KeptOf(kept=3, of=3), KeptOf(kept=3, of=4))
    """
    kept, of = [0] * (weeks + 2), [0] * (weeks + 2)
    for since, until, is_first, n in stays:
        if since is None:
            continue  # the first day of the edition is not known, so that it has no weeks
        of[min(since, weeks + 1)] += n * is_first
        kept[min(since, weeks + 1)] += n
        if until is not None:
            kept[min(until, weeks + 1)] -= n
    found: list[KeptOf] = []
    held = cohort = 0
    for week in range(1, weeks + 1):
        held, cohort = held + kept[week], cohort + of[week]
        found.append(KeptOf(held, cohort))
    return (*found,)


def pooled_weeks(cohorts: Sequence[tuple[KeptOf, ...]]) -> tuple[KeptOf, ...]:
    """The retention of several cohorts by week: of each week, those that have reached it."""
    weeks = range(max(map(len, cohorts), default=0))
    reached = ([each[week] for each in cohorts if len(each) > week] for week in weeks)
    return (*map(added, reached),)


def added(parts: Iterable[KeptOf]) -> KeptOf:
    """The sum of some values."""
    known = [*parts]
    return KeptOf(sum(each.kept for each in known), sum(each.of for each in known))


def _has_week(operation: Operation, week: int) -> bool:
    """True if an operation has such a week, which may be still to come."""
    return operation.first is not None and (operation.weeks is None or operation.weeks >= week)


def _sum(parts: Iterable[KeptOf | None]) -> KeptOf | None:
    """The sum of the values that there are; None without any."""
    known = [each for each in parts if each is not None]
    return added(known) if known else None


def _mean_shown(weeks: Sequence[KeptOf | None]) -> Fraction | None:
    """The mean share of cohorts; None where one of them is hidden, which it could tell."""
    return None if None in weeks else mean_of([*map(_share, weeks)])


def mean_of(shares: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of the shares that there are; None without any."""
    known = [each for each in shares if each is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def _masked(weeks: OperationWeeks, minimum: int) -> OperationWeeks:
    return attrs.evolve(
        weeks, kept=tuple(_hide(each, minimum) for each in weeks.kept),
        active=tuple(_hide(each, minimum) for each in weeks.active),
    )  # fmt: skip


def _hide(kept: KeptOf | None, minimum: int) -> KeptOf | None:
    """A value, or None if it is about fewer than a minimum."""
    return None if kept is not None and 0 < kept.of < minimum else kept
