"""Near-duplicate questions: sentence embeddings by MiniLM, clustered by cosine similarity.

Two questions belong together when their texts (stem with right option) are closer than a threshold, whatever their
subcategories; clusters are the connected components, found block by block, so that memory stays
linear in the number of candidates. Embeddings are computed in bfloat16, which is fast, and
anew in float32 where a similarity is so near the threshold that rounding might decide.

    numbers = near_duplicates(texts, 0.95, Path("results/checkpoints/minilm"))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from akb.batching import batches
from akb.models.model_files import check_files
from akb.progress import bar, track

Vectors = NDArray[np.float32]  # (texts, width), rows of length 1
_LONGEST = 128  # tokens of a text that are read
_BATCH_TOKENS = 2048
_BLOCK = 2048
# Far more than rounding to bfloat16 moves a similarity.
_DOUBT = 0.005


def near_duplicates(texts: Sequence[str], threshold: float, checkpoint: Path) -> NDArray[np.int64]:
    """A cluster number for each text, as `cluster` gives them.

    The same texts fall out alike on every machine, and whichever others stand beside them: what rounding might
    decide is decided in float32.
    """
    vectors = embed(texts, checkpoint)
    if again := np.flatnonzero(borderline(vectors, threshold)).tolist():
        vectors[again] = embed([texts[i] for i in again], checkpoint, exact=True)
    return cluster(vectors, threshold)


def embed(texts: Sequence[str], checkpoint: Path, *, exact: bool = False) -> Vectors:
    """Mean-pooled, normalised MiniLM embeddings, in the order of `texts`; shape (n, 384). exact: in float32."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    check_files(checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModel.from_pretrained(checkpoint, dtype=torch.float32 if exact else torch.bfloat16).eval()
    vectors = np.empty((len(texts), model.config.hidden_size), dtype=np.float32)
    tokens = tokenizer(list(texts), truncation=True, max_length=_LONGEST)["input_ids"] if texts else []
    with torch.inference_mode(), bar("embed again" if exact else "embed", len(texts), "question") as progress:
        for places in batches([len(t) for t in tokens], cells=_BATCH_TOKENS):
            batch = tokenizer.pad({"input_ids": [tokens[i] for i in places]}, return_tensors="pt")
            hidden = model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
            vectors[places] = pooled.numpy()
            progress.update(len(places))
    return vectors


def cluster(vectors: Vectors, threshold: float) -> NDArray[np.int64]:
    """A cluster number for each row: rows linked by a chain of similarities ≥ threshold share one.

    Numbers run from 0 in the order of first rows. Time is quadratic in the rows; memory is one block of products,
    however many pairs are close.
    """
    n = len(vectors)
    labels = np.arange(n)
    for rows, columns, products in _products(vectors, "find near-duplicates"):
        i, j = np.nonzero(products >= threshold)
        one, two = labels[rows + i], labels[columns + j]
        apart = one != two
        if apart.any():
            links = np.unique(one[apart] * n + two[apart])
            graph = coo_matrix((np.ones(len(links), dtype=np.int8), (links // n, links % n)), shape=(n, n))
            labels = connected_components(graph, directed=False)[1].astype(np.int64)[labels]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def borderline(vectors: Vectors, threshold: float) -> NDArray[np.bool_]:
    """Which rows have a similarity to another row that rounding to bfloat16 might put on either side."""
    found = np.zeros(len(vectors), dtype=np.bool_)
    for rows, columns, products in _products(vectors, "find doubtful pairs"):
        i, j = np.nonzero(np.abs(products - threshold) < _DOUBT)
        others = rows + i != columns + j
        found[rows + i[others]] = found[columns + j[others]] = True
    return found


def _products(vectors: Vectors, stage: str) -> Iterator[tuple[int, int, Vectors]]:
    """All similarities in blocks: first row, first column, products. Of a pair of blocks, one comes."""
    starts = range(0, len(vectors), _BLOCK)
    for start, other in track(list(combinations_with_replacement(starts, 2)), stage, unit="block"):
        yield start, other, vectors[start : start + _BLOCK] @ vectors[other : other + _BLOCK].T
