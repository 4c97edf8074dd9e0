"""TensorBoard can read along: what stands in its files is what stands in training.csv."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_training import RECIPE, killed_after, trained

from akb.lalm.event_files import EventFiles
from akb.lalm.model import Lalm
from akb.lalm.recipe import Record
from akb.llm.engine import Backbone


@pytest.fixture
def lalm(tiny_llama: Path) -> Lalm:
    return Lalm.load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32"))


def events(file: Path) -> Iterator[Any]:
    """The events of a file: each behind its length and a checksum, and before another one."""
    from tensorboardX.proto.event_pb2 import Event

    content = file.read_bytes()
    while content:
        (size,) = struct.unpack("<Q", content[:8])
        yield Event.FromString(content[12 : 12 + size])
        content = content[12 + size + 4 :]


def read(folder: Path) -> dict[tuple[str, int], float]:
    """As TensorBoard shows them: what a file says from a step on takes the place of what was said before."""
    found: dict[tuple[str, int], float] = {}
    for file in sorted(folder.glob("events.out.tfevents.*"), key=lambda file: int(file.suffix[1:])):
        for event in events(file):
            if event.HasField("session_log"):
                found = {key: value for key, value in found.items() if key[1] < event.step}
            found |= {(value.tag, event.step): value.simple_value for value in event.summary.value}
    return found


def told(records: list[Record]) -> dict[tuple[str, int], float]:
    """The same of a log whose alignment has 6 steps."""
    numbers = {
        (f"{record.stage}/{name}", record.step + 6 * (record.stage == "distil")): value
        for record in records
        for name, value in vars(record).items()
        if name not in ("stage", "step") and value is not None
    }
    return {key: pytest.approx(value, rel=1e-6) for key, value in numbers.items()}


def test_every_number_of_the_log_is_there(lalm: Lalm, tmp_path: Path) -> None:
    _, records = trained(lalm, RECIPE, watch=EventFiles(tmp_path / "tensorboard"))
    assert read(tmp_path / "tensorboard") == told(records)
    assert ("distil/held_out_loss", 18) in told(records)


@pytest.mark.parametrize("step", [5, 13])
def test_a_training_that_goes_on_adds_to_them(lalm: Lalm, tmp_path: Path, step: int) -> None:
    with killed_after(step):
        trained(lalm, RECIPE, state=tmp_path / "state.pt", watch=EventFiles(tmp_path / "tensorboard"))
    before = read(tmp_path / "tensorboard")
    _, records = trained(lalm, RECIPE, state=tmp_path / "state.pt", watch=EventFiles(tmp_path / "tensorboard"))
    assert len(list((tmp_path / "tensorboard").iterdir())) == 2
    assert read(tmp_path / "tensorboard") == told(records) and before.items() <= read(tmp_path / "tensorboard").items()


def test_what_was_told_after_the_last_state_is_told_anew(tmp_path: Path) -> None:
    def record(stage: str, step: int, loss: float) -> Record:
        return Record(stage, step, loss, 1e-3, 1.0, None)

    first = [record("align", 6, 3.0), record("distil", 3, 2.0)]
    killed, resumed = EventFiles(tmp_path), EventFiles(tmp_path)
    killed(first[:1])
    killed(first)
    killed([*first, record("distil", 6, 1.5)])  # and then it was killed, before it could keep its state
    again = [*first, record("distil", 6, 1.0)]
    resumed(again)
    assert read(tmp_path) == told(again)


def test_another_training_begins_anew(lalm: Lalm, tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1.host.0").write_bytes(b"another's")
    _, records = trained(lalm, RECIPE, watch=EventFiles(tmp_path))
    assert read(tmp_path) == told(records)


def test_without_the_package_training_goes_on_and_it_is_said_once(
    lalm: Lalm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("tensorboardX.event_file_writer", "tensorboardX"):
        monkeypatch.setitem(sys.modules, name, None)
    _, records = trained(lalm, RECIPE, watch=EventFiles(tmp_path / "tensorboard"))
    assert records and not (tmp_path / "tensorboard").exists()
    assert capsys.readouterr().err.count("tensorboardX is not installed") == 1
