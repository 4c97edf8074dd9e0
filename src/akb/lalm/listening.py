"""Answering audio items from the sound itself, and the controls that show whether it was heard.

Items are asked in the modes of the text settings, laid out by the same asking.yaml, read by the same extraction and
found again in the same item store; what is stored depends on the connector, the clip's features and the transcript,
too. The controls ask the same items without audio and transcript (`no_audio`), with another clip's audio and transcript
(`swapped_audio`; of the same domain, so that only what is in the clip differs), and with the transcript alone
(`transcript_only`).

    rows = listen(asked, features, trained, backbone, wording, store, load)
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from akb.errors import AkbError
from akb.items import Item
from akb.lalm.hearing import Heard
from akb.lalm.prompt import Wording
from akb.llm.engine import Backbone, Engine, Mode, Request, Sampling
from akb.llm.inference import answer
from akb.llm.responses import response_row

Control = Literal["no_audio", "swapped_audio", "transcript_only"]
_VERSION = 1  # of what a digest of evidence stands for


@dataclass(frozen=True)
class Question:
    """An item as it is asked: of its clip, or of what a control puts in its place. table: where its answer goes."""

    item: Item
    heard: Heard
    control: Control | None
    mode: Mode
    table: str = ""


def questions(
    items: Sequence[Item],
    transcripts: Mapping[str, str],
    domains: Mapping[str, str],
    mode: Mode,
    controls: Sequence[Control],
    seed: int,
    table: str = "",
) -> list[Question]:
    """Every item from its own sound, then once more under each control. transcripts, domains: by clip.

    Raises AkbError as `swapped` does.
    """
    other = swapped(domains, seed) if "swapped_audio" in controls else {}
    asked = []
    for control in [None, *controls]:
        for item in items:
            clip = str(item.clip_id)
            heard = Heard(clip, transcripts.get(clip, ""))
            if control == "swapped_audio":
                heard = Heard(other[clip], transcripts.get(other[clip], ""))
            elif control == "transcript_only":
                heard = Heard(None, heard.transcript)
            elif control == "no_audio":
                heard = Heard(None, "")
            asked.append(Question(item, heard, control, mode, table))
    return asked


def listen(
    asked: Sequence[Question],
    features: Mapping[str, torch.Tensor],
    trained: str,
    backbone: Backbone,
    wording: Wording,
    store: Path,
    load: Callable[[Mapping[str, Heard]], Engine],
    training: int = 0,
) -> dict[str, list[dict[str, Any]]]:
    """Rows of `tables.RESPONSES`, one for each question and rotation, by table. One call is one load of the backbone.

    trained: a digest of the connector's file, which holds its prompt, too. load: makes the engine, told what each
    digest of evidence stands for; it is not called if the store holds every answer. training: the seed that the
    connector was trained by.
    """
    digests: dict[Heard, str] = {}
    for question in asked:
        if question.heard not in digests:
            digests[question.heard] = _digest(question.heard, features, trained)
    turns = backbone.rotations if "{options}" in wording.layout else 1
    pairs = [
        (question, _request(question, digests[question.heard], rotation, backbone.generation, wording))
        for question in asked
        for rotation in range(turns)
        if rotation == 0 or rotation < len(question.item.options)
    ]
    heard = {digest: what for what, digest in digests.items()}
    requests = [request for _, request in pairs]
    responses = answer(requests, backbone, store, f"listen, {backbone.name}", lambda *_: load(heard))
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (question, _), response in zip(pairs, responses, strict=True):
        row = response_row(response, backbone.name, "audio", question.item.benchmark, None, question.control)
        rows[question.table].append(row | {"training": training})
    return rows


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


def _request(question: Question, evidence: str, rotation: int, sampling: Sampling, wording: Wording) -> Request:
    item = question.item
    request = Request(
        item_id=item.item_id,
        user="",
        system=wording.system,
        options=item.options,
        mode=question.mode,
        rotation=rotation,
        sampling=sampling,
        known_answer=item.answer,
        evidence=evidence,
    )
    shown = [item.options[option] for option in request.shown_order()]
    return request.asking(wording.asked(item.question, shown, question.mode))


def _digest(heard: Heard, features: Mapping[str, torch.Tensor], trained: str) -> str:
    sound = None
    if heard.clip_id is not None:
        clip = features[heard.clip_id].contiguous()
        sound = hashlib.sha256(clip.view(torch.uint8).numpy().tobytes()).hexdigest() + str(list(clip.shape))
    return hashlib.sha256(json.dumps([_VERSION, trained, sound, heard.transcript]).encode()).hexdigest()
