"""Drawing of the other facts: availability, consent, selection, money, and impact.

Values are drawn from few: years that overlap, shares that exceed the whole, two currencies and two
units, so that facts of one subject agree, or contradict each other.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.chrono.local import MINUTE, local
from mic_core.ids import cite
from mic_core.model import (
    Adjustment,
    Application,
    Attribution,
    Availability,
    Call,
    Consent,
    Cost,
    Credential,
    Deal,
    Decision,
    Edition,
    Employment,
    Figures,
    FollowUp,
    Identity,
    Indicator,
    Money,
    Observation,
    Ownership,
    Partnership,
    Project,
    Review,
    Support,
    Target,
    count,
    distinct,
    stated,
)
from mic_core.portfolio.status_history import first_status
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.growing import Growing, Place, Sizes

_SCOPES = ("center", "edition", "program", "series", "session")
_PARTIES = ("organization", "person")


def draw_facts(growing: Growing, home: Place, sizes: Sizes) -> None:
    """Draw facts of some kinds, each about nouns drawn before; each refers only to earlier ones."""
    picked = growing.several(lambda: growing.below(len(_FACTS)), sizes.others)
    for place in sorted(picked):
        kinds, draw = _FACTS[place]
        if all(growing.known(*each) for each in kinds):
            draw(growing, home)


def _money(growing: Growing) -> Money:
    amount = growing.pick((Decimal(1_000), Decimal(0), Decimal("0.01"), Decimal(250_000)))
    return Money(amount=amount, currency=growing.pick(("EUR", "EUR", "USD")))


def _period(growing: Growing, home: Place) -> Period:
    """Draw a year, the days around a season, some of which lie in the year, or all time."""
    day = home.day
    season = Period(day - timedelta(days=60), day + timedelta(days=60))
    return growing.pick((Period.year(day.year), season, Period.year(day.year + 1), Period()))


def _day(growing: Growing, home: Place) -> date:
    return home.day + timedelta(days=growing.pick((0, -400, 7, 60, 200)))


def _share(growing: Growing) -> Decimal:
    return growing.pick((Decimal("0.5"), Decimal("0.6"), Decimal(1), Decimal("0.25")))


def _pick_id(growing: Growing, *kinds: str) -> str:
    return growing.pick(growing.known(*kinds))


def _availability(growing: Growing, home: Place) -> None:
    """Draw when somebody or something is available, often at the edge of one of its sessions."""
    subject = growing.pick(growing.cited("room", "person", "module", "session"))
    fields: Fields = {"hours": None, "period": None, "slot": None}
    way = growing.pick(("edge", "edge", "hours", "days", "season", "hours of season"))
    if way == "edge" and growing.placed:
        placed = growing.pick(growing.placed)
        fields["slot"] = _edge(growing, home, placed.slot)
        if growing.below(3):  # else it is of somebody who may have no part in that session
            room = [] if placed.room_id is None else [cite("room", placed.room_id)]
            subject = growing.pick((*room, cite("session", placed.session_id)))
    elif way in ("hours", "hours of season", "edge"):
        fields["hours"] = WeeklyHours.parse(growing.pick(("Mo-Su 09:00-12:00", "Mo-Fr", "We")))
        if way == "hours of season":
            fields["period"] = _period(growing, home)
    elif way == "days":
        day = home.day + timedelta(days=growing.below(8))
        fields["period"] = Period.days(day, day)
    else:
        fields["period"] = _period(growing, home)
    words = ("unavailable", "available", "avoided", "preferred")
    growing.add(Availability, subject=subject, preference=growing.pick(words), **fields)


def _edge(growing: Growing, home: Place, slot: Slot) -> Slot:
    """Draw a slot that ends where another one starts, starts where it ends, or a minute inside."""
    start, end = slot.start_utc, slot.end_utc
    low, high = growing.pick(
        (
            (start, end),
            (start - MINUTE, start),
            (end, end + MINUTE),
            (start - MINUTE, start + MINUTE),
            (end - MINUTE, end + MINUTE),
        )
    )
    return Slot(local(low, home.clocks), local(high, home.clocks))


def _credential(growing: Growing, home: Place) -> None:
    places = growing.known("edition", "session")
    issued_on = _day(growing, home)
    expires_on = growing.pick((None, issued_on + timedelta(days=1)))
    growing.add(
        Credential,
        holder_id=_pick_id(growing, "person", "organization"),
        kind=growing.pick(("certificate", "badge", "award")),
        title="Completed",
        issued_on=issued_on,
        expires_on=expires_on,
        earned_in=growing.pick((*places, None)),
    )


def _consent(growing: Growing, home: Place) -> None:
    """Draw a consent, and perhaps a follow-up of the person before or after it was withdrawn."""
    person = _pick_id(growing, "person")
    purpose = growing.pick(("follow_up", "newsletter"))
    growing.add(
        Consent,
        person_id=person,
        purpose=purpose,
        text_version="1",
        status=growing.pick(("withdrawn", "granted")),
        at=home.moment(growing.pick((-60, 0, 100))),
    )
    if purpose == "follow_up" and growing.below(2):
        _follow_up(growing, home, person)


def _employment(growing: Growing, home: Place) -> None:
    """Draw the job of a person, often before and after: one who found work."""
    person = _pick_id(growing, "person")
    for days in growing.pick(((0,), (-100, 300))):
        growing.add(
            Employment,
            person_id=person,
            on=home.day + timedelta(days=days),
            status=growing.pick(("employed", "unemployed", "self_employed", "unknown")),
        )


def _support(growing: Growing, home: Place) -> None:
    growing.add(
        Support,
        enterprise_id=_pick_id(growing, "organization"),
        kind=growing.pick(("coaching", "grant", "space", "other")),
        provider_id=_pick_id(growing, "center", "organization", "person"),
        on=_day(growing, home),
        hours=growing.pick((None, Decimal(8), Decimal("0.5"))),
        amount=growing.pick((None, _money(growing))),
    )


def _ownership(growing: Growing, home: Place) -> None:
    owned = _pick_id(growing, "organization")
    for _ in range(1 + growing.below(2)):
        growing.add(
            Ownership,
            organization_id=owned,
            owner_id=growing.pick([each for each in growing.known(*_PARTIES) if each != owned]),
            capital=_share(growing),
            votes=growing.pick((None, _share(growing))),
            holder="person",
            period=_period(growing, home),
        )


def _figures(growing: Growing, home: Place) -> None:
    organization = _pick_id(growing, "organization")
    for after in range(1 + growing.below(2)):
        growing.add(
            Figures,
            organization_id=organization,
            period=growing.pick((Period.year(home.day.year + after), _period(growing, home))),
            staff=growing.pick((None, Decimal(2), Decimal("3.5"), Decimal(0))),
            turnover=growing.pick((None, _money(growing))),
        )


def _deal(growing: Growing, home: Place) -> None:
    organization = _pick_id(growing, "organization")
    growing.add(
        Deal,
        organization_id=organization,
        on=_day(growing, home),
        kind=growing.pick(("equity", "grant", "revenue", "other")),
        amount=_money(growing),
        investors=growing.some([each for each in growing.known(*_PARTIES) if each != organization]),
    )


def _follow_up(growing: Growing, home: Place, participant: str | None = None) -> None:
    growing.add(
        FollowUp,
        participant_id=participant or _pick_id(growing, *_PARTIES),
        about=_pick_id(growing, "edition", "session", "center"),
        due_on=_day(growing, home),
        status=growing.pick(("due", "asked", "answered", "unreachable")),
        on=growing.pick((None, _day(growing, home))),
    )


def _partnership(growing: Growing, home: Place) -> None:
    supports, period = (_pick_id(growing, *_SCOPES),), _period(growing, home)
    for _ in range(1 + growing.below(3)):
        growing.add(
            Partnership,
            organization_id=_pick_id(growing, "organization"),
            supports=supports,
            role=growing.pick(("funder", "host")),
            share=growing.pick((None, _share(growing), _share(growing))),
            amount=growing.pick((None, _money(growing), _money(growing))),
            period=period,
        )


def _cost(growing: Growing, home: Place) -> None:
    growing.add(
        Cost,
        scope=(_pick_id(growing, *_SCOPES),),
        period=_period(growing, home),
        kind=growing.pick(("venue", "staff", "other")),
        amount=_money(growing),
    )


def _target(growing: Growing, home: Place) -> None:
    """Draw a target of an indicator, and what was measured or claimed of it."""
    indicators = growing.any_of(Indicator)
    indicator = growing.pick((None, *indicators))
    if indicator is None:
        indicator = growing.add(
            Indicator,
            title="Jobs",
            unit="job",
            kind=growing.pick(("outcome", "output")),
            measure=growing.pick((stated(), distinct("visits", "person_id"), count("sessions"))),
            source="IRIS+",
        )
    scope = _pick_id(growing, "center", "edition")
    period = _period(growing, home)
    kind = "edition" if scope in growing.known("edition") else "center"
    for _ in range(growing.pick((1, 0, 1, 2))):
        value = growing.pick((Decimal(10), Decimal(0), Decimal("2.5")))
        growing.add(Target, indicator_id=indicator.id, scope=(scope,), period=period, value=value)
    for _ in range(growing.below(4)):
        is_claim = growing.one_in(3)
        growing.add(
            Observation,
            subject=cite(kind, scope),
            indicator_id=None if is_claim else indicator.id,
            claim="more jobs than ever" if is_claim else None,
            period=growing.pick((period, period, _period(growing, home))),
            value=growing.pick((Decimal(10), Decimal(11), Decimal(0))),
            relation=growing.pick(("exactly", "at_least", "more_than")),
            form=growing.pick(("increment", "increment", "cumulative", "stock")),
            attribution=growing.pick((None, Decimal("0.5"))),
            unit=growing.pick(("job", "job", "person")),
            evidence=growing.pick(("self_reported", "claimed")),
            source="survey",
        )


def _attribution(growing: Growing, home: Place) -> None:
    """Draw the shares of an outcome that partners are given, and what is no net effect of it."""
    subject = growing.pick((*growing.cited("organization"), *growing.cited("project")))
    for _ in range(1 + growing.below(2)):
        growing.add(
            Attribution,
            subject=subject,
            partner_id=_pick_id(growing, "organization"),
            share=_share(growing),
            period=growing.pick((None, _period(growing, home))),
            source="agreement",
        )
    for indicator in growing.any_of(Indicator)[:1]:
        growing.add(
            Adjustment,
            indicator_id=indicator.id,
            kind=growing.pick(("deadweight", "displacement", "drop_off")),
            factor=growing.pick((None, Decimal("0.2"))),
            source="study",
        )


def _identity(growing: Growing, _: Place) -> None:
    """Draw an identity: of two persons the later record is merged into the first, once."""
    kept, *others = growing.cited("person")
    merged = {each.merged for each in growing.any_of(Identity)}
    free = [each for each in others if each not in merged]
    if free:
        growing.add(Identity, kept=kept, merged=growing.pick(free))


def _call(growing: Growing, home: Place) -> Call:
    """Draw a call of the center, or of one of its editions or of that of another center."""
    edition = growing.pick((None, *growing.any_of(Edition)))
    center = home.center_id if edition is None else edition.center_id
    window = Slot.of(home.moment(-90), home.moment(-60), zone=str(home.clocks))
    return growing.add(
        Call,
        center_id=center,
        edition_id=None if edition is None else edition.id,
        title="Call",
        window=window,
        grace=growing.pick((None, timedelta(days=1))),
        criteria=growing.pick(((("team", 2),), ())),
        places=growing.pick((None, 1)),
    )


def _project(growing: Growing, home: Place) -> None:
    call = _call(growing, home)
    organizations = (_pick_id(growing, "organization"),)
    growing.add(
        Project,
        call_id=call.id,
        title="Project",
        organizations=organizations,
        period=_period(growing, home),
    )


def _selection(growing: Growing, home: Place) -> None:
    """Draw applications to a call, with reviews and decisions."""
    call = growing.pick((None, *growing.any_of(Call)))
    if call is None:
        call = _call(growing, home)
    for _ in range(1 + growing.below(3)):
        submitted_at = growing.pick((home.moment(-70), None, home.moment(-60), home.moment(-59)))
        made = growing.add(
            Application,
            call_id=call.id,
            applicant_id=_pick_id(growing, *_PARTIES),
            submitted_at=submitted_at,
        )
        if growing.one_in(3):
            growing.wander(cite("application", made.id), first_status(made), home, -58, 2)
        if growing.below(2):
            growing.add(
                Review,
                application_id=made.id,
                reviewer_id=_pick_id(growing, "person"),
                scores=growing.pick(((("team", Decimal(7)),), (("idea", Decimal(5)),))),
                recused=False,
            )
        if growing.below(2):
            growing.add(
                Decision,
                application_id=made.id,
                outcome=growing.pick(("accepted", "rejected")),
                decided_at=home.moment(growing.pick((-55, -80))),
            )


_ORGANIZATION, _PERSON = ("organization",), ("person",)
_Drawing = Callable[[Growing, Place], object]

_FACTS: tuple[tuple[tuple[tuple[str, ...], ...], _Drawing], ...] = (
    ((("room", "person", "module", "session"),), _availability),
    ((("room", "person", "module", "session"),), _availability),
    ((("room", "person", "module", "session"),), _availability),
    (((*_PARTIES,),), _credential),
    ((_PERSON,), _consent),
    ((_PERSON,), _employment),
    ((_ORGANIZATION,), _support),
    ((_ORGANIZATION, _PERSON), _ownership),
    ((_ORGANIZATION,), _figures),
    ((_ORGANIZATION,), _deal),
    (((*_PARTIES,),), _follow_up),
    ((_ORGANIZATION,), _partnership),
    ((), _cost),
    ((), _target),
    ((_ORGANIZATION,), _project),
    ((_ORGANIZATION,), _attribution),
    ((_PERSON,), _identity),
    ((_PERSON,), _selection),
)
"""Facts in the order in which they refer to each other, with the kinds that each needs."""
