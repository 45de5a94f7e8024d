"""Feeds bytes made up by atheris to every reader of text; nothing but our own errors may come out.

    python tests/codec/fuzz.py loads -max_total_time=600      (or: recurrence, hours)

Needs atheris; what follows the target are options of libFuzzer. A crash is left in a file whose
bytes belong into the tests.
"""

import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST = 4_096
SEEDS = {
    "loads": [],
    "recurrence": [
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;COUNT=9",
        "FREQ=DAILY;UNTIL=20141231",
        "FREQ=YEARLY;BYWEEKNO=20,-1;BYYEARDAY=1,-1;BYDAY=MO;BYSETPOS=1,-1",
    ],
    "hours": ["Mo-Fr 09:00-18:00; Sa 20:00-02:00", "24/7"],
}


def read_document(data: bytes) -> None:
    """Any bytes are a portfolio or a ParseError, alike by each parser, and come back if written."""
    from mic_core.codec import dumps, loads
    from tests.codec.documents import outcomes

    first, *others = outcomes(data)
    assert others == [first, first]
    if not isinstance(first, str):
        assert loads(dumps(first)) == first


def read_recurrence(data: bytes) -> None:
    """Any text is a rule or a ParseError, and a rule is written to be read as the same."""
    from mic_core.chrono import Recurrence
    from mic_core.errors import ParseError

    try:
        rule = Recurrence.parse(data.decode(errors="replace"))
    except ParseError:
        return
    assert Recurrence.parse(str(rule)) == rule


def read_hours(data: bytes) -> None:
    """Any text is weekly hours or a ParseError, and hours are written to be read as the same."""
    from mic_core.chrono import WeeklyHours
    from mic_core.errors import ParseError

    try:
        hours = WeeklyHours.parse(data.decode(errors="replace"))
    except ParseError:
        return
    assert WeeklyHours.parse(str(hours)) == hours


TARGETS: dict[str, Callable[[bytes], None]] = {
    "hours": read_hours,
    "loads": read_document,
    "recurrence": read_recurrence,
}


def main() -> None:
    """Fuzz one target, with its branches instrumented, from its seeds on."""
    atheris: Any = import_module("atheris")
    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["mic_core", "json"]):
        import_module("mic_core.codec")
        documents = import_module("tests.codec.documents")
    target, options = sys.argv[1], sys.argv[2:]
    seeds = SEEDS[target] or [documents.SAMPLE]
    with tempfile.TemporaryDirectory() as corpus:
        for place, seed in enumerate(seeds):
            Path(corpus, str(place)).write_text(seed, "utf-8")
        atheris.Setup([sys.argv[0], f"-max_len={LONGEST}", *options, corpus], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
