"""Table shapes: the documented schema of every fact table, column by column."""

from collections.abc import Mapping
from types import MappingProxyType

from mic_core.impact.aggregation.columns import ColumnShape
from mic_core.impact.aggregation.facts import TableShape


def _id(name: str, about: str, *, many: bool = False, personal: bool = False) -> ColumnShape:
    return ColumnShape(name=name, kind="id", about=about, many=many, personal=personal)


def _word(name: str, about: str, *, many: bool = False, personal: bool = False) -> ColumnShape:
    return ColumnShape(name=name, about=about, many=many, personal=personal)


def _day(name: str, about: str) -> ColumnShape:
    return ColumnShape(name=name, kind="day", about=about)


def _flag(name: str, about: str) -> ColumnShape:
    return ColumnShape(name=name, kind="flag", about=about)


def _whole(name: str, about: str, unit: str) -> ColumnShape:
    return ColumnShape(name=name, kind="whole", about=about, unit=unit, least=0)


def _number(name: str, about: str, unit: str, least: int | None = 0) -> ColumnShape:
    return ColumnShape(name=name, kind="number", about=about, unit=unit, least=least)


_EVIDENCE = _word("evidence", "grade of evidence, from claimed to verified")
_PLACES_OF_SESSION = (
    _id("session_id", "the session"),
    _id("series_id", "its series"),
    _id("edition_id", "its edition, and those of its audience", many=True),
    _id("program_id", "the programs of its editions and series", many=True),
    _id("center_id", "its center"),
)
_PLACES_OF_OPERATION = (
    _id("session_id", "the session, where it was booked directly"),
    _id("edition_id", "the edition"),
    _id("program_id", "the program"),
    _id("center_id", "the center"),
)
_PLACES_OF_ENTERPRISE = (
    _id("session_id", "the sessions that it had booked by then", many=True),
    _id("edition_id", "the editions that it had entered by then", many=True),
    _id("program_id", "the programs of these", many=True),
    _id("center_id", "the centers that had supported or enrolled it by then", many=True),
)
_ENTERPRISE = (
    _id("enterprise_id", "the enterprise"),
    _word("kind", "its kind: venture, sme, large, public, university, ngo"),
    _word("sector", "its sector"),
    _word("country", "its country, ISO 3166-1"),
    _word("region", "its region"),
)

_SIZE = _word(
    "size", "its size class after 2003/361/EC at its first support: micro, small, medium or large; "
    "unknown where its figures leave several possible",
)  # fmt: skip

VISITS_SHAPE = TableShape(
    name="visits",
    about="One row for each record of attendance, and one for the nameless heads of a session.",
    fact="fact", day="day", heads="heads", crowd="crowd",
    columns=(
        _id("fact", "the record of attendance or the head count, as kind:id"),
        *_PLACES_OF_SESSION,
        _word("session_kind", "the kind of the session"),
        _word("topic", "the topics of the session", many=True),
        _day("day", "the local day on which the session starts"),
        _id("person_id", "the person; unknown for nameless heads", personal=True),
        _word("gender", "the gender of the person", personal=True),
        _word("region", "the region of the person", personal=True),
        _word("organization_kind", "the kinds of organization the person belongs to", many=True),
        _word("status", "present, partial, excused or absent"),
        _word("mode", "in_person or online; unknown for nameless heads"),
        _whole("minutes", "the time of presence, where it was measured", "minutes"),
        _whole("heads", "1, or the nameless heads of the session", "heads"),
        _whole("crowd", "all heads of the session, where they were counted", "heads"),
        _EVIDENCE,
    ),
)  # fmt: skip

PARTICIPATIONS_SHAPE = TableShape(
    name="participations",
    about="One row for each person, or each organization without delegates, in each operation: an "
    "edition, or a session booked directly. Entries into one operation again are one row, with "
    "the characteristics of the first entry and the status of the last.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the first enrollment, as kind:id"),
        _id("participation_id", "participant and operation"),
        _id("participant_id", "the person or organization that takes part", personal=True),
        _word("participant_kind", "person, or the kind of the organization"),
        _id("person_id", "the person, or the delegate", personal=True),
        _id("enterprise_id", "the organization; unknown for persons"),
        *_PLACES_OF_OPERATION,
        _day("day", "the local day of the first entry"),
        _day("left_on", "the local day on which the last status began, once it has ended"),
        _word("status", "the status as of the report"),
        _flag("has_ended", "if the participation is over"),
        _word("gender", "at first entry", personal=True),
        _word("employment", "the status of employment at first entry", personal=True),
        _word("education", "the level of education at first entry (ISCED)", personal=True),
        _word("origin", "at first entry", personal=True),
        _word("disability", "at first entry", personal=True),
        _whole("age", "in whole years of the calendar at first entry", "years"),
        _word("region", "the region of the person", personal=True),
        _EVIDENCE,
    ),
)  # fmt: skip

SESSIONS_SHAPE = TableShape(
    name="sessions",
    about="One row for each session that has a slot.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the session, as kind:id"),
        *_PLACES_OF_SESSION,
        _word("kind", "the kind of the session"),
        _word("topic", "its topics", many=True),
        _word("mode", "in_person, online or hybrid"),
        _word("status", "the status as of the report"),
        _flag("delivered", "if it was held, or somebody is known to have been there"),
        _day("day", "the local day on which it starts"),
        _whole("minutes", "its length", "minutes"),
        _EVIDENCE,
    ),
)  # fmt: skip

EDITIONS_SHAPE = TableShape(
    name="editions",
    about="One row for each edition.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the edition, as kind:id"),
        _id("edition_id", "the edition"),
        _id("program_id", "its program"),
        _id("center_id", "its center"),
        _word("program_kind", "the kind of its program"),
        _word("status", "the status as of the report"),
        _flag("delivered", "if it has run: completed, or one of its sessions was delivered"),
        _day("day", "its last day, in which it is counted"),
        _day("started_on", "its first day"),
        _whole("seats", "its seats, where they are limited", "seats"),
        _EVIDENCE,
    ),
)  # fmt: skip

SUPPORTS_SHAPE = TableShape(
    name="supports",
    about="One row for each support that an enterprise received: each record of support, each "
    "entry into an edition or session, and each project from a call.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the support, enrollment or project, as kind:id"),
        *_ENTERPRISE,
        *_PLACES_OF_OPERATION,
        _word("support_kind", "the kind of support, program or project"),
        _id("provider_id", "the center, organization or person that gave it", personal=True),
        _day("day", "the day on which it was given or began"),
        _SIZE,
        _day("founded_on", "the foundation of the enterprise"),
        _flag("is_new", "if the enterprise was founded less than three years before that day"),
        _whole("age_months", "the whole months since its foundation; 0 before it", "months"),
        _number("hours", "the time spent on it, where it was measured", "hours"),
        _number("hours_to_date", "all hours of the enterprise up to this support, of any provider; "
                "unknown once those of one support are", "hours"),
        _number("amount", "its value in money, where it was measured", "currency"),
        _word("currency", "the currency of the amount, ISO 4217"),
        _EVIDENCE,
    ),
)  # fmt: skip

ENTERPRISES_SHAPE = TableShape(
    name="enterprises",
    about="One row for each supported enterprise: the figures before its first support beside "
    "those after its last, in the period of the day on which the latter are due.",
    fact="fact", day="day", due="day",
    columns=(
        _id("fact", "the first support, as kind:id"),
        *_ENTERPRISE,
        *_PLACES_OF_ENTERPRISE,
        _day("supported_on", "the day of its first support"),
        _day("day", "the day on which the figures after are due"),
        _SIZE,
        _day("founded_on", "its foundation"),
        _flag("was_created", "if it was founded on or after the day of its first support"),
        _whole("months_to_foundation", "the whole months from the first support to the foundation; "
               "unknown where it was founded before", "months"),
        _flag("is_alive", "if it, or a successor, is active on the due day"),
        _number("staff_before", "staff before the first support", "annual work units"),
        _number("staff_after", "staff after the last support; 0 once it has closed",
                "annual work units"),
        _number("staff_kept", "staff that was there before and after: the smaller number",
                "annual work units"),
        _number("mean_staff_before", "average staff of the 12 months before the first support",
                "annual work units"),
        _number("mean_staff_after", "average staff of the 12 months after the last support; 0 once "
                "it has closed", "annual work units"),
        _flag("founders_counted", "if founders are part of the staff; unknown where it is not "
              "known, or differs from before to after"),
        _number("turnover_before", "turnover before", "currency"),
        _number("turnover_after", "turnover after; 0 once it has closed", "currency"),
        _number("productivity_before", "value added for each of the staff, before", "currency",
                None),
        _number("productivity_after", "value added for each of the staff, after", "currency",
                None),
        _word("currency", "the currency of all its figures; unknown if there are several"),
        _EVIDENCE,
    ),
)  # fmt: skip

FIGURES_SHAPE = TableShape(
    name="figures",
    about="One row for each record of annual figures of a supported enterprise.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the figures, as kind:id"),
        *_ENTERPRISE,
        *_PLACES_OF_ENTERPRISE,
        _day("day", "the last day of the period that they are about"),
        _number("staff", "staff", "annual work units"),
        _flag("founders_counted", "if founders are part of the staff"),
        _number("turnover", "turnover", "currency"),
        _number("value_added", "value added", "currency", None),
        _word("currency", "the currency of the amounts; unknown if there are several"),
        _EVIDENCE,
    ),
)  # fmt: skip

DEALS_SHAPE = TableShape(
    name="deals",
    about="One row for each deal of a supported enterprise.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the deal, as kind:id"),
        *_ENTERPRISE,
        *_PLACES_OF_ENTERPRISE,
        _word("deal_kind", "the kind of deal"),
        _day("day", "the day of the deal"),
        _number("amount", "the amount", "currency", None),
        _word("currency", "the currency of the amount, ISO 4217"),
        _EVIDENCE,
    ),
)  # fmt: skip

CREDENTIALS_SHAPE = TableShape(
    name="credentials",
    about="One row for each credential.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the credential, as kind:id"),
        _id("holder_id", "the person or organization that holds it", personal=True),
        _id("person_id", "the person; unknown for organizations", personal=True),
        _word("kind", "certificate, badge or award"),
        _word("title", "its title"),
        *_PLACES_OF_SESSION[:1],
        _id("series_id", "the series in which it was earned"),
        _id("edition_id", "the edition in which it was earned"),
        _id("program_id", "the program in which it was earned"),
        _id("center_id", "the center in which it was earned"),
        _day("day", "the day of issue"),
        _EVIDENCE,
    ),
)  # fmt: skip

COSTS_SHAPE = TableShape(
    name="costs",
    about="One row for each cost, in the period of its last day.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the cost, as kind:id"),
        *(
            _id(name, f"the {name[:-3]} that it was spent on", many=True)
            for name in ("session_id", "series_id", "edition_id", "program_id", "center_id")
        ),
        _word("kind", "the kind of cost"),
        _day("day", "the last day of the period over which it was spent"),
        _number("amount", "the amount", "currency", None),
        _word("currency", "the currency of the amount, ISO 4217"),
        _flag("in_kind", "if no money was paid"),
        _id("payer_id", "the person or organization that bears it", personal=True),
        _flag("is_public", "if the payer is a public body"),
        _EVIDENCE,
    ),
)  # fmt: skip

FOLLOW_UPS_SHAPE = TableShape(
    name="follow_ups",
    about="One row for each follow-up, in the period of the day on which it is due.",
    fact="fact", day="day", due="day",
    columns=(
        _id("fact", "the follow-up, as kind:id"),
        _id("participant_id", "the participant who is asked", personal=True),
        *_PLACES_OF_SESSION[:1],
        _id("series_id", "the series it is about"),
        _id("edition_id", "the edition it is about"),
        _id("program_id", "the program it is about"),
        _id("center_id", "the center it is about"),
        _day("day", "the day on which it is due"),
        _word("status", "due, asked, answered or unreachable"),
        _EVIDENCE,
    ),
)  # fmt: skip

EMPLOYMENT_SHAPE = TableShape(
    name="employment",
    about="Three rows for each participation of a person that is over: the status of employment at "
    "four weeks, six and twelve months after it was left.",
    fact="fact", day="day", due="day",
    columns=(
        _id("fact", "the first enrollment, as kind:id"),
        _id("participation_id", "participant and operation"),
        _id("person_id", "the person", personal=True),
        *_PLACES_OF_OPERATION,
        _word("horizon", "4 weeks, 6 months or 12 months"),
        _day("day", "the day on which the status is due"),
        _word("before", "the status at first entry", personal=True),
        _word("after", "the status at that day; unknown where nobody knows", personal=True),
        _word("gender", "at first entry", personal=True),
        _EVIDENCE,
    ),
)  # fmt: skip

MEETINGS_SHAPE = TableShape(
    name="meetings",
    about="One row for each pair of organizations whose people met in a session.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the session, as kind:id"),
        _id("pair_id", "both organizations"),
        *_PLACES_OF_SESSION,
        _day("day", "the local day on which the session starts"),
        _EVIDENCE,
    ),
)  # fmt: skip

_OPERATION = (
    _id("participation_id", "participant and operation; unknown for walk-ins"),
    _id("participant_id", "the person or organization that takes part", personal=True),
    _id("operation_id", "the edition, or the session where it was booked directly"),
    _PLACES_OF_OPERATION[0],
    _id("series_id", "the series of that session"),
    *_PLACES_OF_OPERATION[1:],
)

JOURNEYS_SHAPE = TableShape(
    name="journeys",
    about="One row for each participant who applied to an edition, or asked for a place in an "
    "edition or a session: how far the participant came. A flag is unknown where nobody knows, or "
    "where it is still open.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the first application or enrollment, as kind:id"),
        *_OPERATION,
        _day("day", "the local day of the first entry; else that of the application or request"),
        _word("status", "the status of the participation as of the report; unknown without entry"),
        _flag("has_applied", "true in every row: an enrollment begins as a request"),
        _flag("is_accepted", "if the application was accepted, or a seat was offered or taken"),
        _flag("has_entered", "if the participant was ever enrolled"),
        _flag("has_attended", "if a person of the participant was at one session at least"),
        _flag("has_completed", "if the participation was completed"),
        _flag("has_credential", "if a credential was earned in it"),
        _flag("has_outcome", "if an outcome after the entry is recorded"),
        _EVIDENCE,
    ),
)  # fmt: skip

STAYS_SHAPE = TableShape(
    name="stays",
    about="One row for each stay of a participant in an operation, from an entry to leaving early: "
    "weeks are ISO weeks, number 1 is that of the first day of the edition.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the enrollment, as kind:id"),
        *_OPERATION,
        _day("day", "the local day on which the stay began"),
        _whole("since_week", "the week in which the stay began, 1 if it was before", "weeks"),
        _whole("until_week", "the week in which it was left early; unknown: never", "weeks"),
        _flag("is_first", "if it is the first stay of the participation"),
        _EVIDENCE,
    ),
)  # fmt: skip

ROSTERS_SHAPE = TableShape(
    name="rosters",
    about="One row for each person who was expected at a delivered session, by operation, and for "
    "each walk-in.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the record of attendance, or else the enrollment, as kind:id"),
        *_OPERATION[:2],
        _id("person_id", "the person; unknown for an organization without delegates",
            personal=True),
        _OPERATION[2],
        *_PLACES_OF_SESSION[:2],
        *_PLACES_OF_OPERATION[1:],
        _word("session_kind", "the kind of the session"),
        _word("topic", "the topics of the session", many=True),
        _flag("elective", "if the audience may choose whether to attend"),
        _day("day", "the local day on which the session starts"),
        ColumnShape(name="week", kind="whole", about="the week of the edition", unit="weeks"),
        _flag("expected", "false for walk-ins"),
        _word("status", "present, partial, excused or absent; unknown where nothing is recorded"),
        _EVIDENCE,
    ),
)  # fmt: skip

_LIFE = "steps of the calendar: 31 for each whole month, 1 for each day over"

ENTERPRISE_LIVES_SHAPE = TableShape(
    name="enterprise_lives",
    about="One row for each supported enterprise: how long it was active, since its first support "
    "and since its foundation, by the instant of the report. One that was taken over lives on in "
    "its successor.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the first support, as kind:id"),
        *_ENTERPRISE,
        *_PLACES_OF_ENTERPRISE,
        _day("day", "the day of its first support"),
        _day("founded_on", "its foundation"),
        _day("left_on", "the day on which it closed, was last seen, or of the report"),
        _whole("entered", "the time from the first support to the foundation, if that is later; 0 "
               "otherwise", _LIFE),
        _whole("left", "the time from the first support to that day", _LIFE),
        _whole("age_entered", "its age at the first support", _LIFE),
        _whole("age_left", "its age on the day it was left", _LIFE),
        _flag("has_ended", "if it, or its last successor, closed"),
        _flag("is_lost", "if follow-ups do not reach it, and nothing shows it alive since"),
        _EVIDENCE,
    ),
)  # fmt: skip

SEAT_LIVES_SHAPE = TableShape(
    name="seat_lives",
    about="One row for each participation: how long the seat was kept, by the instant of the "
    "report. The end of the edition and completion cut it off.",
    fact="fact", day="day",
    columns=(
        _id("fact", "the first enrollment, as kind:id"),
        _id("participation_id", "participant and operation"),
        _id("participant_id", "the person or organization that takes part", personal=True),
        *_PLACES_OF_OPERATION,
        _day("day", "the local day of the first entry"),
        _day("left_on", "the day on which it was left, or is cut off"),
        _whole("entered", "0", _LIFE),
        _whole("left", "the time from the first entry to that day", _LIFE),
        _flag("has_ended", "if the participant left early"),
        _flag("is_lost", "never"),
        _EVIDENCE,
    ),
)  # fmt: skip

TABLE_SHAPES: Mapping[str, TableShape] = MappingProxyType(
    {
        each.name: each
        for each in (
            VISITS_SHAPE, PARTICIPATIONS_SHAPE, SESSIONS_SHAPE, EDITIONS_SHAPE,
            SUPPORTS_SHAPE, ENTERPRISES_SHAPE, FIGURES_SHAPE, DEALS_SHAPE,
            CREDENTIALS_SHAPE, COSTS_SHAPE, FOLLOW_UPS_SHAPE, EMPLOYMENT_SHAPE,
            MEETINGS_SHAPE, JOURNEYS_SHAPE, STAYS_SHAPE, ROSTERS_SHAPE,
            ENTERPRISE_LIVES_SHAPE, SEAT_LIVES_SHAPE,
        )
    }
)  # fmt: skip
"""The shape of every fact table, by name."""
