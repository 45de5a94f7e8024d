"""Tables of a center as portfolios, and the reports of rows that cannot be kept."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from mic_core import (
    Assignment,
    Attendance,
    Center,
    Cost,
    Edition,
    Enrollment,
    FieldSource,
    Headcount,
    Indicator,
    Observation,
    Organization,
    Period,
    Person,
    Program,
    Room,
    Session,
    Transition,
    check,
    from_tables,
    slug,
)
from tests.codec.loading.loads import CENTER, PROGRAM, assumed, load, only, problems
from tests.impact.boostcamps import load_boostcamps

FORMS = {"attendance": [{"session": "s", "person": "p", "status": "present"}]}


def test_the_boostcamps_load_without_a_word_of_mapping(shared_data: Path) -> None:
    """Six CSV files as they are: every row is kept, and no rule finds an error in them."""
    loaded = load_boostcamps(shared_data / "boostcamps")
    assert loaded.report.ok
    assert {each.table: each.kept for each in loaded.report.counts} == {
        "editions": 3, "sessions": 12, "enrollments": 19, "attendance": 29, "headcounts": 1,
        "jobs": 5,
    }  # fmt: skip
    portfolio = loaded.portfolio
    assert portfolio.get(Edition, "boostcamp-4").period == Period.days(
        date(2014, 3, 3), date(2014, 3, 28)
    )
    late = portfolio.get(Session, "s62b").slot
    assert late is not None
    assert str(late) == "Sat 1 Nov 2014 00:30-02:30 Europe/Brussels"
    assert portfolio.get(Observation, "j-q3").evidence == "self_reported"
    assert portfolio.get(Indicator, "jobs-enabled").title == "Jobs enabled"
    assert portfolio.get(Headcount, portfolio.all(Headcount)[0].id).n == 10
    report = check(portfolio, as_of=datetime(2014, 11, 3, 9, tzinfo=UTC))
    assert report.ok


def test_a_bare_list_becomes_persons_sessions_an_edition_and_enrollments() -> None:
    """Names and dates are enough; what was made of them is counted."""
    rows = [
        {"Name": "Ada Lovelace", "Date": "10/09/2014"},
        {"Name": "Ben", "Date": "10/09/2014"},
        {"Name": "Ada Lovelace", "Date": "17/09/2014"},
    ]
    loaded = load({"attendance": rows}, dates="day_first")
    portfolio = loaded.portfolio
    assert loaded.report.ok
    ada = portfolio.get(Person, slug("Ada Lovelace"))
    assert ada.name == "Ada Lovelace"
    (edition,) = portfolio.all(Edition)
    assert edition.id == "camp-1"
    assert edition.period == Period.days(date(2014, 9, 10), date(2014, 9, 17))
    assert [each.id for each in portfolio.all(Session)] == ["camp-2014-09-10", "camp-2014-09-17"]
    assert all(each.status == "held" for each in portfolio.all(Session))
    assert len(portfolio.all(Attendance)) == 3
    assert {each.participant_id for each in portfolio.all(Enrollment)} == {ada.id, "Ben"}
    assert assumed(loaded, "Each person was made of Name") == 2
    assert assumed(loaded, "Each session was made of Date") == 2
    assert assumed(loaded, "A person without a status on a list was present") == 3
    assert assumed(loaded, "lasts all day") == 2
    assert check(portfolio).ok


def test_a_list_of_ids_alone_has_sessions_without_a_time() -> None:
    """A session that is only named has no slot, and is held where somebody was present."""
    rows = [{"session": "a", "person": "p"}, {"session": "b", "person": "p", "status": "absent"}]
    rows[0]["status"] = "present"
    loaded = load({"attendance": rows})
    sessions = loaded.portfolio.all(Session)
    assert [(each.id, each.slot, each.status) for each in sessions] == [
        ("a", None, "held"), ("b", None, "planned"),
    ]  # fmt: skip
    assert assumed(loaded, "Each session was made of session") == 2
    assert assumed(loaded, "A session without a time lasts an hour") == 2
    named = load({"attendance": [{"session": "Pitch night", "person": "p"}]}).portfolio
    assert [(each.id, each.title) for each in named.all(Session)] == [
        (slug("Pitch night"), "Pitch night")
    ]
    guided = load({"assignments": [{"session": "a", "person": "p"}]})
    assert assumed(guided, "without a time, were made of ids") == 1


def test_an_id_of_a_name_may_be_opaque() -> None:
    """A digest shows nothing of a name, and the name stays where names are kept."""
    source = FieldSource(column="who", opaque=True)
    rows = [{"session": "a", "who": "Ada Lovelace"}]
    loaded = load({"attendance": rows}, columns={"attendance": {"person": source}})
    (person,) = loaded.portfolio.all(Person)
    assert person.name == "Ada Lovelace"
    assert "ada" not in str(loaded.portfolio.all(Attendance)) + person.id
    assert assumed(loaded, "became ids, in who") == 1


def test_a_kind_that_tables_have_is_not_made_up() -> None:
    """An id without a row in a table of its kind is left as it is, for `check` to report."""
    tables = {
        **FORMS, "people": [{"id": "q", "name": "Q"}], "sessions": [],
        "enrollments": [], "editions": [],
    }  # fmt: skip
    loaded = load(tables)
    assert [each.id for each in loaded.portfolio.all(Person)] == ["q"]
    found = check(loaded.portfolio).of("dangling-reference")
    assert len(found) == 2


def test_nothing_is_made_up_where_nothing_may_be() -> None:
    """Without `mint` the ids stay alone, and columns about what is not made are named."""
    rows = [{"session": "s", "person": "p", "date": "2014-09-01"}]
    loaded = load({"attendance": rows}, mint=())
    kinds = {type(each) for each in loaded.portfolio.values()}
    assert kinds == {Center, Program, Attendance}
    assert assumed(loaded, "No session is read from date, since none may be made") == 1


def test_columns_about_what_a_table_holds_are_named() -> None:
    """The date of a session is read from the table of sessions, and from nowhere else."""
    rows = [{"session": "s", "person": "p", "date": "2014-09-01"}]
    loaded = load({"attendance": rows, "sessions": [{"id": "s", "start": "2014-09-02T18:00"}]})
    (session,) = loaded.portfolio.all(Session)
    assert session.slot is not None
    assert session.slot.day == date(2014, 9, 2)
    assert assumed(loaded, "since a table holds them") == 1


def test_a_repeated_row_is_reported_and_a_contradiction_is_kept() -> None:
    """The same twice is one fact; two statuses of one person are two, which `check` finds."""
    row = {"session": "s", "person": "p", "status": "present"}
    loaded = load({"attendance": [row, {**row, "status": "absent"}, row]})
    assert only(loaded).row == 2
    assert only(loaded).expected == "must differ from row 0, which holds the same"
    assert len(loaded.portfolio.all(Attendance)) == 2
    assert len(check(loaded.portfolio).of("attendance-twice")) == 1
    given = [{**row, "id": "a"}, {**row, "id": "a", "minutes": "5"}]
    assert check(load({"attendance": given}).portfolio).of("duplicate-id")


def test_ids_that_are_too_long_or_have_colons_stay_apart() -> None:
    """The id of an attendance is that of one pair of session and person only."""
    pairs = [("a:b", "c"), ("a", "b:c"), ("s" * 60, "p" * 60), ("s" * 60, "p" * 59)]
    rows = [{"session": session, "person": person} for session, person in pairs]
    loaded = load({"attendance": rows})
    assert loaded.report.ok
    assert len({each.id for each in loaded.portfolio.all(Attendance)}) == 4


def test_local_times_follow_the_clocks_of_the_center() -> None:
    """A time in a gap or fold is reported with both candidates, or taken as a policy says."""
    rows = [
        {"id": "gap", "start": "2014-03-30T02:30", "minutes": "60"},
        {"id": "fold", "start": "2014-10-26 02:30", "minutes": "60"},
        {"id": "sure", "start": "2014-10-26T02:30+01:00", "minutes": "60"},
    ]
    loaded = load({"sessions": rows})
    assert problems(loaded) == [("sessions", 0, "start"), ("sessions", 1, "start")]
    assert "02:30:00 twice" in loaded.report.problems[1].expected
    loaded = load({"sessions": rows}, nonexistent="later", ambiguous="second")
    assert loaded.report.ok
    starts = {
        each.id: each.slot.start.isoformat() for each in loaded.portfolio.all(Session) if each.slot
    }
    assert starts == {
        "gap": "2014-03-30T03:30:00+02:00", "fold": "2014-10-26T02:30:00+01:00",
        "sure": "2014-10-26T02:30:00+01:00",
    }  # fmt: skip


def test_sessions_have_many_forms() -> None:
    """Start and end, day and time with hours, a length alone, or a whole day."""
    rows = [
        {"id": "a", "start": "2014-09-01T18:00", "end": "2014-09-01T20:00"},
        {"id": "b", "day": "2014-09-01", "time": "18:00", "hours": "1.5"},
        {"id": "c", "minutes": "90"},
        {"id": "d", "day": "2014-10-26"},
        {"id": "e", "start": "2014-09-01T18:00"},
        {"id": "f"},
        {"start": "2014-09-01T18:00", "minutes": "30", "edition": "e-1", "title": "Pitch"},
        {"id": "g", "start": "2014-09-01", "time": "9:00", "minutes": "30"},
        {"id": "h", "start": "2014-09-01T18:00", "end": "2014-09-01T17:00"},
        {"id": "i", "start": "9999-12-31"},
        {"id": "j", "start": "2014-09-01T18:00", "end": "2014-10-26T02:30"},
        {"title": "nameless"},
        {"id": "k", "start": "0001-01-01T00:10", "minutes": "60"},
    ]
    loaded = load({"sessions": rows})
    lengths = {each.id: each.length for each in loaded.portfolio.all(Session)}
    hour = timedelta(hours=1)
    assert lengths == {
        "a": 2 * hour, "b": 1.5 * hour, "c": 1.5 * hour, "d": 25 * hour, "e": hour, "f": hour,
        "e-1-2014-09-01T1800": 0.5 * hour, "g": 0.5 * hour,
    }  # fmt: skip
    assert sorted({row for _, row, _ in problems(loaded)}) == [8, 9, 10, 11, 12]


def test_a_status_with_its_instant_is_a_transition() -> None:
    """An edition or session was something else before; a status of the beginning was not."""
    at = "2014-09-19T17:00:00+02:00"
    editions = [
        {"edition": "e-1", "number": "1", "first_day": "2014-09-01", "last_day": "2014-09-19",
         "status": "completed", "status_at": at},
        {"edition": "e-2", "number": "2", "first_day": "2014-09-01", "days": "5",
         "status": "draft", "status_at": at},
        {"edition": "e-3", "number": "3", "first_day": "2014-09-01", "last_day": "2014-09-19",
         "status": "open", "status_at": "2014-10-26T02:30"},
    ]  # fmt: skip
    sessions = [{"id": "s", "start": "2014-09-01T18:00", "status": "held", "status_at": at}]
    loaded = load({"editions": editions, "sessions": sessions})
    steps = {each.subject: (each.before, each.after) for each in loaded.portfolio.all(Transition)}
    assert steps == {"edition:e-1": ("open", "completed"), "session:s": ("planned", "held")}
    assert loaded.portfolio.get(Edition, "e-2").period == Period.days(
        date(2014, 9, 1), date(2014, 9, 5)
    )
    assert problems(loaded) == [("editions", 2, "status_at")]
    assert check(loaded.portfolio).ok


def test_editions_are_numbered_after_those_that_have_a_number() -> None:
    """The order of first days decides, not that of rows; without an id the number makes it."""
    rows = [
        {"edition": "late", "first_day": "2014-10-01", "last_day": "2014-10-02"},
        {"edition": "early", "first_day": "2014-09-01", "last_day": "2014-09-02"},
        {"number": "4", "first_day": "2014-08-01", "last_day": "2014-08-02"},
        {"edition": "open"},
        {"edition": "wrong", "first_day": "2014-10-01", "last_day": "2014-09-02"},
        {"edition": "end", "first_day": "2014-10-01", "last_day": "9999-12-31"},
        {"edition": "far", "first_day": "2014-10-01", "days": "9999999"},
        {"edition": "none", "first_day": "2014-10-01", "days": "0"},
    ]
    loaded = load({"editions": rows})
    numbers = {each.id: each.number for each in loaded.portfolio.all(Edition)}
    assert numbers["camp-4"] == 4
    assert numbers["early"] < numbers["late"] < numbers["open"]
    assert problems(loaded) == [
        ("editions", 4, "last_day"), ("editions", 5, "last_day"), ("editions", 6, "days"),
        ("editions", 7, "days"),
    ]  # fmt: skip


def test_several_centers_and_programs_have_their_own_clocks() -> None:
    """A row that names none belongs to the first."""
    london = Center(id="ldn", name="London", country="GB", time_zone="Europe/London")
    plain = Center(id="utc", name="UTC", country="GB", time_zone="UTC")
    other = Program(id="other", title="Other", kind="training")
    rows = [
        {"edition": "a", "first_day": "2014-09-01", "last_day": "2014-09-02", "center": "ldn",
         "program": "other"},
        {"edition": "b", "first_day": "2014-09-01", "last_day": "2014-09-02"},
        {"edition": "c", "first_day": "2014-09-01", "last_day": "2014-09-02", "center": "utc"},
    ]  # fmt: skip
    sessions = [
        {"id": each, "edition": each, "start": "2014-09-01T18:00", "minutes": "60"}
        for each in "abc"
    ]
    loaded = from_tables(
        {"editions": rows, "sessions": sessions},
        center=(CENTER, london, plain),
        program=(PROGRAM, other),
    )
    zones = {each.id: each.slot.zone for each in loaded.portfolio.all(Session) if each.slot}
    assert zones == {"a": "Europe/London", "b": "Europe/Brussels", "c": "UTC"}
    assert loaded.portfolio.get(Edition, "a").program_id == "other"


def test_decimals_have_a_comma_when_that_is_said() -> None:
    """Money, shares and minutes of one file are written in one way."""
    rows = [
        {"first_day": "2014-01-01", "last_day": "2014-12-31", "kind": "Staff",
         "amount_amount": "1500,50", "amount_currency": "EUR", "scope": "mic"}
    ]  # fmt: skip
    loaded = load({"costs": [*rows, *rows]}, decimal=",")
    costs = loaded.portfolio.all(Cost)
    assert [each.amount.amount for each in costs] == [Decimal("1500.5")] * 2
    assert only(load({"costs": rows})).column == "amount_amount"


def test_any_kind_of_noun_has_a_table() -> None:
    """Columns are those of the schema; a person that only another table names is made."""
    tables = {
        "rooms": [
            {"room": "Big hall", "name": "Big hall", "seats": "40", "features": "beamer;wifi"}
        ],
        "assignments": [{"session": "s", "person": "t", "role": "Coach"}],
        "memberships": [
            {"person": "t", "organization": "o", "role": "founder", "first_day": "2014-01-01"}
        ],
        "organizations": [{"organization": "o"}, {"name": "Other"}],
        "people": [{"id": "t"}, {"name": "Only a name", "attributes.shoes": "40"}],
    }
    loaded = load(tables)
    assert loaded.report.ok, str(loaded.report)
    (room,) = loaded.portfolio.all(Room)
    assert (room.center_id, room.features) == ("mic", ("beamer", "wifi"))
    assert loaded.portfolio.all(Assignment)[0].role == "coach"
    assert {each.country for each in loaded.portfolio.all(Organization)} == {"BE"}
    named = {each.name: each.attributes for each in loaded.portfolio.all(Person)}
    assert named == {"t": (), "Only a name": (("shoes", "40"),)}
    alone = load({"assignments": tables["assignments"]})
    assert [each.id for each in alone.portfolio.all(Person)] == ["t"]
    assert load({"people": [{"contact": "x"}]}).report.problems


def test_an_indicator_that_is_known_is_not_made() -> None:
    """Observations of a built-in indicator need no other; they are made only where they may be."""
    row = {"indicator": "J1", "value": "3", "unit": "annual work unit", "evidence": "verified",
           "first_day": "2014-01-01", "last_day": "2014-12-31"}  # fmt: skip
    assert load({"observations": [row]}).portfolio.all(Indicator) == ()
    other = {**row, "indicator": "mine"}
    assert load({"observations": [other]}, mint=()).portfolio.all(Indicator) == ()
    assert [each.id for each in load({"observations": [other, row]}).portfolio.all(Indicator)] == [
        "mine"
    ]


def test_a_table_of_jobs_is_one_of_stated_figures() -> None:
    """The column of jobs is the value, in jobs, of an indicator that is made if nobody has it."""
    row = {"id": "j", "first_day": "2014-01-01", "last_day": "2014-03-31", "jobs": "9.5",
           "evidence": "surveyed"}  # fmt: skip
    (found,) = load({"jobs": [row]}).portfolio.all(Observation)
    assert (found.value, found.unit, found.indicator_id) == (Decimal("9.5"), "jobs", "jobs-enabled")
    assert (found.subject, found.source, found.evidence) == (
        "center:mic", "table jobs", "self_reported",
    )  # fmt: skip
    other = {**row, "value": "3"}
    del other["jobs"]
    assert load({"jobs": [other]}).portfolio.all(Observation)[0].value == 3


def test_a_mapping_says_where_each_field_is() -> None:
    """Columns, several joined, words, marks of nothing, defaults, and fields that are not read."""
    rows = [
        {"module": "AAA", "run": "2013J", "who": 7.0, "result": "Pass", "band": "?", "note": "-"},
        {"module": "A-A", "run": "2013J", "who": 8, "result": "Fail", "band": "x", "note": "ill"},
        {"module": None, "run": "2013J", "who": 9, "result": "Fail", "band": "x", "note": "ill"},
    ]
    columns = {
        "results": {
            "table": "enrollments",
            "edition": ("module", "run"),
            "profile.kind": FieldSource(columns=("module", "run"), words={"AAA-2013J": "art"}),
            "person": "who",
            "status": FieldSource(
                column="result", words={"Pass": "completed", "Fail": "incomplete"}
            ),
            "profile": ("band", "result"),
            "reason": FieldSource(column="note", missing=("-",)),
            "places": FieldSource(default=2),
            "effective_at": FieldSource(default="2014-01-31"),
            "mode": None,
        }
    }
    loaded = load({"results": rows}, columns=columns, missing=("?",))
    first, second = sorted(loaded.portfolio.all(Enrollment), key=lambda each: each.participant_id)
    assert first.into == "AAA-2013J"
    assert second.into.startswith("a-a-2013j-")
    assert (first.participant_id, first.places) == ("7", 2)
    assert first.profile == (("kind", "art"), ("result", "Pass"))
    assert second.profile == (("band", "x"), ("kind", "A-A-2013J"), ("result", "Fail"))
    assert only(loaded).column == "module+run"
    reasons = {each.after: each.reason for each in loaded.portfolio.all(Transition)}
    assert reasons == {"enrolled": None, "completed": None, "incomplete": "ill"}


def test_a_nested_mapping_reads_the_persons_of_a_row() -> None:
    """Fields of the person of a row are read where no table holds persons; gaps are filled."""
    rows = [
        {"who": "p", "edition": "e", "sex": "F", "org": None, "day": "2014-09-01"},
        {"who": "p", "edition": "e", "sex": None, "org": None, "day": "2014-09-02"},
        {"who": None, "edition": "e", "sex": None, "org": "Oh-Chef", "day": "2014-09-03"},
        {"who": "q", "edition": "e", "sex": "X" * 201, "org": None, "day": "2014-09-03"},
    ]
    columns = {
        "enrollments": {
            "person": "who", "organization": "org", "enrolled_at": "day",
            "person.gender": "sex", "person.name": FieldSource(column="who"),
        }
    }  # fmt: skip
    loaded = load({"enrollments": rows}, columns=columns)
    (person,) = loaded.portfolio.all(Person)
    assert (person.id, person.gender) == ("p", "F")
    (venture,) = loaded.portfolio.all(Organization)
    assert (venture.id, venture.kind) == ("Oh-Chef", "venture")
    assert problems(loaded) == [("enrollments", 3, "sex")]
    assert len(loaded.portfolio.all(Enrollment)) == 2


def test_rows_that_tell_two_stories_of_one_person_are_both_kept() -> None:
    """Two genders under one id are for `check` to report, whichever row comes first."""
    rows = [{"session": each, "person": "p", "sex": each} for each in "FM"]
    columns = {"attendance": {"person.gender": "sex"}}
    loaded = load({"attendance": rows}, columns=columns)
    assert loaded.portfolio == load({"attendance": rows[::-1]}, columns=columns).portfolio
    assert check(loaded.portfolio).of("duplicate-id")


def test_a_table_of_its_own_has_no_row_twice() -> None:
    """Persons and organizations as their tables have them; a profile may be a mapping."""
    tables = {
        "people": [{"id": "p", "name": "P"}, {"id": "p", "name": "P"}],
        "organizations": [{"id": "o", "name": "O", "kind": "sme", "country": "FR"}],
        "enrollments": [{"person": "p", "edition": "e", "enrolled_at": "2014-09-01", "Sex": "F"}],
    }
    loaded = load(tables, columns={"enrollments": {"profile": {"gender": "Sex"}}})
    assert only(loaded).row == 1
    assert loaded.portfolio.get(Organization, "o").country == "FR"
    assert loaded.portfolio.all(Enrollment)[0].profile == (("gender", "F"),)


def test_a_header_is_read_without_case_and_marks() -> None:
    """A byte order mark, spaces and capitals make no other column; unread ones are named."""
    rows = [{"\ufeffSession ID": "s", " Person-id ": "p", "Shoe size": "40"}]
    loaded = load({"Attendance": rows})
    assert loaded.report.ok
    assert assumed(loaded, "No field is read from Shoe size") == 1


def test_a_list_without_sessions_has_none() -> None:
    """Each row lacks one, and says so; a table of which nothing is known is reported row by row."""
    loaded = load({"attendance": [{"person": "p", "status": "present"}, {"x": 1}]})
    assert [row for _, row, _ in problems(loaded)] == [0, 1, 1, 1]
    assert len(load({"enrollments": [{"x": 1}, {"x": 2}]}).report.problems) == 2


def test_a_row_with_too_many_cells_is_reported() -> None:
    """A comma too many shifts the cells, so nothing of the row is trusted."""
    loaded = load({"attendance": csv.DictReader(["session,person", "a,b,c", "a,b"])})
    assert (only(loaded).row, only(loaded).column) == (0, "")
    assert len(loaded.portfolio.all(Attendance)) == 1
