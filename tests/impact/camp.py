"""A small center with a camp, a venture and a person, for tests of figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mic_core import (
    Center,
    Deal,
    Edition,
    Enrollment,
    FactTables,
    Figures,
    Indicator,
    Measure,
    Money,
    Organization,
    Period,
    Person,
    Portfolio,
    Program,
    Session,
    Slot,
    Support,
    Transition,
    measure,
)

AT = datetime(2016, 1, 1, 12, tzinfo=UTC)
YEAR = Period.year(2014)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
CAMP = Program(id="camp", title="Camp", kind="training", organizer_id="mic")
SIXTH = Edition(
    id="camp-6", program_id="camp", center_id="mic", number=6,
    period=Period(date(2014, 9, 1), date(2014, 10, 1)), status="completed",
)  # fmt: skip
VENTURE = Organization(id="v", name="V", kind="venture", country="BE", founded=date(2013, 1, 1))


def slot_on(day: int, hour: int = 18) -> Slot:
    """Two hours on a day of September 2014."""
    start = datetime(2014, 9, day, hour, tzinfo=UTC)
    return Slot(start, start + timedelta(hours=2))


def session_on(id: str, day: int, **more: Any) -> Session:
    """A session on a day of September 2014."""
    slot = slot_on(day)
    given: dict[str, Any] = {"title": id, "length": slot.length, "slot": slot, **more}
    return Session(id=id, center_id="mic", **given)


def custom(measured: Measure, **more: Any) -> Indicator:
    """An indicator of an own measure."""
    given: dict[str, Any] = {
        "id": "own", "title": "Own", "unit": "piece", "kind": "output", "source": "us", **more
    }  # fmt: skip
    return Indicator(measure=measured, **given)


def with_instant(how: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `measure`, as of the usual instant where none is given."""
    return {"as_of": AT, **how}


def one(portfolio: Portfolio | FactTables, indicator: str | Indicator, **how: Any) -> Any:
    """The one result of an indicator."""
    (result,) = measure(portfolio, indicator, **with_instant(how))
    return result


def figures_of(year: int, staff: str | None, organization: str = "v", **more: Any) -> Figures:
    """The figures of a year."""
    amount = None if staff is None else Decimal(staff)
    return Figures(
        id=f"f-{organization}-{year}", organization_id=organization, period=Period.year(year),
        staff=amount, **more,
    )  # fmt: skip


def supported(organization: Organization, *more: Any) -> Portfolio:
    """A portfolio with an organization that was coached on the first day of 2014."""
    support = Support(
        id="s", enterprise_id=organization.id, kind="coaching", provider_id="mic",
        on=date(2014, 1, 1), evidence="documented",
    )  # fmt: skip
    return Portfolio.of(CENTER, organization, support, *more)


def a_loan() -> Deal:
    """A loan, which is no equity."""
    return Deal(
        id="d", organization_id="v", on=date(2015, 1, 1), kind="loan",
        amount=Money(amount=Decimal(9), currency="EUR"),
    )  # fmt: skip


def camp(*more: Any, profile: Any = ()) -> Portfolio:
    """A person who entered the Camp in September 2014 and completed it."""
    september = datetime(2014, 9, 1, tzinfo=UTC)
    steps: list[tuple[Any, Any, datetime]] = [
        (None, "enrolled", september),
        ("enrolled", "completed", september.replace(day=30)),
    ]
    return Portfolio.of(
        CENTER, CAMP, SIXTH,
        Person(id="p", name="P", gender="female", born=date(1990, 12, 31), region="Brussels"),
        Enrollment(id="e", participant_id="p", into="camp-6", profile=profile),
        *(Transition(id=f"t-{n}", subject="enrollment:e", before=before, after=after,
                     effective_at=at) for n, (before, after, at) in enumerate(steps)),
        *more,
    )  # fmt: skip
