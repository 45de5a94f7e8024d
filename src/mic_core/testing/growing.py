"""The state of drawing a coherent portfolio: each noun refers only to nouns drawn before it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core.chrono.local import local
from mic_core.ids import split
from mic_core.model import KINDS, TABLES, Module, Noun, Transition
from mic_core.portfolio.log import Key
from mic_core.testing.classes import Fields, class_values

N = TypeVar("N", bound=Noun)
S = TypeVar("S")

_LATE = frozenset({"completed", "incomplete", "held", "shortlisted"})
"""Statuses that are reached only after all sessions."""


@attrs.frozen
class Sizes:
    """Greatest numbers of nouns; `rooms` is per center, `sessions` per edition."""

    centers: int
    rooms: int
    persons: int
    organizations: int
    editions: int
    sessions: int
    others: int
    batches: int


@attrs.frozen
class Place:
    """A center with its rooms; `near` is the instant around which its sessions are drawn."""

    center_id: str
    clocks: tzinfo
    near: int
    rooms: tuple[str, ...]

    @property
    def day(self) -> date:
        """The local day of that instant."""
        return local(self.near, self.clocks).date()

    def moment(self, days: int) -> datetime:
        """Return the instant a number of days later, or earlier if negative."""
        return local(self.near, UTC) + timedelta(days=days)


@attrs.frozen
class Growing:
    """The nouns drawn so far, in the order of their references; `ids` has their ids by kind."""

    draw: DrawFn
    nouns: list[Noun] = attrs.field(factory=list[Noun])
    ids: dict[str, list[str]] = attrs.field(factory=dict[str, list[str]])

    def refer(self, kinds: tuple[str, ...]) -> SearchStrategy[Key]:
        """References to nouns drawn so far, of any of the kinds; empty if there is none."""
        found = [(kind, id) for kind in kinds for id in self.ids.get(kind, ())]
        return st.sampled_from(found) if found else st.nothing()

    def some(self, *kinds: str, most: int = 2) -> SearchStrategy[tuple[str, ...]]:
        """Different ids of nouns drawn so far, of any of the kinds."""
        found = [id for kind in kinds for id in self.ids.get(kind, ())]
        return subsets(found, most)

    def several(self, make: Callable[[], S], most: int, least: int = 0) -> list[S]:
        """Draw a list of values; as one list, since Hypothesis shrinks that well."""
        return self.draw(st.lists(st.builds(make), min_size=least, max_size=max(least, most)))

    def new_id(self, kind: str) -> str:
        """Return a new id of a kind."""
        taken = self.ids.setdefault(kind, [])
        taken.append(f"{kind}-{len(taken) + 1}")
        return taken[-1]

    def add(self, noun: type[N], **fields: Any) -> N:
        """Draw one more noun, with an id of its own."""
        made = self.draw(self._strategy(noun, fields))
        self.new_id(KINDS[noun])
        self.nouns.append(made)
        return made

    def add_if_any(self, noun: type[Noun], **fields: Any) -> None:
        """Draw one more noun, unless a required reference has no target."""
        if not self._strategy(noun, fields).is_empty:
            self.add(noun, **fields)

    def _strategy(self, noun: type[N], fields: Fields) -> SearchStrategy[N]:
        kind = KINDS[noun]
        id = f"{kind}-{len(self.ids.get(kind, ())) + 1}"
        return class_values(noun, {"id": id, **fields}, self.refer)

    def module(self, **fields: Any) -> Module:
        """Draw a module; it is part of a program, which is drawn later."""
        given = {"id": self.new_id("module"), **fields}
        return self.draw(class_values(Module, given, self.refer))

    def add_transitions(
        self, subject: str, status: str, place: Place, path: Sequence[str] = ()
    ) -> str:
        """Draw transitions along a path of statuses; returns the last status.

        One more legal transition, but no cancellation, may follow the path.
        """
        follows, days = TABLES[split(subject)[0]].follows, -60
        for after in path:
            days += 1
            self.add_transition(subject, status, after, place.moment(days))
            status = after
        if self.draw(st.booleans()):
            after = self.draw(
                st.sampled_from([each for each in follows[status] if each != "cancelled"])
            )
            self.add_transition(
                subject, status, after, place.moment(30 if after in _LATE else days + 1)
            )
            status = after
        return status

    def add_transition(self, subject: str, before: str | None, after: str, at: datetime) -> None:
        """Draw one transition; that of an offer may expire."""
        ends = st.sampled_from((None, at + timedelta(days=7)))
        self.add(
            Transition,
            subject=subject,
            before=before,
            after=after,
            effective_at=at,
            expires_at=ends if after == "offered" else None,
        )


def subsets(items: Sequence[S], most: int) -> SearchStrategy[tuple[S, ...]]:
    """Some of the items, none twice."""
    if not items:
        return st.just(())
    return st.lists(st.sampled_from(items), max_size=most, unique=True).map(tuple)
