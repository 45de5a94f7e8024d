"""Judging requirements: Kleene's logic, each fact, bounds, shortages and privacy."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    FACTS,
    Attendance,
    Center,
    Consent,
    Credential,
    Edition,
    Enrollment,
    Figures,
    Headcount,
    Identity,
    InvariantError,
    Leaf,
    Membership,
    Module,
    NotFound,
    Noun,
    Organization,
    Period,
    Person,
    Portfolio,
    Program,
    Requirement,
    Session,
    Slot,
    Transition,
    all_of,
    any_of,
    judge,
    n_of,
    not_,
)
from mic_core.admission.requirements.holdings import consents_of
from mic_core.admission.requirements.judge import TruthValue, truth_of
from mic_core.admission.requirements.presence import Known
from mic_core.impact.aggregation.columns import FALSE, TRUE, UNKNOWN, ColumnShape
from mic_core.testing import requirements

ON = date(2014, 12, 19)
HOUR = timedelta(hours=1)
WORDS = {"met": True, "not met": False, "unknown": None}


def leaf(fact: str, op: str, *value: Any) -> Leaf:
    """A leaf."""
    return Leaf(fact=fact, op=op, value=value)  # type: ignore[arg-type]


def session(number: int, **more: Any) -> Session:
    """A session of the sixth Boostcamp, held on a day of October 2014."""
    fields: dict[str, Any] = {
        "id": f"s-{number}", "center_id": "mic", "title": f"Session {number}", "length": 2 * HOUR,
        "slot": Slot.at(f"2014-10-{number:02}", "18:00", 2 * HOUR, "Europe/Brussels"),
        "edition_id": "boostcamp-6", "status": "held", **more,
    }  # fmt: skip
    return Session(**fields)


def seen(
    number: int, person: str, status: str = "present", minutes: int | None = 120
) -> Attendance:
    """A record of attendance."""
    return Attendance(
        id=f"{person}-{number}-{status}", session_id=f"s-{number}", person_id=person,
        status=status, minutes=minutes if status in {"present", "partial"} else None,  # type: ignore[arg-type]
    )  # fmt: skip


def _enrolled(id: str, participant: str, *statuses: str, **more: Any) -> list[Noun]:
    """An enrollment that went through statuses, a day in September 2014 each."""
    steps = ["requested", *statuses]
    return [
        Enrollment(id=id, participant_id=participant, into="boostcamp-6", **more),
        *(
            Transition(
                id=f"{id}-{turn}", subject=f"enrollment:{id}", before=before, after=after,
                effective_at=datetime(2014, 9, turn + 1, 9, tzinfo=UTC),
            )
            for turn, (before, after) in enumerate(pairwise(steps))
        ),
    ]  # fmt: skip


def world(*more: Noun) -> Portfolio:
    """A Boostcamp of four sessions, with Ada who completed it and a venture with two delegates."""
    modules = (
        Module(id="pitching", title="Pitching", count=2, length=2 * HOUR),
        Module(id="model", title="Model", length=2 * HOUR),
    )
    return Portfolio.of(
        Center(id="mic", name="Center", country="BE", time_zone="Europe/Brussels"),
        Program(id="boostcamp", title="Boostcamp", kind="bootcamp", modules=modules),
        Edition(
            id="boostcamp-6", program_id="boostcamp", center_id="mic", number=6,
            period=Period.days(date(2014, 9, 10), ON),
        ),
        session(1, module_id="pitching"), session(2, module_id="pitching"),
        session(3, module_id="model"), session(4, elective=True),
        Person(
            id="ada", name="Ada", born=date(1996, 2, 29), gender="f", region="Brussels",
            attributes=(("driver", True), ("level", 3), ("language", "fr")),
        ),
        Person(id="bob", name="Bob"), Person(id="cy", name="Cy"),
        Organization(
            id="venture", name="Venture", kind="venture", country="BE", region="Wallonia",
            founded=date(2012, 1, 1), sector="software", legal_form="srl", markets=("BE", "FR"),
        ),
        Membership(
            id="m-1", person_id="ada", organization_id="venture", role="founder",
            period=Period(date(2012, 1, 1)),
        ),
        Membership(
            id="m-2", person_id="ada", organization_id="unknown", role="student",
            period=Period(None, date(2014, 1, 1)),
        ),
        *_enrolled("e-ada", "ada", "enrolled", "completed"),
        *_enrolled("e-venture", "venture", "enrolled", places=2, delegates=("bob", "cy")),
        *more,
    )  # fmt: skip


def verdict(tree: Requirement | Leaf, who: str = "ada", *more: Noun, **options: Any) -> TruthValue:
    """The verdict on a requirement at the end of the Boostcamp."""
    return judge(world(*more), tree, who, **{"on": ON, **options}).verdict


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
        predicates={name: lambda _, name=name: facts[name] for name in facts},
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


# Facts


@pytest.mark.parametrize(
    ("who", "fact", "op", "value", "expected"),
    [
        ("ada", "age", "==", 18, "met"), ("bob", "age", ">=", 18, "unknown"),
        ("venture", "age", "<", 3, "met"), ("venture", "age", "<", 2, "not met"),
        ("ada", "born_on", "<", "1996-03-01", "met"), ("ada", "gender", "==", "f", "met"),
        ("ada", "region", "==", "Brussels", "met"), ("venture", "region", "==", "Wallonia", "met"),
        ("ada", "kind", "==", "person", "met"), ("venture", "kind", "==", "venture", "met"),
        ("venture", "sector", "==", "software", "met"),
        ("ada", "sector", "known", None, "not met"),
        ("venture", "country", "!=", "BE", "not met"),
        ("venture", "legal_form", "known", None, "met"),
        ("venture", "founded_on", ">=", "2012-01-02", "not met"),
        ("venture", "closed_on", "known", None, "not met"),
        ("venture", "market", "==", "FR", "met"), ("venture", "market", "==", "US", "not met"),
        ("venture", "staff", ">=", 1, "unknown"), ("ada", "role", "==", "founder", "met"),
        ("ada", "role", "==", "student", "not met"), ("venture", "role", "known", None, "not met"),
        ("ada", "organization", "==", "venture", "met"),
        ("ada", "organization_kind", "==", "venture", "met"),
        ("ada", "completed_edition", "==", "boostcamp-6", "met"),
        ("ada", "completed_program", "==", "boostcamp", "met"),
        ("venture", "completed_program", "==", "boostcamp", "not met"),
        ("venture", "entered_program", "==", "boostcamp", "met"),
        ("bob", "entered_edition", "==", "boostcamp-6", "met"),
        ("ada", "credential", "==", "Pitcher", "not met"), ("ada", "consent", "==", "x", "not met"),
        ("ada", "attribute:driver", "==", True, "met"),
        ("ada", "attribute:level", ">=", 4, "not met"),
        ("ada", "attribute:language", "==", "fr", "met"),
        ("ada", "attribute:language", "==", 3, "unknown"),
        ("ada", "attribute:language", "known", None, "met"),
        ("ada", "attribute:other", "==", 1, "unknown"),
        ("venture", "attribute:x", "==", 1, "unknown"),
        ("ada", "answer:team", ">=", 3, "met"), ("ada", "answer:none", "known", None, "not met"),
    ],
)  # fmt: skip
def test_facts_of_a_participant(
    who: str, fact: str, op: str, value: Any, expected: TruthValue
) -> None:
    """Each fact of a person and an organization, known or not, meets what it should."""
    tree = leaf(fact, op, *([] if value is None else [value]))
    assert verdict(tree, who, answers={"team": 4}) == expected


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("who", ["ada", "bob", "venture"])
def test_every_fact_can_be_asked_of_everybody(name: str, who: str) -> None:
    """A fact that such participants do not have is unknown, or holds no value."""
    assert verdict(leaf(name, "known"), who) in {"met", "not met", "unknown"}


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(2014, 2, 28), 17),
        (date(2014, 3, 1), 18),
        (date(1996, 2, 29), 0),
        (date(1990, 1, 1), 0),
    ],
)
def test_age_is_in_completed_years(on: date, age: int) -> None:
    """Somebody born on 29 February is a year older on 1 March, and never less than zero."""
    assert verdict(leaf("age", "==", age), on=on) == "met"


def test_credentials_are_valid_at_the_day() -> None:
    """A credential counts from its issue up to the day before it expires, merged records too."""
    badge = Credential(
        id="c", holder_id="ada-2", kind="badge", title="Pitcher", issued_on=date(2014, 9, 1),
        expires_on=date(2014, 10, 1),
    )  # fmt: skip
    same = Identity(id="i", kept="person:ada", merged="person:ada-2")
    tree = all_of(leaf("credential", "==", "Pitcher"), leaf("credential_kind", "==", "badge"))
    days = [date(2014, 8, 31), date(2014, 9, 1), date(2014, 9, 30), date(2014, 10, 1)]
    found = [verdict(tree, "ada-2", badge, same, on=on) for on in days]
    assert found == ["not met", "met", "met", "not met"]


def test_the_last_consent_counts() -> None:
    """A consent holds until it is withdrawn, whatever way its purpose is written."""
    given_, back = (
        Consent(
            id=f"c-{status}", person_id="ada", purpose=purpose, text_version="1", status=status,  # type: ignore[arg-type]
            at=at,
        )
        for purpose, status, at in (
            ("Follow-up", "granted", datetime(2014, 9, 1, 9, tzinfo=UTC)),
            ("follow_up", "withdrawn", datetime(2014, 10, 1, 9, tzinfo=UTC)),
        )
    )  # fmt: skip
    tree = leaf("consent", "==", "follow_up")
    days = [date(2014, 8, 31), date(2014, 9, 1), date(2014, 9, 30), date(2014, 10, 1)]
    found = [verdict(tree, "ada", given_, back, on=on) for on in days]
    assert found == ["not met", "met", "met", "not met"]
    assert verdict(leaf("consent", "==", "Follow-up"), "ada", given_) == "met"


def test_staff_is_that_of_the_last_period_over() -> None:
    """Figures of a period that is not over do not count yet; fractions are exact."""
    figures = [
        Figures(id=f"f-{year}", organization_id=owner, period=Period.year(year), staff=staff)
        for year, staff, owner in (
            (2012, Decimal("9.5"), "venture"), (2013, Decimal("9.9"), "old-venture"),
            (2014, Decimal(50), "venture"),
        )
    ]  # fmt: skip
    same = Identity(id="i", kept="organization:venture", merged="organization:old-venture")
    for wanted, expected in (("9.9", "met"), ("9.8", "not met")):
        assert verdict(leaf("staff", "<=", wanted), "venture", *figures, same) == expected
    on = date(2015, 1, 1)
    assert verdict(leaf("staff", "==", 50), "venture", *figures, on=on) == "met"


# Attendance


def test_no_record_is_no_absence() -> None:
    """Sessions without a record leave the number open between bounds."""
    records = [seen(1, "ada"), seen(2, "ada", "partial", 30), seen(3, "ada", "absent")]
    judged = judge(world(*records), leaf("sessions_attended", ">=", 3), "ada", on=ON)
    (part,) = judged.leaves()
    assert (judged.verdict, part.low, part.high, part.short) == ("unknown", 2, 3, 1)
    assert str(judged) == str(part) == "sessions_attended >= 3: unknown, by 1 session"
    assert verdict(leaf("sessions_attended", ">=", 2), "ada", *records) == "met"
    assert verdict(leaf("sessions_attended", ">=", 4), "ada", *records) == "not met"
    for op, value, expected in (
        ("==", 3, "unknown"), ("==", 4, "not met"), ("!=", 2, "unknown"), ("!=", 4, "met"),
        ("in", 1, "not met"), ("in", 2, "unknown"), ("known", None, "unknown"), ("<", 3, "unknown"),
    ):  # fmt: skip
        tree = leaf("sessions_attended", op, *([] if value is None else [value]))
        assert verdict(tree, "ada", *records) == expected


def test_the_share_leaves_out_electives() -> None:
    """Two of three sessions are attended; the fourth is elective; nothing delivered is unknown."""
    records = [seen(1, "ada"), seen(2, "ada"), seen(3, "ada", "excused"), seen(4, "ada")]
    judged = judge(
        world(*records), leaf("attendance_share", ">=", "0.75"), "ada", on=ON, scope="boostcamp-6"
    )
    (part,) = judged.leaves()
    assert (part.low, part.high, judged.verdict) == (Fraction(2, 3), Fraction(2, 3), "not met")
    assert part.shortage == "by 8.33 points of percentage"
    assert verdict(leaf("attendance_share", ">", 0), "ada", on=date(2014, 9, 30)) == "unknown"


def test_minutes_are_bounded_by_the_length() -> None:
    """A presence that was not measured lasts up to the session; a measured one is exact."""
    records = [
        seen(1, "ada", "partial", 30), seen(2, "ada", "present", None), seen(3, "ada", "absent"),
        seen(4, "ada", "excused"),
    ]  # fmt: skip
    (part,) = judge(world(*records), leaf("minutes_attended", ">=", 200), "ada", on=ON).leaves()
    assert (part.low, part.high, part.verdict, part.short) == (30, 150, "not met", 170)


def test_modules_are_attended_or_completed() -> None:
    """A module is attended by one of its sessions, and completed by as many as it counts."""
    records = [seen(1, "ada"), seen(2, "ada", "absent")]
    assert verdict(leaf("attended_module", "==", "pitching"), "ada", *records) == "met"
    assert verdict(leaf("completed_module", "==", "pitching"), "ada", *records) == "not met"
    assert verdict(leaf("completed_module", "==", "model"), "ada", *records) == "unknown"
    both = [seen(1, "ada"), seen(2, "ada")]
    assert verdict(leaf("completed_module", "==", "pitching"), "ada", *both) == "met"
    tree = n_of(2, *(leaf("attended_session", "==", f"s-{each}") for each in range(1, 4)))
    assert verdict(tree, "ada", *both) == "met"
    assert verdict(tree, "ada", *records) == "unknown"


def test_a_venture_attends_through_its_delegates() -> None:
    """A session counts once one delegate was there, and not as soon as one was absent."""
    records = [seen(1, "bob", "absent"), seen(1, "cy"), seen(2, "bob", "absent"), seen(3, "cy")]
    (part,) = judge(world(*records), leaf("sessions_attended", ">=", 1), "venture", on=ON).leaves()
    assert (part.low, part.high) == (2, 3)


def test_attendance_is_that_of_the_scope_up_to_the_day() -> None:
    """Later sessions and those of other scopes do not count; planned ones are not delivered."""
    other = session(5, edition_id=None)
    planned = session(6, status="planned")
    records = [*(seen(each, "ada") for each in (1, 2, 5)), seen(3, "ada", "absent"),
               seen(4, "ada", "absent")]  # fmt: skip
    nameless = Headcount(id="h", session_id="s-1", n=30, basis="counted")
    more = (*records, other, planned, nameless)
    tree = leaf("sessions_attended", "==", 3)
    assert verdict(tree, "ada", *more) == "met"
    assert verdict(tree, "ada", *more, scope="boostcamp-6") == "not met"
    assert verdict(leaf("sessions_attended", "==", 1), "ada", *more, on=date(2014, 10, 1)) == "met"
    assert verdict(leaf("sessions_attended", "==", 3), "ada", *more, on=date.max) == "met"


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
    assert "by 3 years" not in str(judged) + judged._repr_html_() + str(judged.rows())
    assert "by 2 sessions" in judged._repr_html_()
    assert judged.rows()[0] == {
        "leaf": "sessions_attended >= 4", "fact": "sessions_attended", "verdict": "not met",
        "least": 2, "most": 2, "short": "2", "unit": "sessions",
    }  # fmt: skip
    assert [each.verdict for each in judged.leaves()] == ["not met", "met", "not met", "not met"]


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
    """What is no date or no instant is an error of the family."""
    with pytest.raises(InvariantError):
        verdict(leaf("age", ">=", 3), **options)


def test_predicates_are_facts_of_three_values() -> None:
    """A custom fact is met, not met or unknown; another answer is refused."""
    tree = leaf("evidence", "==", True)
    for answer, expected in ((True, "met"), (False, "not met"), (None, "unknown")):
        assert verdict(tree, predicates={"evidence": lambda _, answer=answer: answer}) == expected
    with pytest.raises(InvariantError, match="must answer True, False, or None"):
        verdict(tree, predicates={"evidence": lambda _: 1})


def test_a_judgement_is_replayed() -> None:
    """What became known later does not count as of an earlier instant."""
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
