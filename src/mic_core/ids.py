"""Identifiers: the keys by which entities refer to each other.

An id is unique among the values of its kind. Findings, and facts about entities of several kinds,
cite an entity as `kind:id`, for instance `edition:boostcamp-6`.
"""

import re
from collections.abc import Iterator
from itertools import chain, count
from unicodedata import ucd_3_2_0

from mic_core.errors import InvariantError, Problem

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
"""Regular expression of an id: 1 to 64 characters, ASCII only, so that no two ids look alike."""

is_id = re.compile(ID_PATTERN).fullmatch
"""Returns a match if the text is an id, otherwise None."""

MOST_LETTERS = 64
"""The most characters of an id."""

_DIGEST_BYTES = 10
"""Bytes of a digest, 16 characters of base 32: among a million texts, two share one with a
probability of 4 in 10**13."""

_MOST_READABLE = 47
"""Characters of a slug before its digest: an id has at most 64, a dash and a digest take 17."""

_MOST_FOLDED = 200
"""Characters of a text that are folded to ASCII, a budget: bounds the time; the digest has all."""


def kind_of(noun: type) -> str:
    """The kind of a noun: the name of its class in snake case, as citations and documents have it.

    >>> kind_of(type("FollowUp", (), {}))
    'follow_up'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", noun.__name__).lower()


def cite(kind: str, id: str) -> str:
    """Build the citation `kind:id` of an entity.

    >>> cite("edition", "boostcamp-6")
    'edition:boostcamp-6'
    """
    return f"{kind}:{id}"


def split(citation: str) -> tuple[str, str]:
    """Split a citation into kind and id, at the first colon, since an id may hold colons.

    >>> split("session:fosdem:10826")
    ('session', 'fosdem:10826')
    """
    kind, _, id = citation.partition(":")
    return kind, id


def numbered_ids(subject: str, word: str) -> Iterator[str]:
    """The ids that a new fact about a subject may have, in order; a long subject is cut.

    >>> from itertools import islice
    >>> [*islice(numbered_ids("a-17", "accepted"), 2)]
    ['a-17-accepted', 'a-17-accepted-2']
    """
    endings = chain([f"-{word}"], (f"-{word}-{number}" for number in count(2)))
    return filter(is_id, (f"{subject[: MOST_LETTERS - len(end)]}{end}" for end in endings))


def _is_text(value: object) -> bool:
    """True for a text; `isinstance` would believe a mock of one."""
    return issubclass(type(value), str)


def slug(text: str) -> str:
    """Convert any text to an id, a pure function: for the keys and names of other systems.

    A text that is an id is returned as it is. Any other one becomes its letters and digits in ASCII
    and lower case, then a digest of the exact text (80 bits of SHA-256): two texts that differ at
    all, even only in case, spaces or accents, have different slugs. The one text that shares a slug
    is the slug itself, as its own id. Raises InvariantError for anything but a text.

    >>> slug("fosdem:10826")
    'fosdem:10826'
    >>> slug("Été au Lab, Liège")
    'ete-au-lab-liege-u7fn6unlyn47h5wt'
    """
    if not _is_text(text):
        raise InvariantError("slug", [Problem(path="text", rule="must be a text")])
    plain = str.__str__(text)
    if is_id(plain):
        return plain
    # Unicode 3.2 is frozen, so that every version of Python folds a text in the same way.
    apart = ucd_3_2_0.normalize("NFKD", plain[:_MOST_FOLDED])
    letters = "".join(letter for letter in apart if not ucd_3_2_0.combining(letter))
    words = re.sub("[^A-Za-z0-9]+", "-", letters).lower().strip("-")
    readable = words[:_MOST_READABLE].rstrip("-")
    from base64 import b32encode  # noqa: PLC0415  # slow to load, seldom needed
    from hashlib import sha256  # noqa: PLC0415  # slow to load, seldom needed

    # Lone surrogates, which an undecodable file name holds, are texts too.
    whole = sha256(plain.encode("utf-8", "surrogatepass")).digest()
    digest = b32encode(whole[:_DIGEST_BYTES]).decode().lower()
    return f"{readable}-{digest}" if readable else digest
