"""Selection of a call: conflicts of interest, and the applications that are considered."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from mic_core import (
    Application,
    Call,
    Identity,
    Leaf,
    Membership,
    Noun,
    Organization,
    Ownership,
    Period,
    Person,
    Project,
    Review,
    SelectionPolicy,
    check,
    select,
)
from mic_core.admission.selection.interests import relevant_days, ties
from tests.admission.calls import (
    NOW,
    SCORES,
    SUBMITTED,
    outcomes,
    small_call,
    step,
    window,
)

DAY = timedelta(days=1)


# Conflicts of interest


def _tie(kind: str) -> list[Noun]:
    """Facts that tie the reviewer r to the organization that sent application a."""
    period = Period(date(2014, 1, 1))
    partner = Organization(id="partner", name="Partner", kind="sme", country="BE")
    works = Membership(
        id="m", person_id="r", organization_id="partner", role="employee", period=period
    )
    stake = Ownership(
        id="o", owner_id="partner", organization_id="org-a", capital=Decimal("0.3"),
        holder="enterprise", period=period,
    )  # fmt: skip
    project = Project(
        id="j", call_id="call", title="Joint", organizations=("org-a", "partner"), period=period
    )
    ties: dict[str, list[Noun]] = {
        "member": [attrs.evolve(works, organization_id="org-a")],
        "owner": [attrs.evolve(stake, owner_id="r", holder="person")],
        "owner's employee": [partner, works, stake],
        "acting with an owner": [partner, attrs.evolve(stake, acting_with=("r",))],
        "partner's employee": [partner, works, project],
        "merged record": [
            Person(id="r-2", name="R"), Identity(id="i", kept="person:r-2", merged="person:r"),
            attrs.evolve(works, organization_id="org-a", person_id="r-2"),
        ],
    }  # fmt: skip
    return ties[kind]


TIES = (
    "member", "owner", "owner's employee", "acting with an owner", "partner's employee",
    "merged record",
)  # fmt: skip


@pytest.mark.parametrize("kind", TIES)
def test_the_review_of_somebody_tied_to_the_applicant_does_not_count(kind: str) -> None:
    """Members, owners and partners of the applicant, and their people, are set aside."""
    season = small_call(SCORES, {"team": 1}, more=_tie(kind))
    result = select(season, "call", at=NOW).get("a")
    assert result.score == 5
    assert result.reviews == 1
    assert [each.reason for each in result.set_aside] == ["conflict of interest"]
    assert "1 review set aside: conflict of interest" in result.reasons
    found = check(season, as_of=NOW).findings
    assert [each.subjects for each in found if each.code == "review-not-impartial"] == [
        ("review:a-r",)
    ]


def test_a_tie_that_ended_before_the_call_is_none() -> None:
    """Somebody who left before the call opened is impartial; an application of one's own is not."""
    season = small_call(SCORES, {"team": 1}, more=_tie("member"))
    left = attrs.evolve(season.get(Membership, "m"), period=Period(None, date(2014, 6, 2)))
    season = season.record(left, recorded_at=NOW)
    assert select(season, "call", at=NOW).get("a").reviews == 2
    days = relevant_days(season.get(Call, "call"))
    assert ties(season, "r", "org-a", days) == ()
    assert ties(season, "r", "r", days) == ("r",)


def test_a_recused_reviewer_does_not_count() -> None:
    """A recusal sets aside all reviews of that reviewer of that application."""
    recused = Review(id="z", application_id="a", reviewer_id="r", recused=True)
    season = small_call(SCORES, {"team": 1}, more=[recused])
    result = select(season, "call", at=NOW).get("a")
    assert result.score == 5
    assert [each.reason for each in result.set_aside] == ["recused", "recused"]


def test_several_reviews_of_one_reviewer_are_one() -> None:
    """The scores of one reviewer are averaged first, so that nobody counts twice."""
    more = Review(id="z", application_id="a", reviewer_id="s", scores=(("team", Decimal(1)),))
    season = small_call(SCORES, {"team": 1}, more=[more])
    result = select(season, "call", at=NOW).get("a")
    assert (result.score, result.reviews) == (Fraction(9 + 3, 2), 2)


# Who is considered


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ([step("a", "submitted", "withdrawn", SUBMITTED + DAY)], "withdrawn"),
        (
            [Application(id="a", call_id="call", applicant_id="org-a", submitted_at=NOW - DAY)],
            "submitted outside of the window",
        ),
        (
            [Application(id="a", call_id="call", applicant_id="org-a", submitted_at=NOW + DAY)],
            "not submitted yet",
        ),
        ([Application(id="a", call_id="call", applicant_id="org-a")], "draft"),
        (
            [Application(id="a", call_id="call", applicant_id="o", submitted_at=SUBMITTED)],
            "the applicant is not known",
        ),
    ],
)
def test_some_applications_are_left_out(change: list[Noun], reason: str) -> None:
    """Drafts, withdrawn and late applications are not ranked, and no decision is made on them."""
    season = small_call(SCORES, {"team": 1}).record(*change, recorded_at=NOW)
    choice = select(season, "call", at=NOW)
    result = choice.get("a")
    assert (result.outcome, result.reasons, result.rank) == ("left out", (reason,), None)
    assert {each.application_id for each in choice.changes} == {"b"}


def test_an_application_in_the_grace_is_in_time() -> None:
    """A late application counts within the grace, and no longer at its end."""
    season = small_call(SCORES, {"team": 1})
    end = window().end
    call = attrs.evolve(season.get(Call, "call"), grace=DAY)
    for at, outcome in ((end + DAY, "left out"), (end + DAY - timedelta(seconds=1), "accepted")):
        late = attrs.evolve(season.get(Application, "a"), submitted_at=at)
        known = season.record(call, late, recorded_at=NOW)
        assert select(known, "call", at=NOW).get("a").outcome == outcome


def test_a_draft_that_was_submitted_by_a_transition_counts() -> None:
    """The transition out of the draft dates the submission."""
    season = small_call(SCORES, {"team": 1})
    draft = Application(id="a", call_id="call", applicant_id="org-a")
    sent = step("a", "draft", "submitted", SUBMITTED)
    season = season.record(draft, sent, recorded_at=NOW)
    assert select(season, "call", at=NOW).get("a").outcome == "accepted"


def test_only_shortlisted_applications_may_be_wanted() -> None:
    """A policy that wants the shortlist leaves out all others."""
    season = small_call(SCORES, {"team": 1})
    season = season.record(step("a", "submitted", "shortlisted", SUBMITTED), recorded_at=NOW)
    choice = select(season, "call", at=NOW, policy=SelectionPolicy(shortlisted=True))
    assert outcomes(choice) == {"a": "accepted", "b": "left out"}


def test_too_few_reviews_leave_an_application_undecided() -> None:
    """Below the least number of reviews there is no rank and no decision."""
    season = small_call(SCORES, {"team": 1})
    choice = select(season, "call", at=NOW, policy=SelectionPolicy(least_reviews=2))
    assert outcomes(choice) == {"a": "accepted", "b": "undecided"}
    assert choice.get("b").reasons == ("1 review of 2 needed",)


def test_unknown_eligibility_is_neither_met_nor_refused() -> None:
    """There is no decision until the region is known."""
    season = small_call(SCORES, {"team": 1}, regions={"a": "Brussels"})
    wanted = SelectionPolicy(eligibility=Leaf(fact="region", op="==", value=("Brussels",)))
    choice = select(season, "call", at=NOW, policy=wanted)
    assert outcomes(choice) == {"a": "accepted", "b": "undecided"}
    assert choice.get("b").reasons[1:] == (
        "eligibility is unknown", "region == Brussels: unknown"
    )  # fmt: skip


def test_custom_facts_decide_on_eligibility() -> None:
    """A predicate of the app is a fact of requirements like any other."""
    wanted = SelectionPolicy(eligibility=Leaf(fact="is_first", op="==", value=(True,)))
    season = small_call(SCORES, {"team": 1})
    choice = select(
        season, "call", at=NOW, policy=wanted,
        predicates={"is_first": lambda participant: participant.id == "org-a"},
    )  # fmt: skip
    assert outcomes(choice) == {"a": "accepted", "b": "rejected"}
    assert choice.what_if(places=0).who_changes == ("a",)


def test_a_long_requirement_makes_few_and_short_reasons() -> None:
    """Reasons fit into a decision, however large the requirement is."""
    from mic_core import all_of

    leaves = [Leaf(fact="region", op="==", value=("x" * 200 + str(n),)) for n in range(200)]
    long = Leaf(fact="region", op="in", value=tuple(f"{n}" * 150 for n in range(9)))
    season = small_call({"a": {"r": {"team": 1}}}, {"team": 1}, regions={"a": "Brussels"})
    choice = select(
        season, "call", at=NOW, policy=SelectionPolicy(eligibility=all_of(long, *leaves))
    )
    (decision,) = choice.changes
    assert (decision.outcome, len(decision.reasons)) == ("rejected", 90)
