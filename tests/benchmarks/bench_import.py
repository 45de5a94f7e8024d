"""Importing the package and reading a first document, against importing what others are made of.

    python tests/benchmarks/bench_import.py [--smoke]

Each case is a fresh interpreter, with its modules compiled before, and all cases take turns. The
base imports attrs, cattrs and dateutil's rules, which a library of this kind would import at once;
cattrs and dateutil are loaded here only by what needs them. Goal: `import mic_core` costs at most
half of the base. The first noun makes all classes of nouns, some seventy, and that is what it
costs; a first document costs little more.
"""

import subprocess
import sys
from functools import partial

import ratios

from mic_core.codec import dumps
from mic_core.samples import brussels_2014

CASES = {
    "attrs, cattrs, dateutil": "import attrs, cattrs, dateutil.rrule",
    "nothing": "",
    "pydantic, one model": "import pydantic; pydantic.create_model('M', n=(int, ...))",
    "import mic_core": "import mic_core",
    "one noun": "import mic_core; mic_core.Room(id='r', center_id='c', name='Lab', seats=40)",
    "first loads of the sample": "import sys, mic_core; mic_core.loads(sys.stdin.buffer.read())",
}


def started(code: str, document: bytes) -> None:
    """Run code in a new interpreter that may read a document."""
    subprocess.run([sys.executable, "-c", code], input=document, check=True)


def main() -> list[ratios.Row]:
    """Print the table and return its rows."""
    document = dumps(brussels_2014()).encode()
    return ratios.compare(
        f"new interpreters; the document has {len(document):,} bytes",
        {case: partial(started, code, document) for case, code in CASES.items()},
        repetitions=2 if ratios.smoke() else 21,
        goals={"import mic_core": 0.5},
    )


if __name__ == "__main__":
    main()
