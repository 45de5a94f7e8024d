"""Identities: which records are of one person or enterprise, and the record that is kept.

Identities are an equivalence: records that they connect, directly or through others, are of one and
the same. `check` reports circles, and records merged into two.
"""

from collections.abc import Iterable, Mapping

from mic_core.ids import split
from mic_core.model import Identity
from mic_core.portfolio.portfolio import Portfolio, derived


def kept_ids(portfolio: Portfolio, kind: str) -> Mapping[str, str]:
    """The id that is kept, for each other id of a kind that identities connect with it.

    It is the first id that is merged into no other; in a circle of identities the first of all.
    O(n) over the identities, once for each portfolio.

    >>> twice = Identity(id="i-1", kept="person:ada", merged="person:ada-2")
    >>> dict(kept_ids(Portfolio.of(twice), "person"))
    {'ada-2': 'ada'}
    """
    return derived(portfolio, _kept_ids, kind)


def _kept_ids(portfolio: Portfolio, kind: str) -> dict[str, str]:
    merged = {each.merged for each in portfolio.all(Identity)}
    members: dict[str, list[str]] = {}
    for record, component in merged_records(portfolio).items():
        if split(record)[0] == kind:
            members.setdefault(component, []).append(record)
    kept: dict[str, str] = {}
    for records in members.values():
        ids = {record: split(record)[1] for record in records}
        end = min(records, key=lambda record: (record in merged, ids[record]))
        kept.update({ids[record]: ids[end] for record in records if record != end})
    return kept


def merged_records(portfolio: Portfolio) -> Mapping[str, str]:
    """Each record that identities connect with others, cited, with one that stands for them all.

    O(n) over the identities, once for each portfolio.
    """
    return derived(portfolio, _merged_records)


def _merged_records(portfolio: Portfolio) -> dict[str, str]:
    return connected((each.kept, each.merged) for each in portfolio.all(Identity))


def connected(groups: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Connected components: each member of a group with one that stands for its component.

    >>> connected([("a", "b"), ("c", "b"), ("x",)])
    {'a': 'a', 'b': 'a', 'c': 'a', 'x': 'x'}
    """
    others: dict[str, list[str]] = {}
    for one, *rest in groups:
        others.setdefault(one, []).extend(rest)
        for other in rest:
            others.setdefault(other, []).append(one)
    component: dict[str, str] = {}
    for root in others:
        waiting = [] if root in component else [root]
        while waiting:
            record = waiting.pop()
            if record not in component:
                component[record] = root
                waiting += others[record]
    return component
