"""Details of causes: what a room lacks, and who takes it."""

from datetime import date, timedelta

import attrs

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Center, Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.infeasibility.corrections import ConflictSet
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.overlap import ParticipantOverlap
from tests.scheduling.nouns import DAY, edition, flat, gives, people, room, seat, session, slot

HOUR = timedelta(hours=1)
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Su 09:00-12:00"),
)  # fmt: skip
ON = Period.days(DAY, DAY)


def sets_of(*nouns: Noun) -> tuple[ConflictSet, ...]:
    """The conflict sets of the sessions x and y on one morning."""
    known = Portfolio.of(CENTER, *nouns)
    ids = tuple(each for each in ("x", "y") if known.find("session", each) is not None)
    return explain_infeasible(known, ids, window=ON, step=HOUR).conflict_sets


def test_seats_and_features_name_the_rooms_and_what_they_lack() -> None:
    """Each unsuited room has its seats of those needed, or the features that it lacks."""
    rooms = (room("lab", seats=20, features=("vr",)), room("hall", seats=50))
    (crowd,) = sets_of(*rooms, session("x", expected=99))
    assert crowd.because == ("room-seats (room:hall has 50 of 99, room:lab has 20 of 99)",)
    (laser,) = sets_of(*rooms, session("x", needs=("laser", "vr")))
    assert laser.because == ("room-features (room:hall lacks laser and vr, room:lab lacks laser)",)


def test_of_many_rooms_a_detail_names_three() -> None:
    """The rest is a number."""
    (crowd,) = sets_of(*(room(f"r{n}", seats=9) for n in range(5)), session("x", expected=10))
    assert crowd.because == (
        "room-seats (room:r0 has 9 of 10, room:r1 has 9 of 10, room:r2 has 9 of 10, and 2 more)",
    )


def test_a_fixed_session_that_blocks_is_named() -> None:
    """The session in the room, or with the trainer, at that time is there; another day is not."""
    block = session("block", slot("09:00", 180), room_id="r")
    later = session("later", slot("09:00", 180, day=date(2014, 12, 1)), room_id="r")
    (full,) = sets_of(room("r"), block, later, session("x"))
    assert "room-overlap of room:r (session:block is there)" in full.because
    away = attrs.evolve(block, room_id=None, mode="online")
    (busy,) = sets_of(
        room("r"), *people("ann"), away, gives("ann", "block"), session("x"), gives("ann", "x")
    )  # fmt: skip
    assert "person-overlap of person:ann (session:block is there)" in busy.because


def test_a_participant_who_is_short_of_time_is_no_trainer() -> None:
    """Hours that a participant lacks are those of a group, not of a trainer."""
    nouns = flat(
        [
            CENTER, room("r"), room("s"), *people("eve"), edition("e", ON), edition("f", ON),
            seat("eve", "e"), seat("eve", "f"),
            session("x", minutes=120, edition_id="e"), session("y", minutes=120, edition_id="f"),
        ]
    )  # fmt: skip
    rules = (*SCHEDULE_RULES, ParticipantOverlap(level="hard"))
    found = explain_infeasible(Portfolio.of(*nouns), ("x", "y"), window=ON, step=HOUR, rules=rules)
    assert found.verdict == "impossible"
    kinds = {each.kind for each in found.shortages}
    assert "trainer" not in kinds


def test_a_set_that_no_single_correction_mends_says_so() -> None:
    """Where each trial failed, the text has no request."""
    one = ConflictSet(sessions=("session:a",), causes=(), corrections=())
    assert one.mends == ()
    assert str(one).endswith("no single correction was found that would mend this set")


def test_in_a_large_scope_corrections_are_tried_on_the_set_alone() -> None:
    """Of more than 200 sessions it is not said whether all could be placed then."""
    long = Period.days(date(2014, 1, 1), date(2014, 12, 31))
    many = [session(f"s{n}", minutes=60) for n in range(200)]
    known = Portfolio.of(CENTER, room("r"), *many, session("x", expected=99))
    found = explain_infeasible(known, "mic", window=long, step=HOUR)
    (crowd,) = found.conflict_sets
    assert crowd.mends == ("leave it out", "relax room-seats")
    assert crowd.mends_all == ()
