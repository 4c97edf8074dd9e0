r"""A table for a paper: blocks of rows under grouped heads, as CSV, as Markdown and as LaTeX with booktabs.

sheet = Sheet("Accuracy.", "tab:accuracy", "Model", (Head("MMAU", "Sound"),), (Block("Ours", (Row("m", (41.0,)),)),))
latex(sheet)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

Value = float | int | str | None

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "\N{MINUS SIGN}": r"\(-\)",
}
_MARKDOWN = str.maketrans({character: "\\" + character for character in "\\|*_<>[]`#"})


@dataclass(frozen=True)
class Head:
    """A column of numbers: its name, and the group that it stands in ("" for none)."""

    group: str
    name: str


@dataclass(frozen=True)
class Row:
    """A name and as many values as there are heads; a float is a percentage, a whole number a count."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Block:
    """Rows under a title of their own; the best percentage of each column is set bold if `best`, where they differ."""

    title: str
    rows: tuple[Row, ...]
    best: bool = True


@dataclass(frozen=True)
class Sheet:
    """A table. label: what LaTeX refers to it by. first: the head of the names' column."""

    caption: str
    label: str
    first: str
    heads: tuple[Head, ...]
    blocks: tuple[Block, ...]


def as_csv(sheet: Sheet) -> str:
    """One head, one row a model; the block's title is the first column. Percentages to two decimals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f"{head.group} {head.name}".strip() for head in sheet.heads]
    writer.writerow(["block", sheet.first.casefold(), *names])
    for block in sheet.blocks:
        for row in block.rows:
            writer.writerow([block.title, row.name, *("" if v is None else _number(v) for v in row.values)])
    return out.getvalue()


def markdown(sheet: Sheet) -> str:
    """A pipe table; a block's title stands in a row of its own."""
    names = [f"{head.group} {head.name}".strip() for head in sheet.heads]
    lines = [_pipes([sheet.first.translate(_MARKDOWN), *(name.translate(_MARKDOWN) for name in names)])]
    lines.append(_pipes(["---", *("--:" for _ in names)]))
    for block in sheet.blocks:
        if block.title:
            lines.append(_pipes([f"*{_plain(block.title).translate(_MARKDOWN)}*", *("" for _ in names)]))
        for row, best in _marked(block):
            texts = [_cell(value).translate(_MARKDOWN) for value in row.values]
            name = _plain(row.name).translate(_MARKDOWN)
            lines.append(_pipes([name, *(f"**{t}**" if b else t for t, b in zip(texts, best, strict=True))]))
    return f"{_plain(sheet.caption).translate(_MARKDOWN)}\n\n" + "\n".join(lines) + "\n"


def latex(sheet: Sheet) -> str:
    r"""A `table*` with booktabs' rules; names and captions are escaped. Needs `\usepackage{booktabs}` alone."""
    columns = "l" + "r" * len(sheet.heads)
    lines = [
        r"% \usepackage{booktabs}",
        r"\begin{table*}",
        r"  \centering",
        r"  \caption{" + escape(sheet.caption) + "}",
        r"  \label{" + sheet.label + "}",
        r"  \begin{tabular}{@{}" + columns + r"@{}}",
        r"    \toprule",
    ]
    if any(head.group for head in sheet.heads):
        lines += _groups(sheet.heads)
    lines.append(_row([sheet.first, *(head.name for head in sheet.heads)]))
    for block in sheet.blocks:
        lines.append(r"    \midrule")
        if block.title:
            title = r"\textit{" + escape(block.title) + "}"
            lines.append(rf"    \multicolumn{{{len(columns)}}}{{@{{}}l@{{}}}}{{{title}}} \\")
        for row, best in _marked(block):
            cells = [escape(_cell(value)) for value in row.values]
            cells = [rf"\textbf{{{t}}}" if b else t for t, b in zip(cells, best, strict=True)]
            lines.append("    " + " & ".join([escape(row.name), *cells]) + r" \\")
    lines += [r"    \bottomrule", r"  \end{tabular}", r"\end{table*}"]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text as LaTeX prints it: every character that LaTeX would read as a command, and no line breaks."""
    return "".join(_LATEX.get(character, character) for character in _plain(text))


def _groups(heads: Sequence[Head]) -> list[str]:
    """The row of the groups' names and the rules beneath them."""
    names, rules, place = [""], [], 2
    for group, own in groupby(heads, key=lambda head: head.group):
        width = len(list(own))
        names.append(rf"\multicolumn{{{width}}}{{c}}{{{escape(group)}}}")
        if group:
            rules.append(rf"\cmidrule(lr){{{place}-{place + width - 1}}}")
        place += width
    return ["    " + " & ".join(names) + r" \\", "    " + " ".join(rules)]


def _row(texts: Sequence[str]) -> str:
    return "    " + " & ".join(map(escape, texts)) + r" \\"


def _marked(block: Block) -> Iterator[tuple[Row, list[bool]]]:
    """Each row with which of its values are their column's best percentage; none where all are equal."""
    columns = list(zip(*(row.values for row in block.rows), strict=True))
    best = [max((v for v in column if isinstance(v, float)), default=None) for column in columns]
    told = [block.best and len({v for v in column if isinstance(v, float)}) > 1 for column in columns]
    for row in block.rows:
        yield row, [t and v is not None and v == top for v, top, t in zip(row.values, best, told, strict=True)]


def _cell(value: Value) -> str:
    return "–" if value is None else _number(value)


def _number(value: Value) -> str:
    return f"{value:.2f}" if isinstance(value, float) else f"{value:d}" if isinstance(value, int) else str(value)


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    return " ".join(text.split())
