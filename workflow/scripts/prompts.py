"""Write what every backbone is asked: items, and for a cascade captions, laid into a template.

    python workflow/scripts/prompts.py --items akb.parquet --template config/prompts/probe.yaml --output probe.parquet
    python workflow/scripts/prompts.py --items items.parquet --captions whisper.parquet sounds.parquet \
        --template config/prompts/cascade.yaml --output cascade-mini.parquet
"""

import argparse
from pathlib import Path

import polars as pl

from akb.errors import guard
from akb.items import read_items
from akb.llm.prompts import cascade_prompts, probe_prompts, read_template
from akb.settings.analysis import Analysis
from akb.settings.options import add_options
from akb.tables import CAPTIONS, PROMPTS, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--captions", type=Path, nargs="*", default=[], help="one table per captioner; none: a probe")
    section_of = add_options(parser, Analysis, "swapped_captions")
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    items, template = read_items(given.items), read_template(given.template)
    if given.captions:
        captions = pl.concat([read_table(path, CAPTIONS) for path in given.captions])
        frame = cascade_prompts(items, captions, template, section_of(given).swapped_captions or ())
    else:
        frame = probe_prompts(items, template)
    write_table(frame, given.output, PROMPTS)


if __name__ == "__main__":
    main()
