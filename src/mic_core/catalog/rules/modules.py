"""Module rules: the sessions of an edition against the modules of its program."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from mic_core.ids import cite
from mic_core.model import Assignment, Edition, Module, Program, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.rules import Breach, Entry, Facts, PortfolioRule


@attrs.frozen(kw_only=True)
class _ModuleCounts:
    """An edition with the modules of its program and its number of sessions of each module.

    `counts` is by module id; sessions without a module are under the empty id.
    """

    edition: str
    status: str
    modules: tuple[Module, ...]
    counts: Mapping[str, int]


def _module_counts(portfolio: Portfolio) -> Iterator[_ModuleCounts]:
    programs = {each.id: each for each in portfolio.all(Program)}
    editions, status = status_histories(portfolio, Edition), status_histories(portfolio, Session)
    counts: dict[str, dict[str, int]] = {}
    for session in portfolio.all(Session):
        if session.edition_id is not None and status[session.id].last != "cancelled":
            by_module = counts.setdefault(session.edition_id, {})
            module = session.module_id or ""  # no module has the empty id
            by_module[module] = by_module.get(module, 0) + 1
    for edition in portfolio.all(Edition):
        program = programs.get(edition.program_id)
        if program is not None:
            yield _ModuleCounts(
                edition=cite("edition", edition.id),
                status=editions[edition.id].last,
                modules=program.modules,
                counts=counts.get(edition.id, {}),
            )


def _facts(counted: _ModuleCounts, module: Module) -> Facts:
    return {
        "edition": counted.edition, "module": cite("module", module.id),
        "needed": module.count, "had": counted.counts.get(module.id, 0),
    }  # fmt: skip


def _missing_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for counted in _module_counts(portfolio):
        # A completed edition without any session was held before sessions were recorded.
        if counted.status == "open" or (counted.status == "completed" and counted.counts):
            for module in counted.modules:
                if counted.counts.get(module.id, 0) < module.count:
                    names = (counted.edition, cite("module", module.id))
                    yield Breach(subjects=names, facts=_facts(counted, module))


MISSING_SESSIONS = PortfolioRule(
    entry=Entry(
        code="missing-sessions",
        level="medium",
        law="An edition that is open has as many sessions of each module as the program asks for; "
        "so has one that is completed, if its sessions are recorded at all.",
        why="What was promised is to be taught.",
        source="the modules of the program",
        sentence="{edition} has {had} of {needed} sessions of {module}",
        mend="outline the sessions that are missing",
    ),
    find=_missing_sessions,
)
"""An edition has all sessions of each module."""


def _surplus_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for counted in _module_counts(portfolio):
        for module in counted.modules:
            if counted.status != "cancelled" and counted.counts.get(module.id, 0) > module.count:
                names = (counted.edition, cite("module", module.id))
                yield Breach(subjects=names, facts=_facts(counted, module))


SURPLUS_SESSIONS = PortfolioRule(
    entry=Entry(
        code="surplus-sessions",
        level="soft",
        law="An edition has no more sessions of a module than the program asks for.",
        why="One of them may have been entered twice, or the module has grown.",
        source="the modules of the program",
        sentence="{edition} has {had} sessions of {module}, which asks for {needed}",
        mend="cancel some of them, or change the count of the module",
    ),
    find=_surplus_sessions,
)
"""An edition has no surplus sessions of a module."""


def _foreign_modules(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    homes = {each.id: each.program_id for each in portfolio.all(Edition)}
    owners = {module.id: one.id for one in portfolio.all(Program) for module in one.modules}
    for each in portfolio.all(Session):
        needed = homes.get(each.edition_id) if each.edition_id is not None else None
        had = owners.get(each.module_id) if each.module_id is not None else None
        if needed is not None and had is not None and needed != had:
            facts = {
                "module": cite("module", each.module_id or ""),
                "had": cite("program", had), "needed": cite("program", needed),
            }  # fmt: skip
            yield Breach(subjects=(cite("session", each.id),), path="module_id", facts=facts)


FOREIGN_MODULE = PortfolioRule(
    entry=Entry(
        code="foreign-module",
        level="medium",
        law="A session of an edition teaches a module of the edition's program.",
        why="It counts for no module of its own program.",
        source="the modules of the program",
        sentence="{subjects} teaches {module} of {had}, but its edition runs {needed}",
        mend="name a module of {needed}, or none",
    ),
    find=_foreign_modules,
)
"""A session teaches a module of its edition's program."""


def _wrong_lengths(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    modules, status = portfolio.modules(), status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        module = modules.get(each.module_id) if each.module_id is not None else None
        if module is None or status[each.id].last == "cancelled":
            continue
        if each.length != module.length:
            facts = {
                "module": cite("module", module.id),
                "had": str(each.length), "needed": str(module.length),
            }  # fmt: skip
            yield Breach(subjects=(cite("session", each.id),), path="length", facts=facts)


MODULE_LENGTH = PortfolioRule(
    entry=Entry(
        code="module-length",
        level="soft",
        law="A session of a module lasts as long as the module says.",
        why="Editions of one program teach the same hours.",
        source="the modules of the program",
        sentence="{subjects} lasts {had}; {module} lasts {needed}",
        mend="change one of the two lengths",
    ),
    find=_wrong_lengths,
)
"""A session has the length of its module."""


def _unqualified_leads(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    modules, status = portfolio.modules(), status_histories(portfolio, Session)
    sessions = {each.id: each for each in portfolio.all(Session)}
    for part in portfolio.all(Assignment):
        session = sessions.get(part.session_id) if part.role == "lead" else None
        module = modules.get(session.module_id or "") if session is not None else None
        if session is None or module is None or status[session.id].last == "cancelled":
            continue
        if module.trainers and part.person_id not in module.trainers:
            person, name = cite("person", part.person_id), cite("session", session.id)
            facts: Facts = {
                "module": cite("module", module.id), "session": name, "shared": person,
                "had": person, "needed": tuple(cite("person", id) for id in module.trainers),
            }  # fmt: skip
            names = (cite("assignment", part.id), name)
            yield Breach(subjects=names, path="person_id", facts=facts)


UNQUALIFIED_TRAINER = PortfolioRule(
    entry=Entry(
        code="unqualified-trainer",
        level="medium",
        law="Who leads a session of a module that names its trainers is one of them.",
        why="The program says who can teach it.",
        source="the modules of the program",
        sentence="{had} leads {session}, and {module} is taught by {needed}",
        mend="assign one of {needed}, or add {had} to the trainers of {module}",
    ),
    find=_unqualified_leads,
)
"""The lead of a session is among the trainers of its module."""

MODULE_RULES: tuple[PortfolioRule, ...] = (
    MISSING_SESSIONS,
    SURPLUS_SESSIONS,
    FOREIGN_MODULE,
    MODULE_LENGTH,
    UNQUALIFIED_TRAINER,
)
"""The rules of this module."""
