"""The paper's models through our own analysis: correlations, predictions and both figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.analysis.correlations import CORRELATIONS, correlations
from akb.analysis.leave_one_out import PREDICTIONS, predictions
from akb.analysis.noise import noise_of_scores
from akb.analysis.published import (
    CASCADE_CAPTIONER,
    METRICS,
    PREDICTORS,
    TARGETS,
    published_display,
    published_families,
    published_scores,
)
from akb.analysis.relations import RELATIONS, relations
from akb.errors import guard
from akb.report.figures.heatmap import heatmap
from akb.report.figures.scatter import scatter
from akb.report.figures.style import save, style
from akb.tables import write_with_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accuracy", type=Path, required=True, help="resources/published/accuracy.csv")
    parser.add_argument("--labels", type=Path, required=True, help="resources/published/labels.csv")
    parser.add_argument("--correlations", type=Path, required=True, help="Parquet; CSV beside it")
    parser.add_argument("--relations", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, required=True, help="likewise")
    parser.add_argument("--heatmap", type=Path, nargs="+", required=True, help="one file per format: pdf, png, svg")
    parser.add_argument("--scatter", type=Path, nargs="+", required=True, help="likewise")
    parser.add_argument("--heatmap-column", type=Path, nargs="*", default=[], help="as wide as a paper's column")
    parser.add_argument("--scatter-column", type=Path, nargs="*", default=[], help="likewise")
    given = parser.parse_args()

    scores = published_scores(given.accuracy)
    table = correlations(scores, METRICS, CASCADE_CAPTIONER, noise_of_scores(scores, CASCADE_CAPTIONER))
    write_with_csv(table, given.correlations, CORRELATIONS)
    families = published_families(given.accuracy)
    write_with_csv(relations(scores, METRICS, CASCADE_CAPTIONER, families), given.relations, RELATIONS)
    predicted = predictions(scores, TARGETS, PREDICTORS, CASCADE_CAPTIONER, families)
    write_with_csv(predicted, given.predictions, PREDICTIONS)
    labels = {name: entry["label"] for name, entry in published_display(given.labels).items()}
    with style():
        save(heatmap(table, METRICS), given.heatmap)
        save(scatter(scores, ["MMAU", "MMAR"], CASCADE_CAPTIONER, labels), given.scatter)
        save(heatmap(table, METRICS, column=True), given.heatmap_column)
        save(scatter(scores, ["MMAU", "MMAR"], CASCADE_CAPTIONER, labels, column=True), given.scatter_column)


if __name__ == "__main__":
    main()
