"""Near-duplicates: chains of close pairs, in blocks, decided alike whichever texts stand beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from akb.benchmark import near_duplicates as similarity
from akb.benchmark.near_duplicates import borderline, cluster, embed, near_duplicates
from akb.models.random_models import write_random


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("minilm")
    write_random("tiny-minilm", 0, folder)
    return folder


def directions(count: int, width: int = 4) -> similarity.Vectors:
    vectors = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def on_a_circle(*degrees: float) -> similarity.Vectors:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_a_chain_of_close_pairs_is_one_cluster() -> None:
    # Neighbours are 10 degrees apart (cosine 0.985); the ends of the chain are not close (0.94).
    assert cluster(on_a_circle(0, 90, 10, 20), 0.98).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("threshold", [0.8, 0.95, 0.99])
def test_blocks_find_what_the_whole_matrix_shows(threshold: float, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = directions(200)
    whole = connected_components(coo_matrix(vectors @ vectors.T >= threshold), directed=False)[1]
    monkeypatch.setattr(similarity, "_BLOCK", 7)
    assert cluster(vectors, threshold).tolist() == whole.tolist()


def test_no_rows_are_no_clusters() -> None:
    assert cluster(directions(0), 0.9).tolist() == []


def test_only_rows_near_the_threshold_are_in_doubt() -> None:
    # Cosine of 18.19 degrees: 0.95.
    assert borderline(on_a_circle(0, 18.19, 90), 0.95).tolist() == [True, True, False]


def test_equal_texts_share_a_cluster(minilm: Path) -> None:
    assert near_duplicates(["same", "quite another", "same"], 0.999, minilm).tolist() == [0, 1, 0]


def test_embeddings_do_not_depend_on_the_texts_beside_them(minilm: Path) -> None:
    texts = [f"Which animal makes sound {'very ' * (n % 40)}number {n}?" for n in range(90)]
    alone = embed(texts[:3], minilm, exact=True)
    assert embed(texts, minilm, exact=True)[:3] == pytest.approx(alone, abs=1e-5)
    assert np.linalg.norm(alone, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
