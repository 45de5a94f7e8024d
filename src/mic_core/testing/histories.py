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
    others: int = 12,
) -> SearchStrategy[Portfolio]:
    """Portfolios with a history, of any content or, if `coherent`, of valid content.

    Without `coherent`, each of up to `batches` batches holds up to `values` nouns of any kind, and
    references may dangle, as in a document from anywhere.

    With it, the following holds at every instant of the history: references have a target, statuses
    follow their tables, rooms and series belong to the center of their sessions, modules to the
    program of their edition, and persons attend sessions in which they are enrolled. Sessions lie
    near the changes of clocks of their center, some across midnight, and may clash. The numbers are
    upper bounds: `rooms` of each center, `sessions` of each edition, `others` of all other kinds
    together.

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
