"""The JSON Schema takes what `loads` takes, and refuses with it whatever a schema can express."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from mic_core.codec import converter, dumps, json_schema, loads
from mic_core.codec.explain import is_list, is_object
from mic_core.errors import ParseError
from mic_core.fields import classes_within, fields_of
from mic_core.model import NOUNS, Cost, Noun, Session
from mic_core.model.program import SESSION_KINDS
from mic_core.portfolio import Portfolio
from mic_core.testing import nouns, portfolios
from tests.budget import one_in
from tests.codec.documents import SAMPLE

SCHEMA = json_schema()
# Typed Any: jsonschema brings no types.
_validator: Any = import_module("jsonschema").Draft202012Validator
VALIDATOR = _validator(SCHEMA)

Node = tuple[Any, int | str]
"""A place in JSON data: the list or object, and the place or key in it."""


Row = dict[str, Any]
"""A noun, in JSON data."""


def _valid(tree: object) -> bool:
    valid: bool = VALIDATOR.is_valid(tree)
    return valid


def _read(tree: object) -> bool:
    """True if `loads` accepts the data."""
    try:
        loads(json.dumps(tree))
    except ParseError:
        return False
    return True


def _nodes(tree: object) -> Iterator[Node]:
    """Every place of JSON data below its top."""
    members = tree.items() if is_object(tree) else enumerate(tree) if is_list(tree) else ()
    for key, each in members:
        yield tree, key
        yield from _nodes(each)


def _trees() -> SearchStrategy[Any]:
    """The data of documents, none of them empty."""
    drawn = portfolios() | portfolios(coherent=True) | st.builds(Portfolio.of, nouns())
    return drawn.filter(bool).map(dumps).map(json.loads)


def _row(kind: str, fields: Row) -> Row:
    return {"format": "mic_core.portfolio", "schema": 2, "batches": [{kind: [fields]}]}


def _sample() -> Any:
    return json.loads(SAMPLE)


def test_the_schema_is_one() -> None:
    """The schema keeps the rules of its draft, and says which draft that is."""
    _validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == _validator.META_SCHEMA["$id"]


def test_every_class_is_defined() -> None:
    """The schema defines every noun and every class that nouns hold, and each reference leads."""
    named = {cls.__name__ for cls in classes_within(*NOUNS.values())}
    assert named <= set(SCHEMA["$defs"])
    text = json.dumps(SCHEMA)
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) == set(SCHEMA["$defs"])
    rows = SCHEMA["properties"]["batches"]["items"]["properties"]
    assert {rows[kind]["items"]["$ref"] for kind in NOUNS} == {
        f"#/$defs/{noun.__name__}" for noun in NOUNS.values()
    }


def test_the_schema_is_always_the_same() -> None:
    """The schema is made anew each time, equal and in the same order."""
    assert json.dumps(json_schema()) == json.dumps(SCHEMA)
    assert json_schema() is not SCHEMA


@pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.__name__)
def test_fields_are_told(noun: Any) -> None:
    """The fields, the required and the personal ones are as declared."""
    told = SCHEMA["$defs"][noun.__name__]
    fields = fields_of(noun)
    assert list(told["properties"]) == [field.name for field in fields]
    assert told["required"] == [field.name for field in fields if field.required]
    marked = [name for name, each in told["properties"].items() if "x-personal" in each]
    assert marked == [field.name for field in fields if field.personal]
    assert told["additionalProperties"] is False


def test_documentation_is_told() -> None:
    """Descriptions are those of the documentation, without its examples, in the words of JSON."""
    person = SCHEMA["$defs"]["Person"]
    assert person["description"] == "A natural person: participant, trainer, coach, founder."
    center = SCHEMA["$defs"]["Center"]["properties"]
    assert center["opening_hours"]["description"] == "`opening_hours` of null means always open."
    assert center["name"].get("description") is None
    whole = json.dumps(SCHEMA)
    assert ">>>" not in whole
    assert "None" not in whole


def test_defaults_are_told() -> None:
    """A field that may be left out says what it then is, in its JSON form."""
    edition = SCHEMA["$defs"]["Edition"]["properties"]
    assert edition["seats"]["default"] == {}
    assert edition["status"]["default"] == "draft"
    assert edition["fee"]["default"] is None
    assert "default" not in edition["number"]


@one_in(3)
@given(portfolios() | portfolios(coherent=True))
def test_every_portfolio_validates(portfolio: Portfolio) -> None:
    """A document that `dumps` writes is valid, whatever the portfolio holds."""
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(dumps(portfolio)))] == []


@given(nouns())
def test_single_nouns_validate(noun: Noun) -> None:
    """The form that a converter gives a noun is valid under the schema of its class."""
    assert _validator(json_schema(type(noun))).is_valid(converter().unstructure(noun))


def test_the_schema_of_a_class_defines_what_it_holds() -> None:
    """The schema of one class has the definitions that it needs, as the whole schema has them."""
    schema = json_schema(Cost)
    assert schema["$ref"] == "#/$defs/Cost"
    held = {name: each for name, each in schema["$defs"].items() if name[0].isupper()}
    assert held == {name: SCHEMA["$defs"][name] for name in ("Cost", "Money", "Period")}


ODD: list[Any] = [
    None, True, 0, 1, -1, 2**53, "", " ", "a", "a\n", "b c", "x" * 61, "x" * 201, "x" * 2001,
    "\x85", "\u2003", "BE", "EUR", "-0.0", "1", "1.0", "1.5", "-1", "1e3", "0" * 65, "2014-09-10",
    "2014-02-30", "18:00", "24:00", "PT0S", "PT1H", "P1DT0.5S", "2014-09-10T16:00:00Z",
    "2014-09-10T18:00:00+02:00[Europe/Brussels]", "Europe/Brussels", "Mo-Fr 09:00-18:00",
    "closed", "FREQ=DAILY", "COUNT=3", "session:s", "planned", [], ["a"], ["a", "a"], [None], {},
    {"a": 1}, {"all_of": []}, {"fact": "age", "op": "known"}, {"not": {"fact": "a", "op": "known"}},
    {"amount": "1", "currency": "EUR"}, {"rule": "FREQ=DAILY"},
]  # fmt: skip
"""Values that may replace another one in a document; each is valid in some field."""


@one_in(2)
@given(_trees(), st.data())
def test_what_is_read_is_valid(tree: Any, data: DataObject) -> None:
    """A document changed anywhere in any way is valid if `loads` still takes it."""
    holder, key = data.draw(st.sampled_from([*_nodes(tree)]))
    what = data.draw(st.sampled_from(["put", "drop", "add", "repeat"]))
    odd = data.draw(st.sampled_from(ODD))
    if what == "put":
        holder[key] = odd
    elif what == "drop":
        del holder[key]
    elif is_object(holder):
        holder[data.draw(st.sampled_from(["x", "id", "slot", "n", "actor"]))] = odd
    else:
        holder.append(deepcopy(holder[key]) if what == "repeat" else odd)
    assert _valid(tree) or not _read(tree)


@one_in(2)
@given(_trees(), st.data())
def test_a_fraction_is_right_nowhere(tree: Any, data: DataObject) -> None:
    """A number with a fraction, at any place of any document, is refused by both."""
    holder, key = data.draw(st.sampled_from([*_nodes(tree)]))
    holder[key] = 0.5
    assert (_read(tree), _valid(tree)) == (False, False)


def _is_free(path: tuple[int | str, ...]) -> bool:
    """True if an object may have any keys: a profile and the like."""
    return path[-1] in {"profile", "attributes", "answers", "scores", "criteria"}


def _objects(tree: object, path: tuple[int | str, ...] = ("",)) -> Iterator[Row]:
    """The objects of JSON data whose keys are declared."""
    if is_object(tree) and not _is_free(path):
        yield tree
    members = tree.items() if is_object(tree) else enumerate(tree) if is_list(tree) else ()
    for key, each in members:
        yield from _objects(each, (*path, key))


@one_in(2)
@given(_trees(), st.data())
def test_an_unknown_key_is_refused(tree: Any, data: DataObject) -> None:
    """A key that no object knows is refused by both, in whichever object it stands."""
    data.draw(st.sampled_from([*_objects(tree)]))["unheard_of"] = None
    assert (_read(tree), _valid(tree)) == (False, False)


@given(nouns(), st.data())
def test_what_must_be_given_is_missed(noun: Noun, data: DataObject) -> None:
    """A noun without one of the fields that have no default is refused by both."""
    tree = json.loads(dumps(Portfolio.of(noun)))
    (batch,) = tree["batches"]
    ((row,),) = batch.values()
    required: list[str] = SCHEMA["$defs"][type(noun).__name__]["required"]
    del row[data.draw(st.sampled_from(required))]
    assert (_read(tree), _valid(tree)) == (False, False)


NOON = "2014-09-10T12:00:00Z"
ROOM: Row = {"id": "r", "center_id": "c", "name": "Lab", "seats": 40}
EDITION: Row = {"id": "e", "program_id": "g", "center_id": "c", "number": 6, "period": {}}
SESSION: Row = {"id": "s", "center_id": "c", "title": "Pitch", "length": "PT1H"}
CENTER: Row = {"id": "c", "name": "MIC", "country": "BE", "time_zone": "Europe/Brussels"}
SERIES: Row = {
    "id": "w", "center_id": "c", "title": "Evening", "recurrence": "FREQ=WEEKLY",
    "first_on": "2014-09-03", "starts_at": "18:00", "length": "PT3H",
}  # fmt: skip
PERSON: Row = {"id": "p", "name": "Ada"}
PROGRAM: Row = {"id": "g", "title": "Boostcamp", "kind": "bootcamp"}
SHARE: Row = {
    "id": "o",
    "owner_id": "p",
    "organization_id": "v",
    "holder": "person",
    "period": {},
    "capital": "1",
}
STAFF: Row = {"id": "f", "organization_id": "v", "period": {}}
LEAF: Row = {"fact": "age", "op": "known"}
MOVED: Row = {
    "id": "t",
    "subject": "session:s",
    "after": "held",
    "effective_at": "2014-09-10T16:00:00Z",
}
TARGET: Row = {"id": "t", "indicator_id": "i", "scope": ["c"], "period": {}, "value": "1"}

BROKEN: dict[str, tuple[str, Row, Row]] = {
    "an id with a space": ("room", ROOM, {"id": "r s"}),
    "an id and a line break": ("room", ROOM, {"id": "r\n"}),
    "an endless id": ("room", ROOM, {"id": "r" * 65}),
    "a reference that is no id": ("room", ROOM, {"center_id": ""}),
    "below the least": ("room", ROOM, {"seats": -1}),
    "above the most": ("room", ROOM, {"seats": 2**53}),
    "a flag for a number": ("room", ROOM, {"seats": True}),
    "text for a number": ("room", ROOM, {"seats": "40"}),
    "nothing for a number": ("room", ROOM, {"concurrency": None}),
    "a kind that is no word": ("session", SESSION, {"kind": "Talk show"}),
    "no text": ("room", ROOM, {"name": ""}),
    "blank text": ("room", ROOM, {"name": " \u2003"}),
    "text that shows nothing": ("room", ROOM, {"name": "\u200b\ufeff\u3164"}),
    "text that is turned": ("room", ROOM, {"name": "a\u202eb"}),
    "a number that is not whole": ("room", ROOM, {"seats": 40.5}),
    "too much text": ("room", ROOM, {"name": "x" * 201}),
    "a line break": ("room", ROOM, {"name": "a\nb"}),
    "a control character": ("room", ROOM, {"name": "a\x85"}),
    "a control character among lines": ("center", CENTER, {"address": "a\x0bb"}),
    "blank lines": ("center", CENTER, {"address": "\n\t "}),
    "text for a list": ("room", ROOM, {"features": "projector"}),
    "an object for a list": ("room", ROOM, {"features": {}}),
    "a number among texts": ("room", ROOM, {"features": [1]}),
    "too long a list": ("room", ROOM, {"features": [f"{n}" for n in range(201)]}),
    "too short a list": ("target", TARGET, {"scope": []}),
    "an unknown word": ("edition", EDITION, {"status": "running"}),
    "a word in capitals": ("edition", EDITION, {"status": "Open"}),
    "no country": ("center", CENTER, {"country": "Belgium"}),
    "a country and a line break": ("center", CENTER, {"country": "BE\n"}),
    "no zone": ("center", CENTER, {"time_zone": "+02:00"}),
    "minutes with one digit": ("center", CENTER, {"opening_hours": "Mo 9:0-18:00"}),
    "hours of an unknown day": ("center", CENTER, {"opening_hours": "Xx 09:00-18:00"}),
    "endless hours": ("center", CENTER, {"opening_hours": "Mo;" * 700 + "Mo"}),
    "a date with slashes": ("center", CENTER, {"opened_on": "2014/09/10"}),
    "an instant for a date": ("center", CENTER, {"opened_on": "2014-09-10T16:00:00Z"}),
    "a date for an instant": ("transition", MOVED, {"effective_at": "2014-09-10"}),
    "an instant and an offset": (
        "transition", MOVED, {"effective_at": "2014-09-10T16:00:00+00:00"},
    ),
    "a subject of another kind": ("transition", MOVED, {"subject": "room:r"}),
    "a subject without kind": ("transition", MOVED, {"subject": "s"}),
    "a length in minutes": ("session", SESSION, {"length": 60}),
    "a length of a month": ("session", SESSION, {"length": "P1M"}),
    "a length of nothing": ("session", SESSION, {"length": "PT0.0S"}),
    "a flag as text": ("session", SESSION, {"elective": "true"}),
    "half a slot": ("session", SESSION, {"slot": {"start": "2014-09-10T18:00:00+00:00[UTC]"}}),
    "a slot without zone": (
        "session", SESSION,
        {"slot": {"start": "2014-09-10T18:00:00+02:00", "end": "2014-09-10T19:00:00+02:00"}},
    ),
    "a clock with a zone": ("series", SERIES, {"starts_at": "18:00Z"}),
    "a clock of 24": ("series", SERIES, {"starts_at": "24:00"}),
    "a rule without frequency": ("series", SERIES, {"recurrence": "COUNT=3"}),
    "an hourly rule": ("series", SERIES, {"recurrence": "FREQ=HOURLY"}),
    "a rule of refused parts": ("series", SERIES, {"recurrence": "FREQ=MONTHLY;BYHOUR=1"}),
    "a rule in a line": ("series", SERIES, {"recurrence": "RRULE:FREQ=DAILY"}),
    "dates without a rule": ("series", SERIES, {"recurrence": {"extra": ["2014-09-10"]}}),
    "a rule of more": ("series", SERIES, {"recurrence": {"rule": "FREQ=DAILY", "more": []}}),
    "excluded words": ("series", SERIES, {"recurrence": {"rule": "FREQ=DAILY", "excluded": ["x"]}}),
    "a list in a profile": ("person", PERSON, {"attributes": {"cohort": [6]}}),
    "a nameless entry": ("person", PERSON, {"attributes": {"": 6}}),
    "a profile as a list": ("person", PERSON, {"attributes": [["cohort", 6]]}),
    "a profile too large": ("person", PERSON, {"attributes": {f"{n}": n for n in range(1001)}}),
    "a large number in a profile": ("person", PERSON, {"attributes": {"cohort": -(2**53)}}),
    "too much text in a profile": ("person", PERSON, {"attributes": {"cohort": "x" * 2001}}),
    "a negative amount": ("figures", STAFF, {"staff": "-0.5"}),
    "a number with an exponent": ("figures", STAFF, {"staff": "1e3"}),
    "a number as a number": ("figures", STAFF, {"staff": 5}),
    "more than a whole": ("ownership", SHARE, {"capital": "1.01"}),
    "less than nothing": ("ownership", SHARE, {"capital": "-1"}),
    "all of nothing": ("program", PROGRAM, {"eligibility": {"all_of": []}}),
    "two rules at once": (
        "program", PROGRAM, {"eligibility": {"all_of": [LEAF], "any_of": [LEAF]}},
    ),
    "no rule": ("program", PROGRAM, {"eligibility": {}}),
    "n of some without n": ("program", PROGRAM, {"eligibility": {"n_of": [LEAF]}}),
    "0 of some": ("program", PROGRAM, {"eligibility": {"n_of": [LEAF], "n": 0}}),
    "all of some with n": ("program", PROGRAM, {"eligibility": {"all_of": [LEAF], "n": 1}}),
    "not a list": ("program", PROGRAM, {"eligibility": {"not": [LEAF]}}),
    "a leaf on its own": ("program", PROGRAM, {"eligibility": LEAF}),
    "an unknown operator": ("program", PROGRAM, {"eligibility": {"not": {**LEAF, "op": "~"}}}),
    "a module without length": ("program", PROGRAM, {"modules": [{"id": "m", "title": "Pitch"}]}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "change"), BROKEN.values(), ids=BROKEN)
def test_both_refuse(kind: str, fields: Row, change: Row) -> None:
    """A fault that a schema can express is refused by both; both accept the document without it."""
    sound = _row(kind, fields)
    assert (_read(sound), _valid(sound)) == (True, True)
    broken = _row(kind, {**fields, **change})
    assert (_read(broken), _valid(broken)) == (False, False)


FRAMES: list[Row] = [
    {"format": "xyz"}, {"schema": 3}, {"schema": "1"}, {"batches": {}}, {"batches": [[]]},
    {"batches": [{"rooms": []}]}, {"batches": [{"room": {}}]}, {"batches": [{"room": [[]]}]},
    {"batches": [{"actor": "a b"}]}, {"batches": [{"recorded_at": "2014-09-10"}]}, {"more": 1},
]  # fmt: skip
"""Changes that break the top level of a document."""


@pytest.mark.parametrize("change", FRAMES, ids=json.dumps)
def test_both_refuse_a_broken_frame(change: Row) -> None:
    """The top level and the batches are judged alike by both."""
    assert (_read(_sample()), _valid(_sample())) == (True, True)
    assert (_read(_sample() | change), _valid(_sample() | change)) == (False, False)


@pytest.mark.parametrize("key", ["format", "schema", "batches"])
def test_both_miss_a_part_of_the_frame(key: str) -> None:
    """Format, schema and batches must be given."""
    tree = _sample()
    del tree[key]
    assert (_read(tree), _valid(tree)) == (False, False)


TAKEN: dict[str, tuple[str, Row]] = {
    "defaults told": ("room", {**ROOM, "features": [], "concurrency": 1}),
    "nothing where it may be": ("center", {**CENTER, "region": None, "opening_hours": None}),
    "a label twice": ("room", {**ROOM, "features": ["b", "a", "b"]}),
    "lines and tabs": ("center", {**CENTER, "address": "Rue Montoyer 51\n\tBrussels"}),
    "a byte order mark": ("room", {**ROOM, "name": "\ufeffLab"}),
    "a mark of direction": ("room", {**ROOM, "name": "\u200fLab"}),
    "a turned address": ("center", {**CENTER, "address": "\u202eLab"}),
    "a whole number with a point": ("room", {**ROOM, "seats": 40.0}),
    "a zero with a sign and a point": ("room", {**ROOM, "seats": -0.0}),
    "a free value with a point": ("person", {**PERSON, "attributes": {"n": 3.0}}),
    "a rocket": ("room", {**ROOM, "name": "\U0001f680" * 200}),
    "always open": ("center", {**CENTER, "opening_hours": " 24/7 "}),
    "always closed": ("center", {**CENTER, "opening_hours": "closed"}),
    "spaced hours": (
        "center",
        {**CENTER, "opening_hours": " Mo,We-Fr  09:00-12:00 , 13:00-24:00 ;Sa-Mo; Su 22:00-02:00"},
    ),
    "hours of one digit": ("center", {**CENTER, "opening_hours": "Mo 9:00-18:30,22:00-2:00 ; "}),
    "a rule with dates": (
        "series",
        {**SERIES, "recurrence": {"rule": "FREQ=MONTHLY;BYDAY=+1MO,-1FR", "extra": ["2014-09-10"]}},
    ),
    "a rule in another order": (
        "series", {**SERIES, "recurrence": "COUNT=3;BYMONTHDAY=-1,+15;BYMONTH=2,03;FREQ=YEARLY"},
    ),
    "a signed zero": ("figures", {**STAFF, "staff": "-0.0"}),
    "a signed zero of a whole": ("ownership", {**SHARE, "capital": "-0", "votes": "1.000"}),
    "a free text": ("person", {**PERSON, "attributes": {"note": "", "new": False, "n": -1}}),
    "a length in seconds": ("session", {**SESSION, "length": "PT3600.5S"}),
    "a length in days": ("session", {**SESSION, "length": "P1D"}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "fields"), TAKEN.values(), ids=TAKEN)
def test_both_take(kind: str, fields: Row) -> None:
    """Rare forms of right values are taken by both."""
    assert (_read(_row(kind, fields)), _valid(_row(kind, fields))) == (True, True)


def test_open_words_have_their_list_as_examples() -> None:
    """A schema allows any word and shows the usual ones."""
    field = json_schema(Session)["$defs"]["Session"]["properties"]["kind"]
    assert field["examples"] == [*SESSION_KINDS]
    assert field["default"] == "training"
    assert "enum" not in field


def test_the_schema_needs_no_docstrings() -> None:
    """A process that drops docstrings writes the same schema, descriptions included."""
    program = "import json; from mic_core import json_schema; print(json.dumps(json_schema()))"
    run = [sys.executable, "-OO", "-c", program]
    written = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert json.loads(written) == json_schema()
