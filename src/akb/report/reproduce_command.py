"""`akb reproduce`: a results folder against its manifest, down to the clips, the weights and the recordings.

akb reproduce results
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from akb.errors import AkbError
from akb.models.model_files import check_files
from akb.orchestration.reproduce import differences, read_manifest
from akb.progress import track
from akb.tables import CLIPS, read_table


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb reproduce [RESULTS] [--fast]`; status 1 if anything differs, or if there is nothing to check."""
    parser = commands.add_parser("reproduce", help="check a results folder against its manifest")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    parser.add_argument(
        "--fast", action="store_true", help="do not read files anew whose size and time are as at the last check"
    )
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> None:
    manifest = read_manifest(given.results / "manifest.json")
    found = differences(manifest, CHECKS, fast=given.fast)
    for line in found:
        print(line)
    print(f"{len(manifest['outputs'])} outputs checked, {len(found)} difference{'' if len(found) == 1 else 's'}")
    sys.exit(1 if found else 0)


def clips_behind(table: Path) -> Iterator[str]:
    """Which clips of a table are gone, or do not hold the samples that they are named for."""

    from akb.audio.clips import read_clip  # it reads audio, which the other commands do without

    names = read_table(table, CLIPS)["path"]
    for name in track([name for name in names if name], f"check the clips of {table.parent.name}", unit="clip"):
        yield from _fault(read_clip, table.parent / name)


def weights_behind(fingerprint: Path) -> Iterator[str]:
    """Which file of a checkpoint is gone, or is not the one of its fingerprint."""
    yield from _fault(check_files, fingerprint.parent)


def recordings_behind(source: Path) -> Iterator[str]:
    """Which recording of a gathered source is gone or another."""
    yield from _fault(_check_source, source)


def _check_source(path: Path) -> None:
    from akb.audio.sources import check_source, read_source  # it fetches packages, which the other commands do without

    check_source(read_source(path), path.parent)


def _fault(check: Callable[[Path], object], path: Path) -> Iterator[str]:
    try:
        check(path)
    except AkbError as error:
        yield f"behind a file: {error.what}: {error.where}"


CHECKS = {
    "clips.parquet": clips_behind,
    "fingerprint.json": weights_behind,
    "source.json": recordings_behind,
}
