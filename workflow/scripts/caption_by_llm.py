"""Let an audio language model caption the clips that a benchmark asks about, or a shard of them.

    python workflow/scripts/caption_by_llm.py --captioner qwen2-audio --clips results/audio/mini/clips.parquet \
        --items results/audio/mini/items.parquet --template config/prompts/caption.yaml \
        --backbone '{"name": "qwen2-audio", "engine": "vllm", "checkpoint": "results/checkpoints/qwen2-audio"}' \
        --store results/captioners/qwen2-audio/store --output results/captions/mini/qwen2-audio-0.parquet
"""

import argparse
from pathlib import Path

from akb.captions.audio_llm import asking_of, caption_by_llm, window_of, wishes_of
from akb.errors import guard
from akb.items import read_items
from akb.llm.backbones import backbone_of
from akb.llm.prompts import read_template
from akb.tables import CAPTIONS, CLIPS, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captioner", required=True, help="the name in the captions table")
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--items", type=Path, required=True, help="the questions: only clips asked about are captioned")
    parser.add_argument("--every-clip", action="store_true", help="caption clips that nothing is asked about too")
    parser.add_argument("--question-aware", action="store_true", help="a caption an item, which shows its question")
    parser.add_argument("--backbone", required=True, help="the model, an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--prompt", default="", help="in the place of the template's user text")
    parser.add_argument("--window-seconds", type=float, help="longer clips are cut into such windows")
    parser.add_argument("--partial", action="store_true", help="what the model refuses gets an empty caption")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    backbone = backbone_of(given.backbone)
    asking = asking_of(read_template(given.template), given.prompt, question_aware=given.question_aware)
    window = window_of(given.window_seconds, backbone)
    wishes = wishes_of(
        read_table(given.clips, CLIPS),
        given.clips,
        read_items(given.items),
        question_aware=given.question_aware,
        every_clip=given.every_clip,
    )[given.shard :: given.shards]
    table = caption_by_llm(
        wishes, given.captioner, backbone, asking, window_seconds=window, store=given.store, partial=given.partial
    )
    write_table(table, given.output, CAPTIONS)


if __name__ == "__main__":
    main()
