"""What two processes do for test_sharding.py: the same trainings with their backbone whole and split, compared.

torchrun --standalone --nproc_per_node 2 sharded_program.py MODEL FOLDER
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from tiny_training import RECIPE, connector_of, killed_after, material, require_equal
from torch.distributed.tensor import DTensor

from akb.lalm import look, objectives
from akb.lalm.model import Lalm
from akb.lalm.processes import Processes
from akb.lalm.prompt import Wording
from akb.lalm.recipe import Recipe
from akb.lalm.training import train
from akb.llm.checkpointing import checkpoint_layers
from akb.llm.engine import Backbone

MODEL, FOLDER = sys.argv[1], Path(sys.argv[2])
TWO = Processes.joined("cpu")
ONE = Processes.alone("cpu")
# Parts of 70 tokens: the two processes have unequal numbers of them, at steps, in the held-out loss and in the look.
SHORT = dataclasses.replace(RECIPE, align_steps=1, steps=3, held_out_every=2, part_tokens=70, look=3)
ONE_STEP = dataclasses.replace(SHORT, align_steps=0, steps=1)


def run(
    recipe: Recipe,
    processes: Processes,
    *,
    split: bool,
    twice: bool = False,
    plain: bool = False,
    dropout: float = 0.0,
    state: Path | None = None,
) -> tuple[Any, list[Any]]:
    """A training; `clips_per_step` are those of all processes together."""
    backbone = Backbone("tiny", "transformers", MODEL, "f", dtype="float32")
    lalm = Lalm.load(backbone, "cpu", Wording(), 2 if split else 1)
    layers = dict(lalm.model.base_model.layers.named_parameters())
    assert all(isinstance(value, DTensor) is split for value in layers.values())
    held = sum(value.to_local().numel() if split else value.numel() for value in layers.values())
    assert held * (2 if split else 1) == sum(value.numel() for value in layers.values())
    if plain:
        lalm.reader.branches = False
        lalm.read_head()
    if recipe.lora_rank:
        torch.manual_seed(0)
        lalm.adapt(recipe.lora_rank, recipe.lora_alpha)
    if twice:
        assert checkpoint_layers(lalm.model)
    features, examples = material(lalm, options=("dog", "bell", "rain on a roof"))
    connector = connector_of(lalm, dropout)
    each = recipe.clips_per_step // processes.count
    recipe = dataclasses.replace(recipe, clips_per_step=each, align_clips_per_step=each)
    records = train(lalm, connector, examples[5:], examples[:5], features, recipe, state, processes)
    return connector, [(r.stage, r.step, r.loss, r.held_out_loss, r.accuracy, r.accuracy_no_audio) for r in records]


def compare(one: tuple[Any, list[Any]], other: tuple[Any, list[Any]], tolerance: float) -> None:
    require_equal(one[0], other[0], tolerance)
    assert (one[0].adapter is None) == (other[0].adapter is None)
    for name, value in (one[0].adapter.weights if one[0].adapter else {}).items():
        torch.testing.assert_close(other[0].adapter.weights[name], value, rtol=tolerance, atol=tolerance, msg=name)
    for ours, theirs in zip(one[1], other[1], strict=True):
        assert ours[:2] == theirs[:2]
        for a, b in zip(ours[2:], theirs[2:], strict=True):
            assert (a is None) == (b is None) and (a is None or abs(a - b) <= tolerance * max(1.0, abs(a))), (a, b)


idled: list[int] = []
for module in (objectives, look):

    def counted(lalm: Lalm, real: Any = module.idle) -> torch.Tensor:
        idled.append(1)
        return real(lalm)

    module.idle = counted

for name, way, lora in (
    ("a frozen backbone", {}, 0),
    ("layers that are computed twice, and an adapter", {"twice": True}, 2),
    ("a backbone that is read plainly", {"plain": True}, 0),
):
    short, one_step = (dataclasses.replace(recipe, lora_rank=lora, lora_alpha=8.0) for recipe in (SHORT, ONE_STEP))
    compare(run(one_step, ONE, split=False, **way), run(one_step, TWO, split=True, **way), 1e-5)
    compare(run(short, TWO, split=False, **way), run(short, TWO, split=True, **way), 1e-5)
    counts = TWO.gathered(len(idled))
    assert counts[0] != counts[1], "both processes had as many parts, so nothing was shown"
    print(f"{TWO.rank}: {name}: the same", flush=True)

adapted = dataclasses.replace(SHORT, lora_rank=2, lora_alpha=8.0)
whole = run(adapted, TWO, split=True, dropout=0.3, twice=True)
with killed_after(3):
    run(adapted, TWO, split=True, dropout=0.3, twice=True, state=FOLDER / "state.pt")
assert TWO.gathered((FOLDER / "state.pt").exists()) == [True, True]
torch.manual_seed(999)  # whatever state another process begins with
compare(whole, run(adapted, TWO, split=True, dropout=0.3, twice=True, state=FOLDER / "state.pt"), 0.0)
print(f"{TWO.rank}: killed and resumed: the same", flush=True)
