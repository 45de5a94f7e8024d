"""MIC Brussels in 2014: its agenda, what is wrong with it, who came, what is claimed.

Reads brussels_2014.json beside this script and prints plain text, 100 columns wide at most.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from mic_core import (
    Attendance,
    Period,
    Portfolio,
    Report,
    Retraction,
    Seats,
    Target,
    agenda,
    check,
    claims,
    head_count,
    loads,
    measure,
    promote,
)
from mic_core.chrono.months import day_text
from mic_core.markup import Quantity, bar, table, wrap

WIDTH = 100
BEFORE_IT = datetime(2014, 9, 2, 8, 0, tzinfo=UTC)
SME_WEEK = datetime(2014, 10, 5, 19, 0, tzinfo=UTC)
END_OF_YEAR = datetime(2014, 12, 31, 12, 0, tzinfo=UTC)
SHOWN = Period.days(date(2014, 9, 8), date(2014, 10, 31))


def season(text: str) -> Iterator[str]:
    """The demo, block by block."""
    everything = loads(text)
    then = everything.as_of(SME_WEEK)
    later = everything.as_of(END_OF_YEAR)

    yield heading("The season of 2014 at the Microsoft Innovation Center in Brussels")
    yield prose(
        f"Read {len(everything)} facts in {len(everything.log)} batches from brussels_2014.json. "
        "Names, rooms and times are invented around what an article of SME Week 2014 says. "
        f"First, what was known on 5 October 2014, the last day of that week: {len(then)} facts."
    )
    yield heading("Agenda, September and October")
    yield str(agenda(then, "mic-brussels", period=SHOWN))

    yield heading("What is wrong with it")
    yield findings(check(then, as_of=SME_WEEK))
    yield prose(
        "The next day the plan was corrected. At the end of the year the same check finds: "
        + str(check(later, as_of=END_OF_YEAR)).partition("\n")[0]
        + "."
    )

    yield heading("The Boostcamp so far: who was there of sixteen")
    yield evenings(then)

    yield heading("The waitlist of the Boostcamp before it began, and with two more seats")
    yield str(promote(then, "boostcamp-6", at=BEFORE_IT))
    yield str(promote(then, "boostcamp-6", at=BEFORE_IT, seats=Seats(in_person=18)))

    yield heading("Who came, as known on 5 October and at the end of the year")
    yield counts(then, later)
    yield prose(
        "Heads that nobody wrote a name for may be the same persons as others, so unique visitors "
        "lie between two numbers."
    )

    yield heading("A scorecard of the season, at the end of the year")
    yield scorecard(later)
    yield prose(
        "The target of 1,000 visits is an example. Nobody recorded the staff of enterprises, so "
        "jobs are unknown, which is not the same as none."
    )

    yield heading("A record taken back")
    yield taken_back(later)

    yield heading("What the article claims beside what the data supports")
    yield str(claims(then))
    yield prose(
        "This sample holds one season of one center, so it can support small claims and cannot "
        "contradict large ones."
    )


def heading(text: str) -> str:
    """A title with a line below it."""
    return f"{text}\n{'═' * len(text)}"


def prose(text: str) -> str:
    """A paragraph."""
    return "\n".join(wrap(text, WIDTH))


def findings(report: Report) -> str:
    """Each finding as a paragraph with what would mend it, after a line that counts them."""
    lines = [str(report).partition("\n")[0], ""]
    for number, finding in enumerate(report.findings, 1):
        lines.append(f"{number}. {finding.code} ({finding.severity})")
        lines += [f"   {line}" for line in wrap(finding.message, WIDTH - 3)]
        lines += [f"   {line}" for line in wrap(f"To mend it: {finding.mend}.", WIDTH - 3)]
    return "\n".join(lines)


def evenings(portfolio: Portfolio) -> str:
    """A bar for each session of the Boostcamp that was held."""
    seats = len(head_count(portfolio, "boostcamp-6").enrolled)
    rows: list[tuple[str, str, int]] = []
    for item in agenda(portfolio, "boostcamp-6").items:
        present = len(head_count(portfolio, f"session:{item.session_id}").persons)
        if item.status == "held" and item.start is not None:
            rows.append(
                (f"{day_text(item.start.date())} {item.title}", bar(present, seats, 32), present)
            )
    return table(rows, ("session", "present", ""), columns=WIDTH)


def counts(then: Portfolio, later: Portfolio) -> str:
    """The same measures at two instants, side by side."""
    rows = zip(head_count(then).rows(), head_count(later).rows(), strict=True)
    shown = [(str(a["measure"]), span(a), span(b), str(a["how"])) for a, b in rows]
    return table(
        shown, ("measure", "5 Oct 2014", "31 Dec 2014", "how it is counted"), columns=WIDTH
    )


def scorecard(portfolio: Portfolio) -> str:
    """Six figures of the year with their bounds, one of them beside a target."""
    year = Period.year(2014)
    goal = Target(
        id="goal", indicator_id="V1", scope=("mic-brussels",), period=year, value=Decimal(1000)
    )
    agreed = portfolio.record(goal, recorded_at=END_OF_YEAR)
    wanted = ("V1", "V2", "P3", "P5", "E1-smes", "J1")
    return str(measure(agreed, wanted, period=year, as_of=END_OF_YEAR))


def taken_back(portfolio: Portfolio) -> str:
    """A retraction: what it changes from then on, and what it leaves as it was."""
    present = [each for each in portfolio.all(Attendance) if each.status == "present"]
    subject = f"attendance:{present[0].id}"
    undo = Retraction(id="undo-1", subject=subject, reason="ticked in the wrong row")
    after = portfolio.record(undo, recorded_at=END_OF_YEAR, actor="desk")
    before = portfolio.as_of(SME_WEEK)
    return prose(
        f"On 31 December the desk finds that {subject} was ticked in the wrong row, and records a "
        f"retraction. From then on {len(head_count(after).visits)} attendances are known by name, "
        f"one less than the {len(head_count(portfolio).visits)} before. The report of 5 October is "
        f"the same as ever: {after.as_of(SME_WEEK) == before}. The life of that record has "
        f"{len(after.history(Attendance, present[0].id))} entries: the tick and the retraction."
    )


def span(row: dict[str, str | int | None]) -> Quantity:
    """A count, or the least and the most that it can be."""
    least, most = row["least"], row["most"]
    return Quantity(f"{least}" if least == most else f"{least} to {most}")


if __name__ == "__main__":
    text = Path(__file__).with_name("brussels_2014.json").read_text(encoding="utf-8")
    sys.stdout.buffer.write(("\n\n".join(season(text)) + "\n").encode())
