"""Every check of this repository, each in an environment of its own: `nox -s <session>`.

`nox` alone runs the quick ones. All of them work with nothing but nox installed.
"""

import json
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
# virtualenv comes with nox, so this needs nothing else and is the same on every machine.
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["lint", "imports", "types", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
CORE: list[str] = PYPROJECT["project"]["dependencies"]
# One process for each core, up to eight: each collects all tests (7 s) before it runs its share.
# A process that has no tests left takes some of the longest queue, since few tests take long.
PARALLEL = ("--numprocesses=auto", "--maxprocesses=8", "--dist=worksteal")

EXTRAS = (
    (".",),
    (".", "python-dateutil>=4"),
    *((f".[{extra}]",) for extra in PYPROJECT["project"]["optional-dependencies"]),
    (".[all]", "python-dateutil>=4"),
    (".[all,holidays]",),
)
"""The combinations of extras that have to resolve, each in an environment of its own."""


def group(*names: str) -> list[str]:
    """The requirements of groups in pyproject.toml."""
    return list(nox.project.dependency_groups(PYPROJECT, *names))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and banned calls: the clock, chance, the environment, files."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def imports(session: nox.Session) -> None:
    """Which module may import which."""
    session.install("--no-deps", "-e", ".")
    session.install(*group("imports"))
    session.run("lint-imports", "--no-cache")


@nox.session
def types(session: nox.Session) -> None:
    """mypy and pyright, both strict, over package, tests and documentation."""
    session.install("-e", ".[all,holidays]", *group("tests", "types", "docs", "benchmarks"))
    session.run("mypy")
    session.run("pyright", "--pythonpath", f"{session.bin}/python")


def _pytest(session: nox.Session, profile: str, *everything: str) -> list[str]:
    """The tests that posargs name, else all, on as many examples as a profile says."""
    chosen = session.posargs or everything
    return ["-m", "pytest", f"--hypothesis-profile={profile}", *PARALLEL, *chosen]


@nox.session
def tests(session: nox.Session) -> None:
    """All tests and every example of code and documents, with all extras; `-- tests/chrono` some.

    Properties are tried on the same examples in every run.
    """
    session.install("-e", ".[all,holidays]", *group("tests"))
    session.run("python", *_pytest(session, "ci"))


@nox.session
def frames(session: nox.Session) -> None:
    """Measures on every engine of dataframes but Spark, on a table of 1,000,000 rows as well."""
    session.install("-e", ".[all]", *group("tests", "engines"))
    session.env["MIC_CORE_ROWS"] = "1000000"
    session.run("python", *_pytest(session, "ci", "tests/frames"))


@nox.session
def disclosure(session: nox.Session) -> None:
    """Suppression on 500 random tables, which a solver attacks over the published figures."""
    session.install("-e", ".[all]", *group("tests"))
    session.env["MIC_CORE_DISCLOSURE_TABLES"] = "500"
    session.run("python", *_pytest(session, "ci", "tests/impact/disclosure"))


@nox.session
def spark(session: nox.Session) -> None:
    """Measures on PySpark in local mode, and the partitioned dataset of the how-to; needs Java."""
    session.install("-e", ".[all]", *group("tests", "spark"))
    # One process: each would start a Java of its own. Spark warns of releases of other libraries.
    options = ("-n", "0", "-W", "default", *(session.posargs or ["tests/frames/test_spark.py"]))
    session.run("python", "-m", "pytest", "--hypothesis-profile=quick", *options)


@nox.session
def coverage(session: nox.Session) -> None:
    """Branch coverage of all tests is complete, on the same examples as `tests`."""
    session.install("-e", ".[all,holidays]", *group("tests"))
    # Each process of pytest-xdist writes a file of its own.
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    session.run("coverage", "erase")
    session.run("coverage", "run", *_pytest(session, "ci"))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def nightly(session: nox.Session) -> None:
    """All tests on up to 5,000 examples of each property, new ones in each run: takes hours."""
    session.install("-e", ".[all,holidays]", *group("tests"))
    session.run("python", *_pytest(session, "nightly"))


@nox.session
def tests_wheel(session: nox.Session) -> None:
    """The built wheel, installed without extras and with the newest dateutil."""
    folder = session.create_tmp()
    session.run("pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, ".")
    wheel = max(Path(folder).glob("*.whl"), key=lambda path: path.stat().st_mtime)
    session.install(str(wheel), "python-dateutil>=4", *group("tests"))
    _run_installed(session)


@nox.session
def extras(session: nox.Session) -> None:
    """The releases that each combination of extras resolves to; nothing is installed."""
    report = Path(session.create_tmp()).resolve() / "report.json"
    for wanted in EXTRAS:
        session.log(" ".join(wanted))
        pip = ("python", "-m", "pip", "install", "--dry-run", "--ignore-installed")
        session.run(*pip, "--quiet", f"--report={report}", *wanted)
        found = [each["metadata"] for each in json.loads(report.read_text("utf-8"))["install"]]
        for name, version in sorted((each["name"], each["version"]) for each in found):
            session.log(f"  {name} {version}")


@nox.session
def tests_lowest(session: nox.Session) -> None:
    """The oldest release that pyproject.toml admits of each core dependency."""
    lowest = [requirement.replace(">=", "==") for requirement in CORE]
    session.install(".", *lowest, *group("tests"))
    _run_installed(session)


@nox.session(python=nox.project.python_versions(PYPROJECT))
def tests_matrix(session: nox.Session) -> None:
    """The tests under each Python that is supported and found on this machine."""
    session.install(".", *group("tests"))
    _run_installed(session)


def _run_installed(session: nox.Session) -> None:
    """Run the tests and the examples of the installed package, not those of src.

    Properties are tried on few examples: what is asked here is whether the parts fit together.
    """
    session.run("python", *_pytest(session, "quick", "tests", "--pyargs", "mic_core"))


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as HTML in docs/_build; a warning or a dead reference fails."""
    session.install("-e", ".[testing]", *group("docs"))  # strategies are described as well
    session.run("sphinx-build", "-q", "-W", "-n", "-E", "-b", "html", "docs", "docs/_build/html")


@nox.session
def notebooks(session: nox.Session) -> None:
    """Every notebook against its page, with pandas; those of real data need `MIC_CORE_DATA`."""
    session.install("-e", ".", "pandas>=2.2", *group("tests"))
    session.run("python", "-m", "pytest", "-n", "0", "tests/test_notebooks.py", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Every benchmark; `-- --smoke` only proves that they run."""
    session.install("-e", ".[solver,frames]", *group("benchmarks", "tests"))
    for script in sorted(Path("tests/benchmarks").glob("bench_*.py")):
        session.run("python", str(script), *session.posargs)


@nox.session
def hostile(session: nox.Session) -> None:
    """Seconds and MiB of hostile documents, each linear in its length; `-- --smoke` for small ones.

    After `--` kinds of documents can be named, such as `-- crowded_room`.
    """
    session.install("-e", ".")
    session.run("python", "tests/benchmarks/bench_hostile.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Ten minutes of made-up bytes for each reader of text; `-- -max_total_time=60` for less."""
    session.install("-e", ".[fast]", "atheris>=3")
    for target in ("hours", "loads", "recurrence"):
        options = session.posargs or ["-max_total_time=600"]
        session.run("python", "tests/codec/fuzz.py", target, *options)


@nox.session
def mutation(session: nox.Session) -> None:
    """Whether the tests notice small changes of the code; name files and tests, or see a sample.

    `-- src/mic_core/findings.py tests/test_findings.py` tries all of one file, `--sample 50` some.
    """
    session.install("-e", ".[all,holidays]", *group("tests"))
    sample = ["src/mic_core/rules.py", "tests/test_rules.py", "--sample", "50"]
    session.run("python", "-m", "tests.mutation.run", *(session.posargs or sample))


@nox.session
def demo(session: nox.Session) -> None:
    """The season of MIC Brussels in 2014 from JSON: checked, as a week grid, counted."""
    session.install(".")
    session.run("python", "docs/examples/demo.py", *session.posargs)
