"""Premises of proposed changes: what they take for granted beside the rules of the timetable.

A premise is a reference that resolves, a session that is still planned, an edition that is not
cancelled, a session without another lead, a series or module that calls for the session.
"""

from collections.abc import Iterable, Iterator

from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Edition,
    Module,
    Noun,
    Program,
    Retraction,
    Series,
    Session,
)
from mic_core.model.references import Reference, references
from mic_core.portfolio import Portfolio, status_of
from mic_core.portfolio.center_clock import zone_of
from mic_core.portfolio.log import key_of
from mic_core.scheduling.scope import status_now
from mic_core.scheduling.series import disagreements, is_occurrence

_LIKE_ITS_MODULE = ("kind", "length", "needs", "title")
"""The fields that a session takes over from the module that calls for it."""


def broken_premises(
    before: Portfolio, after: Portfolio, changes: Iterable[Noun]
) -> Iterator[Finding]:
    """A finding for each premise of the changes that does not hold in the portfolio `after` them.

    `before` is the portfolio without the changes. O(changes), and the sessions of a changed series.
    """
    changes = tuple(changes)
    changed = {key_of(each) for each in changes}
    counted: set[tuple[str, str]] = set()  # the editions and modules whose sessions were counted
    for noun in changes:
        yield from _dangling(after, noun)
        match noun:
            case Assignment():
                session = after.find(Session, noun.session_id)
                if session is not None:
                    yield from _unplanned(after, session)
                    if noun.role == "lead":
                        yield from _wrong_lead(after, noun, session, changed)
            case Session():
                known = before.find(Session, noun.id)
                yield from _unplanned(after, noun, is_new=known is None)
                if known is None or _occurrence(known) != _occurrence(noun):
                    yield from _uncalled_occurrence(after, noun)
                if known is None:
                    yield from _uncalled_session(after, noun, counted)
            case Series():
                yield from _strays(after, noun, changed)
            case _:
                pass


def _broken(code: str, message: str, *subjects: str, path: str = "") -> Finding:
    return Finding(
        code=code, severity="error", subjects=tuple(sorted(set(subjects))), path=path,
        message=message,
    )  # fmt: skip


def _dangling(portfolio: Portfolio, noun: Noun) -> Iterator[Finding]:
    """The references of a changed value to what is not there."""
    if isinstance(noun, Retraction):
        return  # it names what is no longer known
    name = cite(*key_of(noun))
    for each in references(noun):
        if not _resolves(portfolio, each):
            wanted = cite(each.kinds[0], each.id)
            message = f"{name} names {wanted}, which is not there"
            yield _broken("dangling-reference", message, name, wanted, path=each.path)


def _resolves(portfolio: Portfolio, reference: Reference) -> bool:
    return any(
        reference.id in portfolio.modules()
        if kind == "module"
        else portfolio.find(kind, reference.id) is not None
        for kind in reference.kinds
    )


def _unplanned(
    portfolio: Portfolio, session: Session, *, is_new: bool = False
) -> Iterator[Finding]:
    """A session that was held or cancelled, or whose edition was cancelled.

    A new one may be recorded together with what tells that it was held.
    """
    name, status = cite("session", session.id), status_now(portfolio, session)
    if status != "planned" and not is_new:
        yield _broken("not-planned", f"{name} is {status}", name)
    edition = portfolio.find(Edition, session.edition_id) if session.edition_id else None
    if edition is not None:
        cited = cite("edition", edition.id)
        if status_of(portfolio, cited) == "cancelled":
            yield _broken("cancelled-edition", f"{cited} of {name} is cancelled", name, cited)


def _wrong_lead(
    portfolio: Portfolio, lead: Assignment, session: Session, changed: set[tuple[str, str]]
) -> Iterator[Finding]:
    """A lead beside another one, and a lead that the module does not list among its trainers."""
    name, person = cite("session", session.id), cite("person", lead.person_id)
    for other in portfolio.where(Assignment, session_id=session.id):
        if other.role == "lead" and other.id != lead.id and key_of(other) not in changed:
            cited = cite("assignment", other.id)
            yield _broken("second-lead", f"{name} has a lead in {cited} already", name, cited)
    module = portfolio.modules().get(session.module_id or "")
    if module is not None and module.trainers and lead.person_id not in module.trainers:
        cited = cite("module", module.id)
        message = f"{person} is not among the trainers of {cited}, and would lead {name}"
        yield _broken("unqualified-trainer", message, name, person, cited)


def _occurrence(session: Session) -> tuple[object, object]:
    return session.series_id, session.original_on


def _uncalled_occurrence(portfolio: Portfolio, session: Session) -> Iterator[Finding]:
    """A new occurrence that its series does not call for, has already, or would have otherwise."""
    day = session.original_on
    series = portfolio.find(Series, session.series_id) if session.series_id else None
    if series is None or day is None:
        return
    name, cited = cite("session", session.id), cite("series", series.id)
    # By date first: a series may have thousands of sessions.
    for other in portfolio.where(Session, original_on=day, series_id=series.id):
        if other.id != session.id:
            twin = cite("session", other.id)
            message = f"{twin} is the occurrence of {cited} on {day} already"
            yield _broken("occurrence-twice", message, name, twin, cited)
    place = zone_of(portfolio, series.center_id)
    if not is_occurrence(series, place, day):
        yield _broken("stray-occurrence", f"{cited} has no date on {day}", name, cited)
        return
    for field in disagreements(series, place, session):
        message = f"{cited} has another {field} than {name} on {day}"
        yield _broken("differs-from-series", message, name, cited, path=field)


def _uncalled_session(
    portfolio: Portfolio, session: Session, counted: set[tuple[str, str]]
) -> Iterator[Finding]:
    """A new session that its module does not call for, or would have otherwise."""
    edition = portfolio.find(Edition, session.edition_id) if session.edition_id else None
    program = portfolio.find(Program, edition.program_id) if edition is not None else None
    if edition is None or program is None or session.module_id is None:
        return
    name, cited = cite("session", session.id), cite("module", session.module_id)
    home = cite("edition", edition.id)
    module = next((each for each in program.modules if each.id == session.module_id), None)
    if module is None:
        message = f"{cited} is not in the program of {home}"
        yield _broken("foreign-module", message, name, cited, home)
        return
    if (edition.id, module.id) not in counted:  # once for all sessions of a module
        counted.add((edition.id, module.id))
        yield from _surplus(portfolio, edition.id, module)
    for field in _LIKE_ITS_MODULE:
        if getattr(session, field) != getattr(module, field):
            message = f"{cited} has another {field} than {name}"
            yield _broken("differs-from-module", message, name, cited, path=field)


def _surplus(portfolio: Portfolio, edition_id: str, module: Module) -> Iterator[Finding]:
    """More sessions of a module in an edition than its count."""
    held = portfolio.where(Session, edition_id=edition_id, module_id=module.id)
    home, cited = cite("edition", edition_id), cite("module", module.id)
    if len(held) > module.count:
        message = f"{home} would have {len(held)} sessions of {cited}, which counts {module.count}"
        yield _broken("surplus-sessions", message, cited, home)


def _strays(
    portfolio: Portfolio, series: Series, changed: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Planned sessions that a changed series leaves on dates that it does not have any more."""
    place = zone_of(portfolio, series.center_id)
    for each in portfolio.where(Session, series_id=series.id):
        day = each.original_on
        is_left = day is not None and not is_occurrence(series, place, day)
        if is_left and key_of(each) not in changed and status_now(portfolio, each) == "planned":
            name, cited = cite("session", each.id), cite("series", series.id)
            message = f"{name} is planned on {day}, which {cited} has no more"
            yield _broken("stray-occurrence", message, name, cited)
