"""Draw the correlation heatmap and the cascade-against-audio scatter of our own backbones."""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.analysis.correlations import CORRELATIONS
from akb.analysis.metrics import chosen_metrics
from akb.errors import guard
from akb.reading.files import read_json_file
from akb.report.figures.families import families
from akb.report.figures.heatmap import heatmap
from akb.report.figures.scatter import scatter, shared_benchmarks
from akb.report.figures.style import save, style
from akb.settings.analysis import Analysis
from akb.settings.options import add_options
from akb.tables import SCORES, read_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--correlations", type=Path, required=True, help="over the same metrics")
    section_of = add_options(parser, Analysis, "metrics", "cascade_captioner")
    parser.add_argument(
        "--display", type=read_json_file, default={}, help="a JSON file: backbone → {name, label, family, colour}"
    )
    parser.add_argument("--heatmap", type=Path, nargs="+", required=True, help="one file per format: pdf, png, svg")
    parser.add_argument("--scatter", type=Path, nargs="+", required=True, help="likewise")
    parser.add_argument("--heatmap-column", type=Path, nargs="*", default=[], help="as wide as a paper's column")
    parser.add_argument("--scatter-column", type=Path, nargs="*", default=[], help="likewise")
    given = parser.parse_args()
    analysis = section_of(given)

    scores = read_table(given.scores, SCORES)
    table = read_table(given.correlations, CORRELATIONS)
    labels = {name: entry.get("label", name) for name, entry in given.display.items()}
    looks = families(given.display)
    captioner, metrics = analysis.cascade_captioner, chosen_metrics(analysis.metrics, scores)
    benchmarks = shared_benchmarks(scores, captioner)
    with style():
        for column, heatmaps, scatters in (
            (False, given.heatmap, given.scatter),
            (True, given.heatmap_column, given.scatter_column),
        ):
            save(heatmap(table, metrics, column=column), heatmaps)
            drawn = scatter(scores, benchmarks, captioner, labels, intervals=True, families=looks, column=column)
            save(drawn, scatters)


if __name__ == "__main__":
    main()
