"""A tiny audio language model and what it is asked: four clips, four questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from akb.items import Item
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.hearing import Heard, HearingEngine
from akb.lalm.listening import Question, listen, questions
from akb.lalm.model import Lalm
from akb.lalm.prompt import Wording, wording_of
from akb.llm.engine import Backbone, Mode, Sampling
from akb.settings.prompt import Prompt

ASKING = {
    "generate": "{body}\n{options}\nAnswer with the letter and the text.",
    "letter": "{body}\n{options}\nAnswer: {letters}.",
    "option": "{body}",
}
CLIPS = {f"c{n}": torch.randn(2, 4 + n, 12, generator=torch.Generator().manual_seed(n)) for n in range(4)}
SAID = {"c0": "hello there", "c1": "a long transcript of many words", "c2": "", "c3": "rain"}


def items(count: int = 4) -> list[Item]:
    options = ["a dog", "two bells", "rain"]
    return [
        Item.make("mini", f"What is heard{' then' * n}?", options, n % 3, category="Sound", clip_id=f"c{n}")
        for n in range(count)
    ]


class Bench:
    """A tiny audio language model, and how often it was loaded."""

    def __init__(self, folder: Path, wording: Wording, name: str = "m", **changes: Any) -> None:
        spec = Backbone(name, "transformers", str(folder), "f", dtype="float32", normalise="none", max_model_len=512)
        self.backbone = replace(spec, generation=Sampling(max_tokens=6), **changes)
        self.wording, self.lalm = wording, Lalm.load(self.backbone, wording=wording)
        torch.manual_seed(0)
        shape = ConnectorShape(2, 12, self.lalm.width, queries=3, width=16, depth=1, heads=2)
        self.connector = Connector(shape).eval()
        self.connector.fit_output(self.lalm.embedded(torch.arange(40, 80)))
        self.loads = 0

    def load(self, heard: Mapping[str, Heard]) -> HearingEngine:
        self.loads += 1
        return HearingEngine(self.lalm, self.connector, heard, CLIPS, "none", 512, 256)

    def rows(self, asked: list[Question], store: Path, trained: str = "t") -> list[dict[str, Any]]:
        return listen(asked, CLIPS, trained, self.backbone, self.wording, store, self.load)[""]


def asked(mode: Mode, controls: tuple[Any, ...] = ()) -> list[Question]:
    return questions(items(), SAID, dict.fromkeys(CLIPS, "Sound"), mode, controls, 0)


SHOWN = wording_of(Prompt(show_options=True, system="Listen."), ASKING)
