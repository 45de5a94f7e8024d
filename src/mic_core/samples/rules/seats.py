"""Examples of the rules about calls, seats and enrollments."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from mic_core.model import Seats
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    application,
    at,
    call,
    days,
    decision,
    edition,
    enrolled,
    enrollment,
    member,
    program,
    review,
    session,
    slot,
    step,
)

_WINDOW = slot("2014-06-02 09:00", 24 * 60)
_CRITERIA = (("market", 3), ("team", 2))

CALLS: Mapping[str, Examples] = {
    "applied-outside": Examples(
        firing=fires(
            "One application comes before the call opens, one at the minute at which it closes.",
            call("call"), application("a-1", submitted_at=at("2014-06-02 08:59")),
            application("a-2", submitted_at=at("2014-06-03 09:00")), finds=2,
        ),
        silent=example(
            "An application comes at noon, another one is still a draft.",
            call("call"), application("a-1"), application("a-2", submitted_at=None),
        ),
        boundary=example(
            "An application comes in the last minute of an hour of grace.",
            call("call", grace=timedelta(hours=1)),
            application("a-1", submitted_at=at("2014-06-03 09:59")),
        ),
    ),
    "review-not-impartial": Examples(
        firing=fires(
            "A founder's application is reviewed by another founder of the same venture.",
            call("call"), application("a-1"), review("v-1"),
            member("m-1"), member("m-2", person_id="bo"),
        ),
        silent=example(
            "The other founder stood aside.",
            call("call"), application("a-1"), review("v-1", recused=True),
            member("m-1"), member("m-2", person_id="bo"),
        ),
        boundary=example(
            "The reviewer left the venture on the eve of the call.",
            call("call"), application("a-1"), review("v-1"), member("m-1"),
            member("m-2", person_id="bo", period=days("2012-01-01", "2014-06-01")),
        ),
    ),
    "unknown-criterion": Examples(
        firing=fires(
            "A review scores the weather, which the call does not ask for.",
            call("call", criteria=_CRITERIA), application("a-1"),
            review("v-1", scores=(("market", Decimal(7)), ("weather", Decimal(9)))),
        ),
        silent=example(
            "A review scores market and team.",
            call("call", criteria=_CRITERIA), application("a-1"),
            review("v-1", scores=(("market", Decimal(7)), ("team", Decimal(9)))),
        ),
        boundary=example(
            "A review scores one of two criteria, another one nothing.",
            call("call", criteria=_CRITERIA), application("a-1"),
            review("v-1", scores=(("market", Decimal(7)),)), review("v-2"),
        ),
    ),
    "decided-unsubmitted": Examples(
        firing=fires(
            "One application was a draft when it was accepted, one came in only after that.",
            call("call"), application("a-1", submitted_at=None), decision("d-1"),
            application("a-2", submitted_at=at("2014-06-20 12:01")),
            decision("d-2", application_id="a-2"), finds=2,
        ),
        silent=example(
            "An application of 2 June was accepted on 20 June.",
            call("call"), application("a-1"), decision("d-1"),
        ),
        boundary=example(
            "An application was withdrawn a minute after it was accepted.",
            call("call"), application("a-1"), decision("d-1"),
            step("application:a-1", "submitted", "withdrawn", "2014-06-20 12:01"),
        ),
    ),
    "accepted-over-places": Examples(
        firing=fires(
            "A call with one place accepted two applications.",
            call("call", places=1), application("a-1"), application("a-2"), decision("d-1"),
            decision("d-2", application_id="a-2"),
        ),
        silent=example(
            "A call that names no number accepted two applications.",
            call("call"), application("a-1"), application("a-2"), decision("d-1"),
            decision("d-2", application_id="a-2"),
        ),
        boundary=example(
            "Of two accepted applications one was withdrawn, and of a third the last word is no.",
            call("call", places=1), application("a-1"), application("a-2"), application("a-3"),
            decision("d-1"), decision("d-2", application_id="a-2"),
            step("application:a-2", "submitted", "withdrawn", "2014-06-21 09:00"),
            decision("d-3", application_id="a-3"),
            decision(
                "d-4", application_id="a-3", outcome="rejected", decided_at=at("2014-06-22 09:00")
            ),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

SEATS: Mapping[str, Examples] = {
    "over-seats": Examples(
        firing=fires(
            "Two persons are enrolled in a camp with one seat.",
            edition("camp-6", seats=Seats(in_person=1)), enrolled("e-1"),
            enrolled("e-2", participant_id="bo"),
        ),
        silent=example(
            "Two persons are enrolled, one on site and one online, where seats are unlimited.",
            edition("camp-6", seats=Seats(in_person=1)), enrolled("e-1"),
            enrolled("e-2", participant_id="bo", mode="online"),
        ),
        boundary=example(
            "The second person takes the only seat at the instant at which the first leaves it.",
            edition("camp-6", seats=Seats(in_person=1)), enrolled("e-1"),
            step("enrollment:e-1", "enrolled", "withdrawn", "2014-10-01 09:00"),
            enrolled("e-2", "2014-10-01 09:00", participant_id="bo"),
        ),
    ),
    "seat-twice": Examples(
        firing=fires(
            "Somebody has a seat of their own and is a delegate of a venture in the same camp.",
            edition("camp-6"), enrolled("e-1"),
            enrolled("e-2", participant_id="atelier", delegates=("ada", "bo"), places=2),
        ),
        silent=example(
            "Two delegates share the seats of their venture.",
            edition("camp-6"),
            enrolled("e-1", participant_id="atelier", delegates=("ada", "bo"), places=2),
        ),
        boundary=example(
            "Somebody comes back at the instant at which they had left.",
            edition("camp-6"), enrolled("e-1"),
            step("enrollment:e-1", "enrolled", "withdrawn", "2014-10-01 09:00"),
            enrolled("e-2", "2014-10-01 09:00"),
        ),
    ),
    "enrolled-again": Examples(
        firing=fires(
            "Somebody is in the sixth camp and was in the fifth.",
            program("camp"), edition("camp-5", number=5), edition("camp-6"),
            enrolled("e-5", into="camp-5"), enrolled("e-6"),
        ),
        silent=example(
            "Somebody is in two camps of a program that admits people again.",
            program("camp", reenroll=True), edition("camp-5", number=5), edition("camp-6"),
            enrolled("e-5", into="camp-5"), enrolled("e-6"),
        ),
        boundary=example(
            "Somebody withdrew from the fifth camp and is in the sixth.",
            program("camp"), edition("camp-5", number=5), edition("camp-6"),
            enrolled("e-5", "2014-02-01 09:00", into="camp-5"),
            step("enrollment:e-5", "enrolled", "withdrawn", "2014-03-01 09:00"),
            enrolled("e-6"),
        ),
    ),
    "outside-window": Examples(
        firing=fires(
            "Somebody asks for a seat at the minute at which the window closes.",
            edition("camp-6", application_window=_WINDOW),
            enrollment("e-1", requested_at=at("2014-06-03 09:00")),
        ),
        silent=example(
            "Seats are given by a call, and enrollments are made after it.",
            edition("camp-6", application_window=_WINDOW, admission="by_call"),
            enrollment("e-1", requested_at=at("2014-08-28 17:00")),
        ),
        boundary=example(
            "Somebody asks for a seat as soon as the window opens; of another no time is known.",
            edition("camp-6", application_window=_WINDOW),
            enrollment("e-1", requested_at=at("2014-06-02 09:00")), enrollment("e-2"),
        ),
    ),
    "seat-in-cancelled": Examples(
        firing=fires(
            "A camp and a visit were cancelled, and in each somebody still has a seat.",
            edition("camp-6", status="cancelled"), session("s-1", status="cancelled"),
            enrolled("e-1"), enrolled("e-2", into="s-1"), finds=2,
        ),
        silent=example(
            "A camp was cancelled, and its enrollment with it.",
            edition("camp-6", status="cancelled"), enrolled("e-1"),
            step("enrollment:e-1", "enrolled", "cancelled", "2014-09-02 09:00"),
        ),
        boundary=example(
            "A camp was cancelled, and somebody had only asked for a seat in it.",
            edition("camp-6", status="cancelled"), enrollment("e-1"),
        ),
    ),
    "offer-overdue": Examples(
        firing=fires(
            "At the minute at which an offer ends it has not been answered.",
            edition("camp-6"), enrollment("e-1"),
            step(
                "enrollment:e-1", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            as_of=at("2014-09-08 09:00"),
        ),
        silent=example(
            "An offer was taken a day before its end.",
            edition("camp-6"), enrollment("e-1"),
            step(
                "enrollment:e-1", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            step("enrollment:e-1", "offered", "enrolled", "2014-09-07 09:00"),
            as_of=at("2014-10-01 09:00"),
        ),
        boundary=example(
            "A minute before an offer ends it has not been answered; another one never ends.",
            edition("camp-6"), enrollment("e-1"), enrollment("e-2", participant_id="bo"),
            step(
                "enrollment:e-1", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            step("enrollment:e-2", "requested", "offered", "2014-09-01 09:00"),
            as_of=at("2014-09-08 08:59"),
        ),
    ),
    "answered-late": Examples(
        firing=fires(
            "An offer is taken at the minute at which it ends.",
            edition("camp-6"), enrollment("e-1"),
            step(
                "enrollment:e-1", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            step("enrollment:e-1", "offered", "enrolled", "2014-09-08 09:00"),
        ),
        silent=example(
            "An offer without an end is taken a month later.",
            edition("camp-6"), enrollment("e-1"),
            step("enrollment:e-1", "requested", "offered", "2014-09-01 09:00"),
            step("enrollment:e-1", "offered", "enrolled", "2014-10-01 09:00"),
        ),
        boundary=example(
            "An offer is taken a minute before it ends; another one is declined after its end.",
            edition("camp-6"), enrollment("e-1"), enrollment("e-2", participant_id="bo"),
            step(
                "enrollment:e-1", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            step("enrollment:e-1", "offered", "enrolled", "2014-09-08 08:59"),
            step(
                "enrollment:e-2", "requested", "offered", "2014-09-01 09:00",
                expires_at=at("2014-09-08 09:00"),
            ),
            step("enrollment:e-2", "offered", "declined", "2014-09-09 09:00"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
