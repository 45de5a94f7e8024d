"""Parts of a cohort: who may drop out, splits, hidden cells, tables handed in, and looks."""

import pickle
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest

from mic_core import (
    FactTables,
    InvariantError,
    NotFound,
    Organization,
    Person,
    Portfolio,
    page,
)
from mic_core.cohorts.cohort import Cohort, cohort
from mic_core.cohorts.rates import KeptOf
from mic_core.impact.tables.build import facts_of
from tests.cohorts.camp_nouns import AT, asked, edition, enrolled, portfolio, seen, session


def test_who_may_drop_out_is_told_by_a_rule() -> None:
    """Two absences in a row certainly; absences that are not recorded only perhaps."""
    running = edition(days=90, status="open")
    sessions = [session(f"s{each}", day) for each, day in enumerate((2, 9, 16))]
    people = [enrolled(each) for each in ("ada", "bob", "cy", "dan")]
    found = asked(
        running, edition(2), *sessions, *people, enrolled("eve", "camp-1", ("withdrawn", 20)),
        enrolled("fay", "camp-2"), session("t", 2, of="camp-2"), session("u", 3, of="camp-2"),
        *(seen(each, "fay", "absent") for each in ("t", "u")),
        *(seen(f"s{each}", "eve", "absent") for each in range(3)),
        seen("s0", "ada"), seen("s1", "ada", "absent"), seen("s2", "ada", "absent"),
        seen("s0", "bob", "absent"), seen("s2", "bob", "absent"),
        seen("s0", "cy", "absent"), seen("s1", "cy", "absent"), seen("s2", "cy", "excused"),
        seen("s0", "dan", "absent"), seen("s1", "dan", "absent"), seen("s2", "dan"),
    ).at_risk  # fmt: skip
    assert [(each.person_id, each.missed) for each in found.persons or ()] == [("ada", 2)]
    assert [(each.person_id, each.missed, each.unknown) for each in found.possible or ()] == [
        ("bob", 3, 1)
    ]
    assert [row["certain"] for row in found.rows()] == [True, False]
    told = found.explain()
    assert told.facts == ("attendance:a-s1-ada", "attendance:a-s2-ada")
    assert told.possible == (
        "attendance:a-s0-bob", "attendance:a-s2-bob", "enrollment:e-bob-camp-1-1",
    )  # fmt: skip
    assert "Possible, as some presences are not recorded: 1 more." in str(found)
    assert "ada" in found.html().source
    strict = asked(running, *sessions, *people, seen("s2", "ada", "absent"), missed=1)
    assert [each.person_id for each in strict.at_risk.persons or ()] == ["ada"]
    assert "Absent at the last session" in str(strict)


def test_splits_keep_the_unknown() -> None:
    """Participants without a label are a cell of their own, last; the whole is beside the cells."""
    people = [Person(id="ada", name="A", gender="f"), Person(id="bob", name="B", gender="m")]
    found = asked(
        edition(), *people, session("s", 2), enrolled("ada", "camp-1", ("completed", 28)),
        enrolled("bob"), enrolled("cy", "camp-1", ("withdrawn", 9)), seen("s", "ada"),
        by=("gender", "month"),
    ).split  # fmt: skip
    assert [dict(each.cell)["gender"] for each in found.cells] == ["f", "m", None]
    unknown = found.get(gender=None, month="2014-09")
    assert unknown.counts is not None
    assert (unknown.counts.left, unknown.kept_last) == (1, KeptOf(0, 1))
    assert found.whole.counts is not None
    assert found.whole.counts.cohort == 3
    assert [row["gender"] for row in found.rows()] == ["f", "m", None, None]
    assert [row["is_whole"] for row in found.rows()] == [False, False, False, True]
    assert "unknown, 2014-09" in str(found)
    assert found.explain().definitions[0][0] == "cell"
    with pytest.raises(NotFound, match="no cell"):
        found.get(gender="x", month="2014-09")


def test_a_venture_lies_in_the_cell_of_each_delegate() -> None:
    """Cells of persons may overlap; attendance lies in the cell of the person who came."""
    venture = Organization(id="v", name="V", kind="venture", country="BE")
    people = [Person(id="ada", name="A", gender="f"), Person(id="bob", name="B", gender="m")]
    found = asked(
        edition(), venture, *people, session("s", 2),
        enrolled("v", delegates=("ada", "bob"), places=2), seen("s", "ada"), by="gender",
    ).split  # fmt: skip
    figures = [(each.counts and each.counts.cohort, each.attendance) for each in found.cells]
    assert [(n, str(present and present.rate)) for n, present in figures] == [
        (1, "1 of 1 (100 %)"), (1, "0 to 1 of 1 (0 to 100 %)"),
    ]  # fmt: skip


def test_any_characteristic_is_a_dimension() -> None:
    """A name in the profile of the first enrollment splits, or else in the person's attributes."""
    bob = Person(id="bob", name="B", attributes=(("band", "young"),))
    found = asked(
        edition(), bob, enrolled("ada", profile=(("band", "old"),)), enrolled("bob"),
        enrolled("cy", profile=(("other", 3),)), by=("band", "gender"),
    ).split  # fmt: skip
    assert [dict(each.cell)["band"] for each in found.cells] == ["old", "young", None]
    assert [row["band"] for row in found.rows()] == ["old", "young", None, None]
    with pytest.raises(NotFound, match="no such dimension"):
        asked(edition(), enrolled("ada", profile=(("band", "old"),)), by="bands")


def test_numbers_are_sorted_by_value() -> None:
    """The cells of ages are in the order of the ages, unknown last."""
    people = [Person(id=f"p{age}", name="P", born=date(2014 - age, 1, 1)) for age in (9, 101, 30)]
    found = asked(edition(), *people, *(enrolled(each.id) for each in people), enrolled("x"),
                  by="age").split  # fmt: skip
    assert [dict(each.cell)["age"] for each in found.cells] == [9, 30, 101, None]


def _small() -> Cohort:
    people = [Person(id=f"p{each}", name="P", gender="f" if each < 3 else "m") for each in range(5)]
    return asked(
        edition(), edition(2), session("s", 2), session("t", 2, of="camp-2"), *people,
        *(enrolled(each.id, "camp-1", ("completed", 28)) for each in people),
        enrolled("p0", "camp-2", ("completed", 28), day=9), enrolled("q", "camp-1", day=9),
        *(seen("s", each.id) for each in people), seen("t", "zoe"), by="gender", minimum=3,
    )  # fmt: skip


def test_small_cells_are_hidden_when_asked() -> None:
    """No row about fewer than the minimum is shown, and none of a single person."""
    found = _small()
    assert found.hidden == ("Camp 2",)
    assert [each.operation.id for each in found.completion.editions] == ["camp-1"]
    assert [each.id for each in found.operations] == ["camp-1", "camp-2"]
    assert (found.attendance.by_person, found.attendance.walk_ins) == ((), ())
    assert [each.session_id for each in found.attendance.by_session] == ["s"]
    assert (found.at_risk.persons, found.at_risk.possible, found.at_risk.rows()) == (None, None, ())
    assert [(dict(each.cell)["gender"], each.is_hidden) for each in found.split.cells] == [
        ("f", False), ("m", True), (None, True),
    ]  # fmt: skip
    rows = [row for row in found.split.rows() if row["hidden"]]
    assert {row["cohort"] for row in rows} == {None}
    assert found.completion.all.cohort == 7
    for part in (found, found.retention, found.attendance, found.completion, found.funnel):
        assert "Hidden, as the cohort is " in str(part)
        assert part.explain(portfolio()).facts == ()
    assert "Hidden: each row would be a single person." in str(found.at_risk)
    assert "Cells below 3 are hidden." in found.split.html().source
    assert [row["kept"] for row in found.rows()][1:] == [None, None, None]


def test_a_week_of_few_is_hidden_too() -> None:
    """A value of retention or of activity about fewer than the minimum is left blank."""
    people = [enrolled(f"p{each}", day=9) for each in range(3)]
    found = asked(edition(), enrolled("ada"), *people, session("s", 2), minimum=2)
    assert found.retention["camp-1"].kept[:2] == (None, KeptOf(4, 4))
    assert found.retention["camp-1"].active[0] is None
    assert found.retention.rows()[0]["kept"] is None
    assert "4 of 4" in str(found.retention)
    drawn = found.retention.svg().source
    assert "Camp 1, week 1" not in drawn
    assert "Camp 1, week 2: 100 % of 4" in drawn
    assert found.retention.mean[:2] == (None, Fraction(1))


def test_a_few_persons_in_many_editions_are_hidden() -> None:
    """A cell of enough participations but too few persons is a small cell too."""
    editions = [edition(each) for each in (1, 2, 3)]
    found = asked(*editions, *(enrolled("ada", each.id) for each in editions), by="gender",
                  minimum=2)  # fmt: skip
    assert found.split.whole.is_hidden
    assert [each.is_hidden for each in found.split.cells] == [True]


def test_tables_that_are_handed_in_give_the_same_cohort() -> None:
    """The documented tables hold all that a cohort needs, but for titles."""
    known = portfolio(
        edition(), edition(2, date(2014, 10, 6)), session("s", 2), session("talk", 3, of=None),
        enrolled("ada", "camp-1", ("completed", 28)), enrolled("bob", "camp-2", day=40),
        enrolled("cy", "talk"), seen("s", "ada"), seen("talk", "cy"), seen("s", "zoe"),
    )  # fmt: skip
    names = ("editions", "sessions", "journeys", "stays", "rosters", "participations")
    facts = facts_of(known, AT)
    tables = FactTables.of({name: [*facts.table(name).rows()] for name in names})
    for scope in ("camp", ("camp", "talk"), "camp-1", None):
        ours, theirs = (cohort(each, scope, as_of=AT, by="day") for each in (known, tables))
        assert [{**row, "title": None} for row in ours.rows()] == [
            {**row, "title": None} for row in theirs.rows()
        ]
        assert ours.split.rows() == theirs.split.rows()
        assert ours.retention.pooled == theirs.retention.pooled
        assert ours.attendance.walk_ins == theirs.attendance.walk_ins
    assert cohort(tables, "camp", as_of=AT).operations[0].title == "camp-1"
    assert ours.explain(tables).facts == theirs.explain(tables).facts


def test_an_empty_portfolio_has_an_empty_cohort() -> None:
    """Nothing is measured, and every part still has its words and its picture."""
    found = cohort(Portfolio.of(), as_of=AT)
    assert found.operations == ()
    assert found.completion.mean is None
    for part in _parts(found):
        assert str(part)
        assert "<svg" in part.html().source or part is found.at_risk


def _parts(found: Cohort) -> tuple[Any, ...]:
    return (found, found.funnel, found.attendance, found.retention, found.completion, found.split,
            found.at_risk)  # fmt: skip


def test_every_result_is_a_value_with_rows_words_and_a_look() -> None:
    """Results are frozen, print, look well in a notebook and on a page, pickle, and have rows."""
    known = portfolio(
        edition(), edition(2, date(2014, 10, 6)), session("s", 2), session("r", 9),
        enrolled("ada", "camp-1", ("completed", 28)), enrolled("bob", "camp-2", day=40),
        enrolled("cy"), seen("s", "ada"), seen("s", "cy", "absent"), seen("s", "zoe"),
    )  # fmt: skip
    found = cohort(known, "camp", as_of=AT, by="gender")
    again = cohort(known, "camp", as_of=AT, by="gender")
    assert found == again
    assert pickle.loads(pickle.dumps(found)) == found  # our own bytes
    for part in _parts(found):
        assert str(part)
        assert part._repr_html_().startswith("<style>")
        told = part.explain()
        assert told.rows()
        assert str(told)
        assert told._repr_html_().startswith("<style>")
        with pytest.raises(AttributeError):
            part.as_of = AT
        for row in part.rows():
            assert {type(value) for value in row.values()} <= {str, int, float, bool, type(None)}
    assert found.explain(known).facts == (
        "attendance:a-s-ada", "enrollment:e-ada-camp-1-1", "enrollment:e-bob-camp-2-40",
        "enrollment:e-cy-camp-1-1",
    )  # fmt: skip
    assert ("facts", "4 count, 0 more may") in [
        (row["term"], row["meaning"]) for row in found.explain(known).rows()
    ]
    assert page("Season", found, found.retention).count("<svg") == 7


def test_explanations_cite_facts_and_possible_ones() -> None:
    """Kept and left, present and not recorded, completed and open are told apart."""
    known = portfolio(
        edition(), session("s", 2), enrolled("ada", "camp-1", ("completed", 28)),
        enrolled("bob", "camp-1", ("withdrawn", 9)), enrolled("cy"), seen("s", "ada"),
    )  # fmt: skip
    found = cohort(known, "camp-1", as_of=AT)
    kept = found.retention.explain(known)
    assert kept.facts == ("enrollment:e-ada-camp-1-1", "enrollment:e-cy-camp-1-1")
    assert kept.possible == ("enrollment:e-bob-camp-1-1",)
    present = found.attendance.explain(known)
    assert present.facts == ("attendance:a-s-ada",)
    assert present.possible == ("enrollment:e-bob-camp-1-1", "enrollment:e-cy-camp-1-1")
    done = found.completion.explain(known)
    assert (done.facts, done.possible) == (
        ("enrollment:e-ada-camp-1-1",), ("enrollment:e-cy-camp-1-1",),
    )  # fmt: skip
    assert len(found.funnel.explain(known).facts) == 3


def test_a_part_refuses_an_edition_that_is_not_shown() -> None:
    """Asking for an id that is not there says so."""
    found = asked(edition())
    parts: tuple[Callable[[str], object], ...] = (
        found.retention.__getitem__, found.attendance.__getitem__, found.completion.__getitem__,
        found.funnel.__getitem__,
    )  # fmt: skip
    for part in parts:
        with pytest.raises(NotFound, match="no edition of that id"):
            part("camp-9")


@pytest.mark.parametrize(
    "wrong",
    [{"as_of": datetime(2014, 1, 1)}, {"minimum": -1}, {"minimum": "3"}, {"missed": 0},  # noqa: DTZ001
     {"by": 3}, {"by": ("gender", "gender")}, {"by": ("gender", 3)}, {"scope": 3}],
)  # fmt: skip
def test_wrong_arguments_are_refused_at_once(wrong: dict[str, Any]) -> None:
    """Values that are none raise an error that names them."""
    arguments: dict[str, Any] = {"as_of": AT, **wrong}
    with pytest.raises(InvariantError):
        cohort(Portfolio.of(), **arguments)


def test_unknown_names_are_not_found() -> None:
    """A scope or a dimension that is not there is not found; no portfolio is refused."""
    with pytest.raises(NotFound):
        cohort(Portfolio.of(), "camp", as_of=AT)
    with pytest.raises(NotFound, match="no such dimension"):
        cohort(Portfolio.of(), as_of=AT, by="shoe size")
    with pytest.raises(NotFound, match="no such dimension"):
        cohort(FactTables.of({}), as_of=AT, by="shoe size")
    with pytest.raises(InvariantError):
        cohort("camp", as_of=AT)  # type: ignore[arg-type]
    with pytest.raises(InvariantError):
        cohort(FactTables.of({}), 3, as_of=AT)  # type: ignore[arg-type]
