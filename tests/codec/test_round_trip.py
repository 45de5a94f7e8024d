"""Round trip of documents: reading inverts writing, and the written form is canonical."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from mic_core.chrono import Period
from mic_core.codec import dumps, loads
from mic_core.codec.explain import is_list, is_object
from mic_core.model import (
    NOUNS,
    Edition,
    Leaf,
    Program,
    Requirement,
    Session,
    Waitlist,
    all_of,
    n_of,
    not_,
)
from mic_core.portfolio import Portfolio
from mic_core.samples import brussels_2014
from tests.budget import one_in
from tests.codec.documents import PARSERS, SAMPLE, outcome, outcomes
from tests.strategies import drawn, portfolios

LEAF = Leaf(fact="age", op=">=", value=(18,))
ADULT = {"fact": "age", "op": ">=", "value": [18]}


@one_in(2)
@given(portfolios())
def test_what_is_written_is_read_as_the_same(portfolio: Portfolio) -> None:
    """Any history comes back as it was, and as the same text, whatever the parser."""
    text = dumps(portfolio)
    for parser in PARSERS.values():
        assert outcome(text, parser) == portfolio
    assert dumps(loads(text.encode())) == text


@pytest.mark.parametrize("kind", NOUNS)
@one_in(5)
@given(data=st.data())
def test_every_noun_comes_back(kind: str, data: DataObject) -> None:
    """A value of each kind comes back equal, through each parser."""
    portfolio = Portfolio.of(data.draw(drawn(NOUNS[kind])))
    assert outcomes(dumps(portfolio)) == [portfolio] * len(PARSERS)


def test_the_sample_is_canonical() -> None:
    """A canonical document is written as it was read."""
    assert dumps(loads(SAMPLE)) == SAMPLE


@one_in(2)
@given(portfolios())
def test_indented_text_says_the_same(portfolio: Portfolio) -> None:
    """With and without line breaks it is one document, in one order."""
    text = dumps(portfolio, indent=2)
    assert json.loads(text) == json.loads(dumps(portfolio))
    assert loads(text) == portfolio
    assert dumps(loads(text), indent=2) == text


def _shuffled(draw: DataObject, value: Any) -> Any:
    """The same JSON data with the members of objects in any order."""
    if is_object(value):
        members = draw.draw(st.permutations(list(value.items())))
        return {key: _shuffled(draw, each) for key, each in members}
    return [_shuffled(draw, each) for each in value] if is_list(value) else value


@one_in(2)
@given(portfolios(), st.data())
def test_the_order_of_input_means_nothing(portfolio: Portfolio, data: DataObject) -> None:
    """Members, rows and batches in any order, with spaces between, give the same text."""
    tree = _shuffled(data, json.loads(dumps(portfolio)))
    data.draw(st.randoms()).shuffle(tree["batches"])
    for batch in tree["batches"]:
        for key in set(batch) & set(NOUNS):
            batch[key].reverse()
    assert dumps(loads(json.dumps(tree, indent=1))) == dumps(portfolio)


def test_hash_seeds_change_nothing() -> None:
    """The season is written in the same bytes for any hash seed."""
    code = (
        "from mic_core.codec import dumps; from mic_core.samples import brussels_2014;"
        "import sys; sys.stdout.buffer.write(dumps(brussels_2014()).encode())"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2014")
    }
    assert shown == {dumps(brussels_2014()).encode()}


@pytest.mark.parametrize(
    ("start", "fold"),
    [
        ("2014-10-26T02:30:00+02:00[Europe/Brussels]", 0),
        ("2014-10-26T02:30:00+01:00[Europe/Brussels]", 1),
    ],
)
def test_the_offset_tells_which_of_two_hours(start: str, fold: int) -> None:
    """Zone name and fold of a time that clocks show twice are kept."""
    end = "2014-10-26T04:00:00+01:00[Europe/Brussels]"
    length = "PT1H30M" if fold else "PT2H30M"
    before = "2014-10-26T02:30:00+02:00[Europe/Brussels]"
    text = SAMPLE.replace('"length":"PT1H","slot"', f'"length":"{length}","slot"')
    text = text.replace("2014-10-26T02:30:00+01:00[Europe/Brussels]", end).replace(before, start)
    slot = loads(text).get(Session, "s").slot
    assert slot is not None
    assert (slot.start.fold, slot.zone) == (fold, "Europe/Brussels")
    assert dumps(loads(text)) == text


def test_defaults_are_left_out() -> None:
    """A value is written without the fields that say nothing new, nested ones included."""
    edition = Edition(id="e", program_id="g", center_id="c", number=6, period=Period())
    row = json.loads(dumps(Portfolio.of(edition)))["batches"][0]["edition"][0]
    assert row == {"center_id": "c", "id": "e", "number": 6, "period": {}, "program_id": "g"}
    lottery = Edition(
        id="e", program_id="g", center_id="c", number=6, period=Period(),
        waitlist=Waitlist(rule="lottery", seed=7),
    )  # fmt: skip
    row = json.loads(dumps(Portfolio.of(lottery)))["batches"][0]["edition"][0]
    assert row["waitlist"] == {"rule": "lottery", "seed": 7}


@pytest.mark.parametrize(
    ("requirement", "form"),
    [
        (all_of(LEAF), {"all_of": [ADULT]}),
        (not_(LEAF), {"not": ADULT}),
        (n_of(1, not_(LEAF)), {"n_of": [{"not": ADULT}], "n": 1}),
    ],
)
def test_requirements_are_written_to_be_read(requirement: Requirement, form: object) -> None:
    """A requirement holds its parts under the name of its rule."""
    program = Program(id="g", title="Boostcamp", kind="bootcamp", completion=requirement)
    text = dumps(Portfolio.of(program))
    assert json.loads(text)["batches"][0]["program"][0]["completion"] == form
    assert loads(text).get(Program, "g") == program
