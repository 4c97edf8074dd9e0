"""Every answer behind the numbers, as data for a page that opens from the disk.

A browser that reads a page from a file may load scripts beside it, but no JSON; so data are scripts, too: `index.js`
with what is needed to list and filter (a letter an answer), and `chunk-N.js` with everything about some items, read
when one of them is opened. A page with a million answers opens as fast as one with a thousand.

    files = item_files(items, responses, captions, clips)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from akb.analysis.scores import TRAINED_RUN, graded

CHUNK = 60  # items; about 100 kB where seventeen backbones answered each of them five times
_CODES = "0123456789abcdefghijklmnopqrstuvwxyz"
NOT_ASKED, UNREAD, SEVERAL = "-", "?", "="


def item_files(
    items: pl.DataFrame,
    responses: pl.DataFrame,
    captions: pl.DataFrame,
    clips: pl.DataFrame,
    names: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """(file name, content) of `index.js` and of every chunk.

    items: `tables.ITEMS` of all benchmarks. responses: `tables.RESPONSES`. captions: `tables.CAPTIONS`. clips: columns
    clip_id, path (as the page reaches it) and labels. names: how backbones are shown.
    Raises AkbError as `analysis.scores.graded` does.
    """
    listed = items.sort("benchmark", "category", "subcategory", "item_id")
    marks = graded(responses, items)
    # Backbones in the order of the configuration.
    order = {name: number for number, name in enumerate(names)}
    rank = pl.col("backbone").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    runs = marks.select(TRAINED_RUN).unique().sort([rank, *TRAINED_RUN], nulls_last=False)
    place = {item: number for number, item in enumerate(listed["item_id"])}
    yield "index.js", _script("index", _index(listed, marks, runs, place, names))
    parts = _parts(responses, captions, clips, runs)
    for number in range(0, len(listed), CHUNK):
        chunk = [_whole(item, parts) for item in listed[number : number + CHUNK].iter_rows(named=True)]
        yield f"chunk-{number // CHUNK}.js", _script("chunk", chunk, number // CHUNK)


def _index(
    items: pl.DataFrame, marks: pl.DataFrame, runs: pl.DataFrame, place: Mapping[str, int], names: Mapping[str, str]
) -> dict[str, Any]:
    """What the list and the filters need. A run's `answers` are one text: a letter an item, in their order."""
    rows = {tuple(run): [NOT_ASKED] * len(items) for run in runs.iter_rows()}
    told = marks.select(*TRAINED_RUN, "item_id", pl.col("chosen").list.first(), "invalid", "tied")
    for *run, item, answer, invalid, tied in told.iter_rows():
        code = UNREAD if invalid is not None else SEVERAL if tied else _CODES[answer]
        rows[tuple(run)][place[item]] = code
    right = "".join(_CODES[answer] for answer in items["answer"])
    return {
        "chunk": CHUNK,
        "names": dict(names),
        "ids": items["item_id"].to_list(),
        "right": right,
        "questions": items["question"].to_list(),
        **{key: _coded(items[key]) for key in ("benchmark", "category", "subcategory")},
        "runs": [
            {**dict(zip(TRAINED_RUN, run, strict=True)), "answers": "".join(codes)} for run, codes in rows.items()
        ],
    }


def _coded(column: pl.Series) -> dict[str, list[Any]]:
    """A column as its distinct values and a number for each row."""
    values = column.unique().sort().to_list()
    number = {value: index for index, value in enumerate(values)}
    return {"values": values, "of": [number[value] for value in column]}


def _parts(
    responses: pl.DataFrame, captions: pl.DataFrame, clips: pl.DataFrame, runs: pl.DataFrame
) -> tuple[dict[str, list[Any]], dict[str, dict[str, str]], dict[str, dict[str, Any]]]:
    """Responses by item, captions by clip, clips by id."""
    numbers = {tuple(run): number for number, run in enumerate(runs.iter_rows())}
    given: dict[str, list[Any]] = {}
    wanted = [
        *TRAINED_RUN,
        "item_id",
        "rotation",
        "mode",
        "answer",
        "invalid",
        "text",
        "option_logprobs",
        "output_tokens",
    ]
    for *run, item, rotation, mode, answer, invalid, text, logprobs, tokens in (
        responses.select(wanted).sort("item_id", *TRAINED_RUN, "rotation").iter_rows()
    ):
        rounded = None if logprobs is None else [round(value, 2) for value in logprobs]
        kept = text if mode == "generate" else None  # elsewhere it is the option's own text
        given.setdefault(item, []).append([numbers[tuple(run)], rotation, mode, answer, invalid, kept, rounded, tokens])
    said: dict[str, dict[str, str]] = {}
    for clip, captioner, text in captions.select("clip_id", "captioner", "text").iter_rows():
        said.setdefault(clip, {})[captioner] = text
    heard = {row["clip_id"]: row for row in clips.select("clip_id", "path", "labels").iter_rows(named=True)}
    return given, said, heard


def _whole(item: Mapping[str, Any], parts: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]) -> Any:
    given, said, heard = parts
    clip = heard.get(item["clip_id"] or "")
    return {
        "id": item["item_id"],
        "options": item["options"],
        "right": item["answer"],
        "source": item["source"],
        "verification": item["verification"],
        "captions": said.get(item["clip_id"] or "", {}),
        "clip": clip["path"] if clip else "",
        "labels": clip["labels"] if clip else "",
        "given": given.get(item["item_id"], []),
    }


def _script(call: str, value: Any, *numbers: int) -> str:
    """A call of the page's own function with `value`. "<" is written so that no text can end the script."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    data = data.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    arguments: Sequence[str] = [*map(str, numbers), data]
    return f"akb.{call}({','.join(arguments)});\n"
