"""The large audio language model: a frozen backbone that reads audio embeddings among its tokens.

The input is that of DeSTA2.5-Audio: prompt head, audio embeddings, the clip's transcript, then the
question, inside the user message. Two things make it cheap enough for two CPU cores and change
nothing that is computed:
- the head before the audio never changes, so its keys and values are computed once;
- all that is asked about one clip shares one trunk (audio, transcript): the questions, or the options of a
  question, are branches that see the trunk and themselves. A 4-D mask and branch-wise positions make a
  branch's states equal to those of a sequence of its own.

The weights are frozen, so the backward pass computes gradients of activations only, and the output layer is
applied only where a target stands.

    lalm = Lalm.load(backbone, connector)
    logprobs = lalm.target_logprobs([Tree(trunk, branches)], audio)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from akb.llm.chat import Chat
from akb.llm.engine import Backbone, Request

_MARK = "\u241f"  # stands for the user's message while the prompt around it is rendered


@dataclass(frozen=True)
class Branch:
    """Tokens after the trunk, and the target tokens to be predicted after them."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    """One clip's trunk (tokens after the audio embeddings) and the branches that share it."""

    trunk: tuple[int, ...]
    branches: tuple[Branch, ...]

    @property
    def length(self) -> int:
        return len(self.trunk) + sum(len(b.prompt) + len(b.target) - 1 for b in self.branches)


@dataclass(frozen=True)
class Wording:
    """The fixed words around audio, transcript and question."""

    audio: str = "Audio: "
    transcript: str = ' Transcript: "{}"'
    question: str = "\n{}"
    options: str = "\nOptions: {}."


@dataclass
class Lalm:
    """A frozen backbone and its tokenizer; see the module's text. The connector stands beside it."""

    model: Any
    tokenizer: Any
    chat: Chat
    wording: Wording = field(default_factory=Wording)
    transcript_tokens: int = 32  # a recogniser that meets no speech may repeat itself for hundreds of tokens

    def __post_init__(self) -> None:
        self.model.requires_grad_(False).eval()
        # The prompt around the user's message is that of every other stage: the chat template, or none.
        self.opening, self.closing = self.chat.render(Request(item_id="", user=_MARK)).split(_MARK)
        self.opening += self.wording.audio
        self.head = self._read_head()

    @staticmethod
    def load(backbone: Backbone, device: str = "cpu", transcript_tokens: int = 32) -> Lalm:
        """Load the backbone's weights from its Hugging Face folder."""
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(backbone.checkpoint)
        model: Any = AutoModelForCausalLM.from_pretrained(
            backbone.checkpoint, dtype=getattr(torch, backbone.dtype), attn_implementation="sdpa"
        )
        return Lalm(model.to(device), tokenizer, Chat(tokenizer, backbone), transcript_tokens=transcript_tokens)

    @property
    def width(self) -> int:
        return int(self.model.get_input_embeddings().weight.shape[1])

    @property
    def device(self) -> torch.device:
        return torch.device(self.model.device)

    def embedded(self, tokens: torch.Tensor) -> torch.Tensor:
        """Token embeddings as the backbone feeds them to its first layer (some backbones scale theirs)."""
        embeddings: torch.Tensor = self.model.get_input_embeddings()(tokens)
        return embeddings

    @property
    def blank(self) -> int:
        """The token that stands where a description has ended: a line break."""
        return self._tokens("\n")[-1]

    def trunk_tokens(self, transcript: str) -> tuple[int, ...]:
        """The transcript as it stands after the audio, cut to `transcript_tokens`; nothing for an empty one."""
        if not transcript:
            return ()
        kept = self._tokens(self.chat.as_text(transcript))[: self.transcript_tokens]
        return self._tokens(self.wording.transcript.format(self.chat.as_text(self.tokenizer.decode(kept))))

    def plain_tokens(self, text: str) -> tuple[int, ...]:
        """A text's tokens as they stand in running text, after a space."""
        return self._tokens(" " + self.chat.as_text(text))

    def branch(self, question: str, options: Sequence[str], target: str, *, end: bool) -> Branch:
        """A question, its options if they are to be shown, and a target; `end` adds the end of the turn.

        Prompt and target are tokenised together and split where the prompt alone would end, so that the target
        has the tokens that the backbone itself would write.
        """
        prompt = self.wording.question.format(self.chat.as_text(question))
        if options:
            prompt += self.wording.options.format(self.chat.as_text(", ".join(options)))
        prompt += self.closing
        joint = self.chat.gap + self.chat.as_text(target)
        ids = self._tokens(prompt)
        whole = self._tokens(prompt + joint)
        if whole[: len(ids)] != ids:  # a merge across the border: keep the prompt's own tokens
            whole = ids + self._tokens(joint)
        ending = (self._end_token(),) if end else ()
        return Branch(ids, whole[len(ids) :] + ending)

    def target_logprobs(self, trees: Sequence[Tree], audio: torch.Tensor | None) -> list[list[torch.Tensor]]:
        """Log-probabilities of every target token: for each tree, for each branch, a float32 vector.

        audio: `[trees, queries, width]`, or None for no audio at all. Differentiable with respect to `audio`.
        """
        hidden, places, targets, sizes = self._states(trees, audio)
        chosen = hidden.flatten(0, 1)[places]
        output = self.model.get_output_embeddings()
        logits = output(chosen).float()
        # In bfloat16 a logit of 20 is rounded to 0.125, so options would tie: the targets' own are computed exactly.
        exact = (chosen.float() * output.weight[targets].float()).sum(dim=-1)
        if output.bias is not None:
            exact = exact + output.bias[targets].float()
        cap = getattr(self.model.config.get_text_config(), "final_logit_softcapping", None)
        if cap:
            logits, exact = cap * torch.tanh(logits / cap), cap * torch.tanh(exact / cap)
        logprobs = exact - logits.logsumexp(dim=-1)
        flat = iter(torch.split(logprobs, sizes))
        return [[next(flat) for _ in tree.branches] for tree in trees]

    def _states(
        self, trees: Sequence[Tree], audio: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, list[int]]:
        """Run the backbone. Returns its last states, the flat places that predict, their targets, and the sizes."""
        slots = 0 if audio is None else audio.shape[1]
        length = max(tree.length for tree in trees)
        start = self.head[0][0].shape[2]
        ids = torch.zeros(len(trees), length, dtype=torch.long)
        segment = torch.full((len(trees), slots + length), -1)
        position = torch.zeros(len(trees), slots + length, dtype=torch.long)
        places: list[int] = []
        targets: list[int] = []
        sizes: list[int] = []
        segment[:, :slots] = 0
        position[:, :slots] = torch.arange(slots)
        for row, tree in enumerate(trees):
            at = len(tree.trunk)
            ids[row, :at] = torch.tensor(tree.trunk, dtype=torch.long)
            segment[row, slots : slots + at] = 0
            position[row, slots : slots + at] = torch.arange(slots, slots + at)
            for number, branch in enumerate(tree.branches, start=1):
                tokens = branch.prompt + branch.target[:-1]
                end = at + len(tokens)
                ids[row, at:end] = torch.tensor(tokens)
                segment[row, slots + at : slots + end] = number
                position[row, slots + at : slots + end] = torch.arange(len(tokens)) + slots + len(tree.trunk)
                first = row * (slots + length) + slots + at + len(branch.prompt) - 1
                places.extend(range(first, first + len(branch.target)))
                targets.extend(branch.target)
                sizes.append(len(branch.target))
                at = end
        embeddings = self.embedded(ids.to(self.device))
        if audio is not None:
            embeddings = torch.cat([audio.to(embeddings.dtype), embeddings], dim=1)
        output = self.model.base_model(
            inputs_embeds=embeddings,
            attention_mask=self._masks(segment, position, start),
            position_ids=(position + start).to(self.device),
            past_key_values=self._head_cache(len(trees)),
            use_cache=True,
        )
        device = self.device
        return output.last_hidden_state, torch.tensor(places).to(device), torch.tensor(targets).to(device), sizes

    def _masks(self, segment: torch.Tensor, position: torch.Tensor, head: int) -> Any:
        """The tree's mask; one for each type of layer where some layers see only a window of tokens."""
        config = self.model.config.get_text_config()
        full = tree_mask(segment, head)
        window = getattr(config, "sliding_window", None)
        if not window or "sliding_attention" not in (getattr(config, "layer_types", None) or []):
            return full.to(self.device)
        seen_from = position + head
        seen = torch.cat([torch.arange(head).expand(len(segment), -1), seen_from], dim=1)
        near = seen_from[:, :, None] - seen[:, None, :] < window
        masks = {"full_attention": full, "sliding_attention": full & near[:, None]}
        return {name: mask.to(self.device) for name, mask in masks.items()}

    @torch.no_grad()
    def _read_head(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Keys and values of the opening, for each layer `[1, heads, tokens, width]`."""
        from transformers import DynamicCache

        ids = self._tokens(self.opening)
        cache: Any = DynamicCache()
        self.model.base_model(torch.tensor([list(ids)]).to(self.device), past_key_values=cache, use_cache=True)
        return [(layer.keys, layer.values) for layer in cache.layers]

    def _head_cache(self, rows: int) -> Any:
        from transformers import DynamicCache

        cache = DynamicCache()
        for index, (keys, values) in enumerate(self.head):
            cache.update(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1), index)
        return cache

    def _tokens(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _end_token(self) -> int:
        return int(self.tokenizer.eos_token_id)


def tree_mask(segment: torch.Tensor, head: int) -> torch.Tensor:
    """Who sees whom, `[rows, 1, length, head + length]`, true where allowed.

    segment `[rows, length]`: 0 the trunk, 1… the branches, -1 padding. A place sees the head, what comes
    before it in the trunk and in its own branch, and itself (so padding has no empty row).
    """
    length = segment.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    same = segment[:, :, None] == segment[:, None, :]
    trunk = (segment == 0)[:, None, :]
    seen = causal & (same | trunk)
    return torch.cat([torch.ones(*segment.shape, head, dtype=torch.bool), seen], dim=2)[:, None]
