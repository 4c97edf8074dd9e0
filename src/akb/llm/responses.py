"""The responses table of a backbone, from its prompts and what came back.

frame = responses_frame(prompts, rows, responses, backbone)
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from akb.llm.engine import Backbone
from akb.llm.inference import Response
from akb.llm.prompts import control_of
from akb.tables import RESPONSES, frame_of


def responses_frame(
    prompts: pl.DataFrame, rows: Sequence[int], responses: Sequence[Response], backbone: Backbone
) -> pl.DataFrame:
    """Rows of `tables.RESPONSES`: response i answers row `rows[i]` of the prompts table."""
    asked = list(prompts.select("task", "benchmark", "captioner").iter_rows())
    return frame_of(
        [_row(asked[row], response, backbone.name) for row, response in zip(rows, responses, strict=True)], RESPONSES
    )


def _row(asked: tuple[str, str, str | None], response: Response, backbone: str) -> dict[str, object]:
    task, benchmark, asked_captioner = asked
    captioner, control = control_of(asked_captioner)
    return {
        "item_id": response.item_id,
        "backbone": backbone,
        "setting": task,
        "benchmark": benchmark,
        "captioner": captioner,
        "control": control,
        "training": None,
        "mode": response.request.mode,
        "rotation": response.request.rotation,
        "text": response.text,
        "option_logprobs": response.option_logprobs and list(response.option_logprobs),
        "answer": response.answer,
        "invalid": response.invalid,
        "prompt_tokens": response.prompt_tokens,
        "output_tokens": response.output_tokens,
        "thinking_tokens": response.thinking_tokens,
        "seconds": response.seconds,
        "key": response.key,
        "finish": response.finish,
    }
