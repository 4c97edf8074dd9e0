"""Grounded questions on tones in running speech: Mandarin tone sandhi, and the melody of Tokyo Japanese phrases.

Both follow rules that every grammar of these languages states (Chao 1968, A Grammar of Spoken Chinese, 1.3; Vance 2008,
The Sounds of Japanese, 7.3): a program applies them.

    spoken_tones([("bu", 4), ("kan", 4)])  ->  [2, 4]
    melody(4, 3)  ->  "LHHL"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates

SANDHI = Templates("connected_speech", "rules of Standard Mandarin tone sandhi", skill="symbolic")
ACCENT = Templates("stress", "rules of Tokyo Japanese pitch accent", skill="symbolic")

Syllable = tuple[str, int]

# Toneless spellings with the tones of a dictionary.
_SUBJECTS = (("wo", 3), ("ni", 3), ("ta", 1))
_ADVERBS = (("ye", 3), ("dou", 1), ("hai", 2))
_VERBS = (("mai", 3), ("mai", 4), ("yao", 4), ("zhao", 3), ("na", 2))
_THINGS: tuple[tuple[Syllable, Syllable], ...] = (
    (("ben", 3), ("shu", 1)),
    (("bei", 1), ("cha", 2)),
    (("bei", 1), ("shui", 3)),
    (("tiao", 2), ("yu", 2)),
    (("zhang", 1), ("hua", 4)),
    (("wan", 3), ("mian", 4)),
    (("ba", 3), ("san", 3)),
    (("ping", 2), ("jiu", 3)),
    (("fen", 4), ("bao", 4)),
    (("zhi", 1), ("bi", 3)),
    (("zhi", 1), ("gou", 3)),
    (("pi", 3), ("ma", 3)),
)


def spoken_tones(syllables: Sequence[Syllable]) -> list[int]:
    """The tones as spoken, of syllables with their dictionary tones.

    A third tone before a third is a second. bu, fourth: second before a fourth. yi, first: second before a fourth, else
    fourth. Not for three third tones in a row, of which the grouping decides.
    """
    spoken = [tone for _, tone in syllables]
    for place, ((name, tone), (_, following)) in enumerate(pairwise(syllables)):
        if name in {"yi", "bu"}:
            spoken[place] = 2 if following == 4 else 4
        elif tone == following == 3:
            spoken[place] = 2
    return spoken


def _slips(syllables: Sequence[Syllable], spoken: Sequence[int]) -> list[tuple[int, int]]:
    """Places where a rule may be forgotten or applied where it does not hold, with the tone that comes of it."""
    found = []
    for place, (name, tone) in enumerate(syllables[:-1]):
        if name in {"yi", "bu"}:
            found += [(place, wrong) for wrong in (2, 4, tone) if wrong != spoken[place]]
        elif tone == 3:
            found.append((place, 5 - spoken[place]))
    return list(dict.fromkeys(found))


def is_sure(syllables: Sequence[Syllable]) -> bool:
    """Whether no three third tones meet, whose grouping would decide."""
    tones = [tone for _, tone in syllables]
    return not any(tones[k : k + 3] == [3, 3, 3] for k in range(len(tones) - 2))


def _shown(tones: Sequence[int]) -> str:
    return " – ".join(map(str, tones))


@SANDHI.check
def as_spoken(args: Mapping[str, Any], option: str) -> bool:
    """option: "2 – 4 – 1"; args: syllables, each with its name and dictionary tone."""
    return option == _shown(spoken_tones([(name, tone) for name, tone in args["syllables"]]))


@SANDHI.template(as_spoken, tier="hard", limit=48)
def mandarin_tones(rng: Random) -> Iterator[Sketch]:
    stems = (
        "The syllables of Mandarin “{}” have the citation tones {}. With tone sandhi, how is it spoken?",
        "“{}”, in Mandarin, has the citation tones {}. Which tones does a fluent speaker produce?",
        "Said fluently in Standard Mandarin, which tones does “{}” have? Its citation tones are {}.",
    )
    patterns = list(product(_SUBJECTS, (None, *_ADVERBS), (True, False), _VERBS, _THINGS))
    rng.shuffle(patterns)
    for subject, adverb, negated, verb, (measure, thing) in patterns:
        words = [subject, adverb, ("bu", 4) if negated else None, verb, ("yi", 1), measure, thing]
        syllables = [word for word in words if word is not None]
        right = spoken_tones(syllables)
        pairs = [(a, b) for a, b in combinations(_slips(syllables, right), 2) if a[0] != b[0]]
        if not is_sure(syllables) or not negated or not pairs:
            continue
        # Two slips, each made or not: from any of the four the other three lie alike.
        wrong = []
        for slips in ((pair := rng.choice(pairs)), pair[:1], pair[1:]):
            tones = list(right)
            for place, tone in slips:
                tones[place] = tone
            wrong.append(_shown(tones))
        text, listed = " ".join(name for name, _ in syllables), _shown([tone for _, tone in syllables])
        yield Sketch(rng.choice(stems).format(text, listed), _shown(right), wrong, {"syllables": syllables})


def melody(morae: int, accent: int, rising: bool = True) -> str:
    """High (H) and low (L) of each mora of a word; accent: the last high mora, 0 for none.

    rising: at the start of a phrase, where the first mora is low unless it is the accented one.
    """
    last = accent or morae
    highs = ["H" if mora <= last else "L" for mora in range(1, morae + 1)]
    if rising and accent != 1:
        highs[0] = "L"
    return "".join(highs)


def two_nouns(first: int, second: int, accent: int, phrases: int) -> str:
    """The melody of an unaccented noun of `first` morae with its particle, then of an accented one with its own.

    phrases: 1, said in one, so that nothing dips between them; or 2, so that each begins anew.
    """
    return melody(first + 1, 0) + melody(second + 1, accent, rising=phrases == 2)


@ACCENT.check
def sounds_as(args: Mapping[str, Any], option: str) -> bool:
    """option: "L H H L"; args: what `two_nouns` takes."""
    return option.replace(" ", "") == two_nouns(**args)


@ACCENT.template(sounds_as, tier="medium", limit=48)
def tokyo_melody(rng: Random) -> Iterator[Sketch]:
    ordinals = ("first", "second", "third", "fourth", "fifth")
    how = {1: "in one phrase", 2: "as two phrases, parted after “no”"}
    stems = (
        "A Tokyo speaker says an unaccented noun of {} morae with “no”, then a noun of {} morae accented on the {} with “ga”, {}. Which morae are high, which low?",
        "Tokyo Japanese, {3}: an unaccented noun ({0} morae) and “no”, a noun of {1} morae with its accent on the {2}, and “ga”. Which melody is heard?",
    )
    settings = [
        (first, second, accent, phrases)
        for first in (2, 3, 4)
        for second in (3, 4, 5)
        for accent in range(2, second + 1)
        for phrases in (1, 2)
    ]
    rng.shuffle(settings)
    for first, second, accent, phrases in settings:
        # The fall a mora early or late; the phrases joined or parted.
        shifted = rng.choice([a for a in (accent - 1, accent + 1) if 2 <= a <= second])
        combined = [(accent, 3 - phrases), (shifted, phrases), (shifted, 3 - phrases)]
        yield Sketch(
            rng.choice(stems).format(first, second, ordinals[accent - 1], how[phrases]),
            " ".join(two_nouns(first, second, accent, phrases)),
            [" ".join(two_nouns(first, second, a, p)) for a, p in combined],
            {"first": first, "second": second, "accent": accent, "phrases": phrases},
        )


GENERATORS = {**SANDHI.generators, **ACCENT.generators}
CHECKS = {**SANDHI.checks, **ACCENT.checks}
