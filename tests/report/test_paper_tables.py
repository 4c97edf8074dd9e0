"""The paper's tables with ours: every published number in its place, and text that LaTeX and Markdown take as it is."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from synthetic import world

from akb.analysis.published import published_scores
from akb.analysis.scores import score
from akb.report.paper_tables import paper_tables, published_access, published_systems
from akb.report.sheet import Block, Head, Row, Sheet, as_csv, escape, latex, markdown
from akb.tables import ITEMS, SCORES, write_table

ROOT = Path(__file__).parents[2]
ACCURACY = ROOT / "resources/published/accuracy.csv"
SYSTEMS = ROOT / "resources/published/published_lalms.csv"
ODD = "100%_a & b#1 {x} $5 ~ ^ \\ <i> | *s* [k] `c`"


def cells_of(line: str) -> list[str]:
    """The cells of a LaTeX row, a \\multicolumn counted as often as it is wide."""
    found = []
    for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\\")):
        spans = re.match(r"\s*\\multicolumn\{(\d+)\}", cell)
        found += [cell.strip()] * (int(spans[1]) if spans else 1)
    return found


def is_sound(text: str) -> bool:
    """Braces and environments close, every row has its columns, and no character is left that TeX would obey."""
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("%")]
    bare = re.sub(r"\\[\\{}]", "", "\n".join(lines))
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    opened = re.findall(r"\\(begin|end)\{(\w+\*?)\}", bare)
    columns = len(re.search(r"\\begin\{tabular\}\{@\{\}(l?r*)@\{\}\}", bare)[1])
    rows = [line for line in lines if line.endswith(r"\\")]
    return (
        depth == 0
        and opened == [("begin", "table*"), ("begin", "tabular"), ("end", "tabular"), ("end", "table*")]
        and all(len(cells_of(row)) == columns for row in rows)
        and not re.search(r"(?<!\\)[%#$_^~]", bare)
    )


def odd_sheet() -> Sheet:
    rows = (Row(ODD, (41.126, 7, None)), Row("a\nplain name", (12.0, 8, None)))
    heads = (Head(ODD, "x_y"), Head(ODD, "n"), Head("", "-"))
    return Sheet(f"Caption {ODD}.", "tab:odd", "Model", heads, (Block(ODD, rows),))


def test_names_of_any_characters_are_escaped():
    assert is_sound(latex(odd_sheet()))
    assert escape("a_b & 5%") == r"a\_b \& 5\%"
    assert r"\textbf{41.13}" in latex(odd_sheet())


def test_the_check_of_latex_finds_what_it_is_for():
    assert not is_sound(latex(odd_sheet()).replace(r"\_", "_"))
    assert not is_sound(latex(odd_sheet()).replace(r"\&", "&"))


def test_a_pipe_in_a_name_adds_no_cell():
    lines = [line for line in markdown(odd_sheet()).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}


def test_csv_reads_back_as_it_was():
    rows = list(csv.reader(io.StringIO(as_csv(odd_sheet()))))
    assert rows[1] == [ODD, ODD, "41.13", "7", ""]


@pytest.fixture(scope="module")
def sheets():
    responses, items = world()
    own = score(responses, items)
    names = {"large": "A&B_large"}
    return paper_tables(
        own, items.filter(benchmark="akb"), published_scores(ACCURACY), published_access(ACCURACY),
        published_systems(SYSTEMS), names,
    )  # fmt: skip


def test_every_published_number_stands_in_the_table_of_its_setting(sheets):
    tables = {"probe": "table1", "cascade": "table2", "audio": "table3"}
    for row in pl.read_csv(ACCURACY, infer_schema=False).to_dicts():
        if row["source"].startswith("Figure"):
            continue  # the paper's own Table 3 has no domains
        sheet = sheets[tables[row["setting"]]]
        heads = [f"{head.group} {head.name}".strip() for head in sheet.heads]
        column = row["domain"] if row["setting"] == "probe" else f"{row['benchmark']} {row['domain']}"
        found = [
            line.values[heads.index(column)]
            for block in sheet.blocks
            if row["setting"] != "cascade" or block.title.endswith(row["captioner"])
            for line in block.rows
            if line.name == row["model"]
        ]
        assert [f"{value:.2f}" for value in found] == [f"{float(row['accuracy']):.2f}"], row


def test_ours_stand_beside_them_best_first(sheets):
    ours = [block for block in sheets["table2"].blocks if block.title == "This study, captions by combined"]
    assert [row.name for row in ours[0].rows] == ["A&B_large", "middle", "small"]
    assert all(row.values[0] is None for row in ours[0].rows)
    assert 40 < ours[0].rows[0].values[8] < 70


def test_what_the_questions_are_about_adds_up(sheets):
    *categories, whole = sheets["table4"].blocks
    assert whole.rows[0].values[0] == 240 == sum(block.rows[0].values[0] for block in categories)
    for block in categories:
        assert block.rows[0].values[0] == sum(row.values[0] for row in block.rows[1:])


def test_every_sheet_is_sound_in_latex(sheets):
    assert all(is_sound(latex(sheet)) for sheet in sheets.values())


def test_the_script_writes_twelve_files(tmp_path):
    responses, items = world(backbones=("small",))
    write_table(score(responses, items), tmp_path / "scores.parquet", SCORES)
    write_table(items.filter(benchmark="akb"), tmp_path / "akb.parquet", ITEMS)
    command = [sys.executable, ROOT / "workflow/scripts/paper_tables.py", "--scores", tmp_path / "scores.parquet",
               "--items", tmp_path / "akb.parquet", "--accuracy", ACCURACY, "--systems", SYSTEMS,
               "--output", tmp_path / "paper"]  # fmt: skip
    subprocess.run(command, check=True)
    found = sorted(path.name for path in (tmp_path / "paper").iterdir())
    assert found == sorted(f"table{n}.{kind}" for n in range(1, 5) for kind in ("csv", "md", "tex"))
