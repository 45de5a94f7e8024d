"""What `record` asks of new facts before it keeps them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, cast

from mic_core.errors import (
    IllegalTransition,
    InvariantError,
    NotFound,
    Problem,
    StaleProposal,
)
from mic_core.fields import describe
from mic_core.ids import cite, split
from mic_core.model import KINDS, TABLES, Noun, Transition
from mic_core.portfolio.log import Key, key_of
from mic_core.portfolio.status import first_status, in_sequence

if TYPE_CHECKING:
    from mic_core.portfolio.portfolio import Portfolio


class Proposal(Protocol):
    """What a verb proposes: the nouns to keep. It may also tell what it `replaces`."""

    @property
    def changes(self) -> tuple[Noun, ...]:
        """The rows that would be recorded."""
        ...


Item = Noun | Proposal


def nouns_in(items: Iterable[object]) -> tuple[Noun, ...]:
    """The nouns among the items and in the changes of proposals; raises InvariantError."""
    nouns: list[Noun] = []
    problems: list[Problem] = []
    for place, item in enumerate(items):
        for each in _changes(item):
            if type(each) in KINDS:
                nouns.append(cast("Noun", each))
            else:
                problems.append(
                    Problem(
                        path=f"[{place}]",
                        rule="must be a noun, or a proposal with `changes`",
                        had=describe(each),
                        mend="record what a verb proposes, not a report or a measure",
                    )
                )
    if problems:
        raise InvariantError("Portfolio", problems)
    return tuple(nouns)


def _changes(item: object) -> tuple[object, ...]:
    if type(item) in KINDS:
        return (item,)
    changes = getattr(item, "changes", None)
    return changes if isinstance(changes, tuple) else (item,)


def news(portfolio: "Portfolio", items: Iterable[object]) -> tuple[Noun, ...]:
    """What among the items is new to the portfolio, once it has passed every question.

    Raises InvariantError for two values under one id, StaleProposal, IllegalTransition, NotFound.
    """
    items = tuple(items)
    nouns = nouns_in(items)
    new: dict[Key, Noun] = {}
    for noun in nouns:
        key = key_of(noun)
        if new.setdefault(key, noun) != noun:
            rule = "must be recorded with one value at a time"
            raise InvariantError("Portfolio", [Problem(path=cite(*key), rule=rule)])
    for item in items:
        _refuse_stale(portfolio, item)
    changed = {key: noun for key, noun in new.items() if portfolio.find(*key) != noun}
    _check_transitions(portfolio, changed)
    return tuple(changed.values())


def _refuse_stale(portfolio: "Portfolio", item: object) -> None:
    """A proposal already recorded as it is stays a no-op; one whose ground has moved is stale."""
    replaces: tuple[Noun, ...] = getattr(item, "replaces", ())
    proposed = {key_of(noun): noun for noun in nouns_in([item])} if replaces else {}
    for old in replaces:
        key = key_of(old)
        current = portfolio.find(*key)
        if current not in (old, proposed.get(key)):
            msg = f"{cite(*key)} is not what the proposal replaces; propose again"
            raise StaleProposal(msg)


def _check_transitions(portfolio: "Portfolio", changed: dict[Key, Noun]) -> None:
    by_subject: dict[str, list[Transition]] = {}
    for noun in changed.values():
        if isinstance(noun, Transition):
            by_subject.setdefault(noun.subject, []).append(noun)
    for subject in sorted(by_subject):
        _check_chain(portfolio, changed, subject, by_subject[subject])


def _check_chain(
    portfolio: "Portfolio", changed: dict[Key, Noun], subject: str, new: list[Transition]
) -> None:
    """Follow all transitions of one subject and judge each link that a new one is part of."""
    key = split(subject)
    noun = changed.get(key) or portfolio.find(*key)
    if noun is None:
        msg = f"{subject} is not in the portfolio; record it before, or together with, its status"
        raise NotFound(msg)
    ids = {each.id for each in new}
    known = [each for each in portfolio.where(Transition, subject=subject) if each.id not in ids]
    status, touched, begun = first_status(noun), False, False
    for each in in_sequence([*known, *new], status):
        if touched or each.id in ids:
            check_link(each, status, begun=begun)
        status, touched, begun = each.after, each.id in ids, True


def check_link(transition: Transition, status: str, *, begun: bool) -> None:
    """Raise StaleProposal or IllegalTransition unless a transition fits the status before it.

    `begun` tells that another transition came before.
    """
    subject, before, after = transition.subject, transition.before, transition.after
    table = TABLES[split(subject)[0]]
    if before is None and not begun:
        if after not in table.initial:
            raise IllegalTransition(subject, "new", after, table.initial)
    elif before != status:
        stated = "at its beginning" if before is None else before
        msg = f"{subject} is {status}, not {stated}, when {cite('transition', transition.id)} begins"
        raise StaleProposal(msg)
    elif after not in table.follows[status]:
        raise IllegalTransition(subject, status, after, table.follows[status])
