"""Multiple-choice questions about clips, built so that nothing but the clip tells the answer.

For every type of question each answer is right equally often, wrong options come from the same pool
in proportion, and the right option stands at every place equally often. `shortcuts` measures what a
guesser who never hears the clip could reach; the tests hold it to chance.

    items = questions_of("language", asked, pool, options=4, rng=random.Random(1))
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from akb.items import Item, won_by_highest


@dataclass(frozen=True)
class Asked:
    """A test clip and the right answer to the question that it serves."""

    clip_id: str
    answer: str
    source: str


@dataclass(frozen=True)
class Kind:
    """A type of question. options: how many are shown."""

    domain: str
    name: str
    question: str
    options: int


KINDS = {
    kind.name: kind
    for kind in (
        Kind("Sound", "sound category", "What makes the sound in this recording?", 4),
        Kind("Sound", "sound source", "What is heard in this recording?", 4),
        Kind("Sound", "order of sounds", "Which sounds are heard, and in which order?", 4),
        Kind("Sound", "count", "How many times is the sound heard?", 4),
        Kind("Sound", "louder", "The same sound is heard twice. Which one is louder?", 2),
        Kind("Music", "instrument family", "Which family does the instrument belong to?", 4),
        Kind("Music", "instrument", "Which instrument is playing?", 4),
        Kind("Music", "order of instruments", "Which instruments are heard, and in which order?", 4),
        Kind("Music", "tempo", "How fast is the music?", 3),
        Kind("Music", "mode", "Is the music in a major or in a minor key?", 2),
        Kind("Speech", "language", "Which language is spoken?", 4),
        Kind("Speech", "speaker's sex", "Who is speaking?", 2),
        Kind("Speech", "digit", "Which number is said?", 4),
        Kind("Speech", "word", "Which animal is named?", 4),
    )
}


def questions_of(
    kind: Kind, asked: Sequence[Asked], pool: Sequence[str], rng: random.Random, benchmark: str = "mini"
) -> list[Item]:
    """One item per clip, balanced over answers, wrong options and places.

    pool: the answers that wrong options are drawn from; an answer outside it (an order of two things)
    brings its own wrong options, see `orders`.
    """
    shown: Counter[str] = Counter()
    needed = Counter(one.answer for one in asked)
    places = [i % kind.options for i in range(len(asked))]
    rng.shuffle(places)
    order = list(range(len(asked)))
    rng.shuffle(order)
    items: dict[int, Item] = {}
    for number, place in zip(order, places, strict=True):
        one = asked[number]
        # The wrong options are those shown least often for how often they are right.
        rivals = [label for label in pool if label != one.answer]
        rng.shuffle(rivals)
        rivals.sort(key=lambda label: shown[label] / max(needed[label], 0.5))
        wrong = rivals[: kind.options - 1]
        shown.update(wrong)
        items[number] = _item(kind, one, wrong, place, rng, benchmark)
    return [items[number] for number in range(len(asked))]


def orders(
    kind: Kind,
    asked: Sequence[tuple[Asked, str, str]],
    pool: Sequence[str],
    rng: random.Random,
    benchmark: str = "mini",
) -> list[Item]:
    """Items whose answer is "first a, then b". The wrong options are the reverse, and both orders of two others,
    so that no word occurs in more options than another."""
    places = [i % kind.options for i in range(len(asked))]
    rng.shuffle(places)
    shown: Counter[str] = Counter()
    for _, first, second in asked:
        shown.update((first, second))
    needed = shown.copy()
    items = []
    for (one, first, second), place in zip(asked, places, strict=True):
        rivals = [label for label in pool if label not in (first, second)]
        rng.shuffle(rivals)
        rivals.sort(key=lambda label: shown[label] / max(needed[label], 0.5))
        third, fourth = rivals[:2]
        shown.update((third, fourth))
        wrong = [in_order(second, first), in_order(third, fourth), in_order(fourth, third)]
        items.append(_item(kind, one, wrong, place, rng, benchmark))
    return items


def in_order(first: str, second: str) -> str:
    """How an option names two things one after the other."""
    return f"first {first}, then {second}"


def _item(kind: Kind, one: Asked, wrong: Sequence[str], place: int, rng: random.Random, benchmark: str) -> Item:
    options = rng.sample(list(wrong), len(wrong))
    options.insert(place, one.answer)
    return Item.make(
        benchmark,
        kind.question,
        options,
        place,
        category=kind.domain,
        subcategory=kind.name,
        clip_id=one.clip_id,
        source=one.source,
        verification="program",
    )


def chance(items: Sequence[Item]) -> float:
    """The expected accuracy of a guesser who picks an option at random."""
    return sum(1 / len(item.options) for item in items) / len(items)


def shortcuts(items: Sequence[Item]) -> dict[str, float]:
    """The accuracy of guessers who never hear a clip but know the whole answer key: upper bounds.

    place: the place that is most often right in items of this type; words: the option whose things are
    most often right, per time shown, in items of this type; longest and shortest: by characters. Ties count as a
    fair draw among the tied. (Leaving the guessed item out would say 0 for a balanced set: its
    answer is then the rarest.)
    """
    scores: dict[str, list[float]] = defaultdict(list)
    for item in items:
        others = [other for other in items if other.subcategory == item.subcategory]
        places = Counter(o.answer for o in others)
        right = Counter(thing for o in others for thing in _things(o.options[o.answer]))
        shown = Counter(thing for o in others for option in o.options for thing in _things(option))
        lengths = [float(len(option)) for option in item.options]
        guesses = {
            "place": [float(places[i]) for i in range(len(item.options))],
            "words": [round(sum(right[t] / shown[t] for t in _things(option)), 9) for option in item.options],
            "longest": lengths,
            "shortest": [-length for length in lengths],
        }
        for name, values in guesses.items():
            scores[name].append(won_by_highest(values, item.answer))
    return {name: sum(values) / len(values) for name, values in scores.items()}


def _things(option: str) -> list[str]:
    """What an option names: itself, or the two things of an order."""
    return option.removeprefix("first ").split(", then ")
