"""Sources: archives, transcripts, and the list of packages."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest

from akb.audio.qt_resources import read_rcc
from akb.audio.sources import read_plan, read_source, read_transcripts
from akb.errors import AkbError

PLAN = Path(__file__).parents[2] / "resources" / "audio_sources.yaml"


def rcc(name: str, data: bytes) -> bytes:
    """A Qt resource archive of version 1 with one compressed file."""
    packed = struct.pack(">I", len(data)) + zlib.compress(data)
    names = struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    tree = struct.pack(">IHII", 0, 2, 1, 1) + struct.pack(">IHHHI", 0, 1, 0, 0, 0)
    body = struct.pack(">I", len(packed)) + packed
    return b"qres" + struct.pack(">4I", 1, 20, 20 + len(tree), 20 + len(tree) + len(body)) + tree + body + names


def test_a_resource_archive_gives_its_files() -> None:
    assert read_rcc(rcc("dog.ogg", b"bark" * 50)) == {"dog.ogg": b"bark" * 50}


def test_what_is_no_resource_archive_is_refused() -> None:
    with pytest.raises(ValueError, match="not a Qt resource archive"):
        read_rcc(b"PK..")


def test_transcripts_leave_out_comments_and_tones() -> None:
    text = "\ufeff; a title\n\nactivated: Activated.\nbeep: [a tone]\ntime: at: noon\n"
    assert read_transcripts(text) == {"activated": "Activated.", "time": "at: noon"}


def test_the_list_of_sources_explains_all_its_labels() -> None:
    plan = read_plan(PLAN)
    assert all(source["licence"] for source in plan["sources"].values())


def test_no_voice_of_the_closed_word_sets_stands_on_both_sides() -> None:
    voices = [v for s in read_plan(PLAN)["sources"].values() for v in s.get("voices", {}).items() if "words" in v[1]]
    assert {voice["split"] for _, voice in voices} == {"train", "test"}


def test_an_unexplained_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("{sounds: {}, instruments: {}, sources: {a: {sounds: {dgo: [x.wav]}}}}")
    with pytest.raises(AkbError, match="dgo"):
        read_plan(path)


def test_a_damaged_source_says_what_to_delete(tmp_path: Path) -> None:
    (tmp_path / "source.json").write_text(json.dumps({"name": "a"}))
    with pytest.raises(AkbError) as raised:
        read_source(tmp_path / "source.json")
    assert str(tmp_path) in raised.value.remedy
