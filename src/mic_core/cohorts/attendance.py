"""Attendance: presence of those who were expected, by edition, session, week and person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import attrs

from mic_core.cohorts.counting import QUERIES, YES, CountQuery
from mic_core.cohorts.explaining import (
    CohortExplanation,
    Definitions,
    PortfolioOrTables,
    facts_that,
)
from mic_core.cohorts.operations import Operation, titles_of_others
from mic_core.cohorts.rates import Rate, percent, rate_columns, share_text
from mic_core.errors import NotFound
from mic_core.impact.aggregation.estimate import number
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.heatmap import HeatCell, HeatRow, svg_heatmap
from mic_core.model.expressions.measures import where

_Key = TypeVar("_Key")
_HEADERS = ("edition", "attended", "excused", "absent", "unknown", "expected", "rate, %",
            "of known, %", "walk-ins")  # fmt: skip
_DEFINITIONS: Definitions = (
    ("attended", "present, in full or in part, and expected"),
    (
        "expected",
        ("enrolled or suspended when the session began; of delivered sessions only: held, or not "
        "cancelled and somebody was there"),
    ),
    ("unknown", "expected, and nothing is recorded: never taken for absent"),
    ("rate", "attended of expected: at least if none of the unknown came, at most if all did"),
    ("of the known", "attended of those expected about whom something is recorded"),
    (
        "walk-ins",
        "presences of persons who were not expected, nor invited or assigned; they are in no rate",
    ),
)  # fmt: skip


@attrs.frozen(kw_only=True)
class AttendanceCounts:
    """Expected presences by what is recorded about them; they add up to `expected`.

    >>> counts = AttendanceCounts(attended=6, excused=1, absent=1, unknown=1)
    >>> print(counts.expected, counts.rate)
    9 6 to 7 of 9 (67 to 78 %)
    """

    attended: int = 0
    excused: int = 0
    absent: int = 0
    unknown: int = 0

    @property
    def expected(self) -> int:
        """The number of expected presences."""
        return self.attended + self.excused + self.absent + self.unknown

    @property
    def rate(self) -> Rate:
        """The rate of attendance of those who were expected."""
        return Rate(self.attended, self.unknown, self.expected)

    def __add__(self, other: "AttendanceCounts") -> "AttendanceCounts":
        return AttendanceCounts(
            attended=self.attended + other.attended, excused=self.excused + other.excused,
            absent=self.absent + other.absent, unknown=self.unknown + other.unknown,
        )  # fmt: skip


_PLACES: Mapping[Any, int] = {"present": 0, "partial": 0, "excused": 1, "absent": 2, None: 3}
"""The place of a status in the numbers of attendance; None: nothing is recorded."""


def attendance_by(counts: Iterable[tuple[_Key, Any, int]]) -> dict[_Key, AttendanceCounts]:
    """The attendance of each key, from triples of a key, a status and a number. O(n).

    >>> attendance_by([("ada", "present", 2), ("ada", None, 1)])["ada"].rate
    Rate(part=2, unknown=1, of=3)
    """
    found: dict[_Key, list[int]] = {}
    for key, status, n in counts:
        found.setdefault(key, [0, 0, 0, 0])[_PLACES[status]] += n
    return {
        key: AttendanceCounts(attended=attended, excused=excused, absent=absent, unknown=unknown)
        for key, (attended, excused, absent, unknown) in found.items()
    }


@attrs.frozen(kw_only=True)
class AttendanceRow:
    """The attendance of one session, week or person, or of an edition in full.

    Fields that do not apply are None. `walk_ins` is the number of presences of others.
    """

    edition_id: str
    edition: str
    session_id: str | None = None
    session: str | None = None
    day: date | None = None
    week: int | None = None
    participant_id: str | None = None
    person_id: str | None = None
    counts: AttendanceCounts
    walk_ins: int = 0


@attrs.frozen(kw_only=True)
class CohortAttendance:
    """Attendance of a cohort: of each edition, by session, by week and by person, and pooled.

    `walk_ins` pairs sessions with the persons who came without being expected. `hidden` are the
    editions of a cohort below the minimum; then rows below it, and all of single persons, are left
    out.
    """

    editions: tuple[AttendanceRow, ...]
    by_session: tuple[AttendanceRow, ...]
    by_week: tuple[AttendanceRow, ...]
    by_person: tuple[AttendanceRow, ...]
    person_weeks: tuple[AttendanceRow, ...] = attrs.field(default=(), repr=False)
    pooled: AttendanceCounts
    walk_ins: tuple[tuple[str, tuple[str, ...]], ...]
    all_walk_ins: int
    hidden: tuple[str, ...] = ()
    is_masked: bool = False
    as_of: datetime = attrs.field(repr=False)

    def __getitem__(self, id: str) -> AttendanceCounts:
        """The counts of an edition by its id; raises NotFound for one that is not shown."""
        for each in self.editions:
            if each.edition_id == id:
                return each.counts
        msg = "no edition of that id is shown here"
        raise NotFound(msg)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each edition, session, week and person, and last for the pool.

        `level` says which; ids and counts are plain values, rates are numbers from 0 to 1.
        """
        levels = (
            ("edition", self.editions), ("session", self.by_session), ("week", self.by_week),
            ("person", self.by_person),
        )  # fmt: skip
        pooled = AttendanceRow(
            edition_id="", edition="pooled", counts=self.pooled, walk_ins=self.all_walk_ins
        )
        rows = [_row(level, each) for level, found in levels for each in found]
        return (*rows, {**_row("pooled", pooled), "edition_id": None})

    def explain(self, facts: PortfolioOrTables | None = None) -> CohortExplanation:
        """The definitions, and of a portfolio the records of presence, and what is not recorded.

        `possible` are the enrollments of those expected about whom nothing is recorded.
        """
        found = CohortExplanation(definitions=_DEFINITIONS)
        if facts is None or self.is_masked:
            return found
        here = tuple(each.edition_id for each in self.editions)
        expected = where("expected", "==", YES)
        present = where("status", "in", ("present", "partial"))
        unknown = where("status", "unknown")
        return attrs.evolve(
            found, facts=facts_that(facts, "rosters", here, (expected, present), self.as_of),
            possible=facts_that(facts, "rosters", here, (expected, unknown), self.as_of),
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._remarks()])

    def _cells(self) -> Iterator[tuple[str | int | Quantity | None, ...]]:
        for each in self.editions:
            yield each.edition, *_cells_of(each.counts), each.walk_ins
        yield "pooled", *_cells_of(self.pooled), self.all_walk_ins

    def _remarks(self) -> Iterator[str]:
        if self.hidden:
            yield f"Hidden, as the cohort is too small: {', '.join(self.hidden)}."

    def svg(self) -> Html:
        """A heat map: of one edition persons by weeks, else editions by weeks."""
        is_one = len(self.editions) == 1 and 0 < len(self.by_person) <= _MOST_PERSONS
        if is_one and self.person_weeks:
            names = {each.person_id or each.participant_id for each in self.by_person}
            rows = [(str(name), str(name)) for name in sorted(map(str, names))]
            cells, title = self.person_weeks, f"Attendance: {self.editions[0].edition}"
        else:
            rows = [(each.edition_id, each.edition) for each in self.editions]
            cells, title = self.by_week, "Attendance by week"
        return _heatmap(rows, cells, title)

    def html(self) -> Html:
        """The heat map, then the numbers as a table, and each session below."""
        sessions = [
            (each.session or each.session_id, each.edition, *_cells_of(each.counts), each.walk_ins)
            for each in self.by_session
        ]
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption="Attendance"),
            html_table(sessions, ("session", *_HEADERS), caption="By session"),
            *map(note, self._remarks()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


_MOST_PERSONS = 60
"""Rows of a heat map of persons: more do not fit on a page."""


def _cells_of(counts: AttendanceCounts) -> tuple[int | Quantity, ...]:
    known = counts.rate.of_known
    return (
        counts.attended, counts.excused, counts.absent, counts.unknown, counts.expected,
        Quantity(percent(counts.rate).removesuffix(" %")),
        Quantity(share_text(known)),
    )  # fmt: skip


def _row(level: str, each: AttendanceRow) -> dict[str, Any]:
    counts = each.counts
    return {
        "level": level, "edition_id": each.edition_id, "edition": each.edition,
        "session_id": each.session_id, "session": each.session,
        "day": None if each.day is None else each.day.isoformat(), "week": each.week,
        "participant_id": each.participant_id, "person_id": each.person_id,
        "attended": counts.attended, "excused": counts.excused, "absent": counts.absent,
        "unknown": counts.unknown, "expected": counts.expected,
        **rate_columns("rate", counts.rate), "rate_of_known": number(counts.rate.of_known),
        "walk_ins": each.walk_ins,
    }  # fmt: skip


def _heatmap(rows: Sequence[tuple[str, str]], cells: Sequence[AttendanceRow], title: str) -> Html:
    """Rows by weeks; a row is an edition, or a person, by its id and title."""
    by_place: dict[tuple[str, int], AttendanceCounts] = {}
    for each in cells:
        if each.week is not None:
            row = each.person_id or each.participant_id or each.edition_id
            by_place[row, each.week] = each.counts
    weeks = sorted({week for _, week in by_place})
    drawn = [
        HeatRow(
            title=name,
            cells=tuple(
                _heat(by_place.get((id, week)), f"{name}, week {week}") for week in weeks
            ),
        )
        for id, name in rows
    ]  # fmt: skip
    return svg_heatmap(
        drawn if weeks else (), [*map(str, weeks)], title=title,
        legend="By week: attended of expected, the darker the more; outlined: not known. Without a "
        "delivered session a week has no field.",
        nothing="No session was delivered yet.",
    )  # fmt: skip


def _heat(counts: AttendanceCounts | None, name: str) -> HeatCell | None:
    if counts is None:
        return None
    known = counts.rate.of_known
    text = f"{counts.attended}/{counts.expected}"
    unknown = f", {counts.unknown:,} not known" if counts.unknown else ""
    return HeatCell(share=known, text=text, title=f"{name}: {counts.rate}{unknown}")


# Evaluation


def attendance_of(
    count: CountQuery, operations: Sequence[Operation], shown: Sequence[Operation], minimum: int,
    titles: Mapping[str, str], as_of: datetime,
) -> CohortAttendance:  # fmt: skip
    """The attendance of some operations; those not `shown` are in the pool only. O(cells)."""
    names = {each.id: each.title for each in operations}
    ids = {each.id for each in shown}
    rows = _session_rows(count, names, titles)
    here = [each for each in rows if each.edition_id in ids]
    by_edition: dict[str, list[AttendanceRow]] = {}
    for row in here:
        by_edition.setdefault(row.edition_id, []).append(row)
    walk_ins = [key for key in count(QUERIES["walk-ins"]) if key[0] in names]
    by_person = () if minimum else _person_rows(count, names, ids)
    return CohortAttendance(
        editions=tuple(
            _total(by_edition.get(each.id, ()), each.id, each.title) for each in shown
        ),
        by_session=_above(here, minimum), by_week=_above(_week_rows(here), minimum),
        by_person=by_person,
        person_weeks=_person_weeks(count, shown[0]) if len(shown) == 1 and by_person else (),
        pooled=sum((each.counts for each in rows), AttendanceCounts()),
        walk_ins=() if minimum else _by_session(key for key in walk_ins if key[0] in ids),
        all_walk_ins=len({key[1:] for key in walk_ins}),
        hidden=titles_of_others(operations, shown),
        is_masked=bool(minimum), as_of=as_of,
    )  # fmt: skip


def _session_rows(
    count: CountQuery, names: Mapping[str, str], titles: Mapping[str, str]
) -> list[AttendanceRow]:
    """A row for each session of each operation, in the order of time."""
    places: dict[tuple[Any, ...], int] = {}
    expected: list[tuple[tuple[Any, ...], Any, int]] = []
    for (*key, is_expected, status), n in count(QUERIES["presence"]).items():
        if key[0] in names:
            place = (*key,)
            places[place] = places.get(place, 0) + (0 if is_expected else n)
            if is_expected:
                expected.append((place, status, n))
    counts = attendance_by(expected)
    rows = [
        AttendanceRow(
            edition_id=id, edition=names[id], session_id=session_id, day=day, week=week,
            session=titles.get(session_id, session_id), walk_ins=walk_ins,
            counts=counts.get((id, session_id, day, week), AttendanceCounts()),
        )
        for (id, session_id, day, week), walk_ins in places.items()
    ]  # fmt: skip
    order = {id: place for place, id in enumerate(names)}
    return sorted(
        rows, key=lambda each: (order[each.edition_id], each.day or date.min, str(each.session_id))
    )


def _week_rows(rows: Iterable[AttendanceRow]) -> list[AttendanceRow]:
    """The rows of sessions, added up by week."""
    found: dict[tuple[str, int], list[AttendanceRow]] = {}
    for each in rows:
        if each.week is not None:
            found.setdefault((each.edition_id, each.week), []).append(each)
    return [
        attrs.evolve(_total(among, id, among[0].edition), week=week)
        for (id, week), among in found.items()
    ]


def _total(rows: Sequence[AttendanceRow], id: str, title: str) -> AttendanceRow:
    return AttendanceRow(
        edition_id=id, edition=title, walk_ins=sum(each.walk_ins for each in rows),
        counts=sum((each.counts for each in rows), AttendanceCounts()),
    )  # fmt: skip


def _person_rows(
    count: CountQuery, names: Mapping[str, str], ids: set[str]
) -> tuple[AttendanceRow, ...]:
    """A row for each person of each operation; an organization without delegates has one too."""
    answers: Iterable[tuple[Any, int]] = count(QUERIES["presence of persons"]).items()
    found = attendance_by(
        ((id, participant, person), status, n)
        for (id, _, participant, person, status), n in answers if id in ids
    )  # fmt: skip
    order = {id: place for place, id in enumerate(names)}
    return tuple(
        AttendanceRow(
            edition_id=id, edition=names[id], participant_id=participant, person_id=person,
            counts=found[id, participant, person],
        )
        for id, participant, person in sorted(
            found, key=lambda key: (order[key[0]], str(key[1]), str(key[2]))
        )
    )  # fmt: skip


def _person_weeks(count: CountQuery, operation: Operation) -> tuple[AttendanceRow, ...]:
    """A row for each person and week of one operation."""
    query = QUERIES["presence of persons"]
    wanted = attrs.evolve(
        query, keys=(*query.keys, "week"),
        where=(*query.where, where("operation_id", "==", operation.id)),
    )  # fmt: skip
    answers: Iterable[tuple[Any, int]] = count(wanted).items()
    found = attendance_by(
        ((participant, person, week), status, n)
        for (*_, participant, person, status, week), n in answers
    )
    return tuple(
        AttendanceRow(
            edition_id=operation.id, edition=operation.title, participant_id=participant,
            person_id=person, week=week, counts=found[participant, person, week],
        )
        for participant, person, week in sorted(found, key=lambda key: (*map(str, key),))
    )  # fmt: skip


def _above(rows: Iterable[AttendanceRow], minimum: int) -> tuple[AttendanceRow, ...]:
    """The rows that are about a minimum of expected presences, or about none."""
    return tuple(each for each in rows if not 0 < each.counts.expected < minimum)


def _by_session(walk_ins: Iterable[tuple[Any, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, set[str]] = {}
    for _, session_id, person_id in walk_ins:
        found.setdefault(session_id, set()).add(person_id)
    return tuple((id, (*sorted(found[id]),)) for id in sorted(found))
