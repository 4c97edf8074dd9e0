"""Objectives give sums and their numbers of terms, so that a step may be cut up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from akb.lalm.batches import Part, parts
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.model import Branch, Clip, Lalm
from akb.lalm.objectives import Objective, alignment, description_tokens, distillation, hear
from akb.lalm.recipe import Example, Recipe
from akb.llm.engine import Backbone
from akb.settings.training import Training


@pytest.fixture(scope="module")
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


ANSWERS = ("a dog", "a very long answer of two loud bells and rain")


def clips() -> list[torch.Tensor]:
    return [torch.randn(2, 6, 12, generator=torch.Generator().manual_seed(n)) for n in range(2)]


def part_of(lalm: Lalm, objective: Objective) -> Part:
    questions = [lalm.branch("What do you hear?", (), answer, end=True) for answer in ANSWERS]
    examples = [Example(f"c{n}", "", ANSWERS[n], (question,)) for n, question in enumerate(questions)]
    tasks = [objective.prepare(example, random.Random(0)) for example in examples]
    (part,) = parts(clips(), tasks, 0)
    return part


@pytest.mark.parametrize("loss_over", ["answers", "tokens"])
def test_an_answer_counts_once_or_by_its_tokens(lalm: Lalm, loss_over: str) -> None:
    connector = Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2)).eval()
    objective = distillation(lalm, Recipe.of(Training(steps=1, questions_per_clip=1, loss_over=loss_over)), 4)
    part = part_of(lalm, objective)
    found = objective.loss(connector, part) / part.weight
    asked = [Clip((), (lalm.branch("What do you hear?", (), answer, end=True),)) for answer in ANSWERS]
    audio = hear(connector, clips(), lalm.device)
    logprobs = [branch for clip in lalm.target_logprobs(asked, audio) for branch in clip]
    sizes = [len(branch) for branch in logprobs]
    means = torch.stack([branch.mean() for branch in logprobs])
    expected = means.mean() if loss_over == "answers" else (means * torch.tensor(sizes)).sum() / sum(sizes)
    assert sizes[0] < sizes[1]
    torch.testing.assert_close(found, -expected)
    assert part.weight == (2 if loss_over == "answers" else sum(sizes))


OPTIONS = ("a dog", "two bells", "a very long rain")


def test_a_choice_is_learnt_among_the_options_as_an_item_is_asked(lalm: Lalm) -> None:
    connector = Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2)).eval()
    audio = hear(connector, clips()[:1], lalm.device)

    def loss(branch: Branch, choice: float) -> torch.Tensor:
        objective = distillation(lalm, Recipe.of(Training(steps=1, questions_per_clip=1, choice=choice)), 4)
        task = objective.prepare(Example("c0", "", "a dog", (branch,)), random.Random(0))
        return objective.loss(connector, parts(clips()[:1], [task], 0)[0])

    asked = [lalm.branch("What is it?", (), option, end=False) for option in OPTIONS]
    sums = torch.stack([found.sum() for (found,) in (lalm.target_logprobs([Clip((), (b,))], audio)[0] for b in asked)])
    question = lalm.branch("What is it?", OPTIONS, OPTIONS[1], end=True)
    assert len(question.rivals) == 2 and len(question.target) == question.chosen + 1
    torch.testing.assert_close(loss(question, 1.0), -sums.log_softmax(0)[1], rtol=1e-4, atol=1e-4)
    halves = (loss(question, 0.0) + loss(question, 1.0)) / 2
    torch.testing.assert_close(loss(question, 0.5), halves, rtol=1e-4, atol=1e-4)


def test_a_written_answer_has_no_rivals_and_is_learnt_by_its_tokens(lalm: Lalm) -> None:
    assert not lalm.branch("What is it?", OPTIONS, "It is a dog, I think.", end=True).rivals
    assert not lalm.branch("What is it?", (), "a dog", end=True).rivals


def test_alignment_passes_over_words_that_the_training_never_had(lalm: Lalm) -> None:
    vocabulary = description_tokens(lalm, ["a dog"])
    shape = ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2, words=len(vocabulary))
    objective = alignment(lalm, vocabulary, 0.05, 4)
    part = part_of(lalm, objective)
    assert torch.isfinite(objective.loss(Connector(shape).eval(), part))
    assert 0 < part.weight < 8
