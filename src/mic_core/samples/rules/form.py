"""The form of an example: a story in one sentence, the facts of it, and how much is found."""

from datetime import datetime

import attrs

from mic_core.model import Noun
from mic_core.rules import Rule


@attrs.frozen(kw_only=True)
class Example:
    """A small portfolio that shows what a rule says.

    `story` tells in one sentence what is the case. `as_of` is the instant to judge by; None where
    the rule needs none. `finds` is how many findings the rule has to make.
    """

    story: str
    nouns: tuple[Noun, ...]
    as_of: datetime | None = None
    finds: int = 0


@attrs.frozen(kw_only=True)
class Examples:
    """Three examples of one rule: where it fires, where it is silent, and the boundary between.

    `rule` is what they are asked of; None means the rule of that code in the catalog.
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
    """An example of nouns, some of them in tuples that belong together."""
    nouns = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
    return Example(story=story, nouns=tuple(nouns), as_of=as_of, finds=finds)


def fires(
    story: str,
    *parts: Noun | tuple[Noun, ...],
    as_of: datetime | None = None,
    finds: int = 1,
) -> Example:
    """An example in which the rule finds something, once unless it is said how often."""
    return example(story, *parts, as_of=as_of, finds=finds)
