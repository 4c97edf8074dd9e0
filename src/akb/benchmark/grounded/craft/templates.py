"""How a module of grounded questions is written: templates that sketch, predicates that prove.

A template yields sketches: a stem, the right option, wrong ones that typical errors lead to, and
what a predicate needs to decide anew which is which. `Templates` turns sketches into candidates. A
wrong option that the predicate accepts, because an error happens to lead to the truth, is left out;
a right option that it refuses is a fault of ours and raises. A predicate that no template uses any more stays, for
it proves questions of an earlier version.

    music = Templates("intervals_pitch", "music21 interval arithmetic")
    GENERATORS, CHECKS = music.generators, music.checks
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from akb.benchmark.candidates import Candidate, Generator, Predicate
from akb.benchmark.grounded.craft.crossed import crossed, is_number
from akb.benchmark.grounded.craft.measures import apart
from akb.benchmark.grounded.craft.tiers import tier_of


@dataclass(frozen=True)
class Sketch:
    """A question before its options are chosen.

    wrong: three or more plausible wrong options; which three are shown is drawn by lot. Of numbers they are mistakes
    that are crossed (`craft.crossed`), so that the right one has each rank equally often.
    args: what the predicate is given. why: one line that explains the answer.
    """

    stem: str
    answer: str
    wrong: Sequence[str]
    args: Mapping[str, Any]
    why: str = ""

    @staticmethod
    def of(stem: str, options: Sequence[str], args: Mapping[str, Any], why: str = "") -> Sketch:
        """A sketch from options of which the first is right."""
        return Sketch(stem, options[0], options[1:], args, why)


Sketcher = Callable[[Random], Iterator[Sketch]]

# Sketches looked at before a template is held to be exhausted, per candidate wanted.
PATIENCE = 30


class Templates:
    """The templates and predicates of one subcategory; names are `<subcategory>.<function>`.

    skill: of all its questions; without it those whose options are numbers are computation, the others symbolic.
    """

    def __init__(self, subcategory: str, source: str, skill: str = "") -> None:
        self.subcategory, self.source, self.skill = subcategory, source, skill
        self.generators: dict[str, Generator] = {}
        self.checks: dict[str, Predicate] = {}

    def check(self, predicate: Predicate) -> Predicate:
        """Register a predicate under `<subcategory>.<its name>`."""
        self.checks[f"{self.subcategory}.{predicate.__name__}"] = predicate
        return predicate

    def template(
        self,
        check: Predicate,
        *,
        limit: int = 40,
        source: str | None = None,
        skill: str = "",
        tier: str = "",
    ) -> Callable[[Sketcher], Sketcher]:
        """Register a sketcher as a template that yields at most `limit` candidates.

        A sketcher may repeat itself or never end: what has been asked before is passed over.
        """

        def register(sketcher: Sketcher) -> Sketcher:
            name = f"{self.subcategory}.{sketcher.__name__}"
            proof_of = f"{self.subcategory}.{check.__name__}"

            def generate(seed: int) -> Iterator[Candidate]:
                rng = Random(f"{seed} {name}")
                asked: set[str] = set()
                ranks: Counter[int] = Counter()
                for sketch in islice(sketcher(rng), PATIENCE * limit):
                    proof = json.dumps({"check": proof_of, "args": dict(sketch.args)}, ensure_ascii=False)
                    # The same arguments in other words are the same question.
                    if proof in asked or len(wrong := _distractors(sketch, check, rng, name, ranks)) < 3:
                        continue
                    asked.add(proof)
                    yield Candidate(
                        subcategory=self.subcategory,
                        question=with_articles(sketch.stem),
                        answer=sketch.answer,
                        distractors=wrong,
                        template=name,
                        source=source or self.source,
                        rationale=sketch.why,
                        proof=proof,
                        verification="program",
                        skill=skill or self.skill or ("computation" if is_number(sketch.answer) else "symbolic"),
                        tier=tier or tier_of(name),
                    )
                    if len(asked) >= limit:
                        return

            self.generators[name] = generate
            return sketcher

        return register


def _distractors(sketch: Sketch, check: Predicate, rng: Random, name: str, ranks: Counter[int]) -> tuple[str, ...]:
    """Up to three wrong options, drawn by lot from those that are distinct and refused by the predicate.

    ranks: how often the right number of this template has stood at each rank; the drawn one is counted.
    """
    if not check(sketch.args, sketch.answer):
        raise ValueError(f"{name}: {sketch.answer!r} is not proven for {sketch.stem!r} with {dict(sketch.args)}")
    distinct = {option.casefold(): option for option in reversed(sketch.wrong)}
    distinct.pop(sketch.answer.casefold(), None)
    refused = apart(option for option in reversed(distinct.values()) if not check(sketch.args, option))
    if is_number(sketch.answer) and refused and all(map(is_number, refused)):
        return _numbers(sketch, refused, check, rng, ranks)
    chosen = rng.sample(refused, min(3, len(refused)))
    # The right option should not stand out by its length more often than by chance.
    long = [option for option in refused if len(option) >= len(sketch.answer)]
    if long and len(sketch.answer) > max(map(len, chosen)) and rng.random() < 0.6:
        chosen[0] = rng.choice(long)
    return tuple(chosen)


def _numbers(
    sketch: Sketch, mistakes: Sequence[str], check: Predicate, rng: Random, ranks: Counter[int]
) -> tuple[str, ...]:
    """Three wrong numbers beside which the right one has a rank that it has had seldom; none if there are none."""
    least = min(ranks[rank] for rank in range(4))
    for rank in sorted(rng.sample(range(4), 4), key=lambda r: ranks[r]):
        if ranks[rank] > least + 1:
            break
        for wrong in crossed(sketch.answer, mistakes, rank, rng):
            if len(apart((sketch.answer, *wrong))) == 4 and not any(check(sketch.args, w) for w in wrong):
                ranks[rank] += 1
                return tuple(rng.sample(wrong, 3))
    return ()


def with_articles(stem: str) -> str:
    """The stem with "an" before what is spoken with a vowel first: an 8 kHz file, an E♭, an AAC file, an “n”."""
    return re.sub(r"(?:(?<=\ba)|(?<=^A)) (?=8|1[18](?!\d)|[AEF](?![a-zA-Z])|AAC|MP3|Opus|“[aefhilmnorsx]”)", "n ", stem)
