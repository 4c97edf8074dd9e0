"""Two pieces of our own against the libraries that could stand in their place; neither library is in the lock.

    python -P benchmarks/against_libraries.py acoustics --results results
        `captions.acoustics` and librosa on the labels of `mini`'s clips: tempo and mode of melodies, how often
        something sounds, a speaker's sex
    python -P benchmarks/against_libraries.py labels
        `report.figures.label_places` and textalloc on the 24 points of each panel of the paper's scatter

Both want `pip install librosa textalloc` in a copy of the environment. `-P`: librosa imports a package that has
the name of coverage.py here.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import soundfile
from tabulate import tabulate

from akb.analysis.published import CASCADE_CAPTIONER, published_display, published_scores
from akb.captions.acoustics import acoustics_of
from akb.report.figures import scatter as scatter_module
from akb.report.figures.label_places import Box, Point, place_labels
from akb.report.figures.scatter import points, scatter
from akb.report.figures.style import style

_MARKER = 4.0  # typographic points
_SPEAKERS = 60  # pitch by librosa takes a second a clip


def measure_acoustics(results: Path) -> None:
    import librosa

    clips = pl.read_parquet(results / "audio/mini/clips.parquet").to_dicts()
    labels = [json.loads(clip["labels"]) for clip in clips]

    def samples(clip: dict[str, Any]) -> np.ndarray:
        return soundfile.read(results / "audio/mini" / clip["path"], dtype="float32")[0]

    def of(key: str, kind: str) -> list[tuple[dict[str, Any], Any]]:
        pairs = zip(clips, labels, strict=True)
        return [(clip, label[key]) for clip, label in pairs if label["kind"] == kind and key in label]

    def librosa_tempo(x: np.ndarray) -> float:
        return float(np.atleast_1d(librosa.feature.tempo(y=x, sr=16000))[0])

    def librosa_mode(x: np.ndarray) -> str:
        return _mode(librosa.feature.chroma_cqt(y=x, sr=16000).mean(axis=1))

    def librosa_count(x: np.ndarray) -> int:
        return len(librosa.effects.split(x, top_db=40, frame_length=512, hop_length=160))

    def librosa_pitch(x: np.ndarray) -> float:
        found, voiced, _ = librosa.pyin(x, fmin=60, fmax=1000, sr=16000)
        return float(np.median(found[voiced])) if voiced.any() else 0.0

    ways: dict[str, tuple[list[tuple[Any, Any]], Callable[[Any, Any], bool], Any, Any]] = {
        "tempo within 4 %": (of("tempo_bpm", "melody"), _near, lambda x: acoustics_of(x, 16000).tempo, librosa_tempo),
        "tempo, or half or twice": (
            of("tempo_bpm", "melody"), _near_octave, lambda x: acoustics_of(x, 16000).tempo, librosa_tempo,
        ),
        "major or minor": (
            of("mode", "melody"), lambda said, true: said == true,
            lambda x: (acoustics_of(x, 16000).key or "").rpartition(" ")[2], librosa_mode,
        ),
        "how often it sounds": (
            of("count", "sequence"), lambda said, true: said == true,
            lambda x: len(acoustics_of(x, 16000).events), librosa_count,
        ),
        "a speaker's sex by pitch": (
            of("sex", "speech")[:: max(1, len(of("sex", "speech")) // _SPEAKERS)], _is_sex,
            lambda x: acoustics_of(x, 16000).pitch or 0.0, librosa_pitch,
        ),
    }  # fmt: skip
    rows = []
    for name, (asked, right, ours, theirs) in ways.items():
        row: list[Any] = [name, len(asked)]
        for measure in (ours, theirs):
            began = time.process_time()
            hits = sum(right(measure(samples(clip)), label) for clip, label in asked)
            row += [100 * hits / len(asked), (time.process_time() - began) / len(asked)]
        rows.append(row)
    print(tabulate(rows, ["", "clips", "ours %", "CPU s", "librosa %", "CPU s"], tablefmt="pipe", floatfmt=".2f"))


def _near(said: float | None, true: float) -> bool:
    return said is not None and abs(said / true - 1) <= 0.04


def _near_octave(said: float | None, true: float) -> bool:
    return any(_near(said, true * factor) for factor in (0.5, 1, 2))


def _is_sex(pitch: float, true: str) -> bool:
    return pitch > 0 and ("male" if pitch < 160 else "female") == true


def _mode(chroma: np.ndarray) -> str:
    """The mode of the key that the pitch classes fit best, by the profiles that ours uses."""
    from akb.captions import acoustics

    profiles = {"major": acoustics._MAJOR, "minor": acoustics._MINOR}
    fits = {
        (mode, tonic): np.corrcoef(chroma, np.roll(profile, tonic))[0, 1]
        for mode, profile in profiles.items()
        for tonic in range(12)
    }
    return max(fits, key=lambda key: fits[key])[0]


def measure_labels(folder: Path) -> None:
    scores = published_scores(folder / "accuracy.csv")
    names = {name: entry["label"] for name, entry in published_display(folder / "labels.csv").items()}
    asked: list[tuple[Any, ...]] = []

    def noted(*given: Any) -> list[Box]:
        asked.append(given)
        return place_labels(*given)

    scatter_module.place_labels = noted
    with style():
        scatter(scores, ["MMAU", "MMAR"], CASCADE_CAPTIONER, names)
    rows = []
    for benchmark, (spots, sizes, bounds, lines) in zip(("MMAU", "MMAR"), asked, strict=True):
        texts = [names.get(point.model, point.model) for point in points(scores, benchmark, CASCADE_CAPTIONER)]
        for name in ("ours", "textalloc"):
            began = time.process_time()
            if name == "ours":
                boxes = place_labels(spots, sizes, bounds, lines)
            else:
                boxes = _by_textalloc(spots, texts, bounds, lines)
            seconds = time.process_time() - began
            rows.append([benchmark, name, len(boxes), *_faults(boxes, spots, lines), seconds])
    heads = [
        "",
        "",
        "labels",
        "on labels",
        "on points",
        "on lines",
        "leaders crossing",
        "pt from their points",
        "CPU s",
    ]
    print(tabulate(rows, heads, tablefmt="pipe", floatfmt=".2f"))


def _by_textalloc(spots: list[Point], texts: list[str], bounds: Box, lines: list[tuple[Point, Point]]) -> list[Box]:
    import textalloc

    wide, high = bounds.right - bounds.left, bounds.top - bounds.bottom
    figure = plt.figure(figsize=(wide / 72, high / 72), dpi=72)  # a unit of the axes is a point
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(bounds.left, bounds.right), ylim=(bounds.bottom, bounds.top))
    x, y = map(list, zip(*spots, strict=True))
    found = textalloc.allocate(
        # Of three pairs of distances that were tried, these leave the fewest faults.
        axes, x, y, texts, x_scatter=x, y_scatter=y, textsize=6.8, margin=0.01, min_distance=0.02,
        x_lines=[[a[0], b[0]] for a, b in lines], y_lines=[[a[1], b[1]] for a, b in lines],
        nbr_candidates=240, avoid_label_lines_overlap=True, avoid_crossing_label_lines=True,
    )  # fmt: skip
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = []
    for text in found[2]:
        at = text.get_window_extent(renderer)
        boxes.append(Box(at.x0 + bounds.left, at.y0 + bounds.bottom, at.x1 + bounds.left, at.y1 + bounds.bottom))
    plt.close(figure)
    return boxes


def _faults(boxes: list[Box], spots: list[Point], lines: list[tuple[Point, Point]]) -> list[float]:
    from akb.report.figures.label_places import _cross, _through

    ends = [box.nearest(spot) for box, spot in zip(boxes, spots, strict=True)]
    markers = [Box(x - _MARKER, y - _MARKER, x + _MARKER, y + _MARKER) for x, y in spots]
    pairs = [(i, j) for i in range(len(boxes)) for j in range(i)]
    counts: dict[str, float] = defaultdict(float)
    for i, j in pairs:
        counts["labels"] += boxes[i].overlap(boxes[j]) > 0
        counts["leaders"] += _cross(spots[i], ends[i], spots[j], ends[j])
    on_points = sum(box.overlap(marker) > 0 for box in boxes for marker in markers)
    on_lines = sum(_through(*line, box) for line in lines for box in boxes)
    far = float(np.mean([np.hypot(end[0] - x, end[1] - y) for end, (x, y) in zip(ends, spots, strict=True)]))
    return [counts["labels"], on_points, on_lines, counts["leaders"], far]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["acoustics", "labels"])
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--published", type=Path, default=Path("resources/published"))
    given = parser.parse_args()
    if given.what == "acoustics":
        measure_acoustics(given.results)
    else:
        measure_labels(given.published)


if __name__ == "__main__":
    main()
