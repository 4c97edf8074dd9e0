"""Caption the clips of one audio benchmark, or a shard of them, or join the captions of others.

python workflow/scripts/caption.py --clips results/audio/mini/clips.parquet --captioner sounds \
    --yamnet results/checkpoints/yamnet --shard 0 --shards 2 --output results/captions/mini/sounds.0.parquet
python workflow/scripts/caption.py --captioner combined --compose whisper.parquet sounds.parquet --output both.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from akb.audio.sources import read_plan
from akb.captions.captioners import AcousticCaptioner, Sounds, Whisper, caption_clips, compose
from akb.captions.from_files import read_captions
from akb.captions.labels import label_captions
from akb.errors import guard
from akb.tables import CAPTIONS, CLIPS, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captioner", required=True, help="the name in the captions table")
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--compose", type=Path, nargs="+", help="caption tables to join, clip by clip")
    parser.add_argument("--file", type=Path, help="JSONL, JSON, CSV or Parquet with captions made elsewhere")
    parser.add_argument(
        "--field", default="caption", help="the field of --file that holds the text; a dot goes inwards"
    )
    parser.add_argument("--partial", action="store_true", help="clips that --file does not know get an empty caption")
    parser.add_argument("--whisper", type=Path, help="transcribe with this checkpoint folder")
    parser.add_argument("--language", action="store_true", help="say which language is spoken (multilingual Whisper)")
    parser.add_argument("--yamnet", type=Path, help="name and describe sounds with this checkpoint folder")
    parser.add_argument("--labels", type=Path, help="say what is true of clips of `mini`, after this list of sources")
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--gpus", type=int, default=0, help="0: transcribe on the CPU")
    parser.add_argument("--output", required=True, type=Path)
    a = parser.parse_args()
    if a.compose:
        captions = compose([read_table(path, CAPTIONS) for path in a.compose], a.captioner)
    else:
        every = read_table(a.clips, CLIPS).to_dicts()
        clips = every[a.shard :: a.shards]
        if a.labels:
            captions = label_captions(clips, read_plan(a.labels), a.captioner)
        elif a.file:
            # Of all clips, so that what a message counts does not depend on the shards.
            captions = read_captions(a.file, every, a.captioner, a.field, partial=a.partial)[a.shard :: a.shards]
        else:
            device: Literal["cpu", "cuda"] = "cuda" if a.gpus else "cpu"
            whisper = Whisper(a.whisper, device, language=a.language) if a.whisper else None
            captioner = whisper or (Sounds(a.yamnet) if a.yamnet else AcousticCaptioner())
            captions = caption_clips(clips, a.clips.parent, a.captioner, captioner)
    write_table(captions, a.output, CAPTIONS)


if __name__ == "__main__":
    main()
