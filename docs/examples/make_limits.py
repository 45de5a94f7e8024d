"""Write the page of limits: `python make_limits.py`, into docs/limits.md."""

from pathlib import Path

from mic_core.chrono.hours import LONGEST_HOURS
from mic_core.chrono.rulestring import MOST_CHARACTERS
from mic_core.codec import Limits
from mic_core.codec.explain import MOST_PROBLEMS
from mic_core.codec.limits import DEEPEST_LIMIT
from mic_core.errors import MOST_LISTED
from mic_core.fields import Pairs, Text
from mic_core.fields.containers import MOST_ITEMS
from mic_core.fields.numbers import MOST_DIGITS, MOST_WHOLE
from mic_core.fields.times import Length
from mic_core.model.expressions.requirement import MOST_LEVELS, MOST_NODES

INTRODUCTION = """# Limits

Whatever is read or constructed has limits, so that a small hostile input cannot cost much. All that
constructs is within them, so that it is written and read again. A limit of a document is an
argument of `loads`; `mic.Limits(items=5_000_000)` raises it.
"""


def page() -> str:
    """The whole page."""
    default, text = Limits(), Text()
    documents = [
        ("nouns of a document, an empty batch counting as one", "`Limits.items`", default.items),
        ("lists and objects of a document", "16 times `Limits.items`", default.containers),
        (f"levels of a document, {DEEPEST_LIMIT} at most", "`Limits.depth`", default.depth),
        ("bytes of a document in UTF-8", "`Limits.size`", default.size),
        ("problems of a document that are explained, the rest is counted", "", MOST_PROBLEMS),
        ("problems in the message of an error, the rest is in `problems`", "", MOST_LISTED),
    ]
    values = [
        ("characters of one line of text, unless its field says another number", text.most),
        ("characters of an id", 64),
        ("items of a list, unless its field says another number", MOST_ITEMS),
        ("entries of a mapping", Pairs(text, text).most),
        ("a whole number, so that every JSON reader keeps it", MOST_WHOLE),
        ("digits of a decimal number", MOST_DIGITS),
        ("days of a duration", Length().most.days),
        ("characters of weekly hours, as given and as written", LONGEST_HOURS),
        ("characters of the rule of a recurrence", MOST_CHARACTERS),
        ("levels of a requirement", MOST_LEVELS),
        ("nodes of a requirement, shared parts counted in each place", MOST_NODES),
    ]
    return "\n".join(
        [
            INTRODUCTION,
            "| The most of | Argument | Default |",
            "|---|---|---:|",
            *(f"| {what} | {name} | {number:,} |" for what, name, number in documents),
            "",
            "Values have limits that nothing raises:",
            "",
            "| The most of | Limit |",
            "|---|---:|",
            *(f"| {what} | {number:,} |" for what, number in values),
            "",
        ]
    )


if __name__ == "__main__":
    path = Path(__file__).parent.parent / "limits.md"
    path.write_text(page(), encoding="utf-8")
