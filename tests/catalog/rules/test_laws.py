"""Laws of what the rules compute, each against a naive oracle."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mic_core.admission.seats import peak
from mic_core.catalog.check import check
from mic_core.catalog.period_sums import decimal_text, highest, overlapping_neighbors
from mic_core.catalog.rules.duplicates import (
    DUPLICATE_RULES,
    Candidate,
    candidate_pairs,
    plain_contact,
)
from mic_core.catalog.rules.seats import OVER_SEATS
from mic_core.chrono import Period
from mic_core.chrono.local import instant, zone
from mic_core.ids import cite
from mic_core.model import (
    KINDS,
    Application,
    Edition,
    Enrollment,
    Membership,
    Organization,
    Person,
    Seats,
    Session,
    Transition,
)
from mic_core.model.names import plain_words
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio, status_of
from mic_core.portfolio.center_clock import day_at
from mic_core.portfolio.status import status_histories, status_history_of
from mic_core.portfolio.status_history import StatusHistory
from mic_core.testing import portfolios
from tests.budget import one_in

NOON = datetime(2014, 9, 10, 12, tzinfo=UTC)
STATUSES = ("offered", "enrolled", "withdrawn", "suspended", "expired", "requested")
MODES: tuple[Presence, ...] = ("in_person", "online")
OCCUPY = {"offered", "enrolled", "suspended"}

moments = st.integers(0, 8).map(lambda hours: NOON + timedelta(hours=hours))
days = st.integers(0, 9).map(lambda n: date(2014, 9, 1) + timedelta(days=n))
edges = st.none() | days


def period(start: date | None, end: date | None) -> Period:
    """A period between two days in any order; of one day where they are the same."""
    if start is not None and end is not None:
        return Period.days(min(start, end), max(start, end))
    return Period(start, end)


periods = st.builds(period, edges, edges)
shares = st.integers(0, 8).map(lambda n: Decimal(n) / 8)


@st.composite
def seatings(draw: st.DrawFn) -> Portfolio:
    """One edition with few seats, enrollments into it, and whatever became of these."""
    nouns: list[Edition | Enrollment | Transition] = [
        Edition(
            id="camp", program_id="p", center_id="c", number=1, period=Period(),
            seats=Seats(
                in_person=draw(st.none() | st.integers(0, 3)),
                online=draw(st.none() | st.integers(0, 3)),
            ),
        )
    ]  # fmt: skip
    for n in range(draw(st.integers(0, 4))):
        mode: Presence = draw(st.sampled_from(MODES))
        places = draw(st.integers(1, 3))
        nouns.append(
            Enrollment(id=f"e-{n}", participant_id="p", into="camp", mode=mode, places=places)
        )
        when = sorted(draw(st.lists(moments, max_size=4)))
        for k, moment in enumerate(when):
            nouns.append(
                Transition(
                    id=f"t-{n}-{k}", subject=f"enrollment:e-{n}",
                    after=draw(st.sampled_from(STATUSES)), effective_at=moment,
                )
            )  # fmt: skip
    return Portfolio.of(*nouns)


@given(seatings())
def test_over_seats_is_what_a_replay_finds(portfolio: Portfolio) -> None:
    """Asking for every status at every instant finds the same peak, and the same first instant."""
    (edition,) = portfolio.all(Edition)
    instants = sorted({each.effective_at for each in portfolio.all(Transition)})
    found = {each.path: dict(each.facts) for each in OVER_SEATS.find(portfolio, None)}
    expected: dict[str, tuple[object, object]] = {}
    for mode in MODES:
        seats = getattr(edition.seats, mode)
        taken = [
            sum(
                each.places
                for each in portfolio.where(Enrollment, mode=mode)
                if status_of(portfolio, cite("enrollment", each.id), at=at) in OCCUPY
            )
            for at in instants
        ]
        most = max(taken, default=0)
        if seats is not None and most > seats:
            expected[f"seats.{mode}"] = (most, instants[taken.index(most)].isoformat())
    assert {path: (facts["had"], facts["at"]) for path, facts in found.items()} == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 3)), max_size=8))
def test_the_peak_is_the_largest_sum(stays: list[tuple[int, int, int]]) -> None:
    """Of stays from one moment up to another, the peak is the largest sum at any moment."""
    stays = [(start, end, n) for start, end, n in stays if start < end]
    changes = [each for start, end, n in stays for each in ((start, n), (end, -n))]
    sums = [sum(n for start, end, n in stays if start <= t < end) for t in range(10)]
    most = max(sums)
    assert peak(changes) == ((most, sums.index(most)) if most else (0, 0))


@given(st.lists(st.tuples(periods, shares), max_size=6))
def test_the_highest_sum_is_that_of_some_day(parts: list[tuple[Period, Decimal]]) -> None:
    """The largest sum is that of the best day, and it is reached on the first such day."""
    range_of_days = [date(2014, 8, 31) + timedelta(days=n) for n in range(13)]
    sums = [
        sum((Fraction(part) for period, part in parts if period.contains(day)), Fraction(0))
        for day in range_of_days
    ]
    had, first = highest(parts)
    assert had == max(sums)
    assert (first or range_of_days[0]) == range_of_days[sums.index(had)]


@given(st.lists(periods, max_size=6))
def test_whoever_shares_a_day_is_in_a_pair(held: list[Period]) -> None:
    """Pairs share a day, and each period that shares one with another is in some pair."""
    found = list(overlapping_neighbors((period, n) for n, period in enumerate(held)))
    assert all(held[a].overlaps(held[b]) and a != b for a, b in found)
    sociable = {
        n
        for n, one in enumerate(held)
        if any(one.overlaps(other) for k, other in enumerate(held) if k != n)
    }
    assert {n for pair in found for n in pair} == sociable
    assert len(found) < max(1, len(held))


def test_the_legal_form_does_not_tell_organizations_apart() -> None:
    """Words for it are dropped from the end of a name, as long as another word is left."""
    names = ("Acme", "Acme S.A.", "acme nv sa", "SA", "S.A. NV", "Acme Lab")
    nouns = [
        Organization(id=f"o-{n}", name=name, kind="sme", country="BE")
        for n, name in enumerate(names)
    ]
    pairs_found = [each.subjects for each in DUPLICATE_RULES[1].find(Portfolio.of(*nouns), None)]
    assert pairs_found == [
        ("organization:o-0", "organization:o-1"), ("organization:o-1", "organization:o-2"),
        ("organization:o-3", "organization:o-4"),
    ]  # fmt: skip


def test_a_number_has_more_than_five_digits_and_no_letter() -> None:
    """Fewer digits, or any letter, make it a text."""
    told = {"1-23456": "123456", "1-2345": "1-2345", "tel 1-23456": "tel 1-23456"}
    assert {contact: plain_contact(contact) for contact in told} == told


def test_all_that_two_persons_share_is_told_in_order() -> None:
    """Fields are sorted by name, whatever was compared first."""
    born, contact = date(1990, 1, 1), "ada@example.org"
    twice = [Person(id=id, name="Ada Lovelace", born=born, contact=contact) for id in ("a", "b")]
    parts = [
        Membership(id=id, person_id=id, organization_id="o", role="founder", period=Period())
        for id in ("a", "b")
    ]
    (breach,) = DUPLICATE_RULES[0].find(Portfolio.of(*twice, *parts), None)
    assert breach.facts["had"] == ("born", "contact", "name", "organization")


def test_each_period_is_held_against_the_longest_before_it() -> None:
    """The first that lasts as long as any, until one lasts longer, or has no end."""

    def held(*edges: tuple[int, int | None]) -> list[tuple[int, int]]:
        parts = [
            Period(date(2014, 9, first), None if end is None else date(2014, 9, end))
            for first, end in edges
        ]
        return list(overlapping_neighbors((part, n) for n, part in enumerate(parts)))

    assert held((1, 3), (2, 9), (5, 6)) == [(0, 1), (1, 2)]
    assert held((1, 9), (2, 9), (3, 9)) == [(0, 1), (0, 2)]
    assert held((1, None), (2, 9), (3, None), (20, 21)) == [(0, 1), (0, 2), (0, 3)]
    assert held((1, 9), (2, None), (20, 21)) == [(0, 1), (1, 2)]
    assert held((1, 3), (3, 5), (5, None)) == []


@given(st.fractions(0, 2, max_denominator=64).filter(lambda n: n.denominator in {1, 2, 4, 8, 64}))
def test_sums_are_written_exactly(number: Fraction) -> None:
    """A sum of decimal numbers is written with all its digits."""
    assert Fraction(decimal_text(number)) == number
    assert "E" not in decimal_text(number)


def hangs_together(suspects: list[Candidate], found: list[tuple[str, str]]) -> dict[str, str]:
    """The first of the group that each belongs to, by its pairs."""
    home = {each.id: each.id for each in suspects}
    for _ in suspects:
        for one, other in found:
            home[one] = home[other] = min(home[one], home[other])
    return home


@given(st.lists(st.none() | st.integers(1990, 1992), max_size=8))
def test_all_who_may_be_the_same_hang_together(years: list[int | None]) -> None:
    """No pair has two dates that differ; any two that might be one are tied by pairs."""
    suspects = [
        Candidate(f"p-{n}", None if year is None else date(year, 1, 1))
        for n, year in enumerate(years)
    ]
    known = {each.id: each.known for each in suspects}
    found = list(candidate_pairs(suspects))
    home = hangs_together(suspects, found)
    for one, other in found:
        assert one < other
        assert known[one] is None or known[other] is None or known[one] == known[other]
    for a in suspects:
        for b in suspects:
            if None in (a.known, b.known) or a.known == b.known:
                assert home[a.id] == home[b.id]
    assert len(found) <= 2 * len(suspects)


@one_in(2)
@given(st.text(max_size=20))
def test_spellings_of_a_name_agree(name: str) -> None:
    """Form, case and punctuation of a name mean nothing, and its plain form is plain already."""
    words = plain_words(name)
    assert plain_words(" ".join(words)) == words
    assert plain_words(f" {unicodedata.normalize('NFD', name)}, ") == words
    assert plain_words(unicodedata.normalize("NFC", name)) == words


def test_names_that_differ_stay_apart() -> None:
    """Accents and letters of other alphabets are folded, other letters are not."""
    assert plain_words("Zoë Strauß-Łukasz") == ("zoe", "strauss", "lukasz")
    assert plain_words("Đorđe Ðað Þór Bjørn Æsa Œil") == (
        "dorde", "dad", "thor", "bjorn", "aesa", "oeil",
    )  # fmt: skip
    assert plain_words("Ada") != plain_words("Adam")
    assert plain_words("?!") == ()


def test_contacts_are_compared_by_what_they_reach() -> None:
    """An address has no case, a number no spaces; a short number is left as it is."""
    assert plain_contact(" ADA@example.org") == plain_contact("ada@Example.ORG")
    assert plain_contact("02 123 45 67") == plain_contact("02/123.45.67")
    assert plain_contact("room 5") == "room 5"
    assert plain_contact("5-5") == "5-5"


@one_in(2)
@given(portfolios(coherent=True), moments)
def test_lives_are_the_statuses_of_the_portfolio(portfolio: Portfolio, moment: datetime) -> None:
    """A status history has the status at any instant, and its spans have the same."""
    for noun in (Application, Edition, Enrollment, Session):
        things: tuple[Application | Edition | Enrollment | Session, ...] = portfolio.all(noun)
        for thing in things:
            history, subject = (
                status_histories(portfolio, noun)[thing.id],
                cite(KINDS[noun], thing.id),
            )
            assert history == status_history_of(portfolio, thing)
            assert history.last == history.at(None) == status_of(portfolio, subject)
            for at in (moment, *(step.effective_at for step in history.transitions)):
                status = status_of(portfolio, subject, at=at)
                assert history.at(at) == status
                assert history.has_been(status)
                assert [
                    each.status
                    for each in history.spans()
                    if (each.start is None or each.start <= at)
                    and (each.end is None or at < each.end)
                ] == [status]


def test_a_status_that_lasts_no_time_is_no_stretch() -> None:
    """Of transitions at one instant only the last makes a span."""
    step = Transition(id="t", subject="session:s", after="held", effective_at=NOON)
    history = StatusHistory("planned", (step, step))
    assert [each.status for each in history.spans()] == ["planned", "held"]
    assert not history.has_been("cancelled")


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_has_a_day(moment: datetime) -> None:
    """Any instant lies on a day in any zone; but for the ends of the calendar, on the local one."""
    for name in ("Pacific/Apia", "America/New_York", "UTC"):
        day = day_at(moment, zone(name))
        assert abs(day.toordinal() - moment.toordinal()) <= 2
        if date(1, 1, 3) < moment.date() < date(9999, 12, 29):
            assert day == moment.astimezone(zone(name)).date()
    assert instant(moment) == instant(moment.astimezone(UTC))


def test_a_name_without_letters_is_compared_with_none() -> None:
    """Persons whose names are signs only are alike by their contact, and never by name."""
    same = [Person(id=id, name="?!", contact="ada@example.org") for id in ("a", "b")]
    found = check(Portfolio.of(*same), rules=DUPLICATE_RULES).findings
    assert [finding.subjects for finding in found] == [("person:a", "person:b")]
    assert "name" not in str(dict(found[0].facts))
