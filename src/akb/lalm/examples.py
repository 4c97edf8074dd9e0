"""Training examples as they are kept: in Arrow form, and as tokens only when it is their turn.

A Python object for each of millions of answers would take kilobytes of memory apiece, in every process. Here
a clip costs its row and an answer its text; an `Example` is made when a step asks for it, and a question is
tokenised when it is chosen.

    learnt, held_out = examples_of(scan_table(path, DISTIL), transcripts, lalm, share=0.05, seed=0)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import polars as pl

from akb.audio.transcripts import words_of
from akb.lalm.held_out import held_out_groups, is_held_out
from akb.lalm.recipe import Example
from akb.llm.engine import LENGTH

if TYPE_CHECKING:
    from akb.lalm.model import Branch, Lalm


class Questions(Sequence["Branch"]):
    """What was asked and answered about one clip; each is tokenised when it is looked at."""

    def __init__(self, rows: pl.DataFrame, lalm: Lalm) -> None:
        self._rows, self._lalm = rows, lalm

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Branch: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Branch]: ...
    def __getitem__(self, index: int | slice) -> Branch | Sequence[Branch]:
        if isinstance(index, slice):
            return Questions(self._rows[index], self._lalm)
        question, response, options, finish = self._rows.row(range(len(self))[index])
        # What was cut off ended nowhere: its end is not learnt.
        return self._lalm.branch(question, options, response, end=finish != LENGTH)


class Examples(Sequence[Example]):
    """Clips in the order of their ids, each with its answers."""

    def __init__(self, clips: pl.DataFrame, rows: pl.DataFrame, lalm: Lalm) -> None:
        """clips: clip_id, words, text (its transcript's caption or null), first and count of its rows.
        rows: question, response, options, finish."""
        self._clips, self._rows, self._lalm = clips, rows, lalm

    def __len__(self) -> int:
        return len(self._clips)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Examples: ...
    def __getitem__(self, index: int | slice) -> Example | Examples:
        if isinstance(index, slice):
            return Examples(self._clips[index], self._rows, self._lalm)
        clip, words, text, first, count = self._clips.row(range(len(self))[index])
        return Example(clip, words_of(text or ""), words, Questions(self._rows.slice(first, count), self._lalm))

    def digest(self) -> str:
        """Changes with any clip, transcript or answer among the examples, without making one."""
        parts = (self._clips.hash_rows(seed=1).sum(), self._rows.hash_rows(seed=1).sum())
        return " ".join(map(str, (len(self), *parts)))

    def clips(self) -> Iterator[str]:
        """The ids of all clips."""
        return iter(self._clips["clip_id"])

    def descriptions(self) -> Iterator[str]:
        """Every description once; clips described alike share theirs."""
        return iter(self._clips["words"].unique())


def examples_of(
    table: pl.LazyFrame, transcripts: pl.DataFrame, lalm: Any, share: float, seed: int
) -> tuple[Examples, Examples]:
    """(training, held-out) examples: the learnable answers to each clip's questions. Mixed clips are in neither.

    table: of `tables.DISTIL`; only the columns and rows that are learnt from are read. transcripts: clip_id and text.
    share: of recordings that are held out.
    """
    held = held_out_groups(table.select("group").unique().collect()["group"], share, seed)
    rows = (
        table.filter(pl.col("dropped").is_null())
        .select("clip_id", "group", "words", "question", "response", "options", "finish")
        .collect()
        .sort("clip_id", maintain_order=True)
    )
    clips = rows.group_by("clip_id", maintain_order=True).agg(pl.first("group", "words"), pl.len().alias("count"))
    clips = clips.with_columns(first=pl.col("count").cum_sum() - pl.col("count"))
    said = transcripts.unique("clip_id", keep="last")
    clips = clips.join(said, on="clip_id", how="left", maintain_order="left")
    side = pl.Series([is_held_out(group, held) for group in clips["group"]], dtype=pl.Boolean)
    clips, rows = (
        clips.select("clip_id", "words", "text", "first", "count"),
        rows.select("question", "response", "options", "finish"),
    )
    return Examples(clips.filter(side.not_()), rows, lalm), Examples(clips.filter(side), rows, lalm)
