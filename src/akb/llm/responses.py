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
        [
            response_row(response, backbone.name, task, benchmark, *control_of(captioner))
            for (task, benchmark, captioner), response in zip((asked[row] for row in rows), responses, strict=True)
        ],
        RESPONSES,
    )


def response_row(
    response: Response, backbone: str, setting: str, benchmark: str, captioner: str | None, control: str | None
) -> dict[str, object]:
    """A row of `tables.RESPONSES`."""
    return {
        "item_id": response.item_id,
        "backbone": backbone,
        "setting": setting,
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
