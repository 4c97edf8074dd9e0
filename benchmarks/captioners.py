"""Measure the captioners that run here: which true labels `sounds` names, `whisper`'s word errors, and speed.

    python benchmarks/captioners.py labels --results results     share of `mini`'s clips whose label a caption names
    python benchmarks/captioners.py words --results results --list
                                                                 word error on `mini`'s English speech; each error
    python benchmarks/captioners.py padding --results results    word error on sentences at the clip's own length with
                                    some silence after it, and in the full window
    python benchmarks/captioners.py speed --results results --clips 60
                                    Whisper in batches at the clips' own length, and clip by clip through
                                    transformers' pipeline; the tagger, which no pipeline has, and both together

`labels` and `words` read the caption tables and say training and test apart: what was tuned was tuned on training
clips. A label is named by a class of the tagger that means it (MEANS) or has its last word in its name.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from akb.audio.clips import read_clip
from akb.audio.transcripts import words_of

# What AudioSet calls the things that `mini`'s labels name otherwise.
MEANS = {
    "ape": "growling|roar|grunt",
    "beep": "sine wave|busy signal|dial tone|ringtone|alarm clock|buzzer",
    "bell": "chime|ding",
    "big cat": "roaring cats",
    "blow": "thump|knock|slap|whack|bang|thunk|tap|hammer|smash|breaking",
    "cat": "meow|purr|caterwaul",
    "chicken": "cluck|crowing",
    "cough": "throat clearing",
    "cow": "moo|cattle",
    "crow": "caw",
    "crowd": "applause|cheering|clapping|chatter|hubbub",
    "dog": "bark|yip|howl|bow-wow",
    "door": "slam|squeak|creak",
    "duck": "quack",
    "effect": "synthesizer|sine wave",
    "engine": "idling|accelerating|motor vehicle|car|truck|motorcycle|train|motorboat|helicopter|aircraft",
    "exotic bird": "squawk|caw",
    "frog": "croak",
    "hand drum": "percussion|tabla|bongo|tambourine",
    "horn": "brass instrument",
    "horse": "neigh|clip-clop",
    "insect": "cricket|mosquito|fly|buzz|bee",
    "laugh": "giggle|chuckle|snicker",
    "machine": "engine|gears|drill|power tool|sewing|printer|camera|typewriter|keyboard|fan|ratchet",
    "oboe": "woodwind instrument",
    "owl": "hoot",
    "pig": "oink",
    "rain": "thunder",
    "running water": "stream|tap|waterfall|pour|sink|gurgling|splash|liquid",
    "scream": "yell|shout|wail",
    "sea animal": "whale",
    "shaker": "maraca|rattle|tambourine|percussion",
    "sheep": "bleat|goat",
    "songbird": "chirp",
    "steps": "footsteps|run",
    "tuba": "brass instrument",
    "viola": "violin|bowed string",
    "water drops": "drip|raindrop|plop|liquid",
    "wild animal": "roar|growling|howl",
    "xylophone": "glockenspiel|vibraphone|mallet",
}

NUMBERS = dict(
    zip(map(str, range(13)), "zero one two three four five six seven eight nine ten eleven twelve".split(), strict=True)
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("labels", "words", "padding", "speed"))
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--captions", type=Path, help="caption tables; results/captions/mini if absent")
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--list", action="store_true", help="`words`: what is said and heard, where they differ")
    given = parser.parse_args()
    clips = pl.read_parquet(given.results / "audio/mini/clips.parquet").to_dicts()
    tables = given.captions or given.results / "captions/mini"
    if given.what == "speed":
        speed(clips[:: max(1, len(clips) // given.clips)], given.results)
        return
    if given.what == "padding":
        padding(clips, given.results)
        return
    measure = named_labels if given.what == "labels" else word_errors
    captioner = "sounds" if given.what == "labels" else "whisper"
    said = dict(pl.read_parquet(tables / f"{captioner}.parquet").select("clip_id", "text").iter_rows())
    if given.list and given.what == "words":
        list_errors(clips, said)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for kind, right, out_of in measure(clips, said):
        counts[kind][0] += right
        counts[kind][1] += out_of
    for kind, (right, out_of) in sorted(counts.items()):
        print(f"{' '.join(kind)}: {right} of {out_of}, {100 * right / out_of:.1f} %")


def named_labels(clips: list[dict[str, Any]], said: dict[str, str]) -> Iterator[tuple[tuple[str, str], int, int]]:
    """((split, domain), 1 or 0, 1) of each clip that has one label."""
    for clip in clips:
        labels = json.loads(clip["labels"])
        label = labels.get("instrument") or labels.get("label")
        if clip["clip_id"] not in said or clip["domain"] == "Speech" or labels["kind"] == "sequence" or not label:
            continue
        # What is measured and said of loudness and pitch names nothing.
        tags = said[clip["clip_id"]].split("The clip lasts")[0].lower()
        words = "|".join([MEANS.get(label, ""), re.escape(label.split()[-1].rstrip("s"))]).strip("|")
        yield (clip["split"], clip["domain"]), bool(re.search(rf"\b(?:{words})", tags)), 1


def word_errors(clips: list[dict[str, Any]], said: dict[str, str]) -> Iterator[tuple[tuple[str, str], int, int]]:
    """((split, "English"), word errors, words) of each English clip with a transcript."""
    for clip, true, heard in _english(clips, said):
        kind = "sentences" if len(true) > 1 else "single words"
        yield (clip["split"], f"English {kind}, errors"), _distance(true, heard), len(true)


def list_errors(clips: list[dict[str, Any]], said: dict[str, str]) -> None:
    """Print each English clip that is misheard: where it is from, how many words are wrong, what is said and heard."""
    for clip, true, heard in _english(clips, said):
        if wrong := _distance(true, heard):
            told = f"{clip['split']}, {clip['source']}, {clip['seconds']:.1f} s: {wrong} of {len(true)}"
            print(f"{told}\n    said:  {' '.join(true)}\n    heard: {' '.join(heard) or '–'}")


def _english(
    clips: list[dict[str, Any]], said: dict[str, str]
) -> Iterator[tuple[dict[str, Any], list[str], list[str]]]:
    """(clip, the words that are said, the words that are heard) of each English clip with a transcript."""
    for clip in clips:
        labels = json.loads(clip["labels"])
        if labels.get("language") == "en" and labels.get("transcript"):
            yield clip, _words(labels["transcript"]), _words(words_of(said[clip["clip_id"]]))


def padding(clips: list[dict[str, Any]], results: Path) -> None:
    """Print the word errors with so many seconds of silence after each clip, with and without Whisper's own doubt."""
    from akb.captions import transcriber
    from akb.captions.captioners import Whisper

    sentences = [(clip, true) for clip, true, _ in _english(clips, defaultdict(str)) if len(true) > 1]
    waves = [read_clip(results / "audio/mini" / clip["path"]) for clip, _ in sentences]
    for seconds in (1, 2, 3, 4, 6, 30):
        transcriber._TRAILING = seconds * 16000
        windows: dict[tuple[int, int], transcriber.Heard] = {}
        began = time.perf_counter()
        for batch in transcriber.Transcriber(results / "checkpoints/whisper-tiny.en").run(waves):
            windows |= dict(batch)
        took = time.perf_counter() - began
        errors = [0, 0]
        for (place, _), heard in windows.items():
            believed = heard.text if heard.logprob >= Whisper.least_logprob else ""
            for column, text in enumerate((believed, heard.text)):
                errors[column] += _distance(sentences[place][1], _words(text))
        of = sum(len(true) for _, true in sentences)
        print(f"{seconds} s: {errors[0]} of {of} words, {errors[1]} if all is believed; {took:.0f} s", flush=True)


def _words(text: str) -> list[str]:
    """Lower-case words, small numbers spelled out."""
    return [NUMBERS.get(word, word) for word in re.findall(r"[a-z0-9']+", text.lower())]


def _distance(one: list[str], other: list[str]) -> int:
    """Insertions, deletions and substitutions from one to the other."""
    row = list(range(len(other) + 1))
    for i, word in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, rival in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != rival))
    return row[-1]


def speed(clips: list[dict[str, Any]], results: Path) -> None:
    """Seconds for the same clips, loading left out: ours, then transformers' pipeline one clip at a time."""
    from transformers import WhisperTokenizer, pipeline

    from akb.captions.captioners import Sounds, Whisper

    folder = results / "checkpoints/whisper-tiny.en"
    waves = [read_clip(results / "audio/mini" / clip["path"]) for clip in clips]
    # The pipeline finds no Whisper tokenizer in a folder converted from CTranslate2 by itself.
    tokenizer: Any = WhisperTokenizer.from_pretrained(folder)
    plain: Any = pipeline("automatic-speech-recognition", model=str(folder), tokenizer=tokenizer, device="cpu")
    ours, tagger = Whisper(folder), Sounds(results / "checkpoints/yamnet")
    list(ours.captions(waves[:1]))
    list(tagger.captions(waves[:1]))
    plain({"raw": waves[0], "sampling_rate": 16000})
    began = time.perf_counter()
    list(ours.captions(waves))
    middle = time.perf_counter()
    for wave in waves:
        plain({"raw": wave, "sampling_rate": 16000})
    end = time.perf_counter()
    list(tagger.captions(waves))
    tagged = time.perf_counter() - end
    own, other = middle - began, end - middle
    print(f"{len(waves)} clips, {sum(map(len, waves)) / 16000:.0f} s of sound")
    print(f"Whisper: in batches {own:.1f} s, clip by clip through the pipeline {other:.1f} s: {other / own:.1f} times")
    print(f"the tagger and what is measured: {tagged:.1f} s")
    print(f"both: {own + tagged:.1f} s against {other + tagged:.1f} s: {(other + tagged) / (own + tagged):.1f} times")


if __name__ == "__main__":
    main()
