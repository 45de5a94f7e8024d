"""MIC Brussels in 2014 as one HTML page: `python page.py season.html`.

Reads brussels_2014.json beside this script. The page needs no other file, no network and no script;
it follows light and dark.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from mic_core.catalog.check import check
from mic_core.chrono import Period
from mic_core.chrono.months import day_text
from mic_core.codec import loads
from mic_core.impact.claims import claims
from mic_core.impact.counts import head_count
from mic_core.markup import Html, Part, Quantity, Section, html_bars, html_table, page
from mic_core.portfolio import Portfolio
from mic_core.scheduling.views.agenda import agenda
from mic_core.scheduling.views.before_after import before_after

SME_WEEK = datetime(2014, 10, 5, 19, 0, tzinfo=UTC)
MENDED = datetime(2014, 10, 6, 12, 0, tzinfo=UTC)
END_OF_YEAR = datetime(2014, 12, 31, 12, 0, tzinfo=UTC)
AUTUMN = Period.days(date(2014, 9, 8), date(2014, 10, 31))
BUSY = Period.days(date(2014, 10, 14), date(2014, 10, 15))


def season(text: str) -> str:
    """The page."""
    return page("Microsoft Innovation Center Brussels: the season of 2014", *parts(loads(text)))


def parts(everything: Portfolio) -> Iterator[Part]:
    """What stands on the page, from the agenda to the claims."""
    then = everything.as_of(SME_WEEK)
    later = everything.as_of(END_OF_YEAR)
    report = check(then, as_of=SME_WEEK)
    planned = agenda(then, "mic-brussels", period=AUTUMN)
    mended = agenda(everything.as_of(MENDED), "mic-brussels", period=AUTUMN)

    yield (
        "What was known on 5 October 2014, the last day of SME Week, and what became of it. "
        "Names, rooms and times are invented around what an article of that week says."
    )
    yield Section("What is wrong with the plan", [report.html(then)])
    yield Section(
        "Mended the next day",
        [
            before_after(planned, mended),
            f"At the end of the year the same check finds: {counted(later)}.",
        ],
    )
    yield Section("Agenda, September and October", [planned.html(report=report)])
    yield Section(
        "Two busy days, room by room",
        [agenda(then, "mic-brussels", period=BUSY).html(view="rooms", report=report)],
    )
    yield Section("The Boostcamp so far", [evenings(then)])
    yield Section(
        "Who came",
        [
            counts(then, later),
            (
                "Heads that nobody wrote a name for may be the same persons as others, so unique "
                "visitors lie between two numbers."
            ),
        ],
    )
    yield Section(
        "What the article claims",
        [
            claims(then),
            (
                "This sample holds one season of one center, so it can support small claims and "
                "cannot contradict large ones."
            ),
        ],
    )


def counted(portfolio: Portfolio) -> str:
    """How many findings of each severity there are at the end of the year."""
    return str(check(portfolio, as_of=END_OF_YEAR)).partition("\n")[0]


def evenings(portfolio: Portfolio) -> Html:
    """A bar for each session of the Boostcamp that was held."""
    seats = len(head_count(portfolio, "boostcamp-6").enrolled)
    rows = [
        (
            f"{day_text(item.start.date())} {item.title}",
            len(head_count(portfolio, f"session:{item.session_id}").persons),
            seats,
        )
        for item in agenda(portfolio, "boostcamp-6").items
        if item.status == "held" and item.start is not None
    ]
    caption = f"Who was there, of {seats} with a seat"
    return html_bars(rows, ("session", "present", ""), caption=caption)


def counts(then: Portfolio, later: Portfolio) -> Html:
    """The same measures at two instants, side by side."""
    rows = zip(head_count(then).rows(), head_count(later).rows(), strict=True)
    shown = [(str(a["measure"]), span(a), span(b), str(a["how"])) for a, b in rows]
    headers = ("measure", "5 Oct 2014", "31 Dec 2014", "how it is counted")
    return html_table(shown, headers, caption="As known at two instants")


def span(row: dict[str, str | int | None]) -> Quantity:
    """A count, or the least and the most that it can be."""
    least, most = row["least"], row["most"]
    return Quantity(f"{least}" if least == most else f"{least} to {most}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python page.py PATH")
    written = season(Path(__file__).with_name("brussels_2014.json").read_text(encoding="utf-8"))
    Path(sys.argv[1]).write_text(written, encoding="utf-8", newline="\n")
