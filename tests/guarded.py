"""Runs every example of the package, and a whole story, while the world is watched.

    python tests/guarded.py            prints what was reached outside, as JSON
    python tests/guarded.py --prove    reaches outside on purpose, to prove that it is noticed

Watched are files, sockets, programs, the clock, the environment, the shared source of chance, the
locale and the standard streams. Imports and the zones of the tz database, which are data of this
library, are loaded before; modules that are loaded on first use may be read to be imported.
"""

import datetime as dt
import doctest
import importlib
import inspect
import io
import json
import locale
import os
import pkgutil
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from types import CodeType, FrameType, ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import mic_core
from mic_core.samples import brussels_2014, network

# Hypothesis draws by chance and by the clock, and a solver of another house measures its time.
APART = ("mic_core.testing", "mic_core.solvers")
OUTSIDE = ("open", "os.", "shutil.", "socket.", "sqlite3.", "subprocess.", "tempfile.", "urllib.")
IMPURE_MODULES = frozenset({"_locale", "_posixsubprocess", "_socket", "nt", "posix", "time"})
CLOCKS = frozenset({"now", "today", "utcnow"})
STREAMS = frozenset({"input", "open", "print"})

reached: set[str] = set()
watching = False


def _is_importing() -> bool:
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _reach(what: str) -> None:
    global watching  # noqa: PLW0603  # what is done here is not watched itself
    if watching and not _is_importing():
        watching = False
        reached.add(what)
        watching = True


def _audit(event: str, _: object) -> None:
    if event.startswith(OUTSIDE):
        _reach(event)


def _called(_: FrameType, event: str, function: Any) -> None:
    if event != "c_call" or not watching:
        return
    name, owner = function.__name__, getattr(function, "__self__", None)
    if function.__module__ in IMPURE_MODULES and name != "fspath":
        _reach(f"{function.__module__}.{name}")
    elif isinstance(owner, type) and issubclass(owner, dt.date) and name in CLOCKS:
        _reach(f"{owner.__name__}.{name}")
    elif owner is getattr(random, "_inst"):  # noqa: B009  # the shared one is not for others
        _reach(f"random.{name}")
    elif function.__module__ in ("builtins", "_io") and name in STREAMS:
        _reach(name)
    elif isinstance(owner, io.IOBase) and not isinstance(owner, io.BytesIO | io.StringIO):
        _reach(f"stream.{name}")


class _Environment(dict[str, str]):
    """An environment that tells when it is asked."""

    def __getitem__(self, name: str) -> str:
        _reach("os.environ")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        _reach("os.environ")
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        _reach("os.environ")
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        _reach("os.environ")
        return super().__iter__()


def watched(run: Callable[[], object]) -> str:
    """Run something while the world is watched; gives what it raises, in words."""
    global watching  # noqa: PLW0603  # there is one world
    before, show = os.environ, sys.displayhook
    setattr(os, "environ", _Environment(before))  # noqa: B010  # type checkers know it as fixed
    sys.displayhook = lambda value: repr(value) and None
    sys.setprofile(_called)
    watching = True
    try:
        run()
    except Exception as error:  # noqa: BLE001  # examples raise on purpose
        return repr(error)
    finally:
        watching = False
        sys.setprofile(None)
        setattr(os, "environ", before)  # noqa: B010  # as above
        sys.displayhook = show
    return ""


def modules() -> list[ModuleType]:
    """All modules of the package that must be pure, imported."""
    names = [each.name for each in pkgutil.walk_packages(mic_core.__path__, "mic_core.")]
    return [importlib.import_module(name) for name in names if not name.startswith(APART)]


def _shown(*values: object) -> None:
    """Print, but nowhere."""
    assert [str(each) for each in values]


def examples() -> Iterator[tuple[list[CodeType], dict[str, Any]]]:
    """The compiled examples of each docstring, with the names that they use."""
    for module in modules():
        for test in doctest.DocTestFinder().find(module):
            steps = [compile(each.source, test.name, "single") for each in test.examples]
            yield steps, {**test.globs, "print": _shown}


def story() -> None:
    """What an app does with a portfolio, from its document to its answers."""
    now = dt.datetime(2014, 12, 1, tzinfo=dt.UTC)
    portfolio = mic_core.loads(mic_core.dumps(brussels_2014()))
    known = portfolio.as_of(now)
    assert mic_core.loads(mic_core.dumps(known, indent=1)) == known
    noun = next(portfolio.values())
    later = known.record(noun, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))
    assert mic_core.merge(later, known) == later
    assert repr(mic_core.diff(known, later))
    centers = network(7, centers=2)
    edition = centers.all(mic_core.Edition)[0].id
    assert str(mic_core.plan(centers, edition, free=edition, iterations=200))
    shown: list[Any] = [
        mic_core.check(portfolio, as_of=now),
        mic_core.agenda(portfolio),
        mic_core.head_count(portfolio),
        mic_core.claims(portfolio),
    ]
    for each in shown:
        assert str(each)
        assert repr(each)
        assert each.html()
    assert str(mic_core.score(portfolio))
    for noun in portfolio.values():
        assert portfolio.find(type(noun), noun.id) == noun
        assert repr(noun)


def prove() -> None:
    """Everything that must not be done, one after the other."""
    time.time()
    time.sleep(0)
    dt.datetime.now()  # noqa: DTZ005  # wrong on purpose
    dt.date.today()  # noqa: DTZ011  # wrong on purpose
    random.random()
    random.choice("ab")
    os.getenv("HOME")
    os.urandom(1)
    locale.setlocale(locale.LC_ALL)
    sys.stderr.write("")
    socket.socket().close()
    with open(__file__, "rb"):  # noqa: PTH123  # the plainest way
        pass
    subprocess.run([sys.executable, "-c", ""], check=True)


def main() -> None:
    """Watch all examples and the story, or the proof, and print what was reached."""
    zones = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    kept = [ZoneInfo(name) for name in zones]
    mic_core.zone(kept[0].key)
    runs: list[Callable[[], object]] = []
    for steps, names in examples():
        runs += [partial(eval, step, names) for step in steps]
    sys.addaudithook(_audit)
    error = watched(prove if "--prove" in sys.argv else story)
    for run in runs:
        watched(run)
    found = {"error": error, "examples": len(runs), "reached": sorted(reached)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
