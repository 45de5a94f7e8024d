"""Do the tests notice small changes of the code? Names the mutants that none of them noticed.

    python -m tests.mutation.run src/mic_core/rules.py tests/test_rules.py --sample 50

Files of the package are changed; all other paths are tests. They are collected once. Each mutant
is tried in a process of its own by the tests that run its lines, the fastest first; a change
outside of functions is tried in a new interpreter. No file is written.
"""

import argparse
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from tests.mutation.anew import NOTICED, OPTIONS
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.trials import Outcome, Trials

EQUIVALENT = Path(__file__).with_name("equivalent.txt")
"""Mutants that do what the code does, by module, each after the reason why."""


def main() -> int:
    """Try the mutants of some files; 1 where too few were noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, help="so many mutants of each file; else all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--most", type=float, default=60, help="seconds of tests for a mutant")
    parser.add_argument("--least", type=float, default=95, help="percent that must be noticed")
    parser.add_argument("--kept", type=Path, help="a file of what each test runs, made if missing")
    parser.add_argument("--only", type=int, nargs="*", help="lines to change; else all")
    given = parser.parse_intermixed_args()
    changed = [each.resolve() for each in given.paths if _is_code(each)]
    tests = [str(each) for each in given.paths if not _is_code(each)] or ["tests"]
    failed: list[bool] = []

    def work(trials: Trials) -> None:
        broken = [trials.items[n].nodeid for n, run in enumerate(trials.runs) if not run.passed]
        print(f"{len(trials.runs)} tests, without a change {len(broken)} fail", *broken)
        for path in changed:
            chosen = _chosen(path, given.sample, given.seed, given.only)
            score = _judged(trials, path, chosen, given.most)
            failed.append(score < given.least)

    pytest.main([*tests, *map(str, changed), *OPTIONS], plugins=[Trials(changed, work, given.kept)])
    return int(any(failed) or not failed)


def _is_code(path: Path) -> bool:
    return path.suffix == ".py" and "src" in path.parts and path.name != "__init__.py"


def _chosen(path: Path, sample: int | None, seed: int, lines: Sequence[int] | None) -> list[int]:
    """The places, among all mutants of a file, of those to try."""
    places = [n for n, each in enumerate(mutants_of(path)) if not lines or each.line in lines]
    if sample is None or sample >= len(places):
        return places
    return sorted(random.Random(f"{seed} {path.name}").sample(places, sample))


def _judged(trials: Trials, path: Path, chosen: Sequence[int], most: float) -> float:
    """Try some mutants of a file and tell which survived; the share that was noticed."""
    name = path.as_posix().rpartition("/src/")[2]
    excused = _equivalents().get(name, set())
    counts: Counter[str] = Counter()
    every = list(mutants_of(path))
    for place in chosen:
        mutant = every[place]
        if mutant.key in excused:
            counts["equivalent"] += 1
            continue
        tests = trials.asked(mutant, most)
        outcome = trials.tried(mutant, tests) if tests else "elsewhere"
        if not tests:  # it runs when its module is imported, or never
            tests = trials.asked(attrs.evolve(mutant, inside=False), most)
        if outcome == "elsewhere":
            outcome = _anew(trials, mutant, place, tests)
        counts[outcome] += 1
        if outcome == "survived":
            print(f"{name}:{mutant.line}: {mutant.key}  ({len(tests)} tests)", flush=True)
    tried = counts["killed"] + counts["late"] + counts["survived"]
    score = 100 * (tried - counts["survived"]) / tried if tried else 100.0
    print(f"{name}: {score:.1f} % of {tried}, {dict(counts)}", flush=True)
    return score


def _equivalents() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    module = ""
    for line in EQUIVALENT.read_text("utf-8").splitlines():
        if line.startswith("["):
            module = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            found.setdefault(module, set()).add(line.strip())
    return found


def _anew(trials: Trials, mutant: Mutant, place: int, tests: Sequence[int]) -> Outcome:
    """The outcome of a mutant in a new interpreter."""
    words = [sys.executable, "-m", "tests.mutation.anew", str(mutant.path), str(place)]
    names = [trials.items[n].nodeid for n in tests]
    try:
        done = subprocess.run(
            words, input="\n".join(names), text=True, capture_output=True, timeout=900, check=False
        )
    except subprocess.TimeoutExpired:
        return "late"
    for name in done.stdout.split("\n"):
        if name.startswith(NOTICED) and name.removeprefix(NOTICED) in names:
            trials.note(mutant, tests[names.index(name.removeprefix(NOTICED))])
    return "killed" if done.returncode else "survived"


if __name__ == "__main__":
    sys.exit(main())
