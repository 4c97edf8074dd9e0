"""Relations beyond Pearson's r: the paper's models, and made ones whose partial correlation is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from akb.analysis.published import CASCADE_CAPTIONER, METRICS, published_families, published_scores
from akb.analysis.relations import Covariate, partial_correlation, read_covariate, relations
from akb.errors import AkbError

ACCURACY = Path(__file__).parents[2] / "resources/published/accuracy.csv"
SCORES, FAMILIES = published_scores(ACCURACY), published_families(ACCURACY)


def row_of(table, a, b):
    return table.filter(metric_a=a, metric_b=b).row(0, named=True)


def test_ranks_stand_beside_r_on_the_papers_models():
    row = row_of(relations(SCORES, METRICS, CASCADE_CAPTIONER, FAMILIES), "probe/AKB-2000", "audio/MMAR")
    whole = SCORES.filter(domain="all")
    own = {
        name: dict(whole.filter(setting=setting, benchmark=benchmark).select("backbone", "accuracy").iter_rows())
        for name, setting, benchmark in (("x", "probe", "AKB-2000"), ("y", "audio", "MMAR"))
    }
    models = sorted(own["x"].keys() & own["y"].keys())
    x, y = ([own[name][model] for model in models] for name in "xy")
    assert row["n"] == 8 and row["pearson"] == pytest.approx(0.79, abs=0.005)
    assert row["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert row["kendall"] == pytest.approx(stats.kendalltau(x, y).statistic)
    assert row["spearman_low"] < row["spearman"] < row["spearman_high"]


def test_each_family_is_left_out_in_turn():
    row = row_of(relations(SCORES, METRICS, CASCADE_CAPTIONER, FAMILIES), "cascade/MMAU", "audio/MMAU")
    assert row["families"] == 4 and row["family_low"] < row["pearson"] < row["family_high"]
    assert row["without"] in FAMILIES.values()
    alone = relations(SCORES, METRICS, CASCADE_CAPTIONER, dict.fromkeys(FAMILIES, "one"))
    assert row_of(alone, "cascade/MMAU", "audio/MMAU")["family_low"] is None


def test_a_covariate_that_drives_both_takes_their_correlation_away():
    rng = np.random.default_rng(0)
    z = rng.normal(size=400)
    x, y = z + rng.normal(size=400), z + rng.normal(size=400)
    assert np.corrcoef(x, y)[0, 1] > 0.4
    found = partial_correlation(x, y, z)
    assert found.low < 0 < found.high and abs(found.value) < 0.12


def test_the_interval_of_a_partial_correlation_covers_the_truth():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(1000):
        z = rng.normal(size=9)
        x = z + rng.normal(size=9)
        y = z + 0.5 * (x - z) + np.sqrt(0.75) * rng.normal(size=9)  # 0.5 given z
        found = partial_correlation(x, y, z)
        inside += found.low <= 0.5 <= found.high
    assert 0.93 < inside / 1000 < 0.97


@pytest.mark.parametrize("z", [np.ones(6), np.arange(6.0)])
def test_nothing_is_said_where_nothing_is_left(z):
    x = np.arange(6.0)
    assert partial_correlation(x, np.array([1.0, 3, 2, 5, 4, 6]), z).value is None


def test_a_covariate_is_read_from_a_csv_and_held_fixed(tmp_path):
    path = tmp_path / "sizes.csv"
    sizes = {model: 1 + place for place, model in enumerate(sorted(SCORES["backbone"].unique()))}
    path.write_text("model,parameters\n" + "".join(f"{model},{size}\n" for model, size in sizes.items()))
    covariate = read_covariate(path)
    assert covariate == Covariate("parameters", {model: float(size) for model, size in sizes.items()})
    row = row_of(relations(SCORES, METRICS, CASCADE_CAPTIONER, FAMILIES, covariate), "cascade/MMAU", "audio/MMAU")
    assert row["covariate"] == "parameters" and row["partial_n"] == 8 and row["partial_low"] < row["partial"]
    path.write_text("model,parameters\na,many\n")
    with pytest.raises(AkbError, match="covariate"):
        read_covariate(path)


def test_a_metric_is_not_held_fixed_against_itself():
    of = dict.fromkeys(SCORES["backbone"], 1.0)
    table = relations(SCORES, METRICS, CASCADE_CAPTIONER, FAMILIES, Covariate("probe/AKB-2000", of))
    assert row_of(table, "probe/AKB-2000", "audio/MMAU")["covariate"] is None
