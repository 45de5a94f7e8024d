"""`from_tables`: tables of other systems as a portfolio, in the order in which nouns need others.

The steps are extract, map and load: each table becomes columns of values, values become nouns kind
by kind, and all nouns become one portfolio. A row that cannot be read is reported, never dropped;
a row that contradicts another one is kept, for `check` to report.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, cast

from mic_core.codec.loading.attendances import read_attendances, sessions_present
from mic_core.codec.loading.build import Fold, Gap, Loading
from mic_core.codec.loading.cells import CellForm, DateOrder, Separator
from mic_core.codec.loading.enrollments import load_enrollments, mint_enrollments
from mic_core.codec.loading.grid import columns_in
from mic_core.codec.loading.link import linked
from mic_core.codec.loading.others import load_others, load_people, mint_indicators, mint_people
from mic_core.codec.loading.places import (
    load_editions,
    load_sessions,
    mint_editions,
    mint_sessions,
)
from mic_core.codec.loading.reading import Values, read_table
from mic_core.codec.loading.report import LoadedTables
from mic_core.codec.loading.source import BoundTable, bind_table, checked_specs
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import Choice, Each, Flag, Found, Labels, Text, Value, is_a, refuse, sound
from mic_core.model import Center, Program
from mic_core.portfolio import Batch, Portfolio

MINTED = ("edition", "enrollment", "indicator", "organization", "person", "session")
"""The kinds that a load makes for ids, where no table has them."""

_DATES, _DECIMAL = Choice(("iso", "day_first", "month_first")), Choice((".", ","))
_GAPS, _FOLDS = Choice(("refuse", "later", "earlier")), Choice(("refuse", "first", "second"))
_MINT, _MARKS = Labels(Choice(MINTED)), Labels(Text(most=1000, least=0, lines=True))
_EARLY = ("edition", "session", "enrollment", "person", "organization", "attendance")
"""The kinds that have steps of their own, before all others."""


def from_tables(
    tables: Mapping[str, Any],
    *,
    center: Center | tuple[Center, ...],
    program: Program | tuple[Program, ...],
    columns: Mapping[str, Mapping[str, Any]] | None = None,
    mint: tuple[str, ...] | None = None,
    missing: tuple[str, ...] = (),
    dates: DateOrder = "iso",
    decimal: Separator = ".",
    nonexistent: Gap = "refuse",
    ambiguous: Fold = "refuse",
    strict: bool = False,
) -> LoadedTables:
    """Load tables of other systems: a portfolio, and a report on every row.

    `tables` are rows of text (`csv.DictReader`), rows of a database, dataframes or mappings of
    columns, by name. A table is named after the kind that it holds, in singular or plural, or
    `columns` has the kind under `table`; several tables may hold one kind. `columns` maps tables to
    the sources of their fields: a column, a tuple of columns, a `FieldSource`, or None for a field
    that is not read. Fields that are not mapped are read from the columns of their names.

    `center` and `program` are those of rows that name none, the first of several. Local times are
    on the clocks of the center; `nonexistent` and `ambiguous` are the policies for times in a gap
    or fold, as in `resolve`; a date stands for its first instant. `missing` are texts that stand
    for nothing, such as "?". `dates` is the order of days and months in dates that are not
    YYYY-MM-DD, `decimal` the separator of decimals. Texts that are no ids become ids by `slug`.

    Kinds in `mint` are made for the ids of other rows where no table has them; None: `edition`,
    `enrollment`, `indicator`, `organization`, `person` and `session`. So a bare list of attendances
    yields persons, sessions, an edition, and enrollments. Each assumption is counted in the report.

    A row that cannot be read is not kept and is reported with its problems: table, row, column,
    what it had, what was expected. In each table, rows are kept or reported. Contradictions between
    rows are kept, and are findings of `check`. No cell is quoted.

    Raises ParseError with the problems of all rows if `strict` and a row was not kept, and
    InvariantError for arguments, names of tables, fields and columns that do not fit. O(cells).

    >>> center = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
    >>> program = Program(id="boostcamp", title="Boostcamp", kind="bootcamp")
    >>> visits = [{"name": "Ada", "date": "2014-09-10"}, {"name": "Ben", "date": "10 Sept"}]
    >>> loaded = from_tables({"attendance": visits}, center=center, program=program)
    >>> print(loaded.report.problems[0])
    attendance[1].date: must be a date that exists, YYYY-MM-DD; had text of 7 characters
    >>> loaded.portfolio
    Portfolio(attendance: 1, center: 1, edition: 1, enrollment: 1, person: 1, program: 1, \
session: 1, transition: 1)
    """
    centers, programs = _several(center, Center, "center"), _several(program, Program, "program")
    minted, missing, dates, decimal, nonexistent, ambiguous, strict = sound(
        "from_tables",
        mint=(_listed(MINTED if mint is None else mint), _MINT),
        missing=(_listed(missing), _MARKS),
        dates=(dates, _DATES),
        decimal=(decimal, _DECIMAL),
        nonexistent=(nonexistent, _GAPS),
        ambiguous=(ambiguous, _FOLDS),
        strict=(strict, Flag()),
    )
    bound = _bound(tables, columns)
    load = Loading(
        centers={each.id: each for each in centers},
        programs={each.id: each for each in programs},
        nonexistent=nonexistent,
        ambiguous=ambiguous,
        mint=frozenset(minted),
    )
    form = CellForm(dates, decimal, frozenset(each.strip() for each in missing))
    load.given.update(each.kind for each in bound)
    values = [one for each in bound for one in linked(load, read_table(each, form, load.ledger))]
    _load(load, values)
    report = load.ledger.report(bound)
    if strict and not report.ok:
        raise ParseError("from_tables", [each.problem for each in report.problems])
    batch = Batch(values=(*centers, *programs, *load.nouns))
    return LoadedTables(portfolio=Portfolio.replay([batch]), report=report)


def _is_iterable(given: object) -> bool:
    return hasattr(type(given), "__iter__") and not is_a(given, str)


def _listed(given: Any) -> object:
    """The items of any iterable but a text as a list; all else as it is, to be refused."""
    return [*given] if _is_iterable(given) else given


def _several(given: Any, cls: type[Any], name: str) -> tuple[Any, ...]:
    """One or several nouns of a class, at least one."""
    is_one = type(given) is cls or not _is_iterable(given)
    listed: object = (given,) if is_one else given
    (settled,) = sound("from_tables", **{name: (listed, Each(Value(cls), f"{name}s"))})
    if not settled:
        raise InvariantError("from_tables", [Problem(path=name, rule="must be given")])
    return cast("tuple[Any, ...]", settled)


def _bound(tables: object, columns: object) -> list[BoundTable]:
    """The tables with their kinds and the columns of their fields; raises InvariantError."""
    found: Found = []
    given = {**cast("Mapping[Any, object]", tables)} if isinstance(tables, Mapping) else None
    if given is None or not all(is_a(name, str) for name in given):
        refuse(found, "tables", "must map names to tables", given)
        raise InvariantError("from_tables", found)
    specs = checked_specs(columns, given)
    bound = [
        bind_table(name, columns_in(name, table), specs.get(name, {}), found)
        for name, table in given.items()
    ]
    if found:
        raise InvariantError("from_tables", found)
    return [each for each in bound if each is not None]


def _load(load: Loading, values: list[Values]) -> None:
    """Make the nouns of all tables, each kind after those that it needs."""
    by_kind: dict[str, list[Values]] = {}
    for each in values:
        by_kind.setdefault(each.kind, []).append(each)
    listed = [each for each in by_kind.get("attendance", []) if each.is_own]
    presences = [read_attendances(load, each) for each in listed]
    present = frozenset(id for each in listed for id in sessions_present(each))
    usual = _usual_edition(load, values)
    load_people(load, (*by_kind.get("person", []), *by_kind.get("organization", [])))
    load_editions(load, by_kind.get("edition", []))
    load_sessions(load, by_kind.get("session", []), present, usual)
    table = ", ".join(each.table for each in listed) or "tables"
    if load.may_mint("session"):
        named = {id for each in values for id in _ids_in(load, each, "session_id")}
        mint_sessions(load, named, present, table, usual)
    if load.may_mint("edition"):
        mint_editions(load, _editions_named(load, values, usual), table)
    only = next(iter(load.editions)) if len(load.editions) == 1 else None
    load_enrollments(load, by_kind.get("enrollment", []), usual or only)
    if load.may_mint("enrollment"):
        kept = chain.from_iterable(each.kept(load) for each in presences)
        mint_enrollments(load, kept, table)
    for kind in sorted(by_kind.keys() - {*_EARLY}):
        load_others(load, by_kind[kind])
    load.settle_embedded()
    mint_people(load, table)
    mint_indicators(load)
    for attended in presences:
        load.nouns.extend(attended.kept(load))


def _usual_edition(load: Loading, values: Iterable[Values]) -> str | None:
    """The one edition to be made, where no table has or names any; None otherwise.

    Sessions of a table may be of no edition, unless there are enrollments, which need one.
    """
    named = ("edition_id", "edition", "into")
    is_needed = "session" not in load.given or "enrollment" in load.given
    if not is_needed or not load.may_mint("edition"):
        return None
    if any(_ids_in(load, each, field) for each in values for field in named):
        return None
    return f"{load.only_program}-1"


def _editions_named(load: Loading, values: list[Values], usual: str | None) -> set[str]:
    """The editions that sessions and enrollments name; the usual one where there are any."""
    fields = ("edition_id", "edition", "into")
    named = {id for each in values for field in fields for id in _ids_in(load, each, field)}
    is_used = load.sessions or "enrollment" in load.given
    return (named - load.sessions.keys()) | ({usual} if usual is not None and is_used else set())


def _ids_in(load: Loading, values: Values, field: str) -> set[Any]:
    """The ids in a column, of rows without a problem so far."""
    cells = values.columns.get(field, ())
    refused = {*load.ledger.refused(values.table)}
    if refused:
        return {id for row, id in enumerate(cells) if row not in refused} - {None}
    return {*cells} - {None}
