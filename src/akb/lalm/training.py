"""Training a connector: frozen encoder features in, the backbone's own answers out.

One loop serves both stages, alignment (`align_steps: 0` switches it off) and distillation; what a stage teaches
is its objective (`objectives`). A step takes a few clips and, for each, a few questions that share the clip's trunk
(`model.Clip`). It may be cut into parts that fit the memory, and shared among processes (`batches`, `processes`): the
same gradients come of it. A backbone that wears a low-rank adapter (`adapter`) learns it along.

A state file lets a killed job go on; the number of steps, not a clock, ends the training, so two runs do the same.
Features are read and questions tokenised two steps ahead in a thread of its own: what is held is a few clips, however
many there are.

    train(lalm, connector, examples, held_out, features, recipe, state=Path("…/state.pt"))
"""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from akb.lalm import adapter
from akb.lalm.batches import Part, Waited, read_steps, whole_parts
from akb.lalm.connector import Connector
from akb.lalm.keeping import Keeping
from akb.lalm.look import Look
from akb.lalm.model import Lalm
from akb.lalm.objectives import Objective, alignment, bare, description_tokens, distillation
from akb.lalm.processes import Processes
from akb.lalm.recipe import Example, Recipe, Record, learning_rate
from akb.lalm.state import Best, State, keep, random_state, resume, set_random_state, signature
from akb.llm.memory import share_of_peak
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
    processes: Processes | None = None,
    vocabulary: torch.Tensor | None = None,
    watch: Callable[[list[Record]], object] = lambda records: None,
    keeping: Keeping | None = None,
) -> list[Record]:
    """Train `connector` in place, and the backbone's adapter if it wears one; returns what training.csv holds.

    state: where to keep what is needed to go on after a kill; a file of another training is ignored. vocabulary:
    `description_tokens` of the examples, if they are known already. watch: told of all records so far at each
    measurement. keeping: where to keep other connectors than the last. The connector's input and output scales are
    fitted here.
    """
    processes = processes or Processes.alone(lalm.device)
    if lalm.sharded and not lalm.reader.branches:
        recipe = replace(recipe, part_tokens=1)  # read plainly, each clip is a pass, and processes keep step by parts
    if vocabulary is None:
        vocabulary = description_tokens(lalm, (example.description for example in examples))
    torch.manual_seed(recipe.seed)
    chosen: Sequence[int] = range(len(examples))
    if len(chosen) > _FITTED:
        chosen = random.Random(f"{recipe.seed} fitted").sample(chosen, _FITTED)
    connector.fit_input(features[examples[index].clip_id] for index in chosen)
    connector.fit_output(lalm.embedded(vocabulary.to(lalm.device)))
    connector.to(lalm.device).train()
    torch.manual_seed(recipe.seed + 7919 * processes.rank)  # other dropout in each process
    queries = connector.shape.queries
    stages = [(alignment(lalm, vocabulary, recipe.align_temperature, queries), recipe.for_alignment())]
    stages = [*stages, (distillation(lalm, recipe, queries), recipe)]
    stages = [(objective, own) for objective, own in stages if own.steps]
    signed = "" if state is None else signature(recipe, connector, examples, held_out, processes.count, lalm.chat.name)
    stood, records = resume(state, signed), list[Record]()
    learning = Learning(lalm, connector, recipe)
    keeping = keeping if processes.is_main else None
    if keeping and stood is None:
        keeping.begin()
    elif keeping and stood and stood.best:
        keeping.as_best(learning.as_it_was(stood.best))
    look = Look(lalm, held_out, features, recipe, processes, queries)
    for objective, own in stages:
        if stood and stood.stage != objective.name and any(r.stage == objective.name for r in stood.records):
            records += [record for record in stood.records if record.stage == objective.name]
            continue  # it was over when the state was kept

        def kept(loop: Loop, latest: list[Record], before: tuple[Record, ...] = tuple(records)) -> None:
            whole = [*before, *latest]
            if processes.is_main:
                watch(whole)
            found = processes.gathered(random_state(processes.device))
            if state is not None and processes.is_main:
                optimiser = copy.deepcopy(loop.optimiser.state_dict())
                weights, worn = learning.weights()
                keep(State(loop.objective.name, weights, optimiser, whole, found, worn, loop.best), state, signed)

        loop = Loop(objective, learning, examples, held_out, features, own, processes, kept, look, keeping)
        loop.ranks = objective is stages[-1][0]
        records += loop.run(stood if stood and stood.stage == objective.name else None)
    connector.adapter = learning.worn()
    connector.eval()
    return records


class Learning:
    """What learns: the connector, and the backbone's adapter if it wears one."""

    def __init__(self, lalm: Lalm, connector: Connector, recipe: Recipe) -> None:
        self._lalm, self.connector, self._recipe = lalm, connector, recipe
        self.adapter = adapter.learnt(lalm.model) if lalm.adapted else []
        self.parameters = [*connector.parameters(), *self.adapter]
        ends = (lalm.model.get_input_embeddings(), lalm.model.get_output_embeddings())
        outside = {id(end.weight): end.weight.numel() for end in ends if end is not None}
        # Of the layers: tokens are looked up, and the output layer runs where a target stands alone.
        self.layer_parameters = sum(p.numel() for p in lalm.model.parameters()) - sum(outside.values())

    def weights(self) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """Copies of the weights on the CPU: the connector's, and the adapter's."""
        worn = self.worn()
        state = {name: value.detach().cpu().clone() for name, value in self.connector.state_dict().items()}
        return state, dict(worn.weights) if worn else {}

    def worn(self) -> adapter.Adapter | None:
        """The adapter as it stands."""
        if not self.adapter:
            return None
        return adapter.taken(self._lalm.model, self._recipe.lora_rank, self._recipe.lora_alpha)

    def take_back(self, connector: Mapping[str, torch.Tensor], worn: Mapping[str, torch.Tensor]) -> None:
        """Go on from these weights."""
        self.connector.load_state_dict(dict(connector))
        if self.adapter:
            made = adapter.Adapter(self._recipe.lora_rank, self._recipe.lora_alpha, worn)
            adapter.put(self._lalm.model, made, "the state of a killed training")

    def now(self) -> Connector:
        """The connector as it stands, with its adapter, to be written."""
        self.connector.adapter = self.worn()
        return self.connector

    def as_it_was(self, best: Best) -> Connector:
        """A connector with the weights of an earlier step."""
        made = copy.deepcopy(self.connector)
        made.load_state_dict(dict(best.connector))
        if self.adapter:
            made.adapter = adapter.Adapter(self._recipe.lora_rank, self._recipe.lora_alpha, best.adapter)
        return made


class Loop:
    """Steps towards one objective: batches, optimiser, schedule, records."""

    def __init__(
        self,
        objective: Objective,
        learning: Learning,
        examples: Sequence[Example],
        held_out: Sequence[Example],
        features: Mapping[str, torch.Tensor],
        recipe: Recipe,
        processes: Processes,
        kept: Callable[[Loop, list[Record]], object],
        look: Look,
        keeping: Keeping | None = None,
    ) -> None:
        """kept: called with all records of the stage at each measurement, when its state may be kept."""
        self.objective, self.recipe, self.features, self.processes = objective, recipe, features, processes
        self.examples, self.held_out, self.kept, self.look, self.keeping = examples, held_out, kept, look, keeping
        self.learning = learning
        self.ranks = False  # whether held-out losses of this stage say which connector is the best
        self.best: Best | None = None
        self.connector: Any = processes.shared(learning.connector)
        self.optimiser = torch.optim.AdamW(
            learning.parameters, lr=recipe.lr, betas=recipe.betas, weight_decay=recipe.weight_decay
        )

    def run(self, stood: State | None = None) -> list[Record]:
        """Take all steps that are left; returns the records of all."""
        recipe, records = self.recipe, self._resumed(stood)
        first = records[-1].step if records else 0
        name, prepare = self.objective.name, self.objective.prepare
        steps = Waited(read_steps(self.examples, self.features, recipe, name, prepare, self.processes, first))
        # Summed where they are computed: to look at a loss is to wait for the device.
        total, count, since = torch.zeros((), device=self.processes.device), 0, time.monotonic()
        answers = tokens = 0
        with bar(f"train: {name}", recipe.steps, "step", shown=self.processes.is_main) as progress:
            progress.update(first)
            for step, parts in enumerate(steps, start=first + 1):
                lr = learning_rate(step, recipe)
                for group in self.optimiser.param_groups:
                    group["lr"] = lr
                total += self._step(parts)
                count += 1
                answers += sum(len(part.tasks) for part in parts) * recipe.questions_per_clip
                tokens += sum(task.tokens for part in parts for task in part.tasks)
                progress.update()
                if self.keeping and recipe.keep_every and step % recipe.keep_every == 0:
                    self.keeping.at_step(self.learning.now(), name, step)
                if step % recipe.held_out_every == 0 or step == recipe.steps:
                    loss = float(total) / count  # waits for the device: what comes after is time that was taken
                    seconds = max(time.monotonic() - since, 1e-9)
                    speeds = [self.processes.count * amount / seconds for amount in (answers, tokens)]
                    record = self._measured(name, step, loss, lr, speeds, steps.seconds / seconds)
                    records.append(record)
                    progress.set_postfix_str(f"loss {record.loss:.3f}, held out {record.held_out_loss or 0:.3f}")
                    self.kept(self, records)
                    total, count, since = torch.zeros_like(total), 0, time.monotonic()
                    answers, tokens, steps.seconds = 0, 0, 0.0
        return records

    def _measured(
        self, name: str, step: int, loss: float, lr: float, speeds: Sequence[float], waiting: float
    ) -> Record:
        """A row of the log; keeps the connector if it is the best so far."""
        held_out, looked = self._held_out_loss(), self._looked()
        found = math.inf if held_out is None or not math.isfinite(held_out) else held_out
        if self.ranks and found < (self.best.loss if self.best else math.inf):
            self.best = Best(found, *self.learning.weights())
            if self.keeping:
                self.keeping.as_best(self.learning.now())
        peak = share_of_peak(speeds[1], self.learning.layer_parameters, self.processes.device, self.processes.count)
        return Record(name, step, loss, lr, speeds[0], held_out, speeds[1], *looked, waiting, peak)

    def _step(self, parts: Sequence[Part]) -> torch.Tensor:
        """One step of the optimiser; returns its loss over all processes, as a tensor that nobody has waited for."""
        device = self.processes.device
        weight = self.processes.sum(torch.tensor(float(sum(part.weight for part in parts)), device=device))
        self.optimiser.zero_grad(set_to_none=True)
        if self.objective.idle:
            # Before this process's own parts: gradients are shared with the last one.
            for _ in range(self.processes.most(len(parts)) - len(parts)):
                torch.autograd.backward(self.objective.idle())
        summed = torch.zeros((), device=device)
        for number, part in enumerate(parts, start=1):
            with self.processes.keeping_to_itself(self.connector, number < len(parts)):
                loss = self.objective.loss(self.connector, part)
                # Gradients are averaged over processes: each gives its sum times their number.
                torch.autograd.backward(loss * (self.processes.count / weight))
            summed += loss.detach()
        self.processes.average(self.learning.adapter)
        torch.nn.utils.clip_grad_norm_(self.learning.parameters, self.recipe.clip_norm)
        self.optimiser.step()
        return self.processes.sum(summed) / weight

    @torch.no_grad()
    def _held_out_loss(self) -> float | None:
        if not self.held_out:
            return None
        connector = bare(self.connector)
        connector.eval()
        found = torch.zeros(2, device=self.processes.device)
        own = whole_parts(self.held_out, self.features, self.recipe, self.objective.prepare, self.processes)
        idle = self.objective.idle
        for part in self.processes.abreast(own) if idle else own:
            if part is None:  # another process has one
                if idle:
                    idle()
                continue
            found += torch.stack([self.objective.loss(connector, part), found.new_tensor(float(part.weight))])
        connector.train()
        total, weight = self.processes.sum(found).tolist()
        return total / weight if weight else None

    def _looked(self) -> tuple[float | None, float | None]:
        connector = bare(self.connector)
        connector.eval()
        found = self.look(connector) if self.recipe.look else (None, None)
        connector.train()
        return found

    def _resumed(self, stood: State | None) -> list[Record]:
        if stood is None:
            return []
        self.learning.take_back(stood.connector, stood.adapter)
        self.optimiser.load_state_dict(dict(stood.optimiser))
        self.best = stood.best
        set_random_state(stood.random[self.processes.rank], self.processes)
        return [record for record in stood.records if record.stage == self.objective.name]
