"""WordNet 3.0 read from the plain dictionary files of Debian's `wordnet-base`: glosses, hyponyms, lemmas.

The files are looked for in $AKB_WORDNET, then where Debian installs them, then in the download
folder ($AKB_DOWNLOADS, else `downloads`), into which the package is fetched if need be.

    [s.gloss for s in hyponyms(synset("cry", "n", "utterance of an animal"))]
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from akb.errors import AkbError
from akb.file_hashes import file_hash
from akb.models.packages import download_deb, extract
from akb.outside import took

PACKAGE = "wordnet-base"
DEBIANS = "2c8c0d0c0e932d12988b38885ee6764e681160d426c0745487e4a5d52c27df80"  # `dictionary_digest` of 1:3.0-37
_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}


@dataclass(frozen=True)
class Synset:
    """One meaning: its part of speech and offset (its identity), lemmas as spelt, gloss, and pointers.

    definition: the gloss without examples. lexfile: WordNet's topic number (5 animals, 11 events, …).
    pointers: (symbol, part of speech, offset); `~` leads to a hyponym, `@` to a hypernym.
    """

    pos: str
    offset: str
    lexfile: int
    lemmas: tuple[str, ...]
    gloss: str
    pointers: tuple[tuple[str, str, str], ...]

    @property
    def definition(self) -> str:
        return self.gloss.partition('; "')[0].strip()


@cache
def dictionary_folder() -> Path:
    """The folder with `data.noun` and its neighbours. Raises AkbError if it can be neither found nor fetched."""
    folder = _found_or_fetched()
    took("WordNet", found=str(folder), sha256=dictionary_digest(folder))
    return folder


def present_folder(given: str | None = None) -> Path | None:
    """Where WordNet lies on this machine already: in `given`, the value of $AKB_WORDNET, or where Debian installs it."""
    folder = Path(given) if given else Path("/usr/share/wordnet")
    return folder if (folder / "data.noun").is_file() else None


def dictionary_digest(folder: Path) -> str:
    """The SHA-256 over the dictionary files in `folder`: the same for the same WordNet, wherever it lies."""
    names = sorted(f"data.{name}" for name in _FILES.values())
    return hashlib.sha256(" ".join(file_hash(folder / name) for name in names).encode()).hexdigest()


def _found_or_fetched() -> Path:
    given = os.environ.get("AKB_WORDNET")
    if given and not Path(given, "data.noun").is_file():
        raise AkbError(
            "AKB_WORDNET names a folder without WordNet's dictionary files",
            where=given,
            remedy="point it at the folder that holds data.noun, or unset it",
        )
    if given:
        return Path(given)
    if (installed := present_folder()) is not None:
        return installed
    downloads = Path(os.environ.get("AKB_DOWNLOADS", "downloads"))
    unpacked = downloads / PACKAGE
    if not unpacked.is_dir():
        extract(download_deb(PACKAGE, downloads), unpacked)
    return unpacked / "usr/share/wordnet"


@cache
def synsets(pos: str) -> dict[str, Synset]:
    """Every synset of a part of speech ("n", "v", "a", "r") by offset, in the file's order."""
    text = (dictionary_folder() / f"data.{_FILES[pos]}").read_text(encoding="utf-8")
    return {s.offset: s for s in (_parse(line, pos) for line in text.splitlines() if not line.startswith(" "))}


def _parse(line: str, pos: str) -> Synset:
    fields, _, gloss = line.partition(" | ")
    field = fields.split()
    words = int(field[3], 16)
    after = 4 + 2 * words
    starts = range(after + 1, after + 1 + 4 * int(field[after]), 4)
    return Synset(
        pos=pos,
        offset=field[0],
        lexfile=int(field[1]),
        # An adjective's lemma may carry a marker of its position, "(a)".
        lemmas=tuple(lemma.partition("(")[0].replace("_", " ") for lemma in field[4:after:2]),
        gloss=gloss.strip(),
        pointers=tuple((field[i], field[i + 2], field[i + 1]) for i in starts),
    )


@cache
def _by_lemma(pos: str) -> dict[str, tuple[Synset, ...]]:
    found: dict[str, list[Synset]] = {}
    for entry in synsets(pos).values():
        for lemma in entry.lemmas:
            found.setdefault(lemma.lower(), []).append(entry)
    return {lemma: tuple(entries) for lemma, entries in found.items()}


def senses(lemma: str, pos: str) -> tuple[Synset, ...]:
    """Every synset with this lemma, in the order of the file (not of frequency)."""
    return _by_lemma(pos).get(lemma.lower(), ())


def synset(lemma: str, pos: str, gloss_part: str) -> Synset:
    """The one synset with this lemma whose gloss contains `gloss_part`. Raises KeyError otherwise."""
    found = [s for s in senses(lemma, pos) if gloss_part in s.gloss]
    if len(found) != 1:
        raise KeyError(f"{len(found)} senses of {lemma!r} ({pos}) mention {gloss_part!r}")
    return found[0]


def without_remarks(definition: str) -> str:
    """A definition without what stands in brackets."""
    return " ".join(re.sub(r"\([^)]*\)", "", definition).split())


def linked(start: Synset, symbols: frozenset[str]) -> Iterator[Synset]:
    """The synsets that pointers with these symbols lead to."""
    for symbol, pos, offset in start.pointers:
        if symbol in symbols:
            # A satellite adjective ("s") lies in the adjectives' file.
            yield synsets("a" if pos == "s" else pos)[offset]


def hyponyms(start: Synset) -> list[Synset]:
    """Every kind and instance below a synset, depth first, each once, without the synset itself."""
    symbols = frozenset({"~", "~i"})
    seen: dict[str, Synset] = {}
    stack = list(linked(start, symbols))[::-1]
    while stack:
        entry = stack.pop()
        if entry.offset not in seen:
            seen[entry.offset] = entry
            stack += list(linked(entry, symbols))[::-1]
    return list(seen.values())


@cache
def _lower_case_lemmas() -> frozenset[str]:
    return frozenset(lemma for pos in _FILES for s in synsets(pos).values() for lemma in s.lemmas if lemma[0].islower())


def is_common_lemma(word: str) -> bool:
    """Whether WordNet has the word in lower case, so not as a proper name alone."""
    return word in _lower_case_lemmas()


@cache
def _names() -> frozenset[str]:
    # Topics 15 and 18 are locations and people.
    return frozenset(
        lemma.lower()
        for s in synsets("n").values()
        if s.lexfile in {15, 18}
        for lemma in s.lemmas
        if lemma[0].isupper()
    )


def is_name(word: str) -> bool:
    """Whether WordNet knows a place or a person of this name, whatever else the word means."""
    return word in _names()


def share_a_sense(one: str, other: str) -> bool:
    """Whether the words are lemmas of one synset: synonyms, or two spellings of one word."""
    return any(set(senses(one, pos)) & set(senses(other, pos)) for pos in _FILES)
