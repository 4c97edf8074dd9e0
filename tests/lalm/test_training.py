"""A training that is cut up, shared or killed is the same training; and it fits the memory."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny_training import RECIPE, connector_of, killed_after, material, require_equal, trained

from akb.errors import AkbError
from akb.lalm.batches import Task, parts
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.model import Clip, Lalm
from akb.lalm.processes import require_gpus
from akb.lalm.state import signature
from akb.llm.checkpointing import checkpoint_layers
from akb.llm.engine import Backbone


@pytest.fixture
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


@pytest.mark.parametrize("loss_over", ["answers", "tokens"])
def test_a_step_cut_into_single_clips_is_the_same_step(lalm: Lalm, loss_over: str) -> None:
    recipe = dataclasses.replace(RECIPE, loss_over=loss_over, steps=1, held_out_every=1)
    whole, records = trained(lalm, recipe)
    cut, others = trained(lalm, dataclasses.replace(recipe, part_tokens=1))
    require_equal(whole, cut, 1e-5)
    assert [r.loss for r in others] == pytest.approx([r.loss for r in records], rel=1e-5)
    assert [r.held_out_loss for r in others] == pytest.approx([r.held_out_loss for r in records], rel=1e-5)


def test_parts_hold_no_more_tokens_than_they_may_and_every_clip_once() -> None:
    sizes = [30, 31, 40, 200, 20, 20, 20, 20]
    tasks = [Task(number, size, 1) for number, size in enumerate(sizes)]
    found = parts([torch.zeros(1, 2, 3)] * len(sizes), tasks, 100)
    assert [task.work for part in found for task in part.tasks] == list(range(len(sizes)))
    assert all(
        len(part.tasks) == 1 or len(part.tasks) * max(task.tokens for task in part.tasks) <= 100 for part in found
    )
    assert len(found) < len(sizes)


@pytest.mark.parametrize("step", [4, 8, 13, 17])
def test_a_training_killed_anywhere_ends_bit_for_bit_as_if_it_had_not_been(
    lalm: Lalm, tmp_path: Path, step: int
) -> None:
    whole, records = trained(lalm, RECIPE, dropout=0.3)
    with killed_after(step):
        trained(lalm, RECIPE, dropout=0.3, state=tmp_path / "state.pt")
    torch.manual_seed(999)  # whatever state another process begins with
    resumed, others = trained(lalm, RECIPE, dropout=0.3, state=tmp_path / "state.pt")
    for name, value in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name
    told = [(r.stage, r.step, r.loss, r.held_out_loss) for r in records]
    assert [(r.stage, r.step, r.loss, r.held_out_loss) for r in others] == told


def test_a_state_belongs_to_one_training(lalm: Lalm) -> None:
    _, examples = material(lalm)
    learnt, held = examples[4:], examples[:4]
    changed = [dataclasses.replace(learnt[0], questions=(lalm.branch("What?", (), "a cat", end=True),)), *learnt[1:]]
    wide = Connector(ConnectorShape(2, 12, lalm.width, queries=8, width=32, depth=1, heads=2))
    connector = connector_of(lalm)
    signatures = [
        signature(RECIPE, connector, learnt, held, 1, "m"),
        signature(RECIPE, connector, changed, held, 1, "m"),  # the same clips with other answers
        signature(RECIPE, connector, learnt, held[1:], 1, "m"),
        signature(RECIPE, connector, learnt, held, 2, "m"),
        signature(RECIPE, connector, learnt, held, 1, "another"),
        signature(RECIPE, wide, learnt, held, 1, "m"),
        signature(dataclasses.replace(RECIPE, lr=1.0), connector, learnt, held, 1, "m"),
    ]
    assert len(set(signatures)) == len(signatures)
    assert signature(RECIPE, connector_of(lalm), list(learnt), list(held), 1, "m") == signatures[0]


def test_the_log_is_told_while_training_runs(lalm: Lalm) -> None:
    told: list[int] = []
    _, records = trained(lalm, RECIPE, watch=lambda so_far: told.append(len(so_far)))
    assert told == list(range(1, len(records) + 1))
    assert all(record.tokens_per_second > 0 for record in records if record.stage == "distil")


def test_checkpointing_gives_the_same_gradients_for_less_memory(lalm: Lalm) -> None:
    clips = [Clip((), (lalm.branch("What do you hear?", (), "a dog and " * 40, end=True),)) for _ in range(2)]
    before, kept = _gradient(lalm, clips)
    assert checkpoint_layers(lalm.model) == lalm.model.config.num_hidden_layers
    after, less = _gradient(lalm, clips)
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-7)
    assert less < kept / 2


def test_answers_of_450_tokens_stay_within_a_layer_s_memory_where_layers_are_checkpointed(
    tmp_path: Path, tiny_llama: Path
) -> None:
    lalm = _wide(tmp_path, tiny_llama)
    answer = "rain " * 450
    clips = [Clip((), (lalm.branch("What?", (), answer, end=True),)) for _ in range(2)]
    tokens = sum(clip.length + 4 for clip in clips)
    checkpoint_layers(lalm.model)
    _, kept = _gradient(lalm, clips)
    width, vocabulary = lalm.width, lalm.model.config.vocab_size
    # What goes into each of four layers, in two bytes and once more as it is normalised in four; and the logits.
    assert kept <= tokens * (4 * width * 4 * 2 + 4 * vocabulary * 3 + 16 * width)


def test_every_gpu_that_was_asked_for_has_a_process() -> None:
    require_gpus(0, 1, "cpu")
    require_gpus(8, 8, "cuda")
    with pytest.raises(AkbError, match="1 processes were started"):
        require_gpus(8, 1, "cuda")
    with pytest.raises(AkbError, match="would run on the cpu"):
        require_gpus(1, 1, "cpu")


_PROGRAM = """
import dataclasses, sys; from pathlib import Path
sys.path.insert(0, sys.argv[3])
import torch
from tiny_training import RECIPE, connector_of, material
from akb.lalm.model import Lalm
from akb.lalm.processes import Processes
from akb.lalm.training import train
from akb.llm.engine import Backbone
processes = Processes.joined("cpu")
lalm = Lalm.load(Backbone("tiny", "transformers", sys.argv[1], "f", dtype="float32"))
torch.manual_seed(0)
lalm.adapt(2, 8.0)  # what learns beside the connector is shared, too
features, examples = material(lalm)
connector = connector_of(lalm, float(sys.argv[4]))
clips = 8 // processes.count
recipe = dataclasses.replace(RECIPE, lora_rank=2, lora_alpha=8.0, clips_per_step=clips, align_clips_per_step=clips)
kill = int(sys.argv[5])
if kill:
    real, steps = torch.optim.AdamW.step, []
    def dying(self, *a, **k):
        steps.append(1)
        if len(steps) > kill: sys.exit(7)
        return real(self, *a, **k)
    torch.optim.AdamW.step = dying
out = Path(sys.argv[2])
train(lalm, connector, examples[4:], examples[:4], features, recipe, out.with_name("state.pt"), processes)
if processes.is_main: torch.save({**connector.state_dict(), **connector.adapter.weights}, out)
"""


def _run(count: int, model: Path, out: Path, dropout: float = 0.0, kill: int = 0) -> None:
    out.parent.mkdir(exist_ok=True)
    program = out.with_name("program.py")
    program.write_text(_PROGRAM, encoding="utf-8")
    launched = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(count)]
    command = [*(launched if count > 1 else [sys.executable]), str(program), str(model), str(out)]
    done = subprocess.run(
        [*command, str(Path(__file__).parents[1]), str(dropout), str(kill)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) == bool(kill), done.stderr[-2000:]


@pytest.mark.slow
def test_two_processes_do_what_one_does_with_the_same_clips(tmp_path: Path, tiny_llama: Path) -> None:
    _run(1, tiny_llama, tmp_path / "one/connector.pt")
    _run(2, tiny_llama, tmp_path / "two/connector.pt")
    one, two = (torch.load(tmp_path / name / "connector.pt") for name in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-3, atol=1e-4, msg=name)


@pytest.mark.slow
def test_two_processes_that_are_killed_end_bit_for_bit_as_if_they_had_not_been(
    tmp_path: Path, tiny_llama: Path
) -> None:
    _run(2, tiny_llama, tmp_path / "whole/connector.pt", dropout=0.3)
    _run(2, tiny_llama, tmp_path / "killed/connector.pt", dropout=0.3, kill=11)
    _run(2, tiny_llama, tmp_path / "killed/connector.pt", dropout=0.3)
    whole, killed = (torch.load(tmp_path / name / "connector.pt") for name in ("whole", "killed"))
    for name, value in whole.items():
        assert torch.equal(killed[name], value), name


def _gradient(lalm: Lalm, clips: list[Clip]) -> tuple[torch.Tensor, int]:
    """The gradient of the audio, and the bytes that were kept for it, weights apart."""
    audio = torch.randn(len(clips), 4, lalm.width, generator=torch.Generator().manual_seed(0)).requires_grad_()
    weights = {parameter.data_ptr() for parameter in lalm.model.parameters()}
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if tensor.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = -torch.stack([b.mean() for clip in lalm.target_logprobs(clips, audio) for b in clip]).mean()
    loss.backward()
    assert audio.grad is not None
    return audio.grad, sum(kept.values())


def _wide(folder: Path, tokenizer: Path) -> Lalm:
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    tokens = AutoTokenizer.from_pretrained(tokenizer)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokens), hidden_size=1024, intermediate_size=2816, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=2048, eos_token_id=tokens.eos_token_id,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder / "wide")
    tokens.save_pretrained(folder / "wide")
    return Lalm.load(Backbone("wide", "transformers", str(folder / "wide"), "f", dtype="float32"))
