"""Wording: grammatical number of counted nouns, and clauses joined into one sentence."""

import re
from collections.abc import Mapping

_FORMS: Mapping[str, str] = {
    **{
        f"{noun}s": noun
        for noun in (
            "break", "character", "day", "grid", "head", "hour", "item", "job",
            "minute", "participant", "person", "place", "placement", "problem", "seat", "session",
            "start", "time", "value", "week",
        )
    },
    "people": "person", "stretches": "stretch",
}  # fmt: skip
"""The singular of each plural noun that follows a number in a message."""

_VERBS: Mapping[str, str] = {
    "": "", " are": " is", " were": " was", " that stand alone": " that stands alone",
}  # fmt: skip
"""The singular of each verb that follows such a noun."""

_COUNTED = re.compile(r"\{(\w+)\}((?: more)? )(\w+)( (?:are|were|that stand alone)\b)?")
"""A number in a template, the noun after it, and the verb of that noun."""


def count_text(number: int, what: str) -> str:
    """A number of things in words.

    >>> count_text(1, "session"), count_text(2500, "session")
    ('1 session', '2,500 sessions')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def unit_text(number: object, unit: str) -> str:
    """A unit of measure, in the singular where it is a plural in lower case and the number is 1.

    >>> unit_text(1, "jobs"), unit_text(1, "companies"), unit_text(2, "jobs"), unit_text(1, "EUR")
    ('job', 'company', 'jobs', 'EUR')
    """
    if number != 1 or not re.fullmatch("[a-z]+[a-hj-rtv-z]s", unit):
        return unit
    return f"{unit[:-3]}y" if unit.endswith("ies") else unit[:-1]


def agree(template: str, facts: Mapping[str, object]) -> str:
    """A template in which nouns and verbs are singular after each number that is 1.

    >>> agree("{had} days, at least {needed} are wanted", {"had": 1, "needed": 2})
    '{had} day, at least {needed} are wanted'
    """

    def one(found: re.Match[str]) -> str:
        name, gap, word, verb = found.groups(default="")
        if facts.get(name) != 1 or word not in _FORMS:
            return found.group()
        return f"{{{name}}}{gap}{_FORMS[word]}{_VERBS[verb]}"

    return _COUNTED.sub(one, template)


def clause(text: str) -> str:
    """A sentence as a clause of a longer one: without the full stop at its end.

    >>> clause("Sessions start on the hour."), clause("wait...")
    ('Sessions start on the hour', 'wait...')
    """
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text
