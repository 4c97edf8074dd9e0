"""Responses with known truths, for the tests of scores, tables, figures and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from akb.items import Item, items_frame
from akb.tables import RESPONSES, frame_of

CATEGORIES = ["Sound", "Paralinguistic", "Phonetic", "Music", "Quality", "Technical"]
DOMAINS = ["Sound", "Music", "Speech"]
BACKBONES = ("small", "middle", "large")


def make_items(benchmark: str, n: int, categories: Sequence[str], options: int = 4, seed: int = 0) -> list[Item]:
    """`n` items with the right option at places drawn at random."""
    places = np.random.default_rng(seed).integers(options, size=n)
    return [
        Item.make(
            benchmark,
            f"{benchmark} question {i}?",
            [f"choice {i} {j}" for j in range(options)],
            int(places[i]),
            category=categories[i % len(categories)],
            subcategory=f"type {i % 5}",
            clip_id=None if benchmark == "akb" else f"clip{i}",
        )
        for i in range(n)
    ]


def responses_of(
    items: Sequence[Item],
    backbone: str,
    setting: str,
    right: Sequence[bool],
    *,
    captioner: str | None = None,
    control: str | None = None,
    mode: str = "option",
    rotation: int = 0,
    training: int | None = None,
) -> pl.DataFrame:
    """One readable response per item; `right[i]` says whether item i is answered rightly."""
    rows: list[Mapping[str, Any]] = []
    for item, good in zip(items, right, strict=True):
        count = len(item.options)
        answer = item.answer if good else (item.answer + 1) % count
        shown = (answer - rotation) % count
        rows.append(
            {
                "item_id": item.item_id,
                "backbone": backbone,
                "setting": setting,
                "benchmark": item.benchmark,
                "captioner": captioner,
                "control": control,
                "training": training,
                "mode": mode,
                "rotation": rotation,
                "text": f"The answer is ({'ABCDEFGH'[shown]}) {item.options[answer]}." if mode == "generate" else "",
                "option_logprobs": None
                if mode == "generate"
                else [-0.1 if j == answer else -2.0 for j in range(count)],
                "answer": answer,
                "invalid": None,
                "prompt_tokens": 50,
                "output_tokens": 1,
                "thinking_tokens": 0,
                "seconds": 0.1,
                "key": "",
            }
        )
    return frame_of(rows, RESPONSES)


def draw(n: int, accuracy: float, seed: int) -> list[bool]:
    """`n` answers of which round(n × accuracy), in random places, are right."""
    marks = np.arange(n) < round(n * accuracy)
    return [bool(mark) for mark in np.random.default_rng(seed).permutation(marks)]


def world(mode: str = "option", backbones: Sequence[str] = BACKBONES) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(responses, items): every setting and control of several backbones, each better than the one before."""
    akb, mini = make_items("akb", 240, CATEGORIES), make_items("mini", 150, DOMAINS, seed=1)
    parts = []
    for place, name in enumerate(backbones):
        step = 0.06 * place
        seed = 10 * place
        parts.append(responses_of(akb, name, "probe", draw(240, 0.40 + 2 * step, seed), mode=mode))
        for offset, (captioner, accuracy) in enumerate([("whisper", 0.38), ("sounds", 0.44), ("combined", 0.50)]):
            right = draw(150, accuracy + step, seed + 1 + offset)
            parts.append(responses_of(mini, name, "cascade", right, captioner=captioner, mode=mode))
        right = draw(150, 0.30 + step / 2, seed + 5)
        parts.append(responses_of(mini, name, "cascade", right, captioner="none", control="no_caption", mode=mode))
        parts.append(responses_of(mini, name, "audio", draw(150, 0.48 + step, seed + 6)))
        parts.append(responses_of(mini, name, "audio", draw(150, 0.29 + step / 2, seed + 7), control="no_audio"))
    return pl.concat(parts), items_frame([*akb, *mini])
