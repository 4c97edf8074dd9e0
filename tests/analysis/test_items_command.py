"""`akb items`, where what it is given is a slip."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from akb.cli import main
from akb.tables import ITEMS, RESPONSES, frame_of, write_table


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    items, responses = tmp_path / "items.parquet", tmp_path / "responses.parquet"
    write_table(frame_of([], ITEMS), items, ITEMS)
    write_table(frame_of([], RESPONSES), responses, RESPONSES)
    return items, responses


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    monkeypatch.setattr(sys, "argv", ["akb", "items", *map(str, arguments)])
    with pytest.raises(SystemExit):
        main()
    return capsys.readouterr().err


@pytest.mark.parametrize("size", [0, -5])
def test_a_subset_of_no_items_is_refused(
    tables: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    assert "a subset of no items" in refused(monkeypatch, capsys, *tables, "--subset", size)


def test_another_file_than_a_table_is_named_and_nobody_is_told_to_delete_it(
    tables: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items, responses = tables
    frozen = tmp_path / "akb.jsonl"
    frozen.write_text("{}\n", encoding="utf-8")
    for wrong in ([frozen, responses], [items, frozen], [tmp_path, responses], [items, items], [items, tmp_path / "x"]):
        said = refused(monkeypatch, capsys, *wrong)
        assert "this is no table of" in said and "name one, such as results/" in said and "delete" not in said
