"""The agenda: rows and week grids."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Recurrence, Slot
from mic_core.errors import NotFound
from mic_core.markup import ASCII, width
from mic_core.model import (
    Center,
    Edition,
    Noun,
    Program,
    Room,
    Series,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.scheduling.views.agenda import agenda

BRUSSELS = "Europe/Brussels"
CENTER = Center(id="mic", name="MIC Brussels", country="BE", time_zone=BRUSSELS)
ROOM = Room(id="r", center_id="mic", name="Montoyer", seats=20)


def session(
    id: str,
    day: str | None = "2014-09-10",
    start: str = "18:00",
    minutes: int = 180,
    *,
    center: str = "mic",
    zone: str = BRUSSELS,
    room: str | None = "r",
    edition: str | None = None,
) -> Session:
    """A session with the attributes that these tests vary."""
    length = timedelta(minutes=minutes)
    return Session(
        id=id,
        center_id=center,
        title=f"Title of {id}",
        length=length,
        slot=Slot.at(day, start, length, zone) if day is not None else None,
        room_id=room,
        edition_id=edition,
    )


def of(*nouns: Noun) -> Portfolio:
    """A portfolio with the center and the room."""
    return Portfolio.of(CENTER, ROOM, *nouns)


def test_a_week_is_a_grid_of_days_and_starting_times() -> None:
    """Days are columns, times rows; a session shows its title, end, room and id."""
    shown = agenda(of(session("kick-off"))).text(box=ASCII)
    assert shown.splitlines() == [
        "Week 37 of 2014, 8-14 Sep · MIC Brussels",
        "",
        "      | Mon 8 | Tue 9 | Wed 10             | Thu 11 | Fri 12",
        "======+=======+=======+====================+========+=======",
        "18:00 |       |       | Title of kick-off  |        |",
        "      |       |       | to 21:00, Montoyer |        |",
        "      |       |       | [kick-off]         |        |",
    ]


def test_the_text_is_the_default_grid() -> None:
    """The text is at most 100 columns wide by default, with lines of Unicode."""
    shown = agenda(of(session("a")))
    assert str(shown) == shown.text(columns=100)
    assert "━" in str(shown)


def test_sessions_that_start_together_are_stacked() -> None:
    """Two sessions of one day and time share a cell, in the order of their ids."""
    shown = agenda(of(session("b"), session("a", minutes=60))).text(box=ASCII)
    cells = [line.split("|")[3].strip() for line in shown.splitlines()[4:]]
    assert cells == [
        "Title of a", "to 19:00, Montoyer", "[a]",
        "Title of b", "to 21:00, Montoyer", "[b]",
    ]  # fmt: skip


def test_a_session_past_midnight_stands_on_the_day_it_starts() -> None:
    """The end of a session on another day names that day."""
    shown = str(agenda(of(session("party", start="22:00", minutes=300))))
    assert "to Thu 11 Sep 03:00, Montoyer" in shown
    assert shown.count("[party]") == 1


def test_saturday_and_sunday_appear_only_when_needed() -> None:
    """All weeks have the same days, and a day of the weekend only if a week needs it."""
    shown = str(agenda(of(session("sat", "2014-09-13"), session("wed", "2014-09-17"))))
    first, second = (line for line in shown.splitlines() if "Tue" in line)
    assert "Sat 13" in first
    assert "Sun" not in first
    assert "Sat 20" in second
    assert [each.index("│") for each in (first, second)] == [6, 6]
    assert "Sat" not in str(agenda(of(session("wed", "2014-09-17"))))


def test_idle_weeks_between_busy_ones_are_named() -> None:
    """One idle week, or a stretch of them, becomes a sentence."""
    days = ("2014-09-10", "2014-09-24", "2014-10-22")
    shown = str(agenda(of(*(session(f"s-{day}", day) for day in days))))
    assert "Week 38 of 2014 (15-21 Sep): nothing takes place." in shown
    stretch = "Week 40 of 2014 to Week 42 of 2014 (29 Sep - 19 Oct): nothing takes place."
    assert stretch in shown


def test_idle_weeks_of_the_period_are_named() -> None:
    """With a period, idle weeks before and after are named, and sessions outside are left out."""
    period = Period.days(date(2014, 9, 1), date(2014, 9, 30))
    shown = str(agenda(of(session("in"), session("out", "2014-10-01")), period=period))
    assert shown.splitlines()[0] == "Week 36 of 2014 (1-7 Sep): nothing takes place."
    assert "Week 40 of 2014 (15 Sep - 5 Oct): nothing takes place." in shown
    assert "[out]" not in shown


def test_a_period_open_at_one_side_names_no_weeks_there() -> None:
    """An agenda over a period without an end ends with its last session."""
    shown = str(agenda(of(session("a")), period=Period(None, date(2014, 9, 12))))
    assert shown.startswith("Week 37")
    assert "nothing" not in str(agenda(of(session("a")), period=Period(date(2014, 9, 10))))
    assert "nothing" not in shown


def test_a_week_across_new_year_tells_both_years() -> None:
    """The week of ISO 8601 belongs to the year of its Thursday."""
    shown = str(agenda(of(session("a", "2014-12-30"))))
    assert shown.startswith("Week 1 of 2015, 29 Dec 2014 - 4 Jan 2015 ·")


@pytest.mark.parametrize("day", ["0001-01-02", "9999-12-30"])
def test_the_ends_of_the_calendar_have_weeks_too(day: str) -> None:
    """The first and the last week of the calendar are shown like any other."""
    utc = Center(id="mic", name="MIC", country="BE", time_zone="UTC")
    shown = str(agenda(Portfolio.of(utc, session("a", day, zone="UTC"))))
    assert "[a]" in shown


def test_a_session_without_slot_or_room_says_so() -> None:
    """Unplaced sessions are listed below; one without a room says so in its cell."""
    online = Session(
        id="web", center_id="mic", title="Web", length=timedelta(hours=1), mode="online",
        slot=Slot.at("2014-09-11", "10:00", timedelta(hours=1), BRUSSELS),
    )  # fmt: skip
    shown = str(agenda(of(session("later", None), session("homeless", room=None), online)))
    assert "to 21:00, no room yet" in shown
    assert "to 11:00, online" in shown
    below = shown.partition("Without a slot")[2]
    assert "later" in below
    assert "Title of later" in below
    assert "180" in below


def test_without_sessions_the_agenda_says_so() -> None:
    """An empty agenda names its period, and still lists sessions without a slot."""
    period = Period.year(2014)
    assert (
        str(agenda(of(), period=period))
        == "Nothing takes place: Wed 1 Jan 2014 to Wed 31 Dec 2014."
    )
    shown = str(agenda(of(session("later", None))))
    assert shown.startswith("Nothing takes place: at any time.\n\nWithout a slot")


def test_cancelled_sessions_are_left_out() -> None:
    """A cancelled session is not shown in the agenda, placed or not."""
    gone = Transition(
        id="t", subject="session:a", before="planned", after="cancelled",
        effective_at=Slot.at("2014-09-01", "09:00", timedelta(hours=1), BRUSSELS).start,
    )  # fmt: skip
    assert agenda(of(session("a"), session("b"), gone)).rows() == agenda(of(session("b"))).rows()


def test_times_are_local_to_the_center() -> None:
    """A slot in another zone is shown on the clocks of its center, even on another day."""
    found = agenda(of(session("a", "2014-09-10", "23:00", zone="UTC")))
    (row,) = found.rows()
    assert row["start"] == "2014-09-11T01:00+02:00"
    period = Period.days(date(2014, 9, 11), date(2014, 9, 11))
    assert len(agenda(of(session("a", start="23:00", zone="UTC")), period=period).items) == 1


def test_each_center_has_its_own_weeks() -> None:
    """Centers follow each other by id, each on its own clocks; an unknown one goes by its id."""
    mons = Center(id="mons", name="MIC Mons", country="BE", time_zone=BRUSSELS)
    portfolio = of(mons, session("a"), session("b", center="mons", room="other"),
                   session("c", center="lost"))  # fmt: skip
    shown = str(agenda(portfolio))
    titles = [line.partition(" · ")[2] for line in shown.splitlines() if line.startswith("Week")]
    assert titles == ["lost", "MIC Brussels", "MIC Mons"]
    assert "to 21:00, other" in shown


def test_rows_are_flat_and_complete() -> None:
    """A row has room and times in plain values; None without a slot."""
    placed, unplaced = agenda(of(session("a", edition="e"), session("b", None))).rows()
    assert placed == {
        "center": "mic", "session": "a", "title": "Title of a",
        "start": "2014-09-10T18:00+02:00", "end": "2014-09-10T21:00+02:00", "minutes": 180,
        "room": "Montoyer", "mode": "in_person", "edition": "e", "status": "planned",
    }  # fmt: skip
    assert (unplaced["start"], unplaced["end"]) == (None, None)


PROGRAM = Program(id="boostcamp", title="Boostcamp", kind="bootcamp")
EDITION = Edition(
    id="b6", program_id="boostcamp", center_id="mic", number=6, period=Period.year(2014)
)
SERIES = Series(
    id="evenings", center_id="mic", program_id="boostcamp", title="Evenings",
    recurrence=Recurrence(frequency="weekly"), first_on=date(2014, 9, 10),
    starts_at=time(18), length=timedelta(hours=3),
)  # fmt: skip
SCOPED = of(
    PROGRAM,
    EDITION,
    SERIES,
    session("own", edition="b6"),
    Session(id="asked", center_id="other", title="x", length=timedelta(hours=1), audience=("b6",)),
    Session(id="serial", center_id="other", title="x", length=timedelta(hours=1),
            series_id="evenings"),
    session("alone", center="other"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "ids"),
    [
        (None, {"own", "asked", "serial", "alone"}),
        ("mic", {"own", "asked"}),
        ("boostcamp", {"own", "asked", "serial"}),
        ("edition:b6", {"own", "asked"}),
        ("evenings", {"serial"}),
        (("alone", "serial"), {"alone", "serial"}),
    ],
)
def test_a_scope_covers_what_belongs_to_it(
    scope: str | tuple[str, ...] | None, ids: set[str]
) -> None:
    """An edition covers its sessions and those it is expected at; a program also its series."""
    assert {row["session"] for row in agenda(SCOPED, scope).rows()} == ids


def test_an_unknown_scope_is_refused() -> None:
    """An unknown scope raises NotFound."""
    with pytest.raises(NotFound):
        agenda(SCOPED, "boostcamp-7")


PLACES = st.tuples(
    st.dates(date(2014, 1, 1), date(2016, 12, 31)),
    st.integers(8, 23),
    st.integers(1, 1500),
)


@given(st.lists(PLACES, max_size=8), st.integers(60, 120))
def test_every_session_is_shown_once_within_the_columns(
    places: list[tuple[date, int, int]], columns: int
) -> None:
    """Each session has one cell, no line is too wide, and the order of input changes nothing."""
    sessions = [
        session(f"s{n}", day.isoformat(), f"{hour:02}:00", minutes)
        for n, (day, hour, minutes) in enumerate(places)
    ]
    shown = agenda(of(*sessions)).text(columns=columns)
    assert all(width(line) <= columns for line in shown.splitlines())
    assert all(shown.count(f"[s{n}]") == 1 for n in range(len(sessions)))
    assert agenda(of(*reversed(sessions))).text(columns=columns) == shown
