"""The timetable of a portfolio in which one session is put elsewhere."""

from collections.abc import Sequence

import attrs
from hypothesis import given
from hypothesis import strategies as st

from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.ground.ground import recorded
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import session, slot, worlds

COLUMNS = (
    "sessions", "placed", "slots", "starts", "ends", "days", "minutes", "names", "numbers",
    "rooms", "centers", "editions", "modules", "audiences", "sessions_by_person",
    "sessions_by_room", "sessions_by_module", "places", "duplicates",
)  # fmt: skip


def columns(table: Timetable) -> dict[str, object]:
    """All that a timetable tells."""
    return {name: getattr(table, name) for name in COLUMNS}


@given(worlds(), st.data())
def test_a_session_put_elsewhere_is_as_if_recorded(
    nouns: Sequence[Noun], data: st.DataObject
) -> None:
    """Every column is that of the portfolio with the session recorded so, read before or not."""
    portfolio = Portfolio.of(*nouns)
    table = timetable_of(portfolio)
    if not table.sessions:
        return
    for name in data.draw(st.lists(st.sampled_from(COLUMNS), max_size=6)):
        getattr(table, name)
    n = data.draw(st.integers(0, len(table.sessions) - 1))
    before = table.sessions[n]
    when = data.draw(st.sampled_from([None, slot("10:00", before.length.seconds // 60 or 1560)]))
    minutes = before.length if when is None else when.length
    after = attrs.evolve(before, slot=when, length=minutes, room_id="r1")
    assert columns(table.put(n, after)) == columns(timetable_of(recorded(portfolio, [after])))


def test_without_its_center_a_session_goes_by_the_clocks_of_its_slot() -> None:
    """A session of a center that nobody knows is read where its slot is told."""
    lost = session("s", slot("10:00", place="Europe/Lisbon"), center_id="gone")
    table = timetable_of(Portfolio.of(lost))
    assert table.minutes == [600]
    moved = attrs.evolve(lost, slot=slot("10:00", place="Europe/Brussels"))
    assert table.put(0, moved).minutes == [600]
    assert table.minutes == [600]
