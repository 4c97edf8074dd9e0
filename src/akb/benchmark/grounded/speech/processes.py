"""Sound changes that speakers make: a child's, an accent's, an impaired voice's, as maps of CMUdict pronunciations.

Each is one that textbooks name and describe alike. Where they do not (an initial /l/ that glides becomes /w/ or
/j/; /θ/ is stopped at the lips or the teeth) `clear` says no, and no question uses the word.

    CHILD["velar fronting"].change(("K", "IY"))  ->  ("T", "IY")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from akb.benchmark.grounded.speech.pronunciations import Phones, is_vowel

VOICELESS = {"B": "P", "D": "T", "G": "K", "V": "F", "DH": "TH", "Z": "S", "ZH": "SH", "JH": "CH"}
VOICED = {voiceless: voiced for voiced, voiceless in VOICELESS.items()}
STOPS = ("P", "B", "T", "D", "K", "G")
Change = Callable[[Phones], Phones]


@dataclass(frozen=True)
class Process:
    """change: what becomes of a word. slip: what becomes of it if the process is taken to hold where it does not.

    clear: whether every description of the process agrees on this word.
    """

    name: str
    change: Change
    slip: Change | None = None
    clear: Callable[[Phones], bool] = lambda phones: True


def everywhere(table: Mapping[str, str]) -> Change:
    """Each sound in the table is replaced, wherever it stands."""
    return lambda phones: phones if table.keys().isdisjoint(phones) else tuple(table.get(p, p) for p in phones)


def turned(table: Mapping[str, str]) -> dict[str, str]:
    """The table read from right to left."""
    return {after: before for before, after in table.items()}


def always(phones: Phones) -> bool:
    return True


def lacks(*names: str) -> Callable[[Phones], bool]:
    """Whether none of these sounds stands in the word."""
    return lambda phones: not set(names) & set(phones)


def initial(table: Mapping[str, str]) -> Change:
    """The first sound is replaced if a vowel follows it."""

    def change(phones: Phones) -> Phones:
        return (table.get(phones[0], phones[0]), *phones[1:]) if len(phones) > 1 and is_vowel(phones[1]) else phones

    return change


def final(table: Mapping[str, str]) -> Change:
    """The obstruents with which a word ends are replaced, the last one and those right before it."""

    def change(phones: Phones) -> Phones:
        end = len(phones)
        while end and (phones[end - 1] in VOICED or phones[end - 1] in VOICELESS):
            end -= 1
        return phones[:end] + tuple(table.get(p, p) for p in phones[end:])

    return change


def without_first(phones: Phones) -> Phones:
    return phones[1:] if len(phones) > 2 and not is_vowel(phones[0]) else phones


def without_h(phones: Phones) -> Phones:
    return phones[1:] if phones[0] == "HH" else phones


def without_last(phones: Phones) -> Phones:
    """A single consonant after a vowel is left out at the end of a word: boat, out."""
    return phones[:-1] if len(phones) > 1 and not is_vowel(phones[-1]) and is_vowel(phones[-2]) else phones


def s_cluster(phones: Phones) -> Phones:
    """/s/ is left out before another consonant at the beginning."""
    return phones[1:] if phones[0] == "S" and not is_vowel(phones[1]) else phones


def s_kept(phones: Phones) -> Phones:
    return (phones[0], *phones[2:]) if s_cluster(phones) != phones else phones


def liquid_cluster(phones: Phones) -> Phones:
    """A liquid is left out after an obstruent at the beginning."""
    return (phones[0], *phones[2:]) if _has_liquid_cluster(phones) else phones


def liquid_kept(phones: Phones) -> Phones:
    return phones[1:] if _has_liquid_cluster(phones) else phones


def _has_liquid_cluster(phones: Phones) -> bool:
    return len(phones) > 2 and not is_vowel(phones[0]) and phones[1] in {"L", "R"}


def final_t_d(phones: Phones) -> Phones:
    """/t/ and /d/ are left out at the end of a word after a consonant of like voicing, but not after /r/."""
    if len(phones) < 3 or phones[-1] not in {"T", "D"} or is_vowel(phones[-2]) or phones[-2] == "R":
        return phones
    return phones[:-1] if (phones[-2] in VOICED) == (phones[-1] == "T") else phones


def _like_voiced_end(phones: Phones) -> bool:
    """Whether the word ends in no cluster with /t/ or /d/ of which some speakers keep more: bolt, card."""
    return phones[-1] not in {"T", "D"} or final_t_d(phones) != phones or (is_vowel(phones[-2]) and phones[-2] != "ER")


def _in_two(phones: Phones) -> bool:
    """Whether the word begins with at most two consonants."""
    return any(map(is_vowel, phones[:3]))


def _plain_end(phones: Phones) -> bool:
    """Whether at most one of the obstruents at the end is voiced: books differ on what becomes of bags."""
    return final(VOICELESS)(phones[:-1]) == phones[:-1]


def _open_or_single(phones: Phones) -> bool:
    """Whether the word ends in a vowel or in one consonant after a vowel: no /r/ that only some speak, no syllabic one."""
    if phones[-1] in {"R", "ER"} or phones[-2:] in {("AH", "L"), ("AH", "N"), ("AH", "M")}:
        return False
    return is_vowel(phones[-1]) or is_vowel(phones[-2])


def _prevocalic_r(phones: Phones) -> bool:
    after = (*phones[1:], "")
    return "ER" not in phones and all(p != "R" or is_vowel(q or "-") for p, q in zip(phones, after, strict=True))


def _one_vowel(phones: Phones) -> bool:
    return sum(map(is_vowel, phones)) == 1 and ("AE", "NG") not in pairwise(phones)


def _of(*listed: Process) -> dict[str, Process]:
    return {process.name: process for process in listed}


_STOPS_VOICED = {k: v for k, v in VOICED.items() if k in STOPS}
_DEVOICING = final(VOICELESS)
_DENASAL = {"M": "B", "N": "D", "NG": "G"}
_NASAL = {"B": "M", "D": "N", "G": "NG"}
_FRONTED = {"K": "T", "G": "D", "NG": "N"}
# It is heard in vowels, too, so no question asks whether it changes a word at all.
PALATE = "hypernasality that turns /b d ɡ/ into /m n ŋ/"
_TABLES: dict[str, dict[str, str]] = {
    "TH-fronting": {"TH": "F", "DH": "V"},
    "TH-stopping": {"TH": "T", "DH": "D"},
    "/s/ in place of /θ/": {"TH": "S"},
    "/v/ in place of /w/": {"W": "V"},
    "/b/ in place of /v/": {"V": "B"},
    "/l/ in place of /r/": {"R": "L"},
    "/ʃ/ in place of /tʃ/": {"CH": "SH"},
    "/p/ in place of /f/": {"F": "P"},
    "/s/ in place of /z/": {"Z": "S"},
    "the vowel of “sheep” in “ship” words": {"IH": "IY"},
    "the vowel of “bed” in “bad” words": {"AE": "EH"},
    "the vowel of “put” in “cut” words": {"AH": "UH"},
}
_UNCLEAR: dict[str, Callable[[Phones], bool]] = {
    "TH-fronting": lambda p: p[0] != "DH",
    "/s/ in place of /θ/": lacks("DH"),
    "/l/ in place of /r/": _prevocalic_r,
    "the vowel of “sheep” in “ship” words": _one_vowel,
    "the vowel of “bed” in “bad” words": _one_vowel,
    "the vowel of “put” in “cut” words": _one_vowel,
}

# Grunwell (1987), Clinical Phonology; Bernthal, Bankson and Flipsen (2017), Articulation and Phonological Disorders.
CHILD = _of(
    Process("velar fronting", everywhere(_FRONTED), everywhere(turned(_FRONTED))),
    Process(
        "stopping of fricatives",
        everywhere({"F": "P", "V": "B", "S": "T", "Z": "D", "SH": "T"}),
        everywhere({"P": "F", "B": "V", "T": "S", "D": "Z"}),
        lacks("TH", "DH", "ZH", "CH", "JH", "HH"),
    ),
    Process("gliding of /r/", everywhere({"R": "W"}), everywhere({"R": "L"}), _prevocalic_r),
    Process("reduction of word-initial s-clusters to their second consonant", s_cluster, s_kept, _in_two),
    Process("word-final devoicing of obstruents", _DEVOICING, initial(VOICELESS), _plain_end),
    Process(
        "prevocalic voicing of word-initial stops",
        initial(_STOPS_VOICED),
        final(VOICED),
        lambda p: p[0] != "CH" and (p[0] not in _STOPS_VOICED or is_vowel(p[1])),
    ),
    Process("deletion of word-final consonants", without_last, without_first, _open_or_single),
    Process("deaffrication of /tʃ/", everywhere({"CH": "SH"}), everywhere({"CH": "T", "SH": "CH"}), lacks("JH")),
    Process("omission of the liquid in word-initial clusters", liquid_cluster, liquid_kept, _in_two),
)
# Wells (1982), Accents of English; Swan and Smith (2001), Learner English.
ACCENT = _of(
    *(Process(n, everywhere(t), everywhere(turned(t)), _UNCLEAR.get(n, always)) for n, t in _TABLES.items()),
    Process("H-dropping", without_h, clear=lambda p: "HH" not in p[1:] and p[:2] != ("HH", "Y")),
    Process("word-final devoicing of obstruents", _DEVOICING, initial(VOICELESS), _plain_end),
    Process("deletion of /t d/ at the end of word-final clusters", final_t_d, clear=_like_voiced_end),
)
# Kummer (2020), Cleft Palate and Craniofacial Conditions; Duffy (2019), Motor Speech Disorders.
HEALTH = _of(
    Process("denasal speech (/m n ŋ/ as /b d ɡ/)", everywhere(_DENASAL), everywhere(_NASAL)),
    Process(PALATE, everywhere(_NASAL), everywhere(_DENASAL)),
    Process(
        "an interdental lisp (/s z/ as /θ ð/)",
        everywhere({"S": "TH", "Z": "DH"}),
        everywhere({"TH": "S"}),
        lacks("SH", "ZH", "CH", "JH"),
    ),
    Process("devoicing of all obstruents", everywhere(VOICELESS), everywhere(VOICED)),
    Process("voicing of voiceless stops", everywhere(_STOPS_VOICED), everywhere(VOICELESS), lacks("CH")),
    Process("backing of /t d/ to /k ɡ/", everywhere({"T": "K", "D": "G"}), everywhere({"K": "T", "G": "D"})),
    Process("fronting of /k ɡ/ to /t d/", everywhere({"K": "T", "G": "D"}), everywhere({"T": "K", "D": "G"})),
    Process("spirantisation of /p b/ to /f v/", everywhere({"P": "F", "B": "V"}), everywhere({"F": "P", "V": "B"})),
    Process("retraction of /s/ to /ʃ/", everywhere({"S": "SH"}), everywhere({"SH": "S"}), lacks("Z")),
    Process("omission of word-final consonants", without_last, without_first, _open_or_single),
)
# Pairs that one speaker does not have, or where one undoes or feeds the other.
_APART = [
    {"word-final devoicing of obstruents", "deletion of word-final consonants"}, {"deaffrication of /tʃ/", "stopping of fricatives"},
    {"/b/ in place of /v/", "/v/ in place of /w/"}, {"/b/ in place of /v/", "TH-fronting"},
    {"/p/ in place of /f/", "TH-fronting"}, {"TH-fronting", "TH-stopping"}, {"TH-fronting", "/s/ in place of /θ/"},
    {"TH-stopping", "/s/ in place of /θ/"}, {"denasal speech (/m n ŋ/ as /b d ɡ/)", PALATE},
    {"an interdental lisp (/s z/ as /θ ð/)", "retraction of /s/ to /ʃ/"}, {"devoicing of all obstruents", "voicing of voiceless stops"},
    {"backing of /t d/ to /k ɡ/", "fronting of /k ɡ/ to /t d/"},
    {"devoicing of all obstruents", "omission of word-final consonants"},
]  # fmt: skip


def together(inventory: Mapping[str, Process]) -> list[tuple[Process, Process]]:
    """The pairs of processes that one speaker may have."""
    return [(a, b) for a, b in combinations(inventory.values(), 2) if {a.name, b.name} not in _APART]


def changed(phones: Phones, processes: Iterable[Process]) -> Phones:
    """The word after all processes, one after the other."""
    for process in processes:
        phones = process.change(phones)
    return phones


def is_clear(phones: Phones, processes: Sequence[Process]) -> bool:
    """Whether each of the two processes is clear on this word, their order does not matter, and no two sounds become one.

    Style with its /s/ stopped has /t/ twice: it may be heard as tile.
    """
    one, other = processes
    outcome = one.change(other.change(phones))
    return (
        one.clear(phones)
        and other.clear(phones)
        and outcome == other.change(one.change(phones))
        and not any(a == b for a, b in pairwise(outcome))
    )
