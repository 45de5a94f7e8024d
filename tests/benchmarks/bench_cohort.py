"""Cohorts of a network with 1,000,000 attendances, against a plain loop over the objects.

    python tests/benchmarks/bench_cohort.py [--smoke]

The base counts, for each edition, who of those enrolled was recorded as present at each session:
one dictionary of records and two loops, without statuses, weeks, bounds or walk-ins. `portfolio and
tables` builds the fact tables that a cohort reads; `cohort` evaluates all of its parts from kept
tables, `by gender` splits them besides, `look` is all of it with its pictures. All answers agree on
the attendance.
"""

from datetime import UTC, datetime

import ratios

from mic_core.cohorts.cohort import Cohort, cohort
from mic_core.impact.tables.build import FactTables, facts_of
from mic_core.model import Attendance, Enrollment, Session
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio
from mic_core.samples.synthetic import network

AT = datetime(2016, 1, 1, tzinfo=UTC)
TABLES = ("editions", "journeys", "stays", "rosters", "participations")


def plain(portfolio: Portfolio) -> int:
    """The attended of those enrolled, by a loop over sessions and the enrolled of each."""
    records = {(each.session_id, each.person_id): each for each in portfolio.all(Attendance)}
    enrolled: dict[str, list[str]] = {}
    for each in portfolio.all(Enrollment):
        enrolled.setdefault(each.into, []).append(each.participant_id)
    attended = 0
    for session in portfolio.all(Session):
        for person in enrolled.get(session.edition_id or "", ()):
            record = records.get((session.id, person))
            attended += record is not None and record.status in PRESENT
    return attended


def tables(portfolio: Portfolio) -> FactTables:
    """The tables of a portfolio that nobody has asked before."""
    facts = facts_of(Portfolio.of(*portfolio.values()), AT)
    for name in TABLES:
        facts.table(name)
    return facts


def main() -> list[ratios.Row]:
    """Print the table and return its rows."""
    small = ratios.smoke()
    portfolio = network(
        1, centers=2 if small else 100, editions_per_center=10, sessions_per_edition=25,
        participants_per_edition=40,
    )  # fmt: skip
    found: Cohort = cohort(portfolio, as_of=AT)
    assert found.attendance.pooled.attended == plain(portfolio)
    return ratios.compare(
        f"cohort: {len(portfolio.all(Attendance)):,} attendances",
        {
            "plain loop": lambda: plain(portfolio),
            "portfolio and tables": lambda: tables(portfolio),
            "cohort": lambda: cohort(portfolio, as_of=AT),
            "by gender": lambda: cohort(portfolio, as_of=AT, by="gender"),
            "look": found.html,
        },
        repetitions=1 if small else 3,
    )


if __name__ == "__main__":
    main()
