"""Shared parts of the tests of documents: a small sample, and reading it with any parser."""

import json
from typing import Any

from mic_core.codec import Limits
from mic_core.codec.document import read_batches
from mic_core.codec.parse import Parser, fastest_parser, standard_parser
from mic_core.errors import MicError, ParseError
from mic_core.portfolio import Portfolio

SAMPLE = (
    '{"batches":[{"center":[{"country":"BE","id":"c","name":"Café","opening_hours":"Mo-Fr 09:'
    '00-18:00","time_zone":"Europe/Brussels"}],"person":[{"attributes":{"cohort":6,"new":true'
    '},"id":"p","name":"Ada \\"Lovelace\\""}],"program":[{"eligibility":{"all_of":[{"fact":"age'
    '","op":">=","value":[18]},{"not":{"fact":"banned","op":"known"}}]},"id":"g","kind":"boot'
    'camp","modules":[{"id":"m","length":"PT1H30M","title":"Pitch"}],"title":"Boostcamp"}],"s'
    'eries":[{"center_id":"c","first_on":"2014-09-03","id":"w","length":"PT3H","recurrence":{'
    '"excluded":["2014-09-10"],"rule":"FREQ=WEEKLY;COUNT=5;BYDAY=WE"},"starts_at":"18:00","ti'
    'tle":"Evening"}]},{"actor":"desk","cost":[{"amount":{"amount":"1500.5","currency":"EUR"}'
    ',"id":"k","kind":"venue","period":{"end":"2015-01-01","start":"2014-01-01"},"scope":["c"'
    ']}],"recorded_at":"2014-10-01T08:00:00Z","session":[{"center_id":"c","id":"s","length":"'
    'PT1H","slot":{"end":"2014-10-26T02:30:00+01:00[Europe/Brussels]","start":"2014-10-26T02:'
    '30:00+02:00[Europe/Brussels]"},"title":"Night"}]}],"format":"mic_core.portfolio","schema'
    '":2}'
)
"""A canonical document that holds every form there is."""


def _broken(_: bytes) -> Any:
    raise ValueError


BROKEN = Parser(read=_broken, write=_broken)
"""A parser that refuses everything, so that documents are read by the slow path."""

PARSERS = {"fastest": fastest_parser(), "standard": standard_parser(), "none": BROKEN}


def outcome(text: str | bytes, parser: Parser = PARSERS["fastest"]) -> Portfolio | str:
    """The portfolio that a document is read as, or the message of the error."""
    try:
        return Portfolio.replay(read_batches(text, Limits(), parser))
    except MicError as error:
        assert isinstance(error, ParseError)
        return str(error)


def outcomes(text: str | bytes) -> list[Portfolio | str]:
    """The outcomes of reading a document with each parser."""
    return [outcome(text, parser) for parser in PARSERS.values()]


def holding(**rows: Any) -> str:
    """A document of one batch with these rows."""
    return json.dumps({"format": "mic_core.portfolio", "schema": 2, "batches": [rows]})
