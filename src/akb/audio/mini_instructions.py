"""What backbones are asked about training clips: text descriptions made of labels, and varied questions.

A description is what DeSTA calls a clip's metadata: timed events with their attributes, such as
`[00:00-00:02] (sound: a dog) (made by: an animal)`. A backbone that reads it answers the questions
(`distillation`), and learns to answer the same from the sound alone. Questions are of two sorts: free
ones ("What do you hear?") and the kinds that `questions.KINDS` lists, in several wordings, with wrong
options drawn from the same pools. Wordings and wrong options depend on the right answer, not on the clip: clips that
are described alike share their questions, and a backbone is asked once for all of them.

    rows = instructions(clips, plan, variants=2, seed=1)
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from akb.audio.mini import COUNTS, LOUDER, NAMED_INSTRUMENTS, NAMED_SOUNDS, SEXES
from akb.audio.questions import KINDS, in_order
from akb.audio.sources import Plan
from akb.errors import AkbError

FREE = (
    "What do you hear?",
    "Describe the recording in a few words.",
    "What is in this recording?",
    "Say in one short phrase what is heard.",
)

# Other wordings of the kinds of question; the benchmark's own wording comes first for each.
_WORDINGS = {
    "sound category": ("What kind of thing is it that sounds?", "Where does this sound come from?"),
    "sound source": ("Which sound is this?", "What makes this sound?"),
    "order of sounds": ("What is heard first, and what after it?",),
    "count": ("How often does the sound occur?", "Count the sound. How often is it there?"),
    "louder": ("Two sounds follow one another. Which one is the louder one?",),
    "instrument family": ("What sort of instrument is it?", "To which family belongs what is played?"),
    "instrument": ("What instrument is this?", "Name the instrument."),
    "order of instruments": ("Which instrument plays first, and which one after it?",),
    "tempo": ("What is the tempo?", "Is the music slow, medium or fast?"),
    "mode": ("Is the key major or minor?", "What is the mode of this music?"),
    "language": ("What language is this?", "In which language does the speaker talk?"),
    "speaker's sex": ("Whose voice is this, a man's or a woman's?", "Is the speaker a man or a woman?"),
    "digit": ("What number do you hear?", "Name the number that is spoken."),
    "word": ("What animal does the speaker name?", "Which animal is it that is said?"),
}


@dataclass(frozen=True)
class Fact:
    """Something that is true of a clip. kind: of `questions.KINDS`; value: as an option says it; pool: its rivals."""

    kind: str
    value: str
    pool: tuple[str, ...]


@dataclass(frozen=True)
class Instruction:
    """A row of the instructions table; see `tables.INSTRUCTIONS`. `answer` is null for a free question."""

    instruction_id: str
    clip_id: str
    group: str
    description: str
    words: str
    kind: str
    question: str
    options: tuple[str, ...]
    answer: int | None


def instructions(clips: Iterable[Mapping[str, Any]], plan: Plan, variants: int, seed: int) -> Iterator[Instruction]:
    """Instructions for training clips (rows of `tables.CLIPS`).

    variants: questions for each fact of a clip; one more question for each clip is free. Raises
    AkbError for a clip of the test split, and for one whose labels say nothing that can be asked.
    """
    for clip in clips:
        labels = json.loads(clip["labels"])
        facts = facts_of(labels, plan)
        if clip["split"] != "train" or not facts:
            fault = "a test clip among the training clips" if facts else "a clip's labels say nothing to ask about"
            raise AkbError(fault, where=f"clip {clip['clip_id']}: {clip['labels']}", remedy="build `mini` again")
        text = description(labels, plan)
        words = ", ".join(dict.fromkeys(fact.value for fact in facts))
        for kind, question, options, answer in _asked(facts, variants, seed):
            content = json.dumps([clip["clip_id"], text, question, options, answer])
            name = hashlib.sha256(content.encode()).hexdigest()[:16]
            yield Instruction(name, clip["clip_id"], clip["group"], text, words, kind, question, options, answer)


def facts_of(labels: Mapping[str, Any], plan: Plan) -> list[Fact]:
    """Everything that the labels of a clip of `mini` make true."""
    phrases = {label: phrase for label, (_, phrase) in plan["sounds"].items()}
    facts: list[Fact] = []

    def add(kind: str, value: str, pool: Iterable[str]) -> None:
        facts.append(Fact(kind, value, tuple(pool)))

    music = labels["domain"] == "Music"
    names = [event["label"] for event in labels.get("events", [])]
    if len(set(names)) == 2:
        if music:
            add("order of instruments", in_order(names[0], names[1]), NAMED_INSTRUMENTS)
        else:
            add("order of sounds", in_order(*(phrases[n] for n in names)), (phrases[n] for n in NAMED_SOUNDS))
    if labels["domain"] == "Sound" and "label" in labels:
        named = NAMED_SOUNDS if labels["label"] in NAMED_SOUNDS else tuple(phrases)
        # A synthetic sound is not in the plan: it is called by its label.
        add("sound source", phrases.get(labels["label"], labels["label"]), (phrases[n] for n in named))
        if labels["label"] in plan["sounds"]:
            family = plan["sounds"][labels["label"]][0]
            add("sound category", plan["categories"][family], plan["categories"].values())
    if "count" in labels:
        add("count", COUNTS[labels["count"]], COUNTS.values())
    if "louder" in labels:
        add("louder", LOUDER[labels["louder"]], LOUDER.values())
    if music and "instrument" in labels:
        named = NAMED_INSTRUMENTS if labels["instrument"] in NAMED_INSTRUMENTS else tuple(plan["instruments"])
        add("instrument", labels["instrument"], named)
        add("instrument family", plan["instruments"][labels["instrument"]][0], plan["families"])
    if "tempo" in labels:
        add("tempo", labels["tempo"], ("slow", "medium", "fast"))
    if "mode" in labels:
        add("mode", labels["mode"], ("major", "minor"))
    if labels["domain"] == "Speech":
        if "language" in labels:
            add("language", plan["languages"][labels["language"]], plan["languages"].values())
        if "sex" in labels:
            add("speaker's sex", SEXES[labels["sex"]], SEXES.values())
        if labels.get("label") in plan["words"]:
            kind = {"digits": "digit", "animals": "word"}[labels["label"]]
            add(kind, labels["transcript"], plan["words"][labels["label"]])
    return facts


def description(labels: Mapping[str, Any], plan: Plan) -> str:
    """The clip in words, e.g. `(instrument: harp) (family: plucked strings)`.

    Where events follow one another they stand with their times, to whole seconds: `[00:00-00:01] (sound: a dog) …`.
    A single event has none: its length answers no question, and would make alike clips differ.
    """
    phrases = {label: phrase for label, (_, phrase) in plan["sounds"].items()}
    noun = "instrument" if labels["domain"] == "Music" else "sound"
    events = labels.get("events", [])
    if len({event["label"] for event in events}) > 1:
        return " ".join(
            f"{_span(event['start'], event['end'])} ({noun}: {phrases.get(event['label'], event['label'])})"
            for event in events
        )
    named = {
        "sound source": "sound",
        "sound category": "made by",
        "count": "heard",
        "louder": "louder of the two",
        "instrument": "instrument",
        "instrument family": "family",
        "tempo": "tempo",
        "mode": "key",
        "language": "language",
        "speaker's sex": "speaker",
        "digit": "number said",
        "word": "animal named",
    }
    return " ".join(f"({named[fact.kind]}: {fact.value})" for fact in facts_of(labels, plan))


def _asked(facts: Sequence[Fact], variants: int, seed: int) -> Iterator[tuple[str, str, tuple[str, ...], int | None]]:
    everything = "; ".join(fact.value for fact in facts)
    yield "free", random.Random(f"{seed} free {everything}").choice(FREE), (), None
    for fact in facts:
        kind = KINDS[fact.kind]
        wordings = (kind.question, *_WORDINGS[fact.kind])
        for variant in range(variants):
            rng = random.Random(f"{seed} {fact.kind} {fact.value} {variant}")
            options = [*_rivals(fact, kind.options - 1, rng), fact.value]
            rng.shuffle(options)
            yield fact.kind, wordings[variant % len(wordings)], tuple(options), options.index(fact.value)


def _rivals(fact: Fact, count: int, rng: random.Random) -> list[str]:
    if not fact.kind.startswith("order"):
        return rng.sample([value for value in fact.pool if value != fact.value], count)
    first, second = fact.value.removeprefix("first ").split(", then ")
    third, fourth = rng.sample([value for value in fact.pool if value not in (first, second)], 2)
    return [in_order(second, first), in_order(third, fourth), in_order(fourth, third)][:count]


def _span(start: float, end: float) -> str:
    first, last = int(start), max(round(end), int(start) + 1)
    return f"[{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}]"
