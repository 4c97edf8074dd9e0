"""The best connector and those at intervals: what is kept beside the last, and that a kill loses none of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from tiny_training import RECIPE, killed_after, trained

from akb.lalm.connector import load_connector
from akb.lalm.keeping import Keeping
from akb.lalm.model import Lalm
from akb.lalm.state import signature
from akb.lalm.training import Loop
from akb.llm.engine import Backbone

EVERY = dataclasses.replace(RECIPE, keep_every=3)


@pytest.fixture
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


def keeping(folder: Path) -> Keeping:
    return Keeping(folder / "best.safetensors", folder / "steps", {"system": "Listen."})


@pytest.fixture
def worse_from_the_sixth_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The held-out losses of both stages' measurements: the alignment's are lower, and count for nothing."""
    losses = {"align": iter([0.2, 0.1]), "distil": iter([3.0, 2.0, 2.5, 4.0])}
    monkeypatch.setattr(Loop, "_held_out_loss", lambda self: next(losses[self.objective.name]))


@pytest.mark.usefixtures("worse_from_the_sixth_step")
def test_the_best_of_the_last_stage_is_kept_beside_the_last_and_those_at_intervals(lalm: Lalm, tmp_path: Path) -> None:
    connector, _ = trained(lalm, EVERY, keeping=keeping(tmp_path))
    steps = {path.name for path in (tmp_path / "steps").iterdir()}
    assert steps == {f"align-{n:06}.safetensors" for n in (3, 6)} | {
        f"distil-{n:06}.safetensors" for n in (3, 6, 9, 12)
    }
    best = (tmp_path / "best.safetensors").read_bytes()
    assert best == (tmp_path / "steps/distil-000006.safetensors").read_bytes()
    kept, prompt = load_connector(tmp_path / "best.safetensors")
    assert prompt == {"system": "Listen."}
    assert not torch.equal(kept.leave.weight, connector.leave.weight), "the last went on from there"


@pytest.mark.parametrize("step", [10, 16])
def test_a_killed_training_keeps_what_an_undisturbed_one_keeps(lalm: Lalm, tmp_path: Path, step: int) -> None:
    trained(lalm, EVERY, dropout=0.3, keeping=keeping(tmp_path / "whole"))
    there = tmp_path / "killed"
    with killed_after(step):
        trained(lalm, EVERY, dropout=0.3, state=there / "state.pt", keeping=keeping(there))
    (there / "best.safetensors").unlink(missing_ok=True)  # as Snakemake does with what a killed job was to make
    trained(lalm, EVERY, dropout=0.3, state=there / "state.pt", keeping=keeping(there))
    for name in ("best.safetensors", *(f"steps/{path.name}" for path in (tmp_path / "whole/steps").iterdir())):
        assert (there / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_what_another_training_kept_is_forgotten(lalm: Lalm, tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps/distil-000999.safetensors").touch()
    (tmp_path / "best.safetensors").touch()
    trained(lalm, dataclasses.replace(EVERY, steps=3), keeping=keeping(tmp_path))
    assert not (tmp_path / "steps/distil-000999.safetensors").exists()
    assert load_connector(tmp_path / "best.safetensors")


def test_to_keep_more_or_less_makes_no_other_training(lalm: Lalm) -> None:
    connector, _ = trained(lalm, dataclasses.replace(RECIPE, steps=0, align_steps=1))
    assert signature(EVERY, connector, [], [], 1, "m") == signature(RECIPE, connector, [], [], 1, "m")


def test_a_loss_that_is_no_number_is_never_the_best(
    lalm: Lalm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = {"align": iter([0.1, 0.1]), "distil": iter([float("nan")] * 4)}
    monkeypatch.setattr(Loop, "_held_out_loss", lambda self: next(losses[self.objective.name]))
    trained(lalm, RECIPE, keeping=keeping(tmp_path))
    assert not (tmp_path / "best.safetensors").exists()  # the script then takes the last
