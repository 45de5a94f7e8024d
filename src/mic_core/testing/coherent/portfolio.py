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
from mic_core.testing.coherent.records import draw_batches
from mic_core.testing.coherent.series import draw_series
from mic_core.testing.coherent.sessions import edition_session


@st.composite
def coherent_portfolios(draw: DrawFn, sizes: Sizes) -> Portfolio:
    """Draw a coherent portfolio, as `portfolios` describes it."""
    growing = Growing(draw)
    # Most portfolios are busy: they hold at least one noun of each kind that sessions need.
    least = 1 if growing.below(8) else 0
    homes = growing.several(lambda: place(growing, sizes, least), max(1, sizes.centers), 1)
    staff = growing.part(lambda: people(growing, sizes, 2 * least))
    programs: list[Program] = []

    # All that is about a session or an edition is drawn with it: so Hypothesis deletes it at once.
    def add_edition() -> None:
        made = run(growing, homes, programs)
        growing.several(lambda: edition_session(growing, made, homes), sizes.sessions, 2 * least)
        enrollments(growing, made, staff, sizes, least)

    growing.several(add_edition, sizes.editions, least)
    if sizes.sessions:
        growing.several(lambda: draw_series(growing, growing.pick(homes)), 1)
    growing.part(lambda: draw_facts(growing, homes[0], sizes))
    return Portfolio.replay(growing.part(lambda: draw_batches(growing, homes, sizes.batches)))
