"""Fact tables at their edges: what is dangling, doubled, open or without a place."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mic_core import (
    INDICATORS,
    Attendance,
    Call,
    Center,
    Cost,
    Credential,
    Edition,
    Enrollment,
    Headcount,
    Membership,
    Money,
    Organization,
    Period,
    Portfolio,
    Program,
    Project,
    Series,
    Session,
    Slot,
    Support,
    Transition,
)
from mic_core.chrono import Recurrence
from mic_core.impact.tables.build import facts_of
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.impact.tables.visits import Citations
from mic_core.impact.validity import measure_problems
from mic_core.samples import brussels_2014

AT = datetime(2016, 1, 1, tzinfo=UTC)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
START = datetime(2014, 9, 10, 22, 30, tzinfo=UTC)


def _rows(portfolio: Portfolio, table: str) -> list[dict[str, Any]]:
    return [*facts_of(portfolio, AT).table(table).rows()]


def _session(id: str, **more: Any) -> Session:
    slot = Slot(START, START + timedelta(hours=1))
    return Session(id=id, center_id="mic", title=id, length=slot.length, slot=slot, **more)


def test_every_column_is_declared_and_filled_in_order() -> None:
    """Each table has exactly the columns of its shape; values are of the declared kind."""
    kinds: dict[str, tuple[type, ...]] = {
        "id": (str,), "word": (str,), "day": (date,), "flag": (bool,), "whole": (int,),
        "number": (int,),
    }  # fmt: skip
    for name, shape in TABLE_SHAPES.items():
        table = facts_of(brussels_2014(), AT).table(name)
        names = [each.name for each in shape.columns]
        assert set(table.columns) == set(names)
        assert len(names) == len(set(names))
        for row in table.rows():
            for each in shape.columns:
                value = row[each.name]
                values = value if each.many else () if value is None else (value,)
                assert all(isinstance(one, kinds[each.kind]) for one in values)


def test_built_in_indicators_are_valid() -> None:
    """Every built-in indicator has its table and columns, and dimensions that its tables have."""
    for each in INDICATORS.values():
        assert measure_problems(each.measure, each.by) == ()
        assert each.definition
        assert each.source


def test_a_visit_belongs_to_the_local_day_of_the_center() -> None:
    """22:30 in UTC is after midnight in Brussels."""
    visit = Attendance(id="a", session_id="s", person_id="p", status="present")
    (row,) = _rows(Portfolio.of(CENTER, _session("s"), visit), "visits")
    assert row["day"] == date(2014, 9, 11)


def test_visits_of_unknown_sessions_are_kept() -> None:
    """A record of a session that is not there has no place and no day, and is not lost."""
    visit = Attendance(id="a", session_id="gone", person_id="p", status="present")
    heads = Headcount(id="h", session_id="lost", n=3, basis="estimated")
    rows = _rows(Portfolio.of(CENTER, visit, heads), "visits")
    assert [(row["session_id"], row["day"], row["heads"]) for row in rows] == [
        ("gone", None, 1), ("lost", None, 3)
    ]  # fmt: skip
    assert [row["evidence"] for row in rows] == ["documented", "claimed"]


def test_the_larger_of_two_head_counts_holds() -> None:
    """Of several head counts of one session the largest counts, less the known presences."""
    visits = [
        Attendance(id=id, session_id="s", person_id="p", status=status)  # type: ignore[arg-type]
        for id, status in (("a", "present"), ("b", "absent"), ("c", "partial"))
    ]
    counts = [Headcount(id=f"h-{n}", session_id="s", n=n, basis="counted") for n in (9, 4, 1)]
    rows = _rows(Portfolio.of(CENTER, _session("s"), *visits, *counts), "visits")
    assert [(row["status"], row["heads"], row["crowd"]) for row in rows] == [
        ("present", 1, None), ("present", 8, 9)
    ]  # fmt: skip
    small = Headcount(id="h", session_id="s", n=1, basis="counted")
    assert len(_rows(Portfolio.of(CENTER, _session("s"), visits[0], small), "visits")) == 1


def test_citations_are_written_on_demand() -> None:
    """A slice of citations cites its own facts."""
    cited = Citations([_session("s"), CENTER])
    assert (cited[0], [*cited[1:]], len(cited)) == ("session:s", ["center:mic"], 2)


def test_credentials_and_costs_lie_where_they_were_earned_and_spent() -> None:
    """A program without a center, a series, a session: each place fills what is known."""
    program = Program(id="free", title="Free", kind="training")
    series = Series(
        id="weekly", center_id="mic", title="Weekly", recurrence=Recurrence(frequency="weekly"),
        first_on=date(2014, 9, 1), starts_at=datetime(2014, 1, 1, 18, tzinfo=UTC).time(),
        length=timedelta(hours=1), program_id="free",
    )  # fmt: skip
    alone = Series(
        id="alone", center_id="mic", title="Alone", recurrence=Recurrence(frequency="weekly"),
        first_on=date(2014, 9, 1), starts_at=datetime(2014, 1, 1, 18, tzinfo=UTC).time(),
        length=timedelta(hours=1),
    )  # fmt: skip
    earned = [
        Credential(id=f"c-{place}", holder_id="p", kind="badge", title="T",
                   issued_on=date(2014, 9, 1), earned_in=place)
        for place in ("alone", "free", "s", "weekly")
    ]  # fmt: skip
    spent = Cost(
        id="x", scope=("s", "weekly"), period=Period.year(2014), kind="staff",
        amount=Money(amount=Decimal(1), currency="EUR"), payer_id="nobody",
    )  # fmt: skip
    portfolio = Portfolio.of(
        CENTER, program, series, alone, _session("s", series_id="weekly"),
        _session("t", series_id="gone"), *earned, spent,
    )  # fmt: skip
    rows = _rows(portfolio, "credentials")
    assert [(row["series_id"], row["program_id"], row["center_id"]) for row in rows] == [
        ("alone", None, "mic"), (None, "free", None), ("weekly", "free", "mic"),
        ("weekly", "free", "mic"),
    ]  # fmt: skip
    (cost,) = _rows(portfolio, "costs")
    assert (cost["session_id"], cost["program_id"], cost["is_public"]) == (("s",), ("free",), False)
    sessions = {row["session_id"]: row["program_id"] for row in _rows(portfolio, "sessions")}
    assert sessions == {"s": ("free",), "t": ()}


def test_support_comes_from_programs_and_projects_too() -> None:
    """An entry into an edition lasts until it was left or the edition ends; projects have days."""
    edition = Edition(
        id="camp-6", program_id="camp", center_id="mic", number=6,
        period=Period(date(2014, 9, 1), date(2014, 10, 1)),
    )  # fmt: skip
    call = Call(id="call", center_id="mic", title="Call", window=Slot(START, AT))
    edition_call = Call(
        id="call-6", center_id="mic", title="Call", window=Slot(START, AT), edition_id="camp-6"
    )
    projects = [
        Project(id=id, call_id=call_id, title="P", organizations=organizations, period=period,
                amount=Money(amount=Decimal(9), currency="EUR"))
        for id, call_id, organizations, period in (
            ("a", "call", ("v", "w"), Period(date(2014, 5, 1), None)),
            ("b", "call-6", ("v",), Period(date(2014, 6, 1), date(2014, 7, 1))),
            ("c", "gone", ("v",), Period(None, date(2014, 7, 1))),
            ("d", "gone", ("v",), Period(date(2014, 8, 1), None)),
        )
    ]  # fmt: skip
    ventures = [Organization(id=id, name=id, kind="venture", country="BE") for id in ("v", "w")]
    steps = [
        Transition(id=f"t-{n}", subject=f"enrollment:e-{into}", after="enrolled",
                   effective_at=START) for n, into in enumerate(("camp-6", "s"))
    ]  # fmt: skip
    entries = [
        Enrollment(id=f"e-{into}", participant_id="v", into=into) for into in ("camp-6", "s")
    ]
    tenancy = Support(
        id="t", enterprise_id="v", kind="space", provider_id="elsewhere", on=date(2014, 1, 1),
        until=date(2015, 1, 1), amount=Money(amount=Decimal(3), currency="EUR"),
        hours=Decimal("1.5"),
    )  # fmt: skip
    unknown = Support(
        id="u", enterprise_id="ghost", kind="coaching", provider_id="mic", on=date(2014, 1, 2)
    )
    portfolio = Portfolio.of(
        CENTER, edition, call, edition_call, *projects, *ventures, *steps, *entries, tenancy,
        unknown, _session("s"),
    )  # fmt: skip
    rows = [(row["fact"], row["enterprise_id"], row["amount"]) for row in
            _rows(portfolio, "supports")]  # fmt: skip
    assert rows == [
        ("support:t", "v", 3_000_000), ("support:u", "ghost", None), ("project:a", "v", None),
        ("project:a", "w", None), ("project:b", "v", 9_000_000), ("project:d", "v", 9_000_000),
        ("enrollment:e-camp-6", "v", None), ("enrollment:e-s", "v", None),
    ]  # fmt: skip
    pairs = {row["enterprise_id"]: row for row in _rows(portfolio, "enterprises")}
    assert pairs["v"]["day"] == date(2015, 12, 31)
    assert pairs["v"]["edition_id"] == ("camp-6",)
    assert pairs["ghost"]["kind"] is None
    assert pairs["w"]["day"] == date(2015, 5, 1)


def test_tables_are_kept_for_the_last_instant() -> None:
    """The same instant has the same tables; another one has its own."""
    season = brussels_2014()
    first = facts_of(season, AT).table("visits")
    assert facts_of(season, AT).table("visits") is first
    assert facts_of(season, AT + timedelta(days=1)).table("visits") is not first


def test_unplaced_sessions_are_in_no_table() -> None:
    """A session without a slot is neither delivered nor a place to meet."""
    waiting = Session(id="w", center_id="mic", title="w", length=timedelta(hours=1))
    portfolio = Portfolio.of(CENTER, waiting)
    assert _rows(portfolio, "sessions") == _rows(portfolio, "meetings") == []


def test_members_of_unknown_organizations_have_no_kind() -> None:
    """A membership in an organization that is not there tells no kind."""
    member = Membership(
        id="m", person_id="p", organization_id="gone", role="member", period=Period()
    )
    visit = Attendance(id="a", session_id="s", person_id="p", status="present")
    (row,) = _rows(Portfolio.of(CENTER, _session("s"), member, visit), "visits")
    assert row["organization_kind"] == ()


def test_a_smaller_second_head_count_changes_nothing() -> None:
    """The larger head count holds, in whatever order they are recorded."""
    counts = [Headcount(id=f"h-{n}", session_id="s", n=n, basis="counted") for n in (4, 2)]
    more = Headcount(id="h-9", session_id="s", n=3, basis="counted")
    (row,) = _rows(Portfolio.of(CENTER, _session("s"), *counts, more), "visits")
    assert row["heads"] == 4
