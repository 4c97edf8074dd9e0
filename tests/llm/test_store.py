import os
import subprocess
import sys
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.llm.engine import Output
from akb.llm.store import Store

KEYS = [f"{number:032x}" for number in range(4)]
OUTPUTS = [Output(text=f"żółw {number}\nand a second line", option_logprobs=(-0.1, -2.0)) for number in range(4)]


def _filled(folder: Path) -> Path:
    with Store(folder) as store:
        store.put(zip(KEYS, OUTPUTS, strict=True))
    (segment,) = folder.iterdir()
    return segment


def test_what_is_put_is_read(tmp_path: Path) -> None:
    _filled(tmp_path)
    assert Store(tmp_path).read(KEYS) == dict(zip(KEYS, OUTPUTS, strict=True))


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    _filled(tmp_path)
    assert list(Store(tmp_path).read(KEYS[1:2])) == KEYS[1:2]


def test_a_store_that_is_only_read_makes_no_file(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        assert store.read(KEYS) == {}
    assert not (tmp_path / "store").exists()


def test_a_truncated_record_is_reported_and_only_it_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    segment = _filled(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-20])
    assert sorted(Store(tmp_path).read(KEYS)) == KEYS[:3]
    assert f"1 unreadable record(s) in {segment}" in capsys.readouterr().err


@pytest.mark.parametrize("place", [3, 36, 60])
def test_an_altered_record_is_lost_alone(tmp_path: Path, place: int) -> None:
    segment = _filled(tmp_path)
    data = bytearray(segment.read_bytes())
    data[data.index(b"\n") + 1 + place] ^= 1
    segment.write_bytes(data)
    assert sorted(Store(tmp_path).read(KEYS)) == [KEYS[0], *KEYS[2:]]


def test_every_truncation_loses_only_the_last_records(tmp_path: Path) -> None:
    segment = _filled(tmp_path)
    whole = segment.read_bytes()
    for length in range(len(whole)):
        segment.write_bytes(whole[:length])
        assert sorted(Store(tmp_path).read(KEYS)) == KEYS[: whole[:length].count(b"\n")]


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    with Store(tmp_path) as one, Store(tmp_path) as other:
        one.put([(KEYS[0], OUTPUTS[0])])
        other.put([(KEYS[1], OUTPUTS[1])])
        one.put([(KEYS[2], OUTPUTS[2])])
        assert sorted(Store(tmp_path).read(KEYS)) == KEYS[:3]


def test_a_record_is_on_disk_when_put_returns(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from akb.llm.engine import Output; from akb.llm.store import Store\n"
        f"Store(Path(sys.argv[1])).put([({KEYS[0]!r}, Output(text='kept'))]); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert Store(tmp_path).read(KEYS)[KEYS[0]].text == "kept"


def test_a_full_disk_is_one_clear_message_and_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, real = Store(tmp_path), os.write
    store.put([(KEYS[0], OUTPUTS[0])])

    def fills_up(handle: int, data: memoryview) -> int:
        if len(data) > 40:
            return real(handle, data[:40])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fills_up)
    with pytest.raises(AkbError, match="no space left"):
        store.put([(KEYS[1], Output(text="x" * 20))])
    monkeypatch.undo()
    assert list(Store(tmp_path).read(KEYS)) == KEYS[:1]
    (segment,) = tmp_path.iterdir()
    assert segment.read_bytes().endswith(b"\n")


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc/mounts").exists(), reason="mounting needs root")
def test_a_really_full_disk(tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        with pytest.raises(AkbError, match="no space left"), Store(tmp_path / "store") as store:
            for number in range(1000):
                store.put([(f"{number:032x}", Output(text="x" * 200))])
        kept = Store(tmp_path / "store").read([f"{number:032x}" for number in range(1000)])
        assert sorted(kept) == [f"{number:032x}" for number in range(len(kept))]
        assert len(kept) > 100
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
