"""Examples of the rules about attendance and credentials."""

from collections.abc import Mapping

from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    assignment,
    at,
    attendance,
    credential,
    day,
    edition,
    enrolled,
    enrollment,
    heads,
    member,
    organization,
    session,
    step,
)

_EVENING = session("s-1", "2014-09-10 18:00", edition_id="camp-6")
_BY_CALL = edition("camp-6", admission="by_call")
_LEFT = step("enrollment:e-1", "enrolled", "withdrawn", "2014-09-10 18:00")
_COMPLETED = step("enrollment:e-1", "enrolled", "completed", "2014-12-18 10:00")

ATTENDANCE: Mapping[str, Examples] = {
    "present-without-seat": Examples(
        firing=fires(
            "Somebody was present at a camp to which one is admitted by a call, and had asked for "
            "a seat only.",
            _BY_CALL, _EVENING, enrollment("e-1"), attendance("w-1"),
        ),
        silent=example(
            "Two founders come for a venture that is enrolled and names no delegates.",
            _BY_CALL, _EVENING, organization("atelier"), enrolled("e-1", participant_id="atelier"),
            member("m-1"), member("m-2", person_id="bo"),
            attendance("w-1"), attendance("w-2", person_id="bo"),
        ),
        boundary=example(
            "At a camp by call a coach and an invited guest are present; at one that is open "
            "anybody.",
            _BY_CALL, edition("open"), _EVENING, session("s-2", audience=("bo", "camp-6")),
            session("s-3", edition_id="open"), assignment("c-1"),
            attendance("w-1"), attendance("w-2", session_id="s-2", person_id="bo"),
            attendance("w-3", session_id="s-3"),
        ),
    ),
    "present-after-leaving": Examples(
        firing=fires(
            "Somebody left in September and was present in October.",
            edition("camp-6"), session("s-1", "2014-10-01 18:00", edition_id="camp-6"),
            enrolled("e-1"), _LEFT, attendance("w-1"),
        ),
        silent=example(
            "Somebody left in September, and came in October to a session without a slot and to "
            "one that they helped to give.",
            edition("camp-6"), session("s-1", edition_id="camp-6"),
            session("s-2", "2014-10-01 18:00", edition_id="camp-6"),
            assignment("c-1", session_id="s-2"), enrolled("e-1"), _LEFT,
            attendance("w-1"), attendance("w-2", session_id="s-2"),
        ),
        boundary=example(
            "Somebody left a minute after the evening had begun, at which they were.",
            edition("camp-6"), session("s-1", "2014-09-10 17:59", edition_id="camp-6"),
            enrolled("e-1"), _LEFT, attendance("w-1"),
        ),
    ),
    "minutes-beyond": Examples(
        firing=fires(
            "Somebody was at an evening of three hours for 181 minutes.",
            _EVENING, attendance("w-1", minutes=181),
        ),
        silent=example(
            "Somebody was there for half an hour, of somebody else nobody measured it.",
            _EVENING, attendance("w-1", status="partial", minutes=30),
            attendance("w-2", person_id="bo"),
        ),
        boundary=example(
            "Somebody was at an evening of three hours for 180 minutes.",
            _EVENING, attendance("w-1", minutes=180),
        ),
    ),
    "present-too-early": Examples(
        firing=fires(
            "A minute before an evening somebody is said to have been there.",
            _EVENING, attendance("w-1"), as_of=at("2014-09-10 17:59"),
        ),
        silent=example(
            "A day before an evening somebody is excused.",
            _EVENING, attendance("w-1", status="excused"), as_of=at("2014-09-09 18:00"),
        ),
        boundary=example(
            "At the minute at which an evening begins somebody is there.",
            _EVENING, attendance("w-1"), as_of=at("2014-09-10 18:00"),
        ),
    ),
    "attendance-twice": Examples(
        firing=fires(
            "Of one person at one evening there are two records.",
            attendance("w-1"), attendance("w-2", status="absent"),
        ),
        silent=example(
            "Two persons were at one evening.",
            attendance("w-1"), attendance("w-2", person_id="bo"),
        ),
        boundary=example(
            "One person was at two evenings.",
            attendance("w-1"), attendance("w-2", session_id="s-2"),
        ),
    ),
    "present-at-cancelled": Examples(
        firing=fires(
            "An evening was cancelled, and somebody was there.",
            session("s-1", status="cancelled"), attendance("w-1"),
        ),
        silent=example(
            "An evening was held, and somebody was there.",
            session("s-1", status="held"), attendance("w-1"),
        ),
        boundary=example(
            "An evening was cancelled for which somebody had been excused.",
            session("s-1", status="cancelled"), attendance("w-1", status="excused"),
        ),
    ),
    "heads-below-known": Examples(
        firing=fires(
            "One head was counted, and two persons are known to have been there.",
            _EVENING, attendance("w-1"), attendance("w-2", person_id="bo"), heads("h-1", n=1),
        ),
        silent=example(
            "Heads were estimated below the number of known persons.",
            _EVENING, attendance("w-1"), attendance("w-2", person_id="bo"),
            heads("h-1", n=1, basis="estimated"),
        ),
        boundary=example(
            "Of two known persons one came online and one on site, where one head was counted.",
            _EVENING, attendance("w-1"), attendance("w-2", person_id="bo", mode="online"),
            heads("h-1", n=1),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

CREDENTIALS: Mapping[str, Examples] = {
    "credential-too-early": Examples(
        firing=fires(
            "One certificate is of the eve of the last day, one of the day before the exam.",
            MIC, edition("camp-6"), session("exam", "2014-11-07 13:00"),
            credential("c-1", earned_in="camp-6", issued_on=day("2014-12-16")),
            credential("c-2", earned_in="exam", issued_on=day("2014-11-06")), finds=2,
        ),
        silent=example(
            "A badge is given on the way, an award for something that has no end.",
            MIC, edition("camp-6"),
            credential("c-1", kind="badge", earned_in="camp-6", issued_on=day("2014-10-01")),
            credential("c-2", kind="award", earned_in="camp", issued_on=day("2014-10-01")),
        ),
        boundary=example(
            "A certificate is given on the last evening.",
            MIC, edition("camp-6"),
            credential("c-1", earned_in="camp-6", issued_on=day("2014-12-17")),
        ),
    ),
    "credential-unearned": Examples(
        firing=fires(
            "Somebody holds a certificate of a camp in which they are still enrolled.",
            edition("camp-6"), enrolled("e-1"), credential("c-1", earned_in="camp-6"),
        ),
        silent=example(
            "A venture holds a certificate of the camp that its founder has completed.",
            edition("camp-6"), enrolled("e-1"), _COMPLETED, member("m-1"),
            credential("c-1", holder_id="atelier", earned_in="camp-6"),
        ),
        boundary=example(
            "Somebody who has completed nothing has an award of the camp, and a certificate from "
            "elsewhere.",
            edition("camp-6"), enrolled("e-1"),
            credential("c-1", kind="award", earned_in="camp-6"), credential("c-2"),
        ),
    ),
    "credential-expired": Examples(
        firing=fires(
            "On the first day on which it does not count, a certificate is still listed.",
            MIC, edition("camp-6"),
            credential("c-1", earned_in="camp-6", expires_on=day("2016-12-18")),
            as_of=at("2016-12-18 00:00"),
        ),
        silent=example(
            "A certificate never expires.",
            credential("c-1"), as_of=at("2016-12-18 00:00"),
        ),
        boundary=example(
            "A minute before its last midnight a certificate counts.",
            MIC, edition("camp-6"),
            credential("c-1", earned_in="camp-6", expires_on=day("2016-12-18")),
            as_of=at("2016-12-17 23:59"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
