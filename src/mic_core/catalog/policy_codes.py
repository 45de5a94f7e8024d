"""Unknown rule codes in a policy: a misspelling that would otherwise change nothing, silently."""

from collections.abc import Collection, Iterator

from mic_core.fields import describe, nearest_word
from mic_core.findings import Policy
from mic_core.ids import is_id
from mic_core.rules import Breach, Entry

POLICY_UNKNOWN_RULE = Entry(
    code="policy-unknown-rule",
    level="medium",
    law="A policy weighs and waives findings of rules that there are.",
    why="A code that is misspelt changes nothing, and nobody notices.",
    source="this library",
    sentence="the policy speaks of {had} in {path}, and no rule here has that code",
    mend="correct the code, or ask its rule as well{near}",
)

TO_ADD = frozenset(
    "block-length compact-days day-breaks day-load different-days max-per-day max-per-week "
    "min-days min-gap preferred-times room-stability same-day same-room same-time "
    "spread-over-weeks travel work-day".split()
)
"""The codes of the optional rules of this library, which are not among the default rules."""


def unknown_codes(policy: Policy, known: Collection[str]) -> Iterator[Breach]:
    """A breach for each place at which a policy names a rule that is neither known nor optional.

    O(codes); an unknown code costs a comparison with all known ones.

    >>> [each.path for each in unknown_codes(Policy(severities={"no-rule": "off"}), ())]
    ['severities[0]']
    """
    named = [
        *(
            (f"severities[{n}]", code)
            for n, (code, _) in enumerate(dict(policy.severities).items())
        ),
        *((f"waivers[{n}]", waiver.code) for n, waiver in enumerate(policy.waivers)),
    ]
    for path, code in named:
        if code not in known and code not in TO_ADD:
            near = nearest_word(code, {*known, *TO_ADD})
            yield Breach(
                subjects=(),
                path=path,
                facts={
                    "had": code if is_id(code) else describe(code),
                    "near": f": {near}" if near else "",
                },
            )
