import weakref

import numpy as np
import pytest
import soundfile
import torch

from akb.audio.clips import RATE, read_clip
from akb.errors import AkbError
from akb.lalm.features import Encoder, FeatureStore, Tap, padded_length, write_features
from akb.models.random_models import write_random

WINDOW = 30 * RATE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whisper")
    write_random("tiny-whisper", 0, folder)
    return folder


@pytest.fixture(scope="module")
def encoder(folder):
    return Encoder(folder, Tap((0, 1)))


def noise(seconds, seed=0):
    return np.random.default_rng(seed).standard_normal(int(seconds * RATE)).astype(np.float32) * 0.1


def test_frames_are_the_clips_own(encoder):
    assert encoder.encode([noise(1.0)])[0].shape[:2] == (2, 50)


def test_neighbours_do_not_change_a_clip(encoder):
    alone = encoder.encode([noise(1.3)])[0]
    beside = encoder.encode([noise(2.0, 1), noise(1.3), noise(5.0, 2)])[1]
    torch.testing.assert_close(alone.float(), beside.float(), rtol=0.02, atol=0.02)


def test_the_full_window_equals_whispers_own_encoder(folder, encoder):
    from transformers import WhisperModel

    wave = noise(encoder.window / RATE)
    mel = encoder.mel(wave, sampling_rate=RATE, return_tensors="pt").input_features
    theirs = WhisperModel.from_pretrained(folder, dtype=torch.float32).get_encoder().eval()
    if mel.shape[-1] != theirs.config.max_source_positions * 2:
        pytest.skip("the tiny model's window is not that of its feature extractor")
    last = theirs(mel).last_hidden_state[0]
    torch.testing.assert_close(encoder.encode([wave])[0][-1].float(), last.detach(), rtol=0.02, atol=0.02)


def test_a_clip_beyond_the_window_is_encoded_in_parts(encoder):
    seconds = encoder.window / RATE
    assert encoder.encode([noise(seconds + 1.0)])[0].shape[1] == round(seconds * 50) + 50


def test_pooling_averages_neighbours(folder, encoder):
    full = encoder.encode([noise(1.0)])[0].float()
    pooled = Encoder(folder, Tap((0, 1), pool=4)).encode([noise(1.0)])[0].float()
    assert pooled.shape[1] == 13
    torch.testing.assert_close(pooled[:, 0], full[:, :4].mean(dim=1), rtol=0.02, atol=0.02)


@pytest.mark.parametrize(("seconds", "padded"), [(0.1, 2.0), (2.0, 2.0), (2.1, 2.5), (29.9, 30.0), (30.0, 30.0)])
def test_padding_is_to_the_next_half_second(seconds, padded):
    assert padded_length(int(seconds * RATE), WINDOW) == int(padded * RATE)


def test_a_layer_that_does_not_exist_is_refused(folder):
    with pytest.raises(AkbError, match="layers"):
        Encoder(folder, Tap((0, 99)))


def test_shards_read_as_one(tmp_path):
    for name in ("a", "b"):
        write_features([name], [(name, torch.ones(2, 3, 4))], tmp_path / f"{name}.safetensors", {"pool": 1})
    store = FeatureStore([tmp_path / "a.safetensors", tmp_path / "b.safetensors"])
    assert sorted(store) == ["a", "b"]
    assert store["b"].shape == (2, 3, 4)


def test_features_go_to_the_file_as_they_come(tmp_path):
    """While one clip is made, the writer holds at most the one before it."""
    before = []

    def encoded():
        for name in "abc":
            assert sum(clip() is not None for clip in before) <= 1
            clip = torch.full((1, 2, 3), ord(name), dtype=torch.bfloat16)
            before.append(weakref.ref(clip))
            pair = name, clip
            del clip
            yield pair
            del pair

    write_features(["c", "b", "a"], encoded(), tmp_path / "a.safetensors", {"pool": 1})
    store = FeatureStore([tmp_path / "a.safetensors"])
    assert {name: store[name].flatten().tolist() for name in store} == {name: [ord(name)] * 6 for name in "abc"}
    assert store.metadata == {"pool": 1}


def test_a_clip_that_does_not_come_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="announced"):
        write_features(["a", "b"], [("a", torch.ones(1, 1, 1))], tmp_path / "a.safetensors", {})
    assert not list(tmp_path.iterdir())


def test_shards_of_different_taps_are_refused(tmp_path):
    for pool in (1, 2):
        write_features(["c"], [("c", torch.ones(1, 1, 1))], tmp_path / f"{pool}.safetensors", {"pool": pool})
    with pytest.raises(AkbError, match="different"):
        FeatureStore([tmp_path / "1.safetensors", tmp_path / "2.safetensors"])


def test_a_clip_without_features_is_named(tmp_path):
    write_features(["a"], [("a", torch.ones(1, 1, 1))], tmp_path / "a.safetensors", {})
    with pytest.raises(AkbError, match="clip zzz"):
        FeatureStore([tmp_path / "a.safetensors"])["zzz"]


@pytest.mark.parametrize("damage", ["missing", "rubbish", "stereo"])
def test_an_unreadable_clip_is_named(tmp_path, damage):
    path = tmp_path / "clip.flac"
    if damage == "rubbish":
        path.write_bytes(b"no audio")
    if damage == "stereo":
        soundfile.write(path, np.zeros((100, 2)), RATE)
    with pytest.raises(AkbError, match=r"clip\.flac"):
        read_clip(path)
