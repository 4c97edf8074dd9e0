from pathlib import Path

import pytest

from akb.analysis.correlations import correlations
from akb.analysis.leave_one_out import predictions
from akb.analysis.metrics import Metric
from akb.analysis.published import (
    CASCADE_CAPTIONER,
    METRICS,
    PREDICTORS,
    TARGETS,
    published_display,
    published_families,
    published_scores,
)
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


HEADER = "model,setting,benchmark,captioner,domain,accuracy,n_items\n"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "mine.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("accuracy", "n"), [("71.2", "1000"), ("71.2 %", "1,000"), ('"71,2"', "1000.0")])
def test_an_accuracy_may_have_a_percent_sign_or_a_decimal_comma(tmp_path, accuracy, n):
    n = f'"{n}"' if "," in n else n
    found = published_scores(table(tmp_path, f"Ünïcode 7B,probe,AKB-2000,,,{accuracy},{n}")).row(0, named=True)
    assert (found["accuracy"], found["correct"], found["n"]) == (pytest.approx(0.712), 712, 1000)
    assert (found["backbone"], found["domain"], found["captioner"]) == ("Ünïcode 7B", "all", None)


def test_a_score_that_was_not_measured_is_no_score(tmp_path):
    found = published_scores(
        table(tmp_path, "a,probe,AKB-2000,,,71,9", "a,cascade,MMAU,c,,,", "b,probe,AKB-2000,,,n/a,")
    )
    assert found.select("backbone", "setting").rows() == [("a", "probe")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,probe,AKB-2000,,,0.712,1000", "seems to be a share of 1: give 71.2, or 0.712% if it is"),
        ("a,probe,AKB-2000,,,712,1000", "an accuracy of 712 is not between 0 and 100"),
        ("a,probe,AKB-2000,,,nan %,1000", "an accuracy of nan % is not between 0 and 100"),
        ("a,probe,AKB-2000,,,good,1000", "the accuracy 'good' is no number"),
        ("a,probe,AKB-2000,,,71,", "how many items is the accuracy of"),
        ("a,probe,AKB-2000,,,71,0", "n_items 0 is no whole number of items"),
        ("a,cascade,MMAU,,,71,9", "a cascade needs its captioner"),
        ("a,guess,AKB-2000,,,71,9", "the setting 'guess' is none of probe, cascade, audio"),
        (",probe,AKB-2000,,,71,9", "its model or its benchmark is empty"),
        ("b,probe,AKB-2000,,Overall,72,9", "b has this score in row 1"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_by_its_place(tmp_path, row, reason):
    with pytest.raises(AkbError, match=r"(?s)row 2 \(line 3\): .*mine\.csv") as refused:
        published_scores(table(tmp_path, "b,probe,AKB-2000,,,70,9", row))
    assert reason in str(refused.value)


def test_a_table_without_the_columns_says_which_it_takes(tmp_path):
    with pytest.raises(AkbError, match=r"no column setting, benchmark, n_items; it has Model, Accuracy"):
        published_scores(table(tmp_path, "a,71", header="Model,Accuracy\n"))


def test_models_without_a_family_are_no_family(tmp_path):
    path = table(tmp_path, "a,", "b,Qwen", "c,", header="model,family\n")
    assert published_families(path) == {"b": "Qwen"}
