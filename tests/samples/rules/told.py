"""The findings of each example, as text: renewed by running this file.

    python -m tests.samples.rules.told

The text is compared in a test. Messages stand on the page of rules; what apps rest on beside them
(who is cited, which field is wrong, the facts) so shows as a change of lines that somebody reads.
"""

from collections.abc import Iterator
from pathlib import Path

from mic_core.catalog.check import CATALOG, check
from mic_core.findings import Finding
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES

FILE = Path(__file__).with_name("told.txt")
RULES = {rule.entry.code: rule for rule in CATALOG}


def written() -> str:
    """A heading for each example that finds something, and two lines for each finding."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for theme in THEMES.values():
        for code, trio in theme.items():
            for part in ("firing", "boundary"):
                each = getattr(trio, part)
                rules = (trio.rule or RULES[code],)
                report = check(Portfolio.of(*each.nouns), as_of=each.as_of, rules=rules)
                if report.findings:
                    yield f"{code}, {part}"
                    yield from map(_told, report.findings)
                    yield ""


def _told(finding: Finding) -> str:
    facts = ", ".join(f"{name} {value!r}" for name, value in finding.facts)
    at = f" at {finding.path}" if finding.path else ""
    return f"  {finding.severity}: {', '.join(finding.subjects)}{at}\n    {facts}"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8", newline="\n")
