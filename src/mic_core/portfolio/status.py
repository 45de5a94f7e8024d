"""Status look-ups: the fold of the transitions of one subject, or of every subject of a kind."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from mic_core.errors import NotFound
from mic_core.fields import Bind, Found, is_a, refuse, sound
from mic_core.ids import cite, is_id, split
from mic_core.model import KINDS, TABLES, Application, Edition, Enrollment, Session, Transition
from mic_core.portfolio.log import utc_instant
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio, derived
from mic_core.portfolio.status_history import StatusHistory, first_status

StatusNoun = Application | Edition | Enrollment | Session
"""A noun that has a status."""


def transitions_of(
    portfolio: Portfolio, subject: str, *, at: datetime | None = None
) -> tuple[Transition, ...]:
    """The transitions of a subject that took effect by the instant `at`, in order.

    `subject` is an application, edition, enrollment or session, cited as `kind:id`; `at` of None
    means all that are known. Raises NotFound for a subject that is not in the portfolio and
    InvariantError for an `at` without a zone. O(k log k) over its k transitions.
    """
    history = status_history_of(portfolio, _found(portfolio, subject))
    return history.transitions if at is None else history.until(utc_instant(at, "at"))


def status_of(portfolio: Portfolio, subject: str, *, at: datetime | None = None) -> str:
    """The status of an application, edition, enrollment or session, cited as `kind:id`.

    `at` is an instant of the world; None means after all that is known. Raises NotFound for a
    subject that is not in the portfolio and InvariantError for an `at` without a zone. O(k log k)
    over its k transitions.

    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> status_of(season, "enrollment:azure-camp-2014-developer-01")
    'enrolled'
    """
    history = status_history_of(portfolio, _found(portfolio, subject))
    return history.at(None if at is None else utc_instant(at, "at"))


def status_histories(portfolio: Portfolio, noun: type[StatusNoun]) -> Mapping[str, StatusHistory]:
    """The status history of each noun of a kind, by id.

    O(n log n) over them and all transitions, once for each portfolio.

    >>> status_histories(Portfolio.of(), Session)
    {}
    """
    return derived(portfolio, _folded, noun)


def begun_at(request: Application | Enrollment, history: StatusHistory) -> datetime | None:
    """The instant of a request: as recorded; None: not known.

    That of an enrollment without one is that of its first transition.

    >>> begun_at(Enrollment(id="e", participant_id="p", into="s"), StatusHistory("requested", ()))
    """
    if isinstance(request, Application):
        return request.submitted_at
    if request.requested_at is not None:
        return request.requested_at
    return history.transitions[0].effective_at if history.transitions else None


def _folded(portfolio: Portfolio, noun: type[StatusNoun]) -> dict[str, StatusHistory]:
    kind = KINDS[noun]
    transitions = derived(portfolio, transitions_by_subject).get(kind, {})
    # Most nouns have no transition, and few different statuses: they share these histories.
    shared = {status: StatusHistory(status, ()) for status in TABLES[kind].follows}
    return {
        each.id: StatusHistory.of(each, mine)
        if (mine := transitions.get(each.id))
        else shared[first_status(each)]
        for each in portfolio.all(noun)
    }


def transitions_by_subject(portfolio: Portfolio) -> Mapping[str, Mapping[str, list[Transition]]]:
    """All transitions by the kind and id of their subject, each list in the order of its ids.

    O(n) over the transitions; `derived` keeps it for a portfolio.
    """
    found: dict[str, dict[str, list[Transition]]] = {}
    for each in portfolio.all(Transition):
        kind, _, id = each.subject.partition(":")  # as `split`, without a call for each
        found.setdefault(kind, {}).setdefault(id, []).append(each)
    return found


def status_history_of(portfolio: Portfolio, noun: StatusNoun) -> StatusHistory:
    """The status history of one noun. O(k log k) over its k transitions."""
    subject = cite(KINDS[type(noun)], noun.id)
    return StatusHistory.of(noun, portfolio.where(Transition, subject=subject))


@attrs.frozen
class _Citation:
    """The shape of a text that may cite a noun with a status; `_found` looks it up."""

    @property
    def rule(self) -> str:
        return f"must cite one of {', '.join(TABLES)} as kind:id"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ is {bind(str)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        return str.__str__(value) if is_a(value, str) else refuse(found, path, self.rule, value)


_CITATION = _Citation()


def _found(portfolio: Portfolio, subject: str) -> StatusNoun:
    """The noun that a citation names.

    Raises InvariantError for a citation that is no text, NotFound for one without a status.
    """
    _, subject = sound("status", portfolio=(portfolio, PORTFOLIO), subject=(subject, _CITATION))
    kind, id = split(subject)
    noun = portfolio.find(kind, id) if kind in TABLES else None
    if not isinstance(noun, StatusNoun):
        named = subject if kind in TABLES and is_id(id) else "what is named"
        msg = f"{named} has no status here; cite one of {', '.join(TABLES)} as kind:id"
        raise NotFound(msg)
    return noun
