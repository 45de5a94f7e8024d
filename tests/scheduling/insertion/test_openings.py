"""The openings of one session: the starts off the step that calendars and sessions leave."""

from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import complement, union
from mic_core.scheduling.insertion.openings import gap_starts

_WINDOW = (0, 40)


@given(st.lists(st.tuples(st.integers(-5, 45), st.integers(1, 9)), max_size=8), st.integers(1, 12))
def test_openings_begin_the_free_intervals(sessions: list[tuple[int, int]], length: int) -> None:
    """Busy intervals leave the starts of all free intervals of a window that are long enough."""
    busy = [(start, start + lasts) for start, lasts in sessions]
    low, high = _WINDOW
    found = {at for at in gap_starts(busy, length) if low < at <= high - length}
    free = complement(union(busy), _WINDOW)
    assert found == {start for start, end in free if end - start >= length} - {low}
