"""Drafters for chains of records: identities in a circle, and corrections that contradict."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise, permutations

import attrs

from mic_core.catalog.fixes.drafts import Draft, cite_noun, evolve_noun, fresh_id, retraction_of
from mic_core.catalog.fixes.statuses import cited_nouns
from mic_core.catalog.rules.outcomes.observations import first_recorded
from mic_core.findings import Finding
from mic_core.ids import split
from mic_core.model import Identity, Observation
from mic_core.portfolio import Portfolio


def unite_records(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Say that two records are of one person or organization, either of them the kept one."""
    for kept, merged in permutations(finding.subjects, 2):
        made = Identity(
            id=fresh_id(portfolio, Identity, f"{split(merged)[1]}-is-{split(kept)[1]}"),
            kept=kept, merged=merged,
        )  # fmt: skip
        sentence = f"say that {merged} is {kept}, which is kept"
        yield Draft(sentence=sentence, changes=(made,))


def retract_identity(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Take one of the identities back, each in turn."""
    for each in cited_nouns(portfolio, finding, Identity):
        undo = attrs.evolve(retraction_of(portfolio, each), reason="contradicts another identity")
        yield Draft(sentence=f"take {cite_noun(each)} back", changes=(undo,), replaces=(each,))


def correct_none(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Let one of the observations correct none, each in turn, so that it replaces no other."""
    for each in cited_nouns(portfolio, finding, Observation):
        yield evolve_noun(each, f"let {cite_noun(each)} correct none", corrects=None)


def chain_corrections(
    portfolio: Portfolio, finding: Finding, _: datetime | None
) -> Iterator[Draft]:
    """Let each of several corrections correct the one that was recorded before it."""
    first = first_recorded(portfolio)
    several = cited_nouns(portfolio, finding, Observation)
    several.sort(key=lambda each: (first[each.id], each.id))
    parts = [evolve_noun(later, "", corrects=earlier.id) for earlier, later in pairwise(several)]
    names = [cite_noun(each) for each in several]
    yield Draft(
        sentence=f"let each of {', '.join(names)} correct the one before it",
        changes=tuple(change for part in parts for change in part.changes),
        replaces=tuple(old for part in parts for old in part.replaces),
    )
