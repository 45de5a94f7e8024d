"""Ids: the strings that join entities.

An id is unique among the values of its kind. Findings and facts about several kinds cite an
entity as `kind:id`, for instance `edition:boostcamp-6`.
"""

import re

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
"""What an id looks like, as a regular expression: ASCII, so that no two ids look alike."""

is_id = re.compile(ID_PATTERN).fullmatch
"""Match a text that is an id; no match otherwise."""


def kind_of(noun: type) -> str:
    """The kind of a noun, as findings and documents write it.

    >>> kind_of(type("FollowUp", (), {}))
    'follow_up'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", noun.__name__).lower()


def cite(kind: str, id: str) -> str:
    """Name an entity by kind and id.

    >>> cite("edition", "boostcamp-6")
    'edition:boostcamp-6'
    """
    return f"{kind}:{id}"


def split(citation: str) -> tuple[str, str]:
    """Take a citation apart into kind and id.

    >>> split("session:fosdem:10826")
    ('session', 'fosdem:10826')
    """
    kind, _, id = citation.partition(":")
    return kind, id
