import json
import sys
from pathlib import Path

import polars as pl
import pytest

from akb.analysis.published import published_scores
from akb.cli import main
from akb.tables import SCORES, write_table

PUBLISHED = Path("resources/published/accuracy.csv")
OPEN = ["OLMo-3-7B-DPO", "OLMo-3-7B-SFT", "Llama-3-8B"]


@pytest.fixture
def akb(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["akb", *map(str, arguments)])
        main()
        return capsys.readouterr().out

    return run


@pytest.fixture
def candidates(tmp_path):
    """Three of the paper's models that it did not train, as a scores.parquet of one's own with another probe."""
    rows = published_scores(PUBLISHED).filter(pl.col("backbone").is_in(OPEN))
    path = tmp_path / "scores.parquet"
    write_table(rows.with_columns(benchmark=pl.col("benchmark").replace("AKB-2000", "akb")), path, SCORES)
    return path


def test_candidates_are_forecast_after_the_papers_models(akb, candidates):
    found = json.loads(akb("predict", candidates, "--target", "audio/MMAR", "--json"))["audio/MMAR"]
    assert {row["model"] for row in found["candidates"]} == set(OPEN)
    assert len(found["learnt_from"]) == 8
    for row in found["candidates"]:
        bounds = ["low_90", "low_50", "expected", "high_50", "high_90"]
        assert [row[name] for name in bounds] == sorted(row[name] for name in bounds)
        assert row["status"] == "forecast" and 40 < row["expected"] < 50
    assert sum(row["best"] for row in found["candidates"]) == pytest.approx(1)
    assert all(row["top_3"] == 1 for row in found["candidates"])
    assert "probe/AKB-2000" not in found["weights"]  # theirs is another probe


def test_a_metric_is_taken_for_another_where_the_user_says_so(akb, candidates):
    arguments = ["predict", candidates, "--target", "audio/MMAU", "--as", "probe/akb=probe/AKB-2000"]
    found = akb(*arguments)
    assert "probe/AKB-2000" in found
    assert "points (probe/AKB-2000)" in found  # OLMo-3-7B-SFT lies below every model that was trained


def test_scores_that_share_no_metric_with_trained_models_are_refused(akb, candidates, capsys):
    with pytest.raises(SystemExit):
        akb("predict", candidates, "--only-own")
    assert "no text-only score is shared by all 3 candidates" in capsys.readouterr().err


def test_a_file_whose_models_are_all_trained_has_nothing_to_forecast(akb, tmp_path, capsys):
    rows = pl.read_csv(PUBLISHED, infer_schema=False).filter(pl.col("model") == "Qwen3-8B")
    rows.write_csv(tmp_path / "scores.csv")
    with pytest.raises(SystemExit):
        akb("predict", tmp_path / "scores.csv")
    assert "every model has audio/MMAU already" in capsys.readouterr().err


def test_a_csv_need_not_name_families(akb, tmp_path):
    rows = pl.read_csv(PUBLISHED, infer_schema=False).filter(pl.col("model") == "Llama-3-8B")
    rows.drop("family").write_csv(tmp_path / "scores.csv")
    found = json.loads(akb("predict", tmp_path / "scores.csv", "--target", "audio/MMAR", "--json"))["audio/MMAR"]
    assert [row["model"] for row in found["candidates"]] == ["Llama-3-8B"]
