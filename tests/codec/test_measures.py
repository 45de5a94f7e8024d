"""Measures are a tagged union in JSON: the key `measure` tells the class, on every path."""

import json
from importlib import import_module
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.codec import converter, dumps, from_row, json_schema, loads, to_row
from mic_core.codec.explain import read_or_raise
from mic_core.codec.fast import converter_of
from mic_core.codec.write import json_of
from mic_core.errors import ParseError
from mic_core.fields import Either, tagged_union
from mic_core.model import (
    CountMeasure,
    Indicator,
    Leaf,
    Measure,
    Observation,
    Requirement,
    StatedMeasure,
    count,
    distinct,
    ratio,
    stated,
    total,
    where,
)
from mic_core.model.expressions.measures import MEASURES
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import indicator, observation
from mic_core.testing import measures
from tests.codec.documents import holding, outcomes

THERE = where("status", "in", ("present", "partial"))
COST = ratio(total("costs", "amount"), distinct("visits", "person_id", THERE))
ROW: dict[str, Any] = {
    "id": "i", "title": "Cost per person", "unit": "EUR", "kind": "input", "source": "desk",
}  # fmt: skip
VISITS = {
    "measure": "distinct", "table": "visits", "key": ["person_id"],
    "where": [{"column": "status", "op": "in", "value": ["present", "partial"]}],
}  # fmt: skip
AMOUNT = {"measure": "total", "table": "costs", "column": "amount"}
ANY = "count, distinct, total, median, change, latest, stated"


def read(measure: Any) -> Any:
    """What all readers make of an indicator with a measure; they agree."""
    found = outcomes(holding(indicator=[{**ROW, "measure": measure}]))
    assert all(each == found[0] for each in found)
    return found[0]


def test_the_key_stands_in_its_place_among_the_others() -> None:
    """Keys are sorted, the tag among them; a ratio nests two measures."""
    known = Portfolio.of(indicator("i", measure=COST))
    written = json.loads(dumps(known))["batches"][0]["indicator"][0]["measure"]
    assert written == {"measure": "ratio", "top": AMOUNT, "bottom": VISITS}
    assert '"measure":{"bottom":{"key":["person_id"],"measure":"distinct",' in dumps(known)
    assert '"measure":{"measure":"stated"}' in dumps(Portfolio.of(indicator("i")))
    assert read({"measure": "ratio", "top": AMOUNT, "bottom": VISITS}) == Portfolio.of(
        Indicator(**ROW, measure=COST)
    )


def test_words_are_those_of_the_classes() -> None:
    """The words of the union are the keys of MEASURES."""
    shape = Either(lambda: (*MEASURES.values(),))
    assert tagged_union(shape) == ("measure", MEASURES)
    assert tagged_union(Either(lambda: (Leaf, CountMeasure))) == (
        "", {"": Leaf, "count": CountMeasure},
    )  # fmt: skip


@given(measures())
def test_every_path_leads_back(measure: Measure) -> None:
    """Documents, rows and converters hold what they were given, and the schema allows it."""
    known = indicator("i", measure=measure)
    document = dumps(Portfolio.of(known))
    assert {*outcomes(document)} == {Portfolio.of(known)}
    assert from_row("indicator", to_row(known)) == known
    plain = CONVERTER.unstructure(measure)
    assert CONVERTER.structure(plain, ANY_MEASURE) == measure
    assert CONVERTER.structure(plain, type(measure)) == measure
    assert plain["measure"] in MEASURES
    SCHEMA.validate(json.loads(document))


CONVERTER = converter()
# Typed Any: jsonschema brings no types.
SCHEMA: Any = import_module("jsonschema").Draft202012Validator(json_schema())
ANY_MEASURE: Any = Measure


@pytest.mark.parametrize(
    ("measure", "problems"),
    [
        ({"measure": "sum"}, [f".measure: must be one of {ANY[:15]}"]),
        ({"measure": "distnct"}, ["did you mean distinct?"]),
        ({"measure": []}, [".measure: must be one of"]),
        ({"measure": None}, [".measure: must be one of"]),
        ({}, [".measure: must be given; give one of count"]),
        (None, ["measure: must be an object with the key measure; had nothing"]),
        ([AMOUNT], ["measure: must be an object with the key measure; had a list of 1"]),
        ({"measure": "count"}, [".table: must be given"]),
        ({"measure": "count", "table": ""}, [".table: must be one line of text"]),
        ({**AMOUNT, "colum": 1}, ["must hold known keys only; had a key of 5 characters"]),
        (
            {**VISITS, "where": [{"column": "a", "op": "known", "value": [1]}]},
            [".where[0].value: must hold no values; had 1 values"],
        ),
        ({**VISITS, "where": [{"op": "is"}] * 51}, [".where: must be a list of at most 50 items"]),
        ({**VISITS, "key": []}, [".key: must be a tuple, list or set of 1 to 10"]),
        ({"measure": "ratio", "top": AMOUNT}, [".bottom: must be given"]),
        (
            {"measure": "ratio", "top": AMOUNT, "bottom": {"measure": "ratio"}},
            [f".bottom.measure: must be one of {ANY}; had text of 5 characters"],
        ),
        (
            {"measure": "ratio", "top": {"measure": "total"}, "bottom": 3},
            [".top.table: must be given", ".top.column: must be given", ".bottom: must be an obj"],
        ),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_path(measure: Any, problems: list[str]) -> None:
    """The path leads into the tree; classes that do not fit are refused with the words that do."""
    message = read(measure)
    assert isinstance(message, str)
    assert message.count("$.batches[0].indicator[0].measure") == len(problems)
    for each in problems:
        assert each in message


def test_a_word_is_given_once() -> None:
    """Of two words the parsers would keep the last."""
    text = holding(indicator=[{**ROW, "measure": {"measure": "stated"}}])
    twice = text.replace('{"measure": "stated"}', '{"measure": "count", "measure": "stated"}')
    assert twice != text
    for message in outcomes(twice):
        assert "measure.measure: must be given once" in str(message)


def test_a_class_has_its_own_word() -> None:
    """The form of a class alone holds its word, and no other one."""
    assert CONVERTER.structure({"measure": "stated"}, StatedMeasure) == stated()
    for wrong in ({"measure": "count", "table": "visits"}, {}):
        with pytest.raises(ParseError, match="measure: must be"):
            CONVERTER.structure(wrong, StatedMeasure)
    with pytest.raises(ParseError, match="value: 1 problem"):
        CONVERTER.structure({"measure": "sum"}, ANY_MEASURE)


@attrs.frozen
class Panel:
    """A class of an app that holds measures."""

    first: Measure
    others: list[Measure]


def test_apps_nest_measures() -> None:
    """In a class of an app each measure has its word."""
    panel = Panel(count("visits"), [stated(), COST])
    plain = CONVERTER.unstructure(panel)
    assert [each["measure"] for each in (plain["first"], *plain["others"])] == [
        "count", "stated", "ratio",
    ]  # fmt: skip
    assert CONVERTER.structure(plain, Panel) == panel


def test_a_union_without_a_key_has_no_form() -> None:
    """Classes that JSON cannot tell apart are an error in the declaration."""
    shape = Either(lambda: (Leaf, Requirement))
    for make in (json_of, converter_of):
        with pytest.raises(TypeError, match="has no form in JSON"):
            make(shape)
    with pytest.raises(TypeError, match="has no form in JSON"):
        read_or_raise(shape, {})


def test_a_former_word_of_evidence_is_read() -> None:
    """What was surveyed is self-reported, in documents of both schemas, rows and converters."""
    known = observation("o", indicator_id="jobs", evidence="self_reported")
    text = dumps(Portfolio.of(known)).replace("self_reported", "surveyed")
    assert "surveyed" in text
    assert {*outcomes(text)} == {Portfolio.of(known)}
    assert loads(text.replace('"schema":2', '"schema":1')) == Portfolio.of(known)
    assert from_row("observation", {**to_row(known), "evidence": "surveyed"}) == known
    plain = {**CONVERTER.unstructure(known), "evidence": "surveyed"}
    assert CONVERTER.structure(plain, Observation) == known
    SCHEMA.validate(json.loads(text))
    assert "surveyed" not in dumps(loads(text))
