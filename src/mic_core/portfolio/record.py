"""Validation of new facts: `record` keeps all of them or none.

In order: every item is a noun or a proposal, no id has two values unless a proposal replaces one by
the other, each changed transition is legal by the status table of its subject, and no proposal is
stale: what it replaces is current, and it makes no clash that it did not make when it was made.
"""

from abc import ABCMeta
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from mic_core.errors import (
    IllegalTransition,
    InvariantError,
    NotFound,
    Problem,
    StaleProposal,
)
from mic_core.fields import EXHAUSTED, describe
from mic_core.ids import cite, is_id, split
from mic_core.model import KINDS, TABLES, Noun, Retraction, Transition
from mic_core.model.references import references
from mic_core.portfolio.log import Key, Recording, key_of, recording_text, subject_of
from mic_core.portfolio.status_history import StatusHistory, StatusLink, first_status


class Lookup(Protocol):
    """The look-ups of a portfolio that validation needs; it cannot import Portfolio itself."""

    def find(self, noun: Any, id: str, /) -> Noun | None: ...
    def where(self, noun: type[Transition], /, *, subject: str) -> tuple[Transition, ...]: ...
    def history(self, noun: str, id: str, /) -> tuple[Recording, ...]: ...


if TYPE_CHECKING:
    from mic_core.findings import Finding

    _ProtocolMeta = ABCMeta
else:
    _ProtocolMeta = type(Protocol)


class _ByChanges(_ProtocolMeta):
    """The metaclass of `Proposal`: an instance is what has a tuple `changes` of nouns."""

    def __instancecheck__(self, instance: object) -> bool:
        changes = _attribute(instance, "changes")
        if not isinstance(changes, tuple) or isinstance(instance, type):
            return False
        return all(type(each) in KINDS for each in cast("tuple[object, ...]", changes))


@runtime_checkable
class Proposal(Protocol, metaclass=_ByChanges):
    """A proposed change: the nouns that `record` would keep.

    `isinstance` tells a proposal by its `changes`, a tuple of nouns. It may also have a tuple
    `replaces`: the values that it rests on, whether it changes them or not. Recording it is refused
    once one of them is no longer current, and where it would supersede a value that it does not
    name. And it may have a method `new_conflicts(portfolio)`, which returns findings: the clashes
    with a portfolio that it did not have when it was made. Recording it is refused if there are
    any; `portfolio` has all that is recorded with it, but not its changes.
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
    values: Mapping[Key, Noun],
    twins: frozenset[Key],
    waiting: Mapping[str, tuple[Transition, ...]],
    retracted: frozenset[str],
) -> tuple[Noun, ...]:
    """The values that are new to the portfolio, once all are valid.

    `twins` are the keys under which several values are known: recording one of these values is
    news, since it settles which is right. `waiting` are the transitions of each retracted subject,
    by its citation; `retracted` are the subjects, cited, that were retracted at the same instant.
    Raises InvariantError for what cannot be recorded together, StaleProposal, IllegalTransition and
    NotFound.
    """
    changed = {
        key: noun for key, noun in values.items() if key in twins or portfolio.find(*key) != noun
    }
    gone = _retracted_by(portfolio, changed, retracted)
    _check_transitions(portfolio, changed, gone, waiting)
    return tuple(changed.values())


def values_by_key(items: tuple[object, ...]) -> Mapping[Key, Noun]:
    """The value of each id among the items; of several, the one by which proposals replace others.

    Raises InvariantError for an id with several values of which none replaces all others.
    """
    values: dict[Key, list[Noun]] = {}
    for noun in nouns_in(items):
        mine = values.setdefault(key_of(noun), [])
        if noun not in mine:
            mine.append(noun)
    if all(len(each) == 1 for each in values.values()):
        return {key: noun for key, (noun,) in values.items()}
    replaced: dict[Key, list[tuple[Noun, Noun]]] = {}
    for item in items:
        old = {key_of(noun): noun for noun in _replaced_by(item)}
        for noun in nouns_in([item]):
            if key_of(noun) in old:
                replaced.setdefault(key_of(noun), []).append((old[key_of(noun)], noun))
    last = {key: _last_of(mine, replaced.get(key, [])) for key, mine in values.items()}
    clashes = [
        Problem(
            path=cite(*key), rule="must be recorded with one value at a time",
            mend="leave one of them out",
        )
        for key in sorted(last) if last[key] is None
    ]  # fmt: skip
    if clashes:
        raise InvariantError("Portfolio", clashes)
    return {key: noun for key, noun in last.items() if noun is not None}


def _last_of(values: list[Noun], replaced: list[tuple[Noun, Noun]]) -> Noun | None:
    """The last value of a chain in which each replaces the one before; None if they form none."""
    steps = [(old, new) for old, new in replaced if old in values and old != new]
    ends = [each for each in values if all(each != old for old, _ in steps)]
    # As many steps as links, one end, and no value replaced twice: a chain, or an end and a circle.
    chain = ends if len(ends) == 1 and len(steps) == len(values) - 1 else []
    while chain and len(chain) < len(values):
        before = [old for old, new in steps if new == chain[-1]]
        if len(before) != 1:
            return None
        chain.append(before[0])
    return chain[0] if chain else None


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


def refuse_stale(
    portfolio: Lookup,
    items: Iterable[object],
    values: Mapping[Key, Noun],
    add: Callable[[Any, tuple[Noun, ...]], Lookup],
) -> None:
    """Raise StaleProposal for the first proposal among the items that no longer fits.

    Each is judged on the portfolio with all other facts, and with the proposals that it rests on;
    `values` are those that the items come to, `add` returns a portfolio with further nouns. A
    proposal that was recorded before changes nothing and is never stale.
    """
    waiting: list[object] = []
    plain: list[Noun] = []
    for item in items:
        if type(item) in KINDS:
            plain.append(cast("Noun", item))
        else:
            waiting.append(item)
    known = add(portfolio, tuple(plain)) if waiting and plain else portfolio
    while waiting:
        item = _first_independent(waiting)
        waiting.remove(item)
        changes = nouns_in([item])
        if any(portfolio.find(*key) != values[key] for key in map(key_of, changes)):
            _refuse_replaced(known, item, changes)
            _refuse_conflicts(known, item)
            known = add(known, changes) if waiting else known


def _first_independent(waiting: list[object]) -> object:
    """The first proposal that rests on no other one; the first of all where these form a circle."""
    added = [{key_of(noun): noun for noun in nouns_in([item])} for item in waiting]
    for place, item in enumerate(waiting):
        others = [keys for at, keys in enumerate(added) if at != place]
        replaced = _replaced_by(item)
        cited = {
            (kind, each.id)
            for noun in added[place].values()
            for each in references(noun)
            for kind in each.kinds
        }.difference(added[place])
        if not any(
            any(keys.get(key_of(noun)) == noun for noun in replaced) or not cited.isdisjoint(keys)
            for keys in others
        ):
            return item
    return waiting[0]


def _replaced_by(item: object) -> tuple[Noun, ...]:
    """The values that a proposal rests on; none where it does not tell."""
    replaces = _attribute(item, "replaces")
    return nouns_in(cast("tuple[object, ...]", replaces)) if isinstance(replaces, tuple) else ()


def replaced_by(items: Iterable[object]) -> frozenset[Key]:
    """The kinds and ids of the values that proposals among the items replace."""
    proposals = (item for item in items if type(item) not in KINDS)
    return frozenset(key_of(noun) for item in proposals for noun in _replaced_by(item))


def _refuse_replaced(portfolio: Lookup, item: object, changes: tuple[Noun, ...]) -> None:
    """Raise StaleProposal where a value that a proposal replaces is not the current one."""
    if not isinstance(_attribute(item, "replaces"), tuple):
        return
    proposed = {key_of(noun): noun for noun in changes}
    replaced = {key_of(noun): noun for noun in _replaced_by(item)}
    for key in {**replaced, **proposed}:
        current = portfolio.find(*key)
        if current != replaced.get(key) and (current is None or current != proposed.get(key)):
            cited, told = cite(*key), _last_record(portfolio, key)
            msg = f"{cited} is not what the proposal replaces{told}; {_mend(item)}"
            raise StaleProposal(msg, (cited,))


def _mend(item: object) -> str:
    """The way out where a proposal is stale, as its ground says."""
    mend = _attribute(_attribute(item, "ground"), "mend")
    return mend if isinstance(mend, str) else "propose again"


def _last_record(portfolio: Lookup, key: Key) -> str:
    """When and by whom an id was recorded or taken back last, as the rest of a sentence."""
    try:
        last = portfolio.history(*key)[-1]
    except NotFound:
        return ": it is not in the portfolio"
    text = recording_text(last)
    is_bare = last.recorded_at is None and last.actor is None
    return "" if is_bare else f": it {text.removeprefix(subject_of(last.value)).lstrip()}"


def _refuse_conflicts(portfolio: Lookup, item: object) -> None:
    """Raise StaleProposal for the clashes that a proposal finds with a portfolio."""
    judge = _attribute(item, "new_conflicts")
    if not callable(judge):
        return
    from mic_core.findings import Finding  # noqa: PLC0415  # loads markup, seldom needed

    answers = cast("Callable[[Lookup], Iterable[object]]", judge)(portfolio)
    found = [each for each in answers if isinstance(each, Finding)]
    if found:
        since = dict.fromkeys(each for one in found for each in _since(one))
        first, more = found[0], len(found) - 1
        others = f"; {more:,} more {'clash' if more == 1 else 'clashes'}" if more else ""
        msg = f"{first.message}{others}; {first.mend or _mend(item)}"
        raise StaleProposal(msg, since)


def _since(finding: "Finding") -> Iterator[str]:
    cited = finding.fact("since")
    if isinstance(cited, tuple):
        yield from (each for each in cited if isinstance(each, str))


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
        mend = f"propose again, or let it start from {status}"
        msg = f"{subject} is {status}, not {stated}, when {begins} begins; {mend}"
        raise StaleProposal(msg, (subject,))
    elif after not in table.follows[status]:
        raise IllegalTransition(subject, status, after, table.follows[status])


def missing(kind: str, id: str, mend: str) -> NotFound:
    """The error for an id that the portfolio does not hold, with a mend."""
    if id.startswith(f"{kind}:"):
        mend = f"give the id alone, without {kind}:"
    named = cite(kind, id) if is_id(id) else f"a {kind} of that id"
    return NotFound(f"{named} is not in the portfolio; {mend}")
