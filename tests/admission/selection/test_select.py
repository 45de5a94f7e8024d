"""Selection of a call: ranks, cuts, reasons, conflicts of interest, replay and what-if."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Application,
    Call,
    Decision,
    Edition,
    Identity,
    InvariantError,
    Leaf,
    NotFound,
    Noun,
    Organization,
    Period,
    Portfolio,
    Quota,
    Retraction,
    Review,
    Seats,
    SelectionPolicy,
    StaleProposal,
    check,
    select,
)
from mic_core.admission.selection.policy import MissingRule, SeverityRule
from tests.admission.calls import (
    NOW,
    PANEL,
    SCORES,
    SUBMITTED,
    forty_applicants,
    outcomes,
    small_call,
    step,
)
from tests.admission.selection.test_scores import POLICIES

WALLONIA = Quota(name="Wallonia", who=Leaf(fact="region", op="==", value=("Wallonia",)), least=6)
DAY = timedelta(days=1)


def test_forty_apply_for_sixteen_places() -> None:
    """The best sixteen are accepted, eight wait, the old are not eligible, one has no review."""
    choice = select(forty_applicants(), "call-6", at=NOW, policy=SelectionPolicy(waitlist=8))
    counts = {
        each: len(choice.with_outcome(each))
        for each in ("accepted", "waitlisted", "rejected", "undecided", "left out")
    }
    assert counts == {
        "accepted": 16, "waitlisted": 8, "rejected": 15, "undecided": 1, "left out": 0
    }  # fmt: skip
    assert [each.rank for each in choice][:36] == list(range(1, 37))
    waiting = [each.waitlist_place for each in choice.with_outcome("waitlisted")]
    assert waiting == list(range(1, 9))
    assert choice.explain("application-13")[1:3] == ("not eligible", "age < 5: not met, by 5 years")
    assert choice.get("application-40").reasons == ("no review counts, so that there is no score",)
    assert len(choice.changes) == 39
    assert len(choice) == 40


def test_recording_decisions_and_selecting_again_changes_nothing() -> None:
    """A selection is idempotent, and `check` finds nothing wrong with its decisions."""
    season = forty_applicants()
    choice = select(season, "call-6", at=NOW)
    after = season.record(choice, recorded_at=NOW)
    assert select(after, "call-6", at=NOW).changes == ()
    assert select(after, "call-6", at=NOW + DAY).changes == ()
    codes = {each.code for each in check(after, as_of=NOW).findings}
    assert not codes & {"accepted-over-places", "decided-unsubmitted"}


def test_a_selection_is_replayed_as_of_an_instant() -> None:
    """The selection of then is made again, whatever became known since."""
    season = forty_applicants()
    choice = select(season, "call-6", at=NOW)
    after = season.record(choice, recorded_at=NOW)
    late = Review(
        id="late", application_id="application-40", reviewer_id=PANEL[1],
        scores=(("team", Decimal(10)),),
    )  # fmt: skip
    after = after.record(late, recorded_at=NOW + DAY)
    again = select(after, "call-6", at=NOW, as_of=NOW - DAY)
    assert (again.results, again.changes) == (choice.results, choice.changes)
    assert select(after, "call-6", at=NOW + DAY).get("application-40").rank == 1


def test_the_order_of_input_means_nothing() -> None:
    """A portfolio of the same facts in reverse yields the same selection."""
    season = forty_applicants()
    turned = Portfolio.of(*reversed([*season.values()]))
    policy = SelectionPolicy(quotas=(WALLONIA,), severity="centered")
    one, other = (select(each, "call-6", at=NOW, policy=policy) for each in (season, turned))
    assert (one.results, one.changes) == (other.results, other.changes)


def test_a_quota_keeps_places() -> None:
    """At least six of the accepted are from Wallonia; those who were passed over wait first."""
    season = forty_applicants()
    choice = select(season, "call-6", at=NOW, policy=SelectionPolicy(quotas=(WALLONIA,)))
    homes = [
        season.get(Organization, each.applicant_id) for each in choice.with_outcome("accepted")
    ]
    assert len(homes) == 16
    assert sum(each.region == "Wallonia" for each in homes) == 6
    by_quota = [each for each in choice if each.quota == "Wallonia"]
    assert by_quota
    assert all("a place is kept: at least 6 of Wallonia" in each.reasons for each in by_quota)
    first = choice.with_outcome("waitlisted")[0]
    assert "places are kept: at least 6 of Wallonia" in first.reasons
    assert (first.rank or 0) <= 16


def test_a_quota_that_cannot_be_met_says_so() -> None:
    """The places that a quota lacks are counted, and the places go to the others."""
    quota = attrs.evolve(WALLONIA, least=3)
    season = small_call(
        {"a": {"r": {"team": 5}}, "b": {"r": {"team": 4}}}, {"team": 1}, places=2,
        regions={"a": "Wallonia"},
    )  # fmt: skip
    choice = select(season, "call", at=NOW, policy=SelectionPolicy(quotas=(quota,)))
    assert choice.lacking == (("Wallonia", 2),)
    assert set(outcomes(choice).values()) == {"accepted"}
    assert "The quota Wallonia lacks 2" in str(choice)
    assert "The quota Wallonia lacks 2" in str(choice.html())


def test_worked_scores() -> None:
    """Weighted means by criterion and by reviewer, as computed by hand."""
    season = small_call(
        {"a": {"r": {"team": 8, "idea": 6}, "s": {"team": 4}}, "b": {"r": {"idea": 9}}},
        {"team": 2, "idea": 1},
    )
    choice = select(season, "call", at=NOW)
    assert choice.get("a").score == Fraction(2 * 6 + 6, 3)
    assert choice.get("b").score == 9
    by_reviewer = select(season, "call", at=NOW, policy=SelectionPolicy(missing="by_reviewer"))
    assert by_reviewer.get("a").score == (Fraction(2 * 8 + 6, 3) + 4) / 2
    assert dict(choice.get("a").criteria) == {"idea": 6, "team": 6}


def test_ties_are_broken_as_stated() -> None:
    """Equal scores are ordered by the heaviest criterion, the others, submission, then id."""
    scores = {"team": 6, "idea": 6}
    season = small_call(
        {
            "c": {"r": {"team": 7, "idea": 4}}, "d": {"r": scores}, "b": {"r": scores},
            "a": {"r": {"team": 6, "idea": 6}},
        },
        {"team": 2, "idea": 1},
    )  # fmt: skip
    same = [attrs.evolve(season.get(Application, each), submitted_at=SUBMITTED) for each in "ab"]
    late = attrs.evolve(season.get(Application, "d"), submitted_at=SUBMITTED + DAY)
    season = season.record(*same, late, recorded_at=NOW)
    choice = select(season, "call", at=NOW)
    assert [each.application_id for each in choice] == ["c", "a", "b", "d"]
    tied = [each.reasons[-1] for each in choice][1:]
    assert [each.split("; ")[-1] for each in tied] == [
        "team decides", "id decides", "time of submission decides"
    ]  # fmt: skip


def test_a_criterion_without_a_score_breaks_a_tie_last() -> None:
    """Of two equal scores, the one that has no mean of the heaviest criterion comes second."""
    season = small_call({"a": {"r": {"idea": 6}}, "b": {"r": {"team": 6}}}, {"team": 2, "idea": 1})
    assert [each.application_id for each in select(season, "call", at=NOW)] == ["b", "a"]


def test_without_criteria_every_score_counts_alike() -> None:
    """A call that names no criteria weighs all scores equally."""
    season = small_call({"a": {"r": {"x": 2, "y": 4}}}, {})
    assert select(season, "call", at=NOW).get("a").score == 3


def test_unsound_weights_are_refused() -> None:
    """A weight of a criterion that the call does not have is an error; zero leaves one out."""
    season = small_call({"a": {"r": {"team": 2, "idea": 4}}}, {"team": 1, "idea": 1})
    with pytest.raises(InvariantError, match="must name criteria of the call"):
        select(season, "call", at=NOW, policy=SelectionPolicy(weights={"beauty": 1}))  # type: ignore[arg-type]
    policy = SelectionPolicy(weights=(("team", 0),))
    assert select(season, "call", at=NOW, policy=policy).get("a").score == 4


def test_an_unknown_call_is_not_found() -> None:
    """A call that the portfolio does not have raises NotFound."""
    with pytest.raises(NotFound):
        select(forty_applicants(), "none", at=NOW)


@pytest.mark.parametrize(
    "arguments",
    [
        {"at": datetime(2014, 8, 20)},  # noqa: DTZ001
        {"at": NOW, "policy": "fair"}, {"at": NOW, "as_of": "now"},
    ],
)  # fmt: skip
def test_unsound_arguments_are_refused(arguments: dict[str, Any]) -> None:
    """An argument that is no instant or no policy is an error of the family."""
    with pytest.raises(InvariantError):
        select(forty_applicants(), "call-6", **arguments)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"severity": "fitted"}, "must be by_reviewer"),
        ({"quotas": (WALLONIA, WALLONIA)}, "must have different names"),
        ({"places": -1}, "must be a whole number"),
    ],
)
def test_unsound_policies_are_refused(fields: dict[str, Any], rule: str) -> None:
    """A policy that cannot be carried out is not made."""
    with pytest.raises(InvariantError, match=rule):
        SelectionPolicy(**fields)


# The cut


def test_the_least_score_refuses_whoever_is_below() -> None:
    """A score at the least is enough, one below it is not, even if places are free."""
    season = small_call(SCORES, {"team": 1}, places=5)
    policy = SelectionPolicy(least=Decimal("6.5"))
    assert outcomes(select(season, "call", at=NOW, policy=policy)) == {
        "a": "accepted", "b": "rejected"
    }  # fmt: skip
    policy = SelectionPolicy(least=Decimal(6))
    assert set(outcomes(select(season, "call", at=NOW, policy=policy)).values()) == {"accepted"}


@pytest.mark.parametrize(
    ("seats", "places"),
    [
        (Seats(in_person=1), 1), (Seats(in_person=1, online=3), 4), (Seats(online=2), 2),
        (Seats(), None),
    ],
)  # fmt: skip
def test_the_seats_of_the_edition_are_the_places(seats: Seats, places: int | None) -> None:
    """A call without a number of places has those of its edition."""
    season = forty_applicants()
    edition = attrs.evolve(season.get(Edition, "boostcamp-6"), seats=seats)
    call = attrs.evolve(season.get(Call, "call-6"), places=None)
    choice = select(season.record(edition, call, recorded_at=NOW), "call-6", at=NOW)
    assert choice.places == places
    assert len(choice.with_outcome("accepted")) == (36 if places is None else places)


def test_an_edition_without_a_start_is_judged_on_the_day_of_decision() -> None:
    """Eligibility is judged on the first day of the edition, or else on the local day of `at`."""
    season = forty_applicants()
    edition = attrs.evolve(season.get(Edition, "boostcamp-6"), period=Period())
    choice = select(season.record(edition, recorded_at=NOW), "call-6", at=NOW)
    judgement = choice.get("application-01").judgement
    assert judgement is not None
    assert judgement.on == date(2014, 8, 20)


def test_an_applicant_is_accepted_to_an_edition_once() -> None:
    """Of two applications by one venture, also under a merged record, the better one counts."""
    season = forty_applicants()
    same = Identity(id="i", kept="organization:venture-17", merged="organization:venture-37")
    choice = select(season.record(same, recorded_at=NOW), "call-6", at=NOW)
    assert choice.get("application-17").outcome == "accepted"
    assert choice.get("application-37").outcome == "left out"
    assert len(choice.with_outcome("accepted")) == 16


def test_decisions_before_stand() -> None:
    """Accepted stays accepted and keeps the place; who waits moves up as a place gets free."""
    season = small_call(SCORES, {"team": 1}, places=1)
    first = select(season, "call", at=NOW)
    assert outcomes(first) == {"a": "accepted", "b": "waitlisted"}
    season = season.record(first, recorded_at=NOW)
    better = Review(id="z", application_id="b", reviewer_id="s", scores=(("team", Decimal(9)),))
    season = season.record(better, recorded_at=NOW)
    again = select(season, "call", at=NOW + DAY)
    assert (outcomes(again), again.changes) == (outcomes(first), ())
    assert again.get("b").rank == 1
    revised = select(season, "call", at=NOW + DAY, policy=SelectionPolicy(revise=True))
    assert outcomes(revised) == {"a": "waitlisted", "b": "accepted"}
    gone = season.record(step("a", "submitted", "withdrawn", NOW), recorded_at=NOW)
    moved = select(gone, "call", at=NOW + DAY)
    assert outcomes(moved) == {"a": "left out", "b": "accepted"}
    assert [each.id for each in moved.changes] == ["b-accepted"]


def test_new_decisions_have_new_ids() -> None:
    """A decision never takes the id of another one, and ids stay within their length."""
    long = "x" * 60
    season = small_call({"a": {"r": {"team": 1}}, long: {"r": {"team": 2}}}, {"team": 1})
    old = Decision(id="a-accepted", application_id="b", outcome="rejected", decided_at=NOW - DAY)
    choice = select(season.record(old, recorded_at=NOW), "call", at=NOW)
    assert [each.id for each in choice.changes] == ["a-accepted-2", f"{'x' * 55}-accepted"]


@pytest.mark.parametrize(
    "fact",
    [
        Review(id="z", application_id="b", reviewer_id="s", scores=(("team", Decimal(20)),)),
        step("a", "submitted", "withdrawn", NOW), Retraction(id="t", subject="review:a-r"),
    ],
)  # fmt: skip
def test_a_stale_selection_is_refused(fact: Noun) -> None:
    """A review, a withdrawal or a retraction since, that changes an outcome, makes it stale."""
    season = small_call({"a": {"r": {"team": 9}}, "b": {"r": {"team": 6}, "s": {}}}, {"team": 1},
                        places=1)  # fmt: skip
    choice = select(season, "call", at=NOW)
    later = season.record(fact, recorded_at=NOW)
    with pytest.raises(StaleProposal, match="by what is known now"):
        later.record(choice, recorded_at=NOW)
    same = Review(id="q", application_id="a", reviewer_id="s", scores=(("team", Decimal(9)),))
    assert (
        len(season.record(same, recorded_at=NOW).record(choice, recorded_at=NOW)) == len(season) + 3
    )


# What if, and looks


def test_what_if_says_who_changes() -> None:
    """Other weights change ranks and outcomes; the same ones change nothing."""
    season = small_call(
        {"a": {"r": {"team": 9, "idea": 1}}, "b": {"r": {"team": 5, "idea": 6}}},
        {"team": 2, "idea": 1}, places=1,
    )  # fmt: skip
    choice = select(season, "call", at=NOW)
    changed = choice.what_if(weights={"idea": 5})
    assert changed.rows() == (
        {"application": "a", "rank_before": 1, "rank_after": 2, "before": "accepted",
         "after": "waitlisted"},
        {"application": "b", "rank_before": 2, "rank_after": 1, "before": "waitlisted",
         "after": "accepted"},
    )  # fmt: skip
    assert changed.who_changes == ("a", "b")
    assert "waitlisted" in str(changed)
    assert "Who changes" in methodcaller("_repr_html_")(changed)
    assert choice.what_if().rows() == ()


def test_a_selection_shows_itself_without_personal_data() -> None:
    """Text, HTML and rows hold ids and scores, and no name, answer or age."""
    season = forty_applicants()
    secret = attrs.evolve(
        season.get(Application, "application-01"),
        answers={"motto": "Secret"},  # type: ignore[arg-type]
    )
    season = season.record(secret, recorded_at=NOW)
    choice = select(season, "call-6", at=NOW)
    look = str(choice) + methodcaller("_repr_html_")(choice) + repr(choice) + str(choice.rows())
    assert "Secret" not in look
    assert "Reviewer 1" not in look
    row = choice.rows()[0]
    assert (row["rank"], row["score"], row["outcome"]) == (1, "7.67", "accepted")
    assert choice.rows()[-1]["score"] is None
    assert "Shown are the first 3 of 40 rows." in str(choice.html(most=3))
    with pytest.raises(NotFound):
        choice.explain("nobody")


@pytest.mark.parametrize(("missing", "severity"), POLICIES)
@given(data=st.data())
def test_raising_one_score_never_lowers_the_rank(
    missing: MissingRule, severity: SeverityRule, data: st.DataObject
) -> None:
    """In a whole selection, ties included, a rank never gets worse as one score rises."""
    table = {
        application: {
            reviewer: {name: data.draw(st.integers(0, 3)) for name in ("team", "idea")
                       if data.draw(st.booleans())}
            for reviewer in "rst"
        }
        for application in "abcd"
    }  # fmt: skip
    places = [(a, r, c) for a, each in table.items() for r, some in each.items() for c in some]
    if not places:
        return
    policy = SelectionPolicy(missing=missing, severity=severity)
    application, reviewer, name = data.draw(st.sampled_from(places))
    before = select(small_call(table, {"team": 2, "idea": 1}), "call", at=NOW, policy=policy)
    table[application][reviewer][name] += data.draw(st.integers(1, 3))
    after = select(small_call(table, {"team": 2, "idea": 1}), "call", at=NOW, policy=policy)
    old, new = (each.get(application).rank for each in (before, after))
    assert old is not None
    assert new is not None
    assert new <= old


@given(
    order=st.sampled_from([*permutations("abc")]), places=st.integers(0, 3),
    waitlist=st.none() | st.integers(0, 3),
)  # fmt: skip
def test_places_and_waitlist_are_never_exceeded(
    order: tuple[str, ...], places: int, waitlist: int | None
) -> None:
    """Each application has one outcome, within the places and the length of the waitlist."""
    table = {id: {"r": {"team": rank}} for rank, id in enumerate(order)}
    policy = SelectionPolicy(waitlist=waitlist, places=places)
    choice = select(small_call(table, {"team": 1}), "call", at=NOW, policy=policy)
    found = [each.outcome for each in choice]
    assert found.count("accepted") == min(places, 3)
    assert found.count("waitlisted") == min(3 - min(places, 3), 3 if waitlist is None else waitlist)
    assert found == sorted(found, key=["accepted", "waitlisted", "rejected"].index)
