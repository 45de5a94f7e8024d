"""Statuses as the fold of transitions."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import attrs

from mic_core.errors import NotFound
from mic_core.fields import Bind, Found, is_a, refuse, sound
from mic_core.ids import is_id, split
from mic_core.model import TABLES, Application, Edition, Noun, Session, Transition
from mic_core.portfolio.log import settled

if TYPE_CHECKING:
    from mic_core.portfolio.portfolio import Portfolio


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


def transitions_of(
    portfolio: "Portfolio", subject: str, *, at: datetime | None = None
) -> tuple[Transition, ...]:
    """The transitions of a subject that took effect by the instant `at`, in order.

    `subject` is an application, edition, enrollment or session, cited as `kind:id`; `at` of None
    means all that are known. Raises NotFound for a subject that is not in the portfolio and
    InvariantError for an `at` without a zone. O(k log k) over its k transitions.
    """
    return _lived(portfolio, subject, _subject(portfolio, subject), at)[1]


def status_of(portfolio: "Portfolio", subject: str, *, at: datetime | None = None) -> str:
    """The status of an application, edition, enrollment or session, cited as `kind:id`.

    `at` is an instant of the world; None means after all that is known. Raises NotFound for a
    subject that is not in the portfolio and InvariantError for an `at` without a zone. O(k log k)
    over its k transitions.

    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> status_of(season, "enrollment:azure-camp-2014-developer-01")
    'enrolled'
    """
    noun = _subject(portfolio, subject)
    first, folded = _lived(portfolio, subject, noun, at)
    return folded[-1].after if folded else first


def _lived(
    portfolio: "Portfolio", subject: str, noun: Noun, at: datetime | None
) -> tuple[str, tuple[Transition, ...]]:
    """The first status of a noun, and its transitions by an instant, in order."""
    known = portfolio.where(Transition, subject=subject)
    first = first_status(noun, known)
    if at is not None:
        moment = settled(at, "at")
        known = tuple(each for each in known if each.effective_at <= moment)
    return first, in_sequence(known, first)


@attrs.frozen
class _Citation:
    """The shape of what may be the citation of something that has a status."""

    @property
    def rule(self) -> str:
        return f"must cite one of {', '.join(TABLES)} as kind:id"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ is {bind(str)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        return str.__str__(value) if is_a(value, str) else refuse(found, path, self.rule, value)


_CITATION = _Citation()


def _subject(portfolio: "Portfolio", subject: str) -> Noun:
    # Not above: a portfolio asks this module before it records.
    from mic_core.portfolio.portfolio import PORTFOLIO  # noqa: PLC0415

    _, subject = sound("status", portfolio=(portfolio, PORTFOLIO), subject=(subject, _CITATION))
    kind, id = split(subject)
    noun = portfolio.find(kind, id) if kind in TABLES else None
    if noun is None:
        named = subject if kind in TABLES and is_id(id) else "what is named"
        msg = f"{named} has no status here; cite one of {', '.join(TABLES)} as kind:id"
        raise NotFound(msg)
    return noun
