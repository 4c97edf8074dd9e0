"""Grounded questions on changed voices: what processing does to pitch, to formants and to tempo, step after step.

A step multiplies each of the three by a factor. Pitch is the vocal folds' rate; formants, scaled together, tell the
length of the vocal tract, so how large a speaker sounds. (Fant 1960, Acoustic Theory of Speech Production: source and
filter are independent. Of helium: Beil 1962, JASA 34: formants rise, the folds keep their rate.)

    changed(["tape 3/2", "stretch 3/2"])  ->  (3/2, 3/2, 1)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, permutations, zip_longest
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates

VOICES = Templates(
    "speaker_sex_physiology", "source and filter: factors of pitch, formants and tempo", skill="inference"
)
GENERATORS, CHECKS = VOICES.generators, VOICES.checks

ONE = Fraction(1)
_UP, _DOWN = Fraction(3, 2), Fraction(2, 3)

# By step: the factors of pitch, formants and tempo, and its words. Only these ratios, so that steps cancel or clearly do not.
STEPS: Mapping[str, tuple[tuple[Fraction, Fraction, Fraction], tuple[str, ...]]] = {
    "tape up": ((_UP, _UP, _UP), ("the tape is run at 1.5 times its speed", "the file is played at 1.5 times its sampling rate")),
    "tape down": ((_DOWN, _DOWN, _DOWN), ("the tape is slowed to two thirds of its speed", "a 48 kHz file is played as if it were 32 kHz")),
    "stretch": ((ONE, ONE, _DOWN), ("a time stretcher makes it half as long again, pitch kept", "pitch periods are repeated until the voice lasts half as long again")),
    "squeeze": ((ONE, ONE, _UP), ("a time stretcher shortens it to two thirds, pitch kept", "every third pitch period of the voice is cut out")),
    "pitch up": ((_UP, ONE, ONE), ("the pitch is shifted up a fifth with formants preserved", "the singer goes up a fifth in the same voice")),
    "pitch down": ((_DOWN, ONE, ONE), ("the pitch is shifted down a fifth with formants preserved", "the singer goes down a fifth in the same voice")),
    "both up": ((_UP, _UP, ONE), ("pitch and formants together are transposed up a fifth, timing kept", "a pitch shifter without formant correction raises it a fifth at the same tempo")),
    "both down": ((_DOWN, _DOWN, ONE), ("pitch and formants together are transposed down a fifth, timing kept", "a pitch shifter without formant correction lowers it a fifth at the same tempo")),
    "formants up": ((ONE, _UP, ONE), ("a formant shifter multiplies all formants by 1.5", "the speaker has breathed a helium mixture that raises resonances by half")),
    "formants down": ((ONE, _DOWN, ONE), ("a formant shifter multiplies all formants by 2/3",)),
}  # fmt: skip
# What must be the first: it happens to the speaker.
_AT_THE_SOURCE = ("the singer goes", "the speaker has")

_SHORT = {
    "tape up": "a faster tape",
    "tape down": "a slower tape",
    "stretch": "a stretch to 3/2 of its length, pitch kept",
    "squeeze": "a squeeze to 2/3 of its length, pitch kept",
    "pitch up": "pitch alone up",
    "pitch down": "pitch alone down",
    "both up": "pitch and formants up, timing kept",
    "both down": "pitch and formants down, timing kept",
    "formants up": "formants alone up",
    "formants down": "formants alone down",
}

_PITCH = ("a lower pitch", "the same pitch", "a higher pitch")
_SIZE = ("a larger-sounding speaker", "a speaker of the same size", "a smaller-sounding speaker")
_TEMPO = ("a slower tempo", "the same tempo", "a faster tempo")


def changed(steps: Sequence[str]) -> tuple[Fraction, Fraction, Fraction]:
    """The factors of pitch, formants and tempo after all steps."""
    pitch = formants = tempo = ONE
    for step in steps:
        (p, f, t), _ = STEPS[step]
        pitch, formants, tempo = pitch * p, formants * f, tempo * t
    return pitch, formants, tempo


def _way(factor: Fraction) -> int:
    """0: down, 1: as it was, 2: up."""
    return 1 + (factor > 1) - (factor < 1)


def heard(ways: Sequence[int]) -> str:
    """An option, such as "A higher pitch, a speaker of the same size, a slower tempo"."""
    text = ", ".join(names[way] for names, way in zip((_PITCH, _SIZE, _TEMPO), ways, strict=True))
    return text[0].upper() + text[1:]


@VOICES.check
def sounds_so(args: Mapping[str, Any], option: str) -> bool:
    """The option is what the factors of the steps come to."""
    return option == heard([_way(f) for f in changed(args["steps"])])


@VOICES.check
def makes_so(args: Mapping[str, Any], option: str) -> bool:
    """The two steps that the option names change pitch, size and tempo in these ways."""
    step = {short: name for name, short in _SHORT.items()}
    first, _, second = (option[0].lower() + option[1:]).partition(", then ")
    ways: list[int] = args["ways"]
    return [_way(f) for f in changed([step[first], step[second]])] == ways


def _chains(length: int) -> dict[tuple[int, ...], list[tuple[str, ...]]]:
    """By what they come to: chains of different steps of which none undoes the one before it."""
    found: dict[tuple[int, ...], list[tuple[str, ...]]] = {}
    for chain in permutations(STEPS, length):
        if all(changed(pair) != (ONE, ONE, ONE) for pair in pairwise(chain)):
            found.setdefault(tuple(_way(f) for f in changed(chain)), []).append(chain)
    return found


def _in_turn(rng: Random, length: int) -> Iterator[tuple[str, ...]]:
    """Chains by lot, each outcome once before any again, so that no outcome is right more often than another."""
    chains = _chains(length)
    for group in chains.values():
        rng.shuffle(group)
    for row in zip_longest(*chains.values()):
        listed = [chain for chain in row if chain is not None]
        yield from rng.sample(listed, len(listed))


def _slips(rng: Random, ways: Sequence[int]) -> list[list[int]]:
    """Two of the three misjudged, each or both: from any of the four the other three lie alike."""
    one, other = rng.sample(range(3), 2)
    slip = {place: rng.choice([w for w in range(3) if w != ways[place]]) for place in (one, other)}
    return [
        [slip[k] if k in missed else way for k, way in enumerate(ways)] for missed in ((one,), (other,), (one, other))
    ]


@VOICES.template(sounds_so, tier="hard", limit=48)
def voice_after_steps(rng: Random) -> Iterator[Sketch]:
    stems = (
        "A voice is changed in three steps: {}; {}; {}. What does a listener hear, compared with the start?",
        "First {}; next {}; last {}. How does the voice now compare with what it was?",
        "To a recorded voice this is done in turn: {}; {}; {}. What comes out, next to the original?",
    )
    for chain in _in_turn(rng, 3):
        ways = [_way(f) for f in changed(chain)]
        # What happens to the speaker can only come first.
        words = [
            rng.choice([text for text in STEPS[step][1] if place == 0 or not text.startswith(_AT_THE_SOURCE)])
            for place, step in enumerate(chain)
        ]
        stem = stems[1] if words[0].startswith(_AT_THE_SOURCE) else rng.choice(stems)
        wrong = [heard(slipped) for slipped in _slips(rng, ways)]
        yield Sketch(stem.format(*words), heard(ways), wrong, {"steps": list(chain)})


@VOICES.template(makes_so, tier="hard", limit=48)
def steps_to_a_voice(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Every change is by the ratio 3:2. Which two steps give a recorded voice {}, next to the original?",
        "Each step changes what it changes by the ratio 3:2. After which two has a voice {}, compared with before?",
    )
    for chain in _in_turn(rng, 2):
        ways = [_way(f) for f in changed(chain)]
        others = [[s for s in STEPS if s not in chain] for _ in chain]
        first, second = rng.choice(others[0]), rng.choice(others[1])
        pairs = [(chain[0], second), (first, chain[1]), (first, second)]
        if first == second or any([_way(f) for f in changed(pair)] == ways for pair in pairs):
            continue
        if any(changed(pair) == (ONE, ONE, ONE) for pair in pairs):
            continue
        answer, *wrong = (f"{_SHORT[a]}, then {_SHORT[b]}" for a, b in (chain, *pairs))
        wanted = heard(ways)
        yield Sketch(
            rng.choice(stems).format(wanted[0].lower() + wanted[1:]),
            answer[0].upper() + answer[1:],
            [w[0].upper() + w[1:] for w in wrong],
            {"ways": ways},
        )
