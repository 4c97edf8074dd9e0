"""From items and captions to what backbones are asked.

A prompts table holds what does not depend on the backbone: question and evidence. The way in which a
scoring mode asks for the answer (lettered options or none) is laid around it by `requests_of`.
The texts themselves are in `config/prompts/*.yaml`.

    frame = cascade_prompts(items, captions, read_template(path)); rows, requests = requests_of(frame, backbone, asking)
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from akb.errors import AkbError
from akb.items import Item
from akb.llm.engine import Backbone, Request
from akb.reading.letters import letters_of
from akb.strict_yaml import read_yaml
from akb.tables import PROMPTS, frame_of

Template = Mapping[str, str]

NO_CAPTION = "none"
_SWAPPED = "~swapped"
_PLACES = {
    "system": set(),
    "user": {"question", "caption"},
    "without": {"question"},
    "asked": {"question"},
    "generate": {"body", "options", "letters"},
    "letter": {"body", "options", "letters"},
    "option": {"body", "options", "letters"},
}


def read_template(path: Path) -> Template:
    """Read a template file. Raises AkbError for unknown texts and unknown {places}."""
    content = read_yaml(path)
    faults = _faults(content)
    if faults:
        raise AkbError("a template is wrong: " + "; ".join(faults), where=str(path), remedy="mend the file")
    return {str(name): str(text) for name, text in content.items()}


def probe_prompts(items: Sequence[Item], template: Template) -> pl.DataFrame:
    """One row of `tables.PROMPTS` per item, asked from text alone."""
    return frame_of(
        [_row(item, "probe", None, template, fill(template["user"], question=item.question)) for item in items], PROMPTS
    )


def cascade_prompts(
    items: Sequence[Item], captions: pl.DataFrame, template: Template, swapped: Sequence[str] = (), seed: int = 0
) -> pl.DataFrame:
    """Rows of `tables.PROMPTS`: every item with each captioner's caption, then with none at all.

    captions: `tables.CAPTIONS` of all captioners, question-aware ones by item. swapped: captioners that
    are also asked with the caption of another clip of the same domain, as the control of what their
    captions say of this very clip; who gets whose is drawn once from `seed`, the same for all captioners.
    Raises AkbError for an item whose clip a captioner did not describe: an item is never left out.
    """
    said: dict[str, dict[str, str]] = {}
    item_of: dict[str, dict[str, str]] = {}  # of a question-aware captioner, whose captions go by their item
    for clip, captioner, text, item_id in captions.select("clip_id", "captioner", "text", "item_id").iter_rows():
        said.setdefault(captioner, {})[item_id or clip] = text
        if item_id:
            item_of.setdefault(captioner, {}).setdefault(clip, item_id)
    others = _other_clips({item.clip_id: item.category for item in items if item.clip_id}, seed) if swapped else {}
    for captioner in swapped:
        if captioner in said:
            own, first = said[captioner], item_of.get(captioner, {})
            given = {clip: first.get(other, other) for clip, other in others.items()}
            said[captioner + _SWAPPED] = {clip: own[other] for clip, other in given.items() if other in own}
    rows = []
    for captioner, by_clip in said.items():
        for item in items:
            caption = by_clip.get(item.item_id, by_clip.get(item.clip_id or ""))
            if caption is None:
                raise AkbError(
                    f"no caption by {captioner} for clip {item.clip_id}",
                    where=f"item {item.item_id} of {item.benchmark}",
                    remedy="delete that captioner's table and build it again",
                )
            user = fill(template["user"], question=item.question, caption=caption)
            rows.append(_row(item, "cascade", captioner, template, user))
    for item in items:
        user = fill(template["without"], question=item.question)
        rows.append(_row(item, "cascade", NO_CAPTION, template, user))
    return frame_of(rows, PROMPTS)


def control_of(captioner: str | None) -> tuple[str | None, str | None]:
    """(captioner, control) of the responses table for a captioner of a prompts table."""
    if captioner == NO_CAPTION:
        return NO_CAPTION, "no_caption"
    if captioner and captioner.endswith(_SWAPPED):
        return captioner.removesuffix(_SWAPPED), "swapped_caption"
    return captioner, None


def requests_of(prompts: pl.DataFrame, backbone: Backbone, asking: Template) -> tuple[list[int], list[Request]]:
    """(row numbers, requests) for a prompts table: rotation 0 of every row, then rotation 1, …

    A row without options is asked as it stands, to be answered in free text. Rotations beyond an
    item's number of options, or where the mode shows no options, would only repeat and are left out.
    """
    shows_options = "{options}" in asking[backbone.scoring]
    rows = prompts.to_dicts()
    asked = [
        (number, _request(row, rotation, backbone, asking))
        for rotation in range(backbone.rotations if shows_options else 1)
        for number, row in enumerate(rows)
        if rotation == 0 or rotation < len(row["options"])
    ]
    return [number for number, _ in asked], [request for _, request in asked]


def fill(template: str, **texts: str) -> str:
    """Put texts into a template's {places}; braces within the texts are left alone."""
    return re.sub(r"\{(" + "|".join(texts) + r")\}", lambda place: texts[place[1]], template)


def laid_out(text: str, body: str, shown: Sequence[str]) -> str:
    """A question as a text of asking.yaml puts it. shown: its options in the order in which they are shown."""
    letters = letters_of(len(shown))
    return fill(
        text,
        body=body,
        options="\n".join(f"{letter}. {option}" for letter, option in zip(letters, shown, strict=True)),
        letters=f"{', '.join(letters[:-1])} or {letters[-1]}",
    )


def _request(row: Mapping[str, Any], rotation: int, backbone: Backbone, asking: Template) -> Request:
    request = Request(
        item_id=row["item_id"],
        user=row["user"],
        system=row["system"],
        options=tuple(row["options"]),
        mode=backbone.scoring if row["options"] else "generate",
        rotation=rotation,
        sampling=backbone.generation,
        known_answer=row["answer"],
    )
    if not request.options:
        return request
    shown = [request.options[option] for option in request.shown_order()]
    return replace(request, user=laid_out(asking[request.mode], request.user, shown))


def _row(item: Item, task: str, captioner: str | None, template: Template, user: str) -> dict[str, object]:
    return {
        "item_id": item.item_id,
        "task": task,
        "benchmark": item.benchmark,
        "captioner": captioner,
        "system": template["system"],
        "user": user,
        "options": list(item.options),
        "answer": item.answer,
    }


def _other_clips(domains: Mapping[str, str], seed: int) -> dict[str, str]:
    """For every clip another one of its domain: a cycle through the domain's clips in a shuffled order.

    domains: each clip's. A clip that is alone in its domain gets one of another domain.
    Raises AkbError if there is one clip only.
    """
    if len(domains) == 1:
        raise AkbError(
            "a caption cannot be swapped: there is no other clip",
            where="analysis.swapped_captions",
            remedy="set `swapped_captions: []`, or ask about more clips",
        )
    by_domain: dict[str, list[str]] = defaultdict(list)
    for clip, domain in sorted(domains.items()):
        by_domain[domain].append(clip)
    rng = random.Random(seed)
    others: dict[str, str] = {}
    for clips in by_domain.values():
        rng.shuffle(clips)
        others.update(zip(clips, clips[1:] + clips[:1], strict=True))
    for clip in sorted(clip for clip, other in others.items() if clip == other):
        others[clip] = rng.choice([other for other in sorted(domains) if other != clip])
    return others


def _faults(content: object) -> list[str]:
    if not isinstance(content, dict):
        return ["it is not a mapping of names to texts"]
    faults = [f"unknown text {name!r}" for name in content if name not in _PLACES]
    for name, text in content.items():
        places = {part.split("}")[0] for part in str(text).split("{")[1:] if "}" in part}
        faults += [f"{name}: unknown place {{{place}}}" for place in sorted(places - _PLACES.get(name, places))]
    return faults
