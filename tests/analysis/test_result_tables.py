"""The tables of `results/tables/`: one list of them, Parquet for rules and CSV for people."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from akb.analysis.result_tables import TABLES, read_tables, write_tables
from akb.errors import AkbError
from akb.report.page import Contents
from akb.tables import frame_of

ROOT = Path(__file__).parents[2]
EMPTY = {name: frame_of([], schema) for name, schema in TABLES.items()}


def test_rules_and_page_know_exactly_these_tables() -> None:
    text = (ROOT / "workflow/rules/analysis.smk").read_text(encoding="utf-8")
    listed = re.search(r"^TABLES = \[\n(.*?)^\]", text, flags=re.M | re.S)
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == list(TABLES)
    assert {field.name for field in fields(Contents)} >= TABLES.keys()


def test_every_table_has_the_caption_that_snakemake_s_report_shows() -> None:
    told = {path.stem for path in (ROOT / "workflow/report/captions").glob("*.rst") if path.read_text().strip()}
    assert TABLES.keys() <= told


def test_tables_come_back_with_their_types_though_they_are_empty(tmp_path: Path) -> None:
    write_tables(EMPTY, tmp_path)
    assert {name: frame.schema for name, frame in read_tables(tmp_path).items()} == {
        name: frame.schema for name, frame in EMPTY.items()
    }
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}{kind}" for name in TABLES for kind in (".csv", ".parquet")
    }


def test_rules_read_every_digit_and_people_six(tmp_path: Path) -> None:
    told = frame_of([{"metric_a": "a", "metric_b": "b", "n": 3, "pearson": 1 / 3}], TABLES["correlations"])
    write_tables({**EMPTY, "correlations": told}, tmp_path)
    assert read_tables(tmp_path)["correlations"]["pearson"].item() == 1 / 3
    assert "a,b,3,0.333333," in (tmp_path / "correlations.csv").read_text()


def test_a_table_of_another_schema_is_named(tmp_path: Path) -> None:
    write_tables(EMPTY, tmp_path)
    EMPTY["gains"].with_columns(pl.lit(1).alias("more")).write_parquet(tmp_path / "gains.parquet")
    with pytest.raises(AkbError, match="unknown column more") as error:
        read_tables(tmp_path)
    assert "gains.parquet" in str(error.value)


def test_a_table_left_out_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="leads"):
        write_tables({name: frame for name, frame in EMPTY.items() if name != "leads"}, tmp_path)
