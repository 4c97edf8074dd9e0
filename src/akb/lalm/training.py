"""Training a connector: frozen encoder features in, the backbone's own answers out.

One loop serves both stages, alignment (`align_steps: 0` switches it off) and distillation; what a stage teaches
is its objective (`objectives`). A step takes a few clips and, for each, a few questions that share the clip's trunk
(`model.Clip`).

The same code runs on a CPU, a GPU, or several through `accelerate`. A state file lets a killed job go
on; the number of steps, not a clock, ends the training, so two runs do the same. Features are read when a step
needs them, two steps ahead in a thread of its own: what is held is a few clips, however many there are.

    train(lalm, connector, examples, held_out, features, recipe, state=Path("…/state.pt"))
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from akb.atomic import atomic_path
from akb.lalm.batches import read_batches, whole_batches
from akb.lalm.connector import Connector
from akb.lalm.model import Lalm
from akb.lalm.objectives import Objective, alignment, description_tokens, distillation
from akb.lalm.recipe import Example, Recipe, Record, learning_rate
from akb.progress import bar

_FITTED = 4096  # clips whose mean and deviation stand for those of all


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
    records: list[Record] = []
    if recipe.align_steps:
        objective = alignment(lalm, vocabulary, recipe.align_temperature)
        records += Loop(objective, connector, examples, held_out, features, recipe.for_alignment()).run()
    objective = distillation(lalm, recipe)
    records += Loop(objective, connector, examples, held_out, features, recipe, state, accelerator).run()
    connector.eval()
    return records


class Loop:
    """Steps towards one objective: batches, optimiser, schedule, records, state."""

    def __init__(
        self,
        objective: Objective,
        connector: Connector,
        examples: Sequence[Example],
        held_out: Sequence[Example],
        features: Mapping[str, torch.Tensor],
        recipe: Recipe,
        state: Path | None = None,
        accelerator: Any = None,
    ) -> None:
        self.objective, self.recipe, self.features = objective, recipe, features
        self.examples, self.held_out, self.state, self.accelerator = examples, held_out, state, accelerator
        self.connector: Any = connector
        self.optimiser: Any = torch.optim.AdamW(
            connector.parameters(), lr=recipe.lr, betas=recipe.betas, weight_decay=recipe.weight_decay
        )
        if accelerator is not None:
            self.connector, self.optimiser = accelerator.prepare(connector, self.optimiser)
        if state is not None:
            self.signature = {**asdict(recipe), "clips": hash_of(e.clip_id for e in examples), "name": objective.name}

    def run(self) -> list[Record]:
        """Take all steps that are left; returns the records of all."""
        recipe, records = self.recipe, self._resume()
        first = records[-1].step if records else 0
        rank = 0 if self.accelerator is None else self.accelerator.process_index
        batches = read_batches(
            self.examples, self.features, recipe, self.objective.name, first, rank, self._processes()
        )
        losses: list[float] = []
        samples, since = 0, time.monotonic()
        with bar(f"train: {self.objective.name}", recipe.steps, "step") as progress:
            progress.update(first)
            for step, batch in enumerate(batches, start=first + 1):
                lr = learning_rate(step, recipe)
                for group in self.optimiser.param_groups:
                    group["lr"] = lr
                loss, _ = self.objective.loss(self.connector, batch)
                self.optimiser.zero_grad(set_to_none=True)
                torch.autograd.backward(loss) if self.accelerator is None else self.accelerator.backward(loss)
                torch.nn.utils.clip_grad_norm_(self.connector.parameters(), recipe.clip_norm)
                self.optimiser.step()
                losses.append(float(loss.detach()))
                samples += len(batch.examples) * recipe.questions_per_clip
                progress.update()
                if step % recipe.held_out_every == 0 or step == recipe.steps:
                    speed = samples * self._processes() / max(time.monotonic() - since, 1e-9)
                    loss_since = self._of_all_processes(sum(losses) / len(losses))
                    record = Record(self.objective.name, step, loss_since, lr, speed, self._held_out_loss())
                    records.append(record)
                    progress.set_postfix_str(f"loss {record.loss:.3f}, held out {record.held_out_loss or 0:.3f}")
                    self._keep(records)
                    losses, samples, since = [], 0, time.monotonic()
        return records

    def _processes(self) -> int:
        return 1 if self.accelerator is None else int(self.accelerator.num_processes)

    def _of_all_processes(self, loss: float) -> float:
        """The mean over processes: each has seen clips of its own."""
        if self.accelerator is None:
            return loss
        return float(self.accelerator.reduce(torch.tensor(loss, device=self.accelerator.device), "mean"))

    @torch.no_grad()
    def _held_out_loss(self) -> float | None:
        if not self.held_out:
            return None
        self.connector.eval()
        total, count = 0.0, 0
        for batch in whole_batches(self.held_out, self.features, self.recipe.clips_per_step):
            loss, weight = self.objective.loss(self.connector, batch)
            total, count = total + float(loss) * weight, count + weight
        self.connector.train()
        return total / count

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


def hash_of(names: Iterable[str]) -> str:
    """A short digest of a list of names."""
    digest = hashlib.sha256()
    for number, name in enumerate(names):
        digest.update(f"\n{name}".encode() if number else name.encode())
    return digest.hexdigest()[:16]
