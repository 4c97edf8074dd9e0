"""The large audio language model: a frozen backbone that reads audio embeddings among its tokens.

The input is that of DeSTA2.5-Audio: prompt head, audio embeddings, the clip's transcript, then the
question, inside the user message. Two things make it cheap enough for two CPU cores and change
nothing that is computed:
- the opening before the audio never changes, so its keys and values are computed once;
- all that is asked about one clip shares one trunk (audio, transcript): the questions, or the options of a
  question, are branches of a tree (`akb.llm.tree_reader`), each scored as if it were a sequence of its own.

The weights are frozen, so the backward pass computes gradients of activations only, and the output layer is
applied only where a target stands.

    lalm = Lalm.load(backbone)
    logprobs = lalm.target_logprobs([Clip(trunk, branches)], audio)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from akb.lalm import adapter
from akb.lalm.families import require_hearing
from akb.lalm.prompt import Wording
from akb.lalm.prompt_tokens import PromptTokens
from akb.llm.chat import Chat
from akb.llm.end_of_turn import end_of_turn, stop_tokens
from akb.llm.engine import Backbone
from akb.llm.loading import load
from akb.llm.sharding import shard_layers
from akb.llm.tree import Tree
from akb.llm.tree_reader import TreeReader

_CHECKED_SLOTS = 4  # audio embeddings in the check at loading


@dataclass(frozen=True)
class Branch:
    """Tokens after the trunk, and the target tokens to be predicted after them. rivals: the tokens of the options
    that were not chosen, and chosen: how many of the target's tokens are the chosen option's, without an end."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]
    rivals: tuple[tuple[int, ...], ...] = ()
    chosen: int = 0


@dataclass(frozen=True)
class Clip:
    """One clip's trunk (tokens after the audio embeddings) and the branches that share it."""

    trunk: tuple[int, ...]
    branches: tuple[Branch, ...]

    @property
    def length(self) -> int:
        answers = (answer for branch in self.branches for answer in (branch.target, *branch.rivals))
        return len(self.trunk) + sum(len(b.prompt) for b in self.branches) + sum(len(a) - 1 for a in answers)


@dataclass
class Lalm:
    """A frozen backbone and its tokenizer; see the module's text. The connector stands beside it."""

    model: Any
    tokenizer: Any
    chat: Chat
    wording: Wording = field(default_factory=Wording)
    adapted: bool = False  # whether a low-rank adapter stands on the backbone
    sharded: bool = False  # whether its layers are split over processes, which then have to keep step

    def __post_init__(self) -> None:
        self.model.requires_grad_(False).eval()
        self.prompt = PromptTokens(self.tokenizer, self.chat, self.wording)
        self.end = end_of_turn(self.chat, self.tokenizer, stop_tokens(self.model, self.tokenizer))
        self.reader = TreeReader(self.model)
        require_hearing(self.reader, self.chat.name)
        self.reader.check(self.chat.name, _CHECKED_SLOTS)
        self.read_head()

    @staticmethod
    def load(
        backbone: Backbone,
        device: str = "cpu",
        wording: Wording = Wording(),  # noqa: B008  (frozen)
        processes: int = 1,
    ) -> Lalm:
        """Load the backbone's weights from its Hugging Face folder. processes: over which its layers are split.

        Raises AkbError if it is not there, or of a family of which no audio language model can be made.
        """
        sharded = processes > 1
        tokenizer, model = load(backbone, "cpu" if sharded else device, {})
        if sharded:
            shard_layers(model.requires_grad_(False), torch.device(device), processes)
        return Lalm(model, tokenizer, Chat(tokenizer, backbone), wording, sharded=sharded)

    def adapt(self, rank: int, alpha: float) -> None:
        """Put a new low-rank adapter on the backbone, to be trained with the connector."""
        adapter.attach(self.model, rank, alpha)
        self.adapted = True

    def wear(self, made: adapter.Adapter | None, where: str) -> None:
        """Take on a trained adapter, if one was trained. where: what it comes from. Raises AkbError if it does not
        fit."""
        if made is None:
            return
        adapter.put(self.model, made, where)
        self.adapted = True
        with torch.no_grad():
            self.read_head()

    def read_head(self) -> None:
        """Compute the opening's keys and values: once, unless the backbone learns."""
        self.head = self.reader.read_prefix(self.prompt.head, self.adapted)

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
        return self.tokens("\n")[-1]

    def plain_tokens(self, text: str) -> tuple[int, ...]:
        """A text's tokens as they stand in running text, after a space."""
        return self.tokens(" " + self.chat.as_text(text))

    def branch(self, question: str, options: Sequence[str], target: str, *, end: bool) -> Branch:
        """A question, its options if the wording shows them, and a target; `end` adds the end of the turn.

        Prompt and target are tokenised together and split where the prompt alone would end, so that the target
        has the tokens that the backbone itself would write. Of a target that is an option the others are rivals.
        """
        prompt = self.chat.as_text(self.wording.asked(question, options)) + self.prompt.closing
        ids = self.tokens(prompt)

        def answer(text: str) -> tuple[int, ...]:
            joint = self.chat.gap + self.chat.as_text(text)
            whole = self.tokens(prompt + joint)
            if whole[: len(ids)] != ids:  # a merge across the border: keep the prompt's own tokens
                return self.tokens(joint)
            return whole[len(ids) :]

        chosen = answer(target)
        ending = (self.end,) if end else ()
        rivals = tuple(answer(option) for option in options if option != target) if target in options else ()
        return Branch(ids, chosen + ending, rivals, len(chosen))

    def target_logprobs(self, clips: Sequence[Clip], audio: torch.Tensor | None) -> list[list[torch.Tensor]]:
        """Log-probabilities of every target token: for each clip, for each branch, a float32 vector.

        audio: `[clips, queries, width]`, or None for no audio at all. Differentiable with respect to `audio`.
        """
        plain = [Clip(clip.trunk, tuple(replace(branch, rivals=()) for branch in clip.branches)) for clip in clips]
        return [[answers[0] for answers in clip] for clip in self.answer_logprobs(plain, audio)]

    def answer_logprobs(self, clips: Sequence[Clip], audio: torch.Tensor | None) -> list[list[list[torch.Tensor]]]:
        """The same of every target and of its rivals after it: for each clip, branch and answer a float32 vector."""
        if self.adapted:
            self.read_head()
        trees = []
        for clip in clips:
            trees.append(Tree(len(self.head.tokens), 0 if audio is None else audio.shape[1], self.prompt.filler))
            for branch in clip.branches:
                trees[-1].add(clip.trunk + branch.prompt, [branch.target, *branch.rivals])
        found = self.reader.logprobs(trees, self.head, audio)
        split = []
        for clip, logprobs in zip(clips, found, strict=True):
            answers = [[branch.target, *branch.rivals] for branch in clip.branches]
            vectors = iter(torch.split(logprobs, [len(answer) for each in answers for answer in each]))
            split.append([[next(vectors) for _ in each] for each in answers])
        return split

    def tokens(self, text: str) -> tuple[int, ...]:
        """The tokens of a text, none added."""
        return self.prompt.tokens(text)
