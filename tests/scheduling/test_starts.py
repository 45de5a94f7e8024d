"""Laws of starts: what one verb calls impossible, no other can do, also at odd minutes.

The oracle is brute force: sessions are recorded at every minute, and `check` evaluates them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.model import Availability, Noun, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.planning.proposal import recorded
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules import SCHEDULE_RULES
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
        shown = draw(st.sampled_from(["first", "second"])) if day == FALL else "first"
        return Slot.at(day, text, timedelta(minutes=minutes), PLACE, ambiguous=shown)

    closes = opens + 5 * draw(st.integers(5, 20))
    hours = f"Mo-Su {opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    lengths = st.sampled_from([20, 25, 30, 45, 50, 90])
    number = draw(st.integers(1, 2))
    ids = tuple(f"s{n}" for n in range(number))
    nouns: list[Noun] = [
        *people("ann"), program(module("m0"), module("m1", requires=("m0",))),
        *(session(id, minutes=draw(lengths), edition_id=None, audience=draw(AUDIENCES)) for id in ids),
        *(gives("ann", id) for id in ids if draw(st.booleans())),
    ]  # fmt: skip
    if draw(st.booleans()):
        nouns.append(room("q", concurrency=2))
    for n in range(draw(st.integers(0, 2))):
        length = draw(lengths)
        fixed = session(f"f{n}", slot(draw(odd), length), room_id="r", audience=draw(AUDIENCES))
        nouns += [fixed, *([gives("ann", f"f{n}")] if draw(st.booleans()) else [])]
    for n in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["unavailable", "unavailable", "available"]))
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
    id, others = ids[0], ids[1:]
    found = suggest(portfolio, id, most=None, window=window(day), step=step, rules=rules)
    for each in found:
        assert is_sound(recorded(portfolio, each.changes), rules)
    free = free_places(portfolio, id, rules, day)
    assert bool(free) is bool(found.free)
    assert found.finer is None
    told = why_not(portfolio, id, window=window(day), step=step, rules=rules)
    assert (told.free, told.finer) == (found.free, None)
    known = {(each.slot, each.room_id) for each in free}
    offered = {(each.slot, each.room_id) for each in found}
    assert offered <= known
    for each in free[:3]:
        assert why_not(portfolio, id, each.slot, each.room_id, rules=rules).free == 1
    made = plan(portfolio, (id,), window=window(day), step=step, rules=rules)
    assert bool(made.unplaced) is not bool(free)
    assert explain_infeasible(
        portfolio, (id,), window=window(day), step=step, rules=rules
    ).verdict == ("possible" if free else "impossible")
    assert not others or len(ids) == 2


@one_in(4)
@given(worlds(), STEPS)
def test_what_is_called_impossible_no_verb_can_do(
    world: tuple[Portfolio, tuple[str, ...], tuple[ScheduleRule, ...], date], step: timedelta
) -> None:
    """A proof holds for all starts at five minutes; a plan found denies it, and keeps the rules."""
    portfolio, ids, rules, day = world
    options = {"window": window(day), "step": step, "rules": rules}
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
    """Sessions in bad places that a repair mends can be placed; one that is left out alone cannot."""
    portfolio, ids, rules, day = world
    night = datetime.combine(day, time(20), ZoneInfo(PLACE)).astimezone(UTC)
    broken = recorded(portfolio, [
        placed(portfolio.get(Session, id), night + n * timedelta(hours=1), "r")
        for n, id in enumerate(ids)
    ])  # fmt: skip
    options = {"window": window(day), "step": step, "rules": rules}
    mended = repair(broken, ids, **options)
    found = explain_infeasible(broken, ids, free=ids, **options)
    assert is_sound(mended.portfolio, rules)
    if not mended.unplaced:
        assert found.verdict == "possible"
    if len(ids) == 1:
        assert bool(mended.unplaced) is (found.verdict == "impossible")
