"""Near-duplicate questions: sentence embeddings by MiniLM, clustered by cosine similarity.

Two questions belong together when their texts (stem with right option) are closer than a threshold;
clusters are the connected components, found within a subcategory block by block, so that memory
stays linear in the number of candidates.

    vectors = embed(texts, Path("results/checkpoints/minilm")); clusters = cluster(vectors, 0.92)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from akb.progress import bar, track

Vectors = NDArray[np.float32]  # (texts, width), rows of length 1
_LONGEST = 128  # tokens of a text that are read
_BATCH_TOKENS = 2048
_BLOCK = 2048


def embed(texts: Sequence[str], checkpoint: Path) -> Vectors:
    """Mean-pooled, normalised MiniLM embeddings, in the order of `texts`; shape (n, 384)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModel.from_pretrained(checkpoint, dtype=torch.bfloat16).eval()
    vectors = np.empty((len(texts), model.config.hidden_size), dtype=np.float32)
    tokens = tokenizer(list(texts), truncation=True, max_length=_LONGEST)["input_ids"] if texts else []
    with torch.inference_mode(), bar("embed questions", len(texts), "question") as progress:
        for places in _batches([len(t) for t in tokens]):
            batch = tokenizer.pad({"input_ids": [tokens[i] for i in places]}, return_tensors="pt")
            hidden = model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
            vectors[places] = pooled.numpy()
            progress.update(len(places))
    return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places by length, so that padding wastes little, in batches of about `_BATCH_TOKENS`."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def cluster_within(groups: Sequence[str], vectors: Vectors, threshold: float) -> NDArray[np.int64]:
    """A cluster number for each row, as `cluster` gives them, where no cluster spans two groups."""
    names = np.asarray(groups)
    numbers, used = np.zeros(len(names), dtype=np.int64), 0
    for group in track(sorted(set(groups)), "find near-duplicates", unit="subcategory"):
        rows = np.flatnonzero(names == group)
        numbers[rows] = cluster(vectors[rows], threshold) + used
        used = int(numbers[rows].max()) + 1
    return numbers


def cluster(vectors: Vectors, threshold: float) -> NDArray[np.int64]:
    """A cluster number for each row: rows linked by a chain of similarities ≥ threshold share one.

    Numbers run from 0 in the order of first rows. Time is quadratic in the rows; memory is one block of products,
    however many pairs are close.
    """
    n = len(vectors)
    labels = np.arange(n)
    for start in range(0, n, _BLOCK):
        for other in range(start, n, _BLOCK):
            close = vectors[start : start + _BLOCK] @ vectors[other : other + _BLOCK].T >= threshold
            rows, columns = np.nonzero(close)
            one, two = labels[rows + start], labels[columns + other]
            apart = one != two
            if apart.any():
                links = np.unique(one[apart] * n + two[apart])
                graph = coo_matrix((np.ones(len(links), dtype=np.int8), (links // n, links % n)), shape=(n, n))
                labels = connected_components(graph, directed=False)[1].astype(np.int64)[labels]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)
