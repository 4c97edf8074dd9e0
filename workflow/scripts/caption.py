"""Caption the clips of one audio benchmark, or a shard of them, or join the captions of others.

python workflow/scripts/caption.py --clips results/audio/mini/clips.parquet --captioner sounds \
    --yamnet results/checkpoints/yamnet --shard 0 --shards 2 --output results/captions/mini/sounds.0.parquet
python workflow/scripts/caption.py --captioner combined --compose whisper.parquet sounds.parquet --output both.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from akb.captions.captioners import Acoustics, Sounds, Whisper, caption_clips, compose, read_captions
from akb.errors import guard
from akb.tables import CAPTIONS, CLIPS, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captioner", required=True, help="the name in the captions table")
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--compose", type=Path, nargs="+", help="caption tables to join, clip by clip")
    parser.add_argument("--file", type=Path, help="JSONL with captions made elsewhere")
    parser.add_argument(
        "--field", default="caption", help="the field of --file that holds the text; a dot goes inwards"
    )
    parser.add_argument("--whisper", type=Path, help="transcribe with this checkpoint folder")
    parser.add_argument("--language", action="store_true", help="say which language is spoken (multilingual Whisper)")
    parser.add_argument("--yamnet", type=Path, help="name and describe sounds with this checkpoint folder")
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--gpus", type=int, default=0, help="0: transcribe on the CPU")
    parser.add_argument("--output", required=True, type=Path)
    a = parser.parse_args()
    if a.compose:
        captions = compose([read_table(path, CAPTIONS) for path in a.compose], a.captioner)
    else:
        clips = read_table(a.clips, CLIPS)[a.shard :: a.shards].to_dicts()
        if a.file:
            captions = read_captions(a.file, clips, a.captioner, a.field)
        else:
            device: Literal["cpu", "cuda"] = "cuda" if a.gpus else "cpu"
            whisper = Whisper(a.whisper, device, language=a.language) if a.whisper else None
            captioner = whisper or (Sounds(a.yamnet) if a.yamnet else Acoustics())
            captions = caption_clips(clips, a.clips.parent, a.captioner, captioner)
    write_table(captions, a.output, CAPTIONS)


if __name__ == "__main__":
    main()
