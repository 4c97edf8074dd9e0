"""Training a connector: frozen encoder features in, the backbone's own answers out.

Two stages, the first of which is not in DeSTA2.5-Audio and can be switched off (`align_steps: 0`):
1. Alignment. Each query is taught to say which of all descriptions' words stands at its place in its
   clip's description, which ends in line breaks. The backbone is not run at all, so a step costs a
   hundredth of one of the second stage.
2. Distillation, as in DeSTA: cross-entropy of the backbone's own answers (`distillation`), through
   the frozen backbone.

A step takes a few clips and, for each, a few questions that share the clip's trunk (`model.Clip`).
The same code runs on a CPU, a GPU, or several through `accelerate`. A state file lets a killed job go
on; the number of steps, not a clock, ends the training, so two runs do the same. Features are read when a step
needs them, two steps ahead in a thread of its own: what is held is a few clips, however many there are.

    train(lalm, connector, examples, held_out, features, recipe, state=Path("…/state.pt"))
"""

from __future__ import annotations

import hashlib
import math
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch.nn import functional

from akb.atomic import atomic_path
from akb.lalm.connector import Connector, pad_frames
from akb.lalm.model import Branch, Clip, Lalm
from akb.progress import bar

T = TypeVar("T")
_FITTED = 4096  # clips whose mean and deviation stand for those of all
_READ_AHEAD = 2  # steps


@dataclass(frozen=True)
class Example:
    """A training clip: its transcript, its description's words, and what was asked and answered about it."""

    clip_id: str
    transcript: str
    description: str
    questions: Sequence[Branch]


@dataclass(frozen=True)
class Recipe:
    """How to train. Learning rates are peaks of a linear warm-up and a cosine to zero."""

    steps: int
    clips_per_step: int = 8
    questions_per_clip: int = 3
    lr: float = 1e-3
    warmup: float = 0.05  # share of the steps
    align_steps: int = 300
    align_clips_per_step: int = 32
    align_lr: float = 1e-3
    align_temperature: float = 0.05
    frames_kept: float = 0.5  # share of a clip's frames, drawn anew at each step; all are heard outside training
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    held_out_every: int = 100
    seed: int = 0


@dataclass(frozen=True)
class Record:
    """A row of training.csv. loss is the mean since the row before; held_out_loss is None where not measured."""

    stage: str
    step: int
    loss: float
    lr: float
    samples_per_second: float
    held_out_loss: float | None


def train(
    lalm: Lalm,
    connector: Connector,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    state: Path | None = None,
    accelerator: Any = None,
    vocabulary: torch.Tensor | None = None,
) -> list[Record]:
    """Train `connector` in place; returns what training.csv holds.

    state: where to keep what is needed to go on after a kill; a file made by another recipe or other
    examples is ignored. vocabulary: `description_tokens` of the examples, if they are known already. The
    connector's input and output scales are fitted here.
    """
    if vocabulary is None:
        vocabulary = description_tokens(lalm, (example.description for example in examples))
    torch.manual_seed(recipe.seed)
    chosen: Sequence[int] = range(len(examples))
    if len(chosen) > _FITTED:
        chosen = random.Random(f"{recipe.seed} fitted").sample(chosen, _FITTED)
    connector.fit_input(features[examples[index].clip_id] for index in chosen)
    connector.fit_output(lalm.embedded(vocabulary.to(lalm.device)))
    connector.to(lalm.device).train()
    data = (lalm, connector, examples, held_out, features, vocabulary)
    records: list[Record] = []
    if recipe.align_steps:
        records += _Stage("align", *data, _aligned(recipe), None, None).run()
    records += _Stage("distil", *data, recipe, state, accelerator).run()
    connector.eval()
    return records


def _aligned(recipe: Recipe) -> Recipe:
    """The recipe of the first stage in the terms of the second."""
    return replace(recipe, steps=recipe.align_steps, lr=recipe.align_lr, clips_per_step=recipe.align_clips_per_step)


@dataclass(frozen=True)
class _Batch:
    """Examples, their features, and the chance that goes on to draw their questions."""

    examples: Sequence[Example]
    clips: list[torch.Tensor]
    chance: random.Random


class _Stage:
    """One stage's loop: batches, optimiser, schedule, records, state."""

    def __init__(
        self,
        name: str,
        lalm: Lalm,
        connector: Connector,
        examples: Sequence[Example],
        held_out: Sequence[Example],
        features: Mapping[str, torch.Tensor],
        vocabulary: torch.Tensor,
        recipe: Recipe,
        state: Path | None,
        accelerator: Any,
    ) -> None:
        self.name, self.lalm, self.recipe, self.features = name, lalm, recipe, features
        self.examples, self.held_out, self.state, self.accelerator = examples, held_out, state, accelerator
        self.connector: Any = connector
        self.optimiser: Any = torch.optim.AdamW(
            connector.parameters(), lr=recipe.lr, betas=recipe.betas, weight_decay=recipe.weight_decay
        )
        if accelerator is not None:
            self.connector, self.optimiser = accelerator.prepare(connector, self.optimiser)
        if state is not None:
            self.signature = {**asdict(recipe), "clips": hash_of(e.clip_id for e in examples), "name": name}
        if name == "align":
            self.place = {int(token): index for index, token in enumerate(vocabulary)}
            vectors = lalm.embedded(vocabulary.to(lalm.device)).float()
            self.vectors = functional.normalize(vectors - vectors.mean(dim=0), dim=-1)
            self.centre = vectors.mean(dim=0)

    def run(self) -> list[Record]:
        recipe, records = self.recipe, self._resume()
        first = records[-1].step if records else 0
        losses: list[float] = []
        samples, since = 0, time.monotonic()
        with bar(f"train: {self.name}", recipe.steps, "step") as progress:
            progress.update(first)
            for step, batch in enumerate(ahead(self._read(first), _READ_AHEAD), start=first + 1):
                lr = learning_rate(step, recipe)
                for group in self.optimiser.param_groups:
                    group["lr"] = lr
                loss = self._loss(batch)
                self.optimiser.zero_grad(set_to_none=True)
                torch.autograd.backward(loss) if self.accelerator is None else self.accelerator.backward(loss)
                torch.nn.utils.clip_grad_norm_(self.connector.parameters(), recipe.clip_norm)
                self.optimiser.step()
                losses.append(float(loss.detach()))
                samples += len(batch.examples) * (1 if self.name == "align" else recipe.questions_per_clip)
                progress.update()
                if step % recipe.held_out_every == 0 or step == recipe.steps:
                    speed = samples / max(time.monotonic() - since, 1e-9)
                    record = Record(self.name, step, sum(losses) / len(losses), lr, speed, self._held_out_loss())
                    records.append(record)
                    progress.set_postfix_str(f"loss {record.loss:.3f}, held out {record.held_out_loss or 0:.3f}")
                    self._keep(records)
                    losses, samples, since = [], 0, time.monotonic()
        return records

    def _read(self, first: int) -> Iterator[_Batch]:
        """The batches of step `first` + 1 on, with the frames that are heard at them."""
        for step, examples in enumerate(self._batches(first), start=first + 1):
            chance = random.Random(f"{self.recipe.seed} {self.name} {step}")
            clips = [thinned(self.features[e.clip_id], self.recipe.frames_kept, chance) for e in examples]
            yield _Batch(examples, clips, chance)

    def _batches(self, first: int) -> Iterator[list[Example]]:
        """Batches from step `first` on: shuffled epochs, clips of like length side by side."""
        recipe, made = self.recipe, 0
        size = min(recipe.clips_per_step, len(self.examples))
        ranks = 1 if self.accelerator is None else self.accelerator.num_processes
        rank = 0 if self.accelerator is None else self.accelerator.process_index
        for epoch in range(recipe.steps * ranks):
            order = list(range(len(self.examples)))
            chance = random.Random(f"{recipe.seed} {self.name} epoch {epoch}")
            chance.shuffle(order)
            pool = size * 8  # sorting within a pool keeps padding low and chance high
            order = [i for at in range(0, len(order), pool) for i in sorted(order[at : at + pool], key=self._length)]
            batches = [order[at : at + size] for at in range(0, len(order) - size + 1, size)]
            chance.shuffle(batches)
            for batch in batches[rank::ranks][: len(batches) // ranks] or batches[:1]:
                if made >= recipe.steps:
                    return
                made += 1
                if made > first:
                    yield [self.examples[i] for i in batch]

    def _length(self, index: int) -> int:
        return int(self.features[self.examples[index].clip_id].shape[1])

    def _loss(self, batch: _Batch) -> torch.Tensor:
        if self.name == "align":
            return self._alignment(batch.examples, hear(self.connector, batch.clips, self.lalm.device, words=True))
        audio = hear(self.connector, batch.clips, self.lalm.device)
        trees = [
            Clip(self.lalm.trunk_tokens(example.transcript), self._drawn(example.questions, batch.chance))
            for example in batch.examples
        ]
        # The mean over branches of the mean over a branch's tokens: a long answer counts no more than a short one.
        logprobs = self.lalm.target_logprobs(trees, audio)
        return -torch.stack([branch.mean() for tree in logprobs for branch in tree]).mean()

    def _drawn(self, questions: Sequence[Branch], chance: random.Random) -> tuple[Branch, ...]:
        count = min(self.recipe.questions_per_clip, len(questions))
        return tuple(questions[place] for place in chance.sample(range(len(questions)), count))

    def _alignment(self, batch: Sequence[Example], audio: torch.Tensor) -> torch.Tensor:
        """Cross-entropy of the word at each query's place. audio: word logits, or embeddings that point."""
        queries, blank = audio.shape[1], self.place[self.lalm.blank]
        wanted = torch.full((len(batch), queries), blank)
        for row, example in enumerate(batch):
            for slot, token in enumerate(self.lalm.plain_tokens(example.description)[:queries]):
                wanted[row, slot] = self.place.get(token, -100)  # a held-out clip may have words of its own
        logits = audio
        if not self._bare().shape.words:
            pointed = functional.normalize(audio - self.centre, dim=-1)
            logits = pointed @ self.vectors.T / self.recipe.align_temperature
        return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten().to(logits.device))

    @torch.no_grad()
    def _held_out_loss(self) -> float | None:
        if not self.held_out:
            return None
        self.connector.eval()
        size, losses = self.recipe.clips_per_step, []
        for at in range(0, len(self.held_out), size):
            examples = self.held_out[at : at + size]
            clips = [self.features[example.clip_id] for example in examples]
            losses.append(float(self._loss(_Batch(examples, clips, random.Random(0)))) * len(examples))
        self.connector.train()
        return sum(losses) / len(self.held_out)

    def _keep(self, records: list[Record]) -> None:
        if self.state is None or (self.accelerator is not None and not self.accelerator.is_main_process):
            return
        content = {
            "signature": self.signature,
            "connector": self._bare().state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "records": [asdict(record) for record in records],
            "random": torch.get_rng_state(),
        }
        with atomic_path(self.state) as temporary:
            torch.save(content, temporary)

    def _resume(self) -> list[Record]:
        if self.state is None or not self.state.exists():
            return []
        content = torch.load(self.state, weights_only=True)
        if content["signature"] != self.signature:
            return []
        self._bare().load_state_dict(content["connector"])
        self.optimiser.load_state_dict(content["optimiser"])
        torch.set_rng_state(content["random"])
        return [Record(**record) for record in content["records"]]

    def _bare(self) -> Any:
        return self.connector if self.accelerator is None else self.accelerator.unwrap_model(self.connector)


def hear(connector: Any, clips: list[torch.Tensor], device: torch.device, *, words: bool = False) -> torch.Tensor:
    """Audio embeddings `[clips, queries, llm_width]` of features `[layers, frames, width]`.

    words: what a connector that mixes words gives before the mixing, `[clips, queries, words]`.
    """
    frames, mask = pad_frames(clips)
    # Products in bfloat16 pay on a GPU; on a CPU the conversions of these small matrices cost more than they save.
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        listen = connector.word_logits if words and connector.shape.words else connector
        audio: torch.Tensor = listen(frames.to(device), mask.to(device))
    return audio.float()


def thinned(clip: torch.Tensor, share: float, chance: random.Random) -> torch.Tensor:
    """A random share of a clip's frames `[layers, frames, width]`, in order. Cheaper, and harder to learn by heart."""
    frames = clip.shape[1]
    kept = sorted(chance.sample(range(frames), max(1, round(frames * share))))
    return clip[:, kept]


def learning_rate(step: int, recipe: Recipe) -> float:
    """The rate at a step counted from 1: linear warm-up, then a cosine that reaches zero after the last step."""
    warm = max(1, round(recipe.warmup * recipe.steps))
    if step <= warm:
        return recipe.lr * step / warm
    return recipe.lr * 0.5 * (1 + math.cos(math.pi * (step - warm) / (recipe.steps - warm + 1)))


def ahead(things: Iterator[T], count: int) -> Iterator[T]:
    """`things` in their order, made in another thread, up to `count` of them before they are asked for."""
    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(next, things, None) for _ in range(count))
        while (thing := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, things, None))
            yield thing


def hash_of(names: Iterable[str]) -> str:
    """A short digest of a list of names."""
    digest = hashlib.sha256()
    for number, name in enumerate(names):
        digest.update(f"\n{name}".encode() if number else name.encode())
    return digest.hexdigest()[:16]


def description_tokens(lalm: Lalm, descriptions: Iterable[str]) -> torch.Tensor:
    """The tokens of all descriptions and the one that fills up a short description, in their order."""
    tokens = {token for text in descriptions for token in lalm.plain_tokens(text)}
    return torch.tensor(sorted(tokens | {lalm.blank}))
