"""The history of a portfolio: batches of values, each recorded at one instant."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import attrs

from mic_core.model import KINDS, Noun
from mic_core.portfolio.table import appended

_ALWAYS = datetime.min.replace(tzinfo=UTC)

Key = tuple[str, str]
"""The kind and id of a noun."""


@attrs.frozen(kw_only=True)
class Batch:
    """Values that were recorded together, sorted by kind and id.

    `recorded_at` of None means always known; `actor` of None means that nobody was named.
    """

    recorded_at: datetime | None = None
    actor: str | None = None
    values: tuple[Noun, ...]


Step = tuple[Batch, ...]
"""Batches of one instant that were added together; none of them supersedes another."""

Chunks = tuple[tuple[Step, ...], ...]
"""All steps, cut into pieces whose sizes at least double from right to left."""


def key_of(noun: Noun) -> Key:
    """The kind and id of a noun."""
    return KINDS[type(noun)], noun.id


def sorted_values(values: Iterable[Noun]) -> tuple[Noun, ...]:
    """Different values in their canonical order: by kind, id, and then by content."""
    by_key: dict[Key, list[Noun]] = {}
    for value in values:
        by_key.setdefault(key_of(value), []).append(value)
    return tuple(value for key in sorted(by_key) for value in _different(by_key[key]))


def _different(values: list[Noun]) -> list[Noun]:
    return values if len(values) == 1 else sorted(set(values), key=_content)


def _content(noun: Noun) -> str:
    """A text that differs wherever two nouns of one id differ. Never shown: it is personal."""
    fields: Any = attrs.astuple(noun, recurse=False)
    return repr([attrs.asdict(each) if attrs.has(type(each)) else each for each in fields])


def with_step(chunks: Chunks, step: Step) -> Chunks:
    """Add one step at the end, in O(log n) amortized."""
    return appended(chunks, (step,), len, lambda older, newer: older + newer)


def instant_of(batch: Batch) -> datetime:
    """When a batch was recorded; before everything else if it has always been known."""
    return batch.recorded_at or _ALWAYS


def last_instant(chunks: Chunks) -> datetime:
    """When the last step was recorded."""
    return instant_of(chunks[-1][-1][0]) if chunks else _ALWAYS


def steps_of(batches: Iterable[Batch]) -> list[Step]:
    """Batches in any order as steps in the order of time, one step for each instant."""
    by_instant: dict[datetime, list[Batch]] = {}
    for batch in batches:
        by_instant.setdefault(instant_of(batch), []).append(batch)
    return [tuple(by_instant[instant]) for instant in sorted(by_instant)]


def canonical(chunks: Chunks) -> tuple[Batch, ...]:
    """The log as it is written: one batch for each instant and actor, in order.

    What was superseded within one instant is left out, since nobody can ask for it.
    """
    by_instant: dict[datetime, dict[Key, list[tuple[str | None, Noun]]]] = {}
    for chunk in chunks:
        for step in chunk:
            held = by_instant.setdefault(instant_of(step[0]), {})
            held.update(_by_key(step))
    return tuple(
        batch for instant in sorted(by_instant) for batch in _batches(instant, by_instant[instant])
    )


def _by_key(step: Step) -> dict[Key, list[tuple[str | None, Noun]]]:
    held: dict[Key, list[tuple[str | None, Noun]]] = {}
    for batch in step:
        for value in batch.values:
            held.setdefault(key_of(value), []).append((batch.actor, value))
    return held


def _batches(
    instant: datetime, held: dict[Key, list[tuple[str | None, Noun]]]
) -> list[Batch]:
    by_actor: dict[str | None, list[Noun]] = {}
    for entries in held.values():
        for actor, value in entries:
            by_actor.setdefault(actor, []).append(value)
    return [
        Batch(
            recorded_at=None if instant == _ALWAYS else instant,
            actor=actor,
            values=sorted_values(by_actor[actor]),
        )
        for actor in sorted(by_actor, key=lambda each: each or "")
    ]
