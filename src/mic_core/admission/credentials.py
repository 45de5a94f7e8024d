"""Credentials: certificates, badges and awards are issued, expire and are renewed; exams passed."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, get_args

import attrs

from mic_core.admission.attendance import expected_persons, records_in
from mic_core.admission.persons import kept_id
from mic_core.admission.proposal import (
    StatusProposal,
    cited,
    unused_id,
)
from mic_core.admission.requirements.judge import participant_of
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Day, Each, Id, Instant, Length, Maybe, Text, sound
from mic_core.model import (
    Assessment,
    Credential,
    Edition,
    Enrollment,
    Person,
    Session,
)
from mic_core.model.enrollment import PRESENT, CredentialKind
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import extent
from mic_core.portfolio.status import status_histories

_KIND, _TITLE = Choice(get_args(CredentialKind)), Text(most=200)
_IDS = Each(Id(), "ids")
_LASTS = Maybe(Length(least=timedelta(days=1)))


def award(
    portfolio: Portfolio,
    edition: str,
    *,
    title: str,
    at: datetime,
    holders: Iterable[str] | None = None,
    kind: CredentialKind = "certificate",
    lasts: timedelta | None = None,
) -> StatusProposal:
    """Propose credentials for an edition: certificates of who completed it, or prizes.

    `holders` are ids of participants; None: everybody whose enrollment is completed at `at`. A
    credential is dated by the clock of the center, and expires after `lasts`, in full days; None:
    never. Who holds a valid one of the same title from this edition gets no second one. Raises
    NotFound for an unknown edition or holder, and InvariantError for arguments that cannot be.
    O(n) over enrollments and credentials.
    """
    portfolio, edition, title, at, kind, lasts = sound(
        "award", portfolio=(portfolio, PORTFOLIO), edition=(edition, Text(most=200)),
        title=(title, _TITLE), at=(at, Instant()), kind=(kind, _KIND), lasts=(lasts, _LASTS),
    )  # fmt: skip
    home = portfolio.get(Edition, edition.removeprefix("edition:"))
    day = day_at(at, zone_of(portfolio, home.center_id))
    (given,) = sound("award", holders=(holders, Maybe(_IDS)))
    chosen = _completed(portfolio, home.id, at) if given is None else given
    have = {
        kept_id(portfolio, each.holder_id)
        for each in portfolio.where(Credential, earned_in=home.id)
        if each.title == title and (each.expires_on is None or each.expires_on > day)
    }
    kept = dict.fromkeys(participant_of(portfolio, each).id for each in chosen)
    taken: set[str] = set()
    made = tuple(
        Credential(
            id=unused_id(portfolio, Credential, f"{home.id}-{id}", kind, taken),
            holder_id=id, kind=kind, title=title, issued_on=day,
            expires_on=None if lasts is None else day + lasts, earned_in=home.id,
        )
        for id in sorted(kept)
        if id not in have
    )  # fmt: skip
    sentence = f"{cited(home)}: {len(made):,} of the credential {kind}"
    return StatusProposal(verb="award", at=at, sentence=sentence, changes=made)


def _completed(portfolio: Portfolio, edition: str, at: datetime) -> tuple[str, ...]:
    histories = status_histories(portfolio, Enrollment)
    return tuple(
        each.participant_id
        for each in portfolio.where(Enrollment, into=edition)
        if histories[each.id].at(at) == "completed"
    )


def renew(
    portfolio: Portfolio, credential: str, *, at: datetime, lasts: timedelta
) -> StatusProposal:
    """Propose the renewal of a credential that expires: a new one that follows without a gap.

    It is issued on the day of `at`, on the clock of the center where it was earned, and lasts for
    `lasts` from the end of the one before, or from its own day where that has expired. Raises
    NotFound for an unknown credential, and InvariantError for one that does not expire, or that a
    later one of its title has renewed already. O(n) over the credentials of the holder.
    """
    portfolio, credential, at, lasts = sound(
        "renew", portfolio=(portfolio, PORTFOLIO), credential=(credential, Text(most=200)),
        at=(at, Instant()), lasts=(lasts, Length(least=timedelta(days=1))),
    )  # fmt: skip
    old = portfolio.get(Credential, credential.removeprefix("credential:"))
    if old.expires_on is None:
        problem = Problem(path="credential", rule="must be one that expires", had=cited(old))
        raise InvariantError("renew", [problem])
    ends = old.expires_on
    later = [each for each in _of_title(portfolio, old) if _end(each) > ends]
    if later:
        problem = Problem(
            path="credential", rule="must be the last of its title", had=cited(later[0]),
            mend="renew that one",
        )  # fmt: skip
        raise InvariantError("renew", [problem])
    home = None if old.earned_in is None else portfolio.find(Edition, old.earned_in)
    day = day_at(at, zone_of(portfolio, None if home is None else home.center_id))
    if day < old.issued_on:
        rule = "must not be before the credential was issued"
        raise InvariantError("renew", [Problem(path="at", rule=rule, had=day.isoformat())])
    new = attrs.evolve(
        old, id=unused_id(portfolio, Credential, old.id, "renewed", set()), issued_on=day,
        expires_on=max(ends, day) + lasts,
    )  # fmt: skip
    return StatusProposal(
        verb="renew", at=at, sentence=f"{cited(old)} is renewed until {new.expires_on}",
        changes=(new,),
    )  # fmt: skip


def _of_title(portfolio: Portfolio, old: Credential) -> list[Credential]:
    holder = kept_id(portfolio, old.holder_id)
    return [
        each
        for each in portfolio.where(Credential, title=old.title)
        if each.id != old.id and kept_id(portfolio, each.holder_id) == holder
    ]


def _end(credential: Credential) -> date:
    return date.max if credential.expires_on is None else credential.expires_on


def expiring(
    portfolio: Portfolio, *, on: date, until: date, as_of: datetime | None = None
) -> tuple[Credential, ...]:
    """The credentials that expire from `on` up to, and excluding, `until`, and were not renewed.

    Sorted by the day on which they expire. `as_of` limits what is known; None: all. O(n log n).
    """
    portfolio, on, until, as_of = sound(
        "expiring", portfolio=(portfolio, PORTFOLIO), on=(on, Day()), until=(until, Day()),
        as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    last: dict[tuple[str, str], Credential] = {}
    for each in known.all(Credential):
        key = kept_id(known, each.holder_id), each.title
        if key not in last or (_end(each), each.id) > (_end(last[key]), last[key].id):
            last[key] = each
    found = [each for each in last.values() if on <= _end(each) < until]
    return tuple(sorted(found, key=lambda each: (_end(each), each.id)))


@attrs.frozen(kw_only=True)
class PassRate:
    """The pass rate of exams: of the persons who sat one, those who passed in any attempt.

    `passed` and `sat` are persons, `first` those who passed in their first attempt, `attempts` all
    assessments. `unassessed` are persons who were present, or had a seat and no record, and have no
    assessment: they may have passed.
    """

    passed: int
    sat: int
    first: int
    attempts: int
    unassessed: int

    @property
    def share(self) -> float | None:
        """Passed of those who sat; None where nobody did."""
        return self.passed / self.sat if self.sat else None

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the largest number of persons who passed."""
        return self.passed, self.passed + self.unassessed

    def __str__(self) -> str:
        more = f"; {self.unassessed} not assessed" if self.unassessed else ""
        return f"{self.passed} of {self.sat} passed, {self.first} in the first attempt{more}"


def pass_rate(portfolio: Portfolio, scope: Scope, *, as_of: datetime | None = None) -> PassRate:
    """The pass rate of the exams of a scope: sessions of the kind exam, or with an assessment.

    A person counts once, under however many records and exams. Raises NotFound for an unknown
    scope. O(n) over sessions and assessments.
    """
    portfolio, as_of = sound(
        "pass_rate", portfolio=(portfolio, PORTFOLIO), as_of=(as_of, Maybe(Instant()))
    )
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    sat: dict[str, list[Assessment]] = {}
    eligible: set[str] = set()
    for session in extent(known, scope, None).sessions:
        mine = known.where(Assessment, session_id=session.id)
        for each in mine:
            sat.setdefault(kept_id(known, each.person_id), []).append(each)
        if mine or session.kind == "exam":
            records = records_in(known, session.id)
            eligible.update(id for id, each in records.items() if each.status in PRESENT)
            expected = expected_persons(known, session)
            eligible.update(id for id in expected if id not in records)
    passed = {id for id, tries in sat.items() if any(each.passed for each in tries)}
    first = {
        id
        for id, tries in sat.items()
        if min(tries, key=lambda each: (each.attempt, each.id)).passed
    }
    return PassRate(
        passed=len(passed), sat=len(sat), first=len(first), unassessed=len(eligible - sat.keys()),
        attempts=sum(map(len, sat.values())),
    )  # fmt: skip


def assess(
    portfolio: Portfolio,
    *,
    session: str,
    person: str,
    passed: bool,
    at: datetime,
    score: Any = None,
) -> StatusProposal:
    """Propose the assessment of a person in an exam, as the next attempt of that person.

    Raises NotFound for an unknown session or person, and InvariantError for a person who is
    recorded as absent or excused. O(k) over the assessments of the session.
    """
    portfolio, session, person, at = sound(
        "assess", portfolio=(portfolio, PORTFOLIO), session=(session, Text(most=200)),
        person=(person, Id()), at=(at, Instant()),
    )  # fmt: skip
    exam = portfolio.get(Session, session.removeprefix("session:"))
    kept = kept_id(portfolio, person)
    portfolio.get(Person, kept)
    record = records_in(portfolio, exam.id).get(kept)
    if record is not None and record.status not in PRESENT:
        rule = "must be of somebody who was there"
        raise InvariantError("assess", [Problem(path="person", rule=rule, had=record.status)])
    before = [
        each.attempt
        for each in portfolio.where(Assessment, session_id=exam.id)
        if kept_id(portfolio, each.person_id) == kept
    ]
    made = Assessment(
        id=unused_id(portfolio, Assessment, exam.id, kept, set()), session_id=exam.id,
        person_id=kept, attempt=max(before, default=0) + 1, score=score, passed=passed,
    )  # fmt: skip
    word = "passed" if made.passed else "failed"
    return StatusProposal(
        verb="assess", at=at, sentence=f"person:{kept} {word} {cited(exam)}", changes=(made,)
    )
