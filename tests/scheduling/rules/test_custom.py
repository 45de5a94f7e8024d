"""Rules that are plain functions of placed sessions."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from mic_core.catalog.check import check
from mic_core.errors import InvariantError
from mic_core.findings import Fact
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Function
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.rules.custom import Answer, FunctionRule, rule
from mic_core.scheduling.rules.selection import Only
from tests.scheduling.nouns import MIC, edition, found, session, slot, table, told

NINE_TO_TEN = (session("a", "09:00"), session("b", "10:00"), session("c", None))


@rule("no-late-end", "soft", law="A session ends by ten in the morning.", weight=3)
def no_late_end(one: Session) -> Answer:
    """The minutes by which a session ends after ten."""
    assert one.slot is not None
    return max(0, one.slot.end.hour * 60 + one.slot.end.minute - 600)


def test_a_function_of_one_session_is_a_rule() -> None:
    """It is asked about placed sessions only, finds, and says its law."""
    (breach,) = found(no_late_end, NINE_TO_TEN)
    assert (breach.cost, breach.sessions) == (60, (1,))
    assert told(no_late_end, NINE_TO_TEN) == ["session:b: A session ends by ten in the morning."]


def test_a_function_checks_and_scores_like_any_rule() -> None:
    """The same value is asked by check, with its severity, and by score, with its weight."""
    portfolio = Portfolio.of(MIC, *NINE_TO_TEN)
    (finding,) = check(portfolio, rules=[no_late_end]).findings
    assert (finding.severity, finding.code) == ("info", "no-late-end")
    assert finding.mend == "place it otherwise"
    assert score(portfolio, [no_late_end]).soft == 180


def test_a_rule_can_still_be_called() -> None:
    """A decorated function answers as before."""
    assert no_late_end(NINE_TO_TEN[0]) == 0
    assert no_late_end(NINE_TO_TEN[1]) == 60


def answering(answer: Answer) -> Callable[[Session], Answer]:
    """A function that always says the same."""
    return lambda _: answer


@pytest.mark.parametrize(
    ("answer", "cost", "said"),
    [
        (None, 0, None),
        (False, 0, None),
        (0, 0, None),
        ("", 0, None),
        ({}, 0, None),
        ({"cost": 0, "said": "nothing"}, 0, None),
        (True, 1, "The law."),
        (4, 4, "The law."),
        ("too loud", 1, "too loud"),
        ({"said": "too hot"}, 1, "too hot"),
        ({"cost": 5}, 5, "The law."),
        ({"cost": True}, 1, "The law."),
    ],
    ids=str,
)
def test_what_a_function_may_answer(answer: Answer, cost: int, said: str | None) -> None:
    """Nothing where all is well; else a cost, true, a text, or facts with or without a cost."""
    made = rule("mine", "medium", law="The law.")(answering(answer))
    breaches = found(made, NINE_TO_TEN[0])
    assert sum(each.cost for each in breaches) == cost
    assert [each.facts["said"] for each in breaches] == ([said] if said else [])


@pytest.mark.parametrize("answer", [-1, 1.5, {"cost": -1}, {"cost": "much"}, [1]], ids=str)
def test_an_answer_that_cannot_be_is_refused(answer: Any) -> None:
    """A cost below zero or of another kind breaks the rule down, which check makes a finding."""
    made = rule("mine", "medium", law="The law.")(answering(answer))
    with pytest.raises(InvariantError, match="must be 0 or more"):
        found(made, NINE_TO_TEN[0])
    (finding,) = check(Portfolio.of(MIC, NINE_TO_TEN[0]), rules=[made]).findings
    assert (finding.code, finding.fact("had")) == ("rule-failed", "InvariantError")


def test_facts_fill_the_sentence() -> None:
    """A sentence of one's own names the facts that the function gives."""

    def facts(one: Session) -> Mapping[str, Fact]:
        return {"needed": 1, "had": len(one.id)}

    made = rule("mine", "hard", law="The law.", sentence="{group} has {had}, not {needed}: {said}")
    assert told(made(facts), NINE_TO_TEN[0]) == ["the selection has 1, not 1: The law."]


def test_each_scope_hands_over_what_it_says() -> None:
    """Two arguments for a pair; one tuple for a day, a group or the timetable."""
    seen: list[object] = []

    def pair(one: Session, other: Session) -> Answer:
        seen.append((one.id, other.id))
        return True

    def several(sessions: tuple[Session, ...]) -> Answer:
        seen.append(tuple(each.id for each in sessions))
        return True

    listed = (session("b", "09:00", edition_id="e"), session("a", "10:00", edition_id="e"))
    asked: Any
    for scope, of, asked in (
        ("pair", "edition", pair),
        ("group-day", "edition", several),
        ("group", "edition", several),
        ("timetable", "all", several),
    ):
        scoped: Any = scope
        made = rule("mine", "hard", scope=scoped, of=of, law="The law.")(asked)  # type: ignore[arg-type]
        (breach,) = found(made, edition(), listed)
        assert breach.sessions == (1, 0)
        assert ("edition:e" in breach.subjects) is (of == "edition")
    assert seen == [("b", "a")] * 8  # once for the cost, once for the facts


def test_a_function_is_asked_about_what_is_selected() -> None:
    """Sessions that are not selected are not shown to it, and a solver is told."""
    made = rule("mine", "hard", of="room", law="The law.", where=Only(kind="talk"))(answering(True))
    assert found(made, NINE_TO_TEN) == []
    (term,) = made.terms(table(*NINE_TO_TEN))
    assert isinstance(term, Function)
    assert (term.axis, term.among) == ("room", frozenset())


def test_a_rule_that_cannot_be_is_refused_with_all_that_is_wrong() -> None:
    """Its entry is looked at when it is described, all else when it gets its function."""
    with pytest.raises(InvariantError) as raised:
        rule("late pitch!", "nice", law="", sentence="{")  # type: ignore[arg-type]
    assert [each.path for each in raised.value.problems] == ["code", "level", "law", "sentence"]
    for text in ("{", "}", "{said", "{said!}", "100 }"):
        with pytest.raises(InvariantError, match=r"sentence: must have names between \{ and \}"):
            rule("mine", "hard", law="The law.", sentence=text)
    wrong: dict[str, Any] = {"scope": "timetable", "of": "room"}
    with pytest.raises(InvariantError) as raised:
        rule("mine", "hard", law="The law.", **wrong)(len)
    assert [each.path for each in raised.value.problems] == ["of"]
    broken: Any = 3
    with pytest.raises(InvariantError, match="must be a function") as raised:
        rule("mine", "hard", law="The law.", weight=0)(broken)
    assert [each.path for each in raised.value.problems] == ["function", "weight"]


@pytest.mark.parametrize("field", ["sentence", "mend"])
@pytest.mark.parametrize(
    ("text", "scope", "says"),
    [
        ("{hda}", "session", "had, needed, path, said, sessions, subjects; did you mean had?"),
        ("{day}", "session", "must name facts that the rule has: cost, group, had"),
        ("{day}", "group-month", "cost, group, had, month, needed, path"),
        ("{month}", "group-day", "cost, day, group, had, needed, path"),
        ("{minutes}", "group", "name those that the function returns in `facts` of the rule"),
        ("{said}{x}", "timetable", "must name facts that the rule has"),
        ("{said.real}", "session", "must have names between { and }"),
        ("{said!r}", "session", "must have names between { and }"),
        ("{had:>9}", "session", "must have names between { and }"),
        ("{0}", "session", "must have names between { and }"),
        ("{}", "session", "must have names between { and }"),
        ("{said[0]}", "session", "must have names between { and }"),
    ],
)
def test_an_unknown_fact_is_refused_where_it_is_declared(
    field: str, text: str, scope: Any, says: str
) -> None:
    """The error lists the facts that there are, before any portfolio is checked."""
    given: dict[str, Any] = {field: text}
    with pytest.raises(InvariantError) as raised:
        rule("mine", "hard", law="The law.", scope=scope, **given)
    (problem,) = raised.value.problems
    assert problem.path == field
    assert says in str(problem)


def test_a_rule_made_by_hand_knows_its_facts_too() -> None:
    """A FunctionRule refuses an entry whose sentence names facts that it lacks."""
    entry = attrs.evolve(no_late_end.entry, sentence="{minutes} too many")
    with pytest.raises(InvariantError, match="FunctionRule: 1 problem\n  sentence: must name"):
        FunctionRule(function=len, entry=entry)
    assert FunctionRule(function=len, entry=entry, facts=("minutes",)).facts == ("minutes",)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (3, "3 of 0, None: The law."),
        (True, "1 of 0, None: The law."),
        ("so", "1 of 0, None: so"),
        ({"minutes": 7, "had": 9}, "9 of 0, 7: The law."),
        ({"cost": 4, "needed": 2, "minutes": ("a", "b")}, "4 of 2, a, b: The law."),
    ],
    ids=str,
)
def test_each_fact_of_a_sentence_has_a_value(answer: Answer, message: str) -> None:
    """A number is what was had, of 0 needed; a fact that the function leaves out is None."""
    made = rule(
        "mine", "hard", law="The law.", sentence="{had} of {needed}, {minutes}: {said}",
        facts=("minutes",),
    )(answering(answer))  # fmt: skip
    assert told(made, NINE_TO_TEN[0]) == [message]


@pytest.mark.parametrize(
    ("scope", "of", "message"),
    [
        ("session", "all", "session:a: The law."),
        ("pair", "all", "session:a and session:b: The law."),
        ("group-day", "edition", "edition:e on Tue 30 Sep 2014: The law."),
        ("group-day", "all", "the selection on Tue 30 Sep 2014: The law."),
        ("group-month", "edition", "edition:e in 2014-09: The law."),
        ("group-month", "module", "module:m of edition:e in 2014-09: The law."),
        ("group", "edition", "edition:e: The law."),
        ("timetable", "all", "the selection: The law."),
    ],
)
def test_a_number_is_told_with_its_group_and_when(scope: Any, of: Any, message: str) -> None:
    """A rule that answers a number names the session, or the group with its day or month."""
    made = rule("mine", "hard", law="The law.", scope=scope, of=of)(lambda *_: 2)
    listed = [
        session(id, slot(start, day="2014-09-30"), edition_id="e", module_id="m")
        for id, start in (("a", "09:00"), ("b", "22:00"))
    ]
    assert told(made, edition(), listed)[0] == message
    breach = found(made, edition(), listed)[0]
    assert breach.facts["cost"] == breach.cost == 2
    assert [breach.facts.get(name) for name in ("day", "month")] == [
        "2014-09-30" if scope == "group-day" else None,
        "2014-09" if scope == "group-month" else None,
    ]


def test_a_month_is_that_of_the_center() -> None:
    """Sessions of a group are judged month by month, by the clocks of their center."""
    seen: list[tuple[str, ...]] = []

    @rule("mine", "hard", scope="group-month", law="The law.")
    def listed(sessions: tuple[Session, ...]) -> Answer:
        seen.append(tuple(each.id for each in sessions))
        return None

    late = slot("23:30", day="2014-09-30", place="America/New_York")  # 1 October in Brussels
    sessions = [
        session("a", slot("23:00", day="2014-09-30")),
        session("b", slot("00:00", day="2014-10-01")), session("c", late),
        session("d", slot("09:00", day="2014-09-01")),
        session("e", slot("09:00", day="2015-09-01")), session("f"),
    ]  # fmt: skip
    assert found(listed, sessions) == []
    assert sorted(seen) == [("b", "c"), ("d", "a"), ("e",)]


def test_rules_of_one_function_are_equal() -> None:
    """A rule is a value: equal where function, entry and scope are."""
    one, two = (
        FunctionRule(function=no_late_end.function, entry=no_late_end.entry) for _ in range(2)
    )
    assert one == two
    assert one != no_late_end  # of another weight


def test_a_function_of_a_day_is_asked_day_by_day() -> None:
    """Sessions of another day are another question; those of a day come in the order of time."""
    seen: list[list[str]] = []

    @rule("mine", "hard", scope="group-day", of="edition", law="The law.")
    def busy(sessions: tuple[Session, ...]) -> Answer:
        seen.append([each.id for each in sessions])
        return len(sessions) - 1

    listed = [
        session("a", slot("10:00"), edition_id="e"), session("b", slot("09:00"), edition_id="e"),
        session("c", slot("09:00", day="2014-09-11"), edition_id="e"),
    ]  # fmt: skip
    (breach,) = found(busy, edition(), listed)
    assert breach.cost == 1
    assert {tuple(each) for each in seen} == {("b", "a"), ("c",)}
