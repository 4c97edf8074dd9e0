"""Trees of tokens: what is shared stands once, and how items are packed into rows."""

from __future__ import annotations

from akb.llm.tree import Branches, pack


def test_items_that_share_most_of_their_stems_stand_in_one_tree() -> None:
    caption = tuple(range(100, 300))  # asked about three times: 200 tokens, that a row of 256 has once
    works = [Branches((*caption, question), ((1, 2), (3,))) for question in (5, 6, 7)]
    ((tree, indices),) = pack(works, 0, 256)
    assert indices == [0, 1, 2]
    assert len(tree) == 200 + 3 * 2  # a question's token and the first of its longer option


def test_items_that_share_little_fill_a_row_and_no_more() -> None:
    works = [Branches(tuple(range(start, start + 100)), ((1,),)) for start in (1000, 2000, 3000)]
    assert [indices for _, indices in pack(works, 0, 256)] == [[0, 1], [2]]
