"""Compute frozen encoder features of one benchmark's clips (one split, one shard), once for all backbones.

python workflow/scripts/features.py --clips results/audio/mini/clips.parquet --split train \
    --encoder results/checkpoints/whisper-tiny.en --output results/features/whisper-tiny.en/mini-train.safetensors
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch

from akb.audio.clips import read_clip
from akb.errors import guard
from akb.lalm.features import Encoder, Tap, write_features
from akb.progress import bar
from akb.settings.features import Features
from akb.settings.options import add_options
from akb.tables import CLIPS, scan_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True, help="clips table; paths in it are relative to its folder")
    parser.add_argument("--split", choices=["train", "test"], required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="Hugging Face folder of a Whisper model")
    section_of = add_options(parser, Features)
    parser.add_argument("--gpus", type=int, default=0, help="0: on the CPU")
    parser.add_argument("--shard", default="0/1", help="i/n: every n-th clip, from the i-th on")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    kept = section_of(options)

    shard, shards = map(int, options.shard.split("/"))
    clips = scan_table(options.clips, CLIPS).filter(split=options.split).select("clip_id", "path", "seconds").collect()
    clips = clips.sort("clip_id")[shard::shards].sort("seconds")
    encoder = Encoder(options.encoder, Tap(kept.layers, kept.pool), "cuda" if options.gpus else "cpu")

    def encoded() -> Iterator[tuple[str, torch.Tensor]]:
        with bar(f"encode {options.split} clips", len(clips), "clip") as progress:
            for part in clips.iter_slices(64):
                waves = [read_clip(options.clips.parent / path) for path in part["path"]]
                yield from zip(part["clip_id"], encoder.encode(waves), strict=True)
                progress.update(len(part))

    about = {"encoder": options.encoder.name, "layers": kept.layers, "pool": kept.pool}
    write_features(clips["clip_id"].to_list(), encoded(), options.output, about)


if __name__ == "__main__":
    main()
