"""Assignment of reviewers against all possible ones: as many as possible, as even as possible."""

from datetime import date, timedelta
from itertools import combinations, product
from operator import methodcaller

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mic_core import (
    Application,
    InvariantError,
    Membership,
    NotFound,
    Period,
    Person,
    Portfolio,
    Review,
    StaleProposal,
    Transition,
    assign_reviewers,
    check,
    select,
)
from tests.admission.calls import NOW, PANEL, SUBMITTED, forty_applicants, small_call


def member(person: str, organization: str) -> Membership:
    """A membership that ties a reviewer to an applicant."""
    return Membership(
        id=f"{person}-{organization}", person_id=person, organization_id=organization,
        role="employee", period=Period(date(2014, 1, 1)),
    )  # fmt: skip


def world(tied: set[tuple[str, str]]) -> Portfolio:
    """Three applications and three persons, some of whom are tied to applicants."""
    people = [Person(id=each, name=each) for each in "rst"]
    ties = [member(person, f"org-{id}") for id, person in sorted(tied)]
    return small_call({"a": {}, "b": {}, "c": {}}, {"team": 1}, more=[*people, *ties])


PAIRS = [*product("abc", "rst")]


@settings(max_examples=40)
@given(
    tied=st.sets(st.sampled_from(PAIRS)), each=st.integers(1, 3), most=st.none() | st.integers(0, 3)
)
def test_the_assignment_is_the_best_of_all(
    tied: set[tuple[str, str]], each: int, most: int | None
) -> None:
    """No assignment without a conflict has more reviews; of those, none is more even."""
    found = assign_reviewers(world(tied), "call", [*"rst"], at=NOW, each=each, most=most)
    free = [pair for pair in PAIRS if pair not in tied]
    best = min(
        (-len(chosen), sum(n * n for n in loads))
        for size in range(len(free) + 1)
        for chosen in combinations(free, size)
        for loads in ([sum(who == one for _, who in chosen) for one in "rst"],)
        if all(sum(id == one for id, _ in chosen) <= each for one in "abc")
        and all(most is None or load <= most for load in loads)
    )
    loads = [load for _, load in found.loads]
    assert (-len(found.changes), sum(load * load for load in loads)) == best
    given_out = {(one.application_id, one.reviewer_id) for one in found.changes}
    assert not given_out & tied
    assert found.is_complete == (len(given_out) == 3 * each)
    assert sum(one.short for one in found.applications) == 3 * each - len(given_out)
    assert all(one.why for one in found.applications if one.short)


def test_the_panel_of_the_call_has_an_even_load() -> None:
    """Existing reviews count, nobody reads twice, and loads differ by one at most."""
    season = forty_applicants()
    found = assign_reviewers(season, "call-6", reversed(PANEL), at=NOW, each=4)
    assert found.is_complete
    loads = dict(found.loads)
    assert max(loads.values()) - min(loads.values()) <= 1
    assert all(len(set(each.reviewers)) == 4 for each in found.applications)
    after = season.record(found, recorded_at=NOW)
    again = assign_reviewers(after, "call-6", PANEL, at=NOW, each=4)
    assert (again.changes, again.loads) == ((), found.loads)
    partial = [each for each in check(after).findings if each.code == "review-not-impartial"]
    assert {each.subjects for each in partial} == {("review:review-06-0",)}
    old, new = (select(each, "call-6", at=NOW) for each in (season, after))
    assert [each.score for each in new] == [each.score for each in old]


def test_it_says_why_reviewers_are_missing() -> None:
    """Conflicts, recusals, full reviewers and too small a panel are named."""
    recused = Review(id="z", application_id="b", reviewer_id="r", recused=True)
    season = world({("a", "r"), ("a", "s"), ("a", "t")}).record(recused, recorded_at=NOW)
    found = assign_reviewers(season, "call", [*"rst"], at=NOW, each=3)
    assert found.explain() == (
        "a lacks 3 reviewers: 3 tied to the applicant", "b lacks 1 reviewer: 1 recused",
    )  # fmt: skip
    assert found.applications[1].recused == ("r",)
    small = assign_reviewers(world(set()), "call", [*"r"], at=NOW, each=2)
    assert small.explain()[0] == "a lacks 1 reviewer: there are not enough reviewers"
    full = assign_reviewers(world(set()), "call", [*"r"], at=NOW, each=1, most=2)
    assert full.explain() == (
        "c lacks 1 reviewer: 1 at their most, and nobody can take over from them",
    )


def test_a_reviewer_is_moved_where_that_helps() -> None:
    """An augmenting path takes a reviewer from one application who has another one."""
    tied = {("b", "s"), ("b", "t"), ("c", "t"), ("c", "s")}
    found = assign_reviewers(world(tied - {("c", "s")}), "call", [*"rst"], at=NOW, each=1, most=1)
    assert found.is_complete
    assert [each.reviewers for each in found.applications] == [("t",), ("r",), ("s",)]


def test_some_applications_need_no_reviewer() -> None:
    """Drafts, withdrawn, late and future applications are left out."""
    season = world(set())
    gone = Transition(
        id="t", subject="application:a", before="submitted", after="withdrawn",
        effective_at=SUBMITTED + timedelta(days=1),
    )  # fmt: skip
    late = attrs.evolve(season.get(Application, "b"), submitted_at=NOW - timedelta(days=1))
    season = season.record(gone, late, recorded_at=NOW)
    found = assign_reviewers(season, "call", [*"rst"], at=NOW)
    assert [each.application_id for each in found.applications] == ["c"]
    earlier = assign_reviewers(season, "call", [*"rst"], at=SUBMITTED - timedelta(days=1))
    assert earlier.applications == ()


def test_a_stale_assignment_is_refused() -> None:
    """A tie, or a review by the same person, that was recorded since makes it stale."""
    season = world(set())
    found = assign_reviewers(season, "call", [*"r"], at=NOW, each=1)
    reviewed = Review(id="z", application_id="a", reviewer_id="r")
    for fact in (reviewed, member("r", "org-a")):
        with pytest.raises(StaleProposal, match="cannot review application:a"):
            season.record(fact, recorded_at=NOW).record(found, recorded_at=NOW)
    assert len(found.new_conflicts(Portfolio.of())) == 3
    orphans = Portfolio.of(season.get(Application, "a"))
    assert len(found.new_conflicts(orphans)) == 3


def test_new_reviews_have_new_ids() -> None:
    """Each new review of an application has an id of its own, which no other review has."""
    season = world(set())
    other = Review(id="a-review", application_id="gone", reviewer_id="r")
    found = assign_reviewers(
        season.record(other, recorded_at=NOW), "call", [*"rst"], at=NOW, each=2
    )
    assert [each.id for each in found.changes][:2] == ["a-review-2", "a-review-3"]


def test_unsound_arguments_are_refused() -> None:
    """Unknown calls and reviewers are not found; counts below one are refused."""
    season = world(set())
    with pytest.raises(NotFound):
        assign_reviewers(season, "none", ["r"], at=NOW)
    with pytest.raises(NotFound, match="not a person"):
        assign_reviewers(season, "call", ["org-a"], at=NOW)
    with pytest.raises(InvariantError):
        assign_reviewers(season, "call", ["r"], at=NOW, each=0)


def test_an_assignment_shows_itself() -> None:
    """Rows, text and HTML hold each application with its reviewers and what is missing."""
    found = assign_reviewers(world({("a", "r")}), "call", [*"r"], at=NOW, each=1)
    assert found.rows()[0] == {
        "application": "a", "reviewer": None, "is_new": False, "short": 1
    }  # fmt: skip
    assert "Reviews of each reviewer: r: 2" in str(found)
    assert "1 tied to the applicant" in methodcaller("_repr_html_")(found)
    assert "Shown are the first 1 of 3 rows." in str(found.html(most=1))
