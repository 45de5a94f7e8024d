"""Scores of applications against an independent reimplementation, and their laws."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.admission.selection.policy import MissingRule, SeverityRule, weights_of
from mic_core.admission.selection.scores import scored

Given = dict[str, dict[str, dict[str, Fraction]]]
POLICIES: list[tuple[MissingRule, SeverityRule]] = [
    ("by_criterion", "none"), ("by_criterion", "centered"), ("by_criterion", "ranked"),
    ("by_reviewer", "none"), ("by_reviewer", "centered"), ("by_reviewer", "ranked"),
    ("by_reviewer", "fitted"),
]  # fmt: skip
CRITERIA = ("idea", "market", "team")


@st.composite
def reviews(draw: st.DrawFn) -> Given:
    """Scores of a few applications by a few reviewers, some of them missing."""
    found: Given = {}
    for application in "abcde"[: draw(st.integers(1, 5))]:
        found[application] = {}
        for reviewer in "rstu":
            if draw(st.booleans()):
                found[application][reviewer] = {
                    name: Fraction(draw(st.integers(0, 10)), draw(st.integers(1, 2)))
                    for name in CRITERIA
                    if draw(st.integers(0, 3))
                }
    return found


WEIGHTS = st.fixed_dictionaries({name: st.integers(1, 4) for name in CRITERIA})


def naive(
    known: Given, weights: Mapping[str, int], missing: str, severity: str
) -> dict[str, Fraction]:
    """The scores again, number by number, less the shift that is the same for all."""
    triples = [
        (application, reviewer, name, score)
        for application, by_reviewer in known.items()
        for reviewer, scores in by_reviewer.items()
        for name, score in scores.items()
    ]
    if missing == "by_reviewer":
        totals: list[tuple[str, str, str, Fraction]] = []
        for application, reviewer in sorted({(a, r) for a, r, _, _ in triples}):
            mine = [(c, s) for a, r, c, s in triples if (a, r) == (application, reviewer)]
            weight = sum(weights[c] for c, _ in mine)
            total = sum((weights[c] * s for c, s in mine), Fraction()) / weight
            totals.append((application, reviewer, "all", total))
        triples, weights = totals, {"all": 1}
    fair: list[tuple[str, str, Fraction]] = []
    for application, reviewer, name, score in triples:
        others = [s for _, r, c, s in triples if (r, c) == (reviewer, name)]
        if severity == "centered":
            fair.append((application, name, score - sum(others, Fraction()) / len(others)))
        elif severity == "ranked":
            below = sum(each < score for each in others)
            equal = sum(each == score for each in others) - 1
            pairs = len(others) - 1
            rank = (below + Fraction(equal, 2)) / pairs if pairs else Fraction(1, 2)
            fair.append((application, name, rank))
        else:
            fair.append((application, name, score))
    found: dict[str, Fraction] = {}
    for application in sorted({a for a, _, _ in fair}):
        means: dict[str, Fraction] = {}
        for name in weights:
            some = [s for a, c, s in fair if (a, c) == (application, name)]
            if some:
                means[name] = sum(some, Fraction()) / len(some)
        weight = sum(weights[name] for name in means)
        found[application] = sum((weights[n] * m for n, m in means.items()), Fraction()) / weight
    return found


@pytest.mark.parametrize(("missing", "severity"), POLICIES[:-1])
@given(known=reviews(), weights=WEIGHTS)
def test_scores_are_those_of_a_plain_computation(
    missing: MissingRule, severity: SeverityRule, known: Given, weights: dict[str, int]
) -> None:
    """Every score is that of the definition, up to one shift that is the same for all."""
    found = scored(known, weights, missing, severity)
    expected = naive(known, weights, missing, severity)
    assert found.keys() == expected.keys()
    assert len({found[each].score - expected[each] for each in found}) <= 1
    if severity == "none":
        assert {each: found[each].score for each in found} == expected


@pytest.mark.parametrize(("missing", "severity"), POLICIES)
@given(known=reviews(), weights=WEIGHTS, data=st.data())
def test_raising_a_score_never_lowers_a_rank(
    missing: MissingRule,
    severity: SeverityRule,
    known: Given,
    weights: dict[str, int],
    data: st.DataObject,
) -> None:
    """The lead of an application over each other one never shrinks as one of its scores rises."""
    places = [(a, r, c) for a, each in known.items() for r, some in each.items() for c in some]
    if not places:
        assert scored(known, weights, missing, severity) == {}
        return
    application, reviewer, name = data.draw(st.sampled_from(places))
    before = scored(known, weights, missing, severity)
    known[application][reviewer][name] += data.draw(st.integers(1, 5))
    after = scored(known, weights, missing, severity)
    for other in before:
        lead = before[application].score - before[other].score
        assert after[application].score - after[other].score >= lead


@given(known=reviews(), weights=WEIGHTS)
def test_fitted_effects_are_least_squares(known: Given, weights: dict[str, int]) -> None:
    """The residuals of the fitted model sum to zero for each application and each reviewer."""
    plain = {
        (a, r): sum((weights[c] * s for c, s in some.items()), Fraction())
        / sum(weights[c] for c in some)
        for a, each in known.items()
        for r, some in each.items()
        if some
    }
    found = scored(known, weights, "by_reviewer", "fitted")
    # With scores as effects of applications, those of reviewers follow; then all must agree.
    effects: dict[str, Fraction] = {}
    for reviewer in {r for _, r in plain}:
        mine = [value - found[a].score for (a, r), value in plain.items() if r == reviewer]
        effects[reviewer] = sum(mine, Fraction()) / len(mine)
    for application in found:
        rest = [
            value - found[a].score - effects[r]
            for (a, r), value in plain.items()
            if a == application
        ]
        assert sum(rest) == 0


def test_a_harsh_reviewer_is_no_disadvantage() -> None:
    """Two equal applications have equal fitted scores, whoever reviewed them."""
    known = {
        "a": {"harsh": {"team": Fraction(3)}, "kind": {"team": Fraction(7)}},
        "b": {"harsh": {"team": Fraction(3)}},
        "c": {"kind": {"team": Fraction(7)}},
    }
    fitted = scored(known, {"team": 1}, "by_reviewer", "fitted")
    plain = scored(known, {"team": 1}, "by_reviewer", "none")
    assert fitted["b"].score == fitted["c"].score == fitted["a"].score == 5
    assert plain["b"].score < plain["a"].score < plain["c"].score


def test_reviewers_without_a_common_application_are_fitted_apart() -> None:
    """Nothing tells harsh from lenient where two reviewers share nothing: scores stay."""
    known = {"a": {"r": {"team": Fraction(3)}}, "b": {"s": {"team": Fraction(7)}}}
    fitted = scored(known, {"team": 1}, "by_reviewer", "fitted")
    assert {each: fitted[each].score for each in fitted} == {"a": 3, "b": 7}


def test_a_missing_score_is_not_zero() -> None:
    """A criterion that one reviewer left out is the mean of the others, or leaves the mean."""
    full, gap = {"team": Fraction(8), "idea": Fraction(2)}, {"team": Fraction(4)}
    known = {"a": {"r": full, "s": gap}}
    weights = {"team": 1, "idea": 1}
    assert scored(known, weights, "by_criterion", "none")["a"].score == Fraction(6 + 2, 2)
    assert scored(known, weights, "by_reviewer", "none")["a"].score == Fraction(5 + 4, 2)


def test_no_score_at_all_is_no_score() -> None:
    """Without a score of a criterion that counts, there is none; other criteria do not count."""
    known: Given = {"a": {"r": {"beauty": Fraction(9)}}, "b": {}, "c": {"r": {}}}
    assert scored(known, {"team": 1}, "by_criterion", "none") == {}


def test_weights_of_the_policy_replace_those_of_the_call() -> None:
    """A named criterion has the weight of the policy, zero leaves it out, others stay."""
    assert weights_of((("a", 1), ("b", 2), ("c", 3)), (("a", 5), ("b", 0))) == {"a": 5, "c": 3}


@pytest.mark.parametrize(("missing", "severity"), POLICIES)
@given(known=reviews(), weights=WEIGHTS)
def test_the_order_of_input_means_nothing(
    missing: MissingRule, severity: SeverityRule, known: Given, weights: dict[str, int]
) -> None:
    """Reversed mappings give the same scores."""
    turned = {
        a: {r: dict(reversed(some.items())) for r, some in reversed(each.items())}
        for a, each in reversed(known.items())
    }
    one, other = (scored(each, weights, missing, severity) for each in (known, turned))
    assert {a: one[a].score for a in one} == {a: other[a].score for a in other}


def test_a_hundred_reviewers_are_fitted_exactly() -> None:
    """A larger panel, in which everybody reviews a few, yields exact fractions."""
    known: Given = {f"a{n:03}": {} for n in range(120)}
    for n, turn in product(range(120), range(3)):
        known[f"a{n:03}"][f"r{(n * 7 + turn * 11) % 40}"] = {"team": Fraction((n + turn) % 7)}
    found = scored(known, {"team": 1}, "by_reviewer", "fitted")
    assert len(found) == 120
    mean = sum((each.score for each in found.values()), Fraction()) / 120
    plain = scored(known, {"team": 1}, "by_reviewer", "none")
    assert mean == sum((each.score for each in plain.values()), Fraction()) / 120
