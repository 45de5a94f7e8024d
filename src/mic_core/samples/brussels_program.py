"""The center in Brussels of the sample, with its partners, rooms, programs and editions."""

from datetime import date, time, timedelta

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours
from mic_core.model import (
    Center,
    Credential,
    Edition,
    Leaf,
    Module,
    Noun,
    Partnership,
    Program,
    Room,
    Seats,
    Series,
    Waitlist,
    all_of,
)
from mic_core.model.program import SessionKind

CENTER, ZONE = "mic-brussels", "Europe/Brussels"
HOUR = timedelta(hours=1)
SIXTH_EDITION_PERIOD = Period.days(date(2014, 9, 10), date(2014, 12, 17))


def _module(
    id: str,
    title: str,
    kind: SessionKind,
    shape: tuple[int, int],
    trainers: tuple[str, ...],
    requires: tuple[str, ...] = (),
) -> Module:
    """A module. Its topic is in the article; its count, length, order and trainers are invented."""
    count, hours = shape
    return Module(
        id=id, title=title, topic=title, kind=kind, count=count, length=hours * HOUR,
        requires=requires, needs=("projector",), trainers=trainers,
    )  # fmt: skip


_BOOSTCAMP = (
    _module("business-model", "Business model development", "workshop", (3, 3), ("trainer-01",)),
    _module("it", "IT", "training", (3, 3), ("trainer-02",)),
    _module(
        "communication", "Communication", "training", (2, 3), ("trainer-03",), ("business-model",)
    ),
    _module("marketing", "Marketing", "training", (3, 3), ("trainer-04",), ("business-model",)),
    _module(
        "pitching", "The art of pitching", "workshop", (3, 3), ("trainer-05",),
        ("communication", "marketing"),
    ),
)  # fmt: skip

_AZURE = (
    _module("azure-websites", "Websites on Azure", "training", (1, 3), ("trainer-06",)),
    _module("azure-mobile", "Mobile applications on Azure", "training", (1, 3), ("trainer-07",)),
    _module(
        "azure-enterprise", "Enterprise-class applications on Azure", "training", (2, 3),
        ("trainer-06", "trainer-07"), ("azure-websites",),
    ),
)  # fmt: skip

PROGRAMS_IN_ARTICLE: tuple[Noun, ...] = (
    Center(
        id=CENTER,
        name="Microsoft Innovation Center Brussels",
        country="BE",
        region="Brussels",
        address="Rue Montoyer 51, 1000 Brussels",
        time_zone=ZONE,
        opening_hours=WeeklyHours.parse("Mo-Fr 08:30-21:30; Sa 09:30-17:00"),
        closures=(
            Period.days(date(2014, 11, 11), date(2014, 11, 11)),
            Period.days(date(2014, 12, 25), date(2015, 1, 1)),
        ),
        focus=("IT", "SaaS", "cloud"),
    ),
    Partnership(
        id="partner-region", organization_id="brussels-region", supports=(CENTER,), role="funder",
        period=Period(),
    ),
    Partnership(
        id="partner-microsoft", organization_id="microsoft", supports=(CENTER,), role="sponsor",
        period=Period(),
    ),
    Program(
        id="boostcamp", title="Boostcamp", kind="bootcamp", organizer_id=CENTER,
        modules=_BOOSTCAMP,
        eligibility=all_of(
            Leaf(fact="region", op="==", value=("Brussels",)),
            Leaf(fact="sector", op="==", value=("IT",)),
        ),
        completion=all_of(Leaf(fact="sessions_attended", op=">=", value=(11,))),
    ),
    Program(id="it-camp", title="IT camp", kind="training", organizer_id=CENTER, modules=_AZURE),
    Program(
        id="knowledge", title="Conferences and certification seminars", kind="conference",
        organizer_id=CENTER,
    ),
    Program(
        id="call-for-projects", title="Call for projects", kind="challenge", organizer_id=CENTER
    ),
    Program(id="coaching", title="Coaching sessions", kind="coaching", organizer_id=CENTER),
    Program(id="visits", title="Visits", kind="visits", organizer_id=CENTER),
    Program(id="bizspark", title="BizSpark", kind="support", organizer_id="microsoft"),
    Program(
        id="microsoft-ventures", title="Microsoft Ventures", kind="accelerator",
        organizer_id="microsoft",
    ),
    Program(id="sme-week", title="SME Week", kind="conference", organizer_id="european-union"),
    Edition(
        id="boostcamp-6", program_id="boostcamp", center_id=CENTER, number=6,
        period=SIXTH_EDITION_PERIOD, seats=Seats(in_person=16), min_seats=10,
        admission="by_call", waitlist=Waitlist(),
        application_window=Slot.at("2014-06-02", "09:00", 81 * 24 * HOUR, ZONE),
        offer_lasts=7 * 24 * HOUR,
    ),
    Edition(
        id="azure-camp-2014", program_id="it-camp", center_id=CENTER, number=1,
        period=Period.days(date(2014, 9, 30), date(2014, 10, 1)), seats=Seats(in_person=24),
        status="open",
    ),
    Series(
        id="it-camp-evenings", center_id=CENTER, program_id="it-camp",
        title="IT camp: trends in technology",
        recurrence=Recurrence(frequency="monthly", weekdays=("2TU",), until=date(2014, 12, 31)),
        first_on=date(2014, 9, 9), starts_at=time(18), length=2 * HOUR, room_id="auditorium",
        topics=("big data", "cloud computing", "mobility"),
    ),
    Credential(
        id="award-mimedication", holder_id="mimedication", kind="award", title="Boostcamp winner",
        issued_on=date(2013, 12, 18), earned_in="boostcamp",
    ),
    Credential(
        id="award-oh-chef", holder_id="oh-chef", kind="award", title="Boostcamp winner",
        issued_on=date(2013, 6, 19), earned_in="boostcamp",
    ),
)  # fmt: skip
"""Entities of the article. Opening hours, closures, seats, dates of awards and other details
that it does not have are invented; docs/article.md lists them one by one."""

INVENTED: tuple[Noun, ...] = (
    Room(
        id="auditorium", center_id=CENTER, name="Auditorium", seats=90,
        features=("projector", "stage"),
    ),
    Room(
        id="montoyer", center_id=CENTER, name="Montoyer", seats=24,
        features=("projector", "whiteboard"),
    ),
    Room(
        id="lab", center_id=CENTER, name="Lab", seats=24, features=("projector", "workstations")
    ),
    Room(id="atelier", center_id=CENTER, name="Atelier", seats=8, features=("whiteboard",)),
    Partnership(
        id="partner-university", organization_id="example-university", supports=(CENTER,),
        role="academic", period=Period(date(2012, 1, 1)),
    ),
    Partnership(
        id="partner-industry", organization_id="example-industry", supports=("boostcamp",),
        role="delivery", period=Period.year(2014),
    ),
    Edition(
        id="boostcamp-5", program_id="boostcamp", center_id=CENTER, number=5,
        period=Period.days(date(2014, 2, 12), date(2014, 6, 11)), seats=Seats(in_person=16),
        admission="by_call", status="completed",
    ),
    Edition(
        id="certification-2014", program_id="knowledge", center_id=CENTER, number=1,
        period=Period.days(date(2014, 11, 7), date(2014, 11, 7)), seats=Seats(in_person=12),
        status="open",
    ),
)  # fmt: skip
"""Invented entities without which the season could not run."""
