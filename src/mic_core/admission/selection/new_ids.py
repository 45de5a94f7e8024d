"""Ids of new facts, derived from the id of their subject, a word and a counter."""

from collections.abc import Iterator
from itertools import chain, count

from mic_core.ids import is_id

_MOST_ID = 64
"""Characters of an id."""


def numbered_ids(subject: str, word: str) -> Iterator[str]:
    """The ids that a new fact about a subject may have, in order; a long subject is cut.

    >>> from itertools import islice
    >>> [*islice(numbered_ids("a-17", "accepted"), 2)]
    ['a-17-accepted', 'a-17-accepted-2']
    """
    endings = chain([f"-{word}"], (f"-{word}-{number}" for number in count(2)))
    return filter(is_id, (f"{subject[: _MOST_ID - len(end)]}{end}" for end in endings))
