"""An engine for `inference.answer` that hears: requests about clips, answered by likelihood or in writing.

A request carries a digest of its evidence (`Request.evidence`); the engine is told what each digest stands for, since
two requests with one text may hear different clips. `option` and `letter` are scored in trees, a row a question;
`generate` runs in batches with a key-value cache, prompts padded on the left.

    engine = HearingEngine(lalm, connector, heard, features, normalise="none", limit=2048, batch_tokens=1024)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from akb.batching import batches
from akb.errors import AkbError
from akb.lalm.connector import Connector
from akb.lalm.model import Lalm
from akb.lalm.objectives import hear
from akb.llm.engine import Output, Request
from akb.llm.engines.branches import branches_of, endings, output_of
from akb.llm.engines.generation import write
from akb.llm.tree import Branches, Tree


@dataclass(frozen=True)
class Heard:
    """What a request is about: a clip's sound, or none, and a transcript, or none."""

    clip_id: str | None
    transcript: str


class HearingEngine:
    """A trained audio language model. heard: what each evidence digest stands for. limit: the longest prompt and answer
    together, in tokens; batch_tokens: how many run together."""

    def __init__(
        self,
        lalm: Lalm,
        connector: Connector,
        heard: Mapping[str, Heard],
        features: Mapping[str, torch.Tensor],
        normalise: str,
        limit: int,
        batch_tokens: int,
    ) -> None:
        if (connector.adapter is not None) != lalm.adapted:
            raise AkbError(
                "the connector was trained with a low-rank adapter on its backbone, and the backbone wears none"
                if connector.adapter is not None
                else "the backbone wears a low-rank adapter that this connector was not trained with",
                where=f"backbone {lalm.chat.name}",
                remedy="let the backbone wear the connector's own adapter: `lalm.wear(connector.adapter, …)`",
            )
        self._lalm, self._connector, self._heard, self._features = lalm, connector, heard, features
        self._normalise, self._batch_tokens = normalise, batch_tokens
        self._limit = min(limit, getattr(lalm.reader.config, "max_position_embeddings", limit))

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) for every request, a batch at a time, in an order of the engine's choice."""
        for runner, written in ((self._score, False), (self._write, True)):
            for audible in (True, False):
                mine = [
                    index
                    for index, request in enumerate(requests)
                    if (request.mode == "generate") is written
                    and (self._heard[request.evidence].clip_id is not None) is audible
                ]
                if not mine:
                    continue
                for index, output in runner([requests[i] for i in mine], self._connector.shape.queries * audible):
                    yield mine[index], output

    def close(self) -> None:
        """Nothing to release: the model is the caller's."""

    def _score(self, requests: Sequence[Request], slots: int) -> Iterator[tuple[int, Output]]:
        lalm = self._lalm
        lalm.chat.render(requests[0])  # raises for a model that would be thinking at that place
        trunks = [lalm.prompt.trunk(self._heard[request.evidence].transcript, heard=True) for request in requests]
        prompts = [lalm.prompt.behind(request) for request in requests]
        wholes = lalm.chat.continuations(prompts, [endings(request) for request in requests])
        works: dict[int, Branches] = {}
        for index, (request, trunk, prompt, whole) in enumerate(zip(requests, trunks, prompts, wholes, strict=True)):
            before = len(lalm.head.tokens) + slots + len(trunk)
            work = branches_of(request, list(lalm.tokens(prompt)), whole, self._limit - before)
            if isinstance(work, Output):
                yield index, work
            else:
                works[index] = Branches(trunk + work.stem, work.branches)
        sizes = {index: len(work.stem) + sum(len(b) - 1 for b in work.branches) for index, work in works.items()}
        for batch in batches(sizes, cells=self._batch_tokens, longest_first=True):
            began = time.perf_counter()
            scores = self._scores([works[i] for i in batch], [requests[i] for i in batch], slots)
            seconds = (time.perf_counter() - began) / len(batch)
            for index, item in zip(batch, scores, strict=True):
                yield index, output_of(requests[index], works[index], item, self._normalise, seconds)

    @torch.inference_mode()
    def _scores(self, works: Sequence[Branches], requests: Sequence[Request], slots: int) -> list[list[list[float]]]:
        trees = []
        for work in works:
            trees.append(Tree(len(self._lalm.head.tokens), slots, self._lalm.prompt.filler))
            trees[-1].add(work.stem, work.branches)
        found = self._lalm.reader.logprobs(trees, self._lalm.head, self._audio(requests) if slots else None)
        return [
            [part.tolist() for part in torch.split(logprobs, [len(branch) for branch in work.branches])]
            for work, logprobs in zip(works, found, strict=True)
        ]

    def _write(self, requests: Sequence[Request], slots: int) -> Iterator[tuple[int, Output]]:
        lalm = self._lalm
        asked = [lalm.prompt.asked(request, self._heard[request.evidence].transcript, slots) for request in requests]

        def hearing(batch: Sequence[int], width: int) -> AbstractContextManager[None]:
            where = torch.zeros(len(batch), width, dtype=torch.bool)
            for row, index in enumerate(batch):
                at = width - len(asked[index].ids) + len(lalm.head.tokens)
                where[row, at : at + slots] = True
            with torch.inference_mode():
                audio = self._audio([requests[index] for index in batch]) if slots else None
            return lalm.reader.hearing(audio, where)

        yield from write(
            requests,
            asked,
            lalm.model,
            lalm.tokenizer,
            lalm.chat,
            self._limit,
            self._batch_tokens,
            same_length=not lalm.reader.branches,
            hearing=hearing,
        )

    def _audio(self, requests: Sequence[Request]) -> torch.Tensor:
        clips = [self._features[str(self._heard[request.evidence].clip_id)] for request in requests]
        return hear(self._connector, clips, self._lalm.device)
