"""The status of a subject, or of all of a kind, as the fold of transitions."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from mic_core.errors import NotFound
from mic_core.fields import Bind, Found, is_a, refuse, sound
from mic_core.ids import cite, is_id, split
from mic_core.model import KINDS, TABLES, Application, Edition, Enrollment, Session, Transition
from mic_core.portfolio.log import utc_instant
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio
from mic_core.portfolio.sequence import Life

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
    life = life_of(portfolio, _found(portfolio, subject))
    if at is None:
        return life.steps
    moment = utc_instant(at, "at")
    return tuple(each for each in life.steps if each.effective_at <= moment)


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
    life = life_of(portfolio, _found(portfolio, subject))
    return life.at(None if at is None else utc_instant(at, "at"))


def lives(portfolio: Portfolio, noun: type[StatusNoun]) -> Mapping[str, Life]:
    """The life of each thing of a kind, by id. O(n log n) over them and all transitions.

    >>> lives(Portfolio.of(), Session)
    {}
    """
    steps: dict[str, list[Transition]] = {}
    prefix = f"{KINDS[noun]}:"
    for each in portfolio.all(Transition):
        if each.subject.startswith(prefix):
            steps.setdefault(each.subject[len(prefix) :], []).append(each)
    return {each.id: Life.of(each, steps.get(each.id, ())) for each in portfolio.all(noun)}


def life_of(portfolio: Portfolio, thing: StatusNoun) -> Life:
    """The life of one thing. O(k log k) over its k transitions."""
    subject = cite(KINDS[type(thing)], thing.id)
    return Life.of(thing, portfolio.where(Transition, subject=subject))


@attrs.frozen
class _Citation:
    """The shape of what may be the citation of something that has a status."""

    @property
    def rule(self) -> str:
        return f"must cite one of {', '.join(TABLES)} as kind:id"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ is {bind(str)}"

    def settle(self, value: object, path: str, found: Found) -> object:
        return str.__str__(value) if is_a(value, str) else refuse(found, path, self.rule, value)


_CITATION = _Citation()


def _found(portfolio: Portfolio, subject: str) -> StatusNoun:
    """The noun that a citation names; raises InvariantError and NotFound."""
    _, subject = sound("status", portfolio=(portfolio, PORTFOLIO), subject=(subject, _CITATION))
    kind, id = split(subject)
    noun = portfolio.find(kind, id) if kind in TABLES else None
    if not isinstance(noun, StatusNoun):
        named = subject if kind in TABLES and is_id(id) else "what is named"
        msg = f"{named} has no status here; cite one of {', '.join(TABLES)} as kind:id"
        raise NotFound(msg)
    return noun
