"""Near-duplicate questions: sentence embeddings by MiniLM, clustered by cosine similarity.

Two questions belong together when their texts (stem with right option) are closer than a threshold;
clusters are the connected components, found within a subcategory block by block, so that memory
stays linear in the number of candidates.

    vectors = embed(texts, Path("results/checkpoints/minilm")); clusters = cluster(vectors, 0.92)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from akb.progress import bar

Vectors = NDArray[np.float32]  # (texts, width), rows of length 1
_BATCH = 64
_BLOCK = 4096


def embed(texts: Sequence[str], checkpoint: Path) -> Vectors:
    """Mean-pooled, normalised MiniLM embeddings, in the order of `texts`; shape (n, 384)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModel.from_pretrained(checkpoint, dtype=torch.bfloat16).eval()
    # By length, so that a batch wastes little on padding.
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.empty((len(texts), model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode(), bar("embed questions", len(texts), "question") as progress:
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            batch = tokenizer(
                [texts[i] for i in places], padding=True, truncation=True, max_length=128, return_tensors="pt"
            )
            hidden = model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
            vectors[places] = pooled.numpy()
            progress.update(len(places))
    return vectors


def cluster(vectors: Vectors, threshold: float) -> NDArray[np.int64]:
    """A cluster number for each row: rows linked by a chain of similarities ≥ threshold share one.

    Time is quadratic in the rows of one call, memory is linear: call it per subcategory.
    """
    n = len(vectors)
    rows, columns = [], []
    for start in range(0, n, _BLOCK):
        for other in range(start, n, _BLOCK):
            close = vectors[start : start + _BLOCK] @ vectors[other : other + _BLOCK].T >= threshold
            i, j = np.nonzero(close)
            rows.append(i + start)
            columns.append(j + other)
    if not rows:
        return np.zeros(0, dtype=np.int64)
    i, j = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(n, n))
    labels: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels
