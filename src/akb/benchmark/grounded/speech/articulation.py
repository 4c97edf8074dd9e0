"""Grounded questions on articulation: place, manner and voicing of sounds, alone and in words.

Consonants are described as the IPA chart does; voicing, nasality, laterality and stricture of every
symbol are checked against panphon's features (`disagreements`), words against CMUdict.

    list(GENERATORS["articulation.describe"](0))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import (
    bare,
    broad,
    is_settled,
    is_single,
    is_vowel,
    plain,
    pronunciations,
    syllable_count,
)

articulation = Templates("articulation", "IPA chart, checked against panphon; CMUdict", skill="symbolic")
GENERATORS, CHECKS = articulation.generators, articulation.checks

KNOWN = 3.6


class Sound(NamedTuple):
    """A consonant as the IPA chart describes it."""

    voicing: str
    place: str
    manner: str


_PLACES = (
    "bilabial", "labiodental", "dental", "alveolar", "postalveolar", "retroflex", "palatal", "velar", "uvular",
    "pharyngeal", "glottal",
)  # fmt: skip
# Rows of the IPA chart: voiceless and voiced symbol at each place.
_CHART = {
    "plosive": {"bilabial": "pb", "alveolar": "td", "retroflex": "ʈɖ", "palatal": "cɟ", "velar": "kɡ", "uvular": "qɢ"},
    "nasal": {"bilabial": " m", "labiodental": " ɱ", "alveolar": " n", "retroflex": " ɳ", "palatal": " ɲ", "velar": " ŋ", "uvular": " ɴ"},
    "trill": {"bilabial": " ʙ", "alveolar": " r", "uvular": " ʀ"},
    "tap": {"alveolar": " ɾ", "retroflex": " ɽ"},
    "fricative": {
        "bilabial": "ɸβ", "labiodental": "fv", "dental": "θð", "alveolar": "sz", "postalveolar": "ʃʒ", "retroflex": "ʂʐ",
        "palatal": "çʝ", "velar": "xɣ", "uvular": "χʁ", "pharyngeal": "ħʕ",
    },
    "approximant": {"labiodental": " ʋ", "alveolar": " ɹ", "retroflex": " ɻ", "palatal": " j", "velar": " ɰ"},
    "lateral approximant": {"alveolar": " l", "retroflex": " ɭ", "palatal": " ʎ", "velar": " ʟ"},
    "lateral fricative": {"alveolar": "ɬɮ"},
}  # fmt: skip
CONSONANTS = {
    symbol: Sound(voicing, place, manner)
    for manner, row in _CHART.items()
    for place, pair in row.items()
    for voicing, symbol in zip(("voiceless", "voiced"), pair, strict=True)
    if symbol != " "
}
# English consonants of CMUdict. /h/ and /w/ are left out: their place is disputed.
ENGLISH = {
    "P": "p", "B": "b", "T": "t", "D": "d", "K": "k", "G": "ɡ", "M": "m", "N": "n", "NG": "ŋ", "F": "f", "V": "v",
    "TH": "θ", "DH": "ð", "S": "s", "Z": "z", "SH": "ʃ", "ZH": "ʒ", "L": "l", "Y": "j",
}  # fmt: skip
# Sounds that books class in several ways: [ʕ] as an approximant, [ɹ] as alveolar or postalveolar; and /r/, which
# between slashes may be the English one.
_DISPUTED = frozenset("ʕɹr")
AFFRICATES = {"CH": Sound("voiceless", "postalveolar", "affricate"), "JH": Sound("voiced", "postalveolar", "affricate")}


def of_phone(phone: str) -> Sound | None:
    """The description of a CMUdict consonant; None for vowels, /r/, /h/ and /w/."""
    name = plain(phone)
    return AFFRICATES.get(name) or (CONSONANTS[ENGLISH[name]] if name in ENGLISH else None)


@cache
def disagreements() -> list[str]:
    """Symbols whose chart description contradicts panphon's features, with the feature."""
    import panphon

    table = panphon.FeatureTable()
    found = []
    for symbol, sound in CONSONANTS.items():
        features = table.word_fts(symbol)[0]
        expected = {
            "voi": 1 if sound.voicing == "voiced" else -1,
            "nas": 1 if sound.manner == "nasal" else -1,
            "lat": 1 if "lateral" in sound.manner else -1,
            "cont": -1 if sound.manner in {"plosive", "nasal"} else 1,
            "son": -1 if sound.manner in {"plosive", "fricative", "lateral fricative"} else 1,
            "lab": 1 if sound.place in {"bilabial", "labiodental"} else -1,
        }
        found += [f"{symbol} {name}" for name, value in expected.items() if features[name] != value]
    return found


def name_of(sound: Sound) -> str:
    return f"{sound.voicing} {sound.place} {sound.manner}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


@articulation.check
def is_described(args: Mapping[str, Any], option: str) -> bool:
    """option: /symbol/."""
    return name_of(CONSONANTS[option.strip("/")]) == str(args["name"])


@articulation.check
def describes(args: Mapping[str, Any], option: str) -> bool:
    return name_of(CONSONANTS[args["symbol"]]) == option.partition(" ")[2]


@articulation.check
def differs_only(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option differs from args' symbol in the named respect and in no other."""
    one, other = CONSONANTS[args["symbol"]], CONSONANTS[option.strip("/")]
    return [f for f in Sound._fields if getattr(one, f) != getattr(other, f)] == [args["respect"]]


@articulation.check
def stands_apart(args: Mapping[str, Any], option: str) -> bool:
    """Whether the other symbols of the group share place, manner or voicing (as named), and the option does not."""
    others = {getattr(CONSONANTS[s], args["respect"]) for s in args["group"] if f"/{s}/" != option}
    return len(others) == 1 and getattr(CONSONANTS[option.strip("/")], args["respect"]) not in others


@articulation.check
def word_edge(args: Mapping[str, Any], option: str) -> bool:
    """Whether the word begins (at 0) or ends (at -1) with a sound of the named class, in any pronunciation."""
    return any(_fits(p[args["at"]], args) for p in pronunciations(option))


def _fits(phone: str, args: Mapping[str, Any]) -> bool:
    sound = of_phone(phone)
    return sound is not None and all(getattr(sound, f) == args[f] for f in Sound._fields if f in args)


@articulation.check
def edge_difference(args: Mapping[str, Any], option: str) -> bool:
    one, other = (of_phone(pronunciations(args[w])[0][args["at"]]) for w in ("one", "other"))
    return option in {RESPECTS[f] for f in Sound._fields if getattr(one, f) != getattr(other, f)}


RESPECTS = {"voicing": "Voicing", "place": "Place of articulation", "manner": "Manner of articulation"}

# Vowels by height and backness, where descriptions of all accents agree.
VOWELS = {"high front": {"IY"}, "high back": {"UW"}, "low front": {"AE"}}
# Neither right nor surely wrong: diphthongs that begin or end near such a vowel, and vowels that come near it in
# some accents, as in "crew" (California), "cup" (the north of England) and "card" (Boston).
_NEAR = {
    "high front": {"AY", "EY", "OY", "UW"},
    "high back": {"AW", "OW", "AH"},
    "low front": {"AW", "AY", "AA"},
}


@articulation.check
def vowel_class(args: Mapping[str, Any], option: str) -> bool:
    wanted = {broad((v + "1",))[0] for v in VOWELS[args["class"]]}
    return any(set(broad(p)) & wanted for p in pronunciations(option))


SURE = {
    "articulation.word_edge": lambda args, option: (
        is_single(option) and all(_fits(p[args["at"]], args) for p in pronunciations(option))
    ),
    "articulation.edge_difference": lambda args, option: is_single(args["one"]) and is_single(args["other"]),
    "articulation.vowel_class": lambda args, option: (
        is_settled(option) and any(plain(x) in VOWELS[args["class"]] for x in pronunciations(option)[0])
    ),
}


@articulation.template(is_described, limit=60)
def symbol_for(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these sounds is {}?",
        "Which IPA symbol stands for {}?",
        "A language has {} among its phonemes. Which symbol stands for it?",
    )
    symbols = list(CONSONANTS)
    rng.shuffle(symbols)
    for symbol in symbols:
        name = name_of(CONSONANTS[symbol])
        wrong = [f"/{s}/" for s in _near(symbol, rng)]
        yield Sketch(rng.choice(stems).format(_a(name)), f"/{symbol}/", wrong, {"name": name})


def _near(symbol: str, rng: Random) -> list[str]:
    """Symbols that share two of three properties with this one; at least three."""
    sound = CONSONANTS[symbol]
    alike = [
        s for s in CONSONANTS if s != symbol and sum(a == b for a, b in zip(CONSONANTS[s], sound, strict=True)) == 2
    ]
    return rng.sample(alike, min(4, len(alike)))


@articulation.template(describes, limit=60)
def describe(rng: Random) -> Iterator[Sketch]:
    stems = (
        "How is the consonant /{}/ described?",
        "What kind of sound does the IPA symbol [{}] stand for?",
        "Which description fits the sound /{}/?",
    )
    symbols = list(CONSONANTS)
    rng.shuffle(symbols)
    for symbol in symbols:
        names = [name_of(CONSONANTS[s]) for s in _near(symbol, rng)]
        wrong = [_a(n).capitalize() for n in names]
        yield Sketch(
            rng.choice(stems).format(symbol), _a(name_of(CONSONANTS[symbol])).capitalize(), wrong, {"symbol": symbol}
        )


@articulation.template(differs_only, limit=60)
def counterpart(rng: Random) -> Iterator[Sketch]:
    stems = {
        "voicing": ("Which sound differs from /{}/ in voicing alone?", "Switch the vocal folds' vibration on or off during /{}/. Which sound results?"),
        "place": ("Which sound shares voicing and manner with /{}/, but not the place of articulation?", "Which of these differs from /{}/ in nothing but the place of articulation?"),
        "manner": ("Which sound is made with the voicing and at the place of /{}/, but in another manner?", "Which of these differs from /{}/ in manner of articulation only?"),
    }  # fmt: skip
    while True:
        symbol, respect = rng.choice(sorted(CONSONANTS)), rng.choice(sorted(stems))
        args = {"symbol": symbol, "respect": respect}
        near = [
            s
            for s in CONSONANTS
            if s != symbol
            and sum(a == b for a, b in zip(CONSONANTS[s], CONSONANTS[symbol], strict=True)) >= 1
            and not _lateral_apart(CONSONANTS[s].manner, CONSONANTS[symbol].manner)
        ]
        right = [s for s in near if differs_only(args, s)]
        wrong = [f"/{s}/" for s in near if s not in _DISPUTED and not differs_only(args, s)]
        right = [s for s in right if s not in _DISPUTED]
        if symbol not in _DISPUTED and right and len(wrong) >= 3:
            stem = rng.choice(stems[respect]).format(symbol)
            yield Sketch(stem, f"/{rng.choice(right)}/", rng.sample(wrong, 3), args)


def _lateral_apart(one: str, other: str) -> bool:
    """Whether two manners differ in laterality alone, so that some would call them one manner."""
    return one != other and one.removeprefix("lateral ") == other.removeprefix("lateral ")


@articulation.template(stands_apart, limit=60)
def odd_sound(rng: Random) -> Iterator[Sketch]:
    stems = {
        "voicing": ("Three of these consonants agree in voicing. Which one does not?", "Which of these sounds differs from the others in whether the vocal folds vibrate?"),
        "place": ("Three of these consonants are made at the same place of articulation. Which one is not?", "Which of these sounds is articulated at another place than the other three?"),
        "manner": ("Three of these consonants share their manner of articulation. Which one does not?", "By manner of articulation, which of these sounds is the odd one out?"),
    }  # fmt: skip
    while True:
        respect = rng.choice(sorted(stems))
        symbols = sorted(ENGLISH.values()) if rng.random() < 0.5 else sorted(CONSONANTS)
        if respect == "place":
            # English /r/ is made somewhat behind the others of its place.
            symbols = [s for s in symbols if s not in {"r", "ɹ"}]
        value = getattr(CONSONANTS[rng.choice(symbols)], respect)
        same = [s for s in symbols if getattr(CONSONANTS[s], respect) == value]
        odd = [s for s in symbols if getattr(CONSONANTS[s], respect) != value and "lateral" not in CONSONANTS[s].manner]
        if len(same) < 3:
            continue
        group = [rng.choice(odd), *rng.sample(same, 3)]
        # The odd one must not be odd in a more striking way: it shares all else with one of the others.
        others = [f for f in Sound._fields if f != respect]
        if not any(
            all(getattr(CONSONANTS[group[0]], f) == getattr(CONSONANTS[s], f) for f in others) for s in group[1:]
        ):
            continue
        options = [f"/{s}/" for s in group]
        yield Sketch(rng.choice(stems[respect]), options[0], options[1:], {"respect": respect, "group": sorted(group)})


@cache
def _words() -> tuple[str, ...]:
    known = [w for w in common_words(KNOWN) if is_single(w) and syllable_count(pronunciations(w)[0]) <= 2]
    # Many speakers begin "tree" and "dream" with an affricate.
    return tuple(w for w in known if bare(pronunciations(w)[0])[:2] not in {("T", "R"), ("D", "R")})


@articulation.template(word_edge, limit=60)
def word_with(rng: Random) -> Iterator[Sketch]:
    stems = {
        0: ("Which of these words begins with {}?", "In which word is the first sound {}?", "Spoken aloud, which word starts with {}?"),
        -1: ("Which of these words ends with {}?", "In which word is the last sound {}?", "Spoken aloud, which word ends in {}?"),
    }  # fmt: skip
    used: Counter[str] = Counter()
    while True:
        at = rng.choice((0, -1))
        word = rng.choice(_words())
        sound = of_phone(pronunciations(word)[0][at])
        if sound is None or is_vowel(pronunciations(word)[0][at]):
            continue
        shown = rng.choice((("voicing", "place", "manner"), ("voicing", "manner"), ("place", "manner")))
        fields = {f: getattr(sound, f) for f in shown}
        name = _a(" ".join(fields.values()))
        # Spelt so that the letter does not tell, and with the same letter in the wrong options where possible.
        wrong = [w for w in _words() if of_phone(pronunciations(w)[0][at]) and not word_edge({"at": at, **fields}, w)]
        same = [w for w in wrong if w[at] == word[at]]
        if used[name] >= 4 or not same:
            continue
        used[name] += 1
        chosen = [*rng.sample(same, min(2, len(same))), *rng.sample(wrong, 2)][:3]
        yield Sketch(rng.choice(stems[at]).format(name), word, chosen, {"at": at, "word": word, **fields})


@articulation.template(edge_difference, limit=60)
def contrast(rng: Random) -> Iterator[Sketch]:
    stems = {
        0: ("What distinguishes the first sounds of “{}” and “{}”?", "In what do the initial consonants of “{}” and “{}” differ?"),
        -1: ("What distinguishes the last sounds of “{}” and “{}”?", "In what do the final consonants of “{}” and “{}” differ?"),
    }  # fmt: skip
    wanted: Counter[str] = Counter()
    while True:
        one, other = rng.sample(_words(), 2)
        at = rng.choice((0, -1))
        sounds = [of_phone(pronunciations(w)[0][at]) for w in (one, other)]
        if None in sounds or bare(pronunciations(one)[0])[at] == bare(pronunciations(other)[0])[at]:
            continue
        differing = [f for f in Sound._fields if getattr(sounds[0], f) != getattr(sounds[1], f)]
        # Equal shares of the three answers; a difference in one respect alone.
        if len(differing) != 1 or wanted[differing[0]] > min(wanted[f] for f in Sound._fields):
            continue
        wanted[differing[0]] += 1
        answer = RESPECTS[differing[0]]
        # Neither sound is ever a vowel or a nasalised one.
        wrong = [
            *(r for r in RESPECTS.values() if r != answer),
            "Nasality alone" if answer != "Manner of articulation" else "Lip rounding",
        ]
        yield Sketch(rng.choice(stems[at]).format(one, other), answer, wrong, {"one": one, "other": other, "at": at})


def _keeps_its_vowel(sounds: list[str]) -> bool:
    """Whether no accent changes the vowel for what follows it: "scan" is raised in America, "hear" is not "he"."""
    return not any((b == "R" and is_vowel(a)) or (a == "AE" and b in {"M", "N", "NG"}) for a, b in pairwise(sounds))


@articulation.template(vowel_class, limit=45)
def vowel_word(rng: Random) -> Iterator[Sketch]:
    shown = {
        "high front": ("with the tongue high and towards the front", "a high front vowel, as in “see”"),
        "high back": ("with the tongue high and towards the back, the lips rounded", "a high back rounded vowel, as in “moon”"),
        "low front": ("with the jaw open and the tongue low and towards the front", "a low front vowel, as in “cat”"),
    }  # fmt: skip
    stems = ("In which of these words is the vowel made {}?", "Which of these words contains {}?")
    words = [w for w in _words() if is_settled(w) and syllable_count(pronunciations(w)[0]) == 1]
    while True:
        name = rng.choice(sorted(shown))
        args = {"class": name}
        which = rng.choice((0, 1))
        sounds = {w: [plain(p) for p in pronunciations(w)[0]] for w in words}
        right = rng.choice([w for w in words if set(sounds[w]) & VOWELS[name] and _keeps_its_vowel(sounds[w])])
        letters = [c for c in right if c in "aeiou"]
        wrong = [w for w in words if not vowel_class(args, w) and not set(sounds[w]) & _NEAR[name]]
        same = [w for w in wrong if [c for c in w if c in "aeiou"][:1] == letters[:1]] or wrong
        yield Sketch(stems[which].format(shown[name][which]), right, rng.sample(same, 3), {**args, "word": right})
