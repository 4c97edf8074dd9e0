"""`akb predict`: what audio accuracy to expect of backbones that were measured by text alone, and which to train.

akb predict scores.csv
akb predict results/scores.parquet --as probe/akb=probe/AKB-2000 --captioner combined
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from akb.errors import AkbError

if TYPE_CHECKING:
    import polars as pl

    from akb.analysis.foretold import Foretold
    from akb.analysis.metrics import Metric

_PUBLISHED = Path(__file__).parents[3] / "resources/published/accuracy.csv"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `predict` to the command line."""
    parser = commands.add_parser(
        "predict",
        help="what audio accuracy to expect from text-only scores, and which backbone to train",
        description="Forecast the audio accuracy of every model of SCORES that has none from its text-only scores, "
        "after the models that have both: the paper's, and those of SCORES.",
    )
    parser.add_argument(
        "scores", type=Path, metavar="SCORES", help="a scores.parquet, or a CSV like resources/published/accuracy.csv"
    )
    parser.add_argument(
        "--target", action="append", metavar="METRIC", help="by default audio/MMAU and audio/MMAR; may be repeated"
    )
    parser.add_argument("--known", type=Path, default=_PUBLISHED, metavar="CSV", help="trained models to learn from")
    parser.add_argument("--only-own", action="store_true", help="learn from the trained models of SCORES alone")
    parser.add_argument(
        "--as",
        dest="taken",
        action="append",
        default=[],
        metavar="OWN=KNOWN",
        help="take a metric of SCORES for one of the known models', such as probe/akb=probe/AKB-2000",
    )
    parser.add_argument(
        "--captioner", default="Gemini-caption", help="whose cascade in SCORES counts (default: the paper's)"
    )
    parser.add_argument(
        "--curves",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="training curves: folders of results, or CSVs of model, seed, stage, step, held_out_loss, accuracy, hours",
    )
    parser.add_argument(
        "--risk", type=float, default=0.05, help="how likely the best may be among those dropped early (default: 0.05)"
    )
    parser.add_argument("--plan", type=Path, metavar="JSON", help="what `akb plan --whole --json` wrote: costs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Forecast and print. Raises AkbError naming file and metric."""
    import polars as pl

    from akb.analysis.foretold import About, foretold, stopped, unmeasured
    from akb.analysis.given_tables import given_table
    from akb.analysis.measurement_costs import costs_in_words, read_stages
    from akb.analysis.metrics import Metric
    from akb.analysis.predict_text import advice_text, forecast_text, measurements_text, stopping_text
    from akb.analysis.published import CASCADE_CAPTIONER, TARGETS, published_families, published_scores
    from akb.analysis.training_curves import CURVES, read_curves
    from akb.reading.files import read_json_file
    from akb.tables import SCORES, frame_of

    if not 0 < arguments.risk < 1:
        raise AkbError(f"a risk of {arguments.risk:g}", where="--risk", remedy="give a share between 0 and 1, as 0.05")
    own_families: dict[str, str] = {}
    if arguments.scores.suffix == ".parquet" or arguments.scores.is_dir():
        own = given_table(arguments.scores, SCORES, "scores", "results/scores.parquet, or a CSV of scores")
    else:
        own, own_families = published_scores(arguments.scores), published_families(arguments.scores)
    own = _renamed(own, [_pair(text) for text in arguments.taken], str(arguments.scores))
    own = own.with_columns(captioner=pl.col("captioner").replace({arguments.captioner: CASCADE_CAPTIONER}))
    known, families = own.clear(), own_families
    if not arguments.only_own:
        known, families = published_scores(arguments.known), published_families(arguments.known) | own_families
    curves = read_curves(arguments.curves) if arguments.curves else frame_of([], CURVES)
    stages = read_stages(read_json_file(arguments.plan), str(arguments.plan)) if arguments.plan else []
    targets = [Metric.parse(text) for text in arguments.target] if arguments.target else list(TARGETS)
    for note in _notes(own, known, targets):
        print(f"akb: {note}", file=sys.stderr)
    records: dict[str, dict[str, object]] = {}
    for target in targets:
        about = About(own, known, target, families, CASCADE_CAPTIONER, arguments.seed, str(arguments.scores))
        if arguments.curves and not unmeasured(about):  # what is left to ask is what stopping early saves
            table, finished = stopped(about, curves, arguments.risk)
            records[str(target)] = {"stopping": table.to_dicts()}
            if not arguments.json:
                print(f"{target}: every model has it already.\n{stopping_text(table, len(finished), arguments.risk)}")
            continue
        found = foretold(about, curves, arguments.risk)
        costs = costs_in_words(found.measurements, stages, found.forecasts.asked.names)
        records[str(target)] = _record(found, costs)
        if arguments.json:
            continue
        print(forecast_text(str(target), found.forecasts))
        print(measurements_text(found.measurements, costs))
        if arguments.curves:
            print(stopping_text(found.stopping, found.with_curves, arguments.risk))
        if found.checkpoint is not None:
            print(advice_text(found.checkpoint, found.drop, found.chance, len(found.running), arguments.risk))
    if arguments.json:
        print(json.dumps(records, indent=2, ensure_ascii=False))


def _notes(own: pl.DataFrame, known: pl.DataFrame, targets: Sequence[Metric]) -> Iterator[str]:
    """What of SCORES does not count, though somebody may think so."""
    import polars as pl

    from akb.analysis.metrics import Metric
    from akb.analysis.published import CASCADE_CAPTIONER

    own, known = (frame.filter(pl.col("control").is_null()) for frame in (own, known))
    others = own.filter(pl.col("captioner") != CASCADE_CAPTIONER, setting="cascade")["captioner"].unique().sort()
    if len(others):
        yield f"cascades by {', '.join(others)} do not count; --captioner names whose do"
    metrics = {str(metric) for metric in targets}
    metrics |= {str(Metric(*row)) for row in known.select("setting", "benchmark").unique().iter_rows()}
    for row in own.select("setting", "benchmark").unique().sort("setting", "benchmark").iter_rows():
        mine = str(Metric(*row))
        for other in sorted(metrics - {mine}):
            if mine not in metrics and mine.casefold() == other.casefold():
                yield f"{mine} is not taken for {other}; --as {mine}={other} does"


def _pair(text: str) -> tuple[Metric, Metric]:
    from akb.analysis.metrics import Metric

    own, equals, known = text.partition("=")
    if not equals:
        raise AkbError(f"{text!r} names no two metrics", where="--as", remedy="write it as probe/akb=probe/AKB-2000")
    return Metric.parse(own), Metric.parse(known)


def _renamed(scores: pl.DataFrame, pairs: Sequence[tuple[Metric, Metric]], where: str) -> pl.DataFrame:
    import polars as pl

    for own, known in pairs:
        rows = (
            (pl.col("setting") == own.setting)
            & (pl.col("benchmark") == own.benchmark)
            & (pl.col("domain").str.to_lowercase() == own.domain.lower())
        )
        if not scores.select(rows.any()).item():
            raise AkbError(f"there is no score {own}", where=where, remedy="name one that the file has with --as")
        scores = scores.with_columns(
            setting=pl.when(rows).then(pl.lit(known.setting)).otherwise("setting"),
            benchmark=pl.when(rows).then(pl.lit(known.benchmark)).otherwise("benchmark"),
            domain=pl.when(rows).then(pl.lit(known.domain)).otherwise("domain"),
        )
    return scores


def _record(found: Foretold, costs: Sequence[str]) -> dict[str, object]:
    import polars as pl

    rows = found.measurements.with_columns(pl.Series("cost", [cost or None for cost in costs], dtype=pl.String))
    place = found.checkpoint
    return {
        "candidates": found.forecasts.candidates.to_dicts(),
        "comparison": found.forecasts.comparison.to_dicts(),
        "weights": found.forecasts.weights,
        "learnt_from": list(found.forecasts.learnt_from),
        "unused": {metric: list(lacking) for metric, lacking in found.forecasts.unused.items()},
        "left_out": list(found.forecasts.left_out),
        "measure_next": rows.to_dicts(),
        "stopping": found.stopping.to_dicts(),
        "drop_now": None
        if place is None
        else {"after": str(place), "models": list(found.drop), "chance": found.chance},
    }
