"""Let one LALM answer audio items from the sound, and once more under each control.

python workflow/scripts/listen.py --items results/audio/mini/items.parquet --clips results/audio/mini/clips.parquet \
    --features results/features/whisper-tiny.en/mini-test.safetensors \
    --transcripts results/captions/mini/whisper.parquet \
    --connector results/models/m/lalm/0/connector.safetensors \
    --backbone '{"name": "m", "engine": "transformers", "checkpoint": "results/checkpoints/m"}' \
    --output results/models/m/lalm/0/audio-mini.parquet
"""

import argparse
import hashlib
from pathlib import Path

import torch

from akb.audio.transcripts import words_of
from akb.errors import guard
from akb.items import read_items
from akb.lalm.connector import load_connector
from akb.lalm.features import FeatureStore
from akb.lalm.listening import listen, swapped
from akb.lalm.model import Lalm
from akb.llm.backbones import backbone_of
from akb.settings.listening import Listening
from akb.settings.options import add_options
from akb.tables import CAPTIONS, CLIPS, RESPONSES, frame_of, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--features", type=Path, nargs="+", required=True)
    parser.add_argument("--transcripts", type=Path, nargs="*", default=[])
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--connector", type=Path, required=True)
    parser.add_argument("--training", type=int, default=0, help="the seed that the connector was trained by")
    section_of = add_options(parser, Listening)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    asking = section_of(given)
    device = "cuda" if torch.cuda.is_available() else "cpu"

    items = read_items(given.items)
    heard = {str(item.clip_id) for item in items}
    clips = read_table(given.clips, CLIPS)
    domains = {row["clip_id"]: row["domain"] for row in clips.to_dicts() if row["clip_id"] in heard}
    said = [read_table(path, CAPTIONS).select("clip_id", "text") for path in given.transcripts]
    transcripts = {clip: words_of(text) for table in said for clip, text in table.iter_rows()}
    backbone, features = backbone_of(given.backbone), FeatureStore(given.features)
    lalm = Lalm.load(backbone, device, asking.transcript_tokens)
    connector = load_connector(given.connector).to(device)
    fingerprint = hashlib.sha256(given.connector.read_bytes()).hexdigest()
    rows = []
    for control in [None, *asking.controls]:
        sources = swapped(domains, asking.seed) if control == "swapped_audio" else {clip: clip for clip in heard}
        rows += listen(
            lalm,
            connector,
            items,
            sources,
            features,
            transcripts,
            asking,
            backbone,
            control,
            fingerprint,
            given.training,
        )
    write_table(frame_of(rows, RESPONSES), given.output, RESPONSES)


if __name__ == "__main__":
    main()
