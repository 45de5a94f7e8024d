"""Two records of one person or enterprise count as one, wherever they are counted."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Attendance,
    Center,
    Enrollment,
    Identity,
    Organization,
    Person,
    Portfolio,
    Retraction,
    Session,
    Slot,
    Support,
    Transition,
    measure,
)
from mic_core.impact.tables.identities import kept_ids

AT = datetime(2015, 1, 1, tzinfo=UTC)
START = datetime(2014, 9, 10, 18, tzinfo=UTC)
SLOT = Slot(START, START.replace(hour=20))
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
CAMP = Session(id="camp", center_id="mic", title="Camp", length=SLOT.length, slot=SLOT)
TWICE = Identity(id="i-1", kept="person:ada", merged="person:ada-2")


def test_a_person_recorded_twice_visits_once() -> None:
    """Two records of one presence are one visit of one person, until the identity is retracted."""
    portfolio = Portfolio.of(
        CENTER, CAMP,
        *(Person(id=id, name="Ada") for id in ("ada", "ada-2")),
        Attendance(id="a-1", session_id="camp", person_id="ada", status="absent"),
        Attendance(id="a-2", session_id="camp", person_id="ada-2", status="present"),
        TWICE,
    )  # fmt: skip
    assert [each.value for each in measure(portfolio, ("V1", "V2"), as_of=AT)] == [1, 1]
    apart = portfolio.record(Retraction(id="r-1", subject="identity:i-1"), recorded_at=AT)
    assert [each.value for each in measure(apart, ("V1", "V2"), as_of=AT)] == [1, 1]
    assert kept_ids(portfolio, "person") == {"ada-2": "ada"}
    assert kept_ids(apart, "person") == {}


def test_a_participant_recorded_twice_takes_part_once() -> None:
    """Enrollments of two records of one person into one session are one participation."""
    portfolio = Portfolio.of(
        CENTER, CAMP, TWICE,
        *(Person(id=id, name="Ada") for id in ("ada", "ada-2")),
        *(Enrollment(id=f"e-{id}", participant_id=id, into="camp") for id in ("ada", "ada-2")),
        *(Transition(id=f"t-{id}", subject=f"enrollment:e-{id}", after="enrolled",
                     effective_at=START) for id in ("ada", "ada-2")),
    )  # fmt: skip
    assert [each.value for each in measure(portfolio, ("P1", "P2"), as_of=AT)] == [1, 1]


def test_an_enterprise_recorded_twice_is_supported_once() -> None:
    """Support of two records of one enterprise counts one enterprise."""
    portfolio = Portfolio.of(
        CENTER,
        *(Organization(id=id, name="A", kind="venture", country="BE") for id in ("a", "b")),
        *(Support(id=f"s-{id}", enterprise_id=id, kind="coaching", provider_id="mic",
                  on=date(2014, 9, 1)) for id in ("a", "b")),
        Identity(id="i", kept="organization:a", merged="organization:b"),
    )  # fmt: skip
    (figure,) = measure(portfolio, "E1", as_of=AT)
    assert figure.value == 1


_IDS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(_IDS, _IDS).filter(lambda pair: pair[0] != pair[1]), max_size=5))
def test_merged_ids_lead_to_one_that_is_kept(pairs: list[tuple[str, str]]) -> None:
    """Chains of identities end at an id that is not merged; circles leave their ids as they are."""
    portfolio = Portfolio.of(
        *(Identity(id=f"i-{n}", kept=f"person:{kept}", merged=f"person:{merged}")
          for n, (kept, merged) in enumerate(pairs))
    )  # fmt: skip
    kept = kept_ids(portfolio, "person")
    merged = {id for _, id in pairs}
    for id, end in kept.items():
        assert id in merged
        assert end != id
    if len(merged) == len(pairs) and not any(end in merged for end in kept.values()):
        for first, second in pairs:
            assert kept.get(second, second) == kept.get(first, first) or second not in kept


def test_circles_of_identities_change_nothing() -> None:
    """Three records merged in a circle stay three."""
    ring = [("a", "b"), ("b", "c"), ("c", "a")]
    circle = [
        Identity(id=f"i-{kept}", kept=f"person:{kept}", merged=f"person:{merged}")
        for kept, merged in ring
    ]
    assert kept_ids(Portfolio.of(*circle), "person") == {}
    assert kept_ids(Portfolio.of(*circle), "organization") == {}
