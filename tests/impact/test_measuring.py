"""Measuring a portfolio: figures against plain loops, statuses, targets, refusals, tables."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    INDICATORS,
    Attendance,
    Credential,
    Deal,
    Enrollment,
    FactTables,
    Headcount,
    InvariantError,
    Measure,
    Membership,
    Money,
    NotFound,
    Organization,
    Period,
    Person,
    Portfolio,
    Project,
    Session,
    Support,
    Target,
    Transition,
    change,
    count,
    distinct,
    latest,
    measure,
    median,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.validity import measure_problems
from mic_core.portfolio.expected import EXPECTED
from mic_core.portfolio.status import status_histories
from mic_core.samples import brussels_2014
from mic_core.testing import portfolios
from tests.impact.camp import (
    AT,
    CAMP,
    CENTER,
    SIXTH,
    VENTURE,
    YEAR,
    camp,
    custom,
    one,
    session_on,
    with_instant,
)


def _present(portfolio: Portfolio) -> set[tuple[str, str]]:
    known = portfolio.all(Attendance)
    return {
        (each.session_id, each.person_id) for each in known if each.status in {"present", "partial"}
    }


def _heads(portfolio: Portfolio) -> dict[str, int]:
    heads: dict[str, int] = {}
    for each in portfolio.all(Headcount):
        heads[each.session_id] = max(each.n, heads.get(each.session_id, 0))
    return heads


def _visits(portfolio: Portfolio) -> int:
    known = _present(portfolio)
    by_session: dict[str, int] = {}
    for session, _ in known:
        by_session[session] = by_session.get(session, 0) + 1
    extra = (n - by_session.get(session, 0) for session, n in _heads(portfolio).items())
    return len(known) + sum(max(0, each) for each in extra)


def _visitors(portfolio: Portfolio) -> int:
    known = _present(portfolio)
    crowds = (
        n for session, n in _heads(portfolio).items()
        if n > sum(each == session for each, _ in known)
    )  # fmt: skip
    return max(len({person for _, person in known}), *crowds, 0)


def _entered(portfolio: Portfolio) -> set[Enrollment]:
    histories = status_histories(portfolio, Enrollment)
    return {
        each for each in portfolio.all(Enrollment)
        if any(
            span.status in EXPECTED and (span.start is None or span.start <= LATE)
            for span in histories[each.id].spans()
        )
    }  # fmt: skip


def _participations(portfolio: Portfolio) -> int:
    return len({(each.participant_id, each.into) for each in _entered(portfolio)})


def _enterprises(portfolio: Portfolio) -> int:
    organizations = {each.id for each in portfolio.all(Organization)}
    entered = {each.participant_id for each in _entered(portfolio)} & organizations
    projects = {
        one for each in portfolio.all(Project) if each.period.start is not None
        for one in each.organizations
    }  # fmt: skip
    return len(entered | projects | {each.enterprise_id for each in portfolio.all(Support)})


def _certificates(portfolio: Portfolio) -> int:
    return sum(each.kind == "certificate" for each in portfolio.all(Credential))


LATE = datetime(9000, 1, 1, tzinfo=UTC)
ORACLES: dict[str, Callable[[Portfolio], int]] = {
    "V1": _visits, "V2": _visitors, "P1": _participations, "E1": _enterprises,
    "P7-awards": _certificates,
}  # fmt: skip


@given(portfolios())
def test_figures_are_those_of_plain_loops(portfolio: Portfolio) -> None:
    """Counts over coherent portfolios agree with loops over the nouns; without facts: unknown."""
    for id, oracle in ORACLES.items():
        result = one(portfolio, id, as_of=LATE)
        if result.status == "refused":  # an amount of more than six decimals
            continue
        assert result.value == (oracle(portfolio) if result.status != "unknown" else None)
        if result.status == "unknown" and not result.figure.unknown:
            assert oracle(portfolio) == 0


@given(portfolios(), st.sampled_from(sorted(INDICATORS)))
def test_every_figure_lies_within_its_bounds(portfolio: Portfolio, id: str) -> None:
    """Value, bounds, cells and facts of every built-in indicator hold together."""
    card: Any = measure(portfolio, id, by="year", as_of=LATE)
    assert card.as_of == LATE
    for each in card:
        assert each.status != "refused" or "decimals" in str(each.reason)
        if each.value is not None:
            assert each.least is None or each.least <= each.value
            assert each.most is None or each.value <= each.most
        for row in card.rows():
            assert row["indicator"] == id
        facts = each.explain(portfolio)
        assert not set(facts.facts) & set(facts.possible)
        if each.status == "measured" and each.n and not each.cell:
            assert facts.facts


@given(portfolios(), st.sampled_from(["V1", "E1", "P1", "P7-awards", "K1"]))
def test_periods_add_up_or_unite(portfolio: Portfolio, id: str) -> None:
    """Years of a count add to the whole; years of a distinct count bound it from both sides."""
    card: Any = measure(portfolio, id, by="year", as_of=LATE)
    whole = card.get(id)
    assert whole is not None
    parts = [each.value or 0 for each in card if each.cell]
    if whole.value is not None:
        assert max(parts, default=0) <= whole.value <= sum(parts)
        if id in {"V1", "P7-awards", "P1"}:
            assert whole.value == sum(parts)


def test_no_fact_is_unknown_and_no_match_is_zero() -> None:
    """Without a row in scope and period a figure is unknown; rows without a match are 0."""
    empty = one(Portfolio.of(CENTER), "V1")
    assert (empty.value, empty.status, empty.n) == (None, "unknown", 0)
    portfolio = Portfolio.of(
        CENTER,
        session_on("s", 1),
        Attendance(id="a", session_id="s", person_id="p", status="absent"),
    )
    result = one(portfolio, "V1", period=YEAR)
    assert (result.value, result.status, result.most) == (0, "measured", 0)
    before = one(portfolio, "V1", period=Period.year(2013))
    assert before.status == "unknown"
    assert str(result.figure) == "0"


def test_a_share_of_nothing_is_undefined() -> None:
    """0 of 0 is undefined, not 0; a ratio with a side without facts is unknown."""
    running = Portfolio.of(
        CENTER, CAMP, SIXTH, Person(id="p", name="P"),
        Enrollment(id="e", participant_id="p", into="camp-6"),
        Transition(id="t", subject="enrollment:e", after="enrolled",
                   effective_at=datetime(2014, 9, 1, tzinfo=UTC)),
    )  # fmt: skip
    assert one(running, "P5").status == "undefined"
    assert one(running, "C1").status == "unknown"


def test_outcomes_before_their_day_are_not_due() -> None:
    """Figures after support are due a year later: before, the indicator is not due."""
    support = Support(
        id="s", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2015, 6, 1)
    )
    result = one(Portfolio.of(CENTER, VENTURE, support), "J1")
    assert (result.status, result.value) == ("not_due", None)
    assert result.exclusions == (("not due yet", 1),)


def test_evidence_below_the_minimum_is_no_evidence() -> None:
    """With facts of too weak a grade alone a figure is none at this grade."""
    deal = Deal(
        id="d", organization_id="v", on=date(2015, 1, 1), kind="equity",
        amount=Money(amount=Decimal(5), currency="EUR"), evidence="self_reported",
    )  # fmt: skip
    support = Support(
        id="s", enterprise_id="v", kind="coaching", provider_id="mic", on=date(2014, 6, 1)
    )
    portfolio = Portfolio.of(CENTER, VENTURE, deal, support)
    deals = total("deals", "amount")
    strict = one(portfolio, custom(deals, minimum_evidence="documented"))
    assert (strict.status, strict.value) == ("none_at_grade", None)
    loose = one(portfolio, custom(deals, minimum_evidence="self_reported"))
    assert (loose.value, loose.unit, loose.evidence) == (5, "EUR", (("self_reported", 1),))
    assert [(grade, each.value) for grade, each in loose.at_grade] == [("self_reported", 5)]


def test_unknown_conditions_widen_the_bounds() -> None:
    """An enterprise without a foundation may be new: certain 1, possible 2."""
    other = Organization(id="w", name="W", kind="sme", country="BE")
    supports = (
        Support(id=f"s-{id}", enterprise_id=id, kind="coaching", provider_id="mic",
                on=date(2014, 6, 1)) for id in ("v", "w")
    )  # fmt: skip
    result = one(Portfolio.of(CENTER, VENTURE, other, *supports), "E4")
    assert (result.value, result.least, result.most, result.status) == (1, 1, 2, "partial")
    assert result.exclusions == (("not known if it counts", 1),)
    assert result.coverage == Fraction(1, 2)


def test_targets_of_shares_have_no_part_to_date() -> None:
    """The target of a share is not spread over days; one equal to its baseline has no progress."""
    goals = [
        Target(id="t-1", indicator_id="P5", scope=("mic",), period=YEAR, value=Decimal("0.5")),
        Target(id="t-2", indicator_id="V1", scope=("mic",), period=YEAR, value=Decimal(0)),
        Target(id="t-3", indicator_id="G2", scope=("mic",), period=YEAR, value=Decimal(1)),
    ]
    portfolio = camp(*goals)
    card: Any = measure(portfolio, ("P5", "V1", "G2"), period=YEAR, as_of=AT)
    aims = [each.aim for each in card]
    assert [each is not None and each.to_date for each in aims] == [None, 0, None]
    assert [each is not None and each.progress for each in aims] == [2, None, None]
    assert one(portfolio, "V1", period=YEAR, scope="camp-6").aim is None


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (count("nothing"), "there is no table nothing"),
        (distinct("visits", "color"), "visits has no column color"),
        (total("visits", "color"), "visits has no column color"),
        (total("visits", "status"), "visits.status holds no numbers"),
        (median("deals", "day"), "deals.day holds no numbers"),
        (change("figures", "staff", "kind"), "figures.kind holds no numbers"),
        (latest("figures", "staff", "color"), "figures has no column color"),
        (count("visits", where("color", "known")), "visits has no column color"),
        (count("visits", where("minutes", ">", "many")), "visits.minutes is a whole"),
        (count("visits", where("evidence", ">=", "hearsay")), "is a grade of evidence"),
        (count("deals", where("day", ">", "soon")), "deals.day is a day"),
        (count("deals", where("amount", ">", "lots")), "deals.amount is a number"),
        (count("deals", where("amount", ">", "0.0000001")), "deals.amount is a number"),
        (share("visits", having=where("color", "known")), "visits has no column color"),
        (ratio(count("visits"), count("nothing")), "there is no table nothing"),
    ],
)  # fmt: skip
def test_a_measure_of_what_is_not_there_is_refused(measured: Measure, reason: str) -> None:
    """A table or column that is not there is a refusal with its reason, never a zero."""
    result = one(Portfolio.of(CENTER), custom(measured))
    assert result.status == "refused"
    assert result.reason is not None
    assert reason in result.reason
    assert result.explain(Portfolio.of(CENTER)).facts == ()
    assert reason in " ".join(measure_problems(measured))


def test_a_dimension_that_a_table_lacks_is_refused() -> None:
    """Breaking down by a column that the table lacks is refused; calendar units always work."""
    card: Any = measure(brussels_2014(), ("V1", "P7"), by=("session_kind", "month"), as_of=AT)
    assert [each.status for each in card if not each.cell] == ["measured", "refused"]


def test_wrong_arguments_are_refused() -> None:
    """An unknown indicator or scope, an instant without a zone, a wrong period or dimension."""
    with pytest.raises(NotFound, match="no indicator has that id"):
        measure(Portfolio.of(), "V99", as_of=AT)
    with pytest.raises(NotFound, match="has that id"):
        measure(Portfolio.of(), "V1", as_of=AT, scope="nowhere")
    bad: Any = 3
    given: list[dict[str, Any]] = [
        {"as_of": AT.replace(tzinfo=None)}, {"period": bad}, {"by": bad}, {"by": (bad,)}
    ]  # fmt: skip
    for arguments in given:
        with pytest.raises(InvariantError, match="measure"):
            measure(Portfolio.of(), "V1", **with_instant(arguments))
    with pytest.raises(InvariantError):
        measure(bad, "V1", as_of=AT)
    with pytest.raises(NotFound):
        measure(Portfolio.of(), [bad], as_of=AT)


def test_a_recorded_indicator_wins() -> None:
    """An indicator recorded under the id of a built-in one takes its place, also in the default."""
    own = custom(count("editions"), id="V1")
    portfolio = Portfolio.of(CENTER, SIXTH, own)
    assert one(portfolio, "V1").value == 1
    card: Any = measure(portfolio, as_of=AT)
    assert card.results[0].indicator is own
    assert len(card) == len(INDICATORS)
    assert one(portfolio, own).value == 1


def test_tables_can_be_handed_in() -> None:
    """Rows in place of a portfolio are measured by the same indicators, scopes by any place."""
    rows = [
        {"fact": "a:1", "person_id": "p", "status": "present", "heads": 1, "day": date(2014, 9, 1),
         "center_id": "mic", "topic": ("cloud", "web"), "program_id": ()},
        {"fact": "a:2", "person_id": "p", "status": "absent", "heads": 1, "center_id": "mons"},
    ]  # fmt: skip
    facts = FactTables.of({"visits": rows})
    assert one(facts, "V1").value == 1
    assert one(facts, "V1", scope="mons").value == 0
    assert one(facts, "V1", period=YEAR).value == 1
    assert one(facts, "P1").status == "unknown"
    assert one(facts, custom(stated())).status == "refused"
    assert one(facts, "V1").explain(facts).facts == ("a:1",)
    assert one(facts, custom(stated())).explain(facts).facts == ()
    topics: Any = measure(facts, "V1", by="topic", as_of=AT)
    assert [each.cell for each in topics][1:] == [(("topic", "cloud"),), (("topic", "web"),)]
    found = topics.results[1].explain(facts)
    assert (found.facts, found.days["a:1"]) == (("a:1",), date(2014, 9, 1))
    with pytest.raises(InvariantError, match="must be one of"):
        FactTables.of({"rooms": []})
    with pytest.raises(InvariantError, match=r"visits\.color"):
        FactTables.of({"visits": [{"color": "red"}]})
    wrong: list[tuple[Any, str]] = [
        (None, "must be a dict"), ({1: []}, "must have names"), ({"visits": 7}, "must be a list"),
        ({"visits": [7]}, "must be a list"),
    ]  # fmt: skip
    for tables, rule in wrong:
        with pytest.raises(InvariantError, match=rule):
            FactTables.of(tables)
    with pytest.raises(NotFound, match="no such table"):
        facts.table("rooms")
    assert repr(facts.table("visits")) == "FactTable(visits: 2 rows)"
    assert [row["status"] for row in facts.table("visits").rows()] == ["present", "absent"]
    assert len(facts.table("visits").columns) == len([*facts.table("visits").columns])


def test_visitors_of_topics_and_kinds_are_those_of_a_loop() -> None:
    """Distinct visitors by a dimension of many values agree with a loop."""
    season = brussels_2014()
    topics: dict[str, set[str | None]] = {
        each.id: {*each.topics} or {None} for each in season.all(Session)
    }
    kinds: dict[str, str] = {each.id: each.kind for each in season.all(Organization)}
    members: dict[str, set[str | None]] = {}
    for member in season.all(Membership):
        members.setdefault(member.person_id, set()).add(kinds[member.organization_id])
    for by in ("topic", "organization_kind"):
        wanted: dict[str | None, set[str]] = {}
        for session, person in _present(season):
            several = topics[session] if by == "topic" else members.get(person, {None})
            for label in several:
                wanted.setdefault(label, set()).add(person)
        card = measure(season, "V2", by=by, as_of=AT)
        found = {dict(each.cell)[by]: each.figure.n for each in card if each.cell}
        seen = {label: len(persons) for label, persons in wanted.items()}
        assert {label: n for label, n in found.items() if label in seen}.keys() == seen.keys()
        assert all(found[label] >= n for label, n in seen.items())
    assert measure_problems(stated()) == ()


@given(st.from_type(FactTables))
def test_tables_of_any_visits_are_measured(facts: FactTables) -> None:
    """Visitors of tables that Hypothesis draws are at least the known persons who were there."""
    rows = [*facts.table("visits").rows()]
    there = {row["person_id"] for row in rows if row["status"] in {"present", "partial"}} - {None}
    result = one(facts, "V2")
    assert result.figure.least is None or result.figure.least >= len(there)
