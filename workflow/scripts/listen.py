"""Let one LALM answer the items of all audio benchmarks from the sound, and once more under each control.

python workflow/scripts/listen.py --items results/audio/mini/items.parquet --clips results/audio/mini/clips.parquet \
    --features results/features/whisper-tiny.en/mini-test.safetensors \
    --transcripts results/captions/mini/whisper.parquet --asking config/prompts/asking.yaml \
    --connector results/models/m/lalm/0/connector.safetensors --store results/models/m/store \
    --backbone '{"name": "m", "engine": "transformers", "checkpoint": "results/checkpoints/m"}' \
    --output results/models/m/lalm/0/audio-mini.parquet --beside-output results/models/m/lalm/0/audio-beside.parquet
"""

import argparse
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from akb.audio.transcripts import words_of
from akb.errors import guard
from akb.items import read_items
from akb.lalm.capacity import require_memory_to_answer
from akb.lalm.connector import load_connector
from akb.lalm.features import FeatureStore
from akb.lalm.hearing import Heard, HearingEngine
from akb.lalm.hearing_vllm import VllmHearingEngine
from akb.lalm.listening import listen, questions
from akb.lalm.model import Lalm
from akb.lalm.prompt import require_trained_with, wording_of
from akb.llm.backbones import backbone_of
from akb.llm.engine import Engine
from akb.llm.loading import device_of
from akb.llm.prompts import read_template
from akb.settings.listening import Listening
from akb.settings.options import add_options
from akb.settings.prompt import Prompt
from akb.tables import CAPTIONS, CLIPS, RESPONSES, frame_of, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, nargs="+", required=True, help="a table for each benchmark")
    parser.add_argument("--clips", type=Path, nargs="+", required=True, help="in the same order")
    parser.add_argument("--features", type=Path, nargs="+", required=True)
    parser.add_argument("--transcripts", type=Path, nargs="*", default=[])
    parser.add_argument("--asking", type=Path, required=True, help="the texts of asking.yaml")
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--connector", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--training", type=int, default=0, help="the seed that the connector was trained by")
    section_of, prompt_of = add_options(parser, Listening), add_options(parser, Prompt)
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="in the order of --items")
    parser.add_argument("--beside-output", type=Path, required=True)
    given = parser.parse_args()
    asking, wording = section_of(given), wording_of(prompt_of(given), read_template(given.asking))
    device = device_of()

    connector, trained_with = load_connector(given.connector)
    written = "generate" in (asking.how, *asking.beside.values())
    for mode in (asking.how, *asking.beside.values()):
        require_trained_with(wording, trained_with, mode, str(given.connector))
    said = [read_table(path, CAPTIONS).select("clip_id", "text") for path in given.transcripts]
    transcripts = {clip: words_of(text) for table in said for clip, text in table.iter_rows()}
    asked = []
    for items, clips, table in zip(map(read_items, given.items), given.clips, given.output, strict=True):
        heard = {str(item.clip_id) for item in items}
        rows = read_table(clips, CLIPS).to_dicts()
        domains = {row["clip_id"]: row["domain"] for row in rows if row["clip_id"] in heard}
        about = (items, transcripts, domains)
        asked += questions(*about, asking.how, asking.controls, asking.seed, str(table))
        if items and (other := asking.beside.get(items[0].benchmark)):
            asked += questions(*about, other, (), asking.seed, str(given.beside_output))
    backbone = replace(backbone_of(given.backbone), normalise=asking.normalise)
    if asking.max_tokens:
        backbone = replace(backbone, generation=replace(backbone.generation, max_tokens=asking.max_tokens))
    features = FeatureStore(given.features)

    def load(heard: Mapping[str, Heard]) -> Engine:
        if asking.engine == "vllm":
            return VllmHearingEngine(backbone, wording, connector, heard, features, device)
        require_memory_to_answer(backbone, connector, asking.batch_tokens, written, device)
        lalm = Lalm.load(backbone, device, wording)
        lalm.wear(connector.adapter, str(given.connector))
        return HearingEngine(
            lalm, connector.to(device), heard, features, asking.normalise, backbone.max_model_len, asking.batch_tokens
        )

    trained = hashlib.sha256(given.connector.read_bytes()).hexdigest()
    answered = listen(asked, features, trained, backbone, wording, given.store, load, given.training)
    for table in (*given.output, given.beside_output):
        write_table(frame_of(answered.get(str(table), []), RESPONSES), table, RESPONSES)


if __name__ == "__main__":
    main()
