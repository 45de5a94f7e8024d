"""Attendance of a session: check-in of one person, the register of all, and bounds of presence.

Expected is who has a seat when the session begins, as everywhere; present and not expected is a
walk-in. No record is not an absence.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

import attrs

from mic_core.admission.persons import kept_id, organizations_at, persons_of
from mic_core.admission.proposal import StatusProposal, cited, unused_id
from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Choice, Each, Id, Instant, Maybe, Pairs, Text, Whole, sound
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, joined, note, notebook, table
from mic_core.model import Attendance, Edition, Headcount, Noun, Organization, Person, Session
from mic_core.model.enrollment import PRESENT, AttendanceStatus, HeadcountBasis
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.expected import all_within, seat_spans
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.status import status_history_of

Mark = Literal["present", "partial", "excused", "absent", "unrecorded"]
"""The status of a person in a register; unrecorded is not absent."""

_TONES: Mapping[Mark, Tone] = {
    "present": "good", "partial": "good", "excused": "info", "absent": "warning",
    "unrecorded": "plain",
}  # fmt: skip
_HEADERS = ("person", "status", "mode", "minutes", "expected")
_IDS = Each(Id(), "ids")
_MINUTES = Pairs(Id(), Whole())
_MODES, _MARKS = Choice(get_args(Presence)), Choice(get_args(AttendanceStatus))
_RANK: Mapping[str, int] = {"present": 0, "partial": 1, "excused": 2, "absent": 3}


def check_in(
    portfolio: Portfolio,
    *,
    session: str,
    person: str,
    at: datetime,
    status: AttendanceStatus = "present",
    mode: Presence = "in_person",
    minutes: int | None = None,
) -> StatusProposal:
    """Propose the attendance of one person in a session, on site or online.

    A person who was checked in before, under whichever record, keeps that one record: it gets the
    new status, mode and minutes, so somebody who moves online counts once. Somebody without a seat
    is a walk-in and needs none. Raises NotFound for an unknown session or person, and
    InvariantError for a session that is cancelled at `at`, and for minutes of an absence.
    O(log n), and O(n log n) once for each portfolio.
    """
    portfolio, session, person, at, status, mode, minutes = sound(
        "check_in", portfolio=(portfolio, PORTFOLIO), session=(session, Text(most=200)),
        person=(person, Id()), at=(at, Instant()), status=(status, _MARKS), mode=(mode, _MODES),
        minutes=(minutes, Maybe(Whole())),
    )  # fmt: skip
    held = _session(portfolio, session, at, "check_in")
    kept = _person(portfolio, person)
    old = records_in(portfolio, held.id).get(kept)
    changes, replaces = _record(portfolio, held, kept, old, status, mode, minutes, set())
    walk_in = "" if kept in expected_persons(portfolio, held) else ", a walk-in"
    return StatusProposal(
        verb="check_in", at=at, sentence=f"person:{kept} {status} in {cited(held)}{walk_in}",
        changes=changes, replaces=replaces,
    )  # fmt: skip


@attrs.frozen(kw_only=True)
class RegisterRow:
    """The row of one person in a register: status, mode, minutes, and if a seat was held.

    `organizations` are the ids of those for which the person is there: the enrolled organization of
    a delegate, else the organizations of the person. `mode` and `minutes` of None: not recorded.
    """

    person_id: str
    status: Mark
    mode: Presence | None
    minutes: int | None
    is_expected: bool
    organizations: tuple[str, ...]

    @property
    def is_walk_in(self) -> bool:
        """True for a person who was there without a seat."""
        return self.status in PRESENT and not self.is_expected


@attrs.frozen(kw_only=True)
class Register:
    """The register of a session as a proposal: everybody expected or present, and the head count.

    `changes` are the records that are new or differ, `replaces` the current ones. `counted` is the
    head count, None: none was made.
    """

    session_id: str
    lines: tuple[RegisterRow, ...]
    counted: int | None
    changes: "tuple[Noun, ...]"  # in quotes, so that `help` does not spell out all nouns
    replaces: "tuple[Noun, ...]"

    def __iter__(self) -> Iterator[RegisterRow]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def named(self) -> int:
        """The number of persons who are known by name to have been there."""
        return sum(each.status in PRESENT for each in self.lines)

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The least and the largest number of persons who were there, named and anonymous.

        A head count may or may not have included those who are known by name. Without one, those
        who are expected and not recorded may have been there, and others: no largest number.
        """
        if self.counted is None:
            return self.named, None
        return max(self.named, self.counted), self.named + self.counted

    @property
    def walk_ins(self) -> tuple[RegisterRow, ...]:
        """The persons who were there without a seat."""
        return tuple(each for each in self.lines if each.is_walk_in)

    @property
    def rate(self) -> tuple[int, int]:
        """Of the expected persons, those who were there, and those with a record: no share of 0.

        Excused persons are in the denominator; unrecorded ones are not.
        """
        known = [each for each in self.lines if each.is_expected and each.status != "unrecorded"]
        return sum(each.status in PRESENT for each in known), len(known)

    @property
    def organizations(self) -> tuple[tuple[str, bool], ...]:
        """Each organization with a person expected or there, and if somebody of it was there."""
        found: dict[str, bool] = {}
        for each in self.lines:
            for id in each.organizations:
                found[id] = found.get(id, False) or each.status in PRESENT
        return tuple(sorted(found.items()))

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each person."""
        return tuple(attrs.asdict(each) for each in self.lines)

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                each.person_id, each.status, each.mode or "",
                "" if each.minutes is None else str(each.minutes),
                "walk-in" if each.is_walk_in else "yes" if each.is_expected else "no",
            )
            for each in self.lines
        ]  # fmt: skip

    def _remark(self) -> str:
        there, known = self.rate
        low, high = self.bounds
        total = (
            str(low) if low == high else f"{low} or more" if high is None else f"{low} to {high}"
        )
        return f"{there} of {known} recorded as expected were there; present in all: {total}."

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), self._remark()])

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The register as a table, each status in words; of more than `most` the first."""
        rows: list[tuple[Html | str, ...]] = [
            (each.person_id, badge(each.status, _TONES[each.status]), *cells[2:])
            for each, cells in zip(self.lines, self._cells(), strict=True)
        ]
        listed = html_table(rows, _HEADERS, caption=f"Register of {self.session_id}", most=most)
        return joined([listed, note(self._remark())])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def register(
    portfolio: Portfolio,
    session: str,
    *,
    at: datetime,
    present: Iterable[str] = (),
    partial: Iterable[str] = (),
    excused: Iterable[str] = (),
    absent: Iterable[str] = (),
    rest: Mark = "unrecorded",
    mode: Presence = "in_person",
    minutes: Mapping[str, int] = MappingProxyType({}),
    headcount: int | None = None,
    basis: HeadcountBasis = "counted",
    as_of: datetime | None = None,
) -> Register:
    """Propose the attendance of a session: the persons by status, and a head count beside.

    `rest` is the status of who is expected, has no record, and is in none of the lists; by default
    they stay unrecorded, which is not absent. `mode` holds for all who are `minutes` by
    person. `headcount` is the number of persons there, by `basis`; None: not counted. Without any
    of them the register is that of what is known, with nothing to record. `as_of` limits what is
    known; None: all.

    Raises NotFound for an unknown session or person, and InvariantError for a person in two lists,
    a session that is cancelled at `at`, and minutes of an absence. O(n log n) once for each
    portfolio.
    """
    portfolio, session, at, rest, mode, headcount, as_of = sound(
        "register", portfolio=(portfolio, PORTFOLIO), session=(session, Text(most=200)),
        at=(at, Instant()), rest=(rest, Choice(get_args(Mark))), mode=(mode, _MODES),
        headcount=(headcount, Maybe(Whole())), as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    held = _session(known, session, at, "register")
    marks = _marks(known, present=present, partial=partial, excused=excused, absent=absent)
    stays = _stays(known, minutes, marks)
    expected = expected_persons(known, held)
    records = records_in(known, held.id)
    if rest != "unrecorded":
        marks.update({id: rest for id in expected if id not in marks and id not in records})
    changes: list[Noun] = []
    replaces: list[Noun] = []
    taken: set[str] = set()
    for id, mark in sorted(marks.items()):
        old = records.get(id)
        new, replaced = _record(known, held, id, old, mark, mode, stays.get(id), taken)
        changes += new
        replaces += replaced
        records = {**records, id: new[0] if new else records[id]}
    heads, counted = _heads(known, held, headcount, basis)
    return Register(
        session_id=held.id, lines=tuple(_lines(known, held, expected, records, at)),
        counted=counted, changes=(*changes, *heads), replaces=tuple(replaces),
    )  # fmt: skip


def _lines(
    portfolio: Portfolio,
    session: Session,
    expected: Mapping[str, tuple[str, ...]],
    records: Mapping[str, Attendance],
    at: datetime,
) -> Iterator[RegisterRow]:
    for id in sorted({*expected, *records}):
        mine = records.get(id)
        of = expected.get(id) or organizations_at(
            portfolio, id, at if session.slot is None else session.slot.start
        )
        yield RegisterRow(
            person_id=id, status="unrecorded" if mine is None else mine.status,
            mode=None if mine is None else mine.mode,
            minutes=None if mine is None else mine.minutes, is_expected=id in expected,
            organizations=of,
        )  # fmt: skip


def expected_persons(portfolio: Portfolio, session: Session) -> Mapping[str, tuple[str, ...]]:
    """The persons expected at a session, each with the organization that is enrolled, if one is.

    Those with a seat when it begins, and of a venture its delegates of the day; of a session
    without a slot, those with a seat after all that is known. Invited persons are expected as well.
    O(k) over the enrollments.
    """
    spans = seat_spans(portfolio)
    begin = None if session.slot is None else session.slot.start_utc
    day = (
        None
        if session.slot is None
        else day_at(session.slot.start, zone_of(portfolio, session.center_id))
    )
    found: dict[str, tuple[str, ...]] = {}
    audience = session.audience or ((session.edition_id,) if session.edition_id else ())
    for into in (session.id, *audience):
        if portfolio.find(Person, into) is not None:
            found.setdefault(kept_id(portfolio, into), ())
        for each in spans.get(into, ()):
            at = 2**62 if begin is None else begin
            if any(all_within((one,), at, at) for one in each.expected):
                who = each.enrollment.participant_id
                is_venture = portfolio.find(Organization, who) is not None
                of = (kept_id(portfolio, who),) if is_venture else ()
                for person in persons_of(portfolio, each.enrollment, day):
                    if portfolio.find(Person, person) is not None:
                        found[person] = tuple(sorted({*found.get(person, ()), *of}))
    return found


def records_in(portfolio: Portfolio, session: str) -> Mapping[str, Attendance]:
    """The record of each person in a session: of several the one of most presence, then least id.

    >>> records_in(Portfolio.of(), "pitch-1")
    {}
    """
    found: dict[str, Attendance] = {}
    for each in portfolio.where(Attendance, session_id=session):
        person = kept_id(portfolio, each.person_id)
        if person not in found or _RANK[each.status] < _RANK[found[person].status]:
            found[person] = each
    return found


def _session(portfolio: Portfolio, session: str, at: datetime, verb: str) -> Session:
    found = portfolio.get(Session, session.removeprefix("session:"))
    if status_history_of(portfolio, found).at(at) == "cancelled":
        problem = Problem(path="session", rule="must not be cancelled", had=cited(found))
        raise InvariantError(verb, [problem])
    return found


def _person(portfolio: Portfolio, person: str) -> str:
    kept = kept_id(portfolio, person)
    if portfolio.find(Person, kept) is None:
        msg = "no person of that id is in the portfolio; record the person, or use a head count"
        raise NotFound(msg)
    return kept


def _marks(portfolio: Portfolio, **lists: Iterable[str]) -> dict[str, Any]:
    named = zip(lists, sound("register", **{k: (v, _IDS) for k, v in lists.items()}),
                strict=True)  # fmt: skip
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for mark, ids in named:
        for id in ids:
            kept = _person(portfolio, id)
            if found.setdefault(kept, mark) != mark:
                rule = f"must not list somebody who is in {found[kept]} as well"
                problems.append(Problem(path=mark, rule=rule, had=f"person:{kept}"))
    if problems:
        raise InvariantError("register", problems)
    return found


def _stays(portfolio: Portfolio, minutes: object, marks: Mapping[str, object]) -> dict[str, int]:
    (pairs,) = sound("register", minutes=(minutes, _MINUTES))
    stays = {kept_id(portfolio, id): stay for id, stay in pairs}
    strangers = sorted(stays.keys() - marks.keys())
    if strangers:
        problem = Problem(
            path="minutes", rule="must be of somebody who is listed", had=f"person:{strangers[0]}"
        )
        raise InvariantError("register", [problem])
    return stays


def _record(
    portfolio: Portfolio,
    session: Session,
    person: str,
    old: Attendance | None,
    status: Any,
    mode: Presence,
    minutes: int | None,
    taken: set[str],
) -> tuple[tuple[Attendance, ...], tuple[Attendance, ...]]:
    """The record of a person that is new or differs from the old one, and that one."""
    if old is not None:
        new = attrs.evolve(old, status=status, mode=mode, minutes=minutes)
        return ((), ()) if new == old else ((new,), (old,))
    id = unused_id(portfolio, Attendance, session.id, person, taken)
    new = Attendance(
        id=id, session_id=session.id, person_id=person, status=status, mode=mode, minutes=minutes
    )
    return (new,), ()


def _heads(
    portfolio: Portfolio, session: Session, n: int | None, basis: HeadcountBasis
) -> tuple[tuple[Headcount, ...], int | None]:
    """A new head count where one was made, and the number that then holds: the larger one."""
    known = [each.n for each in portfolio.where(Headcount, session_id=session.id)]
    if n is None:
        return (), max(known, default=None)
    if n in known:
        return (), max(known)
    id = unused_id(portfolio, Headcount, session.id, "heads", set())
    made = Headcount(id=id, session_id=session.id, n=n, basis=basis)
    return (made,), max([*known, n])


@attrs.frozen(kw_only=True)
class Streak:
    """The attendance of one participant over the delivered sessions of an edition, in order.

    `longest` and `current` are numbers of sessions in a row with presence; one without a record
    neither ends a streak nor adds to it. `attended`, `missed` and `unrecorded` add up to the number
    of sessions; excused absences are missed, and end a streak.
    """

    participant_id: str
    longest: int
    current: int
    attended: int
    missed: int
    unrecorded: int


def streaks(
    portfolio: Portfolio, edition: str, *, as_of: datetime | None = None
) -> tuple[Streak, ...]:
    """The streaks of the participants of an edition, by id; a venture by its delegates.

    A venture was there if one of its delegates was. `as_of` limits what is known; None: all.
    Raises NotFound for an unknown edition. O(sessions times participants).
    """
    portfolio, edition, as_of = sound(
        "streaks", portfolio=(portfolio, PORTFOLIO), edition=(edition, Text(most=200)),
        as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    id = known.get(Edition, edition.removeprefix("edition:")).id
    sessions = [
        each
        for each in known.all(Session)
        if id in (each.audience or (each.edition_id,))
        and each.slot is not None
        and (records_in(known, each.id) or status_history_of(known, each).last == "held")
    ]
    sessions.sort(key=lambda each: (each.slot.start_utc if each.slot else 0, each.id))
    runs: dict[str, list[bool | None]] = {}
    for session in sessions:
        records = records_in(known, session.id)
        there: dict[str, bool | None] = {}
        for person, of in expected_persons(known, session).items():
            mine = records.get(person)
            was = None if mine is None else mine.status in PRESENT
            for participant in of or (person,):
                before = there.get(participant)
                there[participant] = was if before is None else before or bool(was)
        for participant, present in there.items():
            runs.setdefault(participant, []).append(present)
    return tuple(_streak(who, run) for who, run in sorted(runs.items()))


def _streak(participant: str, run: list[bool | None]) -> Streak:
    longest = current = 0
    for was in run:
        if was is not None:
            current = current + 1 if was else 0
        longest = max(longest, current)
    return Streak(
        participant_id=participant, longest=longest, current=current, attended=run.count(True),
        missed=run.count(False), unrecorded=run.count(None),
    )  # fmt: skip
