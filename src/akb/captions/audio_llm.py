"""Captions by an audio language model: one that vLLM runs here, or one behind an OpenAI-compatible server.

What is asked goes through `inference.answer`, as text does: the same item store (a kill costs the batch in
flight, another prompt only its own answers, nothing is paid for twice), limits, budget and retries. A
clip longer than a window is cut into windows of equal length, each captioned by itself and given its
times; nothing is ever left out. A question-aware caption is of one item: it has seen the item's question.

    wishes = wishes_of(clips, folder, items, question_aware=False)
    table = caption_by_llm(wishes, "qwen2-audio", backbone, asking, window_seconds=30, store=store)
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from akb.audio.imported import require_audio
from akb.errors import AkbError
from akb.items import Item
from akb.llm.engine import REFUSED_WITH, Backbone, Request
from akb.llm.inference import Response, answer
from akb.llm.prompts import fill
from akb.llm.sound import audio_of
from akb.progress import track
from akb.tables import CAPTIONS, CLIPS, frame_of

USUAL_WINDOW_SECONDS = 30.0
_REFUSED = "refused_by_server"
_SHOWN = 5


@dataclass(frozen=True)
class Wish:
    """A caption that is wanted: of a clip, or of a clip in view of an item's question."""

    clip_id: str
    path: Path
    seconds: float
    item_id: str | None = None
    question: str = ""


@dataclass(frozen=True)
class Asking:
    """How captions are asked for. user may hold {question}."""

    user: str
    system: str = ""


def wishes_of(
    clips: pl.DataFrame, table: Path, items: Sequence[Item], *, question_aware: bool, every_clip: bool = False
) -> list[Wish]:
    """The captions wanted of a benchmark: one of each clip that items ask about, or question-aware one for each item.

    clips: `tables.CLIPS` rows; their paths start at the folder of `table`. every_clip: of the clips that no
    item asks about as well, such as those for training. Raises AkbError if a clip's audio is not there.
    """
    asked = sorted({item.clip_id for item in items if item.clip_id})
    wanted = clips if every_clip and not question_aware else clips.filter(pl.col("clip_id").is_in(asked))
    require_audio(wanted, table)
    by_clip = {row["clip_id"]: row for row in wanted.select(list(CLIPS)).to_dicts()}
    if not question_aware:
        return [Wish(name, table.parent / row["path"], row["seconds"]) for name, row in by_clip.items()]
    return [
        Wish(clip, table.parent / row["path"], row["seconds"], item.item_id, item.question)
        for item in items
        if (clip := item.clip_id) and (row := by_clip[clip])
    ]


def longest_window(checkpoint: Path) -> float | None:
    """The seconds of sound that a model's feature extractor takes at once, as its folder says; None if it does not.

    What is longer some models cut without a word, so no window may be.
    """
    for name in ("processor_config.json", "preprocessor_config.json"):
        try:
            content = json.loads((checkpoint / name).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            continue
        for extractor in (content.get("feature_extractor"), content.get("audio_processor"), content):
            if isinstance(extractor, dict) and isinstance(extractor.get("chunk_length"), (int, float)):
                return float(extractor["chunk_length"])
    return None


def window_of(wanted: float | None, backbone: Backbone) -> float:
    """The length of windows in seconds. Raises AkbError if it is more than the model takes at once."""
    longest = longest_window(Path(backbone.checkpoint)) if backbone.engine == "vllm" else None
    if wanted is None:
        return min(USUAL_WINDOW_SECONDS, longest or USUAL_WINDOW_SECONDS)
    if longest is not None and wanted > longest:
        raise AkbError(
            f"the model takes {longest:g} s of sound at once, and `window_seconds` is {wanted:g}",
            where=f"captioner {backbone.name}",
            remedy=f"set it to {longest:g} or less: longer clips are captioned window by window",
        )
    return wanted


def caption_by_llm(
    wishes: Sequence[Wish],
    name: str,
    backbone: Backbone,
    asking: Asking,
    *,
    window_seconds: float,
    store: Path,
    partial: bool = False,
) -> pl.DataFrame:
    """Rows of `tables.CAPTIONS`, one a wish, in order; `item_id` is set where a caption is question-aware.

    partial: what the model refuses to describe gets an empty caption instead of ending the call.
    Raises AkbError for captions that cannot be had, when all the others are stored.
    """
    requests: list[Request] = []
    windows: list[list[tuple[float, float]]] = []
    for wish in track(wishes, f"read the clips for {name}"):
        windows.append(list(windows_of(wish.seconds, window_seconds)))
        requests += [_request(wish, start, seconds, asking, backbone) for start, seconds in windows[-1]]
    responses = answer(requests, backbone, store, f"caption ({name})")
    _require_captions(responses, backbone, partial=partial)
    left = iter(responses)
    rows = []
    for wish, own in zip(wishes, windows, strict=True):
        said = [next(left) for _ in own]
        rows.append(
            {
                "clip_id": wish.clip_id,
                "captioner": name,
                "text": _joined([response.text for response in said], own),
                "seconds": sum(response.seconds for response in said),
                "item_id": wish.item_id,
            }
        )
    return frame_of(rows, CAPTIONS)


def windows_of(seconds: float, longest: float) -> Iterator[tuple[float, float]]:
    """(start, seconds) of the windows of equal length, none longer than `longest`, that cover a clip."""
    count = max(1, math.ceil(seconds / longest - 1e-6))
    for number in range(count):
        yield number * seconds / count, seconds / count


def _request(wish: Wish, start: float, seconds: float, asking: Asking, backbone: Backbone) -> Request:
    return Request(
        item_id=f"{wish.item_id or wish.clip_id} from {start:.1f} s",
        user=fill(asking.user, question=wish.question),
        system=asking.system,
        sampling=backbone.generation,
        audio=audio_of(wish.path, start, seconds),
    )


def _joined(texts: Sequence[str], windows: Sequence[tuple[float, float]]) -> str:
    """One caption of a clip: that of its only window, or a line for each with its times."""
    if len(texts) == 1:
        return texts[0]
    return "\n".join(
        f"[{_clock(start)}–{_clock(start + seconds)}] {text}"
        for text, (start, seconds) in zip(texts, windows, strict=True)
        if text.strip()
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f}:{rest:04.1f}" if rest % 1 else f"{minutes:.0f}:{rest:02.0f}"


def _require_captions(responses: Sequence[Response], backbone: Backbone, *, partial: bool) -> None:
    """Raise AkbError for windows without a caption; say how many were refused, or cut at `max_tokens`."""
    lost = [(response.invalid, response.item_id) for response in responses if response.invalid]
    refused = [item for reason, item in lost if reason.startswith((_REFUSED, REFUSED_WITH))]
    others = sorted((reason, item) for reason, item in lost if not reason.startswith((_REFUSED, REFUSED_WITH)))
    if others:
        why = others[0][0]
        remedy = _REMEDIES.get(why, "mend its entry; run again")
        raise _without([item for reason, item in others if reason == why], why.replace("_", " "), backbone, remedy)
    if refused and not partial:
        remedy = "say `partial: true` to leave those captions empty, or ask otherwise"
        raise _without(refused, "the model refuses", backbone, remedy)
    most = backbone.generation.max_tokens
    cut = sum(response.output_tokens >= most for response in responses)
    for count, what in ((len(refused), "refused, left empty"), (cut, f"cut at {most} tokens (`max_tokens`)")):
        if count:
            print(f"akb: {backbone.name}: {count:,} of {len(responses):,} captions {what}", file=sys.stderr)


_REMEDIES = {
    "prompt_too_long": "set shorter windows (`window_seconds`) or a longer context (`max_model_len`)",
    "nan_logits": "use another `dtype`: the model's numbers overflow",
    "unclosed_thinking": "raise `max_tokens`, or set `thinking: false`",
}


def _without(names: Sequence[str], why: str, backbone: Backbone, remedy: str) -> AkbError:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return AkbError(
        f"{len(names):,} captions cannot be had ({why}): {', '.join(names[:_SHOWN])}{more}",
        where=f"captioner {backbone.name}",
        remedy=remedy,
    )


def asking_of(template: Mapping[str, Any], prompt: str, *, question_aware: bool) -> Asking:
    """How a captioner asks: by the template's texts, `prompt` in the place of its user text where that is given."""
    user = prompt or str(template["asked" if question_aware else "user"])
    if ("{question}" in user) != question_aware:
        raise AkbError(
            "the prompt of a question-aware captioner must show the {question}"
            if question_aware
            else "the prompt shows the {question}, and the captioner is not question-aware",
            where="captioners: prompt",
            remedy="mend the prompt, or set `question_aware` as it is meant",
        )
    return Asking(user, str(template.get("system", "")))
