"""Let one backbone answer the instructions from the clips' text descriptions: its LALM's training targets.

python workflow/scripts/distil.py --instructions results/lalm/instructions.parquet \
    --backbone '{"name": "m", "engine": "transformers", "checkpoint": "results/checkpoints/m"}' \
    --asking config/prompts/asking.yaml --store results/models/m/store --output results/models/m/distil.parquet
"""

import argparse
from pathlib import Path

from akb.errors import guard
from akb.lalm.distillation import distil, rows_of_shard, summary
from akb.lalm.prompt import wording_of
from akb.llm.backbones import backbone_of
from akb.llm.loading import require_family
from akb.llm.prompts import read_template
from akb.settings.distillation import Distillation
from akb.settings.options import add_options
from akb.settings.prompt import Prompt
from akb.tables import DISTIL, INSTRUCTIONS, frame_of, scan_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instructions", type=Path, required=True)
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--store", type=Path, required=True)
    section_of, prompt_of = add_options(parser, Distillation), add_options(parser, Prompt)
    parser.add_argument("--asking", type=Path, required=True, help="the texts of asking.yaml")
    parser.add_argument("--shard", default="0/1", help="i/n: the i-th of n parts; descriptions are kept together")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    shard, shards = map(int, given.shard.split("/"))
    rows = rows_of_shard(scan_table(given.instructions, INSTRUCTIONS), shard, shards)
    backbone = backbone_of(given.backbone)
    if backbone.engine in ("transformers", "vllm"):
        require_family(backbone)  # what cannot be trained is not asked for targets
    wording = wording_of(prompt_of(given), read_template(given.asking))
    answered = distil(rows, backbone, given.store, section_of(given), wording)
    write_table(frame_of(answered, DISTIL), given.output, DISTIL)
    print(summary(answered))


if __name__ == "__main__":
    main()
