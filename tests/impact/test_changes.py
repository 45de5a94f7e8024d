"""Figures at two instants: what is new, late, corrected, gone, or due since."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Attendance,
    Center,
    FigureChanges,
    Portfolio,
    Retraction,
    Session,
    Slot,
    Transition,
    measure,
    what_changed,
)
from mic_core.samples import brussels_2014

CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
FIRST, SECOND = datetime(2014, 10, 1, tzinfo=UTC), datetime(2014, 11, 1, tzinfo=UTC)


def _session(id: str, day: datetime) -> Session:
    slot = Slot(day.replace(hour=18), day.replace(hour=20))
    return Session(id=id, center_id="mic", title=id, length=slot.length, slot=slot)


def _visit(id: str, session: str, status: Any = "present") -> Attendance:
    return Attendance(id=id, session_id=session, person_id=f"p-{id}", status=status)


def _season() -> Portfolio:
    sessions = (_session("s", FIRST - timedelta(days=9)), _session("t", FIRST + timedelta(days=9)))
    return Portfolio.of(
        CENTER, *sessions, _visit("a", "s"), _visit("b", "s"), _visit("c", "s", "absent")
    )


def test_every_fact_has_one_reason() -> None:
    """A later session is new, an earlier one late; changed and retracted facts are told apart."""
    between = FIRST + timedelta(days=10)
    portfolio = _season().record(
        _visit("d", "t"), _visit("e", "s"), _visit("a", "s", "partial"), _visit("c", "s"),
        Retraction(id="r", subject="attendance:b"), recorded_at=between,
    )  # fmt: skip
    changes = what_changed(portfolio, FIRST, SECOND, "V1")
    assert isinstance(changes, FigureChanges)
    (change,) = changes
    assert [change.before.value, change.after.value] == [2, 4]
    assert change.new == ("attendance:d",)
    assert change.late == ("attendance:e",)
    assert change.corrected == ("attendance:a",)
    assert change.gone == ("attendance:b",)
    assert change.due == ("attendance:c",)
    assert changes.rows() == (
        {"indicator": "V1", "currency": None, "before": 2, "after": 4, "new": 1, "late": 1,
         "corrected": 1,
         "gone": 1, "due": 1},
    )  # fmt: skip


def test_a_status_that_takes_effect_makes_a_fact_count() -> None:
    """A session known before, and held since, counts without any new record of itself."""
    held = Transition(
        id="t-1", subject="session:t", before="planned", after="held",
        effective_at=FIRST + timedelta(days=9, hours=20),
    )  # fmt: skip
    portfolio = _season().record(held, recorded_at=FIRST + timedelta(days=10))
    (change,) = what_changed(portfolio, FIRST, SECOND, "P3")
    assert (change.due, change.new, change.late) == (("session:t",), (), ())


def test_equal_figures_are_left_out() -> None:
    """Nothing recorded in between: nothing changed, whatever the indicator."""
    changes = what_changed(_season(), SECOND, SECOND + timedelta(days=1))
    assert len(changes) == 0
    assert str(changes).startswith("indicator")


def test_changes_show_themselves() -> None:
    """Text, HTML and a notebook show indicator, both figures and the number of facts by reason."""
    season = brussels_2014()
    early = datetime(2014, 10, 5, tzinfo=UTC)
    changes = what_changed(season, early, datetime(2014, 12, 31, tzinfo=UTC), ("V1", "E1"))
    text = str(changes)
    assert "V1 Visits" in text
    assert "802" in text
    assert "<table" in str(changes.html())
    assert "<table" in changes._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert len(changes) == 2


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
def test_reasons_explain_the_difference(facts: list[tuple[bool, bool]]) -> None:
    """Figures differ by the facts that came less those that went, for any history of visits."""
    portfolio, at = _season(), FIRST
    for number, (is_late, is_taken_back) in enumerate(facts):
        at += timedelta(hours=1)
        id = f"v-{number}"
        portfolio = portfolio.record(_visit(id, "s" if is_late else "t"), recorded_at=at)
        if is_taken_back:
            at += timedelta(hours=1)
            undo = Retraction(id=f"r-{number}", subject=f"attendance:{id}")
            portfolio = portfolio.record(undo, recorded_at=at)
    middle = FIRST + timedelta(hours=len(facts))
    for change in what_changed(portfolio, middle, SECOND, "V1"):
        assert change.before.value is not None
        assert change.after.value is not None
        came = len(change.new) + len(change.late) + len(change.due)
        assert change.after.value - change.before.value == came - len(change.gone)
    (now,) = measure(portfolio, "V1", as_of=SECOND)
    assert now.value == 2 + sum(not taken for _, taken in facts)
