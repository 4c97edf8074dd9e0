import dataclasses
import random

import pytest
import torch

from akb.items import Item
from akb.lalm.batches import ahead, thinned
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.hearing import HearingEngine
from akb.lalm.listening import listen, questions, swapped
from akb.lalm.model import Clip, Lalm
from akb.lalm.prompt import Wording
from akb.lalm.recipe import Example, Recipe, learning_rate
from akb.lalm.training import train
from akb.llm.engine import Backbone
from akb.settings.training import Training


@pytest.fixture(scope="module", params=["tiny_llama", "tiny_base", "tiny_gemma"])
def tiny(request):
    backbone = Backbone("tiny", "transformers", str(request.getfixturevalue(request.param)), "f", dtype="float32")
    return Lalm.load(backbone), backbone


@pytest.fixture(scope="module")
def lalm(tiny):
    return tiny[0]


def audio_of(lalm, rows, seed=0):
    return torch.randn(rows, 4, lalm.width, generator=torch.Generator().manual_seed(seed)) * 0.1


def test_a_branch_is_scored_like_a_sequence_of_its_own(lalm):
    audio = audio_of(lalm, 1)
    branches = [lalm.branch("What do you hear?", (), option, end=False) for option in ("a dog", "two loud bells")]
    trunk = lalm.prompt.trunk("hello there")
    together = lalm.target_logprobs([Clip(trunk, tuple(branches))], audio)[0]
    opening = torch.tensor([lalm.tokenizer(lalm.prompt.opening, add_special_tokens=False)["input_ids"]])
    for branch, found in zip(branches, together, strict=True):
        ids = torch.tensor([list(trunk + branch.prompt + branch.target)])
        whole = torch.cat([lalm.embedded(opening), audio, lalm.embedded(ids)], dim=1)
        logprobs = lalm.model(inputs_embeds=whole).logits.float().log_softmax(-1)[0]
        count = len(branch.target)
        plain = logprobs[-count - 1 : -1].gather(1, torch.tensor(branch.target)[:, None])[:, 0]
        torch.testing.assert_close(found, plain, rtol=1e-4, atol=1e-4)


def test_a_short_row_beside_a_long_one_is_scored_alike(lalm):
    audio = audio_of(lalm, 2)
    short = Clip((), (lalm.branch("What?", (), "a dog", end=True),))
    long = Clip(lalm.prompt.trunk("a long transcript of many words"), short.branches * 3)
    together = lalm.target_logprobs([short, long], audio)[0][0]
    torch.testing.assert_close(together, lalm.target_logprobs([short], audio[:1])[0][0], rtol=1e-4, atol=1e-4)


def test_a_transcript_that_loops_is_cut(lalm):
    assert len(lalm.prompt.trunk("a dog " * 300)) < lalm.wording.transcript_tokens + 16


def test_only_the_audio_gets_gradients(lalm):
    audio = audio_of(lalm, 1).requires_grad_()
    loss = -lalm.target_logprobs([Clip((), (lalm.branch("What?", (), "a dog", end=True),))], audio)[0][0].mean()
    loss.backward()
    assert audio.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in lalm.model.parameters())


def hearable(lalm, clips=16):
    """Clips whose features say which of two words is the answer."""
    features, examples = {}, []
    for number in range(clips):
        word = ("dog", "bell")[number % 2]
        generator = torch.Generator().manual_seed(number)
        features[f"c{number}"] = torch.randn(2, 6, 12, generator=generator) + (number % 2) * 2
        question = lalm.branch("What do you hear?", (), word, end=True)
        examples.append(Example(f"c{number}", "", word, (question,)))
    return features, examples


def recipe_of(**options):
    return Recipe.of(Training(**options))


def fresh_connector(lalm):
    torch.manual_seed(0)
    return Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=32, depth=1, heads=2, dropout=0.0))


RECIPE = recipe_of(steps=80, clips_per_step=8, questions_per_clip=1, lr=3e-3, align_steps=30, align_clips_per_step=8,
                held_out_every=10)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tiny):
    lalm, _ = tiny
    features, examples = hearable(lalm)
    connector = fresh_connector(lalm)
    records = train(lalm, connector, examples[4:], examples[:4], features, RECIPE)
    return connector, records, features, examples


def test_training_lowers_the_held_out_loss(trained):
    losses = [record.held_out_loss for record in trained[1] if record.stage == "distil"]
    assert losses[-1] < losses[0]


def item(clip):
    return Item.make("mini", "What do you hear?", ["dog", "bell"], int(clip[1:]) % 2, category="Sound", clip_id=clip)


def test_what_was_learnt_is_heard_and_not_without_audio(tiny, trained, tmp_path):
    lalm, backbone = tiny
    connector, _, features, _ = trained
    items = [item(f"c{number}") for number in range(4)]
    domains = {f"c{number}": "Sound" for number in range(4)}

    def load(heard):
        return HearingEngine(lalm, connector, heard, features, "none", 512, 1024)

    asked = questions(items, {}, domains, "option", ["no_audio"], 0)
    rows = listen(asked, features, "t", dataclasses.replace(backbone, normalise="none"), Wording(), tmp_path, load)[""]
    margins = [row["option_logprobs"][0] - row["option_logprobs"][1] for row in rows[:4]]
    # Random weights hardly let the sound through, but whatever comes through points the right way.
    assert min(margins[0], margins[2]) > max(margins[1], margins[3])
    assert len({row["answer"] for row in rows[4:]}) == 1


def test_a_killed_training_goes_on_as_if_it_had_not_been(lalm, tmp_path, monkeypatch):
    features, examples = hearable(lalm)
    recipe = dataclasses.replace(RECIPE, align_steps=0)
    whole = fresh_connector(lalm)
    train(lalm, whole, examples, [], features, recipe)
    real, calls = Lalm.answer_logprobs, []

    def dying(self, *arguments):
        calls.append(1)
        if len(calls) > 55:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(Lalm, "answer_logprobs", dying)
    with pytest.raises(KeyboardInterrupt):
        train(lalm, fresh_connector(lalm), examples, [], features, recipe, tmp_path / "state.pt")
    monkeypatch.setattr(Lalm, "answer_logprobs", real)
    resumed = fresh_connector(lalm)
    train(lalm, resumed, examples, [], features, recipe, tmp_path / "state.pt")
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, rtol=1e-4, atol=1e-5)


def test_learning_rate_warms_up_and_falls_to_nearly_nothing():
    rates = [learning_rate(step, recipe_of(steps=100, lr=1.0, warmup=0.1)) for step in range(1, 101)]
    assert rates[9] == max(rates) == 1.0
    assert rates[0] == pytest.approx(0.1)
    assert 0 < rates[-1] < 0.01


def test_thinning_keeps_order_and_at_least_one_frame():
    clip = torch.arange(10.0).expand(2, 10)[..., None]
    kept = thinned(clip, 0.5, random.Random(0))[0, :, 0]
    assert len(kept) == 5
    assert kept.tolist() == sorted(kept.tolist())
    assert thinned(clip[:, :1], 0.1, random.Random(0)).shape[1] == 1


def test_swapping_gives_another_clip_of_the_same_domain():
    domains = {"a": "Sound", "b": "Sound", "c": "Sound", "d": "Music", "e": "Music"}
    other = swapped(domains)
    assert all(other[clip] != clip and domains[other[clip]] == domains[clip] for clip in domains)
    assert sorted(other.values()) == sorted(domains)


def test_reading_ahead_keeps_the_order_and_no_more_than_it_may():
    made = []

    def things():
        for number in range(6):
            made.append(number)
            yield number + 1

    for number, thing in enumerate(ahead(things(), 2)):
        assert thing == number + 1
        assert len(made) <= number + 4  # this one, two ahead, and one that the thread may have begun


def test_a_fault_in_reading_ahead_is_raised():
    def things():
        yield 1
        raise KeyError("clip")

    with pytest.raises(KeyError):
        list(ahead(things(), 2))


def test_control_tokens_in_transcript_question_and_option_are_text(lalm):
    special = set(lalm.tokenizer.all_special_ids)
    marks = "".join(lalm.tokenizer.all_special_tokens)
    plain = lalm.branch("What?", ("a", "b"), "a", end=False)
    marked = lalm.branch(f"What?{marks}", ("a", f"b{marks}"), f"a{marks}", end=False)
    assert not special & set(lalm.prompt.trunk(f"hello {marks}")[1:])
    for found, wanted in ((marked.prompt, plain.prompt), (marked.target, plain.target)):
        assert sum(t in special for t in found) == sum(t in special for t in wanted)
    assert not special & set(lalm.plain_tokens(f"a dog {marks}"))
