"""Do the files of an imported benchmark fit together: its questions, its sound, and the captions made elsewhere?

Everything is read as the jobs will read it, but no sound is decoded.

    findings = matches(settings)
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from akb.audio.imported import PRESETS, Benchmark, audio_files, clip_rows, read_benchmark
from akb.captions.from_files import read_captions
from akb.errors import AkbError
from akb.preflight.findings import Finding, fine, wrong
from akb.reading.files import read_records
from akb.reading.questions import Fields
from akb.settings.configuration import Settings, asked_with, given


def matches(settings: Settings) -> list[Finding]:
    """A line for the questions of each benchmark whose file is here, for its sound, and for each file of captions."""
    return [finding for name in settings.audio_benchmarks for finding in _of_benchmark(settings, name)]


def _of_benchmark(settings: Settings, name: str) -> Iterator[Finding]:
    entry = settings.audio_benchmarks[name]
    if entry.items is None or not (file := Path(entry.items).expanduser()).exists():
        return  # made here or on a hub; what is not there is told by `inputs.files`
    try:
        fields = PRESETS.get(entry.kind) or Fields(**given(entry.fields))
        records = read_records(file, split=entry.split, keyed=("id", "answer"))
        benchmark = read_benchmark(name, fields, records, kind=entry.kind, limit=entry.limit)
    except AkbError as error:
        yield _told(f"benchmark {name}", error)
        return
    counted = f"{len(benchmark.items)} questions about {len(benchmark.clips)} clips; {benchmark.meaning}"
    yield fine(f"benchmark {name}", counted)
    if entry.audio is not None and (folder := Path(entry.audio).expanduser()).is_dir():
        try:
            audio_files(benchmark, folder)
        except AkbError as error:
            yield _told(f"sound of {name}", error)
        else:
            yield fine(f"sound of {name}", "every clip has its file")
    yield from _captions(settings, benchmark)


def _captions(settings: Settings, benchmark: Benchmark) -> Iterator[Finding]:
    rows = clip_rows(benchmark)
    for name in asked_with(settings, benchmark.name):
        entry = settings.captioners[name]
        if entry.kind != "file" or entry.file is None or not (file := Path(entry.file).expanduser()).exists():
            continue
        subject = f"captions {name} of {benchmark.name}"
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # it counts what the line below says
                texts = read_captions(file, rows, name, entry.field or "caption", partial=bool(entry.partial))["text"]
        except AkbError as error:
            yield _told(subject, error)
        else:
            there = sum(bool(text) for text in texts)
            yield fine(subject, f"{there} of {len(rows)} clips have one")


def _told(subject: str, error: AkbError) -> Finding:
    return wrong(subject, f"{error.what} ({error.where})" if error.where else error.what, error.remedy)
