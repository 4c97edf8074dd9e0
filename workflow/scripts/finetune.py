"""Train the connector of one backbone on its own answers; on a CPU, a GPU, or several with `torchrun`.

python workflow/scripts/finetune.py --distil results/models/m/distil.parquet --transcripts \
    results/captions/mini/whisper.parquet --features results/features/whisper-tiny.en/mini-train.safetensors \
    --backbone '{"name": "m", "engine": "transformers", "checkpoint": "results/checkpoints/m"}' \
    --asking config/prompts/asking.yaml --output results/models/m/lalm/0/connector.safetensors \
    --training-log results/models/m/lalm/0/training.parquet
"""

import argparse
from pathlib import Path

import polars as pl

from akb.errors import guard
from akb.lalm.connector import save_connector
from akb.lalm.event_files import EventFiles
from akb.lalm.features import FeatureStore
from akb.lalm.finetuning import finetune
from akb.lalm.keeping import Keeping
from akb.lalm.prompt import wording_of
from akb.lalm.recipe import Record
from akb.llm.backbones import backbone_of
from akb.llm.prompts import read_template
from akb.settings.options import add_options
from akb.settings.prompt import Prompt
from akb.settings.training import Training
from akb.tables import CAPTIONS, DISTIL, TRAINING, frame_of, scan_table, write_csv, write_with_csv


def log_of(records: list[Record]) -> pl.DataFrame:
    """TRAINING rows."""
    return frame_of([vars(record) for record in records], TRAINING)


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--distil", type=Path, nargs="+", required=True, help="all shards of this backbone")
    parser.add_argument("--transcripts", type=Path, nargs="*", default=[], help="captions tables of the transcriber")
    parser.add_argument("--features", type=Path, nargs="+", required=True)
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--output", type=Path, required=True, help="the connector of the last step")
    parser.add_argument(
        "--best",
        type=Path,
        help="that with the lowest held-out loss of the last stage; best.safetensors beside it",
    )
    parser.add_argument(
        "--training-log",  # `torchrun` would take `--log` for one of its own
        type=Path,
        required=True,
        help="training.parquet; CSV and event files beside it, which grow meanwhile",
    )
    parser.add_argument("--gpus", type=int, default=0, help="that were claimed on each node: a process for each")
    parser.add_argument("--nodes", type=int, default=1, help="that were started")
    parser.add_argument("--asking", type=Path, required=True, help="the texts of asking.yaml")
    section_of, prompt_of = add_options(parser, Training), add_options(parser, Prompt)
    given = parser.parse_args()

    table = pl.concat([scan_table(path, DISTIL) for path in given.distil])
    said = [scan_table(path, CAPTIONS).select("clip_id", "text") for path in given.transcripts]
    transcripts = pl.concat(said).collect() if said else frame_of([], CAPTIONS).select("clip_id", "text")
    state = given.output.with_name("state.pt")
    backbone, features = backbone_of(given.backbone), FeatureStore(given.features)
    wording = wording_of(prompt_of(given), read_template(given.asking))
    best = given.best or given.output.with_name("best.safetensors")
    keeping = Keeping(best, given.output.with_name("steps"), wording.stored())

    event_files = EventFiles(given.training_log.with_name("tensorboard"))

    def watch(records: list[Record]) -> None:
        write_csv(log_of(records), given.training_log.with_suffix(".csv"))
        event_files(records)

    gpus = given.gpus * given.nodes
    connector, records, main_process = finetune(
        table, transcripts, features, backbone, state, section_of(given), wording, gpus, watch, keeping
    )
    if main_process:
        write_with_csv(log_of(records), given.training_log, TRAINING)
        save_connector(connector, given.output, wording.stored())
        if not best.exists():  # nothing was held out, or no loss was a number
            keeping.as_best(connector)
        state.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
