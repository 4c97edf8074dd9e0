"""People answer questions about sounds: pages that play the clips, and what their files say of reviewers and keys.

Such items come from a benchmark that is not made here, so nothing is selected; what counts is how often people agree
with the key, and which keys they contradict.

    candidates, clips = read_audio(Path("results/audio/mini"))
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from akb.benchmark.agreement import agreement
from akb.benchmark.answers import answered, blind_accuracy
from akb.benchmark.candidates import Candidate
from akb.benchmark.decision_files import read_decisions
from akb.benchmark.merge_report import told
from akb.benchmark.merging import CONTRADICTED, MergeRules, merge
from akb.benchmark.review_page import clip_url, entry
from akb.benchmark.taxonomy import Subcategory
from akb.items import read_items
from akb.tables import CLIPS, read_table


def read_audio(folder: Path) -> tuple[list[Candidate], dict[str, Path]]:
    """A benchmark's items as candidates, and each one's clip, by name. folder: `results/audio/<benchmark>`.

    Their text includes the clip's id: the same question about another sound is another question.
    """
    paths = {row["clip_id"]: folder / row["path"] for row in read_table(folder / "clips.parquet", CLIPS).to_dicts()}
    candidates, clips = [], {}
    for item in read_items(folder / "items.parquet"):
        right = item.options[item.answer]
        others = tuple(option for i, option in enumerate(item.options) if i != item.answer)
        text = f"{item.question}\n{item.clip_id}"
        candidates.append(Candidate(item.category, text, right, others, "", item.source, given_name=item.item_id))
        if item.clip_id is not None:
            clips[item.item_id] = paths[item.clip_id]
    return candidates, clips


def taxonomy_of(candidates: Sequence[Candidate]) -> dict[str, Subcategory]:
    """The categories of the items, each as its own subcategory, with as many items as there are."""
    counts = dict.fromkeys((c.subcategory for c in candidates), 0)
    for candidate in candidates:
        counts[candidate.subcategory] += 1
    return {name: Subcategory(name, name, n, name) for name, n in counts.items()}


def audio_entry(candidate: Candidate, clip: Path | None, reviewer: str) -> dict[str, Any]:
    """What the page knows of an item: its question without the clip's id, and the clip itself."""
    found = entry(candidate, "", [], [], reviewer) | {"question": candidate.question.rsplit("\n", 1)[0]}
    return found | ({"clip": clip_url(clip)} if clip else {})


def audio_report(candidates: Sequence[Candidate], decisions: Sequence[Path], rules: MergeRules) -> str:
    """What reviewers' files say: statuses, accuracy and agreement by category, and the keys that most contradict."""
    files = read_decisions(decisions)
    taxonomy = taxonomy_of(candidates)
    merged = merge(candidates, [d for file in files for d in file.decisions], [], rules)
    doubted = [name for name, why in merged.why.items() if why == CONTRADICTED]
    found = pl.DataFrame([vars(a) for a in agreement(answered(merged.decisions, candidates, taxonomy))])
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        return "\n".join(
            [
                told(merged, files, taxonomy),
                str(blind_accuracy(merged.decisions, candidates, taxonomy)),
                str(found),
                f"keys that most reviewers contradict: {', '.join(doubted) or 'none'}",
            ]
        )
