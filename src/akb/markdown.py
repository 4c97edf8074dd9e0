"""Tables as Markdown, for people.

markdown_table(["Backbone", "Overall"], [["m", "61.20"]], numbers=1)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate


def markdown_table(heads: Sequence[object], rows: Iterable[Sequence[object]], *, numbers: int = 0) -> str:
    """A pipe table that ends in a line feed. numbers: how many columns, the last, are set to the right.

    What a cell holds stands as it is, but on one line; a bar in it, which would part it in two, is escaped.
    """
    body = [[_cell(cell) for cell in row] for row in rows]
    align = ["left"] * (len(heads) - numbers) + ["right"] * numbers
    called = [_cell(head) for head in heads]
    table: str = tabulate(body, called, tablefmt="pipe", disable_numparse=True, colalign=align if body else None)
    return table + "\n"


def _cell(value: object) -> str:
    return " ".join(str(value).splitlines()).replace("|", "\\|")
