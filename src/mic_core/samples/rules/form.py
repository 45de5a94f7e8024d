"""The form of an example: a story in one sentence, its nouns, and the number of findings."""

from datetime import datetime

import attrs

from mic_core.model import Noun
from mic_core.rules import Rule


@attrs.frozen(kw_only=True)
class Example:
    """A small portfolio with the findings that one rule must have for it.

    `story` is its case in one sentence. `as_of` is the instant of the check; None if the rule needs
    none. `finds` is the number of findings.
    """

    story: str
    nouns: tuple[Noun, ...]
    as_of: datetime | None = None
    finds: int = 0


@attrs.frozen(kw_only=True)
class Examples:
    """Three examples of one rule: firing, silent, and at the boundary between.

    `rule` is the rule that they are checked by; None means that of their code in the catalog.
    """

    firing: Example
    silent: Example
    boundary: Example
    rule: Rule | None = None


def example(
    story: str,
    *parts: Noun | tuple[Noun, ...],
    as_of: datetime | None = None,
    finds: int = 0,
) -> Example:
    """Make an example of nouns and of tuples of nouns."""
    nouns = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
    return Example(story=story, nouns=tuple(nouns), as_of=as_of, finds=finds)


def fires(
    story: str,
    *parts: Noun | tuple[Noun, ...],
    as_of: datetime | None = None,
    finds: int = 1,
) -> Example:
    """Make an example with findings, one by default."""
    return example(story, *parts, as_of=as_of, finds=finds)
