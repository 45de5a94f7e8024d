"""Enrollments from logs, from a column for each status, and from results without an instant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mic_core import Enrollment, FieldSource, LoadedTables, Transition, check, cohort
from tests.codec.loading.loads import assumed, load, only, problems

EDITION = {"edition": "e", "first_day": "2014-09-01", "last_day": "2014-09-30"}
START, END = (datetime(2014, 8, 31, 22, tzinfo=UTC), datetime(2014, 9, 30, 22, tzinfo=UTC))
Steps = list[tuple[str | None, str, str]]


def enrolled(rows: list[dict[str, Any]], **options: Any) -> LoadedTables:
    """Rows of enrollments in one edition of September 2014."""
    return load({"editions": [EDITION], "enrollments": rows}, **options)


def steps(loaded: LoadedTables, participant: str = "p") -> dict[str, Steps]:
    """The transitions of each enrollment of a participant: before, after, and day."""
    return {
        each.id: [
            (step.before, step.after, step.effective_at.date().isoformat())
            for step in loaded.portfolio.where(Transition, subject=f"enrollment:{each.id}")
        ]
        for each in loaded.portfolio.where(Enrollment, participant_id=participant)
    }


def test_a_log_is_a_chain_in_the_order_of_time() -> None:
    """Rows in any order; the first status follows a request where it cannot be the first."""
    rows = [
        {"enrollment": "1", "person": "p", "edition": "e", "status": status, "effective_at": at}
        for status, at in (
            ("completed", "2014-09-30"), ("waitlisted", "2014-08-01"), ("enrolled", "2014-08-20"),
        )
    ]  # fmt: skip
    loaded = enrolled(rows)
    assert steps(loaded) == {
        "1": [
            ("requested", "waitlisted", "2014-07-31"), ("waitlisted", "enrolled", "2014-08-19"),
            ("enrolled", "completed", "2014-09-29"),
        ]
    }  # fmt: skip
    assert check(loaded.portfolio).ok


def test_a_column_for_each_status_is_the_same_as_a_log() -> None:
    """One row states several steps; the request is kept with the enrollment too."""
    row = {
        "person": "p", "edition": "e", "requested_at": "2014-08-01T09:00",
        "enrolled_at": "2014-08-05", "withdrawn_at": "2014-09-10", "reason": "moved",
        "actor": "desk",
    }  # fmt: skip
    loaded = enrolled([row])
    assert steps(loaded) == {
        "e:p": [
            (None, "requested", "2014-08-01"), ("requested", "enrolled", "2014-08-04"),
            ("enrolled", "withdrawn", "2014-09-09"),
        ]
    }  # fmt: skip
    (enrollment,) = loaded.portfolio.all(Enrollment)
    assert enrollment.requested_at == datetime(2014, 8, 1, 7, tzinfo=UTC)
    reasons = [(each.reason, each.actor) for each in loaded.portfolio.all(Transition)]
    assert sorted(reasons, key=str) == [("moved", "desk"), (None, None), (None, None)]


def test_a_result_without_an_instant_belongs_to_the_end_of_the_edition() -> None:
    """A participant who completed was enrolled from the start; both are counted assumptions."""
    rows = [
        {"person": "p", "edition": "e", "status": "Completed"},
        {"person": "q", "edition": "e", "status": "Suspended"},
        {"person": "r", "edition": "e", "status": "declined"},
        {"person": "s", "edition": "e", "status": ""},
        {"person": "t", "edition": "e", "status": "enrolled"},
    ]
    loaded = enrolled(rows)
    by_end = {
        (each.subject, each.before): (each.after, each.effective_at)
        for each in loaded.portfolio.all(Transition)
    }
    assert by_end == {
        ("enrollment:e:p", None): ("enrolled", START),
        ("enrollment:e:p", "enrolled"): ("completed", END),
        ("enrollment:e:q", None): ("enrolled", START),
        ("enrollment:e:q", "enrolled"): ("suspended", START + timedelta(microseconds=1)),
        ("enrollment:e:r", "requested"): ("offered", START),
        ("enrollment:e:r", "offered"): ("declined", END),
        ("enrollment:e:s", None): ("enrolled", START),
        ("enrollment:e:t", None): ("enrolled", START),
    }
    assert assumed(loaded, "completed without an instant") == 1
    assert assumed(loaded, "The status enrolled began") == 3
    assert check(loaded.portfolio).ok


def test_who_left_before_the_start_was_enrolled_before_leaving() -> None:
    """A row about an enrollment without its instant is one; a log may begin with a request."""
    wide = {"person": "p", "edition": "e", "enrolled_at": "", "withdrawn_at": "2014-08-10"}
    assert list(steps(enrolled([wide])).values()) == [
        [(None, "enrolled", "2014-08-09"), ("enrolled", "withdrawn", "2014-08-09")]
    ]
    log = {"person": "p", "edition": "e", "status": "cancelled", "effective_at": "2014-08-10"}
    assert list(steps(enrolled([log])).values()) == [[("requested", "cancelled", "2014-08-09")]]
    asked = {**wide, "requested_at": "2014-08-01"}
    assert [after for _, after, _ in steps(enrolled([asked]))["e:p"]] == ["requested", "withdrawn"]


def test_days_count_from_the_first_day_of_the_edition() -> None:
    """Day 0 is the first day; negative numbers lie before it; marks of nothing are missing."""
    rows = [
        {"person": "p", "edition": "e", "in": "-10", "out": "?"},
        {"person": "q", "edition": "e", "in": "0", "out": "5"},
        {"person": "r", "edition": "e", "in": "x", "out": "5"},
        {"person": "s", "edition": "f", "in": "1", "out": "?"},
        {"person": "t", "edition": "e", "in": "99999999", "out": "?"},
    ]
    columns = {
        "enrollments": {
            "enrolled_at": FieldSource(column="in", days_since_start=True),
            "withdrawn_at": FieldSource(column="out", days_since_start=True, missing=("?",)),
        }
    }
    loaded = enrolled(rows, columns=columns)
    days = {
        each.subject[-1] + each.after[0]: each.effective_at.astimezone(UTC)
        for each in loaded.portfolio.all(Transition)
    }
    assert days == {
        "pe": datetime(2014, 8, 21, 22, tzinfo=UTC), "qe": START,
        "qw": datetime(2014, 9, 5, 22, tzinfo=UTC),
    }  # fmt: skip
    assert problems(loaded) == [
        ("enrollments", 2, "in"), ("enrollments", 3, "in"), ("enrollments", 4, "in"),
    ]  # fmt: skip


def test_days_may_place_sessions_and_other_dates() -> None:
    """Sessions that are known by the number of their day have an id and a date of their own."""
    day = FieldSource(column="day", days_since_start=True)
    rows = [
        {"person": "p", "edition": "e", "day": "3"},
        {"person": "p", "edition": "e", "day": "4"},
    ]
    loaded = load(
        {"editions": [EDITION], "attendance": rows},
        columns={
            "attendance": {"session.day": day, "session.edition": "edition", "session.start": None}
        },
    )
    assert loaded.report.ok, str(loaded.report)
    from mic_core import Person, Session

    sessions = {each.id: each.slot.day for each in loaded.portfolio.all(Session) if each.slot}
    assert sessions == {"e-day3": date(2014, 9, 4), "e-day4": date(2014, 9, 5)}
    wrong = load(
        {
            "people": [{"id": "p", "name": "P", "day": "1"}],
            "editions": [{"edition": "x", "day": "1"}],
        },
        columns={"people": {"born": day}, "editions": {"first_day": day}},
    )
    assert problems(wrong) == [("people", 0, "day"), ("editions", 0, "day")]
    assert wrong.portfolio.all(Person) == ()


def test_two_tables_state_one_enrollment() -> None:
    """A result here and its dates there are one chain; a dated status needs no assumption."""
    results = [
        {"person": "p", "edition": "e", "status": "withdrawn", "profile.gender": "F"},
        {"person": "q", "edition": "e", "status": "incomplete", "profile.gender": "M"},
    ]
    dates = [
        {"person": "p", "edition": "e", "enrolled_at": "2014-08-20", "withdrawn_at": "2014-09-10"},
        {"person": "q", "edition": "e", "enrolled_at": "2014-08-20", "withdrawn_at": "2014-09-10"},
    ]
    loaded = load(
        {"editions": [EDITION], "results": results, "dates": dates},
        columns={"results": {"table": "enrollment"}, "dates": {"table": "enrollments"}},
    )
    assert steps(loaded)["e:p"] == [
        (None, "enrolled", "2014-08-19"), ("enrolled", "withdrawn", "2014-09-09"),
    ]  # fmt: skip
    assert [each.profile for each in loaded.portfolio.all(Enrollment)] == [
        (("gender", "F"),), (("gender", "M"),),
    ]  # fmt: skip
    # A participant who left and was judged at the end contradicts the table of statuses.
    assert [each.subjects[0] for each in check(loaded.portfolio).of("illegal-history")] == [
        "enrollment:e:q"
    ]


def test_who_comes_back_enrolls_once_more() -> None:
    """Leaving is final, so that a log goes on with another enrollment; one row never does."""
    days = ("2014-09-01", "2014-09-05", "2014-09-09", "2014-09-12")
    rows = [
        {"person": "p", "edition": "e", "status": status, "effective_at": at}
        for status, at in zip(("enrolled", "withdrawn") * 2, days, strict=True)
    ]
    loaded = enrolled(rows)
    assert set(steps(loaded)) == {"e:p", "e:p.2"}
    assert assumed(loaded, "left and came back") == 1
    assert not check(loaded.portfolio).of("illegal-history")
    wrong = {
        "person": "p",
        "edition": "e",
        "enrolled_at": "2014-09-09",
        "withdrawn_at": "2014-09-05",
    }
    loaded = enrolled([wrong])
    assert set(steps(loaded)) == {"e:p"}
    assert check(loaded.portfolio).of("illegal-history")


def test_statuses_of_one_day_are_put_into_a_legal_order() -> None:
    """A pause that ends on the day of its beginning is a pause, whatever the order of rows."""
    rows = [
        {"enrollment": "1", "person": "p", "edition": "e", "status": status, "effective_at": at}
        for status, at in (
            ("suspended", "2014-09-05"), ("enrolled", "2014-09-05"), ("enrolled", "2014-09-01"),
        )
    ]  # fmt: skip
    loaded = enrolled(rows)
    assert [after for _, after, _ in steps(loaded)["1"]] == ["enrolled", "suspended", "enrolled"]
    assert check(loaded.portfolio).ok


def test_who_came_and_left_on_one_day_has_been_enrolled() -> None:
    """A status without length would be none; the last instant of the calendar has none after it."""
    row = {"person": "p", "edition": "e", "enrolled_at": "2014-09-05", "withdrawn_at": "2014-09-05"}
    loaded = enrolled([row])
    assert assumed(loaded, "a microsecond after it") == 1
    assert cohort(loaded.portfolio, "e", as_of=END).completion["e"].left == 1
    last = "9999-12-31T23:59:59.999999Z"
    loaded = enrolled([{**row, "enrolled_at": last, "withdrawn_at": last}])
    assert len(loaded.portfolio.all(Transition)) == 2


def test_rows_that_contradict_each_other_are_two_values_of_one_id() -> None:
    """Two editions under one id are kept, and found."""
    rows = [
        {"enrollment": "1", "person": "p", "edition": each, "enrolled_at": "2014-09-01"}
        for each in ("e", "f")
    ]
    loaded = enrolled(rows)
    assert loaded.report.ok
    assert check(loaded.portfolio).of("duplicate-id")


def test_what_an_enrollment_lacks_is_reported() -> None:
    """A participant, an edition, a status that exists, a date that exists, an end to date by."""
    rows: list[dict[str, Any]] = [
        {"person": "", "edition": "e", "status": "enrolled", "effective_at": "2014-09-01"},
        {"person": "p", "edition": "", "status": "enrolled", "effective_at": "2014-09-01"},
        {"person": "p", "edition": "e", "status": "gone", "effective_at": "2014-09-01"},
        {"person": "p", "edition": "e", "status": "", "effective_at": "2014-09-01"},
        {"person": "p", "edition": "e", "status": "enrolled", "effective_at": "2014-03-30T02:30"},
        {"person": "q", "edition": "e", "withdrawn_at": "2014-03-30T02:30", "status": "enrolled"},
        {"person": "r", "edition": "open", "status": "completed"},
        {"person": "r", "edition": "open", "status": "enrolled", "effective_at": "2014-09-01"},
        {"person": "s", "edition": "open", "status": ""},
        {"person": "t", "edition": "e", "places": "0"},
        {"person": "t", "edition": "e", "places": ""},
        {"person": "u", "edition": "e", "reason": "x" * 501, "status": "enrolled"},
    ]
    headers = dict.fromkeys(key for row in rows for key in row)
    tables = {
        "editions": [EDITION, {"edition": "open"}],
        "enrollments": [{key: row.get(key, "") for key in headers} for row in rows],
    }
    loaded = load(tables)
    assert problems(loaded) == [
        ("enrollments", 0, "person"), ("enrollments", 1, "edition"), ("enrollments", 2, "status"),
        ("enrollments", 3, "status"), ("enrollments", 4, "effective_at"),
        ("enrollments", 5, "withdrawn_at"), ("enrollments", 6, "effective_at"),
        ("enrollments", 7, ""), ("enrollments", 8, "enrolled_at"), ("enrollments", 9, "places"),
        ("enrollments", 10, ""), ("enrollments", 11, "reason"),
    ]  # fmt: skip
    assert loaded.portfolio.all(Enrollment) == ()


def test_the_only_edition_is_meant_where_none_is_named() -> None:
    """A list of participants of one edition need not name it; a made one has no days yet."""
    loaded = load({"editions": [EDITION], "enrollments": [{"person": "p"}]})
    assert set(steps(loaded)) == {"e:p"}
    loaded = load({"enrollments": [{"person": "p", "enrolled_at": "2014-09-01"}]})
    assert set(steps(loaded)) == {"camp-1:p"}
    assert only(load({"enrollments": [{"person": "p"}]})).column == "enrolled_at"


def test_a_session_may_be_booked_directly() -> None:
    """Its slot bounds what has no instant."""
    sessions = [
        {"id": "s", "start": "2014-09-01T18:00", "minutes": "60"}, {"id": "bare", "start": ""},
    ]  # fmt: skip
    rows = [
        {"person": "p", "session": "s", "status": "completed"},
        {"person": "p", "session": "bare", "status": "completed"},
        {"participant": "o", "session": "s", "status": "enrolled"},
    ]
    loaded = load({"sessions": sessions, "enrollments": rows})
    (mine,) = loaded.portfolio.where(Enrollment, participant_id="p")
    assert [
        each.effective_at.isoformat()
        for each in loaded.portfolio.where(Transition, subject=f"enrollment:{mine.id}")
    ] == ["2014-09-01T16:00:00+00:00", "2014-09-01T17:00:00+00:00"]
    assert only(loaded).row == 1
    assert loaded.portfolio.where(Enrollment, participant_id="o")
