"""Write results/report.html from the tables, the figures and the paper's numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.analysis.leave_one_out import PREDICTIONS
from akb.analysis.published import published_scores
from akb.analysis.relations import RELATIONS
from akb.analysis.result_tables import TABLES, read_tables
from akb.atomic import write_text
from akb.errors import guard
from akb.orchestration.costs import COSTS
from akb.reading.files import read_json_file
from akb.report.page import Contents, figure_markup, render
from akb.settings.analysis import Analysis
from akb.settings.options import add_options
from akb.tables import HYGIENE, TRAINING, Schema, frame_of, read_table

FIGURES = {
    "heatmap": "Correlations between the metrics, of our backbones",
    "scatter": "Cascade against audio-grounded accuracy, of our backbones",
    "published_heatmap": "Correlations between the metrics, of the paper’s models",
    "published_scatter": "Cascade against audio-grounded accuracy, of the paper’s models",
}


def named(pairs: list[str], schema: Schema) -> dict[str, pl.DataFrame]:
    """Tables given as `name=path`."""
    return {name: read_table(Path(path), schema) for name, path in (pair.split("=", 1) for pair in pairs)}


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of " + ", ".join(TABLES))
    parser.add_argument("--published", type=Path, required=True, help="resources/published/accuracy.csv")
    parser.add_argument("--predictions", type=Path, required=True, help="results/published/predictions.parquet")
    parser.add_argument("--published-relations", type=Path, required=True)
    parser.add_argument("--costs", type=Path, help="what the run took")
    for figure in FIGURES:
        parser.add_argument(f"--{figure.replace('_', '-')}", type=Path, required=True, help="svg or png")
    parser.add_argument("--training", nargs="*", default=[], metavar="BACKBONE[:SEED]=PARQUET")
    parser.add_argument("--hygiene", nargs="*", default=[], metavar="BENCHMARK=PARQUET")
    section_of = add_options(parser, Analysis, "cascade_captioner")
    parser.add_argument(
        "--display", type=read_json_file, default={}, help="a JSON file: backbone → {name, label, family, colour}"
    )
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    contents = Contents(
        **read_tables(given.tables),
        published=published_scores(given.published),
        predictions=read_table(given.predictions, PREDICTIONS),
        published_relations=read_table(given.published_relations, RELATIONS),
        costs=read_table(given.costs, COSTS) if given.costs else frame_of([], COSTS),
        training=named(given.training, TRAINING),
        hygiene=named(given.hygiene, HYGIENE),
        figures={figure: figure_markup(getattr(given, figure), label) for figure, label in FIGURES.items()},
        cascade_captioner=section_of(given).cascade_captioner,
    )
    write_text(given.output, render(given.template, contents, given.display))


if __name__ == "__main__":
    main()
