"""One mutant in a new interpreter, which changes a module before anything imports it.

    python -m tests.mutation.anew PATH PLACE

The names of the tests are read from standard input; the status is that of pytest. Nothing that is
imported here may import the package, as the plugins of Hypothesis do.
"""

import sys
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

from tests.mutation.mutants import Mutant, mutants_of

NOTICED = "noticed by "
OPTIONS = (
    "-q", "-s", "--assert=plain", "-p", "no:cacheprovider", "-p", "tests.mutation.hasty",
    "--hypothesis-profile=quick", "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip


class _Only:
    """A plugin of pytest that keeps some of the collected tests."""

    def __init__(self, names: Iterable[str]) -> None:
        self.ranks = {name: rank for rank, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [each for each in items if each.nodeid in self.ranks]
        items.sort(key=lambda each: self.ranks[each.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            print(f"\n{NOTICED}{report.nodeid}", flush=True)


def main(path: str, place: int, tests: list[str]) -> int:
    """Run some tests against one mutant; the status of pytest."""
    mutant: Mutant = list(mutants_of(Path(path)))[place]
    usual = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        return mutant.code if loader.path == path else usual(loader, fullname)

    setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010  # what no type checker allows
    files = list(dict.fromkeys(name.partition("::")[0] for name in tests))
    return int(pytest.main([*files, *OPTIONS, "-x"], plugins=[_Only(tests)]))


if __name__ == "__main__":
    if any(name.partition(".")[0] == "mic_core" for name in sys.modules):
        sys.exit("the package is imported already")
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.stdin.read().split("\n")))
