"""What Hypothesis calls when it is imported, so that `from_type` knows every noun and value."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import mic_core
from mic_core.checked import is_checked
from mic_core.fields import classes_within
from mic_core.model import NOUNS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis how to draw every noun, the values that nouns hold, and other public values.

    Named by the entry point `hypothesis` of this package, so nobody needs to call it. It loads the
    public classes; no strategy is made before a test first asks for it.

    >>> register()
    >>> from hypothesis import find, strategies as st
    >>> from mic_core.model import Seats
    >>> find(st.from_type(Seats), lambda seats: seats.online is not None)
    Seats(online=0)
    """
    # Not above: where this module is loaded first, Hypothesis asks it for this very function.
    from hypothesis import strategies as st  # noqa: PLC0415

    for cls in {*classes_within(*NOUNS.values()), *_public()}:
        st.register_type_strategy(cls, partial(_strategy, cls))


_OWN = {
    "Batch": "batches",
    "Breach": "breaches",
    "Finding": "findings",
    "Report": "reports",
    "Section": "sections",
}
"""Public classes that are drawn in a way of their own, with the strategies of `results`."""


def _public() -> Iterator[type[Any]]:
    """The public classes of values, but for results that Hypothesis can draw by itself."""
    for name in mic_core.__all__:
        if name[0].isupper() and not name.isupper():  # a class
            value: object = getattr(mic_core, name)
            named = name in _OWN or name == "Portfolio"
            if isinstance(value, type) and (named or is_checked(value)):
                yield value


def _strategy(cls: type[Any], _: object) -> "SearchStrategy[Any]":
    """The strategy of a class, made when first asked for."""
    # Not before: Hypothesis calls `register` while a module of this package may be importing it.
    from mic_core.testing import results  # noqa: PLC0415
    from mic_core.testing.classes import values  # noqa: PLC0415
    from mic_core.testing.histories import portfolios  # noqa: PLC0415

    name = cls.__name__
    if name in _OWN:
        made: SearchStrategy[Any] = getattr(results, _OWN[name])()
        return made
    return portfolios() if name == "Portfolio" else values(cls)
