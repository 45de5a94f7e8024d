"""Enrollments of a load: the steps that rows state, in any form, as chains of transitions.

A row states steps in a column for the instant of each status, or one status with its instant, or a
result without one. Rows about the same participant in the same edition state one chain together.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mic_core.codec.loading.build import Loading, RowGroup
from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.fields import ENROLLMENT_STATUSES
from mic_core.codec.loading.reading import Values, join_ids
from mic_core.errors import InvariantError
from mic_core.ids import cite, slug
from mic_core.model import TABLES, Attendance, Enrollment, Noun, Transition

_STATUSES = TABLES["enrollment"]
_RANK = {status: rank for rank, status in enumerate(ENROLLMENT_STATUSES)}
_FIRST = "requested"
"""The status of an enrollment before any transition."""

_ENTRIES = ("requested", "waitlisted", "offered", "enrolled")
"""The statuses with which a participant comes, or comes back after having left."""

_NEEDS_OFFER = ("declined", "expired")


_NO_TIME = datetime.min.replace(tzinfo=UTC)
"""The instant of a step until it is dated."""


class StatusStep(NamedTuple):
    """A status that began at an instant, as a row states it; `row` tells rows apart."""

    at: datetime
    status: str
    row: tuple[str, int]
    reason: str | None = None
    actor: str | None = None


class Stated(NamedTuple):
    """The statement of one row: its group, its dated steps, a status without an instant, and more.

    `is_log` is true for a row of a log, which states one step among others.
    """

    group: RowGroup
    steps: tuple[StatusStep, ...]
    undated: StatusStep | None
    is_log: bool


def load_enrollments(load: Loading, tables: Iterable[Values], usual: str | None) -> None:
    """Add the enrollments of tables with their transitions.

    `usual` is the edition of rows that name none; None: such rows are reported.
    """
    by_id: dict[str, list[Stated]] = {}
    for values in tables:
        for group in load.groups(values):
            stated = _stated(load, group, usual)
            if stated is not None:
                by_id.setdefault(group.cells["id"], []).append(stated)
    for id in sorted(by_id):
        _add_enrollment(load, by_id[id])


def _stated(load: Loading, group: RowGroup, usual: str | None) -> Stated | None:
    """Take the steps out of the cells of a row; None after reporting what is wrong with it."""
    cells = group.cells
    persons = [cells.pop(field, None) for field in ("person", "organization")]
    places = [cells.pop(field, None) for field in ("edition", "session")]
    named = {
        "participant_id": ("person", [*persons, cells.get("participant_id")]),
        "into": ("edition", [*places, cells.get("into"), usual]),
    }
    for field, (label, held) in named.items():
        first = next((each for each in held if each is not None), None)
        if first is None:
            load.refuse(group, label, Unreadable("nothing", "must be given"))
            return None
        cells[field] = first
        group.origins[field] = label
    given = "id" in cells
    cells.setdefault("id", join_ids(cells["into"], cells["participant_id"]))
    edition, center = cells["into"], load.center_of(cells["into"])
    row = (group.values.table, group.rows[0])
    status, at = cells.pop("status", None), cells.pop("effective_at", None)
    reason, actor = cells.pop("reason", None), cells.pop("actor", None)
    if status is None and at is not None:
        load.refuse(group, "status", Unreadable("nothing", "must be given"))
        return None
    dated = [(each, cells.pop(f"{each}_at", None)) for each in ENROLLMENT_STATUSES]
    listed = [*dated, *([(status, at)] if status is not None else [])]
    steps: list[StatusStep] = []
    for each, value in listed:
        if each not in _RANK:
            rule = f"must be one of {', '.join(ENROLLMENT_STATUSES)}"
            load.refuse(group, "status", Unreadable("another word", rule))
            return None
        moment = None if value is None else load.moment(value, center, edition)
        if isinstance(moment, Unreadable):
            is_own = each == status and value is at
            load.refuse(group, "effective_at" if is_own else f"{each}_at", moment)
            return None
        if moment is not None:
            steps.append(StatusStep(moment, each, row))
    # The reason of a row is that of the status it states, or of the last one.
    undated = None
    if status is not None and at is None:
        undated = StatusStep(_NO_TIME, status, row, reason, actor)
    elif steps:
        steps[-1] = steps[-1]._replace(reason=reason, actor=actor)
    is_log = given or "effective_at" in group.values.columns
    return Stated(group, tuple(dict.fromkeys(steps)), undated, is_log)


def _add_enrollment(load: Loading, stated: list[Stated]) -> None:
    """Add one enrollment, or several where somebody came back after having left."""
    first = stated[0].group
    into = first.cells["into"]
    steps = _dated(load, stated, into)
    if steps is None:
        return
    ordered = _in_order(steps)
    apart = _apart(ordered)
    moved = sum(one.at != other.at for one, other in zip(ordered, apart, strict=True))
    text = "A status that began at one instant with another one began a microsecond after it."
    load.ledger.assume(first.values.table, text, moved)
    chains = _split(apart)
    nouns: list[Noun | None] = []
    for number, chain in enumerate(chains, 1):
        id = first.cells["id"] if number == 1 else f"{first.cells['id']}.{number}"
        if number > 1:
            load.ledger.assume(
                first.values.table, "A participant who left and came back enrolled once more."
            )
        requested = next((each.at for each in chain if each.status == _FIRST), None)
        made = [
            load.make(RowGroup(each.values, each.rows, {**cells, "id": id}, each.origins))
            for each, cells in _bases(stated, requested)
        ]
        transitions = _transitions_or_none(id, chain)
        if transitions is None:
            rule = "must be a reason of at most 500 characters, and an instant of the calendar"
            load.refuse(first, "reason", Unreadable("another value", rule))
        if None in made or transitions is None:
            _refuse_all(load, stated)
            return
        nouns += [*made, *transitions]
    load.nouns.extend(each for each in nouns if each is not None)


def _refuse_all(load: Loading, stated: Iterable[Stated]) -> None:
    """Report every row about an enrollment that cannot be kept."""
    rule = Unreadable("", "must belong to an enrollment that can be kept")
    for each in stated:
        if not load.ledger.is_refused(each.group.values.table, each.group.rows[0]):
            load.refuse(each.group, "", rule)


def _bases(
    stated: list[Stated], requested: datetime | None
) -> list[tuple[RowGroup, dict[str, Any]]]:
    """The values of an enrollment besides its steps, merged from its rows.

    Rows that contradict each other stay apart, as values under one id that `check` reports.
    """
    bases: list[tuple[RowGroup, dict[str, Any]]] = []
    for each in sorted(stated, key=lambda each: repr(sorted(each.group.cells.items()))):
        cells = each.group.cells
        for _, base in bases:
            if all(base.get(field, value) == value for field, value in cells.items()):
                base.update(cells)
                break
        else:
            bases.append((each.group, dict(cells)))
    if requested is not None:
        for _, base in bases:
            base["requested_at"] = requested
    return bases


def _dated(load: Loading, stated: list[Stated], into: str) -> list[StatusStep] | None:
    """All steps, each with an instant; None after reporting rows that cannot be dated."""
    steps = [step for each in stated for step in each.steps]
    known = {step.status for step in steps}
    table = stated[0].group.values.table
    opening, closing = _bounds(load, into)
    for each in stated:
        if each.undated is None or each.undated.status in known:
            continue
        status = each.undated.status
        is_last = status in _STATUSES.terminal
        at = closing if is_last else opening
        if at is None:
            rule = "must be given, or the edition must have a first and a last day that are known"
            load.refuse(each.group, "effective_at", Unreadable("nothing", rule))
            _refuse_all(load, stated)
            return None
        end = "at the end" if is_last else "at the start"
        load.ledger.assume(
            each.group.values.table,
            f"The status {status} without an instant began {end} of the edition.",
        )
        known.add(status)
        steps.append(each.undated._replace(at=at))
    entry = _missing_entry(stated, steps)
    if entry is not None:
        early = min((step.at for step in steps), default=opening)
        at = early if opening is None or early is None else min(early, opening)
        if at is None:
            rule = "must be given, or the edition must have a first day that is known"
            load.refuse(stated[0].group, "enrolled_at", Unreadable("nothing", rule))
            _refuse_all(load, stated)
            return None
        text = f"The status {entry} began at the start of the edition, or with the first status."
        load.ledger.assume(table, text)
        steps.append(StatusStep(at, entry, (table, stated[0].group.rows[0])))
    return steps


def _bounds(load: Loading, into: str) -> tuple[datetime | None, datetime | None]:
    """The first instant of an edition or session, and the first after it; None: not known."""
    edition, session = load.editions.get(into), load.sessions.get(into)
    if edition is not None:
        days = edition.period.start, edition.period.end
        return (
            None if days[0] is None else load.moment(days[0], edition.center_id, None),
            None if days[1] is None else load.moment(days[1], edition.center_id, None),
        )
    slot = None if session is None else session.slot
    return (None, None) if slot is None else (slot.start, slot.end)


def _missing_entry(stated: list[Stated], steps: list[StatusStep]) -> str | None:
    """The status with which a participant must have come, where no row states one."""
    if any(step.status in _ENTRIES[1:] for step in steps):
        return None
    statuses = {step.status for step in steps}
    if not statuses - {_FIRST}:
        return None if statuses else "enrolled"
    if statuses & {*_NEEDS_OFFER}:
        return "offered"
    # From a request one may withdraw or be cancelled, all else comes after a seat.
    is_known = _FIRST in statuses or all(each.is_log for each in stated)
    legal = statuses - {_FIRST} <= {*_STATUSES.follows[_FIRST]}
    return None if is_known and legal else "enrolled"


def _in_order(steps: Iterable[StatusStep]) -> list[StatusStep]:
    """Steps by instant; those of one instant in a legal order where there is one."""
    waiting = sorted(set(steps), key=lambda step: (step.at, _RANK[step.status], str(step)))
    ordered: list[StatusStep] = []
    while waiting:
        tied = [each for each in waiting if each.at == waiting[0].at]
        follows = _STATUSES.follows[ordered[-1].status] if ordered else _STATUSES.initial
        step = next((each for each in tied if each.status in follows), tied[0])
        waiting.remove(step)
        ordered.append(step)
    return ordered


_MICROSECOND = timedelta(microseconds=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - _MICROSECOND


def _apart(steps: list[StatusStep]) -> list[StatusStep]:
    """Steps at instants that differ, so that no status is without length.

    A participant who came and left on one day, of which lists have the date only, has been
    enrolled, and belongs to the cohort.
    """
    apart: list[StatusStep] = []
    for step in steps:
        least = apart[-1].at + _MICROSECOND if apart and apart[-1].at < _LATEST else step.at
        apart.append(step if step.at >= least else step._replace(at=least))
    return apart


def _split(steps: list[StatusStep]) -> list[list[StatusStep]]:
    """The steps of each enrollment: another one begins where somebody comes back after leaving.

    Steps of one row that contradict each other stay together, for `check` to report.
    """
    chains: list[list[StatusStep]] = [[]]
    for step in steps:
        last = chains[-1][-1] if chains[-1] else None
        has_left = last is not None and last.status in _STATUSES.terminal
        if has_left and step.status in _ENTRIES and last is not None and step.row != last.row:
            chains.append([])
        chains[-1].append(step)
    return chains


def _transitions_or_none(id: str, chain: list[StatusStep]) -> list[Transition] | None:
    """The transitions of an enrollment; None where a text or an instant of a row fits none."""
    try:
        return _transitions(id, chain)
    except InvariantError:
        return None


def _transitions(id: str, chain: list[StatusStep]) -> list[Transition]:
    """The transitions of an enrollment, each from the status before it."""
    before: str | None = None
    if chain and chain[0].status not in _STATUSES.initial:
        before = _FIRST
    made: list[Transition] = []
    for number, step in enumerate(chain, 1):
        made.append(
            Transition(
                id=slug(f"{id}.{number}"), subject=cite("enrollment", id), before=before,
                after=step.status, effective_at=step.at, reason=step.reason, actor=step.actor,
            )
        )  # fmt: skip
        before = step.status
    return made


def mint_enrollments(load: Loading, listed: Iterable[Attendance], table: str) -> None:
    """Enroll each person of a list in the edition of the session, from its start on."""
    editions = {
        session.id: session.edition_id
        for session in load.sessions.values()
        if session.edition_id is not None
    }
    pairs: set[tuple[str, str]] = set()
    if editions:
        pairs = {
            (editions[each.session_id], each.person_id)
            for each in listed
            if each.session_id in editions
        }
    for into, person in sorted(pairs):
        id = join_ids(into, person)
        load.nouns.append(Enrollment(id=id, participant_id=person, into=into))
        opening = _bounds(load, into)[0]
        if opening is not None:
            step = StatusStep(opening, "enrolled", (table, 0))
            load.nouns.extend(_transitions(id, [step]))
    load.ledger.assume(
        table, "A person on a list of attendances enrolled at the start of the edition.", len(pairs)
    )
