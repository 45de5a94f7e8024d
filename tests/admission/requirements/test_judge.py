"""Judging requirements: Kleene's logic, each fact, bounds, shortages and privacy."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from itertools import product
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Center,
    Consent,
    Credential,
    InvariantError,
    Leaf,
    NotFound,
    Participant,
    Person,
    Portfolio,
    Requirement,
    Transition,
    all_of,
    any_of,
    judge,
    n_of,
    not_,
)
from mic_core.admission.requirements.arguments import NamedValues
from mic_core.admission.requirements.holdings import consents_of
from mic_core.admission.requirements.judge import truth_of
from mic_core.admission.requirements.presence import Known
from mic_core.impact.aggregation.columns import FALSE, TRUE, UNKNOWN, ColumnShape
from mic_core.testing import requirements
from tests.admission.camp import HOUR, ON, leaf, seen, verdict, world

WORDS = {"met": True, "not met": False, "unknown": None}


def answered(answer: bool | None, _: Participant) -> bool | None:
    """A custom fact with a known answer."""
    return answer


def int_answer(_: Participant) -> int:
    """A custom fact with an answer that it must not have."""
    return 1


# Logic


@given(tree=requirements(), data=st.data())
def test_connectives_are_those_of_kleene(tree: Requirement, data: st.DataObject) -> None:
    """The verdict on a tree is that of every completion of what is unknown, where they agree."""
    facts: dict[str, bool | None] = {}

    def simple(node: Requirement | Leaf) -> Requirement | Leaf:
        if isinstance(node, Leaf):
            name = f"f{data.draw(st.integers(0, 3))}"
            facts[name] = data.draw(st.sampled_from([True, False, None]))
            return leaf(name, "==", True)
        return attrs.evolve(node, parts=tuple(map(simple, node.parts)))

    plain = simple(tree)
    found = judge(
        Portfolio.of(Person(id="p", name="P")), plain, "p", on=ON,
        predicates={name: partial(answered, facts[name]) for name in facts},
    )  # fmt: skip
    assert WORDS[found.verdict] == kleene(plain, facts)
    open_names = [name for name, value in facts.items() if value is None]
    completions = {
        kleene(plain, {**facts, **dict(zip(open_names, values, strict=True))})
        for values in product([True, False], repeat=len(open_names))
    }
    if found.verdict != "unknown":
        assert completions == {WORDS[found.verdict]}


def kleene(node: Requirement | Leaf, facts: Mapping[str, bool | None]) -> bool | None:
    """The value of a tree over truth values with None, written another way: by bounds."""
    if isinstance(node, Leaf):
        return facts[node.fact]
    values = [kleene(each, facts) for each in node.parts]
    if node.rule == "not_":
        return None if values[0] is None else not values[0]
    least = sum(each is True for each in values)
    most = sum(each is not False for each in values)
    needed = {"all_of": len(values), "any_of": 1}.get(node.rule, node.n or 0)
    return True if least >= needed else None if most >= needed else False


def test_a_judgement_has_no_truth_value() -> None:
    """Taking unknown for false by accident is an error."""
    with pytest.raises(TypeError, match="may be unknown"):
        bool(judge(world(), leaf("age", ">=", 18), "ada", on=ON))


# Explanations, arguments, privacy


def test_each_leaf_is_explained() -> None:
    """The tree is printed with its verdicts, and the shortage of each leaf that is not met."""
    tree = any_of(
        leaf("sessions_attended", ">=", 4), not_(leaf("kind", "==", "person")),
        all_of(leaf("age", ">", 20), leaf("born_on", "<", "1996-01-01")),
    )  # fmt: skip
    records = [*(seen(each, "ada") for each in (1, 2)), *(seen(n, "ada", "absent") for n in (3, 4))]
    judged = judge(world(*records), tree, "ada", on=ON)
    assert judged.explain(personal=True) == (
        "any of: not met",
        "  sessions_attended >= 4: not met, by 2 sessions",
        "  not: not met",
        "    kind == person: met",
        "  all of: not met",
        "    age > 20: not met, by 3 years",
        "    born_on < 1996-01-01: not met, by 60 days",
    )
    assert "by 3 years" not in str(judged) + methodcaller("_repr_html_")(judged) + str(
        judged.rows()
    )
    assert "by 2 sessions" in methodcaller("_repr_html_")(judged)
    assert judged.rows()[0] == {
        "leaf": "sessions_attended >= 4", "fact": "sessions_attended", "verdict": "not met",
        "least": 2, "most": 2, "short": "2", "unit": "sessions",
    }  # fmt: skip
    assert [each.verdict for each in judged.leaves()] == ["not met", "met", "not met", "not met"]


@given(tree=requirements(), data=st.data())
def test_the_causes_decide(tree: Requirement, data: st.DataObject) -> None:
    """With every other leaf unknown, the leaves that decide a verdict still decide it."""
    facts: dict[str, bool | None] = {}

    def named(node: Requirement | Leaf) -> Requirement | Leaf:
        if isinstance(node, Leaf):
            name = f"f{len(facts)}"
            facts[name] = data.draw(st.sampled_from([True, False, None]))
            return leaf(name, "==", True)
        return attrs.evolve(node, parts=tuple(map(named, node.parts)))

    plain = named(tree)
    found = judge(
        Portfolio.of(Person(id="p", name="P")), plain, "p", on=ON,
        predicates={name: partial(answered, facts[name]) for name in facts},
    )  # fmt: skip
    causes = {each.leaf.fact for each in found.causes()}
    assert causes
    if found.verdict != "unknown":
        rest = {name: value if name in causes else None for name, value in facts.items()}
        assert kleene(plain, rest) == WORDS[found.verdict]
    else:
        assert all(facts[each] is None for each in causes)


def test_rows_hold_plain_values() -> None:
    """Sets of ids are one text, shares have two decimals, days are ISO texts."""
    tree = n_of(
        1, leaf("market", "==", "US"), leaf("attendance_share", ">=", 1),
        leaf("founded_on", "<", "2000-01-01"),
    )  # fmt: skip
    rows = judge(world(), tree, "venture", on=ON).rows()
    assert [each["least"] for each in rows] == ["BE, FR", "0", "2012-01-01"]
    assert "1 of: unknown" in str(judge(world(), tree, "venture", on=ON))


def test_nothing_personal_is_in_a_repr() -> None:
    """The values of facts are not in the repr of a judgement."""
    judged = judge(world(), leaf("gender", "==", "m"), "ada", on=ON)
    assert "'f'" not in repr(judged)


@pytest.mark.parametrize(
    "tree",
    [
        leaf("age", ">=", "old"), leaf("born_on", "<", "soon"), leaf("staff", "<", "few"),
        leaf("region", "==", 3), leaf("age", "==", True), leaf("attribute:level", "in", 3, "x"),
    ],
)  # fmt: skip
def test_a_value_that_a_fact_cannot_have_is_refused(tree: Leaf) -> None:
    """Comparing a number with a word is an error that names no value."""
    with pytest.raises(InvariantError, match="must hold values that"):
        verdict(tree)


def test_unknown_names_are_not_found() -> None:
    """Facts, participants and scopes that do not exist raise NotFound."""
    with pytest.raises(NotFound, match="there are age, "):
        verdict(leaf("ages", ">=", 3))
    with pytest.raises(NotFound, match="no person or organization"):
        verdict(leaf("age", ">=", 3), "nobody")
    with pytest.raises(NotFound):
        verdict(leaf("age", ">=", 3), scope="nowhere")


@pytest.mark.parametrize(
    "options", [{"on": "2014-12-19"}, {"on": datetime(2014, 1, 1, tzinfo=UTC)}, {"as_of": ON}]
)
def test_unsound_arguments_are_refused(options: dict[str, Any]) -> None:
    """An argument that is no date or no instant is an error of the family."""
    with pytest.raises(InvariantError):
        verdict(leaf("age", ">=", 3), **options)


def test_predicates_are_facts_of_three_values() -> None:
    """A custom fact is met, not met or unknown; another answer is refused."""
    tree = leaf("evidence", "==", True)
    for answer, expected in ((True, "met"), (False, "not met"), (None, "unknown")):
        assert verdict(tree, predicates={"evidence": partial(answered, answer)}) == expected
    with pytest.raises(InvariantError, match="must answer True, False, or None"):
        verdict(tree, predicates={"evidence": int_answer})


def test_a_judgement_is_replayed() -> None:
    """A fact that became known later does not count as of an earlier instant."""
    season = world()
    late = datetime(2015, 1, 1, tzinfo=UTC)
    badge = Credential(id="c", holder_id="ada", kind="badge", title="B", issued_on=date(2014, 9, 1))
    after = season.record(badge, recorded_at=late)
    tree = leaf("credential", "==", "B")
    assert judge(after, tree, "ada", on=ON).verdict == "met"
    assert judge(after, tree, "ada", on=ON, as_of=late - HOUR).verdict == "not met"


def test_a_day_ends_on_the_clocks_of_the_center() -> None:
    """A completion late in the evening counts for that day in Brussels, not in New York."""
    done = Transition(
        id="e-venture-1", subject="enrollment:e-venture", before="enrolled", after="completed",
        effective_at=datetime(2014, 10, 1, 23, 30, tzinfo=UTC),
    )  # fmt: skip
    tree = leaf("completed_edition", "==", "boostcamp-6")
    first, second = date(2014, 10, 1), date(2014, 10, 2)
    assert verdict(tree, "venture", done, on=first) == "not met"
    assert verdict(tree, "venture", done, on=second, scope="boostcamp-6") == "met"
    york = Center(id="york", name="York", country="US", time_zone="America/New_York")
    assert verdict(tree, "venture", done, york, on=first, scope="boostcamp") == "not met"
    assert verdict(tree, "venture", done, york, on=first, scope="york") == "met"
    # Two centers and no scope: the day is that of UTC.
    assert verdict(tree, "venture", done, york, on=first) == "met"


BOUNDS = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted)


@given(
    bounds=BOUNDS, op=st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "in"]),
    value=st.integers(0, 5),
)  # fmt: skip
def test_a_number_between_bounds_is_what_all_its_values_are(
    bounds: list[int], op: str, value: int
) -> None:
    """A leaf is met if every value between the bounds meets it, not met if none does."""
    shape = ColumnShape(name="n", kind="whole", about="")
    tree = leaf("n", op, value)
    every = {truth_of(shape, Known(each, each), tree) for each in range(bounds[0], bounds[1] + 1)}
    expected = every.pop() if len(every) == 1 else UNKNOWN
    assert truth_of(shape, Known(*bounds), tree) == expected
    assert {FALSE, UNKNOWN, TRUE} >= {expected}


def test_what_holds_at_an_instant_is_kept_with_the_portfolio() -> None:
    """A second participant is judged on the tables of the first; another day has its own."""
    season = world(seen(1, "ada"), seen(1, "bob", "absent"))
    tree = all_of(leaf("attended_session", "==", "s-1"), leaf("entered_program", "==", "boostcamp"))
    days = (ON, date(2014, 9, 1), ON)
    found = [[judge(season, tree, who, on=on).verdict for who in ("ada", "bob")] for on in days]
    assert found == [["met", "not met"], ["not met", "not met"], ["met", "not met"]]


def test_the_consents_of_a_person_are_in_the_order_of_time() -> None:
    """Consents are listed by person and purpose in its normal form, the first one first."""
    late, early = (
        Consent(
            id=id, person_id="ada", purpose=purpose, text_version="1", status="granted",
            at=datetime(2014, month, 1, tzinfo=UTC),
        )
        for id, purpose, month in (("a", "Follow up", 9), ("b", "follow-up", 8))
    )  # fmt: skip
    assert consents_of(Portfolio.of(late, early)) == {("ada", "follow_up"): [early, late]}


@pytest.mark.parametrize(
    "options",
    [
        {"predicates": None}, {"predicates": {3: bool}}, {"predicates": {"a": 3}},
        {"answers": ["a"]}, {"answers": {None: 3}},
    ],
)  # fmt: skip
def test_what_is_no_mapping_of_names_is_refused(options: dict[str, Any]) -> None:
    """Predicates are functions by name, answers are values by name; none is canonical as it is."""
    assert NamedValues().test("answers", str) == "False"
    with pytest.raises(InvariantError, match="must be a mapping of texts"):
        verdict(leaf("age", ">=", 3), **options)
