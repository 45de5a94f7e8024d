"""Laws of starts: what one verb calls impossible, no other can do, also at odd minutes.

The oracle is brute force: sessions are recorded at every minute, and `check` evaluates them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.chrono import Period, Preference, Slot, WeeklyHours
from mic_core.model import Availability, Noun, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.openings import kept_openings
from mic_core.scheduling.problem.time_axis import Grid
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.groups import Of
from mic_core.scheduling.rules.order import MinGap
from tests.budget import one_in
from tests.scheduling.nouns import DAY, MIC, PLACE, gives, module, people, program, room, session

MINUTE = timedelta(minutes=1)
FALL = date(2014, 10, 26)  # the clocks show the hour from two twice
RULES = tuple(SCHEDULE_RULES)


def window(day: date = DAY) -> Period:
    """One day."""
    return Period.days(day, day)


def opened(hours: str, *nouns: Noun) -> Portfolio:
    """A center with opening hours, a room, and more."""
    return Portfolio.of(attrs.evolve(MIC, opening_hours=WeeklyHours.parse(hours)), room(), *nouns)


def is_sound(portfolio: Portfolio, rules: Sequence[ScheduleRule]) -> bool:
    """True if `check` finds no error."""
    return not any(each.severity == "error" for each in check(portfolio, rules=rules).findings)


def minutes_of(day: date, every: int = 1) -> Iterator[datetime]:
    """All instants of the hours in which anything may be open, on whole minutes, in UTC."""
    opens = time(1) if day == FALL else time(9)
    at = datetime.combine(day, opens, ZoneInfo(PLACE)).astimezone(UTC)
    ends = at + timedelta(hours=3)
    while at < ends:
        yield at
        at += every * MINUTE


def placed(each: Session, at: datetime, room_id: str | None) -> Session:
    """A session from an instant on, in a room."""
    place = ZoneInfo(PLACE)
    slot = Slot(at.astimezone(place), (at + each.length).astimezone(place))
    return attrs.evolve(each, slot=slot, room_id=room_id)


def free_places(
    portfolio: Portfolio, id: str, rules: Sequence[ScheduleRule], day: date, every: int = 1
) -> list[Session]:
    """The session in every start and room in which `check` finds no error."""
    asked = portfolio.get(Session, id)
    rooms = sorted(each.id for each in portfolio.all(Room))
    every_place = (placed(asked, at, id) for at in minutes_of(day, every) for id in rooms)
    return [each for each in every_place if is_sound(recorded(portfolio, [each]), rules)]


def can_place_all(
    portfolio: Portfolio, ids: Sequence[str], rules: Sequence[ScheduleRule], day: date
) -> bool:
    """True if all sessions have a place together, each at a multiple of five minutes."""
    choices = [free_places(portfolio, id, rules, day, every=5) for id in ids]
    return any(is_sound(recorded(portfolio, some), rules) for some in product(*choices))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Portfolio, tuple[str, ...], tuple[ScheduleRule, ...], date]:
    """A few sessions to place on a short day at odd minutes, beside fixed ones and absences."""
    day = draw(st.sampled_from([DAY, DAY, FALL]))
    opens = (60 if day == FALL else 540) + 5 * draw(st.integers(0, 4))
    odd = st.integers(0, 24).map(lambda n: opens + 5 * n)

    def slot(start: int, minutes: int) -> Slot:
        text = f"{start // 60:02}:{start % 60:02}"
        lasts = timedelta(minutes=minutes)
        if day == FALL and draw(st.booleans()):
            return Slot.at(day, text, lasts, PLACE, ambiguous="second")
        return Slot.at(day, text, lasts, PLACE, ambiguous="first")

    closes = opens + 5 * draw(st.integers(5, 20))
    hours = f"Mo-Su {opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    lengths = st.sampled_from([20, 25, 30, 45, 50, 90])
    number = draw(st.integers(1, 2))
    ids = tuple(f"s{n}" for n in range(number))
    nouns: list[Noun] = [
        *people("ann"), program(module("m0"), module("m1", requires=("m0",))),
        *(session(id, minutes=draw(lengths), audience=draw(AUDIENCES)) for id in ids),
        *(gives("ann", id) for id in ids if draw(st.booleans())),
    ]  # fmt: skip
    if draw(st.booleans()):
        nouns.append(room("q", concurrency=2))
    for n in range(draw(st.integers(0, 2))):
        length = draw(lengths)
        fixed = session(f"f{n}", slot(draw(odd), length), room_id="r", audience=draw(AUDIENCES))
        nouns += [fixed, *([gives("ann", f"f{n}")] if draw(st.booleans()) else [])]
    for n in range(draw(st.integers(0, 2))):
        kind: Preference = draw(st.sampled_from(["unavailable", "unavailable", "available"]))
        subject = draw(st.sampled_from(["room:r", "person:ann", "session:s0"]))
        when = slot(draw(odd), draw(st.sampled_from([20, 35, 60])))
        nouns.append(Availability(id=f"a{n}", subject=subject, preference=kind, slot=when))
    portfolio = opened(hours, *nouns)
    rules: tuple[ScheduleRule, ...] = RULES
    if draw(st.booleans()):
        gap = draw(st.sampled_from([5, 10, 20]))
        rules = (
            *rules,
            MinGap(minutes=gap, of=draw(st.sampled_from(["room", "audience"])), level="hard"),
        )
    assume(is_sound(portfolio, rules))
    return portfolio, ids, rules, day


AUDIENCES = st.sampled_from([(), (), ("ann",)])
STEPS = st.sampled_from([15, 30, 60]).map(lambda n: n * MINUTE)


@one_in(2)
@given(worlds(), STEPS)
def test_one_session_without_a_suggestion_has_no_place_at_any_minute(
    world: tuple[Portfolio, tuple[str, ...], tuple[ScheduleRule, ...], date], step: timedelta
) -> None:
    """All suggestions keep the rules; there is one wherever any minute does, whatever the step."""
    portfolio, ids, rules, day = world
    id = ids[0]
    found = suggest(portfolio, id, most=None, window=window(day), step=step, rules=rules)
    for each in found:
        assert is_sound(recorded(portfolio, each.changes), rules)
    free = free_places(portfolio, id, rules, day)
    assert bool(free) is bool(found.free)
    assert found.finer is None
    told = why_not(portfolio, id, window=window(day), step=step, rules=rules)
    assert (told.free, told.finer) == (found.free, None)
    known = {(one.slot, one.room_id) for one in free}
    offered = {(each.slot, each.room_id) for each in found}
    assert offered <= known
    for at in free[:3]:
        assert why_not(portfolio, id, at.slot, at.room_id, rules=rules).free == 1
    made = plan(portfolio, (id,), window=window(day), step=step, rules=rules)
    assert bool(made.unplaced) is not bool(free)
    assert explain_infeasible(
        portfolio, (id,), window=window(day), step=step, rules=rules
    ).verdict == ("possible" if free else "impossible")


@one_in(4)
@given(worlds(), STEPS)
def test_what_is_called_impossible_no_verb_can_do(
    world: tuple[Portfolio, tuple[str, ...], tuple[ScheduleRule, ...], date], step: timedelta
) -> None:
    """A proof holds for all starts at five minutes; a plan found denies it, and keeps the rules."""
    portfolio, ids, rules, day = world
    options: dict[str, Any] = {"window": window(day), "step": step, "rules": rules}
    found = explain_infeasible(portfolio, ids, **options)
    made = plan(portfolio, ids, **options)
    assert is_sound(made.portfolio, rules)
    assert made.unplaced or found.verdict == "possible"
    possible = can_place_all(portfolio, ids, rules, day)
    if found.verdict != "open":
        assert (found.verdict == "possible") is possible
    assert (found.plan is not None) is (found.verdict == "possible")
    by_step = [each for each in found.conflict_sets if each.causes[-1].code == "step"]
    if found.verdict == "open":
        assert by_step == list(found.conflict_sets)
        assert not found.shortages
    for each in by_step:
        if each.finer is not None and each.minimal:
            assert f"take a step of {each.finer // MINUTE} minute" in str(each)
            assert each.finer < step


@one_in(4)
@given(worlds(), STEPS)
def test_a_repair_that_keeps_the_rules_denies_an_impossibility(
    world: tuple[Portfolio, tuple[str, ...], tuple[ScheduleRule, ...], date], step: timedelta
) -> None:
    """Sessions that a repair mends can be placed; a single one that it leaves out cannot."""
    portfolio, ids, rules, day = world
    night = datetime.combine(day, time(20), ZoneInfo(PLACE)).astimezone(UTC)
    broken = recorded(portfolio, [
        placed(portfolio.get(Session, id), night + n * timedelta(hours=1), "r")
        for n, id in enumerate(ids)
    ])  # fmt: skip
    options: dict[str, Any] = {"window": window(day), "step": step, "rules": rules}
    mended = repair(broken, ids, **options)
    found = explain_infeasible(broken, ids, free=ids, **options)
    assert is_sound(mended.portfolio, rules)
    if not mended.unplaced:
        assert found.verdict == "possible"
    if len(ids) == 1:
        assert bool(mended.unplaced) is (found.verdict == "impossible")


TUESDAY = date(2014, 9, 9)


def test_a_session_that_fits_the_opening_hours_only_off_the_step_is_placed_there() -> None:
    """All verbs know the start at 09:05, where the center opens for just as long as it lasts."""
    known = opened("Tu 09:05-10:35", session("a", minutes=90))
    week = Period.days(TUESDAY, TUESDAY + timedelta(days=4))
    (only,) = suggest(known, "a", window=week)
    assert str(only.slot) == "Tue 9 Sep 2014 09:05-10:35 Europe/Brussels"
    assert why_not(known, "a", window=week).free == 1
    assert plan(known, "mic", window=week).rows()[0]["start"] == "2014-09-09T09:05+02:00"
    assert explain_infeasible(known, "mic", window=week).verdict == "possible"


def test_lessons_of_a_school_begin_with_each_block() -> None:
    """Three lessons start at 09:05, 10:45 and 13:20, where the blocks of a day begin."""
    hours = "Tu 09:05-10:35,10:45-12:15,13:20-14:50"
    known = opened(hours, *(session(f"s{n}", minutes=90) for n in range(3)))
    made = plan(known, "mic", window=window(TUESDAY))
    assert sorted(str(row["start"])[11:16] for row in made.rows()) == ["09:05", "10:45", "13:20"]


def test_openings_are_where_absences_closures_and_fixed_sessions_end() -> None:
    """A session starts at the minute at which a room is free again, or a trainer is back."""
    away = Availability(
        id="away", subject="person:ann", preference="unavailable",
        slot=Slot.at(TUESDAY, "09:00", 37 * MINUTE, PLACE),
    )  # fmt: skip
    ends = Slot.at(TUESDAY, "09:00", timedelta(minutes=52), PLACE)
    known = opened(
        "Tu 09:00-10:52", *people("ann"), gives("ann", "a"), away,
        session("a"), session("f", ends, room_id="r"),
    )  # fmt: skip
    (only,) = suggest(known, "a", window=window(TUESDAY))
    assert f"{only.slot.start:%H:%M}" == "09:52"
    lone = opened("Tu 09:00-10:37", *people("ann"), gives("ann", "a"), away, session("a"))
    assert str(plan(lone, "mic", window=window(TUESDAY)).rows()[0]["start"])[11:16] == "09:37"


def test_two_in_a_row_need_a_finer_step_which_is_named() -> None:
    """What fails on the step alone is not proved; the step is a cause, and a finer one mends it."""
    known = opened("Tu 09:05-10:45", *(session(f"s{n}", minutes=50) for n in range(2)))
    found = explain_infeasible(known, "mic", window=window(TUESDAY))
    (only,) = found.conflict_sets
    assert found.verdict == "open"
    assert not found.shortages
    assert only.causes[-1] == Cause("step", "15 minutes")
    assert only.finer == 5 * MINUTE
    assert only.minimal
    assert only.mends[-1] == "take a step of 5 minutes"
    finer = explain_infeasible(known, "mic", window=window(TUESDAY), step=5 * MINUTE)
    assert finer.verdict == "possible"


def test_a_third_in_a_row_is_impossible_at_any_step() -> None:
    """Where a proof holds at any start, the analysis is that of the finer starts, and proved."""
    known = opened("Tu 09:05-10:45", *(session(f"s{n}", minutes=50) for n in range(3)))
    found = explain_infeasible(known, "mic", window=window(TUESDAY))
    assert found.verdict == "impossible"
    assert str(found.shortages[0]) == (
        "rooms, room:r: 3 sessions of 2 h 30 min in 1 h 40 min, at most 2 fit"
    )


@rule("on-the-seventh", "hard", law="Sessions start at seven past.")
def on_the_seventh(one: Session) -> bool:
    """True if a session starts at another minute."""
    return one.slot is not None and one.slot.start.minute != 7


@rule("never", "hard", law="Nothing takes place.")
def never(one: Session) -> bool:
    """True if it has a slot."""
    return one.slot is not None


def test_the_step_is_named_where_only_a_function_of_users_asks_for_another_one() -> None:
    """No opening tells where a function is kept: each verb names the step that would do."""
    known = opened("Tu 09:00-12:00", session("a"))
    options: dict[str, Any] = {"window": window(TUESDAY), "rules": (*RULES, on_the_seventh)}
    found = suggest(known, "a", **options)
    assert (found.free, found.finer) == (0, MINUTE)
    assert str(found).endswith("0 are shown; with a step of 1 minute some would be free")
    told = why_not(known, "a", **options)
    assert (told.free, told.finer) == (0, MINUTE)
    assert "placements are free; with a step of 1 minute some would be free" in str(told)
    seen = explain_infeasible(known, "mic", **options)
    assert seen.verdict == "open"
    assert seen.conflict_sets[0].mends[-1] == "take a step of 1 minute"


def test_no_step_is_named_where_none_helps() -> None:
    """What fails at every minute is called impossible, and no finer step is offered."""
    known = opened("Tu 09:00-12:00", session("a"))
    options: dict[str, Any] = {"window": window(TUESDAY), "rules": (*RULES, never)}
    assert suggest(known, "a", **options).finer is None
    assert why_not(known, "a", **options).finer is None
    assert explain_infeasible(known, "mic", **options).verdict == "impossible"


def test_functions_are_not_called_at_every_minute_of_a_year() -> None:
    """Where a function would be called too often, nothing is said of a finer step."""
    known = opened("Mo-Su 00:00-24:00", session("a"))
    year = Period.year(2014)
    assert suggest(known, "a", window=year, rules=(*RULES, never)).finer is None
    assert (
        suggest(
            known,
            "a",
            window=Period.days(date(2014, 1, 1), date(2017, 1, 1)),
            rules=(*RULES, never),
        ).finer
        is None
    )


def test_a_start_in_the_hour_that_clocks_show_twice_is_found() -> None:
    """A center that opens for the second hour from two only can be used then."""
    second = Slot.at(FALL, "02:00", 60 * MINUTE, PLACE, ambiguous="second")
    known = opened(
        "Mo-Su 00:00-24:00", session("a"),
        Availability(id="a", subject="session:a", preference="available", slot=second),
    )  # fmt: skip
    (only,) = suggest(known, "a", window=window(FALL))
    assert only.slot == second
    assert plan(known, "mic", window=window(FALL)).unplaced == ()


def test_two_in_the_hour_that_clocks_show_twice_take_slots_by_hand() -> None:
    """No step helps where the second start is in the hour that is shown again."""
    second = Slot.at(FALL, "02:00", 60 * MINUTE, PLACE, ambiguous="second")
    known = opened(
        "Mo-Su 00:00-24:00", *(session(f"s{n}", minutes=30) for n in range(2)),
        Availability(id="a", subject="room:r", preference="available", slot=second),
    )  # fmt: skip
    found = explain_infeasible(known, "mic", window=window(FALL))
    assert found.verdict == "open"
    assert found.conflict_sets[0].mends[-1] == "give slots off the step by hand"


def test_seconds_refine_the_starts_no_further_than_there_is_room() -> None:
    """Openings off whole minutes are left out of a long plan, and nothing is called proved then."""
    at = Slot.at(TUESDAY, "09:00", timedelta(seconds=601), PLACE)
    away = Availability(id="x", subject="room:r", preference="unavailable", slot=at)
    known = opened("Mo-Su 09:00-09:20", session("a", minutes=10), away)
    year = explain_infeasible(known, "mic", window=window(TUESDAY))
    assert year.verdict == "impossible"
    short = opened("Mo-Su 09:00-09:21", session("a", minutes=10), away)
    assert explain_infeasible(short, "mic", window=window(TUESDAY)).verdict == "possible"


def test_openings_that_would_refine_a_long_grid_too_far_are_dropped() -> None:
    """A grid stays small: seconds are dropped first, then odd minutes; multiples of 5 stay."""
    minute = 60_000_000
    grid = Grid(low=0, unit=15 * minute, size=400_000)
    kept = kept_openings([5 * minute, 7 * minute, 7 * minute + 1], grid)
    assert kept == frozenset()
    short = Grid(low=0, unit=15 * minute, size=40_000)
    assert kept_openings([5 * minute, 7 * minute + 1], short) == {5 * minute}
    middle = Grid(low=0, unit=15 * minute, size=300_000)
    assert kept_openings([5 * minute, 7 * minute], middle) == {5 * minute}
    assert kept_openings([], grid) == frozenset()


@pytest.mark.parametrize("of", ["room", "person", "all"])
def test_an_opening_is_a_minimum_gap_after_a_fixed_session(of: Of) -> None:
    """After a session that ends at 09:20 the next one of its group starts at 09:27."""
    fixed = Slot.at(TUESDAY, "09:00", 20 * MINUTE, PLACE)
    known = opened(
        "Tu 09:00-10:27", *people("ann"), gives("ann", "a"), gives("ann", "f"),
        session("a"), session("f", fixed, room_id="r"),
    )  # fmt: skip
    rules = (*RULES, MinGap(minutes=7, of=of, level="hard"))
    (only,) = suggest(known, "a", window=window(TUESDAY), rules=rules)
    made = plan(known, "mic", window=window(TUESDAY), rules=rules)
    assert f"{only.slot.start:%H:%M}" == "09:27"
    assert str(made.rows()[0]["start"])[11:16] == "09:27"
