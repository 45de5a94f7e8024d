"""Whatever is given to whichever public function or class, it answers, or refuses in our words.

What is walked is the public face itself, so that nothing new is forgotten; the verbs of scheduling
have tests of their own.
"""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any, get_origin
from unittest.mock import MagicMock, Mock
from zoneinfo import ZoneInfo

import attrs
import pytest

import mic_core as mic


class Nameless(tzinfo):
    """A zone without a name."""

    def tzname(self, dt: datetime | None, /) -> None:
        return None


class RaisingZone(Nameless):
    """A zone that breaks down when it is asked."""

    def utcoffset(self, dt: datetime | None, /) -> timedelta:
        raise RuntimeError

    def dst(self, dt: datetime | None, /) -> timedelta:
        raise RuntimeError


class OddZone(Nameless):
    """A zone that answers nonsense."""

    def utcoffset(self, dt: datetime | None, /) -> Any:
        return "two hours"

    def dst(self, dt: datetime | None, /) -> None:
        return None


class FarZone(OddZone):
    """A zone two days away."""

    def utcoffset(self, dt: datetime | None, /) -> timedelta:
        return timedelta(days=2)


def _raise(*_: object, **__: object) -> Any:
    raise RuntimeError


def _raising(base: Any, *names: str) -> Any:
    """A class of values that raise in whatever is done with them."""
    always = ("__eq__", "__lt__", "__str__", "__repr__", "__bool__", *names)
    made = {**dict.fromkeys(always, _raise), "__hash__": base.__hash__}
    return type(f"Raising{base.__name__}", (base,), made)


_SEVERAL = ("__len__", "__iter__", "__getitem__", "__contains__")
Text = _raising(str, *_SEVERAL, "isspace", "strip", "split", "encode")
Number = _raising(int, "__int__", "__index__", "__le__", "__ge__", "bit_length")
Listed = _raising(list, *_SEVERAL)
Mapped = _raising(dict, *_SEVERAL, "items", "keys", "values")
Moment = _raising(datetime, "utcoffset", "astimezone", "replace", "date", "time", "toordinal")


def _deep(levels: int) -> list[Any]:
    held: list[Any] = []
    for _ in range(levels):
        held = [held]
    return held


NOW = datetime(2014, 9, 10, 16, tzinfo=UTC)
SLOT = mic.Slot(NOW, NOW + timedelta(hours=1))
HOSTILE: dict[str, Any] = {
    "nothing": None, "3": 3, "-1": -1, "10**400": 10**400, "True": True, "x": "x", "no text": "",
    "a zero byte": "\0", "half a pair": "\ud800", "turned": "\u202ea", "unseen": "\u200b",
    "1.5": 1.5, "not a number": float("nan"), "no decimal": Decimal("NaN"),
    "a signal": Decimal("sNaN"), "bytes": b"x", "an object": object(), "a noun": mic.Room,
    "a class of rules": mic.RoomOverlap, "a list": [3], "no list": [], "a mapping": {3: 3},
    "a set": {1, "a"}, "pairs": (("a", 1),), "a mock": Mock(), "a mock of text": Mock(spec=str),
    "a magic mock": MagicMock(), "a raising text": Text("abc"), "a raising number": Number(5),
    "a raising list": Listed([1]), "a raising mapping": Mapped(a=1), "very deep": _deep(100_000),
    "a raising moment": Moment(2014, 9, 10, tzinfo=UTC), "naive": NOW.replace(tzinfo=None),
    "in a raising zone": NOW.replace(tzinfo=RaisingZone()), "a day": date.max,
    "in an odd zone": NOW.replace(tzinfo=OddZone()), "far": NOW.replace(tzinfo=FarZone()),
    "the first moment": datetime.min.replace(tzinfo=UTC), "a clock": time(2, tzinfo=RaisingZone()),
    "the last moment": datetime.max.replace(tzinfo=UTC), "ever": timedelta.max, "a slot": SLOT,
    "a zone": ZoneInfo("Europe/Brussels"), "a portfolio": mic.Portfolio.of(),
    "a day long": timedelta(days=1), "a period": mic.Period(), "a function": _deep,
}  # fmt: skip

KNOWN = mic.Portfolio.of(
    mic.Center(id="c", name="MIC", country="BE", time_zone="Europe/Brussels"),
    mic.Person(id="a", name="Ada"),
)
FINDING = mic.Finding(code="x", severity="error", subjects=(), message="m")
SOUND: dict[str, Any] = {
    "portfolio": KNOWN, "before": KNOWN, "after": KNOWN, "scope": "c", "person": "a",
    "subject": "session:s", "finding": FINDING, "day": date(2014, 9, 10), "clock": time(18),
    "place": ZoneInfo("Europe/Brussels"), "week": range(5), "start": date(2014, 9, 10),
    "rule": mic.Recurrence(frequency="daily", count=3), "end": date(2014, 9, 11), "starts": [1],
    "ends": [2], "statements": [], "within": (1, 2), "n": 1, "level": "hard", "law": "A law.",
    "recorded_at": NOW, "document": "{}", "name": "Europe/Brussels",
}  # fmt: skip

ELSEWHERE = set(
    "Agenda BeforeAfter Comparison Plan Score Suggestion Reasons Repair Infeasibility agenda "
    "before_after compare plan score suggest why_not repair explain_infeasible cite".split()
)
"""Verbs of scheduling and their results; `cite` writes what it is given."""

VALUES = (
    KNOWN, SLOT, mic.Period(), mic.WeeklyHours.parse("Mo-Fr 09:00-18:00"), mic.check(KNOWN),
    mic.Policy(severities={"over-seats": "off"}), mic.Recurrence(frequency="daily", count=3),
    mic.Waiver(code="x", reason="We know.", until=NOW), mic.head_count(KNOWN), FINDING,
    mic.claims(KNOWN), mic.diff(KNOWN, KNOWN), mic.Section("Who came", ["Nobody."]),
)  # fmt: skip


def _methods(holder: object, names: list[str]) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in names:
        found: object = getattr(holder, name)
        if not name.startswith("_") and callable(found):
            yield name, found


def _public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions and classes, class methods, and the methods of some values."""
    for name in mic.__all__:
        found: Any = getattr(mic, name)
        if name in ELSEWHERE or not callable(found) or get_origin(found) is not None:
            continue
        if not isinstance(found, type):
            yield name, found
        elif attrs.has(found):
            yield name, found
            made = [each for each, of in vars(found).items() if isinstance(of, classmethod)]
            yield from ((f"{name}.{each}", method) for each, method in _methods(found, made))
    for value in VALUES:
        for each, method in _methods(value, dir(value)):
            yield f"a {type(value).__name__}: {each}", method


PUBLIC = dict(_public())


def _calls(asked: Callable[..., Any]) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Calls of a function in which one argument after the other is hostile, and the rest sound."""
    parameters = [*inspect.signature(asked).parameters.values()]
    required = [each for each in parameters if each.default is each.empty]
    for told, value in HOSTILE.items():
        for one in parameters:
            given = {each: value if each is one else SOUND.get(each.name, "x") for each in required}
            several = (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            listed = [
                given[each]
                for each in required
                if each.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
            ]
            named = {each.name: given[each] for each in required if each.kind == one.KEYWORD_ONLY}
            if one.kind in several:
                listed += [value] if one.kind == one.VAR_POSITIONAL else []
                named |= {"zz": value} if one.kind == one.VAR_KEYWORD else {}
            elif one not in required:
                named[one.name] = value
            yield f"{one.name}: {told}", listed, named


@pytest.mark.parametrize("name", PUBLIC)
def test_hostile_arguments(name: str) -> None:
    """One argument after the other is hostile: there is an answer, or an error that says why."""
    asked = PUBLIC[name]
    tried = 0
    for told, listed, named in _calls(asked):
        tried += 1
        try:
            answer = asked(*listed, **named)
            if inspect.isgenerator(answer):
                list(islice(answer, 3))
        except mic.MicError as error:
            assert str(error), told
        except Exception as error:
            message = f"{name}({told}) raised {type(error).__name__}"
            raise AssertionError(message) from error
    assert tried == len(HOSTILE) * len(inspect.signature(asked).parameters)


@pytest.mark.parametrize("zone", [RaisingZone(), OddZone(), FarZone()])
def test_a_zone_that_breaks_down_is_told(zone: tzinfo) -> None:
    """A zone that raises, or answers nonsense, is a problem of the field, with what mends it."""
    moment = NOW.replace(tzinfo=zone)
    with pytest.raises(mic.InvariantError) as caught:
        mic.Consent(
            id="c", person_id="p", purpose="news", text_version="1", status="granted", at=moment
        )
    (problem,) = caught.value.problems
    assert problem.path == "at"
    assert "its tzinfo raises" in problem.mend
    assert "give a zone, such as datetime.UTC" in problem.mend
    with pytest.raises(mic.InvariantError, match=r"^check: 1 problem\n  as_of: must be a date"):
        mic.check(KNOWN, as_of=moment)
    with pytest.raises(mic.InvariantError, match="start: must be in a zone of the IANA"):
        mic.Slot(moment, moment)
