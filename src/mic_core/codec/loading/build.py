"""The state of a load: nouns made so far, the clocks of centers, and rows turned into nouns."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import repeat
from typing import Any, Literal

import attrs

from mic_core.chrono import resolve, zone
from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.reading import DIGEST, DayOffset, Values
from mic_core.codec.loading.report import Ledger
from mic_core.codec.tables.columns import table_schema
from mic_core.codec.tables.rows import read_row
from mic_core.errors import InvariantError, ParseError
from mic_core.fields import is_a
from mic_core.ids import slug
from mic_core.model import NOUNS, Center, Edition, Noun, Program, Session

Gap = Literal["refuse", "later", "earlier"]
Fold = Literal["refuse", "first", "second"]


@attrs.frozen(eq=False)
class RowGroup:
    """Rows of a table with the same values: their positions, the values by field, their sources.

    `origins` are the fields that columns of the schema were made of, for problems.
    """

    values: Values
    rows: tuple[int, ...]
    cells: dict[str, Any]
    origins: dict[str, str] = attrs.field(factory=dict[str, str])


@cache
def columns_of(kind: str) -> Mapping[str, str]:
    """The type of each column of a kind."""
    return {column.name: column.type for column in table_schema(kind).columns}


@attrs.frozen(eq=False)
class Loading:
    """Everything that a load has found so far.

    `nonexistent` and `ambiguous` are the policies for local times in a gap or fold. `mint` are the
    kinds that may be made where no table has them.
    """

    centers: Mapping[str, Center]
    programs: Mapping[str, Program]
    nonexistent: Gap
    ambiguous: Fold
    mint: frozenset[str]
    ledger: Ledger = attrs.field(factory=Ledger)
    nouns: list[Noun] = attrs.field(factory=list[Noun])
    embedded: list[tuple[RowGroup, Noun]] = attrs.field(factory=list[tuple[RowGroup, Noun]])
    editions: dict[str, Edition] = attrs.field(factory=dict[str, Edition])
    sessions: dict[str, Session] = attrs.field(factory=dict[str, Session])
    given: set[str] = attrs.field(factory=set[str])  # the kinds that tables have
    moments: dict[tuple[Any, str], datetime | Unreadable] = attrs.field(
        factory=dict[tuple[Any, str], "datetime | Unreadable"]
    )

    def may_mint(self, kind: str) -> bool:
        """True if nouns of a kind are made for ids: no table has the kind, and it is allowed."""
        return kind in self.mint and kind not in self.given

    @property
    def only_center(self) -> str:
        """The first center, for rows that name none."""
        return next(iter(self.centers))

    @property
    def only_program(self) -> str:
        """The first program, for rows that name none."""
        return next(iter(self.programs))

    # Clocks

    def center_of(self, edition_id: str | None) -> str:
        """The center of an edition; the first one where the edition is not known."""
        edition = self.editions.get(edition_id or "")
        return self.only_center if edition is None else edition.center_id

    def clocks(self, center_id: str) -> tzinfo:
        """The zone of a center; that of the first one for a center that is not known."""
        center = self.centers.get(center_id) or self.centers[self.only_center]
        return UTC if center.time_zone == "UTC" else zone(center.time_zone)

    def day(self, value: Any, edition_id: str | None) -> Any:
        """A date where a number of days since the first day of an edition is given."""
        if not isinstance(value, DayOffset):
            return value
        edition = self.editions.get(edition_id or "")
        first = None if edition is None else edition.period.start
        try:
            day = None if first is None else first + timedelta(days=value.days)
        except OverflowError:
            return Unreadable("a whole number", "must be a number of days within the calendar")
        rule = "must be a date, or the edition must have a first day that is known"
        return Unreadable("a number of days", rule) if day is None else day

    def moment(self, value: Any, center_id: str, edition_id: str | None) -> Any:
        """The instant of a date, a local date and time, or an instant; a date is its first."""
        value = self.day(value, edition_id)
        if isinstance(value, Unreadable) or (is_a(value, datetime) and value.tzinfo is not None):
            return value
        key = (value, center_id)
        if key not in self.moments:
            self.moments[key] = self._resolved(value, self.clocks(center_id))
        return self.moments[key]

    def _resolved(self, value: Any, place: tzinfo) -> datetime | Unreadable:
        try:
            if not is_a(value, datetime):
                moment = resolve(value, time(), place, nonexistent="later", ambiguous="first")
            else:
                moment = resolve(
                    value.date(), value.time().replace(fold=0), place,
                    nonexistent=self.nonexistent, ambiguous=self.ambiguous,
                )  # fmt: skip
            return moment.astimezone(UTC)
        except InvariantError as error:
            (problem,) = error.problems
            return Unreadable("a local date and time", f"{problem.rule}; {problem.mend}")
        except OverflowError:
            return Unreadable("a date and time", "must lie between the years 1 and 9999")

    # Rows

    def groups(self, values: Values) -> list[RowGroup]:
        """The rows without problems, those with the same values together, in their order.

        Of a table of the kind itself, a row that repeats another one is reported. Rows that only
        hold fields of the kind besides their own are merged by its id.
        """
        refused = {*self.ledger.refused(values.table)}
        try:
            held = _rows_by_cells(values, refused, _itself)
        except TypeError:  # cells of a database may be lists, which have no hash
            held = _rows_by_cells(values, refused, repr)
        groups: list[RowGroup] = []
        for rows in held.values():
            first = {field: cells[rows[0]] for field, cells in values.columns.items()}
            cells = {field: cell for field, cell in first.items() if cell is not None}
            if values.is_own and ("id" in cells or values.kind == "enrollment"):
                for row in rows[1:]:
                    self.refuse_repeat(values.table, row, rows[0])
                del rows[1:]
            groups.append(RowGroup(values, tuple(rows), cells))
        if values.is_own:
            return groups
        groups = _merged(groups)
        shown = (
            ", ".join(dict.fromkeys(filter(None, values.labels.values()))) or "edition and start"
        )
        self.ledger.assume(
            values.table,
            f"Each {values.kind} was made of {shown}, since no table has it.",
            len(groups),
        )
        return groups

    def refuse_repeat(self, table: str, row: int, first: int) -> None:
        """Report a row that says the same as another one."""
        rule = f"must differ from row {first}, which holds the same"
        self.ledger.refuse(table, row, "", Unreadable("the same cells", rule))

    def refuse(self, group: RowGroup, field: str, wrong: Unreadable) -> None:
        """Report the rows of a group."""
        for row in group.rows:
            self.ledger.refuse(group.values.table, row, group.values.label(field), wrong)

    def make(self, group: RowGroup) -> Noun | None:
        """The noun of a group of rows; None after reporting why there is none."""
        kind, cells = group.values.kind, group.cells
        types = columns_of(kind)
        self._set_moments(group, types)
        if self.ledger.is_refused(group.values.table, group.rows[0]):
            return None
        known = {field: cell for field, cell in cells.items() if field in types}
        free = _free_cells(cells)
        try:
            return read_row(NOUNS[kind], {**known, **free})
        except ParseError as error:
            for problem in error.problems:
                field = re.split(r"[.\[]", problem.path)[0]
                had = "nothing" if problem.rule == "must be given" else problem.had
                mend = f"; {problem.mend}" if problem.mend else ""
                wrong = Unreadable(had, problem.rule + mend)
                self.refuse(group, group.origins.get(field, field), wrong)
        return None

    def _set_moments(self, group: RowGroup, types: Mapping[str, str]) -> None:
        """Resolve local times and numbers of days in the columns of instants and dates."""
        cells = group.cells
        edition = cells.get("edition_id") or cells.get("into")
        center = cells.get("center_id") or self.center_of(edition)
        for field, value in cells.items():
            wanted = types.get(field)
            if wanted == "instant":
                cells[field] = self.moment(value, center, edition)
            elif isinstance(value, DayOffset):
                cells[field] = self.day(value, edition)
            if isinstance(cells[field], Unreadable):
                self.refuse(group, group.origins.get(field, field), cells[field])

    def add(self, group: RowGroup) -> Noun | None:
        """Make the noun of a group and keep it."""
        noun = self.make(group)
        if noun is not None:
            self.keep(group, noun)
        return noun

    def keep(self, group: RowGroup, noun: Noun) -> None:
        """Keep a noun; one that rows of another kind hold, if one of these rows is kept."""
        if group.values.is_own:
            self.nouns.append(noun)
        else:
            self.embedded.append((group, noun))

    def settle_embedded(self) -> None:
        """Keep the nouns that rows of other kinds hold, but for rows that are not kept."""
        for group, noun in self.embedded:
            table = group.values.table
            if not all(self.ledger.is_refused(table, row) for row in group.rows):
                self.nouns.append(noun)


def _itself(cells: tuple[Any, ...]) -> Any:
    return cells


def _rows_by_cells(
    values: Values, refused: set[int], key: Callable[[tuple[Any, ...]], Any]
) -> dict[Any, list[int]]:
    """The positions of rows by their cells."""
    held: dict[Any, list[int]] = {}
    columns = [*values.columns.values()]
    listed = zip(*columns, strict=True) if columns else repeat((), values.count)
    for row, cells in enumerate(listed):
        if row not in refused:
            held.setdefault(key(cells), []).append(row)
    return held


def _merged(groups: list[RowGroup]) -> list[RowGroup]:
    """Groups of one id merged where none contradicts another; those without an id are left out."""
    merged: dict[Any, list[RowGroup]] = {}
    for group in sorted(groups, key=lambda each: repr(sorted(each.cells.items()))):
        id = group.cells.get("id")
        if id is None:
            continue
        twins = merged.setdefault(id, [])
        for place, each in enumerate(twins):
            if all(each.cells.get(field, cell) == cell for field, cell in group.cells.items()):
                twins[place] = RowGroup(
                    each.values, each.rows + group.rows, {**each.cells, **group.cells}
                )
                break
        else:
            twins.append(group)
    return [each for twins in merged.values() for each in twins]


def _free_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The free characteristics as one mapping under the field that holds them."""
    free: dict[str, dict[str, Any]] = {}
    for field, value in cells.items():
        begin, dot, rest = field.partition(".")
        if dot:
            free.setdefault(begin, {})[rest] = value
    return {field: dict(sorted(held.items())) for field, held in free.items()}


def set_period(load: Loading, group: RowGroup) -> None:
    """Replace first day, last day and number of days by the ends of a period."""
    cells = group.cells
    edition = cells.get("edition_id")
    first = load.day(cells.pop("first_day", cells.get("period_start")), edition)
    last, days = load.day(cells.pop("last_day", None), edition), cells.pop("days", None)
    for field, day in (("first_day", first), ("last_day", last)):
        if isinstance(day, Unreadable):
            load.refuse(group, field, day)
            return
    group.origins.update(period_start="first_day", period_end="last_day")
    if first is not None:
        cells["period_start"] = first
    try:
        if last is not None:
            cells["period_end"] = last + timedelta(days=1)
        elif days is not None and first is not None:
            group.origins["period_end"] = "days"
            cells["period_end"] = first + timedelta(days=days)
    except OverflowError:
        wrong = Unreadable("a number of days", "must end before the last day of the calendar")
        load.refuse(group, "last_day" if last is not None else "days", wrong)


def minted_id(table: str, cells: Mapping[str, Any], times: int) -> str:
    """An id for a row that has none: a digest of its values, with the number of its repetition."""
    content = "\x1f".join(f"{field}={value!r}" for field, value in sorted(cells.items()))
    digest = slug(f"{content}\x1f{times}")[-DIGEST:]
    return slug(f"{slug(table)[:40]}-{digest}")
