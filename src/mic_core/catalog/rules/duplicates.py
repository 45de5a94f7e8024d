"""Record linkage: persons and organizations that are probably recorded twice.

Records are blocked by normalized keys (name and birthday, contact, name and organization), and
only records of one block are compared. Names and contacts are never shown: a finding names the
fields that agree.
"""

import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from mic_core.ids import cite
from mic_core.impact.tables.identities import merged_records
from mic_core.model import Membership, Organization, Person
from mic_core.model.names import plain_words
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule

_LEGAL = frozenset(
    "ab ag as asbl bv bvba cv eurl gmbh inc kft limited llc lda ltd nv oy plc sa sarl sas scrl "
    "spa sprl srl vzw".split()
)
"""Legal forms of companies, which are no part of the name when they end it."""


def plain_contact(contact: str) -> str:
    """A contact in normal form: an address without capitals, the digits of a telephone number.

    A number has more than 5 digits and no letters.

    >>> plain_contact("+32 (0)2 123.45.67"), plain_contact("Ada@Example.org ")
    ('32021234567', 'ada@example.org')
    """
    folded = unicodedata.normalize("NFKC", contact).strip().casefold()
    digits = "".join(letter for letter in folded if letter.isdigit())
    is_number = len(digits) > 5 and not any(letter.isalpha() for letter in folded)
    return digits if is_number else folded


class Candidate(NamedTuple):
    """A record that may be a duplicate; two records whose known dates differ are not."""

    id: str
    known: date | None


def candidate_pairs(block: Iterable[Candidate]) -> Iterator[tuple[str, str]]:
    """Pairs that connect the records of a block that may be the same. O(n log n).

    A spanning forest instead of all pairs: a block of n records yields fewer than n pairs. Records
    of one date are a chain, records without a date are another one, and each chain with a date is
    linked to the one without. No pair has two different dates.

    >>> dated = Candidate("a", date(1990, 1, 1))
    >>> list(candidate_pairs([Candidate("c", None), dated, Candidate("b", None)]))
    [('b', 'c'), ('a', 'b')]
    """
    chains: dict[date | None, list[str]] = {}
    for id, known in sorted(block, key=itemgetter(0)):
        chains.setdefault(known, []).append(id)
    for chain in chains.values():
        yield from pairwise(chain)
    unknown = chains.pop(None, [])
    for chain in chains.values() if unknown else ():
        yield min(chain[0], unknown[0]), max(chain[0], unknown[0])


Agreements = dict[tuple[str, str], set[str]]
"""The fields that agree, by the ids of two records that are probably one."""


def _matches(
    blocks: Mapping[tuple[tuple[str, ...], Hashable], list[Candidate]],
) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """The pairs of all blocks, each once, with all fields that agree.

    The key of a block begins with the names of its fields.
    """
    reasons: Agreements = {}
    for (fields, _), block in blocks.items():
        for pair in candidate_pairs(block):
            reasons.setdefault(pair, set()).update(fields)
    return [(pair, tuple(sorted(reasons[pair]))) for pair in sorted(reasons)]


_Blocks = dict[tuple[tuple[str, ...], Hashable], list[Candidate]]


def _duplicate_persons(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    homes: dict[str, set[str]] = {}
    for part in portfolio.all(Membership):
        homes.setdefault(part.person_id, set()).add(part.organization_id)
    blocks: _Blocks = {}
    for each in portfolio.all(Person):
        if each.born is None and each.contact is None and each.id not in homes:
            continue  # a name alone tells nobody apart
        name = tuple(sorted(plain_words(each.name)))
        me = Candidate(each.id, each.born)
        if name and each.born is not None:
            blocks.setdefault((("born", "name"), (name, each.born)), []).append(me)
        if each.contact is not None:
            contact = plain_contact(each.contact)
            blocks.setdefault((("contact",), contact), []).append(me)
            if name:
                blocks.setdefault((("contact", "name"), (name, contact)), []).append(me)
        for home in sorted(homes.get(each.id, ())) if name else ():
            blocks.setdefault((("name", "organization"), (name, home)), []).append(me)
    merged = merged_records(portfolio)
    for (one, other), fields in _matches(blocks):
        names = (cite("person", one), cite("person", other))
        if merged.get(names[0], names[0]) != merged.get(names[1], names[1]):
            yield Breach(subjects=names, facts={"had": fields, "needed": ()})


SAME_PERSON = PortfolioRule(
    entry=Entry(
        code="same-person",
        level="soft",
        law="No two persons have the same contact, or the same name with the same birthday or in "
        "the same organization, unless their birthdays differ or an identity says that they are "
        "one.",
        why="Who is recorded twice counts twice, and each half seems to have dropped out.",
        source="common practice in record linkage",
        sentence="{subjects} are probably one person: the same {had}",
        mend="record their identity, or tell them apart by what is known",
    ),
    find=_duplicate_persons,
)
"""No person is recorded twice."""


def _duplicate_organizations(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    blocks: _Blocks = {}
    for each in portfolio.all(Organization):
        words = plain_words(each.name.replace(".", ""))
        while len(words) > 1 and words[-1] in _LEGAL:
            words = words[:-1]
        if words:
            key = (("country", "name"), (words, each.country))
            blocks.setdefault(key, []).append(Candidate(each.id, each.founded))
    merged = merged_records(portfolio)
    for (one, other), fields in _matches(blocks):
        names = (cite("organization", one), cite("organization", other))
        if merged.get(names[0], names[0]) != merged.get(names[1], names[1]):
            yield Breach(subjects=names, facts={"had": fields, "needed": ()})


SAME_ORGANIZATION = PortfolioRule(
    entry=Entry(
        code="same-organization",
        level="soft",
        law="No two organizations of one country have the same name, but for its legal form, "
        "unless they were founded on different days or an identity says that they are one.",
        why="What is recorded twice counts twice among the enterprises supported.",
        source="common practice in record linkage",
        sentence="{subjects} are probably one organization: the same {had}",
        mend="record their identity, or tell them apart by what is known",
    ),
    find=_duplicate_organizations,
)
"""No organization is recorded twice."""

DUPLICATE_RULES: tuple[PortfolioRule, ...] = (SAME_PERSON, SAME_ORGANIZATION)
"""The rules of this module."""
