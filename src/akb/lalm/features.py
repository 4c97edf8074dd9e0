"""Frozen encoder features of clips: computed once per clip at the clip's own length, shared by all backbones.

Whisper's encoder is usually fed a window of 30 s whatever the clip's length. Its convolutions and
attention take any length, so a clip is padded with silence only to the next half second (at least
2 s, the shortest input that the encoder was found to treat like a full window) and the frames beyond
the clip are dropped. Clips of equal padded length are encoded together: no mask is needed and a
clip's features do not depend on its neighbours. Clips longer than the window are cut into windows.

Features are kept for every tapped layer, as `safetensors` in bfloat16, one tensor
`[layers, frames, width]` for each clip. Clips go to the file as they come, and are mapped, not read, when it is opened:
neither writer nor reader holds a file in memory.

    store = FeatureStore([Path("results/features/whisper-tiny.en/mini-train.safetensors")])
    store["<clip id>"]  # [layers, frames, width]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from akb.atomic import atomic_path
from akb.audio.clips import RATE
from akb.audio.whisper_encoder import layer_states
from akb.batching import batches
from akb.errors import AkbError
from akb.models.model_files import check_files

GRID_SECONDS = 0.5
SHORTEST_SECONDS = 2.0
_SAMPLES_PER_FRAME = 320  # 10 ms mel hop, then a convolution of stride 2
_BATCH_SECONDS = 40.0  # audio encoded together; small batches stay in cache on a CPU


@dataclass(frozen=True)
class Tap:
    """What is kept of the encoder. layers: 0-based encoder layers. pool: frames averaged into one."""

    layers: tuple[int, ...]
    pool: int = 1


class Encoder:
    """A frozen Whisper encoder from a Hugging Face folder."""

    def __init__(self, folder: Path, tap: Tap, device: str = "cpu") -> None:
        """Load the encoder alone. Raises AkbError if a tapped layer does not exist."""
        from transformers import WhisperFeatureExtractor, WhisperModel

        check_files(folder)
        dtype = torch.float32 if device == "cpu" else torch.bfloat16
        self.encoder: Any = WhisperModel.from_pretrained(folder, dtype=dtype).get_encoder().to(device).eval()
        self.mel = WhisperFeatureExtractor.from_pretrained(folder)
        self.tap, self.device, self.dtype = tap, device, dtype
        self.window = self.encoder.config.max_source_positions * _SAMPLES_PER_FRAME
        depth = len(self.encoder.layers)
        if not tap.layers or any(not 0 <= layer < depth for layer in tap.layers):
            raise AkbError(
                f"layers {list(tap.layers)} cannot be tapped: the encoder has layers 0 to {depth - 1}",
                where=str(folder),
                remedy="mend `lalm: layers:` in the configuration",
            )

    @torch.inference_mode()
    def encode(self, waves: Sequence[NDArray[np.float32]]) -> list[torch.Tensor]:
        """Encode mono clips at 16 kHz; returns bfloat16 `[layers, frames, width]` for each.

        A clip keeps one frame for each started 20 ms (divided by `pool`, rounded up).
        """
        windows = [
            (clip, wave[start : start + self.window])
            for clip, wave in enumerate(waves)
            for start in range(0, max(len(wave), 1), self.window)
        ]
        parts: dict[int, torch.Tensor] = {}
        lengths = [padded_length(len(wave), self.window) for _, wave in windows]
        for chosen in batches(lengths, cells=_BATCH_SECONDS * RATE, equal=True, longest_first=True):
            states = self._states([windows[i][1] for i in chosen])
            for row, i in enumerate(chosen):
                frames = max(-(-len(windows[i][1]) // _SAMPLES_PER_FRAME), 1)
                parts[i] = pool_frames(states[:, row, :frames], self.tap.pool).to(torch.bfloat16).cpu()
        return [
            torch.cat([parts[i] for i, (owner, _) in enumerate(windows) if owner == clip], dim=1)
            for clip in range(len(waves))
        ]

    def _states(self, waves: list[NDArray[np.float32]]) -> torch.Tensor:
        """States after each tapped layer, `[layers, batch, frames, width]`; waves share one padded length."""
        length = padded_length(max(map(len, waves)), self.window)
        padded = [np.pad(wave, (0, length - len(wave))) for wave in waves]
        mel = self.mel(padded, sampling_rate=RATE, padding="longest", truncation=False, return_tensors="pt")
        states = layer_states(self.encoder, mel.input_features.to(self.device, self.dtype))
        return torch.stack([state for index, state in enumerate(states) if index in self.tap.layers]).float()


def padded_length(samples: int, window: int) -> int:
    """Samples after padding: the next half second, at least 2 s, at most the encoder's window."""
    grid = int(GRID_SECONDS * RATE)
    return min(max(-(-samples // grid) * grid, int(SHORTEST_SECONDS * RATE)), window)


def pool_frames(states: torch.Tensor, pool: int) -> torch.Tensor:
    """Average every `pool` frames of `[layers, frames, width]`; the last group may be shorter."""
    if pool == 1:
        return states
    return torch.stack([group.mean(dim=1) for group in torch.split(states, pool, dim=1)], dim=1)


def write_features(
    clips: Sequence[str], encoded: Iterable[tuple[str, torch.Tensor]], path: Path, metadata: Mapping[str, Any]
) -> None:
    """Write (clip id, features) as they come, whole or not at all. `metadata` (tap, encoder) goes into the header.

    clips: the ids of all that will come, in any order. A safetensors file begins with a header that says where each
    tensor lies; room is left for it, and what it does not need is filled with blanks, as the format allows.
    """
    about = {"__metadata__": {"features": json.dumps(metadata, sort_keys=True)}}
    room = len(_header({**about, **{clip: _place([10**9] * 3, 10**15, 10**15) for clip in clips}}))
    places: dict[str, Any] = {}
    at = 0
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(bytes(8 + room))
        for clip, tensor in encoded:
            content = tensor.to(torch.bfloat16).contiguous().view(torch.uint8).numpy().tobytes()
            file.write(content)
            places[clip] = _place(list(tensor.shape), at, at + len(content))
            at += len(content)
        if len(places) != len(clips) or not places.keys() >= set(clips):
            raise ValueError(f"{len(clips)} clips were announced, and {len(places)} others came")
        file.seek(0)
        file.write(room.to_bytes(8, "little") + _header({**about, **places}).ljust(room))


def _place(shape: Sequence[int], start: int, end: int) -> dict[str, Any]:
    return {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}


def _header(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content).encode()
    return text.ljust(-(-len(text) // 8) * 8)  # tensors begin at a multiple of 8 bytes


class FeatureStore(Mapping[str, torch.Tensor]):
    """Features of clips from one or more shards; a clip is a view of its mapped file, read where it is looked at."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Open the shards. Raises AkbError if one is missing, unreadable or made otherwise than the first."""
        self._home: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        for number, path in enumerate(paths):
            try:
                shard: Any = safe_open(path, framework="pt")
            except Exception as error:  # safetensors raises its own type, which it does not export everywhere
                raise AkbError(
                    f"a feature file cannot be read: {error}",
                    where=str(path),
                    remedy="delete the file and build it again",
                ) from error
            metadata = json.loads((shard.metadata() or {}).get("features", "{}"))
            if number and metadata != self.metadata:
                raise AkbError(
                    "two feature files were made by different encoders or taps",
                    where=f"{paths[0]} and {path}",
                    remedy="delete both and build them again",
                )
            self.metadata = metadata
            self._home.update(dict.fromkeys(shard.keys(), shard))
        self._where = ", ".join(map(str, paths))

    def __getitem__(self, clip_id: str) -> torch.Tensor:
        if clip_id not in self._home:
            raise AkbError(
                f"there are no features of clip {clip_id}",
                where=self._where,
                remedy="build the features again: the clips have changed since",
            )
        tensor: torch.Tensor = self._home[clip_id].get_tensor(clip_id)
        return tensor

    def __contains__(self, clip_id: object) -> bool:
        return clip_id in self._home

    def __iter__(self) -> Iterator[str]:
        return iter(self._home)

    def __len__(self) -> int:
        return len(self._home)
