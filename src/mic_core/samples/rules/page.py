"""The page of the catalog: every rule with its law, its reason, its source and its examples."""

from collections.abc import Iterable, Iterator

from mic_core.catalog.check import CATALOG, RULE_FAILED, check
from mic_core.catalog.policy_codes import POLICY_UNKNOWN_RULE
from mic_core.portfolio import Portfolio
from mic_core.rules import Rule
from mic_core.samples.rules import THEMES, Example, Examples
from mic_core.wording import clause

_INTRODUCTION = """# Rules

What `check` asks of a portfolio: {count} rules. Each has a code that stays, a law in one sentence,
the reason for it, where it comes from, and three examples, which are run as tests: one where it
fires, one where it is silent, and one at the boundary between the two. Below each example stands
what the rule says of it.

An *error* cannot be true or cannot take place, a *warning* should not be, an *info* is worth a
look; a `Policy` weighs them anew or waives some. Rules that need to know when they are asked are
skipped unless `check` is given `as_of`.

The rules under *To add* are not asked until somebody says how much is wanted:
`check(portfolio, rules=(*CATALOG, MaxPerDay(most=2)))`.

Two findings come from `check` itself:

- *{failed.code}*: {failed.why}
- *{unknown.code}*: {unknown.why}
"""

_LONGEST = 60
_PARTS = ("firing", "silent", "boundary")


def rules_page(rules: Iterable[Rule] = CATALOG) -> str:
    """Return the page in Markdown, themes in the order of the examples.

    Rules without examples are not on it; a test requires examples of each rule of this library.
    O(examples).

    >>> print(rules_page().partition(chr(10))[0])
    # Rules
    """
    known = {rule.entry.code: rule for rule in rules}
    lines = [
        _INTRODUCTION.format(count=len(known), failed=RULE_FAILED, unknown=POLICY_UNKNOWN_RULE)
    ]
    for theme, examples in THEMES.items():
        rules_of = {code: trio.rule or known.get(code) for code, trio in examples.items()}
        shown = {code: rule for code, rule in rules_of.items() if rule is not None}
        if shown:
            lines += [f"## {theme}", "", *_overview(shown.values()), ""]
            for code, rule in shown.items():
                lines += _section(rule, examples[code])
    return "\n".join(lines).rstrip() + "\n"


def _overview(rules: Iterable[Rule]) -> Iterator[str]:
    """The table of all rules of a theme."""
    yield "| rule | | law |"
    yield "|---|---|---|"
    for rule in rules:
        entry = rule.entry
        yield f"| [{entry.code}](#{entry.code}) | {entry.severity} | {_cell(entry.law)} |"


def _section(rule: Rule, examples: Examples) -> list[str]:
    entry = rule.entry
    asked = f", asked here as `{_call(rule)}`" if examples.rule is not None else ""
    when = ", needs `as_of`" if entry.timed else ""
    return [
        f"### {entry.code}",
        "",
        f"*{entry.severity}*{when}{asked}. {entry.law}",
        "",
        f"{entry.why} Source: {entry.source}.",
        "",
        *(line for part in _PARTS for line in _item(part, rule, getattr(examples, part))),
        "",
    ]


def _item(part: str, rule: Rule, example: Example) -> Iterator[str]:
    """An example as an item of a list, with its findings."""
    yield f"- *{part.capitalize()}.* {example.story}"
    report = check(Portfolio.of(*example.nouns), as_of=example.as_of, rules=(rule,))
    for finding in report.findings:
        yield f"  - {clause(finding.message)}. *To mend it:* {clause(finding.mend)}."


def _call(rule: Rule) -> str:
    """The call that makes a rule; with `...` for its arguments if these are long."""
    whole = repr(rule)
    return whole if len(whole) <= _LONGEST else f"{type(rule).__name__}(...)"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
