"""Trials of mutants by tests that were collected once: each in a process that is forked off."""

import gc
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Literal

import attrs
import coverage
import pytest

from tests.mutation.mutants import Mutant

Outcome = Literal["killed", "late", "survived", "elsewhere"]
"""A test failed; it took too long; all passed; or only a new process can tell."""

MEMORY = 4 << 30
"""Bytes that a trial may take: a change may let a loop grow without end."""


@attrs.frozen(kw_only=True)
class Run:
    """The processor time of a test in seconds, and the lines of each file that it ran."""

    seconds: float
    passed: bool
    lines: dict[str, frozenset[int]]


class Trials:
    """A plugin of pytest that tries mutants instead of running the tests once."""

    def __init__(
        self, paths: Sequence[Path], work: Callable[["Trials"], None], kept: Path | None = None
    ) -> None:
        self.paths, self.work, self.kept = [str(path) for path in paths], work, kept
        self.items: list[pytest.Item] = []
        self.runs: list[Run] = []
        self.failed = False
        self.killers: dict[str, list[int]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of the tests: a look at what each of them runs, then the mutants."""
        self.items = list(session.items)
        names = [each.nodeid for each in self.items]
        if self.kept is not None and self.kept.exists():
            known: dict[str, Run] = pickle.loads(self.kept.read_bytes())
        else:
            known = dict(zip(names, self._watched_apart(), strict=True))
            if self.kept is not None:
                self.kept.write_bytes(pickle.dumps(known))
        self.items = [each for each in self.items if each.nodeid in known]
        self.runs = [known[each.nodeid] for each in self.items]
        self.work(self)
        return True

    def _watched_apart(self) -> list[Run]:
        """Every test once, in another process."""
        with tempfile.TemporaryFile() as file:

            def watch() -> None:
                pickle.dump(self._watched(), file)
                file.flush()

            _forked(watch)
            file.seek(0)
            runs: list[Run] = pickle.load(file)
        return runs

    def _watched(self) -> list[Run]:
        """Every test once, with the lines that it runs."""
        watch = coverage.Coverage(data_file=None, config_file=False, include=self.paths)
        watch.start()
        timed: list[tuple[float, bool]] = []
        caches = _caches(self.paths)
        for place in range(len(self.items)):
            for forget in caches:
                forget()  # what one test has made others would not be seen to need
            watch.switch_context(str(place))
            begun = time.process_time()
            passed = self._passes(place)
            timed.append((time.process_time() - begun, passed))
        watch.stop()
        lines: list[dict[str, set[int]]] = [{} for _ in self.items]
        data = watch.get_data()
        for path in self.paths:
            for line, contexts in data.contexts_by_lineno(path).items():
                for context in filter(None, contexts):
                    lines[int(context)].setdefault(path, set()).add(line)
        return [
            Run(seconds=t, passed=p, lines={path: frozenset(n) for path, n in each.items()})
            for (t, p), each in zip(timed, lines, strict=True)
        ]

    def _passes(self, place: int) -> bool:
        self.failed = False
        item = self.items[place]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self.failed

    def asked(self, mutant: Mutant, most: float) -> list[int]:
        """The tests that run the lines of a mutant, those first that killed others of its kind.

        Then the fastest; together they take no more than so many seconds. A change outside of
        functions is known to all tests, but first to those that run a line of its module.
        """
        path, (low, high) = str(mutant.path), mutant.lines
        own = [n for n, run in enumerate(self.runs) if run.passed]
        if mutant.inside:
            own = [
                n for n in own if any(low <= at <= high for at in self.runs[n].lines.get(path, ()))
            ]
        before = self.killers.get(path, [])[::-1]
        ranks = {n: rank for rank, n in reversed(list(enumerate(before[:20])))}
        own.sort(
            key=lambda n: (
                ranks.get(n, 20), path not in self.runs[n].lines, self.runs[n].seconds,
            )
        )  # fmt: skip
        taken: list[int] = []
        for n in own:
            most -= self.runs[n].seconds
            if most < 0 and taken:
                break
            taken.append(n)
        return taken

    def tried(self, mutant: Mutant, tests: Sequence[int]) -> Outcome:
        """The outcome of a mutant under some tests."""
        swaps = _swaps(mutant)
        if not swaps:
            return "elsewhere"
        seconds = sum(self.runs[n].seconds for n in tests)

        def task() -> None:
            for function, code in swaps:
                function.__code__ = code
            for n in tests:
                if not self._passes(n):
                    found.seek(0)
                    found.write(str(n).encode())
                    found.flush()
                    os._exit(1)

        with tempfile.TemporaryFile() as found:
            status = _forked(task, cpu=int(10 + 5 * seconds))
            found.seek(0)
            killer = found.read()
        if killer:
            self.note(mutant, int(killer))
        if os.WIFSIGNALED(status):
            return "late"
        return "killed" if os.waitstatus_to_exitcode(status) else "survived"

    def note(self, mutant: Mutant, killer: int) -> None:
        """Remember which test noticed a mutant."""
        self.killers.setdefault(str(mutant.path), []).append(killer)


def _caches(paths: Sequence[str]) -> list[Callable[[], None]]:
    """The functions that clear the caches of some files."""
    remembering: type = type(cache(len))
    found: list[Any] = [each for each in gc.get_objects() if type(each) is remembering]
    return [
        each.cache_clear
        for each in found
        if getattr(each.__wrapped__, "__code__", _NOTHING).co_filename in paths
    ]


_NOTHING = compile("", "", "exec")


def _forked(task: Callable[[], object], cpu: int | None = None) -> int:
    """Do something in a process of its own, in silence; the status with which it ended."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(silent, stream)
        if cpu is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(20 * cpu)
        task()
    except BaseException:  # noqa: BLE001  # whatever it is, this process ends here
        os._exit(3)
    os._exit(0)


def _swaps(mutant: Mutant) -> list[tuple[FunctionType, CodeType]]:
    """The functions that live with the code that a mutant changes, each with its new code."""
    text = mutant.path.read_text("utf-8")
    before = compile(text, str(mutant.path), "exec", dont_inherit=True)
    changed = dict(_pairs(before, mutant.code))
    found: list[tuple[FunctionType, CodeType]] = []
    if not mutant.inside:
        return found
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(mutant.path):
            code = changed.get(each.__code__)
            if code is not None:
                if code.co_freevars != each.__code__.co_freevars:
                    return []
                found.append((each, code))
    return found


def _pairs(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Code that differs, with what it became, from the outside inwards."""
    if before != after:
        yield before, after
        old = [each for each in before.co_consts if isinstance(each, CodeType)]
        new = [each for each in after.co_consts if isinstance(each, CodeType)]
        if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                yield from _pairs(one, other)
