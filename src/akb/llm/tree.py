"""Sequences that begin alike in one forward pass without repeating a token: a tree of tokens under an ancestor mask.

Stems and branches that begin alike share their nodes, so an instruction, a caption asked about twice
and the first words of two options are computed once. A node sees its ancestors and itself; its
position is its depth: every path through the tree is exactly the sequence it would be alone. A
branch's last token predicts nothing that is asked for, so it is never computed.

Text scoring packs many items into a row; an audio language model has a row for each clip, whose first nodes are the
clip's audio embeddings (`slots`).

    tree = Tree(start=12); tree.add(stem, branches); mask = tree.mask(window=None)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Tokens = Sequence[int]


@dataclass(frozen=True)
class Branches:
    """Token ids of a stem and of its branches, none empty; branches stand in the order shown."""

    stem: tuple[int, ...]
    branches: tuple[tuple[int, ...], ...]


class Tree:
    """One packed row. start: how many leading tokens of every path stand in a cache before the row. slots: how many
    nodes, before all others, hold embeddings that are given apart from the tokens."""

    def __init__(self, start: int, slots: int = 0, filler: int = 0) -> None:
        self.start, self.slots = start, slots
        self.tokens: list[int] = [filler] * slots
        self._parents: list[int] = list(range(-1, slots - 1))
        self._children: dict[tuple[int, int], int] = {}
        # For every stem that was added: for every branch: the node that predicts each token, and the token.
        self.targets: list[list[list[tuple[int, int]]]] = []

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, stem: Tokens, branches: Sequence[Tokens]) -> None:
        """Add a stem, without what stands in the cache, and its branches. The stem must not be empty."""
        stem_end = self._walk(self.slots - 1, stem)[-1]
        added = []
        for branch in branches:
            predictors = [stem_end, *self._walk(stem_end, branch[:-1])]
            added.append(list(zip(predictors, branch, strict=True)))
        self.targets.append(added)

    def would_add(self, stem: Tokens, branches: Sequence[Tokens]) -> int:
        """How many nodes at most `add` would make: what begins like something in the tree is there already."""
        node, known = self.slots - 1, 0
        while known < len(stem) and (child := self._children.get((node, stem[known]))) is not None:
            node, known = child, known + 1
        return len(stem) - known + sum(len(branch) - 1 for branch in branches)

    def paths(self) -> list[tuple[list[int], list[int]]]:
        """(tokens before it, target tokens) of every branch, in the order of `targets`: separate sequences again."""
        paths = []
        for branch in (branch for added in self.targets for branch in added):
            node, before = branch[0][0], []
            while node >= 0:
                before.append(self.tokens[node])
                node = self._parents[node]
            paths.append((before[::-1], [token for _, token in branch]))
        return paths

    def positions(self) -> NDArray[np.int64]:
        """Each node's position in its own sequence: int64, (nodes,)."""
        depths: list[int] = []
        for parent in self._parents:
            depths.append(self.start if parent < 0 else depths[parent] + 1)
        return np.asarray(depths, dtype=np.int64)

    def mask(self, window: int | None) -> NDArray[np.bool_]:
        """Who sees whom: bool, (nodes, start + nodes). window: how far back sliding attention sees."""
        count = len(self.tokens)
        seen = np.zeros((count, self.start + count), dtype=np.bool_)
        for node, parent in enumerate(self._parents):
            seen[node] = seen[parent] if parent >= 0 else False
            seen[node, self.start + node] = True
        seen[:, : self.start] = True
        if window is not None:
            own = self.positions()
            all_positions = np.concatenate([np.arange(self.start), own])
            seen &= own[:, None] - all_positions[None, :] < window
        return seen

    def _walk(self, node: int, tokens: Tokens) -> list[int]:
        """Follow `tokens` down from `node`, growing the tree where needed; return the nodes passed."""
        passed = []
        for token in tokens:
            child = self._children.get((node, token))
            if child is None:
                child = len(self.tokens)
                self._children[node, token] = child
                self.tokens.append(token)
                self._parents.append(node)
            node = child
            passed.append(node)
        return passed


def pack(works: Sequence[Branches], start: int, row_tokens: int) -> list[tuple[Tree, list[int]]]:
    """Fill trees up to `row_tokens` nodes, in the order given: (tree, indices of its items) each.

    start: how many leading tokens of every stem stand in the cache; each stem is longer. Put items that begin alike
    next to each other. A longer item has a tree to itself, and others that share most of it.
    """
    rows: list[tuple[Tree, list[int]]] = []
    for index, work in enumerate(works):
        stem = work.stem[start:]
        added = rows[-1][0].would_add(stem, work.branches) if rows else 0
        # An item of which most stands in the row already may make it twice as long.
        room = row_tokens * (2 if added < len(stem) / 2 else 1)
        if not rows or len(rows[-1][0]) + added > room:
            rows.append((Tree(start), []))
        rows[-1][0].add(stem, work.branches)
        rows[-1][1].append(index)
    return rows
