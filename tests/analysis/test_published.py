from pathlib import Path

import pytest

from akb.analysis.correlations import correlations
from akb.analysis.leave_one_out import predictions
from akb.analysis.metrics import Metric
from akb.analysis.published import CASCADE_CAPTIONER, METRICS, PREDICTORS, TARGETS, published_display, published_scores
from akb.errors import AkbError

RESOURCES = Path(__file__).parents[2] / "resources" / "published"


@pytest.fixture(scope="module")
def scores():
    return published_scores(RESOURCES / "accuracy.csv")


@pytest.mark.parametrize(("domain", "r"), [("Sound", "0.48"), ("Music", "0.46"), ("Speech", "0.82")])
def test_mmar_correlations_come_from_the_tables_not_the_figure(scores, domain, r):
    pair = [Metric("cascade", "MMAR", domain), Metric("audio", "MMAR", domain)]
    row = correlations(scores, pair, CASCADE_CAPTIONER).row(0, named=True)
    assert (f"{row['pearson']:.2f}", row["n"]) == (r, 8)


def test_text_pairs_use_seventeen_models_and_audio_pairs_eight(scores):
    table = correlations(scores, METRICS, CASCADE_CAPTIONER)
    sizes = {(a.split("/")[0], b.split("/")[0], n) for a, b, n in table.select("metric_a", "metric_b", "n").rows()}
    assert {n for a, b, n in sizes if "audio" in (a, b)} == {8}
    assert {n for a, b, n in sizes if "audio" not in (a, b)} == {17}


def test_percentages_are_integer_counts_of_items(scores):
    off = (scores["accuracy"] - scores["correct"] / scores["n"]).abs().max()
    assert off < 0.0006  # two decimals of a percentage, and readings off a plot


def test_every_published_model_has_a_label(scores):
    labels = published_display(RESOURCES / "labels.csv")
    assert set(scores["backbone"]) == set(labels)
    assert len({entry["label"] for entry in labels.values()}) == len(labels)


def test_the_cheap_scores_predict_to_a_few_points(scores):
    table = predictions(scores, TARGETS, PREDICTORS, CASCADE_CAPTIONER)
    assert set(table["n"]) == {8}
    assert table["error"].is_between(1, 5).all()


def test_an_unreadable_file_is_named(tmp_path):
    broken = tmp_path / "accuracy.csv"
    broken.write_text("model,accuracy\nx,not a number\n")
    with pytest.raises(AkbError, match=r"accuracy\.csv"):
        published_scores(broken)
