"""Measuring visitors by quarter, program and kind of organization against the best plain loop.

    python tests/benchmarks/bench_measure.py [--smoke]

The loop goes over the same attrs objects: one set of persons for each quarter and program, split by
the kind of organization at the end. The first question builds the columns, further ones use them.
Goals at 1,000,000 visits: at most 2 for the first question, 0.5 for each further one. The memory of
the columns is that of the tables alone, beside the objects.
"""

import random
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import ratios

from mic_core.chrono import Period, Slot
from mic_core.impact.measuring import measure
from mic_core.impact.scorecard import Scorecard
from mic_core.impact.tables.build import facts_of
from mic_core.model import (
    Attendance,
    Center,
    Edition,
    Membership,
    Noun,
    Organization,
    Program,
    Session,
)
from mic_core.portfolio import Portfolio

AS_OF = datetime(2020, 1, 1, tzinfo=UTC)
BY = ("quarter", "program_id", "organization_kind")
Cells = dict[tuple[str, str, str], int]


def network(n: int) -> Portfolio:
    """Visits of a tenth as many persons to a fiftieth as many sessions, of six programs."""
    draw = random.Random(1)  # not for secrets
    persons, sessions = max(1, n // 10), max(1, n // 50)
    nouns: list[Noun] = [Center(id="c", name="C", country="BE", time_zone="Europe/Brussels")]
    nouns += [Program(id=f"p-{each}", title="P", kind="training") for each in range(6)]
    nouns += [
        Edition(
            id=f"e-{each}", program_id=f"p-{each % 6}", center_id="c", number=each + 1,
            period=Period.year(2014),
        )
        for each in range(60)
    ]  # fmt: skip
    nouns += [_session(each) for each in range(sessions)]
    kinds: tuple[Any, ...] = ("venture", "sme", "large", "public")
    nouns += [
        Organization(id=f"o-{each}", name="O", kind=kinds[each % 4], country="BE")
        for each in range(40)
    ]
    nouns += [
        Membership(
            id=f"m-{each}", person_id=f"x-{each}", organization_id=f"o-{each % 40}", role="member",
            period=Period(),
        )
        for each in range(persons)
    ]  # fmt: skip
    nouns += [
        Attendance(
            id=f"a-{each}", session_id=f"s-{draw.randrange(sessions)}",
            person_id=f"x-{draw.randrange(persons)}",
            status=("present", "absent", "partial", "present")[each % 4],
        )
        for each in range(n)
    ]  # fmt: skip
    portfolio = Portfolio.of(*nouns)
    portfolio.all(Attendance)  # sorted once, for both
    return portfolio


def _session(each: int) -> Session:
    start = datetime(2010, 1, 1, 18, tzinfo=UTC) + timedelta(days=each % 1800)
    slot = Slot(start, start + timedelta(hours=2))
    return Session(
        id=f"s-{each}", center_id="c", title="S", edition_id=f"e-{each % 60}", length=slot.length,
        slot=slot,
    )  # fmt: skip


def by_loop(portfolio: Portfolio) -> Cells:
    """The distinct visitors of each cell, by loops over the nouns."""
    programs = {each.id: each.program_id for each in portfolio.all(Edition)}
    kinds = {each.id: each.kind for each in portfolio.all(Organization)}
    kind = {each.person_id: kinds[each.organization_id] for each in portfolio.all(Membership)}
    place = {
        each.id: (
            f"{each.slot.start.year}-Q{(each.slot.start.month + 2) // 3}",
            programs[each.edition_id or ""],
        )
        for each in portfolio.all(Session)
        if each.slot is not None
    }
    cells: dict[tuple[str, str], set[str]] = {}
    for visit in portfolio.all(Attendance):
        if visit.status in ("present", "partial"):
            key = place[visit.session_id]
            known = cells.get(key)
            if known is None:
                known = cells[key] = set()
            known.add(visit.person_id)
    found: dict[tuple[str, str, str], set[str]] = {}
    for (quarter, program), persons in cells.items():
        for person in persons:
            found.setdefault((quarter, program, kind[person]), set()).add(person)
    return {key: len(persons) for key, persons in found.items()}


def asked(portfolio: Portfolio) -> Callable[[], Scorecard]:
    """The question to the columns of a portfolio."""
    return lambda: measure(portfolio, "V2", by=BY, as_of=AS_OF)


def first(portfolio: Portfolio) -> Callable[[], Scorecard]:
    """The question to a portfolio without any columns yet."""

    def run() -> Scorecard:
        return measure(Portfolio.replay(portfolio.log), "V2", by=BY, as_of=AS_OF)

    return run


def main() -> list[ratios.Row]:
    """Print tables and return their rows."""
    rows: list[ratios.Row] = []
    for n in (1_000,) if ratios.smoke() else (10_000, 100_000, 1_000_000):
        portfolio = network(n)
        found = {tuple(label for _, label in each.cell): each.value for each in asked(portfolio)()}
        found.pop(())
        assert found == by_loop(portfolio)
        cases: dict[str, Callable[[], object]] = {
            "plain loop": partial(by_loop, portfolio),
            "replay of the log": partial(Portfolio.replay, portfolio.log),
            "replay, first question": first(portfolio),
            "further question": asked(portfolio),
        }
        rows += ratios.compare(
            f"{n:,} visits", cases, repetitions=1 if ratios.smoke() else 3,
            goals={"further question": 0.5},
        )  # fmt: skip
        tracemalloc.start()
        table = facts_of(portfolio, AS_OF + timedelta(days=1)).table("visits")
        for name in ("status", "person_id", "day", "program_id", "organization_kind", "evidence"):
            assert len(table.columns[name].codes) == table.size
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        print(f"  columns of {n:,} visits: {held / 2**20:,.1f} MiB")
    return rows


if __name__ == "__main__":
    main()
