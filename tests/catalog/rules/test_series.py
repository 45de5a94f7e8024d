"""Series: which starts are occurrences, and which occurrences lack a session."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import fixes
from mic_core.catalog.rules.series import MISSING_OCCURRENCE, SERIES_RULES
from mic_core.chrono import Recurrence
from mic_core.model import Center, Headcount, Series, Session
from mic_core.portfolio import Portfolio


@given(st.sets(st.integers(0, 9)))
def test_what_is_missing_lies_between_what_was_made(made: set[int]) -> None:
    """Missing are the occurrences between the first and the last session that have none."""
    series = Series(
        id="w", center_id="c", title="Evening", recurrence=Recurrence(frequency="daily"),
        first_on=date(2014, 10, 20), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    days = [date(2014, 10, day) for day in range(20, 30)]
    sessions = [
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=series.length, series_id="w",
            original_on=days[n],
        )
        for n in made
    ]  # fmt: skip
    portfolio = Portfolio.of(center, series, *sessions)
    found = [dict(each.facts)["day"] for each in MISSING_OCCURRENCE.find(portfolio, None)]
    between = range(min(made, default=0), max(made, default=0))
    assert found == [str(date(2014, 10, 20 + n)) for n in between if n not in made]


def test_each_missing_occurrence_is_made_by_itself() -> None:
    """Of two evenings that lack a session, the fix of one leaves the other one to be mended."""
    weekly = Series(
        id="w", center_id="c", title="Evening",
        recurrence=Recurrence(frequency="weekly", weekdays=("SU",)),
        first_on=date(2014, 10, 12), starts_at=time(2, 30), length=timedelta(hours=2),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    made = tuple(
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=weekly.length, series_id="w",
            original_on=date(2014, *when),
        )
        for n, when in enumerate([(10, 12), (11, 2)])
    )  # fmt: skip
    portfolio = Portfolio.of(center, weekly, *made)
    first, second = check(portfolio).of("missing-occurrence")
    (fix,) = fixes(portfolio, second)
    assert fix.report.of("missing-occurrence") == (first,)
    (session,) = fix.changes
    assert isinstance(session, Session)
    assert session.slot is not None
    assert str(session.slot) == "Sun 26 Oct 2014 02:30 (first)-03:30 Europe/Brussels"
    assert session.slot.length == weekly.length


def test_an_occurrence_of_no_series_is_left_to_references() -> None:
    """Nothing more is said of a session whose series is not there."""
    lost = Session(
        id="s", center_id="c", title="Evening", length=timedelta(hours=1), series_id="w",
        original_on=date(2014, 9, 9),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    report = check(Portfolio.of(center, lost))
    assert [each.path for each in report.of("dangling-reference")] == ["series_id"]
    assert {each.code for each in report.findings} == {"dangling-reference", "unplaced"}


def test_a_changed_rule_leaves_history_alone() -> None:
    """After a change of rule, what was attended is kept as it is, what is planned is a stray."""
    tuesday = date(2014, 9, 9)
    sessions = tuple(
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=timedelta(hours=1),
            series_id="w", original_on=tuesday + timedelta(days=7 * n),
        )
        for n in range(2)
    )  # fmt: skip
    weekly = Series(
        id="w", center_id="c", title="Evening",
        recurrence=Recurrence(frequency="weekly", weekdays=("TU",)),
        first_on=date(2014, 9, 9), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    counted = Headcount(id="h", session_id="s-0", n=9, basis="counted")
    before = Portfolio.of(center, weekly, counted, *sessions)
    assert check(before, rules=SERIES_RULES).findings == ()
    thursdays = attrs.evolve(weekly.recurrence, weekdays=("TH",))
    changed = attrs.evolve(weekly, recurrence=thursdays)
    after = before.record(changed, recorded_at=datetime(2014, 9, 11, tzinfo=UTC))
    found = [(each.code, each.subjects) for each in check(after, rules=SERIES_RULES).findings]
    assert found == [
        ("missing-occurrence", ("series:w",)),
        ("stray-occurrence", ("session:s-1",)),
        ("kept-occurrence", ("session:s-0",)),
    ]
    assert after.get(Session, "s-0") == sessions[0]
