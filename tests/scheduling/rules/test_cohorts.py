"""Persons in several cohorts: their order is that of their ids, whatever the hash seed."""

import subprocess
import sys

GROUPS = """
from datetime import UTC, datetime, timedelta
from mic_core.chrono import Period, Slot
from mic_core.catalog.check import check
from mic_core.model import Center, Edition, Enrollment, Person, Program, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.scheduling.rules.participants import Participants
from mic_core.timetable import timetable_of

start, hour = datetime(2014, 9, 10, 9, tzinfo=UTC), timedelta(hours=1)
nouns = [
    Center(id="c", name="C", country="BE", time_zone="UTC"),
    Program(id="b", title="B", kind="training"),
]
for n in range(4):
    cohort = f"e{n}"
    nouns.append(Edition(id=cohort, program_id="b", center_id="c", number=n + 1, period=Period()))
    nouns.append(
        Session(id=f"s{n}", center_id="c", edition_id=cohort, title=f"T{n}", length=hour,
                slot=Slot(start, start + hour))
    )
for n in range(9):
    nouns.append(Person(id=f"p{n}", name="N"))
    for into in {f"e{n % 4}", f"e{(n + 1) % 4}", f"e{(n * n) % 4}"}:
        nouns.append(Enrollment(id=f"{n}{into}", participant_id=f"p{n}", into=into))
        nouns.append(
            Transition(id=f"t{n}{into}", subject=f"enrollment:{n}{into}", before="requested",
                       after="enrolled", effective_at=start - hour)
        )
portfolio = Portfolio.of(*nouns)
members = Participants(timetable_of(portfolio), range(4))
print([(each.label, each.sessions) for each in members.groups()])
print([(group.label, spans) for group, spans in members.joins(1, None)])
print([*members.joins(1, None)] == [*members.joins(1, None)])
print(*check(portfolio).findings, sep="\\n")
"""
"""Prints the groups of persons who are expected at several sessions, and the findings."""


def test_cohorts_come_in_one_order_under_any_hash_seed() -> None:
    """Groups, the persons whom a session joins, and findings are in the order of ids."""
    shown = {
        subprocess.run(
            [sys.executable, "-c", GROUPS],
            check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in "012"
    }  # fmt: skip
    (text,) = shown
    labels = [part.split("'")[0] for part in text.splitlines()[0].split("person:")[1:]]
    assert labels == [f"p{n}" for n in range(9)]
    assert "participant-overlap" in text
