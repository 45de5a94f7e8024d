"""Examples of the rules about programs, editions and the sessions of their modules."""

from collections.abc import Mapping
from datetime import timedelta

from mic_core.model import Seats
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    assignment,
    at,
    edition,
    enrolled,
    module,
    program,
    room,
    session,
    slot,
    step,
)

_CAMP = program("camp", modules=(module("pitching", count=2),))
_TAUGHT = program("camp", modules=(module("pitching", trainers=("bo",)),))
_SUMMER = 60 * 24 * 90

EDITIONS: Mapping[str, Examples] = {
    "edition-number": Examples(
        firing=fires(
            "Two editions of the Boostcamp in Brussels are called the sixth.",
            edition("camp-6"), edition("camp-6-bis"),
        ),
        silent=example(
            "The sixth edition is followed by the seventh.",
            edition("camp-6"), edition("camp-7", number=7),
        ),
        boundary=example(
            "The first attempt at a sixth edition was cancelled.",
            edition("camp-6"), edition("camp-6-bis", status="cancelled"),
        ),
    ),
    "min-seats": Examples(
        firing=fires(
            "A camp needs twelve persons to run and has ten seats.",
            edition("camp-6", seats=Seats(in_person=10), min_seats=12),
        ),
        silent=example(
            "A camp that needs twelve persons has ten seats on site and ten online.",
            edition("camp-6", seats=Seats(in_person=10, online=10), min_seats=12),
        ),
        boundary=example(
            "A camp runs only if all of its ten seats are taken.",
            edition("camp-6", seats=Seats(in_person=10), min_seats=10),
        ),
    ),
    "seats-beyond-rooms": Examples(
        firing=fires(
            "A camp offers thirty seats on site, and the only room of the center has twenty.",
            MIC, R1, edition("camp-6", seats=Seats(in_person=30)),
        ),
        silent=example(
            "A camp offers sixteen seats on site and thirty online; so does one without any room.",
            MIC, R1, edition("camp-6", seats=Seats(in_person=16, online=30)),
            edition("lab-1", center_id="lab", seats=Seats(in_person=30)),
        ),
        boundary=example(
            "A camp offers all twenty seats of the larger room.",
            MIC, R1, room("r-2", seats=5), edition("camp-6", seats=Seats(in_person=20)),
        ),
    ),
    "application-window": Examples(
        firing=fires(
            "One can apply until a day after the last evening.",
            MIC, edition("camp-6", application_window=slot("2014-12-01 00:00", 60 * 24 * 18)),
        ),
        silent=example(
            "One can apply during the summer before.",
            MIC, edition("camp-6", application_window=slot("2014-06-01 00:00", _SUMMER)),
        ),
        boundary=example(
            "One can apply until midnight of the last day.",
            MIC, edition("camp-6", application_window=slot("2014-12-01 00:00", 60 * 24 * 17)),
        ),
    ),
    "too-few-enrolled": Examples(
        firing=fires(
            "A camp that needs two persons begins with one, and the second comes a week later.",
            MIC, edition("camp-6", min_seats=2), enrolled("e-1"),
            enrolled("e-2", "2014-09-17 18:00", participant_id="bo"),
            as_of=at("2014-09-20 09:00"),
        ),
        silent=example(
            "A camp that needs two persons begins with a venture that sends two.",
            MIC, edition("camp-6", min_seats=2), enrolled("e-1", places=2),
            as_of=at("2014-09-20 09:00"),
        ),
        boundary=example(
            "The second person is enrolled at the very instant at which the camp begins.",
            MIC, edition("camp-6", min_seats=2), enrolled("e-1"),
            enrolled("e-2", "2014-09-10 00:00", participant_id="bo"),
            as_of=at("2014-09-20 09:00"),
        ),
    ),
    "edition-still-draft": Examples(
        firing=fires(
            "On its first day a camp has never been opened.",
            MIC, edition("camp-6", status="draft"), as_of=at("2014-09-10 09:00"),
        ),
        silent=example(
            "A camp was opened in June.",
            MIC, edition("camp-6", status="draft"),
            step("edition:camp-6", "draft", "open", "2014-06-02 09:00"),
            as_of=at("2014-09-10 09:00"),
        ),
        boundary=example(
            "A minute before its first day a camp is a draft.",
            MIC, edition("camp-6", status="draft"), as_of=at("2014-09-09 23:59"),
        ),
    ),
    "edition-still-open": Examples(
        firing=fires(
            "At midnight after its last day a camp is open.",
            MIC, edition("camp-6"), as_of=at("2014-12-18 00:00"),
        ),
        silent=example(
            "A camp was completed the day after the last evening.",
            MIC, edition("camp-6"),
            step("edition:camp-6", "open", "completed", "2014-12-18 10:00"),
            as_of=at("2014-12-20 09:00"),
        ),
        boundary=example(
            "A minute before midnight of its last day a camp is open.",
            MIC, edition("camp-6"), as_of=at("2014-12-17 23:59"),
        ),
    ),
    "completed-early": Examples(
        firing=fires(
            "A camp is completed on the eve of its last day.",
            MIC, edition("camp-6"),
            step("edition:camp-6", "open", "completed", "2014-12-16 23:59"),
        ),
        silent=example(
            "A camp is completed the day after the last evening.",
            MIC, edition("camp-6"),
            step("edition:camp-6", "open", "completed", "2014-12-18 10:00"),
        ),
        boundary=example(
            "A camp is completed on the evening of its last day.",
            MIC, edition("camp-6"),
            step("edition:camp-6", "open", "completed", "2014-12-17 21:00"),
        ),
    ),
    "cancelled-edition": Examples(
        firing=fires(
            "A camp is cancelled, and its first evening is still planned.",
            edition("camp-6", status="cancelled"),
            session("s-1", "2014-09-10 18:00", edition_id="camp-6"),
        ),
        silent=example(
            "A camp is cancelled, and its first evening with it.",
            edition("camp-6", status="cancelled"),
            session("s-1", "2014-09-10 18:00", edition_id="camp-6", status="cancelled"),
        ),
        boundary=example(
            "A camp is cancelled after its first evening, which was held.",
            edition("camp-6"),
            session("s-1", "2014-09-10 18:00", edition_id="camp-6", status="held"),
            step("edition:camp-6", "open", "cancelled", "2014-09-12 09:00"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

MODULES: Mapping[str, Examples] = {
    "missing-sessions": Examples(
        firing=fires(
            "Pitching takes two evenings, and the open camp has one of them.",
            _CAMP, edition("camp-6"),
            session("s-1", edition_id="camp-6", module_id="pitching"),
        ),
        silent=example(
            "A completed camp from before the records has no session at all.",
            _CAMP, edition("camp-6", status="completed"),
        ),
        boundary=example(
            "The camp has both evenings of pitching, one of them without a slot yet.",
            _CAMP, edition("camp-6"),
            session("s-1", "2014-12-03 18:00", edition_id="camp-6", module_id="pitching"),
            session("s-2", edition_id="camp-6", module_id="pitching"),
        ),
    ),
    "surplus-sessions": Examples(
        firing=fires(
            "Pitching takes two evenings, and the camp has three.",
            _CAMP, edition("camp-6"),
            *(
                session(f"s-{n}", edition_id="camp-6", module_id="pitching") for n in range(3)
            ),
        ),
        silent=example(
            "The third evening belongs to no module.",
            _CAMP, edition("camp-6"), session("s-3", edition_id="camp-6"),
            *(
                session(f"s-{n}", edition_id="camp-6", module_id="pitching") for n in range(2)
            ),
        ),
        boundary=example(
            "One of three evenings of pitching is cancelled.",
            _CAMP, edition("camp-6"),
            session("s-3", edition_id="camp-6", module_id="pitching", status="cancelled"),
            *(
                session(f"s-{n}", edition_id="camp-6", module_id="pitching") for n in range(2)
            ),
        ),
    ),
    "foreign-module": Examples(
        firing=fires(
            "An evening of the camp teaches a module of another program.",
            _CAMP, program("it-camp", modules=(module("azure"),)), edition("camp-6"),
            session("s-1", edition_id="camp-6", module_id="azure"),
        ),
        silent=example(
            "An evening of the camp teaches pitching.",
            _CAMP, edition("camp-6"), session("s-1", edition_id="camp-6", module_id="pitching"),
        ),
        boundary=example(
            "An evening of no edition teaches pitching to everybody.",
            _CAMP, session("s-1", module_id="pitching"),
        ),
    ),
    "module-length": Examples(
        firing=fires(
            "An evening of pitching lasts two hours instead of three.",
            _CAMP, session("s-1", minutes=120, module_id="pitching"),
        ),
        silent=example(
            "An evening of two hours belongs to no module.",
            _CAMP, session("s-1", minutes=120),
        ),
        boundary=example(
            "An evening of pitching lasts three hours, and a short one was cancelled.",
            _CAMP, session("s-1", length=timedelta(hours=3), module_id="pitching"),
            session("s-2", minutes=120, module_id="pitching", status="cancelled"),
        ),
    ),
    "unqualified-trainer": Examples(
        firing=fires(
            "Somebody leads an evening of a module that only somebody else teaches.",
            _TAUGHT, session("s-1", module_id="pitching"), assignment("a-1"),
        ),
        silent=example(
            "One who teaches the module leads the evening, with somebody else to assist.",
            _TAUGHT, session("s-1", module_id="pitching"), assignment("a-1", person_id="bo"),
            assignment("a-2", role="assistant"),
        ),
        boundary=example(
            "Anybody leads an evening of a module that names nobody, and one that was cancelled.",
            _CAMP, session("s-1", module_id="pitching"), assignment("a-1"),
            program("sprint", modules=(module("sales", trainers=("bo",)),)),
            session("s-2", module_id="sales", status="cancelled"),
            assignment("a-2", session_id="s-2"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
