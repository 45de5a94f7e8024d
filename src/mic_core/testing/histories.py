"""Strategies for portfolios: any history, or a coherent one."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.portfolio import Portfolio
from mic_core.testing.coherent.growing import Sizes
from mic_core.testing.coherent.portfolio import coherent_portfolios
from mic_core.testing.results import batches as any_batches


def portfolios(
    *,
    coherent: bool = False,
    batches: int = 4,
    values: int = 6,
    centers: int = 2,
    rooms: int = 2,
    persons: int = 5,
    organizations: int = 2,
    editions: int = 2,
    sessions: int = 5,
    others: int = 16,
) -> SearchStrategy[Portfolio]:
    """Portfolios with a history, of any content or, if `coherent`, of valid content.

    Without `coherent`, each of up to `batches` batches holds up to `values` nouns of any kind, and
    references may dangle, as in a document from anywhere.

    With it, references have a target and statuses follow their tables, at every instant of the
    history; all else may be as right or wrong as in life, so that rules have something to find.
    Sessions lie near changes of clocks, by day and at the edges of opening hours, at the same time
    as others, right after them, or a minute off. Some are held, cancelled, moved, given another
    room, or entered twice; rooms and persons have several at once, and rooms too few seats. People
    enroll, are suspended, leave and come again; some attend without a seat. Facts about money and
    outcomes agree or contradict each other. Batches record facts early or late, change some, and
    take some back.

    The numbers are upper bounds: `rooms` of each center, `sessions` of each edition, `others` of
    the draws of all other kinds, each of which adds a few nouns. Seven of eight portfolios hold at
    least one noun of each kind that is allowed and that sessions need.

    >>> from hypothesis import given, settings
    >>> from mic_core.model import Room
    >>> @settings(max_examples=5)
    ... @given(portfolios(coherent=True, centers=1, rooms=3))
    ... def test_there_are_few_rooms(portfolio: Portfolio) -> None:
    ...     assert len(portfolio.all(Room)) <= 3
    >>> test_there_are_few_rooms()
    """
    if coherent:
        sizes = Sizes(centers, rooms, persons, organizations, editions, sessions, others, batches)
        return coherent_portfolios(sizes)
    return st.lists(any_batches(values), max_size=batches).map(Portfolio.replay)
