"""Scores of applications: weighted means of the reviews that count, in exact arithmetic.

Law: raising one score never lowers the rank of its application. It holds for every policy. A
normalized score of an application rises or stays, and those of all others fall, stay, or rise by
less: centered and ranked scores by their definition, fitted ones since an additive model is an
electric network, whose potential is greatest at its only source.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import attrs

from mic_core.admission.selection.policy import MissingRule, SeverityRule

Scores = Mapping[str, Fraction]
"""Scores by criterion."""

Reviews = Mapping[str, Mapping[str, Scores]]
"""The scores that count: by application, then by reviewer."""


@attrs.frozen(eq=False, repr=False)
class Scored:
    """The score of an application, beside its plain means by criterion, and the reviews behind."""

    score: Fraction
    criteria: Scores
    reviews: int


def united_scores(reviews: Iterable[Iterable[tuple[str, Fraction]]]) -> Scores:
    """The scores of one reviewer in several reviews of one application: their means."""
    found: dict[str, list[Fraction]] = {}
    for each in reviews:
        for name, score in each:
            found.setdefault(name, []).append(score)
    return {name: _mean(known) for name, known in found.items()}


def scored(
    reviews: Reviews, weights: Mapping[str, int], missing: MissingRule, severity: SeverityRule
) -> Mapping[str, Scored]:
    """The score of each application that has one: at least one score of a criterion that counts.

    Normalized scores are shifted by one number for all, so that their mean is that of the plain
    ones. O(n log n) over the scores; fitted, O(r**3) more over r reviewers.
    """
    known = {
        application: {
            reviewer: kept
            for reviewer, scores in by_reviewer.items()
            if (kept := {name: each for name, each in scores.items() if name in weights})
        }
        for application, by_reviewer in reviews.items()
    }
    known = {application: each for application, each in known.items() if each}
    if not known:
        return {}
    compute = _by_criterion if missing == "by_criterion" else _by_reviewer
    plain = compute(known, weights, "none")
    final = plain if severity == "none" else compute(known, weights, severity)
    shift = _mean(plain.values()) - _mean(final.values())
    return {
        application: Scored(final[application] + shift, _criteria(by_reviewer), len(by_reviewer))
        for application, by_reviewer in known.items()
    }


def _criteria(by_reviewer: Mapping[str, Scores]) -> Scores:
    return united_scores(scores.items() for scores in by_reviewer.values())


def _by_criterion(
    known: Reviews, weights: Mapping[str, int], severity: SeverityRule
) -> dict[str, Fraction]:
    """Means by criterion, then the weighted mean over the criteria that have a score."""
    means: dict[str, dict[str, Fraction]] = {application: {} for application in known}
    for name in weights:
        given = {
            (application, reviewer): scores[name]
            for application, by_reviewer in known.items()
            for reviewer, scores in by_reviewer.items()
            if name in scores
        }
        for application, value in _means(_normalized(given, severity)).items():
            means[application][name] = value
    return {application: _weighted(each, weights) for application, each in means.items()}


def _by_reviewer(
    known: Reviews, weights: Mapping[str, int], severity: SeverityRule
) -> dict[str, Fraction]:
    """The weighted mean of each review over the criteria that it scores, then their mean."""
    given = {
        (application, reviewer): _weighted(scores, weights)
        for application, by_reviewer in known.items()
        for reviewer, scores in by_reviewer.items()
    }
    return _means(_normalized(given, severity))


_Given = Mapping[tuple[str, str], Fraction]
"""Numbers by application and reviewer."""


def _weighted(scores: Scores, weights: Mapping[str, int]) -> Fraction:
    total = sum(weights[name] for name in scores)
    return sum((score * weights[name] for name, score in scores.items()), Fraction()) / total


def _means(given: _Given) -> dict[str, Fraction]:
    """The mean of each application."""
    found: dict[str, list[Fraction]] = {}
    for (application, _), value in given.items():
        found.setdefault(application, []).append(value)
    return {application: _mean(values) for application, values in found.items()}


def _mean(values: Iterable[Fraction]) -> Fraction:
    known = [*values]
    return sum(known, Fraction()) / len(known)


def _normalized(given: _Given, severity: SeverityRule) -> _Given:
    """The numbers without the severity of each reviewer."""
    if severity == "none":
        return given
    if severity == "fitted":
        effects = _effects(given)
        return {key: value - effects[key[1]] for key, value in given.items()}
    by_reviewer: dict[str, list[Fraction]] = {}
    for (_, reviewer), value in given.items():
        by_reviewer.setdefault(reviewer, []).append(value)
    if severity == "centered":
        means = {reviewer: _mean(values) for reviewer, values in by_reviewer.items()}
        return {key: value - means[key[1]] for key, value in given.items()}
    ranks = {reviewer: _ranks(values) for reviewer, values in by_reviewer.items()}
    return {key: ranks[key[1]][value] for key, value in given.items()}


def _ranks(values: Sequence[Fraction]) -> Mapping[Fraction, Fraction]:
    """The mid-rank of each value among others, from 0 to 1; a half for one alone."""
    if len(values) == 1:
        return {values[0]: Fraction(1, 2)}
    found: dict[Fraction, Fraction] = {}
    ordered = sorted(values)
    for place, value in enumerate(ordered):
        if value not in found:
            equal = ordered.count(value)
            found[value] = Fraction(2 * place + equal - 1, 2 * (len(ordered) - 1))
    return found


def _effects(given: _Given) -> Mapping[str, Fraction]:
    """The effects of reviewers in an additive model: number = application + reviewer + residual.

    Least squares, by the normal equations with the applications eliminated. Where reviews connect
    no two groups of reviewers, each group has a model of its own. In each, the effects weighted by
    the numbers of reviews are zero together, so that its mean stays.
    """
    by_application: dict[str, list[str]] = {}
    by_reviewer: dict[str, list[str]] = {}
    for application, reviewer in sorted(given):
        by_application.setdefault(application, []).append(reviewer)
        by_reviewer.setdefault(reviewer, []).append(application)
    means = _means(given)
    effects: dict[str, Fraction] = {}
    for group in _groups(by_application, by_reviewer):
        place = {reviewer: number for number, reviewer in enumerate(group)}
        size = len(group)
        rows = [[Fraction() for _ in range(size + 1)] for _ in range(size)]
        for reviewer, number in place.items():
            row = rows[number]
            for application in by_reviewer[reviewer]:
                others = by_application[application]
                row[number] += 1
                for other in others:
                    row[place[other]] -= Fraction(1, len(others))
                row[size] += given[application, reviewer] - means[application]
        # The equations of a group depend on each other: one gives way to the sum of effects.
        rows[-1] = [*(Fraction(len(by_reviewer[each])) for each in group), Fraction()]
        effects.update(zip(group, _solved(rows), strict=True))
    return effects


def _groups(
    by_application: Mapping[str, Sequence[str]], by_reviewer: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """The reviewers in connected components: those linked by applications that they share."""
    seen: set[str] = set()
    found: list[list[str]] = []
    for start in sorted(by_reviewer):
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for reviewer in group:  # grows while it is read: a breadth-first search
            for application in by_reviewer[reviewer]:
                for other in by_application[application]:
                    if other not in seen:
                        seen.add(other)
                        group.append(other)
        found.append(sorted(group))
    return found


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """The solution of a regular system of linear equations, by Gauss-Jordan elimination. O(n**3).

    Each row holds the coefficients and then the right-hand side.
    """
    size = len(rows)
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [each / lead for each in rows[column]]
        for row in range(size):
            factor = rows[row][column]
            if row != column and factor:
                rows[row] = [
                    one - factor * other for one, other in zip(rows[row], rows[column], strict=True)
                ]
    return [row[size] for row in rows]
