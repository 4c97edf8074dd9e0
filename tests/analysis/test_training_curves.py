"""Training curves as data: read from folders and tables, brought to common places."""

import polars as pl
import pytest

from akb.analysis.training_curves import checkpoints, curves_of, early_values, of_trainings, read_curves
from akb.errors import AkbError
from akb.tables import TRAINING, frame_of, write_table


def row(model, step, loss, seed="0", stage="distil", **more):
    return {"model": model, "seed": seed, "stage": stage, "step": step, "held_out_loss": loss, **more}


def training(losses, stage="align"):
    return frame_of(
        [{"stage": stage, "step": 10 * (i + 1), "loss": loss, "held_out_loss": loss} for i, loss in enumerate(losses)],
        TRAINING,
    )


def test_steps_of_all_stages_are_counted_together():
    rows = [row("a", step, 1.0, stage=stage) for stage, step in [("align", 10), ("align", 20), ("distil", 5)]]
    assert curves_of(rows)["taken"].to_list() == [10, 20, 25]


@pytest.mark.parametrize(
    "rows",
    [
        [row("a", 10, 1.0), row("a", 10, 0.9)],
        [row("a", 10, 1.0, stage="align"), row("a", 10, 1.0), row("a", 20, 1.0, stage="align")],
    ],
)
def test_a_training_that_does_not_go_on_is_refused_by_name(rows):
    with pytest.raises(AkbError, match="steps of a"):
        curves_of(rows)


def test_seeds_are_averaged_and_the_fall_of_the_loss_stands_beside_it():
    curves = of_trainings(
        [
            ("a", "0", training([3.0, 2.0, 1.0])),
            ("a", "1", training([4.0, 2.0, 1.0])),
            ("b", "0", training([2.0, 1.0, 0.5])),
        ]
    )
    places = checkpoints(curves, ["a", "b"])
    assert [place.taken for place in places] == [10, 20]  # at the end nothing is left to save
    assert places[1].share == pytest.approx(2 / 3)
    found = early_values(curves, places[1])
    assert found["held-out loss"] == {"a": 2.0, "b": 1.0}
    assert found["fall of the held-out loss"] == {"a": 1.5, "b": 1.0}
    assert "fall of the held-out loss" not in early_values(curves, places[0])
    assert "accuracy" not in found


def test_trainings_measured_at_neighbouring_steps_are_compared_and_others_left_out():
    rows = [row("a", step, 1.0) for step in (100, 200, 400)] + [row("b", step, 2.0) for step in (95, 190, 400)]
    rows += [row("late", step, 3.0) for step in (150, 400)]
    curves = curves_of(rows)
    places = checkpoints(curves, ["a", "b", "late"])
    at_100 = next(place for place in places if 95 <= place.taken <= 100)
    assert early_values(curves, at_100)["held-out loss"].keys() >= {"b"}
    assert "late" not in early_values(curves, at_100)["held-out loss"]


def test_a_folder_of_results_and_a_table_of_one_s_own_are_read_alike(tmp_path):
    frame = training([2.0, 1.5])
    for name in ("one", "two"):
        (tmp_path / f"results/models/{name}/lalm/3").mkdir(parents=True)
    write_table(frame, tmp_path / "results/models/one/lalm/3/training.parquet", TRAINING)
    frame.write_csv(tmp_path / "results/models/two/lalm/3/training.csv")
    own = tmp_path / "own.csv"
    own.write_text("model,step,held_out_loss,accuracy\nthree,10,2.5,0.4\nthree,20,nan,\nfour,10,,0.3\n")
    found = read_curves([tmp_path / "results", own])
    assert found["model"].unique().sort().to_list() == ["four", "one", "three", "two"]
    assert found.filter(model="two")["held_out_loss"].to_list() == [2.0, 1.5]
    assert found.filter(model="one")["seed"].to_list() == ["3", "3"]
    assert found.filter(model="four")["accuracy"].to_list() == [0.3]
    assert found.filter(model="three")["held_out_loss"].to_list() == [2.5, None]  # it blew up, and that is all it says


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("model,step,accuracy\na,10,40\n", "an accuracy of 40"),
        ("model,step,loss\na,ten,2\n", "step is no number"),
        ("model,step,lr\na,10,2\n", "no measurement"),
        ("name,step,loss\na,10,2\n", "no measurement"),
    ],
)
def test_faults_of_a_table_are_named_with_their_row(tmp_path, text, fault):
    path = tmp_path / "curves.csv"
    path.write_text(text)
    with pytest.raises(AkbError, match=fault) as error:
        read_curves([path])
    assert "row 1" in str(error.value)


def test_a_folder_without_curves_is_named(tmp_path):
    with pytest.raises(AkbError, match="no training curve"):
        read_curves([tmp_path])


def test_without_finished_models_there_is_no_place():
    assert checkpoints(pl.DataFrame(curves_of([row("a", 10, 1.0)])), []) == []
