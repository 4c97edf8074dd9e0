"""Self-distillation: what a backbone itself answers about a clip's text description is what its LALM learns to answer.

As in DeSTA2.5-Audio the targets are the backbone's own words, so training teaches it to hear and not to
speak otherwise. Small backbones answer badly, so two remedies, both counted in the table:
- a question with options is answered by the option that the backbone finds likeliest after reading the
  description (`how="option"`), or in free text (`how="generate"`, the paper's way);
- an answer that contradicts the description, or says nothing of what it says, is recorded but not learnt. Of an open
  question, which an imported training set asks, nobody knows the right answer: whatever is said is learnt.

    rows = rows_of_shard(scan_table(path, INSTRUCTIONS), 0, 8)
    answered = distil(rows, backbone, store, Distillation(how="option"))
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from akb.lalm.prompt import Wording
from akb.llm.engine import LENGTH, Backbone, Request, Sampling
from akb.llm.inference import TRUNCATED, Response, answer
from akb.settings.distillation import Distillation
from akb.tables import OPEN

# Reasons why an answer is not learnt.
WRONG, UNGROUNDED, EMPTY, UNREADABLE = "wrong_option", "ungrounded", "empty", "unreadable"
_FILLERS = frozenset("a an the or and of then first in to".split())
_PART = 1 << 16  # rows read at a time


def rows_of_shard(table: pl.LazyFrame, shard: int, shards: int) -> list[dict[str, Any]]:
    """The rows of `tables.INSTRUCTIONS` that one of `shards` jobs answers, in their order; the others are not kept.

    A row's shard is its description's checksum: clips described alike are asked about once, in one job.
    """
    rows: list[dict[str, Any]] = []
    for at in range(0, table.select(pl.len()).collect().item(), _PART):
        part = table.slice(at, _PART).collect()
        mine = [zlib.crc32(text.encode()) % shards == shard for text in part["description"]]
        rows += part.filter(pl.Series(mine, dtype=pl.Boolean)).to_dicts()
    return rows


def distil(
    rows: Sequence[Mapping[str, Any]],
    backbone: Backbone,
    store: Path,
    asking: Distillation = Distillation(),  # noqa: B008  (frozen)
    wording: Wording = Wording(),  # noqa: B008  (frozen)
) -> list[dict[str, Any]]:
    """Rows of `tables.DISTIL` for rows of `tables.INSTRUCTIONS`, in their order.

    Equal questions about equal descriptions are asked once: the item store sees to it. Free answers are at
    most `max_tokens` long and end at the first line's end, unless `lines` allows several. An option's log-likelihood is
    divided by what `asking` says, whatever the backbone is scored by elsewhere (docs/lalm.md has the measurement).
    """
    backbone = replace(backbone, normalise=asking.normalise)
    requests = [request_of(row, asking, wording) for row in rows]
    distinct = list(dict.fromkeys(requests))
    responses = dict(zip(distinct, answer(distinct, backbone, store, f"distil, {backbone.name}"), strict=True))
    drops = asking.cut == "drop"
    return [_row(row, responses[request], backbone, drops) for row, request in zip(rows, requests, strict=True)]


def request_of(row: Mapping[str, Any], asking: Distillation, wording: Wording) -> Request:
    """The description, where the LALM will have the sound, and the question."""
    options = tuple(row["options"])
    return Request(
        # Not the clip's id: clips that are described alike are asked about once.
        item_id="distil",
        system=wording.system,
        user=wording.audio + row["description"] + wording.asked(row["question"], options),
        options=options,
        mode=asking.how if options else "generate",
        sampling=Sampling(max_tokens=asking.max_tokens, stop=() if asking.lines else ("\n",)),
        known_answer=row["answer"],
    )


def grounded(response: str, words: str) -> bool:
    """Whether a free answer names something that the description's words name, in the singular or plural."""
    said = {_stem(word) for word in re.findall(r"\w+", response.lower())}
    return any(_stem(word) in said for word in re.findall(r"\w+", words.lower()) if word not in _FILLERS)


def summary(rows: Iterable[Mapping[str, Any]]) -> str:
    """How often the backbone's answers were right given the description, in lines for people."""
    asked: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    dropped: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        asked[row["kind"]] += 1
        cut[row["kind"]] += row["finish"] == LENGTH
        if row["dropped"]:
            dropped[row["kind"]][row["dropped"]] += 1
    lines = [
        f"{kind}: {count - dropped[kind].total()} of {count} kept"
        + "".join(f", {number} {reason}" for reason, number in sorted(dropped[kind].items()))
        + (f"; {cut[kind]} cut off" if cut[kind] else "")
        for kind, count in sorted(asked.items())
    ]
    return "\n".join(lines)


def _row(row: Mapping[str, Any], response: Response, backbone: Backbone, drops_cut: bool) -> dict[str, Any]:
    request = response.request
    chosen = response.answer if request.options else None
    text = response.text.strip()
    if request.options and request.mode == "option":
        text = request.options[chosen] if chosen is not None else ""
    return {
        **row,
        "backbone": backbone.name,
        "prompt": request.user,
        "response": text,
        "choice": chosen,
        "dropped": _fault(row, text, chosen, response.invalid)
        or (TRUNCATED if drops_cut and response.finish == LENGTH else None),
        "key": response.key,
        "finish": response.finish,
    }


def _fault(row: Mapping[str, Any], text: str, chosen: int | None, invalid: str | None) -> str | None:
    if invalid:
        return f"{UNREADABLE}: {invalid}"
    if not text:
        return EMPTY
    if row["options"]:
        return None if chosen == row["answer"] else WRONG
    return None if row["kind"] == OPEN or grounded(text, row["words"]) else UNGROUNDED


def _stem(word: str) -> str:
    """A word without the endings that inflection leaves: enough to match "barking dogs" with "a dog"."""
    return re.sub(r"(ing|es|s)$", "", word) if len(word) > 4 else word.rstrip("s")
