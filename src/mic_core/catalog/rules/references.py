"""Integrity rules: references, unique ids, cycles, legal histories, misspelt open words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache

from mic_core.admission.requirements.circles import unattainable_programs
from mic_core.errors import IllegalTransition, MicError
from mic_core.ids import cite, split
from mic_core.impact.indicators import INDICATORS
from mic_core.model import (
    KINDS,
    NOUNS,
    TABLES,
    Application,
    Assignment,
    Edition,
    Enrollment,
    Module,
    Noun,
    Program,
    Retraction,
    Series,
    Session,
)
from mic_core.model.program import PROGRAM_KINDS, SESSION_KINDS
from mic_core.model.references import Reference, named_ids, references
from mic_core.model.session import ASSIGNMENT_ROLES
from mic_core.portfolio import Portfolio
from mic_core.portfolio.log import Key, id_of, key_of
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.record import check_link
from mic_core.portfolio.status import StatusNoun, status_histories
from mic_core.portfolio.status_history import StatusHistory
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_CLASSES: tuple[type[Noun], ...] = tuple(NOUNS.values())
_STATUS_NOUNS: tuple[type[StatusNoun], ...] = (Application, Edition, Enrollment, Session)


def ids_by_kind(portfolio: Portfolio) -> Mapping[str, frozenset[str]]:
    """The ids of each kind, modules and built-in indicators included."""
    found = {KINDS[cls]: frozenset(map(id_of, portfolio.all(cls))) for cls in _CLASSES}
    indicators = found["indicator"] | INDICATORS.keys()
    return {**found, "module": frozenset(portfolio.modules()), "indicator": indicators}


def _named(portfolio: Portfolio, cls: type[Noun]) -> list[tuple[tuple[str, ...], set[str]]]:
    return [*named_ids(cls, portfolio.all(cls))]


def _dangle(portfolio: Portfolio, cls: type[Noun]) -> bool:
    """True if a reference of a class dangles: decided by sets of ids, since few ever do."""
    ids = derived(portfolio, ids_by_kind)
    for kinds, named in derived(portfolio, _named, cls):
        unknown = named
        for kind in kinds:
            unknown = unknown - ids[kind]
        if unknown:
            return True
    return False


def _are_ambiguous(portfolio: Portfolio, cls: type[Noun]) -> bool:
    """True if a reference of a class names an id of several of its kinds."""
    ids = derived(portfolio, ids_by_kind)
    for kinds, named in derived(portfolio, _named, cls):
        if len(kinds) > 1:
            found = [named & ids[kind] for kind in kinds]
            if sum(map(len, found)) > len(set[str]().union(*found)):
                return True
    return False


def _references_of(nouns: Iterable[Noun]) -> Iterator[tuple[Noun, Reference]]:
    return ((noun, each) for noun in nouns for each in references(noun))


def _dangling_references(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    ids = derived(portfolio, ids_by_kind)
    for cls in _CLASSES:
        # A retraction names what is not known, so its own reference never dangles.
        if cls is Retraction or not _dangle(portfolio, cls):
            continue
        for value, each in _references_of(portfolio.all(cls)):
            if not any(each.id in ids[kind] for kind in each.kinds):
                yield Breach(
                    subjects=(cite(*key_of(value)),),
                    path=each.path,
                    facts={"needed": each.kinds, "had": each.id},
                )


DANGLING_REFERENCE = PortfolioRule(
    entry=Entry(
        code="dangling-reference",
        level="hard",
        law="Every id that an entity names belongs to an entity of the kind it means.",
        why="What is not there can be neither counted nor scheduled.",
        source="referential integrity",
        sentence="{subjects}: {path} names {had}, but no {needed} has that id",
        mend="add it, or correct the id",
    ),
    find=_dangling_references,
)
"""No reference dangles."""


def _ambiguous_references(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    ids = derived(portfolio, ids_by_kind)
    for cls in _CLASSES:
        for value, each in (
            _references_of(portfolio.all(cls)) if _are_ambiguous(portfolio, cls) else ()
        ):
            kinds = tuple(kind for kind in each.kinds if each.id in ids[kind])
            if len(kinds) > 1:
                yield Breach(
                    subjects=(cite(*key_of(value)), *(cite(kind, each.id) for kind in kinds)),
                    path=each.path,
                    facts={"needed": 1, "had": kinds, "id": each.id},
                )


AMBIGUOUS_REFERENCE = PortfolioRule(
    entry=Entry(
        code="ambiguous-reference",
        level="hard",
        law="An id that may name entities of several kinds names one of them only.",
        why="A participant who is both a person and an organization would be counted as either.",
        source="referential integrity",
        sentence="{path} names {id}, which is at once {had}",
        mend="give one of them another id",
    ),
    find=_ambiguous_references,
)
"""No reference is ambiguous."""


def _duplicate_ids(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    contested = portfolio.contested
    latest: dict[Key, tuple[datetime | None, set[Noun]]] = {}
    for batch in portfolio.log if contested else ():
        for value in batch.values:
            key = key_of(value)
            if key in contested:
                if key not in latest or latest[key][0] != batch.recorded_at:
                    latest[key] = (batch.recorded_at, set())
                latest[key][1].add(value)
    for key, (_, values) in latest.items():
        yield Breach(subjects=(cite(*key),), facts={"needed": 1, "had": len(values)})
    yield from _duplicate_modules(portfolio)


def _duplicate_modules(portfolio: Portfolio) -> Iterator[Breach]:
    homes: dict[str, list[str]] = {}
    for program in portfolio.all(Program):
        for module in program.modules:
            homes.setdefault(module.id, []).append(cite("program", program.id))
    for id, programs in homes.items():
        if len(programs) > 1:
            yield Breach(
                subjects=(cite("module", id), *programs), facts={"needed": 1, "had": len(programs)}
            )


DUPLICATE_ID = PortfolioRule(
    entry=Entry(
        code="duplicate-id",
        level="hard",
        law="An id belongs to one value of its kind at any instant, a module's to one program.",
        why="Which of the two is meant nobody can tell.",
        source="entity integrity",
        sentence="{subjects}: one id, {had} values",
        mend="rename one, or record the right one once",
    ),
    find=_duplicate_ids,
)
"""An id has one value at any instant."""


def _cyclic_prerequisites(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    modules = portfolio.modules()
    for circle in cycles({id: _required(modules, id) for id in sorted(modules)}):
        names = tuple(cite("module", id) for id in sorted(circle))
        yield Breach(subjects=names, path="requires", facts={"had": names, "needed": ()})


def _required(modules: Mapping[str, Module], id: str) -> tuple[str, ...]:
    return tuple(each for each in modules[id].requires if each in modules)


def cycles(follows: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The strongly connected components of two or more nodes; Tarjan's algorithm, no recursion.

    O(nodes + arcs).

    >>> list(cycles({"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",)}))
    [('c', 'b', 'a')]
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    for root in follows:
        path = [(root, iter(follows[root]))] if root not in order else []
        while path:
            node, arcs = path[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                open_nodes.append(node)
            step = next(arcs, None)
            if step is not None:
                if step not in order:
                    path.append((step, iter(follows[step])))
                elif step in low:
                    low[node] = min(low[node], order[step])
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == order[node]:
                circle = _popped_component(open_nodes, node)
                for each in circle:
                    del low[each]
                if len(circle) > 1:
                    yield circle


def _popped_component(open_nodes: list[str], root: str) -> tuple[str, ...]:
    taken = [open_nodes.pop()]
    while taken[-1] != root:
        taken.append(open_nodes.pop())
    return tuple(taken)


CYCLIC_PREREQUISITE = PortfolioRule(
    entry=Entry(
        code="cyclic-prerequisite",
        level="hard",
        law="No module requires itself, directly or through others.",
        why="None of them could ever come first.",
        source="order theory",
        sentence="{subjects} require each other in a circle",
        mend="drop one of the requirements",
    ),
    find=_cyclic_prerequisites,
)
"""Prerequisites have no cycle."""


def _unattainable(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for id, needed in unattainable_programs(portfolio).items():
        name = cite("program", id)
        facts: Facts = {"needed": tuple(cite("program", each) for each in needed), "had": ()}
        yield Breach(subjects=(name,), path="eligibility", facts=facts)


UNATTAINABLE_PROGRAM = PortfolioRule(
    entry=Entry(
        code="unattainable-program",
        level="hard",
        law="The eligibility of a program does not wait for programs that wait for it.",
        why="Nobody could ever enter it.",
        source="order theory",
        sentence="nobody can ever enter {subjects}: its eligibility waits for {needed}, which "
        "nobody can enter either",
        mend="drop one of the requirements, or offer another way in",
    ),
    find=_unattainable,
)
"""Eligibility has no circle without a way in."""


def _illegal_histories(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for cls in _STATUS_NOUNS:
        kind = KINDS[cls]
        # Thousands of histories have the same few steps; a legal shape is judged once.
        legal: set[tuple[object, ...]] = set()
        for id, history in status_histories(portfolio, cls).items():
            if history.transitions:
                steps = (
                    history.first,
                    *[(each.before, each.after) for each in history.transitions],
                )
                if steps not in legal:
                    broken = [*_illegal_links(cite(kind, id), history)]
                    yield from broken
                    if not broken:
                        legal.add(steps)


def _illegal_links(subject: str, history: StatusHistory) -> Iterator[Breach]:
    follows = TABLES[split(subject)[0]].follows
    for link in history.links():
        try:
            check_link(link)
        except MicError as error:
            yield Breach(
                subjects=(subject, cite("transition", link.transition.id)),
                path="after" if isinstance(error, IllegalTransition) else "before",
                facts={
                    "needed": follows[link.status],
                    "had": link.transition.after,
                    "status": link.status,
                    "subject": subject,
                },
            )


ILLEGAL_HISTORY = PortfolioRule(
    entry=Entry(
        code="illegal-history",
        level="hard",
        law="Transitions of one subject follow its status table, each from where the last ended.",
        why="A status that cannot have come about makes every count of it doubtful.",
        source="the status tables of this library",
        sentence="{subject} is {status} and is said to have become {had}",
        mend="correct the transition, or record the one that is missing",
    ),
    find=_illegal_histories,
)
"""A status history follows its status table."""


_LIKENESS = 0.85
"""The least similarity ratio of difflib, from 0 to 1, of a misspelling to the word that is meant.

One letter more or less reaches it from four letters on (led and lead: 0.857). Words of their own
stay below: webinar is 0.71 like seminar, greeting 0.80 like meeting."""


@lru_cache(1 << 12)  # words: bounds memory; a portfolio has few different ones
def meant_word(word: str, words: tuple[str, ...]) -> str | None:
    """The listed word that a word is nearly; None if it is listed itself, or like none.

    A listed word behind a prefix is a word of its own, as unconference is.

    >>> meant_word("trainning", ("talk", "training")), meant_word("webinar", ("seminar",))
    ('training', None)
    """
    if word in words:
        return None
    near = get_close_matches(word, words, 1, _LIKENESS)
    return near[0] if near and not word.endswith(near[0]) else None


def open_words(portfolio: Portfolio) -> Iterator[tuple[Noun, str, str, tuple[str, ...]]]:
    """The open words of a portfolio: noun, path of the field, word, and its documented list."""
    for program in portfolio.all(Program):
        yield program, "kind", program.kind, PROGRAM_KINDS
        for n, module in enumerate(program.modules):
            yield program, f"modules[{n}].kind", module.kind, SESSION_KINDS
    for series in portfolio.all(Series):
        yield series, "kind", series.kind, SESSION_KINDS
    for session in portfolio.all(Session):
        yield session, "kind", session.kind, SESSION_KINDS
    for part in portfolio.all(Assignment):
        yield part, "role", part.role, ASSIGNMENT_ROLES


def _misspelt_words(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for noun, path, word, words in open_words(portfolio):
        meant = meant_word(word, words)
        if meant is not None:
            subject = cite(KINDS[type(noun)], noun.id)
            yield Breach(subjects=(subject,), path=path, facts={"had": word, "needed": meant})


MISSPELT_WORD = PortfolioRule(
    entry=Entry(
        code="misspelt-word",
        level="soft",
        law="A kind of session or program, or a role, is not nearly one of the documented words.",
        why="Any word is allowed there, but a misspelt one counts as a kind of its own.",
        source="common practice; similarity by Ratcliff and Obershelp, as in difflib",
        sentence="{subjects}: {path} is {had}, nearly the usual word {needed}",
        mend="write {needed}, if that is meant",
    ),
    find=_misspelt_words,
)
"""An open word is not a likely misspelling of a documented one."""
