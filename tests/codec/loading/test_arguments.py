"""Arguments of a load that do not fit, and cells that are no plain values."""

from typing import Any

import pytest

from mic_core import FieldSource, InvariantError, ParseError, Room, from_tables
from tests.codec.loading.loads import CENTER, PROGRAM, load, only

FORMS = {"attendance": [{"session": "s", "person": "p", "status": "present"}]}


def test_cells_of_lists_and_odd_values_are_no_trouble() -> None:
    """A cell without a hash is read; one that raises is reported without its text."""

    class Odd:
        def __eq__(self, other: object) -> bool:
            message = "Ada Lovelace"
            raise RuntimeError(message)

        __hash__ = None  # type: ignore[assignment]

    class Worse:
        def item(self) -> int:
            message = "Ada Lovelace"
            raise RuntimeError(message)

    rooms = [{"id": "r", "name": "R", "features": ["wifi"]}, {"id": "q", "name": Odd()}]
    loaded = load({"rooms": rooms})
    assert loaded.portfolio.get(Room, "r").features == ("wifi",)
    assert only(loaded).column == "name"
    assert only(load({"rooms": [{"id": "q", "name": Worse()}]})).what.endswith("looked at")

    class Scalar:
        def item(self) -> int:
            return 40

    seated = load({"rooms": [{"id": "r", "name": "R", "seats": Scalar()}]})
    assert seated.portfolio.get(Room, "r").seats == 40


def test_the_end_of_the_stack_in_a_cell_is_raised() -> None:
    """Exhaustion says nothing about a cell."""

    class Deep:
        def item(self) -> int:
            return self.item()

    with pytest.raises(RecursionError):
        load({"rooms": [{"id": "r", "name": "R", "seats": Deep()}]})


@pytest.mark.parametrize(
    ("tables", "options", "part"),
    [
        (5, {}, "tables: must map names"),
        ({5: []}, {}, "tables: must map names"),
        ({"foo": []}, {}, "tables.foo: must be named after what it holds"),
        ({"sesions": []}, {}, "did you mean"),
        (FORMS, {"columns": 5}, "columns: must map tables"),
        (FORMS, {"columns": {"attendence": {}}}, "columns.attendence: must be a table of the load"),
        (FORMS, {"columns": {5: {}}}, "columns: must be a table of the load"),
        (FORMS, {"columns": {"attendance": 5}}, "columns.attendance: must map fields"),
        (FORMS, {"columns": {"attendance": {5: "x"}}}, "columns.attendance: must be sources"),
        (FORMS, {"columns": {"attendance": {"sesion": "x"}}}, "did you mean session"),
        (
            FORMS,
            {"columns": {"attendance": {"person.id": "person"}}},
            "must be a field of attendance",
        ),
        (
            FORMS,
            {"columns": {"attendance": {"session": "sesion"}}},
            "must name columns of the table",
        ),
        (
            FORMS,
            {
                "columns": {
                    "attendance": {"person": FieldSource(column="person", days_since_start=True)}
                }
            },
            "must be a field of dates",
        ),
        (FORMS, {"columns": {"attendance": {"session": 5}}}, "must be a column, a tuple"),
        (
            FORMS,
            {"columns": {"attendance": {"session": ("session", 5)}}},
            "must be a column, a tuple",
        ),
        (FORMS, {"columns": {"attendance": {"table": "foo"}}}, "tables.attendance: must be named"),
        (FORMS, {"dates": "us"}, "dates: must be one of"),
        (FORMS, {"decimal": ";"}, "decimal: must be one of"),
        (FORMS, {"mint": ["room"]}, "mint"),
        (FORMS, {"mint": "person"}, "mint"),
        (FORMS, {"missing": 5}, "missing"),
        (FORMS, {"strict": "yes"}, "strict"),
        (FORMS, {"ambiguous": "skip"}, "ambiguous"),
        (FORMS, {"nonexistent": "skip"}, "nonexistent"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(tables: Any, options: Any, part: str) -> None:
    """A mapping with a mistake is an error of the program, not of a row."""
    with pytest.raises(InvariantError, match=part.replace(".", r"\.")):
        load(tables, **options)


@pytest.mark.parametrize(
    ("center", "program"), [((), PROGRAM), (CENTER, []), (5, PROGRAM), (CENTER, CENTER)]
)
def test_a_center_and_a_program_must_be_given(center: Any, program: Any) -> None:
    """They are nouns, one or several of each."""
    with pytest.raises(InvariantError, match=r"center|program"):
        from_tables({}, center=center, program=program)


def test_a_strict_load_raises_every_row() -> None:
    """One error has them all, however many there are."""
    rows = [{"session": "s", "person": "p", "status": "x"} for _ in range(1_500)]
    with pytest.raises(ParseError) as caught:
        load({"attendance": rows}, strict=True)
    assert len(caught.value.problems) == 1_500
    assert caught.value.problems[3].path == "attendance[3].status"
