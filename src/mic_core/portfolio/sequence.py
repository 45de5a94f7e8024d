"""The fold of transitions: the statuses of one subject in the order of the world."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from mic_core.model import Application, Edition, Noun, Session, Transition


def first_status(noun: Noun, transitions: Iterable[Transition] = ()) -> str:
    """The status of a noun before any transition.

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
    """Transitions of one subject in the order of the world, from the status `first` on.

    Those of one instant are put so that each starts where the one before it ended, if they can be;
    then by id. O(k log k) over k transitions.
    """
    ordered: list[Transition] = []
    by_time = sorted(transitions, key=attrgetter("effective_at", "id"))
    for _, together in groupby(by_time, attrgetter("effective_at")):
        tied = list(together)
        start: str | None = ordered[-1].after if ordered else first
        if not ordered and any(each.before is None for each in tied):
            start = None
        ordered += tied if len(tied) == 1 else _trail(tied, start) or _nearly(tied, start)
    return tuple(ordered)


Leaving = dict[str | None, list[Transition]]
"""Transitions by the status that they start from, the one to be taken first at the end."""


def _leaving(tied: list[Transition]) -> Leaving:
    leaving: Leaving = {}
    for each in reversed(tied):
        leaving.setdefault(each.before, []).append(each)
    return leaving


def _trail(tied: list[Transition], start: str | None) -> list[Transition]:
    """All of them in one chain from `start`, after Hierholzer; empty where there is no such chain.

    Statuses are the nodes and transitions the arcs of a graph in which the chain is a Euler trail;
    taking whatever fits next could end in a status that nothing leaves while others still wait.
    """
    leaving = _leaving(tied)
    trail: list[Transition] = []
    path: list[Transition] = []
    status = start
    while True:
        if leaving.get(status):
            path.append(leaving[status].pop())
        elif path:
            trail.append(path.pop())
        else:
            break
        status = path[-1].after if path else start
    trail.reverse()
    statuses = [start, *(each.after for each in trail)]
    fits = all(each.before == status for each, status in zip(trail, statuses, strict=False))
    return trail if fits and len(trail) == len(tied) else []


def _nearly(tied: list[Transition], status: str | None) -> list[Transition]:
    """All of them, each time one that fits if there is one, else the one with the least id."""
    leaving = _leaving(tied)
    ordered: list[Transition] = []
    while leaving:
        row = leaving.get(status) or min(leaving.values(), key=lambda row: row[-1].id)
        ordered.append(row.pop())
        status = ordered[-1].after
        if not row:
            del leaving[ordered[-1].before]
    return ordered


class Stretch(NamedTuple):
    """A status from one instant up to another; None where it begins or goes on without a date."""

    status: str
    start: datetime | None
    end: datetime | None


class Life(NamedTuple):
    """The status that a thing begins with, and its transitions in the order of the world."""

    first: str
    steps: tuple[Transition, ...]

    @classmethod
    def of(cls, noun: Noun, transitions: Iterable[Transition]) -> "Life":
        """Fold the transitions of a noun. O(k log k) over k transitions."""
        known = tuple(transitions)
        first = first_status(noun, known)
        return cls(first, in_sequence(known, first) if len(known) > 1 else known)

    @property
    def last(self) -> str:
        """The status after all that is known."""
        return self.steps[-1].after if self.steps else self.first

    def at(self, moment: datetime | None) -> str:
        """The status at an instant; None means after all that is known."""
        if moment is None:
            return self.last
        status = self.first
        for step in self.steps:
            if step.effective_at > moment:
                break
            status = step.after
        return status

    def stretches(self) -> Iterator[Stretch]:
        """Each status in turn; those that last no time are left out."""
        status, start = self.first, None
        for step in self.steps:
            if step.effective_at != start:
                yield Stretch(status, start, step.effective_at)
            status, start = step.after, step.effective_at
        yield Stretch(status, start, None)

    def ever(self, status: str) -> bool:
        """Whether it had that status once, however short."""
        return status == self.first or any(step.after == status for step in self.steps)
