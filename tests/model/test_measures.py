"""Measures and the nouns of evidence: what their constructors take, and what they refuse."""

from decimal import Decimal
from typing import Any

import pytest

from mic_core.errors import InvariantError
from mic_core.model import (
    NOUNS,
    PROFILE_WORDS,
    Adjustment,
    Attribution,
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    Identity,
    LatestMeasure,
    MedianMeasure,
    Observation,
    RatioMeasure,
    ShareMeasure,
    StatedMeasure,
    SurvivalMeasure,
    TotalMeasure,
    Where,
    change,
    count,
    distinct,
    latest,
    median,
    ratio,
    share,
    stated,
    surviving,
    total,
    where,
)
from mic_core.model.expressions.measures import MEASURES
from mic_core.model.history import RETRACTABLE
from mic_core.samples.rules.nouns import observation

HELD = where("status", "==", "held")
THERE = where("status", "in", ("present", "partial"))
SEVERAL: Any = [HELD]
BOTH: Any = [HELD, THERE]
PERSONS: Any = ["person_id"]
PAIRS: Any = {"person_id", "session_id"}
"""Lists and sets, which become tuples."""


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (count("sessions", HELD), CountMeasure(table="sessions", where=SEVERAL)),
        (
            surviving("seat_lives", HELD, months=2, lost_to_follow_up=None),
            SurvivalMeasure(table="seat_lives", months=2, lost_to_follow_up=None, where=SEVERAL),
        ),
        (distinct("visits", "person_id"), DistinctMeasure(table="visits", key=PERSONS)),
        (
            distinct("visits", ("session_id", "person_id"), HELD, THERE),
            DistinctMeasure(
                table="visits", key=PAIRS, where=(HELD, THERE)
            ),
        ),
        (
            total("deals", "amount", HELD),
            TotalMeasure(table="deals", column="amount", where=(HELD,)),
        ),
        (
            share("visits", HELD, having=THERE, key="person_id"),
            ShareMeasure(table="visits", where=(HELD,), having=(THERE,), key=("person_id",)),
        ),
        (share("visits", having=(HELD, THERE)), ShareMeasure(table="visits", having=BOTH)),
        (median("figures", "staff"), MedianMeasure(table="figures", column="staff")),
        (
            change("figures", "before", "after", HELD, summary="gains"),
            ChangeMeasure(
                table="figures", before="before", after="after", summary="gains", where=(HELD,)
            ),
        ),
        (
            latest("figures", "staff", "organization_id", HELD),
            LatestMeasure(
                table="figures", column="staff", key=("organization_id",), where=(HELD,)
            ),
        ),
        (stated(HELD), StatedMeasure(where=(HELD,))),
        (ratio(count("a"), stated()), RatioMeasure(top=count("a"), bottom=stated())),
    ],
    ids=str,
)  # fmt: skip
def test_functions_make_measures(made: object, written: object) -> None:
    """Each function of a word makes the class of the word, which declares it as its tag."""
    assert made == written
    cls: Any = type(made)
    assert MEASURES[cls.TAG[1]] is cls
    assert cls.TAG[0] == "measure"
    assert len(MEASURES) == 10


@pytest.mark.parametrize(
    ("op", "value", "text"),
    [
        ("==", (1,), "a == 1"),
        ("in", ("x", True), "a in x, True"),
        ("known", (), "a known"),
        ("unknown", (), "a unknown"),
    ],
)
def test_conditions_hold_as_many_values_as_they_need(op: Any, value: Any, text: str) -> None:
    """One value, several for `in`, none for what is or is not known."""
    assert str(Where(column="a", op=op, value=value)) == text
    assert where("a", op, value) == Where(column="a", op=op, value=value)


@pytest.mark.parametrize(
    ("op", "value", "rule"),
    [
        ("==", (), "must hold one value, or several for in; had 0 values"),
        ("<", (1, 2), "must hold one value, or several for in; had 2 values"),
        ("in", (), "must hold one value, or several for in; had 0 values"),
        ("known", (1,), "must hold no values; had 1 values"),
        ("unknown", (1,), "must hold no values; had 1 values"),
    ],
)
def test_conditions_of_too_many_values_are_refused(op: Any, value: Any, rule: str) -> None:
    """A comparison with nothing, or with two values, would mean nothing."""
    with pytest.raises(InvariantError, match=rule):
        Where(column="a", op=op, value=value)


def test_a_ratio_has_no_ratio_or_share_in_it() -> None:
    """Both sides of a ratio are measures that merge by themselves."""
    wrong: Any = (ratio(stated(), stated()), share("visits", having=HELD), "stated", None)
    for each in wrong:
        with pytest.raises(InvariantError, match="top: must be one of CountMeasure, Distinct"):
            ratio(each, stated())


def test_an_identity_is_of_two_records_of_one_kind() -> None:
    """Nobody is merged into themselves, and no person into an organization."""
    assert Identity(id="i", kept="organization:a", merged="organization:b").reason is None
    for kept, merged, rule in (
        ("person:a", "person:a", "merged: must be another than the one kept"),
        ("person:a", "organization:a", "merged: must be of the kind of the one kept"),
        ("person:a", "center:a", "merged: must be kind:id"),
        ("a", "person:a", "kept: must be kind:id"),
    ):
        with pytest.raises(InvariantError, match=rule):
            Identity(id="i", kept=kept, merged=merged)


def test_every_noun_but_a_retraction_can_be_taken_back() -> None:
    """Identities, attributions and adjustments are facts like all others."""
    assert set(RETRACTABLE) == set(NOUNS) - {"retraction"}
    assert [*RETRACTABLE] == sorted(RETRACTABLE)


def test_shares_lie_between_none_and_all() -> None:
    """An unknown factor is not 0; none is above 1."""
    fields: dict[str, Any] = {"id": "x", "source": "desk"}
    unknown = Adjustment(indicator_id="jobs", kind="drop_off", **fields)
    assert unknown != Adjustment(indicator_id="jobs", kind="drop_off", factor=Decimal(0), **fields)
    for share_ in ("1.01", "-0.01"):
        with pytest.raises(InvariantError, match="share: must be a decimal number, from 0 to 1"):
            Attribution(subject="project:p", partner_id="cloud", share=Decimal(share_), **fields)


def test_a_former_word_of_evidence_is_replaced() -> None:
    """Surveyed is self-reported; a word that never was one is refused, with what there is."""
    former: Any = "surveyed"
    known: Observation = observation("o", claim="jobs", evidence=former)
    assert known.evidence == "self_reported"
    with pytest.raises(InvariantError, match="verified; had text of 8 characters"):
        observation("o", claim="jobs", evidence="survived")


def test_reserved_names_have_words() -> None:
    """The constant cannot be changed; names without words take any value."""
    assert PROFILE_WORDS["education"] == ("0-2", "3-4", "5-8")
    assert "unemployed" in PROFILE_WORDS["status"]
    assert [name for name, words in PROFILE_WORDS.items() if not words] == [
        "gender", "origin", "disability",
    ]  # fmt: skip
    with pytest.raises(TypeError):
        PROFILE_WORDS["gender"] = ("f",)  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
