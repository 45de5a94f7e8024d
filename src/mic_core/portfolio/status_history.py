"""Status histories: the fold of the transitions of one subject, in the order of the world.

The one place in which transitions are folded. They are sorted by the instant at which they took
effect. Transitions of one instant are ordered as an Euler trail of the status graph, so that each
starts in the status that the one before it ended in; where there is no such trail, a greedy order
takes its place, and `check` reports the broken link. The result does not depend on the order of
the input. O(k log k) over k transitions.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from mic_core.model import Application, Edition, Noun, Session, Transition


def first_status(noun: Noun, transitions: Iterable[Transition] = ()) -> str:
    """The initial status of a noun, before any transition.

    An application that was submitted began as a draft where one of its transitions says so.

    >>> from mic_core.model import Enrollment
    >>> first_status(Enrollment(id="e-1", participant_id="p-1", into="boostcamp-6"))
    'requested'
    """
    match noun:
        case Edition() | Session():
            return noun.status
        case Application():
            began = noun.submitted_at is None or any(each.before == "draft" for each in transitions)
            return "draft" if began else "submitted"
        case _:
            return "requested"


def in_sequence(transitions: Iterable[Transition], first: str) -> tuple[Transition, ...]:
    """Transitions of one subject in the order of the world, from the initial status `first` on.

    Transitions of one instant are ordered so that each starts where the one before it ended, if
    that is possible; then by id. O(k log k) over k transitions.
    """
    by_time = [*transitions]
    # Most histories come in the order of time, without ties; they need neither sort nor trail.
    if _is_ascending(by_time):
        return tuple(by_time)
    by_time.sort(key=attrgetter("effective_at", "id"))
    ordered: list[Transition] = []
    for _, together in groupby(by_time, attrgetter("effective_at")):
        tied = list(together)
        start: str | None = ordered[-1].after if ordered else first
        if not ordered and any(each.before is None for each in tied):
            # A transition without `before` creates the subject, so it comes first.
            start = None
        ordered += tied if len(tied) == 1 else _euler_trail(tied, start) or _greedy(tied, start)
    return tuple(ordered)


def _is_ascending(transitions: list[Transition]) -> bool:
    """True if each transition takes effect later than the one before it."""
    last = None
    for each in transitions:
        if last is not None and each.effective_at <= last:
            return False
        last = each.effective_at
    return True


_Outgoing = dict[str | None, list[Transition]]
"""Transitions by the status that they start from; each list is a stack, the least id on top."""


def _outgoing(tied: list[Transition]) -> _Outgoing:
    outgoing: _Outgoing = {}
    for each in reversed(tied):
        outgoing.setdefault(each.before, []).append(each)
    return outgoing


def _euler_trail(tied: list[Transition], start: str | None) -> list[Transition]:
    """An Euler trail through all transitions from `start`; empty where there is none.

    Hierholzer's algorithm; statuses are the nodes, transitions the arcs. A greedy walk could end
    in a status that no transition leaves while others still wait.
    """
    outgoing = _outgoing(tied)
    trail: list[Transition] = []
    path: list[Transition] = []
    status = start
    while True:
        if outgoing.get(status):
            path.append(outgoing[status].pop())
        elif path:
            trail.append(path.pop())
        else:
            break
        status = path[-1].after if path else start
    trail.reverse()
    statuses = [start, *(each.after for each in trail)]
    fits = all(each.before == status for each, status in zip(trail, statuses, strict=False))
    return trail if fits and len(trail) == len(tied) else []


def _greedy(tied: list[Transition], status: str | None) -> list[Transition]:
    """All transitions, in each step one that fits if there is one, else the one of least id."""
    outgoing = _outgoing(tied)
    ordered: list[Transition] = []
    while outgoing:
        row = outgoing.get(status) or min(outgoing.values(), key=lambda row: row[-1].id)
        ordered.append(row.pop())
        status = ordered[-1].after
        if not row:
            del outgoing[ordered[-1].before]
    return ordered


class StatusSpan(NamedTuple):
    """A status over a half-open span of time; a `start` or `end` of None is unbounded."""

    status: str
    start: datetime | None
    end: datetime | None


class StatusLink(NamedTuple):
    """A transition with the status before it; `is_first` where no transition came before."""

    transition: Transition
    status: str
    is_first: bool


class StatusHistory(NamedTuple):
    """The initial status of a subject, and its transitions in the order of the world."""

    first: str
    transitions: tuple[Transition, ...]

    @classmethod
    def of(cls, noun: Noun, transitions: Iterable[Transition]) -> "StatusHistory":
        """Fold the transitions of a noun, given in any order. O(k log k) over k transitions."""
        known = tuple(transitions)
        first = first_status(noun, known)
        # One transition, as most nouns have, is in sequence as it is.
        return cls(first, in_sequence(known, first) if len(known) > 1 else known)

    @property
    def last(self) -> str:
        """The status after all known transitions."""
        return self.transitions[-1].after if self.transitions else self.first

    def at(self, moment: datetime | None) -> str:
        """The status at an instant; None means after all known transitions."""
        if moment is None:
            return self.last
        status = self.first
        for each in self.transitions:
            if each.effective_at > moment:
                break
            status = each.after
        return status

    def until(self, moment: datetime) -> tuple[Transition, ...]:
        """The transitions that took effect by an instant, that instant included."""
        return tuple(each for each in self.transitions if each.effective_at <= moment)

    def links(self) -> Iterator[StatusLink]:
        """Each transition in sequence, with the status before it."""
        status = self.first
        for place, each in enumerate(self.transitions):
            yield StatusLink(each, status, place == 0)
            status = each.after

    def spans(self) -> Iterator[StatusSpan]:
        """Each status in turn with its span of time; spans of no length are left out."""
        status, start = self.first, None
        for each in self.transitions:
            if each.effective_at != start:
                yield StatusSpan(status, start, each.effective_at)
            status, start = each.after, each.effective_at
        yield StatusSpan(status, start, None)

    def has_been(self, status: str) -> bool:
        """True if the subject had that status once, for however short a time."""
        return status == self.first or any(each.after == status for each in self.transitions)
