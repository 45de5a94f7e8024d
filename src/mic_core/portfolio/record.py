"""Validation of new facts: `record` keeps all of them or none.

In order: every item is a noun or a proposal, no id has two values, no proposal is stale, and each
changed transition is legal by the status table of its subject.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

from mic_core.errors import (
    IllegalTransition,
    InvariantError,
    NotFound,
    Problem,
    StaleProposal,
)
from mic_core.fields import EXHAUSTED, describe
from mic_core.ids import cite, split
from mic_core.model import KINDS, TABLES, Noun, Retraction, Transition
from mic_core.portfolio.log import Key, key_of
from mic_core.portfolio.status_history import StatusHistory, StatusLink, first_status


class Lookup(Protocol):
    """The two look-ups of a portfolio that validation needs; it cannot import Portfolio itself."""

    def find(self, noun: Any, id: str, /) -> Noun | None: ...
    def where(self, noun: type[Transition], /, *, subject: str) -> tuple[Transition, ...]: ...


class Proposal(Protocol):
    """A proposed change: the nouns that `record` would keep.

    It may also have a tuple `replaces`: the values that it rests on, whether it changes them or
    not. Recording it is refused once one of them is no longer current, and where it would
    supersede a value that it does not name.
    """

    @property
    def changes(self) -> tuple[Noun, ...]:
        """The nouns that would be recorded."""
        ...


Item = Noun | Proposal


def nouns_in(items: Iterable[object]) -> tuple[Noun, ...]:
    """The nouns among the items and in the changes of proposals.

    Raises InvariantError for an item that is neither a noun nor a proposal.
    """
    nouns: list[Noun] = []
    problems: list[Problem] = []
    for place, item in enumerate(items):
        for path, each in _changes(item, f"[{place}]"):
            if type(each) in KINDS:
                nouns.append(cast("Noun", each))
            else:
                problems.append(
                    Problem(
                        path=path,
                        rule="must be a noun, or a proposal with `changes`",
                        had=describe(each),
                        mend="record what a verb proposes, not a report or a measure",
                    )
                )
    if problems:
        raise InvariantError("Portfolio", problems)
    return tuple(nouns)


def _changes(item: object, path: str) -> list[tuple[str, object]]:
    changes = _attribute(item, "changes")
    if not isinstance(changes, tuple):
        return [(path, item)]
    listed = cast("tuple[object, ...]", changes)
    return [(f"{path}.changes[{place}]", each) for place, each in enumerate(listed)]


def _attribute(item: object, name: str) -> object:
    """An attribute of a foreign object; None where it has none, or raises."""
    try:
        return getattr(item, name, None)
    except EXHAUSTED:
        raise
    except Exception:  # noqa: BLE001  # an item of somebody else may raise anything
        return None


def new_nouns(
    portfolio: Lookup,
    items: Iterable[object],
    twins: frozenset[Key],
    waiting: Mapping[str, tuple[Transition, ...]],
    retracted: frozenset[str],
) -> tuple[Noun, ...]:
    """The nouns among the items that are new to the portfolio, once all are valid.

    `twins` are the keys under which several values are known: recording one of these values is
    news, since it settles which is right. `waiting` are the transitions of each retracted subject,
    by its citation; `retracted` are the subjects, cited, that were retracted at the same instant.
    Raises InvariantError for what cannot be recorded together, StaleProposal,
    IllegalTransition and NotFound.
    """
    items = tuple(items)
    new: dict[Key, Noun] = {}
    clashes: dict[Key, Problem] = {}
    for noun in nouns_in(items):
        key = key_of(noun)
        if new.setdefault(key, noun) != noun:
            rule = "must be recorded with one value at a time"
            clashes[key] = Problem(path=cite(*key), rule=rule, mend="leave one of them out")
    if clashes:
        raise InvariantError("Portfolio", [clashes[key] for key in sorted(clashes)])
    for item in items:
        _refuse_stale(portfolio, item)
    changed = {
        key: noun for key, noun in new.items() if key in twins or portfolio.find(*key) != noun
    }
    gone = _retracted_by(portfolio, changed, retracted)
    _check_transitions(portfolio, changed, gone, waiting)
    return tuple(changed.values())


def _retracted_by(
    portfolio: Lookup, changed: Mapping[Key, Noun], retracted: frozenset[str]
) -> frozenset[Key]:
    """The keys that the retractions among new values take back.

    Raises NotFound for an unknown subject, and InvariantError where one instant would both know a
    subject and take it back, or a retraction would change its subject.
    """
    subjects: dict[Key, str] = {}
    problems: list[Problem] = []
    for key, noun in changed.items():
        if isinstance(noun, Retraction):
            problems += _clash(portfolio, key, noun, subjects)
            subjects[split(noun.subject)] = noun.id
        elif cite(*key) in retracted:
            rule, mend = "must not be recorded at the instant that takes it back", "record it later"
            problems.append(Problem(path=cite(*key), rule=rule, mend=mend))
    for key in sorted(subjects.keys() & changed.keys()):
        rule = "must not be recorded and taken back at one instant"
        problems.append(Problem(path=cite(*key), rule=rule, mend="leave out one of the two"))
    if problems:
        raise InvariantError("Portfolio", problems)
    for key, id in subjects.items():
        if portfolio.find(*key) is None and portfolio.find("retraction", id) is None:
            msg = f"{cite(*key)} is not in the portfolio; there is nothing to take back"
            raise NotFound(msg)
    return frozenset(subjects)


def _clash(
    portfolio: Lookup, key: Key, noun: Retraction, subjects: Mapping[Key, str]
) -> Iterator[Problem]:
    old = portfolio.find(*key)
    if isinstance(old, Retraction) and old.subject != noun.subject:
        rule = "must keep the subject that it takes back"
        yield Problem(path=cite(*key), rule=rule, mend="give the other retraction another id")
    if split(noun.subject) in subjects:
        rule = "must be taken back once at a time"
        yield Problem(path=noun.subject, rule=rule, mend="leave out one of the retractions")


def _refuse_stale(portfolio: Lookup, item: object) -> None:
    """Raise StaleProposal where a value that a proposal replaces is no longer current.

    A proposal that was recorded before changes nothing and is never stale.
    """
    replaces = _attribute(item, "replaces")
    if not isinstance(replaces, tuple):
        return
    proposed = {key_of(noun): noun for noun in nouns_in([item])}
    if all(portfolio.find(*key) == noun for key, noun in proposed.items()):
        return
    replaced = {key_of(noun): noun for noun in nouns_in(cast("tuple[object, ...]", replaces))}
    for key in {**replaced, **proposed}:
        current = portfolio.find(*key)
        if current != replaced.get(key) and (current is None or current != proposed.get(key)):
            msg = f"{cite(*key)} is not what the proposal replaces; propose again"
            raise StaleProposal(msg)


def _check_transitions(
    portfolio: Lookup,
    changed: Mapping[Key, Noun],
    gone: frozenset[Key],
    waiting: Mapping[str, tuple[Transition, ...]],
) -> None:
    """Check the status history of each subject with a new transition or initial status.

    `gone` are the keys that are retracted: a history must stay legal without its transitions.
    """
    new: dict[str, list[Transition]] = {}
    for key, noun in changed.items():
        old = portfolio.find(*key)
        if isinstance(noun, Transition):
            new.setdefault(noun.subject, []).append(noun)
            if isinstance(old, Transition) and portfolio.find(*split(old.subject)) is not None:
                new.setdefault(old.subject, [])  # a transition that changed its subject
        elif key[0] in TABLES:
            back = waiting.get(cite(*key), ()) if waiting else ()
            revived = [each for each in back if key_of(each) not in changed]
            if revived:
                new.setdefault(cite(*key), []).extend(revived)
            elif old is not None and first_status(old) != first_status(noun):
                new.setdefault(cite(*key), [])
    for key in gone:
        taken = portfolio.find(*key)
        if isinstance(taken, Transition) and portfolio.find(*split(taken.subject)) is not None:
            new.setdefault(taken.subject, [])
    for subject in sorted(new):
        if split(subject) not in gone:
            _check_history(portfolio, changed, gone, subject, new[subject])
        elif new[subject]:
            msg = f"{subject} is taken back at this instant; record its status without that"
            raise NotFound(msg)


def _check_history(
    portfolio: Lookup,
    changed: Mapping[Key, Noun],
    gone: frozenset[Key],
    subject: str,
    new: list[Transition],
) -> None:
    """Check each transition of one subject that is new, or follows another status than before."""
    key = split(subject)
    before = portfolio.find(*key)
    after = changed.get(key, before)
    if after is None:
        msg = f"{subject} is not in the portfolio; record it before, or together with, its status"
        raise NotFound(msg)
    known = portfolio.where(Transition, subject=subject)
    kept = [each for each in known if key_of(each) not in changed and key_of(each) not in gone]
    is_shorter = not gone.isdisjoint(map(key_of, known))
    # A link that was there before, legal or not, is not judged again.
    old_links = set[StatusLink]()
    if before is not None:
        old_links.update(StatusHistory.of(before, known).links())
    for link in StatusHistory.of(after, [*kept, *new]).links():
        if link not in old_links:
            if is_shorter:
                _check_rest(link)
            check_link(link)


def _check_rest(link: StatusLink) -> None:
    """Raise IllegalTransition where a transition does not follow from those not taken back."""
    transition, status = link.transition, link.status
    if transition.before != (None if link.is_first and transition.before is None else status):
        start = "a beginning" if transition.before is None else transition.before
        cited = cite("transition", transition.id)
        raise IllegalTransition(
            transition.subject, status, transition.after,
            TABLES[split(transition.subject)[0]].follows[status],
            mend=f"take back {cited} as well, which starts from {start}",
        )  # fmt: skip


def check_link(link: StatusLink) -> None:
    """Raise StaleProposal or IllegalTransition unless a transition fits the status before it."""
    transition, status = link.transition, link.status
    subject, before, after = transition.subject, transition.before, transition.after
    table = TABLES[split(subject)[0]]
    if before is None and link.is_first:
        if after not in table.initial:
            raise IllegalTransition(subject, "new", after, table.initial)
    elif before != status:
        stated = "at its beginning" if before is None else before
        begins = cite("transition", transition.id)
        msg = f"{subject} is {status}, not {stated}, when {begins} begins; propose again"
        raise StaleProposal(msg)
    elif after not in table.follows[status]:
        raise IllegalTransition(subject, status, after, table.follows[status])
