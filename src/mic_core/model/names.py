"""Name normalization: one form in which the usual spellings of a name agree."""

import unicodedata

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})


def plain_words(name: str) -> tuple[str, ...]:
    """The words of a name in a normal form in which its usual spellings agree.

    Without accents, capitals and punctuation; compatible forms of Unicode (NFKC) are one.

    >>> plain_words("  Lefèvre, ZOË ")
    ('lefevre', 'zoe')
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    spaced = "".join(letter if letter.isalnum() else " " for letter in kept.translate(_PLAIN))
    return tuple(spaced.split())
