"""Identities: which records are of one person or enterprise, and the record that is kept."""

from collections.abc import Mapping

from mic_core.ids import split
from mic_core.model import Identity
from mic_core.portfolio.portfolio import Portfolio, derived


def kept_ids(portfolio: Portfolio, kind: str) -> Mapping[str, str]:
    """The id that is kept, for each merged id of a kind, through chains of identities.

    An id within a circle of identities, which `check` reports, stays as it is. O(n) over the
    identities, once for each portfolio.

    >>> twice = Identity(id="i-1", kept="person:ada", merged="person:ada-2")
    >>> dict(kept_ids(Portfolio.of(twice), "person"))
    {'ada-2': 'ada'}
    """
    return derived(portfolio, _kept_ids, kind)


def _kept_ids(portfolio: Portfolio, kind: str) -> dict[str, str]:
    links = {
        split(each.merged)[1]: split(each.kept)[1]
        for each in reversed(portfolio.all(Identity))
        if split(each.merged)[0] == kind
    }
    return {id: end for id in links if (end := _end(links, id)) != id}


def _end(links: Mapping[str, str], id: str) -> str:
    seen = {id}
    end = id
    while end in links:
        end = links[end]
        if end in seen:
            return id
        seen.add(end)
    return end
