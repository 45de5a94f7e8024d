"""Risk of dropping out: who missed the last sessions in a row, by a stated rule and no score."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

import attrs

from mic_core.cohorts.counting import YES, GroupedCount, grouped_count
from mic_core.cohorts.explaining import CohortExplanation, Definitions
from mic_core.cohorts.operations import Operation
from mic_core.impact.aggregation.cells import rows_of
from mic_core.impact.aggregation.columns import TRUE
from mic_core.impact.aggregation.facts import FactTable, conjunction, row_mask, selected
from mic_core.impact.tables.build import FactTables
from mic_core.impact.tables.participations import ENDED
from mic_core.markup import Html, html_table, joined, note, notebook, table
from mic_core.model.expressions.measures import where
from mic_core.wording import count_text

_HEADERS = ("edition", "participant", "person", "missed in a row", "not recorded among them")


@attrs.frozen(kw_only=True)
class MissedInRow:
    """A person still enrolled who missed the last sessions at which the person was expected.

    `missed` is the number of the last sessions in a row at which the person was absent or nothing
    is recorded, `unknown` those of them without a record. `facts` cites them, the last one first.
    """

    edition_id: str
    edition: str
    participant_id: str
    person_id: str | None
    missed: int
    unknown: int
    facts: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """True if each of them is recorded as an absence."""
        return not self.unknown


@attrs.frozen(kw_only=True)
class DropOutRisk:
    """The persons who may drop out, by the rule that they missed `missed` sessions in a row.

    Only persons still enrolled in an edition that is not over are looked at; excused is not missed.
    `persons` certainly did, `possible` did if some absences are not recorded. Both are None where
    small cells are hidden: each row would be a single person.
    """

    missed: int
    persons: tuple[MissedInRow, ...] | None
    possible: tuple[MissedInRow, ...] | None
    as_of: datetime = attrs.field(repr=False)

    @property
    def rule(self) -> str:
        """The rule as a sentence.

        >>> at = datetime.fromisoformat("2014-11-03T09:00Z")
        >>> DropOutRisk(missed=2, persons=(), possible=(), as_of=at).rule
        'Absent at the last 2 sessions at which the person was expected, and still enrolled.'
        """
        last = count_text(self.missed, "session") if self.missed > 1 else "session"
        return f"Absent at the last {last} at which the person was expected, and still enrolled."

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each person, the certain ones first."""
        return (*(
            {
                "edition_id": each.edition_id, "edition": each.edition,
                "participant_id": each.participant_id, "person_id": each.person_id,
                "missed": each.missed, "unknown": each.unknown, "certain": each.is_certain,
            }
            for each in (*(self.persons or ()), *(self.possible or ()))
        ),)  # fmt: skip

    def explain(self, facts: object = None) -> CohortExplanation:
        """The rule, and the records behind each person; those not certain are `possible`."""
        del facts
        definitions: Definitions = (
            ("may drop out", self.rule), ("missed", "absent; excused is not missed"),
            ("possible", "as if those about whom nothing is recorded had been absent"),
        )  # fmt: skip
        certain, possible = (
            (*sorted({fact for each in found or () for fact in each.facts}),)
            for found in (self.persons, self.possible)
        )
        return CohortExplanation(definitions=definitions, facts=certain, possible=possible)

    def __str__(self) -> str:
        return "\n".join([self.rule, *([table(self._cells(), _HEADERS)] if self.persons else []),
                          *self._remarks()])  # fmt: skip

    def _cells(self) -> Iterator[tuple[str | int | None, ...]]:
        for each in self.persons or ():
            yield (each.edition, each.participant_id, each.person_id, each.missed, each.unknown)

    def _remarks(self) -> Iterator[str]:
        if self.persons is None:
            yield "Hidden: each row would be a single person."
            return
        if not self.persons:
            yield "Nobody certainly."
        if self.possible:
            yield f"Possible, as some presences are not recorded: {len(self.possible):,} more."

    def html(self) -> Html:
        """The rule, and those who certainly missed so many, by their ids."""
        rows = html_table(self._cells(), _HEADERS, caption="May drop out") if self.persons else None
        return joined([note(self.rule), rows, *map(note, self._remarks())])

    def _repr_html_(self) -> str:
        return notebook(self.html())


# Evaluation


def drop_out_risk(
    facts: FactTables, operations: Sequence[Operation], missed: int, *, hidden: bool,
    as_of: datetime,
) -> DropOutRisk:  # fmt: skip
    """The persons still enrolled in operations that are not over, by the rule. O(rows)."""
    if hidden:
        return DropOutRisk(missed=missed, persons=None, possible=None, as_of=as_of)
    running = {
        each.id: each.title for each in operations
        if not each.is_over and each.status != "cancelled"
    }  # fmt: skip
    still = _still_enrolled(facts.table("journeys"))
    certain: list[MissedInRow] = []
    possible: list[MissedInRow] = []
    for key, seen in sorted(_recorded(facts.table("rosters"), running, still).items(), key=_by_id):
        absences = [*takewhile(lambda each: each[0] == "absent", reversed(seen))]
        perhaps = [*takewhile(lambda each: each[0] in {"absent", None}, reversed(seen))]
        if len(absences) >= missed:
            certain.append(_missed(key, running, absences))
        elif len(perhaps) >= missed:
            possible.append(_missed(key, running, perhaps))
    return DropOutRisk(missed=missed, persons=(*certain,), possible=(*possible,), as_of=as_of)


_Place = tuple[str, str, str | None]
"""An operation, a participant and a person."""


def _by_id(entry: tuple[_Place, object]) -> tuple[str, ...]:
    return (*map(str, entry[0]),)


def _still_enrolled(table: FactTable) -> frozenset[str]:
    """The participations that are not over."""
    query = GroupedCount(
        table="journeys", keys=("participation_id", "status"),
        where=(where("has_entered", "==", YES),),
    )  # fmt: skip
    return frozenset(str(id) for id, status in grouped_count(table, query) if status not in ENDED)


def _recorded(
    table: FactTable, running: Mapping[str, str], still: frozenset[str]
) -> Mapping[_Place, list[tuple[str | None, str]]]:
    """The statuses of each person in the order of the sessions, each with its fact."""
    operations = table.columns["operation_id"]
    here = row_mask(operations, [TRUE * (id in running) for id in operations.labels])
    expected = selected(table, (where("expected", "==", YES),))
    names = ("operation_id", "participation_id", "participant_id", "person_id", "status", "fact")
    columns = [table.columns[name] for name in names]
    found: dict[_Place, list[tuple[str | None, str]]] = {}
    for row in rows_of(conjunction(table.size, (here, expected)))[0]:
        operation, participation, participant, person, status, fact = (
            each.at(row) for each in columns
        )
        if participation in still:
            found.setdefault((operation, participant, person), []).append((status, fact))
    return found


def _missed(
    key: _Place, running: Mapping[str, str], last: Sequence[tuple[str | None, str]]
) -> MissedInRow:
    operation, participant, person = key
    return MissedInRow(
        edition_id=operation, edition=running[operation], participant_id=participant,
        person_id=person, missed=len(last), unknown=sum(status is None for status, _ in last),
        facts=tuple(fact for _, fact in last),
    )  # fmt: skip
