"""Documents of schema 1 are converted as they are read, or refused with the paths of problems."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.local import local, zone
from mic_core.codec import dumps, loads
from mic_core.codec.explain_document import explain_document
from mic_core.codec.limits import Limits
from mic_core.errors import ParseError
from mic_core.model import Session
from mic_core.portfolio import Portfolio

Row = dict[str, Any]
CENTER: Row = {"id": "c", "name": "Center", "country": "NZ", "time_zone": "Pacific/Auckland"}


def session(**fields: Any) -> Row:
    """A session of a series that began late in the evening, in UTC."""
    usual = {"id": "s", "center_id": "c", "title": "Evening", "length": "PT1H", "series_id": "w"}
    return {**usual, "original_start": "2014-09-09T18:00:00Z", **fields}


def document(*batches: Row, schema: int = 1) -> Row:
    """A document of these batches."""
    return {"format": "mic_core.portfolio", "schema": schema, "batches": list(batches)}


def read_both_ways(tree: Row) -> Portfolio:
    """What both readers make of a document; they agree."""
    quick = loads(json.dumps(tree))
    explained = Portfolio.replay(explain_document(json.loads(json.dumps(tree)), Limits()))
    assert quick == explained
    return quick


def problems(tree: Row) -> list[str]:
    """What is wrong with a document."""
    with pytest.raises(ParseError) as caught:
        loads(json.dumps(tree))
    return [str(each) for each in caught.value.problems]


def test_an_instant_becomes_the_local_date_at_the_center() -> None:
    """Tuesday evening in London is Wednesday morning in Auckland; what is written is schema 2."""
    known = read_both_ways(document({"center": [CENTER], "session": [session()]}))
    assert known.get(Session, "s").original_on == date(2014, 9, 10)
    written = json.loads(dumps(known))
    assert written["schema"] == 2
    assert written["batches"][0]["session"][0]["original_on"] == "2014-09-10"
    assert read_both_ways(written) == known


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)),  # noqa: DTZ001  # made UTC below
    st.sampled_from(("Pacific/Apia", "Europe/Brussels", "America/New_York", "Asia/Kolkata")),
)
def test_each_instant_is_on_its_day(naive: datetime, name: str) -> None:
    """The date is that which the clocks of the center showed."""
    start = naive.replace(microsecond=0, tzinfo=UTC)
    text = start.isoformat().replace("+00:00", "Z")
    tree = document(
        {"center": [{**CENTER, "time_zone": name}], "session": [session(original_start=text)]}
    )
    microseconds = (start - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000
    shown = local(int(microseconds), zone(name)).date()
    assert read_both_ways(tree).get(Session, "s").original_on == shown


def test_a_document_without_occurrences_needs_no_center() -> None:
    """Without an original start, or with none said, there is nothing to look up."""
    plain = session()
    del plain["original_start"]
    for row in (plain, session(original_start=None)):
        assert read_both_ways(document({"session": [row]})).get(Session, "s").original_on is None


def test_the_center_may_be_anywhere_and_is_as_it_was_known_then() -> None:
    """A center that moved its clocks is taken as it was when the session was recorded."""
    west = {**CENTER, "time_zone": "America/New_York"}
    early, late = "2014-01-01T00:00:00Z", "2014-08-01T00:00:00Z"
    tree = document(
        {"recorded_at": late, "session": [session(id="b")]},
        {"session": [session(id="a")]},
        {"recorded_at": late, "center": [CENTER]},
        {"recorded_at": early, "center": [west], "session": [session(id="w")]},
    )
    known = read_both_ways(tree)
    assert [each.original_on for each in known.all(Session)] == [
        date(2014, 9, 9), date(2014, 9, 10), date(2014, 9, 9),
    ]  # fmt: skip


NO_CENTER = (
    "$.batches[0].session[0].original_start: must be converted to a local date, and the document "
    "has no center of the session; add the center, with its time zone"
)
BAD_ZONE = {**CENTER, "time_zone": "Nowhere"}


@pytest.mark.parametrize(
    ("batch", "found"),
    [
        ({"session": [session()]}, [NO_CENTER]),
        ({"center": [CENTER], "session": [session(center_id="d")]}, [NO_CENTER]),
        ({"center": [CENTER], "session": [session(original_start="noon")]}, [".original_start: "]),
        ({"center": [CENTER], "session": [session(original_start=3)]}, [".original_start: must"]),
        (
            {"center": [CENTER], "session": [session(original_start="9999-12-31T23:00:00Z")]},
            [".original_start: must lie within the calendar of its center"],
        ),
        (
            {"center": [CENTER], "session": [session(center_id=3)]},
            [NO_CENTER, ".center_id: must be"],
        ),
        (
            {"center": [BAD_ZONE], "session": [session()]},
            [NO_CENTER, "$.batches[0].center[0].time_zone: must be"],
        ),
        ({"center": [3], "session": [session()]}, [NO_CENTER, "center[0]: must be an object"]),
        (
            {"center": [CENTER], "session": [session(original_on="2014-09-09")]},
            [".original_on: must not be given in schema 1; write original_start"],
        ),
        ({"center": [CENTER], "session": [session(extra=1, title=3)]}, ["known keys", ".title"]),
    ],
)
def test_what_cannot_be_converted_is_refused_by_its_path(batch: Row, found: list[str]) -> None:
    """Each problem names the session, and all others of the document are told as well."""
    told = problems(document(batch))
    assert len(told) == len(found)
    assert all(any(part in each for each in told) for part in found)


def test_each_schema_knows_its_own_key_only() -> None:
    """The old key is unknown in schema 2, and the new one in schema 1, alone as well."""
    new = session(original_on="2014-09-09")
    del new["original_start"]
    assert "known keys only" in problems(document({"session": [session()]}, schema=2))[0]
    assert "must not be given in schema 1" in problems(document({"session": [new]}))[0]


def test_what_is_no_row_is_left_to_the_reader() -> None:
    """Batches, lists and rows of another shape are refused as in any document."""
    broken: tuple[Row, ...] = ({"session": 3}, {"session": [3]}, {"session": [[]]})
    for batch in (*broken, {**broken[0], "recorded_at": 5}):
        assert problems(document(batch))
    assert problems({**document(), "batches": [3]})
    assert problems({**document(), "batches": 3})


def test_a_key_that_stands_twice_is_still_refused() -> None:
    """Neither of two original starts is taken."""
    text = json.dumps(document({"center": [CENTER], "session": [session()]}))
    twice = text.replace('"title"', '"original_start": "2014-09-10T18:00:00Z", "title"')
    with pytest.raises(ParseError, match=r"session\[0\]: must be given once"):
        loads(twice)
