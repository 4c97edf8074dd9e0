"""The early look: the accuracy that another way of counting gives, and a training that nobody notices it in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from tiny_training import RECIPE, connector_of, material, trained

from akb.lalm.look import Look
from akb.lalm.model import Clip, Lalm
from akb.lalm.objectives import hear
from akb.lalm.processes import Processes
from akb.llm.engine import Backbone

OPTIONS = ("dog", "bell", "rain on a tin roof")


@pytest.fixture
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


@pytest.mark.parametrize("count", [12, 1000])
def test_an_early_look_counts_what_is_likeliest_option_by_option(lalm: Lalm, count: int) -> None:
    features, examples = material(lalm, 4, OPTIONS)
    connector = connector_of(lalm).eval()
    recipe = dataclasses.replace(RECIPE, look=count)
    found = Look(lalm, examples, features, recipe, Processes.alone("cpu"), 4)(connector)
    asked = ("What do you hear?", "Which sound is it, and where does it come from?", "And now?")
    right = {True: 0, False: 0}
    for number, example in enumerate(examples):
        for place, text in enumerate(asked):
            for hears in (True, False):
                audio = hear(connector, [features[example.clip_id]], lalm.device) if hears else None
                trunk = lalm.prompt.trunk(example.transcript) if hears else ()
                with torch.no_grad():
                    scores = [
                        float(
                            lalm.target_logprobs(
                                [Clip(trunk, (lalm.branch(text, OPTIONS, option, end=False),))], audio
                            )[0][0].sum()
                        )
                        for option in OPTIONS
                    ]
                right[hears] += scores.index(max(scores)) == (number + place) % 3
    assert found == pytest.approx((right[True] / 12, right[False] / 12))


def test_fewer_questions_are_of_as_many_clips_as_possible_and_shared_among_processes(lalm: Lalm) -> None:
    features, examples = material(lalm, 6, OPTIONS)
    recipe = dataclasses.replace(RECIPE, look=6)
    whole = Look(lalm, examples, features, recipe, Processes.alone("cpu"), 4)
    assert [len(branches) for _, branches in whole._asked] == [1] * 6
    mine = [
        Look(lalm, examples, features, recipe, Processes(rank, 2, torch.device("cpu")), 4)._asked for rank in (0, 1)
    ]
    assert [[example.clip_id for example, _ in asked] for asked in mine] == [["c0", "c2", "c4"], ["c1", "c3", "c5"]]


def test_questions_without_options_are_not_looked_at(lalm: Lalm) -> None:
    features, examples = material(lalm, 4)
    look = Look(lalm, examples, features, dataclasses.replace(RECIPE, look=9), Processes.alone("cpu"), 4)
    assert look(connector_of(lalm).eval()) == (None, None)


def test_to_look_changes_no_training(lalm: Lalm) -> None:
    blind, before = trained(lalm, RECIPE, dropout=0.3, options=OPTIONS)
    seen, records = trained(lalm, dataclasses.replace(RECIPE, look=8), dropout=0.3, options=OPTIONS)
    for name, value in blind.state_dict().items():
        assert torch.equal(seen.state_dict()[name], value), name
    assert [r.held_out_loss for r in records] == [r.held_out_loss for r in before]
    assert all(r.accuracy is None for r in before)
    assert all(0 <= (r.accuracy or 0) <= 1 and r.accuracy_no_audio is not None for r in records)
    assert len({r.accuracy_no_audio for r in records}) == 1, "what is never heard stays the same"
    assert all(r.waiting is not None and 0 <= r.waiting <= 1 for r in records)
