"""The family of errors: what they say, what they carry, and that they travel."""

import copy
import pickle

import pytest

from mic_core import errors
from mic_core.errors import (
    IllegalTransition,
    InvariantError,
    MicError,
    MissingExtra,
    NotFound,
    ParseError,
    Problem,
    StaleProposal,
)

SEATS = Problem(path="seats", rule="must be a whole number", had="nothing", mend="give one")
NAME = Problem(path="name", rule="must be given")

ERRORS: list[tuple[MicError, str]] = [
    (
        InvariantError("Room", [SEATS]),
        "Room: 1 problem\n  seats: must be a whole number; had nothing; give one",
    ),
    (
        ParseError("document", iter([NAME, SEATS])),
        (
            "document: 2 problems\n  name: must be given\n"
            "  seats: must be a whole number; had nothing; give one"
        ),
    ),
    (
        IllegalTransition("session:s-1", "planned", "planned", iter(["cancelled", "held"])),
        (
            "session:s-1 is planned and cannot become planned; "
            "from planned it can become cancelled, held"
        ),
    ),
    (
        IllegalTransition("session:s-1", "held", "planned", []),
        "session:s-1 is held and cannot become planned; nothing follows held",
    ),
    (MissingExtra("fast", "orjson"), "this needs orjson: pip install 'mic_core[fast]'"),
    (NotFound("no room of that id"), "no room of that id"),
    (StaleProposal("the slot has changed"), "the slot has changed"),
]


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_messages(error: MicError, message: str) -> None:
    """Each error says what is wrong, where, and what can be done."""
    assert str(error) == message


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_errors_travel(error: MicError, message: str) -> None:
    """An error that was pickled or copied, as between processes, says and holds the same."""
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert str(other) == message
        assert vars(other) == vars(error)


@pytest.mark.parametrize(
    ("error", "usual"),
    [
        (InvariantError, ValueError),
        (ParseError, ValueError),
        (NotFound, LookupError),
        (MissingExtra, ImportError),
        (StaleProposal, MicError),
        (IllegalTransition, MicError),
    ],
)
def test_errors_are_of_one_family(error: type[Exception], usual: type[Exception]) -> None:
    """All are caught as MicError, and as the error of Python that is meant."""
    assert issubclass(error, MicError)
    assert issubclass(error, usual)
    assert MicError in vars(errors).values()


def test_an_error_holds_its_problems() -> None:
    """The problems are a tuple in their order, and the subject is named."""
    error = InvariantError("Room", iter([NAME, SEATS]))
    assert error.problems == (NAME, SEATS)
    assert error.subject == "Room"


@pytest.mark.parametrize(("count", "rest"), [(20, ""), (21, "1"), (1_001, "981"), (5_000, "4,980")])
def test_the_text_of_an_error_is_bounded(count: int, rest: str) -> None:
    """The first twenty problems are told one by one, the others counted; none is lost."""
    problems = [Problem(path=f"[{n}]", rule="must be given") for n in range(count)]
    for error in (ParseError("document", problems), InvariantError("Room", problems)):
        first, *lines = str(error).splitlines()
        assert first == f"{error.subject}: {count:,} problems"
        told = [f"  [{n}]: must be given" for n in range(20)]
        assert lines == told + ([f"  and {rest} more, in `problems`"] if rest else [])
        assert error.problems == tuple(problems)


def test_an_illegal_transition_holds_what_would_be_legal() -> None:
    """A caller can offer the statuses that may follow."""
    error = IllegalTransition("session:s-1", "planned", "lost", iter(["cancelled", "held"]))
    assert error.legal == ("cancelled", "held")
    assert (error.subject, error.before, error.after) == ("session:s-1", "planned", "lost")


def test_a_missing_extra_is_named() -> None:
    """A caller can tell which extra, and which library of it, is missing."""
    error = MissingExtra("fast", "orjson")
    assert (error.extra, error.library) == ("fast", "orjson")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (NAME, "name: must be given"),
        (SEATS, "seats: must be a whole number; had nothing; give one"),
        (Problem(path="", rule="must be text", had="nothing"), "must be text; had nothing"),
        (Problem(path="a", rule="must be text", mend="give it"), "a: must be text; give it"),
    ],
)
def test_problems_are_told_in_one_line(problem: Problem, text: str) -> None:
    """A problem tells what it knows, and leaves out what it does not."""
    assert str(problem) == text


@pytest.mark.parametrize(
    ("path", "seen"),
    [("start", "slot.start"), ("[2]", "slot[2]"), ("[2].id", "slot[2].id"), ("", "slot")],
)
def test_problems_are_seen_from_outside(path: str, seen: str) -> None:
    """The path of a problem grows by what holds the faulty value; nothing else changes."""
    problem = Problem(path=path, rule="must be given", had="nothing", mend="give it")
    assert problem.under("slot") == Problem(
        path=seen, rule="must be given", had="nothing", mend="give it"
    )
