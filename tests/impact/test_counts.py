"""Head counts by key sets."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError, NotFound
from mic_core.impact.claims import claims
from mic_core.impact.counts import Bounds, HeadCount, head_count
from mic_core.impact.measuring import measure
from mic_core.model import (
    Attendance,
    Call,
    Center,
    Edition,
    Enrollment,
    Headcount,
    Identity,
    Noun,
    Organization,
    Person,
    Program,
    Project,
    Session,
    Support,
    Transition,
)
from mic_core.model.enrollment import AttendanceStatus
from mic_core.portfolio import Portfolio, merge
from mic_core.testing import portfolios

ZONE = "Europe/Brussels"
HOUR = timedelta(hours=1)
SEPTEMBER, OCTOBER = Period.month(2014, 9), Period.month(2014, 10)
STATUSES: tuple[AttendanceStatus, ...] = ("present", "partial", "excused", "absent")
FRAME: tuple[Noun, ...] = (
    Center(id="mic", name="MIC Brussels", country="BE", time_zone=ZONE),
    Center(id="mons", name="MIC Mons", country="BE", time_zone=ZONE),
    Program(id="boostcamp", title="Boostcamp", kind="bootcamp"),
    Edition(
        id="b6", program_id="boostcamp", center_id="mic", number=6,
        period=Period.days(date(2014, 9, 10), date(2014, 9, 30)),
    ),
    *(Person(id=f"p{n}", name="Somebody") for n in range(4)),
)  # fmt: skip


def session(id: str, day: str = "2014-09-10", center: str = "mic") -> Session:
    """A session of one hour, in the Boostcamp if it is in Brussels."""
    return Session(
        id=id, center_id=center, title=id, length=HOUR, slot=Slot.at(day, "18:00", HOUR, ZONE),
        edition_id="b6" if center == "mic" else None,
    )  # fmt: skip


def was(status: AttendanceStatus, person: str, where: str) -> Attendance:
    """An attendance of that status."""
    return Attendance(id=f"{where}-{person}", session_id=where, person_id=person, status=status)


def heads(where: str, n: int, id: str = "") -> Headcount:
    """A head count of a session."""
    return Headcount(id=id or f"heads-{where}", session_id=where, n=n, basis="counted")


def test_only_who_was_there_counts() -> None:
    """Present and partial count, excused and absent do not, and no record is not an absence."""
    rows = [was(status, f"p{n}", "s") for n, status in enumerate(STATUSES)]
    found = head_count(Portfolio.of(*FRAME, session("s"), *rows))
    assert found.visits == {("s", "p0"), ("s", "p1")}
    assert found.attendances == 2


def test_somebody_at_two_sessions_is_two_attendances_and_one_person() -> None:
    """Attendances add up over sessions; persons are counted once."""
    portfolio = Portfolio.of(
        *FRAME, session("s"), session("t"), was("present", "p0", "s"), was("present", "p0", "t")
    )
    found = head_count(portfolio)
    assert (found.attendances, found.visitors) == (2, Bounds(1, 1))
    assert found.persons == {"p0"}
    assert found.sessions == {"s", "t"}


def test_heads_include_the_persons_known_there() -> None:
    """Of ten heads with one person known, nine are anonymous; fewer heads than known are none."""
    portfolio = Portfolio.of(
        *FRAME, session("s"), session("t"), was("present", "p0", "s"), heads("s", 10),
        was("present", "p0", "t"), was("present", "p1", "t"), heads("t", 1),
    )  # fmt: skip
    found = head_count(portfolio)
    assert (found.anonymous, found.attendances) == (9, 12)
    assert found.visitors == Bounds(10, 11)


def test_two_head_counts_of_a_session_are_not_added() -> None:
    """Two counts of one crowd are two looks at the same heads: the larger one holds."""
    found = head_count(Portfolio.of(*FRAME, session("s"), heads("s", 30), heads("s", 40, "door-2")))
    assert found.crowds == (("s", 40),)
    assert found.sessions == {"s"}


def test_a_head_count_of_nobody_is_no_session_attended() -> None:
    """A session with zero heads and no known person is not among those attended."""
    found = head_count(Portfolio.of(*FRAME, session("s"), heads("s", 0)))
    assert found.sessions == frozenset()
    assert found.visitors == Bounds(0, 0)


ORGANIZATIONS: tuple[Noun, ...] = (
    Organization(id="v", name="V", kind="venture", country="BE"),
    Organization(id="sme", name="S", kind="sme", country="BE"),
    Organization(id="uni", name="U", kind="university", country="BE"),
)


def call(center: str) -> Call:
    """A call for projects of a center."""
    window = Slot.at("2014-01-01", "09:00", HOUR, ZONE)
    return Call(id="c", center_id=center, title="Call", window=window)


def enrolled(participant: str, into: str, *after: str) -> tuple[Noun, ...]:
    """An enrollment that went through these statuses, a day each."""
    id = f"{into}-{participant}"
    statuses = ("requested", *after)
    start = datetime(2014, 9, 1, tzinfo=UTC)
    return (
        Enrollment(id=id, participant_id=participant, into=into),
        *(
            Transition(
                id=f"{id}-{n}", subject=f"enrollment:{id}", before=before, after=status,
                effective_at=start + timedelta(days=n),
            )
            for n, (before, status) in enumerate(zip(statuses, after, strict=False))
        ),
    )  # fmt: skip


def test_organizations_are_supported_in_three_ways_and_counted_once() -> None:
    """Support, an enrollment as a venture, and a project each count; all three count once."""
    portfolio = Portfolio.of(
        *FRAME, *ORGANIZATIONS,
        Support(id="1", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 9, 1)),
        Support(id="2", enterprise_id="v", kind="space", provider_id="mic", on=date(2014, 9, 2)),
        *enrolled("v", "b6", "enrolled"),
        *enrolled("sme", "b6", "enrolled", "withdrawn"),
        call("mic"),
        Project(id="x", call_id="c", title="X", organizations=("uni", "v"), period=SEPTEMBER),
    )  # fmt: skip
    found = head_count(portfolio)
    assert found.supported == {"v", "sme", "uni"}
    assert found.small == {"v", "sme"}


def test_a_seat_counts_once_it_was_taken() -> None:
    """A former enrollment counts as a seat; a request, a wait or a declined offer does not."""
    portfolio = Portfolio.of(
        *FRAME,
        *enrolled("p0", "b6", "enrolled", "withdrawn"),
        *enrolled("p1", "b6", "offered", "declined"),
        *enrolled("p2", "b6"),
        *enrolled("p3", "b6", "enrolled"),
    )
    assert head_count(portfolio, "b6").enrolled == {"p0", "p3"}
    assert head_count(portfolio, "b6", period=OCTOBER).enrolled == frozenset()
    assert head_count(portfolio, "b6", period=SEPTEMBER).enrolled == {"p0", "p3"}


def test_scope_and_period_bound_everything() -> None:
    """Attendance at another center, or in another month, is left out."""
    portfolio = Portfolio.of(
        *FRAME, *ORGANIZATIONS, call("mons"), session("s"), session("m", center="mons"),
        session("o", "2014-10-02"), was("present", "p0", "s"), was("present", "p1", "m"),
        was("present", "p2", "o"), heads("m", 5),
        Support(id="1", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 9, 1)),
        Support(id="2", enterprise_id="sme", kind="grant", provider_id="mic", on=date(2014, 10, 1)),
        Project(id="x", call_id="c", title="X", organizations=("uni",), period=SEPTEMBER),
    )  # fmt: skip
    mic, mons = head_count(portfolio, "mic"), head_count(portfolio, "mons", period=SEPTEMBER)
    assert mic.persons | mic.supported == {"p0", "p2", "v", "sme"}
    assert mons.persons | mons.supported == {"p1", "uni"}
    september, october = (head_count(portfolio, period=each) for each in (SEPTEMBER, OCTOBER))
    assert september.persons | september.supported == {"p0", "p1", "v", "uni"}
    assert october.persons | october.supported == {"p2", "sme"}


def test_what_has_lost_its_context_is_still_counted_overall() -> None:
    """A project whose call is not there, or support of somebody unknown, counts without a scope."""
    portfolio = Portfolio.of(
        *FRAME,
        Support(id="1", enterprise_id="gone", kind="space", provider_id="mic", on=date(2014, 9, 1)),
        Project(id="x", call_id="lost", title="X", organizations=("uni",), period=SEPTEMBER),
    )
    assert head_count(portfolio).supported == {"gone", "uni"}
    assert head_count(portfolio, "mic").supported == {"gone"}
    assert head_count(portfolio).small == frozenset()


def test_an_unknown_scope_is_refused() -> None:
    """A scope that names nothing is a mistake of the caller."""
    with pytest.raises(NotFound):
        head_count(Portfolio.of(), "mic")


def test_rows_text_and_repr_tell_the_same() -> None:
    """Each measure is a row with its bounds; the text shows them; no id is ever printed."""
    found = head_count(Portfolio.of(*FRAME, session("s"), was("present", "p0", "s"), heads("s", 3)))
    by_name = {row["measure"]: row for row in found.rows()}
    assert by_name["unique visitors"]["least"] == by_name["unique visitors"]["most"] == 3
    assert "unique visitors: 3" in repr(found)
    assert "p0" not in repr(found) + str(found)
    assert "unique visitors" in str(found)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [(Bounds(3, 3), "3"), (Bounds(6000, 7000), "6,000 to 7,000"), (Bounds(3, None), "at least 3")],
)
def test_bounds_are_written_in_words(bounds: Bounds, words: str) -> None:
    """Bounds that meet are one number; without an upper one they say at least."""
    assert str(bounds) == words


WHO, WHERE = [f"p{n}" for n in range(4)], ["s0", "s1", "s2"]
DAYS = {"s0": "2014-09-10", "s1": "2014-09-12", "s2": "2014-10-02"}
VISITS = st.dictionaries(st.tuples(st.sampled_from(WHERE), st.sampled_from(WHO)),
                         st.sampled_from(STATUSES), max_size=12)  # fmt: skip
CROWDS = st.dictionaries(st.sampled_from(WHERE), st.integers(0, 4), max_size=3)


def facts(
    visits: dict[tuple[str, str], AttendanceStatus], crowds: dict[str, int]
) -> tuple[Noun, ...]:
    """The nouns of visits and crowds."""
    return (
        *FRAME,
        *(session(id, DAYS[id]) for id in WHERE),
        *(was(status, person, where) for (where, person), status in visits.items()),
        *(heads(where, n) for where, n in crowds.items()),
    )


@given(VISITS, CROWDS)
def test_counts_agree_with_counting_by_hand(
    visits: dict[tuple[str, str], AttendanceStatus], crowds: dict[str, int]
) -> None:
    """Attendances, persons and anonymous heads are those of a naive count, in any order."""
    nouns = facts(visits, crowds)
    found = head_count(Portfolio.of(*nouns))
    there = [key for key, status in visits.items() if status in {"present", "partial"}]
    known = Counter(where for where, _ in there)
    hidden = sum(max(0, n - known[where]) for where, n in crowds.items())
    assert found.attendances == len(there) + hidden
    assert found.persons == {person for _, person in there}
    assert found.anonymous == hidden
    assert head_count(Portfolio.of(*reversed(nouns))) == found


@given(VISITS, CROWDS)
def test_the_bounds_of_visitors_are_reached_and_never_left(
    visits: dict[tuple[str, str], AttendanceStatus], crowds: dict[str, int]
) -> None:
    """Trying every way in which heads can be people: the fewest and the most are the bounds."""
    bounds = head_count(Portfolio.of(*facts(visits, crowds))).visitors
    there = {where: set[str]() for where in WHERE}
    for (where, person), status in visits.items():
        if status in {"present", "partial"}:
            there[where].add(person)
    known = set[str]().union(*there.values())
    strangers = 0
    fewest = most = len(known)
    needs: list[int] = []
    for where, n in sorted(crowds.items()):
        hidden = max(0, n - len(there[where]))
        most += hidden
        needs.append(hidden - len(known - there[where]))
        strangers = max(strangers, *needs)
    fewest += strangers
    assert bounds == Bounds(fewest, most)


@given(VISITS, CROWDS, st.sets(st.sampled_from(WHERE)), st.sets(st.sampled_from(WHERE)))
def test_counts_unite_without_counting_anybody_twice(
    visits: dict[tuple[str, str], AttendanceStatus],
    crowds: dict[str, int],
    mine: set[str],
    yours: set[str],
) -> None:
    """The count of two portfolios together is the union of their counts, in any order."""
    one, two = (
        Portfolio.of(
            *facts(
                {key: status for key, status in visits.items() if key[0] in kept},
                {where: n for where, n in crowds.items() if where in kept},
            )
        )
        for kept in (mine, yours)
    )
    first, second = head_count(one), head_count(two)
    assert head_count(merge(one, two)) == first | second == second | first
    assert first | first == first
    third = HeadCount(visits=frozenset(product(WHERE, WHO)), crowds=(("s0", 9),))
    assert (first | second) | third == first | (second | third)


@given(VISITS, CROWDS)
def test_counts_of_two_months_unite_to_that_of_both(
    visits: dict[tuple[str, str], AttendanceStatus], crowds: dict[str, int]
) -> None:
    """Somebody who comes in September and in October is one person in both months together."""
    portfolio = Portfolio.of(*facts(visits, crowds))
    months = [head_count(portfolio, period=each) for each in (SEPTEMBER, OCTOBER)]
    both = head_count(portfolio, period=Period(SEPTEMBER.start, OCTOBER.end))
    assert months[0] | months[1] == both


def test_counting_does_not_depend_on_when_a_session_was_planned() -> None:
    """A session that was moved counts where it is now."""
    moved = attrs.evolve(session("s"), slot=Slot.at("2014-10-01", "18:00", HOUR, ZONE))
    portfolio = Portfolio.of(*FRAME, session("s"), was("present", "p0", "s"))
    later = portfolio.record(moved, recorded_at=datetime(2014, 9, 1, tzinfo=UTC))
    assert head_count(later, period=SEPTEMBER).persons == frozenset()
    assert head_count(later, period=OCTOBER).persons == {"p0"}


def test_only_what_is_asked_of_can_be_counted() -> None:
    """Invalid arguments are refused; a head count unites with head counts alone."""
    wrong: Any = 3
    with pytest.raises(InvariantError, match="portfolio: must be a Portfolio"):
        head_count(wrong)
    with pytest.raises(InvariantError, match="scope: must be an id, or a tuple of ids"):
        head_count(Portfolio.of(*FRAME), wrong)
    with pytest.raises(InvariantError, match="period: must be a Period, or None"):
        head_count(Portfolio.of(), period=wrong)
    with pytest.raises(InvariantError, match="claims: 1 problem\n  portfolio: must be a Portfolio"):
        claims(wrong)
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = HeadCount() | wrong


@given(portfolios())
def test_head_counts_agree_with_the_fact_tables(portfolio: Portfolio) -> None:
    """Visits, visitors and supported SMEs of everything are those that indicators measure."""
    sessions = {each.id for each in portfolio.all(Session)}
    assume(all(each.session_id in sessions for each in portfolio.all(Attendance)))
    assume(all(each.session_id in sessions for each in portfolio.all(Headcount)))
    found = head_count(portfolio)
    late = datetime(9000, 1, 1, tzinfo=UTC)
    card: Any = measure(portfolio, ("V1", "V2", "E1-smes"), as_of=late)
    visits, visitors, smes = card
    if visits.status != "unknown":
        assert visits.value == found.attendances
        assert visitors.most == found.visitors.most
    if smes.value is not None:
        assert smes.value <= len(found.small)


def test_head_counts_follow_identities() -> None:
    """A person, or a venture, that was recorded twice counts once."""
    portfolio = Portfolio.of(
        *FRAME[:1], *(Person(id=id, name="P") for id in ("a", "b")),
        *(Organization(id=id, name="O", kind="sme", country="BE") for id in ("o", "o-2")),
        Session(id="x", center_id="mic", title="S", length=timedelta(hours=1)),
        *(Attendance(id=f"at-{id}", session_id="x", person_id=id, status="present")
          for id in ("a", "b")),
        *(Support(id=f"s-{id}", enterprise_id=id, kind="coaching", provider_id="mic",
                  on=date(2014, 9, 1)) for id in ("o", "o-2")),
        *(Enrollment(id=f"e-{id}", participant_id=id, into="x") for id in ("a", "b", "o-2")),
        *(Transition(id=f"t-{id}", subject=f"enrollment:e-{id}", before=None, after="enrolled",
                     effective_at=datetime(2014, 9, 1, tzinfo=UTC)) for id in ("a", "b", "o-2")),
    )  # fmt: skip
    merged = portfolio.record(
        Identity(id="i", kept="person:a", merged="person:b"),
        Identity(id="j", kept="organization:o", merged="organization:o-2"),
        recorded_at=datetime(2015, 1, 1, tzinfo=UTC),
    )
    before, after = head_count(portfolio), head_count(merged)
    assert [len(each.persons) for each in (before, after)] == [2, 1]
    assert [len(each.enrolled) for each in (before, after)] == [3, 2]
    assert [len(each.small) for each in (before, after)] == [2, 1]
    assert [each.attendances for each in (before, after)] == [2, 1]
