"""Reasons against the placements of a session: counts by rule, and findings in one placement."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import methodcaller

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.errors import InvariantError, NotFound
from mic_core.findings import Policy, Waiver
from mic_core.markup import notebook
from mic_core.model import Center, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Arcs, Bucket, Entry, Function, Group, ScheduleRule, Term
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import Blocks, WhyNot, why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import MaxPerDay, WorkDay
from mic_core.timetable import Timetable, timetable_of
from tests.budget import one_in
from tests.scheduling.insertion import oracle as placings
from tests.scheduling.nouns import edition, gives, module, people, program, room, session, slot

HOUR = timedelta(hours=1)
DAY = date(2014, 9, 10)
WEEK = Period.days(DAY, DAY)
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip
MODULES = (
    module("m1", trainers=("ann",)),
    module("m2", trainers=("ann", "bob"), requires=("m1",)),
)


def world(*nouns: Noun) -> Portfolio:
    """A center with a room, and an edition of a program with two modules."""
    return Portfolio.of(
        CENTER, room("r1"), edition("e"), program(*MODULES), *people("ann", "bob"), *nouns
    )


def reasons(portfolio: Portfolio, id: str, *rules: ScheduleRule) -> WhyNot:
    """The rules that forbid the placements of a session on one day, on whole hours."""
    return why_not(portfolio, id, window=WEEK, step=HOUR, rules=(*SCHEDULE_RULES, *rules))


def by_code(why: WhyNot) -> dict[str, tuple[int, dict[str, int]]]:
    """The counts by rule and by label."""
    return {each.code: (each.placements, dict(each.by)) for each in why.rules}


@one_in(4)
@given(placings.questions(), placings.rules())
def test_each_rule_forbids_the_placements_that_break_it(
    question: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """Counts are those of evaluating every placement; counts by label add up to them or more."""
    portfolio, id, window, step = question
    why = why_not(portfolio, id, window=window, step=step, rules=rules)
    more = placings.openings(portfolio, question, rules)
    every = placings.placements(portfolio, id, window, step, more)
    counts: dict[str, int] = {}
    free = 0
    for nouns in every.values():
        codes = placings.broken(portfolio, id, nouns, rules)
        free += not codes
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    assert (why.placements, why.free) == (len(every), free)
    assert {each.code: each.placements for each in why.rules} == counts
    assert [(each.placements, each.code) for each in why.rules] == sorted(
        ((count, code) for code, count in counts.items()), key=lambda each: (-each[0], each[1])
    )
    for each in why.rules:
        assert each.placements <= sum(count for _, count in each.by)
        assert max(count for _, count in each.by) <= each.placements


@one_in(3)
@given(placings.questions(), placings.rules(), st.data())
def test_one_placement_is_forbidden_where_it_is_not_suggested(
    question: placings.Question, rules: Sequence[ScheduleRule], data: st.DataObject
) -> None:
    """Findings name the session and the rules it breaks; none if and only if it is suggested."""
    portfolio, id, window, step = question
    more = placings.openings(portfolio, question, rules)
    every = placings.placements(portfolio, id, window, step, more)
    if not every:
        return
    offered = {
        (each.slot.start.astimezone(UTC), each.room_id, each.trainer_id)
        for each in suggest(portfolio, id, most=None, window=window, step=step, rules=rules)
    }
    table = timetable_of(portfolio)
    for choice in data.draw(st.lists(st.sampled_from(sorted(every, key=repr)), max_size=8)):
        nouns = every[choice]
        session = nouns[0]
        assert isinstance(session, Session)
        why = why_not(table, id, session.slot, choice[1], choice[2], rules=rules)
        assert (why.placements, why.free) == (1, int(choice in offered))
        assert (why.findings == ()) is (choice in offered)
        codes = placings.broken(portfolio, id, nouns, rules)
        assert {each.code for each in why.findings} == codes
        assert all(each.severity == "error" for each in why.findings)
        assert all(f"session:{id}" in each.subjects for each in why.findings)


def test_the_reasons_name_whom_they_come_from() -> None:
    """Each rule counts the placements that it forbids: starts times rooms times trainers."""
    portfolio = world(
        room("r0", 5), session("a", "09:00", room_id="r1", edition_id="e", module_id="m1"),
        session("b", "09:30", 90, room_id="r0"), gives("ann", "a"), gives("bob", "b"),
        session("x", edition_id="e", module_id="m2", expected=9),
    )  # fmt: skip
    why = reasons(portfolio, "x")
    assert (why.placements, why.free) == (24 * 2 * 2, 3)
    assert by_code(why) == {
        "opening-hours": (84, {"center:mic": 84}),
        "room-seats": (48, {"room:r0": 48}),
        "module-order": (40, {"session:a": 40}),
        "person-overlap": (6, {"person:ann": 2, "person:bob": 4}),
        "room-overlap": (6, {"room:r0": 4, "room:r1": 2}),
        "audience-overlap": (4, {"edition:e": 4}),
    }
    assert why.rules[3].by == (("person:bob", 4), ("person:ann", 2))
    assert [each.code for each in why.rules][-3:] == [
        "person-overlap", "room-overlap", "audience-overlap",
    ]  # fmt: skip


def test_a_precedence_names_the_later_sessions() -> None:
    """A precedence forbids starts after each fixed session of a module that requires this one."""
    later = [session(f"b{n}", f"{n}:00", edition_id="e", module_id="m2") for n in (10, 11)]
    portfolio = world(*later, session("x", edition_id="e", module_id="m1"))
    by = by_code(reasons(portfolio, "x"))["module-order"]
    assert by == (14, {"session:b10": 14, "session:b11": 13})


def test_arguments_restrict_the_placements() -> None:
    """A slot, a room and a trainer restrict the placements; a single one has its findings."""
    portfolio = world(
        room("r0"), session("a", "09:00", room_id="r1"), gives("ann", "a"),
        session("x", edition_id="e", module_id="m2"),
    )  # fmt: skip
    at = slot("09:10")
    assert why_not(portfolio, "x", at).placements == 4
    assert why_not(portfolio, "x", at, "r1").placements == 2
    assert why_not(portfolio, "x", at, trainer_id="bob").placements == 2
    assert why_not(portfolio, "x", room_id="r0", window=WEEK).placements == 93 * 2
    assert why_not(portfolio, "x", at, "r0").findings == ()
    one = why_not(portfolio, "x", at, "r1", "ann")
    assert [each.code for each in one.findings] == ["person-overlap", "room-overlap"]
    assert one.findings[1].fact("minutes") == 50
    assert one.findings[1].subjects == ("room:r1", "session:a", "session:x")
    assert str(one).startswith("session:x: 0 of 1 placements are free\nerror person-overlap: ")
    assert "What forbids it" in one.html().source
    free = why_not(portfolio, "x", at, "r0", "bob")
    assert (free.free, free.findings, str(free)) == (
        1, (), "session:x: 1 of 1 placements are free",
    )  # fmt: skip


def test_a_room_elsewhere_is_explained_by_its_rule() -> None:
    """A room of another center, or one for an online session, may be given; its rule forbids it."""
    lab = attrs.evolve(CENTER, id="lab")
    portfolio = world(lab, room("far", center_id="lab"), session("x"), session("y", mode="online"))
    found = why_not(portfolio, "x", slot("09:00"), "far").findings
    assert [each.code for each in found] == ["room-elsewhere"]
    assert why_not(portfolio, "y", slot("09:00")).free == 1
    assert why_not(portfolio, "y", slot("09:00"), "far").findings[0].code == "room-elsewhere"


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("America/New_York", datetime(1, 1, 1, 0, 30, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(9999, 12, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_slot_at_the_ends_of_the_calendar_is_read_on_clocks_of_utc(
    zone: str, at: datetime
) -> None:
    """A slot that local clocks cannot show is judged by day and minute of the day as well."""
    center = attrs.evolve(CENTER, time_zone=zone, opening_hours=None)
    kept = Slot(at, at + HOUR)
    portfolio = Portfolio.of(center, room("r1"), session("x", kept, room_id="r1"))
    of_day = MaxPerDay(most=0, of="room", level="hard")
    minutes = WorkDay(most=59, of="room", level="hard")
    why = why_not(portfolio, "x", kept, "r1", rules=(of_day, minutes))
    assert [each.code for each in why.rules] == ["max-per-day", "work-day"]


def test_only_hard_rules_forbid_and_waivers_lift_nothing() -> None:
    """A rule that a policy turns into a warning forbids nothing; a waiver changes nothing."""
    portfolio = world(session("a", "09:00", room_id="r1"), session("x"))
    at = slot("09:30"), "r1"
    warned = Policy(severities={"room-overlap": "warning"})
    assert why_not(portfolio, "x", *at, policy=warned).findings == ()
    waived = Policy(waivers=(Waiver(code="room-overlap", reason="they share the hall"),))
    assert len(why_not(portfolio, "x", *at, policy=waived).findings) == 1


def test_without_a_room_there_is_nothing_to_choose() -> None:
    """A center without rooms has no placements, and a window shorter than the session neither."""
    portfolio = Portfolio.of(CENTER, session("x"), session("y", mode="online", minutes=25 * 60))
    for id in ("x", "y"):
        why = reasons(portfolio, id)
        assert (why.placements, why.free, why.rules) == (0, 0, ())
        assert str(why) == f"session:{id}: there is no room, or no time to start"


def test_refusals_name_the_argument() -> None:
    """Ids are looked up, a slot lasts as long as the session, a trainer is one to be chosen."""
    portfolio = world(session("x", module_id="m1", edition_id="e"), session("y", "09:00"))
    with pytest.raises(NotFound, match="room:r9 is not"):
        why_not(portfolio, "x", room_id="r9")
    with pytest.raises(NotFound, match="person:eve is not"):
        why_not(portfolio, "x", trainer_id="eve")
    with pytest.raises(InvariantError, match="slot: must last as long as the session; had 1:30"):
        why_not(portfolio, "x", slot("09:00", 90))
    with pytest.raises(InvariantError, match=r"trainer of its module.*had person:bob"):
        why_not(portfolio, "x", trainer_id="bob")
    with pytest.raises(InvariantError) as refused:
        why_not(portfolio, "no id", "noon", "no room", "no body", step=HOUR / 7)  # type: ignore[arg-type]
    assert [each.path for each in refused.value.problems] == [
        "session_id", "slot", "room_id", "trainer_id", "step",
    ]  # fmt: skip


def test_reasons_look_like_what_they_say() -> None:
    """Reasons are a table as text, a row for each rule and label, and bars in a notebook."""
    portfolio = world(session("a", "09:00", room_id="r1"), session("x", "15:00", room_id="r1"))
    why = why_not(portfolio, "x", window=WEEK, step=timedelta(minutes=5), rules=RULES)
    assert str(why) == LOOK
    assert why.rows() == (
        {"rule": "opening-hours", "because_of": "center:mic", "forbids": 252, "of": 277},
        {"rule": "room-overlap", "because_of": "room:r1", "forbids": 23, "of": 277},
        {"rule": "at-night", "because_of": "", "forbids": 2, "of": 277},
    )
    assert "at-night (all 100%)" in why.html().source
    assert "What forbids placements" in why.html().source
    assert methodcaller("_repr_html_")(why) == notebook(why.html())


LOOK = """\
session:x: 13 of 277 placements are free

rule          │ forbids (placements) │    share │ most of it because of
━━━━━━━━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━┿━━━━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━
opening-hours │                  252 │      90% │ center:mic 100%
room-overlap  │                   23 │       8% │ room:r1 100%
at-night      │                    2 │ under 1% │ all 100%"""


@rule("at-night", "hard", law="Ghosts walk at midnight.", scope="timetable")
def at_night(sessions: tuple[Session, ...]) -> bool:
    """True if any session starts in the first ten minutes of a day."""
    return any(each.slot is not None and each.slot.start.strftime("%H%M") < "0010"
               for each in sessions)  # fmt: skip


RULES = (*SCHEDULE_RULES, at_night)


def test_shares_are_rounded_down() -> None:
    """Shares are rounded down, below 1% in words; the label cited most has its own share."""
    why = WhyNot(
        session_id="x", placements=200, free=0,
        rules=(
            Blocks(code="all", placements=200, by=(("room:q", 150), ("room:r", 50))),
            Blocks(code="few", placements=2, by=(("person:p", 1), ("person:q", 1))),
            Blocks(code="one", placements=1, by=(("", 1),)),
        ),
    )  # fmt: skip
    shares = [[part.strip() for part in line.split("│")] for line in str(why).splitlines()[4:]]
    assert shares == [
        ["all", "200", "100%", "room:q 75%"],
        ["few", "2", "1%", "person:p 50%"],
        ["one", "1", "under 1%", "all 100%"],
    ]
    html = why.html().source
    assert "all (room:q 75%)" in html
    assert "placements it forbids" in html
    assert "2 of 200" in html


def test_a_plan_counts_the_same_for_an_unplaced_session() -> None:
    """An unplaced session of a plan has the same counts as `why_not` finds in the recorded plan."""
    asked = [session(f"x{n}", edition_id="e", minutes=180, module_id="m1") for n in range(2)]
    made = plan(world(*asked), ("x0", "x1"), window=WEEK, step=HOUR)
    assert len(made.unplaced) == 1
    left = made.unplaced[0]
    why = why_not(made.portfolio, left.session_id, window=WEEK, step=HOUR)
    assert (left.placements, left.free) == (why.placements, why.free) == (22, 0)
    assert left.rules == tuple((each.code, each.placements) for each in why.rules)
    assert dict(left.rules)["audience-overlap"] == 5


@attrs.frozen
class Terms:
    """A hard rule made of given terms."""

    listed: tuple[Term, ...]
    weight: int = 1

    @property
    def entry(self) -> Entry:
        """An entry."""
        return Entry(
            code="terms",
            level="hard",
            law="They hold.",
            why="They are asked for.",
            source="a test",
            sentence="{subjects}",
            mend="move it",
        )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The terms."""
        yield from self.listed


def test_a_session_that_must_follow_itself_has_no_placement() -> None:
    """A session on both sides of a precedence breaks it at every start."""
    portfolio = world(session("a", "09:00"), session("x"))
    itself = Terms((Arcs(firsts=(0, 1), seconds=(1,)),))
    why = why_not(portfolio, "x", window=WEEK, step=HOUR, rules=(itself,))
    assert (by_code(why), why.placements) == ({"terms": (24, {"session:x": 24})}, 24)
    assert len(why_not(portfolio, "x", slot("10:00"), "r1", rules=(itself,)).findings) == 1


def test_sums_by_room_count_only_what_is_in_one() -> None:
    """A session without a room, such as an online one, counts in no bucket by room."""
    portfolio = world(
        room("r0"), session("a", "09:00", room_id="r1"), session("b", "09:00"), session("x"),
        session("y", mode="online"),
    )  # fmt: skip
    group = Group(label="all", sessions=(0, 1, 2, 3), limit=4)
    amounts = (3, 9, 2, 9)
    term = Bucket(
        groups=(group,), per="room", amount=amounts.__getitem__,
        cost=lambda total, limit: max(0, total - limit),
    )  # fmt: skip
    for id, blocked in (("x", {"terms": (24, {"all": 24})}), ("y", {})):
        why = why_not(portfolio, id, window=WEEK, step=HOUR, rules=(Terms((term,)),))
        assert by_code(why) == blocked


def test_a_full_day_is_forbidden_to_its_group_alone() -> None:
    """A limit of two a day forbids the third session of an edition all starts of that day."""
    full = [session(f"a{n}", f"1{n}:00", room_id="r1", edition_id="e") for n in range(2)]
    portfolio = world(*full, session("x", edition_id="e"), session("y"))
    most = MaxPerDay(most=2, level="hard")
    assert by_code(reasons(portfolio, "x", most))["max-per-day"] == (24, {"edition:e": 24})
    assert "max-per-day" not in by_code(reasons(portfolio, "y", most))


def test_a_cost_that_another_label_makes_up_for_forbids_nothing() -> None:
    """A rule forbids a placement by its cost over all labels, here 1 more in one and 1 less."""
    portfolio = world(session("a", "09:00"), session("x"))
    alone, both = (
        Group(label="alone", sessions=(1,), limit=1), Group(label="both", sessions=(0, 1), limit=2)
    )  # fmt: skip
    term = Bucket(
        groups=(alone, both), per="day",
        cost=lambda total, limit: total if limit == 1 else int(total == 1),
    )  # fmt: skip
    why = why_not(portfolio, "x", window=WEEK, step=HOUR, rules=(Terms((term,)),))
    assert (why.free, why.rules) == (why.placements, ())


def test_a_function_of_pairs_is_called_with_the_session_only() -> None:
    """The findings of one placement come from pairs with the session, not from other pairs."""
    portfolio = world(session("a", "09:00"), session("b", "09:00"), session("x"))
    group = Group(label="all", sessions=(0, 1, 2))
    term = Function(
        groups=(group,), scope="pair", cost=lambda pair: len(pair) - 1, facts=lambda _: {}
    )
    found = why_not(portfolio, "x", slot("10:00"), "r1", rules=(Terms((term,)),)).findings
    pairs = [[each for each in one.subjects if each.startswith("session:")] for one in found]
    assert pairs == [["session:a", "session:x"], ["session:b", "session:x"]]
