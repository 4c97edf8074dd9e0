from pathlib import Path

import pytest

from akb.branches import Branches
from akb.engine import Backbone
from akb.engine_vllm import VllmEngine, _Waiting
from akb.errors import AkbError


def test_more_devices_than_there_are_is_an_error_before_anything_is_loaded(tiny_llama: Path) -> None:
    backbone = Backbone("m", "vllm", str(tiny_llama), "f", engine_options={"tensor_parallel_size": 64})
    with pytest.raises(AkbError, match="wants 64 devices"):
        VllmEngine(backbone, [])


def test_options_that_begin_alike_share_their_requests() -> None:
    item = _Waiting(Branches((1, 2), ((5, 6, 7), (5, 8))))
    assert item.prefixes == {(): {5}, (5,): {6, 8}, (5, 6): {7}}


def test_an_item_is_scored_when_its_last_request_is_in() -> None:
    item = _Waiting(Branches((1, 2), ((5, 6), (7,))))
    item.fill(1, {6: -0.5}, 0.1)
    assert not item.is_full()
    item.fill(0, {5: -1.0, 7: -2.0}, 0.1)
    assert item.is_full()
    assert item.scores() == [[-1.0, -0.5], [-2.0]]
