"""A call with forty applicants to the sixth Boostcamp, its panel of reviewers, and small calls."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from mic_core.admission.selection.select import CallSelection
from mic_core.chrono import Period, Slot
from mic_core.model import (
    Application,
    Call,
    Center,
    Edition,
    Leaf,
    Membership,
    Noun,
    Organization,
    Person,
    Program,
    Review,
    Seats,
    Transition,
    all_of,
)
from mic_core.portfolio import Portfolio

NOW = datetime.fromisoformat("2014-08-20T10:00+02:00")
SUBMITTED = datetime.fromisoformat("2014-06-10T10:00+02:00")
REGIONS = ("Brussels", "Wallonia", "Flanders")
PANEL = tuple(f"reviewer-{number}" for number in range(1, 7))


def window() -> Slot:
    """The window of the calls: June and July 2014."""
    return Slot.at("2014-06-02", "09:00", timedelta(days=60), "Europe/Brussels")


def forty_applicants() -> Portfolio:
    """Forty ventures with founders apply for sixteen places; three of six reviewers read each.

    The first reviewer is harsh, the second lenient; one founder is on the panel, one review is
    recused, three ventures are too old, and the last one has no review.
    """
    young = all_of(
        Leaf(fact="age", op="<", value=(5,)), Leaf(fact="country", op="==", value=("BE",))
    )
    nouns: list[Noun] = [
        Center(id="mic", name="Center", country="BE", time_zone="Europe/Brussels"),
        Program(id="boostcamp", title="Boostcamp", kind="bootcamp", eligibility=young),
        Edition(
            id="boostcamp-6", program_id="boostcamp", center_id="mic", number=6,
            period=Period.days(date(2014, 9, 10), date(2014, 12, 19)), seats=Seats(in_person=16),
            admission="by_call",
        ),
        Call(
            id="call-6", center_id="mic", edition_id="boostcamp-6", title="Boostcamp 6",
            window=window(), criteria=(("team", 2), ("idea", 1), ("market", 1)), places=16,
        ),
        *(Person(id=each, name=f"Reviewer {each[-1]}") for each in PANEL),
        Membership(
            id="on-panel", person_id=PANEL[0], organization_id="venture-06", role="founder",
            period=Period(date(2013, 1, 1)),
        ),
    ]  # fmt: skip
    for number in range(1, 41):
        nouns += _applicant(number)
    return Portfolio.of(*nouns)


def _applicant(number: int) -> Iterable[Noun]:
    venture = f"venture-{number:02}"
    founded = date(2005, 1, 1) if number % 13 == 0 else date(2013, 1 + number % 12, 1)
    yield Organization(
        id=venture, name=f"Venture {number}", kind="venture", country="BE", founded=founded,
        region=REGIONS[number % 3 if number % 2 else 0],
    )  # fmt: skip
    yield Application(
        id=f"application-{number:02}", call_id="call-6", applicant_id=venture,
        submitted_at=SUBMITTED + timedelta(hours=number),
    )  # fmt: skip
    if number == 40:
        return
    for turn in range(3):
        reader = (number + 2 * turn) % 6
        recused = number == 11 and turn == 2
        shift = {0: -2, 1: 1}.get(reader, 0)
        quality = 5 + (number * 7) % 4
        scores = {
            "team": quality + shift, "idea": 4 + (number + turn) % 5, "market": quality - turn,
        }  # fmt: skip
        if number % 9 == 0:
            del scores["market"]
        yield Review(
            id=f"review-{number:02}-{turn}", application_id=f"application-{number:02}",
            reviewer_id=PANEL[reader], recused=recused,
            scores=() if recused else tuple((name, Decimal(n)) for name, n in scores.items()),
        )  # fmt: skip


Table = Mapping[str, Mapping[str, Mapping[str, int | str]]]
"""Scores by application, reviewer and criterion."""


def small_call(
    scores: Table,
    criteria: Mapping[str, int],
    *,
    places: int | None = None,
    more: Iterable[Noun] = (),
    regions: Mapping[str, str] | None = None,
) -> Portfolio:
    """A call for projects with one application for each key, which applicants of that id sent."""
    reviewers = sorted({reviewer for each in scores.values() for reviewer in each})
    nouns: list[Noun] = [
        Center(id="mic", name="Center", country="BE", time_zone="Europe/Brussels"),
        Call(
            id="call", center_id="mic", title="Call", window=window(),
            criteria=tuple(criteria.items()), places=places,
        ),
        *(Person(id=each, name=each) for each in reviewers),
        *more,
    ]  # fmt: skip
    for number, (id, by_reviewer) in enumerate(sorted(scores.items())):
        nouns += [
            Organization(
                id=f"org-{id}", name=id, kind="venture", country="BE",
                region=(regions or {}).get(id),
            ),
            Application(
                id=id, call_id="call", applicant_id=f"org-{id}",
                submitted_at=SUBMITTED + timedelta(minutes=number),
            ),
            *(
                Review(
                    id=f"{id}-{reviewer}", application_id=id, reviewer_id=reviewer,
                    scores=tuple((name, Decimal(value)) for name, value in given.items()),
                )
                for reviewer, given in by_reviewer.items()
            ),
        ]  # fmt: skip
    return Portfolio.of(*nouns)


SCORES = {"a": {"r": {"team": 9}, "s": {"team": 5}}, "b": {"r": {"team": 6}}}
"""Two reviewers of the first application, one of the second."""


def step(id: str, before: str | None, after: str, at: datetime) -> Transition:
    """A transition of an application."""
    return Transition(
        id=f"{id}-{after}", subject=f"application:{id}", before=before, after=after, effective_at=at
    )


def outcomes(choice: CallSelection) -> dict[str, str]:
    """The outcome of each application."""
    return {each.application_id: each.outcome for each in choice}
