"""Domain model: the nouns, frozen values that refer to each other by ids.

`Noun` is the union of all kinds that a portfolio keeps; `NOUNS` maps the kind to the class.
"""

from typing import Union, get_args

from mic_core.ids import kind_of
from mic_core.model.call import Application, Call, Decision, Project, Review
from mic_core.model.center import Center, Partnership, Room
from mic_core.model.enrollment import (
    Attendance,
    Credential,
    Enrollment,
    Headcount,
    Support,
    Transition,
)
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    Measure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    StatedMeasure,
    TotalMeasure,
    Where,
    change,
    count,
    distinct,
    latest,
    median,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.model.expressions.requirement import Leaf, Requirement, all_of, any_of, n_of, not_
from mic_core.model.history import Retraction
from mic_core.model.impact import (
    Cost,
    Deal,
    Employment,
    FollowUp,
    Indicator,
    Observation,
    Target,
)
from mic_core.model.participant import (
    Consent,
    Figures,
    Membership,
    Organization,
    Ownership,
    Participant,
    Person,
)
from mic_core.model.program import Edition, Module, Program, Seats, Waitlist
from mic_core.model.session import Assignment, Availability, Series, Session
from mic_core.model.status import TABLES, StatusTable
from mic_core.model.vocabulary import Money

Noun = Union[  # noqa: UP007  # get_args must see each of them
    Application,
    Assignment,
    Attendance,
    Availability,
    Call,
    Center,
    Consent,
    Cost,
    Credential,
    Deal,
    Decision,
    Edition,
    Employment,
    Enrollment,
    Figures,
    FollowUp,
    Headcount,
    Indicator,
    Membership,
    Observation,
    Organization,
    Ownership,
    Partnership,
    Person,
    Program,
    Project,
    Retraction,
    Review,
    Room,
    Series,
    Session,
    Support,
    Target,
    Transition,
]
"""Discriminated union of all entities that a portfolio keeps, each under an id of its own."""

NOUNS: dict[str, type[Noun]] = {kind_of(noun): noun for noun in get_args(Noun)}
"""Class of each kind, in alphabetical order."""

KINDS: dict[type, str] = {noun: kind for kind, noun in NOUNS.items()}
"""Kind of each class, the discriminator of the union."""

__all__ = [
    "KINDS",
    "NOUNS",
    "TABLES",
    "Application",
    "Assignment",
    "Attendance",
    "Availability",
    "Call",
    "Center",
    "ChangeMeasure",
    "Consent",
    "Cost",
    "CountMeasure",
    "Credential",
    "Deal",
    "Decision",
    "DistinctMeasure",
    "Edition",
    "Employment",
    "Enrollment",
    "Figures",
    "FollowUp",
    "Headcount",
    "Indicator",
    "LatestMeasure",
    "Leaf",
    "Measure",
    "MedianMeasure",
    "Membership",
    "Module",
    "Money",
    "Noun",
    "Observation",
    "Organization",
    "Ownership",
    "Participant",
    "Partnership",
    "Person",
    "Program",
    "Project",
    "RatioMeasure",
    "Requirement",
    "Retraction",
    "Review",
    "Room",
    "Seats",
    "Series",
    "Session",
    "ShareMeasure",
    "StatedMeasure",
    "StatusTable",
    "Support",
    "Target",
    "TotalMeasure",
    "Transition",
    "Waitlist",
    "Where",
    "all_of",
    "any_of",
    "change",
    "count",
    "distinct",
    "latest",
    "median",
    "n_of",
    "not_",
    "ratio",
    "share",
    "stated",
    "total",
    "where",
]
