"""Resource limits on documents, against hostile input."""

from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.fields import Whole

DEEPEST_LIMIT = 128
"""Levels of the deepest limit, which is the default one: every value that this library constructs
nests less (a requirement of 60 levels takes 122), few enough for parsers that recurse."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Limits:
    """Resource limits on a document, so that a hostile one costs bounded time and memory.

    `items` is the most nouns, where a batch of none counts as one; lists and objects of any kind
    may be 16 times as many. `depth` is
    the most levels of nested lists and objects, the document itself being the first. `size` is the
    most bytes in UTF-8, by default 256 MiB.

    Raises InvariantError for limits below 1 and for a depth above 128.

    >>> Limits(items=1000)
    Limits(items=1000)
    """

    items: Annotated[int, Whole(least=1, most=2**40, unit="nouns")] = 1_000_000
    depth: Annotated[int, Whole(least=1, most=DEEPEST_LIMIT, unit="levels")] = DEEPEST_LIMIT
    size: Annotated[int, Whole(least=1, unit="bytes")] = 256 * 1024 * 1024

    @property
    def containers(self) -> int:
        """Limit on the lists and objects of a document: 16 per noun, more than any noun has."""
        return 16 * self.items
