"""Proposed transitions: changes of status as a value that people read and `record` keeps."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

import attrs

from mic_core.findings import Finding
from mic_core.ids import MOST_LETTERS, cite, split
from mic_core.markup import escape
from mic_core.model import KINDS, Noun, Transition
from mic_core.portfolio import Portfolio

StaleTest = Callable[[Portfolio], Iterable[Finding]]
"""A function of a later portfolio: the reasons for which a proposal does not fit it."""


def fits_always(_: Portfolio) -> tuple[Finding, ...]:
    """The judge of a proposal that rests on the status tables alone: no reasons.

    >>> fits_always(Portfolio.of())
    ()
    """
    return ()


@attrs.frozen(kw_only=True)
class StatusProposal:
    """A proposal of transitions, and of the enrollments that they begin.

    `verb` is the name of the function that made it, `at` the instant of the change in the world,
    `sentence` the change in words. `changes` are the nouns to record, under ids that were unused:
    of the subject, the status and a counter. `record` refuses it once it no longer fits.
    """

    verb: str
    at: datetime
    sentence: str
    changes: "tuple[Noun, ...]"  # in quotes, so that `help` does not spell out all nouns
    replaces: "tuple[Noun, ...]" = ()
    judge: StaleTest = attrs.field(default=fits_always, repr=False, eq=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The reasons for which it does not fit a later portfolio; none where it fits."""
        return tuple(self.judge(portfolio))

    def rows(self) -> tuple[dict[str, object], ...]:
        """One flat row for each transition; the reason, which is personal, is left out."""
        return tuple(
            {
                "subject": each.subject, "before": each.before, "after": each.after,
                "effective_at": each.effective_at, "expires_at": each.expires_at,
            }
            for each in self.changes
            if isinstance(each, Transition)
        )  # fmt: skip

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


def unused_id(
    portfolio: Portfolio, noun: type[Noun], subject: str, word: str, taken: set[str]
) -> str:
    """An unused id of a kind: the id of the subject, a word, and a counter from 2 on.

    A subject that is too long is cut and gets a digest, so that two subjects never share an id.
    `taken` are the ids that one proposal used already; the new one is added to it.

    >>> taken = set()
    >>> [unused_id(Portfolio.of(), Transition, "e-1", "offered", taken) for _ in range(2)]
    ['e-1-offered', 'e-1-offered-2']
    >>> unused_id(Portfolio.of(), Transition, "e" * 60, "offered", taken)
    'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-a1b79bc3-offered'
    """
    room = MOST_LETTERS - len(word) - 7  # a hyphen, and a counter of up to 5 digits with another
    if len(subject) > room:
        # 8 hexadecimal digits: among 10,000 long subjects, one chance in 80 of a shared stem,
        # which then costs a counter and no more.
        subject = f"{subject[: room - 9]}-{sha256(subject.encode()).hexdigest()[:8]}"
    number, id = 1, f"{subject}-{word}"
    while id in taken or portfolio.find(noun, id) is not None:
        number += 1
        id = f"{subject}-{word}-{number}"
    taken.add(id)
    return id


def status_step(
    portfolio: Portfolio,
    subject: str,
    before: str | None,
    after: str,
    at: datetime,
    taken: set[str],
    *,
    actor: str | None = None,
    reason: str | None = None,
    expires_at: datetime | None = None,
) -> Transition:
    """A transition of a cited subject under an unused id."""
    return Transition(
        id=unused_id(portfolio, Transition, split(subject)[1], after, taken),
        subject=subject,
        before=before,
        after=after,
        effective_at=at,
        actor=actor,
        reason=reason,
        expires_at=expires_at,
    )


def cited(noun: Noun) -> str:
    """The citation of a noun, `kind:id`."""
    return cite(KINDS[type(noun)], noun.id)


def local_text(moment: datetime) -> str:
    """A local time with its zone, to the minute.

    >>> from datetime import UTC
    >>> local_text(datetime(2014, 9, 7, 9, tzinfo=UTC))
    '2014-09-07 09:00 UTC'
    """
    return f"{moment.replace(tzinfo=None).isoformat(sep=' ', timespec='minutes')} {moment.tzinfo}"


def conflict(code: str, message: str, *subjects: str, mend: str) -> Finding:
    """A reason for which a proposal does not fit any more."""
    return Finding(
        code=code, severity="error", subjects=tuple(sorted(subjects)), message=message, mend=mend
    )
