"""Write the page of rules with their examples: `python make_rules.py`, into docs/rules.md."""

from pathlib import Path

from mic_core.samples.rules.page import rules_page

page = rules_page

if __name__ == "__main__":
    path = Path(__file__).parents[1] / "rules.md"
    path.write_text(page(), encoding="utf-8", newline="\n")
