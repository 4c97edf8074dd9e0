"""Words that people know: frequent (wordfreq), in WordNet as ordinary words, and in CMUdict.

wordfreq's packaged table gives each word's frequency in centibels; only the data file is read. What is left
out stands in `resources/left_out_words.yaml`.

    common_words(3.6)[:3]  ->  the most frequent first
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from pathlib import Path

import msgspec

from akb.benchmark.grounded.craft import wordnet
from akb.benchmark.grounded.speech import pronunciations
from akb.errors import AkbError
from akb.strict_yaml import read_yaml

FILE = Path(__file__).parents[5] / "resources/left_out_words.yaml"
KEYS = ("unwelcome", "unwelcome_starts", "names", "spellings")


@dataclass(frozen=True)
class LeftOut:
    """words: that are unwelcome, names, or spelled in two ways. starts: nor any word that begins so."""

    words: frozenset[str]
    starts: tuple[str, ...]

    def __contains__(self, word: str) -> bool:
        return word in self.words or word.startswith(self.starts)


@cache
def left_out() -> LeftOut:
    """The words that no question uses, from $AKB_LEFT_OUT_WORDS, else the repository's own list."""
    path = Path(os.environ.get("AKB_LEFT_OUT_WORDS", FILE))
    try:
        lists = read_yaml(path)
        unwelcome, starts, names, spellings = (lists[key].split() for key in KEYS)
    except (KeyError, TypeError, AttributeError) as error:
        raise AkbError(
            f"the words that are left out cannot be read: {error!r}",
            where=str(path),
            remedy=f"it is YAML with the texts {', '.join(KEYS)}, words apart by spaces",
        ) from error
    return LeftOut(frozenset(unwelcome + names + spellings), tuple(starts))


@cache
def frequencies() -> dict[str, float]:
    """Zipf frequency (log10 of occurrences per billion words) of each English word in wordfreq's large list."""
    listed = [f for f in files("wordfreq") or [] if f.name == "large_en.msgpack.gz"]
    if not listed:
        raise AkbError(
            "wordfreq is installed without its English table",
            where="wordfreq/data/large_en.msgpack.gz",
            remedy="install wordfreq 3.1 from the lock file",
        )
    _, *by_centibel = msgspec.msgpack.decode(gzip.decompress(listed[0].read_binary()))
    return {word: 9 - cb / 100 for cb, words in enumerate(by_centibel) for word in words}


@cache
def common_words(zipf: float = 3.5) -> tuple[str, ...]:
    """Words of at least that Zipf frequency that CMUdict pronounces and WordNet defines, most frequent first.

    Proper names, abbreviations, words of fewer than three letters and words unfit for a questionnaire are left out.
    """
    return tuple(
        word
        for word, value in frequencies().items()
        if value >= zipf
        and len(word) > 2
        and word.isascii()
        and word.isalpha()
        and word not in left_out()
        and pronunciations.pronunciations(word)
        and wordnet.is_common_lemma(word)
        and not wordnet.is_name(word)
    )
