"""Drafters for single fields: a number out of range, an id or a word that was misspelt."""

import re
from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import attrs

from mic_core.catalog.fixes.drafts import Draft, cite_noun, evolve_noun
from mic_core.catalog.fixes.statuses import cited_nouns
from mic_core.catalog.rules.references import ids_by_kind
from mic_core.errors import InvariantError
from mic_core.fields import Maybe, Subject, fields_of
from mic_core.findings import Finding
from mic_core.ids import cite, split
from mic_core.model import Attendance, Edition
from mic_core.portfolio import Portfolio

_MAX_NEAR = 3
"""The most similar ids that are tried: a budget, since each draft costs a check."""


def cap_minutes(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Cut the minutes of an attendance to the length of its session."""
    most = finding.fact("needed")
    for each in cited_nouns(portfolio, finding, Attendance):
        yield evolve_noun(each, f"count {most} minutes in {cite_noun(each)}", minutes=most)


def correct_word(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Replace an open word by the documented word that it nearly is."""
    (subject,) = finding.subjects
    noun: Any = portfolio.find(*split(subject))
    word, sentence = finding.fact("needed"), f"let {finding.path} of {subject} be"
    place = re.fullmatch(r"modules\[(\d+)\]\.kind", finding.path)
    if place is None:
        yield evolve_noun(noun, f"{sentence} {word}", **{finding.path: word})
    else:
        modules = list(noun.modules)
        modules[int(place[1])] = attrs.evolve(modules[int(place[1])], kind=word)
        yield evolve_noun(noun, f"{sentence} {word}", modules=tuple(modules))


def renumber(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Keep the number of one edition, each in turn, and give the others the next free numbers."""
    editions = cited_nouns(portfolio, finding, Edition)
    for kept in editions:
        same = portfolio.where(Edition, program_id=kept.program_id, center_id=kept.center_id)
        free = max(each.number for each in same) + 1
        others = [each for each in editions if each is not kept]
        parts = [evolve_noun(each, "", number=free + n) for n, each in enumerate(others)]
        yield Draft(
            sentence=f"let {cite_noun(kept)} be number {kept.number}, and number the others "
            f"from {free} on",
            changes=tuple(change for part in parts for change in part.changes),
            replaces=tuple(old for part in parts for old in part.replaces),
        )


def correct_reference(
    portfolio: Portfolio, finding: Finding, _: datetime | None
) -> Iterator[Draft]:
    """Replace a dangling id by the most similar known ids, or by none where that is allowed."""
    (subject,) = finding.subjects
    noun = portfolio.find(*split(subject))
    place = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", finding.path)
    if noun is None or place is None:
        return
    needed, had = finding.fact("needed"), str(finding.fact("had"))
    kinds = [str(kind) for kind in needed] if isinstance(needed, tuple) else []
    cls: Any = type(noun)
    shape = next(each.shape for each in fields_of(cls) if each.name == place[1])
    known = ids_by_kind(portfolio)
    content: Any = getattr(noun, place[1])
    others = frozenset(content if place[2] is not None else ())
    ids = sorted({id for kind in kinds for id in known.get(kind, ())} - others)
    near = get_close_matches(had, ids, _MAX_NEAR)
    cites = isinstance(shape, Subject)
    values: list[tuple[str, str | None]] = [
        (f"name {id}", cite(kinds[0], id) if cites else id) for id in near
    ]
    if isinstance(shape, Maybe) or place[2] is not None:
        values.append(("name none", None))
    for words, value in values:
        try:
            changed = _replace_item(content, place[2], value)
            yield evolve_noun(
                noun, f"let {subject} {words} as its {finding.path}", **{place[1]: changed}
            )
        except InvariantError:
            continue  # the field must not be empty


def _replace_item(content: Any, place: str | None, value: str | None) -> object:
    """The content of a field with a new value, or with a new item at `place`; None removes it."""
    if place is None:
        return value
    kept = list(content)
    kept[int(place) : int(place) + 1] = [] if value is None else [value]
    return tuple(kept)
