"""Answering audio items from the sound itself, and the controls that show whether it was heard.

An item is answered by the log-likelihood of each option's text after audio, transcript and question, as small
models are scored in every setting. The controls ask the same items without audio and transcript
(`no_audio`), and with another clip's audio and transcript (`swapped_audio`; of the same domain, so that only
what is in the clip differs).

    rows = listen(lalm, connector, items, sources, features, transcripts, Listening(), backbone, control=None)
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import torch

from akb.errors import AkbError
from akb.items import Item
from akb.lalm.connector import Connector
from akb.lalm.model import Clip, Lalm
from akb.lalm.objectives import hear
from akb.llm.engine import Backbone
from akb.llm.inference import likeliest
from akb.progress import bar
from akb.settings.listening import Listening

Control = Literal["no_audio", "swapped_audio"]


@torch.inference_mode()
def listen(
    lalm: Lalm,
    connector: Connector,
    items: Sequence[Item],
    sources: Mapping[str, str],
    features: Mapping[str, torch.Tensor],
    transcripts: Mapping[str, str],
    asking: Listening,
    backbone: Backbone,
    control: Control | None = None,
    fingerprint: str = "",
    training: int = 0,
) -> list[dict[str, Any]]:
    """Rows of `tables.RESPONSES`, one for each item, in the items' order.

    sources: for each clip the clip that is heard in its place (itself, or `swapped`). transcripts: by clip.
    fingerprint: of the connector, for the responses' keys. training: the seed that it was trained by.
    """
    trees = []
    for item in items:
        heard = sources[str(item.clip_id)]
        trunk = () if control == "no_audio" else lalm.trunk_tokens(transcripts.get(heard, ""))
        shown = item.options if asking.show_options else ()
        asked = (lalm.branch(item.question, shown, option, end=False) for option in item.options)
        trees.append(Clip(trunk, tuple(asked)))
    rows: list[dict[str, Any] | None] = [None] * len(items)
    stage = f"listen: {control or 'audio'}"
    with bar(stage, len(items), "item") as progress:
        for chosen in _batches([tree.length for tree in trees], asking.batch_tokens):
            since = time.monotonic()
            audio = None
            if control != "no_audio":
                audio = hear(connector, [features[sources[str(items[i].clip_id)]] for i in chosen], lalm.device)
            logprobs = lalm.target_logprobs([trees[i] for i in chosen], audio)
            each = (time.monotonic() - since) / len(chosen)
            for i, branches in zip(chosen, logprobs, strict=True):
                scores = tuple(
                    float(branch.sum()) / _size(option, len(branch), asking.normalise)
                    for option, branch in zip(items[i].options, branches, strict=True)
                )
                row = _row(items[i], scores, trees[i], backbone, asking, control, each, fingerprint)
                rows[i] = row | {"training": training}
            progress.update(len(chosen))
    return [row for row in rows if row is not None]


def swapped(domains: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """For each clip another clip of the same domain: a cycle through each domain in a shuffled order.

    Raises AkbError for a domain of a single clip, for which there is no other.
    """
    other: dict[str, str] = {}
    for domain in sorted(set(domains.values())):
        clips = sorted(clip for clip, its in domains.items() if its == domain)
        if len(clips) < 2:
            raise AkbError(
                f"the domain {domain!r} has one clip, so no other clip can be heard in its place",
                where="control swapped_audio",
                remedy="add clips of this domain, or leave the control out of the configuration",
            )
        random.Random(f"{seed} {domain}").shuffle(clips)
        other.update(zip(clips, clips[1:] + clips[:1], strict=True))
    return other


def _batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Indices by length, longest first, so that a batch pads little; each batch within `tokens`."""
    batch: list[int] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and longest * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        longest = longest if batch else lengths[index]
        batch.append(index)
    if batch:
        yield batch


def _size(option: str, tokens: int, normalise: str) -> int:
    return {"none": 1, "tokens": tokens, "bytes": len(option.encode())}[normalise]


def _row(
    item: Item,
    scores: tuple[float, ...],
    tree: Clip,
    backbone: Backbone,
    asking: Listening,
    control: Control | None,
    seconds: float,
    fingerprint: str,
) -> dict[str, Any]:
    choice, reason = likeliest(scores)
    key = json.dumps([item.item_id, backbone.fingerprint, fingerprint, asking.show_options, asking.normalise, control])
    return {
        "item_id": item.item_id,
        "backbone": backbone.name,
        "setting": "audio",
        "benchmark": item.benchmark,
        "captioner": None,
        "control": control,
        "mode": "option",
        "rotation": 0,
        "text": "" if choice is None else item.options[choice],
        "option_logprobs": list(scores) if all(map(math.isfinite, scores)) else None,
        "answer": choice,
        "invalid": reason,
        "prompt_tokens": len(tree.trunk) + len(tree.branches[0].prompt),
        "output_tokens": 0,
        "thinking_tokens": 0,
        "seconds": seconds,
        "key": hashlib.sha256(key.encode()).hexdigest()[:32],
    }
