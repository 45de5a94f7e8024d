"""Errors and all that they carry: nothing of the input, whatever way it came in."""

import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import mic_core as mic
from mic_core.chrono import WeeklyHours, available, overlapping
from mic_core.codec import converter, from_row, from_rows, load_scope, loads, to_row
from mic_core.codec.text import read_date, read_instant, read_moment
from mic_core.errors import MicError
from mic_core.model import Attendance, Person, Room
from tests.codec.documents import SAMPLE, holding

CANARY: Any = "Ada Lovelace-7b1"


class Raising(Mapping[str, Any]):
    """Data that raises an error with a text in it."""

    def __getitem__(self, key: str) -> Any:
        raise ValueError(CANARY)

    def __iter__(self) -> Iterator[str]:
        raise ValueError(CANARY)

    def __len__(self) -> int:
        return 1


class Odd(dict[str, Any]):
    """An object whose members raise when they are looked at."""

    def items(self) -> Any:
        raise ValueError(CANARY)

    def __contains__(self, key: object) -> bool:
        raise ValueError(CANARY)


def _two(_: str, __: str) -> Any:
    raise ValueError(CANARY)


TWO: Any = _two
SETTER: Any = Attendance
RAISING: Any = Raising()
MOMENT = datetime(2014, 1, 1, tzinfo=UTC)


ROOM: dict[str, Any] = {"id": "r", "center_id": "c", "name": CANARY, "seats": 1}
WAYS: dict[str, Callable[[], object]] = {
    "no JSON": lambda: loads(f"{SAMPLE}{CANARY}"),
    "cut off": lambda: loads(f'{{"name": "{CANARY}'),
    "a control character": lambda: loads(f'{{"name": "{CANARY}\n"}}'),
    "Latin-1": lambda: loads(f'"{CANARY}é"'.encode("latin-1")),
    "a surrogate": lambda: loads(f"{CANARY}\ud800"),
    "a wrong row": lambda: loads(holding(room=[{**ROOM, CANARY: 1}])),
    "a wrong value": lambda: loads(holding(room=[{**ROOM, "seats": CANARY}])),
    "too deep": lambda: loads(f'{"[" * 200}"{CANARY}"{"]" * 200}'),
    "a wrong instant": lambda: loads(holding(recorded_at=CANARY)),
    "a constructor": lambda: Person(id=CANARY, name=CANARY, attributes=CANARY),
    "hours": lambda: WeeklyHours.parse(CANARY),
    "a recurrence": lambda: mic.Recurrence.parse(f"FREQ={CANARY}"),
    "a date": lambda: read_date(CANARY),
    "an instant": lambda: read_instant(CANARY),
    "a moment": lambda: read_moment(f"2014-02-30T10:00:00+01:00[{CANARY[:3]}]"),
    "a zone": lambda: mic.Slot.at("2014-09-10", CANARY, CANARY, CANARY),
    "structuring": lambda: converter().structure({**ROOM, "seats": CANARY}, Room),
    "structuring a list": lambda: converter().structure([{**ROOM, "seats": CANARY}], list[Room]),
    "structuring what raises": lambda: converter().structure(Odd(ROOM), Room),
    "a row": lambda: from_row("room", {**ROOM, "seats": CANARY}),
    "a row that raises": lambda: from_row("room", Raising()),
    "a cell that raises": lambda: from_row("person", {"id": "p", "attributes": Odd(x=1)}),
    "rows": lambda: from_rows({"room": [{**ROOM, "recorded_at": CANARY, "seats": CANARY}]}),
    "rows that raise": lambda: from_rows(Raising()),
    "a JSON cell": lambda: from_row(Person, {"id": "p", "name": "x", "attributes": f"[{CANARY}"}),
    "a function of two": lambda: load_scope("mic", TWO),
    "statements": lambda: available(RAISING, within=(0, 1)),
    "no noun": lambda: to_row(CANARY),
    "a look-up": lambda: mic.Portfolio.of().get(Room, f"{CANARY} \x1b[31m" * 9),
    "a field": lambda: mic.Portfolio.of().where(Room, **{CANARY: 1}),
    "a value of a field": lambda: mic.Portfolio.of(Room(**ROOM)).where(Room, name=[CANARY]),
    "a record": lambda: mic.Portfolio.of().record(CANARY, recorded_at=MOMENT),
    "a pickle": lambda: SETTER.__setstate__(object.__new__(Attendance), {CANARY: CANARY}),
}


def _carried(error: BaseException | None) -> Iterator[BaseException]:
    """An error, its cause, its context, and theirs."""
    if error is not None:
        yield error
        yield from _carried(error.__cause__)
        yield from _carried(error.__context__)


@pytest.mark.parametrize("way", WAYS)
def test_no_error_carries_its_input(way: str) -> None:
    """Neither the message nor the causes, contexts and arguments of an error hold the input."""
    with pytest.raises(MicError) as caught:
        WAYS[way]()
    shown = [str(caught.value), *traceback.format_exception_only(caught.value)]
    for each in _carried(caught.value):
        shown += [str(each), repr(each.args), json.dumps(vars(each), default=str)]
    assert not [text for text in shown if CANARY[4:] in text or "\x1b" in text]


def test_an_id_is_quoted_by_a_look_up() -> None:
    """An id is no secret: a look-up names it, if it is one, and nothing longer or unclean."""
    with pytest.raises(mic.NotFound, match=r"^room:r-1 is not in the portfolio"):
        mic.Portfolio.of().get(Room, "r-1")
    with pytest.raises(mic.NotFound, match=r"^a room of that id is not in the portfolio"):
        mic.Portfolio.of().get(Room, "r-1\x1b[31m")
    with pytest.raises(mic.NotFound, match=r"^a room of that id is not in the portfolio"):
        mic.Portfolio.of().get(Room, "r" * 65)


def test_intervals_that_raise_are_refused_without_their_text() -> None:
    """The values of intervals that cannot be compared do not show up in the error."""
    with pytest.raises(MicError) as caught:
        list(overlapping([CANARY, 1], [2, 3]))
    assert [*_carried(caught.value)] == [caught.value]
