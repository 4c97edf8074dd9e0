"""Write every table of results/tables/ from the scores, the responses and the items."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.analysis.accuracy import accuracy_markdown, accuracy_rows, item_floors, ordered_domains
from akb.analysis.asking import asking, modes_of
from akb.analysis.caption_worth import caption_markdown, caption_worth
from akb.analysis.choice import choices
from akb.analysis.consistency import consistency
from akb.analysis.correlations import correlations
from akb.analysis.early_stopping import STOPPING
from akb.analysis.endings import endings, modes
from akb.analysis.error_sources import error_sources
from akb.analysis.gains import gains
from akb.analysis.leads import leads
from akb.analysis.metrics import Metric, chosen_metrics, values
from akb.analysis.needed_audio import needing_audio
from akb.analysis.noise import noise_of_marks
from akb.analysis.own_cascade import own_cascades
from akb.analysis.positions import position_bias
from akb.analysis.published import published_scores
from akb.analysis.rank_stability import rank_stability
from akb.analysis.reading_rules import reading_rules
from akb.analysis.relations import Covariate, read_covariate, relations
from akb.analysis.result_tables import TABLES, write_tables
from akb.analysis.scores import chance, graded, invalid_reasons, score
from akb.analysis.scoring_rules import compare_rules
from akb.analysis.short_runs import stopping_of
from akb.analysis.skills import skills
from akb.analysis.training_curves import of_trainings
from akb.atomic import write_text
from akb.errors import guard
from akb.reading.files import read_json_file
from akb.settings.analysis import Analysis
from akb.settings.options import add_options
from akb.tables import DISTIL, ITEMS, RESPONSES, SCORES, TRAINING, frame_of, read_table, scan_table


def distilled(paths: list[Path]) -> pl.DataFrame:
    """How training targets ended, of all backbones; their texts are not read."""
    columns = ("backbone", "finish", "dropped")
    scans = [scan_table(path, DISTIL).select(columns) for path in paths]
    return pl.concat([frame_of([], DISTIL).lazy().select(columns), *scans]).collect()


def covariate(analysis: Analysis, scores: pl.DataFrame) -> Covariate | None:
    """What partial correlations hold fixed: of a file, or a metric."""
    name = analysis.covariate
    if not name:
        return None
    if name.endswith(".csv"):
        return read_covariate(Path(name))
    metric = Metric.parse(name)
    return Covariate(str(metric), values(scores, metric, analysis.cascade_captioner))


def stopped(given: argparse.Namespace, analysis: Analysis, scores: pl.DataFrame) -> pl.DataFrame:
    """What stopping early would have saved, by every audio benchmark that was heard."""
    trainings = []
    for pair in given.training:
        name, path = pair.split("=", 1)
        model, _, training = name.partition(":")
        trainings.append((model, training, read_table(Path(path), TRAINING)))
    curves = of_trainings(trainings)
    heard = sorted(scores.filter(pl.col("setting") == "audio")["benchmark"].unique())
    captioner, risk = analysis.cascade_captioner, analysis.stopping_risk
    tables = [
        stopping_of(scores, Metric("audio", benchmark), captioner, given.families, curves, risk, analysis.seed)
        for benchmark in heard
    ]
    return pl.concat([frame_of([], STOPPING), *tables])


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--responses", type=Path, nargs="+", required=True, help="of every backbone, text and audio")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="audio responses in other modes")
    parser.add_argument("--distil", type=Path, nargs="*", default=[], help="training targets of every backbone")
    parser.add_argument("--second", type=Path, nargs="*", default=[], help="answers asked for in a second way")
    parser.add_argument("--items", type=Path, nargs="+", required=True)
    parser.add_argument("--published", type=Path, required=True, help="resources/published/accuracy.csv")
    parser.add_argument("--families", type=read_json_file, default={}, help="a JSON file: backbone → family")
    parser.add_argument("--training", nargs="*", default=[], metavar="BACKBONE[:SEED]=PARQUET", help="training curves")
    section_of = add_options(
        parser, Analysis, "metrics", "cascade_captioner", "seed", "true_captions", "covariate", "stopping_risk"
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        help="folder of Parquet and CSV tables: " + ", ".join(TABLES),
    )
    given = parser.parse_args()
    analysis = section_of(given)

    scores = read_table(given.scores, SCORES)
    items = pl.concat([read_table(path, ITEMS) for path in given.items])
    responses = pl.concat([read_table(path, RESPONSES) for path in given.responses])
    none = frame_of([], RESPONSES)
    second = pl.concat([read_table(path, RESPONSES) for path in given.second] or [responses.clear()])
    marks = graded(responses, items)
    bounds = chance(items).join(item_floors(items), on=["benchmark", "domain"], how="left")
    accuracy = accuracy_rows(scores, bounds)
    gained = gains(marks, analysis.seed)
    worth = caption_worth(accuracy, gained)
    metrics, captioner = chosen_metrics(analysis.metrics, scores), analysis.cascade_captioner
    beside = pl.concat([none, *(read_table(path, RESPONSES) for path in given.beside)])
    written = pl.concat([responses, second, beside])
    truth = analysis.true_captions
    frames = {
        "accuracy": accuracy,
        "gains": gained,
        "captioners": worth,
        "asking": asking(marks, graded(second, items), modes_of(responses, second), analysis.seed),
        "leads": leads(marks, captioner, analysis.seed),
        "correlations": correlations(scores, metrics, captioner, noise_of_marks(marks, metrics, captioner)),
        "question_types": score(responses, items, by="subcategory").filter(pl.col("setting") != "probe"),
        "positions": position_bias(responses, items),
        "rules": compare_rules(responses, items),
        "invalid": invalid_reasons(responses),
        "endings": endings(responses, distilled(given.distil)),
        "modes": modes(responses, beside, items),
        "skills": skills(responses, items),
        "own_cascades": own_cascades(marks, analysis.seed),
        "error_sources": error_sources(marks, truth, analysis.seed),
        "needing_audio": needing_audio(marks),
        "rank_stability": rank_stability(responses, pl.concat([second, beside]), items, truth),
        "consistency": consistency(responses, items),
        "reading_rules": reading_rules(written.filter(pl.col("control").is_null()), items),
        "relations": relations(scores, metrics, captioner, given.families, covariate(analysis, scores)),
        "choices": choices(marks, scores, published_scores(given.published), captioner, given.families, analysis.seed),
        "stopping": stopped(given, analysis, scores),
    }
    write_tables(frames, given.output)
    write_text(given.output / "accuracy.md", accuracy_markdown(accuracy, {}))
    domains = {
        benchmark: ordered_domains([domain for domain in set(own["domain"]) if domain != "all"])
        for (benchmark,), own in worth.group_by("benchmark")
    }
    write_text(given.output / "captioners.md", caption_markdown(worth, domains, {}))


if __name__ == "__main__":
    main()
