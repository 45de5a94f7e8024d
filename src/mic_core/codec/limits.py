"""How much a document may hold before it is refused."""

from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.fields import Whole


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Limits:
    """Bounds on a document, so that a hostile one costs little time and memory.

    `items` is how many nouns it may hold; lists and objects of any kind may be 16 times as many.
    `depth` is how many levels lists and objects may nest, the document itself being the first.
    `size` is its length in bytes of UTF-8, 256 MiB unless told otherwise.

    Raises InvariantError for limits below 1 and for a depth above 128.

    >>> Limits(items=1000)
    Limits(items=1000)
    """

    items: Annotated[int, Whole(least=1, most=2**40, unit="nouns")] = 1_000_000
    depth: Annotated[int, Whole(least=1, most=128, unit="levels")] = 32
    size: Annotated[int, Whole(least=1, unit="bytes")] = 256 * 1024 * 1024

    @property
    def containers(self) -> int:
        """How many lists and objects a document may hold in all."""
        return 16 * self.items
