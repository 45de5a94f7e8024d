"""Head counts: attendances, distinct visitors, participants, and supported organizations.

A head count is a mergeable summary: it keeps sets of ids, so that the union of two counts nobody
twice. Anonymous heads have no ids: they only widen the bounds of distinct visitors.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from mic_core.chrono import Period
from mic_core.fields import Maybe, Value, is_a, sound
from mic_core.impact.tables.identities import kept_ids
from mic_core.markup import Html, Quantity, html_table, notebook, table
from mic_core.model import (
    Attendance,
    Call,
    Edition,
    Enrollment,
    Headcount,
    Organization,
    Project,
    Support,
)
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.expected import has_been_expected
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import Extent, extent
from mic_core.portfolio.status import status_history_of

_PERIOD = Maybe(Value(Period))
SMALL = frozenset({"venture", "sme"})
"""The kinds of organization that count as small or medium-sized enterprises."""


@attrs.frozen
class Bounds:
    """A closed interval of possible counts; `most` of None means no upper bound is known.

    Measured figures may have a fraction, counts are whole.

    >>> print(Bounds(12, 40), Bounds(16, 16), Bounds(3, None), Bounds(Fraction(7, 2), None))
    12 to 40 16 at least 3 at least 3.5
    """

    least: int | Fraction
    most: int | Fraction | None

    def __str__(self) -> str:
        least = _shown(self.least)
        if self.most is None:
            return f"at least {least}"
        return least if self.least == self.most else f"{least} to {_shown(self.most)}"


def _shown(value: int | Fraction) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.12g}"


Visit = tuple[str, str]
"""The ids of a session and of a person who was there."""


@attrs.frozen(kw_only=True, repr=False)
class HeadCount:
    """Attendance, participation and support, as sets of ids that unite without double counting.

    `visits` pairs sessions with persons who were there. `crowds` is the number of heads of each
    session where heads were counted, known persons included. `enrolled` are participants who
    have, or had, a seat. `supported` are organizations that received support, took part as
    such, or carry a project; `small` are the ventures and other SMEs among them.
    """

    visits: frozenset[Visit] = frozenset()
    crowds: tuple[tuple[str, int], ...] = ()
    enrolled: frozenset[str] = frozenset()
    supported: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()

    def __or__(self, other: "HeadCount") -> "HeadCount":
        """The union of two counts; an id in both counts once.

        Commutative, associative and idempotent. Where heads of one session were counted in both,
        the larger number holds. O(n).
        """
        if not is_a(other, HeadCount):
            return NotImplemented
        return HeadCount(
            visits=self.visits | other.visits,
            crowds=_largest((*self.crowds, *other.crowds)),
            enrolled=self.enrolled | other.enrolled,
            supported=self.supported | other.supported,
            small=self.small | other.small,
        )

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions at which at least one head was counted or is known by name."""
        counted = {session for session, n in self.crowds if n}
        return frozenset({session for session, _ in self.visits} | counted)

    @property
    def persons(self) -> frozenset[str]:
        """The persons known to have been at one session or more."""
        return frozenset(person for _, person in self.visits)

    @property
    def anonymous(self) -> int:
        """The number of heads counted beyond the persons known at each session."""
        known = self._known()
        return sum(max(0, n - known.get(session, 0)) for session, n in self.crowds)

    @property
    def attendances(self) -> int:
        """The number of visits: persons known at each session, and anonymous heads."""
        return len(self.visits) + self.anonymous

    @property
    def visitors(self) -> Bounds:
        """Bounds of the number of distinct persons who came.

        At least the known persons, and at least the largest crowd at one session; at most the
        known persons and every anonymous head, as if each were another person.
        """
        known = len(self.persons)
        largest = max((n for _, n in self.crowds), default=0)
        return Bounds(max(known, largest), known + self.anonymous)

    def _known(self) -> Mapping[str, int]:
        known: dict[str, int] = {}
        for session, _ in self.visits:
            known[session] = known.get(session, 0) + 1
        return known

    def rows(self) -> tuple[dict[str, str | int | None], ...]:
        """One flat row for each measure: its name, its bounds, and how it is counted."""
        return tuple(
            {
                "measure": name,
                "least": int(bounds.least),
                "most": None if bounds.most is None else int(bounds.most),
                "how": how,
            }
            for name, bounds, how in self._measures()
        )

    def __str__(self) -> str:
        return table(self._cells(), ("measure", "count", "how it is counted"))

    def html(self) -> Html:
        """The measures as a table: numbers only, no id or name."""
        headers = ("measure", "count", "how it is counted")
        return html_table(self._cells(), headers, caption="Head count")

    def _cells(self) -> Iterator[tuple[str, Quantity, str]]:
        return ((name, Quantity(str(bounds)), how) for name, bounds, how in self._measures())

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}: {bounds}" for name, bounds, _ in self._measures())
        return f"HeadCount({numbers})"

    def _measures(self) -> Iterator[tuple[str, Bounds, str]]:
        exact = (
            ("sessions", len(self.sessions), "sessions at which somebody was counted"),
            ("attendances", self.attendances, "everybody at each session, added over sessions"),
            ("known attendances", len(self.visits), "those of them with a record of who it was"),
            ("anonymous heads", self.anonymous, "those of them that are only numbers"),
        )
        for name, number, how in exact:
            yield name, Bounds(number, number), how
        persons, seats = len(self.persons), len(self.enrolled)
        yield "unique persons", Bounds(persons, persons), "known persons, each counted once"
        yield "unique visitors", self.visitors, "known persons and heads; some may be the same"
        yield "participants", Bounds(seats, seats), "who have or had a seat, each counted once"
        yield (
            "organizations",
            _exact_bounds(self.supported),
            "supported, enrolled or in a project, each counted once",
        )
        yield "SMEs", _exact_bounds(self.small), "organizations that are ventures or other SMEs"


def _exact_bounds(ids: frozenset[str]) -> Bounds:
    return Bounds(len(ids), len(ids))


def _largest(crowds: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    largest: dict[str, int] = {}
    for session, n in crowds:
        largest[session] = max(n, largest.get(session, 0))
    return tuple(sorted(largest.items()))


def head_count(
    portfolio: Portfolio, scope: Scope | None = None, *, period: Period | None = None
) -> HeadCount:
    """The head count of a scope over a period.

    Records that identities say to be of one person or organization count once. Attendance counts if
    a person was present in full or in part. A seat counts from enrollment
    on, whatever its later status, in the period of its edition or session. Support counts on its
    day, a project over its period. `scope` and `period` of None mean everything and always.
    Raises NotFound for an unknown scope, and InvariantError for values that are no portfolio, scope
    or period. O(n log n) over what is in scope.

    >>> print(head_count(Portfolio.of()).visitors)
    0
    """
    sound("head_count", portfolio=(portfolio, PORTFOLIO), period=(period, _PERIOD))
    covered = extent(portfolio, scope, period)
    everywhere = scope is None
    sessions = {session.id for session in covered.sessions}
    enrolled = tuple(_participants(portfolio, covered, sessions, period))
    kept = kept_ids(portfolio, "organization")
    given = (
        *_supported_enterprises(portfolio, covered, period, everywhere=everywhere),
        *_project_organizations(portfolio, covered, period, everywhere=everywhere),
    )
    supported = {
        *(each for each in enrolled if portfolio.find(Organization, each) is not None),
        *(kept.get(each, each) for each in given),
    }
    return HeadCount(
        visits=frozenset(_visits(portfolio, sessions, everywhere=everywhere)),
        crowds=_largest(
            (each.session_id, each.n)
            for id in sessions
            for each in portfolio.where(Headcount, session_id=id)
        ),
        enrolled=frozenset(enrolled),
        supported=frozenset(supported),
        small=frozenset(each for each in supported if _is_small(portfolio, each)),
    )


def _visits(portfolio: Portfolio, sessions: set[str], *, everywhere: bool) -> Iterator[Visit]:
    kept = kept_ids(portfolio, "person")
    if everywhere:
        rows: Iterable[Attendance] = portfolio.all(Attendance)
    else:
        rows = (each for id in sessions for each in portfolio.where(Attendance, session_id=id))
    for each in rows:
        if each.status in PRESENT and each.session_id in sessions:
            yield each.session_id, kept.get(each.person_id, each.person_id)


def _participants(
    portfolio: Portfolio, covered: Extent, sessions: set[str], period: Period | None
) -> Iterator[str]:
    """The participants who were enrolled at any time in these editions and sessions."""
    editions = {id for id in covered.editions if _overlaps_period(portfolio, id, period)}
    persons, organizations = kept_ids(portfolio, "person"), kept_ids(portfolio, "organization")
    for into in editions | sessions:
        for enrollment in portfolio.where(Enrollment, into=into):
            if has_been_expected(status_history_of(portfolio, enrollment)):
                id = enrollment.participant_id
                yield persons.get(id) or organizations.get(id, id)


def _overlaps_period(portfolio: Portfolio, id: str, period: Period | None) -> bool:
    return period is None or portfolio.get(Edition, id).period.overlaps(period)


def _supported_enterprises(
    portfolio: Portfolio, covered: Extent, period: Period | None, *, everywhere: bool
) -> Iterator[str]:
    for each in portfolio.all(Support):
        if (everywhere or each.provider_id in covered.centers) and (
            period is None or period.contains(each.on)
        ):
            yield each.enterprise_id


def _project_organizations(
    portfolio: Portfolio, covered: Extent, period: Period | None, *, everywhere: bool
) -> Iterator[str]:
    for each in portfolio.all(Project):
        call = portfolio.find(Call, each.call_id)
        known = call is not None and call.center_id in covered.centers
        if (everywhere or known) and (period is None or each.period.overlaps(period)):
            yield from each.organizations


def _is_small(portfolio: Portfolio, id: str) -> bool:
    organization = portfolio.find(Organization, id)
    return organization is not None and organization.kind in SMALL
