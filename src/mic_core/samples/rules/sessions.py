"""Examples of the rules about single sessions and about series."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from mic_core.chrono import Recurrence
from mic_core.model import Noun, Seats, Session
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import MIC, R1, at, attendance, day, heads, series, session, step

_TUESDAYS = series(
    "camp",
    recurrence=Recurrence(frequency="weekly", weekdays=("TU",), until=day("2014-12-30")),
    starts_at=time(18),
)
_AT_NIGHT = series(
    "night",
    recurrence=Recurrence(frequency="weekly", weekdays=("SU",), until=day("2014-12-28")),
    starts_at=time(2, 30),
)


def _evening(id: str, start: str, **more: Any) -> Session:
    """A session that a series has on that evening."""
    fields = {"series_id": "camp", "original_on": day(start[:10]), **more}
    return session(id, start, 120, **fields)


_HELD: tuple[Noun, ...] = (_evening("s-1", "2014-09-10 18:00", status="held"),)

SESSIONS: Mapping[str, Examples] = {
    "session-still-planned": Examples(
        firing=fires(
            "A week after its end nobody has said whether an evening took place.",
            session("s-1", "2014-09-10 18:00"), as_of=at("2014-09-17 21:00"),
        ),
        silent=example(
            "An evening was held, as was recorded the same night.",
            session("s-1", "2014-09-10 18:00"),
            step("session:s-1", "planned", "held", "2014-09-10 21:00"),
            as_of=at("2014-09-17 21:00"),
        ),
        boundary=example(
            "A minute before a week has gone by, the register may still come.",
            session("s-1", "2014-09-10 18:00"), as_of=at("2014-09-17 20:59"),
        ),
    ),
    "held-too-early": Examples(
        firing=fires(
            "In the afternoon an evening is said to have been held.",
            session("s-1", "2014-09-10 18:00", status="held"), as_of=at("2014-09-10 17:59"),
        ),
        silent=example(
            "In the afternoon the evening is planned.",
            session("s-1", "2014-09-10 18:00"), as_of=at("2014-09-10 17:59"),
        ),
        boundary=example(
            "The evening is said to be held at the minute at which it begins.",
            session("s-1", "2014-09-10 18:00", status="held"), as_of=at("2014-09-10 18:00"),
        ),
    ),
    "held-without-trace": Examples(
        firing=fires(
            "An evening was held, and nobody wrote down who was there.",
            session("s-1", "2014-09-10 18:00", status="held"),
        ),
        silent=example(
            "An evening was held with one person present.",
            session("s-1", "2014-09-10 18:00", status="held"), attendance("w-1"),
        ),
        boundary=example(
            "An evening was held, and somebody counted that nobody came.",
            session("s-1", "2014-09-10 18:00", status="held"), heads("h-1", n=0),
        ),
    ),
    "session-length": Examples(
        firing=fires(
            "A visit was entered with a year too many.",
            session("s-1", "2014-09-10 18:00", 367 * 24 * 60, room_id="r-1"), R1,
        ),
        silent=example(
            "A camp of two weeks is recorded as one session.",
            session("s-1", "2014-09-10 18:00", 14 * 24 * 60, room_id="r-1"), R1,
        ),
        boundary=example(
            "An exhibition lasts for a leap year, to the minute.",
            session("s-1", "2014-09-10 18:00", 366 * 24 * 60, room_id="r-1"), R1,
        ),
    ),
    "unplaced": Examples(
        firing=fires(
            "One evening has no slot yet, another has a slot and no room.",
            session("s-1"), session("s-2", "2014-09-10 18:00"), finds=2,
        ),
        silent=example(
            "An evening has a slot and a room.",
            R1, session("s-1", "2014-09-10 18:00", room_id="r-1"),
        ),
        boundary=example(
            "An evening online has a slot and needs no room; another is cancelled.",
            session("s-1", "2014-09-10 18:00", mode="online"), session("s-2", status="cancelled"),
        ),
    ),
    "online-with-room": Examples(
        firing=fires(
            "An evening online keeps a room.",
            R1, session("s-1", "2014-09-10 18:00", room_id="r-1", mode="online"),
        ),
        silent=example(
            "An evening online has no room.",
            R1, session("s-1", "2014-09-10 18:00", mode="online"),
        ),
        boundary=example(
            "An evening is on site and online at once; another one online was cancelled.",
            R1, session("s-1", "2014-09-10 18:00", room_id="r-1", mode="hybrid"),
            session("s-2", room_id="r-1", mode="online", status="cancelled"),
        ),
    ),
    "expected-over-seats": Examples(
        firing=fires(
            "Eighteen persons are expected on sixteen seats, and as many online on ten and six.",
            session("s-1", expected=18, seats=Seats(in_person=16)),
            session("s-2", expected=18, seats=Seats(in_person=10, online=6), mode="hybrid"),
            finds=2,
        ),
        silent=example(
            "Eighteen persons are expected online, where there is no limit.",
            session("s-1", expected=18, seats=Seats(in_person=16), mode="online"),
        ),
        boundary=example(
            "Sixteen persons are expected on sixteen seats.",
            session("s-1", expected=16, seats=Seats(in_person=16)),
            session("s-2", expected=18),
        ),
    ),
    "seats-beyond-room": Examples(
        firing=fires(
            "Thirty seats are offered in a room of twenty.",
            R1, session("s-1", room_id="r-1", seats=Seats(in_person=30)),
        ),
        silent=example(
            "Sixteen seats are offered in a room of twenty, and thirty online.",
            R1, session("s-1", room_id="r-1", seats=Seats(in_person=16, online=30)),
        ),
        boundary=example(
            "All twenty seats of a room are offered.",
            R1, session("s-1", room_id="r-1", seats=Seats(in_person=20)),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

SERIES: Mapping[str, Examples] = {
    "unnamed-occurrence": Examples(
        firing=fires(
            "A session belongs to the Tuesday series and does not say to which Tuesday.",
            MIC, _TUESDAYS, session("s-1", "2014-09-16 18:00", 120, series_id="camp"),
        ),
        silent=example(
            "A session is that of 16 September.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-16 18:00"),
        ),
        boundary=example(
            "A session without a date of its series was cancelled.",
            MIC, _TUESDAYS, session("s-1", series_id="camp", status="cancelled"),
        ),
    ),
    "stray-occurrence": Examples(
        firing=fires(
            "A session was made for a Wednesday, and the series has Tuesdays only.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-10 18:00"),
        ),
        silent=example(
            "The session of a Tuesday was moved to the Thursday after.",
            MIC, _TUESDAYS,
            _evening("s-1", "2014-09-11 18:00", original_on=day("2014-09-09")),
        ),
        boundary=example(
            "On one Sunday the clocks show half past two twice, and it is one occurrence; a stray "
            "session was cancelled.",
            MIC, _AT_NIGHT,
            session("s-1", series_id="night", original_on=day("2014-10-26")),
            session(
                "s-2", series_id="night", original_on=day("2014-10-27"),
                status="cancelled",
            ),
        ),
    ),
    "kept-occurrence": Examples(
        firing=fires(
            "The series was moved to Tuesdays after a Wednesday was held.",
            MIC, _TUESDAYS, *_HELD,
        ),
        silent=example(
            "A Tuesday of the Tuesday series was held.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00", status="held"),
        ),
        boundary=example(
            "A Wednesday of the series was planned, and nobody has been there.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-10 18:00"),
        ),
    ),
    "occurrence-twice": Examples(
        firing=fires(
            "Two sessions say that they are the series' evening of 9 September.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00"),
            _evening("s-2", "2014-09-11 18:00", original_on=day("2014-09-09")),
        ),
        silent=example(
            "One session is the evening of 9 September, one that of 16 September.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00"),
            _evening("s-2", "2014-09-16 18:00"),
        ),
        boundary=example(
            "The evening of 9 September was cancelled and made anew.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00", status="cancelled"),
            _evening("s-2", "2014-09-09 18:00"),
        ),
    ),
    "missing-occurrence": Examples(
        firing=fires(
            "There are sessions for 9 and 23 September and none for the Tuesday between.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00"),
            _evening("s-2", "2014-09-23 18:00"),
        ),
        silent=example(
            "Nothing has been made of the series yet.",
            MIC, _TUESDAYS,
        ),
        boundary=example(
            "Of three Tuesdays the middle one was cancelled, and later ones were not made yet.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00"),
            _evening("s-2", "2014-09-16 18:00", status="cancelled"),
            _evening("s-3", "2014-09-23 18:00"),
        ),
    ),
    "differs-from-series": Examples(
        firing=fires(
            "The series begins at 18:00 now, and an evening is still planned for 17:00.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 17:00"),
        ),
        silent=example(
            "An evening begins at 18:00 as its series does, under a title of its own.",
            MIC, _TUESDAYS, _evening("s-1", "2014-09-09 18:00", title="IT camp: mobility"),
        ),
        boundary=example(
            "An evening was moved to Thursday and revised; another was held at 17:00.",
            MIC, _TUESDAYS,
            _evening("s-1", "2014-09-11 18:00", original_on=day("2014-09-09"), revision=1),
            _evening("s-2", "2014-09-16 17:00", status="held"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
