"""The catalog is complete: each rule has an entry that reads well and three examples that hold."""

import string
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mic_core.catalog.check import CATALOG, RULE_FAILED, check
from mic_core.errors import NotFound
from mic_core.model import Person
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule
from mic_core.samples.rules import THEMES, Example, Examples, examples_of
from mic_core.samples.rules.form import fires
from mic_core.samples.rules.nouns import at, room

RULES = {rule.entry.code: rule for rule in CATALOG}
ALL = {code: trio for theme in THEMES.values() for code, trio in theme.items()}


def rule_of(code: str) -> Rule:
    """The rule by which the examples of a code are checked."""
    return ALL[code].rule or RULES[code]


def told() -> Iterator[tuple[str, str, Example]]:
    """Each example with the code of its rule and its part among the three."""
    for code, trio in ALL.items():
        for part in ("firing", "silent", "boundary"):
            yield code, part, getattr(trio, part)


@pytest.mark.parametrize(
    ("code", "example"),
    [pytest.param(code, each, id=f"{code}-{part}") for code, part, each in told()],
)
def test_an_example_finds_what_it_says(code: str, example: Example) -> None:
    """The findings of a rule for one of its examples are exactly those that it states."""
    report = check(Portfolio.of(*example.nouns), as_of=example.as_of, rules=(rule_of(code),))
    assert report.skipped == ()
    assert [finding.code for finding in report.findings] == [code] * example.finds


def test_each_rule_of_the_catalog_has_three_examples() -> None:
    """Every code of the catalog has a firing, a silent and a boundary example."""
    assert set(RULES) == {code for code, trio in ALL.items() if trio.rule is None}


def test_each_theme_shows_its_own_rules() -> None:
    """No code has examples under two themes, and each rule has the code of its examples."""
    assert sum(map(len, THEMES.values())) == len(ALL)
    assert {code: rule_of(code).entry.code for code in ALL} == {code: code for code in ALL}


def test_the_three_examples_differ() -> None:
    """The firing example fires, the silent one does not, and their stories differ."""
    for trio in ALL.values():
        assert trio.firing.finds > 0
        assert trio.silent.finds == 0
        stories = [trio.firing.story, trio.silent.story, trio.boundary.story]
        assert len(set(stories)) == 3


def test_each_story_is_one_sentence() -> None:
    """Stories begin with a capital and end with a period, and hold one sentence."""
    for _, _, each in told():
        assert each.story[0].isupper()
        assert each.story.endswith(".")
        assert ". " not in each.story


def test_check_does_without_examples() -> None:
    """Checking loads neither samples nor fixes, and nothing that plans or draws."""
    code = "import sys, mic_core; mic_core.check; print(*sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = shown.stdout.split()
    assert "mic_core.catalog.rules.seats" in loaded
    spare = (
        "catalog.fixes",
        "samples",
        "scheduling.views",
        "scheduling.problem",
        "scheduling.planning",
    )
    assert [
        name for name in loaded if name.startswith(tuple(f"mic_core.{each}" for each in spare))
    ] == []


def test_codes_are_unique() -> None:
    """No two rules of the catalog share a code, and none has that of a rule that broke down."""
    codes = [rule.entry.code for rule in CATALOG]
    assert len(set(codes)) == len(codes)
    assert RULE_FAILED.code not in codes


def test_each_entry_reads_well() -> None:
    """Laws and reasons are whole sentences; sources, sentences and mends are there."""
    for code in ALL:
        entry = rule_of(code).entry
        for text in (entry.law, entry.why):
            assert text[0].isupper()
            assert text.endswith(".")
        assert entry.source
        assert not entry.sentence.endswith(".")
        assert not entry.mend.endswith(".")


@pytest.mark.parametrize("code", list(ALL))
def test_a_sentence_has_its_facts(code: str) -> None:
    """Each name in the sentence and the mend of a rule is a fact of what it finds."""
    trio = ALL[code]
    nouns, as_of = trio.firing.nouns, trio.firing.as_of
    report = check(Portfolio.of(*nouns), as_of=as_of, rules=(rule_of(code),))
    entry = rule_of(code).entry
    named = {
        name
        for text in (entry.sentence, entry.mend)
        for _, name, _, _ in string.Formatter().parse(text)
    }
    for finding in report.findings:
        facts = dict(finding.facts)
        assert named - {None, "subjects", "path"} <= set(facts)
        assert {"needed", "had"} <= set(facts)
        assert "{" not in finding.message + finding.mend
        assert finding.subjects


@pytest.mark.parametrize("code", list(ALL))
def test_a_finding_names_nobody(code: str) -> None:
    """No name, contact or other personal value of an example is in what is found there."""
    for example in (ALL[code].firing, ALL[code].boundary):
        report = check(Portfolio.of(*example.nouns), as_of=example.as_of, rules=(rule_of(code),))
        said = repr(report.findings)
        for person in (each for each in example.nouns if isinstance(each, Person)):
            for value in (person.name, person.contact, *(value for _, value in person.attributes)):
                assert value is None or str(value) not in said


@pytest.mark.parametrize("code", list(ALL))
def test_the_order_of_nouns_means_nothing(code: str) -> None:
    """The same facts in another order lead to the same findings."""
    example = ALL[code].firing
    rules = (rule_of(code),)
    one = check(Portfolio.of(*example.nouns), as_of=example.as_of, rules=rules)
    assert check(Portfolio.of(*example.nouns[::-1]), as_of=example.as_of, rules=rules) == one


def test_timed_rules_need_an_instant() -> None:
    """The examples of a timed rule have an `as_of`, and others need none."""
    for code, _, example in told():
        assert (example.as_of is not None) == rule_of(code).entry.timed


def test_examples_are_found_by_code() -> None:
    """The examples of a rule are found by its code, and an unknown code is refused."""
    assert examples_of("over-seats") is ALL["over-seats"]
    with pytest.raises(NotFound):
        examples_of("over-chairs")


def test_an_example_is_a_value() -> None:
    """Nouns that belong together may come in a tuple, and what fires finds one thing."""
    one = fires("Two rooms stand alone.", (room("r-1"), room("r-2")), as_of=at("2014-09-10 18:00"))
    assert [each.id for each in one.nouns] == ["r-1", "r-2"]
    assert one.finds == 1
    assert Examples(firing=one, silent=one, boundary=one).rule is None
