"""Grounded questions on what happens where two words meet in running speech, proven with CMUdict.

list(GENERATORS["connected_speech.same_stream"](0))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import frequencies
from akb.benchmark.grounded.speech.pronunciations import Phones, is_settled, is_vowel
from akb.benchmark.grounded.speech.sure_words import could_be, is_rank, sounds, spelled

running = Templates("connected_speech", "CMUdict", skill="inference")
GENERATORS, CHECKS = running.generators, running.checks

KNOWN = 3.6
LABIAL, VELAR, ALVEOLAR = ("P", "B", "M"), ("K", "G"), ("T", "D", "N")


@cache
def _single() -> dict[Phones, str]:
    """Known words of one syllable by their sounds."""
    return {p: w for p, w in spelled().items() if sum(map(is_vowel, p)) == 1 and frequencies()[w] >= KNOWN}


def _stream(phrase: str) -> Phones:
    return tuple(p for word in phrase.split() for p in sounds(word))


@running.check
def same_sounds(args: Mapping[str, Any], option: str) -> bool:
    """Whether both phrases, as in "my train – might rain", are the same sounds in the same order."""
    one, other = option.split(" – ")
    return could_be(_stream(one), _stream(other))


# Consonants that are close and yet told apart at any boundary; /s/ and /z/ only before a vowel or a sonorant.
_CLOSE = {
    "S": ("SH",), "SH": ("S", "CH"), "CH": ("SH", "T"), "T": ("CH", "K", "P"), "K": ("T", "CH", "P"),
    "P": ("T", "K", "F"), "F": ("P", "V"), "M": ("N",), "N": ("M", "NG"), "L": ("R",),
    "Z": ("JH",), "B": ("D", "V"), "D": ("B", "G"), "G": ("D", "JH"), "V": ("B", "F"), "JH": ("G", "Z"),
}  # fmt: skip
_SONORANT = frozenset({"L", "M", "N", "W", "R"})


@cache
def _moved_boundaries() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs of phrases that are one chain of sounds; and pairs that would be, but for the consonant at the boundary."""
    known = _single()
    longer: dict[Phones, dict[str, str]] = defaultdict(dict)  # my: {T: might}
    later: dict[Phones, dict[str, str]] = defaultdict(dict)  # rain: {T: train}
    for phones, word in known.items():
        if phones[:-1] in known:
            longer[phones[:-1]][phones[-1]] = word
        if phones[1:] in known and len(phones) > 2:
            later[phones[1:]][phones[0]] = word
    right, wrong = [], []
    for base, ends in longer.items():
        for rest, begins in later.items():
            for x in ends:
                for y in begins:
                    pair = (f"{known[base]} {begins[y]}", f"{ends[x]} {known[rest]}")
                    # A /t/ or /d/ between vowels tells by its flap, in America, where the boundary lies.
                    if x == y and not (x in {"T", "D"} and is_vowel(base[-1])):
                        right.append(pair)
                    elif y in _CLOSE.get(x, ()) or (
                        {x, y} == {"S", "Z"} and (is_vowel(rest[0]) or rest[0] in _SONORANT)
                    ):
                        wrong.append(pair)
    return sorted(right), sorted(wrong)


@running.template(same_sounds, limit=40, tier="hard")
def same_stream(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which two phrases are the same phonemes in the same order, with only the word boundary moved?",
        "In which pair do both phrases consist of the same phonemes in the same order?",
        "Run together, the phrases of one pair are the same chain of phonemes. Which pair?",
    )
    right, wrong = (list(pairs) for pairs in _moved_boundaries())
    rng.shuffle(right)
    used: Counter[str] = Counter()
    for pair in right:
        rank = rng.randrange(4)
        drawn = [[pair, *rng.sample(wrong, 3)] for _ in range(30)]
        shown = next((d for d in drawn if is_rank(["".join(p) for p in d], rank)), drawn[0])
        words = [w for p in shown for phrase in p for w in phrase.split()]
        if max(used[w] for w in words) < 2 and len(set(words)) == 16:
            used.update(words)
            options = [" – ".join(rng.sample(p, 2)) for p in shown]
            yield Sketch.of(rng.choice(stems), options, {"shown": options})


def _moves(phrase: str) -> bool:
    """Whether the first word ends in /t d n/ before a labial or velar: Cruttenden (2014), Gimson's Pronunciation."""
    one, other = phrase.split()
    return sounds(one)[-1] in ALVEOLAR and sounds(other)[0] in LABIAL + VELAR


def _plain_seam(phrase: str) -> bool:
    """Whether no other change is to be expected: no dental, palatal or /r/ follows, no sibilant, no cluster precedes."""
    one, other = phrase.split()
    begin, end = sounds(other)[0], sounds(one)[-2:]
    return (
        (is_vowel(begin) or begin in {*LABIAL, *VELAR, "T", "D", "N", "S", "L", "HH"})
        and end[1] in {*ALVEOLAR, *LABIAL, *VELAR, "NG", "L", "F"}
        and is_vowel(end[0])
    )


# By whether the first and the second phrase of a line has the property.
_WHERE = {
    (True, True): "in both phrases",
    (True, False): "in the first phrase only",
    (False, True): "in the second phrase only",
    (False, False): "in neither phrase",
}


@running.check
def assimilates(args: Mapping[str, Any], option: str) -> bool:
    one, other = option.split(", ")
    return bool(_WHERE[_moves(one), _moves(other)] == args["where"])


@running.check
def doubles(args: Mapping[str, Any], option: str) -> bool:
    one, other = (sounds(a)[-1] == sounds(b)[0] for a, b in (p.split() for p in option.split(", ")))
    return bool(_WHERE[one, other] == args["where"])


def _lines(draw: Callable[[bool], str], rng: Random) -> tuple[str, list[str]]:
    """What is asked for, and four lines of two phrases of which the first has it: all four cases occur."""
    cases = rng.sample(sorted(_WHERE), 4)
    return _WHERE[cases[0]], [f"{draw(a)}, {draw(b)}" for a, b in cases]


@running.template(assimilates, limit=40, tier="hard")
def places_assimilated(rng: Random) -> Iterator[Sketch]:
    stems = (
        "A word-final alveolar stop or nasal (/t d n/) may take the place of a bilabial or velar after it. "
        "In which line can this happen {}?",
        "Assimilation may move a word-final /t/, /d/ or /n/ to the place of a bilabial or velar that follows. "
        "In which line can it do so {}?",
    )
    listed = [w for w in _single().values() if len(sounds(w)) > 2]

    def draw(wanted: bool) -> str:
        while True:
            phrase = " ".join(rng.sample(listed, 2))
            one, other = phrase.split()
            end, begin = sounds(one)[-1], sounds(other)[0]
            # One condition of the two is met in any case, and letters hide a sound.
            hides = one.rstrip("e")[-1].upper() != end or other[0].upper() != begin
            if (
                _plain_seam(phrase)
                and _moves(phrase) == wanted
                and (end in ALVEOLAR or begin in LABIAL + VELAR)
                and hides
            ):
                return phrase

    while True:
        where, options = _lines(draw, rng)
        yield Sketch.of(rng.choice(stems).format(where), options, {"where": where, "shown": options})


@running.template(doubles, limit=40, tier="hard")
def doubled_consonant(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Where one phoneme ends a word and begins the next, it is held as one long consonant, a geminate. "
        "In which line does this happen {}?",
        "The same consonant phoneme ends one word and begins the next. In which line is this so {}?",
    )
    close = {"S": "Z", "Z": "S", "T": "TH", "TH": "T", "K": "CH", "F": "P", "P": "F", "N": "NG", "V": "F", "G": "JH", "JH": "G"}  # fmt: skip
    # Many begin tree and dream with an affricate.
    listed = [w for w in _single().values() if len(sounds(w)) > 2 and sounds(w)[:2] not in {("T", "R"), ("D", "R")}]
    ends: dict[str, list[str]] = defaultdict(list)
    begins: dict[str, list[str]] = defaultdict(list)
    for word in listed:
        ends[sounds(word)[-1]].append(word)
        begins[sounds(word)[0]].append(word)
    equal = ["S", "Z", "T", "K", "F", "P", "N", "M", "G", "S", "K", "N", "F"]
    unequal = [(a, b) for a, b in close.items() if ends[a] and begins[b]]
    used: Counter[str] = Counter()

    def draw(wanted: bool) -> str:
        while True:
            x = rng.choice(equal)
            a, b = (x, x) if wanted else rng.choice(unequal)
            one, other = rng.choice(ends[a]), rng.choice(begins[b])
            # The letters say the opposite.
            if (one.rstrip("e")[-1] == other[0]) != wanted and one != other and max(used[one], used[other]) < 4:
                used.update([one, other])
                return f"{one} {other}"

    while True:
        where, options = _lines(draw, rng)
        yield Sketch.of(rng.choice(stems).format(where), options, {"where": where, "shown": options})


SURE = {
    "connected_speech.same_sounds": lambda args, option: (
        all(is_settled(w) for w in option.replace(" – ", " ").split())
        and len({_stream(p) for p in option.split(" – ")}) == 1
    ),
    "connected_speech.assimilates": lambda args, option: all(
        _plain_seam(p) and all(map(is_settled, p.split())) for line in args["shown"] for p in line.split(", ")
    ),
    "connected_speech.doubles": lambda args, option: all(
        is_settled(w) for line in args["shown"] for w in line.replace(",", "").split()
    ),
}
