"""The log of a portfolio: an append-only sequence of batches of values, in the order of time.

In memory the log is a tuple of chunks of steps whose sizes at least double from right to left (see
`table`), so that adding a step copies O(log n) steps amortized. Its written form has one batch for
each instant and actor. Of several values recorded under one id at one instant, a later step
supersedes an earlier one; the values of one step stay side by side.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import chain, groupby, takewhile
from operator import attrgetter, itemgetter, lt
from typing import Annotated, Any, cast

import attrs

from mic_core.checked import checked
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Bind, Found, Instant, refuse
from mic_core.ids import cite
from mic_core.model import KINDS, Noun, Retraction
from mic_core.model.vocabulary import Identifier, Moment
from mic_core.portfolio.table import append_run

# The least instant stands for "always known": no fact can have been recorded before it.
ALWAYS = datetime.min.replace(tzinfo=UTC)

id_of: Callable[[Noun], str] = attrgetter("id")
"""The id of a noun."""

Key = tuple[str, str]
"""The kind and id of a noun."""


@attrs.frozen
class Nouns:
    """The shape of a tuple of nouns of any kinds."""

    @property
    def rule(self) -> str:
        return "must be a tuple of nouns"

    def test(self, name: str, bind: Bind) -> str:
        kinds = bind(KINDS.keys())
        return f"({name}.__class__ is tuple and {kinds} >= {{*map(type, {name})}})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, tuple | list):
            refuse(found, path, self.rule, value)
            return None
        items = cast("list[object] | tuple[object, ...]", value)
        for place, item in enumerate(items):
            if type(item) not in KINDS:
                refuse(found, f"{path}[{place}]", "must be a noun", item)
        return tuple(items)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Batch:
    """Values that one actor recorded at one instant.

    `recorded_at` of None means always known, and so does the first instant of the year 1; `actor`
    is the id of the person or system that recorded them, None where it is not known.
    """

    recorded_at: Moment | None = None
    actor: Identifier | None = None
    values: Annotated[tuple[Noun, ...], Nouns()]


@attrs.frozen(kw_only=True)
class Recording:
    """One entry in the history of an id: a value, or a retraction, with when and by whom.

    `recorded_at` of None means always known; `actor` of None: nobody was named.
    """

    recorded_at: datetime | None
    actor: str | None
    value: "Noun"  # in quotes, so that `help` does not spell out all nouns


Step = tuple[Batch, ...]
"""The batches of one call of `record`, or of one instant of a log: one for each actor, in order.
No value of a step supersedes another one of it."""

Chunks = tuple[tuple[Step, ...], ...]
"""All steps in the order of time, in chunks whose sizes at least double from right to left."""


def key_of(noun: Noun) -> Key:
    """The kind and id of a noun."""
    return KINDS[type(noun)], noun.id


def subject_of(noun: Noun) -> str:
    """The citation of what a record is about: of a retraction, what it takes back."""
    return noun.subject if isinstance(noun, Retraction) else cite(*key_of(noun))


def recording_text(entry: Recording) -> str:
    """When and by whom something was recorded or taken back, as a clause of a message.

    >>> from datetime import timedelta
    >>> from mic_core.model import Room
    >>> room = Room(id="r", center_id="mic", name="Montoyer")
    >>> recording_text(Recording(recorded_at=ALWAYS + timedelta(days=1), actor="desk", value=room))
    'room:r was recorded at 0001-01-02T00:00:00Z by desk'
    """
    taken = isinstance(entry.value, Retraction)
    text = f"{subject_of(entry.value)} was {'taken back' if taken else 'recorded'}"
    if entry.recorded_at is not None:
        text += f" at {entry.recorded_at.isoformat().replace('+00:00', 'Z')}"
    return f"{text} by {entry.actor}" if entry.actor is not None else text


def utc_instant(instant: datetime, path: str) -> datetime:
    """An instant in UTC; raises InvariantError for a value that is no instant with a zone."""
    problems: list[Problem] = []
    moment = Instant().settle(instant, path, problems)
    if problems:
        raise InvariantError("Portfolio", problems)
    return cast("datetime", moment)


def sorted_values(values: Iterable[Noun]) -> tuple[Noun, ...]:
    """Distinct values in canonical order: by kind, by id, then by content."""
    by_kind: dict[str, list[Noun]] = {}
    for noun, rows in groupby(values, type):
        by_kind.setdefault(KINDS[noun], []).extend(rows)
    return tuple(value for kind in sorted(by_kind) for value in _by_id(by_kind[kind]))


def _by_id(rows: list[Noun]) -> list[Noun]:
    """Distinct values of one kind, by id and then by content."""
    rows.sort(key=id_of)
    ids = [*map(id_of, rows)]
    if all(map(lt, ids, ids[1:])):  # strictly ascending: the usual case, no id twice
        return rows
    return [value for _, same in groupby(rows, id_of) for value in _different(list(same))]


def _different(values: list[Noun]) -> list[Noun]:
    """Distinct values of one id by content.

    Sorted before equal ones are dropped: True and 1 are equal, and the same one must always stay.
    """
    return values if len(values) == 1 else [*dict.fromkeys(sorted(values, key=_content))]


def _content(noun: Noun) -> str:
    """A text that differs for any two different nouns of one id. Never shown: it is personal."""
    written: Any = noun
    return repr(attrs.astuple(written))


def batch_at(instant: datetime, actor: str | None, values: Iterable[Noun]) -> Batch:
    """A batch with its values in canonical order."""
    known = None if instant == ALWAYS else instant
    return Batch(recorded_at=known, actor=actor, values=sorted_values(values))


def instant_of(step: Step) -> datetime:
    """The instant at which a step was recorded; the least instant if it was always known."""
    return step[0].recorded_at or ALWAYS


def steps_of(batches: Iterable[Batch]) -> tuple[Step, ...]:
    """Group batches, given in any order, into one step for each instant. O(n log n)."""
    by_instant: dict[datetime, dict[str | None, list[tuple[Noun, ...]]]] = {}
    for batch in batches:
        if batch.values:
            by_actor = by_instant.setdefault(batch.recorded_at or ALWAYS, {})
            by_actor.setdefault(batch.actor, []).append(batch.values)
    return tuple(
        tuple(
            batch_at(instant, actor, chain.from_iterable(by_actor[actor]))
            for actor in sorted(by_actor, key=_actors_last)
        )
        for instant, by_actor in sorted(by_instant.items(), key=itemgetter(0))
    )


def _actors_last(actor: str | None) -> str:
    return actor or ""  # no id is empty, so that a batch without an actor comes first


def append_step(chunks: Chunks, step: Step) -> Chunks:
    """Add one step at the end, in O(log n) amortized."""
    return append_run(chunks, (step,), len, lambda merged: tuple(chain.from_iterable(merged)))


def instant_of_last(chunks: Chunks) -> datetime:
    """The instant of the last step; the least instant for an empty log."""
    return instant_of(chunks[-1][-1]) if chunks else ALWAYS


def steps_until(chunks: Chunks, instant: datetime) -> tuple[Step, ...]:
    """The steps recorded by an instant, that instant included."""
    return tuple(step for chunk in chunks for step in chunk if instant_of(step) <= instant)


def refuse_disputed(chunks: Chunks, instant: datetime, actor: str, keys: AbstractSet[Key]) -> None:
    """Raise InvariantError where another actor recorded one of these ids last, at the same instant.

    The later of the two would hide the earlier, which its actor cannot have seen. O(1) if the log
    ends before the instant or there are no keys, else O(values of the instant).
    """
    left = set(keys)
    found: list[Problem] = []
    if not left or instant_of_last(chunks) < instant:
        return
    steps = (step for chunk in reversed(chunks) for step in reversed(chunk))
    for step in takewhile(lambda step: instant_of(step) == instant, steps):
        said = _by_key(step)
        for key in sorted(left & said.keys()):
            others = {each for each, _ in said[key] if each is not None and each != actor}
            if others:
                rule = "must not be recorded at the instant at which another actor recorded it"
                mend = "load what they recorded, then record a moment later"
                had = f"a record by {min(others)}"
                found.append(Problem(path=cite(*key), rule=rule, had=had, mend=mend))
        left -= said.keys()  # a step supersedes those before it
    if found:
        raise InvariantError("Portfolio", found)


def canonical_log(chunks: Chunks) -> tuple[Batch, ...]:
    """The log in its written form: one batch for each instant and actor, in order.

    Values superseded within their own instant are left out, since no `as_of` can show them.
    """
    steps = chain.from_iterable(chunks)
    return tuple(
        batch
        for instant, together in groupby(steps, instant_of)
        for batch in _united(instant, list(together))
    )


def _united(instant: datetime, steps: list[Step]) -> Iterable[Batch]:
    """The batches of one instant, in which each step supersedes those before it."""
    if len(steps) == 1:
        return steps[0]
    latest: dict[Key, list[tuple[str | None, Noun]]] = {}
    for step in steps:
        latest.update(_by_key(step))
    by_actor: dict[str | None, list[Noun]] = {}
    for entries in latest.values():
        for actor, value in entries:
            by_actor.setdefault(actor, []).append(value)
    return [batch_at(instant, each, by_actor[each]) for each in sorted(by_actor, key=_actors_last)]


def _by_key(step: Step) -> dict[Key, list[tuple[str | None, Noun]]]:
    by_key: dict[Key, list[tuple[str | None, Noun]]] = {}
    for actor, value in entries_of(step):
        by_key.setdefault(key_of(value), []).append((actor, value))
    return by_key


def entries_of(batches: Iterable[Batch]) -> Iterator[tuple[str | None, Noun]]:
    """The values of batches in order, each with its actor."""
    for batch in batches:
        for value in batch.values:
            yield batch.actor, value


def values_after(
    twins: frozenset[Key], steps: Iterable[Step]
) -> tuple[dict[str, dict[str, Noun]], frozenset[Key]]:
    """The latest values of some steps by kind and id, and the contested keys after them."""
    added: dict[str, dict[str, Noun]] = {}
    open_twins = set(twins)
    for step in steps:
        for kind, rows in _by_kind(step):
            fresh = {row.id: row for row in rows}
            if open_twins:
                open_twins.difference_update((kind, id) for id in fresh)
            if len(fresh) < len(rows):
                open_twins.update((kind, row.id) for row in rows if row != fresh[row.id])
            added.setdefault(kind, {}).update(fresh)
    return added, frozenset(open_twins)


def _by_kind(step: Step) -> Iterable[tuple[str, list[Noun]]]:
    rows: dict[str, list[Noun]] = {}
    values = chain.from_iterable(batch.values for batch in step)
    for noun, together in groupby(values, type):
        rows.setdefault(KINDS[noun], []).extend(together)
    return rows.items()
