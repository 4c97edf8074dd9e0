import pytest
import torch

from akb.errors import AkbError
from akb.lalm.connector import Connector, ConnectorShape, load_connector, pad_frames, save_connector

SHAPE = ConnectorShape(layers=3, encoder_width=12, llm_width=20, queries=4, width=16, depth=2, heads=2, dropout=0.0)


@pytest.fixture
def connector():
    torch.manual_seed(0)
    return Connector(SHAPE).eval()


def clip(frames, seed):
    return torch.randn(3, frames, 12, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("statistics", [True, False])
def test_padding_changes_nothing(statistics):
    torch.manual_seed(0)
    connector = Connector(ConnectorShape(**{**SHAPE.__dict__, "statistics": statistics})).eval()
    short, long = clip(5, 1), clip(30, 2)
    alone = connector(*pad_frames([short]))
    together = connector(*pad_frames([short, long]))
    torch.testing.assert_close(together[:1], alone, rtol=1e-4, atol=1e-5)


def test_output_is_as_long_as_token_embeddings(connector):
    embeddings = torch.randn(500, 20) * 0.07
    connector.fit_output(embeddings)
    audio = connector(*pad_frames([clip(9, seed) for seed in range(20)]))
    assert audio.square().mean().sqrt().item() == pytest.approx(0.07, rel=0.3)


def test_input_is_standardised_over_all_frames_of_all_clips(connector):
    clips = [clip(5, 1) * 3 + 2, clip(50, 2) * 3 + 2]
    connector.fit_input(clips)
    frames = torch.cat(clips, dim=1)
    torch.testing.assert_close(connector.mean, frames.mean(dim=1), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(connector.deviation, frames.std(dim=1, correction=0), rtol=1e-3, atol=1e-4)


def test_round_trip_through_a_file(connector, tmp_path):
    connector.fit_input([clip(5, 1)])
    save_connector(connector, tmp_path / "c.safetensors", {"system": "Listen."})
    frames = pad_frames([clip(7, 3)])
    again, prompt = load_connector(tmp_path / "c.safetensors")
    assert prompt == {"system": "Listen."}
    torch.testing.assert_close(again(*frames), connector(*frames))


def test_equal_connectors_are_equal_files(connector, tmp_path):
    written = set()
    for number in range(8):
        save_connector(connector, tmp_path / f"{number}.safetensors", {"system": "Höre.", "audio": "a"})
        written.add((tmp_path / f"{number}.safetensors").read_bytes())
    assert len(written) == 1


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "c.safetensors").write_bytes(b"not weights")
    with pytest.raises(AkbError, match=r"c\.safetensors"):
        load_connector(tmp_path / "c.safetensors")
