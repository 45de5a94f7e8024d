"""Change vocabulary: the kinds of change of a session between two timetables, and their tones.

`compare` reads sessions from portfolios and `before_after` from agendas; both classify with
`kinds_of_change`, so that a kind means the same in either.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args

import attrs

from mic_core.markup import Html, Tone, badge, element

ChangeKind = Literal[
    "added", "cancelled", "left out", "placed", "unplaced", "moved", "re-roomed", "reassigned"
]
"""The kind of a change. A session is placed when it gets a slot (for `compare`: and, unless it is
online only, a room). A session that is placed or unplaced has not moved or changed rooms besides.
One that only leaves the scope or period of an agenda, without being cancelled, is left out."""

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
"""All kinds, in the order in which they are counted and listed."""

CHANGE_TONES: Mapping[ChangeKind, Tone] = {
    "added": "good", "cancelled": "warning", "left out": "warning", "placed": "good",
    "unplaced": "warning", "moved": "info", "re-roomed": "info", "reassigned": "info",
}  # fmt: skip
"""The tone in which each kind is shown."""


@attrs.frozen(kw_only=True)
class SessionState:
    """The state of one session in one timetable, reduced to what changes are classified by.

    `instants` are the start and the end of its slot in microseconds since 1970, empty without a
    slot. `room` and `people` are compared for equality only.
    """

    is_placed: bool
    instants: tuple[int, ...]
    room: object
    people: object


def kinds_of_change(
    before: SessionState | None, after: SessionState | None, *, is_cancelled: bool = True
) -> Iterator[ChangeKind]:
    """The kinds of change between two states of one session, None where it does not take place.

    `is_cancelled` tells a session that was cancelled from one that only left the agenda. O(1).

    >>> lab = SessionState(is_placed=True, instants=(0, 60), room="lab", people=())
    >>> list(kinds_of_change(lab, attrs.evolve(lab, instants=(60, 120), room="hall")))
    ['moved', 're-roomed']
    >>> list(kinds_of_change(lab, None)), list(kinds_of_change(lab, None, is_cancelled=False))
    (['cancelled'], ['left out'])
    """
    if before is None or after is None:
        if before is not after:
            yield "added" if before is None else "cancelled" if is_cancelled else "left out"
        return
    if before.is_placed is not after.is_placed:
        yield "placed" if after.is_placed else "unplaced"
    else:
        if before.instants != after.instants:
            yield "moved"
        if before.room != after.room:
            yield "re-roomed"
    if before.people != after.people:
        yield "reassigned"


def change_badge(kind: ChangeKind) -> Html:
    """The kind of one change as a badge in its tone."""
    return badge(kind, CHANGE_TONES[kind])


def _numbers(kinds: Iterable[ChangeKind]) -> Iterator[tuple[int, ChangeKind]]:
    numbers = Counter(kinds)
    return ((numbers[kind], kind) for kind in CHANGE_KINDS if numbers[kind])


def change_numbers(kinds: Iterable[ChangeKind]) -> str:
    """The number of changes of each kind that occurs, in one line.

    >>> change_numbers(["moved", "added", "moved"])
    '1 added, 2 moved'
    """
    return ", ".join(f"{number} {kind}" for number, kind in _numbers(kinds))


def change_numbers_html(kinds: Iterable[ChangeKind]) -> Html:
    """The number of changes of each kind that occurs, as a list of badges."""
    items = (
        element("li", badge(f"{number:,} {kind}", CHANGE_TONES[kind]))
        for number, kind in _numbers(kinds)
    )
    return element("ul", *items, class_="counts")
