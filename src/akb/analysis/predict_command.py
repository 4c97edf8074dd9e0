"""`akb predict`: what audio accuracy to expect of backbones that were measured by text alone, and which to train.

akb predict scores.csv
akb predict results/scores.parquet --as probe/akb=probe/AKB-2000 --captioner combined
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from akb.errors import AkbError

if TYPE_CHECKING:
    import polars as pl

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
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Forecast and print. Raises AkbError naming file and metric."""
    import polars as pl

    from akb.analysis.forecasts import forecasts
    from akb.analysis.metrics import Metric
    from akb.analysis.published import CASCADE_CAPTIONER, TARGETS, published_families, published_scores
    from akb.tables import SCORES, read_table

    own_families: dict[str, str] = {}
    if arguments.scores.suffix == ".parquet":
        own = read_table(arguments.scores, SCORES)
    else:
        own, own_families = published_scores(arguments.scores), published_families(arguments.scores)
    own = _renamed(own, [_pair(text) for text in arguments.taken], str(arguments.scores))
    own = own.with_columns(captioner=pl.col("captioner").replace({arguments.captioner: CASCADE_CAPTIONER}))
    known, families = own.clear(), own_families
    if not arguments.only_own:
        known, families = published_scores(arguments.known), published_families(arguments.known) | own_families
    targets = [Metric.parse(text) for text in arguments.target] if arguments.target else list(TARGETS)
    found = {
        str(target): forecasts(own, known, target, families, CASCADE_CAPTIONER, arguments.seed, str(arguments.scores))
        for target in targets
    }
    if arguments.json:
        print(json.dumps({name: _record(value) for name, value in found.items()}, indent=2, ensure_ascii=False))
        return
    for name, forecast in found.items():
        print(_shown(name, forecast.candidates, forecast.comparison, forecast.weights, forecast.learnt_from))


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


def _record(forecast: Any) -> dict[str, object]:
    return {
        "candidates": forecast.candidates.to_dicts(),
        "comparison": forecast.comparison.to_dicts(),
        "weights": forecast.weights,
        "learnt_from": list(forecast.learnt_from),
    }


def _shown(
    target: str,
    candidates: pl.DataFrame,
    comparison: pl.DataFrame,
    weights: Mapping[str, float],
    learnt_from: Sequence[str],
) -> str:
    width = max(9, *(len(name) for name in candidates["model"]))
    lines = [
        f"{target}, in %, learnt from {len(learnt_from)} trained models: {', '.join(learnt_from)}",
        "",
        f"{'model':<{width}}            expected      50 %            90 %       best  top 3  "
        "train it first  outside by",
    ]
    for row in candidates.to_dicts():
        inside = f"{row['low_50']:5.1f} to {row['high_50']:4.1f}   {row['low_90']:5.1f} to {row['high_90']:4.1f}"
        gain = "              -" if row["gain_of_training"] is None else f"  {row['gain_of_training']:+8.2f} points"
        beyond = f"{row['outside']:.1f} points ({row['outside_by']})" if row["outside"] > 0 else "-"
        lines.append(
            f"{row['model']:<{width}}  {row['status']:<9}  {row['expected']:6.1f}   {inside}   "
            f"{row['best']:5.0%}  {row['top_3']:5.0%}{gain}  {beyond}"
        )
    best = comparison.row(0, named=True)
    lines += ["", f"{'rule':<28} weight  error  family  saved (95 %)           in 50 %  in 90 %  pairs right  regret"]
    for row in comparison.to_dicts():
        share = weights.get(row["rule"])
        saved = f"{row['saved']:+6.2f}"
        if row["saved_low"] is not None:
            saved += f" ({row['saved_low']:+.2f} to {row['saved_high']:+.2f})"
        family = "     -" if row["family_error"] is None else f"{row['family_error']:6.2f}"
        lines.append(
            f"{row['rule']:<28} {'' if share is None else f'{share:.0%}':>6} {row['error']:6.2f}  {family}  {saved:<23}"
            f"{row['covered_50']:7.0%}  {row['covered_90']:7.0%}  {row['pairs_right']:6.1f}/{row['pairs']:<4}"
            f"{row['pair_regret']:8.2f}"
        )
    least = min(comparison.to_dicts()[:-2], key=lambda row: row["error"])
    sure = least["saved_low"] is not None and least["saved_low"] > 0
    lines += [
        "",
        f"Errors are leave-one-out, in points. The least has “{least['rule']}”, {best['error'] - least['error']:.2f} "
        f"less than the mean of the others, which is {'more' if sure else 'no more'} than chance may give with "
        f"{best['n']} models.",
        "",
    ]
    return "\n".join(lines)
