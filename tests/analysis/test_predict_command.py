import json
import sys
from pathlib import Path

import numpy as np
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


@pytest.fixture
def study(tmp_path):
    """Eleven models of one's own, eight of them trained to the end; a short run tells the accuracy of each."""
    rng = np.random.default_rng(4)
    rows, curves = [], []
    for i in range(11):
        ability = rng.normal()
        name = f"m{i:02}"
        scores = {"probe": 60 + 5 * ability + 2 * rng.normal(), "audio": 55 + 5 * ability + 0.5 * rng.normal()}
        for setting, score in scores.items():
            if setting == "probe" or i < 8:
                row = {"model": name, "setting": setting, "benchmark": "own", "captioner": "", "domain": "Overall"}
                rows.append(row | {"accuracy": score, "n_items": 2000})
        for step in (100, 200, 400) if i < 8 else (100,):
            loss = 3 - 0.3 * ability - step / 400 + 0.01 * rng.normal()
            curves.append({"model": name, "stage": "distil", "step": step, "held_out_loss": loss})
    pl.DataFrame(rows).write_csv(tmp_path / "own.csv")
    pl.DataFrame(curves).write_csv(tmp_path / "curves.csv")
    return tmp_path


def test_short_runs_shorten_intervals_and_tell_whom_to_drop(akb, study):
    arguments = ["predict", study / "own.csv", "--only-own", "--target", "audio/own", "--risk", 0.2, "--json"]
    plain = json.loads(akb(*arguments))["audio/own"]
    found = json.loads(akb(*arguments, "--curves", study / "curves.csv"))["audio/own"]

    def width(one):
        return sum(row["high_90"] - row["low_90"] for row in one["candidates"] if row["status"] == "forecast")

    assert width(found) < 0.6 * width(plain)
    assert plain["drop_now"] is None and plain["stopping"] == []
    assert found["drop_now"]["after"] == "step 100 of distil" and found["drop_now"]["chance"] <= 0.2
    assert [row["step"] for row in found["stopping"]] == [None, 100, 200]
    assert found["stopping"][1]["error"] < found["stopping"][0]["error"]
    assert any(row["kind"] == "short run" for row in found["measure_next"])  # a longer one
    best = {row["model"]: row["best"] for row in found["candidates"]}
    assert set(found["drop_now"]["models"]) <= {name for name in best if best[name] < 0.2}


def test_a_short_run_is_offered_to_candidates_that_have_none(akb, study):
    own = pl.read_csv(study / "curves.csv").filter(pl.col("model") < "m08")
    own.write_csv(study / "curves.csv")
    text = akb("predict", study / "own.csv", "--only-own", "--target", "audio/own", "--curves", study / "curves.csv")
    assert "short run: held-out loss after step 100 of distil" in text
    assert "Stopping early, at a risk of 5 %, from the curves of 8 trained models" in text
    assert "drop" not in text.split("Stopping early")[1].split("after step 100")[0]


def test_curves_of_three_models_say_that_nothing_follows(akb, study):
    names = ["m00", "m01", "m02"]
    for name in ("own", "curves"):
        pl.read_csv(study / f"{name}.csv").filter(pl.col("model").is_in(names)).write_csv(study / f"{name}.csv")
    text = akb("predict", study / "own.csv", "--target", "audio/own", "--curves", study / "curves.csv")
    assert "every model has it already" in text and "nothing follows. It takes 7" in text


def test_costs_come_from_a_plan(akb, study):
    stages = [
        {"stage": stage, "backbone": "m09", "jobs": 1, "hours": 3, "gpu_hours": 3, "usd": 6}
        for stage in ("distillation", "fine-tuning", "listening")
    ]
    (study / "plan.json").write_text(json.dumps({"stages": stages}))
    text = akb("predict", study / "own.csv", "--only-own", "--target", "audio/own", "--plan", study / "plan.json")
    assert "9.0 GPU-h, $18" in text


def test_a_risk_that_is_no_share_is_refused(akb, study, capsys):
    with pytest.raises(SystemExit):
        akb("predict", study / "own.csv", "--risk", 5)
    assert "a risk of 5" in capsys.readouterr().err


def test_what_is_not_counted_is_told(akb, tmp_path):
    rows = pl.read_csv(PUBLISHED, infer_schema=False).filter(pl.col("model").is_in(OPEN), domain="Overall")
    lacks = (pl.col("model") == "Llama-3-8B") & (pl.col("benchmark") == "MMAR")
    rows = rows.with_columns(accuracy=pl.when(lacks).then(pl.lit("")).otherwise("accuracy"))
    foreign = rows.filter(model="OLMo-3-7B-SFT", setting="cascade").with_columns(
        captioner=pl.lit("another"), model=pl.lit("Heard otherwise")
    )
    pl.concat([rows, foreign]).write_csv(tmp_path / "scores.csv")
    arguments = ["predict", tmp_path / "scores.csv", "--target", "audio/MMAR"]
    found = json.loads(akb(*arguments, "--json"))["audio/MMAR"]
    assert found["unused"] == {"cascade/MMAR": ["Llama-3-8B"]} and found["left_out"] == ["Heard otherwise"]
    said = akb(*arguments)
    assert "Not used, since not all have it: cascade/MMAR, which is lacking for Llama-3-8B" in said
    assert "Left out, since none of its scores counts: Heard otherwise" in said


def test_cascades_by_nobody_that_counts_are_refused_with_their_captioners(akb, tmp_path, capsys):
    rows = pl.read_csv(PUBLISHED, infer_schema=False).filter(pl.col("model").is_in(OPEN), setting="cascade")
    rows.with_columns(captioner=pl.lit("gemini")).write_csv(tmp_path / "scores.csv")
    with pytest.raises(SystemExit):
        akb("predict", tmp_path / "scores.csv")
    assert "--captioner whose cascade counts; it has gemini" in capsys.readouterr().err


def test_a_trained_model_without_text_scores_is_among_those_to_choose_from(akb, tmp_path):
    rows = pl.read_csv(PUBLISHED, infer_schema=False)
    trained = rows.filter(model="Qwen3-8B", setting="audio").with_columns(model=pl.lit("Mine"))
    pl.concat([rows.filter(model="Llama-3-8B"), trained]).write_csv(tmp_path / "scores.csv")
    found = json.loads(akb("predict", tmp_path / "scores.csv", "--target", "audio/MMAR", "--json"))["audio/MMAR"]
    assert {row["model"]: row["status"] for row in found["candidates"]} == {
        "Mine": "measured",
        "Llama-3-8B": "forecast",
    }


def test_scores_that_somebody_may_think_to_count_are_told(akb, monkeypatch, capsys, tmp_path):
    rows = pl.read_csv(PUBLISHED, infer_schema=False).filter(model="Llama-3-8B")
    rows = rows.with_columns(
        benchmark=pl.col("benchmark").replace("MMAU", "mmau"),
        captioner=pl.when(benchmark="MMAR").then(pl.lit("gemini")).otherwise("captioner"),
    )
    rows.write_csv(tmp_path / "scores.csv")
    monkeypatch.setattr(sys, "argv", ["akb", "predict", str(tmp_path / "scores.csv"), "--target", "audio/MMAR"])
    main()
    said = capsys.readouterr().err
    assert "cascades by gemini" in said and "do not count; --captioner names whose do" in said
    assert "cascade/mmau is not taken for cascade/MMAU; --as cascade/mmau=cascade/MMAU does" in said
