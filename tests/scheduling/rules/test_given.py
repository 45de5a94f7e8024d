"""Rules that look further: functions with an index that is made of the portfolio."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.catalog.check import check
from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.model import Assignment, Enrollment, Module, Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.compare import compare
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules.custom import rule
from mic_core.testing.verification import verify
from mic_core.timetable import timetable_of
from tests.scheduling import worlds
from tests.scheduling.nouns import (
    DAY,
    MIC,
    edition,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
)

DAYS = Period.days(DAY, DAY + timedelta(days=1))
STEP = timedelta(minutes=30)
Leads = dict[str, int]


def leads_of(portfolio: Portfolio) -> Leads:
    """The number of assignments of each session."""
    return Counter(each.session_id for each in portfolio.all(Assignment))


@rule("alone", "hard", law="Nobody gives a long session alone.", given=leads_of)
def alone(one: Session, leads: Leads) -> bool:
    """A session of two hours or more with fewer than two people."""
    return one.length >= timedelta(hours=2) and leads.get(one.id, 0) < 2


@rule(
    "busy-month", "medium", scope="group-month", of="edition", weight=3, given=leads_of,
    law="An edition has at most two leads a month.",
)  # fmt: skip
def busy_month(sessions: tuple[Session, ...], leads: Leads) -> int:
    """The assignments of a month beyond two."""
    return max(0, sum(leads.get(each.id, 0) for each in sessions) - 2)


@given(worlds.portfolios())
def test_a_rule_with_an_index_equals_a_naive_recount(portfolio: Portfolio) -> None:
    """Each finding is one that a loop over sessions and assignments finds, and none is missing."""
    placed = [each for each in timetable_of(portfolio).sessions if each.slot is not None]
    parts = portfolio.all(Assignment)
    naive = {
        f"session:{each.id}"
        for each in placed
        if each.length >= timedelta(hours=2)
        and len([part for part in parts if part.session_id == each.id]) < 2
    }
    report = check(portfolio, rules=[alone, busy_month])
    assert {each.subjects[0] for each in report.of("alone")} == naive
    months: Counter[tuple[str, str]] = Counter()
    for each in placed:
        if each.edition_id is not None and each.slot is not None:
            shown = each.slot.start.date().isoformat()[:7]
            months[f"edition:{each.edition_id}", shown] += sum(
                part.session_id == each.id for part in parts
            )
    told = {
        (f"edition:{each.subjects[0].partition(':')[2]}", each.fact("month"), each.fact("cost"))
        for each in report.of("busy-month")
    }
    assert told == {(label, month, n - 2) for (label, month), n in months.items() if n > 2}
    assert score(portfolio, [busy_month]).medium == 3 * sum(max(0, n - 2) for n in months.values())


def counted(calls: list[int]) -> Any:
    """A function of a portfolio that counts how often it is called."""

    def make(portfolio: Portfolio) -> list[int]:
        calls.append(len(portfolio.all(Session)))
        return calls

    return make


def test_an_index_is_made_once_for_each_timetable() -> None:
    """Several rules and any number of sessions share what one function makes of the portfolio."""
    calls: list[int] = []
    make = counted(calls)
    rules = [
        rule(f"own-{scope}", "hard", law="The law.", scope=scope, given=make)(lambda *_: False)
        for scope in ("session", "pair", "group-day", "group-month", "group", "timetable")
    ]
    listed = [session(f"s-{n}", f"{9 + n:02}:00") for n in range(6)]
    portfolio = Portfolio.of(MIC, room(), *listed, session("new"))
    for verb in (
        lambda: check(portfolio, rules=rules),
        lambda: score(portfolio, rules),
        lambda: suggest(portfolio, "new", rules=rules, window=DAYS),
        lambda: why_not(portfolio, "new", rules=rules, window=DAYS),
    ):
        calls.clear()
        verb()
        assert calls == [7]
    timetable = timetable_of(portfolio)
    calls.clear()
    for each in (timetable, timetable.put(0, listed[0]), timetable.moving({0: (0, 1)})):
        assert list(conflicts(rules[0], each)) == []
    assert calls == [7]


def test_without_a_session_nothing_is_made() -> None:
    """A portfolio without placed sessions asks for no index."""
    calls: list[int] = []
    made = rule("mine", "hard", law="The law.", given=counted(calls))(lambda *_: True)
    assert check(Portfolio.of(MIC, session("a")), rules=[made]).ok
    assert calls == []


def test_what_is_given_comes_last() -> None:
    """One session, two, or a tuple come first; called by hand, the rule takes the same."""
    seen: list[object] = []

    def listen(*arguments: object) -> bool:
        seen.append(arguments)
        return False

    listed = [session("a", "09:00"), session("b", "10:00")]
    for scope in ("session", "pair", "group"):
        made: Any = rule("mine", "hard", law="The law.", scope=scope, given=lambda _: "index")
        own = made(listen)
        verify(own).given(MIC, *listed).holds()
        assert own(listed[0], "by hand") is False
    one, two = listed
    by_hand = (one, "by hand")
    assert seen == [
        (one, "index"), (two, "index"), by_hand, (one, two, "index"), by_hand,
        ((one, two), "index"), by_hand,
    ]  # fmt: skip


OWN = "own-seats"
SEATED = Portfolio.of(
    MIC, room("large", 40), room("small", 8), *people("ann", "bob"),
    program(module("m", trainers=("ann", "bob"))), edition(),
    session("held", "09:00", room_id="small", edition_id="e"),
    session("new", edition_id="e"),
)  # fmt: skip


def seats_by_room(portfolio: Portfolio) -> dict[str, int | None]:
    """The seats of each room."""
    return {each.id: each.seats for each in portfolio.all(Room)}


@rule(OWN, "hard", law="A session is in a room of twenty seats or more.", given=seats_by_room)
def own_seats(one: Session, seats: dict[str, int | None]) -> str | None:
    """A room of fewer than twenty seats."""
    had = seats.get(one.room_id or "")
    return f"{had} seats are few" if had is not None and had < 20 else None


def test_all_verbs_keep_a_rule_with_an_index() -> None:
    """What `check` finds, `why_not` counts, and `suggest`, `plan` and `repair` avoid."""
    assert [each.message for each in check(SEATED, rules=[own_seats]).findings] == [
        "session:held: 8 seats are few"
    ]
    assert score(SEATED, [own_seats]).hard == 1
    found = why_not(SEATED, "new", rules=[own_seats], window=DAYS, step=STEP)
    assert found.free == found.placements // 2
    assert [each.code for each in found.rules] == [OWN]
    for each in suggest(SEATED, "new", rules=[own_seats], window=DAYS, step=STEP, most=50):
        assert each.room_id == "large"
    made = plan(SEATED, "e", rules=[own_seats], window=DAYS, step=STEP)
    (changed,) = (each for each in made.changes if isinstance(each, Session))
    assert (changed.id, changed.room_id) == ("new", "large")
    mended = repair(SEATED, "e", rules=[own_seats], step=STEP)
    assert {each.room_id for each in mended.changes if isinstance(each, Session)} == {"large"}
    assert compare(SEATED, SEATED, rules=[own_seats]).before.hard == 1


TAUGHT = Portfolio.of(
    MIC, room(), *people("ann", "bob"), program(module("m", trainers=("ann", "bob"))), edition(),
    session("new", edition_id="e", module_id="m"),
)  # fmt: skip
"""A session whose trainer is to be chosen among two."""

REFUSED = (
    "rules[0].given: must make the same of a portfolio, whichever trainers lead its sessions: "
    "they are to be chosen; had 1 sessions without a lead; "
    "assign their trainers first, or leave the rule out"
)


def verbs(portfolio: Portfolio, rules: Any) -> dict[str, Any]:
    """The verbs that choose trainers."""
    return {
        "suggest": lambda: suggest(portfolio, "new", rules=rules, window=DAYS, step=STEP),
        "why_not": lambda: why_not(portfolio, "new", rules=rules, window=DAYS, step=STEP),
        "plan": lambda: plan(portfolio, "e", rules=rules, window=DAYS, step=STEP),
    }


def test_an_index_of_leads_is_refused_where_leads_are_chosen() -> None:
    """A verb that chooses a trainer would judge by leads that change with its choice."""
    for verb, call in verbs(TAUGHT, [alone]).items():
        with pytest.raises(InvariantError) as raised:
            call()
        assert str(raised.value) == f"{verb}: 1 problem\n  {REFUSED}"
    assert check(TAUGHT, rules=[alone]).ok
    led = Portfolio.of(
        *(each for batch in TAUGHT.log for each in batch.values), gives("ann", "new")
    )
    for call in (*verbs(led, [alone]).values(), *verbs(TAUGHT, [own_seats]).values()):
        call()  # with a lead, and with an index that no lead changes, nothing is refused


def test_an_index_that_raises_is_told_by_its_type() -> None:
    """An exception of the function that makes the index is one of the rule."""

    def broken(_: Portfolio) -> object:
        msg = "Ada Lovelace"
        raise KeyError(msg)

    made = rule("mine", "hard", law="The law.", given=broken)(lambda *_: False)
    (finding,) = check(SEATED, rules=[made]).findings
    assert finding.message == "rule mine broke down with KeyError"
    with pytest.raises(InvariantError, match="had KeyError in mine") as raised:
        plan(SEATED, "e", rules=[made], window=DAYS)
    assert raised.value.__context__ is None


def test_what_is_given_must_be_a_function() -> None:
    """A noun or an index itself is refused when the rule is made."""
    wrong: Any = {"a": 1}
    with pytest.raises(InvariantError, match="given: must be a function, or None"):
        rule("mine", "hard", law="The law.", given=wrong)(len)


def test_enrollments_and_attributes_can_be_looked_at() -> None:
    """The index may be of any nouns: a rule on who is enrolled, and on what is noted of them."""

    def shy(portfolio: Portfolio) -> set[str]:
        noted = {each.id for each in portfolio.all(Person) if dict(each.attributes).get("shy")}
        return {each.into for each in portfolio.all(Enrollment) if each.participant_id in noted}

    @rule("no-late-shy", "soft", law="Shy people go home by eight.", given=shy)
    def no_late_shy(one: Session, shy: set[str]) -> bool:
        return one.edition_id in shy and one.slot is not None and one.slot.end.hour > 20

    ann = Person(id="ann", name="Ann", attributes=(("shy", True),))
    seat = Enrollment(
        id="n", participant_id="ann", into="e", requested_at=datetime(2014, 8, 1, tzinfo=UTC)
    )
    late = session("late", "20:30", edition_id="e")
    verify(no_late_shy).given(MIC, ann, seat, late).finds_on("late")
    verify(no_late_shy).given(MIC, attrs.evolve(ann, attributes=()), seat, late).holds()


def test_the_same_index_gives_the_same_plan() -> None:
    """Twice the same arguments make the same plan."""
    rules = [own_seats, busy_month]
    one, two = (plan(SEATED, "e", rules=rules, window=DAYS, step=STEP) for _ in range(2))
    assert one.changes == two.changes


def test_a_module_without_trainers_leaves_nothing_to_choose() -> None:
    """Where nobody qualifies, no lead is chosen and an index of leads is none that changes."""
    bare = Portfolio.of(
        MIC, room(), program(Module(id="m", title="m", length=timedelta(hours=1))), edition(),
        session("new", edition_id="e", module_id="m"), session("old", slot("09:00"), room_id="r"),
    )  # fmt: skip
    answers = [call() for call in verbs(bare, [alone]).values()]
    assert answers
