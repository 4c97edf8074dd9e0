"""Written answers about sound by vLLM, which is given whole prompts as embeddings: audio stands among their tokens'.

vLLM lets no answer wait for the longest of its batch, and splits a backbone over several GPUs. Items that are answered
by likelihood go to `hearing.HearingEngine`, where the options of one share a trunk.

    engine = VllmHearingEngine(backbone, wording, connector, heard, features, "cuda")
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from akb.errors import AkbError
from akb.lalm.connector import Connector
from akb.lalm.hearing import Heard
from akb.lalm.objectives import hear
from akb.lalm.prompt import Wording
from akb.lalm.prompt_tokens import PromptTokens
from akb.llm.chat import Chat
from akb.llm.engine import Backbone, Output, Request
from akb.llm.engines.generation import Asked
from akb.llm.engines.vllm import VllmEngine
from akb.llm.loading import load

_CLIPS = 16  # that the connector reads together
_CHECKED = 24  # tokens of the check at loading
_TOLERANCE = 0.1  # nats: what bfloat16 may move a log-probability by
_ELSE = "set `lalm.listen.engine: transformers`"


class VllmHearingEngine:
    """A trained audio language model in vLLM. heard: what each evidence digest stands for. device: the connector's.

    Raises AkbError for a connector with a low-rank adapter, and for a backbone that vLLM does not read alike as tokens
    and as embeddings.
    """

    def __init__(
        self,
        backbone: Backbone,
        wording: Wording,
        connector: Connector,
        heard: Mapping[str, Heard],
        features: Mapping[str, torch.Tensor],
        device: str,
    ) -> None:
        if connector.adapter is not None:
            raise AkbError(
                "the connector was trained with a low-rank adapter, which vLLM would not put on the backbone",
                where=f"backbone {backbone.name}",
                remedy=_ELSE,
            )
        tokenizer, model = load(backbone, "cpu", {})
        self._table: Any = model.get_input_embeddings()
        self._name = backbone.name
        self._prompt = PromptTokens(tokenizer, Chat(tokenizer, backbone), wording)
        self._connector, self._heard, self._features, self._device = connector.to(device), heard, features, device
        del model  # its weights are vLLM's to load
        gc.collect()
        self._engine = VllmEngine(backbone, (), self._embedded)
        self._require_alike()

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) for every request as soon as it is finished."""
        return self._engine.run(requests)

    def close(self) -> None:
        """End the engine's process and release its memory."""
        self._engine.close()

    @torch.inference_mode()
    def _embedded(self, requests: Sequence[Request]) -> list[tuple[Asked, torch.Tensor]]:
        sounds = self._sounds(requests)
        made = []
        for request in requests:
            heard = self._heard[request.evidence]
            slots = 0 if heard.clip_id is None else self._connector.shape.queries
            asked = self._prompt.asked(request, heard.transcript, slots)
            embeddings = self._table(torch.tensor(asked.ids))
            if heard.clip_id is not None:
                at = len(self._prompt.head)
                embeddings[at : at + slots] = sounds[heard.clip_id].to(embeddings)
            made.append((asked, embeddings))
        return made

    def _sounds(self, requests: Sequence[Request]) -> dict[str, torch.Tensor]:
        """What the connector makes of each clip: `[queries, width]`."""
        clips = sorted({clip for request in requests if (clip := self._heard[request.evidence].clip_id) is not None})
        found: dict[str, torch.Tensor] = {}
        for start in range(0, len(clips), _CLIPS):
            part = clips[start : start + _CLIPS]
            audio = hear(self._connector, [self._features[clip] for clip in part], torch.device(self._device))
            found.update(zip(part, audio, strict=True))
        return found

    def _require_alike(self) -> None:
        """Raise AkbError unless tokens, and their embeddings in their place, have the same successor for vLLM."""
        ids = torch.randint(self._table.weight.shape[0], (_CHECKED,), generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            prompts = [{"prompt_token_ids": ids.tolist()}, {"prompt_embeds": self._table(ids)}]
        one, other = torch.tensor(self._engine.next_logprobs(prompts, ids.tolist()))
        if not bool((one - other).abs().mean() <= _TOLERANCE):  # not a number is no likeness either
            self.close()
            raise AkbError(
                "vLLM reads this model's token embeddings otherwise than its tokens, so it would not hear the audio",
                where=f"backbone {self._name}",
                remedy=_ELSE,
            )
