"""The state of drawing a coherent portfolio: each noun refers only to nouns drawn before it.

Every choice is a whole number from 0 on, and 0 is the simplest, so that Hypothesis shrinks each
choice by itself. A list is drawn as a list, since Hypothesis can then remove one item of it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core.chrono import Slot
from mic_core.chrono.local import local
from mic_core.ids import cite, split
from mic_core.model import KINDS, TABLES, Module, Noun, Room, Session, Transition
from mic_core.portfolio.log import Key
from mic_core.testing.classes import Fields, draw_value

N = TypeVar("N", bound=Noun)
S = TypeVar("S")

_SELDOM = 6
"""One of this many nouns has an optional field of any value. A budget: keeps draws cheap."""


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
    rooms: tuple[Room, ...]

    @property
    def day(self) -> date:
        """The local day of that instant."""
        return local(self.near, self.clocks).date()

    def moment(self, days: int) -> datetime:
        """Return the instant a number of days later, or earlier if negative."""
        return local(self.near, UTC) + timedelta(days=days)


@attrs.frozen
class SessionPlace:
    """The slot and the room of a session drawn before."""

    session_id: str
    slot: Slot
    room_id: str | None

    @classmethod
    def of(cls, session: Session) -> "list[SessionPlace]":
        """The place of a session; none where it has no slot."""
        return [] if session.slot is None else [cls(session.id, session.slot, session.room_id)]


@cache
def _between(least: int, end: int) -> SearchStrategy[int]:
    """Whole numbers from the least up to an end; made once, since making a strategy costs most."""
    return st.integers(least, end - 1)


_Next = Callable[[], Any]
"""Draws what comes next in a list."""


@st.composite
def _item(draw: DrawFn, waiting: list[_Next]) -> Any:
    """The next item of the innermost list that is being drawn.

    One strategy for all items of a portfolio: a composite is a span of choices, and spans are what
    Hypothesis deletes, but making a strategy for each list would cost more than drawing it.
    """
    _ = draw
    return waiting[-1]()


@attrs.frozen(eq=False)
class Growing:
    """The nouns drawn so far, in the order of their references; `ids` has their ids by kind."""

    draw: DrawFn
    nouns: list[Noun] = attrs.field(factory=list[Noun])
    ids: dict[str, list[str]] = attrs.field(factory=dict[str, list[str]])
    placed: list[SessionPlace] = attrs.field(factory=list[SessionPlace])
    _waiting: list[_Next] = attrs.field(factory=list[_Next], init=False)
    _items: SearchStrategy[Any] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _item(self._waiting), takes_self=True)
    )

    # Choices

    def below(self, count: int) -> int:
        """Draw a whole number from 0 up to a count, which is not reached."""
        return self.draw(_between(0, count))

    def one_in(self, count: int) -> bool:
        """Draw True once in a number of times; False is the simplest."""
        return self.below(count) == count - 1

    def pick(self, items: Sequence[S]) -> S:
        """Draw one of the items; the first is the simplest.

        A single item has a choice too, so that the rest stays the same where items are deleted.
        """
        return items[self.below(len(items))]

    def some(self, items: Sequence[S], most: int = 2) -> tuple[S, ...]:
        """Draw at most some of the items, none twice."""
        if not items or not most:
            return ()
        picked = [self.pick(items) for _ in range(self.below(most + 1))]
        return tuple(dict.fromkeys(picked))

    def several(self, make: Callable[[], S], most: int, least: int = 0) -> list[S]:
        """Draw a list of values: of `least` to `most`, on average half of the sum of both."""
        made: list[S] = []
        middle = (least + most) // 2 + 2

        def draw_next() -> bool:
            # A forced item has a choice too: so the list stays the same where `least` shrinks.
            if not self.draw(_between(1 if len(made) < least else 0, middle)):
                return False
            made.append(make())
            return True

        self._waiting.append(draw_next)
        while len(made) < most and self.draw(self._items):
            pass
        self._waiting.pop()
        return made

    def part(self, make: Callable[[], S]) -> S:
        """Draw a part as one span of choices, which Hypothesis can make trivial at once."""
        self._waiting.append(make)
        made: S = self.draw(self._items)
        self._waiting.pop()
        return made

    # References

    def refer(self, kinds: tuple[str, ...]) -> SearchStrategy[Key]:
        """References to nouns drawn so far, of any of the kinds; empty if there is none."""
        found = [(kind, id) for kind in kinds for id in self.ids.get(kind, ())]
        return st.sampled_from(found) if found else st.nothing()

    def known(self, *kinds: str) -> list[str]:
        """The ids of the nouns drawn so far, of some kinds."""
        return [id for kind in kinds for id in self.ids.get(kind, ())]

    def cited(self, *kinds: str) -> list[str]:
        """The same, cited as `kind:id`."""
        return [cite(kind, id) for kind in kinds for id in self.ids.get(kind, ())]

    def any_of(self, noun: type[N]) -> list[N]:
        """The nouns of a class drawn so far."""
        return [each for each in self.nouns if isinstance(each, noun)]

    def new_id(self, kind: str) -> str:
        """Return a new id of a kind."""
        taken = self.ids.setdefault(kind, [])
        taken.append(f"{kind}-{len(taken) + 1}")
        return taken[-1]

    # Nouns

    def add(self, noun: type[N], **fields: Any) -> N:
        """Draw one more noun, with an id of its own and some fields given."""
        kind = KINDS[noun]
        id = f"{kind}-{len(self.ids.get(kind, ())) + 1}"
        made = self._value(noun, {"id": id, **fields})
        self.new_id(kind)
        self.nouns.append(made)
        return made

    def copy(self, noun: N, **fields: Any) -> N:
        """Add a copy of a noun with an id of its own, and perhaps with other fields."""
        written: Any = noun
        made: N = attrs.evolve(written, id=self.new_id(KINDS[type(noun)]), **fields)
        self.nouns.append(made)
        return made

    def module(self, **fields: Any) -> Module:
        """Draw a module; it is part of a program, which is drawn later."""
        return self._value(Module, {"id": self.new_id("module"), **fields})

    def _value(self, cls: type[S], given: Fields) -> S:
        return draw_value(self.draw, cls, given, self.refer, _SELDOM)

    # Statuses

    def follow(self, subject: str, first: str, path: Iterable[tuple[str, datetime]]) -> str:
        """Add a transition to each status of a path, with its instant; returns the last status."""
        status = first
        for after, at in path:
            self.change(subject, status, after, at)
            status = after
        return status

    def wander(
        self, subject: str, first: str, place: Place, day: int, most: int, until: Sequence[str] = ()
    ) -> str:
        """Add a random walk through the status table of a subject; returns the last status.

        It begins on a day, counted from that of the place. Statuses of `until` are as likely as
        all others together.
        """
        status = first
        for _ in range(most):
            follows = TABLES[split(subject)[0]].follows[status]
            likely = [each for each in follows if each in until]
            after = self.pick((None, *likely, *follows))
            if after is None:
                break
            day += self.pick(_GAPS)
            self.change(subject, status, after, place.moment(day))
            status = after
        return status

    def change(self, subject: str, before: str | None, after: str, at: datetime) -> None:
        """Add one transition; that of an offer may expire."""
        expires = self.pick((None, at + timedelta(days=7))) if after == "offered" else None
        self.add(
            Transition,
            subject=subject,
            before=before,
            after=after,
            effective_at=at,
            expires_at=expires,
        )


_GAPS = (1, 0, 3, 30)
"""Days between two transitions; several may take effect at one instant."""
