"""Days and zones on which naive code about time goes wrong."""

from datetime import date, timedelta

from hypothesis import strategies as st

CHANGES = [
    ("Europe/Brussels", date(2014, 3, 30)),  # a gap of an hour
    ("Europe/Brussels", date(2014, 10, 26)),  # an hour shown twice
    ("Australia/Lord_Howe", date(2014, 4, 6)),  # half an hour twice
    ("Australia/Lord_Howe", date(2014, 10, 5)),
    ("Antarctica/Troll", date(2014, 10, 26)),  # two hours twice
    ("America/Havana", date(2014, 3, 9)),  # midnight is skipped
    ("America/Havana", date(2014, 11, 2)),
    ("America/Sao_Paulo", date(2014, 2, 16)),  # 23:00 to 24:00 twice
    ("America/St_Johns", date(2006, 10, 29)),  # at one past midnight, back into the day before
    ("America/St_Johns", date(2006, 4, 2)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a whole day is skipped
    ("Africa/Casablanca", date(2014, 6, 28)),
    ("Africa/Cairo", date(2014, 5, 16)),  # midnight is skipped, four times a year
    ("Africa/Cairo", date(2014, 9, 26)),
    ("America/Sao_Paulo", date(2014, 10, 19)),  # midnight is skipped
    ("Asia/Kathmandu", date(1986, 1, 1)),  # a quarter of an hour is skipped
    ("Europe/Dublin", date(2014, 10, 26)),  # winter is the time that is set back
    ("Pacific/Kwajalein", date(1993, 8, 21)),  # a whole day is skipped
    ("UTC", date(2014, 9, 10)),
    ("Asia/Kathmandu", date(2014, 9, 10)),
]
"""Zones, each with a local day on which its clocks change, if they ever do."""

PLACES = sorted({name for name, _ in CHANGES})


def _near(change: tuple[str, date], days: int) -> tuple[str, date]:
    name, day = change
    return name, day + timedelta(days=days)


near_changes = st.builds(_near, st.sampled_from(CHANGES), st.integers(-9, 9))
"""A zone and a day within nine days of a change."""
