"""Strategies for values of any checked class, from its field declarations and its laws.

A field is drawn from its declaration alone. A law relates several fields of one value; its repair
function changes the drawn fields so that the constructor accepts them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.fields import Field, fields_of
from mic_core.findings import Waiver
from mic_core.ids import cite, split
from mic_core.model import (
    NOUNS,
    TABLES,
    Attendance,
    Availability,
    Credential,
    Enrollment,
    Identity,
    Leaf,
    Measure,
    Module,
    Noun,
    Observation,
    Ownership,
    Program,
    Requirement,
    Review,
    Session,
    Support,
    Transition,
    Waitlist,
    Where,
)
from mic_core.model.expressions.measures import MEASURES
from mic_core.model.references import pointers
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule
from mic_core.testing.declared import Refer, Strategy, anything, values_of
from mic_core.testing.times import periods, recurrences, slots, weekly_hours

T = TypeVar("T")

Fields = dict[str, Any]


def values(cls: type[T], **fields: Any) -> SearchStrategy[T]:
    """Values of a noun, or of a class of values that nouns hold.

    Each field is drawn from all values that its declaration allows; many fields with a default keep
    it. Laws that relate several fields hold. `fields` are strategies for some fields, or values; a
    combination that the class refuses is not drawn. References may dangle.

    Raises TypeError for a class with a field that declares no shape, and for an unknown field.

    >>> from hypothesis import find
    >>> from mic_core.model import Room
    >>> find(values(Room, id="r", seats=st.integers(20, 40)), lambda room: room.seats > 30)
    Room(id='r', center_id='a', name='0', seats=31)
    """
    return class_values(cls, fields)


def nouns() -> SearchStrategy[Noun]:
    """Nouns of every kind, one at a time.

    >>> from hypothesis import find
    >>> find(nouns(), lambda noun: noun.id == "c").id
    'c'
    """
    return st.sampled_from(tuple(NOUNS.values())).flatmap(class_values)


def requirements() -> SearchStrategy[Requirement]:
    """Trees of conditions, a few levels deep."""

    def combined(parts: Strategy) -> SearchStrategy[Requirement]:
        several = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return (
            st.builds(Requirement, rule=st.sampled_from(("all_of", "any_of")), parts=several)
            | several.flatmap(_some_of)
            | st.builds(Requirement, rule=st.just("not_"), parts=st.tuples(parts))
        )

    return combined(st.recursive(class_values(Leaf), combined, max_leaves=6))


def measures() -> SearchStrategy[Measure]:
    """Measures of every class, with conditions; ratios nest two.

    >>> from hypothesis import find
    >>> from mic_core.model import RatioMeasure
    >>> find(measures(), lambda measure: isinstance(measure, RatioMeasure)).top
    CountMeasure(table='0')
    """
    return st.sampled_from(tuple(MEASURES.values())).flatmap(class_values)


def _some_of(parts: tuple[Any, ...]) -> SearchStrategy[Requirement]:
    count = st.integers(1, len(parts))
    return st.builds(Requirement, rule=st.just("n_of"), parts=st.just(parts), n=count)


_FEW = 1
"""Optional fields filled per noun of a coherent portfolio. A budget: keeps examples small."""

_NONE: Fields = {}
_KNOWN: dict[type[Any], Strategy] = {}
_FIELDS: dict[tuple[type[Any], str], Strategy] = {}
"""Caches of strategies, by class and by field: making one is slow, and it can be drawn again."""


def class_values(cls: type[T], given: Fields = _NONE, refer: Refer = anything) -> SearchStrategy[T]:
    """Values of a class, with some fields or their strategies given; `refer` draws references.

    The empty strategy if a required field has nothing to refer to.
    """
    if given or refer is not anything:
        return _made(cls, given, refer)
    if cls not in _KNOWN:
        _KNOWN[cls] = _OWN[cls]() if cls in _OWN else _made(cls, given, refer)
    return _KNOWN[cls]


def _made(cls: Any, given: Fields, refer: Refer) -> Strategy:
    """The strategy of a class: required fields, a subset of optional ones, then its law."""
    unknown = set(given).difference(field.name for field in fields_of(cls))
    if unknown:
        message = f"{cls.__name__} has no field {', '.join(sorted(unknown))}"
        raise TypeError(message)
    always: dict[str, Strategy] = {}
    sometimes: dict[str, Strategy] = {}
    for field in fields_of(cls):
        if field.name in given:
            if isinstance(given[field.name], SearchStrategy):
                always[field.name] = given[field.name]
        elif field.required:
            always[field.name] = _field(cls, field, refer)
        else:
            sometimes[field.name] = _field(cls, field, refer)
    if any(strategy.is_empty for strategy in always.values()):
        return st.nothing()
    names = tuple(name for name, each in sometimes.items() if not each.is_empty)
    filled = _subsets(names, len(names) if refer is anything else _FEW)
    return _built(_Recipe(cls, given, always, sometimes, filled))


@attrs.frozen(eq=False, repr=False)
class _Recipe:
    """The parts of a strategy of one class. Hypothesis prints its name, not all strategies."""

    cls: Any
    given: Fields
    always: Mapping[str, Strategy]
    sometimes: Mapping[str, Strategy]
    filled: SearchStrategy[list[str]]

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        printer.text(self.cls.__name__)


@cache
def _subsets(names: tuple[str, ...], most: int) -> SearchStrategy[list[str]]:
    """Subsets of the optional fields, which are drawn instead of keeping their defaults."""
    return st.lists(st.sampled_from(names), max_size=most, unique=True) if names else st.just([])


def _field(cls: Any, field: Field, refer: Refer) -> Strategy:
    """The strategy of a field; cached if its references may lead anywhere."""
    key = (cls, field.name)
    if key in _USUAL:
        return _USUAL[key]
    if refer is not anything and any(name == field.name for name, _ in pointers(cls)):
        return values_of(field.shape, partial(_inner, refer), refer)
    if key not in _FIELDS:
        _FIELDS[key] = values_of(field.shape, class_values)
    return _FIELDS[key]


def _inner(refer: Refer, cls: type[Any]) -> Strategy:
    return class_values(cls) if cls in _OWN else class_values(cls, refer=refer)


@st.composite
def _built(draw: DrawFn, recipe: _Recipe) -> Any:
    cls = recipe.cls
    fields = {each.name: each.default for each in fields_of(cls)} | recipe.given
    fields |= {name: draw(strategy) for name, strategy in recipe.always.items()}
    fields |= {name: draw(recipe.sometimes[name]) for name in draw(recipe.filled)}
    return _lawful(cls, fields, recipe.given)


def draw_value(draw: DrawFn, cls: type[T], given: Fields, refer: Refer, seldom: int) -> T:
    """Draw one value of a class with some fields given: the cheap way, for a great many values.

    Fields that are required and not given are drawn, and one optional field of one value in
    `seldom`. `refer` draws references; a required one needs a target.
    """
    fields = {each.name: each.default for each in fields_of(cls)} | given
    optional: list[Field] = []
    for each in fields_of(cls):
        if each.name not in given:
            if each.required:
                fields[each.name] = draw(_field(cls, each, refer))
            else:
                optional.append(each)
    if optional:
        place = draw(_places(seldom * len(optional))) - (seldom - 1) * len(optional)
        strategy = _field(cls, optional[place], refer) if place >= 0 else st.nothing()
        if not strategy.is_empty:
            fields[optional[place].name] = draw(strategy)
    made: T = _lawful(cls, fields, given)
    return made


@cache
def _places(count: int) -> SearchStrategy[int]:
    return st.integers(0, count - 1)


def _lawful(cls: Any, fields: Fields, given: Fields) -> Any:
    """The value of the drawn fields, changed until its laws hold; the given fields stay."""
    if cls in _REPAIRS:
        repaired = _REPAIRS[cls](fields)
        fields |= {name: value for name, value in repaired.items() if name not in given}
    try:
        return cls(**fields)
    except InvariantError:
        reject()


_OWN: dict[type[Any], Callable[[], Strategy]] = {
    Period: periods,
    Recurrence: recurrences,
    Requirement: requirements,
    Slot: slots,
    WeeklyHours: weekly_hours,
}
"""Classes with a strategy written by hand."""


def _finds_nothing(_portfolio: Portfolio, _as_of: datetime | None) -> tuple[Breach, ...]:
    return ()


_STATUSES = tuple(dict.fromkeys(status for table in TABLES.values() for status in table.statuses))
_USUAL: dict[tuple[type[Any], str], Strategy] = {
    (PortfolioRule, "find"): st.just(_finds_nothing),
    (Transition, "after"): st.sampled_from(_STATUSES),
    (Transition, "before"): st.sampled_from(_STATUSES),
}
"""Fields with a narrower strategy than their declaration: most of it would be refused by a law."""


def _attendance(fields: Fields) -> Fields:
    return {"minutes": None} if fields["status"] in {"absent", "excused"} else {}


def _availability(fields: Fields) -> Fields:
    if fields["slot"] is not None:
        return {"hours": None, "period": None}
    return {"hours": WeeklyHours()} if fields["hours"] is fields["period"] is None else {}


def _credential(fields: Fields) -> Fields:
    expires_on = fields["expires_on"]
    early = expires_on is not None and expires_on <= fields["issued_on"]
    return {"expires_on": None} if early else {}


def _enrollment(fields: Fields) -> Fields:
    return {"places": max(fields["places"], len(fields["delegates"]))}


def _entry(fields: Fields) -> Fields:
    """Replace braces, which would begin the name of a fact in a template."""
    return {name: fields[name].translate(_NO_BRACES) for name in ("sentence", "mend")}


_NO_BRACES = str.maketrans("{}", "()")


def _condition(fields: Fields) -> Fields:
    if fields["op"] in {"known", "unknown"}:
        return {"value": ()}
    some = fields["value"] or (0,)
    return {"value": some if fields["op"] == "in" else some[:1]}


def _identity(fields: Fields) -> Fields:
    kind, id = split(fields["kept"])
    if split(fields["merged"])[0] == kind and fields["merged"] != fields["kept"]:
        return {}
    return {"merged": cite(kind, "b" if id == "a" else "a")}


def _module(fields: Fields) -> Fields:
    return {"requires": tuple(each for each in fields["requires"] if each != fields["id"])}


def _observation(fields: Fields) -> Fields:
    if fields["indicator_id"] is not None:
        return {"claim": None}
    return {"claim": fields["claim"] or "more than last year"}


def _ownership(fields: Fields) -> Fields:
    same = fields["owner_id"] == fields["organization_id"]
    return {"owner_id": "b" if fields["organization_id"] == "a" else "a"} if same else {}


def _program(fields: Fields) -> Fields:
    first: dict[str, Module] = {}
    for module in fields["modules"]:
        first.setdefault(module.id, module)
    return {"modules": tuple(first.values())}


def _review(fields: Fields) -> Fields:
    return {"scores": ()} if fields["recused"] else {}


def _session(fields: Fields) -> Fields:
    repaired: Fields = {}
    if fields["slot"] is not None:
        repaired["length"] = fields["slot"].length
    if fields["original_on"] is not None and fields["series_id"] is None:
        repaired["series_id"] = "w"
    return repaired


def _support(fields: Fields) -> Fields:
    until = fields["until"]
    return {"until": None} if until is not None and until <= fields["on"] else {}


def _transition(fields: Fields) -> Fields:
    """Map statuses of another table to the subject's own; only an offer expires."""
    statuses = TABLES[split(fields["subject"])[0]].statuses
    repaired: Fields = {
        name: statuses[len(fields[name]) % len(statuses)]
        for name in ("before", "after")
        if fields[name] is not None and fields[name] not in statuses
    }
    if "offered" not in statuses:
        repaired["expires_at"] = None
    elif fields["expires_at"] is not None:
        repaired["after"] = "offered"
    return repaired


def _waiver(fields: Fields) -> Fields:
    return {"reason": fields["reason"].ljust(3, ".")}


def _waitlist(fields: Fields) -> Fields:
    if fields["rule"] == "lottery":
        return {"seed": fields["seed"] or 0}
    return {"seed": None}


_REPAIRS: dict[type[Any], Callable[[Fields], Fields]] = {
    Attendance: _attendance,
    Availability: _availability,
    Credential: _credential,
    Enrollment: _enrollment,
    Entry: _entry,
    Identity: _identity,
    Leaf: _condition,
    Module: _module,
    Observation: _observation,
    Ownership: _ownership,
    Program: _program,
    Review: _review,
    Session: _session,
    Support: _support,
    Transition: _transition,
    Waitlist: _waitlist,
    Waiver: _waiver,
    Where: _condition,
}
"""By class, the function that changes fields drawn one by one until their law holds."""
