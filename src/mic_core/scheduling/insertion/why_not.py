"""The verb `why_not`: which hard rules forbid the placements of one session, counted by rule.

A start set per rule, room and trainer holds the starts at which its insertion cost is above 0;
counting bits gives the counts, so that no placement is evaluated by itself.
"""

from collections.abc import Iterable
from datetime import timedelta

import attrs

from mic_core.chrono import Period, Slot
from mic_core.findings import (
    Fact,
    Finding,
    Policy,
    Titles,
    in_order,
    notice_of,
    titled_texts,
)
from mic_core.ids import cite
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Quantity,
    html_bars,
    html_notices,
    joined,
    note,
    notebook,
    table,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule
from mic_core.scheduling.insertion.finer_step import at_finer_step
from mic_core.scheduling.insertion.insertion_costs import (
    InsertionCosts,
    RuleTerm,
    forbidden_starts,
    starts_above_zero,
)
from mic_core.scheduling.insertion.placements import Options, StartSet
from mic_core.scheduling.insertion.question import insertion_query
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.timetable import Timetable


@attrs.frozen(kw_only=True)
class Blocks:
    """The number of placements that a rule forbids, also by the label that it cites, most first.

    A placement that is forbidden because of several labels counts for each of them.
    """

    code: str
    placements: int
    by: tuple[tuple[str, int], ...]


@attrs.frozen(kw_only=True)
class WhyNot:
    """The hard rules that forbid placements of a session: `free` of all `placements` are left.

    A placement is a start, a room and, where one is to be chosen, a trainer. `rules` are those
    that forbid any, the one that forbids most first; a placement that several rules forbid counts
    for each. `findings` are the findings of hard rules where there is one placement only; none
    where it is free, or where there are several. `finer` is the coarsest step at which placements
    would be free where none is; None if some are, or if no minute was found to help.
    """

    session_id: str
    placements: int
    free: int
    rules: tuple[Blocks, ...] = ()
    findings: tuple[Finding, ...] = ()
    finer: timedelta | None = None

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each rule and label: the number of placements that are forbidden by it."""
        return tuple(
            {"rule": each.code, "because_of": label, "forbids": count, "of": self.placements}
            for each in self.rules
            for label, count in each.by
        )

    @property
    def _summary(self) -> str:
        about = cite("session", self.session_id)
        finer = at_finer_step(self.finer)
        if not self.placements:
            return f"{about}: there is no room, or no time to start{finer}"
        return f"{about}: {self.free:,} of {self.placements:,} placements are free{finer}"

    def _shown(self, portfolio: Titles | None, *, names: bool) -> tuple[str, ...]:
        """The summary, then a text for each finding, or else the main label of each rule."""
        details = map(str, self.findings) if self.findings else map(_main_label, self.rules)
        return titled_texts([self._summary, *details], portfolio, names=names, about="WhyNot")

    def text(self, portfolio: Titles | None = None, *, names: bool = False) -> str:
        """The number of free placements, and a table of rules that forbid others; or findings.

        With a `portfolio`, titles and names take the place of citations; `names` shows those of
        persons too, which are personal. Raises InvariantError for arguments that cannot be.
        """
        summary, *details = self._shown(portfolio, names=names)
        if self.findings or not self.rules:
            return "\n".join([summary, *details])
        rows = [
            (
                each.code,
                Quantity(f"{each.placements:,}"),
                Quantity(_share(each.placements, self.placements)),
                label,
            )
            for each, label in zip(self.rules, details, strict=True)
        ]
        headers = ("rule", "forbids (placements)", "share", "most of it because of")
        return f"{summary}\n\n{table(rows, headers)}"

    def __str__(self) -> str:
        return self.text()

    def html(
        self, portfolio: Titles | None = None, *, names: bool = False, most: int = MOST_ROWS
    ) -> Html:
        """The placements that each rule forbids, as bars; or the findings in the one placement.

        The arguments are those of `text`.
        """
        summary, *details = self._shown(portfolio, names=names)
        shown = (
            html_notices(
                [notice_of(each, portfolio, names=names) for each in self.findings],
                caption="What forbids it", nothing="Nothing forbids it.", most=most,
            )
            if self.findings
            else html_bars(
                [
                    (f"{each.code} ({label})", each.placements, self.placements)
                    for each, label in zip(self.rules, details, strict=True)
                ],
                ("rule", "placements it forbids", ""), caption="What forbids placements", most=most,
            )
        )  # fmt: skip
        return joined([note(summary), shown])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _share(count: int, of: int) -> str:
    """The share in percent, rounded down, so that 100% is all; below 1% in words, never 0%."""
    return f"{count * 100 // of}%" if count * 100 >= of else "under 1%"


def _main_label(each: Blocks) -> str:
    """The label that a rule cites most, and its share of the placements that the rule forbids."""
    label, count = each.by[0]
    return f"{label or 'all'} {_share(count, each.placements)}"


def why_not(
    of: Portfolio | Timetable,
    session_id: str,
    slot: Slot | None = None,
    room_id: str | None = None,
    trainer_id: str | None = None,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
) -> WhyNot:
    """The hard rules that forbid the placements of one session, while all others are fixed.

    The candidate placements are those of `suggest`; a slot, a room and a trainer restrict them to
    that one, and need not lie on a step, in the window or in the center. If one placement is
    left, its findings are listed. A rule forbids a placement whose insertion cost is above 0: it
    would cost more than without the session, so a rule that is broken anyway forbids nothing by
    that. Waivers lift nothing. `of` may be the timetable of a portfolio, to reuse it for several
    sessions.

    Raises NotFound for an unknown session, room or person, and InvariantError for a session that
    is cancelled, held or has presence, for a slot of another length, for a trainer who is not to
    be chosen, and for what `plan` refuses. O(memberships + rooms times trainers) sets of starts,
    and a call for each placement of a hard rule that is a function.

    >>> from datetime import UTC, date, datetime
    >>> from mic_core.samples import brussels_2014
    >>> known = brussels_2014().as_of(datetime(2014, 11, 1, tzinfo=UTC))
    >>> week = Period.days(date(2014, 11, 10), date(2014, 11, 14))
    >>> print(why_not(known, "b6-marketing-3", room_id="montoyer", window=week))
    session:b6-marketing-3: 150 of 469 placements are free
    <BLANKLINE>
    rule             │ forbids (placements) │ share │ most of it because of
    ━━━━━━━━━━━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━┿━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━━━━
    opening-hours    │                  264 │   56% │ center:mic-brussels 100%
    closures         │                  107 │   22% │ center:mic-brussels 100%
    audience-overlap │                   23 │    4% │ edition:boostcamp-6 100%
    room-overlap     │                   23 │    4% │ room:montoyer 100%
    >>> slot = Slot.at("2014-11-11", "18:00", timedelta(hours=3), "Europe/Brussels")
    >>> why_not(known, "b6-marketing-3", slot, "montoyer").findings[0].fact("needed")
    'Tue 11 Nov 2014'
    """
    query = insertion_query(
        "why_not", of, session_id, window=window, step=step, rules=rules, policy=policy,
        slot=slot, room_id=room_id, trainer_id=trainer_id,
    )  # fmt: skip
    found = count_blocks(query.options, query.hard)
    if found.free or slot is not None:
        return found
    return attrs.evolve(found, finer=query.finer_step())


def count_blocks(options: Options, hard: Iterable[RuleTerm]) -> WhyNot:
    """The placements that hard terms forbid, by rule and label; findings if there is one only."""
    costs = InsertionCosts(options, hard)
    by_rule: dict[str, int] = {}
    by_label: dict[str, dict[str, int]] = {}
    free = 0
    for room in options.rooms:
        for trainer in options.trainers:
            left = options.times.all
            closed = forbidden_starts(costs.by_rule(room, trainer))
            for code, starts in closed.items():
                by_rule[code] = by_rule.get(code, 0) + starts.bit_count()
                left &= ~starts
            free += left.bit_count()
            for (code, label), starts in _starts_by_label(costs, room, trainer).items():
                # Where another label lowers the cost by as much, the rule forbids nothing.
                blocked = (starts & closed.get(code, 0)).bit_count()
                if blocked:
                    mine = by_label.setdefault(code, {})
                    mine[label] = mine.get(label, 0) + blocked
    rules = (
        Blocks(
            code=code,
            placements=count,
            by=tuple(sorted(by_label[code].items(), key=lambda each: (-each[1], each[0]))),
        )
        for code, count in by_rule.items()
    )
    return WhyNot(
        session_id=options.session.id,
        placements=options.size,
        free=free,
        rules=tuple(sorted(rules, key=lambda each: (-each.placements, each.code))),
        findings=_findings(costs, set(by_rule)) if options.size == 1 else (),
    )


def _starts_by_label(
    costs: InsertionCosts, room: str | None, trainer: str | None
) -> dict[tuple[str, str], StartSet]:
    """The starts whose insertion cost is above 0, by the code of a rule and the label it cites."""
    found: dict[tuple[str, str], StartSet] = {}
    for each, label, of_label in costs.by_term(room, trainer):
        key = each.entry.code, label
        found[key] = found.get(key, 0) | starts_above_zero(of_label)
    return found


def _findings(costs: InsertionCosts, codes: set[str]) -> tuple[Finding, ...]:
    """The findings of some rules in the one placement."""
    room, trainer = costs.options.rooms[0], costs.options.trainers[0]
    found = costs.findings(0, room, trainer)
    return in_order(finding for (_, code), finding in found if code in codes)
