"""Every table's schema, declared once, checked on write and on read.

Tables are Parquet through polars, one row per thing. A column that is missing, extra or of another
type is an error that names the file; nothing is cast in silence. What people read, too, is written as
CSV beside it (`write_with_csv`), and no rule reads that.

    items = read_table(Path("results/benchmark/akb.parquet"), ITEMS)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from akb.atomic import atomic_path
from akb.errors import AkbError

Schema = Mapping[str, Any]  # column name → polars type

_TEXTS = pl.List(pl.String)

# One multiple-choice question. `answer` is the 0-based index of the right option.
# `verification` is "program", "human" or "none". `skill` and `tier` are "" where a benchmark does not tell them.
# `unit` names what the item shares with others, so that they are no independent samples: the recording or voice, the
# clip, or the template; intervals are over units.
ITEMS: Schema = {
    "item_id": pl.String,
    "benchmark": pl.String,
    "question": pl.String,
    "options": _TEXTS,
    "answer": pl.Int64,
    "category": pl.String,
    "subcategory": pl.String,
    "clip_id": pl.String,
    "source": pl.String,
    "verification": pl.String,
    "unit": pl.String,
    "skill": pl.String,
    "tier": pl.String,
}

# One audio clip. `clip_id` is the SHA-256 of its decoded samples; `path` is relative to the table's
# folder; `labels` is a JSON object; `group` names the recording or render that a clip was cut or
# varied from, so that no group stands in both splits.
CLIPS: Schema = {
    "clip_id": pl.String,
    "path": pl.String,
    "seconds": pl.Float64,
    "sample_rate": pl.Int64,
    "domain": pl.String,
    "split": pl.String,
    "group": pl.String,
    "licence": pl.String,
    "source": pl.String,
    "labels": pl.String,
}

# What a captioner says of a clip; `seconds` is the time it took. `item_id` is null, unless the captioner is
# question-aware: then the caption was made in view of that item's question, and is for no other.
CAPTIONS: Schema = {
    "clip_id": pl.String,
    "captioner": pl.String,
    "text": pl.String,
    "seconds": pl.Float64,
    "item_id": pl.String,
}

# What every backbone is asked, before any chat template. `task` is "probe", "cascade" or "distil".
# `captioner` is null for the probe and "none" for the caption-less control.
PROMPTS: Schema = {
    "item_id": pl.String,
    "task": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "system": pl.String,
    "user": pl.String,
    "options": _TEXTS,
    "answer": pl.Int64,
}

# Why a response of several likeliest options has no answer of its own. Its log-probabilities still count.
TIE = "tie"

# One scored response. `answer` is null exactly when `invalid` names the reason. `finish` says why a written answer
# ended: "stop", or "length" if it was cut off; null for what was not written, and where it is not known.
# `option_logprobs` is in the item's own option order, whatever the rotation. `control` is null for
# the full evidence, else "no_caption", "swapped_caption", "no_audio" or "swapped_audio". `training` is the seed
# of the training behind an audio-grounded response, null for text.
RESPONSES: Schema = {
    "item_id": pl.String,
    "backbone": pl.String,
    "setting": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "control": pl.String,
    "training": pl.Int64,
    "mode": pl.String,
    "rotation": pl.Int64,
    "text": pl.String,
    "option_logprobs": pl.List(pl.Float64),
    "answer": pl.Int64,
    "invalid": pl.String,
    "prompt_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "thinking_tokens": pl.Int64,
    "seconds": pl.Float64,
    "key": pl.String,
    "finish": pl.String,
}

# One accuracy. `setting` is "probe", "cascade" or "audio"; `domain` is a category, a domain or
# "all"; accuracies and interval bounds are fractions of 1; `n` counts every item, read or not.
# `correct` is what the items earned: 1 for the right option, 1/t where t options share the highest
# score and the right one is among them. `tied` counts the items that were left so. Both are means over
# `trainings`, the number of trained connectors behind the score (null for text). `effective_n` is how many
# independent items the score is worth, after items that share a unit; `training_variance` is what one training
# adds to the accuracy's variance (null where each was trained once), and the interval holds it.
SCORES: Schema = {
    "backbone": pl.String,
    "setting": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "control": pl.String,
    "domain": pl.String,
    "n": pl.Int64,
    "correct": pl.Float64,
    "tied": pl.Float64,
    "invalid": pl.Float64,
    "accuracy": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "effective_n": pl.Float64,
    "trainings": pl.Int64,
    "training_variance": pl.Float64,
}

# A candidate question of the `akb` benchmark; see `candidates.Candidate`.
CANDIDATES: Schema = {
    "name": pl.String,
    "content_hash": pl.String,
    "category": pl.String,
    "subcategory": pl.String,
    "question": pl.String,
    "answer": pl.String,
    "distractors": _TEXTS,
    "template": pl.String,
    "source": pl.String,
    "rationale": pl.String,
    "proof": pl.String,
    "verification": pl.String,
    "skill": pl.String,
    "tier": pl.String,
}

# What hygiene found in a candidate. A `fatal` flag keeps it out of the selection.
FLAGS: Schema = {
    "name": pl.String,
    "flag": pl.String,
    "detail": pl.String,
    "fatal": pl.Boolean,
}

# Candidates with the same `cluster` are near-duplicates of each other.
CLUSTERS: Schema = {
    "name": pl.String,
    "cluster": pl.Int64,
}

# What the reviewers' decisions made of a candidate; see `merging.STATUSES`.
# `reviewers` are those whose decisions count, `answered` how many of them answered before they saw the key,
# `right` how many of these chose it.
STATUSES: Schema = {
    "name": pl.String,
    "status": pl.String,
    "decisions": pl.Int64,
    "reviewers": _TEXTS,
    "answered": pl.Int64,
    "right": pl.Int64,
}

# One candidate's way to its end: `status` after the reviewers' decisions, `fate` after selection.
AUDIT: Schema = {
    "name": pl.String,
    "content_hash": pl.String,
    "subcategory": pl.String,
    "source": pl.String,
    "flags": pl.String,
    "cluster": pl.Int64,
    "decisions": pl.Int64,
    "reviewers": pl.String,
    "answered": pl.Int64,
    "right": pl.Int64,
    "status": pl.String,
    "fate": pl.String,
}

# What backbones are asked about training clips, with the clip's description in the place of its sound.
# `words` are what the connector's alignment points at; `answer` is null for a free question. A question of kind
# OPEN has no options and no known answer: an imported training set asks such questions.
OPEN = "open"
INSTRUCTIONS: Schema = {
    "instruction_id": pl.String,
    "clip_id": pl.String,
    "group": pl.String,
    "description": pl.String,
    "words": pl.String,
    "kind": pl.String,
    "question": pl.String,
    "options": _TEXTS,
    "answer": pl.Int64,
}

# A backbone's own answer to an instruction: a training target unless `dropped` says why not.
# `choice` is the option it chose, null for a free question.
DISTIL: Schema = {
    **INSTRUCTIONS,
    "backbone": pl.String,
    "prompt": pl.String,
    "response": pl.String,
    "choice": pl.Int64,
    "dropped": pl.String,
    "key": pl.String,
    "finish": pl.String,
}

# What is odd about an imported benchmark's questions and clips, or a training set's, in one row of numbers. `rows`: of
# the file. Doubled and empty options are shown once and not at all. Repaired spellings: "['Reasoning']". `short`: below
# `clips.SHORTEST` seconds. `missing`: clips without sound. `unreadable`: sound that could not be decoded.
HYGIENE: Schema = dict.fromkeys(
    (
        "rows",
        "doubled_options",
        "empty_options",
        "repaired_spellings",
        "silent",
        "short",
        "missing",
        "unreadable",
        "duplicate_clips",
    ),
    pl.Int64,
)

# How a training went. `loss` is the mean since the row before, over all processes; `held_out_loss` is null where it was
# not measured; `samples_per_second` counts all processes' answers (in the alignment: descriptions),
# `tokens_per_second` the tokens that the backbone read for them. `accuracy` is of held-out questions, and null where
# none were asked; `waiting` the share of the time in which a step waited for its data; `share_of_peak` of what the GPUs
# could compute, null on a CPU and where the stage runs no backbone.
TRAINING: Schema = {
    "stage": pl.String,
    "step": pl.Int64,
    "loss": pl.Float64,
    "lr": pl.Float64,
    "samples_per_second": pl.Float64,
    "held_out_loss": pl.Float64,
    "tokens_per_second": pl.Float64,
    "accuracy": pl.Float64,
    "accuracy_no_audio": pl.Float64,
    "waiting": pl.Float64,
    "share_of_peak": pl.Float64,
}


def read_table(path: Path, schema: Schema) -> pl.DataFrame:
    """Read a Parquet table and check it against `schema`. Raises AkbError naming the file."""
    with _named(path):
        frame = pl.read_parquet(path, glob=False)
    return check(frame, schema, path)


def scan_table(path: Path, schema: Schema) -> pl.LazyFrame:
    """The same without reading its rows: for large tables of which few columns or rows are wanted."""
    with _named(path):
        found = pl.read_parquet_schema(path)
    check(pl.DataFrame(schema=found), schema, path)
    return pl.scan_parquet(path, glob=False)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Faults of reading, with the file's name."""
    try:
        yield
    except FileNotFoundError as error:
        raise AkbError(
            "a table is missing", where=str(path), remedy="build it: snakemake --cores 8 " + str(path)
        ) from error
    except pl.exceptions.ComputeError as error:
        raise AkbError(
            f"a table cannot be read: {error}", where=str(path), remedy="delete the file and build it again"
        ) from error


def write_table(frame: pl.DataFrame, path: Path, schema: Schema) -> None:
    """Check `frame` against `schema` and write it as Parquet, whole or not at all."""
    check(frame, schema, path)
    with atomic_path(path) as temporary:
        frame.select(list(schema)).write_parquet(temporary)


def write_with_csv(frame: pl.DataFrame, path: Path, schema: Schema) -> None:
    """`write_table` for rules, and beside it the same as CSV for people."""
    write_table(frame, path, schema)
    write_csv(frame.select(list(schema)), path.with_suffix(".csv"))


def frame_of(rows: Sequence[Mapping[str, Any]], schema: Schema) -> pl.DataFrame:
    """Build a frame of exactly `schema` from dictionaries; works for no rows at all."""
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a table for people as CSV, floats to six digits, whole or not at all."""
    with atomic_path(path) as temporary:
        frame.write_csv(temporary, float_precision=6)


def check(frame: pl.DataFrame, schema: Schema, path: Path) -> pl.DataFrame:
    """Return `frame` if its columns and types are those of `schema`; raise AkbError otherwise.

    Of RESPONSES also that each has either an answer or the reason why not.
    """
    missing = [c for c in schema if c not in frame.columns]
    extra = [c for c in frame.columns if c not in schema]
    wrong = [
        f"{c} is {frame.schema[c]}, not {t}" for c, t in schema.items() if c in frame.columns and frame.schema[c] != t
    ]
    faults = [f"missing column {c}" for c in missing] + [f"unknown column {c}" for c in extra] + wrong
    if faults:
        raise AkbError(
            "a table does not have its schema: " + "; ".join(faults),
            where=str(path),
            remedy="delete the file and build it again; its schema is in the library, under src/akb",
        )
    if schema is RESPONSES:
        _require_answer_or_reason(frame, path)
    return frame


def _require_answer_or_reason(frame: pl.DataFrame, path: Path) -> None:
    wrong = frame.filter(pl.col("answer").is_null() == pl.col("invalid").is_null())
    if len(wrong):
        row = wrong.row(0, named=True)
        fault = (
            "neither an answer nor a reason why there is none"
            if row["answer"] is None
            else f"the answer {row['answer']} and yet the reason {row['invalid']} why there is none"
        )
        raise AkbError(
            f"{len(wrong)} of {len(frame)} responses are at odds with themselves: that of {row['backbone']} to item "
            f"{row['item_id']}, rotation {row['rotation']}, has {fault}",
            where=str(path),
            remedy="delete the table and build it again; answers that stand in the store are not asked for again",
        )
