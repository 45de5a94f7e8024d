"""Write the page of status tables: `python make_statuses.py`, into docs/statuses.md."""

from pathlib import Path

from mic_core import TABLES, StatusTable

INTRODUCTION = """# Statuses

Which statuses a thing can have, and what may follow what. The tables are data (`mic_core.TABLES`);
each is also a diagram, in the notation of Mermaid (`diagram`) and of Graphviz (`dot`). A status is
the fold of the transitions recorded, never a field that is overwritten. `record` refuses a step
that is not here and lists those that are; a document that holds one is read, and `check` reports
it.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(section(TABLES[kind]) for kind in sorted(TABLES))])


def section(table: StatusTable) -> str:
    """One table: as rows, and as a diagram."""
    rows = [
        f"| {status} | {', '.join(table.follows[status]) or 'nothing'} | {flags(table, status)} |"
        for status in table.statuses
    ]
    return "\n".join(
        [
            f"## {table.kind.capitalize()}",
            "",
            "| status | may become | |",
            "|---|---|---|",
            *rows,
            "",
            "```text",
            table.diagram,
            "```",
            "",
            "In the DOT language of Graphviz, with seats filled and ends in two borders:",
            "",
            "```text",
            table.dot,
            "```",
            "",
        ]
    )


def flags(table: StatusTable, status: str) -> str:
    """What else a table says of a status."""
    said = {
        "a life can begin here": status in table.initial,
        "occupies a seat": status in table.occupies_seat,
        "a success": status in table.success,
        "the end": status in table.terminal,
    }
    return ", ".join(words for words, holds in said.items() if holds)


if __name__ == "__main__":
    path = Path(__file__).parents[1] / "statuses.md"
    path.write_text(page(), encoding="utf-8", newline="\n")
