from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from akb.lalm.batches import Batch
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.model import Clip, Lalm
from akb.lalm.objectives import alignment, description_tokens, distillation, hear
from akb.lalm.recipe import Example, Recipe
from akb.llm.engine import Backbone
from akb.settings.training import Training


@pytest.fixture(scope="module")
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


def batch_of(lalm: Lalm) -> Batch:
    answers = ("a dog", "a very long answer of two loud bells and rain")
    questions = [lalm.branch("What do you hear?", (), answer, end=True) for answer in answers]
    examples = [Example(f"c{n}", "", answers[n], (question,)) for n, question in enumerate(questions)]
    clips = [torch.randn(2, 6, 12, generator=torch.Generator().manual_seed(n)) for n in range(2)]
    return Batch(examples, clips, random.Random(0))


@pytest.mark.parametrize("loss_over", ["answers", "tokens"])
def test_an_answer_counts_once_or_by_its_tokens(lalm: Lalm, loss_over: str) -> None:
    connector = Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2)).eval()
    batch = batch_of(lalm)
    found, weight = distillation(lalm, Recipe.of(Training(steps=1, questions_per_clip=1, loss_over=loss_over))).loss(
        connector, batch
    )
    clips = [Clip((), tuple(example.questions)) for example in batch.examples]
    logprobs = [
        branch for clip in lalm.target_logprobs(clips, hear(connector, batch.clips, lalm.device)) for branch in clip
    ]
    sizes = [len(branch) for branch in logprobs]
    means = torch.stack([branch.mean() for branch in logprobs])
    expected = means.mean() if loss_over == "answers" else (means * torch.tensor(sizes)).sum() / sum(sizes)
    assert sizes[0] < sizes[1]
    torch.testing.assert_close(found, -expected)
    assert weight == (2 if loss_over == "answers" else sum(sizes))


def test_alignment_passes_over_words_that_the_training_never_had(lalm: Lalm) -> None:
    vocabulary = description_tokens(lalm, ["a dog"])
    shape = ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2, words=len(vocabulary))
    loss, weight = alignment(lalm, vocabulary, 0.05).loss(Connector(shape).eval(), batch_of(lalm))
    assert torch.isfinite(loss) and weight == 2
