"""Identifiers: the keys by which entities refer to each other.

An id is unique among the values of its kind. Findings, and facts about entities of several kinds,
cite an entity as `kind:id`, for instance `edition:boostcamp-6`.
"""

import re

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
"""Regular expression of an id: 1 to 64 characters, ASCII only, so that no two ids look alike."""

is_id = re.compile(ID_PATTERN).fullmatch
"""Returns a match if the text is an id, otherwise None."""


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
