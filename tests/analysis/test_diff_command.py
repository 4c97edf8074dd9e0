import json
import sys

import polars as pl
import pytest
from synthetic import CATEGORIES, make_items, responses_of

from akb.cli import main
from akb.items import items_frame
from akb.tables import ITEMS, RESPONSES, write_table

ASKED = make_items("akb", 60, CATEGORIES)


def folder(path, right, items=ASKED, changed=(), version="1.0"):
    write_table(items_frame(items), path / "benchmark/akb.parquet", ITEMS)
    answers = responses_of(items, "oracle", "probe", right).with_columns(
        key=pl.col("item_id") + pl.when(pl.col("item_id").is_in(list(changed))).then(pl.lit("x")).otherwise(pl.lit(""))
    )
    write_table(answers, path / "models/oracle/responses.parquet", RESPONSES)
    manifest = {"outputs": {"x/fingerprint.json": {"sha256": version}}, "environments": {"e": {"torch": version}}}
    (path / "manifest.json").write_text(json.dumps(manifest))
    return path


def diff(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["akb", "diff", *map(str, arguments)])
    main()
    return capsys.readouterr().out


def test_what_moved_is_told_with_its_items_and_what_differs(tmp_path, monkeypatch, capsys):
    a = folder(tmp_path / "a", [True] * 30 + [False] * 30)
    asked_otherwise = [item.item_id for item in ASKED[30:36]]
    b = folder(tmp_path / "b", [True] * 38 + [False] * 22, changed=asked_otherwise, version="2.0")
    told = diff(monkeypatch, capsys, a, b, "--items", tmp_path / "moved.csv")
    assert "oracle probe akb: 50.0 to 63.3 (+13.3" in told
    assert "+8 -0, p 0.0078; item 0, mode 0, request 6, nothing 2" in told
    assert "package torch: 1.0 to 2.0" in told and "weights x: another fingerprint" in told
    moved = pl.read_csv(tmp_path / "moved.csv")
    assert set(moved["item_id"]) == {item.item_id for item in ASKED[30:38]}


def test_the_same_results_have_moved_nowhere(tmp_path, monkeypatch, capsys):
    a, b = (folder(tmp_path / name, [True] * 30 + [False] * 30) for name in "ab")
    told = diff(monkeypatch, capsys, a, b)
    assert "50.0 to 50.0 (+0.0, +0.0 to +0.0), n 60; +0 -0, p 1" in told and "package" not in told


def test_a_folder_without_responses_is_refused(tmp_path, monkeypatch, capsys):
    with pytest.raises(SystemExit):
        diff(monkeypatch, capsys, tmp_path, tmp_path)
    assert "there are no responses" in capsys.readouterr().err
