"""Two records of one person or enterprise count as one, wherever they are counted."""

from datetime import UTC, date, datetime
from typing import Any

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
def test_identities_are_an_equivalence(pairs: list[tuple[str, str]]) -> None:
    """Records have one kept id exactly where identities connect them, in any order."""
    identities = [
        Identity(id=f"i-{n}", kept=f"person:{kept}", merged=f"person:{merged}")
        for n, (kept, merged) in enumerate(pairs)
    ]
    kept = kept_ids(Portfolio.of(*identities), "person")
    groups = [{id} for id in "abcd"]
    for one, other in pairs:
        joined = [group for group in groups if one in group or other in group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    for group in groups:
        ends = {kept.get(id, id) for id in group}
        assert len(ends) == 1
        loose = group - {merged for _, merged in pairs}
        assert ends == {min(loose or group)}
    assert kept_ids(Portfolio.of(*reversed(identities)), "person") == kept
    assert kept_ids(Portfolio.of(*identities), "organization") == {}


@given(
    st.lists(st.tuples(_IDS, _IDS).filter(lambda pair: pair[0] != pair[1]), max_size=4),
    st.tuples(_IDS, _IDS).filter(lambda pair: pair[0] != pair[1]),
)
def test_one_more_identity_lowers_a_count_by_one_or_not_at_all(
    pairs: list[tuple[str, str]], more: tuple[str, str]
) -> None:
    """Supported enterprises fall by 0 or 1 with each identity, and never rise."""

    def count_of(known: list[tuple[str, str]]) -> Any:
        portfolio = Portfolio.of(
            CENTER,
            *(Support(id=f"s-{id}", enterprise_id=id, kind="coaching", provider_id="mic",
                      on=date(2014, 9, 1)) for id in "abcd"),
            *(Identity(id=f"i-{n}", kept=f"organization:{kept}", merged=f"organization:{merged}")
              for n, (kept, merged) in enumerate(known)),
        )  # fmt: skip
        (figure,) = measure(portfolio, "E1", as_of=AT)
        return figure.value

    assert count_of(pairs) - count_of([*pairs, more]) in {0, 1}
