"""The recurrence rule as a value: its laws, its text, and what it refuses by name."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.months import WEEKDAYS
from mic_core.chrono.recurrence import Recurrence
from mic_core.errors import InvariantError, ParseError


@given(st.text(alphabet="FREQINTVALBYDMOHU=;,-+0123456789TZ\x00é", max_size=60))
def test_any_text_is_a_rule_or_a_parse_error(text: str) -> None:
    """Whatever stands there, reading ends in a rule or in an error of our own family."""
    for attempt in (text, f"FREQ=MONTHLY;{text}", f"FREQ=WEEKLY;BYDAY={text}"):
        try:
            rule = Recurrence.parse(attempt)
        except ParseError as error:
            assert error.problems
        else:
            assert Recurrence.parse(str(rule)) == rule


def test_the_order_and_form_of_parts_is_canonical() -> None:
    """Parts in any order, numbers in any allowed form: one rule, one text."""
    rule = Recurrence.parse("BYDAY=-1FR,+02TU,2MO;COUNT=007;BYMONTH=12,3;FREQ=MONTHLY;INTERVAL=1")
    assert str(rule) == "FREQ=MONTHLY;COUNT=7;BYMONTH=3,12;BYDAY=2MO,2TU,-1FR"
    assert rule == Recurrence(
        frequency="monthly", weekdays=("2TU", "-1FR", "2MO"), months=(12, 3), count=7
    )


def test_the_text_of_every_part() -> None:
    """Each field that differs from its default shows in the text, in a fixed order."""
    rule = Recurrence(
        frequency="yearly",
        interval=2,
        until=date(999, 12, 31),
        months=(6,),
        weeks=(24, 25, -28),
        year_days=(-200, 166),
        month_days=(-1, 15),
        weekdays=("SU", "MO"),
        positions=(-1, 1),
        week_start="SU",
        excluded=(date(2014, 6, 15),),
        extra=(date(2014, 7, 1),),
    )
    text = (
        "FREQ=YEARLY;INTERVAL=2;UNTIL=09991231;BYMONTH=6;BYWEEKNO=-28,24,25;BYYEARDAY=-200,166"
        ";BYMONTHDAY=-1,15;BYDAY=MO,SU;BYSETPOS=-1,1;WKST=SU"
    )
    assert str(rule) == text
    assert Recurrence.parse(text) == attrs.evolve(rule, excluded=(), extra=())


def test_the_longest_rule_is_read_back() -> None:
    """A rule that lists as much as its fields hold is no longer than what is read."""
    days = tuple(range(-366, 0))
    rule = Recurrence(
        frequency="yearly",
        interval=9_999,
        count=1_000_000,
        weekdays=tuple(f"{n}{day}" for n in range(-5, 6) if n for day in WEEKDAYS),
        month_days=tuple(day for day in range(-31, 32) if day),
        months=tuple(range(1, 13)),
        year_days=days,
        positions=(*range(-366, -1), 1),
        week_start="SU",
    )
    assert Recurrence.parse(str(rule)) == rule
    weeks = attrs.evolve(rule, weekdays=WEEKDAYS, weeks=tuple(n for n in range(-51, 54) if n))
    assert Recurrence.parse(str(weeks)) == weeks


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("FREQ=SECONDLY;COUNT=1", "FREQ", "on which dates; had SECONDLY; give each time of day"),
        ("FREQ=MINUTELY;COUNT=1", "FREQ", "had MINUTELY"),
        ("FREQ=HOURLY;COUNT=1", "FREQ", "had HOURLY"),
        ("FREQ=weekly", "FREQ", "must be one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("FREQ=", "FREQ", "had text of 0 characters"),
        ("COUNT=3", "FREQ", "must be given; begin with one, such as FREQ=WEEKLY"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ", "must be given once"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "BYDAY", "must be given once"),
        ("FREQ=WEEKLY;INTERVAL=1;INTERVAL=x", "INTERVAL", "must be given once"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS", "must not stand alone"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6", "BYSETPOS", "a set of this rule has at most 5"),
        ("FREQ=MONTHLY;BYDAY=TU;BYMONTHDAY=13;BYSETPOS=-2", "BYSETPOS", "has at most 1"),
        ("FREQ=DAILY;BYDAY=TU;BYSETPOS=2,3", "BYSETPOS", "has at most 1"),
        ("FREQ=DAILY;BYWEEKNO=40;BYMONTH=2;BYSETPOS=1", "BYSETPOS", "has at most 0"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=3", "BYSETPOS", "has at most 2"),
        ("FREQ=WEEKLY;BYMONTH=3;BYSETPOS=-2", "BYSETPOS", "has at most 1"),
        ("FREQ=MONTHLY;BYMONTH=3;BYSETPOS=2", "BYSETPOS", "has at most 1"),
        ("FREQ=YEARLY;BYMONTH=3,4;BYSETPOS=3", "BYSETPOS", "has at most 2"),
        ("FREQ=YEARLY;BYDAY=MO;BYSETPOS=54", "BYSETPOS", "has at most 53"),
        ("FREQ=YEARLY;BYDAY=1MO;BYSETPOS=1", "BYMONTH", "must be named in a yearly rule"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=0", "BYSETPOS", "must be counted from 1, or from -1"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=367", "BYSETPOS[0]", "from -366 to 366"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=x", "BYSETPOS[0]", "a position, such as 1 or -1"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYDAY", "must be named with weeks: calendars disagree"),
        ("FREQ=WEEKLY;BYWEEKNO=20", "BYDAY", "must be named with weeks"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY", "must have no numbers in a rule with w"),
        ("FREQ=YEARLY;BYWEEKNO=0;BYDAY=MO", "BYWEEKNO", "must be counted from 1"),
        ("FREQ=YEARLY;BYWEEKNO=-52;BYDAY=MO", "BYWEEKNO[0]", "from -51 to 53"),
        ("FREQ=YEARLY;BYWEEKNO=40;BYMONTH=2;BYDAY=MO", "BYWEEKNO", "at least one date that ex"),
        ("FREQ=YEARLY;BYYEARDAY=0", "BYYEARDAY", "must be counted from 1"),
        ("FREQ=YEARLY;BYYEARDAY=60;BYMONTH=7", "BYYEARDAY", "at least one date that exists"),
        ("FREQ=YEARLY;BYYEARDAY=60;BYMONTHDAY=31", "BYMONTHDAY", "at least one date that exists"),
        ("FREQ=WEEKLY;BYYEARDAY=60", "BYDAY", "or use FREQ=YEARLY with BYYEARDAY"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR", "the time of day belongs to the series"),
        ("FREQ=DAILY;BYMINUTE=9", "BYMINUTE", "the time of day belongs to the series"),
        ("FREQ=DAILY;BYSECOND=9", "BYSECOND", "the time of day belongs to the series"),
        ("FREQ=DAILY;RSCALE=GREGORIAN", "RSCALE", "leave it out"),
        ("FREQ=DAILY;SKIP=OMIT", "SKIP", "leave it out"),
        ("FREQ=DAILY;", "part 2", "had nothing; leave out the needless semicolon"),
        ("", "part 1", "had nothing"),
        ("FREQ=DAILY;;COUNT=1", "part 2", "had nothing"),
        ("FREQ=DAILY;X-ROOM=Ada", "part 2", "had a name of 6 characters"),
        ("RRULE=FREQ:DAILY", "line 1", "must be RRULE, RDATE or EXDATE in capitals"),
        ("FREQ=DAILY;COUNT", "part 2", "must be NAME=VALUE"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL", "from 1 to 9999"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL", "at most 9 digits"),
        ("FREQ=DAILY;INTERVAL=10000", "INTERVAL", "it is too large"),
        ("FREQ=DAILY;COUNT=0", "COUNT", "from 1 to 1000000"),
        ("FREQ=DAILY;COUNT=٣", "COUNT", "at most 9 digits"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20141231", "UNTIL", "RFC 5545 allows one of them"),
        ("FREQ=DAILY;UNTIL=20141231T170000Z", "UNTIL", "the local date, such as 20141231"),
        ("FREQ=DAILY;UNTIL=20140230", "UNTIL", "must be a date that exists"),
        ("FREQ=DAILY;BYDAY=2MO", "BYDAY", "must have no numbers in a daily rule"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY", "at least one date that exists"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYDAY", "or use FREQ=MONTHLY with BYMONTHDAY"),
        ("FREQ=WEEKLY;BYDAY=2MO", "BYDAY", "must have no numbers in a weekly rule"),
        ("FREQ=WEEKLY;BYDAY=MO,MO", "BYDAY[1]", "name each once"),
        ("FREQ=WEEKLY;BYDAY=MO,", "BYDAY[1]", "a weekday such as MO"),
        ("FREQ=WEEKLY;BYDAY=mo", "BYDAY[0]", "a weekday such as MO"),
        ("FREQ=WEEKLY;WKST=XX", "WKST", "must be one of MO, TU, WE, TH, FR, SA, SU"),
        ("FREQ=MONTHLY;BYDAY=1MO,+1MO", "BYDAY[1]", "name each once"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY[0]", "numbered such as 2TU or -1FR"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "BYDAY", "calendars disagree on a mixture"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY", "from 1 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY[0]", "it is too large"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=2MO", "BYMONTHDAY", "at least one date that exists"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH[0]", "it is too large"),
        ("FREQ=YEARLY;BYMONTHDAY=1", "BYMONTH", "calendars disagree on the rest"),
        ("FREQ=YEARLY;BYDAY=20MO", "BYDAY[0]", "numbered such as 2TU or -1FR"),
        ("FREQ=YEARLY;BYDAY=1MO", "BYMONTH", "must be named in a yearly rule"),
        ("FREQ=YEARLY;BYMONTH=2,4,6;BYMONTHDAY=31", "BYMONTHDAY", "at least one date that exists"),
    ],
)
def test_parts_are_refused_by_name(text: str, path: str, says: str) -> None:
    """A disputed, unsupported or meaningless part is refused by its path, with a hint."""
    with pytest.raises(ParseError) as refusal:
        Recurrence.parse(text)
    assert any(problem.path == path and says in str(problem) for problem in refusal.value.problems)


def test_a_long_text_is_refused_unread() -> None:
    """A rule of more than five thousand characters says nothing that a shorter one could not."""
    with pytest.raises(ParseError, match="at most 5000 characters; had text of 5017 characters"):
        Recurrence.parse(f"FREQ=DAILY;COUNT={'9' * 5_000}")


def test_all_problems_come_at_once() -> None:
    """One error lists every part that is refused, and one lists every field that is."""
    with pytest.raises(ParseError) as refusal:
        Recurrence.parse("FREQ=HOURLY;BYHOUR=1;INTERVAL=x;")
    paths = [problem.path for problem in refusal.value.problems]
    assert paths == ["FREQ", "BYHOUR", "INTERVAL", "part 4"]
    with pytest.raises(InvariantError) as refused:
        Recurrence(
            frequency="daily", interval=0, count=1, until=date(2014, 1, 1), weekdays=("1MO",)
        )
    assert [problem.path for problem in refused.value.problems] == [
        "interval",
        "until",
        "weekdays",
    ]


def test_errors_never_quote_the_text() -> None:
    """A rule from outside may hold anything, so an error tells its shape only."""
    for text in ("Ada=1", "FREQ=Ada", "FREQ=WEEKLY;BYDAY=Ada", "FREQ=WEEKLY;UNTIL=Ada;COUNT=Ada"):
        with pytest.raises(ParseError) as refusal:
            Recurrence.parse(text)
        assert "Ada" not in str(refusal.value)


@given(st.sampled_from(WEEKDAYS), st.sampled_from([5, -5]))
def test_a_fifth_weekday_is_possible_in_february(weekday: str, number: int) -> None:
    """February has a fifth of one weekday in leap years, so such a rule is not refused."""
    rule = Recurrence(frequency="yearly", months=(2,), weekdays=(f"{number}{weekday}",))
    assert str(rule) == f"FREQ=YEARLY;BYMONTH=2;BYDAY={number}{weekday}"


@pytest.mark.parametrize(
    ("month", "day", "possible"),
    [
        (2, 22, True),  # only where February has 28 days
        (2, 23, True),
        (2, 29, True),  # only where it has 29
        (2, 21, False),
        (4, 24, True),
        (4, 23, False),
        (12, 25, True),
        (12, 24, False),
    ],
)
def test_the_last_monday_and_a_number_must_be_able_to_meet(
    month: int, day: int, *, possible: bool
) -> None:
    """The last Monday lies in the last seven days of a month, of either length of February."""
    text = f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day};BYDAY=-1MO"
    try:
        rule = Recurrence.parse(text)
    except ParseError as error:
        assert not possible
        assert "at least one date that exists" in str(error)
    else:
        assert possible
        assert rule.month_days == (day,)
