"""What a GPU makes of training and listening, in eight minutes: for the first minutes of a GPU day.

Random models in the shapes of 1B to 14B backbones, so nothing is downloaded, and of this repository's needs only torch
and transformers: other packages that it imports are replaced by empty ones where they are not installed. For each size
it prints training tokens a second and their share of the GPU's peak, the peak of memory beside the estimate by which a
training is refused (`akb.llm.memory`), and answers a second by likelihood and in writing; first of all, that bfloat16
on the device agrees with float32 on the CPU.

    python benchmarks/gpu_training.py                              1b 4b 8b 14b on the GPU, at most eight minutes
    python benchmarks/gpu_training.py --sizes tiny --device cpu    shows that it runs
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import random
import sys
import tempfile
import time
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))


class _Nothing:
    """Stands for whatever a missing package holds: it can be named, called and looked into, and computes nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __getitem__(self, _: Any) -> Any:
        return self


class _Missing(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing()


for _package in ("polars", "msgspec"):  # tables, stores: nothing here is read from or written to one
    if importlib.util.find_spec(_package) is None:
        sys.modules[_package] = _Missing(_package)

from akb.lalm.connector import Connector, ConnectorShape  # noqa: E402
from akb.lalm.hearing import Heard, HearingEngine  # noqa: E402
from akb.lalm.model import Clip, Lalm  # noqa: E402
from akb.lalm.recipe import Example, Recipe, Record  # noqa: E402
from akb.lalm.training import train  # noqa: E402
from akb.llm.chat import Chat  # noqa: E402
from akb.llm.checkpointing import checkpoint_layers  # noqa: E402
from akb.llm.engine import Backbone, Mode, Request, Sampling  # noqa: E402
from akb.llm.memory import Load, connector_bytes, shape_of_config, training_need  # noqa: E402
from akb.models.random_models import write_random  # noqa: E402

# hidden, layers, feed-forward, heads, key heads, words: of Llama-3.2-1B and of Qwen3-4B, -8B and -14B.
SIZES = {
    "tiny": (64, 2, 128, 4, 2, 1024),
    "1b": (2048, 16, 8192, 16, 8, 128_256),
    "4b": (2560, 36, 9728, 32, 8, 151_936),
    "8b": (4096, 36, 12_288, 32, 8, 151_936),
    "14b": (5120, 40, 17_408, 40, 8, 151_936),
}
WORDS = "rain water dog bell piano guitar violin drum engine wind door footsteps speaker tempo pitch loud quiet".split()


@dataclass(frozen=True)
class Job:
    """How much is done with a model. answer: words of an answer. frames: of a clip, at most."""

    clips: int
    frames: int
    answer: int
    queries: int
    width: int
    depth: int
    encoder: int
    part_tokens: int
    asked: int


LARGE = Job(
    clips=12, frames=500, answer=150, queries=64, width=1280, depth=6, encoder=1280, part_tokens=16384, asked=96
)
SMALL = Job(clips=4, frames=20, answer=8, queries=4, width=32, depth=1, encoder=16, part_tokens=256, asked=8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["1b", "4b", "8b", "14b"])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--minutes", type=float, default=8.0, help="no size is begun when four fifths are over")
    parser.add_argument("--steps", type=int, default=6, help="of training that are measured, after two that are not")
    given = parser.parse_args()
    began = time.monotonic()
    device = torch.device(given.device, 0) if given.device == "cuda" else torch.device(given.device)
    print(f"{_name(device)}, torch {torch.__version__}")
    print(f"bfloat16 here against float32 on the CPU: {agreement(device, given.sizes[0])}")
    print("| model | parameters | tokens/s | share of peak | memory | estimate | options/s | written answers/s |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for size in given.sizes:
        if time.monotonic() - began > 48 * given.minutes:
            print(f"| {size} | left out: {given.minutes:g} minutes are nearly over |")
            continue
        try:
            print(f"| {size} | {row(size, device, given.steps)} |", flush=True)
        except torch.cuda.OutOfMemoryError as error:
            print(f"| {size} | out of memory: {str(error).splitlines()[0]} |", flush=True)
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()
    print(f"{time.monotonic() - began:.0f} s in all")


def row(size: str, device: torch.device, steps: int) -> str:
    """The cells of one model."""
    job = SMALL if size == "tiny" else LARGE
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    lalm = made(size, device, torch.bfloat16)
    features, examples = material(lalm, job)
    connector = Connector(
        ConnectorShape(4, job.encoder, lalm.width, job.queries, job.width, job.depth, heads=max(1, job.width // 64))
    )
    estimate = needed(lalm, job, examples, connector, device)
    checkpoint_layers(lalm.model)
    records = trained(lalm, connector, examples, features, job, steps)
    speed, peak = records[-1].tokens_per_second, records[-1].share_of_peak
    memory = torch.cuda.max_memory_reserved(device) / 1e9 if device.type == "cuda" else None
    parameters = sum(parameter.numel() for parameter in lalm.model.parameters())
    engine = HearingEngine(
        lalm,
        connector.eval(),
        {clip: Heard(clip, "hello there") for clip in features},
        features,
        "none",
        2048,
        job.part_tokens,
    )
    heard = [answered(engine, list(features), job.asked, mode) for mode in ("option", "generate")]  # type: ignore[arg-type]
    cells = [f"{parameters / 1e9:.2f} B", f"{speed:,.0f}", "–" if peak is None else f"{100 * peak:.0f} %"]
    cells += ["–" if memory is None else f"{memory:.1f} GB", f"{estimate:.1f} GB", *(f"{rate:.1f}" for rate in heard)]
    return " | ".join(cells)


def made(size: str, device: torch.device, dtype: torch.dtype, layers: int | None = None) -> Lalm:
    """A random model of a size, made where it runs, with the tokenizer of the project's tiny models."""
    hidden, depth, feed, heads, keys, words = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        write_random("tiny-llama-chat", 0, Path(folder))
        tokenizer = AutoTokenizer.from_pretrained(folder)
    config = Qwen3Config(
        vocab_size=words,
        hidden_size=hidden,
        intermediate_size=feed,
        num_hidden_layers=layers or depth,
        num_attention_heads=heads,
        num_key_value_heads=keys,
        head_dim=16 if size == "tiny" else 128,
        max_position_embeddings=8192,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=size == "1b",
    )
    before = torch.get_default_dtype()
    torch.manual_seed(0)
    try:
        torch.set_default_dtype(dtype)
        with torch.device(device):
            build: Any = Qwen3ForCausalLM
            model = build(config)
    finally:
        torch.set_default_dtype(before)
    return Lalm(model, tokenizer, Chat(tokenizer, Backbone(size, "transformers", "", "f", dtype=str(dtype)[6:])))


def material(lalm: Lalm, job: Job) -> tuple[dict[str, torch.Tensor], list[Example]]:
    """Random features of clips of unequal length, and answers of words."""
    chance = random.Random(0)
    features, examples = {}, []
    for number in range(job.clips * 4):
        frames = chance.randint(job.frames // 4, job.frames)
        features[f"c{number}"] = torch.randn(4, frames, job.encoder, dtype=torch.bfloat16)
        said = " ".join(chance.choices(WORDS, k=chance.randint(job.answer // 2, job.answer)))
        asked = "What do you hear in the recording, and in which order does it come?"
        examples.append(Example(f"c{number}", "hello there", "rain", (lalm.branch(asked, (), said, end=True),)))
    return features, examples


def recipe_of(job: Job, steps: int) -> Recipe:
    return Recipe(
        steps=steps,
        clips_per_step=job.clips,
        questions_per_clip=1,
        lr=1e-4,
        warmup=0.05,
        loss_over="tokens",
        choice=0.0,
        align_steps=0,
        align_clips_per_step=1,
        align_lr=1e-4,
        align_temperature=0.05,
        frames_kept=1.0,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        clip_norm=1.0,
        held_out_every=2,
        seed=0,
        part_tokens=job.part_tokens,
    )


def trained(
    lalm: Lalm,
    connector: Connector,
    examples: Sequence[Example],
    features: dict[str, torch.Tensor],
    job: Job,
    steps: int,
) -> list[Record]:
    """The log; its last row is of `steps` steps after two that warm up."""
    from dataclasses import replace

    recipe = replace(recipe_of(job, 2 + steps), held_out_every=2)
    records = train(lalm, connector, examples, [], features, recipe)
    late = records[1:] or records
    speed = len(late) / sum(1 / record.tokens_per_second for record in late)
    shares = [record.share_of_peak for record in late if record.share_of_peak is not None]
    share = sum(shares) / len(shares) if shares else None
    return [*records, replace(records[-1], tokens_per_second=speed, share_of_peak=share)]


def needed(lalm: Lalm, job: Job, examples: Sequence[Example], connector: Connector, device: torch.device) -> float:
    """GB by the estimate, for the clips that there are."""
    clips = [Clip(lalm.prompt.trunk(example.transcript), tuple(example.questions)) for example in examples]
    longest = job.queries + max(clip.length for clip in clips)
    tokens = min(max(job.part_tokens, longest), job.clips * longest)
    together = tokens / longest
    targets = together * max(len(clip.branches[0].target) for clip in clips)
    config = lalm.model.config
    parameters = sum(parameter.numel() for parameter in lalm.model.parameters())
    shape = shape_of_config(config.to_dict(), float(parameters), str(lalm.model.dtype)[6:])
    sound = connector_bytes(
        clips=together, layers=4, frames=job.frames, encoder=job.encoder, queries=job.queries, width=job.width,
        depth=job.depth,
    )  # fmt: skip
    learnt = float(sum(parameter.numel() for parameter in connector.parameters()))
    need = training_need(shape, Load(tokens, targets, sound), learnt, checkpointing=True, cuda=device.type == "cuda")
    return need.total / 1e9


def answered(engine: HearingEngine, clips: Sequence[str], count: int, mode: Mode) -> float:
    """Answers a second to `count` questions with four options each, read by likelihood or written, 16 tokens long."""
    requests = [
        Request(
            item_id=str(number),
            user=f"What do you hear? {WORDS[number % len(WORDS)]}",
            options=("a dog", "a bell", "the rain", "a piano"),
            mode=mode,
            sampling=Sampling(max_tokens=16),
            evidence=clips[number % len(clips)],
        )
        for number in range(count)
    ]
    began = time.monotonic()
    found = list(engine.run(requests))
    assert len(found) == count
    return count / (time.monotonic() - began)


def agreement(device: torch.device, size: str) -> str:
    """How far log-probabilities of two layers in bfloat16 on `device` lie from those in float32 on the CPU."""
    whole = made(size, torch.device("cpu"), torch.float32, layers=2)
    half = made(size, torch.device("cpu"), torch.float32, layers=2)
    half.model.load_state_dict(whole.model.state_dict())
    half = Lalm(half.model.to(device, torch.bfloat16), half.tokenizer, half.chat)
    clips = [Clip((), (whole.branch("What?", (), " ".join(WORDS[n : n + 4]), end=True),)) for n in range(4)]
    audio = torch.randn(4, 8, whole.width, generator=torch.Generator().manual_seed(0)) * 0.02
    one = torch.cat([b for clip in whole.target_logprobs(clips, audio) for b in clip])
    other = torch.cat([b for clip in half.target_logprobs(clips, audio.to(device)) for b in clip]).cpu()
    apart, size_of_one = (one - other).abs(), float(one.abs().mean())
    verdict = "agrees" if float(apart.mean()) < 0.02 * size_of_one else "DOES NOT AGREE"
    return f"{verdict}; {float(apart.mean()):.4f} nats apart, {float(apart.max()):.4f} at most, of {size_of_one:.2f}"


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


if __name__ == "__main__":
    main()
