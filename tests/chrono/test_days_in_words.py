"""Days in words: one style in every text for people."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import CATALOG, check
from mic_core.chrono import Period, Slot
from mic_core.chrono.months import day_text, with_days_in_words
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES


@given(st.dates())
def test_a_day_in_words_is_that_day(day: date) -> None:
    """The words hold weekday, day, month and year, also in slots, periods and messages."""
    shown = day_text(day)
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    months: dict[str, int] = {each: n for n, each in enumerate(names.split(), 1)}
    weekday, number, month, year = shown.split()
    assert (int(year), months[month], int(number)) == (day.year, day.month, day.day)
    assert weekday == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    assert with_days_in_words(day.isoformat()) == shown
    if day != date.max:
        assert str(Period.days(day, day)) == shown


def test_a_slot_and_a_period_write_days_alike() -> None:
    """The same day has the same words in both."""
    slot = Slot.at("2014-09-10", "18:00", timedelta(hours=1), "UTC")
    assert str(slot).startswith(str(Period.days(date(2014, 9, 10), date(2014, 9, 10))))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("on 2014-09-10", "on Wed 10 Sep 2014"),
        ("2014-09-10 18:00 Europe/Brussels", "Wed 10 Sep 2014 18:00 Europe/Brussels"),
        ("2014-09-10T18:00:00+02:00", "Wed 10 Sep 2014 18:00 +02:00"),
        ("2014-09-10T18:00:30.5Z", "Wed 10 Sep 2014 18:00:30.5 UTC"),
        ("2014-09-10T18:00", "Wed 10 Sep 2014 18:00"),
        ("2014-09-08, 2014-09-09.", "Mon 8 Sep 2014, Tue 9 Sep 2014."),
        ("2014-02-30", "2014-02-30"), ("0000-01-01", "0000-01-01"),
        ("session:2014-09-10", "session:2014-09-10"),
        ("evening-2014-09-10", "evening-2014-09-10"),
        ("2014-09-10-2", "2014-09-10-2"), ("2014-09-10.b", "2014-09-10.b"),
        ("2014-09-10Tx", "2014-09-10Tx"), ("12014-09-10", "12014-09-10"), ("", ""),
    ],
)  # fmt: skip
def test_dates_in_a_text_become_words(text: str, shown: str) -> None:
    """Dates and instants of ISO 8601 become words; ids that hold one, and other digits, stay."""
    assert with_days_in_words(text) == shown


@given(st.text(st.sampled_from("2014-09T:.Z+ ab"), max_size=40))
def test_words_stay_words(text: str) -> None:
    """A text in words does not change again."""
    shown = with_days_in_words(text)
    assert with_days_in_words(shown) == shown


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_keeps_its_minute(moment: datetime) -> None:
    """The words of an instant have its day and its time, without seconds that are zero."""
    moment = moment.replace(second=0, microsecond=0)
    assert with_days_in_words(moment.isoformat()) == f"{day_text(moment.date())} {moment:%H:%M} UTC"


def test_no_message_of_a_rule_has_a_date_of_iso_8601() -> None:
    """Of all rules, the messages on their examples write days in words."""
    rules = {rule.entry.code: rule for rule in CATALOG}
    examples = [
        (trio.rule or rules[code], each)
        for theme in THEMES.values()
        for code, trio in theme.items()
        for each in (trio.firing, trio.boundary)
    ]
    said = [
        f"{finding.message} {finding.mend}"
        for rule, each in examples
        for finding in check(Portfolio.of(*each.nouns), as_of=each.as_of, rules=(rule,)).findings
    ]
    assert len(said) > 50
    assert [each for each in said if re.search(r"(?<![\w:-])\d{4}-\d{2}-\d{2}", each)] == []
    assert sum("2014" in each for each in said) > 20
