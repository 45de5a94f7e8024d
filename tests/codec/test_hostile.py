"""Whatever bytes come in: a portfolio, or an error of our own that says what is wrong and where."""

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mic_core.codec import Limits, loads
from mic_core.codec.document import read_batches
from mic_core.codec.explain import is_list, is_object
from mic_core.errors import InvariantError, ParseError
from mic_core.portfolio import Portfolio
from tests.codec.documents import PARSERS, SAMPLE, holding, outcome, outcomes

BATCH = '{"format":"mic_core.portfolio","schema":2,"batches":[{%s}]}'
ROOM = '"room":[{"id":"r","center_id":"c","name":"Lab","seats":40%s}]'


def _room(more: str) -> str:
    return BATCH % (ROOM % more)


def _seats(number: str) -> str:
    return _room("").replace("40", number)


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "$: must be JSON"),
    "only spaces": (" \n", "$: must be JSON"),
    "a number": ("1", "$: must be an object; had a whole number"),
    "a list": ("[]", "$: must be an object; had a list of 0"),
    "null": ("null", "$: must be an object; had nothing"),
    "an empty object": ("{}", '$.format: must be "mic_core.portfolio"; had nothing'),
    "cut off": ('{"batches":[', "$: must be JSON; had Expecting value at line 1, column 13"),
    "a trailing comma": (_room(","), "$: must be JSON"),
    "more after the end": (_room("") + "{}", "$: must be JSON; had Extra data"),
    "two documents": (_room("") + _room(""), "$: must be JSON; had Extra data"),
    "single quotes": (_room("").replace('"', "'"), "$: must be JSON"),
    "a comment": (_room("") + " // so", "$: must be JSON"),
    "a control character": (_room("").replace("Lab", "L\x01b"), "$: must be JSON"),
    "a bad escape": (_room("").replace("Lab", "L\\xb"), "$: must be JSON; had Invalid"),
    "NUL": ("\0", "$: must be encoded in UTF-8"),
    "NUL inside": (_room("").replace("Lab", "L\0b"), "$: must be JSON"),
    "a byte order mark": (b"\xef\xbb\xbf" + _room("").encode(), "must not begin with a byte order"),
    "UTF-16": (_room("").encode("utf-16"), "$: must be encoded in UTF-8"),
    "UTF-16, unmarked": (_room("").encode("utf-16-le"), "$: must be encoded in UTF-8"),
    "UTF-32": (_room("").encode("utf-32"), "$: must be encoded in UTF-8"),
    "Latin-1": (_room("").replace("Lab", "Caf\xe9").encode("latin-1"), "had another byte at 99"),
    "a surrogate in UTF-8": (_room("").encode().replace(b"Lab", b"\xed\xa0\x80"), "UTF-8"),
    "a lone surrogate": (_room("").replace("Lab", "\ud800"), "must hold no lone surrogates"),
    "an escaped surrogate": (_room("").replace("Lab", "\\ud800"), ".room[0].name: must hold no"),
    "a surrogate as a key": (_room(',"\\ud800":1'), ".room[0]: must hold known keys only"),
    "NaN": (_seats("NaN"), ".room[0].seats: must be a whole number, 0 or more"),
    "Infinity": (_seats("-Infinity"), ".room[0].seats: must be a whole number, 0 or more"),
    "1e400": (_seats("1e400"), ".room[0].seats: must be a whole number, 0 or more"),
    "a fraction": (_seats("40.5"), ".room[0].seats: must be a whole number"),
    "a fraction, in thousands": (_seats("4.00005e4"), ".room[0].seats: must be a whole number"),
    "beyond 2**53": (_seats("9007199254740992"), ".room[0].seats: must be a whole number"),
    "beyond 64 bits": (_seats("9" * 30), ".room[0].seats: must be a whole number"),
    "5,000 digits": (_seats("9" * 5000), "had a whole number; it is too large"),
    "-5,000 digits": (_seats("-" + "9" * 5000), "had a whole number; it is too small"),
    "text for a number": (_seats('"40"'), ".room[0].seats: must be a whole number"),
    "a flag for a number": (_seats("true"), ".room[0].seats: must be a whole number"),
    "null for a number": (_room(',"concurrency":null'), "[0].concurrency: must be a whole number"),
    "a number for text": (_room("").replace('"Lab"', "7"), ".room[0].name: must be one line"),
    "a list for text": (_room("").replace('"Lab"', '["L"]'), ".room[0].name: must be one line"),
    "text for a list": (_room(',"features":"abc"'), ".room[0].features: must be a list; had text"),
    "an object for a list": (_room(',"features":{}'), ".room[0].features: must be a list"),
    "a number among texts": (_room(',"features":["a",1]'), ".room[0].features[1]: must be one"),
    "a key twice": (_room(',"seats":41'), ".room[0].seats: must be given once"),
    "a key twice, escaped": (_room(',"se\\u0061ts":41'), ".room[0].seats: must be given once"),
    "a key twice, spaced": (_room(',"seats" :41'), ".room[0].seats: must be given once"),
    "a kind twice": (
        BATCH % (ROOM % "" + "," + ROOM % ""),
        "$.batches[0].room: must be given once",
    ),
    "the schema twice": (_room("")[:-1] + ',"schema":2}', "$.schema: must be given once"),
    "an unknown key twice": (_room(',"x":1,"x":1'), ".room[0]: must be given once"),
    "a misspelt key": (_room(',"seat":1'), "did you mean seats?"),
    "a misspelt kind": (BATCH % '"rooms":[]', "did you mean room?"),
    "an endless key": (_room(f',"{"x" * 5000}":1'), "had a key of 5000 characters in place 5"),
    "no id": (_room("").replace('"id":"r",', ""), "$.batches[0].room[0].id: must be given"),
    "a bad id": (_room("").replace('"r"', '"r s"'), "$.batches[0].room[0].id: must be an id"),
    "a row that is a list": (BATCH % '"room":[[]]', "$.batches[0].room[0]: must be an object"),
    "rows that are an object": (BATCH % '"room":{}', "$.batches[0].room: must be a list"),
    "a batch that is a list": (BATCH.replace("{%s}", "[]"), "$.batches[0]: must be an object"),
    "batches that are an object": (BATCH.replace("[{%s}]", "{}"), "$.batches: must be a list"),
    "no batches": ('{"format":"mic_core.portfolio","schema":2}', "$.batches: must be a list"),
    "another format": (_room("").replace("mic_core", "xyz"), "$.format: must be"),
    "a newer schema": (_room("").replace('ma":2', 'ma":3'), "newer version of mic_core"),
    "schema true": (_room("").replace('ma":2', 'ma":true'), "$.schema: must be 2; had a flag"),
    "schema 1.5": (_room("").replace('ma":2', 'ma":1.5'), "$.schema: must be 2; had a number"),
    "nearly whole": (_seats("4.0000000000000000001"), ".room[0].seats: must be a whole number"),
    "1e16": (_seats("1e16"), "had a whole number; it is too large"),
    "no end of zeros": (_seats(f"4.{'0' * 200}"), ".room[0].seats: must be a whole number"),
    "an exponent beyond all": (_seats("0e99999999999999999999"), ".seats: must be a whole number"),
    "schema 0": (_room("").replace('ma":2', 'ma":0'), "$.schema: must be 2; had a whole number"),
    "more at the top": (_room("")[:-1] + ',"note":1}', "$: must hold known keys only"),
    "a bad actor": (BATCH % '"actor":"a b"', "$.batches[0].actor: must be an id"),
    "a local instant": (BATCH % '"recorded_at":"2014-09-10T16:00:00"', ".recorded_at: must be an"),
    "an impossible day": (BATCH % '"recorded_at":"2014-02-30T16:00:00Z"', "there is no such day"),
    "a year 0": (BATCH % '"recorded_at":"0000-01-01T00:00:00Z"', "there is no such day"),
    "100,000 lists": ("[" * 100_000 + "]" * 100_000, "at most 128 levels deep"),
    "100,000 open lists": ("[" * 100_000, "at most 128 levels deep"),
    "100,000 open objects": ('{"a":' * 100_000, "at most 128 levels deep"),
    "129 levels in a field": (_room(f',"x":{"[" * 125}{"]" * 125}'), "at most 128 levels deep"),
    "brackets in texts": (_room(',"x":' + '["]",' * 140 + "1" + ',"["]' * 140), "128 levels deep"),
    "merge conflict": ("<<<<<<< HEAD\n" + _room(""), "$: must be JSON; had Expecting value at"),
    "a pointer to a file": ("version https://git-lfs.github.com/spec/v1", "$: must be JSON"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_told_what_is_wrong(name: str) -> None:
    """Each of these is refused with a path and a reason, the same whatever the parser."""
    text, message = HOSTILE[name]
    first, *others = outcomes(text)
    assert isinstance(first, str)
    assert message in first
    assert others == [first, first]


def _requirements(levels: int) -> str:
    """A document whose one program asks for conditions nested as deeply."""
    condition: dict[str, Any] = {"fact": "age", "op": "known"}
    for _ in range(levels):
        condition = {"not": condition}
    row = {"id": "g", "title": "G", "kind": "training", "completion": condition}
    return holding(program=[row])


@pytest.mark.parametrize("levels", [60, 61, 100, 400])
def test_requirements_cannot_nest_without_end(levels: int) -> None:
    """The nesting of requirements in themselves is limited like all nesting."""
    for found in outcomes(_requirements(levels)):
        assert isinstance(found, str) == (levels > 60)


@pytest.mark.parametrize("document", [None, 1, ["{}"], bytearray(b"{}")])
def test_only_text_and_bytes_are_documents(document: Any) -> None:
    """Something else than text or bytes is refused by an error of our own."""
    with pytest.raises(ParseError, match="must be text or bytes"):
        loads(document)


def test_truncated_anywhere() -> None:
    """A document cut off at any byte is refused."""
    raw = SAMPLE.encode()
    for length in range(len(raw)):
        first, *others = outcomes(raw[:length])
        assert isinstance(first, str)
        assert others == [first, first]


@given(st.integers(0, len(SAMPLE.encode()) - 1), st.integers(0, 255))
@example(0, 0xEF)
def test_any_byte_changed(place: int, byte: int) -> None:
    """A document with one byte changed is a portfolio or told what is wrong, by all alike."""
    raw = bytearray(SAMPLE.encode())
    raw[place] = byte
    first, *others = outcomes(bytes(raw))
    assert others == [first, first]


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes(document: bytes | str) -> None:
    """No bytes and no text raise anything but an error of our own."""
    first, *others = outcomes(document)
    assert others == [first, first]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts),
    max_leaves=10,
)


ODD: list[Any] = ["2014-09-10", "PT1H", "1.50", "a", 1, [], {}]


def _changed(draw: Callable[[Any], Any], tree: Any) -> Any:
    """JSON data in which one thing is replaced, left out or added."""
    if not (is_object(tree) or is_list(tree)) or not tree or not draw(st.integers(0, 5)):
        return draw(JSON | st.sampled_from(ODD))
    changed: Any = dict(tree) if is_object(tree) else list(tree)
    keys: list[Any] = list(tree) if is_object(tree) else list(range(len(tree)))
    key = draw(st.sampled_from(keys))
    match draw(st.integers(0, 9)):
        case 0:
            del changed[key]
        case 1 if is_object(tree):
            changed[draw(st.sampled_from(["id", "n", "kind", "rule", "x"]))] = changed[key]
        case 1:
            changed.append(changed[key])
        case _:
            changed[key] = _changed(draw, changed[key])
    return changed


@given(st.data())
def test_any_change_of_a_document(data: st.DataObject) -> None:
    """A document changed somewhere is read alike by all parsers, quickly or explained."""
    text = json.dumps(_changed(data.draw, json.loads(SAMPLE)))
    first, *others = outcomes(text)
    assert others == [first, first]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(size=len(SAMPLE.encode()) - 1), "must have at most"),
        (Limits(items=5), "must hold at most 5 nouns; had 6"),
        (Limits(items=1), "must hold at most 16 lists and objects"),
        (Limits(depth=8), "at most 8 levels deep"),
        (Limits(depth=4), "at most 4 levels deep"),
    ],
)
def test_limits_are_the_callers(limits: Limits, message: str) -> None:
    """Each limit refuses a document that is just beyond it."""
    with pytest.raises(ParseError, match=message):
        loads(SAMPLE, limits=limits)


def test_limits_that_just_fit() -> None:
    """A document is taken by limits that it just reaches."""
    limits = Limits(items=6, depth=9, size=len(SAMPLE.encode()))
    assert loads(SAMPLE, limits=limits) == loads(SAMPLE)
    flat = holding(headcount=[{"id": "h", "session_id": "s", "n": 3, "basis": "counted"}])
    assert len(loads(flat, limits=Limits(items=1, depth=5))) == 1
    with pytest.raises(ParseError, match="at most 4 levels deep"):
        loads(flat, limits=Limits(depth=4))


def test_marks_inside_of_texts_do_not_count() -> None:
    """Brackets and commas in names are taken for what they are, also by narrow limits."""
    row = {"id": "r", "center_id": "c", "name": "[{" * 40, "seats": 1, "features": ["},]", "\\"]}
    assert len(loads(holding(room=[row]), limits=Limits(items=1, depth=6))) == 1


@pytest.mark.parametrize("field", ["items", "depth", "size"])
def test_limits_are_positive(field: str) -> None:
    """A limit below 1 means nothing."""
    with pytest.raises(InvariantError, match=field):
        Limits(**{field: 0})


_ALL_OF = '{"all_of":[%s]}'
_PERSON = '{"id":"p","name":"Ada","attributes":{%s}}'
_FRACTIONS = [f'"a{n}":0.5' for n in range(700)]


def _program(condition: str) -> str:
    row = f'{{"id":"g","title":"G","kind":"training","completion":{condition}}}'
    return BATCH % f'"program":[{row}]'


ATTACKS: dict[str, Callable[[int], str]] = {
    "open lists": lambda n: "[" * n,
    "empty lists": lambda n: "[]" * n,
    "open objects": lambda n: '{"a":' * n,
    "texts": lambda n: '["' * n,
    "backslashes": lambda n: "\\" * n,
    "escapes": lambda n: '"' + '\\"' * n,
    "empty rows": lambda n: holding(room=[{}] * n),
    "bad rows": lambda n: holding(room=[{"id": str(n)} for n in range(n)]),
    "unknown keys at the top": lambda n: "{" + ",".join(f'"k{each}":1' for each in range(n)) + "}",
    "unknown keys in a row": lambda n: _room("," + ",".join(f'"k{each}":1' for each in range(n))),
    "wrong items": lambda n: _room(',"features":[' + ",".join(["1"] * n) + "]"),
    "digits": lambda n: _seats("9" * n),
    "batches of nothing": lambda n: BATCH.replace("{%s}", ",".join(["1"] * n)),
    "batches of a strange key": lambda n: BATCH.replace("{%s}", ",".join(['{"a":1}'] * n)),
    "batches of a strange actor": lambda n: BATCH.replace("{%s}", ",".join(['{"actor":1}'] * n)),
    "rows of no list": lambda n: BATCH.replace("{%s}", ",".join(['{"room":1}'] * n)),
    "wrong parts": lambda n: _program(f'{{"all_of":[{",".join(["1"] * n)}]}}'),
    "wrong parts of parts": lambda n: _program(
        f'{{"all_of":[{",".join([_ALL_OF % ",".join("1" * 100)] * (n // 100))}]}}'
    ),
    "wrong attributes": lambda n: (
        BATCH % f'"person":[{",".join([_PERSON % ",".join(_FRACTIONS)] * (n // 500))}]'
    ),
}


WATCHED = """
import sys
from mic_core.codec import loads
from mic_core.errors import ParseError
try:
    loads(sys.stdin.buffer.read())
except ParseError as error:
    sys.exit(len(error.problems) > 1001)
sys.exit("nothing was refused")
"""


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_document_costs_more_than_its_length(attack: str) -> None:
    """A document that would take hours at quadratic cost is refused, or the test is killed."""
    run = subprocess.run(
        [sys.executable, "-c", WATCHED],
        input=ATTACKS[attack](300_000).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-1000:]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_document_takes_more_memory_than_its_length(attack: str) -> None:
    """However many problems there are, an error keeps a thousand of them."""
    document = ATTACKS[attack](30_000)
    tracemalloc.start()
    try:
        with pytest.raises(ParseError):
            loads(document)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000 + 80 * len(document)


@pytest.mark.parametrize("batch", ["{}", '{"room":[]}', '{"actor":"a"}', "1"])
def test_batches_of_nothing_count_as_nouns(batch: str) -> None:
    """A batch without nouns is as many as one, so that a document of nothing is limited too."""
    document = BATCH.replace("{%s}", ",".join([batch] * 7))
    for parser in PARSERS.values():
        with pytest.raises(ParseError, match="must hold at most 6 nouns; had 7"):
            read_batches(document, Limits(items=6), parser)


def test_empty_batches_are_read_as_nothing() -> None:
    """A batch without any key records nothing, whatever else a document holds."""
    for document in (BATCH % "", BATCH.replace("{%s}", "{},{%s},{}") % (ROOM % "")):
        first, *others = outcomes(document)
        assert isinstance(first, Portfolio)
        assert others == [first, first]


@pytest.mark.parametrize("depth", [9, 128])
def test_a_key_twice_is_found_among_escapes(depth: int) -> None:
    """Texts with escaped commas do not make up for those that a repeated key had."""
    row = '"room":[{"id":"r","center_id":"c","name":"La%s","seats":40,"features":["a"]%s}]'
    for escapes in ("", "\\u002c", "\\u002c" * 2, "\\u005b\\u005d", "\\\\u"):
        for more, is_read in (("", True), (',"seats":40', False), (',"features":["a"]', False)):
            for parser in PARSERS.values():
                try:
                    read_batches(BATCH % (row % (escapes, more)), Limits(depth=depth), parser)
                except ParseError as error:
                    assert "must be given once" in str(error)
                    assert not is_read
                else:
                    assert is_read


def test_the_rest_of_many_problems_is_counted() -> None:
    """A thousand problems are told, and how many more rows are wrong."""
    with pytest.raises(ParseError) as caught:
        loads(holding(room=[{"id": "r", "center_id": "c", "seats": 1}] * 1500))
    problems = caught.value.problems
    assert len(problems) == 1001
    assert str(problems[999]) == "$.batches[0].room[999].name: must be given"
    assert str(problems[1000]) == "$: must be mended as well; had at least 500 more problems"


def test_what_is_not_looked_at_is_said_to_be_so() -> None:
    """After a thousand problems, later batches are not looked at closely, and that is told."""
    with pytest.raises(ParseError) as caught:
        loads(BATCH.replace("{%s}", ",".join(['{"actor":1}'] * 1500)))
    assert len(caught.value.problems) == 1001
    assert (
        str(caught.value.problems[1000]) == "$: must be mended as well; had perhaps more problems"
    )


def test_illegal_histories_are_kept() -> None:
    """A document that is well formed but illegal is read, for `check` to report."""
    row = {"id": "a", "session_id": "no-such", "person_id": "nobody", "status": "present"}
    twice = [row, {**row, "status": "absent"}]
    assert isinstance(outcome(holding(attendance=twice)), Portfolio)
