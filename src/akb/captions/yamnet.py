"""Which of AudioSet's 521 sound classes are heard, second by second: YAMNet as an 8-bit ONNX file.

The features are YAMNet's own (github.com/tensorflow/models, research/audioset/yamnet): 25 ms windows
every 10 ms, 64 mel bands from 125 to 7500 Hz, log(x + 0.001), patches of 0.96 s every 0.48 s.

    tagger = Yamnet(Path("results/checkpoints/yamnet")); tags_in_words(tagger.tags(samples))
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from akb.errors import AkbError
from akb.models.model_files import check_files

SAMPLE_RATE = 16000
PATCH_FRAMES, PATCH_HOP = 96, 48  # frames of 10 ms
# The pinned file's quantisation: value = scale * (byte - zero).
_INPUT_SCALE, _INPUT_ZERO = 0.04793788492679596, 144
_OUTPUT_SCALE, _OUTPUT_ZERO = 0.7565417289733887, 190
# Parents that say less than any of their children, and marks of the recording rather than of a sound.
GENERIC = frozenset(
    "Animal,Music,Musical instrument,Vehicle,Domestic animals,Wild animals,Inside,Sound effect,Noise,Silence,"
    "Outside,Musical note,Human voice,Alarm,Tools,Mechanisms".split(",")
) | {"Domestic animals, pets", "Inside, small room", "Inside, large room or hall", "Inside, public space"}
GENERIC |= {"Outside, urban or manmade", "Outside, rural or natural"}


@dataclass(frozen=True)
class Tag:
    """A sound class, where it is heard (seconds), and its highest score between 0 and 1."""

    name: str
    start: float
    end: float
    score: float


class Yamnet:
    """A loaded tagger. Raises AkbError if the folder does not hold the model."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        check_files(folder)
        try:
            with (folder / "class_map.csv").open(encoding="utf-8", newline="") as handle:
                self.classes = [row["display_name"] for row in csv.DictReader(handle)]
            options = onnxruntime.SessionOptions()
            # A patch takes 8 ms on one thread; a second one only spins, and starves on a busy machine.
            options.intra_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        except Exception as error:  # onnxruntime has its own exceptions for missing and damaged files
            raise AkbError(
                f"the sound tagger cannot be loaded: {error}",
                where=str(folder),
                remedy=f"build it again: snakemake --cores 8 {folder}/fingerprint.json",
            ) from error

    def scores(self, samples: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores between 0 and 1, patches × 521; patch p starts at 0.48 p seconds."""
        patches = np.round(log_mel_patches(samples) / _INPUT_SCALE + _INPUT_ZERO).clip(0, 255).astype(np.uint8)
        raw = np.concatenate([self._session.run(None, {"audio": patch[None, None]})[0] for patch in patches])
        logits = _OUTPUT_SCALE * (raw.astype(np.float64) - _OUTPUT_ZERO)
        return np.asarray(1 / (1 + np.exp(-logits)))

    def tags(self, samples: NDArray[np.float32], *, most: int = 5, least: float = 0.1) -> list[Tag]:
        """The best classes with the stretch in which each is heard, the most certain first."""
        scores = self.scores(samples)
        scores[:, [i for i, name in enumerate(self.classes) if name in GENERIC]] = 0.0
        peaks = scores.max(axis=0)
        best = [int(i) for i in np.argsort(-peaks, kind="stable")[:most] if peaks[i] >= least]
        seconds = len(samples) / SAMPLE_RATE
        found = []
        for i in best:
            heard = np.flatnonzero(scores[:, i] >= max(least, 0.5 * peaks[i]))
            start, end = heard[0] * 0.48, heard[-1] * 0.48 + 0.96
            found.append(Tag(self.classes[i], float(start), float(min(end, seconds)), float(peaks[i])))
        return found


def tags_in_words(tags: list[Tag]) -> str:
    """The tags as a sentence, in the order of their certainty, with times where a clip has several patches."""
    if not tags:
        return "No known sound was recognised."
    listed = "; ".join(f"{tag.name} ({tag.start:.1f} to {tag.end:.1f} s, {100 * tag.score:.0f} %)" for tag in tags)
    return f"Sounds recognised, the most certain first: {listed}."


def log_mel_patches(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """YAMNet's input patches, n × 96 × 64; a short clip is padded with silence to one patch, an end to half one."""
    frames = max(1, 1 + (len(samples) - 400) // 160)
    patches = 1 + max(0, -(-(frames - PATCH_FRAMES) // PATCH_HOP))
    wanted = 400 + 160 * (PATCH_FRAMES + (patches - 1) * PATCH_HOP - 1)
    padded = np.zeros(wanted)
    padded[: min(wanted, len(samples))] = samples[:wanted]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitudes = np.abs(np.fft.rfft(windows * hann, 512, axis=1))
    mel = np.log(magnitudes @ _mel_weights() + 0.001)
    return np.stack([mel[p * PATCH_HOP : p * PATCH_HOP + PATCH_FRAMES] for p in range(patches)])


def _mel_weights() -> NDArray[np.float64]:
    """Triangles, bins × bands, equally wide on the mel scale 1127 ln(1 + f / 700)."""

    def mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log(1.0 + hz / 700.0))

    edges = np.linspace(mel(np.array(125.0)), mel(np.array(7500.0)), 66)
    bins = mel(np.linspace(0.0, SAMPLE_RATE / 2, 257))[:, None]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0.0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
