"""Fixes: each one that is offered was tried, helps, and harms nothing."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.catalog.fixes.drafts import Draft, cite_noun, fresh_id
from mic_core.catalog.fixes.fix import DRAFTERS, fixes, verified_fixes
from mic_core.model import (
    Assignment,
    Attendance,
    Edition,
    Enrollment,
    Module,
    Noun,
    Retraction,
    Room,
    Seats,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    R2,
    assignment,
    at,
    attendance,
    availability,
    center,
    days,
    edition,
    heads,
    module,
    organization,
    partnership,
    person,
    program,
    room,
    session,
    step,
)
from tests.catalog.fixes.tried import assert_helps, offered, said

ALL = {code: trio for theme in THEMES.values() for code, trio in theme.items()}
EVENING, LATER = "2014-09-10 18:00", "2014-09-10 19:00"
LAB = room("r-3", seats=40, name="Big lab", features=("projector",))


@pytest.mark.parametrize("code", [code for code, trio in ALL.items() if trio.rule is None])
def test_what_is_offered_helps(code: str) -> None:
    """Each fix of a firing example takes the finding away; rules without a drafter have none."""
    example = ALL[code].firing
    portfolio = Portfolio.of(*example.nouns)
    for finding in check(portfolio, as_of=example.as_of).of(code):
        found = fixes(portfolio, finding, as_of=example.as_of)
        for fix in found:
            assert_helps(portfolio, finding, fix, example.as_of)
        assert code in DRAFTERS or found == ()


def test_each_drafter_belongs_to_a_rule() -> None:
    """Fixes are drafted for rules of the catalog only."""
    assert set(DRAFTERS) <= {rule.entry.code for rule in CATALOG}


def test_a_session_entered_twice_is_taken_back_once() -> None:
    """Of two that are one, that with attendance stays."""
    twice = (session("s-1", EVENING), session("s-2", EVENING), attendance("w-1", session_id="s-2"))
    (fix,) = offered("duplicate-session", MIC, person("ada"), *twice)
    assert str(fix) == "keep session:s-2 and take back session:s-1"
    back = Retraction(id="session-s-1", subject="session:s-1", reason="entered twice")
    assert fix.changes == (back,)
    assert fix.replaces == (twice[0],)


def test_the_people_of_a_session_entered_twice_are_taken_back_with_it() -> None:
    """Its assignments go with it, and those of the session that is kept stay."""
    twice = [session(id, EVENING) for id in ("s-1", "s-2")]
    people = [Assignment(id=each.id, session_id=each.id, person_id="ada") for each in twice]
    first, _ = offered("duplicate-session", MIC, person("ada"), *twice, *people)
    assert [each.subject for each in first.changes if isinstance(each, Retraction)] == [
        "session:s-2",
        "assignment:s-2",
    ]
    assert first.replaces == (twice[1], people[1])


def test_two_sessions_with_people_are_left_to_people() -> None:
    """Of two duplicate sessions with attendance at both, none is taken back."""
    held = session("s-2", EVENING, status="held")
    twice = (session("s-1", EVENING), held, heads("h-1"))
    assert offered("duplicate-session", MIC, *twice) == []


def test_a_duplicate_with_seats_is_left_to_people() -> None:
    """A session that somebody is enrolled into is not taken back; the other one is."""
    twice = (session("s-1", EVENING), session("s-2", EVENING))
    seat = Enrollment(id="e-1", into="s-1", participant_id="ada")
    found = offered("duplicate-session", MIC, person("ada"), *twice, seat)
    assert said(found) == ["keep session:s-1 and take back session:s-2"]


def test_a_session_is_cancelled_at_the_instant_asked_for() -> None:
    """With an instant, cancelling is a transition; without one, the session never was."""
    example, now = ALL["occurrence-twice"].firing, at("2014-09-01 09:00")
    first, second = offered("occurrence-twice", *example.nouns, as_of=now)
    assert said([first, second]) == [
        "keep session:s-1 and cancel session:s-2",
        "keep session:s-2 and cancel session:s-1",
    ]
    (cancelled,) = first.changes
    assert isinstance(cancelled, Transition)
    assert (cancelled.subject, cancelled.after) == ("session:s-2", "cancelled")
    assert cancelled.effective_at == now
    never, _ = offered("occurrence-twice", *example.nouns)
    (changed,) = never.changes
    assert (cite_noun(changed), never.replaces) == ("session:s-2", (example.nouns[-1],))
    assert isinstance(changed, Session)
    assert changed.status == "cancelled"


def test_a_free_room_is_found() -> None:
    """Two in one room: each could move to each other room that is free, large and equipped."""
    taken = session("s-3", EVENING, room_id="r-2")
    two = (
        session("s-1", EVENING, room_id="r-1", needs=("projector",)),
        session("s-2", LATER, title="Other", room_id="r-1"),
    )
    r1 = room("r-1", features=("projector",))
    found = offered("room-overlap", MIC, r1, R2, LAB, taken, *two)
    assert said(found)[:2] == ["put session:s-1 into room:r-3", "put session:s-2 into room:r-3"]
    (moved,) = found[0].changes
    assert isinstance(moved, Session)
    assert (moved.room_id, moved.revision) == ("r-3", 1)


def test_a_cancelled_session_takes_no_room() -> None:
    """A room is free where what was in it is cancelled, at another time, or fits beside."""
    others = (
        session("s-3", EVENING, room_id="r-2", status="cancelled"),
        session("s-4", "2014-09-11 18:00", room_id="r-2"),
        session("s-5", room_id="r-2"),
    )
    two = (session("s-1", EVENING, room_id="r-1"), session("s-2", LATER, room_id="r-1"))
    found = offered("room-overlap", MIC, R1, R2, *others, *two)
    assert said(found)[:2] == ["put session:s-1 into room:r-2", "put session:s-2 into room:r-2"]


@pytest.mark.parametrize(
    ("code", "nouns"),
    [
        ("room-seats", (R1, session("s-1", EVENING, room_id="r-1", expected=30))),
        ("room-features", (R1, session("s-1", EVENING, room_id="r-1", needs=("projector",)))),
        (
            "room-elsewhere",
            (
                center("namur"), room("r-9", center_id="namur"),
                session("s-1", EVENING, room_id="r-9"),
            ),
        ),
        ("seats-beyond-room", (R1, session("s-1", room_id="r-1", seats=Seats(in_person=30)))),
        ("unplaced", (session("s-1", EVENING),)),
        (
            "unavailability",
            (
                R1, session("s-1", EVENING, room_id="r-1"),
                availability("paint", period=days("2014-09-08", "2014-09-12")),
            ),
        ),
    ],
)  # fmt: skip
def test_a_room_that_suits_is_found(code: str, nouns: tuple[Noun, ...]) -> None:
    """A suitable room is offered for every rule about rooms."""
    found = offered(code, MIC, LAB, *nouns)
    assert "put session:s-1 into room:r-3" in said(found)


def test_what_is_online_leaves_its_room() -> None:
    """The room is given back, and that is said."""
    online = session("s-1", "2014-09-10 18:00", mode="online", room_id="lab")
    (fix, *_) = offered("online-with-room", MIC, room("lab"), online)
    assert said([fix]) == ["take session:s-1 out of its room"]


def test_no_more_are_offered_than_asked_for() -> None:
    """At most `most` fixes are returned, and none for 0."""
    rooms: list[Room] = [room(f"r-{n}") for n in range(9)]
    assert len(offered("unplaced", MIC, session("s-1", EVENING), *rooms, most=3)) == 3
    assert offered("unplaced", MIC, session("s-1", EVENING), *rooms, most=0) == []


def test_somebody_else_gives_the_session() -> None:
    """One of two sessions at once goes to another trainer of its module."""
    trained: Module = module("pitching", trainers=("ada", "bo", "cy"))
    two = (
        session("s-1", EVENING, module_id="pitching"),
        session("s-2", LATER, title="Other", mode="online"),
    )
    people = tuple(person(id, name=f"Person {id}") for id in ("ada", "bo", "cy"))
    given = (
        assignment("a-1"), assignment("a-2", session_id="s-2"),
        assignment("a-3", person_id="bo", role="assistant"),
    )  # fmt: skip
    found = offered(
        "person-overlap", MIC, program("camp", modules=(trained,)), *people, *two, *given
    )
    first, *others = said(found)
    assert first == "let person:cy give session:s-1"
    assert all(each.startswith("move ") for each in others)


def test_one_who_qualifies_leads() -> None:
    """A lead who is no trainer of the module is replaced by a trainer who is free."""
    trained: Module = module("pitching", trainers=("bo", "cy"))
    people = tuple(person(id, name=f"Person {id}") for id in ("ada", "bo", "cy"))
    evenings = (
        session("s-1", EVENING, module_id="pitching"), session("s-2", LATER, title="Other"),
        assignment("a-1"), assignment("a-2", session_id="s-2", person_id="bo"),
    )  # fmt: skip
    camp = program("camp", modules=(trained,))
    found = offered("unqualified-trainer", MIC, camp, *people, *evenings)
    assert said(found) == ["let person:cy give session:s-1"]


def test_minutes_are_cut() -> None:
    """Minutes beyond a session are cut to its length, rounded up."""
    short = session("s-1", length=timedelta(minutes=44, seconds=1), slot=None)
    (fix,) = offered("minutes-beyond", MIC, person("ada"), short, attendance("w-1", minutes=60))
    (capped,) = fix.changes
    assert isinstance(capped, Attendance)
    assert capped.minutes == 45


def test_a_misspelt_id_is_corrected() -> None:
    """The nearest id is offered; none besides, where the field may be left out."""
    rooms = (room("montoyer"), room("atelier"))
    found = offered("dangling-reference", MIC, *rooms, session("s-1", room_id="montoyr"))
    assert said(found) == [
        "let session:s-1 name montoyer as its room_id",
        "let session:s-1 name none as its room_id",
    ]


def test_a_misspelt_id_among_several_is_corrected() -> None:
    """One of several ids is replaced, or taken away where something is left over."""
    invited = session("s-1", audience=("camp-7", "campp-6"))
    camps = (program("camp"), edition("camp-6"), edition("camp-7", number=7))
    found = offered("dangling-reference", MIC, *camps, invited)
    assert said(found) == [
        "let session:s-1 name camp-6 as its audience[1]",
        "let session:s-1 name none as its audience[1]",
    ]
    assert [each.changes[0].audience for each in found if isinstance(each.changes[0], Session)] == [
        ("camp-6", "camp-7"),
        ("camp-7",),
    ]


def test_a_misspelt_citation_is_corrected() -> None:
    """In a citation with its kind the id is corrected as well."""
    away = availability("paint", subject="room:montoyr", period=days("2014-09-08", "2014-09-12"))
    (fix,) = offered("dangling-reference", MIC, room("montoyer"), away)
    assert fix.changes == (attrs.evolve(away, subject="room:montoyer"),)


@pytest.mark.parametrize(
    "noun",
    [
        program("camp", modules=(module("pitching", requires=("pitchin",)),)),
        attendance("w-1"),
    ],
    ids=["deep inside", "nothing near"],
)
def test_not_every_reference_can_be_corrected(noun: Noun) -> None:
    """An id deep inside a value, or one that looks like no other, is left to people."""
    assert offered("dangling-reference", MIC, noun, session("evening")) == []


def test_what_must_name_something_is_not_emptied() -> None:
    """The last of several ids is not taken away where one is needed."""
    orphan = partnership("p-1", organization_id="atelier", supports=("nowhere",))
    assert "none" not in "".join(
        said(offered("dangling-reference", MIC, organization("atelier"), orphan))
    )


def test_editions_are_renumbered() -> None:
    """All but one get the next free numbers."""
    camps = (edition("camp-6"), edition("camp-6-bis"), edition("camp-7", number=7))
    found = offered("edition-number", MIC, program("camp"), *camps)
    assert said(found)[0] == "let edition:camp-6 be number 6, and number the others from 8 on"
    (renumbered,) = found[0].changes
    assert isinstance(renumbered, Edition)
    assert renumbered.number == 8
    third = edition("camp-6-ter")
    several = offered("edition-number", MIC, program("camp"), *camps, third)[0].changes
    numbers = {each.id: each.number for each in several if isinstance(each, Edition)}
    assert numbers == {"camp-6-bis": 8, "camp-6-ter": 9}


def test_a_finding_that_is_not_there_has_no_fix() -> None:
    """A finding of another portfolio, or of rules that are not asked, cannot be mended here."""
    example = ALL["minutes-beyond"].firing
    portfolio = Portfolio.of(*example.nouns)
    (finding,) = check(portfolio).of("minutes-beyond")
    assert fixes(Portfolio.of(), finding) == ()
    assert fixes(portfolio, finding, rules=()) == ()
    assert len(fixes(portfolio, finding)) == 1


def test_a_fix_that_brings_an_error_is_not_offered() -> None:
    """A draft that brings a new error, or no legal history, is tried and left out."""
    example = ALL["minutes-beyond"].firing
    portfolio = Portfolio.of(*example.nouns)
    (finding,) = check(portfolio).of("minutes-beyond")
    capped = attendance("w-1", minutes=1)
    tries: dict[str, tuple[Noun, ...]] = {
        "an error": (capped, attendance("w-2", minutes=1)),
        "no history": (capped, step("session:nowhere", "planned", "held", EVENING)),
        "no better": (attendance("w-1", minutes=200),),
        "elsewhere": (attendance("w-1", person_id="bo", minutes=181),),
    }

    def drafter(*_: object) -> list[Draft]:
        old = (portfolio.get(Attendance, "w-1"),)
        return [
            Draft(sentence=words, changes=nouns, replaces=old) for words, nouns in tries.items()
        ]

    assert list(verified_fixes(drafter, portfolio, finding, None, CATALOG)) == []


def test_a_fix_is_recorded_after_what_is_known() -> None:
    """A portfolio with a later history than `as_of` can still be mended."""
    example = ALL["minutes-beyond"].firing
    portfolio = Portfolio.of(*example.nouns[:1])
    later = portfolio.record(*example.nouns[1:], recorded_at=datetime(2030, 1, 1, tzinfo=UTC))
    now = datetime(2014, 10, 1, tzinfo=UTC)
    (finding,) = check(later, as_of=now).of("minutes-beyond")
    (fix,) = fixes(later, finding, as_of=now)
    assert later.record(fix, recorded_at=datetime(2030, 1, 1, tzinfo=UTC)) != later


def test_a_fix_has_a_look() -> None:
    """A fix is its sentence, as text and in a notebook."""
    example = ALL["minutes-beyond"].firing
    portfolio = Portfolio.of(*example.nouns)
    (finding,) = check(portfolio).of("minutes-beyond")
    (fix,) = fixes(portfolio, finding)
    assert str(fix) == "count 180 minutes in attendance:w-1"
    assert fix._repr_html_() == f"<p>{fix}</p>"  # pyright: ignore[reportPrivateUsage]


def test_new_ids_are_free_and_fit() -> None:
    """An id that is taken is numbered, and never longer than ids can be."""
    stem = "x" * 64
    portfolio = Portfolio.of(room(stem), room("r-1"), room("r-1-2"))
    assert fresh_id(portfolio, Room, "r-1") == "r-1-3"
    assert fresh_id(portfolio, Room, stem + "y") == "x" * 62 + "-2"


def test_a_misspelt_word_is_replaced() -> None:
    """The fix writes the documented word, also in a module, and the finding names both words."""
    two = (module("m-1", kind="talk"), module("m-2", kind="trainning"))
    (fix,) = offered("misspelt-word", program("camp", modules=two))
    assert str(fix) == "let modules[1].kind of program:camp be training"
    assert fix.changes == (
        program("camp", modules=(two[0], attrs.evolve(two[1], kind="training"))),
    )
    (fix,) = offered("misspelt-word", MIC, session("s-1", kind="workshops"))
    assert str(fix) == "let kind of session:s-1 be workshop"
    assert fix.changes == (session("s-1", kind="workshop", revision=1),)


def test_the_smallest_room_that_will_do_is_offered_first() -> None:
    """Rooms come by their size; what has no slot yet may go where somebody else is."""
    rooms = (
        R1, room("r-0", seats=None), room("r-2", seats=90), room("r-3", seats=60),
        room("r-4", seats=60),
    )  # fmt: skip
    other = session("s-9", EVENING, room_id="r-3")
    tight = session("s-1", room_id="r-1", seats=Seats(in_person=50))
    assert said(offered("seats-beyond-room", MIC, *rooms, other, tight))[:4] == [
        f"put session:s-1 into room:r-{n}" for n in (3, 4, 2, 0)
    ]
