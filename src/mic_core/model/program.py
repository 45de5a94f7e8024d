"""Nouns of the offer: programs, their modules, editions, seats and waitlist policies."""

from datetime import timedelta
from typing import Annotated, Literal

import attrs

from mic_core.checked import Given, checked
from mic_core.chrono import Period, Slot
from mic_core.errors import Problem
from mic_core.fields import Many, OpenChoice, Ref, Value, Whole
from mic_core.model.expressions.requirement import Requirement
from mic_core.model.status import EditionStatus
from mic_core.model.vocabulary import (
    CenterId,
    Count,
    Identifier,
    ModuleIds,
    Money,
    PersonIds,
    Positive,
    ProgramId,
    Title,
    Word,
    Words,
)

PROGRAM_KINDS = (
    "accelerator",
    "bootcamp",
    "challenge",
    "coaching",
    "conference",
    "incubator",
    "support",
    "training",
    "visits",
)
"""The usual kinds of programs, an open list: any other lowercase word is valid too."""

SESSION_KINDS = (
    "coaching",
    "conference",
    "exam",
    "meeting",
    "networking",
    "pitch",
    "seminar",
    "talk",
    "training",
    "visit",
    "workshop",
)
"""The usual kinds of sessions, modules and series, an open list."""

ProgramKind = Annotated[str, OpenChoice(PROGRAM_KINDS)]
SessionKind = Annotated[str, OpenChoice(SESSION_KINDS)]
Admission = Literal["open", "by_offer", "by_call"]
WaitlistRule = Literal["strict_fifo", "best_fit", "priority", "lottery"]


def _requires_others(id: str, requires: tuple[str, ...]) -> Problem | None:
    if id in requires:
        return Problem(path="requires", rule="must name other modules", mend="leave itself out")
    return None


@checked(Given("requires", _requires_others))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Module:
    """A module of a program: a number of sessions of equal length on one topic.

    `kind` is that of its sessions, a word of an open list.

    `count` is the number of sessions. `length` is the duration of each. `requires` are the ids of
    its prerequisites, the modules that come before it. `needs` are features that its rooms must
    have. `trainers` are the persons who qualify; empty means that anybody may be assigned. `topic`
    of None: not stated. The id is unique among the modules of all programs.

    >>> Module(id="pitching", title="The art of pitching", count=2, length=timedelta(hours=3))
    Module(id='pitching', title='The art of pitching', count=2, \
length=datetime.timedelta(seconds=10800))
    """

    id: Identifier
    title: Title
    topic: Word | None = None
    kind: SessionKind = "training"
    count: Annotated[int, Whole(least=1, most=1000, unit="sessions")] = 1
    length: timedelta
    requires: ModuleIds = ()
    needs: Words = ()
    trainers: PersonIds = ()


def _modules_differ(modules: tuple[Module, ...]) -> Problem | None:
    ids = [module.id for module in modules]
    if len(set(ids)) < len(ids):
        return Problem(path="modules", rule="must have different ids", mend="rename one of them")
    return None


@checked(Given("modules", _modules_differ))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Program:
    """A program that a center or another organization offers in editions.

    `kind` is a word of an open list: a usual kind, or any other lowercase word such as hackathon.

    `organizer_id` is the id of a center or an organization; None means the center of each edition.
    `modules` are its parts. `eligibility` is the requirement for entry; None: anybody may enter.
    `completion` is the requirement for completion; None: the trainers decide. `reenroll` allows a
    participant to enroll in several editions.

    >>> Program(id="boostcamp", title="Boostcamp", kind="bootcamp")
    Program(id='boostcamp', title='Boostcamp', kind='bootcamp')
    """

    id: Identifier
    title: Title
    kind: ProgramKind
    organizer_id: Annotated[str, Ref("center", "organization")] | None = None
    modules: Annotated[tuple[Module, ...], Many(Value(Module), most=1000)] = ()
    eligibility: Requirement | None = None
    completion: Requirement | None = None
    reenroll: bool = False


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Seats:
    """A capacity in persons, on site and online; None means unlimited.

    >>> Seats(in_person=16)
    Seats(in_person=16)
    """

    in_person: Count | None = None
    online: Count | None = None


def _lottery_has_seed(rule: str, seed: int | None) -> Problem | None:
    if (rule == "lottery") != (seed is not None):
        return Problem(path="seed", rule="must be given for a lottery, and only then")
    return None


@checked(_lottery_has_seed)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Waitlist:
    """A waitlist policy: the order in which free seats are offered.

    `rule` is strict_fifo (first come, first served), best_fit (the first whose number of places
    fits), priority (by the rank that was decided) or lottery (a random order). `seed` is that of
    the random numbers of a lottery; None for all other rules.
    """

    rule: WaitlistRule = "strict_fifo"
    seed: Annotated[int, Whole()] | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Edition:
    """An edition of a program in a center, one cohort: for instance the sixth Boostcamp.

    `number` counts the editions of the program from 1. `seats` is its capacity. `min_seats` is the
    least number of enrolled persons with which it runs; None: any number. `application_window` is
    the interval in which one can apply; None means any time. `admission` is open to all, by an
    offer to each, or by the decisions of a call. `waitlist` is the policy for free seats.
    `offer_lasts` is the time for which an offered seat is reserved; None means until it is
    answered. `fee` is per person; None: free of charge. `status` is the initial status, before any
    transition.

    >>> from datetime import date
    >>> sixth = Edition(
    ...     id="boostcamp-6", program_id="boostcamp", center_id="mic-brussels", number=6,
    ...     period=Period.days(date(2014, 9, 10), date(2014, 12, 19)), seats=Seats(in_person=16),
    ... )
    >>> sixth.admission, sixth.waitlist.rule, sixth.status
    ('open', 'strict_fifo', 'draft')
    """

    id: Identifier
    program_id: ProgramId
    center_id: CenterId
    number: Positive
    period: Period
    seats: Seats = Seats()
    min_seats: Count | None = None
    application_window: Slot | None = None
    admission: Admission = "open"
    waitlist: Waitlist = Waitlist()
    offer_lasts: timedelta | None = None
    fee: Money | None = None
    status: EditionStatus = "draft"
