import json

import pytest

from akb.audio.mini_instructions import description, facts_of, instructions
from akb.errors import AkbError
from akb.lalm.held_out import held_out_groups, is_held_out

PLAN = {
    "sounds": {
        name: [family, phrase]
        for name, family, phrase in [
            ("dog", "animal", "a dog"), ("cat", "animal", "a cat"), ("horse", "animal", "a horse"),
            ("cow", "animal", "a cow"), ("sheep", "animal", "a sheep"), ("duck", "bird", "a duck"),
            ("chicken", "bird", "a chicken"), ("songbird", "bird", "a songbird"), ("insect", "insect", "an insect"),
            ("laugh", "person", "laughter"), ("cough", "person", "a person coughing"),
            ("engine", "machine", "an engine"), ("running water", "water", "running water"),
            ("bell", "bell", "a bell"), ("door", "impact", "a door"), ("beep", "electronic", "a beep"),
        ]
    },
    "categories": {name: f"something {name}" for name in
                   ("animal", "bird", "insect", "person", "machine", "water", "bell", "impact", "electronic")},
    "instruments": {"harp": ["plucked strings", 46, 50, 80], "tuba": ["brass", 58, 30, 50]},
    "families": ["keyboard", "plucked strings", "bowed strings", "brass", "woodwind", "percussion"],
    "languages": {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "ru": "Russian"},
    "words": {"digits": ["zero", "one", "two", "three"], "animals": ["dog", "cow", "lion", "owl"]},
}  # fmt: skip
DOG = {"domain": "Sound", "kind": "sound", "label": "dog", "family": "animal"}
ORDER = {
    "domain": "Sound",
    "kind": "sequence",
    "events": [{"label": "dog", "start": 0.0, "end": 1.2}, {"label": "bell", "start": 1.5, "end": 3.0}],
}


def clip(labels, **changes):
    row = {"clip_id": "c1", "group": "a/dog.wav", "split": "train", "seconds": 1.0, "labels": json.dumps(labels)}
    return {**row, **changes}


def test_description_of_a_single_sound():
    assert description(DOG, PLAN) == "(sound: a dog) (made by: something animal)"


def test_description_of_two_events_tells_their_times():
    assert description(ORDER, PLAN) == "[00:00-00:01] (sound: a dog) [00:01-00:03] (sound: a bell)"


@pytest.mark.parametrize(
    ("labels", "kind", "value"),
    [
        (DOG, "sound category", "something animal"),
        (ORDER, "order of sounds", "first a dog, then a bell"),
        ({**DOG, "count": 3}, "count", "three times"),
        ({**DOG, "louder": "second"}, "louder", "the second"),
        ({"domain": "Music", "instrument": "harp", "tempo": "slow"}, "tempo", "slow"),
        ({"domain": "Music", "instrument": "harp", "label": "harp"}, "instrument family", "plucked strings"),
        ({"domain": "Speech", "language": "it", "sex": "male"}, "speaker's sex", "a man"),
        ({"domain": "Speech", "language": "en", "label": "digits", "transcript": "two"}, "digit", "two"),
    ],
)
def test_facts_are_worded_as_options_are(labels, kind, value):
    assert {fact.kind: fact.value for fact in facts_of(labels, PLAN)}[kind] == value


def test_every_question_has_the_right_option_at_its_answer():
    for row in instructions([clip(DOG), clip(ORDER)], PLAN, 2, 0):
        if row.answer is not None:
            assert row.options[row.answer] in {"a dog", "something animal", "first a dog, then a bell"}


def test_clips_described_alike_are_asked_alike():
    rows = list(instructions([clip(DOG), clip(DOG, clip_id="c2", group="b")], PLAN, 2, 0))
    asked = {name: [(r.question, r.options) for r in rows if r.clip_id == name] for name in ("c1", "c2")}
    assert asked["c1"] == asked["c2"]


def test_a_test_clip_is_refused():
    with pytest.raises(AkbError, match="test clip"):
        list(instructions([clip(DOG, split="test")], PLAN, 1, 0))


def test_a_clip_without_facts_is_refused():
    with pytest.raises(AkbError, match="nothing to ask"):
        list(instructions([clip({"domain": "Sound"})], PLAN, 1, 0))


def test_a_mixture_of_held_out_and_training_recordings_is_on_neither_side():
    held = held_out_groups(["a", "b"], 0.5, 0)
    assert len(held) == 1
    assert is_held_out("a + b", held) is None
    assert {is_held_out("a", held), is_held_out("b", held)} == {True, False}
