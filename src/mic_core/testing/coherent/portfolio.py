"""Coherent portfolios: references and statuses are valid at every instant of their history.

Nouns are drawn in the order of their references, so that no draw is rejected.
"""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mic_core.model import Program
from mic_core.portfolio import Portfolio
from mic_core.testing.coherent.facts import draw_facts
from mic_core.testing.coherent.growing import Growing, Sizes
from mic_core.testing.coherent.offers import place, run
from mic_core.testing.coherent.people import enrollments, people
from mic_core.testing.coherent.records import batches
from mic_core.testing.coherent.series import draw_series
from mic_core.testing.coherent.sessions import edition_sessions


@st.composite
def coherent_portfolios(draw: DrawFn, sizes: Sizes) -> Portfolio:
    """Draw a coherent portfolio, as `portfolios` describes it."""
    growing = Growing(draw)
    # Most portfolios are busy: they hold at least one noun of each kind that sessions need.
    least = 1 if growing.below(8) else 0
    homes = growing.several(lambda: place(growing, sizes, least), max(1, sizes.centers), 1)
    staff = people(growing, sizes, 2 * least)
    programs: list[Program] = []
    offers = growing.several(lambda: run(growing, homes, programs), sizes.editions, least)
    for each in offers:
        edition_sessions(growing, each, homes, sizes, 2 * least)
    for home in homes:
        if sizes.sessions and growing.one_in(3):
            draw_series(growing, home)
    for each in offers:
        enrollments(growing, each, staff, sizes, least)
    draw_facts(growing, homes[0], sizes)
    return Portfolio.replay(batches(growing, homes, sizes.batches))
