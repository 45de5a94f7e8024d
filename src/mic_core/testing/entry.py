"""What Hypothesis calls when it is imported, so that `from_type` knows every noun and value."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mic_core.fields import classes_within
from mic_core.findings import Policy
from mic_core.model import NOUNS
from mic_core.portfolio import Portfolio

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis how to draw every noun, the values that nouns hold, policies and portfolios.

    Named by the entry point `hypothesis` of this package, so nobody needs to call it. Cheap: no
    strategy is made before a test first asks for it.

    >>> register()
    >>> from hypothesis import find, strategies as st
    >>> from mic_core.model import Seats
    >>> find(st.from_type(Seats), lambda seats: seats.online is not None)
    Seats(online=0)
    """
    # Not above: where this module is loaded first, Hypothesis asks it for this very function.
    from hypothesis import strategies as st  # noqa: PLC0415

    for cls in (*classes_within(*NOUNS.values(), Policy), Portfolio):
        st.register_type_strategy(cls, partial(_strategy, cls))


def _strategy(cls: type[Any], _: object) -> "SearchStrategy[Any]":
    """The strategy of a class, made when first asked for."""
    # Not before: Hypothesis calls `register` while a module of this package may be importing it.
    from mic_core.testing.classes import values  # noqa: PLC0415
    from mic_core.testing.histories import portfolios  # noqa: PLC0415

    return portfolios() if cls is Portfolio else values(cls)
