"""A frozen Hugging Face model that reads trees of tokens: one implementation for text scoring and for listening.

Every path of a tree is scored as if it were a sequence of its own (`tree.py`); what all paths begin with stands in a
key-value cache (`Prefix`). Audio embeddings take the place of filler tokens: they replace what the model looks up in
its own embedding table, so that families which look at the tokens, too (per-layer embeddings), need nothing else.

`check` compares trees with plain sequences, whose logits are the model's own. A model whose scores differ, or whose
layers cannot keep paths apart (recurrent, convolutional), reads plainly from then on: slower and right.

    reader = TreeReader(model); reader.check("SmolLM2"); reader.logprobs(trees, prefix)
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from akb.llm.checkpointing import beside
from akb.llm.head import own_logits, token_logprobs
from akb.llm.tree import Tree

_BRANCHABLE = {"full_attention", "sliding_attention"}
_AUDIO_ROWS = 2  # of the check


@dataclass(frozen=True)
class Prefix:
    """Tokens that stand before every path, and their keys and values: for each layer `[1, heads, tokens, width]`."""

    tokens: tuple[int, ...] = ()
    layers: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)


NO_PREFIX = Prefix()


class TreeReader:
    """See the module's text. plain_attention: up to how many scores attention is computed as plain products, and not
    by the fused kernel; 0: never."""

    def __init__(self, model: Any, plain_attention: int = 0) -> None:
        self.model = model
        self.config = model.config.get_text_config()
        self.plain_attention = plain_attention
        self.branches = True  # whether trees are read as trees; see `check`
        self._fused = model.config._attn_implementation
        self._window = getattr(self.config, "sliding_window", None)
        self._layer_types = set(getattr(self.config, "layer_types", None) or ["full_attention"])
        if self._window is not None and not getattr(self.config, "layer_types", None):
            self._layer_types = {"sliding_attention"}
        self._audio: tuple[torch.Tensor, torch.Tensor] | None = None  # embeddings, and where they stand: [rows, length]
        model.get_input_embeddings().register_forward_hook(self._replace)

    @property
    def device(self) -> torch.device:
        return torch.device(self.model.device)

    def read_prefix(self, tokens: Sequence[int], learning: bool = False) -> Prefix:
        """The keys and values of `tokens`; of nothing where trees are not read as trees. learning: with what gradients
        of the model's own weights need, where they are computed at all."""
        if not self.branches or not tokens:
            return Prefix(tuple(tokens))
        from transformers import DynamicCache

        cache: Any = DynamicCache()
        tree = Tree(0)
        tree.add(tokens, ())
        self.choose_attention(len(tokens) ** 2)
        with torch.set_grad_enabled(learning and torch.is_grad_enabled()):
            self.model.base_model(
                input_ids=torch.tensor([list(tokens)], device=self.device),
                position_ids=torch.arange(len(tokens), device=self.device)[None],
                attention_mask=self._masks([tree], len(tokens)),
                past_key_values=cache,
                use_cache=True,
            )
        return Prefix(tuple(tokens), [(layer.keys, layer.values) for layer in cache.layers])

    def logprobs(
        self,
        trees: Sequence[Tree],
        prefix: Prefix = NO_PREFIX,
        audio: torch.Tensor | None = None,
    ) -> list[torch.Tensor]:
        """For each tree the log-probabilities of all its targets, flat and in their order, float32.

        audio: `[trees, slots, width]` for trees with slots; differentiable with respect to it. The prefix is as
        long as the trees' `start`.
        """
        if not self.branches:
            return self._plainly(trees, prefix, audio)
        width = max(map(len, trees))
        start = trees[0].start
        ids = torch.zeros((len(trees), width), dtype=torch.long)
        positions = torch.zeros((len(trees), width), dtype=torch.long)
        for row, tree in enumerate(trees):
            ids[row, : len(tree)] = torch.tensor(tree.tokens)
            positions[row, : len(tree)] = torch.from_numpy(tree.positions())
        self.choose_attention(len(trees) * width * (start + width))
        with self.hearing(audio, torch.arange(width).expand(len(trees), -1) < trees[0].slots):
            hidden = self.model.base_model(
                input_ids=ids.to(self.device),
                position_ids=positions.to(self.device),
                attention_mask=self._masks(trees, width),
                past_key_values=self._cache(prefix, len(trees)),
                use_cache=start > 0,
            ).last_hidden_state
        places, tokens, sizes = [], [], []
        for row, tree in enumerate(trees):
            targets = [pair for item in tree.targets for branch in item for pair in branch]
            places += [row * width + predictor for predictor, _ in targets]
            tokens += [token for _, token in targets]
            sizes.append(len(targets))
        return list(torch.split(token_logprobs(self.model, hidden.flatten(0, 1), places, tokens), sizes))

    def plain_logprobs(
        self,
        stems: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        audio: torch.Tensor | None = None,
        at: int = 0,
    ) -> list[torch.Tensor]:
        """The same for separate sequences, a row each, with the model's own masks and head: log P(target | stem).
        The targets' own logits are taken in float32, as in `head.token_logprobs`.

        audio: `[rows, slots, width]`, in the place of the stems' tokens from `at` on.
        """
        wholes = [[*stem, *target] for stem, target in zip(stems, targets, strict=True)]
        width = max(map(len, wholes))
        ids = torch.zeros((len(wholes), width), dtype=torch.long)
        for row, whole in enumerate(wholes):
            ids[row, : len(whole)] = torch.tensor(whole)
        first = min(map(len, stems)) - 1
        kept = {}
        if "logits_to_keep" in inspect.signature(self.model.forward).parameters:
            kept["logits_to_keep"] = torch.arange(first, width - 1, device=self.device)
        self.choose_attention(len(wholes) * width**2)
        heard = torch.zeros_like(ids, dtype=torch.bool)
        if audio is not None:
            heard[:, at : at + audio.shape[1]] = True
        with self.hearing(audio, heard), self._states() as states:
            # What stands to the right of a sequence is seen by nothing in it.
            logits = self.model(input_ids=ids.to(self.device), use_cache=False, **kept).logits.float()
        skipped = first if kept else 0
        found = []
        for row, (stem, target) in enumerate(zip(stems, targets, strict=True)):
            places = slice(len(stem) - 1 - skipped, len(stem) - 1 - skipped + len(target))
            tokens = torch.tensor(list(target), device=logits.device)
            own = logits[row, places].gather(-1, tokens[:, None])[:, 0]
            if states and states[0].shape[:2] == logits.shape[:2]:
                exact = own_logits(self.model.get_output_embeddings(), states[0][row, places], tokens, self.config)
                # Of a head that does what we do not know, the model's own logits stand.
                own = torch.where((exact - own).abs() <= 0.05 + 0.01 * own.abs(), exact, own)
            found.append(own - logits[row, places].logsumexp(-1))
        return found

    @contextmanager
    def _states(self) -> Iterator[list[torch.Tensor]]:
        """What goes into the output layer meanwhile, `[rows, places, width]`."""
        states: list[torch.Tensor] = []
        output = self.model.get_output_embeddings()
        hook = output.register_forward_pre_hook(lambda _, given: states.append(given[0]))
        try:
            yield states
        finally:
            hook.remove()

    def check(self, name: str, slots: int = 0) -> None:
        """Decide whether trees are read as trees: whether two made-up ones are scored as plain sequences are, to the
        precision of the weights. Both ways of attention that a pass may get are tried. name: for what is said."""
        if not self._layer_types <= _BRANCHABLE:
            self.branches = False
            return
        ids = np.random.default_rng(0).integers(0, self.config.vocab_size, 64).tolist()
        shared, stems = tuple(ids[:12]), (tuple(ids[12:30]), tuple(ids[30:40]))
        answers = ((tuple(ids[40:44]), tuple(ids[44:46])), (tuple(ids[46:49]), tuple(ids[49:50])))
        audio = self._made_up_audio(slots)
        plain = np.concatenate(
            [
                found.numpy(force=True)
                for row, (stem, branches) in enumerate(zip(stems, answers, strict=True))
                for branch in branches
                for found in self._alone(shared, stem, branch, None if audio is None else audio[row : row + 1])
            ]
        )
        if not np.isfinite(plain).all():
            return  # broken weights; every item will say so
        chosen, tolerance = self.plain_attention, 1e-3 if self.model.dtype == torch.float32 else 0.03
        try:
            for self.plain_attention in (0, chosen):
                trees = [Tree(len(shared), slots) for _ in stems]
                for tree, stem, branches in zip(trees, stems, answers, strict=True):
                    tree.add(stem, branches)
                with torch.no_grad():
                    found = self.logprobs(trees, self.read_prefix(shared), audio)
                if np.abs(torch.cat(found).numpy(force=True) - plain).mean() >= tolerance * np.abs(plain).mean():
                    self.branches = False
                    print(f"akb: {name}: scores in trees differ; scoring plainly", file=sys.stderr)
                    break
        except (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
            self.branches = False
            print(f"akb: {name} cannot read trees ({error}); scoring plainly", file=sys.stderr)
        finally:
            self.plain_attention = chosen

    def choose_attention(self, pairs: int) -> None:
        """Plain or fused attention for a pass in which so many pairs of places may see each other."""
        small = pairs * self.config.num_attention_heads <= self.plain_attention
        if (wanted := "eager" if small else self._fused) != self.model.config._attn_implementation:
            self.model.set_attn_implementation(wanted)

    @contextmanager
    def hearing(self, audio: torch.Tensor | None, where: torch.Tensor) -> Iterator[None]:
        """Let `audio` `[rows, slots, width]` stand at `where` `[rows, length]` in the first pass within the block."""
        self._audio = None if audio is None else (audio, where.to(self.device))
        try:
            yield
        finally:
            self._audio = None

    @torch.no_grad()
    def _alone(
        self, shared: Sequence[int], stem: Sequence[int], branch: Sequence[int], audio: torch.Tensor | None
    ) -> list[torch.Tensor]:
        slots = [0] * (0 if audio is None else audio.shape[1])
        return self.plain_logprobs([[*shared, *slots, *stem]], [branch], audio, len(shared))

    def _made_up_audio(self, slots: int) -> torch.Tensor | None:
        """Embeddings that resemble the model's own, `[2, slots, width]`."""
        if not slots:
            return None
        chance = torch.Generator().manual_seed(0)
        tokens = torch.randint(self.config.vocab_size, (_AUDIO_ROWS, slots, 2), generator=chance)
        with torch.no_grad():
            mixed: torch.Tensor = self.model.get_input_embeddings()(tokens.to(self.device)).float().mean(dim=2)
        return mixed

    def _plainly(self, trees: Sequence[Tree], prefix: Prefix, audio: torch.Tensor | None) -> list[torch.Tensor]:
        found = []
        for row, tree in enumerate(trees):
            paths = tree.paths()
            stems = [[*prefix.tokens, *stem] for stem, _ in paths]
            heard = None if audio is None else audio[row : row + 1].expand(len(paths), -1, -1)
            found.append(
                torch.cat(self.plain_logprobs(stems, [target for _, target in paths], heard, len(prefix.tokens)))
            )
        return found

    def _masks(self, trees: Sequence[Tree], width: int) -> torch.Tensor | dict[str, torch.Tensor]:
        masks = {kind: self._mask(trees, width, kind) for kind in self._layer_types}
        return masks if len(masks) > 1 else next(iter(masks.values()))

    def _mask(self, trees: Sequence[Tree], width: int, kind: str) -> torch.Tensor:
        """(rows, 1, width, start + width), padding seeing only itself: bool, or additive for eager attention."""
        start = trees[0].start
        seen = np.zeros((len(trees), 1, width, start + width), dtype=np.bool_)
        seen[:, 0, np.arange(width), start + np.arange(width)] = True
        for row, tree in enumerate(trees):
            seen[row, 0, : len(tree), : start + len(tree)] = tree.mask(
                self._window if kind == "sliding_attention" else None
            )
        mask = torch.from_numpy(seen).to(self.device)
        if self.model.config._attn_implementation == "sdpa":
            return mask
        least = torch.finfo(self.model.dtype).min
        return torch.zeros(mask.shape, dtype=self.model.dtype, device=self.device).masked_fill(~mask, least)

    def _cache(self, prefix: Prefix, rows: int) -> Any:
        """A fresh cache with the prefix in every row; the stored one is never written to."""
        if not prefix.layers:
            return None
        return beside(prefix.layers, rows)

    def _replace(self, _: Any, inputs: tuple[torch.Tensor, ...], embeddings: torch.Tensor) -> torch.Tensor | None:
        """The embedding table's hook: audio in the place of the filler tokens, once."""
        if self._audio is None or inputs[0].shape != self._audio[1].shape:
            return None
        audio, where = self._audio
        self._audio = None
        return embeddings.masked_scatter(where[..., None], audio.to(embeddings.dtype))
