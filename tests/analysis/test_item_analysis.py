"""Psychometrics on oracles whose abilities are known: difficulty, slopes, flags, and subsets that keep the ranking."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from akb import cli
from akb.analysis.item_analysis import Results, analyse, held_out_ranking, keeps_ranking, subset, two_parameter
from akb.items import Item, items_frame
from akb.tables import ITEMS, RESPONSES, frame_of, write_table


def oracles(n: int = 24, k: int = 600, seed: int = 0) -> tuple[Results, np.ndarray, np.ndarray, np.ndarray]:
    """Backbones of known ability on items of known location and slope, and these three."""
    rng = np.random.default_rng(seed)
    ability, location, slope = rng.normal(size=n), rng.normal(size=k), rng.uniform(0.2, 2.5, size=k)
    chance = 1 / (1 + np.exp(-slope * (ability[:, None] - location)))
    right = (rng.random((n, k)) < chance).astype(float)
    return Results(tuple(f"b{i}" for i in range(n)), tuple(f"i{j}" for j in range(k)), right), ability, location, slope


def test_difficulty_and_discrimination_follow_what_is_known() -> None:
    results, _, location, slope = oracles(n=60)
    figures = analyse(results)
    assert spearmanr([f.difficulty for f in figures], location).statistic > 0.9
    assert spearmanr([f.discrimination or 0 for f in figures], slope).statistic > 0.5


def test_the_two_parameter_model_finds_locations_and_slopes() -> None:
    results, _, location, slope = oracles(n=60)
    slopes, locations = two_parameter(results.right)
    assert spearmanr(locations, location).statistic > 0.85
    assert spearmanr(slopes, slope).statistic > 0.5


def test_an_item_with_the_wrong_key_is_flagged_and_few_others() -> None:
    results, *_ = oracles()
    results.right[:, 7] = 1 - (results.right.mean(1) > 0.5)
    flagged = {f.item for f in analyse(results) if f.reversed}
    assert "i7" in flagged
    assert len(flagged) < 30


@pytest.mark.parametrize("size", [50, 100, 200])
def test_a_chosen_subset_ranks_backbones_that_had_no_part_better_than_an_arbitrary_one(size: int) -> None:
    chosen, arbitrary = [], []
    for seed in range(4):
        results, *_ = oracles(n=32, seed=seed)
        train, test = results.of(range(16)), results.of(range(16, 32))
        places = subset(train, size, ["s"] * 600)
        assert len(places) == size
        chosen.append(keeps_ranking(test, places))
        arbitrary.append(keeps_ranking(test, list(range(size))))
    assert np.mean(chosen) > np.mean(arbitrary)
    assert np.mean(chosen) > 0.8


def test_strata_keep_their_shares() -> None:
    results, *_ = oracles(k=100)
    places = subset(results, 10, ["a"] * 70 + ["b"] * 30)
    assert sum(p < 70 for p in places) == 7


def test_with_few_backbones_there_are_no_slopes_and_with_one_no_discrimination() -> None:
    results, *_ = oracles(n=5, k=20)
    assert all(f.slope is None for f in analyse(results))
    assert all(f.discrimination is None and not f.reversed for f in analyse(results.of([0])))
    assert held_out_ranking(results.of([0]), 5, ["s"] * 20) is None


def test_the_command_reads_results_and_writes_a_subset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [Item.make("akb", f"Q{i}?", ["w", "x", "y", "z"], 0, category="Sound", subcategory="s") for i in range(30)]
    write_table(items_frame(items), tmp_path / "items.parquet", ITEMS)
    plain = {"setting": "probe", "benchmark": "akb", "mode": "generate", "rotation": 0, "text": "x", "key": "k"}
    files = []
    for b in range(9):
        rows = [
            {**plain, "item_id": item.item_id, "backbone": f"b{b}", "answer": 0 if i % 9 <= b else 1}
            for i, item in enumerate(items)
        ]
        write_table(frame_of(rows, RESPONSES), tmp_path / f"b{b}.parquet", RESPONSES)
        files.append(str(tmp_path / f"b{b}.parquet"))
    command = ["akb", "items", str(tmp_path / "items.parquet"), *files, "--subset", "10"]
    monkeypatch.setattr(
        sys, "argv", [*command, "--output", str(tmp_path / "ten.txt"), "--csv", str(tmp_path / "all.csv")]
    )
    cli.main()
    out = capsys.readouterr().out
    assert "30 items, 9 backbones" in out
    assert "subset of 10" in out
    assert len((tmp_path / "ten.txt").read_text().split()) == 10
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 31
