"""Folding transitions into statuses, and promotion from a long waitlist.

    python tests/benchmarks/bench_admission.py [--smoke]

The base of the fold is what an application would write: a dict of the transitions of each subject,
sorted by their time, the last one of which is its status. Promotion is measured against one pass
over the requests that sorts them and hands out the seats.
"""

from datetime import UTC, date, datetime, timedelta

import ratios

from mic_core.admission.promotion import promote
from mic_core.chrono import Period
from mic_core.model import Center, Edition, Enrollment, Person, Seats, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories

MORNING = datetime(2014, 9, 1, 8, tzinfo=UTC)
PATH = ("requested", "waitlisted", "offered", "enrolled", "completed")


def histories(n: int) -> Portfolio:
    """Enrollments with four transitions each, from the request to the completion."""
    return Portfolio.of(
        *(Enrollment(id=f"e-{k}", participant_id=f"p-{k}", into="b") for k in range(n)),
        *(
            Transition(
                id=f"t-{k}-{place}", subject=f"enrollment:e-{k}", before=PATH[place],
                after=PATH[place + 1], effective_at=MORNING + timedelta(minutes=7 * place + k % 90),
            )
            for k in range(n)
            for place in range(len(PATH) - 1)
        ),
    )  # fmt: skip


def by_dict(portfolio: Portfolio) -> dict[str, str]:
    """The baseline of the fold."""
    found: dict[str, list[Transition]] = {}
    for each in portfolio.all(Transition):
        found.setdefault(each.subject, []).append(each)
    statuses: dict[str, str] = {}
    for enrollment in portfolio.all(Enrollment):
        status = "requested"
        mine = found[f"enrollment:{enrollment.id}"]
        for step in sorted(mine, key=lambda step: step.effective_at):
            status = step.after
        statuses[enrollment.id] = status
    return statuses


def folded(portfolio: Portfolio) -> object:
    """The histories of all enrollments, made anew."""
    portfolio.memo.clear()
    return status_histories(portfolio, Enrollment)


def waitlist(n: int) -> Portfolio:
    """An edition by offer with sessions, and n participants who ask for a place in it."""
    hour = timedelta(hours=1)
    return Portfolio.of(
        Center(id="mic", name="Center", country="BE", time_zone="Europe/Brussels"),
        Edition(
            id="b", program_id="p", center_id="mic", number=1, admission="by_offer",
            seats=Seats(in_person=n // 20), offer_lasts=48 * hour,
            period=Period.days(date(2014, 9, 10), date(2014, 12, 19)),
        ),
        Session(id="s", center_id="mic", title="Session", length=hour, edition_id="b"),
        *(Person(id=f"p-{k}", name=f"Person {k}") for k in range(n)),
        *(
            Enrollment(
                id=f"e-{k}", participant_id=f"p-{k}", into="b",
                requested_at=MORNING - timedelta(minutes=k * 7919 % n),
            )
            for k in range(n)
        ),
    )  # fmt: skip


def by_loop(portfolio: Portfolio) -> list[str]:
    """The baseline of promotion: the requests by time, and the seats handed out."""
    asked = sorted(portfolio.all(Enrollment), key=lambda each: (each.requested_at, each.id))
    free = portfolio.get(Edition, "b").seats.in_person or 0
    return [each.id for each in asked[:free]]


def promoted(portfolio: Portfolio) -> object:
    """A promotion with nothing kept from the one before."""
    portfolio.memo.clear()
    return promote(portfolio, "b", at=MORNING)


def main() -> list[ratios.Row]:
    """Print all tables and return their rows."""
    small = ratios.smoke()
    n, waiting, repetitions = (50, 40, 2) if small else (250_000, 10_000, 5)
    many, line = histories(n), waitlist(waiting)
    return [
        *ratios.compare(
            f"the fold of {4 * n:,} transitions",
            {"dict loop": lambda: by_dict(many), "status_histories": lambda: folded(many)},
            repetitions=repetitions,
            goals={"status_histories": 1.5},
        ),
        *ratios.compare(
            f"promotion over {waiting:,} who wait",
            {"sort and cut": lambda: by_loop(line), "promote": lambda: promoted(line)},
            repetitions=repetitions,
        ),
    ]


if __name__ == "__main__":
    main()
